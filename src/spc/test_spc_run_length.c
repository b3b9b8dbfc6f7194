/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of rule sets and run lengths.
 *
 * Contents
 *   1. certified rows     2. rule sets     3. brute force     4. properties
 *   5. refusals           6. main */
#include "config.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "spc/spc_run_length.h"
#include "spc/spc_run_length_chain.h"

/* ---- 1. certified rows ----------------------------------------------------------- */

/* Text behind "key=" in a row's inputs, or NULL. */
static const char *
setting(const char *inputs, const char *key)
{
    size_t n = strlen(key);
    for (const char *p = strchr(inputs, ' '); p != NULL; p = strchr(p + 1, ' '))
        if (strncmp(p + 1, key, n) == 0 && p[1 + n] == '=')
            return p + 2 + n;
    return NULL;
}

static double
number(const char *inputs, const char *key, double otherwise)
{
    const char *text = setting(inputs, key);
    return text != NULL ? strtod(text, NULL) : otherwise;
}

/* "1+2+n7": rules of Western Electric and Nelson. */
static void
read_set(const char *text, fm_spc_rule_set *set)
{
    *set = (fm_spc_rule_set){.n = 0};
    for (;; text++) {
        char name[16];
        bool nelson = *text == 'n';
        text += nelson ? 1 : 0;
        (void)snprintf(name, sizeof name, "%s%c", nelson ? "nelson" : "we", *text);
        ck_assert_int_eq(fm_spc_rule_set_add_named(set, name), FM_OK);
        if (*++text != '+')
            return;
    }
}

static fm_spc_design
read_design(const char *inputs, fm_spc_rule_set *set)
{
    static const struct {
        const char *name;
        fm_spc_scheme scheme;
    } schemes[] = {{"rules ", FM_SPC_SHEWHART}, {"ewma ", FM_SPC_EWMA},
                   {"cusum ", FM_SPC_CUSUM},    {"imr ", FM_SPC_IMR},
                   {"mewma ", FM_SPC_MEWMA},    {"s2 ", FM_SPC_S2_EWMA}};
    const char *sides = setting(inputs, "sides");
    fm_spc_design d = {.limit = number(inputs, "limit", 1),
                       .lambda = number(inputs, "lambda", NAN),
                       .k = number(inputs, "k", NAN),
                       .one_sided = sides != NULL && strncmp(sides, "one", 3) == 0,
                       .head_start = number(inputs, "start", 0),
                       .time_varying = number(inputs, "vary", 0) > 0,
                       .mr_limit = number(inputs, "mr", NAN),
                       .p = (unsigned)number(inputs, "p", 0),
                       .df = (unsigned)number(inputs, "df", 0),
                       .rules = set};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncmp(inputs, schemes[i].name, strlen(schemes[i].name)) == 0)
            d.scheme = schemes[i].scheme;
    if (d.scheme == FM_SPC_SHEWHART)
        read_set(setting(inputs, "set"), set);
    return d;
}

static double
ewma_grid(void)
{
    double sum = 0;
    for (int l = 1; l <= 20; l++)
        for (int c = 20; c <= 35; c++)
            for (int m = 0; m <= 12; m++) {
                const fm_spc_design d = {
                    .scheme = FM_SPC_EWMA, .lambda = 0.05 * l, .limit = 0.1 * c};
                const fm_spc_state s = {0.25 * m, 1};
                fm_spc_run_length run;
                ck_assert_int_eq(fm_spc_run_length_eval(&d, &s, NULL, &run), FM_OK);
                sum += log(run.arl);
            }
    return sum;
}

static double
asked(const char *id, const char *inputs)
{
    fm_spc_rule_set set;
    fm_spc_design d = read_design(inputs, &set);
    fm_spc_state s = {number(inputs, "mean", sqrt(number(inputs, "mean2", 0))),
                      number(inputs, "sigma", 1)};
    double target = number(inputs, "find", NAN), found = NAN, survival[100];
    const char *get = setting(inputs, "get");
    bool sf = get != NULL && strncmp(get, "survival", 8) == 0;
    size_t n = sf ? strtoul(get + 8, NULL, 10) : 0;
    fm_spc_wish wish = {FM_SPC_WANT_QUANTILES, n, n > 0 ? survival : NULL};
    fm_spc_run_length run;
    if (!isnan(target)) {
        ck_assert_int_eq(fm_spc_limit_for_arl(&d, target, &found), FM_OK);
        return found;
    }
    if (setting(inputs, "prerun") != NULL) {
        ck_assert_int_eq(fm_spc_run_length_estimated(&d, &s,
                                                     (size_t)number(inputs, "prerun", 0),
                                                     FM_SPC_ESTIMATE_MEAN, &run),
                         FM_OK);
        return run.arl;
    }
    if (get != NULL && strncmp(get, "steady", 6) == 0)
        wish.want = FM_SPC_WANT_STEADY;
    fm_status st = fm_spc_run_length_eval(&d, &s, get != NULL ? &wish : NULL, &run);
    if (st != FM_OK)
        (void)fprintf(stderr, "%s: status %d\n", id, (int)st);
    if (st != FM_OK)
        return NAN;
    return sf            ? survival[n - 1]
           : get == NULL ? run.arl
           : *get == 's' ? run.steady
                         : run.quantile[1];
}

static double
counts_asked(const char *inputs)
{
    const char *law = setting(inputs, "law");
    fm_spc_rule_set set;
    double arl = NAN;
    const fm_spc_counted counts = {*law == 'b'   ? FM_SPC_BINOMIAL
                                   : *law == 'p' ? FM_SPC_POISSON
                                                 : FM_SPC_GEOMETRIC,
                                   number(inputs, "level", NAN),
                                   number(inputs, "size", 1)};
    read_set(setting(inputs, "set"), &set);
    ck_assert_int_eq(fm_spc_counts_arl(&set, &counts, &arl), FM_OK);
    return arl;
}

START_TEST(certified_rows)
{
    const char *top = getenv("top_srcdir");
    char path[4096], line[1024];
    int n_rows = 0, n_wrong = 0;
    (void)snprintf(path, sizeof path, "%s/src/spc/spc_run_length_certified.csv",
                   top ? top : ".");
    FILE *f = fopen(path, "r");
    ck_assert_msg(f != NULL, "cannot open %s", path);
    while (fgets(line, sizeof line, f) != NULL) {
        char id[32], inputs[128], expected[32], tol[32], source[200], how[200];
        double x;
        if (line[0] == '#' || strncmp(line, "id,", 3) == 0)
            continue;
        int n = sscanf(line, "%31[^,],%127[^,],%31[^,],%31[^,],%199[^,],%199[^,\n]", id,
                       inputs, expected, tol, source, how);
        ck_assert_msg(n == 6, "bad row: %s", line);
        if (strcmp(inputs, "ewma-grid") == 0)
            x = ewma_grid();
        else if (strncmp(inputs, "counts ", 7) == 0)
            x = counts_asked(inputs);
        else if (strcmp(inputs, "poisson-cusum") == 0)
            ck_assert_int_eq(fm_spc_poisson_cusum_arl(0.25, 1, 40, 4, &x), FM_OK);
        else
            x = asked(id, inputs);
        double e = strtod(expected, NULL);
        if (!(fabs(x - e) <= strtod(tol, NULL) * fabs(e))) {
            (void)fprintf(stderr, "%s: found %.15g, expected %s, off by %.2g\n", id, x,
                          expected, fabs(x / e - 1));
            n_wrong++;
        }
        n_rows++;
    }
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_int_eq(n_wrong, 0);
    ck_assert_int_ge(n_rows, 328);
}
END_TEST

/* ---- 2. rule sets ---------------------------------------------------------------- */

START_TEST(sets_add_and_merge)
{
    fm_spc_rule_set set = {.n = 0};
    for (size_t i = 0; fm_spc_rule_names[i] != NULL; i++)
        ck_assert_int_eq(fm_spc_rule_set_add_named(&set, fm_spc_rule_names[i]), FM_OK);
    /* we1 to we3 are nelson1, nelson5 and nelson6. */
    ck_assert_uint_eq(set.n, FM_SPC_WE_COUNT + FM_SPC_NELSON_COUNT - 3);
    fm_spc_rule own = {
        .m = 15, .w = 15, .region = FM_SPC_WITHIN, .k = 1.5, .side = FM_SPC_EITHER_SIDE};
    ck_assert_int_eq(fm_spc_rule_set_add(&set, &own), FM_OK);
    ck_assert_str_eq(set.rule[set.n - 1].name, "15 of 15 within 1.5 either");
    ck_assert_int_eq(fm_spc_rule_set_scale(&set, 2), FM_OK);
    ck_assert(set.rule[0].k == 6 && set.rule[set.n - 1].k == 3);
    char text[FM_SPC_RULE_NAME];
    fm_spc_rule_text(&fm_spc_rules_nelson[2], text);
    ck_assert_str_eq(text, "6 in a trend");
    fm_spc_rule_text(&fm_spc_rules_nelson[3], text);
    ck_assert_str_eq(text, "14 in alternation");
}
END_TEST

START_TEST(sets_refuse)
{
    static const fm_spc_rule bad[] = {
        {.m = 5, .w = 3, .k = 1},
        {.m = 0, .w = 3, .k = 1},
        {.m = 1, .w = 65, .k = 1},
        {.m = 1, .w = 1, .k = -1},
        {.m = 1, .w = 1, .k = INFINITY},
        {.m = 1, .w = 1, .region = FM_SPC_WITHIN},
        {.m = 1, .w = 1, .pattern = FM_SPC_TREND},
        {.m = 2, .w = 2, .pattern = FM_SPC_ALTERNATION},
        {.m = 5, .w = 6, .pattern = FM_SPC_TREND},
    };
    fm_spc_rule_set set = {.n = 0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_int_eq(fm_spc_rule_set_add(&set, &bad[i]), FM_EDOM);
    ck_assert_int_eq(fm_spc_rule_set_add_named(&set, "we5"), FM_EDOM);
    ck_assert_uint_eq(set.n, 0);
    for (unsigned w = 1; w <= FM_SPC_RULES_MAX; w++) {
        fm_spc_rule rule = {.m = w, .w = w};
        ck_assert_int_eq(fm_spc_rule_set_add(&set, &rule), FM_OK);
    }
    ck_assert_int_eq(fm_spc_rule_set_add_named(&set, "we1"), FM_ERANGE);
    ck_assert_int_eq(fm_spc_rule_set_scale(&set, 0), FM_EDOM);
    ck_assert_int_eq(fm_spc_rule_set_scale(&set, NAN), FM_EDOM);
}
END_TEST

/* ---- 3. brute force -------------------------------------------------------------- */

enum {
    POINTS_MAX = 100000
};

static gsl_rng *rng;
static double x[POINTS_MAX];

static double
draw(const fm_spc_state *s)
{
    return s->mean + gsl_ran_gaussian_ratio_method(rng, s->sigma);
}

static bool
in_zone(const fm_spc_rule *r, double value, int side)
{
    double y = side == 0 ? fabs(value) : side * value;
    return r->region == FM_SPC_BEYOND ? y > r->k : y < r->k && (side == 0 || y > 0);
}

/* Whether a rule signals at point n, looked up in all points so far. */
static bool
signals(const fm_spc_rule *r, size_t n)
{
    if (r->pattern != FM_SPC_ZONE && n + 1 < r->w)
        return false;
    if (r->pattern != FM_SPC_ZONE) {
        bool up = true, down = true, turn = true;
        for (size_t i = n + 2 - r->w; i <= n; i++) {
            up = up && x[i] > x[i - 1];
            down = down && x[i] < x[i - 1];
            turn =
                turn && (i == n + 2 - r->w || (x[i] > x[i - 1]) != (x[i - 1] > x[i - 2]));
        }
        return r->pattern == FM_SPC_TREND ? up || down : turn;
    }
    for (int side = r->side == FM_SPC_EITHER_SIDE ? 0 : -1; side <= 1; side += 2) {
        unsigned count = 0;
        for (size_t i = n + 1 > r->w ? n + 1 - r->w : 0; i <= n; i++)
            count += in_zone(r, x[i], side) ? 1 : 0;
        if (in_zone(r, x[n], side) && count >= r->m)
            return true;
        if (side == 0)
            break;
    }
    return false;
}

static size_t
run_rules(const fm_spc_design *d, const fm_spc_state *s)
{
    for (size_t n = 0; n < POINTS_MAX; n++) {
        x[n] = draw(s);
        for (size_t r = 0; r < d->rules->n; r++)
            if (signals(&d->rules->rule[r], n))
                return n + 1;
    }
    return POINTS_MAX;
}

static size_t
run_ewma(const fm_spc_design *d, const fm_spc_state *s)
{
    double unit = sqrt(d->lambda / (2 - d->lambda));
    double up = d->head_start * unit, down = d->one_sided ? 0 : -up;
    for (size_t n = 1;; n++) {
        double value = draw(s), h = d->limit * unit;
        up = (1 - d->lambda) * up + d->lambda * value;
        down = (1 - d->lambda) * down + d->lambda * value;
        if (d->one_sided)
            up = fmax(up, 0);
        if (d->time_varying)
            h *= sqrt(1 - pow(1 - d->lambda, 2 * (double)n));
        if (up > h || (!d->one_sided && down < -h))
            return n;
    }
}

static size_t
run_cusum(const fm_spc_design *d, const fm_spc_state *s)
{
    double up = d->head_start, down = up;
    for (size_t n = 1;; n++) {
        double value = draw(s);
        up = fmax(0, up + value - d->k);
        down = fmax(0, down - value - d->k);
        if (up > d->limit || (!d->one_sided && down > d->limit))
            return n;
    }
}

static size_t
run_imr(const fm_spc_design *d, const fm_spc_state *s)
{
    double before = draw(s);
    if (fabs(before) > d->limit)
        return 1;
    for (size_t n = 2;; n++) {
        double value = draw(s);
        if (fabs(value) > d->limit || fabs(value - before) > d->mr_limit)
            return n;
        before = value;
    }
}

static size_t
run_mewma(const fm_spc_design *d, const fm_spc_state *s)
{
    const fm_spc_state across = {0, s->sigma};
    double z[8] = {0};
    for (size_t n = 1;; n++) {
        double q = 0;
        for (size_t i = 0; i < d->p; i++) {
            z[i] = (1 - d->lambda) * z[i] + d->lambda * draw(i == 0 ? s : &across);
            q += z[i] * z[i];
        }
        if (q * (2 - d->lambda) / d->lambda > d->limit)
            return n;
    }
}

static size_t
run_s2(const fm_spc_design *d, const fm_spc_state *s)
{
    double z = 1;
    double limit = 1 + d->limit * sqrt(d->lambda / (2 - d->lambda) * 2 / d->df);
    for (size_t n = 1;; n++) {
        z = (1 - d->lambda) * z +
            d->lambda * s->sigma * s->sigma * gsl_ran_chisq(rng, d->df) / d->df;
        if (z > limit)
            return n;
    }
}

/* Mean, spread and distribution of simulated runs against what is computed. */
static void
compare(const char *name, const fm_spc_design *d, const fm_spc_state *s)
{
    static size_t (*const run[])(const fm_spc_design *, const fm_spc_state *) = {
        run_rules, run_ewma, run_cusum, run_imr, run_mewma, run_s2};
    enum {
        RUNS = 20000
    };
    /* 4.9 standard errors: a false alarm once in a million comparisons. */
    const double bound = 4.9;
    double survival[12], found[12] = {0}, sum = 0, squares = 0, fourth = 0;
    const fm_spc_wish wish = {FM_SPC_WANT_SPREAD | FM_SPC_WANT_QUANTILES, 12, survival};
    fm_spc_run_length r;
    fm_status st = fm_spc_run_length_eval(d, s, &wish, &r);
    ck_assert_msg(st == FM_OK, "%s: status %d", name, (int)st);
    size_t below = 0;
    for (int i = 0; i < RUNS; i++) {
        size_t n = run[d->scheme](d, s);
        double y = (double)n - r.arl;
        sum += y;
        squares += y * y;
        fourth += y * y * y * y;
        below += (double)n <= r.quantile[1];
        for (size_t k = 0; k < 12; k++)
            found[k] += n > k + 1;
    }
    double var = squares / RUNS, se = r.sdrl / sqrt(RUNS);
    double se_var = sqrt((fourth / RUNS - var * var) / RUNS);
    ck_assert_msg(fabs(sum / RUNS) <= bound * se, "%s: arl %.8g, simulated %.8g +- %.2g",
                  name, r.arl, r.arl + sum / RUNS, se);
    ck_assert_msg(fabs(var - r.sdrl * r.sdrl) <= bound * se_var,
                  "%s: sdrl %.8g, simulated %.8g", name, r.sdrl, sqrt(var));
    ck_assert_msg((double)below >= 0.5 * RUNS - bound * 0.5 * sqrt(RUNS),
                  "%s: median %g, but only %zu of %d runs", name, r.quantile[1], below,
                  RUNS);
    for (size_t k = 0; k < 12; k++) {
        double p = survival[k];
        ck_assert_msg(fabs(found[k] / RUNS - p) <=
                          bound * sqrt(p * (1 - p) / RUNS) + 1e-9 + 10.0 / RUNS,
                      "%s: P(N > %zu) %.6g, simulated %.6g", name, k + 1, p,
                      found[k] / RUNS);
    }
}

static void
seed(void)
{
    const char *text = getenv("FM_TEST_SEED");
    unsigned long n = text != NULL ? strtoul(text, NULL, 10) : 20261122;
    (void)fprintf(stderr, "seed %lu\n", n);
    rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, n);
}

START_TEST(rules_as_simulated)
{
    const fm_spc_rule custom = {.m = 3, .w = 5, .region = FM_SPC_WITHIN, .k = 0.7};
    fm_spc_rule_set set[6] = {{0}};
    fm_spc_rule_set_add_named(&set[0], "western-electric");
    fm_spc_rule_set_add_named(&set[1], "nelson");
    fm_spc_rule_set_add_named(&set[2], "nelson3");
    fm_spc_rule_set_add_named(&set[3], "nelson4");
    fm_spc_rule_set_add(&set[4], &custom);
    fm_spc_rule_set_add_named(&set[4], "nelson8");
    fm_spc_rule_set_add_named(&set[5], "nelson3");
    fm_spc_rule_set_add_named(&set[5], "we2");
    seed();
    for (size_t i = 0; i < 6; i++) {
        const fm_spc_design d = {.scheme = FM_SPC_SHEWHART, .rules = &set[i]};
        const fm_spc_state s[] = {{0, 1}, {0.8, 1.3}};
        char name[32];
        (void)snprintf(name, sizeof name, "rules %zu", i);
        for (size_t k = i == 1 ? 1 : 0; k < 2; k++)
            compare(name, &d, &s[k]);
    }
    gsl_rng_free(rng);
}
END_TEST

START_TEST(charts_as_simulated)
{
    static const struct {
        const char *name;
        fm_spc_design d;
        fm_spc_state s;
    } all[] = {
        {"ewma", {.scheme = FM_SPC_EWMA, .lambda = 0.15, .limit = 2.1}, {0.3, 1.2}},
        {"ewma one",
         {.scheme = FM_SPC_EWMA,
          .lambda = 0.15,
          .limit = 2.1,
          .one_sided = true,
          .head_start = 0.8},
         {0.2, 0.9}},
        {"ewma fir",
         {.scheme = FM_SPC_EWMA, .lambda = 0.3, .limit = 2.4, .head_start = 1.3},
         {0.2, 1}},
        {"ewma vary",
         {.scheme = FM_SPC_EWMA, .lambda = 0.1, .limit = 2.3, .time_varying = true},
         {0.35, 1.1}},
        {"cusum",
         {.scheme = FM_SPC_CUSUM,
          .k = 0.35,
          .limit = 3.2,
          .one_sided = true,
          .head_start = 2.9},
         {0.2, 1.2}},
        {"cusum two",
         {.scheme = FM_SPC_CUSUM, .k = 0.35, .limit = 3.2, .head_start = 1.9},
         {0.15, 1.05}},
        {"cusum k 0", {.scheme = FM_SPC_CUSUM, .k = 0, .limit = 5.3}, {-0.05, 1}},
        {"imr", {.scheme = FM_SPC_IMR, .limit = 2.7, .mr_limit = 3.1}, {0.4, 1}},
        {"imr narrow", {.scheme = FM_SPC_IMR, .limit = 2.9, .mr_limit = 1.3}, {0.4, 0.6}},
        {"mewma",
         {.scheme = FM_SPC_MEWMA, .lambda = 0.3, .limit = 9.1, .p = 3},
         {0.6, 1.1}},
        {"mewma even",
         {.scheme = FM_SPC_MEWMA, .lambda = 0.4, .limit = 11, .p = 6},
         {0, 1.2}},
        {"mewma 2",
         {.scheme = FM_SPC_MEWMA, .lambda = 0.4, .limit = 7, .p = 2},
         {0.8, 1}},
        {"s2",
         {.scheme = FM_SPC_S2_EWMA, .lambda = 0.2, .limit = 2.1, .df = 3},
         {0, 1.15}},
        {"s2 df 1",
         {.scheme = FM_SPC_S2_EWMA, .lambda = 0.3, .limit = 1.9, .df = 1},
         {0, 1}},
    };
    seed();
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        compare(all[i].name, &all[i].d, &all[i].s);
    gsl_rng_free(rng);
}
END_TEST

/* ---- 4. properties --------------------------------------------------------------- */

static double
arl_of(const fm_spc_design *d, double mean, double sigma)
{
    const fm_spc_state s = {mean, sigma};
    fm_spc_run_length r;
    ck_assert_int_eq(fm_spc_run_length_eval(d, &s, NULL, &r), FM_OK);
    return r.arl;
}

static void
assert_close(const char *what, double found, double expected, double rel_tol)
{
    ck_assert_msg(fabs(found - expected) <= rel_tol * fabs(expected),
                  "%s: found %.15g, expected %.15g", what, found, expected);
}

/* Different ways to the same chart. */
START_TEST(charts_meet)
{
    fm_spc_rule_set one = {.n = 0};
    fm_spc_rule_set_add(&one, &(fm_spc_rule){.m = 1, .w = 1, .k = 2.385});
    const fm_spc_design shewhart = {.scheme = FM_SPC_SHEWHART, .rules = &one},
                        ewma = {.scheme = FM_SPC_EWMA, .lambda = 1, .limit = 2.385},
                        imr = {.scheme = FM_SPC_IMR, .limit = 2.385, .mr_limit = 5},
                        mewma = {.scheme = FM_SPC_MEWMA,
                                 .lambda = 1,
                                 .p = 1,
                                 .limit = 2.385 * 2.385};
    for (double mean = 0; mean < 3; mean += 0.7) {
        double arl = arl_of(&shewhart, mean, 1.1);
        double p = 0.5 * erfc((2.385 - mean) / 1.1 * M_SQRT1_2) +
                   0.5 * erfc((2.385 + mean) / 1.1 * M_SQRT1_2);
        assert_close("1/p", arl, 1 / p, 1e-13);
        assert_close("ewma", arl_of(&ewma, mean, 1.1), arl, 1e-9);
        assert_close("imr", arl_of(&imr, mean, 1.1), arl, 1e-9);
        assert_close("mewma", arl_of(&mewma, mean, 1.1), arl, 1e-9);
    }
    /* A MEWMA of one variable along the radius and as an EWMA; sides of the shift. */
    const fm_spc_design two = {.scheme = FM_SPC_CUSUM, .k = 0.4, .limit = 3.7};
    assert_close("mirror", arl_of(&two, -0.3, 1), arl_of(&two, 0.3, 1), 1e-13);
    /* With the shift going to 0 the plane meets the radius. */
    const fm_spc_design plane = {
        .scheme = FM_SPC_MEWMA, .lambda = 0.3, .p = 3, .limit = 9};
    assert_close("plane", arl_of(&plane, 1e-7, 1), arl_of(&plane, 0, 1), 2e-6);
}
END_TEST

/* Six in a row rising or falling: without zones only ranks count.  The chance that n values
 * have no such run, from counting permutations by a dynamic programme over ranks. */
START_TEST(trends_count_permutations)
{
    enum {
        N = 12
    };
    fm_spc_rule_set set = {.n = 0};
    ck_assert_int_eq(fm_spc_rule_set_add_named(&set, "nelson3"), FM_OK);
    const fm_spc_design d = {.scheme = FM_SPC_SHEWHART, .rules = &set};
    const fm_spc_state s = {1.3, 2};
    double survival[N - 1];
    const fm_spc_wish wish = {0, N - 1, survival};
    fm_spc_run_length r;
    ck_assert_int_eq(fm_spc_run_length_eval(&d, &s, &wish, &r), FM_OK);
    /* count[rank of the last][direction][length of the trend in differences] */
    static double count[N + 1][2][6], next[N + 1][2][6];
    memset(count, 0, sizeof count);
    count[0][0][0] = 1; /* one value: no difference yet */
    double factorial = 1;
    for (int n = 2; n <= N; n++) {
        memset(next, 0, sizeof next);
        for (int last = 0; last < n - 1; last++)
            for (int dir = 0; dir < 2; dir++)
                for (int len = 0; len < 5; len++)
                    for (int rank = 0; rank < n; rank++) {
                        int up = rank > last;
                        int more = len > 0 && dir == up ? len + 1 : 1;
                        if (more < 5)
                            next[rank][up][more] += count[last][dir][len];
                    }
        memcpy(count, next, sizeof count);
        factorial *= n;
        double good = 0;
        for (int rank = 0; rank < n; rank++)
            for (int k = 0; k < 12; k++)
                good += count[rank][k / 6][k % 6];
        assert_close("permutations", survival[n - 1 < N - 1 ? n - 1 : N - 2],
                     n <= N - 1 ? good / factorial : survival[N - 2], 1e-13);
    }
}
END_TEST

/* Estimated limits: without spread of the estimates they are the given ones. */
START_TEST(estimates_settle)
{
    const fm_spc_design d = {.scheme = FM_SPC_EWMA, .lambda = 0.3, .limit = 2.4};
    const fm_spc_state s = {0.5, 1};
    fm_spc_run_length known, run;
    ck_assert_int_eq(fm_spc_run_length_eval(&d, &s, NULL, &known), FM_OK);
    for (int what = FM_SPC_ESTIMATE_MEAN; what <= FM_SPC_ESTIMATE_BOTH; what++) {
        fm_status st =
            fm_spc_run_length_estimated(&d, &s, 2000000, (fm_spc_estimated)what, &run);
        ck_assert_int_eq(st, FM_OK);
        assert_close("many points", run.arl, known.arl, 1e-4);
        ck_assert(run.sdrl > 0 && isnan(run.steady) && isnan(run.quantile[1]));
    }
}
END_TEST

/* ---- 5. refusals ----------------------------------------------------------------- */

START_TEST(designs_refuse)
{
    static const fm_spc_design bad[] = {
        {.scheme = FM_SPC_SHEWHART},
        {.scheme = FM_SPC_EWMA, .lambda = 0, .limit = 3},
        {.scheme = FM_SPC_EWMA, .lambda = 1.1, .limit = 3},
        {.scheme = FM_SPC_EWMA, .lambda = NAN, .limit = 3},
        {.scheme = FM_SPC_EWMA, .lambda = 0.1, .limit = 0},
        {.scheme = FM_SPC_EWMA, .lambda = 0.1, .limit = 3, .head_start = 3},
        {.scheme = FM_SPC_EWMA,
         .lambda = 0.1,
         .limit = 3,
         .time_varying = true,
         .one_sided = true},
        {.scheme = FM_SPC_EWMA,
         .lambda = 0.1,
         .limit = 3,
         .time_varying = true,
         .head_start = 1},
        {.scheme = FM_SPC_CUSUM, .k = -0.1, .limit = 3},
        {.scheme = FM_SPC_CUSUM, .k = 0.5, .limit = -3},
        {.scheme = FM_SPC_CUSUM,
         .k = 0.5,
         .limit = 4,
         .head_start = 4.1,
         .one_sided = true},
        {.scheme = FM_SPC_CUSUM, .k = 0.5, .limit = 4, .head_start = 2.6},
        {.scheme = FM_SPC_IMR, .limit = 3, .mr_limit = 0},
        {.scheme = FM_SPC_MEWMA, .lambda = 0.1, .limit = 3, .p = 0},
        {.scheme = FM_SPC_MEWMA, .lambda = 0.1, .limit = 3, .p = 101},
        {.scheme = FM_SPC_S2_EWMA, .lambda = 0.1, .limit = 3, .df = 0},
    };
    const fm_spc_state good = {0, 1},
                       wrong[] = {{NAN, 1}, {0, 0}, {0, -1}, {0, INFINITY}};
    const fm_spc_design ewma = {.scheme = FM_SPC_EWMA, .lambda = 0.1, .limit = 3};
    fm_spc_run_length r = {.arl = -7};
    double y = -7;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_int_eq(fm_spc_design_validate(&bad[i]), FM_EDOM);
        ck_assert_int_eq(fm_spc_run_length_eval(&bad[i], &good, NULL, &r), FM_EDOM);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_int_eq(fm_spc_run_length_eval(&ewma, &wrong[i], NULL, &r), FM_EDOM);
    ck_assert_int_eq(fm_spc_run_length_estimated(&ewma, &good, 1, 0, &r), FM_EDOM);
    ck_assert_int_eq(fm_spc_limit_for_arl(&ewma, 1, &y), FM_EDOM);
    ck_assert_int_eq(fm_spc_poisson_cusum_arl(0, 1, 40, 4, &y), FM_EDOM);
    ck_assert_int_eq(fm_spc_poisson_cusum_arl(0.01, 1, 400, 1, &y), FM_ENOCONV);
    ck_assert(r.arl == -7 && y == -7);
}
END_TEST

START_TEST(too_much_is_refused)
{
    const fm_spc_state s = {0, 1};
    fm_spc_run_length r = {.arl = -7};
    double y = -7;
    fm_spc_rule_set set = {.n = 0};
    fm_spc_rule_set_add(&set, &(fm_spc_rule){.m = 20, .w = 40, .k = 0.5});
    const fm_spc_design wide = {.scheme = FM_SPC_SHEWHART, .rules = &set};
    ck_assert_int_eq(fm_spc_run_length_eval(&wide, &s, NULL, &r), FM_ERANGE);
    ck_assert_int_eq(fm_spc_rules_arl(&set, 0, &y), FM_ERANGE);
    /* Runs beyond 1e10 points, and a kernel too narrow for the limit. */
    const fm_spc_design far = {.scheme = FM_SPC_EWMA, .lambda = 0.5, .limit = 9},
                        narrow = {.scheme = FM_SPC_EWMA, .lambda = 1e-6, .limit = 3};
    ck_assert_int_eq(fm_spc_run_length_eval(&far, &s, NULL, &r), FM_ENOCONV);
    ck_assert_int_eq(fm_spc_run_length_eval(&narrow, &s, NULL, &r), FM_ENOCONV);
    /* No factor makes eight in a row on one side rarer. */
    fm_spc_rule_set eight = {.n = 0};
    fm_spc_rule_set_add_named(&eight, "we4");
    const fm_spc_design run = {.scheme = FM_SPC_SHEWHART, .rules = &eight};
    ck_assert_int_eq(fm_spc_limit_for_arl(&run, 370, &y), FM_ESINGULAR);
    ck_assert(r.arl == -7 && y == -7);
}
END_TEST

START_TEST(counts_refuse)
{
    static const struct {
        const char *set;
        fm_spc_counted counts;
        fm_status status;
    } bad[] = {
        {"1", {FM_SPC_BINOMIAL, 0, 50}, FM_EDOM},
        {"1", {FM_SPC_BINOMIAL, 1, 50}, FM_EDOM},
        {"1", {FM_SPC_BINOMIAL, 0.2, 50.5}, FM_EDOM},
        {"1", {FM_SPC_BINOMIAL, 1e-9, 2e9}, FM_EDOM},
        {"1", {FM_SPC_POISSON, NAN, 1}, FM_EDOM},
        {"1", {FM_SPC_POISSON, 2e9, 1}, FM_EDOM},
        {"1", {FM_SPC_GEOMETRIC, 2e9, 1}, FM_EDOM},
        {"n3", {FM_SPC_POISSON, 6.3, 1}, FM_EDOM},
        {"1+4", {FM_SPC_POISSON, 4, 1}, FM_ESINGULAR}, /* on the centre line */
        {"n7", {FM_SPC_POISSON, 4, 1}, FM_ESINGULAR},  /* 6 is one sigma away */
        {"1", {FM_SPC_BINOMIAL, 0.5, 2}, FM_ENOCONV},  /* limits below 0, above 2 */
    };
    double arl = -7;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        fm_spc_rule_set set;
        read_set(bad[i].set, &set);
        ck_assert_msg(fm_spc_counts_arl(&set, &bad[i].counts, &arl) == bad[i].status,
                      "case %zu", i);
    }
    fm_spc_rule_set wide = {.n = 0};
    fm_spc_rule_set_add(&wide, &(fm_spc_rule){.m = 20, .w = 40, .k = 0.5});
    const fm_spc_counted good = {FM_SPC_POISSON, 6.3, 1};
    ck_assert_int_eq(fm_spc_counts_arl(&wide, &good, &arl), FM_ERANGE);
    ck_assert(arl == -7);
}
END_TEST

/* ---- 6. main --------------------------------------------------------------------- */

int
main(void)
{
    gsl_set_error_handler_off();
    Suite *suite = suite_create("spc run lengths");
    TCase *exact = tcase_create("exact");
    tcase_add_test(exact, certified_rows);
    tcase_add_test(exact, sets_add_and_merge);
    tcase_add_test(exact, sets_refuse);
    tcase_add_test(exact, charts_meet);
    tcase_add_test(exact, trends_count_permutations);
    tcase_add_test(exact, estimates_settle);
    tcase_add_test(exact, designs_refuse);
    tcase_add_test(exact, too_much_is_refused);
    tcase_add_test(exact, counts_refuse);
    tcase_set_timeout(exact, 240);
    suite_add_tcase(suite, exact);
    TCase *random = tcase_create("random");
    tcase_add_test(random, rules_as_simulated);
    tcase_add_test(random, charts_as_simulated);
    tcase_set_timeout(random, 240);
    suite_add_tcase(suite, random);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
