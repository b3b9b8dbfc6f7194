/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text services without a domain.
 *
 * Contents
 *   1. growing strings     3. UTF-8, escaping      5. hashes
 *   2. numbers             4. nearest word
 */
#include "config.h"

#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

/* ---- 1. growing strings ---------------------------------------------------------- */

void
fm_str_free(fm_str *s)
{
    free(s->data);
    *s = (fm_str){0};
}

static bool
reserve(fm_str *s, size_t more)
{
    if (s->failed)
        return false;
    size_t need = s->length + more + 1;
    if (need <= s->capacity)
        return true;
    size_t capacity = s->capacity < 64 ? 64 : s->capacity;
    while (capacity < need)
        capacity *= 2;
    char *data = realloc(s->data, capacity);
    if (data == NULL) {
        s->failed = true;
        return false;
    }
    s->data = data;
    s->capacity = capacity;
    return true;
}

void
fm_str_add_bytes(fm_str *s, const char *bytes, size_t n)
{
    if (!reserve(s, n))
        return;
    memcpy(s->data + s->length, bytes, n);
    s->length += n;
    s->data[s->length] = '\0';
}

void
fm_str_add(fm_str *s, const char *text)
{
    fm_str_add_bytes(s, text, strlen(text));
}

void
fm_str_addf(fm_str *s, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || !reserve(s, (size_t)n))
        return;
    va_start(args, format);
    (void)vsnprintf(s->data + s->length, (size_t)n + 1, format, args);
    va_end(args);
    s->length += (size_t)n;
}

char *
fm_str_take(fm_str *s)
{
    if (s->data == NULL)
        fm_str_add(s, "");
    char *data = s->failed ? NULL : s->data;
    if (data == NULL)
        free(s->data);
    *s = (fm_str){0};
    return data;
}

char *
fm_strdup(const char *text)
{
    return text != NULL ? strdup(text) : NULL;
}

/* ---- 2. numbers ------------------------------------------------------------------ */

/* Numbers of everyday size are written out; %g would say 1e+01 for 10. */
static void
print_plainly(double x, int digits, char *text_out)
{
    long exponent = strtol(strchr(text_out, 'e') + 1, NULL, 10);

    if (exponent < -5 || exponent > 15)
        (void)snprintf(text_out, FM_NUMBER_TEXT, "%.*g", digits, x);
    else
        (void)snprintf(text_out, FM_NUMBER_TEXT, "%.*f",
                       digits - 1 > exponent ? digits - 1 - (int)exponent : 0, x);
}

/* snprintf follows LC_NUMERIC; a decimal comma is put right here. */
const char *
fm_number_text(double x, char *text_out)
{
    int digits = 1;

    if (!isfinite(x)) {
        const char *word = isnan(x) ? "NaN" : x > 0 ? "Inf" : "-Inf";
        (void)snprintf(text_out, FM_NUMBER_TEXT, "%s", word);
        return text_out;
    }
    for (; digits < 17; digits++) {
        (void)snprintf(text_out, FM_NUMBER_TEXT, "%.*e", digits - 1, x);
        double back = strtod(text_out, NULL);
        if (!(back < x) && !(back > x))
            break;
    }
    (void)snprintf(text_out, FM_NUMBER_TEXT, "%.*e", digits - 1, x);
    print_plainly(x, digits, text_out);
    for (char *p = text_out; *p != '\0'; p++)
        if (*p == ',')
            *p = '.';
    return text_out;
}

void
fm_str_add_number(fm_str *s, double x)
{
    char text[FM_NUMBER_TEXT];

    fm_str_add(s, fm_number_text(x, text));
}

/* ---- 3. UTF-8, escaping ---------------------------------------------------------- */

size_t
fm_utf8_length(const unsigned char *s, size_t n)
{
    if (n == 0)
        return 0;
    if (s[0] < 0x80)
        return 1;
    size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || len > n)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xed && s[1] > 0x9f;
    bool beyond = s[0] == 0xf4 && s[1] > 0x8f;
    return overlong || surrogate || beyond ? 0 : len;
}

void
fm_str_add_escaped(fm_str *s, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t left = strlen(text);

    while (left > 0) {
        size_t len = fm_utf8_length(p, left);
        bool c1 = len == 2 && p[0] == 0xc2 && p[1] < 0xa0;
        if (len == 0 || c1 || *p < 0x20 || *p == 0x7f) {
            fm_str_addf(s, "\\x%02x", *p);
            len = 1;
        } else {
            fm_str_add_bytes(s, (const char *)p, len);
        }
        p += len;
        left -= len;
    }
}

static void
add_json_char(fm_str *s, const unsigned char *p, size_t len)
{
    bool separator = len == 3 && p[0] == 0xe2 && p[1] == 0x80 && (p[2] | 1) == 0xa9;

    if (len == 0)
        fm_str_add(s, "\xef\xbf\xbd");
    else if (*p == '"' || *p == '\\')
        fm_str_addf(s, "\\%c", *p);
    else if (*p == '\n')
        fm_str_add(s, "\\n");
    else if (*p < 0x20 || *p == 0x7f || *p == '<')
        fm_str_addf(s, "\\u%04x", *p);
    else if (separator)
        fm_str_addf(s, "\\u20%02x", p[2] - 0x80);
    else
        fm_str_add_bytes(s, (const char *)p, len);
}

void
fm_str_add_json(fm_str *s, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t left = strlen(text);

    fm_str_add(s, "\"");
    while (left > 0) {
        size_t len = fm_utf8_length(p, left);
        add_json_char(s, p, len);
        len = len == 0 ? 1 : len;
        p += len;
        left -= len;
    }
    fm_str_add(s, "\"");
}

/* ---- 4. nearest word ------------------------------------------------------------- */

enum {
    WORD_MAX = 64
};

static size_t
min3(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* Levenshtein distance, one row at a time. */
static size_t
edit_distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1];
    size_t n = strlen(b);

    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            size_t above = row[j + 1];
            row[j + 1] = min3(above + 1, row[j] + 1, diagonal + (a[i] != b[j]));
            diagonal = above;
        }
    }
    return row[n];
}

const char *
fm_nearest(const char *word, const char *const *words, size_t n)
{
    size_t length = strlen(word);
    size_t best = length / 3 > 2 ? length / 3 + 1 : 3;
    const char *nearest = NULL;

    for (size_t i = 0; i < n; i++) {
        if (length > WORD_MAX || strlen(words[i]) > WORD_MAX)
            continue;
        size_t d = edit_distance(word, words[i]);
        if (d < best && d < length) {
            best = d;
            nearest = words[i];
        }
    }
    return nearest;
}

/* ---- 5. hashes ------------------------------------------------------------------- */

uint32_t
fm_fnv1a_32(const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint32_t h = UINT32_C(2166136261);

    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT32_C(16777619);
    return h;
}

uint64_t
fm_fnv1a_64(const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint64_t h = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(1099511628211);
    return h;
}
