/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pull.acceptance: what one point computes.
 *
 * Contents
 *   1. limit   2. sample   3. capability   4. tolerance   5. distributions   6. plans
 *   7. run, check, rows
 */
#include "config.h"

#include "pull/pull_acceptance.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "core/rows.h"
#include "math/lifedist.h"
#include "math/tolerance.h"
#include "math/univariate.h"
#include "pull/pull_data.h"
#include "pull/pull_sampling.h"

static const double newton_per_gf = 9.80665e-3; /* exact: standard acceleration of fall */

typedef struct sample {
    size_t n;
    double *force_gf; /* [n] rising */
    double *work;     /* [n] */
    fm_math_moments moments, log_moments;
    fm_math_life_fit weibull;
    bool has_weibull;
} sample;

typedef struct bounds {
    double bound_gf, factor, fraction, fraction_upper;
} bounds;

typedef struct analysis {
    const fm_point *point;
    double limit_gf; /* NaN: none */
    char limit_source[FM_PULL_SOURCE_TEXT];
    sample sample; /* n is 0 without data */
    bounds tolerance[N_METHODS];
} analysis;

/* ---- 1. limit -------------------------------------------------------------------- */

/* A table that is silent leaves the limit NaN; the text says why. */
static fm_status
set_limit(analysis *a, fm_out *out, fm_error *err)
{
    const fm_point *p = a->point;
    const fm_pull_limit_query query = {
        .standard = fm_text(p, P_STANDARD),
        .material = fm_text(p, P_MATERIAL),
        .condition = fm_integer(p, P_CONDITION) == 0 ? FM_PULL_LIMITS_PRESEAL
                                                     : FM_PULL_LIMITS_POSTSEAL,
        .diameter_m = fm_si(p, P_DIAMETER),
    };
    fm_error why = FM_ERROR_INIT;
    double limit_n;
    a->limit_gf = fm_real(p, P_FORCE);
    strcpy(a->limit_source, "limit.force of the scenario");
    if (fm_present(p, P_FORCE))
        return FM_OK;
    fm_status st = fm_pull_limits_get(fm_input(p, IN_LIMITS), &query, &limit_n,
                                      a->limit_source, &why);
    if (st == FM_EVALID) {
        a->limit_gf = NAN;
        (void)snprintf(a->limit_source, sizeof a->limit_source, "%.*s",
                       (int)sizeof a->limit_source - 1, why.text);
        if (out != NULL)
            fm_out_remark(out, "%s", why.text);
        return FM_OK;
    }
    if (st != FM_OK)
        return FM_FAIL(err, st, "%s", why.text);
    a->limit_gf = limit_n / newton_per_gf;
    if (fm_integer(p, P_BOND) == BOND_SINGLE) {
        double factor = fm_si(p, P_SINGLE_FACTOR);
        size_t used = strlen(a->limit_source);
        a->limit_gf *= factor;
        (void)snprintf(a->limit_source + used, sizeof a->limit_source - used,
                       "; single bond, times %.6g", factor);
    }
    return FM_OK;
}

/* ---- 2. sample ------------------------------------------------------------------- */

static int
by_size(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static void
sample_free(sample *s)
{
    free(s->force_gf);
    free(s->work);
}

static fm_status
take_values(const fm_data *data, sample *s, fm_error *err)
{
    const fm_data_column *force = &data->columns[data->first[0]];
    if (data->n_rows < VALUES_MIN)
        return FM_FAIL(err, FM_ETOOFEW, "%s: too few pulls: %zu, at least %d are needed",
                       data->source, data->n_rows, VALUES_MIN);
    s->force_gf = calloc(data->n_rows, sizeof s->force_gf[0]);
    s->work = calloc(data->n_rows, sizeof s->work[0]);
    if (s->force_gf == NULL || s->work == NULL)
        return FM_FAIL(err, FM_ENOMEM, "no memory for %zu pulls", data->n_rows);
    for (size_t i = 0; i < data->n_rows; i++) {
        double gf = force->real[i] / newton_per_gf;
        if (!(gf > 0) || !isfinite(gf))
            return FM_FAIL(err, FM_EDATA,
                           "%s:%llu: force %.6g gf; a pull force is positive",
                           data->source, (unsigned long long)data->line[i], gf);
        s->force_gf[i] = gf;
    }
    s->n = data->n_rows;
    qsort(s->force_gf, s->n, sizeof s->force_gf[0], by_size);
    return FM_OK;
}

static fm_status
set_sample(analysis *a, fm_error *err)
{
    const fm_data *data = fm_input(a->point, IN_PULLS);
    sample *s = &a->sample;
    if (data == NULL)
        return FM_OK;
    fm_status st = take_values(data, s, err);
    if (st != FM_OK)
        return st;
    if (s->force_gf[0] >= s->force_gf[s->n - 1])
        return FM_FAIL(err, FM_ESINGULAR,
                       "%s: all %zu forces are %.6g gf: nothing varies, so nothing can "
                       "be said about other bonds",
                       data->source, s->n, s->force_gf[0]);
    for (size_t i = 0; i < s->n; i++)
        s->work[i] = log(s->force_gf[i]);
    fm_math_moments plain = {0}, logs = {0};
    st = fm_math_moments_eval(s->work, s->n, &logs);
    if (st == FM_OK)
        st = fm_math_moments_eval(s->force_gf, s->n, &plain);
    s->moments = plain;
    s->log_moments = logs;
    if (st != FM_OK)
        return FM_FAIL(err, st, "%s: no mean or standard deviation", data->source);
    const fm_math_life_data life = {.n = s->n, .x = s->force_gf};
    fm_math_life_fit weibull = {.n_rows = 0};
    st = fm_math_life_fit_eval(FM_MATH_WEIBULL, &life, s->work, &weibull);
    s->has_weibull = st == FM_OK;
    s->weibull = weibull;
    return FM_OK;
}

static uint64_t
count_below(const sample *s, double limit_gf)
{
    uint64_t n = 0;
    while (n < s->n && s->force_gf[n] < limit_gf)
        n++;
    return n;
}

/* ---- 3. capability --------------------------------------------------------------- */

/* NaN for an index that is NaN, or (not seen) when the bound cannot be computed. */
static double
capability_bound(double index, double n, double confidence)
{
    double x;
    fm_status st = fm_math_capability_bound(index, n, n - 1, confidence, &x);
    return st == FM_OK ? x : (double)NAN;
}

static double
needed_index(double claim, double n, double confidence)
{
    double x;
    fm_status st = fm_math_capability_needed(claim, n, n - 1, confidence, &x);
    return st == FM_OK ? x : (double)NAN;
}

/* Pulls that prove the claim; NaN with a remark when none do. */
static double
needed_pulls(double index, double claim, double confidence, fm_out *out)
{
    uint64_t n;
    fm_status st = fm_math_capability_size(index, claim, confidence, &n);
    if (st == FM_OK)
        return (double)n;
    if (st == FM_ERANGE)
        fm_out_remark(out, "more than 10^7 pulls would be needed to prove claim.cpk");
    else if (!(index > claim))
        fm_out_remark(out, "an index of %.4g proves no claim of %.4g, however many pulls",
                      index, claim);
    else
        fm_out_remark(out, "needed_n is for a confidence of 0.5 and above");
    return (double)NAN;
}

static fm_status
put_capability(const analysis *a, fm_out *out)
{
    const fm_point *p = a->point;
    const sample *s = &a->sample;
    bool data = s->n > 0, both = data && !isnan(a->limit_gf);
    double n = data ? (double)s->n : (double)fm_integer(p, P_SAMPLE);
    double confidence = fm_real(p, P_CONFIDENCE), claim = fm_real(p, P_CLAIM);
    double cpl =
        both ? (s->moments.mean - a->limit_gf) / (3 * s->moments.sd) : (double)NAN;
    double expected = data ? cpl : fm_real(p, P_EXPECTED);
    fm_cell c[N_CAPABILITY];
    c[C_N].integer = (int64_t)n;
    c[C_MEAN].real = data ? s->moments.mean : (double)NAN;
    c[C_SD].real = data ? s->moments.sd : (double)NAN;
    c[C_MIN].real = data ? s->moments.min : (double)NAN;
    c[C_LIMIT].real = a->limit_gf;
    c[C_BELOW].real = both ? (double)count_below(s, a->limit_gf) : (double)NAN;
    c[C_CPL].real = cpl;
    c[C_CPL_LOWER].real = capability_bound(cpl, n, confidence);
    c[C_CPL_UPPER].real = capability_bound(cpl, n, 1 - confidence);
    c[C_CLAIM].real = both ? claim : (double)NAN; /* no verdict without data */
    c[C_CLAIM_PROVES].real = capability_bound(claim, n, confidence);
    c[C_NEEDED_CPL].real = needed_index(claim, n, confidence);
    c[C_NEEDED_N].real =
        isnan(expected) ? (double)NAN : needed_pulls(expected, claim, confidence, out);
    c[C_BOUND].real =
        data ? a->tolerance[fm_integer(p, P_DISTRIBUTION)].bound_gf : (double)NAN;
    c[C_BOUND_LIMIT].real = data ? a->limit_gf : (double)NAN;
    c[C_LIMIT_SOURCE].text = a->limit_source;
    if (isnan(c[C_CLAIM_PROVES].real) || (both && isnan(c[C_CPL_LOWER].real)))
        fm_out_remark(out, "a bound of the index could not be computed");
    if (both && s->force_gf[s->n - 1] < a->limit_gf)
        fm_out_remark(out, "the limit of %.6g gf lies above all %zu forces", a->limit_gf,
                      s->n);
    return fm_out_row(out, T_CAPABILITY, c);
}

/* ---- 4. tolerance ---------------------------------------------------------------- */

static const bounds no_bounds = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};

/* On the scale on which values are normal; the caller goes back to forces. */
static bounds
normal_bounds(const fm_point *p, const fm_math_moments *m, double n, double limit)
{
    bounds b = no_bounds;
    double k, index;
    fm_status st = fm_math_tolerance_one_sided(n, n - 1, fm_real(p, P_CONTENT),
                                               fm_real(p, P_CONFIDENCE), &k);
    if (st == FM_OK) {
        b.factor = k;
        b.bound_gf = m->mean - k * m->sd;
    }
    double distance = (m->mean - limit) / m->sd;
    if (isnan(distance))
        return b;
    b.fraction = gsl_cdf_ugaussian_Q(distance);
    index = capability_bound(distance / 3, n, fm_real(p, P_CONFIDENCE));
    b.fraction_upper = isnan(index) ? (double)NAN : gsl_cdf_ugaussian_Q(3 * index);
    return b;
}

static bounds
lognormal_bounds(const fm_point *p, const sample *s, double limit_gf)
{
    bounds b = normal_bounds(p, &s->log_moments, (double)s->n, log(limit_gf));
    b.bound_gf = exp(b.bound_gf);
    return b;
}

/* Lower end of the two-sided interval that has the one-sided confidence at each end. */
static bounds
weibull_bounds(const fm_point *p, const sample *s, double limit_gf)
{
    bounds b = no_bounds;
    double confidence = fm_real(p, P_CONFIDENCE);
    if (!s->has_weibull || !(confidence > 0.5))
        return b;
    const fm_math_life_data data = {.n = s->n, .x = s->force_gf};
    const fm_math_life *life = &s->weibull.life;
    fm_math_life_question question = {
        .y = s->work,
        .data = &data,
        .target = FM_MATH_AT_QUANTILE,
        .at = fm_math_life_z(FM_MATH_WEIBULL, 1 - fm_real(p, P_CONTENT)),
        .confidence = 2 * confidence - 1};
    fm_math_bounds ends;
    if (fm_math_life_interval(&s->weibull, &question, &ends) == FM_OK)
        b.bound_gf = fm_math_life_x(life, ends.lower);
    if (isnan(limit_gf))
        return b;
    b.fraction = fm_math_life_cdf(life, limit_gf);
    question.target = FM_MATH_AT_Z;
    question.at = log(limit_gf);
    if (fm_math_life_interval(&s->weibull, &question, &ends) == FM_OK)
        b.fraction_upper = fm_math_life_p(FM_MATH_WEIBULL, ends.upper);
    return b;
}

static bounds
free_bounds(const fm_point *p, const sample *s, double limit_gf, fm_out *out)
{
    bounds b = no_bounds;
    double content = fm_real(p, P_CONTENT), confidence = fm_real(p, P_CONFIDENCE), upper;
    uint64_t rank, least;
    if (fm_math_wilks_rank(s->n, content, confidence, &rank) == FM_OK) {
        b.factor = (double)rank;
        b.bound_gf = s->force_gf[rank - 1];
    } else if (fm_math_wilks_size(1, content, confidence, &least) == FM_OK) {
        fm_out_remark(out,
                      "no distribution-free bound: it takes %llu pulls, these are %zu",
                      (unsigned long long)least, s->n);
    }
    if (isnan(limit_gf))
        return b;
    uint64_t below = count_below(s, limit_gf);
    b.fraction = (double)below / (double)s->n;
    if (fm_math_fraction_upper(below, s->n, confidence, &upper) == FM_OK)
        b.fraction_upper = upper;
    return b;
}

static void
set_tolerance(analysis *a, fm_out *out)
{
    const fm_point *p = a->point;
    const sample *s = &a->sample;
    for (size_t i = 0; i < N_METHODS; i++)
        a->tolerance[i] = no_bounds;
    if (s->n == 0)
        return;
    a->tolerance[METHOD_NORMAL] =
        normal_bounds(p, &s->moments, (double)s->n, a->limit_gf);
    a->tolerance[METHOD_LOGNORMAL] = lognormal_bounds(p, s, a->limit_gf);
    a->tolerance[METHOD_WEIBULL] = weibull_bounds(p, s, a->limit_gf);
    a->tolerance[METHOD_FREE] = free_bounds(p, s, a->limit_gf, out);
    if (!s->has_weibull)
        fm_out_remark(out, "no Weibull distribution fits these forces");
    else if (!(fm_real(p, P_CONFIDENCE) > 0.5))
        fm_out_remark(out, "Weibull bounds are for a confidence above 0.5");
}

static fm_status
put_tolerance(const analysis *a, fm_out *out)
{
    fm_status st = FM_OK;
    for (size_t i = 0; i < N_METHODS && st == FM_OK && a->sample.n > 0; i++) {
        const bounds *b = &a->tolerance[i];
        const fm_cell c[N_TOLERANCE] = {
            {.integer = (int64_t)i}, {.real = b->bound_gf}, {.real = b->factor},
            {.real = a->limit_gf},   {.real = b->fraction}, {.real = b->fraction_upper}};
        st = fm_out_row(out, T_TOLERANCE, c);
    }
    return st;
}

/* ---- 5. distributions ------------------------------------------------------------ */

static fm_status
put_fraction(fm_out *out, double force_gf, double fraction, size_t series)
{
    const fm_cell c[N_DISTRIBUTION] = {
        {.real = force_gf}, {.real = fraction}, {.integer = (int64_t)series}};
    return fm_out_row(out, T_DISTRIBUTION, c);
}

static double
fitted(const sample *s, size_t method, double force_gf)
{
    const fm_math_moments *m = method == METHOD_NORMAL ? &s->moments : &s->log_moments;
    double x = method == METHOD_NORMAL ? force_gf : log(force_gf);
    if (method == METHOD_WEIBULL)
        return fm_math_life_cdf(&s->weibull.life, force_gf);
    return gsl_cdf_ugaussian_P((x - m->mean) / m->sd);
}

/* Where a fitted curve comes down to `least`. */
static double
curve_start(const sample *s, size_t method, double least)
{
    double x = 0, z = gsl_cdf_ugaussian_Pinv(least);
    if (method == METHOD_NORMAL)
        x = s->moments.mean + z * s->moments.sd;
    else if (method == METHOD_LOGNORMAL)
        x = exp(s->log_moments.mean + z * s->log_moments.sd);
    else if (fm_math_life_quantile(&s->weibull.life, least, &x) != FM_OK)
        x = s->moments.min;
    return fmax(x, 1e-3 * s->moments.min);
}

/* Curves down to one in 10^5, and the values at their median ranks (i - 0.3)/(n + 0.4). */
static fm_status
put_distribution(const analysis *a, fm_out *out)
{
    const double least = 1e-5;
    const sample *s = &a->sample;
    fm_status st = FM_OK;
    if (s->n == 0)
        return FM_OK;
    double to = s->moments.max + 0.5 * s->moments.sd;
    for (size_t m = 0; m < SERIES_MEASURED; m++) {
        if (m == METHOD_WEIBULL && !s->has_weibull)
            continue;
        double from = curve_start(s, m, least);
        for (size_t i = 0; i < CURVE_POINTS && st == FM_OK; i++) {
            double x = from + (to - from) * (double)i / (CURVE_POINTS - 1);
            st = put_fraction(out, x, fitted(s, m, x), m);
        }
    }
    for (size_t i = 0; i < s->n && st == FM_OK; i++)
        st = put_fraction(out, s->force_gf[i], ((double)i + 0.7) / ((double)s->n + 0.4),
                          SERIES_MEASURED);
    return st;
}

/* ---- 6. plans -------------------------------------------------------------------- */

typedef struct plans {
    fm_pull_plan attributes[2]; /* given, smallest */
    fm_pull_variables variables;
    bool has[N_ROWS];
} plans;

static fm_pull_plan
given_plan(const fm_point *p)
{
    fm_pull_plan s = {.n1 = (uint64_t)fm_integer(p, P_N1),
                      .accept1 = (uint64_t)fm_integer(p, P_ACCEPT1)};
    s.reject1 = s.accept1 + 1;
    if (fm_integer(p, P_PLAN) == PLAN_DOUBLE) {
        s.reject1 = (uint64_t)fm_integer(p, P_REJECT1);
        s.n2 = (uint64_t)fm_integer(p, P_N2);
        s.accept2 = (uint64_t)fm_integer(p, P_ACCEPT2);
    }
    return s;
}

static fm_pull_demand
demand_of(const fm_point *p)
{
    const fm_pull_demand d = {fm_real(p, P_AQL), fm_real(p, P_PRODUCER),
                              fm_real(p, P_LTPD), fm_real(p, P_CONSUMER)};
    return d;
}

/* One plan's chance to accept; asn for plans by attributes also depends on p. */
static fm_status
eval_plan(const plans *all, size_t row, double p, double *accept_out, double *asn_out)
{
    if (row != ROW_VARIABLES)
        return fm_pull_plan_eval(&all->attributes[row], p, accept_out, asn_out);
    *asn_out = (double)all->variables.n;
    return fm_pull_variables_eval(&all->variables, p, accept_out);
}

/* For a plan by variables the chance is solved by its own law. */
static double
quality(const plans *all, size_t row, double chance)
{
    double x;
    if (row != ROW_VARIABLES)
        return fm_pull_plan_quality(&all->attributes[row], chance, &x) == FM_OK
                   ? x
                   : (double)NAN;
    double n = (double)all->variables.n, index = all->variables.k / 3;
    x = capability_bound(index, n, 1 - chance);
    return isnan(x) ? x : gsl_cdf_ugaussian_Q(3 * x);
}

static fm_status
put_plan(const analysis *a, const plans *all, size_t row, fm_out *out)
{
    const fm_pull_demand d = demand_of(a->point);
    const fm_pull_plan *s = row != ROW_VARIABLES ? &all->attributes[row] : NULL;
    double at_aql, at_ltpd, asn, ignored;
    fm_cell c[N_PLANS];
    fm_status st = eval_plan(all, row, d.aql, &at_aql, &asn);
    if (st == FM_OK)
        st = eval_plan(all, row, d.ltpd, &at_ltpd, &ignored);
    if (st != FM_OK)
        return st;
    bool is_double = s != NULL && s->n2 > 0;
    c[S_PLAN].integer = (int64_t)row;
    c[S_N1].real = s != NULL ? (double)s->n1 : (double)all->variables.n;
    c[S_ACCEPT1].real = s != NULL ? (double)s->accept1 : (double)NAN;
    c[S_REJECT1].real = s != NULL ? (double)s->reject1 : (double)NAN;
    c[S_N2].real = is_double ? (double)s->n2 : (double)NAN;
    c[S_ACCEPT2].real = is_double ? (double)s->accept2 : (double)NAN;
    c[S_K].real = s != NULL ? (double)NAN : all->variables.k;
    c[S_AT_AQL].real = at_aql;
    c[S_AT_LTPD].real = at_ltpd;
    /* Rounding of k must not fail the plan that keeps the risk exactly. */
    c[S_CONSUMER].real =
        row == ROW_VARIABLES ? fmax(d.consumer_risk, at_ltpd) : d.consumer_risk;
    c[S_QUALITY_AQL].real = quality(all, row, 1 - d.producer_risk);
    c[S_QUALITY_LTPD].real = quality(all, row, d.consumer_risk);
    c[S_ASN].real = asn;
    return fm_out_row(out, T_PLANS, c);
}

static fm_status
set_plans(const analysis *a, plans *all, fm_out *out, fm_error *err)
{
    const fm_pull_demand d = demand_of(a->point);
    double ignored;
    *all = (plans){.attributes = {given_plan(a->point)}};
    fm_status st = fm_pull_plan_eval(&all->attributes[ROW_GIVEN], d.aql, &ignored, NULL);
    if (st != FM_OK)
        return FM_FAIL(err, st,
                       "plan.reject: the plan cannot be used: accept < reject <= n + 1, "
                       "a double plan leaves at least one count between them and has "
                       "second_accept from accept to n + second_n - 1");
    all->has[ROW_GIVEN] = true;
    st = fm_pull_plan_search(&d, &all->attributes[ROW_ATTRIBUTES]);
    if (st == FM_EDOM)
        return FM_FAIL(err, st,
                       "quality.aql %.6g and quality.ltpd %.6g: aql must be the smaller "
                       "one, and both risks at most 0.5",
                       d.aql, d.ltpd);
    all->has[ROW_ATTRIBUTES] = st == FM_OK;
    if (st == FM_ERANGE)
        fm_out_remark(out, "no plan by attributes of a million pulls keeps both risks");
    st = fm_pull_variables_search(&d, &all->variables);
    all->has[ROW_VARIABLES] = st == FM_OK;
    if (st != FM_OK)
        fm_out_remark(out, "no plan by variables of 100000 pulls keeps both risks");
    return FM_OK;
}

static fm_status
put_oc(const analysis *a, const plans *all, fm_out *out)
{
    const fm_pull_demand d = demand_of(a->point);
    double wide = fmax(d.ltpd, quality(all, ROW_GIVEN, d.consumer_risk));
    double most = fmin(isnan(wide) ? 1 : 2 * wide, 1);
    fm_status st = FM_OK;
    for (size_t row = 0; row < N_ROWS; row++)
        for (size_t i = 0; i < OC_POINTS && st == FM_OK && all->has[row]; i++) {
            double p = most * (double)i / (OC_POINTS - 1), accept = 1, asn = 0;
            bool end = !(p > 0) || !(p < 1);
            if (row == ROW_VARIABLES && end) {
                asn = (double)all->variables.n;
                accept = p > 0 ? 0 : 1;
            } else {
                st = eval_plan(all, row, p, &accept, &asn);
            }
            const fm_cell c[N_OC] = {
                {.real = p}, {.integer = (int64_t)row}, {.real = accept}, {.real = asn}};
            if (st == FM_OK)
                st = fm_out_row(out, T_OC, c);
        }
    return st;
}

static fm_status
put_plans(const analysis *a, fm_out *out, fm_error *err)
{
    const fm_pull_demand d = demand_of(a->point);
    plans all;
    fm_status st = set_plans(a, &all, out, err);
    if (st != FM_OK)
        return st;
    for (size_t row = 0; row < N_ROWS && st == FM_OK; row++)
        if (all.has[row])
            st = put_plan(a, &all, row, out);
    const fm_cell c[N_DEMAND] = {{.real = d.aql},
                                 {.real = 1 - d.producer_risk},
                                 {.real = d.ltpd},
                                 {.real = d.consumer_risk}};
    if (st == FM_OK)
        st = fm_out_row(out, T_DEMAND, c);
    if (st == FM_OK)
        st = put_oc(a, &all, out);
    return st == FM_OK ? st : FM_FAIL(err, st, "a plan's chance could not be computed");
}

/* ---- 7. run, check, rows --------------------------------------------------------- */

fm_status
fm_pull_acceptance_check(const fm_point *point, fm_error *err)
{
    static const size_t places[] = {P_REJECT1, P_N2, P_ACCEPT2};
    analysis a = {.point = point};
    if (fm_integer(point, P_PLAN) == PLAN_SINGLE)
        for (size_t i = 0; i < FM_COUNT(places); i++)
            if (fm_value_at(point, places[i])->given)
                return FM_FAIL(err, FM_ESCENARIO, "%s: only for plan.kind double",
                               point->study->params[places[i]].key);
    if (fm_integer(point, P_PLAN) == PLAN_SINGLE &&
        fm_integer(point, P_ACCEPT1) >= fm_integer(point, P_N1))
        return FM_FAIL(err, FM_ESCENARIO,
                       "plan.accept: %lld of %lld wires: such a plan rejects nothing",
                       (long long)fm_integer(point, P_ACCEPT1),
                       (long long)fm_integer(point, P_N1));
    const fm_data *pulls = fm_input(point, IN_PULLS);
    bool data = pulls != NULL;
    if (data && pulls->first[0] == pulls->first[1])
        return FM_FAIL(
            err, FM_ESCENARIO,
            "data.pulls: %s has no column 'force'; write columns: { force: NAME "
            "}",
            pulls->source);
    bool planned = fm_present(point, P_SAMPLE);
    if (data && (planned || fm_present(point, P_EXPECTED)))
        return FM_FAIL(err, FM_ESCENARIO,
                       "claim.%s: with measured pulls their own number and index hold",
                       planned ? "sample" : "expected");
    if (!data && !planned)
        return FM_FAIL(err, FM_ESCENARIO,
                       "claim.sample: without data.pulls it must say how many pulls are "
                       "planned");
    return set_limit(&a, NULL, err);
}

uint64_t
fm_pull_acceptance_rows(const fm_point *point, size_t table)
{
    const fm_data *data = fm_input(point, IN_PULLS);
    switch (table) {
    case T_TOLERANCE:
        return data != NULL ? N_METHODS : 0;
    case T_PLANS:
        return N_ROWS;
    case T_OC:
        return (uint64_t)N_ROWS * OC_POINTS;
    case T_DISTRIBUTION:
        return data != NULL ? data->n_rows + (uint64_t)SERIES_MEASURED * CURVE_POINTS : 0;
    default:
        return 1;
    }
}

fm_status
fm_pull_acceptance_run(const fm_point *point, fm_out *out, fm_error *err)
{
    analysis a = {.point = point};
    fm_status st = set_limit(&a, out, err);
    if (st == FM_OK)
        st = set_sample(&a, err);
    if (st != FM_OK)
        goto done;
    set_tolerance(&a, out);
    st = put_capability(&a, out);
    if (st == FM_OK)
        st = put_tolerance(&a, out);
    if (st == FM_OK)
        st = put_distribution(&a, out);
    if (st != FM_OK)
        st = FM_FAIL(err, st, "memory ran out for the result");
    else
        st = put_plans(&a, out, err);
done:
    sample_free(&a.sample);
    return st;
}
