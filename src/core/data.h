/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of an input in blocks: the same whether they lie in memory or on disk.
 *
 * An input declared FM_INPUT_STREAM of which only numbers are read is decoded once while
 * it is loaded; beyond FM_DATA_MEMORY rows its values go to an unnamed temporary file
 * instead of memory.  A cursor then reads it in blocks, as often as the study likes, and
 * any number of cursors at once: the decoding of CSV and HDF5 (which is not safe with
 * several threads) is over by then.
 *
 * Contents
 *   1. reading: cursors      2. writing: spools      3. HDF5 */
#ifndef FM_CORE_DATA_H
#define FM_CORE_DATA_H

#include <stdbool.h>

#include "core/diag.h"
#include "core/csv.h"
#include "core/study.h"

enum {
    FM_DATA_BLOCK = 1 << 16, /* rows of a block */
    FM_DATA_MEMORY = 1 << 20 /* rows of a streamed input that are kept in memory */
};

/* ---- 1. reading ------------------------------------------------------------------- */

typedef struct fm_data_cursor fm_data_cursor;

typedef struct fm_data_block {
    uint64_t first;                /* row of the input */
    size_t n;                      /* rows here; 0: there are no more */
    const fm_data_column *columns; /* as fm_data.columns, values from row `first` on */
    const uint64_t *line;          /* [n] */
} fm_data_block;

/* out  out  owned by the caller: fm_data_cursor_free; before the first row
 * returns FM_OK; FM_ENOMEM */
fm_status fm_data_cursor_create(const fm_data *data, fm_data_cursor **out);
void fm_data_cursor_free(fm_data_cursor *cursor);
/* Goes back before the first row. */
void fm_data_cursor_rewind(fm_data_cursor *cursor);
/* The next block; it lives until the next call.
 * returns FM_OK, also at the end (n = 0); FM_EIO */
fm_status fm_data_cursor_next(fm_data_cursor *cursor, fm_data_block *block_out,
                              fm_error *err);

/* ---- 2. writing -------------------------------------------------------------------- */

typedef struct fm_spool fm_spool;

/* folder     in   where the temporary file goes; it has no name and vanishes by itself
 * n_columns  in   columns of 8-byte values
 * returns FM_OK; FM_EIO (no file can be made there), FM_ENOMEM */
fm_status fm_spool_create(const char *folder, size_t n_columns, fm_spool **out,
                          fm_error *err);
void fm_spool_free(fm_spool *spool);
/* Appends rows.  Every call but the last gives FM_DATA_BLOCK rows.
 * columns  in  [n_columns] REAL or INTEGER with values for n rows; name NULL: absent
 * line     in  [n]
 * returns FM_OK; FM_EIO (disk full) */
fm_status fm_spool_append(fm_spool *spool, const fm_data_column *columns,
                          const uint64_t *line, size_t n, fm_error *err);

/* ---- 3. HDF5 ----------------------------------------------------------------------- */

/* Columns of a table of an HDF5 file, read like those of a CSV: a fabmet result's table,
 * or a group of one-dimensional datasets.  Line numbers are row numbers from 1. */
typedef struct fm_hdf5_reader fm_hdf5_reader;

typedef struct fm_hdf5_source {
    const char *path;     /* file to open */
    const char *name;     /* as the user named it */
    const char *inside;   /* "/entry/table", or a dataset in it */
    const char *scenario; /* file name for messages about missing columns */
} fm_hdf5_source;

/* Parameters and statuses as fm_csv_open. */
fm_status fm_hdf5_open(const fm_units *units, const fm_hdf5_source *source,
                       const fm_csv_column *columns, size_t n, fm_diags *diags,
                       fm_hdf5_reader **reader_out);
void fm_hdf5_close(fm_hdf5_reader *reader);
/* Reads the next rows, at most FM_DATA_BLOCK, after those held (fm_hdf5_drop forgets
 * them).  Parameters and statuses as fm_csv_next. */
fm_status fm_hdf5_next(fm_hdf5_reader *reader, size_t most, size_t *n_rows_out,
                       bool *ended_out);
void fm_hdf5_view(const fm_hdf5_reader *reader, fm_data_column *columns_out,
                  const uint64_t **lines_out);
void fm_hdf5_drop(fm_hdf5_reader *reader);
void fm_hdf5_take(fm_hdf5_reader *reader, fm_data_column *columns_out,
                  uint64_t **lines_out);
/* SHA-256 of the file.  returns FM_OK; FM_EIO */
fm_status fm_hdf5_hash(const fm_hdf5_reader *reader, char hash_out[65]);

#endif
