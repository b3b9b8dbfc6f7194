/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a run puts its rows: columns of some points in ascending order, in memory.
 *
 * Each belongs to one thread; the store takes any range of its points. */
#ifndef FM_CORE_ROWS_H
#define FM_CORE_ROWS_H

#include "core/study.h"

typedef union fm_cell {
    double real;
    int64_t integer;  /* INTEGER and CODE */
    const char *text; /* copied */
} fm_cell;

/* Adds one row to table `table` of the study: cells[n_columns] in declared order.
 * returns FM_OK or FM_ENOMEM */
fm_status fm_out_row(fm_out *out, size_t table, const fm_cell *cells);

/* Adds n rows at once: columns[k] points to n values of the column's type (double,
 * int64_t, int8_t for CODE, const char * for TEXT). */
fm_status fm_out_block(fm_out *out, size_t table, size_t n, const void *const *columns);

/* Adds a remark to the point's message ("negative variance component set to 0"); the
 * point stays good.  Several remarks are joined with "; ". */
void fm_out_remark(fm_out *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- for the sweep and the store --------------------------------------------------- */

/* One column's buffer; the member that the column's type says is used. */
typedef struct fm_buffer {
    double *real;
    int64_t *integer;
    int8_t *code;
    char **text;
    size_t capacity;
} fm_buffer;

typedef struct fm_rows {
    size_t n_rows;
    size_t n_columns;
    fm_buffer *columns; /* [n_columns] */
    uint64_t *point;    /* [n_rows] point index of each row */
    size_t capacity;
} fm_rows;

typedef struct fm_point_row { /* one row of the table `points` */
    fm_status status;
    char *message; /* NULL: empty; lives until the next reset */
    double seconds;
    uint64_t point;
} fm_point_row;

struct fm_out {
    const fm_study *study;
    uint64_t first;  /* no point before this one may come */
    size_t n_points; /* points finished so far */
    fm_rows *tables; /* [study->n_tables] */
    fm_point_row *points;
    size_t capacity;
    uint64_t current; /* point being computed */
    size_t *start;    /* [n_tables] rows at the start of the current point */
    char *remark;
    struct fm_pool *pool; /* texts: cells, messages, remarks */
    size_t pool_bytes;    /* of all its blocks */
    bool no_memory;       /* a remark was lost; fm_out_end reports it */
};

fm_status fm_out_create(const fm_study *study, fm_out **out);
void fm_out_free(fm_out *out);
/* Empties for points from `first` on; keeps the memory. */
void fm_out_reset(fm_out *out, uint64_t first);
/* Brackets one point: on failure drops its rows, gives each one-row table a row of NaN (0
 * for integers, code -1, "" for text) and keeps the message.  A one-row table that did
 * not get exactly one row is an internal error of the study: its point fails with
 * FM_EINTERNAL.
 * point    in  beyond the point before, not below `first` (asserted)
 * status   in  what run returned
 * message  in  copied; may be NULL.  Remarks follow it after "; "
 * returns FM_OK, also for a point that failed; FM_ENOMEM */
fm_status fm_out_begin(fm_out *out, uint64_t point);
fm_status fm_out_end(fm_out *out, fm_status status, const char *message, double seconds);
/* Takes the rows of the point in hand back: it counts as never begun. */
void fm_out_cancel(fm_out *out);
/* Bytes that the rows in hand occupy, about. */
size_t fm_out_bytes(const fm_out *out);
/* Index of the first row (of the first of points[0 ... n_points)) whose point is at least
 * `point`. */
size_t fm_rows_from(const fm_rows *rows, uint64_t point);
size_t fm_out_from(const fm_out *out, uint64_t point);

#endif
