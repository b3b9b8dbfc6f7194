/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Study spc.gauge: the analysis.
 *
 * Contents
 *   1. the model     2. analysis of variance     3. restricted maximum likelihood
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/univariate.h"
#include "spc/spc_gauge.h"

enum {
    INTERACTION = 3 /* mask of part and operator */
};

/* ---- 1. the model ---------------------------------------------------------------- */

/* Builds the design of the given terms, without the interaction of part and operator if
 * `drop`, and names the sources in its order. */
static fm_status
build(fm_gauge *g, bool drop, fm_error *err)
{
    fm_spc_design *d = &g->design;
    d->n_terms = 0;
    for (size_t t = 0; t < g->n_given; t++)
        if (!drop || g->given[t] != INTERACTION)
            d->mask[d->n_terms++] = g->given[t];
    fm_status st = fm_spc_design_build(d, g->words, g->scratch);
    if (st != FM_OK)
        return FM_FAIL(err, st, "the terms do not fit the data");
    for (size_t s = 0; s < d->n_terms; s++)
        for (size_t t = 0; t < g->n_given; t++)
            if (g->given[t] == d->mask[s]) {
                memcpy(g->name[s], g->given_name[t], sizeof g->name[s]);
                g->is_part[s] = d->mask[s] == 1 || g->nested_part[t];
            }
    memcpy(g->name[d->n_terms], "repeatability", sizeof "repeatability");
    g->is_part[d->n_terms] = false;
    return FM_OK;
}

static bool
has_interaction(const fm_gauge *g)
{
    for (size_t t = 0; t < g->design.n_terms; t++)
        if (g->design.mask[t] == INTERACTION)
            return fm_integer(g->point, FM_GAUGE_P_LAYOUT) == FM_GAUGE_CROSSED;
    return false;
}

/* Smallest and largest number of readings in a cell. */
static void
cell_sizes(const fm_gauge *g, size_t *smallest, size_t *largest)
{
    size_t *count = calloc(g->design.n_cells, sizeof *count), low = g->n, high = 0;
    for (size_t i = 0; count != NULL && i < g->n; i++)
        count[g->design.cell[i]]++;
    for (size_t c = 0; count != NULL && c < g->design.n_cells; c++) {
        low = count[c] < low ? count[c] : low;
        high = count[c] > high ? count[c] : high;
    }
    *smallest = low;
    *largest = high;
    free(count);
}

/* ---- 2. analysis of variance ----------------------------------------------------- */

/* Says in words why there is no analysis. */
static fm_status
explain(const fm_gauge *g, fm_status st, fm_error *err)
{
    const fm_spc_design *d = &g->design;
    bool constant = true;
    for (size_t i = 1; i < g->n; i++)
        constant = constant && g->y[i] == g->y[0];
    if (constant)
        return FM_FAIL(err, FM_ESINGULAR,
                       "all %zu readings are equal (%g): there is no variation to assign",
                       g->n, g->y[0]);
    for (size_t t = 0; t < d->n_terms; t++)
        if (d->n_units[t] == g->n)
            return FM_FAIL(err, FM_ETOOFEW,
                           "each unit of '%s' is measured once: nothing is left for "
                           "repeatability",
                           g->name[t]);
    for (size_t t = 0; t < d->n_terms; t++)
        for (size_t s = 0; s < t; s++)
            if (d->n_units[s] == d->n_units[t] &&
                fm_spc_mask_contains(d->mask[t], d->mask[s]))
                return FM_FAIL(
                    err, FM_ESINGULAR,
                    "'%s' and '%s' have the same units: their variances cannot "
                    "be told apart; leave one of them out",
                    g->name[s], g->name[t]);
    if (st == FM_ETOOFEW)
        return FM_FAIL(err, st,
                       "%zu readings are too few for %zu terms: nothing is left for "
                       "repeatability",
                       g->n, d->n_terms);
    return FM_FAIL(err, st, "the data do not determine all variances of the terms");
}

/* False if units of two terms cannot be told apart or nothing is left for the
 * residual. */
static bool
is_determined(const fm_gauge *g)
{
    const fm_spc_design *d = &g->design;
    double df[FM_SPC_TERM_MAX], left = (double)g->n - 1;
    for (size_t t = 0; t < d->n_terms; t++) {
        df[t] = (double)d->n_units[t] - 1;
        for (size_t s = 0; s < t; s++)
            if (fm_spc_mask_contains(d->mask[t], d->mask[s]))
                df[t] -= df[s];
        df[t] = fmax(0, df[t]);
        left -= df[t];
    }
    if (!(left > 0))
        return false;
    for (size_t t = 0; t < d->n_terms; t++) {
        if (d->n_units[t] == g->n)
            return false;
        for (size_t s = 0; s < t; s++)
            if (d->n_units[s] == d->n_units[t] &&
                fm_spc_mask_contains(d->mask[t], d->mask[s]))
                return false;
    }
    return true;
}

/* The interaction's row in the analysis, or n_terms. */
static size_t
interaction_row(const fm_gauge *g)
{
    size_t t = 0;
    while (t < g->design.n_terms && g->design.mask[t] != INTERACTION)
        t++;
    return t;
}

/* Drops the interaction where the data say so; both analyses are kept. */
static fm_status
pool(fm_gauge *g, fm_out *out, fm_error *err)
{
    const fm_value *choice = fm_value_at(g->point, FM_GAUGE_P_INTERACTION);
    double above = fm_present(g->point, FM_GAUGE_P_POOL_ABOVE)
                       ? fm_real(g->point, FM_GAUGE_P_POOL_ABOVE)
                       : 0.05;
    int64_t kind = choice->present ? choice->integer : FM_GAUGE_INTERACTION_AUTO;
    double p = g->full.p[interaction_row(g)];
    if (kind == FM_GAUGE_INTERACTION_KEEP ||
        (kind == FM_GAUGE_INTERACTION_AUTO && !(p > above)))
        return FM_OK;
    if (kind == FM_GAUGE_INTERACTION_AUTO)
        fm_out_remark(out,
                      "the interaction of part and operator (p = %.3g) is pooled with "
                      "repeatability",
                      p);
    fm_status st = build(g, true, err);
    if (st != FM_OK)
        return st;
    st = fm_spc_crossed_eval(&g->design, g->y, g->work, &g->anova);
    g->pooled = true;
    return st == FM_OK ? st : explain(g, st, err);
}

static fm_status
analyse(fm_gauge *g, fm_out *out, fm_error *err)
{
    bool can_pool = has_interaction(g);
    fm_status st = fm_spc_crossed_eval(&g->design, g->y, g->work, &g->full);
    if (st != FM_OK)
        return explain(g, st, err);
    g->anova = g->full;
    g->has_anova = true;
    return can_pool ? pool(g, out, err) : FM_OK;
}

/* ---- 3. restricted maximum likelihood -------------------------------------------- */

/* Cells with their means: memory in *block_out, to be freed. */
static fm_status
make_cells(fm_gauge *g, double mean, fm_spc_cells *c, double **block_out)
{
    const fm_spc_design *d = &g->design;
    size_t m = d->n_cells;
    double *block = calloc(2 * m + fm_spc_cells_work(m, d->n_terms), sizeof *block);
    *block_out = block;
    g->cell_unit = calloc(m * d->n_terms, sizeof *g->cell_unit);
    if (block == NULL || g->cell_unit == NULL)
        return FM_ENOMEM;
    *c = (fm_spc_cells){.n = g->n, .n_cells = m, .n_terms = d->n_terms};
    double *size = block, *centre = block + m;
    for (size_t i = 0; i < g->n; i++) {
        size[d->cell[i]] += 1;
        for (size_t t = 0; t < d->n_terms; t++)
            g->cell_unit[t * m + d->cell[i]] = d->unit[t * g->n + i];
    }
    for (size_t i = 0; i < g->n; i++)
        centre[d->cell[i]] += (g->y[i] - mean) / size[d->cell[i]];
    fm_math_sum within = {0, 0};
    for (size_t i = 0; i < g->n; i++) {
        double e = g->y[i] - mean - centre[d->cell[i]];
        fm_math_sum_add(&within, e * e);
    }
    c->n_units = d->n_units;
    c->unit = g->cell_unit;
    c->size = size;
    c->mean = centre;
    c->ss_within = fm_math_sum_get(&within);
    c->work = block + 2 * m;
    return FM_OK;
}

static fm_status
maximise(fm_gauge *g, const fm_spc_reml_data *data, fm_error *err)
{
    double start[FM_SPC_SOURCE_MAX],
        confidence = fm_real(g->point, FM_GAUGE_P_CONFIDENCE);
    fm_math_moments m;
    fm_status st = fm_math_moments_eval(g->y, g->n, &m);
    if (st != FM_OK)
        return FM_FAIL(err, st, "the readings' spread could not be computed");
    size_t depth = g->design.n_terms;
    for (size_t i = 0; i <= depth; i++)
        start[i] = 0.5 * m.sd * m.sd / (i < depth ? (double)depth : 1);
    if (data->balanced != NULL)
        memcpy(start, data->balanced->raw, sizeof start);
    st = fm_spc_reml_fit_eval(data, start, &g->fit);
    if (st == FM_OK)
        st = fm_spc_reml_components(data, &g->fit, confidence, g->component);
    if (st == FM_EINTERRUPT)
        return FM_FAIL(err, st, "interrupted");
    if (st == FM_ESINGULAR)
        return FM_FAIL(err, st, "repeated readings do not vary: reml has no solution");
    if (st != FM_OK)
        return FM_FAIL(err, st, "the restricted likelihood could not be maximised");
    g->mean = m.mean;
    g->std_error = g->fit.mean_se;
    g->deviance = g->fit.deviance;
    return FM_OK;
}

static fm_status
estimate_reml(fm_gauge *g, fm_error *err)
{
    fm_spc_cells cells;
    double *block = NULL;
    fm_spc_reml_data data = {.stop = g->point->stop};
    g->use_reml = true;
    if (g->has_anova) {
        data.balanced = &g->anova;
        return maximise(g, &data, err);
    }
    if (!is_determined(g))
        return explain(g, FM_ETOOFEW, err);
    if (g->design.n_cells > FM_SPC_CELLS_MAX)
        return FM_FAIL(err, FM_EVALID,
                       "%zu combinations of factors: unbalanced data may have %d",
                       g->design.n_cells, FM_SPC_CELLS_MAX);
    fm_status st = fm_math_mean_eval(g->y, g->n, &g->mean);
    if (st == FM_OK)
        st = make_cells(g, g->mean, &cells, &block);
    if (st != FM_OK) {
        free(block);
        return FM_FAIL(err, st, "memory ran out for %zu cells", g->design.n_cells);
    }
    data.cells = &cells;
    data.ss_within = cells.ss_within;
    g->anova = (fm_spc_anova){.n = g->n, .depth = g->design.n_terms};
    bool constant = true;
    for (size_t i = 1; i < g->n; i++)
        constant = constant && g->y[i] == g->y[0];
    st = constant ? explain(g, FM_ESINGULAR, err) : maximise(g, &data, err);
    free(block);
    return st;
}

/* Layout crossed with one reading in each cell: nothing tells interaction from
 * repeatability. */
static fm_status
drop_unreplicated(fm_gauge *g, fm_out *out, fm_error *err)
{
    const fm_value *choice = fm_value_at(g->point, FM_GAUGE_P_INTERACTION);
    if (!has_interaction(g) || g->design.n_cells < g->n)
        return FM_OK;
    if (choice->present && choice->integer == FM_GAUGE_INTERACTION_KEEP)
        return FM_FAIL(err, FM_ETOOFEW,
                       "each operator measured each part once: the interaction cannot be "
                       "told from repeatability");
    fm_out_remark(out,
                  "one reading of each part by each operator: repeatability includes "
                  "their interaction");
    return build(g, true, err);
}

fm_status
fm_gauge_estimate(fm_gauge *g, fm_out *out, fm_error *err)
{
    int64_t method = fm_integer(g->point, FM_GAUGE_P_METHOD);
    size_t smallest, largest;
    const fm_value *choice = fm_value_at(g->point, FM_GAUGE_P_INTERACTION);
    g->deviance = (double)NAN;
    fm_status st = build(g, false, err);
    if (st == FM_OK)
        st = drop_unreplicated(g, out, err);
    if (st == FM_OK && g->design.balanced)
        st = analyse(g, out, err);
    if (st == FM_OK && !g->design.balanced && choice->present &&
        choice->integer == FM_GAUGE_INTERACTION_DROP)
        st = build(g, true, err);
    if (st != FM_OK)
        return st;
    cell_sizes(g, &smallest, &largest);
    if (method == FM_GAUGE_ANOVA && !g->design.balanced)
        return FM_FAIL(err, FM_EDATA,
                       "the data are not balanced (%zu combinations with %zu to %zu "
                       "readings): use method reml",
                       g->design.n_cells, smallest, largest);
    if (!g->design.balanced)
        fm_out_remark(out,
                      "the data are not balanced (%zu combinations with %zu to %zu "
                      "readings): estimated by reml",
                      g->design.n_cells, smallest, largest);
    if (method == FM_GAUGE_REML || !g->design.balanced)
        return estimate_reml(g, err);
    st = fm_spc_components_eval(&g->anova, fm_real(g->point, FM_GAUGE_P_CONFIDENCE),
                                g->component);
    double variance = 0;
    for (size_t i = 0; i <= g->anova.depth; i++)
        variance += g->anova.mean_coef[i] * g->component[i].variance;
    g->mean = g->anova.mean;
    g->std_error = sqrt(variance);
    return st;
}
