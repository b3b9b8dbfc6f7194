/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads columns of result files, slice by slice, and the verdicts. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "core/h5.h"
#include "core/result_parts.h"
#include "core/text.h"

/* ---- slices ---------------------------------------------------------------------- */

void
fm_slice_free(fm_slice *slice)
{
    if (slice == NULL)
        return;
    free(slice->real);
    free(slice->integer);
    free(slice->code);
    fm_h5_free_texts(slice->text, slice->n);
    *slice = (fm_slice){0};
}

static bool
make_slice(fm_type type, size_t n, fm_slice *s)
{
    *s = (fm_slice){.type = type, .n = n};
    if (type == FM_TYPE_REAL)
        s->real = calloc(n + 1, sizeof *s->real);
    else if (type == FM_TYPE_INTEGER)
        s->integer = calloc(n + 1, sizeof *s->integer);
    else if (type == FM_TYPE_CODE)
        s->code = calloc(n + 1, sizeof *s->code);
    else
        s->text = calloc(n + 1, sizeof *s->text);
    return s->real != NULL || s->integer != NULL || s->code != NULL || s->text != NULL;
}

hid_t
fm_result_dataset(const fm_result *result, const fm_result_table *table, size_t column)
{
    fm_str path = {0};
    hid_t dataset = -1;

    fm_str_addf(&path, "/entry/%s/%s", table->name, table->columns[column].name);
    if (!path.failed)
        dataset = H5Dopen2(result->file, path.data, H5P_DEFAULT);
    fm_str_free(&path);
    return dataset;
}

/* Reads the selected values to [at, at + n) of the slice. */
static bool
read_selected(hid_t dataset, hid_t space, fm_slice *s, size_t at, size_t n)
{
    hsize_t count = n;
    hid_t memory = H5Screate_simple(1, &count, NULL);
    bool ok = memory >= 0;

    if (ok && s->type == FM_TYPE_TEXT)
        ok = fm_h5_read_texts(dataset, memory, space, n, s->text + at);
    else if (ok && s->type == FM_TYPE_REAL)
        ok = H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT,
                     s->real + at) >= 0;
    else if (ok && s->type == FM_TYPE_INTEGER)
        ok = H5Dread(dataset, H5T_NATIVE_INT64, memory, space, H5P_DEFAULT,
                     s->integer + at) >= 0;
    else if (ok)
        ok = H5Dread(dataset, H5T_NATIVE_INT8, memory, space, H5P_DEFAULT,
                     s->code + at) >= 0;
    fm_h5_close(memory);
    return ok;
}

/* Selects the largest block of consecutive rows that begins at row `row` and has at most
 * n. Returns its rows; 0 on failure. */
static uint64_t
select_block(hid_t space, size_t n_dims, const uint64_t *dims, uint64_t row, uint64_t n)
{
    hsize_t start[H5S_MAX_RANK] = {0}, count[H5S_MAX_RANK];
    uint64_t inner = 1, rest = row, block = 0;

    for (size_t k = n_dims; k-- > 0;) {
        start[k] = rest % dims[k];
        rest /= dims[k];
    }
    for (size_t k = 0; k < n_dims; k++)
        count[k] = 1;
    for (size_t k = n_dims; k-- > 0;) {
        uint64_t left = dims[k] - start[k];
        uint64_t steps = n / inner < left ? n / inner : left;
        count[k] = steps;
        block = steps * inner;
        if (start[k] != 0 || steps < dims[k])
            break; /* an outer dimension would leave a gap, or there is no more to take */
        inner *= dims[k];
        if (k > 0 && n / inner == 0)
            break;
    }
    if (block == 0 ||
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) < 0)
        return 0;
    return block;
}

static bool
read_rows(hid_t dataset, size_t n_dims, const uint64_t *dims, uint64_t first, fm_slice *s)
{
    hid_t space = H5Dget_space(dataset);
    bool ok = space >= 0;

    for (size_t at = 0; ok && at < s->n;) {
        uint64_t block = select_block(space, n_dims, dims, first + at, s->n - at);
        ok = block > 0 && read_selected(dataset, space, s, at, (size_t)block);
        at += (size_t)block;
    }
    fm_h5_close(space);
    return ok;
}

static size_t
dimension_of(const fm_result *result, const fm_result_table *table, size_t column)
{
    return result->parts[table - result->tables].owned[column].dimension;
}

/* Reads s->n rows into the slice made for them; frees it when that fails. */
static fm_status
read_dataset(const fm_result *result, const fm_result_table *table, size_t column,
             uint64_t first, fm_slice *s, fm_error *err)
{
    size_t k = dimension_of(result, table, column);
    size_t n_dims = k == SIZE_MAX ? table->n_dims : 1;
    const uint64_t *dims = k == SIZE_MAX ? table->dims : &table->dims[k];
    hid_t dataset = fm_result_dataset(result, table, column);
    bool ok = dataset >= 0 && read_rows(dataset, n_dims, dims, first, s);

    fm_h5_close(dataset);
    if (ok)
        return FM_OK;
    fm_slice_free(s);
    return FM_FAIL(err, FM_EDATA, "damaged result: column '%s.%s': '%s'", table->name,
                   table->columns[column].name, result->path);
}

fm_status
fm_result_coordinate(const fm_result *result, const fm_result_table *table, size_t column,
                     fm_slice *out, fm_error *err)
{
    size_t k = dimension_of(result, table, column);
    fm_slice s = {0};

    if (k == SIZE_MAX)
        return FM_FAIL(err, FM_EDATA, "column '%s.%s' is no coordinate", table->name,
                       table->columns[column].name);
    if (!make_slice(table->columns[column].type, (size_t)table->dims[k], &s))
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    fm_status st = read_dataset(result, table, column, 0, &s, err);
    if (st == FM_OK)
        *out = s;
    return st;
}

/* Copies value `from` of a to place `to` of b. */
static bool
copy_value(const fm_slice *a, size_t from, fm_slice *b, size_t to)
{
    if (a->real != NULL && b->real != NULL)
        b->real[to] = a->real[from];
    else if (a->integer != NULL && b->integer != NULL)
        b->integer[to] = a->integer[from];
    else if (a->code != NULL && b->code != NULL)
        b->code[to] = a->code[from];
    else if (a->text != NULL && b->text != NULL)
        return (b->text[to] = strdup(a->text[from])) != NULL;
    else
        return false;
    return true;
}

/* A coordinate, repeated as the s->n rows from `first` need it; frees s when that
 * fails. */
static fm_status
repeat(const fm_result *result, const fm_result_table *table, size_t column,
       uint64_t first, fm_slice *s, fm_error *err)
{
    size_t k = dimension_of(result, table, column);
    fm_slice values = {0};
    uint64_t stride = 1;
    bool ok = true;

    fm_status st = fm_result_coordinate(result, table, column, &values, err);
    for (size_t j = k + 1; j < table->n_dims; j++)
        stride *= table->dims[j];
    for (size_t i = 0; i < s->n && st == FM_OK && ok; i++)
        ok = copy_value(&values, (size_t)((first + i) / stride % table->dims[k]), s, i);
    fm_slice_free(&values);
    if (st == FM_OK && !ok)
        st = FM_FAIL(err, FM_ENOMEM, "out of memory");
    if (st != FM_OK)
        fm_slice_free(s);
    return st;
}

fm_status
fm_result_read(const fm_result *result, const fm_result_table *table, size_t column,
               uint64_t first, size_t n, fm_slice *out, fm_error *err)
{
    fm_slice s = {0};

    if (column >= table->n_columns || first > table->n_rows || n > table->n_rows - first)
        return FM_FAIL(err, FM_ERANGE, "table '%s' has no such rows", table->name);
    if (!make_slice(table->columns[column].type, n, &s))
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    bool repeated = table->columns[column].axis && table->n_dims > 1;
    fm_status st = repeated ? repeat(result, table, column, first, &s, err)
                            : read_dataset(result, table, column, first, &s, err);
    if (st == FM_OK)
        *out = s;
    return st;
}

/* ---- verdicts -------------------------------------------------------------------- */

typedef struct sheet {
    const fm_result *result;
    const fm_result_table *table;
    fm_error *err;
    fm_status st;
} sheet;

/* The whole column of that name; its type must be as asked. */
static fm_slice
column_of(sheet *s, const char *name, fm_type type)
{
    fm_slice slice = {0};

    if (s->st != FM_OK)
        return slice;
    size_t column = fm_result_column_named(s->table, name);
    if (column == SIZE_MAX || s->table->columns[column].type != type)
        s->st = FM_FAIL(s->err, FM_EDATA, "damaged result: column 'verdicts.%s': '%s'",
                        name, s->result->path);
    else
        s->st = fm_result_read(s->result, s->table, column, 0, (size_t)s->table->n_rows,
                               &slice, s->err);
    return slice;
}

enum {
    NAME,
    STATEMENT,
    UNITS,
    TERM,
    DIRECTION,
    VALUE,
    LIMIT,
    ROWS,
    FAILED,
    POINT,
    PASS
};

static void
take_verdict(fm_slice *from, size_t i, fm_result_verdict *v)
{
    v->name = from[NAME].text[i];
    v->statement = from[STATEMENT].text[i];
    v->unit = from[UNITS].text[i];
    v->term = from[TERM].text[i];
    for (size_t k = NAME; k <= TERM; k++)
        from[k].text[i] = NULL; /* ownership moved */
    v->at_least = strcmp(from[DIRECTION].text[i], "at least") == 0;
    v->value = from[VALUE].real[i];
    v->limit = from[LIMIT].real[i];
    v->n_rows = (uint64_t)from[ROWS].integer[i];
    v->n_failed = (uint64_t)from[FAILED].integer[i];
    v->point = (uint64_t)from[POINT].integer[i];
    v->pass = from[PASS].code[i] == 1;
}

fm_status
fm_result_verdicts(const fm_result *result, fm_result_verdict **out, size_t *n_out,
                   fm_error *err)
{
    static const struct {
        const char *name;
        fm_type type;
    } wanted[] = {[NAME] = {"name", FM_TYPE_TEXT},
                  [STATEMENT] = {"statement", FM_TYPE_TEXT},
                  [UNITS] = {"units", FM_TYPE_TEXT},
                  [TERM] = {"term", FM_TYPE_TEXT},
                  [DIRECTION] = {"direction", FM_TYPE_TEXT},
                  [VALUE] = {"value", FM_TYPE_REAL},
                  [LIMIT] = {"limit", FM_TYPE_REAL},
                  [ROWS] = {"n_rows", FM_TYPE_INTEGER},
                  [FAILED] = {"n_failed", FM_TYPE_INTEGER},
                  [POINT] = {"point", FM_TYPE_INTEGER},
                  [PASS] = {"pass", FM_TYPE_CODE}};
    fm_slice columns[FM_COUNT(wanted)] = {{0}};
    sheet s = {result, fm_result_table_named(result, "verdicts"), err, FM_OK};
    size_t n = (size_t)s.table->n_rows;
    fm_result_verdict *verdicts = calloc(n + 1, sizeof *verdicts);

    if (verdicts == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    for (size_t k = 0; k < FM_COUNT(wanted); k++)
        columns[k] = column_of(&s, wanted[k].name, wanted[k].type);
    for (size_t i = 0; i < n && s.st == FM_OK; i++)
        take_verdict(columns, i, &verdicts[i]);
    for (size_t k = 0; k < FM_COUNT(wanted); k++)
        fm_slice_free(&columns[k]);
    if (s.st != FM_OK) {
        free(verdicts);
        return s.st;
    }
    *out = verdicts;
    *n_out = n;
    return FM_OK;
}

void
fm_result_verdicts_free(fm_result_verdict *verdicts, size_t n)
{
    for (size_t i = 0; verdicts != NULL && i < n; i++) {
        free(verdicts[i].name);
        free(verdicts[i].statement);
        free(verdicts[i].unit);
        free(verdicts[i].term);
    }
    free(verdicts);
}
