/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Study spc.capability: its tables.
 *
 * Contents
 *   1. indices, summary     2. shares, tests, fit     3. histogram     4. probability
 */
#include "config.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

#include "spc/spc_capability.h"

/* ---- 1. indices, summary --------------------------------------------------------- */

static fm_status
put_index(const char *name, const fm_spc_index *k, double df, fm_out *out)
{
    if (isnan(k->value))
        return FM_OK;
    fm_cell row[] = {{.text = name},        {.real = k->value}, {.real = k->lower},
                     {.real = k->upper},    {.real = k->bound}, {.real = df},
                     {.integer = k->method}};
    return fm_out_row(out, FM_CAPABILITY_T_INDICES, row);
}

static fm_status
put_set(const fm_spc_indices *k, bool within, double df, fm_out *out)
{
    const struct {
        const char *name[2];
        const fm_spc_index *index;
    } set[] = {{{"Pp", "Cp"}, &k->cp},
               {{"Ppl", "Cpl"}, &k->cpl},
               {{"Ppu", "Cpu"}, &k->cpu},
               {{"Ppk", "Cpk"}, &k->cpk}};
    fm_status st = FM_OK;
    for (size_t i = 0; i < FM_COUNT(set) && st == FM_OK; i++)
        st = put_index(set[i].name[within], set[i].index, df, out);
    return st;
}

static fm_status
put_indices(const fm_capability *a, fm_out *out)
{
    double df = fm_capability_is_normal(a) ? a->spread_overall.df : (double)NAN;
    fm_status st = FM_OK;
    if (a->has_within)
        st = put_set(&a->c, true, a->spread_within.df, out);
    if (st == FM_OK && a->distribution == FM_CAPABILITY_NORMAL)
        st = put_index("Cpm", &a->c.cpm, a->spread_within.df, out);
    return st == FM_OK ? put_set(&a->p, false, df, out) : st;
}

static fm_status
put_summary(const fm_capability *a, fm_out *out)
{
    const fm_spc_index *k = a->has_within ? &a->c.cpk : &a->p.cpk;
    bool normal = a->distribution == FM_CAPABILITY_NORMAL;
    fm_cell row[] = {{.real = k->value},
                     {.real = k->bound},
                     {.real = isnan(k->value)
                                  ? (double)NAN
                                  : fm_real(a->point, FM_CAPABILITY_P_REQUIRED)},
                     {.real = a->raw.mean},
                     {.real = a->raw.sd},
                     {.real = normal ? a->spread_within.sigma : (double)NAN},
                     {.real = a->has_within ? a->spread_within.df : (double)NAN},
                     {.real = a->spec.lower},
                     {.real = a->spec.upper},
                     {.real = a->spec.target},
                     {.real = fm_capability_quantile(a, 0.00135)},
                     {.real = fm_capability_quantile(a, 0.5)},
                     {.real = fm_capability_quantile(a, 0.99865)},
                     {.integer = (int64_t)a->n},
                     {.integer = (int64_t)a->n_missing},
                     {.real = a->raw.min},
                     {.real = a->raw.max}};
    return fm_out_row(out, FM_CAPABILITY_T_SUMMARY, row);
}

/* ---- 2. shares, tests, fit ------------------------------------------------------- */

static fm_status
put_share(const char *kind, double below, double above, fm_out *out)
{
    fm_cell row[] = {{.text = kind},
                     {.real = 1e6 * below},
                     {.real = 1e6 * above},
                     {.real = 1e6 * (below + above)}};
    return fm_out_row(out, FM_CAPABILITY_T_PPM, row);
}

static fm_status
put_fitted(const fm_capability *a, const char *kind, bool within, fm_out *out)
{
    double below = 0, above = 0;
    if (isfinite(a->spec.lower))
        below = fm_capability_below(a, within, a->spec.lower);
    if (isfinite(a->spec.upper))
        above = fm_capability_above(a, within, a->spec.upper);
    return put_share(kind, below, above, out);
}

static fm_status
put_ppm(const fm_capability *a, fm_out *out)
{
    size_t below = 0, above = 0;
    for (size_t i = 0; i < a->n; i++) {
        below += a->sorted[i] < a->spec.lower;
        above += a->sorted[i] > a->spec.upper;
    }
    double n = (double)a->n;
    fm_status st = put_share("observed", (double)below / n, (double)above / n, out);
    if (st == FM_OK && a->has_within)
        st = put_fitted(a, "expected within", true, out);
    if (st == FM_OK && a->distribution != FM_CAPABILITY_EMPIRICAL)
        st = put_fitted(a, "expected overall", false, out);
    return st;
}

static fm_status
put_tests(const fm_capability *a, const double *sorted, bool transformed, fm_out *out)
{
    fm_math_test test;
    fm_status st = FM_OK;
    for (int k = 0; k < 2 && st == FM_OK; k++) {
        fm_status found = k == 0 ? fm_math_anderson_darling_normal(sorted, a->n, &test)
                                 : fm_math_shapiro_wilk(sorted, a->n, a->work, &test);
        if (found != FM_OK)
            test.statistic = test.p = (double)NAN;
        fm_cell row[] = {{.integer = k},
                         {.integer = transformed},
                         {.real = test.statistic},
                         {.real = test.p}};
        st = fm_out_row(out, FM_CAPABILITY_T_NORMALITY, row);
    }
    return st;
}

static fm_status
put_parameter(const char *name, double value, fm_out *out)
{
    fm_cell row[] = {{.text = name}, {.real = value}};
    return fm_out_row(out, FM_CAPABILITY_T_FIT, row);
}

static fm_status
put_fit(const fm_capability *a, fm_out *out)
{
    static const char *const kinds[] = {"SB", "SL", "SU"};
    const fm_math_johnson *j = &a->johnson;
    double shape = 1 / a->life.life.scale;
    fm_status st;
    switch (a->distribution) {
    case FM_CAPABILITY_BOX_COX:
        return put_parameter("lambda", a->lambda, out);
    case FM_CAPABILITY_JOHNSON:
        fm_out_remark(out, "Johnson distribution of kind %s", kinds[j->kind]);
        st = put_parameter("gamma", j->gamma, out);
        if (st == FM_OK)
            st = put_parameter("eta", j->eta, out);
        if (st == FM_OK)
            st = put_parameter("epsilon", j->epsilon, out);
        return st == FM_OK ? put_parameter("lambda", j->lambda, out) : st;
    case FM_CAPABILITY_LOGNORMAL:
        st = put_parameter("mu", a->life.life.location, out);
        return st == FM_OK ? put_parameter("sigma", a->life.life.scale, out) : st;
    case FM_CAPABILITY_WEIBULL:
        st = put_parameter("shape", shape, out);
        return st == FM_OK ? put_parameter("scale", exp(a->life.life.location), out) : st;
    case FM_CAPABILITY_NORMAL:
        st = put_parameter("mean", a->spread_overall.mean, out);
        return st == FM_OK ? put_parameter("sigma", a->spread_overall.sigma, out) : st;
    case FM_CAPABILITY_EMPIRICAL:
        break;
    }
    return FM_OK;
}

/* ---- 3. histogram ---------------------------------------------------------------- */

enum {
    BINS_MIN = 5,
    BINS_MAX = 40,
    CURVE = 200
};

static fm_status
put_bin(const char *kind, double x, double count, double width, fm_out *out)
{
    fm_cell row[] = {{.text = kind}, {.real = x}, {.real = count}, {.real = width}};
    return fm_out_row(out, FM_CAPABILITY_T_HISTOGRAM, row);
}

static fm_status
put_bins(const fm_capability *a, size_t n_bins, double width, fm_out *out)
{
    fm_status st = FM_OK;
    size_t i = 0;
    for (size_t b = 0; b < n_bins && st == FM_OK; b++) {
        double end = a->raw.min + (double)(b + 1) * width;
        size_t first = i;
        while (i < a->n && (a->sorted[i] < end || b + 1 == n_bins))
            i++;
        st = put_bin("values", end - 0.5 * width, (double)(i - first), width, out);
    }
    return st;
}

/* Expected number in a bin around x: what the histogram would show of the fit. */
static fm_status
put_curve(const fm_capability *a, bool within, double width, fm_out *out)
{
    const char *kind = within ? "within" : "overall";
    double low = fmin(a->raw.min - width, fm_capability_quantile(a, 1e-4));
    double high = fmax(a->raw.max + width, fm_capability_quantile(a, 1 - 1e-4));
    fm_status st = FM_OK;
    if (!isfinite(low) || !isfinite(high))
        return FM_OK;
    for (int i = 0; i <= CURVE && st == FM_OK; i++) {
        double x = low + (high - low) * i / CURVE;
        double from = x - 0.5 * width, to = x + 0.5 * width;
        double below = fm_capability_below(a, within, from);
        double p = below < 0.5 ? fm_capability_below(a, within, to) - below
                               : fm_capability_above(a, within, from) -
                                     fm_capability_above(a, within, to);
        st = put_bin(kind, x, p * (double)a->n, width, out);
    }
    return st;
}

static fm_status
put_histogram(const fm_capability *a, fm_out *out)
{
    size_t n_bins = (size_t)ceil(sqrt((double)a->n));
    n_bins = n_bins < BINS_MIN ? BINS_MIN : n_bins > BINS_MAX ? BINS_MAX : n_bins;
    double width = (a->raw.max - a->raw.min) / (double)n_bins;
    fm_status st = put_bins(a, n_bins, width, out);
    if (st == FM_OK && a->has_within)
        st = put_curve(a, true, width, out);
    if (st == FM_OK && a->distribution != FM_CAPABILITY_EMPIRICAL)
        st = put_curve(a, false, width, out);
    return st;
}

/* ---- 4. probability -------------------------------------------------------------- */

/* Beyond this many values only every k-th stands in the plot, and both ends. */
enum {
    PLOTTED_MAX = 2000,
    ENDS = 50
};

static fm_status
put_probability(const fm_capability *a, fm_out *out)
{
    double n = (double)a->n,
           tail = 0.5 * (1 - fm_real(a->point, FM_CAPABILITY_P_CONFIDENCE));
    size_t step = (a->n + PLOTTED_MAX - 1) / PLOTTED_MAX;
    fm_status st = FM_OK;
    if (a->distribution == FM_CAPABILITY_EMPIRICAL)
        return FM_OK;
    if (step > 1)
        fm_out_remark(out, "the probability plot shows one value in %zu, and both ends",
                      step);
    for (size_t i = 0; i < a->n && st == FM_OK; i++) {
        if (i % step != 0 && i >= ENDS && i + ENDS < a->n)
            continue;
        double rank = (double)(i + 1), p = (rank - 0.3) / (n + 0.4);
        double low = gsl_cdf_beta_Pinv(tail, rank, n + 1 - rank);
        double high = gsl_cdf_beta_Qinv(tail, rank, n + 1 - rank);
        fm_cell row[] = {{.real = a->sorted[i]},
                         {.real = p},
                         {.real = gsl_cdf_ugaussian_Pinv(p)},
                         {.real = fm_capability_quantile(a, p)},
                         {.real = fm_capability_quantile(a, low)},
                         {.real = fm_capability_quantile(a, high)}};
        st = fm_out_row(out, FM_CAPABILITY_T_PROBABILITY, row);
    }
    return st;
}

fm_status
fm_capability_put(fm_capability *a, fm_out *out)
{
    fm_status st = put_indices(a, out);
    if (st == FM_OK)
        st = put_summary(a, out);
    if (st == FM_OK)
        st = put_ppm(a, out);
    if (st == FM_OK)
        st = put_tests(a, a->sorted, false, out);
    if (st == FM_OK && (a->distribution == FM_CAPABILITY_BOX_COX ||
                        a->distribution == FM_CAPABILITY_JOHNSON))
        st = put_tests(a, a->normal, true, out);
    if (st == FM_OK)
        st = put_fit(a, out);
    if (st == FM_OK)
        st = put_histogram(a, out);
    return st == FM_OK ? put_probability(a, out) : st;
}
