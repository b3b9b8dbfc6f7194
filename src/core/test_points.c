/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers, points, rows, and blocks of draws.
 *
 * Certified rows of the generator: known-answer vectors of Random123 1.14; stream rows
 * computed twice, from its headers and by an independent integer implementation.
 */
#include "config.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_qrng.h>

#include "core/rows.h"
#include "core/scenario.h"
#include "core/sweep.h"
#include "core/text.h"

/* ---- random numbers -------------------------------------------------------------- */

START_TEST(test_known_answers)
{
    static const struct {
        uint32_t counter[4], key[2], words[4];
    } rows[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };

    for (size_t i = 0; i < FM_COUNT(rows); i++) {
        const uint32_t *c = rows[i].counter;
        fm_stream s = fm_stream_make((uint64_t)rows[i].key[1] << 32 | rows[i].key[0],
                                     (uint64_t)c[3] << 32 | c[2], c[1]);
        uint32_t words[4];
        fm_rng_words(&s, c[0], words);
        for (int k = 0; k < 4; k++)
            ck_assert_uint_eq(words[k], rows[i].words[k]);
    }
}
END_TEST

START_TEST(test_stream_rows)
{
    static const struct {
        uint64_t seed, point, draw;
        uint32_t words[4];
        double u;
    } rows[] = {
        {1, 0, 0, {0xe3e80670, 0xe50a0ebc, 0x95f222c0, 0xb615aa27}, 0x1.ca141d79c7d01p-1},
        {1, 0, 1, {0xac08141b, 0xdfc5ccbe, 0x79c07a47, 0xa7f66093}, 0x1.bf8b997d58103p-1},
        {1, 1, 0, {0x07071c12, 0x428264b6, 0x3909104b, 0x6da2bda2}, 0x1.0a0992d81c1c6p-2},
        {7, 5, 3, {0x6e5bf2ec, 0xd15c55fc, 0xcad98875, 0x7c25694b}, 0x1.a2b8abf8dcb7fp-1},
        {1311768467463790320u,
         5,
         1000000,
         {0x5778d08c, 0xebf09c40, 0xd3533d96, 0x51ed3520},
         0x1.d7e13880aef1bp-1},
        {18446744073709551615u,
         4294967295u,
         4294967295u,
         {0x5b0acd09, 0xa7c30993, 0x5f2d431d, 0xf2ff6fcc},
         0x1.4f861326b6159p-1},
    };

    for (size_t i = 0; i < FM_COUNT(rows); i++) {
        fm_stream s = fm_stream_make(rows[i].seed, rows[i].point, 0);
        uint32_t words[4];
        double u;
        double v;
        fm_rng_words(&s, (uint32_t)rows[i].draw, words);
        for (int k = 0; k < 4; k++)
            ck_assert_uint_eq(words[k], rows[i].words[k]);
        fm_rng_uniform(&s, rows[i].draw, 1, &u);
        ck_assert(u == rows[i].u);
        fm_rng_uniform2(&s, rows[i].draw, 1, &u, &v);
        uint64_t x = (uint64_t)words[3] << 32 | words[2];
        ck_assert(u == rows[i].u);
        ck_assert(v == (0.5 + (double)(x >> 12)) * 0x1p-52);
    }
}
END_TEST

/* Seed 7, 16 points, 100 draws: means of -ln u, their sum, and FNV-1a 64 over their
 * bytes. */
START_TEST(test_rank_independence)
{
    static const struct {
        bool scaled;
        double sum;
        uint64_t digest;
    } rows[] = {{false, 15.767191807560881, UINT64_C(0x5f455db760716047)},
                {true, 2269.369413893101, UINT64_C(0x5e31158564e03b87)}};

    for (size_t r = 0; r < FM_COUNT(rows); r++) {
        double y[16];
        double u[100];
        double sum = 0;
        for (uint64_t p = 0; p < 16; p++) {
            fm_stream s = fm_stream_make(7, p, 0);
            fm_rng_uniform(&s, 0, 100, u);
            y[p] = 0;
            for (int i = 0; i < 100; i++)
                y[p] += -log(u[i]);
            y[p] /= 100;
            if (rows[r].scaled)
                y[p] *= pow(10, (double)(p % 7) - 3);
            sum += y[p];
        }
        ck_assert_msg(sum == rows[r].sum, "%.17g", sum);
        ck_assert_uint_eq(fm_fnv1a_64(y, sizeof y), rows[r].digest);
    }
}
END_TEST

/* A block equals its draws one by one, whatever the cut; the last draw is allowed. */
START_TEST(test_blocks_of_draws)
{
    const uint64_t last = UINT64_C(1) << 32;
    fm_stream s = fm_stream_make(2385, UINT64_C(1) << 40, 99);
    double whole[1000];
    double u[1000];
    double v[1000];

    fm_rng_uniform(&s, last - 1000, 1000, whole);
    for (size_t cut = 1; cut < 1000; cut += 37) {
        fm_rng_uniform(&s, last - 1000, cut, u);
        fm_rng_uniform2(&s, last - 1000 + cut, 1000 - cut, u + cut, v);
        ck_assert_mem_eq(u, whole, sizeof u);
    }
}
END_TEST

/* A stream that begins later gives the same draws under smaller numbers. */
START_TEST(test_first_draw)
{
    const uint64_t last = UINT64_C(1) << 32;
    fm_stream s = fm_stream_make(2385, 77, 99);
    double whole[500], u[500], v[500], w[500];
    uint32_t words[4], moved[4];

    fm_rng_uniform2(&s, last - 500, 500, whole, w);
    fm_rng_words(&s, 123457, words);
    s.first = (uint32_t)(last - 500);
    fm_rng_uniform(&s, 0, 200, u);
    fm_rng_uniform2(&s, 200, 300, u + 200, v);
    ck_assert_mem_eq(u, whole, sizeof u);
    ck_assert_mem_eq(v, w + 200, 300 * sizeof *v);
    s.first = 123450;
    fm_rng_words(&s, 7, moved);
    ck_assert_mem_eq(words, moved, sizeof words);
}
END_TEST

/* Loops over many draws at once give the words of Random123, one draw at a time, for all
 * lengths around the widths of vectors. */
START_TEST(test_many_at_once)
{
    const uint64_t last = UINT64_C(1) << 32;
    const uint64_t firsts[] = {0, 1, 65535, (UINT64_C(1) << 31) - 3, last - 70};
    double u[71];
    double v[71];
    double one[71];
    size_t n_wrong = 0;

    for (uint64_t k = 0; k < 200; k++) {
        fm_stream s = fm_stream_make(k * UINT64_C(0x9e3779b97f4a7c15),
                                     ~(k * UINT64_C(0xd1342543de82ef95)), (uint32_t)k);
        size_t n = k % 71;
        uint64_t first = firsts[k % FM_COUNT(firsts)];
        u[n] = v[n] = one[n] = 2.385;
        fm_rng_uniform(&s, first, n, one);
        fm_rng_uniform2(&s, first, n, u, v);
        ck_assert(u[n] == 2.385 && v[n] == 2.385 && one[n] == 2.385);
        for (size_t i = 0; i < n; i++) {
            uint32_t w[4];
            fm_rng_words(&s, (uint32_t)(first + i), w);
            uint64_t x = ((uint64_t)w[1] << 32 | w[0]) >> 12;
            uint64_t y = ((uint64_t)w[3] << 32 | w[2]) >> 12;
            n_wrong += u[i] != (0.5 + (double)x) * 0x1p-52;
            n_wrong += v[i] != (0.5 + (double)y) * 0x1p-52;
            n_wrong += one[i] != u[i];
        }
    }
    ck_assert_uint_eq(n_wrong, 0);
}
END_TEST

START_TEST(test_selector)
{
    ck_assert_uint_eq(fm_stream_selector("pull.simulate", "wire"),
                      fm_fnv1a_32("pull.simulate/wire", 18));
    ck_assert_uint_ne(fm_stream_selector("a", "b"), fm_stream_selector("b", "a"));
}
END_TEST

/* ---- points ---------------------------------------------------------------------- */

enum {
    P_REAL,
    P_WORD,
    P_COUNT,
    P_LOG,
    N_PARAMS
};
static const char *const words[] = {"TT", "FF", "SS", NULL};
static const fm_param params[N_PARAMS] = {
    {.key = "wire.diameter", .kind = FM_REAL, .unit = "um"},
    {.key = "process", .kind = FM_CHOICE, .choices = words},
    {.key = "n", .kind = FM_INTEGER},
    {.key = "rate", .kind = FM_REAL, .unit = "1"},
};
static const fm_column columns[] = {
    {.name = "x", .type = FM_TYPE_REAL},
    {.name = "i", .type = FM_TYPE_INTEGER},
    {.name = "c", .type = FM_TYPE_CODE},
    {.name = "t", .type = FM_TYPE_TEXT},
};
static const fm_table tables[] = {
    {.name = "one", .shape = FM_ONE_ROW, .columns = columns, .n_columns = 4},
    {.name = "many", .shape = FM_MANY_ROWS, .columns = columns, .n_columns = 4},
};
static const fm_study study = {.name = "test.points",
                               .params = params,
                               .n_params = N_PARAMS,
                               .tables = tables,
                               .n_tables = 2};

/* A scenario made by hand: all four parameters may be axes. */
typedef struct fixture {
    fm_scenario scenario;
    fm_value values[N_PARAMS];
    fm_value words[3];
    fm_value counts[4];
    fm_axis axes[N_PARAMS];
} fixture;

static void
fill(fixture *f, fm_sampling sampling, uint64_t n_points)
{
    memset(f, 0, sizeof *f);
    for (int i = 0; i < N_PARAMS; i++)
        f->values[i] = (fm_value){.kind = params[i].kind, .present = true, .integer = 77};
    for (int i = 0; i < 3; i++)
        f->words[i] = (fm_value){.kind = FM_CHOICE,
                                 .given = true,
                                 .present = true,
                                 .integer = i,
                                 .text = words[i]};
    for (int i = 0; i < 4; i++)
        f->counts[i] = (fm_value){
            .kind = FM_INTEGER, .given = true, .present = true, .integer = 10 * i};
    f->axes[0] = (fm_axis){P_WORD, FM_AXIS_VALUES, 0, 0, 3, f->words, {0, 1, 0}};
    f->axes[1] = (fm_axis){P_REAL, FM_AXIS_LINEAR, 20, 33.5, 5, NULL, {-6, 1, 0}};
    f->axes[2] = (fm_axis){P_COUNT, FM_AXIS_VALUES, 0, 0, 4, f->counts, {0, 1, 0}};
    f->axes[3] = (fm_axis){P_LOG, FM_AXIS_LOG, 1e-3, 1e3, 7, NULL, {0, 1, 0}};
    f->scenario = (fm_scenario){.study = &study,
                                .seed = 20261121,
                                .draws = 1000,
                                .values = f->values,
                                .sampling = sampling,
                                .axes = f->axes,
                                .n_axes = 4,
                                .n_points = n_points};
}

static void
seek(fm_cursor *cursor, uint64_t index, fm_value *values_out)
{
    fm_point point;

    ck_assert_int_eq(fm_cursor_seek(cursor, index, &point), FM_OK);
    ck_assert_uint_eq(point.index, index);
    memcpy(values_out, point.values, N_PARAMS * sizeof *values_out);
}

static void
check_same(const fm_value *a, const fm_value *b)
{
    ck_assert_int_eq(a->kind, b->kind);
    ck_assert_mem_eq(&a->real, &b->real, sizeof a->real);
    ck_assert_mem_eq(&a->si, &b->si, sizeof a->si);
    ck_assert_int_eq(a->integer, b->integer);
    ck_assert_ptr_eq(a->text, b->text);
    ck_assert(a->present && b->present);
}

START_TEST(test_grid)
{
    fixture f;
    fm_cursor *cursor = NULL;
    fm_point point;
    uint64_t index = 0;

    fill(&f, FM_GRID, 3 * 5 * 4 * 7);
    ck_assert_int_eq(fm_cursor_create(&f.scenario, &cursor), FM_OK);
    for (uint64_t a = 0; a < 3; a++)
        for (uint64_t b = 0; b < 5; b++)
            for (uint64_t c = 0; c < 4; c++)
                for (uint64_t d = 0; d < 7; d++) {
                    const uint64_t step[] = {a, b, c, d};
                    fm_value v[N_PARAMS];
                    seek(cursor, index++, v);
                    for (size_t k = 0; k < 4; k++) {
                        fm_value axis;
                        fm_axis_value(&f.scenario, k, step[k], &axis);
                        check_same(&v[f.axes[k].param], &axis);
                    }
                }
    ck_assert_int_eq(fm_cursor_seek(cursor, index, &point), FM_ERANGE);
    ck_assert_int_eq(fm_cursor_seek(cursor, UINT64_MAX, &point), FM_ERANGE);
    fm_cursor_free(cursor);
}
END_TEST

START_TEST(test_axis_values)
{
    static const double decades[] = {1e-3, 1e-2, 1e-1, 1, 10, 100, 1000};
    const bool slow = getenv("FM_TEST_VALGRIND") != NULL; /* it computes without the last
                                                             11 bits of long double */
    const double rel_tol = slow ? 16 * DBL_EPSILON : 0;
    fixture f;
    fm_value v;

    fill(&f, FM_GRID, 1);
    for (uint64_t i = 0; i < 7; i++) {
        fm_axis_value(&f.scenario, 3, i, &v);
        ck_assert_msg(fabs(v.real - decades[i]) <= rel_tol * decades[i], "%.17g", v.real);
        ck_assert_ptr_null(v.text);
    }
    fm_axis_value(&f.scenario, 1, 0, &v);
    ck_assert(v.real == 20 && v.si == 20e-6);
    fm_axis_value(&f.scenario, 1, 4, &v);
    ck_assert(v.real == 33.5);
    fm_axis_value(&f.scenario, 1, 2, &v);
    ck_assert(v.real == 26.75);
    f.axes[1] = (fm_axis){P_REAL, FM_AXIS_LINEAR, 0, 1, 4, NULL, {0, 1, 0}};
    fm_axis_value(&f.scenario, 1, 1, &v);
    ck_assert(v.real == 1.0 / 3);
    f.axes[1] = (fm_axis){P_REAL, FM_AXIS_LINEAR, -1e-9, 2e-9, 4, NULL, {0, 1, 0}};
    fm_axis_value(&f.scenario, 1, 1, &v);
    ck_assert(v.real == 0);
    fm_axis_value(&f.scenario, 1, 2, &v);
    ck_assert(v.real == 1e-9);
    f.axes[1] = (fm_axis){P_REAL, FM_AXIS_LINEAR, 0.2, 0.8, 13, NULL, {0, 1, 0}};
    for (uint64_t i = 0; i < 13; i++) {
        fm_axis_value(&f.scenario, 1, i, &v);
        ck_assert_msg(v.real == (double)(20 + 5 * i) / 100, "%.17g", v.real);
    }
    f.axes[1].n = 1;
    fm_axis_value(&f.scenario, 1, 0, &v);
    ck_assert(v.real == 0.2);
    char *name = fm_axis_name(&f.scenario, 1);
    ck_assert_str_eq(name, "wire_diameter");
    free(name);
}
END_TEST

START_TEST(test_zip)
{
    fixture f;
    fm_cursor *cursor = NULL;
    fm_value v[N_PARAMS];

    fill(&f, FM_ZIP, 3);
    ck_assert_int_eq(fm_cursor_create(&f.scenario, &cursor), FM_OK);
    for (uint64_t i = 3; i-- > 0;) {
        seek(cursor, i, v);
        for (size_t k = 0; k < 4; k++) {
            fm_value axis;
            fm_axis_value(&f.scenario, k, i, &axis);
            check_same(&v[f.axes[k].param], &axis);
        }
    }
    fm_cursor_free(cursor);
}
END_TEST

/* The base point without axes; the values of parameters that are not swept stay. */
START_TEST(test_no_axes)
{
    fixture f;
    fm_cursor *cursor = NULL;
    fm_value v[N_PARAMS];

    for (int mode = FM_GRID; mode <= FM_SOBOL; mode++) {
        fill(&f, (fm_sampling)mode, 1);
        f.scenario.n_axes = 0;
        ck_assert_int_eq(fm_cursor_create(&f.scenario, &cursor), FM_OK);
        seek(cursor, 0, v);
        for (int i = 0; i < N_PARAMS; i++)
            ck_assert_int_eq(v[i].integer, 77);
        fm_cursor_free(cursor);
    }
}
END_TEST

/* Stratum of a real axis' value: 0 ... n - 1. */
static uint64_t
stratum(const fm_axis *axis, double x, uint64_t n)
{
    double u = axis->kind == FM_AXIS_LOG
                   ? log(x / axis->from) / log(axis->to / axis->from)
                   : (x - axis->from) / (axis->to - axis->from);
    ck_assert(u > 0 && u < 1);
    return (uint64_t)(u * (double)n);
}

START_TEST(test_lhs)
{
    static const uint64_t sizes[] = {1, 2, 7, 100, 1000};
    const uint64_t n = sizes[_i];
    fixture f;
    fm_cursor *cursor = NULL;
    fm_value v[N_PARAMS];
    int seen[2][1000] = {{0}};
    uint64_t shares[4] = {0};
    int equal = 0;

    fill(&f, FM_LHS, n);
    ck_assert_int_eq(fm_cursor_create(&f.scenario, &cursor), FM_OK);
    for (uint64_t i = 0; i < n; i++) {
        seek(cursor, i, v);
        uint64_t a = stratum(&f.axes[1], v[P_REAL].real, n);
        uint64_t b = stratum(&f.axes[3], v[P_LOG].real, n);
        seen[0][a]++;
        seen[1][b]++;
        equal += a == b;
        shares[v[P_COUNT].integer / 10]++;
        ck_assert(fabs(v[P_REAL].si / v[P_REAL].real / 1e-6 - 1) < 1e-15);
    }
    for (uint64_t i = 0; i < n; i++)
        ck_assert_msg(seen[0][i] == 1 && seen[1][i] == 1, "stratum %d", (int)i);
    for (int k = 0; k < 4 && n >= 100; k++)
        ck_assert_uint_eq(shares[k], n / 4);
    /* Two random permutations agree in 1 place on average; 12 has a chance below 1e-9. */
    ck_assert_int_lt(equal, 12);
    fm_cursor_free(cursor);
}
END_TEST

/* Another seed gives another hypercube; an axis does not feel the others. */
START_TEST(test_lhs_seed)
{
    fixture f;
    fm_cursor *cursor = NULL;
    fm_value first[N_PARAMS];
    fm_value v[N_PARAMS];

    fill(&f, FM_LHS, 1000);
    ck_assert_int_eq(fm_cursor_create(&f.scenario, &cursor), FM_OK);
    seek(cursor, 5, first);
    fm_cursor_free(cursor);
    f.scenario.n_axes = 2;
    ck_assert_int_eq(fm_cursor_create(&f.scenario, &cursor), FM_OK);
    seek(cursor, 5, v);
    ck_assert(v[P_REAL].real == first[P_REAL].real);
    fm_cursor_free(cursor);
    f.scenario.seed++;
    ck_assert_int_eq(fm_cursor_create(&f.scenario, &cursor), FM_OK);
    seek(cursor, 5, v);
    ck_assert(v[P_REAL].real != first[P_REAL].real);
    fm_cursor_free(cursor);
}
END_TEST

/* Over seeds, each ordered pair of strata comes to the first two points of five equally
 * often: chi-square with 19 degrees of freedom, 60 is exceeded with a chance of 4e-6. */
START_TEST(test_lhs_pairs)
{
    const double expected = 100;
    double count[5][5] = {{0}};
    double chi2 = 0;
    fixture f;

    fill(&f, FM_LHS, 5);
    for (uint64_t seed = 0; seed < 2000; seed++) {
        fm_cursor *cursor = NULL;
        fm_value v[2][N_PARAMS];
        f.scenario.seed = seed;
        ck_assert_int_eq(fm_cursor_create(&f.scenario, &cursor), FM_OK);
        seek(cursor, 0, v[0]);
        seek(cursor, 1, v[1]);
        fm_cursor_free(cursor);
        count[stratum(&f.axes[1], v[0][P_REAL].real, 5)]
             [stratum(&f.axes[1], v[1][P_REAL].real, 5)]++;
    }
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 5; k++)
            chi2 +=
                i == k ? count[i][k] * 1e6 : pow(count[i][k] - expected, 2) / expected;
    ck_assert_double_lt(chi2, 60);
}
END_TEST

START_TEST(test_sobol)
{
    static const uint64_t order[] = {0, 1, 2, 50, 49, 3, 0, 99, 99, 17};
    double u[100][4];
    fixture f;
    fm_cursor *cursor = NULL;
    gsl_qrng *q = gsl_qrng_alloc(gsl_qrng_sobol, 4);

    ck_assert_ptr_nonnull(q);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(gsl_qrng_get(q, u[i]), 0);
    gsl_qrng_free(q);
    fill(&f, FM_SOBOL, 100);
    ck_assert_int_eq(fm_cursor_create(&f.scenario, &cursor), FM_OK);
    for (size_t i = 0; i < FM_COUNT(order); i++) {
        fm_value v[N_PARAMS];
        const double *w = u[order[i]];
        seek(cursor, order[i], v);
        ck_assert_int_eq(v[P_WORD].integer, (int64_t)(w[0] * 3));
        ck_assert(fabs(v[P_REAL].real - (20 + 13.5 * w[1])) < 1e-14);
        ck_assert_int_eq(v[P_COUNT].integer, 10 * (int64_t)(w[2] * 4));
        ck_assert(fabs(log10(v[P_LOG].real) - (-3 + 6 * w[3])) < 1e-14);
    }
    fm_cursor_free(cursor);
    cursor = NULL;
    f.scenario.n_points = UINT64_C(1) << 30;
    ck_assert_int_eq(fm_cursor_create(&f.scenario, &cursor), FM_ERANGE);
    ck_assert_ptr_null(cursor);
}
END_TEST

/* Any order of seeks gives what running through gives. */
START_TEST(test_random_access)
{
    fixture f;
    fm_cursor *forward = NULL;
    fm_cursor *jumping = NULL;
    const uint64_t n = _i == FM_ZIP ? 3 : 3 * 5 * 4 * 7;
    fm_value a[N_PARAMS];
    fm_value b[N_PARAMS];

    fill(&f, (fm_sampling)_i, n);
    ck_assert_int_eq(fm_cursor_create(&f.scenario, &forward), FM_OK);
    ck_assert_int_eq(fm_cursor_create(&f.scenario, &jumping), FM_OK);
    for (uint64_t i = 0; i < n; i++) {
        uint32_t w[4];
        const fm_stream s = fm_stream_make(3, i, 0);
        fm_rng_words(&s, 0, w);
        seek(jumping, w[0] % n, b);
        seek(jumping, i, b);
        seek(forward, i, a);
        for (int k = 0; k < N_PARAMS; k++)
            check_same(&a[k], &b[k]);
    }
    fm_cursor_free(jumping);
    fm_cursor_free(forward);
}
END_TEST

/* The last point of a grid of 10^12: nothing grows with the number of points. */
START_TEST(test_large_grid)
{
    fixture f;
    fm_cursor *cursor = NULL;
    fm_value v[N_PARAMS];
    const uint64_t n = 1000000;

    fill(&f, FM_GRID, n * n);
    f.axes[0] = f.axes[1];
    f.axes[1] = f.axes[3];
    f.axes[0].n = f.axes[1].n = n;
    f.scenario.n_axes = 2;
    ck_assert_int_eq(fm_cursor_create(&f.scenario, &cursor), FM_OK);
    seek(cursor, n * n - 1, v);
    ck_assert(v[P_REAL].real == 33.5 && v[P_LOG].real == 1e3);
    seek(cursor, 0, v);
    ck_assert(v[P_REAL].real == 20 && v[P_LOG].real == 1e-3);
    fm_cursor_free(cursor);
}
END_TEST

/* ---- rows ------------------------------------------------------------------------ */

static void
put(fm_out *out, size_t table, int64_t i)
{
    char text[32];

    (void)snprintf(text, sizeof text, "row %d", (int)i);
    const fm_cell cells[] = {
        {.real = 0.5 * (double)i}, {.integer = i}, {.integer = i % 3}, {.text = text}};
    ck_assert_int_eq(fm_out_row(out, table, cells), FM_OK);
}

START_TEST(test_rows)
{
    fm_out *out = NULL;

    ck_assert_int_eq(fm_out_create(&study, &out), FM_OK);
    for (int round = 0; round < 3; round++) {
        const uint64_t first = (uint64_t)round * 1000;
        fm_out_reset(out, first);
        for (uint64_t p = 0; p < 300; p++) {
            ck_assert_int_eq(fm_out_begin(out, first + p), FM_OK);
            put(out, 0, (int64_t)p);
            for (uint64_t k = 0; k < p % 4; k++)
                put(out, 1, (int64_t)(10 * p + k));
            if (p % 100 == 7) {
                fm_out_remark(out, "set to %d", 0);
                fm_out_remark(out, "again");
            }
            fm_status st = p % 5 == 3 ? FM_ENOCONV : FM_OK;
            const char *message = st != FM_OK ? "did not converge" : NULL;
            ck_assert_int_eq(fm_out_end(out, st, message, 0.25), FM_OK);
        }
        ck_assert_uint_eq(out->n_points, 300);
        ck_assert_uint_eq(out->tables[0].n_rows, 300);
        size_t row = 0;
        for (uint64_t p = 0; p < 300; p++) {
            const fm_buffer *c = out->tables[0].columns;
            bool failed = p % 5 == 3;
            ck_assert_uint_eq(out->tables[0].point[p], first + p);
            ck_assert_int_eq(out->points[p].status, failed ? FM_ENOCONV : FM_OK);
            if (failed) {
                ck_assert(isnan(c[0].real[p]) && c[1].integer[p] == 0);
                ck_assert_int_eq(c[2].code[p], -1);
                ck_assert_str_eq(c[3].text[p], "");
                continue;
            }
            ck_assert(c[0].real[p] == 0.5 * (double)p);
            ck_assert_int_eq(c[1].integer[p], (int64_t)p);
            ck_assert_int_eq(c[2].code[p], (int)(p % 3));
            for (uint64_t k = 0; k < p % 4; k++, row++) {
                ck_assert_uint_eq(out->tables[1].point[row], first + p);
                ck_assert_int_eq(out->tables[1].columns[1].integer[row],
                                 (int64_t)(10 * p + k));
            }
        }
        ck_assert_uint_eq(out->tables[1].n_rows, row);
        ck_assert_str_eq(out->tables[0].columns[3].text[299], "row 299");
        ck_assert_ptr_null(out->points[0].message);
        ck_assert_str_eq(out->points[3].message, "did not converge");
        ck_assert_str_eq(out->points[7].message, "set to 0; again");
    }
    fm_out_free(out);
    fm_out_free(NULL);
}
END_TEST

/* A study that forgets its row, or gives two, has a bug: its point fails. */
START_TEST(test_wrong_rows)
{
    fm_out *out = NULL;

    ck_assert_int_eq(fm_out_create(&study, &out), FM_OK);
    fm_out_reset(out, 0);
    for (uint64_t p = 0; p < 3; p++) {
        ck_assert_int_eq(fm_out_begin(out, p), FM_OK);
        for (uint64_t k = 0; k < p; k++)
            put(out, 0, 1);
        if (p == 2)
            fm_out_remark(out, "a remark");
        ck_assert_int_eq(fm_out_end(out, FM_OK, NULL, 0), FM_OK);
    }
    ck_assert_int_eq(out->points[0].status, FM_EINTERNAL);
    ck_assert_int_eq(out->points[1].status, FM_OK);
    ck_assert_int_eq(out->points[2].status, FM_EINTERNAL);
    ck_assert_str_eq(out->points[0].message, "table 'one' got 0 rows instead of 1");
    ck_assert_str_eq(out->points[2].message,
                     "table 'one' got 2 rows instead of 1; a remark");
    ck_assert_uint_eq(out->tables[0].n_rows, 3);
    ck_assert(isnan(out->tables[0].columns[0].real[2]));
    fm_out_free(out);
}
END_TEST

START_TEST(test_block_of_rows)
{
    enum {
        N = 70000
    };
    static double x[N];
    static int64_t i[N];
    static int8_t c[N];
    static const char *t[N];
    const void *const block[] = {x, i, c, t};
    fm_out *out = NULL;

    for (int k = 0; k < N; k++) {
        x[k] = k / 7.0;
        i[k] = -k;
        c[k] = (int8_t)(k % 100);
        t[k] = k % 2 ? "odd" : NULL;
    }
    ck_assert_int_eq(fm_out_create(&study, &out), FM_OK);
    fm_out_reset(out, 9);
    ck_assert_int_eq(fm_out_begin(out, 9), FM_OK);
    put(out, 0, 1);
    put(out, 1, 5);
    ck_assert_int_eq(fm_out_block(out, 1, N, block), FM_OK);
    ck_assert_int_eq(fm_out_block(out, 1, 0, block), FM_OK);
    ck_assert_int_eq(fm_out_end(out, FM_OK, NULL, 0), FM_OK);
    const fm_rows *rows = &out->tables[1];
    ck_assert_uint_eq(rows->n_rows, N + 1);
    ck_assert_mem_eq(rows->columns[0].real + 1, x, sizeof x);
    ck_assert_mem_eq(rows->columns[1].integer + 1, i, sizeof i);
    ck_assert_mem_eq(rows->columns[2].code + 1, c, sizeof c);
    ck_assert_str_eq(rows->columns[3].text[1], "");
    ck_assert_str_eq(rows->columns[3].text[N], "odd");
    ck_assert_uint_eq(rows->point[N], 9);
    fm_out_free(out);
}
END_TEST

/* ---- blocks of draws ------------------------------------------------------------- */

typedef struct sum {
    fm_stream stream;
    double value;
    uint64_t folded;  /* draws */
    uint64_t fail_at; /* blocks from this draw on fail */
    int folds;
} sum;

static fm_status
compute_sum(void *arg, uint64_t first, size_t n, void *partial)
{
    const sum *s = arg;
    double u[64];
    double total = 0;

    if (first >= s->fail_at)
        return first >= 2 * s->fail_at ? FM_EDOM : FM_ENOCONV;
    fm_rng_uniform(&s->stream, first, n, u);
    for (size_t i = 0; i < n; i++)
        total += pow(10, 6 * u[i]);
    memcpy(partial, &total, sizeof total);
    return FM_OK;
}

static fm_status
fold_sum(void *arg, uint64_t first, size_t n, const void *partial)
{
    sum *s = arg;
    double total;

    ck_assert_uint_eq(first, s->folded);
    memcpy(&total, partial, sizeof total);
    s->value += total;
    s->folded += n;
    s->folds++;
    return FM_OK;
}

static fm_status
run_blocks(sum *s, int threads, const volatile sig_atomic_t *stop, uint64_t n,
           fm_error *err)
{
    fm_point point = {.study = &study, .threads = threads, .stop = stop};

    s->stream = fm_stream_make(1, 2, 3);
    const fm_blocks work = {n, 64, sizeof(double), compute_sum, fold_sum, s};
    return fm_for_blocks(&point, &work, err);
}

START_TEST(test_blocks)
{
    double expected = 0;

    for (int threads = 0; threads <= 3; threads++) {
        sum s = {.fail_at = UINT64_MAX / 4};
        ck_assert_int_eq(run_blocks(&s, threads, NULL, 64 * 50 + 13, NULL), FM_OK);
        ck_assert_uint_eq(s.folded, 64 * 50 + 13);
        ck_assert_int_eq(s.folds, 51);
        if (threads == 0)
            expected = s.value;
        ck_assert(s.value == expected);
    }
    sum none = {.fail_at = 1};
    ck_assert_int_eq(run_blocks(&none, 2, NULL, 0, NULL), FM_OK);
    ck_assert_int_eq(none.folds, 0);
}
END_TEST

/* The first block in order decides, and nothing behind it is folded. */
START_TEST(test_blocks_fail)
{
    const volatile sig_atomic_t stop = 1;

    for (int threads = 1; threads <= 3; threads++) {
        fm_error err = FM_ERROR_INIT;
        sum s = {.fail_at = 64 * 5};
        ck_assert_int_eq(run_blocks(&s, threads, NULL, 64 * 50, &err), FM_ENOCONV);
        ck_assert_int_eq(err.code, FM_ENOCONV);
        ck_assert_int_eq(s.folds, 5);
        s = (sum){.fail_at = UINT64_MAX / 4};
        ck_assert_int_eq(run_blocks(&s, threads, &stop, 64 * 50, NULL), FM_EINTERRUPT);
        ck_assert_int_eq(s.folds, 0);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("points");
    TCase *rng = tcase_create("rng");
    TCase *points = tcase_create("points");
    TCase *rows = tcase_create("rows");

    tcase_set_timeout(rng, 120);
    tcase_set_timeout(points, 120);
    tcase_set_timeout(rows, 120);

    tcase_add_test(rng, test_known_answers);
    tcase_add_test(rng, test_stream_rows);
    tcase_add_test(rng, test_rank_independence);
    tcase_add_test(rng, test_blocks_of_draws);
    tcase_add_test(rng, test_first_draw);
    tcase_add_test(rng, test_many_at_once);
    tcase_add_test(rng, test_selector);
    tcase_add_test(points, test_grid);
    tcase_add_test(points, test_axis_values);
    tcase_add_test(points, test_zip);
    tcase_add_test(points, test_no_axes);
    tcase_add_loop_test(points, test_lhs, 0, 5);
    tcase_add_test(points, test_lhs_seed);
    tcase_add_test(points, test_lhs_pairs);
    tcase_add_test(points, test_sobol);
    tcase_add_loop_test(points, test_random_access, FM_GRID, FM_SOBOL + 1);
    tcase_add_test(points, test_large_grid);
    tcase_add_test(rows, test_rows);
    tcase_add_test(rows, test_wrong_rows);
    tcase_add_test(rows, test_block_of_rows);
    tcase_add_test(rows, test_blocks);
    tcase_add_test(rows, test_blocks_fail);
    suite_add_tcase(suite, rng);
    suite_add_tcase(suite, points);
    suite_add_tcase(suite, rows);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
