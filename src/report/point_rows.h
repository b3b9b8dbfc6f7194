/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which row of a result's table of points is which point of the sweep: in a slice they are
 * not the same. */
#ifndef FM_REPORT_POINT_ROWS_H
#define FM_REPORT_POINT_ROWS_H

#include "core/result.h"

typedef struct fm_point_index {
    uint64_t n_rows;
    fm_slice points; /* [n_rows] point of each row, ascending; n = 0: row i is point i */
} fm_point_index;

/* returns FM_OK; what fm_result_read says */
fm_status fm_point_index_read(const fm_result *result, fm_point_index *out,
                              fm_error *err);
void fm_point_index_free(fm_point_index *index);

/* The row of a point; UINT64_MAX when the file does not have it. */
uint64_t fm_point_index_row(const fm_point_index *index, uint64_t point);

/* The point of a row; the row itself when there is no such row. */
uint64_t fm_point_index_point(const fm_point_index *index, uint64_t row);

/* The point of one row, read on its own; the row itself when it cannot be read. */
uint64_t fm_point_of_row(const fm_result *result, uint64_t row);

#endif
