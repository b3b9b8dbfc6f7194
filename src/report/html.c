/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of HTML: escaping, slugs, numbers, Markdown. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmark.h>

#include "report/decimals.h"
#include "report/html.h"

#define REPLACEMENT   "\xef\xbf\xbd"
#define MINUS         "\xe2\x88\x92"
#define TIMES         "\xc2\xa0\xc3\x97\xc2\xa0" /* U+00D7 between no-break spaces */
#define THIN          "\xe2\x80\xaf"             /* narrow no-break space */
#define INFINITY_SIGN "\xe2\x88\x9e"

/* ---- text ----------------------------------------------------------------------------
 */

static const char *
reference(unsigned char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* Sequences that HTML and XML do not take as characters. */
static bool
is_refused(const unsigned char *p, size_t len)
{
    bool c1 = len == 2 && p[0] == 0xc2 && p[1] < 0xa0;
    bool none = len == 3 && p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe;
    bool c0 = *p < 0x20 && *p != '\n' && *p != '\t';

    return len == 0 || c0 || c1 || none || *p == 0x7f;
}

void
fm_html_text(fm_str *s, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t left = strlen(text);

    while (left > 0) {
        size_t len = fm_utf8_length(p, left);
        const char *ref = reference(*p);
        if (ref != NULL)
            fm_str_add(s, ref);
        else if (is_refused(p, len))
            fm_str_add(s, REPLACEMENT);
        else
            fm_str_add_bytes(s, (const char *)p, len);
        len = len == 0 ? 1 : len;
        p += len;
        left -= len;
    }
}

void
fm_html_ticked(fm_str *s, const char *text)
{
    for (bool code = false; *text != '\0';) {
        fm_str part = {0};
        size_t n = strcspn(text, "`");
        bool pair = code || strchr(text + n + (text[n] == '`'), '`') != NULL;
        n += text[n] == '`' && !pair; /* a lone backtick is one */
        fm_str_add_bytes(&part, text, n);
        fm_html_text(s, part.data != NULL ? part.data : "");
        s->failed = s->failed || part.failed;
        fm_str_free(&part);
        text += n;
        if (*text != '`')
            continue;
        code = !code;
        fm_str_add(s, code ? "<code>" : "</code>");
        text++;
    }
}

void
fm_html_slug(fm_str *s, const char *text)
{
    size_t start = s->length;
    bool gap = false;

    for (const char *p = text; *p != '\0' && s->length - start < 48; p++) {
        char c = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
            gap = s->length > start;
            continue;
        }
        if (gap)
            fm_str_add(s, "-");
        fm_str_add_bytes(s, &c, 1);
        gap = false;
    }
    if (s->length == start)
        fm_str_add(s, "x");
}

/* ---- numbers -------------------------------------------------------------------------
 */

void
fm_html_number(fm_str *s, const char *text)
{
    if (*text == '-') {
        fm_str_add(s, MINUS);
        text++;
    }
    if (strcmp(text, "inf") == 0) {
        fm_str_add(s, INFINITY_SIGN);
        return;
    }
    const char *e = strchr(text, 'e');
    if (e == NULL) {
        fm_str_add(s, text);
        return;
    }
    fm_str_add_bytes(s, text, (size_t)(e - text));
    long power = strtol(e + 1, NULL, 10);
    fm_str_addf(s, TIMES "10<sup>%s%ld</sup>", power < 0 ? MINUS : "",
                power < 0 ? -power : power);
}

void
fm_html_data(fm_str *s, double x, const char *text)
{
    char exact[FM_NUMBER_TEXT];

    fm_str_addf(s, "<data value=\"%s\">", fm_number_text(x, exact));
    fm_html_number(s, text);
    fm_str_add(s, "</data>");
}

void
fm_html_short(fm_str *s, double x, int digits)
{
    char text[FM_DECIMALS_TEXT];

    fm_html_data(s, x, fm_short_text(x, digits, text));
}

void
fm_html_integer(fm_str *s, int64_t x)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%lld", (long long)x);
    const char *p = text;
    if (*p == '-') {
        fm_str_add(s, MINUS);
        p++;
    }
    size_t n = strlen(p);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && n > 4 && (n - i) % 3 == 0)
            fm_str_add(s, THIN);
        fm_str_add_bytes(s, p + i, 1);
    }
}

/* ---- Markdown ------------------------------------------------------------------------
 */

bool
fm_html_markdown(fm_str *s, const char *markdown, bool inline_only)
{
    static const char open[] = "<p>";
    static const char shut[] = "</p>\n";
    const int options = CMARK_OPT_VALIDATE_UTF8; /* without UNSAFE: raw HTML is dropped */
    char *html = cmark_markdown_to_html(markdown, strlen(markdown), options);

    if (html == NULL)
        return false;
    size_t n = strlen(html);
    size_t head = sizeof open - 1;
    size_t tail = sizeof shut - 1;
    bool single = n >= head + tail && strncmp(html, open, head) == 0 &&
                  strcmp(html + n - tail, shut) == 0 && strstr(html + head, open) == NULL;
    if (inline_only && single)
        fm_str_add_bytes(s, html + head, n - head - tail);
    else
        fm_str_add_bytes(s, html, n);
    free(html);
    return !s->failed;
}
