/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of an input on disk, and cursors over rows in memory or on disk.
 *
 * The file is a row of blocks; a block holds FM_DATA_BLOCK values of each column, then as
 * many line numbers, 8 bytes each.  Blocks are read with pread, so that cursors of several
 * threads share the file. */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/data.h"

enum {
    CELL = 8, /* bytes */
    COLUMN = FM_DATA_BLOCK * CELL
};

struct fm_spool {
    int file;
    size_t n_columns;
    uint64_t n_rows;
    bool full; /* the last block was not: no more may follow */
};

/* ---- spools ------------------------------------------------------------------------ */

fm_status
fm_spool_create(const char *folder, size_t n_columns, fm_spool **out, fm_error *err)
{
    char name[4096];
    fm_spool *spool = calloc(1, sizeof *spool);

    if (spool == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    int length = snprintf(name, sizeof name, "%s/fabmet-XXXXXX", folder);
    spool->n_columns = n_columns;
    spool->file = length > 0 && (size_t)length < sizeof name ? mkstemp(name) : -1;
    if (spool->file < 0) {
        fm_status st = FM_FAIL(err, FM_EIO, "cannot make a temporary file in '%s': %s",
                               folder, strerror(errno));
        free(spool);
        return st;
    }
    (void)unlink(name);
    *out = spool;
    return FM_OK;
}

void
fm_spool_free(fm_spool *spool)
{
    if (spool == NULL)
        return;
    (void)close(spool->file);
    free(spool);
}

static fm_status
write_at(const fm_spool *spool, const void *bytes, size_t n, uint64_t at, fm_error *err)
{
    const char *p = bytes;

    while (n > 0) {
        ssize_t done = pwrite(spool->file, p, n, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return FM_FAIL(err, FM_EIO,
                           "the temporary file of a long input cannot be written: %s "
                           "(TMPDIR names its folder)",
                           strerror(errno));
        p += done;
        n -= (size_t)done;
        at += (uint64_t)done;
    }
    return FM_OK;
}

static uint64_t
block_bytes(const fm_spool *spool)
{
    return (uint64_t)(spool->n_columns + 1) * COLUMN;
}

fm_status
fm_spool_append(fm_spool *spool, const fm_data_column *columns, const uint64_t *line,
                size_t n, fm_error *err)
{
    uint64_t at = spool->n_rows / FM_DATA_BLOCK * block_bytes(spool);
    fm_status st = FM_OK;

    assert(!spool->full && n <= FM_DATA_BLOCK);
    for (size_t k = 0; k < spool->n_columns && st == FM_OK; k++) {
        const fm_data_column *c = &columns[k];
        const void *values = c->type == FM_TYPE_REAL ? (const void *)c->real : c->integer;
        if (c->name != NULL)
            st = write_at(spool, values, n * CELL, at + k * COLUMN, err);
    }
    if (st == FM_OK)
        st = write_at(spool, line, n * CELL, at + spool->n_columns * COLUMN, err);
    spool->n_rows += n;
    spool->full = n < FM_DATA_BLOCK;
    return st;
}

/* ---- cursors ----------------------------------------------------------------------- */

struct fm_data_cursor {
    const fm_data *data;
    size_t n_columns;
    uint64_t next;
    fm_data_column *columns; /* [n_columns] of the block */
    uint64_t *line;
    char *values; /* [n_columns][COLUMN]; NULL for data in memory */
};

void
fm_data_cursor_free(fm_data_cursor *cursor)
{
    if (cursor == NULL)
        return;
    free(cursor->columns);
    free(cursor->line);
    free(cursor->values);
    free(cursor);
}

fm_status
fm_data_cursor_create(const fm_data *data, fm_data_cursor **out)
{
    fm_data_cursor *cursor = calloc(1, sizeof *cursor);

    if (cursor == NULL)
        return FM_ENOMEM;
    cursor->data = data;
    cursor->n_columns = data->first[data->decl->n_columns];
    cursor->columns = calloc(cursor->n_columns + 1, sizeof *cursor->columns);
    if (data->spool != NULL) {
        cursor->values = malloc((cursor->n_columns + 1) * COLUMN);
        cursor->line = malloc(COLUMN);
    }
    if (cursor->columns == NULL ||
        (data->spool != NULL && (cursor->values == NULL || cursor->line == NULL))) {
        fm_data_cursor_free(cursor);
        return FM_ENOMEM;
    }
    for (size_t k = 0; k < cursor->n_columns; k++)
        cursor->columns[k] = data->columns[k];
    *out = cursor;
    return FM_OK;
}

void
fm_data_cursor_rewind(fm_data_cursor *cursor)
{
    cursor->next = 0;
}

static fm_status
read_at(const fm_spool *spool, void *bytes, size_t n, uint64_t at, fm_error *err)
{
    char *p = bytes;

    while (n > 0) {
        ssize_t done = pread(spool->file, p, n, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return FM_FAIL(err, FM_EIO, "the temporary file of a long input: %s",
                           done < 0 ? strerror(errno) : "it is shorter than written");
        p += done;
        n -= (size_t)done;
        at += (uint64_t)done;
    }
    return FM_OK;
}

/* One column of the block at hand, from the file.  The spool has the columns in the order
 * of the data, without absent ones. */
static fm_status
read_column(fm_data_cursor *cursor, size_t k, size_t n, fm_error *err)
{
    const fm_spool *spool = cursor->data->spool;
    fm_data_column *c = &cursor->columns[k];
    char *place = cursor->values + k * COLUMN;
    uint64_t at = cursor->next / FM_DATA_BLOCK * block_bytes(spool) + k * COLUMN;

    c->real = NULL;
    c->integer = NULL;
    if (c->type == FM_TYPE_REAL)
        c->real = (double *)(void *)place;
    else
        c->integer = (int64_t *)(void *)place;
    return read_at(spool, place, n * CELL, at, err);
}

static fm_status
next_on_disk(fm_data_cursor *cursor, size_t n, fm_error *err)
{
    const fm_spool *spool = cursor->data->spool;
    uint64_t at = cursor->next / FM_DATA_BLOCK * block_bytes(spool);
    fm_status st = FM_OK;

    for (size_t k = 0; k < cursor->n_columns && st == FM_OK; k++)
        st = read_column(cursor, k, n, err);
    if (st == FM_OK)
        st = read_at(spool, cursor->line, n * CELL, at + spool->n_columns * COLUMN, err);
    return st;
}

static void
next_in_memory(fm_data_cursor *cursor)
{
    for (size_t k = 0; k < cursor->n_columns; k++) {
        const fm_data_column *from = &cursor->data->columns[k];
        fm_data_column *c = &cursor->columns[k];
        if (c->type == FM_TYPE_REAL)
            c->real = from->real + cursor->next;
        else if (c->type == FM_TYPE_INTEGER)
            c->integer = from->integer + cursor->next;
        else
            c->code = from->code + cursor->next;
    }
}

fm_status
fm_data_cursor_next(fm_data_cursor *cursor, fm_data_block *block_out, fm_error *err)
{
    const fm_data *data = cursor->data;
    uint64_t left = data->n_rows - cursor->next;
    size_t n = left < FM_DATA_BLOCK ? (size_t)left : FM_DATA_BLOCK;
    fm_status st = FM_OK;

    if (n > 0 && data->spool != NULL)
        st = next_on_disk(cursor, n, err);
    else if (n > 0)
        next_in_memory(cursor);
    if (st != FM_OK)
        return st;
    const uint64_t *line = data->spool != NULL  ? cursor->line
                           : data->line != NULL ? data->line + cursor->next
                                                : NULL;
    *block_out = (fm_data_block){cursor->next, n, cursor->columns, line};
    cursor->next += n;
    return FM_OK;
}
