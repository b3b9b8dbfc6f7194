/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run length of charts of counts and of rare events.
 *
 * Contents
 *   1. laws     2. zones     3. the chain */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "spc/spc_run_length_chain.h"
#include "spc/spc_run_length_parts.h"

/* ---- 1. laws ---------------------------------------------------------------------- */

/* Counts beyond this are refused: the library counts in 32 bits. */
static const double count_max = 1e9;

static fm_status
validate(const fm_spc_counted *c)
{
    if (!(c->level > 0) || !isfinite(c->level))
        return FM_EDOM;
    if (c->law == FM_SPC_GEOMETRIC)
        return c->level < count_max ? FM_OK : FM_EDOM;
    if (!(c->size > 0) || !(c->level * c->size < count_max))
        return FM_EDOM;
    if (c->law == FM_SPC_BINOMIAL && (!(c->level < 1) || c->size < floor(c->size) ||
                                      c->size > floor(c->size) || !(c->size < count_max)))
        return FM_EDOM;
    return FM_OK;
}

static double
mean_of(const fm_spc_counted *c)
{
    return c->law == FM_SPC_GEOMETRIC ? c->level : c->level * c->size;
}

static double
sigma_of(const fm_spc_counted *c)
{
    double mean = mean_of(c);
    return sqrt(c->law == FM_SPC_BINOMIAL    ? mean * (1 - c->level)
                : c->law == FM_SPC_GEOMETRIC ? mean * (mean + 1)
                                             : mean);
}

/* P(X <= k), or P(X > k) for the upper tail. */
static double
chance(const fm_spc_counted *c, double k, bool upper)
{
    if (k < 0)
        return upper ? 1 : 0;
    if (k > 4e9 || (c->law == FM_SPC_BINOMIAL && k >= c->size))
        return upper ? 0 : 1;
    unsigned n = (unsigned)k;
    if (c->law == FM_SPC_BINOMIAL)
        return upper ? gsl_cdf_binomial_Q(n, c->level, (unsigned)c->size)
                     : gsl_cdf_binomial_P(n, c->level, (unsigned)c->size);
    if (c->law == FM_SPC_POISSON)
        return upper ? gsl_cdf_poisson_Q(n, mean_of(c))
                     : gsl_cdf_poisson_P(n, mean_of(c));
    double log_tail = -(k + 1) * log1p(1 / c->level);
    return upper ? exp(log_tail) : -expm1(log_tail);
}

/* ---- 2. zones --------------------------------------------------------------------- */

/* A border in counts; one that rounding moved off a whole number is put back. */
static double
border(const fm_spc_counted *c, double cut)
{
    double x = mean_of(c) + cut * sigma_of(c), whole = round(x);
    return fabs(x - whole) <= 1e-9 * fmax(1, fabs(x)) ? whole : x;
}

/* Whether a count can lie on a border where neither of its zones has it: the centre line
 * of a rule of sides, the border of a rule of points within. */
static bool
falls_between(const fm_spc_rule_set *rules, const fm_spc_zones *zones,
              const fm_spc_counted *c)
{
    for (size_t i = 1; i < zones->n; i++) {
        double cut = zones->cut[i], x = border(c, cut);
        bool open = cut == 0;
        for (size_t r = 0; r < rules->n; r++)
            open = open || (rules->rule[r].region == FM_SPC_WITHIN &&
                            fabs(cut) == rules->rule[r].k);
        bool whole = !(x < floor(x)) && !(x > floor(x));
        if (open && whole && x >= 0 && (c->law != FM_SPC_BINOMIAL || x <= c->size))
            return true;
    }
    return false;
}

/* Chance of each zone; a count on a border is in the inner zone, not beyond. */
static void
zone_chances(const fm_spc_zones *zones, const fm_spc_counted *c, double *p_out)
{
    for (size_t i = 0; i < zones->n; i++) {
        double a = zones->cut[i], b = zones->cut[i + 1];
        double low = a < 0 ? ceil(border(c, a)) - 1 : floor(border(c, a));
        double high = b > 0 ? floor(border(c, b)) : ceil(border(c, b)) - 1;
        bool upper = a >= 0;
        double from = isinf(a) ? 0 : chance(c, low, upper);
        double to = isinf(b) ? (upper ? 0 : 1) : chance(c, high, upper);
        p_out[i] = fmax(0, upper ? from - to : to - from);
    }
}

/* ---- 3. the chain ----------------------------------------------------------------- */

/* One point; returns the chance of a signal and normalises the law of the survivors. */
static double
step(const fm_spc_chain *chain, const double *p, double *law, double *next)
{
    double signal = 0, left = 0;
    memset(next, 0, chain->n * sizeof *next);
    for (size_t i = 0; i < chain->n; i++)
        for (size_t z = 0; z < chain->zones.n && law[i] > 0; z++) {
            int32_t to = chain->next[i * chain->zones.n + z];
            double mass = law[i] * p[z];
            signal += to < 0 ? mass : 0;
            if (to >= 0)
                next[to] += mass;
        }
    for (size_t i = 0; i < chain->n; i++)
        left += next[i];
    for (size_t i = 0; i < chain->n; i++)
        law[i] = left > 0 ? next[i] / left : 0;
    return signal / (signal + left);
}

static fm_status
walk(const fm_spc_chain *chain, const double *p, size_t window, double *arl_out)
{
    enum {
        STEPS_MAX = 100000
    };
    static const double longest = 1e10;
    double *law = calloc(2 * chain->n, sizeof *law);
    if (law == NULL)
        return FM_ENOMEM;
    fm_spc_tally tally = fm_spc_tally_start(NULL, 20 + 2 * window);
    fm_spc_run_length found = {.arl = NAN};
    bool settled = false;
    law[0] = 1;
    for (size_t n = 0; n < STEPS_MAX && !settled; n++)
        settled = fm_spc_tally_step(&tally, step(chain, p, law, law + chain->n), 0);
    free(law);
    if (settled)
        fm_spc_tally_finish(&tally, &found);
    if (!(found.arl < longest))
        return FM_ENOCONV;
    *arl_out = found.arl;
    return FM_OK;
}

fm_status
fm_spc_counts_arl(const fm_spc_rule_set *rules, const fm_spc_counted *counts,
                  double *arl_out)
{
    const fm_spc_design design = {.scheme = FM_SPC_SHEWHART, .rules = rules};
    fm_spc_chain *chain = NULL;
    size_t window = 1;
    fm_status st = fm_spc_design_validate(&design);
    if (st == FM_OK)
        st = validate(counts);
    for (size_t r = 0; st == FM_OK && r < rules->n; r++) {
        window = rules->rule[r].w > window ? rules->rule[r].w : window;
        st = rules->rule[r].pattern == FM_SPC_ZONE ? FM_OK : FM_EDOM;
    }
    if (st == FM_OK)
        st = fm_spc_chain_create(rules, &chain);
    if (st == FM_OK && falls_between(rules, &chain->zones, counts))
        st = FM_ESINGULAR;
    if (st == FM_OK) {
        double p[FM_SPC_ZONES_MAX];
        zone_chances(&chain->zones, counts, p);
        st = walk(chain, p, window, arl_out);
    }
    fm_spc_chain_free(chain);
    return st;
}
