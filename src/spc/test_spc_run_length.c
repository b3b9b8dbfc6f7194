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
    ck_assert_int_ge(n_rows, 320);
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
    tcase_set_timeout(exact, 120);
    suite_add_tcase(suite, exact);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
