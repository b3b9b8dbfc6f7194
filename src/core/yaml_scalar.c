/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of YAML scalars, decoded from the file's own bytes.
 *
 * Contents
 *   1. lines and blanks               3. block scalars: header, lines, line ends
 *   2. plain and quoted scalars
 *
 * Source: YAML Ain't Markup Language, version 1.2.2: 5.7 escaped characters, 6.5 line
 * folding, 7.3 flow scalars, 8.1 block scalars.
 */
#include "config.h"

#include <string.h>

#include "core/yaml_scalar.h"

static const char wrong_end[] = "the end of this text is unclear";

/* ---- 1. lines and blanks --------------------------------------------------------- */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static size_t
skip_blanks(const fm_yaml_span *span, size_t at, size_t end)
{
    while (at < end && is_blank(span->text[at]))
        at++;
    return at;
}

/* Length of the line break at `at`: 0 if there is none. */
static size_t
break_length(const fm_yaml_span *span, size_t at, size_t end)
{
    if (at < end && span->text[at] == '\n')
        return 1;
    if (at < end && span->text[at] == '\r')
        return at + 1 < end && span->text[at + 1] == '\n' ? 2 : 1;
    return 0;
}

static size_t
skip_line(const fm_yaml_span *span, size_t at, size_t end)
{
    while (at < end && break_length(span, at, end) == 0)
        at++;
    return at;
}

static void
add_breaks(fm_str *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fm_str_add_bytes(s, "\n", 1);
}

/* ---- 2. plain and quoted scalars ------------------------------------------------- */

/* Skips a line break with the empty lines and the indentation behind it. */
static size_t
skip_breaks(const fm_yaml_span *span, size_t at, size_t end, size_t *n_out)
{
    size_t n = 0;

    for (size_t length; (length = break_length(span, at, end)) > 0; n++)
        at = skip_blanks(span, at + length, end);
    *n_out = n;
    return at;
}

/* Appends the blanks at `at`, or, before a line break, the folded break instead: one
 * becomes a blank, more become one less. */
static size_t
add_blanks(const fm_yaml_span *span, size_t at, size_t end, fm_str *s)
{
    size_t behind = skip_blanks(span, at, end);
    size_t n_breaks;

    if (break_length(span, behind, end) == 0) {
        fm_str_add_bytes(s, span->text + at, behind - at);
        return behind;
    }
    behind = skip_breaks(span, behind, end, &n_breaks);
    if (n_breaks == 1)
        fm_str_add_bytes(s, " ", 1);
    else
        add_breaks(s, n_breaks - 1);
    return behind;
}

static bool
is_space(const fm_yaml_span *span, size_t at, size_t end)
{
    return at < end && (is_blank(span->text[at]) || break_length(span, at, end) > 0);
}

const char *
fm_yaml_add_plain(const fm_yaml_span *span, fm_str *s)
{
    size_t at = span->start;

    if (span->end < span->start || span->end > span->length)
        return wrong_end;
    while (at < span->end) {
        if (is_space(span, at, span->end))
            at = add_blanks(span, at, span->end, s);
        else
            fm_str_add_bytes(s, &span->text[at++], 1);
    }
    return NULL;
}

const char *
fm_yaml_add_single_quoted(const fm_yaml_span *span, fm_str *s)
{
    size_t at = span->start;

    while (at < span->length) {
        if (is_space(span, at, span->length)) {
            at = add_blanks(span, at, span->length, s);
            continue;
        }
        if (span->text[at] == '\'') {
            if (at + 1 >= span->length || span->text[at + 1] != '\'')
                return at == span->end ? NULL : wrong_end;
            at++;
        }
        fm_str_add_bytes(s, &span->text[at++], 1);
    }
    return wrong_end;
}

static void
add_code_point(fm_str *s, unsigned long code)
{
    char bytes[4];
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0x00, 0xc0, 0xe0, 0xf0};

    for (size_t i = n - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    bytes[0] = (char)(leads[n - 1] | code);
    fm_str_add_bytes(s, bytes, n);
}

/* Appends a character given by n hexadecimal digits at `at`. */
static const char *
add_hex(const fm_yaml_span *span, size_t at, size_t n, fm_str *s)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    unsigned long code = 0;

    for (size_t i = at; i < at + n; i++) {
        const char *digit = i < span->length && span->text[i] != '\0'
                                ? strchr(digits, span->text[i])
                                : NULL;
        if (digit == NULL)
            return "an escape needs more hexadecimal digits";
        code = code * 16 + (unsigned long)(digit - digits) % 16;
    }
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return "an escape gives no character";
    add_code_point(s, code);
    return NULL;
}

typedef struct escape {
    char letter;
    size_t n_digits;   /* hexadecimal digits that follow */
    const char *value; /* else */
} escape;

/* \0 and \b ... are decoded to be refused by the caller as what they are. */
static const escape escapes[] = {
    {'"', 0, "\""},
    {'\\', 0, "\\"},
    {'/', 0, "/"},
    {' ', 0, " "},
    {'\t', 0, "\t"},
    {'t', 0, "\t"},
    {'n', 0, "\n"},
    {'r', 0, "\r"},
    {'a', 0, "\a"},
    {'b', 0, "\b"},
    {'v', 0, "\v"},
    {'f', 0, "\f"},
    {'e', 0, "\x1b"},
    {'0', 0, ""},
    {'N', 0, "\xc2\x85"},
    {'_', 0, "\xc2\xa0"},
    {'L', 0, "\xe2\x80\xa8"},
    {'P', 0, "\xe2\x80\xa9"},
    {'x', 2, NULL},
    {'u', 4, NULL},
    {'U', 8, NULL},
};

/* Appends what the escape behind the backslash at *at means, and skips it.  An escaped
 * line break means nothing, and the empty lines behind it are breaks. */
static const char *
add_escape(const fm_yaml_span *span, size_t *at, fm_str *s)
{
    size_t n_breaks;

    *at += 1;
    if (break_length(span, *at, span->length) > 0) {
        *at = skip_breaks(span, *at, span->length, &n_breaks);
        add_breaks(s, n_breaks - 1);
        return NULL;
    }
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
        const escape *e = &escapes[i];
        if (*at >= span->length || span->text[*at] != e->letter)
            continue;
        *at += 1 + e->n_digits;
        if (e->n_digits > 0)
            return add_hex(span, *at - e->n_digits, e->n_digits, s);
        fm_str_add_bytes(s, e->value, *e->value == '\0' ? 1 : strlen(e->value));
        return NULL;
    }
    return "this escape ('\\' and a letter) is not known";
}

const char *
fm_yaml_add_double_quoted(const fm_yaml_span *span, fm_str *s)
{
    size_t at = span->start;
    const char *why = NULL;

    while (at < span->length && why == NULL) {
        if (is_space(span, at, span->length))
            at = add_blanks(span, at, span->length, s);
        else if (span->text[at] == '\\')
            why = add_escape(span, &at, s);
        else if (span->text[at] == '"')
            return at == span->end ? NULL : wrong_end;
        else
            fm_str_add_bytes(s, &span->text[at++], 1);
    }
    return why != NULL ? why : wrong_end;
}

/* ---- 3. block scalars ------------------------------------------------------------ */

typedef struct block {
    bool folded;
    char chomping; /* '-', '+' or 0 */
    size_t digit;  /* the indentation indicator, or 0 */
    size_t indent; /* of its lines */
    size_t n_lines;
    size_t n_empty;     /* empty lines since the last line with text */
    bool broken;        /* the last line with text ended with a break */
    bool last_indented; /* it began with a blank */
} block;

/* Between the token before and the text stand only '-', ':', '?', comments, the
 * header. */
static bool
read_header(const fm_yaml_span *span, block *b)
{
    size_t at = span->before;

    while (at < span->start && span->text[at] != '|' && span->text[at] != '>') {
        bool comment = span->text[at] == '#';
        at = comment ? skip_line(span, at, span->start) : at + 1;
    }
    if (at >= span->start)
        return false;
    b->folded = span->text[at] == '>';
    for (at++; at < span->start; at++) {
        char c = span->text[at];
        if (c == '-' || c == '+')
            b->chomping = c;
        else if (c >= '1' && c <= '9')
            b->digit = (size_t)(c - '0');
        else
            break;
    }
    return true;
}

/* The indentation of the first line that is not empty, unless the header says it. */
static const char *
find_indent(const fm_yaml_span *span, block *b)
{
    size_t least = span->parent;
    size_t deepest = 0;
    size_t line = span->start;
    size_t indent = 0;

    while (line < span->length) {
        size_t at = line;
        while (at < span->length && span->text[at] == ' ')
            at++;
        size_t length = break_length(span, at, span->length);
        indent = at - line;
        if (length == 0 && at < span->length)
            break;
        deepest = indent > deepest ? indent : deepest;
        line = at + length;
    }
    bool empty = indent < least || line >= span->length;
    b->indent = empty && deepest > least ? deepest : empty ? least : indent;
    if (b->digit > 0)
        b->indent = (least > 0 ? least - 1 : 0) + b->digit;
    else if (deepest > b->indent)
        return "an empty line at its start is indented deeper";
    return NULL;
}

/* Appends the breaks before a line with text, and its text. */
static void
add_line(const fm_yaml_span *span, size_t from, size_t to, block *b, fm_str *s)
{
    bool indented = is_blank(span->text[from]);
    bool fold = b->folded && !indented && !b->last_indented;

    if (b->n_lines > 0 && !fold)
        add_breaks(s, 1);
    else if (b->n_lines > 0 && b->n_empty == 0)
        fm_str_add_bytes(s, " ", 1);
    add_breaks(s, b->n_empty);
    fm_str_add_bytes(s, span->text + from, to - from);
    b->n_lines++;
    b->n_empty = 0;
    b->last_indented = indented;
}

/* Appends all lines; returns where the block ends. */
static size_t
add_lines(const fm_yaml_span *span, block *b, fm_str *s)
{
    size_t line = span->start;

    while (line < span->length) {
        size_t at = line;
        while (at < span->length && at - line < b->indent && span->text[at] == ' ')
            at++;
        size_t to = skip_line(span, at, span->length);
        size_t length = break_length(span, to, span->length);
        if (to == at) {
            b->n_empty += length > 0;
        } else if (at - line < b->indent) {
            break;
        } else {
            add_line(span, at, to, b, s);
            b->broken = length > 0;
        }
        line = to + length;
    }
    return line;
}

const char *
fm_yaml_add_block(const fm_yaml_span *span, fm_str *s)
{
    block b = {0};

    if (span->start > span->length || span->end > span->length || !read_header(span, &b))
        return wrong_end;
    const char *why = find_indent(span, &b);
    if (why != NULL)
        return why;
    size_t end = add_lines(span, &b, s);
    if (b.chomping != '-' && b.n_lines > 0 && b.broken)
        add_breaks(s, 1);
    if (b.chomping == '+')
        add_breaks(s, b.n_empty);
    while (end < span->end && span->text[end] == ' ')
        end++;
    if (end < span->end && b.n_lines == 0)
        return "no line of this block is indented more than its key";
    return end == span->end ? NULL : wrong_end;
}
