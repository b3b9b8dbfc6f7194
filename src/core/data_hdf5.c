/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measured data from HDF5: a table of a fabmet result, or datasets of any other file.
 *
 * Contents
 *   1. state, messages      3. datasets of other files      5. public
 *   2. fabmet results       4. rows
 *
 * The names and units of the datasets are put together as the header of a CSV would be,
 * so that columns are found, converted and checked in the same way and the same words. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/sha2.h>

#include "core/csv_columns.h"
#include "core/data.h"
#include "core/h5.h"
#include "core/result.h"
#include "core/text.h"

enum {
    NAMES_MAX = 4096,
    NAMES_SHOWN = 20
};

/* ---- 1. state, messages ------------------------------------------------------------- */

typedef struct stored { /* a dataset that could be a column */
    char *name;
    char *header; /* "name [unit]" */
    fm_type type;
    uint64_t n_rows;
    hid_t dataset;    /* other files */
    size_t in_result; /* fabmet results: index of the column */
} stored;

struct fm_hdf5_reader {
    fm_hdf5_source source;
    const fm_csv_column *wanted;
    size_t n_wanted;
    fm_diags *diags;
    fm_csv_columns *columns;
    fm_result *result; /* NULL: another HDF5 file */
    const fm_result_table *table;
    hid_t file;
    stored *list; /* [n] */
    size_t n;
    uint64_t n_rows, next;
    size_t held;
    size_t n_errors;
    uint64_t *lines;
    size_t lines_size;
    fm_status status;
};

static void
report(fm_hdf5_reader *r, fm_status st, const char *hint, const char *text)
{
    fm_diag_error(r->diags, st, r->source.name, (fm_mark){0, 0}, hint, "%s", text);
    r->n_errors++;
    if (r->status == FM_OK)
        r->status = st;
}

static void
out_of_memory(fm_hdf5_reader *r)
{
    report(r, FM_ENOMEM, NULL, "out of memory while reading the data");
    r->status = FM_ENOMEM;
}

/* Adds a dataset to the list; takes `dataset`. */
static void
add_stored(fm_hdf5_reader *r, const char *name, const char *unit, stored one)
{
    fm_str header = {0};
    bool bare = unit == NULL || *unit == '\0' || strcmp(unit, "1") == 0;

    if (r->n >= NAMES_MAX) {
        fm_h5_close(one.dataset);
        return;
    }
    fm_str_add(&header, name);
    if (!bare)
        fm_str_addf(&header, " [%s]", unit);
    one.name = fm_strdup(name);
    one.header = fm_str_take(&header);
    r->list[r->n++] = one;
    if (one.name == NULL || one.header == NULL)
        out_of_memory(r);
}

/* ---- 2. fabmet results -------------------------------------------------------------- */

/* "/entry/TABLE" or "/entry/TABLE/COLUMN": the table's name. */
static void
list_result(fm_hdf5_reader *r)
{
    const char *inside = r->source.inside;
    char name[128];

    name[0] = '\0';
    if (strncmp(inside, "/entry/", 7) == 0)
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(inside + 7, "/"),
                       inside + 7);
    r->table = fm_result_table_named(r->result, name);
    if (r->table == NULL) {
        char text[256];
        (void)snprintf(text, sizeof text, "the result has no table '%.100s'", inside);
        report(r, FM_EDATA,
               "write FILE.h5:/entry/TABLE; `fabmet show FILE.h5` lists them", text);
        return;
    }
    for (size_t k = 0; k < r->table->n_columns; k++) {
        const fm_result_column *c = &r->table->columns[k];
        add_stored(r, c->name, c->type == FM_TYPE_TEXT ? "" : c->unit,
                   (stored){.type = c->type,
                            .n_rows = r->table->n_rows,
                            .dataset = -1,
                            .in_result = k});
    }
}

/* ---- 3. datasets of other files ------------------------------------------------------ */

/* Number class of a one-dimensional dataset; false for anything else. */
static bool
column_type(hid_t dataset, fm_type *type_out, uint64_t *n_rows_out)
{
    hid_t space = H5Dget_space(dataset);
    hid_t type = H5Dget_type(dataset);
    hsize_t n = 0;
    bool ok = space >= 0 && type >= 0 && H5Sget_simple_extent_ndims(space) == 1 &&
              H5Sget_simple_extent_dims(space, &n, NULL) == 1;
    H5T_class_t class = ok ? H5Tget_class(type) : H5T_NO_CLASS;

    if (class == H5T_FLOAT)
        *type_out = FM_TYPE_REAL;
    else if (class == H5T_INTEGER)
        *type_out = FM_TYPE_INTEGER;
    else if (class == H5T_STRING && H5Tis_variable_str(type) > 0)
        *type_out = FM_TYPE_TEXT;
    else
        ok = false;
    *n_rows_out = n;
    fm_h5_close(type);
    fm_h5_close(space);
    return ok;
}

static herr_t
on_link(hid_t group, const char *name, const H5L_info_t *info, void *arg)
{
    fm_hdf5_reader *r = arg;
    stored one = {.dataset = -1};
    H5O_info_t object;

    if (info->type != H5L_TYPE_HARD ||
        H5Oget_info_by_name2(group, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0 ||
        object.type != H5O_TYPE_DATASET)
        return 0;
    one.dataset = H5Dopen2(group, name, H5P_DEFAULT);
    if (one.dataset < 0 || !column_type(one.dataset, &one.type, &one.n_rows)) {
        fm_h5_close(one.dataset);
        return 0;
    }
    char *unit = one.type == FM_TYPE_TEXT ? NULL : fm_h5_get_text(one.dataset, "units");
    add_stored(r, name, unit, one);
    free(unit);
    return 0;
}

/* The group, or the group of the dataset, that `inside` names; negative if there is
 * none. */
static hid_t
open_group(const fm_hdf5_reader *r)
{
    H5O_info_t object;
    fm_str path = {0};
    hid_t group = -1;

    fm_str_add(&path, r->source.inside);
    if (!path.failed && H5Oget_info_by_name2(r->file, path.data, &object, H5O_INFO_BASIC,
                                             H5P_DEFAULT) >= 0) {
        char *slash = strrchr(path.data, '/');
        if (object.type == H5O_TYPE_DATASET && slash != NULL)
            slash[slash == path.data ? 1 : 0] = '\0';
        group = H5Gopen2(r->file, path.data, H5P_DEFAULT);
    }
    fm_str_free(&path);
    return group;
}

static void
list_file(fm_hdf5_reader *r)
{
    r->file = H5Fopen(r->source.path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (r->file < 0) {
        report(r, FM_EDATA, NULL, "this is no HDF5 file that can be read");
        return;
    }
    hid_t group = open_group(r);
    if (group < 0) {
        char text[256];
        (void)snprintf(text, sizeof text, "the file has no group or dataset '%.150s'",
                       r->source.inside);
        report(r, FM_EDATA, "`h5ls -r` lists what it has", text);
        return;
    }
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, on_link, r) < 0)
        report(r, FM_EDATA, NULL, "the file is damaged");
    fm_h5_close(group);
}

/* ---- 4. rows ------------------------------------------------------------------------- */

static bool
read_slice(fm_hdf5_reader *r, const stored *s, size_t n, fm_slice *slice)
{
    fm_error err = FM_ERROR_INIT;

    if (r->result != NULL) {
        if (fm_result_read(r->result, r->table, s->in_result, r->next, n, slice, &err) ==
            FM_OK)
            return true;
        report(r, FM_EDATA, NULL, err.text);
        return false;
    }
    *slice = (fm_slice){.type = s->type, .n = n};
    hsize_t start = r->next, count = n;
    hid_t space = H5Dget_space(s->dataset);
    hid_t memory = H5Screate_simple(1, &count, NULL);
    bool ok = space >= 0 && memory >= 0 &&
              H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &count, NULL) >= 0;
    if (ok && s->type == FM_TYPE_REAL) {
        slice->real = calloc(n, sizeof *slice->real);
        ok = slice->real != NULL && H5Dread(s->dataset, H5T_NATIVE_DOUBLE, memory, space,
                                            H5P_DEFAULT, slice->real) >= 0;
    } else if (ok && s->type == FM_TYPE_INTEGER) {
        slice->integer = calloc(n, sizeof *slice->integer);
        ok = slice->integer != NULL && H5Dread(s->dataset, H5T_NATIVE_INT64, memory,
                                               space, H5P_DEFAULT, slice->integer) >= 0;
    } else if (ok) {
        slice->text = calloc(n, sizeof *slice->text);
        ok = slice->text != NULL &&
             fm_h5_read_texts(s->dataset, memory, space, n, slice->text);
    }
    fm_h5_close(memory);
    fm_h5_close(space);
    if (!ok)
        report(r, FM_EDATA, NULL, "a dataset cannot be read: the file is damaged");
    return ok;
}

/* A number where labels are wanted is a label; a label is never a number. */
static fm_status
put_value(fm_hdf5_reader *r, size_t k, const stored *s, const fm_slice *slice, size_t i,
          fm_error *err)
{
    fm_type wanted = r->wanted[k].type;
    size_t row = r->held + i;

    if (slice->type == FM_TYPE_TEXT)
        return fm_csv_columns_put(r->columns, k, row, slice->text[i], err);
    if (slice->type == FM_TYPE_CODE) {
        const fm_result_column *c = &r->table->columns[s->in_result];
        size_t code = (size_t)slice->code[i];
        const char *word = slice->code[i] >= 0 && code < c->n_words ? c->words[code] : "";
        return fm_csv_columns_put(r->columns, k, row, word, err);
    }
    if (slice->type == FM_TYPE_INTEGER && wanted != FM_TYPE_REAL)
        return fm_csv_columns_put_integer(r->columns, k, row, slice->integer[i], err);
    double x =
        slice->type == FM_TYPE_INTEGER ? (double)slice->integer[i] : slice->real[i];
    if (wanted == FM_TYPE_REAL)
        return fm_csv_columns_put_real(r->columns, k, row, x, err);
    return FM_FAIL(err, FM_EDATA, "real numbers cannot serve as %s",
                   wanted == FM_TYPE_TEXT ? "labels" : "whole numbers");
}

static void
put_slice(fm_hdf5_reader *r, size_t k, const stored *s, const fm_slice *slice)
{
    char text[400];

    for (size_t i = 0; i < slice->n && r->status != FM_ENOMEM; i++) {
        fm_error err = FM_ERROR_INIT;
        fm_status st = put_value(r, k, s, slice, i, &err);
        if (st == FM_OK)
            continue;
        if (st == FM_ENOMEM) {
            out_of_memory(r);
            return;
        }
        (void)snprintf(text, sizeof text, "row %" PRIu64 ", column '%.100s': %s",
                       r->next + i + 1, s->name, err.text);
        report(r, FM_EDATA, NULL, text);
        if (r->n_errors >= FM_DIAG_MAX)
            return;
    }
}

static bool
reserve_rows(fm_hdf5_reader *r, size_t rows)
{
    if (rows > r->lines_size) {
        size_t n = rows > 2 * r->lines_size ? rows : 2 * r->lines_size;
        uint64_t *lines = realloc(r->lines, n * sizeof *lines);
        if (lines == NULL)
            return false;
        r->lines = lines;
        r->lines_size = n;
    }
    return fm_csv_columns_reserve(r->columns, rows - 1) == FM_OK;
}

/* Reads n rows after those held. */
static void
read_rows(fm_hdf5_reader *r, size_t n)
{
    if (!reserve_rows(r, r->held + n)) {
        out_of_memory(r);
        return;
    }
    for (size_t k = 0; k < r->n_wanted && r->status != FM_ENOMEM; k++) {
        size_t cell = fm_csv_columns_cell(r->columns, k);
        fm_slice slice = {.n = 0};
        if (cell == SIZE_MAX)
            continue;
        if (!read_slice(r, &r->list[cell], n, &slice)) {
            fm_slice_free(&slice);
            return;
        }
        put_slice(r, k, &r->list[cell], &slice);
        fm_slice_free(&slice);
    }
    for (size_t i = 0; i < n; i++)
        r->lines[r->held + i] = r->next + i + 1;
    r->held += n;
    r->next += n;
}

/* ---- 5. public ----------------------------------------------------------------------- */

static void
report_missing(fm_hdf5_reader *r, const fm_csv_header *header,
               const fm_csv_column *wanted)
{
    fm_str hint = {0};
    const char *near = fm_csv_nearest(header, wanted->name);
    bool in_scenario = wanted->mark.line > 0 && r->source.scenario != NULL;

    if (near != NULL)
        fm_str_addf(&hint, "did you mean '%s'? ", near);
    fm_str_add(&hint, "columns found: ");
    for (size_t i = 0; i < header->n && i < NAMES_SHOWN; i++)
        fm_str_addf(&hint, "%s'%.60s'", i > 0 ? ", " : "", header->names[i]);
    fm_diag_error(r->diags, FM_EDATA, in_scenario ? r->source.scenario : r->source.name,
                  in_scenario ? wanted->mark : (fm_mark){0, 0}, hint.data,
                  "no column '%s' in '%s'", wanted->name, r->source.name);
    r->n_errors++;
    if (r->status == FM_OK)
        r->status = FM_EDATA;
    fm_str_free(&hint);
}

static void
match_column(fm_hdf5_reader *r, size_t k, const fm_csv_header *header)
{
    fm_error err = FM_ERROR_INIT;
    char text[512];

    switch (fm_csv_columns_match(r->columns, k, header, &err)) {
    case FM_CSV_FOUND: {
        const stored *s = &r->list[fm_csv_columns_cell(r->columns, k)];
        (void)snprintf(text, sizeof text,
                       "column '%.100s' has %llu rows, others have %llu", s->name,
                       (unsigned long long)s->n_rows, (unsigned long long)r->n_rows);
        if (r->n_rows != UINT64_MAX && r->n_rows != s->n_rows)
            report(r, FM_EDATA, NULL, text);
        r->n_rows = s->n_rows;
        break;
    }
    case FM_CSV_ABSENT:
        break;
    case FM_CSV_MISSING:
        report_missing(r, header, &r->wanted[k]);
        break;
    case FM_CSV_NOMEM:
        out_of_memory(r);
        break;
    default:
        (void)snprintf(text, sizeof text, "column '%.100s': %s", r->wanted[k].name,
                       err.code != FM_OK ? err.text : "stands more than once");
        report(r, FM_EDATA, NULL, text);
        break;
    }
}

static void
match_columns(fm_hdf5_reader *r)
{
    const char **names = calloc(r->n + 1, sizeof *names);

    if (names == NULL) {
        out_of_memory(r);
        return;
    }
    for (size_t i = 0; i < r->n; i++)
        names[i] = r->list[i].header;
    const fm_csv_header header = {names, r->n, 0};
    r->n_rows = UINT64_MAX;
    for (size_t k = 0; k < r->n_wanted && r->status != FM_ENOMEM; k++)
        match_column(r, k, &header);
    if (r->status == FM_OK && (r->n_rows == UINT64_MAX || r->n_rows == 0))
        report(r, FM_EDATA, NULL, "there is no row of data");
    free(names);
}

void
fm_hdf5_close(fm_hdf5_reader *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->n; i++) {
        free(r->list[i].name);
        free(r->list[i].header);
        fm_h5_close(r->list[i].dataset);
    }
    free(r->list);
    fm_csv_columns_free(r->columns);
    fm_h5_close(r->file);
    fm_result_close(r->result);
    free(r->lines);
    free(r);
}

/* A fabmet result is read as one; any other HDF5 file as it is. */
static void
open_file(fm_hdf5_reader *r)
{
    fm_error err = FM_ERROR_INIT;

    fm_status st = fm_result_open(r->source.path, &r->result, &err);
    if (st == FM_OK)
        list_result(r);
    else if (st == FM_ENOINPUT || st == FM_ENOMEM)
        report(r, st, NULL, err.text);
    else
        list_file(r);
}

fm_status
fm_hdf5_open(const fm_units *units, const fm_hdf5_source *source,
             const fm_csv_column *columns, size_t n, fm_diags *diags,
             fm_hdf5_reader **reader_out)
{
    fm_hdf5_reader *r = calloc(1, sizeof *r);

    if (r == NULL)
        return FM_ENOMEM;
    r->source = *source;
    r->wanted = columns;
    r->n_wanted = n;
    r->diags = diags;
    r->file = -1;
    r->list = calloc(NAMES_MAX, sizeof *r->list);
    r->columns = fm_csv_columns_create(units, columns, n);
    if (r->list == NULL || r->columns == NULL)
        out_of_memory(r);
    if (r->status == FM_OK)
        open_file(r);
    if (r->status == FM_OK)
        match_columns(r);
    fm_status st = r->status;
    if (st == FM_OK)
        *reader_out = r;
    else
        fm_hdf5_close(r);
    return st;
}

fm_status
fm_hdf5_next(fm_hdf5_reader *r, size_t most, size_t *n_rows_out, bool *ended_out)
{
    while (r->n_errors < FM_DIAG_MAX && r->status != FM_ENOMEM && r->held < most &&
           r->next < r->n_rows) {
        uint64_t left = r->n_rows - r->next;
        size_t held = r->held, n = most - held;
        if (n > FM_DATA_BLOCK)
            n = FM_DATA_BLOCK;
        read_rows(r, left < n ? (size_t)left : n);
        if (r->held == held)
            break;
    }
    *n_rows_out = r->held;
    *ended_out = r->next >= r->n_rows || r->n_errors > 0;
    return r->status;
}

void
fm_hdf5_view(const fm_hdf5_reader *r, fm_data_column *columns_out,
             const uint64_t **lines_out)
{
    fm_csv_columns_view(r->columns, columns_out);
    *lines_out = r->lines;
}

void
fm_hdf5_drop(fm_hdf5_reader *r)
{
    r->held = 0;
}

void
fm_hdf5_take(fm_hdf5_reader *r, fm_data_column *columns_out, uint64_t **lines_out)
{
    fm_csv_columns_take(r->columns, r->held, columns_out);
    *lines_out = r->lines;
    r->lines = NULL;
    r->lines_size = r->held = 0;
}

fm_status
fm_hdf5_hash(const fm_hdf5_reader *r, char hash_out[65])
{
    struct sha256_ctx sha;
    uint8_t bytes[1 << 15], sum[SHA256_DIGEST_SIZE];
    FILE *f = fopen(r->source.path, "rb");
    size_t n;

    if (f == NULL)
        return FM_EIO;
    sha256_init(&sha);
    while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
        sha256_update(&sha, n, bytes);
    bool bad = ferror(f) != 0;
    (void)fclose(f);
    if (bad)
        return FM_EIO;
    sha256_digest(&sha, sizeof sum, sum);
    for (size_t i = 0; i < sizeof sum; i++)
        (void)snprintf(hash_out + 2 * i, 3, "%02x", sum[i]);
    return FM_OK;
}
