/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Study spc.gauge: its tables.
 *
 * Contents
 *   1. anova     2. components     3. summary     4. readings
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "spc/spc_gauge.h"

/* ---- 1. anova -------------------------------------------------------------------- */

/* Rows of one model; `names` skips the interaction in the pooled one. */
static fm_status
put_anova(const fm_gauge *g, const fm_spc_anova *a, bool pooled, fm_out *out)
{
    fm_status st = FM_OK;
    size_t given = 0;
    for (size_t i = 0; i <= a->depth && st == FM_OK; i++) {
        const char *name = g->name[i];
        if (g->pooled && !pooled) /* names are those of the pooled model */
            name = i == a->depth ? "repeatability" : g->given_name[given++];
        fm_cell row[] = {{.integer = pooled},
                         {.text = name},
                         {.real = a->df[i]},
                         {.real = a->ss[i]},
                         {.real = a->ms[i]},
                         {.real = a->f[i]},
                         {.real = isnan(a->f[i]) ? (double)NAN : a->below_df[i]},
                         {.real = a->p[i]}};
        st = fm_out_row(out, FM_GAUGE_T_ANOVA, row);
    }
    if (st != FM_OK)
        return st;
    fm_cell total[] = {{.integer = pooled},   {.text = "total"},
                       {.real = a->total_df}, {.real = a->total_ss},
                       {.real = (double)NAN}, {.real = (double)NAN},
                       {.real = (double)NAN}, {.real = (double)NAN}};
    return fm_out_row(out, FM_GAUGE_T_ANOVA, total);
}

/* ---- 2. components --------------------------------------------------------------- */

/* Sums that the tables show. */
typedef enum sum_kind {
    SUM_GAUGE,
    SUM_REPEAT,
    SUM_REPRODUCE,
    SUM_PART,
    SUM_TOTAL
} sum_kind;

/* Which components a sum has; how many. */
static size_t
choose(const fm_gauge *g, sum_kind kind, bool *include)
{
    size_t n = 0, residual = g->anova.depth;
    for (size_t i = 0; i <= residual; i++) {
        include[i] = kind == SUM_TOTAL || (kind == SUM_PART && g->is_part[i]) ||
                     (kind == SUM_GAUGE && !g->is_part[i]) ||
                     (kind == SUM_REPEAT && i == residual) ||
                     (kind == SUM_REPRODUCE && i < residual && !g->is_part[i]);
        n += include[i];
    }
    return n;
}

static fm_status
evaluate(const fm_gauge *g, const bool *include, fm_spc_gauge_part *out)
{
    return fm_spc_gauge_eval(&g->anova, g->component, g->use_reml ? &g->fit : NULL,
                             include, fm_real(g->point, FM_GAUGE_P_CONFIDENCE), out);
}

/* Spread of a standard deviation as percentage of the tolerance; NaN without one. */
static double
percent_tolerance(const fm_gauge *g, double variance)
{
    if (!fm_present(g->point, FM_GAUGE_P_TOLERANCE))
        return (double)NAN;
    return 100 * fm_real(g->point, FM_GAUGE_P_SPREAD) * sqrt(variance) /
           fm_real(g->point, FM_GAUGE_P_TOLERANCE);
}

static fm_status
put_sum(const fm_gauge *g, const char *name, const bool *include, fm_out *out)
{
    fm_spc_gauge_part s;
    fm_status st = evaluate(g, include, &s);
    if (st != FM_OK)
        return st;
    double raw = 0;
    for (size_t i = 0; i <= g->anova.depth; i++)
        raw += include[i] ? g->anova.raw[i] : 0;
    fm_cell row[] = {{.text = name},
                     {.real = s.variance},
                     {.real = sqrt(s.variance)},
                     {.real = 100 * s.share},
                     {.real = 100 * sqrt(s.share)},
                     {.real = percent_tolerance(g, s.variance)},
                     {.real = s.lower},
                     {.real = s.upper},
                     {.real = 100 * sqrt(s.share_lower)},
                     {.real = 100 * sqrt(s.share_upper)},
                     {.integer = s.interval},
                     {.real = g->has_anova ? raw : (double)NAN},
                     {.integer = s.estimate}};
    return fm_out_row(out, FM_GAUGE_T_COMPONENTS, row);
}

/* The sum, then its components where they say more. */
static fm_status
put_group(const fm_gauge *g, sum_kind kind, const char *name, fm_out *out)
{
    bool include[FM_SPC_SOURCE_MAX];
    size_t n = choose(g, kind, include);
    if (n == 0)
        return FM_OK;
    fm_status st = put_sum(g, name, include, out);
    if (kind != SUM_REPRODUCE && (kind != SUM_PART || n == 1))
        return st;
    for (size_t i = 0; i < g->anova.depth && st == FM_OK; i++) {
        bool one[FM_SPC_SOURCE_MAX] = {false};
        one[i] = true;
        if (include[i])
            st = put_sum(g, g->name[i], one, out);
    }
    return st;
}

static fm_status
put_components(const fm_gauge *g, fm_out *out)
{
    fm_status st = put_group(g, SUM_GAUGE, "gauge R&R", out);
    if (st == FM_OK)
        st = put_group(g, SUM_REPEAT, "repeatability", out);
    if (st == FM_OK)
        st = put_group(g, SUM_REPRODUCE, "reproducibility", out);
    if (st == FM_OK)
        st = put_group(g, SUM_PART, "part-to-part", out);
    if (st == FM_OK)
        st = put_group(g, SUM_TOTAL, "total", out);
    for (size_t i = 0; i <= g->anova.depth; i++) {
        if (g->component[i].estimate == FM_SPC_ESTIMATE_ZEROED)
            fm_out_remark(out, "the variance of '%s' was estimated negative and set to 0",
                          g->name[i]);
        else if (g->component[i].estimate == FM_SPC_ESTIMATE_BOUND)
            fm_out_remark(out, "the likelihood is largest with no variance of '%s'",
                          g->name[i]);
    }
    return st;
}

/* ---- 3. summary ------------------------------------------------------------------ */

/* Number of labels of a factor among the readings. */
static int64_t
count_labels(const fm_gauge *g, size_t factor)
{
    int64_t n = 0;
    if (factor >= g->first_extra)
        return 0;
    char *seen = calloc(g->design.n_codes, 1);
    for (size_t i = 0; seen != NULL && i < g->n; i++) {
        char *mark = seen + g->code[factor * g->n + i];
        n += *mark == 0;
        *mark = 1;
    }
    free(seen);
    return n;
}

/* p value of the interaction of part and operator in the full analysis; NaN without. */
static double
interaction_p(const fm_gauge *g)
{
    unsigned before = 0;
    if (fm_integer(g->point, FM_GAUGE_P_LAYOUT) != FM_GAUGE_CROSSED || !g->has_anova)
        return (double)NAN;
    if (g->pooled)
        return g->full.p[2];
    for (size_t t = 0; t < g->design.n_terms; t++, before++)
        if (g->design.mask[t] == 3)
            return g->full.p[before];
    return (double)NAN;
}

static fm_status
put_summary(const fm_gauge *g, fm_out *out)
{
    bool include[FM_SPC_SOURCE_MAX];
    fm_spc_gauge_part grr, total;
    double exact, ndc;
    (void)choose(g, SUM_GAUGE, include);
    fm_status st = evaluate(g, include, &grr);
    (void)choose(g, SUM_TOTAL, include);
    if (st == FM_OK)
        st = evaluate(g, include, &total);
    if (st == FM_OK)
        st = fm_spc_gauge_ndc(fmin(1, grr.share), &exact, &ndc);
    if (st != FM_OK)
        return st;
    if (ndc == 0) {
        ndc = exact = (double)NAN;
        fm_out_remark(out, "the gauge shows no variation: the number of distinct "
                           "categories has no bound");
    }
    if (g->n_missing > 0)
        fm_out_remark(out, "%zu rows without a value or a label were left out",
                      g->n_missing);
    fm_cell row[] = {{.real = 100 * sqrt(grr.share)},
                     {.real = 100 * sqrt(grr.share_lower)},
                     {.real = 100 * sqrt(grr.share_upper)},
                     {.real = 100 * grr.share},
                     {.real = percent_tolerance(g, grr.variance)},
                     {.real = sqrt(grr.variance)},
                     {.real = ndc},
                     {.real = exact},
                     {.real = sqrt(total.variance)},
                     {.real = g->mean},
                     {.real = g->std_error},
                     {.integer = g->use_reml},
                     {.integer = g->design.balanced},
                     {.integer = g->pooled},
                     {.real = interaction_p(g)},
                     {.integer = (int64_t)g->n},
                     {.integer = (int64_t)g->n_missing},
                     {.integer = count_labels(g, 0)},
                     {.integer = count_labels(g, 1)},
                     {.real = g->deviance},
                     {.real = fm_real(g->point, FM_GAUGE_P_GOOD)},
                     {.real = fm_real(g->point, FM_GAUGE_P_ACCEPTABLE)},
                     {.real = fm_present(g->point, FM_GAUGE_P_TOLERANCE)
                                  ? fm_real(g->point, FM_GAUGE_P_ACCEPTABLE)
                                  : (double)NAN},
                     {.real = (double)fm_integer(g->point, FM_GAUGE_P_CATEGORIES)}};
    return fm_out_row(out, FM_GAUGE_T_SUMMARY, row);
}

/* ---- 4. readings ----------------------------------------------------------------- */

/* Label of reading i for the part (0) or the operator (1). */
static const char *
label(const fm_gauge *g, size_t factor, size_t i)
{
    if (factor >= g->first_extra)
        return "all";
    return g->factor[factor]->labels[g->code[factor * g->n + i]];
}

/* Mean of each label: sums and counts by code. */
static void
label_means(const fm_gauge *g, size_t factor, double *mean, double *count)
{
    memset(mean, 0, g->design.n_codes * sizeof *mean);
    memset(count, 0, g->design.n_codes * sizeof *count);
    for (size_t i = 0; i < g->n; i++)
        count[g->code[factor * g->n + i]]++;
    for (size_t i = 0; i < g->n; i++) {
        size_t c = (size_t)g->code[factor * g->n + i];
        mean[c] += (g->y[i] - g->mean) / count[c];
    }
}

static fm_status
put_readings(const fm_gauge *g, fm_out *out)
{
    size_t n = g->design.n_codes;
    double *mean = calloc(3 * n, sizeof *mean);
    fm_status st = mean != NULL ? FM_OK : FM_ENOMEM;
    if (st == FM_OK) {
        label_means(g, 0, mean, mean + 2 * n);
        if (g->first_extra > 1)
            label_means(g, 1, mean + n, mean + 2 * n);
    }
    for (size_t i = 0; i < g->n && st == FM_OK; i++) {
        double by_operator = g->first_extra > 1 ? mean[n + (size_t)g->code[g->n + i]] : 0;
        fm_cell row[] = {{.integer = (int64_t)i + 1},
                         {.text = label(g, 0, i)},
                         {.text = label(g, 1, i)},
                         {.real = g->y[i]},
                         {.real = g->mean + mean[g->code[i]]},
                         {.real = g->mean + by_operator}};
        st = fm_out_row(out, FM_GAUGE_T_READINGS, row);
    }
    free(mean);
    return st;
}

/* Readings are sorted by part and operator: a cell is a run of equal labels. */
static fm_status
put_cells(const fm_gauge *g, fm_out *out)
{
    fm_status st = FM_OK;
    for (size_t first = 0, end; first < g->n && st == FM_OK; first = end) {
        double sum = 0, low = g->y[first], high = g->y[first];
        for (end = first; end < g->n; end++) {
            bool same = g->code[end] == g->code[first];
            if (g->first_extra > 1)
                same = same && g->code[g->n + end] == g->code[g->n + first];
            if (!same)
                break;
            sum += g->y[end] - g->mean;
            low = fmin(low, g->y[end]);
            high = fmax(high, g->y[end]);
        }
        fm_cell row[] = {{.text = label(g, 0, first)},
                         {.text = label(g, 1, first)},
                         {.integer = (int64_t)(end - first)},
                         {.real = g->mean + sum / (double)(end - first)},
                         {.real = high - low}};
        st = fm_out_row(out, FM_GAUGE_T_CELLS, row);
    }
    return st;
}

fm_status
fm_gauge_put(const fm_gauge *g, fm_out *out)
{
    fm_status st = FM_OK;
    if (g->has_anova)
        st = put_anova(g, &g->full, false, out);
    if (st == FM_OK && g->pooled)
        st = put_anova(g, &g->anova, true, out);
    if (st == FM_OK)
        st = put_components(g, out);
    if (st == FM_OK)
        st = put_summary(g, out);
    if (st == FM_OK)
        st = put_readings(g, out);
    return st == FM_OK ? put_cells(g, out) : st;
}
