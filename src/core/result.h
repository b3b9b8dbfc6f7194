/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads result files: their tables, columns, provenance; verifies and compares them. */
#ifndef FM_CORE_RESULT_H
#define FM_CORE_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/digest.h"
#include "core/study.h"

typedef struct fm_result fm_result;

typedef struct fm_result_column {
    const char *name;
    fm_type type;
    const char *unit, *long_name, *term; /* "" when absent */
    fm_role role;
    const char *const *words; /* CODE: [n_words] */
    size_t n_words;
    bool axis; /* a coordinate of a grid-shaped table: repeated for each row when read */
} fm_result_column;

typedef struct fm_result_table {
    const char *name, *long_name, *signal;
    uint64_t n_rows; /* product of the dimensions */
    size_t n_dims;
    const uint64_t *dims;
    size_t n_columns; /* coordinates first, then columns in stored order */
    const fm_result_column *columns;
} fm_result_table;

/* returns FM_OK; FM_ENOINPUT (no such file), FM_EDATA (not a fabmet result, damaged,
 * newer schema), FM_EIO, FM_ENOMEM */
fm_status fm_result_open(const char *path, fm_result **out, fm_error *err);
void fm_result_close(fm_result *result);

/* Facts: "study", "title", "digest", "scenario", "overrides", "argv", "version", "seed",
 * "draws", "host", "started", "finished", "processor", "libc", "libraries", "schema",
 * "points" (of the whole sweep), "points_listed" (in a file that lists some of them),
 * "points_done" (computed), "points_table", "identity", "path".  "" when absent. */
const char *fm_result_fact(const fm_result *result, const char *name);

/* The data that the run read.  Lives as long as the result. */
typedef struct fm_result_input {
    const char *name, *source, *sha256;
} fm_result_input;
const fm_result_input *fm_result_inputs(const fm_result *result, size_t *n_out);

/* All tables, `points` and `verdicts` included (last two). */
const fm_result_table *fm_result_tables(const fm_result *result, size_t *n_out);
const fm_result_table *fm_result_table_named(const fm_result *result, const char *name);
/* The table with one row per point of the sweep: `points`, or `sweep_points` in a study
 * that has a table `points` of its own. */
const fm_result_table *fm_result_points(const fm_result *result);
/* Index of a column, or SIZE_MAX. */
size_t fm_result_column_named(const fm_result_table *table, const char *name);

/* Rows [first, first + n) of a column; the member that its type says is filled.  Owned by
 * the caller: fm_slice_free. */
typedef struct fm_slice {
    fm_type type;
    size_t n;
    double *real;
    int64_t *integer; /* INTEGER */
    int8_t *code;     /* CODE */
    char **text;      /* TEXT */
} fm_slice;
fm_status fm_result_read(const fm_result *result, const fm_result_table *table,
                         size_t column, uint64_t first, size_t n, fm_slice *out,
                         fm_error *err);
void fm_slice_free(fm_slice *slice);

/* All values of a coordinate (axis is true), once each: dims[k] of them for dimension k.
 * returns as fm_result_read; FM_EDATA if the column is no coordinate */
fm_status fm_result_coordinate(const fm_result *result, const fm_result_table *table,
                               size_t column, fm_slice *out, fm_error *err);

/* One verdict as stored. */
typedef struct fm_result_verdict {
    char *name, *statement, *unit, *term;
    bool pass;
    bool at_least;             /* direction */
    double value, limit;       /* of the worst row */
    uint64_t n_rows, n_failed; /* rows judged, rows that fail */
    uint64_t point;            /* point of the worst row */
} fm_result_verdict;
fm_status fm_result_verdicts(const fm_result *result, fm_result_verdict **out,
                             size_t *n_out, fm_error *err);
void fm_result_verdicts_free(fm_result_verdict *verdicts, size_t n);

/* Recomputes the digest from the data.
 * returns FM_OK and the computed digest; FM_EDATA if it differs from the stored one */
fm_status fm_result_verify(const fm_result *result, char digest_out[FM_DIGEST_TEXT],
                           fm_error *err);

/* Compares all columns.  ulps = 0: exactly.
 * report_out  out  malloc'ed text, a line per column that differs, with the first place
 *                  and the largest distance; "" when equal
 * returns FM_OK when equal within ulps; FM_EDATA when not */
fm_status fm_result_compare(const fm_result *a, const fm_result *b, uint64_t ulps,
                            char **report_out, fm_error *err);

#endif
