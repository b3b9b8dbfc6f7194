/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crossed random effects.
 *
 * Contents
 *   1. units of a term     2. balance     3. analysis of variance
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "math/univariate.h"
#include "spc/spc_crossed.h"
#include "spc/spc_nested.h"

/* ---- 1. units of a term ---------------------------------------------------------- */

size_t
fm_spc_design_words(size_t n, size_t n_factors, size_t n_terms, size_t n_codes)
{
    return (n_terms + 2) * n + fm_spc_tree_words(n, n_factors, n_codes);
}

/* Memory of the search for units. */
typedef struct memory {
    size_t *tree;
    int32_t *code; /* [n_factors][n] */
    size_t *unit;  /* [n] whose each observation is */
} memory;

/* Units of a mask: how many, and of which size (0: different sizes). */
typedef struct units {
    size_t n_units, size;
} units;

static fm_status
find_units(const fm_spc_design *d, unsigned mask, const memory *m, units *out)
{
    size_t depth = 0;
    for (size_t f = 0; f < d->n_factors; f++)
        if (mask & 1U << f)
            memcpy(m->code + d->n * depth++, d->code + d->n * f, d->n * sizeof *m->code);
    *out = (units){1, d->n};
    if (depth == 0)
        return FM_OK;
    fm_spc_tree tree;
    fm_status st = fm_spc_tree_build(m->code, d->n, depth, d->n_codes, m->tree, &tree);
    if (st != FM_OK)
        return st;
    out->n_units = tree.n_units[depth];
    const size_t *first = tree.first[depth];
    out->size = first[1] - first[0];
    for (size_t u = 0; u < out->n_units; u++) {
        if (first[u + 1] - first[u] != first[1] - first[0])
            out->size = 0;
        for (size_t i = first[u]; i < first[u + 1]; i++)
            m->unit[tree.order[i]] = u;
    }
    return FM_OK;
}

static unsigned
count_bits(unsigned mask)
{
    unsigned n = 0;
    for (; mask != 0; mask &= mask - 1)
        n++;
    return n;
}

/* Sorts the masks, fewer factors first, keeping the order of equals. */
static fm_status
sort_masks(fm_spc_design *d)
{
    if (d->n_factors < 1 || d->n_factors > FM_SPC_FACTOR_MAX || d->n_terms < 1 ||
        d->n_terms > FM_SPC_TERM_MAX)
        return FM_EDOM;
    for (size_t t = 0; t < d->n_terms; t++) {
        if (d->mask[t] == 0 || d->mask[t] >= 1U << d->n_factors)
            return FM_EDOM;
        for (size_t s = 0; s < t; s++)
            if (d->mask[s] == d->mask[t])
                return FM_EDOM;
    }
    for (size_t t = 1; t < d->n_terms; t++) {
        unsigned mask = d->mask[t];
        size_t s = t;
        for (; s > 0 && count_bits(d->mask[s - 1]) > count_bits(mask); s--)
            d->mask[s] = d->mask[s - 1];
        d->mask[s] = mask;
    }
    return FM_OK;
}

/* ---- 2. balance ------------------------------------------------------------------ */

/* Terms s and t are orthogonal when, inside each unit of their common factors, every unit
 * of s meets every unit of t equally often. */
static fm_status
check_pair(const fm_spc_design *d, size_t s, size_t t, const memory *m, bool *good_out)
{
    units both, common;
    fm_status st = find_units(d, d->mask[s] | d->mask[t], m, &both);
    if (st == FM_OK)
        st = find_units(d, d->mask[s] & d->mask[t], m, &common);
    if (st == FM_OK)
        *good_out = both.size > 0 && common.size > 0 &&
                    (double)both.n_units * (double)common.n_units ==
                        (double)d->n_units[s] * (double)d->n_units[t];
    return st;
}

fm_status
fm_spc_design_build(fm_spc_design *design, size_t *words, int32_t *scratch)
{
    fm_spc_design d = *design;
    if (d.n == 0)
        return FM_ETOOFEW;
    fm_status st = sort_masks(&d);
    d.unit = words;
    d.cell = words + d.n_terms * d.n;
    memory m = {d.cell + 2 * d.n, scratch, NULL};
    unsigned all = 0;
    d.balanced = true;
    for (size_t t = 0; t < d.n_terms && st == FM_OK; t++) {
        units u = {0, 0};
        m.unit = d.unit + t * d.n;
        st = find_units(&d, d.mask[t], &m, &u);
        d.n_units[t] = u.n_units;
        d.balanced = d.balanced && u.size > 0;
        all |= d.mask[t];
    }
    units cells = {0, 0};
    m.unit = d.cell;
    if (st == FM_OK)
        st = find_units(&d, all, &m, &cells);
    d.n_cells = cells.n_units;
    m.unit = d.cell + d.n;
    for (size_t t = 0; t < d.n_terms; t++)
        for (size_t s = 0; s < t && st == FM_OK && d.balanced; s++)
            st = check_pair(&d, s, t, &m, &d.balanced);
    if (st == FM_OK)
        *design = d;
    return st;
}

/* ---- 3. analysis of variance ----------------------------------------------------- */

/* Degrees of freedom and expected mean squares from the numbers of units. */
static fm_status
expectations(const fm_spc_design *d, fm_spc_anova *a)
{
    size_t residual = d->n_terms;
    a->df[residual] = (double)(d->n - 1);
    for (size_t i = 0; i <= residual; i++)
        for (size_t j = 0; j <= residual; j++)
            a->ems[i][j] = 0;
    for (size_t i = 0; i < residual; i++) {
        a->df[i] = (double)(d->n_units[i] - 1);
        a->mean_coef[i] = 1 / (double)d->n_units[i];
        for (size_t j = 0; j < residual; j++) {
            if (j < i && fm_spc_mask_contains(d->mask[i], d->mask[j]))
                a->df[i] -= a->df[j];
            if (fm_spc_mask_contains(d->mask[j], d->mask[i]))
                a->ems[i][j] = (double)d->n / (double)d->n_units[j];
        }
        a->ems[i][residual] = 1;
        a->df[residual] -= a->df[i];
    }
    a->ems[residual][residual] = 1;
    a->mean_coef[residual] = 1 / (double)d->n;
    a->total_df = (double)(d->n - 1);
    for (size_t i = 0; i < residual; i++)
        if (!(a->df[i] > 0))
            return FM_ESINGULAR;
    return a->df[residual] > 0 ? FM_OK : FM_ETOOFEW;
}

/* Takes the means of the units of one term out of the remainder r; their sum of
 * squares. */
static double
sweep(const size_t *unit, size_t n, size_t n_units, double *r, fm_math_sum *sum)
{
    memset(sum, 0, n_units * sizeof *sum);
    for (size_t i = 0; i < n; i++)
        fm_math_sum_add(&sum[unit[i]], r[i]);
    double size = (double)n / (double)n_units;
    fm_math_sum ss = {0, 0};
    for (size_t u = 0; u < n_units; u++) {
        double mean = fm_math_sum_get(&sum[u]) / size;
        sum[u] = (fm_math_sum){mean, 0};
        fm_math_sum_add(&ss, size * mean * mean);
    }
    for (size_t i = 0; i < n; i++)
        r[i] -= sum[unit[i]].sum;
    return fm_math_sum_get(&ss);
}

static double
sum_of_squares(const double *r, size_t n)
{
    fm_math_sum ss = {0, 0};
    for (size_t i = 0; i < n; i++)
        fm_math_sum_add(&ss, r[i] * r[i]);
    return fm_math_sum_get(&ss);
}

fm_status
fm_spc_crossed_eval(const fm_spc_design *design, const double *y, double *work,
                    fm_spc_anova *out)
{
    size_t n = design->n;
    fm_spc_anova a = {.n = n, .depth = design->n_terms, .balanced = true};
    double largest;
    if (!design->balanced)
        return FM_EVALID;
    fm_status st = fm_spc_centre_eval(y, n, &a.mean, &largest);
    if (st == FM_OK)
        st = expectations(design, &a);
    if (st != FM_OK)
        return st;
    double *r = work;
    fm_math_sum *sum = (fm_math_sum *)(void *)(work + n + n % 2);
    for (size_t i = 0; i < n; i++)
        r[i] = y[i] - a.mean;
    a.total_ss = sum_of_squares(r, n);
    for (size_t t = 0; t < a.depth; t++) {
        double ss = sweep(design->unit + t * n, n, design->n_units[t], r, sum);
        fm_spc_anova_set_ss(&a, t, ss, largest);
    }
    fm_spc_anova_set_ss(&a, a.depth, sum_of_squares(r, n), largest);
    fm_spc_anova_test(&a);
    *out = a;
    return FM_OK;
}
