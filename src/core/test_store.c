/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of what the store writes, read back. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/fake_study.h"
#include "core/text.h"

/* ---- layouts ---------------------------------------------------------------------- */

START_TEST(grid_is_shaped_by_its_axes)
{
    fm_result *r = fake_result(FAKE_GRID);
    const fm_result_table *t = fm_result_table_named(r, "vref");
    const double vdd[] = {1.62, 1.8, 1.98}, temp[] = {-40, 25, 85, 125};

    ck_assert_uint_eq(t->n_dims, 3);
    ck_assert_uint_eq(t->dims[0], 5);
    ck_assert_uint_eq(t->dims[1], 3);
    ck_assert_uint_eq(t->dims[2], 4);
    ck_assert_uint_eq(t->n_rows, 60);
    ck_assert_str_eq(t->signal, "vref");
    ck_assert_str_eq(t->columns[0].name, "process");
    ck_assert_int_eq(t->columns[0].type, FM_TYPE_TEXT);
    ck_assert(t->columns[2].axis && !t->columns[3].axis);
    ck_assert_str_eq(t->columns[2].unit, "degC");
    ck_assert_str_eq(t->columns[2].term, "temperature");
    fm_slice p = fake_column(r, "vref", "process"), v = fake_column(r, "vref", "vdd"),
             c = fake_column(r, "vref", "temp"), x = fake_column(r, "vref", "vref");
    for (size_t i = 0; i < 60; i++) {
        size_t corner = i / 12;
        ck_assert_str_eq(p.text[i], fake_corners[corner]);
        ck_assert_double_eq(v.real[i], vdd[i / 4 % 3]);
        ck_assert_double_eq(c.real[i], temp[i % 4]);
        ck_assert_double_eq(x.real[i], 1.2 + 0.001 * (double)corner +
                                           0.01 * (vdd[i / 4 % 3] - 1.8) -
                                           1e-5 * (temp[i % 4] - 25));
    }
    ck_assert_double_eq(x.real[5], 1.2); /* TT, 1.8 V, 25 degC */
    fm_slice_free(&p);
    fm_slice_free(&v);
    fm_slice_free(&c);
    fm_slice_free(&x);
    fm_result_close(r);
}
END_TEST

START_TEST(any_slice_of_a_grid)
{
    fm_result *r = fake_result(FAKE_GRID);
    const fm_result_table *t = fm_result_table_named(r, "vref");
    size_t c = fm_result_column_named(t, "number"), k = fm_result_column_named(t, "temp");
    size_t n_wrong = 0;
    fm_slice s = {0};

    for (uint64_t first = 0; first <= 60; first++)
        for (size_t n = 0; first + n <= 60; n++) {
            n_wrong += fm_result_read(r, t, c, first, n, &s, NULL) != FM_OK;
            for (size_t i = 0; i < n; i++)
                n_wrong += s.integer[i] != (int64_t)(first + i) * INT64_C(1234567890123);
            fm_slice_free(&s);
        }
    ck_assert_uint_eq(n_wrong, 0);
    ck_assert_int_eq(fm_result_read(r, t, k, 59, 1, &s, NULL), FM_OK);
    ck_assert_double_eq(s.real[0], 125);
    fm_slice_free(&s);
    ck_assert_int_eq(fm_result_coordinate(r, t, k, &s, NULL), FM_OK);
    ck_assert_uint_eq(s.n, 4);
    fm_slice_free(&s);
    ck_assert_int_eq(fm_result_coordinate(r, t, c, &s, NULL), FM_EDATA);
    ck_assert_int_eq(fm_result_read(r, t, c, 60, 1, &s, NULL), FM_ERANGE);
    ck_assert_int_eq(fm_result_read(r, t, c, UINT64_MAX, 2, &s, NULL), FM_ERANGE);
    ck_assert_int_eq(fm_result_read(r, t, 99, 0, 1, &s, NULL), FM_ERANGE);
    fm_result_close(r);
}
END_TEST

START_TEST(all_types_round_trip)
{
    fm_result *r = fake_result(
        "sweep:\n  - { param: count, values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }\n");
    const fm_result_table *t = fm_result_table_named(r, "trace");
    fm_slice point = fake_column(r, "trace", "point"),
             time = fake_column(r, "trace", "time"),
             kind = fake_column(r, "trace", "kind"), lot = fake_column(r, "trace", "lot"),
             id = fake_column(r, "trace", "id"),
             spread = fake_column(r, "trace", "spread");

    ck_assert_uint_eq(t->n_rows, 30);
    ck_assert_str_eq(t->columns[0].name, "point");
    ck_assert(!t->columns[0].axis);
    ck_assert_str_eq(t->columns[2].unit, "mN");
    ck_assert_str_eq(t->columns[3].unit, "mN2");
    ck_assert_str_eq(t->columns[4].words[1], "not good");
    ck_assert_str_eq(t->columns[5].unit, "");
    ck_assert_int_eq(t->columns[1].role, FM_AXIS);
    for (int i = 0; i < 30; i++) {
        char expected[32];
        (void)snprintf(expected, sizeof expected, "lot-%d", i % 3 % 5);
        ck_assert_int_eq(point.integer[i], i / 3);
        ck_assert_double_eq(time.real[i], 0.1 * (i % 3));
        ck_assert_int_eq(kind.code[i], i % 3 - 1);
        ck_assert_str_eq(lot.text[i], expected);
        ck_assert_int_eq(id.integer[i], -(i % 3));
        ck_assert(spread.real[i] == 0 && signbit(spread.real[i]));
    }
    fm_slice note = fake_column(r, "vref", "note");
    ck_assert_str_eq(note.text[0], "caf\xc3\xa9");
    ck_assert_str_eq(note.text[1], "");
    fm_slice *all[] = {&point, &time, &kind, &lot, &id, &spread, &note};
    for (size_t i = 0; i < FM_COUNT(all); i++)
        fm_slice_free(all[i]);
    fm_result_close(r);
}
END_TEST

START_TEST(without_sweep_an_axis_column_is_the_dimension)
{
    fm_result *r = fake_result("params: { rows: 4 }\n");
    const fm_result_table *t = fm_result_table_named(r, "trace");

    ck_assert(t->columns[0].axis);
    ck_assert_str_eq(t->columns[0].name, "time");
    ck_assert_uint_eq(t->n_columns, (size_t)FAKE_TRACE_COLUMNS);
    ck_assert_uint_eq(t->n_rows, 4);
    t = fm_result_table_named(r, "vref");
    ck_assert_uint_eq(t->n_rows, 1);
    ck_assert_uint_eq(t->n_columns, (size_t)FAKE_VREF_COLUMNS);
    t = fm_result_table_named(r, "curve"); /* two axis columns: plain rows */
    ck_assert(!t->columns[0].axis);
    ck_assert_uint_eq(t->n_rows, 0);
    t = fm_result_table_named(r, "points");
    ck_assert_str_eq(t->columns[0].name, "status");
    ck_assert_str_eq(fm_result_fact(r, "points"), "1");
    fm_result_close(r);
}
END_TEST

static void
check_swept_columns(const fm_result *r, const char *table)
{
    fm_slice process = fake_column(r, table, "process"),
             label = fake_column(r, table, "label_text"),
             loud = fake_column(r, table, "loud"), vdd = fake_column(r, table, "vdd"),
             count = fake_column(r, table, "count"),
             point = fake_column(r, table, "point");
    const char *const labels[] = {"a b", "c", "a b"};
    const fm_result_table *t = fm_result_table_named(r, table);
    const fm_result_column *c = &t->columns[fm_result_column_named(t, "label_text")];

    ck_assert_uint_eq(process.n, 3);
    ck_assert_uint_eq(c->n_words, 2);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(process.code[i], i);
        ck_assert_str_eq(c->words[label.code[i]], labels[i]);
        ck_assert_int_eq(loud.code[i], i == 1);
        ck_assert_double_eq(vdd.real[i], 1 + 0.5 * i);
        ck_assert_int_eq(count.integer[i], 7 - i);
        ck_assert_int_eq(point.integer[i], i);
    }
    fm_slice *all[] = {&process, &label, &loud, &vdd, &count, &point};
    for (size_t i = 0; i < FM_COUNT(all); i++)
        fm_slice_free(all[i]);
}

START_TEST(zip_stands_beside_its_parameters)
{
    fm_result *r = fake_result("sampling: { mode: zip }\nsweep:\n"
                               "  - { param: process, values: [TT, SS, FF] }\n"
                               "  - { param: label.text, values: [a b, c, a b] }\n"
                               "  - { param: loud, values: [false, true, false] }\n"
                               "  - { param: vdd, from: 1, to: 2, points: 3 }\n"
                               "  - { param: count, values: [7, 6, 5] }\n");
    const fm_result_table *t = fm_result_table_named(r, "vref");

    ck_assert_uint_eq(t->n_dims, 1);
    ck_assert_str_eq(t->columns[0].name, "point");
    ck_assert(t->columns[0].axis);
    ck_assert_uint_eq(t->n_columns, 6 + (size_t)FAKE_VREF_COLUMNS);
    check_swept_columns(r, "vref");
    check_swept_columns(r, "points");
    t = fm_result_table_named(r, "curve");
    ck_assert_str_eq(t->columns[0].name, "point");
    fm_result_close(r);
}
END_TEST

START_TEST(latin_hypercube_values_are_the_cursors)
{
    const char *yaml = "sampling: { mode: lhs, points: 50 }\nsweep:\n"
                       "  - { param: vdd, from: 1, to: 2 }\n"
                       "  - { param: temp, from: 0, to: 100 }\n";
    fm_result *r = fake_result(yaml);
    fm_scenario *s = fake_scenario(yaml);
    fm_slice vdd = fake_column(r, "points", "vdd"), temp = fake_column(r, "vref", "temp");
    fm_cursor *cursor = NULL;
    fm_point point;

    ck_assert_uint_eq(vdd.n, 50);
    ck_assert_int_eq(fm_cursor_create(s, &cursor), FM_OK);
    for (uint64_t i = 0; i < 50; i++) {
        ck_assert_int_eq(fm_cursor_seek(cursor, i, &point), FM_OK);
        ck_assert_double_eq(vdd.real[i], fm_real(&point, FAKE_VDD));
        ck_assert_double_eq(temp.real[i], fm_real(&point, FAKE_TEMP));
    }
    fm_cursor_free(cursor);
    fm_slice_free(&vdd);
    fm_slice_free(&temp);
    fake_drop(s);
    fm_result_close(r);
}
END_TEST

START_TEST(an_axis_gives_way_to_a_column_of_its_name)
{
    fm_result *r = fake_result("sweep:\n  - { param: temp, values: [1, 2] }\n");
    const fm_result_table *t = fm_result_table_named(r, "vref");
    ck_assert_str_eq(t->columns[0].name, "temp");
    t = fm_result_table_named(r, "curve");
    ck_assert_str_eq(t->columns[0].name, "point");
    ck_assert_uint_eq(fm_result_column_named(t, "temp"), 3);
    fm_result_close(r);
}
END_TEST

/* ---- digest and bytes of files ---------------------------------------------------- */

START_TEST(bytes_do_not_depend_on_how_rows_come)
{
    const uint64_t chunks[] = {1, 7, 200};
    char digest[3][FM_DIGEST_TEXT];
    char *bytes[3];
    size_t n[3];
    fm_scenario *s = fake_scenario(FAKE_LONG_SWEEP);
    const size_t runs = getenv("FM_TEST_VALGRIND") != NULL ? 2 : 3;

    for (size_t i = 0; i < runs; i++) {
        fake_make(s, fake_path("c.h5"), chunks[i], false, digest[i]);
        bytes[i] = fake_slurp(fake_path("c.h5"), &n[i]);
        ck_assert_str_eq(digest[i], digest[0]);
        ck_assert_uint_eq(n[i], n[0]);
        ck_assert_int_eq(memcmp(bytes[i], bytes[0], n[0]), 0);
    }
    double estimate = fm_store_size(s);
    ck_assert_double_gt(estimate, 0.5 * (double)n[0]);
    ck_assert_double_lt(estimate, 2.0 * (double)n[0]);
    for (size_t i = 0; i < runs; i++)
        free(bytes[i]);
    fm_result *r = fake_open(fake_path("c.h5"));
    fm_slice id = fake_column(r, "trace", "id"), lot = fake_column(r, "trace", "lot");
    size_t n_wrong = 0;
    ck_assert_uint_eq(id.n, 200000);
    for (int64_t i = 0; i < 200000; i++)
        n_wrong += id.integer[i] != -(i % 1000) || lot.text[i][4] != '0' + i % 1000 % 5;
    ck_assert_uint_eq(n_wrong, 0);
    fm_slice_free(&id);
    fm_slice_free(&lot);
    ck_assert_int_eq(fm_result_verify(r, digest[1], NULL), FM_OK);
    ck_assert_str_eq(digest[0], digest[1]);
    fm_result_close(r);
    fake_drop(s);
}
END_TEST

/* A grid of more than one chunk, whose chunks do not divide the axes evenly. */
#define LARGE_GRID(corners)                                                              \
    "params: { rows: 0 }\nsweep:\n"                                                      \
    "  - { param: process, values: " corners " }\n"                                      \
    "  - { param: vdd, from: 1, to: 2, points: 337 }\n"                                  \
    "  - { param: temp, from: 1, to: 800, points: 443 }\n"

START_TEST(large_grid_round_trips)
{
    const bool slow = getenv("FM_TEST_VALGRIND") != NULL;
    fm_result *r = fake_result(slow ? LARGE_GRID("[TT]") : LARGE_GRID("[TT, FF]"));
    fm_slice number = fake_column(r, "vref", "number"),
             temp = fake_column(r, "vref", "temp"), vdd = fake_column(r, "points", "vdd"),
             again = fake_column(r, "vref", "vdd");
    char digest[FM_DIGEST_TEXT];

    ck_assert_uint_eq(number.n, UINT64_C(337) * 443 * (slow ? 1 : 2));
    size_t n_wrong = 0;
    for (size_t i = 0; i < number.n; i++)
        n_wrong += number.integer[i] != (int64_t)i * INT64_C(1234567890123) ||
                   vdd.real[i] != again.real[i];
    ck_assert_uint_eq(n_wrong, 0);
    ck_assert_double_eq(temp.real[442], 800);
    fm_slice_free(&number);
    fm_slice_free(&temp);
    fm_slice_free(&vdd);
    fm_slice_free(&again);
    ck_assert_int_eq(fm_result_verify(r, digest, NULL), FM_OK);
    fm_result_close(r);
}
END_TEST

START_TEST(times_change_no_digest)
{
    char with[FM_DIGEST_TEXT], without[FM_DIGEST_TEXT], computed[FM_DIGEST_TEXT];
    fm_scenario *s = fake_scenario(FAKE_GRID);

    fake_make(s, fake_path("a.h5"), 60, false, without);
    fake_make(s, fake_path("b.h5"), 60, true, with);
    fake_drop(s);
    ck_assert_str_eq(with, without);
    fm_result *a = fake_open(fake_path("a.h5")), *b = fake_open(fake_path("b.h5"));
    ck_assert_int_eq(fm_result_verify(b, computed, NULL), FM_OK);
    ck_assert_str_eq(computed, with);
    ck_assert_str_eq(fm_result_fact(a, "started"), "");
    ck_assert_str_eq(fm_result_fact(a, "host"), "");
    ck_assert_str_eq(fm_result_fact(b, "started"), "2026-01-02T03:04:05Z");
    ck_assert_str_eq(fm_result_fact(b, "finished"), "2026-01-02T03:04:06Z");
    ck_assert_str_ne(fm_result_fact(b, "host"), "");
    fm_slice sa = fake_column(a, "points", "seconds"),
             sb = fake_column(b, "points", "seconds");
    ck_assert_double_nan(sa.real[0]);
    ck_assert_double_eq(sb.real[0], 0.25);
    fm_slice_free(&sa);
    fm_slice_free(&sb);
    fm_result_close(a);
    fm_result_close(b);
}
END_TEST

START_TEST(facts_are_recorded)
{
    fm_result *r = fake_result("title: Band gap\n" FAKE_GRID);

    ck_assert_str_eq(fm_result_fact(r, "study"), "fake.vref");
    ck_assert_str_eq(fm_result_fact(r, "title"), "Band gap");
    ck_assert_str_eq(fm_result_fact(r, "seed"), "42");
    ck_assert_str_eq(fm_result_fact(r, "draws"), "10");
    ck_assert_str_eq(fm_result_fact(r, "points"), "60");
    ck_assert_str_eq(fm_result_fact(r, "schema"), "1");
    ck_assert_str_eq(fm_result_fact(r, "argv"), "fabmet run test.yaml");
    ck_assert_str_eq(fm_result_fact(r, "version"), "0.1.0");
    ck_assert_str_eq(fm_result_fact(r, "path"), fake_path("r.h5"));
    ck_assert_str_eq(fm_result_fact(r, "overrides"), "");
    ck_assert_str_eq(fm_result_fact(r, "no such fact"), "");
    ck_assert_ptr_nonnull(strstr(fm_result_fact(r, "scenario"), "Band gap"));
    ck_assert_ptr_nonnull(strstr(fm_result_fact(r, "libraries"), "HDF5 1."));
    ck_assert_ptr_nonnull(strstr(fm_result_fact(r, "libc"), "glibc "));
    ck_assert_ptr_nonnull(strstr(fm_result_fact(r, "inputs"), "meas "));
    fm_result_close(r);
}
END_TEST

START_TEST(values_change_the_digest)
{
    char a[FM_DIGEST_TEXT], b[FM_DIGEST_TEXT];
    fm_scenario *s = fake_scenario("sweep:\n  - { param: vdd, values: [1, 2] }\n");
    fm_scenario *t = fake_scenario("sweep:\n  - { param: count, values: [1, 2] }\n");

    fake_make(s, fake_path("a.h5"), 60, false, a);
    fake_make(t, fake_path("b.h5"), 60, false, b);
    ck_assert_str_ne(a, b);
    fake_make(s, fake_path("b.h5"), 60, false, b);
    ck_assert_str_eq(a, b);
    fake_drop(s);
    fake_drop(t);
}
END_TEST

/* ---- points and verdicts ---------------------------------------------------------- */

START_TEST(failed_points_are_marked)
{
    fm_result *r = fake_result("sweep:\n  - { param: temp, values: [25, 950, 30] }\n");
    fm_slice status = fake_column(r, "points", "status"),
             message = fake_column(r, "points", "message"),
             vref = fake_column(r, "vref", "vref"),
             grade = fake_column(r, "vref", "grade"),
             point = fake_column(r, "trace", "point");
    const fm_result_table *t = fm_result_table_named(r, "points");
    const fm_result_column *c = &t->columns[fm_result_column_named(t, "status")];

    ck_assert_int_eq(status.code[0], FM_OK);
    ck_assert_int_eq(status.code[1], FM_EDOM);
    ck_assert_str_eq(c->words[status.code[1]], fm_status_name(FM_EDOM));
    ck_assert_str_eq(message.text[0], "");
    ck_assert_str_eq(message.text[1], "temp 950 is too hot");
    ck_assert_double_nan(vref.real[1]);
    ck_assert_int_eq(grade.code[1], -1);
    ck_assert(!isnan(vref.real[2]));
    ck_assert_uint_eq(point.n, 6); /* three rows of each good point */
    ck_assert_int_eq(point.integer[3], 2);
    fm_slice *all[] = {&status, &message, &vref, &grade, &point};
    for (size_t i = 0; i < FM_COUNT(all); i++)
        fm_slice_free(all[i]);
    fm_result_close(r);
}
END_TEST

START_TEST(verdicts_keep_the_worst_row)
{
    fm_result *r =
        fake_result("sweep:\n  - { param: process, values: [TT, SF, SS, SF] }\n");
    fm_result_verdict *v = NULL;
    size_t n = 0;

    ck_assert_int_eq(fm_result_verdicts(r, &v, &n, NULL), FM_OK);
    ck_assert_uint_eq(n, 2); /* `never` saw no row */
    ck_assert_str_eq(v[0].name, "below");
    ck_assert_str_eq(v[0].statement, "stays below");
    ck_assert_str_eq(v[0].unit, "V");
    ck_assert_str_eq(v[0].term, "vref");
    ck_assert(v[0].pass && !v[0].at_least); /* 1.204 is allowed */
    ck_assert_double_eq(v[0].value, 1.2 + 0.001 * 4);
    ck_assert_double_eq(v[0].limit, 1.204);
    ck_assert_uint_eq(v[0].point, 1); /* the first of two equal rows */
    ck_assert_uint_eq(v[0].n_rows, 4);
    ck_assert_uint_eq(v[0].n_failed, 0);
    ck_assert_str_eq(v[1].name, "above");
    ck_assert(v[1].pass && v[1].at_least);
    ck_assert_uint_eq(v[1].n_rows, 2); /* no limit at odd points */
    ck_assert_uint_eq(v[1].point, 0);
    fm_result_verdicts_free(v, n);
    fm_result_close(r);
}
END_TEST

START_TEST(verdicts_fail_without_a_number)
{
    fm_result *r = fake_result("sweep:\n  - { param: temp, values: [25, 950, 35] }\n");
    fm_result_verdict *v = NULL;
    size_t n = 0;

    ck_assert_int_eq(fm_result_verdicts(r, &v, &n, NULL), FM_OK);
    ck_assert_uint_eq(n, 3); /* a point failed: `never` has something to say, too */
    ck_assert(!v[2].pass);
    ck_assert_double_nan(v[2].value);
    ck_assert(!v[0].pass);
    ck_assert_double_nan(v[0].value);
    ck_assert_uint_eq(v[0].point, 1);
    ck_assert_uint_eq(v[0].n_failed, 1);
    ck_assert(!v[1].pass); /* 35 degC gives less than 1.2 V, and a point failed */
    ck_assert_uint_eq(v[1].n_rows, 3);
    ck_assert_uint_eq(v[1].n_failed, 2);
    ck_assert_uint_eq(v[1].point, 1);
    fm_result_verdicts_free(v, n);
    fm_result_close(r);
}
END_TEST

/* ---- sizes ------------------------------------------------------------------------ */

START_TEST(empty_tables_and_long_texts)
{
    enum {
        LONG = 100000
    };
    fm_scenario *s = fake_scenario("params: { rows: 0 }\n");
    char *text = malloc(LONG + 1), digest[FM_DIGEST_TEXT];
    fm_store_options options = {.replace = true};
    fm_error err = FM_ERROR_INIT;
    fm_store *store = NULL;
    fm_out *out = NULL;

    memset(text, 't', LONG);
    text[LONG] = '\0';
    char *title = s->title;
    s->title = text;
    ck_assert_int_eq(fm_store_create(fake_path("r.h5"), s, &options, &store, &err),
                     FM_OK);
    ck_assert_int_eq(fm_out_create(&fake_study, &out), FM_OK);
    fm_out_reset(out, 0);
    ck_assert_int_eq(fm_out_begin(out, 0), FM_OK);
    ck_assert_int_eq(fm_out_end(out, FM_EDATA, text, 0), FM_OK);
    ck_assert_int_eq(fm_store_append(store, out, 0, out->n_points, &err), FM_OK);
    ck_assert_int_eq(fm_store_finish(store, NULL, digest, &err), FM_OK);
    s->title = title;
    fm_out_free(out);
    fm_store_free(store);
    fake_drop(s);
    fm_result *r = fake_open(fake_path("r.h5"));
    fm_slice message = fake_column(r, "points", "message"),
             empty = fake_column(r, "trace", "lot");
    ck_assert_str_eq(fm_result_fact(r, "title"), text);
    ck_assert_str_eq(message.text[0], text);
    ck_assert_uint_eq(empty.n, 0);
    ck_assert_int_eq(fm_result_verify(r, digest, NULL), FM_OK);
    fm_slice_free(&message);
    fm_slice_free(&empty);
    fm_result_close(r);
    free(text);
}
END_TEST

START_TEST(invalid_utf8_is_escaped)
{
    fm_scenario *s = fake_scenario("");
    fm_store_options options = {.replace = true};
    char digest[FM_DIGEST_TEXT];
    fm_store *store = NULL;
    fm_out *out = NULL;

    ck_assert_int_eq(fm_store_create(fake_path("r.h5"), s, &options, &store, NULL),
                     FM_OK);
    ck_assert_int_eq(fm_out_create(&fake_study, &out), FM_OK);
    fm_out_reset(out, 0);
    ck_assert_int_eq(fm_out_begin(out, 0), FM_OK);
    ck_assert_int_eq(fm_out_end(out, FM_EDATA, "a\xff\xfez", 0), FM_OK);
    ck_assert_int_eq(fm_store_append(store, out, 0, out->n_points, NULL), FM_OK);
    ck_assert_int_eq(fm_store_finish(store, NULL, digest, NULL), FM_OK);
    fm_out_free(out);
    fm_store_free(store);
    fake_drop(s);
    fm_result *r = fake_open(fake_path("r.h5"));
    fm_slice message = fake_column(r, "points", "message");
    ck_assert_str_eq(message.text[0], "a\\xff\\xfez");
    ck_assert_int_eq(fm_result_verify(r, digest, NULL), FM_OK);
    fm_slice_free(&message);
    fm_result_close(r);
}
END_TEST

START_TEST(ten_thousand_corners_in_a_megabyte)
{
    char digest[FM_DIGEST_TEXT];
    struct stat info;
    fm_scenario *s =
        fake_scenario("params: { rows: 0 }\nsweep:\n"
                      "  - { param: process, values: [TT, FF, SS, FS, SF] }\n"
                      "  - { param: vdd, from: 1, to: 2, points: 40 }\n"
                      "  - { param: temp, from: 1, to: 800, points: 50 }\n");

    fake_make(s, fake_path("r.h5"), 1000, false, digest);
    ck_assert_int_eq(stat(fake_path("r.h5"), &info), 0);
    ck_assert_int_lt(info.st_size, 1000000);
    fake_drop(s);
}
END_TEST
/* ---- suite ------------------------------------------------------------------------ */

int
main(void)
{
    const TTest *const tests[] = {grid_is_shaped_by_its_axes,
                                  any_slice_of_a_grid,
                                  all_types_round_trip,
                                  without_sweep_an_axis_column_is_the_dimension,
                                  zip_stands_beside_its_parameters,
                                  latin_hypercube_values_are_the_cursors,
                                  an_axis_gives_way_to_a_column_of_its_name,
                                  bytes_do_not_depend_on_how_rows_come,
                                  large_grid_round_trips,
                                  times_change_no_digest,
                                  facts_are_recorded,
                                  values_change_the_digest,
                                  failed_points_are_marked,
                                  verdicts_keep_the_worst_row,
                                  verdicts_fail_without_a_number,
                                  empty_tables_and_long_texts,
                                  invalid_utf8_is_escaped,
                                  ten_thousand_corners_in_a_megabyte};
    Suite *s = suite_create("store");
    TCase *t = tcase_create("store");

    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, NULL, fake_clear);
    for (size_t i = 0; i < FM_COUNT(tests); i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return fake_main(s);
}
