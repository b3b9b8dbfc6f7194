/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Agreement of attribute ratings: kappa with its test. */
#ifndef FM_SPC_AGREEMENT_MODEL_H
#define FM_SPC_AGREEMENT_MODEL_H

#include <stddef.h>

#include <fabmet/status.h>

typedef struct fm_spc_kappa {
    double kappa;    /* 1: complete agreement, 0: as by chance */
    double se_zero;  /* standard error if the true kappa is 0 */
    double observed; /* share of agreeing pairs */
    double expected; /* the same by chance */
} fm_spc_kappa;

/* Fleiss' kappa of several ratings of each item.
 * count         in   [n_items][n_categories] ratings of item i in category j; each item has
 *                    equally many ratings
 * n_items       in   >= 2
 * n_categories  in   >= 1
 * out           out  untouched on error
 * returns FM_OK; FM_ETOOFEW if there are fewer than 2 items or ratings of an item;
 *         FM_EDOM if items have different numbers of ratings; FM_ESINGULAR if all ratings
 *         are in one category (chance alone would agree)
 * source  Fleiss (1971), Psychol. Bull. 76, 378-382; standard error: Fleiss, Nee, Landis
 *         (1979), Psychol. Bull. 86, 974-977; certified rows kf-*
 * terms: msa.kappa */
fm_status fm_spc_kappa_fleiss(const double *count, size_t n_items, size_t n_categories,
                              fm_spc_kappa *out);

/* Cohen's kappa of two ratings of each item, from their table.
 * count         in   [n][n] weight of items rated i by the first and j by the second
 * n_categories  in   >= 1
 * out           out  untouched on error
 * returns FM_OK; FM_ETOOFEW if the table is empty; FM_ESINGULAR if all ratings are in one
 *         category
 * source  Cohen (1960), Educ. Psychol. Meas. 20, 37-46; standard error: Fleiss, Cohen,
 *         Everitt (1969), Psychol. Bull. 72, 323-327; certified rows kc-*
 * terms: msa.kappa */
fm_status fm_spc_kappa_cohen(const double *count, size_t n_categories, fm_spc_kappa *out);

#endif
