/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of paired differences: certified rows, properties, every status. */
#include "config.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <gsl/gsl_errno.h>

#include "math/paired.h"

enum {
    MAX_PAIRS = 16,
    FIELDS = 11
};

static void
assert_near(double found, double expected, double rel_tol, const char *what)
{
    ck_assert_msg(fabs(found - expected) <= rel_tol * fabs(expected),
                  "%s: %.17g, expected %.17g", what, found, expected);
}

static size_t
numbers(const char *text, double x_out[MAX_PAIRS])
{
    size_t n = 0;
    char *end = NULL;

    for (double x = strtod(text, &end); end != text; x = strtod(text, &end)) {
        ck_assert_uint_lt(n, MAX_PAIRS);
        x_out[n++] = x;
        text = end;
    }
    return n;
}

static void
check_row(char *line)
{
    char *field[FIELDS];
    double base[MAX_PAIRS], changed[MAX_PAIRS], half = 0;
    fm_math_paired p;

    for (size_t i = 0; i < FIELDS; i++)
        field[i] = strsep(&line, ",");
    ck_assert_ptr_nonnull(field[FIELDS - 1]);
    size_t n = numbers(field[1], base);
    ck_assert_uint_eq(numbers(field[2], changed), n);
    double tol = strtod(field[8], NULL);
    ck_assert_int_eq(fm_math_paired_eval(base, changed, n, &p), FM_OK);
    ck_assert_int_eq(fm_math_paired_half(&p, 0.95, &half), FM_OK);
    ck_assert_uint_eq(p.n, n);
    assert_near(p.delta, strtod(field[3], NULL), tol, field[0]);
    assert_near(p.se, strtod(field[4], NULL), tol, field[0]);
    assert_near(p.t, strtod(field[5], NULL), tol, field[0]);
    assert_near(p.p_1, strtod(field[6], NULL), tol, field[0]);
    assert_near(half, strtod(field[7], NULL), tol, field[0]);
}

START_TEST(certified_rows)
{
    const char *srcdir = getenv("top_srcdir");
    char path[4096], line[1024];
    int n = 0;

    (void)snprintf(path, sizeof path, "%s/src/math/paired_certified.csv",
                   srcdir != NULL ? srcdir : "..");
    FILE *f = fopen(path, "r");
    ck_assert_msg(f != NULL, "cannot open %s", path);
    while (fgets(line, sizeof line, f) != NULL) {
        if (line[0] != 't')
            continue;
        check_row(line);
        n++;
    }
    (void)fclose(f);
    ck_assert_int_eq(n, 4);
}
END_TEST

/* What the pairs have in common cancels; a factor scales all but t and p. */
START_TEST(properties)
{
    const double base[] = {2.385, 2.412, 2.398, 2.431};
    const double changed[] = {2.391, 2.409, 2.415, 2.446};
    double moved[4], moved_to[4], half = 0, back = 0;
    fm_math_paired p, q;

    ck_assert_int_eq(fm_math_paired_eval(base, changed, 4, &p), FM_OK);
    for (int i = 0; i < 4; i++) {
        moved[i] = 1024 * base[3 - i];
        moved_to[i] = 1024 * changed[3 - i];
    }
    ck_assert_int_eq(fm_math_paired_eval(moved, moved_to, 4, &q), FM_OK);
    assert_near(q.delta, 1024 * p.delta, 1e-12, "delta");
    assert_near(q.se, 1024 * p.se, 1e-12, "se");
    assert_near(q.t, p.t, 1e-12, "t");
    ck_assert_int_eq(fm_math_paired_eval(changed, base, 4, &q), FM_OK);
    assert_near(q.t, -p.t, 1e-12, "sign");
    assert_near(q.p_1, p.p_1, 1e-12, "p");
    /* The interval that just reaches 0 has confidence 1 - p. */
    ck_assert_int_eq(fm_math_paired_half(&p, 1 - p.p_1, &half), FM_OK);
    assert_near(half, fabs(p.delta), 1e-7, "half");
    ck_assert_int_eq(fm_math_paired_half(&p, 0.5, &back), FM_OK);
    ck_assert(back < p.se && back > 0);
}
END_TEST

START_TEST(no_spread)
{
    const double base[] = {0.1, 0.7, 1.3, 2.9};
    double changed[4];
    fm_math_paired p;

    for (int i = 0; i < 4; i++)
        changed[i] = base[i] + 0.3; /* equal only within rounding */
    ck_assert_int_eq(fm_math_paired_eval(base, changed, 4, &p), FM_OK);
    assert_near(p.delta, 0.3, 1e-14, "delta");
    ck_assert(p.se == 0 && isnan(p.t) && isnan(p.p_1));
    ck_assert_int_eq(fm_math_paired_eval(base, base, 4, &p), FM_OK);
    ck_assert(p.delta == 0 && p.se == 0 && isnan(p.p_1));
    ck_assert_int_eq(fm_math_paired_eval(base, changed, 1, &p), FM_OK);
    ck_assert(p.n == 1 && isnan(p.se) && isnan(p.p_1));
}
END_TEST

START_TEST(every_status)
{
    const double good[] = {1.07, 2.91}, bad[] = {1.07, (double)NAN};
    const double huge[] = {DBL_MAX, 1}, low[] = {-DBL_MAX, 2};
    fm_math_paired p = {.n = 77}, ok;
    double half = 77;

    ck_assert_int_eq(fm_math_paired_eval(good, good, 0, &p), FM_ETOOFEW);
    ck_assert_int_eq(fm_math_paired_eval(good, bad, 2, &p), FM_EDOM);
    ck_assert_int_eq(fm_math_paired_eval(bad, good, 2, &p), FM_EDOM);
    ck_assert_int_eq(fm_math_paired_eval(low, huge, 2, &p), FM_ERANGE);
    ck_assert_uint_eq(p.n, 77);
    ck_assert_int_eq(fm_math_paired_eval(good, good, 1, &ok), FM_OK);
    ck_assert_int_eq(fm_math_paired_half(&ok, 0.95, &half), FM_ETOOFEW);
    ck_assert_int_eq(fm_math_paired_half(&ok, 1, &half), FM_EDOM);
    ck_assert_int_eq(fm_math_paired_half(&ok, (double)NAN, &half), FM_EDOM);
    ck_assert(half == 77);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("paired");
    TCase *cases = tcase_create("paired");

    gsl_set_error_handler_off();
    tcase_add_test(cases, certified_rows);
    tcase_add_test(cases, properties);
    tcase_add_test(cases, no_spread);
    tcase_add_test(cases, every_status);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
