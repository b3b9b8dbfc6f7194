/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many points of a sweep a result has, and what became of them. */
#include "config.h"

#include <inttypes.h>

#include "core/units.h"
#include "report/coverage.h"

enum {
    BLOCK = 65536 /* points read at once */
};

static void
count(const fm_slice *s, fm_coverage *c)
{
    for (size_t i = 0; i < s->n; i++) {
        int64_t status = s->type == FM_TYPE_CODE ? s->code[i] : s->integer[i];
        if (status == FM_EPENDING) {
            c->pending++;
            continue;
        }
        c->done++;
        if (status == FM_OK)
            continue;
        c->failed++;
        c->failed_by[status > 0 && status < FM_EPENDING ? status : FM_EINTERNAL]++;
    }
}

fm_status
fm_coverage_read(const fm_result *result, fm_coverage *out, fm_error *err)
{
    const fm_result_table *points = fm_result_points(result);
    size_t column = points != NULL ? fm_result_column_named(points, "status") : SIZE_MAX;
    fm_coverage c = {0};

    if (column == SIZE_MAX || (points->columns[column].type != FM_TYPE_CODE &&
                               points->columns[column].type != FM_TYPE_INTEGER))
        return FM_FAIL(err, FM_EDATA, "'%s' has no table of points with their status",
                       fm_result_fact(result, "path"));
    for (uint64_t first = 0; first < points->n_rows; first += BLOCK) {
        uint64_t left = points->n_rows - first;
        fm_slice s = {0};
        fm_status st = fm_result_read(result, points, column, first,
                                      left < BLOCK ? (size_t)left : BLOCK, &s, err);
        if (st != FM_OK)
            return st;
        count(&s, &c);
        fm_slice_free(&s);
    }
    c.listed = points->n_rows;
    if (fm_unsigned_read(fm_result_fact(result, "points"), &c.points, NULL) != FM_OK ||
        c.points < c.listed)
        c.points = c.listed;
    *out = c;
    return FM_OK;
}

void
fm_coverage_add_text(const fm_coverage *c, fm_str *s)
{
    fm_str_addf(s, "%" PRIu64 " of %" PRIu64 " point%s computed", c->done, c->points,
                c->points == 1 ? "" : "s");
    if (c->failed > 0)
        fm_str_addf(s, ", %" PRIu64 " of them failed", c->failed);
    if (c->pending > 0)
        fm_str_addf(s, "; %" PRIu64 " pending", c->pending);
    if (c->listed < c->points)
        fm_str_addf(s, "; %" PRIu64 " not in this file", c->points - c->listed);
}
