/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many points of a sweep a result has, and what became of them. */
#ifndef FM_REPORT_COVERAGE_H
#define FM_REPORT_COVERAGE_H

#include "core/result.h"
#include "core/text.h"

typedef struct fm_coverage {
    uint64_t points;                 /* of the whole sweep */
    uint64_t listed;                 /* rows of the table of points: fewer in a slice */
    uint64_t done;                   /* computed, well or not */
    uint64_t failed;                 /* of `done` */
    uint64_t pending;                /* rows not computed yet */
    uint64_t failed_by[FM_EPENDING]; /* `failed` by status code */
} fm_coverage;

/* Counts the points of a result, block by block.
 * returns FM_OK; FM_EDATA when there is no table of points; what fm_result_read says */
fm_status fm_coverage_read(const fm_result *result, fm_coverage *out, fm_error *err);

/* Appends "998 of 1000 points computed, 3 of them failed; 2 pending". */
void fm_coverage_add_text(const fm_coverage *coverage, fm_str *s);

#endif
