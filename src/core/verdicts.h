/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judges the declared verdicts while the rows pass by. */
#ifndef FM_CORE_VERDICTS_H
#define FM_CORE_VERDICTS_H

#include "core/rows.h"
#include "core/schema.h"

typedef struct fm_judge {
    const fm_verdict *verdict;
    const char *unit;
    size_t table, column;
    size_t limit_column; /* SIZE_MAX: verdict->limit */
    fm_type type, limit_type;
    uint64_t n_rows, n_failed;
    double value, limit, margin; /* of the worst row so far */
    uint64_t point;
    uint64_t n_lost, first_lost; /* points that failed or are pending: they have no row
                                    worth judging */
} fm_judge;

/* judges_out  out  [study->n_verdicts], free()
 * returns FM_OK; FM_ENOMEM; FM_EINTERNAL when a verdict names no number of its study */
fm_status fm_judges_create(const fm_schema *schema, fm_judge **judges_out, fm_error *err);

/* Looks at points [first, first + n) of `out`.  A row without limit is not judged; a row
 * without value fails; a value at its limit passes.  The first of the worst rows is
 * kept. */
void fm_judge_points(fm_judge *judge, const fm_out *out, size_t first, size_t n);

/* After the last point: a point that failed or is pending passes no verdict.
 * returns false when there is nothing to say: no row had a limit */
bool fm_judge_finish(fm_judge *judge);

#endif
