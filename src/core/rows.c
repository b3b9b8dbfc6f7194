/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a run puts its rows: columns of some points in ascending order, in memory.
 *
 * Contents
 *   1. texts      3. adding rows      5. looking
 *   2. growing    4. points
 *
 * Buffers double and are kept from chunk to chunk; texts of a chunk lie in a pool that is
 * emptied as a whole.  So a point that goes well costs no allocation.
 */
#include "config.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/rows.h"

enum {
    ROWS_MIN = 64,
    POOL_BLOCK = 1 << 16,
    REMARK_MAX = 1024 /* longer remarks are cut */
};

/* ---- 1. texts -------------------------------------------------------------------- */

/* Blocks in the order of filling; each remembers the one filled before it. */
struct fm_pool {
    struct fm_pool *before;
    size_t used, size;
    char bytes[];
};

/* Keeps one block of the usual size. */
static void
pool_empty(fm_out *out)
{
    while (out->pool != NULL &&
           (out->pool->before != NULL || out->pool->size > POOL_BLOCK)) {
        struct fm_pool *before = out->pool->before;
        out->pool_bytes -= out->pool->size;
        free(out->pool);
        out->pool = before;
    }
    if (out->pool != NULL)
        out->pool->used = 0;
}

static char *
pool_take(fm_out *out, size_t size)
{
    if (out->pool == NULL || out->pool->size - out->pool->used < size) {
        size_t block = size > POOL_BLOCK ? size : POOL_BLOCK;
        struct fm_pool *p = malloc(sizeof *p + block);
        if (p == NULL)
            return NULL;
        p->before = out->pool;
        p->used = 0;
        p->size = block;
        out->pool_bytes += block;
        out->pool = p;
    }
    char *place = out->pool->bytes + out->pool->used;
    out->pool->used += size;
    return place;
}

static char *
pool_copy(fm_out *out, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = pool_take(out, size);

    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

/* "a; b", or what there is of the two.  NULL only if memory ran out. */
static char *
pool_join(fm_out *out, const char *a, const char *b)
{
    if (a == NULL || *a == '\0')
        return pool_copy(out, b);
    size_t size = strlen(a) + strlen(b) + 3;
    char *text = pool_take(out, size);
    if (text != NULL)
        (void)snprintf(text, size, "%s; %s", a, b);
    return text;
}

/* ---- 2. growing ------------------------------------------------------------------ */

static fm_status
grow(void **block, size_t n, size_t size)
{
    if (n > SIZE_MAX / size)
        return FM_ENOMEM;
    void *bigger = realloc(*block, n * size);
    if (bigger == NULL)
        return FM_ENOMEM;
    *block = bigger;
    return FM_OK;
}

/* Same as grow, for a pointer of any object type. */
#define GROW(pointer, n) grow_into(&(pointer), sizeof *(pointer), (n))

static fm_status
grow_into(void *pointer, size_t size, size_t n)
{
    void *block;

    memcpy(&block, pointer, sizeof block);
    fm_status st = grow(&block, n, size);
    memcpy(pointer, &block, sizeof block);
    return st;
}

static fm_status
grow_column(fm_type type, fm_buffer *buffer, size_t n)
{
    fm_status st = FM_EINTERNAL;

    switch (type) {
    case FM_TYPE_REAL:
        st = GROW(buffer->real, n);
        break;
    case FM_TYPE_INTEGER:
        st = GROW(buffer->integer, n);
        break;
    case FM_TYPE_CODE:
        st = GROW(buffer->code, n);
        break;
    case FM_TYPE_TEXT:
        st = GROW(buffer->text, n);
        break;
    }
    if (st == FM_OK)
        buffer->capacity = n;
    return st;
}

/* Room for `more` rows.  A failure leaves the old capacity. */
static fm_status
reserve(const fm_table *table, fm_rows *rows, size_t more)
{
    if (more <= rows->capacity - rows->n_rows)
        return FM_OK;
    if (more > SIZE_MAX / 4 - rows->n_rows)
        return FM_ENOMEM;
    size_t n = rows->capacity < ROWS_MIN ? ROWS_MIN : rows->capacity;
    while (n < rows->n_rows + more)
        n *= 2;
    fm_status st = GROW(rows->point, n);
    for (size_t k = 0; k < rows->n_columns && st == FM_OK; k++)
        st = grow_column(table->columns[k].type, &rows->columns[k], n);
    if (st == FM_OK)
        rows->capacity = n;
    return st;
}

/* ---- 3. adding rows -------------------------------------------------------------- */

fm_status
fm_out_row(fm_out *out, size_t table, const fm_cell *cells)
{
    assert(table < out->study->n_tables);
    const fm_table *decl = &out->study->tables[table];
    fm_rows *rows = &out->tables[table];
    size_t row = rows->n_rows;

    if (row == rows->capacity && reserve(decl, rows, 1) != FM_OK)
        return FM_ENOMEM;
    for (size_t k = 0; k < decl->n_columns; k++) {
        fm_buffer *buffer = &rows->columns[k];
        switch (decl->columns[k].type) {
        case FM_TYPE_REAL:
            buffer->real[row] = cells[k].real;
            break;
        case FM_TYPE_INTEGER:
            buffer->integer[row] = cells[k].integer;
            break;
        case FM_TYPE_CODE:
            buffer->code[row] = (int8_t)cells[k].integer;
            break;
        case FM_TYPE_TEXT:
            buffer->text[row] =
                pool_copy(out, cells[k].text != NULL ? cells[k].text : "");
            if (buffer->text[row] == NULL)
                return FM_ENOMEM;
            break;
        }
    }
    rows->point[row] = out->current;
    rows->n_rows++;
    return FM_OK;
}

static fm_status
copy_texts(fm_out *out, char **place, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        place[i] = pool_copy(out, texts[i] != NULL ? texts[i] : "");
        if (place[i] == NULL)
            return FM_ENOMEM;
    }
    return FM_OK;
}

fm_status
fm_out_block(fm_out *out, size_t table, size_t n, const void *const *columns)
{
    assert(table < out->study->n_tables);
    const fm_table *decl = &out->study->tables[table];
    fm_rows *rows = &out->tables[table];
    size_t row = rows->n_rows;

    if (n == 0)
        return FM_OK;
    fm_status st = reserve(decl, rows, n);
    for (size_t k = 0; k < decl->n_columns && st == FM_OK; k++) {
        fm_buffer *buffer = &rows->columns[k];
        switch (decl->columns[k].type) {
        case FM_TYPE_REAL:
            memcpy(buffer->real + row, columns[k], n * sizeof *buffer->real);
            break;
        case FM_TYPE_INTEGER:
            memcpy(buffer->integer + row, columns[k], n * sizeof *buffer->integer);
            break;
        case FM_TYPE_CODE:
            memcpy(buffer->code + row, columns[k], n * sizeof *buffer->code);
            break;
        case FM_TYPE_TEXT:
            st = copy_texts(out, buffer->text + row, columns[k], n);
            break;
        }
    }
    if (st != FM_OK)
        return st;
    for (size_t i = 0; i < n; i++)
        rows->point[row + i] = out->current;
    rows->n_rows += n;
    return FM_OK;
}

/* Without memory the remark is lost and fm_out_end says so. */
void
fm_out_remark(fm_out *out, const char *format, ...)
{
    char text[REMARK_MAX];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char *joined = pool_join(out, out->remark, text);
    if (joined == NULL)
        out->no_memory = true;
    else
        out->remark = joined;
}

/* ---- 4. points ------------------------------------------------------------------- */

fm_status
fm_out_create(const fm_study *study, fm_out **out)
{
    fm_out *o = calloc(1, sizeof *o);
    fm_status st = FM_ENOMEM;

    if (o == NULL)
        return st;
    o->study = study;
    o->tables = calloc(study->n_tables + 1, sizeof *o->tables);
    o->start = calloc(study->n_tables + 1, sizeof *o->start);
    if (o->tables == NULL || o->start == NULL)
        goto done;
    for (size_t t = 0; t < study->n_tables; t++) {
        size_t n = study->tables[t].n_columns;
        o->tables[t].columns = calloc(n + 1, sizeof *o->tables[t].columns);
        if (o->tables[t].columns == NULL)
            goto done;
        o->tables[t].n_columns = n;
    }
    *out = o;
    o = NULL;
    st = FM_OK;
done:
    fm_out_free(o);
    return st;
}

static void
free_rows(fm_rows *rows)
{
    for (size_t k = 0; k < rows->n_columns; k++) {
        free(rows->columns[k].real);
        free(rows->columns[k].integer);
        free(rows->columns[k].code);
        free(rows->columns[k].text);
    }
    free(rows->columns);
    free(rows->point);
}

void
fm_out_free(fm_out *out)
{
    if (out == NULL)
        return;
    for (size_t t = 0; out->tables != NULL && t < out->study->n_tables; t++)
        free_rows(&out->tables[t]);
    while (out->pool != NULL) {
        struct fm_pool *before = out->pool->before;
        free(out->pool);
        out->pool = before;
    }
    free(out->tables);
    free(out->start);
    free(out->points);
    free(out);
}

void
fm_out_reset(fm_out *out, uint64_t first)
{
    out->first = first;
    out->n_points = 0;
    out->remark = NULL;
    out->no_memory = false;
    for (size_t t = 0; t < out->study->n_tables; t++)
        out->tables[t].n_rows = 0;
    pool_empty(out);
}

fm_status
fm_out_begin(fm_out *out, uint64_t point)
{
    if (out->n_points == out->capacity) {
        size_t n = out->capacity < ROWS_MIN ? ROWS_MIN : out->capacity * 2;
        if (GROW(out->points, n) != FM_OK)
            return FM_ENOMEM;
        out->capacity = n;
    }
    assert(out->n_points == 0 ? point >= out->first
                              : point > out->points[out->n_points - 1].point);
    out->current = point;
    out->remark = NULL;
    for (size_t t = 0; t < out->study->n_tables; t++)
        out->start[t] = out->tables[t].n_rows;
    return FM_OK;
}

/* One row that says "not computed". */
static fm_status
put_empty_row(fm_out *out, size_t table)
{
    const fm_table *decl = &out->study->tables[table];
    fm_rows *rows = &out->tables[table];
    size_t row = rows->n_rows;

    if (reserve(decl, rows, 1) != FM_OK)
        return FM_ENOMEM;
    for (size_t k = 0; k < decl->n_columns; k++) {
        fm_buffer *buffer = &rows->columns[k];
        switch (decl->columns[k].type) {
        case FM_TYPE_REAL:
            buffer->real[row] = (double)NAN;
            break;
        case FM_TYPE_INTEGER:
            buffer->integer[row] = 0;
            break;
        case FM_TYPE_CODE:
            buffer->code[row] = -1;
            break;
        case FM_TYPE_TEXT:
            buffer->text[row] = pool_copy(out, "");
            if (buffer->text[row] == NULL)
                return FM_ENOMEM;
            break;
        }
    }
    rows->point[row] = out->current;
    rows->n_rows++;
    return FM_OK;
}

static fm_status
drop_rows(fm_out *out)
{
    fm_status st = FM_OK;

    for (size_t t = 0; t < out->study->n_tables && st == FM_OK; t++) {
        out->tables[t].n_rows = out->start[t];
        if (out->study->tables[t].shape == FM_ONE_ROW)
            st = put_empty_row(out, t);
    }
    return st;
}

/* First one-row table that did not get exactly one row, or n_tables. */
static size_t
wrong_table(const fm_out *out)
{
    size_t t = 0;

    while (t < out->study->n_tables && (out->study->tables[t].shape != FM_ONE_ROW ||
                                        out->tables[t].n_rows - out->start[t] == 1))
        t++;
    return t;
}

fm_status
fm_out_end(fm_out *out, fm_status status, const char *message, double seconds)
{
    char wrong[256];

    if (out->no_memory)
        return FM_ENOMEM;
    size_t t = status == FM_OK ? wrong_table(out) : out->study->n_tables;
    if (t < out->study->n_tables) {
        status = FM_EINTERNAL;
        (void)snprintf(wrong, sizeof wrong, "table '%s' got %zu rows instead of 1",
                       out->study->tables[t].name, out->tables[t].n_rows - out->start[t]);
        message = wrong;
    }
    if (status != FM_OK && drop_rows(out) != FM_OK)
        return FM_ENOMEM;
    char *text = out->remark;
    if (message != NULL && *message != '\0') {
        text = text != NULL ? pool_join(out, message, text) : pool_copy(out, message);
        if (text == NULL)
            return FM_ENOMEM;
    }
    out->points[out->n_points++] = (fm_point_row){status, text, seconds, out->current};
    out->remark = NULL;
    return FM_OK;
}

void
fm_out_cancel(fm_out *out)
{
    for (size_t t = 0; t < out->study->n_tables; t++)
        out->tables[t].n_rows = out->start[t];
    out->remark = NULL;
}

/* ---- 5. looking ------------------------------------------------------------------ */

static size_t
row_bytes(const fm_table *table)
{
    size_t bytes = sizeof(uint64_t); /* the point */

    for (size_t k = 0; k < table->n_columns; k++)
        bytes += table->columns[k].type == FM_TYPE_CODE ? 1 : 8;
    return bytes;
}

size_t
fm_out_bytes(const fm_out *out)
{
    size_t bytes = out->n_points * sizeof *out->points + out->pool_bytes;

    for (size_t t = 0; t < out->study->n_tables; t++)
        bytes += out->tables[t].n_rows * row_bytes(&out->study->tables[t]);
    return bytes;
}

size_t
fm_rows_from(const fm_rows *rows, uint64_t point)
{
    size_t low = 0, high = rows->n_rows;

    if (high > 0 && rows->point[high - 1] < point)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rows->point[middle] < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t
fm_out_from(const fm_out *out, uint64_t point)
{
    size_t low = 0, high = out->n_points;

    if (high > 0 && out->points[high - 1].point < point)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (out->points[middle].point < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
