/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random effects of crossed factors: units of every term, balance, analysis of variance.
 *
 * A term is a set of factors, written as a bit mask: 0b001 the first factor, 0b011 the
 * interaction of the first two, or equally the second nested in the first (when the
 * second has no term of its own).  A unit of a term is one combination of labels.
 */
#ifndef FM_SPC_CROSSED_H
#define FM_SPC_CROSSED_H

#include <stdint.h>

#include "spc/spc_anova.h"

enum {
    FM_SPC_FACTOR_MAX = 6,
    FM_SPC_TERM_MAX = FM_SPC_SOURCE_MAX - 1
};

typedef struct fm_spc_design {
    size_t n, n_factors, n_terms, n_codes;
    const int32_t *code;            /* [n_factors][n] 0 ... n_codes - 1 */
    unsigned mask[FM_SPC_TERM_MAX]; /* sorted: fewer factors first */
    size_t n_units[FM_SPC_TERM_MAX];
    size_t *unit; /* [n_terms][n] unit of each observation */
    size_t *cell; /* [n] combination of all factors that are in a term */
    size_t n_cells;
    bool balanced; /* terms are orthogonal and the units of each equally large */
} fm_spc_design;

/* Number of size_t that fm_spc_design_build needs. */
size_t fm_spc_design_words(size_t n, size_t n_factors, size_t n_terms, size_t n_codes);

/* Finds the units of all terms and whether the data are balanced in them: every unit of a
 * term, and of the union of two terms, has equally many observations, and two terms meet
 * in every combination that their common factors allow.
 * design  in/out  n, n_factors, n_terms, n_codes, code and mask in the caller's order are
 *                 given; the rest is set, masks are sorted
 * words   in      [fm_spc_design_words()] memory of the design: keep it as long
 * scratch in      [n_factors][n] memory for this call
 * returns FM_OK; FM_ETOOFEW if n is 0; FM_EDOM if a count, mask or code is out of range or
 *         a mask is given twice   terms: waf.variance-component */
fm_status fm_spc_design_build(fm_spc_design *design, size_t *words, int32_t *scratch);

/* Analysis of variance of balanced crossed data: each term's effects are the means of what
 * the terms before it leave, which for balanced data is the projection on the term.
 * design  in   balanced
 * y       in   [n] finite values
 * work    in   [n + 1 + 2 units] memory, units = the largest n_units
 * out     out  untouched on error
 * returns FM_OK; FM_EVALID if the design is not balanced; FM_EDOM if a value is not
 *         finite; FM_ESINGULAR if a term has no degrees of freedom or all values are
 *         equal; FM_ETOOFEW if none are left for the residual
 * source  Searle, Casella, McCulloch, Variance Components (1992), ch. 4; certified rows
 *         q01-*, q08-*
 * terms: spc.analysis-of-variance spc.sum-of-squares */
fm_status fm_spc_crossed_eval(const fm_spc_design *design, const double *y, double *work,
                              fm_spc_anova *out);

/* True if every factor of term `inner` is also in `outer` or more: units of `outer` then
 * lie within units of `inner`.   terms: waf.variance-component */
static inline bool
fm_spc_mask_contains(unsigned outer, unsigned inner)
{
    return (outer & inner) == inner;
}

#endif
