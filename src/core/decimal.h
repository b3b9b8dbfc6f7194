/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimal numbers in bulk: the strict grammar of units.h, correctly rounded, without
 * messages.
 *
 * fm_real_read (units.h) accepts the same texts and says what is wrong with the others;
 * this one is for millions of cells.
 */
#ifndef FM_CORE_DECIMAL_H
#define FM_CORE_DECIMAL_H

#include <stdbool.h>

typedef struct fm_decimals fm_decimals;

/* Prepares reading.  Returns NULL if memory ran out.  Pair: fm_decimals_free. */
fm_decimals *fm_decimals_create(void);
void fm_decimals_free(fm_decimals *decimals);

/* Reads the whole text as  [+-] digits [. digits] [e [+-] digits]  times 10^shift: the
 * double nearest to the exact decimal value, in any locale. shift      in   power of ten
 * that the text is multiplied with before it is rounded value_out  out  untouched on
 * failure returns false when the text does not match, has more than 500 characters,
 * overflows, or is not zero and becomes zero */
bool fm_decimal_read(const fm_decimals *decimals, const char *text, int shift,
                     double *value_out);

#endif
