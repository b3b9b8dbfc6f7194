/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spc.chart: rows of the input become samples.
 *
 * Contents
 *   1. columns and labels     3. making samples
 *   2. order of labels        4. public */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "spc/spc_chart.h"

struct fm_chart_sampler {
    const fm_point *point;
    const fm_data *data;
    fm_data_cursor *cursor;
    fm_data_block block;
    size_t at;      /* row in the block */
    uint64_t index; /* of the last sample */
    double *values; /* [capacity] of the subgroup at hand */
    size_t n_values, capacity;
    size_t column[C_LABEL + 1]; /* of the data; SIZE_MAX: absent */
    size_t n_also;
};

/* ---- 1. columns and labels ------------------------------------------------------------ */

static size_t
column_of(const fm_data *data, size_t declared)
{
    size_t k = data->first[declared];
    return k < data->first[declared + 1] ? k : SIZE_MAX;
}

static const fm_data_column *
label_column(const fm_point *point, size_t declared)
{
    const fm_data *data = fm_input(point, 0);
    size_t k = column_of(data, declared);
    return k != SIZE_MAX ? &data->columns[k] : NULL;
}

static const char *
label_of(const fm_data_column *column, size_t code)
{
    return column != NULL && code < column->n_labels ? column->labels[code] : "";
}

const char *
fm_chart_label(const fm_point *point, const fm_chart_sample *sample)
{
    const fm_data_column *column = label_column(point, C_LABEL);
    if (column == NULL)
        column = label_column(point, C_SUBGROUP);
    if (column == NULL || column->code == NULL || column->code[sample->row] < 0)
        return "";
    return label_of(column, (size_t)column->code[sample->row]);
}

const char *
fm_chart_stage_label(const fm_point *point, size_t stage)
{
    return label_of(label_column(point, C_STAGE), stage);
}

const char *
fm_chart_part_label(const fm_point *point, size_t part)
{
    return label_of(label_column(point, C_PART), part);
}

static size_t
count_labels(const fm_data_column *column)
{
    return column != NULL && column->n_labels > 0 ? column->n_labels : 1;
}

size_t
fm_chart_n_stages(const fm_point *point)
{
    return count_labels(label_column(point, C_STAGE));
}

size_t
fm_chart_n_parts(const fm_point *point)
{
    return count_labels(label_column(point, C_PART));
}

/* ---- 2. order of labels ---------------------------------------------------------------- */

/* A label that comes back after another one would silently split a subgroup or a stage, or
 * merge two. */
static fm_status
check_together(const fm_data *data, const fm_data_column *label, const char *what,
               fm_error *err)
{
    int32_t newest = -1; /* codes are given in order of appearance */
    for (size_t i = 0; i < data->n_rows; i++) {
        int32_t code = label->code[i];
        if (code < 0)
            return FM_FAIL(err, FM_EDATA, "line %llu has no %s in column '%s'",
                           (unsigned long long)data->line[i], what, label->name);
        if (code < newest && code != label->code[i - 1])
            return FM_FAIL(err, FM_EDATA,
                           "%s '%s' appears again in line %llu, after others: sort the "
                           "rows, or give each %s its own label",
                           what, label->labels[code], (unsigned long long)data->line[i],
                           what);
        newest = code > newest ? code : newest;
    }
    return FM_OK;
}

static fm_status
check_parts(const fm_data *data, const fm_data_column *part, fm_error *err)
{
    for (size_t i = 0; i < data->n_rows; i++)
        if (part->code[i] < 0)
            return FM_FAIL(err, FM_EDATA, "line %llu has no part in column '%s'",
                           (unsigned long long)data->line[i], part->name);
    return FM_OK;
}

static fm_status
check_order(const fm_point *point, fm_error *err)
{
    const fm_data *data = fm_input(point, 0);
    const fm_data_column *subgroup = label_column(point, C_SUBGROUP);
    const fm_data_column *stage = label_column(point, C_STAGE);
    const fm_data_column *part = label_column(point, C_PART);
    fm_status st = FM_OK;
    if (subgroup != NULL)
        st = check_together(data, subgroup, "subgroup", err);
    if (st == FM_OK && stage != NULL)
        st = check_together(data, stage, "stage", err);
    if (st == FM_OK && part != NULL)
        st = check_parts(data, part, err);
    if (st != FM_OK || !fm_present(point, P_SUBGROUP_SIZE))
        return st;
    size_t size = (size_t)fm_integer(point, P_SUBGROUP_SIZE);
    if (data->n_rows % size != 0)
        return FM_FAIL(err, FM_EDATA, "%zu rows do not make subgroups of %zu",
                       data->n_rows, size);
    return FM_OK;
}

/* ---- 3. making samples ------------------------------------------------------------------ */

/* Makes the row at hand readable; false at the end. */
static fm_status
have_row(fm_chart_sampler *s, bool *have_out, fm_error *err)
{
    *have_out = s->at < s->block.n;
    if (*have_out || (s->block.n == 0 && s->at > 0))
        return FM_OK;
    if (fm_should_stop(s->point))
        return FM_FAIL(err, FM_EINTERRUPT, "interrupted");
    fm_status st = fm_data_cursor_next(s->cursor, &s->block, err);
    s->at = 0;
    *have_out = st == FM_OK && s->block.n > 0;
    if (!*have_out)
        s->at = 1; /* the end: do not ask again */
    return st;
}

static int32_t
code_at(const fm_chart_sampler *s, size_t declared)
{
    size_t k = s->column[declared];
    return k != SIZE_MAX ? s->block.columns[k].code[s->at] : 0;
}

static double
real_at(const fm_chart_sampler *s, size_t column)
{
    return s->block.columns[column].real[s->at];
}

static fm_status
keep_value(fm_chart_sampler *s, fm_error *err)
{
    if (s->n_values == s->capacity) {
        size_t n = s->capacity * 2 + 64;
        double *values = realloc(s->values, n * sizeof *values);
        if (values == NULL)
            return FM_FAIL(err, FM_ENOMEM, "memory ran out for a subgroup");
        s->values = values;
        s->capacity = n;
    }
    s->values[s->n_values++] = real_at(s, s->column[C_RESPONSE]);
    return FM_OK;
}

static void
begin_sample(fm_chart_sampler *s, fm_chart_sample *out)
{
    *out = (fm_chart_sample){.index = ++s->index,
                             .row = s->block.first + s->at,
                             .line = s->block.line != NULL ? s->block.line[s->at]
                                                           : s->block.first + s->at + 1,
                             .stage = (size_t)code_at(s, C_STAGE),
                             .part = (size_t)code_at(s, C_PART)};
}

/* Rows with one label, or the given number of rows. */
static fm_status
take_subgroup(fm_chart_sampler *s, fm_chart_sample *out, fm_error *err)
{
    size_t size = fm_present(s->point, P_SUBGROUP_SIZE)
                      ? (size_t)fm_integer(s->point, P_SUBGROUP_SIZE)
                      : SIZE_MAX;
    int32_t label = code_at(s, C_SUBGROUP);
    bool have = true;
    fm_status st = FM_OK;
    s->n_values = 0;
    while (st == FM_OK && have && s->n_values < size && code_at(s, C_SUBGROUP) == label) {
        if ((size_t)code_at(s, C_STAGE) != out->stage)
            return FM_FAIL(err, FM_EDATA,
                           "the stage changes inside the subgroup that begins in line "
                           "%llu",
                           (unsigned long long)out->line);
        st = keep_value(s, err);
        s->at++;
        if (st == FM_OK)
            st = have_row(s, &have, err);
    }
    if (st != FM_OK)
        return st;
    out->n_rows = s->n_values;
    st = fm_spc_subgroup_eval(s->values, s->n_values, &out->group);
    if (st != FM_OK)
        return FM_FAIL(err, FM_EDATA, "subgroup %llu (line %llu) has an infinite value",
                       (unsigned long long)out->index, (unsigned long long)out->line);
    out->value = out->group.mean;
    return FM_OK;
}

static fm_status
take_row(fm_chart_sampler *s, fm_chart_sample *out, fm_error *err)
{
    out->n_rows = 1;
    out->value = out->x[0] = real_at(s, s->column[C_RESPONSE]);
    for (size_t k = 0; k < s->n_also; k++) {
        out->x[k + 1] = real_at(s, s->column[C_ALSO] + k);
        if (isnan(out->x[k + 1]))
            out->value = out->x[k + 1];
        if (isinf(out->x[k + 1]))
            out->x[0] = INFINITY;
    }
    if (isinf(out->x[0]))
        return FM_FAIL(err, FM_EDATA, "line %llu has an infinite value",
                       (unsigned long long)out->line);
    out->group = (fm_spc_subgroup){0, out->value, NAN, NAN};
    if (!isnan(out->value))
        out->group.n = 1;
    out->size = s->column[C_SIZE] != SIZE_MAX         ? real_at(s, s->column[C_SIZE])
                : fm_present(s->point, P_SAMPLE_SIZE) ? fm_real(s->point, P_SAMPLE_SIZE)
                                                      : 1;
    s->at++;
    return FM_OK;
}

/* ---- 4. public ---------------------------------------------------------------------------- */

fm_status
fm_chart_sampler_create(const fm_point *point, fm_chart_sampler **out, fm_error *err)
{
    const fm_data *data = fm_input(point, 0);
    fm_status st = check_order(point, err);
    if (st != FM_OK)
        return st;
    fm_chart_sampler *s = calloc(1, sizeof *s);
    if (s == NULL || fm_data_cursor_create(data, &s->cursor) != FM_OK) {
        free(s);
        return FM_FAIL(err, FM_ENOMEM, "memory ran out");
    }
    s->point = point;
    s->data = data;
    for (size_t k = 0; k <= C_LABEL; k++)
        s->column[k] = column_of(data, k);
    s->n_also = data->first[C_ALSO + 1] - data->first[C_ALSO];
    *out = s;
    return FM_OK;
}

void
fm_chart_sampler_free(fm_chart_sampler *sampler)
{
    if (sampler == NULL)
        return;
    fm_data_cursor_free(sampler->cursor);
    free(sampler->values);
    free(sampler);
}

void
fm_chart_sampler_rewind(fm_chart_sampler *s)
{
    fm_data_cursor_rewind(s->cursor);
    s->block = (fm_data_block){0, 0, NULL, NULL};
    s->at = 0;
    s->index = 0;
}

fm_status
fm_chart_sampler_next(fm_chart_sampler *s, fm_chart_sample *out, bool *more_out,
                      fm_error *err)
{
    fm_status st = have_row(s, more_out, err);
    if (st != FM_OK || !*more_out)
        return st;
    begin_sample(s, out);
    bool grouped =
        s->column[C_SUBGROUP] != SIZE_MAX || fm_present(s->point, P_SUBGROUP_SIZE);
    return grouped ? take_subgroup(s, out, err) : take_row(s, out, err);
}
