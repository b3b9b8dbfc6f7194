/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pull.simulate: what one point computes.
 *
 * Contents
 *   1. the model of a point   2. blocks of draws   3. rows   4. run, check, rows
 */
#include "config.h"

#include "pull/pull_simulate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "core/rows.h"
#include "core/sweep.h"
#include "pull/pull_data.h"
#include "pull/pull_geometry.h"
#include "pull/pull_kernel.h"
#include "pull/pull_tally.h"

static const double newton_per_gf = 9.80665e-3; /* exact: standard acceleration of fall */
static const double um_per_m = 1e6;

/* How parameters call the modes. */
static const char *const mode_keys[FM_PULL_N_MODES] = {"wire", "heel_1", "heel_2",
                                                       "lift_1", "lift_2"};

/* Index into the words of the column `zone`, by mode. */
static const int8_t zone_of[FM_PULL_N_MODES] = {0, 1, 2, 1, 2};

/* ---- 1. the model of a point ----------------------------------------------------- */

enum {
    BLOCK = 16384,
    STEP = 1024
};

typedef struct model {
    fm_pull_tension tension;
    double hook_height_m;
    double load_n;
    fm_pull_strength strength[FM_PULL_N_MODES];
    double coefficient_1[FM_PULL_N_MODES];
    fm_pull_tester tester;
    double limit_n; /* NaN: none */
    char limit_source[FM_PULL_SOURCE_TEXT];
    fm_pull_bins bins;
    fm_stream stream[N_STREAMS];
} model;

static fm_status
set_geometry(const fm_point *p, model *m, fm_error *err)
{
    double span_m = fm_si(p, P_SPAN), position_1 = fm_si(p, P_POSITION);
    double drop_m = fm_si(p, P_DROP);
    fm_pull_geometry g = {0};
    fm_status st = FM_OK;
    m->hook_height_m = fm_si(p, P_HEIGHT);
    if (fm_present(p, P_LENGTH))
        st = fm_pull_height_solve(position_1 * span_m, (1 - position_1) * span_m, drop_m,
                                  fm_si(p, P_LENGTH), &m->hook_height_m);
    if (st == FM_EVALID)
        return FM_FAIL(err, st,
                       "wire too short: loop.length %.6g um does not reach from bond "
                       "to bond over the hook",
                       fm_real(p, P_LENGTH));
    if (st == FM_OK)
        st = fm_pull_geometry_make(span_m, position_1, m->hook_height_m, drop_m,
                                   fm_si(p, P_TILT), &g);
    if (st == FM_OK)
        st = fm_pull_tension_eval(&g, &m->tension);
    if (st == FM_EVALID)
        return FM_FAIL(err, st,
                       "hook.tilt %.6g degree makes a span slack: the hook slides "
                       "until the wire lies on one side",
                       fm_real(p, P_TILT));
    if (st == FM_ENOCONV)
        return FM_FAIL(err, st, "loop.length %.6g um gives no hook height",
                       fm_real(p, P_LENGTH));
    if (st != FM_OK)
        return FM_FAIL(err, st,
                       "the hook (%.6g um over bond 1, %.6g um over bond 2) is not "
                       "above the line between the bonds",
                       m->hook_height_m * um_per_m,
                       (m->hook_height_m + drop_m) * um_per_m);
    fm_pull_coefficients(m->tension.tension_1, m->coefficient_1);
    return FM_OK;
}

static fm_status
set_strengths(const fm_point *p, model *m, fm_error *err)
{
    double tensile_pa = fm_si(p, P_TENSILE);
    fm_status st = FM_OK;
    if (!fm_present(p, P_TENSILE))
        st = fm_pull_wires_get(fm_input(p, IN_WIRES), fm_text(p, P_MATERIAL), &tensile_pa,
                               err);
    if (st != FM_OK)
        return st;
    st = fm_pull_breaking_load(fm_si(p, P_DIAMETER), tensile_pa, &m->load_n);
    if (st != FM_OK)
        return FM_FAIL(err, st, "wire.diameter and wire.tensile_strength give no load");
    for (size_t k = 0; k < FM_PULL_N_MODES; k++) {
        size_t at = P_STRENGTH + N_S * k;
        double mean_n = fm_present(p, at + S_MEAN)
                            ? fm_si(p, at + S_MEAN)
                            : fm_si(p, at + S_FRACTION) * m->load_n;
        st = fm_pull_strength_make((fm_pull_family)fm_integer(p, at + S_FAMILY), mean_n,
                                   fm_si(p, at + S_CV), &m->strength[k]);
        if (st != FM_OK)
            return FM_FAIL(err, st,
                           "strength.%s: no distribution with mean %.6g gf and cv "
                           "%.6g (a normal allows 1 at most)",
                           mode_keys[k], mean_n / newton_per_gf, fm_si(p, at + S_CV));
    }
    return FM_OK;
}

static fm_pull_limit_query
limit_query(const fm_point *p)
{
    fm_pull_limit_query query = {
        .standard = fm_text(p, P_STANDARD),
        .material = fm_text(p, P_MATERIAL),
        .condition = fm_integer(p, P_CONDITION) == 0 ? FM_PULL_LIMITS_PRESEAL
                                                     : FM_PULL_LIMITS_POSTSEAL,
        .diameter_m = fm_si(p, P_DIAMETER),
    };
    return query;
}

/* The table's limit is one for a wire with both bonds. */
static void
scale_to_single(const fm_point *p, model *m)
{
    double factor = fm_si(p, P_SINGLE_FACTOR);
    size_t used = strlen(m->limit_source);
    m->limit_n *= factor;
    (void)snprintf(m->limit_source + used, sizeof m->limit_source - used,
                   "; single bond, times %.6g", factor);
}

/* A table that is silent leaves the limit NaN and a remark in `source`. */
static fm_status
set_limit(const fm_point *p, model *m, fm_error *err)
{
    fm_pull_limit_query query = limit_query(p);
    fm_error why = FM_ERROR_INIT;
    m->limit_n = fm_si(p, P_FORCE);
    strcpy(m->limit_source, "limit.force of the scenario");
    if (fm_present(p, P_FORCE))
        return FM_OK;
    fm_status st = fm_pull_limits_get(fm_input(p, IN_LIMITS), &query, &m->limit_n,
                                      m->limit_source, &why);
    if (st == FM_EVALID) {
        m->limit_n = NAN;
        (void)snprintf(m->limit_source, sizeof m->limit_source, "%.*s",
                       (int)sizeof m->limit_source - 1, why.text);
        return FM_OK;
    }
    if (st != FM_OK)
        return FM_FAIL(err, st, "%s", why.text);
    if (fm_integer(p, P_BOND) == BOND_SINGLE)
        scale_to_single(p, m);
    return FM_OK;
}

/* Bins from the quantiles of the modes, so that they do not depend on what is drawn. */
static fm_status
set_bins(const fm_point *p, model *m, fm_error *err)
{
    const double tail_1 = 1e-4, noise_width = 4;
    double low = INFINITY, high = INFINITY, q;
    for (size_t k = 0; k < FM_PULL_N_MODES; k++) {
        if (!(m->coefficient_1[k] > 0))
            continue;
        if (fm_pull_strength_quantile(&m->strength[k], tail_1, &q) == FM_OK)
            low = fmin(low, q / m->coefficient_1[k]);
        if (fm_pull_strength_quantile(&m->strength[k], 1 - tail_1, &q) == FM_OK)
            high = fmin(high, q / m->coefficient_1[k]);
    }
    if (!isfinite(high))
        return FM_FAIL(err, FM_EDOM, "nothing can break: every mode is `never` or slack");
    double noise = noise_width * m->tester.noise_n;
    fm_status st = fm_pull_bins_make(
        fmax(low * m->tester.gain_1 - noise, 0), high * m->tester.gain_1 + noise,
        m->tester.resolution_n, (size_t)fm_integer(p, P_BINS), &m->bins);
    return st == FM_OK ? st : FM_FAIL(err, st, "the histogram has no range");
}

static fm_status
set_model(const fm_point *p, model *m, fm_error *err)
{
    m->tester = (fm_pull_tester){1 + fm_si(p, P_SCALE_ERROR), fm_si(p, P_NOISE),
                                 fm_si(p, P_RESOLUTION)};
    fm_status st = set_geometry(p, m, err);
    if (st == FM_OK)
        st = set_strengths(p, m, err);
    if (st == FM_OK)
        st = set_limit(p, m, err);
    if (st == FM_OK)
        st = set_bins(p, m, err);
    for (size_t i = 0; i < N_STREAMS; i++)
        m->stream[i] = fm_point_stream(p, i);
    return st;
}

/* ---- 2. blocks of draws ---------------------------------------------------------- */

typedef struct partial {
    fm_pull_tally tally;
    /* Only with keep: pulls, behind the tally: BLOCK forces, then BLOCK modes. */
    double force_n[];
} partial;

typedef struct job {
    const fm_point *point;
    const model *model;
    bool keep;
    fm_out *out;
    fm_pull_tally total;
} job;

static size_t
step_size(size_t rest)
{
    return rest < STEP ? rest : STEP;
}

static const int8_t *
kept_modes(const partial *part)
{
    return (const int8_t *)(part->force_n + BLOCK);
}

static bool
can_break(const model *m, size_t k)
{
    return m->strength[k].family != FM_PULL_NEVER && m->coefficient_1[k] > 0;
}

/* Numbers of one step of draws. */
typedef struct scratch {
    double u[FM_PULL_N_MODES][STEP];
    double noise[STEP];
    double force_n[STEP];
    int8_t mode[STEP];
} scratch;

/* Forces and modes of draws [first, first + n), n <= STEP, as the tester shows them. */
static fm_status
draw_step(const model *m, uint64_t first, size_t n, scratch *s, double *force_n,
          int8_t *mode)
{
    const double *used[FM_PULL_N_MODES];
    for (size_t k = 0; k < FM_PULL_N_MODES; k++)
        used[k] = can_break(m, k) ? s->u[k] : NULL;
    if (used[FM_PULL_WIRE] || m->tester.noise_n > 0)
        fm_rng_uniform2(&m->stream[R_WIRE], first, n, s->u[FM_PULL_WIRE], s->noise);
    if (used[FM_PULL_HEEL_1] || used[FM_PULL_HEEL_2])
        fm_rng_uniform2(&m->stream[R_HEEL], first, n, s->u[FM_PULL_HEEL_1],
                        s->u[FM_PULL_HEEL_2]);
    if (used[FM_PULL_LIFT_1] || used[FM_PULL_LIFT_2])
        fm_rng_uniform2(&m->stream[R_LIFT], first, n, s->u[FM_PULL_LIFT_1],
                        s->u[FM_PULL_LIFT_2]);
    fm_status st = fm_pull_weakest(m->strength, m->coefficient_1, n, used, force_n, mode);
    return st == FM_OK ? fm_pull_read(&m->tester, n, s->noise, force_n) : st;
}

static fm_status
compute_block(void *arg, uint64_t first, size_t n, void *partial_out)
{
    const job *j = arg;
    partial *part = partial_out;
    scratch s;
    fm_pull_tally_init(&part->tally);
    for (size_t i = 0; i < n; i += STEP) {
        size_t m = step_size(n - i);
        double *force = j->keep ? part->force_n + i : s.force_n;
        int8_t *modes = j->keep ? (int8_t *)(part->force_n + BLOCK) + i : s.mode;
        fm_status st = draw_step(j->model, first + i, m, &s, force, modes);
        if (st != FM_OK)
            return st;
        fm_pull_tally_add(&part->tally, &j->model->bins, j->model->limit_n, m, force,
                          modes);
    }
    return FM_OK;
}

/* Hands a block's pulls to the table, a piece at a time. */
static fm_status
keep_pulls(job *j, uint64_t first, size_t n, const partial *part)
{
    int64_t number[STEP];
    double force_gf[STEP], tension_gf[STEP];
    int8_t zone[STEP];
    fm_status st = FM_OK;
    for (size_t i = 0; i < n && st == FM_OK; i += STEP) {
        size_t m = step_size(n - i);
        const int8_t *mode = kept_modes(part) + i;
        for (size_t r = 0; r < m; r++) {
            number[r] = (int64_t)(first + i + r);
            force_gf[r] = part->force_n[i + r] / newton_per_gf;
            tension_gf[r] = force_gf[r] * j->model->coefficient_1[mode[r]];
            zone[r] = zone_of[mode[r]];
        }
        const void *const columns[N_PULLS] = {number, force_gf, mode, zone, tension_gf};
        st = fm_out_block(j->out, T_PULLS, m, columns);
    }
    return st;
}

static fm_status
fold_block(void *arg, uint64_t first, size_t n, const void *partial_in)
{
    job *j = arg;
    const partial *part = partial_in;
    fm_pull_tally_merge(&j->total, &part->tally, j->model->bins.n_bins);
    return j->keep ? keep_pulls(j, first, n, part) : FM_OK;
}

/* ---- 3. rows --------------------------------------------------------------------- */

static double
gf(double force_n)
{
    return force_n / newton_per_gf;
}

static double
share_se(double share, double n)
{
    return sqrt(share * (1 - share) / n);
}

static void
summary_limit(const fm_point *p, const model *m, const fm_pull_tally *t, fm_cell *c)
{
    double n = (double)p->draws, below = (double)t->n_below / n, upper = NAN;
    if (fm_pull_fraction_upper(t->n_below, p->draws, &upper) != FM_OK)
        upper = NAN;
    bool none = isnan(m->limit_n);
    c[C_LIMIT].real = gf(m->limit_n);
    c[C_BELOW].real = none ? (double)NAN : below;
    c[C_BELOW_SE].real = none ? (double)NAN : share_se(below, n);
    c[C_BELOW_UPPER].real = none ? (double)NAN : upper;
    c[C_BELOW_EXACT].real =
        none ? (double)NAN
             : fm_pull_break_probability(m->strength, m->coefficient_1, m->limit_n);
    c[C_MAX_BELOW].real = none ? (double)NAN : fm_si(p, P_MAX_BELOW);
    c[C_LIMIT_SOURCE].text = m->limit_source;
}

static fm_status
put_summary(const fm_point *p, const model *m, const fm_pull_tally *t, fm_out *out)
{
    fm_cell c[N_SUMMARY];
    fm_pull_moments all = {0};
    double n = (double)p->draws;
    for (size_t k = 0; k < FM_PULL_N_MODES; k++) {
        fm_pull_moments_merge(&all, &t->mode[k]);
        c[C_SHARE + k].real = (double)t->mode[k].n / n;
    }
    double sd = fm_pull_moments_sd(&all), se = sd / sqrt(n);
    c[C_PULLS].integer = (int64_t)all.n;
    c[C_MEAN].real = gf(all.mean);
    c[C_MEAN_SE].real = gf(se);
    c[C_MEAN_U].real = gf(hypot(se, fm_si(p, P_SCALE_U) * all.mean));
    c[C_SD].real = gf(sd);
    c[C_MIN].real = gf(all.min);
    c[C_MAX].real = gf(all.max);
    summary_limit(p, m, t, c);
    c[C_T1].real = m->tension.tension_1[0];
    c[C_T2].real = m->tension.tension_1[1];
    c[C_PEEL1].real = m->tension.peel_1[0];
    c[C_PEEL2].real = m->tension.peel_1[1];
    c[C_SHEAR1].real = m->tension.shear_1[0];
    c[C_SHEAR2].real = m->tension.shear_1[1];
    c[C_HOOK_HEIGHT].real = m->hook_height_m * um_per_m;
    c[C_LOAD].real = gf(m->load_n);
    return fm_out_row(out, T_SUMMARY, c);
}

static fm_status
put_modes(const fm_point *p, const model *m, const fm_pull_tally *t, fm_out *out)
{
    double n = (double)p->draws;
    for (size_t k = 0; k < FM_PULL_N_MODES; k++) {
        const fm_pull_moments *mode = &t->mode[k];
        fm_cell c[N_MODES];
        double share = (double)mode->n / n;
        c[M_MODE].integer = (int64_t)k;
        c[M_N].integer = (int64_t)mode->n;
        c[M_SHARE].real = share;
        c[M_SHARE_SE].real = share_se(share, n);
        c[M_MEAN].real = mode->n > 0 ? gf(mode->mean) : (double)NAN;
        c[M_SD].real = gf(fm_pull_moments_sd(mode));
        c[M_MIN].real = mode->n > 0 ? gf(mode->min) : (double)NAN;
        c[M_STRENGTH].real =
            can_break(m, k) ? gf(fm_pull_strength_mean(&m->strength[k])) : (double)NAN;
        c[M_RATIO].real = m->coefficient_1[k];
        c[M_UNDER].integer = (int64_t)t->count[k][0];
        c[M_OVER].integer = (int64_t)t->count[k][m->bins.n_bins + 1];
        fm_status st = fm_out_row(out, T_MODES, c);
        if (st != FM_OK)
            return st;
    }
    return FM_OK;
}

static fm_status
put_histogram(const fm_point *p, const model *m, const fm_pull_tally *t, fm_out *out)
{
    const fm_pull_bins *b = &m->bins;
    double n = (double)p->draws;
    for (size_t k = 0; k < FM_PULL_N_MODES; k++) {
        if (!can_break(m, k))
            continue;
        for (size_t i = 0; i < b->n_bins; i++) {
            double low_n = b->low_n + (double)i * b->width_n, count;
            fm_cell c[N_HISTOGRAM];
            count = (double)t->count[k][i + 1];
            c[H_FORCE].real = gf(low_n + b->width_n / 2);
            c[H_MODE].integer = (int64_t)k;
            c[H_COUNT].integer = (int64_t)t->count[k][i + 1];
            c[H_DENSITY].real = count / (n * gf(b->width_n));
            c[H_LOW].real = gf(low_n);
            c[H_HIGH].real = gf(low_n + b->width_n);
            fm_status st = fm_out_row(out, T_HISTOGRAM, c);
            if (st != FM_OK)
                return st;
        }
    }
    return FM_OK;
}

static void
put_remarks(const model *m, fm_out *out)
{
    const double worth_saying = 1e-3;
    if (isnan(m->limit_n))
        fm_out_remark(out, "%s", m->limit_source);
    for (size_t k = 0; k < FM_PULL_N_MODES; k++)
        if (m->strength[k].family == FM_PULL_NORMAL &&
            m->strength[k].cut_1 > worth_saying)
            fm_out_remark(out,
                          "strength.%s: %.2g of the normal lies below 0 and was cut off",
                          mode_keys[k], m->strength[k].cut_1);
}

static fm_status
put_rows(const fm_point *p, const model *m, const fm_pull_tally *t, fm_out *out)
{
    put_remarks(m, out);
    fm_status st = put_summary(p, m, t, out);
    if (st == FM_OK)
        st = put_modes(p, m, t, out);
    if (st == FM_OK)
        st = put_histogram(p, m, t, out);
    return st;
}

/* ---- 4. run, check, rows --------------------------------------------------------- */

fm_status
fm_pull_simulate_run(const fm_point *point, fm_out *out, fm_error *err)
{
    const fm_point *p = point;
    const uint64_t max_draws = (uint64_t)1 << 32; /* numbers of one stream and point */
    model *m = calloc(1, sizeof *m);
    job *j = calloc(1, sizeof *j);
    fm_status st = FM_OK;
    if (m == NULL || j == NULL) {
        st = FM_FAIL(err, FM_ENOMEM, "pull.simulate: no memory");
        goto done;
    }
    if (p->draws < 1 || p->draws > max_draws) {
        st = FM_FAIL(err, FM_EDOM, "draws must be 1 to 4294967296, not %llu",
                     (unsigned long long)p->draws);
        goto done;
    }
    st = set_model(p, m, err);
    if (st != FM_OK)
        goto done;
    *j = (job){
        .point = p, .model = m, .keep = fm_integer(p, P_KEEP) == KEEP_PULLS, .out = out};
    size_t kept = j->keep ? BLOCK * (sizeof(double) + 1) : 0;
    const fm_blocks work = {.n = p->draws,
                            .block_size = BLOCK,
                            .size = sizeof(partial) + kept,
                            .compute = compute_block,
                            .fold = fold_block,
                            .arg = j};
    st = fm_for_blocks(p, &work, err);
    if (st == FM_OK)
        st = put_rows(p, m, &j->total, out);
    if (st != FM_OK)
        FM_FAIL(err, st, "pull.simulate: the draws failed");
done:
    free(j);
    free(m);
    return st;
}

fm_status
fm_pull_simulate_check(const fm_point *point, fm_error *err)
{
    const fm_point *p = point;
    fm_pull_limit_query query = limit_query(p);
    fm_error why = FM_ERROR_INIT;
    char source[FM_PULL_SOURCE_TEXT];
    double pa, limit_n;
    if (fm_present(p, P_LENGTH) && fm_value_at(p, P_HEIGHT)->given)
        return FM_FAIL(err, FM_ESCENARIO,
                       "loop.height and loop.length exclude each other: "
                       "the length gives the height");
    fm_status st = FM_OK;
    if (!fm_present(p, P_TENSILE))
        st = fm_pull_wires_get(fm_input(p, IN_WIRES), fm_text(p, P_MATERIAL), &pa, err);
    if (st != FM_OK || fm_present(p, P_FORCE))
        return st;
    /* A table without a limit for this wire is no mistake: the run says so. */
    st = fm_pull_limits_get(fm_input(p, IN_LIMITS), &query, &limit_n, source, &why);
    if (st == FM_OK || st == FM_EVALID)
        return FM_OK;
    return FM_FAIL(err, st, "%s", why.text);
}

uint64_t
fm_pull_simulate_rows(const fm_point *point, size_t table)
{
    const fm_point *p = point;
    switch (table) {
    case T_MODES:
        return FM_PULL_N_MODES;
    case T_HISTOGRAM:
        return FM_PULL_N_MODES * (uint64_t)fm_integer(p, P_BINS);
    case T_PULLS:
        return fm_integer(p, P_KEEP) == KEEP_PULLS ? p->draws : 0;
    default:
        return 1;
    }
}
