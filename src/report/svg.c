/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes gnuplot's SVG fit to stand inside a page, or refuses it.
 *
 * Contents
 *   1. what is allowed     3. attributes          5. the document
 *   2. characters          4. tags
 *
 * A blind text replacement would damage labels that look like references, so the document
 * is read token by token.  Nothing is repaired: what is not known is refused.
 */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "report/html.h"
#include "report/svg.h"

enum {
    DEPTH_MAX = 64,
    ATTRIBUTES_MAX = 32
};

typedef struct token {
    const char *text;
    size_t n;
} token;

typedef struct element {
    token name;
    size_t open_at; /* in the output: where its start tag begins */
    size_t body_at; /* where its content begins */
} element;

typedef struct cleaner {
    const char *p; /* next byte of the input */
    const char *id, *title, *description;
    fm_str out;
    element stack[DEPTH_MAX];
    size_t depth;
    size_t skip_depth; /* > 0: inside a title or desc that is dropped */
    bool rooted;       /* the one root element was seen */
    fm_error *err;
} cleaner;

/* ---- 1. what is allowed --------------------------------------------------------------
 */

static const char *const elements[] = {
    "svg",      "g",           "path",     "rect",   "circle",  "polygon",
    "polyline", "line",        "text",     "tspan",  "use",     "defs",
    "pattern",  "filter",      "title",    "desc",   "feFlood", "feComposite",
    "feMerge",  "feMergeNode", "clipPath", "ellipse"};

static const char *const attributes[] = {"viewBox",
                                         "xmlns",
                                         "xmlns:xlink",
                                         "width",
                                         "height",
                                         "x",
                                         "y",
                                         "cx",
                                         "cy",
                                         "r",
                                         "rx",
                                         "ry",
                                         "x1",
                                         "x2",
                                         "y1",
                                         "y2",
                                         "dx",
                                         "dy",
                                         "d",
                                         "points",
                                         "transform",
                                         "fill",
                                         "fill-opacity",
                                         "fill-rule",
                                         "stroke",
                                         "stroke-width",
                                         "stroke-opacity",
                                         "stroke-dasharray",
                                         "stroke-linecap",
                                         "stroke-linejoin",
                                         "color",
                                         "opacity",
                                         "font-family",
                                         "font-size",
                                         "font-weight",
                                         "font-style",
                                         "text-anchor",
                                         "text-decoration",
                                         "dominant-baseline",
                                         "baseline-shift",
                                         "xml:space",
                                         "version",
                                         "clip-path",
                                         "clipPathUnits",
                                         "filter",
                                         "filterUnits",
                                         "in",
                                         "in2",
                                         "result",
                                         "operator",
                                         "flood-color",
                                         "flood-opacity",
                                         "patternUnits",
                                         "patternTransform",
                                         "preserveAspectRatio",
                                         "style",
                                         "shape-rendering",
                                         "visibility"};

static bool
token_is(token t, const char *word)
{
    return strlen(word) == t.n && memcmp(t.text, word, t.n) == 0;
}

static bool
token_in(token t, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (token_is(t, words[i]))
            return true;
    return false;
}

static fm_status
refuse(cleaner *c, const char *what, token t)
{
    int n = t.n > 40 ? 40 : (int)t.n;

    return FM_FAIL(c->err, FM_EDATA, "picture refused: %s '%.*s'", what, n, t.text);
}

/* ---- 2. characters -------------------------------------------------------------------
 */

static bool
is_name_byte(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
           (ch >= '0' && ch <= '9') || ch == '-' || ch == '_' || ch == ':' || ch == '.';
}

static bool
is_blank(char ch)
{
    return ch == ' ' || ch == '\n' || ch == '\t' || ch == '\r';
}

static bool
is_legal_code(unsigned long code)
{
    bool control = code < 0x20 && code != 9 && code != 10 && code != 13;
    bool surrogate = code >= 0xd800 && code <= 0xdfff;

    return !control && !surrogate && code != 0xfffe && code != 0xffff && code <= 0x10ffff;
}

/* Length of the character reference at p, 0 if it is none that every parser takes. */
static size_t
reference_length(const char *p)
{
    static const char *const named[] = {"&lt;", "&gt;", "&amp;", "&quot;", "&apos;"};

    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (strncmp(p, named[i], strlen(named[i])) == 0)
            return strlen(named[i]);
    if (p[1] != '#')
        return 0;
    bool hexadecimal = p[2] == 'x';
    const char *digits = p + (hexadecimal ? 3 : 2);
    const char *set = hexadecimal ? "0123456789abcdefABCDEF" : "0123456789";
    size_t n = strspn(digits, set);
    if (n == 0 || n > 7 || digits[n] != ';' ||
        !is_legal_code(strtoul(digits, NULL, hexadecimal ? 16 : 10)))
        return 0;
    return (size_t)(digits - p) + n + 1;
}

/* Checks character data or an attribute value, and copies it when `emit` says so. */
static fm_status
copy_characters(cleaner *c, token t, bool emit)
{
    const char *end = t.text + t.n;

    for (const char *p = t.text; p < end;) {
        const unsigned char *u = (const unsigned char *)p;
        size_t len = fm_utf8_length(u, (size_t)(end - p));
        if (*p == '&')
            len = reference_length(p);
        else if (*p == '<' || (*u < 0x20 && !is_blank(*p)))
            len = 0;
        if (len == 0 || len > (size_t)(end - p))
            return refuse(c, "text that is not well-formed near",
                          (token){p, (size_t)(end - p)});
        if (emit && *p == '>')
            fm_str_add(&c->out, "&gt;");
        else if (emit && *p == '"')
            fm_str_add(&c->out, "&quot;");
        else if (emit)
            fm_str_add_bytes(&c->out, p, len);
        p += len;
    }
    return FM_OK;
}

static void
add_id(cleaner *c, token t)
{
    fm_str_addf(&c->out, "%s-%.*s", c->id, (int)t.n, t.text);
}

/* ---- 3. attributes -------------------------------------------------------------------
 */

static bool
is_id(token t)
{
    for (size_t i = 0; i < t.n; i++)
        if (!is_name_byte(t.text[i]) || t.text[i] == ':')
            return false;
    return t.n > 0;
}

static bool
contains(token t, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= t.n; i++)
        if (strncasecmp(t.text + i, word, n) == 0)
            return true;
    return false;
}

/* A value that names another part of the document: url(#ID), nothing around it. */
static fm_status
copy_url(cleaner *c, token value)
{
    if (value.n < 7 || strncmp(value.text, "url(#", 5) != 0 ||
        value.text[value.n - 1] != ')')
        return refuse(c, "reference", value);
    token id = {value.text + 5, value.n - 6};
    if (!is_id(id))
        return refuse(c, "reference", value);
    fm_str_add(&c->out, "url(#");
    add_id(c, id);
    fm_str_add(&c->out, ")");
    return FM_OK;
}

static fm_status
copy_value(cleaner *c, token name, token value)
{
    if (token_is(name, "id")) {
        if (!is_id(value))
            return refuse(c, "id", value);
        add_id(c, value);
        return FM_OK;
    }
    if (token_is(name, "xlink:href") || token_is(name, "href")) {
        token id = {value.text + 1, value.n - 1};
        if (value.n < 2 || *value.text != '#' || !is_id(id))
            return refuse(c, "reference", value);
        fm_str_add(&c->out, "#");
        add_id(c, id);
        return FM_OK;
    }
    if (!token_in(name, attributes, sizeof attributes / sizeof attributes[0]))
        return refuse(c, "attribute", name);
    if (contains(value, "url("))
        return copy_url(c, value);
    if (token_is(name, "style") &&
        (contains(value, "@") || contains(value, "\\") || contains(value, "expression") ||
         contains(value, "&")))
        return refuse(c, "style", value);
    return copy_characters(c, value, true);
}

static token
read_name(cleaner *c)
{
    token t = {c->p, 0};

    while (is_name_byte(c->p[0])) {
        c->p++;
        t.n++;
    }
    return t;
}

static void
skip_blanks(cleaner *c)
{
    while (is_blank(*c->p))
        c->p++;
}

/* Reads NAME = "VALUE" or 'VALUE'. */
static fm_status
read_attribute(cleaner *c, token *name_out, token *value_out)
{
    token name = read_name(c);

    skip_blanks(c);
    if (name.n == 0 || *c->p != '=')
        return refuse(c, "attribute without value", (token){c->p, strnlen(c->p, 20)});
    c->p++;
    skip_blanks(c);
    char quote = *c->p;
    if (quote != '"' && quote != '\'')
        return refuse(c, "unquoted attribute", name);
    const char *end = strchr(c->p + 1, quote);
    if (end == NULL)
        return refuse(c, "unfinished attribute", name);
    *name_out = name;
    *value_out = (token){c->p + 1, (size_t)(end - c->p) - 1};
    c->p = end + 1;
    return FM_OK;
}

static fm_status
copy_attributes(cleaner *c)
{
    token seen[ATTRIBUTES_MAX];
    size_t n = 0;

    for (;;) {
        bool blank = is_blank(*c->p);
        token name = {0};
        token value = {0};
        skip_blanks(c);
        if (*c->p == '>' || *c->p == '/')
            return FM_OK;
        if (!blank || n == ATTRIBUTES_MAX)
            return refuse(c, "tag near", (token){c->p, strnlen(c->p, 20)});
        fm_status st = read_attribute(c, &name, &value);
        if (st != FM_OK)
            return st;
        for (size_t i = 0; i < n; i++)
            if (seen[i].n == name.n && memcmp(seen[i].text, name.text, name.n) == 0)
                return refuse(c, "repeated attribute", name);
        seen[n++] = name;
        if (token_is(name, "class")) /* would meet the page's own style sheet */
            continue;
        fm_str_add(&c->out, " ");
        fm_str_add_bytes(&c->out, name.text, name.n);
        fm_str_add(&c->out, "=\"");
        st = copy_value(c, name, value);
        if (st != FM_OK)
            return st;
        fm_str_add(&c->out, "\"");
    }
}

/* ---- 4. tags -------------------------------------------------------------------------
 */

static void
add_description(cleaner *c)
{
    fm_str_addf(&c->out, "\n<title id=\"%s-t\">", c->id);
    fm_html_text(&c->out, c->title);
    fm_str_addf(&c->out, "</title>\n<desc id=\"%s-d\">", c->id);
    fm_html_text(&c->out, c->description);
    fm_str_add(&c->out, "</desc>\n");
}

static bool
keeps_blanks(const cleaner *c)
{
    return c->depth > 0 && (token_is(c->stack[c->depth - 1].name, "text") ||
                            token_is(c->stack[c->depth - 1].name, "tspan"));
}

static fm_status
read_text(cleaner *c)
{
    token t = {c->p, strcspn(c->p, "<")};
    bool blank = true;

    c->p += t.n;
    for (size_t i = 0; i < t.n; i++)
        blank = blank && is_blank(t.text[i]);
    if (blank && !keeps_blanks(c))
        return FM_OK;
    if (c->depth == 0)
        return refuse(c, "text outside the picture", t);
    return copy_characters(c, t, c->skip_depth == 0);
}

/* Drops <?...?>, <!-- --> and a plain <!DOCTYPE ...>. */
static fm_status
skip_markup(cleaner *c)
{
    token t = {c->p, strnlen(c->p, 20)};
    const char *end = NULL;
    size_t tail = 1;

    if (c->p[1] == '?') {
        end = strstr(c->p, "?>");
        tail = 2;
    } else if (strncmp(c->p, "<!--", 4) == 0) {
        end = strstr(c->p + 4, "-->");
        tail = 3;
    } else if (strncmp(c->p, "<!DOCTYPE", 9) == 0) {
        size_t n = strcspn(c->p, ">[");
        end = c->p[n] == '>' ? c->p + n : NULL;
    }
    if (end == NULL)
        return refuse(c, "markup", t);
    c->p = end + tail;
    return FM_OK;
}

static fm_status
read_end_tag(cleaner *c)
{
    c->p += 2;
    token name = read_name(c);
    skip_blanks(c);
    const element *e = c->depth > 0 ? &c->stack[c->depth - 1] : NULL;
    if (*c->p != '>' || e == NULL || e->name.n != name.n ||
        memcmp(e->name.text, name.text, name.n) != 0)
        return refuse(c, "end tag", name);
    c->p++;
    c->depth--;
    if (c->skip_depth > 0) {
        c->skip_depth--;
        return FM_OK;
    }
    if (token_is(name, "g") && c->out.length == e->body_at) {
        c->out.length = e->open_at; /* gnuplot writes many groups that hold nothing */
        c->out.data[c->out.length] = '\0';
        return FM_OK;
    }
    fm_str_addf(&c->out, "</%.*s>%s", (int)name.n, name.text,
                keeps_blanks(c) ? "" : "\n");
    return FM_OK;
}

static fm_status
open_element(cleaner *c, token name, size_t open_at)
{
    bool own = token_is(name, "title") || token_is(name, "desc");

    if (c->depth == DEPTH_MAX)
        return refuse(c, "nesting too deep at", name);
    c->stack[c->depth] = (element){name, open_at, c->out.length};
    c->depth++;
    if (own || c->skip_depth > 0)
        c->skip_depth++;
    return FM_OK;
}

static fm_status
check_place(cleaner *c, token name)
{
    bool root = token_is(name, "svg");

    if (!token_in(name, elements, sizeof elements / sizeof elements[0]))
        return refuse(c, "element", name);
    if (root != (c->depth == 0) || (root && c->rooted))
        return refuse(c, "misplaced element", name);
    c->rooted = true;
    return FM_OK;
}

static fm_status
read_start_tag(cleaner *c)
{
    c->p++;
    token name = read_name(c);
    fm_status st = check_place(c, name);
    if (st != FM_OK)
        return st;
    size_t open_at = c->out.length;
    bool root = c->depth == 0;
    bool dropped = c->skip_depth > 0 || token_is(name, "title") || token_is(name, "desc");
    fm_str_addf(&c->out, "<%.*s", (int)name.n, name.text);
    if (root)
        fm_str_addf(&c->out, " role=\"img\" aria-labelledby=\"%s-t %s-d\"", c->id, c->id);
    st = copy_attributes(c);
    if (st != FM_OK)
        return st;
    bool empty = *c->p == '/';
    c->p += empty;
    if (*c->p != '>')
        return refuse(c, "tag", name);
    c->p++;
    if (c->out.failed)
        return FM_FAIL(c->err, FM_ENOMEM, "picture: out of memory");
    if (dropped) {
        c->out.length = open_at;
        c->out.data[open_at] = '\0';
        return empty ? FM_OK : open_element(c, name, open_at);
    }
    fm_str_add(&c->out, empty ? "/>" : ">");
    if (root && !empty)
        add_description(c);
    return empty ? FM_OK : open_element(c, name, open_at);
}

/* ---- 5. the document -----------------------------------------------------------------
 */

static fm_status
clean_document(cleaner *c)
{
    fm_status st = FM_OK;

    while (st == FM_OK && *c->p != '\0') {
        if (*c->p != '<')
            st = read_text(c);
        else if (c->p[1] == '/')
            st = read_end_tag(c);
        else if (c->p[1] == '?' || c->p[1] == '!')
            st = skip_markup(c);
        else
            st = read_start_tag(c);
        if (st == FM_OK && c->out.failed)
            st = FM_FAIL(c->err, FM_ENOMEM, "picture: out of memory");
    }
    if (st == FM_OK && (c->depth > 0 || !c->rooted))
        st = FM_FAIL(c->err, FM_EDATA, "picture refused: it ends early");
    return st;
}

fm_status
fm_svg_clean(const char *svg, const char *id, const char *title, const char *description,
             char **out, fm_error *err)
{
    cleaner *c = calloc(1, sizeof *c);

    if (c == NULL)
        return FM_FAIL(err, FM_ENOMEM, "picture: out of memory");
    c->p = svg;
    c->id = id;
    c->title = title;
    c->description = description;
    c->err = err;
    fm_status st = clean_document(c);
    if (st == FM_OK) {
        char *text = fm_str_take(&c->out);
        if (text != NULL)
            *out = text;
        else
            st = FM_FAIL(err, FM_ENOMEM, "picture: out of memory");
    }
    fm_str_free(&c->out);
    free(c);
    return st;
}
