/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimal numbers, correctly rounded.
 *
 * Contents
 *   1. grammar      2. rounding in three ways, the quickest that is exact      3. public
 *
 * Source of the quick ways: Clinger, How to read floating point numbers accurately,
 * PLDI 1990: a whole number and a power of ten that are both exact need one rounding.
 */
#include "config.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/decimal.h"
#include "core/text.h"

enum {
    TEXT_MAX = 500,        /* longer texts are copied to the heap */
    EXPONENT_MAX = 100000, /* larger written exponents count as this */
    DIGITS_MAX = 19        /* fit into 64 bits */
};

struct fm_decimals {
    locale_t c_locale;
    bool extended; /* see has_extended */
};

/* digits * 10^exponent; `digits` is cut when there are more than DIGITS_MAX. */
typedef struct decimal {
    uint64_t digits;
    int exponent;
    int written_exponent;
    size_t mantissa_length; /* characters before the exponent */
    bool negative;
    bool zero;
    bool cut;
} decimal;

/* ---- 1. grammar ------------------------------------------------------------------ */

static inline bool
is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* Reads digits into d; returns how many there are.  Leading zeros do not count as
 * digits. */
static inline int
scan_digits(const char **text, decimal *d, int *significant)
{
    const char *p = *text;

    for (; is_digit(*p); p++) {
        if (*significant < DIGITS_MAX) {
            d->digits = d->digits * 10 + (uint64_t)(*p - '0');
            *significant += d->digits != 0;
        } else {
            d->cut = true;
            d->zero = false;
        }
    }
    int n = (int)(p - *text);
    *text = p;
    return n;
}

/* Reads "e5" into d, if that is what stands there. */
static void
scan_exponent(const char **text, decimal *d)
{
    const char *p = *text + 1;
    bool negative = *p == '-';
    int e = 0;

    if (*p == '+' || *p == '-')
        p++;
    if (!is_digit(*p))
        return;
    for (; is_digit(*p); p++)
        if (e < EXPONENT_MAX)
            e = e * 10 + (*p - '0');
    d->written_exponent = negative ? -e : e;
    *text = p;
}

/* Returns where the longest real at the start of `text` ends: `text` if there is none. */
static const char *
scan(const char *text, decimal *d)
{
    const char *p = text;
    int significant = 0;

    *d = (decimal){.negative = *p == '-', .zero = true};
    if (*p == '+' || *p == '-')
        p++;
    int n = scan_digits(&p, d, &significant);
    int fraction = 0;
    if (*p == '.') {
        p++;
        fraction = scan_digits(&p, d, &significant);
    }
    if (n + fraction == 0)
        return text;
    d->zero = d->zero && d->digits == 0;
    d->mantissa_length = (size_t)(p - text);
    if (*p == 'e' || *p == 'E')
        scan_exponent(&p, d);
    d->exponent = d->written_exponent - fraction;
    return p;
}

/* ---- 2. rounding ----------------------------------------------------------------- */

static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Exact in 64 bits up to 10^27. */
static const long double long_powers[] = {
    1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,
    1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L,
    1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};

/* Both factors are exact in 64 bits, so the product is correctly rounded to 64 bits, and
 * rounding it again to 53 is right unless it landed on the middle of two doubles. */
static bool
read_extended(const decimal *d, int exponent, double *value_out)
{
    const int most = (int)(sizeof long_powers / sizeof long_powers[0]) - 1;
    uint64_t bits;

    if (exponent < -most || exponent > most)
        return false;
    long double x = (long double)d->digits;
    x = exponent < 0 ? x / long_powers[-exponent] : x * long_powers[exponent];
    memcpy(&bits, &x, sizeof bits);
    if ((bits & 0x7ff) == 0x400)
        return false;
    *value_out = (double)x;
    return true;
}

/* True when long double is the x87's with its 64 bits first.  Emulators such as valgrind
 * compute with fewer, so it is tried. */
static bool
has_extended(void)
{
    volatile long double tiny = 0x1p-63L;
    volatile long double sum = 1 + tiny;

    return LDBL_MANT_DIG == 64 && sum != 1;
}

/* The C library rounds correctly whatever the length; the shift joins the exponent. */
static fm_decimal_fate
read_slowly(const fm_decimals *decimals, const decimal *d, const char *text, int shift,
            double *value_out)
{
    char copy[TEXT_MAX + 16];
    fm_str longer = {0};
    char *number = copy;

    if (d->mantissa_length <= TEXT_MAX) {
        memcpy(copy, text, d->mantissa_length);
        (void)snprintf(copy + d->mantissa_length, sizeof copy - d->mantissa_length, "e%d",
                       d->written_exponent + shift);
    } else {
        fm_str_add_bytes(&longer, text, d->mantissa_length);
        fm_str_addf(&longer, "e%d", d->written_exponent + shift);
        number = fm_str_take(&longer);
    }
    if (number == NULL)
        return FM_DECIMAL_NO_MEMORY;
    double x = fabs(strtod_l(number, NULL, decimals->c_locale));
    if (number != copy)
        free(number);
    if (isinf(x))
        return FM_DECIMAL_LARGE;
    if (x == 0)
        return FM_DECIMAL_SMALL;
    *value_out = x;
    return FM_DECIMAL_READ;
}

static fm_decimal_fate
convert(const fm_decimals *decimals, const decimal *d, const char *text, int shift,
        double *value_out)
{
    int exponent = d->exponent + shift;
    fm_decimal_fate fate = FM_DECIMAL_READ;
    double x = 0;
    bool done = d->zero;

    if (!done && !d->cut && d->digits <= UINT64_C(1) << 53 && exponent >= -22 &&
        exponent <= 22) {
        x = (double)d->digits;
        x = exponent < 0 ? x / powers[-exponent] : x * powers[exponent];
        done = true;
    }
    if (!done && !d->cut && decimals->extended)
        done = read_extended(d, exponent, &x);
    if (!done)
        fate = read_slowly(decimals, d, text, shift, &x);
    if (fate == FM_DECIMAL_READ)
        *value_out = d->negative ? -x : x;
    return fate;
}

/* ---- 3. public ------------------------------------------------------------------- */

fm_decimals *
fm_decimals_create(void)
{
    fm_decimals *decimals = calloc(1, sizeof *decimals);

    if (decimals == NULL)
        return NULL;
    decimals->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (decimals->c_locale == (locale_t)0) {
        free(decimals);
        return NULL;
    }
    decimals->extended = has_extended();
    return decimals;
}

void
fm_decimals_free(fm_decimals *decimals)
{
    if (decimals == NULL)
        return;
    freelocale(decimals->c_locale);
    free(decimals);
}

const char *
fm_decimal_end(const char *text)
{
    decimal d;

    return scan(text, &d);
}

fm_decimal_fate
fm_decimal_read_front(const fm_decimals *decimals, const char *text, int shift,
                      double *value_out)
{
    decimal d;

    if (scan(text, &d) == text)
        return FM_DECIMAL_NONE;
    return convert(decimals, &d, text, shift, value_out);
}

bool
fm_decimal_read(const fm_decimals *decimals, const char *text, int shift,
                double *value_out)
{
    decimal d;
    const char *end = scan(text, &d);

    return end != text && *end == '\0' &&
           convert(decimals, &d, text, shift, value_out) == FM_DECIMAL_READ;
}
