/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data of the certified fits, by name. */
#ifndef FM_MATH_TEST_LIFEDIST_DATA_H
#define FM_MATH_TEST_LIFEDIST_DATA_H

#include <stddef.h>

typedef struct life_row {
    double x;
    double n;  /* number of equal rows */
    int cause; /* 0: censored */
} life_row;

/* Rows of a data set; 0 if the name is not known. */
size_t life_rows(const char *name, const life_row **rows_out);

#endif
