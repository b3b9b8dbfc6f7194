/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The differences of two runs, with what their pairs say about chance.
 *
 * Contents
 *   1. one difference      3. point by point
 *   2. all quantities      4. the comparison
 */
#include "config.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "math/univariate.h"
#include "whatif/whatif.h"

typedef struct comparison {
    const fm_whatif_side *base, *changed;
    const fm_whatif_options *options;
    fm_whatif_cells cells;
    fm_whatif_batches batches;
    size_t chosen;
    fm_out *out;
    fm_error *err;
} comparison;

/* ---- 1. one difference ----------------------------------------------------------- */

/* The pairs that have both values.
 * returns how many */
static size_t
gather(const double *base, const double *changed, size_t n, double *x, double *y)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (!isfinite(base[i]) || !isfinite(changed[i]))
            continue;
        x[kept] = base[i];
        y[kept++] = changed[i];
    }
    return kept;
}

static double
mean_of(const double *x, size_t n)
{
    double mean = NAN;

    return fm_math_mean_eval(x, n, &mean) == FM_OK ? mean : (double)NAN;
}

static void
remark(fm_whatif_delta *d, const char *text)
{
    size_t used = strlen(d->remark);

    (void)snprintf(d->remark + used, sizeof d->remark - used, "%s%s",
                   used > 0 ? "; " : "", text);
}

/* What the test says.  The rest of the delta is known. */
static void
judge(fm_whatif_delta *d, double confidence)
{
    const fm_math_paired *p = &d->paired;

    d->half = NAN;
    d->significant = FM_NO_STATEMENT;
    if (p->n == 0) {
        remark(d, "no value on both sides");
    } else if (p->n == 1) {
        remark(d, p->delta < 0 || p->delta > 0 ? "one pair: no statement on chance"
                                               : "one pair, which does not differ");
    } else if (p->se == 0) {
        remark(d, p->delta < 0 || p->delta > 0
                      ? "all pairs differ by the same: no statement on chance"
                      : "no pair differs");
    } else if (fm_math_paired_half(p, confidence, &d->half) == FM_OK) {
        d->significant = p->p_1 < 1 - confidence ? FM_SIGNIFICANT : FM_NOT_SIGNIFICANT;
    }
}

/* Values of points as pairs, or the one value of a single point. */
static fm_status
compare_points(const comparison *c, const fm_whatif_cell *cell, double *x, double *y,
               fm_whatif_delta *d)
{
    size_t n = gather(cell->base, cell->changed, c->cells.n_points, x, y);
    size_t lost = c->cells.n_points - n;

    *d = (fm_whatif_delta){
        .base = mean_of(x, n),
        .changed = mean_of(y, n),
        .paired = {.n = n, .delta = NAN, .se = NAN, .t = NAN, .p_1 = NAN},
        .pairing = c->cells.n_points > 1 ? FM_PAIRED_POINTS : FM_PAIRED_NONE,
        .unit = cell->unit};
    fm_status st = n > 0 ? fm_math_paired_eval(x, y, n, &d->paired) : FM_OK;
    if (st == FM_ERANGE)
        remark(d, "the difference is too large for a number");
    else if (st != FM_OK)
        return FM_FAIL(c->err, FM_EINTERNAL, "what-if: %s", fm_status_name(st));
    if (lost > 0 && n > 0) {
        char text[80];
        (void)snprintf(text, sizeof text, "%zu of %zu points left out: no value", lost,
                       c->cells.n_points);
        remark(d, text);
    }
    judge(d, c->options->confidence);
    return FM_OK;
}

/* Keeps the delta of the whole runs and takes its error from the batches. */
static void
compare_batches(const comparison *c, const double *base, const double *changed, double *x,
                double *y, fm_whatif_delta *d)
{
    fm_math_paired p = {0};
    size_t n = gather(base, changed, c->batches.n, x, y);

    d->pairing = FM_PAIRED_DRAWS;
    d->remark[0] = '\0';
    d->paired = (fm_math_paired){
        .n = n, .delta = d->paired.delta, .se = NAN, .t = NAN, .p_1 = NAN};
    if (n > 0 && fm_math_paired_eval(x, y, n, &p) == FM_OK) {
        d->paired.se = p.se;
        fm_math_paired_test(&d->paired);
    }
    if (n > 0 && n < c->batches.n)
        remark(d, "batches without a value left out");
    judge(d, c->options->confidence);
}

void
fm_whatif_delta_cells(const fm_whatif_delta *d, fm_cell cells_out[FM_DELTA_COLUMNS])
{
    double size = fabs(d->base) > 0 ? fabs(d->base) : (double)NAN;
    double delta = d->paired.delta;

    cells_out[FM_DELTA_UNITS].text = d->unit;
    cells_out[FM_DELTA_BASE].real = d->base;
    cells_out[FM_DELTA_NEW].real = d->changed;
    cells_out[FM_DELTA_DELTA].real = delta;
    cells_out[FM_DELTA_SE].real = d->paired.se;
    cells_out[FM_DELTA_LOW].real = delta - d->half;
    cells_out[FM_DELTA_HIGH].real = delta + d->half;
    cells_out[FM_DELTA_RELATIVE].real = delta / size;
    cells_out[FM_DELTA_PAIRS].integer = (int64_t)d->paired.n;
    cells_out[FM_DELTA_PAIRING].integer = d->pairing;
    cells_out[FM_DELTA_P].real = d->paired.p_1;
    cells_out[FM_DELTA_SIGNIFICANT].integer = d->significant;
    cells_out[FM_DELTA_REMARK].text = d->remark;
}

/* ---- 2. all quantities ----------------------------------------------------------- */

static bool
has_batches(const comparison *c, size_t k)
{
    return c->batches.n > 0 && c->cells.list[k].over_draws;
}

static fm_status
put_delta(const comparison *c, size_t k, const fm_whatif_delta *d)
{
    const fm_whatif_cell *cell = &c->cells.list[k];
    fm_cell row[FM_DELTAS_LEAD + FM_DELTA_COLUMNS];

    row[FM_DELTAS_QUANTITY].text = cell->name;
    row[FM_DELTAS_TABLE].text = c->cells.study->tables[cell->table].name;
    fm_whatif_delta_cells(d, row + FM_DELTAS_LEAD);
    return fm_out_row(c->out, FM_WHATIF_DELTAS, row);
}

/* A quantity's rows: by points, or its single pair; and by draws.  The last one is the
 * delta to quote.
 * x, y  in  room for all points and all batches */
static fm_status
compare_cell(const comparison *c, size_t k, double *x, double *y, fm_whatif_delta *d)
{
    fm_status st = compare_points(c, &c->cells.list[k], x, y, d);
    bool draws = st == FM_OK && has_batches(c, k) && isfinite(d->paired.delta);

    if (st == FM_OK && c->out != NULL && (!draws || d->pairing != FM_PAIRED_NONE))
        st = put_delta(c, k, d);
    if (st != FM_OK || !draws)
        return st;
    compare_batches(c, c->batches.mean[0] + k * c->batches.n,
                    c->batches.mean[1] + k * c->batches.n, x, y, d);
    return c->out != NULL ? put_delta(c, k, d) : FM_OK;
}

static fm_status
compare_cells(const comparison *c, double *x, double *y, fm_whatif_delta *chosen_out)
{
    fm_status st = FM_OK;

    for (size_t k = 0; k < c->cells.n && st == FM_OK; k++) {
        fm_whatif_delta d;
        if (c->out == NULL && k != c->chosen)
            continue;
        st = compare_cell(c, k, x, y, &d);
        if (st == FM_OK && k == c->chosen)
            *chosen_out = d;
    }
    return st;
}

/* ---- 3. point by point ----------------------------------------------------------- */

/* "hook.position = 0.2, wire.diameter = 20 um" */
static void
add_swept(fm_str *s, const fm_scenario *scenario, const fm_point *point)
{
    for (size_t a = 0; a < scenario->n_axes; a++) {
        size_t k = scenario->axes[a].param;
        const fm_param *param = &scenario->study->params[k];
        const fm_value *value = &point->values[k];
        fm_str_addf(s, "%s%s = ", a > 0 ? ", " : "", param->key);
        if (param->kind == FM_REAL)
            fm_str_addf(s, "%.6g%s%s", value->real, strcmp(param->unit, "1") ? " " : "",
                        strcmp(param->unit, "1") ? param->unit : "");
        else if (param->kind == FM_INTEGER)
            fm_str_addf(s, "%lld", (long long)value->integer);
        else if (param->kind == FM_FLAG)
            fm_str_add(s, value->integer != 0 ? "true" : "false");
        else
            fm_str_add(s, value->text != NULL ? value->text : "");
    }
}

static fm_status
put_point(const comparison *c, fm_cursor *cursor, size_t i, double *x, double *y)
{
    const fm_whatif_cell *cell = &c->cells.list[c->chosen];
    fm_cell row[FM_POINTS_LEAD + FM_DELTA_COLUMNS];
    fm_point point;
    fm_whatif_delta d = {.base = cell->base[i],
                         .changed = cell->changed[i],
                         .unit = cell->unit,
                         .half = NAN};
    bool both = isfinite(d.base) && isfinite(d.changed);
    fm_str swept = {0};

    d.paired = (fm_math_paired){.n = both ? 1 : 0,
                                .delta = both ? d.changed - d.base : (double)NAN,
                                .se = NAN,
                                .t = NAN,
                                .p_1 = NAN};
    if (both && has_batches(c, c->chosen))
        compare_batches(c, c->batches.at_point[0] + i * c->batches.n,
                        c->batches.at_point[1] + i * c->batches.n, x, y, &d);
    else
        judge(&d, c->options->confidence);
    fm_status st = fm_cursor_seek(cursor, i, &point);
    if (st == FM_OK)
        add_swept(&swept, c->base->scenario, &point);
    row[FM_POINTS_POINT].integer = (int64_t)i;
    row[FM_POINTS_SWEPT].text = swept.data;
    row[FM_POINTS_QUANTITY].text = cell->name;
    fm_whatif_delta_cells(&d, row + FM_POINTS_LEAD);
    if (st == FM_OK)
        st = fm_out_row(c->out, FM_WHATIF_POINTS, row);
    fm_str_free(&swept);
    return st;
}

static fm_status
put_points(const comparison *c, double *x, double *y)
{
    fm_cursor *cursor = NULL;
    fm_status st = fm_cursor_create(c->base->scenario, &cursor);

    for (size_t i = 0; i < c->cells.n_points && st == FM_OK; i++)
        st = put_point(c, cursor, i, x, y);
    fm_cursor_free(cursor);
    return st;
}

/* ---- 4. the comparison ----------------------------------------------------------- */

static fm_status
compare_all(comparison *c, fm_whatif_delta *chosen_out)
{
    size_t room = c->cells.n_points > c->batches.n ? c->cells.n_points : c->batches.n;
    double *x = calloc(room + 1, sizeof *x);
    double *y = calloc(room + 1, sizeof *y);
    fm_status st = x != NULL && y != NULL ? FM_OK : FM_ENOMEM;

    if (st == FM_OK)
        st = compare_cells(c, x, y, chosen_out);
    if (st == FM_OK && c->out != NULL && c->cells.n_points > 1)
        st = put_points(c, x, y);
    free(x);
    free(y);
    return st == FM_OK ? st : FM_FAIL(c->err, st, "%s", fm_status_name(st));
}

fm_status
fm_whatif_compare(const fm_whatif_side *base, const fm_whatif_side *changed,
                  const fm_whatif_options *options, fm_out *out, char **name_out,
                  fm_whatif_delta *delta_out, fm_error *err)
{
    comparison c = {
        .base = base, .changed = changed, .options = options, .out = out, .err = err};
    char *name = NULL;

    fm_status st = fm_whatif_cells_read(base, changed, out, &c.cells, err);
    if (st == FM_OK)
        st = fm_whatif_cells_find(&c.cells, options->quantity, &c.chosen, err);
    if (st == FM_OK)
        st = fm_whatif_batches_run(base, changed, &c.cells, c.chosen, options, &c.batches,
                                   err);
    if (st == FM_OK)
        st = compare_all(&c, delta_out);
    if (st == FM_OK && name_out != NULL) {
        name = fm_strdup(c.cells.list[c.chosen].name);
        st = name != NULL ? FM_OK : FM_FAIL(err, FM_ENOMEM, "out of memory");
    }
    if (st == FM_OK && name_out != NULL)
        *name_out = name;
    fm_whatif_batches_free(&c.batches);
    fm_whatif_cells_free(&c.cells);
    return st;
}
