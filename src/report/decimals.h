/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many digits the numbers of one column are shown with. */
#ifndef FM_REPORT_DECIMALS_H
#define FM_REPORT_DECIMALS_H

#include "core/text.h"

enum {
    FM_VERDICT_DIGITS = 6,  /* at most, of a number that stands alone */
    FM_DECIMALS_EXACT = 15, /* at most, of any number */
    FM_DECIMALS_TEXT = 48
};

/* What the cells of a column have in common. */
typedef struct fm_decimals {
    int places; /* after the decimal point; -1: each cell by itself */
    int digits; /* significant digits of a cell that stands by itself */
} fm_decimals;

/* Chooses for the finite ones of x[n] that are not zero: whole numbers have no places;
 * others as many as show their spread (largest minus smallest) with 4 digits and the
 * smallest nonzero magnitude with 3, zeros that end every value taken off;
 * FM_VERDICT_DIGITS digits when all are one value. Fractions below 1 that end within 6
 * places are shown whole.  Columns that reach below 1e-4 or
 * above 1e7, and such that would need more than 10 digits for their smallest value alone,
 * have cells by themselves. */
fm_decimals fm_decimals_for(const double *x, size_t n);

/* Number in that form, C locale ("0" for zero, "inf", "NaN").
 * text_out  out  at least FM_DECIMALS_TEXT bytes; returned */
const char *fm_decimals_text(fm_decimals form, double x, char *text_out);

/* A number by itself: at most `digits` significant digits (more when its whole part needs
 * them), no zeros at the end, an exponent below 1e-4 and from 1e7 on.
 * text_out  out  at least FM_DECIMALS_TEXT bytes; returned */
const char *fm_short_text(double x, int digits, char *text_out);

/* Digits that x needs to be told from `other`: FM_VERDICT_DIGITS, or more up to
 * FM_DECIMALS_EXACT when the two differ but would read the same. */
int fm_digits_apart(double x, double other);

#endif
