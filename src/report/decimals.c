/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many digits the numbers of one column are shown with. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/decimals.h"

enum {
    SPREAD_DIGITS = 4,
    SMALLEST_DIGITS = 3, /* always */
    SMALLEST_BETTER = 5, /* as long as the largest value stays within WIDE digits */
    WIDE = 7,
    TOO_WIDE = 10,
    CELL_DIGITS = 4,
    FRACTION_PLACES = 6
};

static const double fixed_from = 1e-4;
static const double fixed_below = 1e7;
static const double whole_below = 1e10;

static int
power_of(double x)
{
    return (int)floor(log10(fabs(x)));
}

/* C-locale decimal point whatever LC_NUMERIC says. */
static void
mend_point(char *text)
{
    for (char *p = text; *p != '\0'; p++)
        if (*p == ',')
            *p = '.';
}

static const char *
special_text(double x, char *text_out)
{
    const char *text = isnan(x) ? "NaN" : x > 0 ? "inf" : x < 0 ? "-inf" : "0";

    (void)snprintf(text_out, FM_DECIMALS_TEXT, "%s", text);
    return text_out;
}

static bool
is_special(double x)
{
    return !isfinite(x) || fpclassify(x) == FP_ZERO;
}

/* ---- a number by itself --------------------------------------------------------------
 */

/* Takes zeros off the end of a fraction, before the exponent if there is one. */
static void
trim(char *text)
{
    char *e = strchr(text, 'e');
    char *end = e != NULL ? e : text + strlen(text);
    char *last = end;

    if (strchr(text, '.') == NULL)
        return;
    while (last[-1] == '0')
        last--;
    last -= last[-1] == '.';
    memmove(last, end, strlen(end) + 1);
}

const char *
fm_short_text(double x, int digits, char *text_out)
{
    if (is_special(x))
        return special_text(x, text_out);
    if (fabs(x) >= fixed_from && fabs(x) < fixed_below) {
        int places = digits - 1 - power_of(x);
        (void)snprintf(text_out, FM_DECIMALS_TEXT, "%.*f", places > 0 ? places : 0, x);
    } else {
        (void)snprintf(text_out, FM_DECIMALS_TEXT, "%.*e", digits - 1, x);
    }
    mend_point(text_out);
    trim(text_out);
    return text_out;
}

int
fm_digits_apart(double x, double other)
{
    char a[FM_DECIMALS_TEXT];
    char b[FM_DECIMALS_TEXT];
    int digits = FM_VERDICT_DIGITS;

    while (digits < FM_DECIMALS_EXACT && (x < other || x > other) &&
           strcmp(fm_short_text(x, digits, a), fm_short_text(other, digits, b)) == 0)
        digits++;
    return digits;
}

/* ---- a column ------------------------------------------------------------------------
 */

/* Of the finite values that are not zero: a zero needs no digits. */
typedef struct range {
    double low, high;
    double smallest, largest; /* magnitudes */
    bool whole;               /* all are whole numbers */
} range;

static range
find_range(const double *x, size_t n)
{
    range r = {(double)INFINITY, -(double)INFINITY, (double)INFINITY, 0, true};

    for (size_t i = 0; i < n; i++) {
        double size = fabs(x[i]);
        if (!isfinite(x[i]))
            continue;
        r.whole = r.whole && x[i] >= floor(x[i]) && x[i] <= floor(x[i]);
        if (size > 0) {
            r.low = x[i] < r.low ? x[i] : r.low;
            r.high = x[i] > r.high ? x[i] : r.high;
            r.smallest = size < r.smallest ? size : r.smallest;
            r.largest = size > r.largest ? size : r.largest;
        }
    }
    return r;
}

/* Places that all of the values can do without. */
static int
common_zeros(const double *x, size_t n, int places)
{
    int common = places;
    char text[FM_DECIMALS_TEXT];

    for (size_t i = 0; i < n && common > 0; i++) {
        int zeros = 0;
        if (is_special(x[i]))
            continue;
        int length = snprintf(text, sizeof text, "%.*f", places, x[i]);
        while (zeros < common && zeros < length && text[length - 1 - zeros] == '0')
            zeros++;
        common = zeros;
    }
    return common;
}

/* Places for a column whose values differ, before zeros are taken off. */
static int
places_for(const range *r)
{
    int top = power_of(r->largest);
    int places = SPREAD_DIGITS - 1 - power_of(r->high - r->low);
    int needed = SMALLEST_DIGITS - 1 - power_of(r->smallest);
    int better = SMALLEST_BETTER - 1 - power_of(r->smallest);

    places = needed > places ? needed : places;
    while (better > places && better + top + 1 > WIDE)
        better--;
    places = better > places ? better : places;
    if (places > FM_DECIMALS_EXACT - 1 - top)
        places = FM_DECIMALS_EXACT - 1 - top;
    return places > 0 ? places : 0;
}

/* Cells by themselves, with more digits when the values differ only behind the fourth. */
static fm_decimals
by_cell(const range *r)
{
    double spread = r->high - r->low;
    int digits = CELL_DIGITS;

    if (!(spread > 0))
        digits = FM_VERDICT_DIGITS;
    else if (isfinite(spread) && power_of(spread) < power_of(r->largest))
        digits += power_of(r->largest) - power_of(spread);
    return (fm_decimals){-1,
                         digits < FM_DECIMALS_EXACT ? digits : (int)FM_DECIMALS_EXACT};
}

/* Small fractions of a count, 7e-05 and 0.00012, read best with all their decimals. */
static bool
is_short_fraction(const double *x, size_t n, double largest)
{
    const double scale = pow(10, FRACTION_PLACES);

    for (size_t i = 0; i < n; i++)
        if (isfinite(x[i]) &&
            !(fabs(x[i] * scale - round(x[i] * scale)) <= 1e-9 * fabs(x[i] * scale)))
            return false;
    return largest < 1;
}

fm_decimals
fm_decimals_for(const double *x, size_t n)
{
    range r = find_range(x, n);
    fm_decimals form = {0, CELL_DIGITS};

    if (!(r.largest > 0) || (r.whole && r.largest < whole_below))
        return form;
    if (is_short_fraction(x, n, r.largest)) {
        form.places = FRACTION_PLACES - common_zeros(x, n, FRACTION_PLACES);
        return form;
    }
    int needed = SMALLEST_DIGITS - power_of(r.smallest) + power_of(r.largest);
    if (r.smallest < fixed_from || r.largest >= fixed_below || needed > TOO_WIDE)
        return by_cell(&r);
    if (r.high > r.low)
        form.places = places_for(&r);
    else
        form.places = FM_VERDICT_DIGITS - 1 - power_of(r.largest);
    form.places = form.places > 0 ? form.places : 0;
    form.places -= common_zeros(x, n, form.places);
    return form;
}

const char *
fm_decimals_text(fm_decimals form, double x, char *text_out)
{
    if (is_special(x))
        return special_text(x, text_out);
    if (form.places < 0 || fabs(x) >= whole_below)
        return fm_short_text(x, form.digits, text_out);
    (void)snprintf(text_out, FM_DECIMALS_TEXT, "%.*f", form.places, x);
    mend_point(text_out);
    return text_out;
}
