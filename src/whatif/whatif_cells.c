/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of two results that can be compared.
 *
 * Contents
 *   1. columns as numbers      3. all cells
 *   2. rows of a table         4. one by its name
 */
#include "config.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "whatif/whatif.h"

enum {
    ROWS_MAX = 64 /* of a table with many rows; longer ones are curves and samples */
};

/* What reading needs. */
typedef struct reading {
    const fm_whatif_side *side[2];
    fm_slice status[2]; /* of the points */
    fm_whatif_cells *cells;
    fm_out *out;
    fm_error *err;
} reading;

/* ---- 1. columns as numbers ------------------------------------------------------- */

/* Tables that cannot be compared are told of, where there is somebody to tell. */
static void
tell(const reading *r, const char *table, const char *why)
{
    if (r->out != NULL)
        fm_out_remark(r->out, "the rows of table %s were not compared (%s)", table, why);
}

static bool
is_number(fm_type type)
{
    return type == FM_TYPE_REAL || type == FM_TYPE_INTEGER;
}

static fm_status
read_status(reading *r, size_t side)
{
    const fm_result *result = r->side[side]->result;
    const fm_result_table *points = fm_result_points(result);
    size_t column = points != NULL ? fm_result_column_named(points, "status") : SIZE_MAX;

    if (column == SIZE_MAX || points->columns[column].type != FM_TYPE_CODE) {
        (void)FM_FAIL(r->err, FM_EDATA, "what-if: '%.160s' has no table of its points",
                      fm_result_fact(result, "path"));
        return FM_EDATA;
    }
    return fm_result_read(result, points, column, 0, (size_t)points->n_rows,
                          &r->status[side], r->err);
}

/* One value per point: row `row` of each (0 where a point has one row).  Points that
 * failed have none. */
static fm_status
read_numbers(reading *r, size_t side, const fm_whatif_cell *cell, double **x_out)
{
    const fm_table *declared = &r->cells->study->tables[cell->table];
    const fm_result *result = r->side[side]->result;
    const fm_result_table *table = fm_result_table_named(result, declared->name);
    size_t column = fm_result_column_named(table, declared->columns[cell->column].name);
    size_t n = r->cells->n_points;
    double *x = calloc(n + 1, sizeof *x);
    fm_slice slice = {0};

    if (x == NULL)
        return FM_FAIL(r->err, FM_ENOMEM, "out of memory");
    fm_status st = fm_result_read(result, table, column, cell->row, n, &slice, r->err);
    for (size_t i = 0; st == FM_OK && i < n; i++) {
        x[i] = slice.type == FM_TYPE_REAL ? slice.real[i] : (double)slice.integer[i];
        if (r->status[side].code == NULL || r->status[side].code[i] != FM_OK ||
            !isfinite(x[i]))
            x[i] = NAN;
    }
    fm_slice_free(&slice);
    if (st == FM_OK)
        *x_out = x;
    else
        free(x);
    return st;
}

/* ---- 2. rows of a table ---------------------------------------------------------- */

static bool
is_key(const fm_column *column)
{
    return column->role == FM_AXIS || column->type == FM_TYPE_TEXT ||
           column->type == FM_TYPE_CODE;
}

static void
add_value(fm_str *s, const fm_result_column *column, const fm_slice *slice, size_t row)
{
    if (slice->type == FM_TYPE_TEXT)
        fm_str_add(s, slice->text[row]);
    else if (slice->type == FM_TYPE_REAL)
        fm_str_add_number(s, slice->real[row]);
    else if (slice->type == FM_TYPE_INTEGER)
        fm_str_addf(s, "%lld", (long long)slice->integer[row]);
    else if (slice->code[row] >= 0 && (size_t)slice->code[row] < column->n_words)
        fm_str_add(s, column->words[slice->code[row]]);
}

/* What tells the rows of a table apart: "wire", "between, 1". */
static fm_status
read_keys(const reading *r, size_t side, const fm_table *declared, size_t n,
          fm_str keys[ROWS_MAX])
{
    const fm_result *result = r->side[side]->result;
    const fm_result_table *table = fm_result_table_named(result, declared->name);
    fm_status st = FM_OK;

    for (size_t k = 0; k < declared->n_columns && st == FM_OK; k++) {
        size_t column = fm_result_column_named(table, declared->columns[k].name);
        fm_slice slice = {0};
        if (!is_key(&declared->columns[k]) || column == SIZE_MAX)
            continue;
        st = fm_result_read(result, table, column, 0, n, &slice, r->err);
        for (size_t i = 0; st == FM_OK && i < n; i++) {
            fm_str_add(&keys[i], keys[i].length > 0 ? ", " : "");
            add_value(&keys[i], &table->columns[column], &slice, i);
        }
        fm_slice_free(&slice);
    }
    return st;
}

static bool
in_words(const char *words, const char *table, const char *column)
{
    char wanted[200];
    size_t n = (size_t)snprintf(wanted, sizeof wanted, "%s.%s", table, column);

    for (const char *p = words; p != NULL && *(p += strspn(p, " ")) != '\0';
         p += strcspn(p, " "))
        if (strcspn(p, " ") == n && strncmp(p, wanted, n) == 0)
            return true;
    return false;
}

/* ---- 3. all cells ---------------------------------------------------------------- */

/* The cell's place, name and unit; false when the two sides have different units, or the
 * column is not there. */
static bool
describe_cell(const reading *r, const char *key, fm_whatif_cell *cell)
{
    const fm_table *declared = &r->cells->study->tables[cell->table];
    const fm_column *column = &declared->columns[cell->column];
    const char *unit[2];
    fm_str name = {0};

    for (size_t side = 0; side < 2; side++) {
        const fm_result_table *table =
            fm_result_table_named(r->side[side]->result, declared->name);
        size_t k = fm_result_column_named(table, column->name);
        if (k == SIZE_MAX || table->columns[k].type != column->type)
            return false;
        unit[side] = table->columns[k].unit;
    }
    if (strcmp(unit[0], unit[1]) != 0) {
        if (r->out != NULL)
            fm_out_remark(r->out, "%s.%s is in %s on one side and in %s on the other",
                          declared->name, column->name, unit[0], unit[1]);
        return false;
    }
    cell->unit = unit[0];
    cell->over_draws =
        in_words(r->cells->study->over_draws, declared->name, column->name);
    fm_str_add(&name, column->name);
    if (key != NULL && *key != '\0')
        fm_str_addf(&name, "[%s]", key);
    cell->name = fm_str_take(&name);
    return true;
}

static fm_status
add_cell(reading *r, fm_whatif_cell cell, const char *key)
{
    fm_whatif_cells *cells = r->cells;

    if (!describe_cell(r, key, &cell))
        return FM_OK;
    fm_whatif_cell *grown = realloc(cells->list, (cells->n + 1) * sizeof *grown);
    if (grown != NULL)
        cells->list = grown;
    if (grown == NULL || cell.name == NULL) {
        free(cell.name);
        return FM_FAIL(r->err, FM_ENOMEM, "out of memory");
    }
    grown[cells->n++] = cell;
    fm_whatif_cell *kept = &grown[cells->n - 1];
    fm_status st = read_numbers(r, 0, kept, &kept->base);
    return st == FM_OK ? read_numbers(r, 1, kept, &kept->changed) : st;
}

/* All number columns of row `row`. */
static fm_status
add_row(reading *r, size_t table, size_t row, size_t n_rows, const char *key)
{
    const fm_table *declared = &r->cells->study->tables[table];
    fm_status st = FM_OK;

    for (size_t k = 0; k < declared->n_columns && st == FM_OK; k++)
        if (is_number(declared->columns[k].type) && declared->columns[k].role == FM_VALUE)
            st = add_cell(r,
                          (fm_whatif_cell){
                              .table = table, .column = k, .row = row, .n_rows = n_rows},
                          key);
    return st;
}

static bool
same_keys(const fm_str *a, const fm_str *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i].length != b[i].length ||
            (a[i].length > 0 && memcmp(a[i].data, b[i].data, a[i].length) != 0))
            return false;
    return true;
}

/* A table with several rows per point, whose rows must be the same on both sides. */
static fm_status
add_rows(reading *r, size_t table, const fm_result_table *const found[2])
{
    const fm_table *declared = &r->cells->study->tables[table];
    fm_str keys[2][ROWS_MAX] = {0};
    size_t n = (size_t)found[0]->n_rows;
    fm_status st = FM_OK;

    if (found[0]->n_rows != found[1]->n_rows || found[0]->n_rows > ROWS_MAX) {
        if (found[0]->n_rows > 0 || found[1]->n_rows > 0)
            tell(r, declared->name,
                 found[0]->n_rows > ROWS_MAX ? "too many" : "not the same");
        return FM_OK;
    }
    for (size_t side = 0; side < 2 && st == FM_OK; side++)
        st = read_keys(r, side, declared, n, keys[side]);
    bool same = same_keys(keys[0], keys[1], n);
    if (st == FM_OK && !same)
        tell(r, declared->name, "not the same");
    for (size_t i = 0; st == FM_OK && same && i < n; i++)
        st = add_row(r, table, i, n, keys[0][i].data);
    for (size_t i = 0; i < n; i++) {
        fm_str_free(&keys[0][i]);
        fm_str_free(&keys[1][i]);
    }
    return st;
}

static fm_status
add_table(reading *r, size_t table)
{
    const fm_table *declared = &r->cells->study->tables[table];
    const fm_result_table *found[2];

    for (size_t side = 0; side < 2; side++)
        found[side] = fm_result_table_named(r->side[side]->result, declared->name);
    if (found[0] == NULL || found[1] == NULL)
        return FM_FAIL(r->err, FM_EDATA, "what-if: '%.160s' has no table '%.60s'",
                       fm_result_fact(r->side[found[0] != NULL]->result, "path"),
                       declared->name);
    if (declared->shape == FM_ONE_ROW)
        return add_row(r, table, 0, 1, NULL);
    return r->cells->n_points == 1 ? add_rows(r, table, found) : FM_OK;
}

fm_status
fm_whatif_cells_read(const fm_whatif_side *base, const fm_whatif_side *changed,
                     fm_out *out, fm_whatif_cells *cells_out, fm_error *err)
{
    reading r = {.side = {base, changed}, .cells = cells_out, .out = out, .err = err};
    uint64_t n = base->scenario->n_points;
    fm_status st = FM_OK;

    *cells_out = (fm_whatif_cells){.study = base->scenario->study, .n_points = (size_t)n};
    if (n != changed->scenario->n_points)
        return FM_FAIL(err, FM_EUSAGE,
                       "the base has %llu points and the changed scenario has %llu: "
                       "points must pair, so a swept parameter cannot be set",
                       (unsigned long long)n,
                       (unsigned long long)changed->scenario->n_points);
    for (size_t side = 0; side < 2 && st == FM_OK; side++)
        st = read_status(&r, side);
    for (size_t side = 0; side < 2 && st == FM_OK; side++)
        if (r.status[side].n != n)
            st = FM_FAIL(err, FM_EDATA, "what-if: '%.160s' has %zu of %llu points",
                         fm_result_fact(r.side[side]->result, "path"), r.status[side].n,
                         (unsigned long long)n);
    for (size_t t = 0; t < cells_out->study->n_tables && st == FM_OK; t++)
        st = add_table(&r, t);
    fm_slice_free(&r.status[0]);
    fm_slice_free(&r.status[1]);
    return st;
}

void
fm_whatif_cells_free(fm_whatif_cells *cells)
{
    for (size_t i = 0; i < cells->n; i++) {
        free(cells->list[i].name);
        free(cells->list[i].base);
        free(cells->list[i].changed);
    }
    free(cells->list);
    *cells = (fm_whatif_cells){0};
}

/* ---- 4. one by its name ---------------------------------------------------------- */

static fm_status
unknown(const fm_whatif_cells *cells, const char *name, fm_error *err)
{
    const char **names = calloc(cells->n + 1, sizeof *names);
    const char *near = NULL;

    for (size_t i = 0; names != NULL && i < cells->n; i++)
        names[i] = cells->list[i].name;
    if (names != NULL)
        near = fm_nearest(name, names, cells->n);
    if (near == NULL && cells->n > 0)
        (void)FM_FAIL(err, FM_EUSAGE,
                      "there is no quantity '%.60s' to compare; one is '%.80s'", name,
                      cells->list[0].name);
    else
        (void)FM_FAIL(err, FM_EUSAGE, "there is no quantity '%.60s' to compare%s%.80s%s",
                      name, near != NULL ? "; did you mean '" : "",
                      near != NULL ? near : "", near != NULL ? "'?" : "");
    free(names);
    return FM_EUSAGE;
}

static bool
is_named(const fm_whatif_cells *cells, const fm_whatif_cell *cell, const char *name)
{
    const char *table = cells->study->tables[cell->table].name;
    size_t n = strlen(table);

    if (strcmp(cell->name, name) == 0)
        return true;
    return strncmp(name, table, n) == 0 && name[n] == '.' &&
           strcmp(cell->name, name + n + 1) == 0;
}

/* The signal of the first table that has a cell for it. */
static size_t
signal_cell(const fm_whatif_cells *cells)
{
    for (size_t i = 0; i < cells->n; i++) {
        const fm_table *table = &cells->study->tables[cells->list[i].table];
        if (table->signal != NULL &&
            strcmp(table->columns[cells->list[i].column].name, table->signal) == 0)
            return i;
    }
    return 0;
}

fm_status
fm_whatif_cells_find(const fm_whatif_cells *cells, const char *name, size_t *index_out,
                     fm_error *err)
{
    if (cells->n == 0)
        return FM_FAIL(err, FM_EDATA,
                       "what-if: the two runs have no number that can be compared");
    if (name == NULL || *name == '\0') {
        *index_out = signal_cell(cells);
        return FM_OK;
    }
    for (size_t i = 0; i < cells->n; i++) {
        if (is_named(cells, &cells->list[i], name)) {
            *index_out = i;
            return FM_OK;
        }
    }
    return unknown(cells, name, err);
}
