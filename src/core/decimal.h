/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimal numbers: the strict grammar of reals, correctly rounded, without messages.
 *
 *   real = ["+" | "-"] (digits ["." {digit}] | "." digits)
 *          [("e" | "E") ["+" | "-"] digits]
 *
 * fm_real_read and fm_quantity_read (units.h) read with these and say what is wrong with
 * other texts; millions of cells are read directly.
 */
#ifndef FM_CORE_DECIMAL_H
#define FM_CORE_DECIMAL_H

#include <stdbool.h>

typedef struct fm_decimals fm_decimals;

/* Prepares reading.  Returns NULL if memory ran out.  Pair: fm_decimals_free. */
fm_decimals *fm_decimals_create(void);
void fm_decimals_free(fm_decimals *decimals);

typedef enum fm_decimal_fate {
    FM_DECIMAL_READ,
    FM_DECIMAL_NONE,  /* there is no real */
    FM_DECIMAL_LARGE, /* it overflows */
    FM_DECIMAL_SMALL, /* it is not zero and becomes zero */
    FM_DECIMAL_NO_MEMORY
} fm_decimal_fate;

/* Where the longest real at the start of `text` ends; `text` itself if there is none. */
const char *fm_decimal_end(const char *text);

/* Reads the longest real at the start of `text`, times 10^shift: the double nearest to
 * the exact decimal value, in any locale.
 * shift      in   power of ten that the real is multiplied with before it is rounded
 * value_out  out  untouched unless the fate is FM_DECIMAL_READ */
fm_decimal_fate fm_decimal_read_front(const fm_decimals *decimals, const char *text,
                                      int shift, double *value_out);

/* The same for a text that is one real from start to end.
 * returns false for any other fate, value_out is untouched then */
bool fm_decimal_read(const fm_decimals *decimals, const char *text, int shift,
                     double *value_out);

#endif
