/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the digest, the store, the reader, verify and compare. */
#include "config.h"

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>
#include <gsl/gsl_errno.h>
#include <hdf5.h>

#include "core/result.h"
#include "core/sheet.h"
#include "core/store.h"
#include "core/text.h"

/* ---- a study with every kind of column ----------------------------------------------
 */

enum {
    PROCESS,
    VDD,
    TEMP,
    LABEL,
    LOUD,
    COUNT,
    ROWS
};
enum {
    VREF,
    TRACE,
    CURVE
};

static const char *const corners[] = {"TT", "FF", "SS", "FS", "SF", NULL};
static const char *const grades[] = {"good", "not good", NULL};

static const fm_param params[] = {
    {.key = "process",
     .kind = FM_CHOICE,
     .def = "TT",
     .choices = corners,
     .help = "corner"},
    {.key = "vdd",
     .kind = FM_REAL,
     .unit = "V",
     .def = "1.8",
     .min = 0,
     .max = 9,
     .help = "v"},
    {.key = "temp",
     .kind = FM_REAL,
     .unit = "degC",
     .def = "25",
     .min = -99,
     .max = 999,
     .help = "temperature",
     .term = "temperature"},
    {.key = "label.text", .kind = FM_TEXT, .def = "x", .help = "label"},
    {.key = "loud", .kind = FM_FLAG, .def = "false", .help = "flag"},
    {.key = "count",
     .kind = FM_INTEGER,
     .def = "1",
     .min = 0,
     .max = 1e6,
     .help = "count"},
    {.key = "rows", .kind = FM_INTEGER, .def = "3", .min = 0, .max = 1e6, .help = "rows"},
};
static const fm_input_column meas_columns[] = {
    {.name = "force", .type = FM_TYPE_REAL, .help = "force"}};
static const fm_input_decl inputs[] = {
    {.name = "meas", .columns = meas_columns, .n_columns = 1, .help = "data"}};
static const fm_column vref_columns[] = {
    {.name = "vref",
     .type = FM_TYPE_REAL,
     .unit = "V",
     .long_name = "reference",
     .term = "vref"},
    {.name = "grade",
     .type = FM_TYPE_CODE,
     .unit = "1",
     .long_name = "grade",
     .role = FM_STATUS,
     .words = grades},
    {.name = "number", .type = FM_TYPE_INTEGER, .unit = "1", .long_name = "number"},
    {.name = "note", .type = FM_TYPE_TEXT, .unit = "", .long_name = "note"},
    {.name = "limit", .type = FM_TYPE_REAL, .unit = "V", .long_name = "limit"},
};
static const fm_column trace_columns[] = {
    {.name = "time",
     .type = FM_TYPE_REAL,
     .unit = "s",
     .long_name = "time",
     .role = FM_AXIS},
    {.name = "pull", .type = FM_TYPE_REAL, .unit = "@meas.force", .long_name = "pull"},
    {.name = "spread", .type = FM_TYPE_REAL, .unit = "@meas.force^2", .long_name = "s"},
    {.name = "kind",
     .type = FM_TYPE_CODE,
     .unit = "1",
     .long_name = "k",
     .words = grades},
    {.name = "lot", .type = FM_TYPE_TEXT, .unit = "", .long_name = "lot"},
    {.name = "id", .type = FM_TYPE_INTEGER, .unit = "1", .long_name = "id"},
};
static const fm_column curve_columns[] = {
    {.name = "x", .type = FM_TYPE_REAL, .unit = "1", .long_name = "x", .role = FM_AXIS},
    {.name = "z", .type = FM_TYPE_REAL, .unit = "1", .long_name = "z", .role = FM_AXIS},
    {.name = "temp",
     .type = FM_TYPE_REAL,
     .unit = "degC",
     .long_name = "same as an axis"},
};
static const fm_table tables[] = {
    [VREF] = {"vref", "reference voltage", FM_ONE_ROW, vref_columns,
              FM_COUNT(vref_columns), "vref"},
    [TRACE] = {"trace", "traces", FM_MANY_ROWS, trace_columns, FM_COUNT(trace_columns),
               NULL},
    [CURVE] = {"curve", "curve", FM_MANY_ROWS, curve_columns, FM_COUNT(curve_columns),
               NULL},
};
static const fm_verdict verdicts[] = {
    {.name = "below",
     .statement = "stays below",
     .table = "vref",
     .column = "vref",
     .direction = FM_AT_MOST,
     .limit = 1.204,
     .term = "vref"},
    {.name = "above",
     .statement = "stays above",
     .table = "vref",
     .column = "vref",
     .direction = FM_AT_LEAST,
     .limit_column = "limit"},
    {.name = "never",
     .statement = "never asked",
     .table = "curve",
     .column = "x",
     .direction = FM_AT_LEAST,
     .limit = 0},
};

static uint64_t
rows_expected(const fm_point *point, size_t table)
{
    (void)table;
    return (uint64_t)fm_integer(point, ROWS);
}

static fm_status
run(const fm_point *point, fm_out *out, fm_error *err)
{
    double v = 1.2 + 0.001 * (double)fm_integer(point, PROCESS) +
               0.01 * (fm_real(point, VDD) - 1.8) - 1e-5 * (fm_real(point, TEMP) - 25);
    int64_t i = (int64_t)point->index;
    bool odd = i % 2 == 1;
    fm_cell cells[] = {{.real = v},
                       {.integer = odd},
                       {.integer = i * INT64_C(1234567890123)},
                       {.text = odd ? "" : "caf\xc3\xa9"},
                       {.real = odd ? (double)NAN : 1.2}};

    if (fm_real(point, TEMP) > 900)
        return FM_FAIL(err, FM_EDOM, "temp %g is too hot", fm_real(point, TEMP));
    for (int64_t k = 0; k < fm_integer(point, ROWS); k++) {
        char lot[32];
        (void)snprintf(lot, sizeof lot, "lot-%lld", (long long)(k % 5));
        fm_cell row[] = {
            {.real = 0.1 * (double)k}, {.real = v * (double)k}, {.real = -0.0},
            {.integer = k % 3 - 1},    {.text = lot},           {.integer = -k}};
        fm_status st = fm_out_row(out, TRACE, row);
        if (st != FM_OK)
            return st;
    }
    return fm_out_row(out, VREF, cells);
}

static const fm_study study = {
    .name = "fake.vref",
    .summary = "a study for tests",
    .about = "Nothing.",
    .params = params,
    .n_params = FM_COUNT(params),
    .inputs = inputs,
    .n_inputs = FM_COUNT(inputs),
    .tables = tables,
    .n_tables = FM_COUNT(tables),
    .verdicts = verdicts,
    .n_verdicts = FM_COUNT(verdicts),
    .draws = 10,
    .rows = rows_expected,
    .run = run,
};

/* ---- running it ----------------------------------------------------------------------
 */

#define GRID                                                                             \
    "sweep:\n"                                                                           \
    "  - { param: process, values: [TT, FF, SS, FS, SF] }\n"                             \
    "  - { param: vdd, values: [1.62, 1.8, 1.98] }\n"                                    \
    "  - { param: temp, values: [-40, 25, 85, 125] }\n"

static const fm_study *const studies[] = {&study};
static fm_units *units;
static fm_context context = {.studies = studies, .n_studies = 1};
static char folder[] = "test_store.XXXXXX";

/* Data that the columns `pull` and `spread` take their units from. */
static double forces[] = {1, 2};
static const uint64_t lines[] = {2, 3};
static const fm_data_column data_columns[] = {
    {.name = "force", .type = FM_TYPE_REAL, .unit = "mN", .real = forces}};
static const size_t data_first[] = {0, 1};
static fm_data data = {.decl = inputs,
                       .source = "forces.csv",
                       .n_rows = 2,
                       .line = lines,
                       .columns = data_columns,
                       .first = data_first};

static fm_scenario *
scenario_of(const char *yaml)
{
    fm_str text = {0};
    fm_scenario *s = NULL;
    fm_diags *diags = fm_diags_create();
    size_t n = 0, n_errors = 0;

    fm_str_addf(&text, "fabmet: 1\nstudy: fake.vref\nseed: 42\n%s", yaml);
    fm_status st = fm_scenario_read_text(&context, "test.yaml", text.data, text.length,
                                         NULL, 0, diags, &s);
    const fm_diag *list = fm_diags_list(diags, &n, &n_errors);
    ck_assert_msg(st == FM_OK, "%s", n > 0 ? list[0].text : "no scenario");
    fm_diags_free(diags);
    fm_str_free(&text);
    s->sources[0].data = &data;
    return s;
}

static void
drop(fm_scenario *s)
{
    s->sources[0].data = NULL; /* not ours to free */
    fm_scenario_free(s);
}

static const char *
in_folder(const char *name)
{
    static char paths[4][300];
    static int next;
    char *path = paths[next++ % 4];

    (void)snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void
compute_chunk(const fm_scenario *s, fm_out *out, uint64_t first, uint64_t n)
{
    fm_cursor *cursor = NULL;

    ck_assert_int_eq(fm_cursor_create(s, &cursor), FM_OK);
    fm_out_reset(out, first);
    bool ok = true;
    for (uint64_t i = first; i < first + n && ok; i++) {
        fm_point point;
        fm_error err = FM_ERROR_INIT;
        ok = fm_cursor_seek(cursor, i, &point) == FM_OK && fm_out_begin(out, i) == FM_OK;
        if (ok)
            ok = fm_out_end(out, run(&point, out, &err), err.text, 0.25) == FM_OK;
    }
    ck_assert(ok);
    fm_cursor_free(cursor);
}

static fm_status
append_all(fm_store *store, const fm_scenario *s, uint64_t chunk, fm_error *err)
{
    fm_out *out = NULL;
    fm_status st = FM_OK;

    ck_assert_int_eq(fm_out_create(&study, &out), FM_OK);
    for (uint64_t at = 0; at < s->n_points && st == FM_OK; at += chunk) {
        uint64_t left = s->n_points - at;
        compute_chunk(s, out, at, left < chunk ? left : chunk);
        st = fm_store_append(store, out, err);
    }
    fm_out_free(out);
    return st;
}

/* Runs all points, `chunk` at a time. */
static void
make(const fm_scenario *s, const char *path, uint64_t chunk, bool times, char *digest_out)
{
    fm_store_options options = {.replace = true,
                                .record_times = times,
                                .argv = "fabmet run test.yaml",
                                .started = "2026-01-02T03:04:05Z",
                                .version = "0.1.0"};
    fm_error err = FM_ERROR_INIT;
    fm_store *store = NULL;

    ck_assert_msg(fm_store_create(path, s, &options, &store, &err) == FM_OK, "%s",
                  err.text);
    ck_assert_msg(append_all(store, s, chunk, &err) == FM_OK, "%s", err.text);
    ck_assert_msg(fm_store_finish(store, "2026-01-02T03:04:06Z", digest_out, &err) ==
                      FM_OK,
                  "%s", err.text);
    fm_store_free(store);
}

static fm_result *
open_result(const char *path)
{
    fm_error err = FM_ERROR_INIT;
    fm_result *r = NULL;

    ck_assert_msg(fm_result_open(path, &r, &err) == FM_OK, "%s", err.text);
    return r;
}

/* Makes and opens a result. */
static fm_result *
result_of(const char *yaml)
{
    char digest[FM_DIGEST_TEXT];
    fm_scenario *s = scenario_of(yaml);

    make(s, in_folder("r.h5"), 7, false, digest);
    drop(s);
    fm_result *r = open_result(in_folder("r.h5"));
    ck_assert_str_eq(fm_result_fact(r, "digest"), digest);
    return r;
}

static fm_slice
column(const fm_result *r, const char *table, const char *name)
{
    fm_slice slice = {0};
    fm_error err = FM_ERROR_INIT;
    const fm_result_table *t = fm_result_table_named(r, table);

    ck_assert_ptr_nonnull(t);
    size_t c = fm_result_column_named(t, name);
    ck_assert_msg(c != SIZE_MAX, "no column %s.%s", table, name);
    ck_assert_msg(fm_result_read(r, t, c, 0, (size_t)t->n_rows, &slice, &err) == FM_OK,
                  "%s", err.text);
    return slice;
}

static char *
slurp(const char *path, size_t *n_out)
{
    FILE *f = fopen(path, "rb");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
    *n_out = (size_t)ftell(f);
    char *bytes = malloc(*n_out + 1);
    ck_assert_int_eq(fseek(f, 0, SEEK_SET), 0);
    ck_assert_uint_eq(fread(bytes, 1, *n_out, f), *n_out);
    ck_assert_int_eq(fclose(f), 0);
    return bytes;
}

static void
spill(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

static size_t
files_in(const char *path)
{
    size_t n = 0;
    DIR *dir = opendir(path);

    ck_assert_ptr_nonnull(dir);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    (void)closedir(dir);
    return n;
}

/* ---- digest --------------------------------------------------------------------------
 */

/* FIPS 180-4 examples of SHA-256. */
START_TEST(digest_published_vectors)
{
    fm_digest d;
    char hex[FM_DIGEST_TEXT];

    fm_digest_init(&d);
    fm_digest_done(&d, hex);
    ck_assert_str_eq(hex,
                     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    fm_digest_bytes(&d, "abc", 3);
    fm_digest_done(&d, hex);
    ck_assert_str_eq(hex,
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

static void
hash_of_reals(const double *x, size_t n, size_t step, char *hex)
{
    fm_digest d;

    fm_digest_init(&d);
    for (size_t i = 0; i < n; i += step)
        fm_digest_reals(&d, x + i, n - i < step ? n - i : step);
    fm_digest_done(&d, hex);
}

START_TEST(digest_canonical_values)
{
    double x[1500], y[2] = {0.0, -0.0};
    char a[FM_DIGEST_TEXT], b[FM_DIGEST_TEXT];
    const unsigned char one[8] = {0, 0, 0, 0, 0, 0, 0xf0, 0x3f};
    const unsigned char minus_two[8] = {0xfe, 255, 255, 255, 255, 255, 255, 255};
    int64_t integer = -2;
    fm_digest d;

    for (size_t i = 0; i < 1500; i++)
        x[i] = sqrt((double)i);
    hash_of_reals(x, 1500, 1500, a);
    hash_of_reals(x, 1500, 7, b);
    ck_assert_str_eq(a, b);
    x[0] = NAN;
    hash_of_reals(x, 1, 1, a);
    x[0] = -x[0];
    hash_of_reals(x, 1, 1, b);
    ck_assert_str_eq(a, b);
    hash_of_reals(&y[0], 1, 1, a);
    hash_of_reals(&y[1], 1, 1, b);
    ck_assert_str_ne(a, b);
    fm_digest_init(&d);
    fm_digest_bytes(&d, one, 8);
    fm_digest_bytes(&d, minus_two, 8);
    fm_digest_done(&d, a);
    x[0] = 1;
    fm_digest_reals(&d, x, 1);
    fm_digest_integers(&d, &integer, 1);
    fm_digest_done(&d, b);
    ck_assert_str_eq(a, b);
}
END_TEST

START_TEST(digest_texts_do_not_run_together)
{
    fm_digest d;
    char a[FM_DIGEST_TEXT], b[FM_DIGEST_TEXT];

    fm_digest_init(&d);
    fm_digest_text(&d, "ab");
    fm_digest_text(&d, "c");
    fm_digest_done(&d, a);
    fm_digest_text(&d, "a");
    fm_digest_text(&d, "bc");
    fm_digest_done(&d, b);
    ck_assert_str_ne(a, b);
    fm_digest_text(&d, NULL);
    fm_digest_done(&d, a);
    fm_digest_text(&d, "");
    fm_digest_done(&d, b);
    ck_assert_str_eq(a, b);
}
END_TEST

/* ---- layouts -------------------------------------------------------------------------
 */

START_TEST(grid_is_shaped_by_its_axes)
{
    fm_result *r = result_of(GRID);
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
    fm_slice p = column(r, "vref", "process"), v = column(r, "vref", "vdd"),
             c = column(r, "vref", "temp"), x = column(r, "vref", "vref");
    for (size_t i = 0; i < 60; i++) {
        ck_assert_str_eq(p.text[i], corners[i / 12]);
        ck_assert_double_eq(v.real[i], vdd[i / 4 % 3]);
        ck_assert_double_eq(c.real[i], temp[i % 4]);
        ck_assert_double_eq(x.real[i], 1.2 + 0.001 * (double)(i / 12) +
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
    fm_result *r = result_of(GRID);
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
    fm_result *r = result_of(
        "sweep:\n  - { param: count, values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }\n");
    const fm_result_table *t = fm_result_table_named(r, "trace");
    fm_slice point = column(r, "trace", "point"), time = column(r, "trace", "time"),
             kind = column(r, "trace", "kind"), lot = column(r, "trace", "lot"),
             id = column(r, "trace", "id"), spread = column(r, "trace", "spread");

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
    fm_slice note = column(r, "vref", "note");
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
    fm_result *r = result_of("params: { rows: 4 }\n");
    const fm_result_table *t = fm_result_table_named(r, "trace");

    ck_assert(t->columns[0].axis);
    ck_assert_str_eq(t->columns[0].name, "time");
    ck_assert_uint_eq(t->n_columns, FM_COUNT(trace_columns));
    ck_assert_uint_eq(t->n_rows, 4);
    t = fm_result_table_named(r, "vref");
    ck_assert_uint_eq(t->n_rows, 1);
    ck_assert_uint_eq(t->n_columns, FM_COUNT(vref_columns));
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
    fm_slice process = column(r, table, "process"),
             label = column(r, table, "label_text"), loud = column(r, table, "loud"),
             vdd = column(r, table, "vdd"), count = column(r, table, "count"),
             point = column(r, table, "point");
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
    fm_result *r = result_of("sampling: { mode: zip }\nsweep:\n"
                             "  - { param: process, values: [TT, SS, FF] }\n"
                             "  - { param: label.text, values: [a b, c, a b] }\n"
                             "  - { param: loud, values: [false, true, false] }\n"
                             "  - { param: vdd, from: 1, to: 2, points: 3 }\n"
                             "  - { param: count, values: [7, 6, 5] }\n");
    const fm_result_table *t = fm_result_table_named(r, "vref");

    ck_assert_uint_eq(t->n_dims, 1);
    ck_assert_str_eq(t->columns[0].name, "point");
    ck_assert(t->columns[0].axis);
    ck_assert_uint_eq(t->n_columns, 6 + FM_COUNT(vref_columns));
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
    fm_result *r = result_of(yaml);
    fm_scenario *s = scenario_of(yaml);
    fm_slice vdd = column(r, "points", "vdd"), temp = column(r, "vref", "temp");
    fm_cursor *cursor = NULL;
    fm_point point;

    ck_assert_uint_eq(vdd.n, 50);
    ck_assert_int_eq(fm_cursor_create(s, &cursor), FM_OK);
    for (uint64_t i = 0; i < 50; i++) {
        ck_assert_int_eq(fm_cursor_seek(cursor, i, &point), FM_OK);
        ck_assert_double_eq(vdd.real[i], fm_real(&point, VDD));
        ck_assert_double_eq(temp.real[i], fm_real(&point, TEMP));
    }
    fm_cursor_free(cursor);
    fm_slice_free(&vdd);
    fm_slice_free(&temp);
    drop(s);
    fm_result_close(r);
}
END_TEST

START_TEST(an_axis_gives_way_to_a_column_of_its_name)
{
    fm_result *r = result_of("sweep:\n  - { param: temp, values: [1, 2] }\n");
    const fm_result_table *t = fm_result_table_named(r, "vref");
    ck_assert_str_eq(t->columns[0].name, "temp");
    t = fm_result_table_named(r, "curve");
    ck_assert_str_eq(t->columns[0].name, "point");
    ck_assert_uint_eq(fm_result_column_named(t, "temp"), 3);
    fm_result_close(r);
}
END_TEST

/* ---- digest and bytes of files -------------------------------------------------------
 */

/* 200 points with 1000 rows each fill chunks in the middle of points. */
#define LONG_SWEEP                                                                       \
    "params: { rows: 1000 }\nsweep:\n  - { param: vdd, from: 1, to: 2, points: 200 }\n"

START_TEST(bytes_do_not_depend_on_how_rows_come)
{
    const uint64_t chunks[] = {1, 7, 200};
    char digest[3][FM_DIGEST_TEXT];
    char *bytes[3];
    size_t n[3];
    fm_scenario *s = scenario_of(LONG_SWEEP);

    for (size_t i = 0; i < 3; i++) {
        make(s, in_folder("c.h5"), chunks[i], false, digest[i]);
        bytes[i] = slurp(in_folder("c.h5"), &n[i]);
        ck_assert_str_eq(digest[i], digest[0]);
        ck_assert_uint_eq(n[i], n[0]);
        ck_assert_int_eq(memcmp(bytes[i], bytes[0], n[0]), 0);
    }
    double estimate = fm_store_size(s);
    ck_assert_double_gt(estimate, 0.5 * (double)n[0]);
    ck_assert_double_lt(estimate, 2.0 * (double)n[0]);
    for (size_t i = 0; i < 3; i++)
        free(bytes[i]);
    fm_result *r = open_result(in_folder("c.h5"));
    fm_slice id = column(r, "trace", "id"), lot = column(r, "trace", "lot");
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
    drop(s);
}
END_TEST

/* A grid of more than one chunk, whose chunks do not divide the axes evenly. */
START_TEST(large_grid_round_trips)
{
    fm_result *r = result_of("params: { rows: 0 }\nsweep:\n"
                             "  - { param: process, values: [TT, FF] }\n"
                             "  - { param: vdd, from: 1, to: 2, points: 337 }\n"
                             "  - { param: temp, from: 1, to: 800, points: 443 }\n");
    fm_slice number = column(r, "vref", "number"), temp = column(r, "vref", "temp"),
             vdd = column(r, "points", "vdd"), again = column(r, "vref", "vdd");
    char digest[FM_DIGEST_TEXT];

    ck_assert_uint_eq(number.n, 2 * 337 * 443);
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
    fm_scenario *s = scenario_of(GRID);

    make(s, in_folder("a.h5"), 60, false, without);
    make(s, in_folder("b.h5"), 60, true, with);
    drop(s);
    ck_assert_str_eq(with, without);
    fm_result *a = open_result(in_folder("a.h5")), *b = open_result(in_folder("b.h5"));
    ck_assert_int_eq(fm_result_verify(b, computed, NULL), FM_OK);
    ck_assert_str_eq(computed, with);
    ck_assert_str_eq(fm_result_fact(a, "started"), "");
    ck_assert_str_eq(fm_result_fact(a, "host"), "");
    ck_assert_str_eq(fm_result_fact(b, "started"), "2026-01-02T03:04:05Z");
    ck_assert_str_eq(fm_result_fact(b, "finished"), "2026-01-02T03:04:06Z");
    ck_assert_str_ne(fm_result_fact(b, "host"), "");
    fm_slice sa = column(a, "points", "seconds"), sb = column(b, "points", "seconds");
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
    fm_result *r = result_of("title: Band gap\n" GRID);

    ck_assert_str_eq(fm_result_fact(r, "study"), "fake.vref");
    ck_assert_str_eq(fm_result_fact(r, "title"), "Band gap");
    ck_assert_str_eq(fm_result_fact(r, "seed"), "42");
    ck_assert_str_eq(fm_result_fact(r, "draws"), "10");
    ck_assert_str_eq(fm_result_fact(r, "points"), "60");
    ck_assert_str_eq(fm_result_fact(r, "schema"), "1");
    ck_assert_str_eq(fm_result_fact(r, "argv"), "fabmet run test.yaml");
    ck_assert_str_eq(fm_result_fact(r, "version"), "0.1.0");
    ck_assert_str_eq(fm_result_fact(r, "path"), in_folder("r.h5"));
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
    fm_scenario *s = scenario_of("sweep:\n  - { param: vdd, values: [1, 2] }\n");
    fm_scenario *t = scenario_of("sweep:\n  - { param: count, values: [1, 2] }\n");

    make(s, in_folder("a.h5"), 60, false, a);
    make(t, in_folder("b.h5"), 60, false, b);
    ck_assert_str_ne(a, b);
    make(s, in_folder("b.h5"), 60, false, b);
    ck_assert_str_eq(a, b);
    drop(s);
    drop(t);
}
END_TEST

/* ---- points and verdicts -------------------------------------------------------------
 */

START_TEST(failed_points_are_marked)
{
    fm_result *r = result_of("sweep:\n  - { param: temp, values: [25, 950, 30] }\n");
    fm_slice status = column(r, "points", "status"),
             message = column(r, "points", "message"), vref = column(r, "vref", "vref"),
             grade = column(r, "vref", "grade"), point = column(r, "trace", "point");
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
        result_of("sweep:\n  - { param: process, values: [TT, SF, SS, SF] }\n");
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
    fm_result *r = result_of("sweep:\n  - { param: temp, values: [25, 950, 35] }\n");
    fm_result_verdict *v = NULL;
    size_t n = 0;

    ck_assert_int_eq(fm_result_verdicts(r, &v, &n, NULL), FM_OK);
    ck_assert_uint_eq(n, 2);
    ck_assert(!v[0].pass);
    ck_assert_double_nan(v[0].value);
    ck_assert_uint_eq(v[0].point, 1);
    ck_assert_uint_eq(v[0].n_failed, 1);
    ck_assert(
        !v[1].pass); /* 35 degC gives less than 1.2 V; the failed point has no limit */
    ck_assert_uint_eq(v[1].n_rows, 2);
    ck_assert_uint_eq(v[1].point, 2);
    fm_result_verdicts_free(v, n);
    fm_result_close(r);
}
END_TEST

/* ---- sizes ---------------------------------------------------------------------------
 */

START_TEST(empty_tables_and_long_texts)
{
    enum {
        LONG = 100000
    };
    fm_scenario *s = scenario_of("params: { rows: 0 }\n");
    char *text = malloc(LONG + 1), digest[FM_DIGEST_TEXT];
    fm_store_options options = {.replace = true};
    fm_error err = FM_ERROR_INIT;
    fm_store *store = NULL;
    fm_out *out = NULL;

    memset(text, 't', LONG);
    text[LONG] = '\0';
    char *title = s->title;
    s->title = text;
    ck_assert_int_eq(fm_store_create(in_folder("r.h5"), s, &options, &store, &err),
                     FM_OK);
    ck_assert_int_eq(fm_out_create(&study, &out), FM_OK);
    fm_out_reset(out, 0);
    ck_assert_int_eq(fm_out_begin(out, 0), FM_OK);
    ck_assert_int_eq(fm_out_end(out, FM_EDATA, text, 0), FM_OK);
    ck_assert_int_eq(fm_store_append(store, out, &err), FM_OK);
    ck_assert_int_eq(fm_store_finish(store, NULL, digest, &err), FM_OK);
    s->title = title;
    fm_out_free(out);
    fm_store_free(store);
    drop(s);
    fm_result *r = open_result(in_folder("r.h5"));
    fm_slice message = column(r, "points", "message"), empty = column(r, "trace", "lot");
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
    fm_scenario *s = scenario_of("");
    fm_store_options options = {.replace = true};
    char digest[FM_DIGEST_TEXT];
    fm_store *store = NULL;
    fm_out *out = NULL;

    ck_assert_int_eq(fm_store_create(in_folder("r.h5"), s, &options, &store, NULL),
                     FM_OK);
    ck_assert_int_eq(fm_out_create(&study, &out), FM_OK);
    fm_out_reset(out, 0);
    ck_assert_int_eq(fm_out_begin(out, 0), FM_OK);
    ck_assert_int_eq(fm_out_end(out, FM_EDATA, "a\xff\xfez", 0), FM_OK);
    ck_assert_int_eq(fm_store_append(store, out, NULL), FM_OK);
    ck_assert_int_eq(fm_store_finish(store, NULL, digest, NULL), FM_OK);
    fm_out_free(out);
    fm_store_free(store);
    drop(s);
    fm_result *r = open_result(in_folder("r.h5"));
    fm_slice message = column(r, "points", "message");
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
    fm_scenario *s = scenario_of("params: { rows: 0 }\nsweep:\n"
                                 "  - { param: process, values: [TT, FF, SS, FS, SF] }\n"
                                 "  - { param: vdd, from: 1, to: 2, points: 40 }\n"
                                 "  - { param: temp, from: 1, to: 800, points: 50 }\n");

    make(s, in_folder("r.h5"), 1000, false, digest);
    ck_assert_int_eq(stat(in_folder("r.h5"), &info), 0);
    ck_assert_int_lt(info.st_size, 1000000);
    drop(s);
}
END_TEST

/* ---- files ---------------------------------------------------------------------------
 */

static fm_status
try_create(const char *path, bool replace, fm_error *err)
{
    fm_scenario *s = scenario_of("");
    fm_store_options options = {.replace = replace};
    fm_store *store = NULL;
    fm_status st = fm_store_create(path, s, &options, &store, err);

    ck_assert((st == FM_OK) == (store != NULL));
    fm_store_free(store);
    drop(s);
    return st;
}

START_TEST(outputs_that_cannot_be_created)
{
    fm_error err = FM_ERROR_INIT;
    char name[300];

    spill(in_folder("old.h5"), "old", 3);
    ck_assert_int_eq(try_create(in_folder("old.h5"), false, &err), FM_ECREATE);
    ck_assert_ptr_nonnull(strstr(err.text, in_folder("old.h5")));
    ck_assert_int_eq(try_create(in_folder("missing/r.h5"), false, NULL), FM_ECREATE);
    ck_assert_int_eq(try_create(in_folder("old.h5/r.h5"), false, NULL), FM_ECREATE);
    ck_assert_int_eq(try_create(folder, true, NULL), FM_ECREATE);
    ck_assert_int_eq(try_create("", true, NULL), FM_ECREATE);
    ck_assert_int_eq(try_create(in_folder("old.h5/"), true, NULL), FM_ECREATE);
    ck_assert_int_eq(try_create("/dev/null", true, NULL), FM_ECREATE);
    ck_assert_int_eq(try_create("/proc/r.h5", false, NULL), FM_ECREATE);
    memset(name, 'n', sizeof name);
    name[256] = '\0'; /* one more than a file name may have */
    ck_assert_int_eq(try_create(name, false, NULL), FM_ECREATE);
    ck_assert_int_eq(try_create(in_folder("old.h5"), true, NULL), FM_OK);
    size_t n = 0;
    char *bytes = slurp(in_folder("old.h5"), &n); /* abandoned: the old file is there */
    ck_assert_uint_eq(n, 3);
    free(bytes);
    ck_assert_int_eq(unlink(in_folder("old.h5")), 0);
    ck_assert_uint_eq(files_in(folder), 0);
}
END_TEST

START_TEST(abandoned_store_leaves_nothing)
{
    fm_scenario *s = scenario_of(GRID);
    fm_store_options options = {.replace = false};
    fm_store *store = NULL;
    fm_error err = FM_ERROR_INIT;
    char digest[FM_DIGEST_TEXT] = "untouched";

    ck_assert_int_eq(fm_store_create(in_folder("r.h5"), s, &options, &store, &err),
                     FM_OK);
    ck_assert_uint_eq(files_in(folder), 1);
    ck_assert_int_ne(access(in_folder("r.h5"), F_OK), 0);
    ck_assert_int_eq(append_all(store, s, 13, &err), FM_OK);
    fm_store_free(store);
    ck_assert_uint_eq(files_in(folder), 0);
    ck_assert_int_eq(fm_store_create(in_folder("r.h5"), s, &options, &store, &err),
                     FM_OK);
    ck_assert_int_eq(fm_store_finish(store, "", digest, &err), FM_EINTERNAL);
    ck_assert_str_eq(digest, "untouched");
    fm_store_free(store);
    ck_assert_uint_eq(files_in(folder), 0);
    drop(s);
}
END_TEST

START_TEST(points_must_follow_each_other)
{
    fm_scenario *s = scenario_of(GRID);
    fm_store_options options = {.replace = false};
    fm_store *store = NULL;
    fm_out *out = NULL;

    ck_assert_int_eq(fm_store_create(in_folder("r.h5"), s, &options, &store, NULL),
                     FM_OK);
    ck_assert_int_eq(fm_out_create(&study, &out), FM_OK);
    compute_chunk(s, out, 1, 3);
    ck_assert_int_eq(fm_store_append(store, out, NULL), FM_EINTERNAL);
    fm_out_free(out);
    fm_store_free(store);
    drop(s);
}
END_TEST

START_TEST(a_file_that_came_meanwhile_is_kept)
{
    fm_scenario *s = scenario_of("");
    fm_store_options options = {.replace = false};
    fm_store *store = NULL;
    char digest[FM_DIGEST_TEXT];
    size_t n = 0;

    ck_assert_int_eq(fm_store_create(in_folder("r.h5"), s, &options, &store, NULL),
                     FM_OK);
    ck_assert_int_eq(append_all(store, s, 1, NULL), FM_OK);
    spill(in_folder("r.h5"), "theirs", 6);
    ck_assert_int_eq(fm_store_finish(store, "", digest, NULL), FM_ECREATE);
    fm_store_free(store);
    char *bytes = slurp(in_folder("r.h5"), &n);
    ck_assert(n == 6 && memcmp(bytes, "theirs", 6) == 0);
    free(bytes);
    ck_assert_uint_eq(files_in(folder), 1);
    drop(s);
}
END_TEST

START_TEST(replacing_follows_a_link)
{
    fm_scenario *s = scenario_of("");
    char digest[FM_DIGEST_TEXT];
    struct stat info;

    spill(in_folder("real.h5"), "x", 1);
    ck_assert_int_eq(symlink("real.h5", in_folder("r.h5")), 0);
    make(s, in_folder("r.h5"), 1, false, digest);
    ck_assert_int_eq(lstat(in_folder("r.h5"), &info), 0);
    ck_assert(S_ISLNK(info.st_mode));
    fm_result_close(open_result(in_folder("real.h5")));
    drop(s);
}
END_TEST

/* A limit on file sizes stands for a full disk. */
START_TEST(full_disk_is_an_io_error)
{
    fm_scenario *s = scenario_of(LONG_SWEEP);
    fm_store_options options = {.replace = false};
    struct rlimit limit = {1000000, 1000000};
    fm_error err = FM_ERROR_INIT;
    fm_store *store = NULL;

    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(fm_store_create(in_folder("r.h5"), s, &options, &store, &err),
                     FM_OK);
    ck_assert_int_eq(append_all(store, s, 200, &err), FM_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, in_folder("r.h5")));
    ck_assert_ptr_nonnull(strstr(err.text, "File too large"));
    fm_store_free(store);
    ck_assert_uint_eq(files_in(folder), 0);
    drop(s);
}
END_TEST

/* ---- hostile files -------------------------------------------------------------------
 */

/* Opens, reads everything there is, closes.  Whatever the bytes are, this must return. */
static fm_status
read_everything(const char *path)
{
    char digest[FM_DIGEST_TEXT];
    fm_result *r = NULL;
    fm_error err = FM_ERROR_INIT;
    fm_status st = fm_result_open(path, &r, &err);

    if (st != FM_OK) {
        ck_assert_int_eq(st, err.code);
        ck_assert_str_ne(err.text, "");
        return st;
    }
    fm_result_verdict *v = NULL;
    size_t n = 0;
    if (fm_result_verdicts(r, &v, &n, NULL) == FM_OK)
        fm_result_verdicts_free(v, n);
    st = fm_result_verify(r, digest, &err);
    fm_result_close(r);
    return st;
}

START_TEST(no_results_at_all)
{
    spill(in_folder("text.h5"), "hello", 5);
    spill(in_folder("empty.h5"), "", 0);
    ck_assert_int_eq(read_everything(in_folder("text.h5")), FM_EDATA);
    ck_assert_int_eq(read_everything(in_folder("empty.h5")), FM_EDATA);
    ck_assert_int_eq(read_everything(in_folder("missing.h5")), FM_ENOINPUT);
    ck_assert_int_eq(read_everything(folder), FM_ENOINPUT);
    hid_t file =
        H5Fcreate(in_folder("other.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Fclose(file), 0);
    ck_assert_int_eq(read_everything(in_folder("other.h5")), FM_EDATA);
}
END_TEST

/* Changes one thing of a good result. */
typedef void (*change)(hid_t file);

static fm_status
read_changed(change apply)
{
    char digest[FM_DIGEST_TEXT];
    fm_scenario *s = scenario_of(GRID);

    make(s, in_folder("r.h5"), 60, false, digest);
    drop(s);
    hid_t file = H5Fopen(in_folder("r.h5"), H5F_ACC_RDWR, H5P_DEFAULT);
    ck_assert_int_ge(file, 0);
    apply(file);
    ck_assert_int_ge(H5Fclose(file), 0);
    return read_everything(in_folder("r.h5"));
}

static void
newer_schema(hid_t file)
{
    int64_t schema = 2;
    hid_t attribute = H5Aopen(file, "fabmet_schema", H5P_DEFAULT);

    ck_assert_int_ge(H5Awrite(attribute, H5T_NATIVE_INT64, &schema), 0);
    ck_assert_int_ge(H5Aclose(attribute), 0);
}

static void
no_study(hid_t file)
{
    ck_assert_int_ge(H5Adelete_by_name(file, "entry", "study", H5P_DEFAULT), 0);
}

static void
no_axes(hid_t file)
{
    ck_assert_int_ge(H5Adelete_by_name(file, "entry/vref", "axes", H5P_DEFAULT), 0);
}

static void
no_words(hid_t file)
{
    ck_assert_int_ge(H5Adelete_by_name(file, "entry/vref/grade", "words", H5P_DEFAULT),
                     0);
}

static void
no_points(hid_t file)
{
    ck_assert_int_ge(H5Ldelete(file, "entry/points", H5P_DEFAULT), 0);
}

static void
no_coordinate(hid_t file)
{
    ck_assert_int_ge(H5Ldelete(file, "entry/vref/vdd", H5P_DEFAULT), 0);
}

static void
wrong_type(hid_t file)
{
    hsize_t dims[3] = {5, 3, 4};
    hid_t space = H5Screate_simple(3, dims, NULL);

    ck_assert_int_ge(H5Ldelete(file, "entry/vref/vref", H5P_DEFAULT), 0);
    hid_t d = H5Dcreate2(file, "entry/vref/vref", H5T_STD_U16BE, space, H5P_DEFAULT,
                         H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Dclose(d), 0);
    ck_assert_int_ge(H5Sclose(space), 0);
}

/* A column of more rows than the file has bytes: 2^60 reads of nothing. */
static void
endless(hid_t file)
{
    hsize_t n = (hsize_t)1 << 60, chunk = 1;
    hid_t space = H5Screate_simple(1, &n, NULL), plist = H5Pcreate(H5P_DATASET_CREATE);

    ck_assert_int_ge(H5Ldelete(file, "entry/points", H5P_DEFAULT), 0);
    ck_assert_int_ge(
        H5Lmove(file, "entry/trace", file, "entry/points", H5P_DEFAULT, H5P_DEFAULT), 0);
    ck_assert_int_ge(H5Ldelete(file, "entry/points/id", H5P_DEFAULT), 0);
    ck_assert_int_ge(H5Pset_chunk(plist, 1, &chunk), 0);
    hid_t d = H5Dcreate2(file, "entry/points/id", H5T_STD_I64LE, space, H5P_DEFAULT,
                         plist, H5P_DEFAULT);
    ck_assert_int_ge(d, 0);
    ck_assert_int_ge(H5Dclose(d), 0);
    ck_assert_int_ge(H5Sclose(space), 0);
    ck_assert_int_ge(H5Pclose(plist), 0);
}

static void
elsewhere(hid_t file)
{
    ck_assert_int_ge(H5Ldelete(file, "entry/vref/vref", H5P_DEFAULT), 0);
    ck_assert_int_ge(H5Lcreate_external("/etc/passwd", "x", file, "entry/vref/vref",
                                        H5P_DEFAULT, H5P_DEFAULT),
                     0);
}

static void
one_value(hid_t file)
{
    double x[60];
    hid_t d = H5Dopen2(file, "entry/vref/vref", H5P_DEFAULT);

    ck_assert_int_ge(H5Dread(d, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, x), 0);
    x[17] = nextafter(x[17], 9);
    ck_assert_int_ge(H5Dwrite(d, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, x), 0);
    ck_assert_int_ge(H5Dclose(d), 0);
}

static void
one_coordinate(hid_t file)
{
    double x[4] = {-40, 25, 85, 126};
    hid_t d = H5Dopen2(file, "entry/vref/temp", H5P_DEFAULT);

    ck_assert_int_ge(H5Dwrite(d, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, x), 0);
    ck_assert_int_ge(H5Dclose(d), 0);
}

static void
nothing(hid_t file)
{
    (void)file;
}

START_TEST(changed_results_are_noticed)
{
    const change changes[] = {newer_schema, no_study,   no_axes,       no_words,
                              no_points,    wrong_type, endless,       no_coordinate,
                              elsewhere,    one_value,  one_coordinate};

    ck_assert_int_eq(read_changed(nothing), FM_OK);
    for (size_t i = 0; i < FM_COUNT(changes); i++)
        ck_assert_msg(read_changed(changes[i]) == FM_EDATA, "change %zu passed", i);
}
END_TEST

START_TEST(truncated_files_are_refused)
{
    size_t n = 0;

    fm_result_close(result_of("title: a title\n" GRID));
    char *bytes = slurp(in_folder("r.h5"), &n);
    for (size_t i = 0; i < 200; i++) {
        spill(in_folder("cut.h5"), bytes, i * n / 200);
        ck_assert_int_eq(read_everything(in_folder("cut.h5")), FM_EDATA);
    }
    free(bytes);
}
END_TEST

/* Flips one bit at many places.  Flips in texts that are no data, and in unused bytes,
 * may pass; a flip in the values must not. */
START_TEST(flipped_bits_do_no_harm)
{
    size_t n = 0;
    fm_stream stream = fm_stream_make(20261121, 0, 0);

    fm_result_close(result_of("title: a title\n" GRID));
    char *bytes = slurp(in_folder("r.h5"), &n);
    for (uint32_t i = 0; i < 400; i++) {
        uint32_t words[4];
        fm_rng_words(&stream, i, words);
        size_t at = words[0] % n;
        char kept = bytes[at];
        bytes[at] = (char)(bytes[at] ^ (1 << words[1] % 8));
        spill(in_folder("flip.h5"), bytes, n);
        fm_status st = read_everything(in_folder("flip.h5"));
        ck_assert_msg(st == FM_OK || st == FM_EDATA, "status %d at byte %zu", st, at);
        bytes[at] = kept;
    }
    free(bytes);
}
END_TEST

/* Finds the values of a column in the file and flips a bit of one. */
START_TEST(a_flipped_bit_in_the_values_is_found)
{
    size_t n = 0;
    double value = 1.2 + 0.001 * 3 + 0.01 * (1.98 - 1.8) - 1e-5 * (85 - 25);

    fm_result_close(result_of(GRID));
    char *bytes = slurp(in_folder("r.h5"), &n);
    char *found = memmem(bytes, n, &value, sizeof value);
    ck_assert_ptr_nonnull(found);
    *found = (char)(*found ^ 1);
    spill(in_folder("flip.h5"), bytes, n);
    ck_assert_int_eq(read_everything(in_folder("flip.h5")), FM_EDATA);
    free(bytes);
}
END_TEST

/* ---- comparison ----------------------------------------------------------------------
 */

static fm_status
compare_with_changed(change apply, uint64_t ulps, char **report)
{
    (void)read_changed(apply);
    ck_assert_int_eq(rename(in_folder("r.h5"), in_folder("b.h5")), 0);
    fm_result *a = result_of(GRID), *b = open_result(in_folder("b.h5"));
    fm_status st = fm_result_compare(a, b, ulps, report, NULL);
    fm_result_close(a);
    fm_result_close(b);
    return st;
}

START_TEST(comparison_within_ulps)
{
    char *report = NULL;

    ck_assert_int_eq(compare_with_changed(nothing, 0, &report), FM_OK);
    ck_assert_str_eq(report, "");
    free(report);
    ck_assert_int_eq(compare_with_changed(one_value, 0, &report), FM_EDATA);
    ck_assert_ptr_nonnull(strstr(report, "vref.vref: 1 of 60 rows differ, first row 17"));
    ck_assert_ptr_nonnull(strstr(report, "largest distance 1 ulps"));
    free(report);
    ck_assert_int_eq(compare_with_changed(one_value, 1, &report), FM_OK);
    free(report);
    ck_assert_int_eq(compare_with_changed(one_coordinate, 1000, &report), FM_EDATA);
    ck_assert_ptr_nonnull(strstr(report, "vref.temp: 15 of 60 rows differ, first row 3"));
    free(report);
}
END_TEST

START_TEST(comparison_of_different_tables)
{
    char *report = NULL, digest[FM_DIGEST_TEXT];
    fm_scenario *s = scenario_of("sweep:\n  - { param: temp, values: [950, 30, 40] }\n");
    fm_scenario *t = scenario_of("sweep:\n  - { param: temp, values: [950, 30] }\n");

    make(s, in_folder("s.h5"), 1, false, digest);
    make(t, in_folder("t.h5"), 1, false, digest);
    drop(s);
    drop(t);
    fm_result *a = open_result(in_folder("s.h5")), *b = open_result(in_folder("t.h5"));
    ck_assert_int_eq(fm_result_compare(a, a, 0, &report, NULL),
                     FM_OK); /* NaN equals NaN */
    free(report);
    ck_assert_int_eq(fm_result_compare(a, b, 0, &report, NULL), FM_EDATA);
    ck_assert_ptr_nonnull(strstr(report, "vref: different sizes (3 and 2 rows)"));
    free(report);
    fm_result_close(a);
    fm_result_close(b);
}
END_TEST

/* ---- suite ---------------------------------------------------------------------------
 */

static void
clear_folder(void)
{
    DIR *dir = opendir(folder);

    if (dir == NULL)
        return;
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
        (void)unlink(in_folder(e->d_name));
    (void)closedir(dir);
}

static Suite *
suite(void)
{
    Suite *s = suite_create("store");
    TCase *t = tcase_create("digest");

    tcase_add_test(t, digest_published_vectors);
    tcase_add_test(t, digest_canonical_values);
    tcase_add_test(t, digest_texts_do_not_run_together);
    suite_add_tcase(s, t);
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
                                  ten_thousand_corners_in_a_megabyte,
                                  outputs_that_cannot_be_created,
                                  abandoned_store_leaves_nothing,
                                  points_must_follow_each_other,
                                  a_file_that_came_meanwhile_is_kept,
                                  replacing_follows_a_link,
                                  full_disk_is_an_io_error,
                                  no_results_at_all,
                                  changed_results_are_noticed,
                                  truncated_files_are_refused,
                                  flipped_bits_do_no_harm,
                                  a_flipped_bit_in_the_values_is_found,
                                  comparison_within_ulps,
                                  comparison_of_different_tables};
    t = tcase_create("files");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, NULL, clear_folder);
    for (size_t i = 0; i < FM_COUNT(tests); i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return s;
}

int
main(void)
{
    (void)gsl_set_error_handler_off();
    (void)H5dont_atexit(); /* a file that cannot be closed would crash it */
    if (H5Eset_auto2(H5E_DEFAULT, NULL, NULL) < 0 || mkdtemp(folder) == NULL ||
        fm_units_create(&units, NULL) != FM_OK)
        return EXIT_FAILURE;
    context.units = units;
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    fm_units_free(units);
    (void)rmdir(folder);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
