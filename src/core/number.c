/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one strict grammar of numbers, with and without units.
 *
 *   real     as in decimal.h, which reads it
 *   integer  = ["+" | "-"] ("0" | nonzero digits)
 *   quantity = real {blank} [unit]
 *
 * Contents
 *   1. refusals that show the fix     3. integers
 *   2. reals                          4. quantities
 */
#include "config.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/decimal.h"
#include "core/text.h"
#include "core/units.h"

/* ---- 1. refusals that show the fix ----------------------------------------------- */

enum {
    SHOWN_MAX = 48
};

/* At most SHOWN_MAX bytes of a text, cut between characters. */
static const char *
shown(const char *text, char *buffer)
{
    size_t n = strlen(text);
    size_t used = 0;

    if (n <= SHOWN_MAX)
        return text;
    while (used < SHOWN_MAX - 3) {
        size_t len = fm_utf8_length((const unsigned char *)text + used, n - used);
        len = len == 0 ? 1 : len;
        if (used + len > SHOWN_MAX - 3)
            break;
        memcpy(buffer + used, text + used, len);
        used += len;
    }
    memcpy(buffer + used, "...", 4);
    return buffer;
}

typedef struct lookalike {
    const char *bytes; /* how it begins, UTF-8 */
    const char *text;
} lookalike;

static const lookalike lookalikes[] = {
    {"\xe2\x88\x92", "has a typographic minus sign (U+2212); type '-'"},
    {"\xe2\x80\x93", "has an en dash (U+2013); type '-'"},
    {"\xe2\x80\x94", "has an em dash (U+2014); type '-'"},
    {"\xc2\xa0", "has a no-break space (U+00A0); type a plain blank"},
    {"\xe2\x80\xaf", "has a narrow no-break space (U+202F); type a plain blank"},
    {"\xe2\x80\x89", "has a thin space (U+2009); type a plain blank"},
    {"\xc3\x97", "has a multiplication sign; write 1e-3, not 1x10-3"},
    {"\xef\xbc", "has full-width characters; type ASCII digits"},
    {"\xd9", "has digits that are not ASCII; type 0 ... 9"},
    {"\xdb", "has digits that are not ASCII; type 0 ... 9"},
    {"\xe0\xa5", "has digits that are not ASCII; type 0 ... 9"},
    {"\t", "has a tab; type a plain blank"},
};

static const char *
find_lookalike(const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        for (size_t i = 0; i < sizeof lookalikes / sizeof lookalikes[0]; i++)
            if (strncmp(p, lookalikes[i].bytes, strlen(lookalikes[i].bytes)) == 0)
                return lookalikes[i].text;
    return NULL;
}

static bool
one_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

/* Words and prefixes that other readers take for numbers. */
static const char *
find_foreign(const char *text)
{
    static const char *const not_numbers[] = {".nan",     "nan",   ".inf", "inf",
                                              "infinity", "NaN()", "null", "~"};
    const char *p = *text == '+' || *text == '-' ? text + 1 : text;

    if (one_of(p, not_numbers, sizeof not_numbers / sizeof not_numbers[0]))
        return "is not a number; a finite decimal number is needed";
    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
        return "is hexadecimal; write a decimal number";
    if (p[0] == '0' && (p[1] == 'o' || p[1] == 'O'))
        return "is octal; write a decimal number";
    if (p[0] == '0' && (p[1] == 'b' || p[1] == 'B') && isdigit((unsigned char)p[2]))
        return "is binary; write a decimal number";
    return NULL;
}

/* "1,5" becomes "1.5"; "1,234.5" and "1,234,567" lose their commas. */
static fm_status
fail_comma(const char *text, fm_error *err)
{
    char buffer[SHOWN_MAX + 4], fix[SHOWN_MAX + 4];
    const char *first = strchr(text, ',');
    bool thousands = strchr(first + 1, ',') != NULL || strchr(text, '.') != NULL;
    size_t n = 0;

    for (const char *p = text; *p != '\0' && n < SHOWN_MAX; p++)
        if (*p != ',')
            fix[n++] = *p;
        else if (!thousands)
            fix[n++] = '.';
    fix[n] = '\0';
    return FM_FAIL(err, FM_EDATA, "'%s' has a comma; write %s", shown(text, buffer), fix);
}

static fm_status
fail_underscore(const char *text, fm_error *err)
{
    char buffer[SHOWN_MAX + 4], fix[SHOWN_MAX + 4];
    size_t n = 0;

    for (const char *p = text; *p != '\0' && n < SHOWN_MAX; p++)
        if (*p != '_')
            fix[n++] = *p;
    fix[n] = '\0';
    return FM_FAIL(err, FM_EDATA, "'%s' has '_' between digits; write %s",
                   shown(text, buffer), fix);
}

/* Says why `text` is no number.  rest: what stands behind the part that is one. */
static fm_status
fail_number(const char *text, const char *rest, fm_error *err)
{
    char buffer[SHOWN_MAX + 4];
    const char *why = find_lookalike(text);
    bool digit_before = rest > text && isdigit((unsigned char)rest[-1]);

    if (*text == '\0')
        return FM_FAIL(err, FM_EDATA, "a number is needed, not an empty text");
    if (why == NULL)
        why = find_foreign(text);
    if (why != NULL)
        return FM_FAIL(err, FM_EDATA, "'%s' %s", shown(text, buffer), why);
    if (*rest == ',' && (digit_before || isdigit((unsigned char)rest[1])))
        return fail_comma(text, err);
    if (*rest == '_' && digit_before)
        return fail_underscore(text, err);
    if (*text == ' ' || text[strlen(text) - 1] == ' ')
        return FM_FAIL(err, FM_EDATA, "'%s' has a blank at its %s", shown(text, buffer),
                       *text == ' ' ? "start" : "end");
    if (rest == text)
        return FM_FAIL(err, FM_EDATA, "'%s' is not a number", shown(text, buffer));
    return FM_FAIL(err, FM_EDATA, "'%s' is not a number; it goes wrong at '%s'",
                   shown(text, buffer), rest);
}

/* ---- 2. reals -------------------------------------------------------------------- */

/* Converts the real at the start of `text`, its exponent raised by `decimal`. */
static fm_status
convert_real(const char *text, int decimal, double *value_out, fm_error *err)
{
    char buffer[SHOWN_MAX + 4];
    fm_decimals *decimals = fm_decimals_create();
    fm_decimal_fate fate = FM_DECIMAL_NO_MEMORY;

    if (decimals != NULL)
        fate = fm_decimal_read_front(decimals, text, decimal, value_out);
    fm_decimals_free(decimals);
    switch (fate) {
    case FM_DECIMAL_READ:
        return FM_OK;
    case FM_DECIMAL_LARGE:
        return FM_FAIL(err, FM_EDATA,
                       "'%s' is too large; the largest number is about 1.8e308",
                       shown(text, buffer));
    case FM_DECIMAL_SMALL:
        return FM_FAIL(err, FM_EDATA, "'%s' is so small that it rounds to zero; write 0",
                       shown(text, buffer));
    case FM_DECIMAL_NONE:
        return fail_number(text, text, err);
    default:
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    }
}

fm_status
fm_real_read(const char *text, double *value_out, fm_error *err)
{
    const char *end = fm_decimal_end(text);

    if (end == text || *end != '\0')
        return fail_number(text, end, err);
    return convert_real(text, 0, value_out, err);
}

/* ---- 3. integers ----------------------------------------------------------------- */

/* A number that would do as an integer if it were written as one ("1e3", "1.0"). */
static fm_status
fail_integer(const char *text, fm_error *err)
{
    char buffer[SHOWN_MAX + 4];
    double value = 0;
    const char *end = fm_decimal_end(text);

    if (end == text || *end != '\0' || convert_real(text, 0, &value, NULL) != FM_OK) {
        if (end > text && *end != '\0' && find_foreign(text) == NULL &&
            strchr(",_", *end) == NULL && find_lookalike(text) == NULL)
            return FM_FAIL(err, FM_EDATA,
                           "'%s' is not a whole number; nothing may follow the digits",
                           shown(text, buffer));
        return fail_number(text, end, err);
    }
    if (value != rint(value) || fabs(value) > 9007199254740992.0)
        return FM_FAIL(err, FM_EDATA, "'%s' is not a whole number", shown(text, buffer));
    return FM_FAIL(err, FM_EDATA, "'%s' is not written as a whole number; write %.0f",
                   shown(text, buffer), value);
}

static const char *
skip_digits(const char *p)
{
    while (*p >= '0' && *p <= '9')
        p++;
    return p;
}

static const char *
skip_sign(const char *p)
{
    return *p == '+' || *p == '-' ? p + 1 : p;
}

/* Digits of an integer after its sign: "0" or no leading zero. */
static fm_status
read_digits(const char *text, const char *digits, uint64_t limit, uint64_t *value_out,
            fm_error *err)
{
    char buffer[SHOWN_MAX + 4];
    const char *end = skip_digits(digits);
    uint64_t value = 0;

    if (end == digits || *end != '\0')
        return fail_integer(text, err);
    if (*digits == '0' && digits[1] != '\0') {
        while (*digits == '0' && digits[1] != '\0')
            digits++;
        return FM_FAIL(err, FM_EDATA, "'%s' has a leading zero; write %s%s",
                       shown(text, buffer), *text == '-' ? "-" : "", digits);
    }
    for (const char *p = digits; p < end; p++) {
        uint64_t digit = (uint64_t)(*p - '0');
        if (value > (limit - digit) / 10)
            return FM_FAIL(err, FM_EDATA, "'%s' is out of range for a whole number",
                           shown(text, buffer));
        value = value * 10 + digit;
    }
    *value_out = value;
    return FM_OK;
}

fm_status
fm_integer_read(const char *text, int64_t *value_out, fm_error *err)
{
    bool negative = *text == '-';
    uint64_t magnitude = 0;
    uint64_t limit = (uint64_t)INT64_MAX + (negative ? 1 : 0);
    fm_status st = read_digits(text, skip_sign(text), limit, &magnitude, err);

    if (st != FM_OK)
        return st;
    if (negative && magnitude > (uint64_t)INT64_MAX)
        *value_out = INT64_MIN;
    else
        *value_out = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return FM_OK;
}

fm_status
fm_unsigned_read(const char *text, uint64_t *value_out, fm_error *err)
{
    uint64_t value = 0;

    if ((*text == '-' || *text == '+') && isdigit((unsigned char)text[1]))
        return FM_FAIL(err, FM_EDATA,
                       "'%.40s' has a sign; a whole number from 0 is needed", text);
    fm_status st = read_digits(text, text, UINT64_MAX, &value, err);
    if (st == FM_OK)
        *value_out = value;
    return st;
}

/* ---- 4. quantities --------------------------------------------------------------- */

static bool
starts_unit(const char *p)
{
    static const char *const signs[] = {"%",
                                        "(",
                                        "\xc2\xb0",
                                        "\xc2\xb5",
                                        "\xce\xbc",
                                        "\xc3\x85",
                                        "\xe2\x84\xab",
                                        "\xce\xa9",
                                        "\xe2\x84\xa6",
                                        "\xe2\x84\x83"};

    if (isalpha((unsigned char)*p))
        return true;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (strncmp(p, signs[i], strlen(signs[i])) == 0)
            return true;
    return false;
}

typedef struct quantity {
    const char *text;
    const char *from, *to; /* typed and declared unit */
    bool difference;
} quantity;

/* The number in the declared unit.  A power of ten goes into the exponent of the text. */
static fm_status
read_in_unit(const fm_units *units, const quantity *q, double *value_out, fm_error *err)
{
    fm_conversion c = {0, 1, 0};
    double typed = 0;
    bool linear =
        strcmp(q->from, q->to) == 0 ||
        fm_units_conversion(units, q->from, q->to, q->difference, &c, NULL) == FM_OK;

    if (linear && c.factor == 1 && c.offset == 0)
        return convert_real(q->text, c.decimal, value_out, err);
    fm_status st = convert_real(q->text, 0, &typed, err);
    if (st == FM_OK && linear)
        *value_out = fm_convert(&c, typed);
    else if (st == FM_OK) /* logarithmic, or wrong: this one says why */
        st =
            fm_units_convert(units, q->from, q->to, q->difference, typed, value_out, err);
    return st;
}

/* Puts the typed text before what the unit layer says, unless it stands there already. */
static fm_status
fail_unit(const char *text, const fm_error *why, fm_error *err)
{
    char buffer[SHOWN_MAX + 4];
    const char *typed = shown(text, buffer);

    if (*why->text == '\'' && strncmp(why->text + 1, typed, strlen(typed)) == 0 &&
        why->text[strlen(typed) + 1] == '\'')
        return FM_FAIL(err, FM_EDATA, "%s", why->text);
    return FM_FAIL(err, FM_EDATA, "'%s': %s", typed, why->text);
}

fm_status
fm_quantity_read(const fm_units *units, const char *text, const char *unit,
                 bool difference, double *value_out, double *si_out, fm_error *err)
{
    const char *end = fm_decimal_end(text);
    const char *from = end;
    fm_conversion to_si = {0, 1, 0};
    double value = 0;
    fm_error why = FM_ERROR_INIT;

    if (end == text)
        return fail_number(text, end, err);
    while (*from == ' ')
        from++;
    bool bare = *end == '\0';
    if (!bare && (!starts_unit(from) || find_foreign(text) != NULL ||
                  text[strlen(text) - 1] == ' '))
        return fail_number(text, end, err);
    fm_status st = fm_units_to_si(units, unit, difference, &to_si, err);
    if (st != FM_OK)
        return st;
    const quantity q = {text, bare ? unit : from, unit, difference};
    st = read_in_unit(units, &q, &value, &why);
    if (st == FM_ENOMEM)
        return FM_FAIL(err, st, "out of memory");
    if (st != FM_OK)
        return fail_unit(text, &why, err);
    double si = fm_convert(&to_si, value);
    if (!isfinite(value) || !isfinite(si) || (value != 0 && si == 0 && to_si.offset == 0))
        return FM_FAIL(err, FM_EDATA, "'%.40s' is out of range once it is in SI units",
                       text);
    *value_out = value;
    *si_out = si;
    return FM_OK;
}
