/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which row of a result's table of points is which point of the sweep. */
#include "config.h"

#include "report/point_rows.h"

/* The column that says so; SIZE_MAX when rows are in step with the sweep. */
static size_t
point_column(const fm_result_table *points)
{
    size_t column = points != NULL ? fm_result_column_named(points, "point") : SIZE_MAX;

    return column != SIZE_MAX && points->columns[column].type == FM_TYPE_INTEGER
               ? column
               : SIZE_MAX;
}

fm_status
fm_point_index_read(const fm_result *result, fm_point_index *out, fm_error *err)
{
    const fm_result_table *points = fm_result_points(result);
    size_t column = point_column(points);

    *out = (fm_point_index){.n_rows = points != NULL ? points->n_rows : 0};
    if (column == SIZE_MAX)
        return FM_OK;
    return fm_result_read(result, points, column, 0, (size_t)points->n_rows, &out->points,
                          err);
}

void
fm_point_index_free(fm_point_index *index)
{
    fm_slice_free(&index->points);
    *index = (fm_point_index){0};
}

uint64_t
fm_point_index_row(const fm_point_index *index, uint64_t point)
{
    size_t low = 0;
    size_t high = index->points.n;

    if (index->points.n == 0)
        return point < index->n_rows ? point : UINT64_MAX;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((uint64_t)index->points.integer[middle] < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < index->points.n && (uint64_t)index->points.integer[low] == point
               ? low
               : UINT64_MAX;
}

uint64_t
fm_point_index_point(const fm_point_index *index, uint64_t row)
{
    return row < index->points.n ? (uint64_t)index->points.integer[row] : row;
}

uint64_t
fm_point_of_row(const fm_result *result, uint64_t row)
{
    const fm_result_table *points = fm_result_points(result);
    size_t column = point_column(points);
    uint64_t point = row;
    fm_slice s = {0};

    if (column == SIZE_MAX || row >= points->n_rows ||
        fm_result_read(result, points, column, row, 1, &s, NULL) != FM_OK)
        return row;
    if (s.n == 1)
        point = (uint64_t)s.integer[0];
    fm_slice_free(&s);
    return point;
}
