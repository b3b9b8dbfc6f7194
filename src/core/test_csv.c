/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading measured data: quirks that are fine, files that are not, and where they say it.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/csv.h"
#include "core/decimal.h"
#include "core/rng.h"
#include "core/scenario.h"
#include "core/text.h"

static fm_units *units;

/* What one reading gives. */
typedef struct reading {
    fm_diags *diags;
    fm_data_column columns[8];
    size_t n, n_rows;
    uint64_t *line;
    char hash[65];
    fm_status st;
} reading;

static const fm_csv_column force_n = {.name = "force",
                                      .key = "force",
                                      .type = FM_TYPE_REAL,
                                      .unit = "N",
                                      .flags = FM_COL_REQUIRED};
static const fm_csv_column mode_text = {
    .name = "mode", .key = "mode", .type = FM_TYPE_TEXT, .flags = FM_COL_REQUIRED};
static const fm_csv_column count_1 = {.name = "n",
                                      .key = "n",
                                      .type = FM_TYPE_INTEGER,
                                      .unit = "1",
                                      .flags = FM_COL_REQUIRED,
                                      .min = 1,
                                      .max = 99};

static reading
read_source(const fm_csv_source *source, const fm_csv_column *columns, size_t n)
{
    reading r = {.diags = fm_diags_create(), .n = n};

    ck_assert_ptr_nonnull(r.diags);
    r.st = fm_csv_read(units, source, columns, n, r.diags, r.columns, &r.n_rows, &r.line,
                       r.hash);
    fm_diags_sort(r.diags);
    return r;
}

static reading
read_bytes(const char *text, size_t length, const fm_csv_column *columns, size_t n)
{
    fm_csv_source source = {.name = "inline",
                            .text = text,
                            .length = length,
                            .first_line = 1,
                            .scenario = "pulls.csv"};
    return read_source(&source, columns, n);
}

static reading
read_text(const char *text, const fm_csv_column *columns, size_t n)
{
    return read_bytes(text, strlen(text), columns, n);
}

static void
drop(reading *r)
{
    if (r->st == FM_OK) {
        fm_csv_free(r->columns, r->n);
        free(r->line);
    }
    fm_diags_free(r->diags);
}

static const fm_diag *
first_diag(const reading *r, size_t *n_errors_out)
{
    size_t n;
    const fm_diag *list = fm_diags_list(r->diags, &n, n_errors_out);

    ck_assert_uint_gt(n, 0);
    return list;
}

/* ---- good files ------------------------------------------------------------------ */

START_TEST(test_quirks)
{
    static const char text[] = "\xef\xbb\xbf# pulled on tester 2\r\n"
                               "\r\n"
                               "  lot , \"force [gf]\",\"the, mode\",unused\r\n"
                               "# a comment between rows\r\n"
                               "A, 12.346 ,\"heel \"\"A\"\"\",x\r\n"
                               "\r\n"
                               "\"B\r\nb\",-1e1,loop,\"#no comment\"\r\n"
                               "A,+.5,\"  kept  \",\r\n"
                               "\xc3\xa4,,,";
    const fm_csv_column columns[] = {
        {.name = "force", .type = FM_TYPE_REAL, .unit = "gf", .flags = FM_COL_MISSING},
        {.name = "the, mode", .type = FM_TYPE_TEXT, .flags = FM_COL_MISSING},
        {.name = "lot", .type = FM_TYPE_TEXT, .flags = FM_COL_REQUIRED},
        {.name = "operator", .type = FM_TYPE_TEXT, .flags = 0},
    };
    reading r = read_bytes(text, sizeof text - 1, columns, 4);

    ck_assert_int_eq(r.st, FM_OK);
    ck_assert_uint_eq(r.n_rows, 4);
    const fm_data_column *c = r.columns;
    ck_assert_str_eq(c[0].name, "force");
    ck_assert_str_eq(c[0].unit, "N");
    ck_assert(fabs(c[0].real[0] - 12.346 * 0.00980665) < 1e-16);
    ck_assert(fabs(c[0].real[1] + 0.0980665) < 1e-16);
    ck_assert(fabs(c[0].real[2] - 0.004903325) < 1e-17);
    ck_assert(isnan(c[0].real[3]));
    ck_assert_str_eq(c[1].labels[c[1].code[0]], "heel \"A\"");
    ck_assert_str_eq(c[1].labels[c[1].code[2]], "  kept  ");
    ck_assert_int_eq(c[1].code[3], -1);
    ck_assert_uint_eq(c[2].n_labels, 3);
    ck_assert_str_eq(c[2].labels[c[2].code[1]], "B\r\nb");
    ck_assert_int_eq(c[2].code[2], c[2].code[0]);
    ck_assert_str_eq(c[2].labels[c[2].code[3]], "\xc3\xa4");
    ck_assert_ptr_null(c[3].name);
    ck_assert_ptr_null(c[3].code);
    static const uint64_t lines[] = {5, 7, 9, 10};
    for (size_t i = 0; i < 4; i++)
        ck_assert_uint_eq(r.line[i], lines[i]);
    drop(&r);
}
END_TEST

/* The same table with each kind of line end. */
START_TEST(test_line_ends)
{
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    const fm_csv_column columns[] = {count_1, mode_text};

    for (size_t e = 0; e < FM_COUNT(ends); e++)
        for (int last = 0; last < 2; last++) {
            fm_str s = {0};
            fm_str_addf(&s, "n,mode%s%s1,a%s2,b%s", ends[e], ends[e], ends[e],
                        last ? ends[e] : "");
            reading r = read_text(s.data, columns, 2);
            ck_assert_int_eq(r.st, FM_OK);
            ck_assert_uint_eq(r.n_rows, 2);
            ck_assert_int_eq(r.columns[0].integer[1], 2);
            ck_assert_str_eq(r.columns[1].labels[1], "b");
            ck_assert_uint_eq(r.line[0], 3);
            ck_assert_uint_eq(r.line[1], 4);
            drop(&r);
            fm_str_free(&s);
        }
}
END_TEST

START_TEST(test_units)
{
    static const struct {
        const char *header, *data_unit, *declared, *unit;
        double value; /* of 25 */
    } rows[] = {
        {"d [um]", NULL, "um", "m", 25e-6},   {"d (um)", NULL, "m", "m", 25e-6},
        {"d", "um", "m", "m", 25e-6},         {"d", NULL, "um", "m", 25e-6},
        {"d [um]", "um", "m", "m", 25e-6},    {"d [um]", "\xc2\xb5m", "m", "m", 25e-6},
        {"d [degC]", NULL, "K", "K", 298.15}, {"d [mV]", NULL, NULL, "mV", 25},
        {"d", NULL, NULL, "1", 25},           {"d [%]", NULL, "1", "1", 0.25},
        {"d[nm]", NULL, "um", "m", 25e-9},    {"d [kPa]", NULL, "MPa", "Pa", 25e3},
    };

    for (size_t i = 0; i < FM_COUNT(rows); i++) {
        char text[64];
        const fm_csv_column column = {.name = "d",
                                      .type = FM_TYPE_REAL,
                                      .unit = rows[i].declared,
                                      .data_unit = rows[i].data_unit,
                                      .flags = FM_COL_REQUIRED};
        (void)snprintf(text, sizeof text, "%s\n25\n", rows[i].header);
        reading r = read_text(text, &column, 1);
        ck_assert_msg(r.st == FM_OK, "%s", rows[i].header);
        ck_assert_msg(r.columns[0].real[0] == rows[i].value, "%s: %.17g", rows[i].header,
                      r.columns[0].real[0]);
        ck_assert_str_eq(r.columns[0].unit, rows[i].unit);
        drop(&r);
    }
}
END_TEST

/* Whole header cells come before cells without their units. */
START_TEST(test_names)
{
    const fm_csv_column columns[] = {
        {.name = "width (left)", .type = FM_TYPE_REAL, .flags = FM_COL_REQUIRED},
        {.name = "force [N]", .type = FM_TYPE_REAL, .flags = FM_COL_REQUIRED},
        {.name = "load", .type = FM_TYPE_REAL, .unit = "N", .flags = FM_COL_REQUIRED},
        {.name = "load", .type = FM_TYPE_TEXT, .flags = FM_COL_REQUIRED},
    };
    reading r =
        read_text("force [gf],force [N],width (left),load\n1,2,3,4\n", columns, 4);

    ck_assert_int_eq(r.st, FM_OK);
    ck_assert(r.columns[0].real[0] == 3);
    ck_assert_str_eq(r.columns[0].unit, "1");
    ck_assert(r.columns[1].real[0] == 2);
    ck_assert_str_eq(r.columns[1].unit, "N");
    ck_assert(r.columns[2].real[0] == 4);
    ck_assert_str_eq(r.columns[3].labels[0], "4");
    drop(&r);
}
END_TEST

START_TEST(test_missing_cells)
{
    const fm_csv_column columns[] = {
        {.name = "x", .type = FM_TYPE_REAL, .flags = FM_COL_MISSING},
        {.name = "i", .type = FM_TYPE_INTEGER, .flags = FM_COL_MISSING},
        {.name = "t", .type = FM_TYPE_TEXT, .flags = FM_COL_MISSING},
    };
    reading r = read_text("x,i,t\nNA,NA,NA\nNaN,-,-\n-,,\n,NaN,x\n", columns, 3);

    ck_assert_int_eq(r.st, FM_OK);
    for (size_t i = 0; i < 4; i++) {
        ck_assert(isnan(r.columns[0].real[i]));
        ck_assert_int_eq(r.columns[1].integer[i], FM_CSV_NO_INTEGER);
    }
    ck_assert_str_eq(r.columns[2].labels[r.columns[2].code[0]], "NA");
    ck_assert_int_eq(r.columns[2].code[2], -1);
    drop(&r);
}
END_TEST

/* ---- bad files ------------------------------------------------------------------- */

typedef struct bad_file {
    const char *text;
    int line;
    size_t n_errors;
    const char *says[3]; /* each in the text or the hint of the first error */
} bad_file;

#define HEAD "force,mode,n\n"

static const bad_file bad_files[] = {
    {HEAD "1,5,a,3\n", 2, 1, {"4 cells", "header has 3", "decimal comma"}},
    {HEAD "1,a,2\n1,a\n", 3, 1, {"2 cells"}},
    {HEAD "\"1,5\",a,3\n", 2, 1, {"'force'", "1,5", "1.5"}},
    {HEAD "1;5,a,3\n", 2, 1, {"'force'", "1;5"}},
    {HEAD "12abc,a,3\n", 2, 1, {"'force'", "12abc"}},
    {HEAD "12 gf,a,3\n", 2, 1, {"'force'", "12 gf", "header"}},
    {HEAD "0x10,a,3\n", 2, 1, {"'force'", "0x10"}},
    {HEAD "1e400,a,3\n", 2, 1, {"'force'", "1e400"}},
    {HEAD "1e-400,a,3\n", 2, 1, {"'force'", "1e-400"}},
    {HEAD "inf,a,3\n", 2, 1, {"'force'", "inf"}},
    {HEAD "NaN,a,3\n", 2, 1, {"'force'", "NaN"}},
    {HEAD ",a,3\n", 2, 1, {"'force'", "empty"}},
    {HEAD "1,,3\n", 2, 1, {"'mode'", "empty", "label"}},
    {HEAD "1,a,\n", 2, 1, {"'n'", "empty"}},
    {HEAD "1,a,1.0\n", 2, 1, {"'n'", "1.0"}},
    {HEAD "1,a,007\n", 2, 1, {"'n'", "007"}},
    {HEAD "1,a,99999999999999999999\n", 2, 1, {"'n'", "99999999999999999999"}},
    {HEAD "1,a,100\n", 2, 1, {"'n'", "100", "[1, 99]"}},
    {HEAD "1,a,0\n", 2, 1, {"'n'", "'0'", "[1, 99]"}},
    {HEAD "\xe2\x88\x92"
          "1,a,3\n",
     2,
     1,
     {"'force'", "\xe2\x88\x92"
                 "1"}},
    {HEAD "1,\"a\nb\nc\",3\nx,a,3\n", 5, 1, {"'force'", "'x'"}},
    {HEAD "# comment\n\nx\ty,a,3\n", 4, 1, {"'force'", "x\\x09y"}},
    {HEAD "x,,0\n", 2, 3, {"'force'", "'x'"}},
    {HEAD "\x1b[31m,a,3\n", 2, 1, {"control byte 0x1b"}},
    {HEAD "1,\xb5,3\n", 2, 1, {"0xb5", "UTF-8"}},
    {HEAD "1,\xc0\xaf,3\n", 2, 1, {"0xc0", "UTF-8"}},
    {HEAD "1,a,3\n1,5\" wafer,3\n", 3, 1, {"quote", "doubled"}},
    {HEAD "1,\"a\"b,3\n", 2, 1, {"quote"}},
    {HEAD "1,a,3\n1,\"a,3\n2,b,3\n", 3, 1, {"not closed"}},
    {"", 1, 1, {"empty", "header"}},
    {"# only a comment\n\n", 1, 1, {"empty", "header"}},
    {HEAD, 1, 1, {"no row"}},
    {"force,mode\n1,a\n", 1, 1, {"no column 'n'", "'force', 'mode'"}},
    {"forc [N],mode,n\n1,a,3\n", 1, 1, {"no column 'force'", "did you mean 'forc [N]'?"}},
    {"force;mode;n\n1;a;3\n", 1, 3, {"no column 'force'", "separated by ';'"}},
    {"force\tmode\tn\n1\ta\t3\n", 1, 3, {"no column", "tabs"}},
    {"1,2,3\n4,5,6\n",
     1,
     3,
     {"no column 'force'", "first line must name", "'1', '2', '3'"}},
    {"force,mode,n,force\n1,a,3,2\n", 1, 1, {"'force'", "more than once"}},
    {"force [N],mode,n,force [gf]\n1,a,3,2\n", 1, 1, {"'force'", "more than once"}},
    {"force [um],mode,n\n1,a,3\n", 1, 1, {"'force'", "um"}},
    {"force [xyz],mode,n\n1,a,3\n", 1, 1, {"'force'", "xyz"}},
    {"\xff\xfe"
     "f",
     1,
     1,
     {"UTF-16"}},
};

static void
check_says(const fm_diag *d, const bad_file *f)
{
    for (size_t k = 0; k < FM_COUNT(f->says) && f->says[k] != NULL; k++) {
        bool in_text = strstr(d->text, f->says[k]) != NULL;
        bool in_hint = d->hint != NULL && strstr(d->hint, f->says[k]) != NULL;
        ck_assert_msg(in_text || in_hint, "%s: '%s' not in '%s' [%s]", f->text,
                      f->says[k], d->text, d->hint != NULL ? d->hint : "");
    }
}

START_TEST(test_bad_files)
{
    const bad_file *f = &bad_files[_i];
    const fm_csv_column columns[] = {force_n, mode_text, count_1};
    fm_data_column untouched = {.n_labels = 77};
    reading r = {.diags = fm_diags_create(), .n = 0};
    fm_csv_source source = {.name = "inline",
                            .text = f->text,
                            .length = strlen(f->text),
                            .first_line = 1,
                            .scenario = "pulls.csv"};
    size_t n_errors;

    r.columns[0] = untouched;
    r.st = fm_csv_read(units, &source, columns, 3, r.diags, r.columns, &r.n_rows, &r.line,
                       r.hash);
    ck_assert_int_eq(r.st, FM_EDATA);
    ck_assert_int_eq(fm_diags_status(r.diags), FM_EDATA);
    ck_assert_uint_eq(r.columns[0].n_labels, 77);
    ck_assert_ptr_null(r.line);
    const fm_diag *d = first_diag(&r, &n_errors);
    ck_assert_str_eq(d->file, "pulls.csv");
    ck_assert_msg(d->mark.line == f->line, "%s: line %d, %s", f->text, d->mark.line,
                  d->text);
    ck_assert_msg(n_errors == f->n_errors, "%s: %zu errors", f->text, n_errors);
    check_says(d, f);
    drop(&r);
}
END_TEST

START_TEST(test_nul_byte)
{
    static const char text[] = "force\n1\n2\0"
                               "3\n4\n";
    size_t n_errors;
    reading r = read_bytes(text, sizeof text - 1, &force_n, 1);

    ck_assert_int_eq(r.st, FM_EDATA);
    const fm_diag *d = first_diag(&r, &n_errors);
    ck_assert_int_eq(d->mark.line, 3);
    ck_assert_ptr_nonnull(strstr(d->text, "0x00"));
    drop(&r);
}
END_TEST

START_TEST(test_unit_conflict)
{
    fm_csv_column column = force_n;
    size_t n_errors;

    column.data_unit = "mN";
    reading r = read_text("force [gf]\n1\n", &column, 1);
    ck_assert_int_eq(r.st, FM_EDATA);
    const fm_diag *d = first_diag(&r, &n_errors);
    ck_assert_ptr_nonnull(strstr(d->text, "gf"));
    ck_assert_ptr_nonnull(strstr(d->text, "mN"));
    drop(&r);
    column = mode_text;
    column.data_unit = "mN";
    r = read_text("mode\n1\n", &column, 1);
    ck_assert_int_eq(r.st, FM_EDATA);
    ck_assert_ptr_nonnull(strstr(first_diag(&r, NULL)->text, "no unit"));
    drop(&r);
}
END_TEST

/* Limits are in the declared unit, whatever the data's; both ends are allowed. */
START_TEST(test_range)
{
    const fm_csv_column column = {.name = "d",
                                  .type = FM_TYPE_REAL,
                                  .unit = "um",
                                  .flags = FM_COL_REQUIRED,
                                  .min = 10,
                                  .max = 500};
    size_t n;
    size_t n_errors;
    reading r = read_text("d [mm]\n0.01\n0.5\n0.0099\n0.501\n-1\n", &column, 1);

    ck_assert_int_eq(r.st, FM_EDATA);
    const fm_diag *d = fm_diags_list(r.diags, &n, &n_errors);
    ck_assert_uint_eq(n_errors, 3);
    ck_assert_int_eq(d[0].mark.line, 4);
    ck_assert_ptr_nonnull(strstr(d[0].text, "'0.0099' is outside [10, 500] um"));
    ck_assert_int_eq(d[2].mark.line, 6);
    drop(&r);
}
END_TEST

START_TEST(test_many_errors)
{
    fm_str s = {0};
    size_t n;
    size_t n_errors;

    fm_str_add(&s, "force\n");
    for (int i = 0; i < 173; i++)
        fm_str_addf(&s, "bad%d\n", i);
    reading r = read_text(s.data, &force_n, 1);
    const fm_diag *d = fm_diags_list(r.diags, &n, &n_errors);
    ck_assert_uint_eq(n, FM_DIAG_MAX);
    ck_assert_uint_eq(n_errors, 173);
    ck_assert_int_eq(d[FM_DIAG_MAX - 1].mark.line, FM_DIAG_MAX + 1);
    drop(&r);
    fm_str_free(&s);
}
END_TEST

/* A column that the scenario names is missed there; inline rows are lines of the
 * scenario. */
START_TEST(test_places)
{
    fm_csv_column column = force_n;
    size_t n;
    fm_csv_source source = {.name = "inline",
                            .text = "force\n1\nx\n",
                            .length = 10,
                            .first_line = 20,
                            .scenario = "a.yaml"};

    reading r = read_source(&source, &column, 1);
    ck_assert_int_eq(fm_diags_list(r.diags, &n, NULL)->mark.line, 22);
    drop(&r);
    column.name = "F_gf";
    column.mark = (fm_mark){7, 24};
    r = read_source(&source, &column, 1);
    const fm_diag *d = first_diag(&r, NULL);
    ck_assert_str_eq(d->file, "a.yaml");
    ck_assert_int_eq(d->mark.line, 7);
    ck_assert_int_eq(d->mark.column, 24);
    drop(&r);
}
END_TEST

/* ---- files ----------------------------------------------------------------------- */

START_TEST(test_no_file)
{
    fm_csv_source source = {
        .path = "/nonexistent/x.csv", .name = "x.csv", .first_line = 1};
    reading r = read_source(&source, &force_n, 1);

    ck_assert_int_eq(r.st, FM_ENOINPUT);
    ck_assert_ptr_nonnull(strstr(first_diag(&r, NULL)->text, "x.csv"));
    drop(&r);
    source.path = "/";
    r = read_source(&source, &force_n, 1);
    ck_assert_int_eq(r.st, FM_EIO);
    drop(&r);
}
END_TEST

/* Several blocks: rows, lines, labels. */
START_TEST(test_large_file)
{
    char path[] = "/tmp/fm_test_csv_XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    const size_t rows = getenv("FM_TEST_VALGRIND") != NULL ? 20000 : 200000;
    const fm_csv_column columns[] = {count_1, mode_text, force_n};

    ck_assert_ptr_nonnull(f);
    ck_assert_int_gt(fprintf(f, "n,mode,force\n"), 0);
    for (size_t i = 0; i < rows; i++)
        ck_assert_int_gt(fprintf(f, "%zu,label %zu,%zu.25\n", i % 99 + 1, i % 5000, i),
                         0);
    ck_assert_int_eq(fclose(f), 0);
    fm_csv_source source = {.path = path, .name = "big.csv", .first_line = 1};
    reading r = read_source(&source, columns, 3);
    ck_assert_int_eq(r.st, FM_OK);
    ck_assert_uint_eq(r.n_rows, rows);
    ck_assert_uint_eq(r.columns[1].n_labels, 5000);
    for (size_t i = 0; i < rows; i++) {
        ck_assert_int_eq(r.columns[0].integer[i], (int64_t)(i % 99 + 1));
        ck_assert_int_eq(r.columns[1].code[i], (int32_t)(i % 5000));
        ck_assert(r.columns[2].real[i] == (double)i + 0.25);
        ck_assert_uint_eq(r.line[i], i + 2);
    }
    drop(&r);
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

/* Expected: `printf 'x\n1\n' | sha256sum` of GNU coreutils. */
START_TEST(test_hash)
{
    const fm_csv_column column = {
        .name = "x", .type = FM_TYPE_REAL, .flags = FM_COL_REQUIRED};
    reading r = read_text("x\n1\n", &column, 1);

    ck_assert_str_eq(r.hash,
                     "daff832f802000e645771a60983c76c963f6ee602a6230e45237bd360e91cc1a");
    drop(&r);
}
END_TEST

/* A record may not swallow the rest of a file, and a line may not fill the memory. */
START_TEST(test_limits)
{
    const size_t n = 3u << 20;
    char *text = malloc(n);

    ck_assert_ptr_nonnull(text);
    memset(text, 'a', n);
    memcpy(text, "force\n", 6);
    reading r = read_bytes(text, n, &force_n, 1);
    ck_assert_int_eq(r.st, FM_EDATA);
    ck_assert_int_eq(first_diag(&r, NULL)->mark.line, 2);
    drop(&r);
    for (size_t i = 100; i < n; i += 100)
        text[i] = '\n';
    memcpy(text, "force\n1\n\"", 9);
    r = read_bytes(text, n, &force_n, 1);
    ck_assert_int_eq(r.st, FM_EDATA);
    ck_assert_int_eq(first_diag(&r, NULL)->mark.line, 3);
    ck_assert_ptr_nonnull(strstr(first_diag(&r, NULL)->text, "1 MiB"));
    drop(&r);
    free(text);
}
END_TEST

/* ---- numbers in bulk ------------------------------------------------------------- */

/* Random texts of up to 21 digits against the C library. */
START_TEST(test_decimals)
{
    fm_decimals *decimals = fm_decimals_create();
    const fm_stream stream = fm_stream_make(20261121, 0, 1);

    ck_assert_ptr_nonnull(decimals);
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t w[4];
        char digits[32];
        char text[64];
        char shifted[64];
        double x = 0;
        fm_rng_words(&stream, i, w);
        (void)snprintf(digits, sizeof digits, "%010u%010u7", w[1], w[2]);
        int n = 1 + (int)(w[0] % 21);
        int dot = (int)((w[0] >> 8) % (uint32_t)(n + 1));
        int e = (int)(w[3] % 80) - 40;
        int shift = (int)((w[3] >> 8) % 19) - 9;
        (void)snprintf(text, sizeof text, "%.*s.%.*se%d", dot, digits, n - dot,
                       digits + dot, e);
        (void)snprintf(shifted, sizeof shifted, "%.*s.%.*se%d", dot, digits, n - dot,
                       digits + dot, e + shift);
        ck_assert_msg(fm_decimal_read(decimals, text, shift, &x), "%s", text);
        ck_assert_msg(x == strtod(shifted, NULL), "%s: %.17g", shifted, x);
    }
    fm_decimals_free(decimals);
}
END_TEST

START_TEST(test_decimal_grammar)
{
    static const char *const bad[] = {
        "",   "+",   "-",   ".",   "e5",  "1e",  "1e+",  "0x1",   "1_0",   " 1",
        "1 ", "inf", "nan", "1,5", "1..", "--1", "1e5.", "1e400", "1e-400"};
    static const struct {
        const char *text;
        double value;
    } good[] = {{"1.", 1},    {".5", 0.5},   {"+1.5E3", 1500},
                {"0012", 12}, {"0e-999", 0}, {"9007199254740993", 9007199254740992.0}};
    fm_decimals *decimals = fm_decimals_create();
    double x = 77;

    ck_assert_ptr_nonnull(decimals);
    for (size_t i = 0; i < FM_COUNT(bad); i++)
        ck_assert_msg(!fm_decimal_read(decimals, bad[i], 0, &x) && x == 77, "%s", bad[i]);
    for (size_t i = 0; i < FM_COUNT(good); i++) {
        ck_assert(fm_decimal_read(decimals, good[i].text, 0, &x));
        ck_assert(x == good[i].value);
    }
    ck_assert(fm_decimal_read(decimals, "-0", 0, &x));
    ck_assert(x == 0 && signbit(x));
    fm_decimals_free(decimals);
}
END_TEST

/* ---- loading a scenario's inputs ------------------------------------------------- */

enum {
    P_LABEL,
    P_EXTRA,
    P_LIMIT
};
static const fm_param load_params[] = {
    {.key = "label",
     .kind = FM_TEXT,
     .def = "lot",
     .flags = FM_FIXED | FM_COLUMN_NAME,
     .no_term = "a name",
     .help = "column of labels"},
    {.key = "extra",
     .kind = FM_LIST,
     .item = FM_TEXT,
     .example = "[a, b]",
     .flags = FM_OPTIONAL | FM_FIXED | FM_COLUMN_NAME,
     .no_term = "a name",
     .help = "more columns"},
    {.key = "limit",
     .kind = FM_REAL,
     .unit = "gf",
     .def = "3",
     .min = 0,
     .max = 100,
     .no_term = "a limit",
     .help = "limit"},
};
static const fm_input_column load_columns[] = {
    {.name = "extra", .type = FM_TYPE_REAL, .unit = "um", .from_param = "extra"},
    {.name = "force",
     .type = FM_TYPE_REAL,
     .unit = "gf",
     .flags = FM_COL_REQUIRED,
     .min = 0,
     .max = 1000},
    {.name = "temp", .type = FM_TYPE_REAL, .unit = "K"},
    {.name = "label", .type = FM_TYPE_TEXT, .from_param = "label"},
};
static const fm_input_decl load_inputs[] = {
    {.name = "pulls", .columns = load_columns, .n_columns = 4, .help = "pulls"}};

static fm_status
load_check(const fm_point *point, fm_error *err)
{
    const fm_data *d = fm_input(point, 0);
    double force_first_n = d->columns[d->first[1]].real[0];

    if (force_first_n < fm_si(point, P_LIMIT))
        return FM_FAIL(err, FM_EDATA, "line %d: below the limit", (int)d->line[0]);
    if (d->n_rows == 1)
        return FM_FAIL(err, FM_ETOOFEW, "one row");
    return FM_OK;
}

static fm_status
load_run(const fm_point *point, fm_out *out, fm_error *err)
{
    (void)point;
    (void)out;
    (void)err;
    return FM_OK;
}

static const fm_study load_study = {.name = "test.load",
                                    .params = load_params,
                                    .n_params = FM_COUNT(load_params),
                                    .inputs = load_inputs,
                                    .n_inputs = 1,
                                    .check = load_check,
                                    .run = load_run};

/* Reads and loads; the caller frees both. */
static fm_status
load(const char *params_and_data, fm_scenario **scenario_out, fm_diags **diags_out)
{
    static const fm_study *const studies[] = {&load_study};
    static fm_context context = {.studies = studies, .n_studies = 1, .data_path = ""};
    fm_str text = {0};

    context.units = units;
    *diags_out = fm_diags_create();
    *scenario_out = NULL;
    fm_str_addf(&text, "fabmet: 1\nstudy: test.load\n%s", params_and_data);
    fm_status st = fm_scenario_read_text(&context, "a.yaml", text.data, text.length, NULL,
                                         0, *diags_out, scenario_out);
    size_t n;
    const fm_diag *d = fm_diags_list(*diags_out, &n, NULL);
    ck_assert_msg(st == FM_OK, "%s", n > 0 ? d->text : "");
    fm_str_free(&text);
    return fm_scenario_load(*scenario_out, *diags_out);
}

START_TEST(test_load)
{
    fm_scenario *s = NULL;
    fm_diags *diags = NULL;
    fm_status st = load("params: { extra: [b, a], label: lot }\n"
                        "data:\n  pulls:\n    columns: { force: F }\n"
                        "    units: { force: mN, a: mm }\n    inline: |\n"
                        "      lot,a,b [um],F\n      x,1,2,981\n      y,3,4,982\n",
                        &s, &diags);

    ck_assert_int_eq(st, FM_OK);
    const fm_data *d = s->sources[0].data;
    ck_assert_uint_eq(strlen(s->sources[0].hash), 64);
    ck_assert_uint_eq(d->n_rows, 2);
    static const size_t first[] = {0, 2, 3, 3, 4};
    ck_assert_mem_eq(d->first, first, sizeof first);
    ck_assert_str_eq(d->columns[0].name, "b");
    ck_assert(d->columns[0].real[1] == 4e-6);
    ck_assert(d->columns[1].real[1] == 3e-3);
    ck_assert_str_eq(d->columns[2].name, "F");
    ck_assert_str_eq(d->columns[2].unit, "N");
    ck_assert(d->columns[2].real[0] == 0.981);
    ck_assert_str_eq(d->columns[3].labels[1], "y");
    ck_assert_uint_eq(d->line[0], 10);
    fm_scenario_free(s);
    fm_diags_free(diags);
}
END_TEST

START_TEST(test_load_errors)
{
    static const struct {
        const char *text;
        fm_status st;
        int line;
        const char *says;
    } rows[] = {
        {"data: { pulls: { inline: \"lot,force\\na,1\\nb,5\\n\" } }\n", FM_EDATA, 0,
         "below the limit"},
        {"data: { pulls: { inline: \"lot,force\\na,5\\n\" } }\n", FM_ESCENARIO, 0,
         "one row"},
        {"data:\n  pulls:\n    columns: { force: F_gf }\n    inline: |\n      lot,F_gt\n"
         "      a,5\n",
         FM_EDATA, 5, "no column 'F_gf'"},
        {"params: { label: lott }\ndata:\n  pulls:\n    inline: |\n      lot,force\n"
         "      a,5\n",
         FM_EDATA, 7, "no column 'lott'"},
        {"data:\n  pulls:\n    units: { temp: degC }\n    inline: |\n      lot,force\n"
         "      a,5\n",
         FM_EDATA, 7, "no column 'temp'"},
    };

    for (size_t i = 0; i < FM_COUNT(rows); i++) {
        fm_scenario *s = NULL;
        fm_diags *diags = NULL;
        size_t n;
        ck_assert_int_eq(load(rows[i].text, &s, &diags), rows[i].st);
        const fm_diag *d = fm_diags_list(diags, &n, NULL);
        ck_assert_uint_eq(n, 1);
        ck_assert_msg(strstr(d->text, rows[i].says) != NULL, "%s", d->text);
        ck_assert_str_eq(d->file, "a.yaml");
        ck_assert_msg(d->mark.line == rows[i].line, "%s: %d", d->text, d->mark.line);
        fm_scenario_free(s);
        fm_diags_free(diags);
    }
}
END_TEST

int
main(void)
{
    fm_error err = FM_ERROR_INIT;
    Suite *suite = suite_create("csv");
    TCase *good = tcase_create("good");
    TCase *bad = tcase_create("bad");

    tcase_set_timeout(good, 120);
    tcase_set_timeout(bad, 120);

    if (fm_units_create(&units, &err) != FM_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return EXIT_FAILURE;
    }
    tcase_add_test(good, test_quirks);
    tcase_add_test(good, test_line_ends);
    tcase_add_test(good, test_units);
    tcase_add_test(good, test_names);
    tcase_add_test(good, test_missing_cells);
    tcase_add_test(good, test_large_file);
    tcase_add_test(good, test_hash);
    tcase_add_test(good, test_decimals);
    tcase_add_test(good, test_decimal_grammar);
    tcase_add_loop_test(bad, test_bad_files, 0, (int)FM_COUNT(bad_files));
    tcase_add_test(bad, test_nul_byte);
    tcase_add_test(bad, test_unit_conflict);
    tcase_add_test(bad, test_range);
    tcase_add_test(bad, test_many_errors);
    tcase_add_test(bad, test_places);
    tcase_add_test(bad, test_no_file);
    tcase_add_test(bad, test_limits);
    tcase_add_test(good, test_load);
    tcase_add_test(bad, test_load_errors);
    suite_add_tcase(suite, good);
    suite_add_tcase(suite, bad);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    fm_units_free(units);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
