/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judges the declared verdicts while the rows pass by. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/verdicts.h"

static size_t
find_column(const fm_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0 &&
            table->columns[i].type != FM_TYPE_TEXT)
            return i;
    return SIZE_MAX;
}

static const char *
stored_unit(const fm_schema_table *table, size_t declared)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (table->columns[i].origin == FM_FROM_STUDY &&
            table->columns[i].index == declared)
            return table->columns[i].unit;
    return "1";
}

static bool
bind(const fm_schema *schema, const fm_verdict *verdict, fm_judge *judge)
{
    const fm_study *study = schema->scenario->study;

    *judge = (fm_judge){.verdict = verdict, .column = SIZE_MAX, .limit_column = SIZE_MAX};
    for (size_t t = 0; t < study->n_tables; t++) {
        if (strcmp(study->tables[t].name, verdict->table) != 0)
            continue;
        judge->table = t;
        judge->column = find_column(&study->tables[t], verdict->column);
        if (judge->column == SIZE_MAX)
            return false;
        judge->type = study->tables[t].columns[judge->column].type;
        judge->unit = stored_unit(&schema->tables[t], judge->column);
        if (verdict->limit_column == NULL)
            return true;
        judge->limit_column = find_column(&study->tables[t], verdict->limit_column);
        if (judge->limit_column == SIZE_MAX)
            return false;
        judge->limit_type = study->tables[t].columns[judge->limit_column].type;
        return true;
    }
    return false;
}

fm_status
fm_judges_create(const fm_schema *schema, fm_judge **judges_out, fm_error *err)
{
    const fm_study *study = schema->scenario->study;
    fm_judge *judges = calloc(study->n_verdicts + 1, sizeof *judges);

    if (judges == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    for (size_t i = 0; i < study->n_verdicts; i++)
        if (!bind(schema, &study->verdicts[i], &judges[i])) {
            free(judges);
            return FM_FAIL(err, FM_EINTERNAL, "verdict '%s' names no number of '%s'",
                           study->verdicts[i].name, study->name);
        }
    *judges_out = judges;
    return FM_OK;
}

static double
number_at(const fm_buffer *buffer, fm_type type, size_t row)
{
    if (type == FM_TYPE_REAL)
        return buffer->real[row];
    return type == FM_TYPE_INTEGER ? (double)buffer->integer[row]
                                   : (double)buffer->code[row];
}

/* Distance to the limit, positive on the good side; no value is the worst of all. */
static double
margin_of(fm_direction direction, double value, double limit)
{
    if (isnan(value))
        return -INFINITY;
    if (value == limit)
        return 0; /* also at infinity */
    return direction == FM_AT_MOST ? limit - value : value - limit;
}

static void
judge_row(fm_judge *judge, const fm_rows *rows, size_t i)
{
    const fm_verdict *v = judge->verdict;
    double value = number_at(&rows->columns[judge->column], judge->type, i);
    double limit = v->limit;

    if (judge->limit_column != SIZE_MAX)
        limit = number_at(&rows->columns[judge->limit_column], judge->limit_type, i);
    if (isnan(limit))
        return;
    double margin = margin_of(v->direction, value, limit);
    if (judge->n_rows == 0 || margin < judge->margin) {
        judge->value = value;
        judge->limit = limit;
        judge->margin = margin;
        judge->point = rows->point[i];
    }
    judge->n_rows++;
    judge->n_failed += margin < 0;
}

void
fm_judge_points(fm_judge *judge, const fm_out *out, size_t first, size_t n)
{
    const fm_rows *rows = &out->tables[judge->table];
    const fm_point_row *points = out->points + first;

    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (points[i].status != FM_OK && judge->n_lost++ == 0)
            judge->first_lost = points[i].point;
    size_t end = fm_rows_from(rows, points[n - 1].point + 1);
    size_t at = 0;
    for (size_t i = fm_rows_from(rows, points[0].point); i < end; i++) {
        while (points[at].point < rows->point[i])
            at++;
        if (points[at].status == FM_OK)
            judge_row(judge, rows, i);
    }
}

bool
fm_judge_finish(fm_judge *judge)
{
    if (judge->n_rows == 0 && judge->limit_column != SIZE_MAX)
        return false;
    if (judge->n_lost > 0) {
        if (judge->n_rows == 0)
            judge->limit = judge->verdict->limit;
        judge->value = (double)NAN;
        judge->margin = -INFINITY;
        judge->point = judge->first_lost;
        judge->n_rows += judge->n_lost;
        judge->n_failed += judge->n_lost;
    }
    return judge->n_rows > 0;
}
