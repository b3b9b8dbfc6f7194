/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measured data from CSV (libcsv): typed columns, units, all bad cells reported.
 *
 * Quoted fields, CRLF, a UTF-8 BOM, blank lines, comment lines that begin with '#' and a
 * header line.  A header cell may carry its unit: `force [gf]` or `force (gf)` is column
 * `force`.  Cells that say nothing, only where the column allows it: empty, and for
 * numbers also NA, NaN, nan, "-".  They become NaN, FM_CSV_NO_INTEGER, or label code
 * -1. */
#ifndef FM_CORE_CSV_H
#define FM_CORE_CSV_H

#include <stdint.h>

#include "core/diag.h"
#include "core/study.h"
#include "core/units.h"

/* An INTEGER cell that says nothing. */
#define FM_CSV_NO_INTEGER INT64_MIN

/* One wanted column. */
typedef struct fm_csv_column {
    const char *name;      /* header text without unit */
    const char *key;       /* how the study calls it, for messages */
    fm_type type;          /* REAL, INTEGER, TEXT */
    const char *unit;      /* declared unit, or NULL: as the data say */
    const char *data_unit; /* `units:` of the scenario, or NULL */
    fm_mark mark;   /* place in the scenario that names it (for a missing column) */
    unsigned flags; /* FM_COL_* */
    double min, max;
} fm_csv_column;

typedef struct fm_csv_source {
    const char *path; /* file to open; NULL: `text` */
    const char *name; /* how messages call it: the path as the user wrote it */
    const char *text; /* inline CSV */
    size_t length;
    int first_line; /* line of the scenario on which inline text begins (1 for a file) */
    const char *scenario; /* file name for messages about missing columns */
} fm_csv_source;

/* Reads the wanted columns; others are skipped.  10^7 rows need about 8 bytes per number
 * and 4 per label.  At most FM_DIAG_MAX bad cells are listed (file, line, column name,
 * value), all are counted. columns_out  out  [n] filled; owned by the caller:
 * fm_csv_free; untouched on error.  A column that need not be there and is not has name
 * NULL and no values line_out     out  [n_rows] line numbers (of the scenario for inline
 * text), malloc'ed hash_out     out  64 hex digits and NUL: SHA-256 of the bytes read
 * returns FM_OK; FM_ENOINPUT, FM_EDATA, FM_EIO (text in diags), FM_ENOMEM */
fm_status fm_csv_read(const fm_units *units, const fm_csv_source *source,
                      const fm_csv_column *columns, size_t n, fm_diags *diags,
                      fm_data_column *columns_out, size_t *n_rows_out,
                      uint64_t **line_out, char hash_out[65]);
void fm_csv_free(fm_data_column *columns, size_t n);

/* The same in pieces, for files larger than the memory: open, next until it ended (with
 * drop in between), hash, close.  Bad cells are listed and counted by each next, which
 * goes on behind them; the status of the last one stands for the whole file. */
typedef struct fm_csv_reader fm_csv_reader;

/* source, columns  in   borrowed until fm_csv_close
 * reader_out       out  owned by the caller: fm_csv_close; untouched on error
 * returns FM_OK; FM_ENOINPUT, FM_EDATA, FM_EIO (text in diags), FM_ENOMEM */
fm_status fm_csv_open(const fm_units *units, const fm_csv_source *source,
                      const fm_csv_column *columns, size_t n, fm_diags *diags,
                      fm_csv_reader **reader_out);
void fm_csv_close(fm_csv_reader *reader);
/* Reads on until `most` rows are held or the input ends.
 * n_rows_out  out  rows held now
 * returns FM_OK; FM_EDATA, FM_EIO, FM_ENOMEM */
fm_status fm_csv_next(fm_csv_reader *reader, size_t most, size_t *n_rows_out,
                      bool *ended_out);
/* The rows held, in memory of the reader until the next call.
 * columns_out  out  [n] as fm_csv_read fills them */
void fm_csv_view(const fm_csv_reader *reader, fm_data_column *columns_out,
                 const uint64_t **lines_out);
/* Forgets the rows held; labels stay known. */
void fm_csv_drop(fm_csv_reader *reader);
/* Gives the rows held to the caller, as fm_csv_read does. */
void fm_csv_take(fm_csv_reader *reader, fm_data_column *columns_out,
                 uint64_t **lines_out);
/* SHA-256 of the bytes read; once, at the end. */
void fm_csv_hash(fm_csv_reader *reader, char hash_out[65]);

#endif
