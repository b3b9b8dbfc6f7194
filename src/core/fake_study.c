/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study with every kind of column, and how tests make results of it. */
#include "config.h"

#include <dirent.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>
#include <hdf5.h>

#include "core/fake_study.h"
#include "core/text.h"

/* ---- a study with every kind of column -------------------------------------------- */

const char *const fake_corners[] = {"TT", "FF", "SS", "FS", "SF", NULL};
static const char *const grades[] = {"good", "not good", NULL};

static const fm_param params[] = {
    {.key = "process",
     .kind = FM_CHOICE,
     .def = "TT",
     .choices = fake_corners,
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
    [FAKE_VREF] = {"vref", "reference voltage", FM_ONE_ROW, vref_columns,
                   FM_COUNT(vref_columns), "vref"},
    [FAKE_TRACE] = {"trace", "traces", FM_MANY_ROWS, trace_columns,
                    FM_COUNT(trace_columns), NULL},
    [FAKE_CURVE] = {"curve", "curve", FM_MANY_ROWS, curve_columns,
                    FM_COUNT(curve_columns), NULL},
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
    return (uint64_t)fm_integer(point, FAKE_ROWS);
}

static fm_status
run(const fm_point *point, fm_out *out, fm_error *err)
{
    double v = 1.2 + 0.001 * (double)fm_integer(point, FAKE_PROCESS) +
               0.01 * (fm_real(point, FAKE_VDD) - 1.8) -
               1e-5 * (fm_real(point, FAKE_TEMP) - 25);
    int64_t i = (int64_t)point->index;
    bool odd = i % 2 == 1;
    fm_cell cells[] = {{.real = v},
                       {.integer = odd},
                       {.integer = i * INT64_C(1234567890123)},
                       {.text = odd ? "" : "caf\xc3\xa9"},
                       {.real = odd ? (double)NAN : 1.2}};

    if (fm_real(point, FAKE_TEMP) > 900)
        return FM_FAIL(err, FM_EDOM, "temp %g is too hot", fm_real(point, FAKE_TEMP));
    for (int64_t k = 0; k < fm_integer(point, FAKE_ROWS); k++) {
        char lot[32];
        (void)snprintf(lot, sizeof lot, "lot-%lld", (long long)(k % 5));
        fm_cell row[] = {
            {.real = 0.1 * (double)k}, {.real = v * (double)k}, {.real = -0.0},
            {.integer = k % 3 - 1},    {.text = lot},           {.integer = -k}};
        fm_status st = fm_out_row(out, FAKE_TRACE, row);
        if (st != FM_OK)
            return st;
    }
    return fm_out_row(out, FAKE_VREF, cells);
}

const fm_study fake_study = {
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

/* ---- running it ------------------------------------------------------------------- */

static const fm_study *const studies[] = {&fake_study};
static fm_units *units;
static fm_context context = {.studies = studies, .n_studies = 1};
static char folder[] = "fake_study.XXXXXX";

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

fm_scenario *
fake_scenario(const char *yaml)
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

void
fake_drop(fm_scenario *s)
{
    s->sources[0].data = NULL; /* not ours to free */
    fm_scenario_free(s);
}

const char *
fake_path(const char *name)
{
    static char paths[4][300];
    static int next;
    char *path = paths[next++ % 4];

    (void)snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void
fake_compute(const fm_scenario *s, fm_out *out, uint64_t first, uint64_t n)
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

fm_status
fake_append(fm_store *store, const fm_scenario *s, uint64_t chunk, fm_error *err)
{
    fm_out *out = NULL;
    fm_status st = FM_OK;

    ck_assert_int_eq(fm_out_create(&fake_study, &out), FM_OK);
    for (uint64_t at = 0; at < s->n_points && st == FM_OK; at += chunk) {
        uint64_t left = s->n_points - at;
        fake_compute(s, out, at, left < chunk ? left : chunk);
        st = fm_store_append(store, out, 0, out->n_points, err);
    }
    fm_out_free(out);
    return st;
}

/* Runs all points, `chunk` at a time. */
void
fake_make(const fm_scenario *s, const char *path, uint64_t chunk, bool times,
          char *digest_out)
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
    ck_assert_msg(fake_append(store, s, chunk, &err) == FM_OK, "%s", err.text);
    ck_assert_msg(fm_store_finish(store, "2026-01-02T03:04:06Z", digest_out, &err) ==
                      FM_OK,
                  "%s", err.text);
    fm_store_free(store);
}

fm_result *
fake_open(const char *path)
{
    fm_error err = FM_ERROR_INIT;
    fm_result *r = NULL;

    ck_assert_msg(fm_result_open(path, &r, &err) == FM_OK, "%s", err.text);
    return r;
}

/* Makes and opens a result. */
fm_result *
fake_result(const char *yaml)
{
    char digest[FM_DIGEST_TEXT];
    fm_scenario *s = fake_scenario(yaml);

    fake_make(s, fake_path("r.h5"), 7, false, digest);
    fake_drop(s);
    fm_result *r = fake_open(fake_path("r.h5"));
    ck_assert_str_eq(fm_result_fact(r, "digest"), digest);
    return r;
}

fm_slice
fake_column(const fm_result *r, const char *table, const char *name)
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

char *
fake_slurp(const char *path, size_t *n_out)
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

void
fake_spill(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

size_t
fake_files(void)
{
    size_t n = 0;
    DIR *dir = opendir(folder);

    ck_assert_ptr_nonnull(dir);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    (void)closedir(dir);
    return n;
}

/* ---- running the tests ------------------------------------------------------------ */

static int
remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    return walk->level > 0 ? remove(path) : 0;
}

void
fake_clear(void)
{
    (void)nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

int
fake_main(Suite *suite)
{
    (void)gsl_set_error_handler_off();
    (void)H5dont_atexit(); /* a file that cannot be closed would crash it */
    if (H5Eset_auto2(H5E_DEFAULT, NULL, NULL) < 0 || mkdtemp(folder) == NULL ||
        fm_units_create(&units, NULL) != FM_OK)
        return EXIT_FAILURE;
    context.units = units;
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    fm_units_free(units);
    (void)rmdir(folder);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
