/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pull.fit: from the rows of the data to strengths per mode.
 *
 * Contents
 *   1. columns        3. geometry            5. all of it
 *   2. which rows     4. causes and modes
 */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pull/pull_fit.h"

/* ---- 1. columns ------------------------------------------------------------------- */

/* Column of the data, or NULL where the file has none. */
static const fm_data_column *
column(const fm_point *point, size_t declared)
{
    const fm_data *data = fm_input(point, 0);
    if (data == NULL || data->first[declared] == data->first[declared + 1])
        return NULL;
    return &data->columns[data->first[declared]];
}

static const char *
label(const fm_data_column *c, size_t row)
{
    return c->code[row] < 0 ? "" : c->labels[c->code[row]];
}

static uint64_t
line_of(const fm_fit *fit, size_t i)
{
    return fm_input(fit->point, 0)->line[fit->row[i]];
}

bool
fm_fit_has_geometry(const fm_point *point)
{
    for (size_t k = 0; k < FIT_GEOMETRY; k++)
        if (column(point, D_SPAN + k) != NULL || fm_present(point, F_SPAN + k))
            return true;
    return false;
}

bool
fm_fit_is_positive(int64_t distribution)
{
    return distribution != FM_MATH_NORMAL && distribution != FM_MATH_SEV;
}

/* ---- 2. which rows ---------------------------------------------------------------- */

/* What `where.KEY` asks for must be in the data: else no row would be left. */
static fm_status
check_label(const fm_point *point, size_t param, size_t declared, fm_error *err)
{
    const fm_data_column *c = column(point, declared);
    const char *key = point->study->params[param].key;
    if (!fm_present(point, param))
        return FM_OK;
    if (c == NULL)
        return FM_FAIL(err, FM_ESCENARIO, "%s: the data have no column '%s'", key,
                       fm_input(point, 0)->decl->columns[declared].name);
    for (size_t k = 0; k < c->n_labels; k++)
        if (strcmp(c->labels[k], fm_text(point, param)) == 0)
            return FM_OK;
    return FM_FAIL(
        err, FM_ESCENARIO, "%s: '%s' is not in column '%s', which has %s%s%s%s%s", key,
        fm_text(point, param), c->name, c->n_labels > 0 ? c->labels[0] : "no label",
        c->n_labels > 1 ? ", " : "", c->n_labels > 1 ? c->labels[1] : "",
        c->n_labels > 2 ? ", " : "",
        c->n_labels > 3   ? "..."
        : c->n_labels > 2 ? c->labels[2]
                          : "");
}

static bool
is_taken(const fm_point *point, size_t row)
{
    for (size_t k = 0; k < 3; k++) {
        const fm_data_column *c = column(point, D_ZONE + k);
        if (fm_present(point, F_ZONE + k) &&
            strcmp(label(c, row), fm_text(point, F_ZONE + k)) != 0)
            return false;
    }
    const fm_data_column *count = column(point, D_COUNT);
    return count == NULL || count->integer[row] > 0;
}

static fm_status
allocate_rows(fm_fit *fit, size_t n, fm_error *err)
{
    fit->row = calloc(n + 1, sizeof *fit->row);
    fit->force = calloc(n + 1, sizeof *fit->force);
    fit->weight = calloc(n + 1, sizeof *fit->weight);
    fit->cause = calloc(n + 1, sizeof *fit->cause);
    if (fit->row && fit->force && fit->weight && fit->cause)
        return FM_OK;
    return FM_FAIL(err, FM_ENOMEM, "memory ran out for %zu rows", n);
}

static fm_status
check_force(const fm_fit *fit, double force, size_t row, fm_error *err)
{
    const fm_data *data = fm_input(fit->point, 0);
    const fm_data_column *c = column(fit->point, D_FORCE);
    int64_t distribution = fm_integer(fit->point, F_DISTRIBUTION);
    if (force > 0)
        return FM_OK;
    if (fm_fit_has_geometry(fit->point) && !(force > 0))
        return FM_FAIL(err, FM_EDATA,
                       "%s:%" PRIu64 ": %s %.6g: a hook force must be above 0",
                       data->source, data->line[row], c->name, force);
    if (fm_fit_is_positive(distribution))
        return FM_FAIL(err, FM_EDATA,
                       "%s:%" PRIu64 ": %s %.6g: the distribution %s allows values "
                       "above 0 only (normal and sev allow others)",
                       data->source, data->line[row], c->name, force,
                       fm_fit_distributions[distribution]);
    return FM_OK;
}

static fm_status
take_rows(fm_fit *fit, fm_error *err)
{
    const fm_point *point = fit->point;
    const fm_data *data = fm_input(point, 0);
    const fm_data_column *force = column(point, D_FORCE), *count = column(point, D_COUNT);
    fm_status st = allocate_rows(fit, data->n_rows, err);
    for (size_t k = 0; k < 3 && st == FM_OK; k++)
        st = check_label(point, F_ZONE + k, D_ZONE + k, err);
    fit->unit = force->unit != NULL && *force->unit != '\0' ? force->unit : "1";
    for (size_t row = 0; row < data->n_rows && st == FM_OK; row++) {
        if (count != NULL && count->integer[row] < 0)
            return FM_FAIL(
                err, FM_EDATA,
                "%s:%" PRIu64 ": %s %" PRId64 ": a number of pulls cannot be negative",
                data->source, data->line[row], count->name, count->integer[row]);
        if (!is_taken(point, row))
            continue;
        st = check_force(fit, force->real[row], row, err);
        fit->row[fit->n] = row;
        fit->force[fit->n] = force->real[row];
        fit->weight[fit->n] = count != NULL ? (double)count->integer[row] : 1;
        fit->n_all += fit->weight[fit->n++];
    }
    if (st == FM_OK && fit->n == 0)
        return FM_FAIL(err, FM_ETOOFEW,
                       "no row is left by where.zone, where.wire, "
                       "where.lot and count");
    return st;
}

/* ---- 3. geometry ------------------------------------------------------------------ */

/* One length or angle of a row in SI: from its column, or the same for all rows. */
static double
dimension(const fm_point *point, size_t k, size_t row)
{
    const fm_data_column *c = column(point, D_SPAN + k);
    if (c != NULL)
        return c->real[row];
    if (fm_present(point, F_SPAN + k))
        return fm_si(point, F_SPAN + k);
    return 0; /* height difference and tilt; the others are required */
}

static fm_status
tension_of(const double g[FIT_GEOMETRY], fm_pull_tension *tension_out)
{
    fm_pull_geometry geometry;
    fm_status st = fm_pull_geometry_make(g[0], g[3], g[1], g[2], g[4], &geometry);
    return st == FM_OK ? fm_pull_tension_eval(&geometry, tension_out) : st;
}

static const char *
why_no_tension(fm_status st)
{
    return st == FM_EVALID ? "a span would have to push: the hook slides along the wire"
                           : "the geometry is outside its domain (the hook must be above "
                             "the line between the bonds, and between them)";
}

static fm_status
resolve_rows(fm_fit *fit, fm_error *err)
{
    if (!fm_fit_has_geometry(fit->point))
        return FM_OK;
    fit->tension = calloc(fit->n, sizeof *fit->tension);
    if (fit->tension == NULL)
        return FM_FAIL(err, FM_ENOMEM, "memory ran out for %zu rows", fit->n);
    for (size_t i = 0; i < fit->n; i++) {
        double g[FIT_GEOMETRY];
        for (size_t k = 0; k < FIT_GEOMETRY; k++)
            g[k] = dimension(fit->point, k, fit->row[i]);
        fm_status st = tension_of(g, &fit->tension[i]);
        if (st != FM_OK)
            return FM_FAIL(err, st, "%s:%" PRIu64 ": %s", fm_input(fit->point, 0)->source,
                           line_of(fit, i), why_no_tension(st));
    }
    return FM_OK;
}

/* A length or angle where the forces are predicted: asked for, or that of all rows. */
static fm_status
predicted_dimension(const fm_fit *fit, size_t k, double *value_out, fm_error *err)
{
    const fm_point *p = fit->point;
    double first = dimension(p, k, fit->row[0]);
    *value_out = first;
    if (fm_present(p, F_AT_SPAN + k)) {
        *value_out = fm_si(p, F_AT_SPAN + k);
        return FM_OK;
    }
    for (size_t i = 1; i < fit->n; i++) {
        double other = dimension(p, k, fit->row[i]);
        if (fabs(other - first) > 1e-12 * fabs(first))
            return FM_FAIL(err, FM_ESCENARIO,
                           "%s is missing: the rows do not all have one %s, so say for "
                           "which one the forces are to be predicted",
                           p->study->params[F_AT_SPAN + k].key,
                           fm_input(p, 0)->decl->columns[D_SPAN + k].name);
    }
    return FM_OK;
}

static fm_status
resolve_prediction(fm_fit *fit, fm_error *err)
{
    double g[FIT_GEOMETRY];
    fm_status st = FM_OK;
    if (fit->tension == NULL)
        return FM_OK;
    for (size_t k = 0; k < FIT_GEOMETRY && st == FM_OK; k++)
        st = predicted_dimension(fit, k, &g[k], err);
    if (st != FM_OK)
        return st;
    st = tension_of(g, &fit->predicted);
    return st == FM_OK ? st : FM_FAIL(err, st, "predict: %s", why_no_tension(st));
}

/* ---- 4. causes and modes ---------------------------------------------------------- */

static bool
is_in_list(const fm_value *list, const char *text)
{
    for (size_t k = 0; k < list->n; k++)
        if (strcmp(list->items[k].text, text) == 0)
            return true;
    return false;
}

fm_status
fm_fit_coefficient(const fm_point *point, const char *mode,
                   const fm_pull_tension *tension, double *coefficient_out, fm_error *err)
{
    double c = -1;
    int n = 0;
    const double at[] = {fmax(tension->tension_1[0], tension->tension_1[1]),
                         tension->tension_1[0], tension->tension_1[1], 1};
    for (size_t k = 0; k < FM_COUNT(at); k++)
        if (is_in_list(fm_value_at(point, F_MODES_SPAN + k), mode)) {
            c = at[k];
            n++;
        }
    if (n != 1)
        return FM_FAIL(err, FM_ESCENARIO,
                       "modes: mode '%s' of the data stands in %s of modes.span, "
                       "modes.side_1, modes.side_2 and modes.hook, which say where a "
                       "mode breaks",
                       mode, n == 0 ? "none" : "more than one");
    *coefficient_out = c;
    return FM_OK;
}

static bool
is_censored(const char *text)
{
    return strcmp(text, "") == 0 || strcmp(text, "c") == 0;
}

/* Modes in order of appearance among all rows of the data, also those not taken. */
static fm_status
list_modes(fm_fit *fit, fm_error *err)
{
    const fm_data_column *mode = column(fit->point, D_MODE);
    size_t n_labels = mode != NULL ? mode->n_labels : 1;
    fit->mode = calloc(n_labels + 1, sizeof *fit->mode);
    if (fit->mode == NULL)
        return FM_FAIL(err, FM_ENOMEM, "memory ran out for %zu modes", n_labels);
    for (size_t k = 0; k < n_labels; k++) {
        const char *name = mode != NULL ? mode->labels[k] : "failure";
        if (mode != NULL && is_censored(name))
            continue;
        if (strcmp(name, "?") == 0 || strcmp(name, "unknown") == 0)
            return FM_FAIL(err, FM_EDATA,
                           "mode '%s': rows that broke in an unknown mode are not "
                           "supported; a row of another mode or of a passed proof load "
                           "would bias the fit, so find the mode or leave the row out",
                           name);
        if (strcmp(name, fm_fit_all_modes) == 0)
            return FM_FAIL(err, FM_EDATA, "mode '%s' is the name of rows of the result",
                           name);
        fit->mode[fit->n_modes++].name = name;
    }
    /* Nothing broke at all: one mode without a failure stands for what might. */
    if (fit->n_modes == 0)
        fit->mode[fit->n_modes++].name = "failure";
    return FM_OK;
}

static size_t
mode_index(const fm_fit *fit, const char *name)
{
    size_t k = 0;
    while (k < fit->n_modes && strcmp(fit->mode[k].name, name) != 0)
        k++;
    return k;
}

static void
set_causes(fm_fit *fit)
{
    const fm_data_column *mode = column(fit->point, D_MODE);
    for (size_t i = 0; i < fit->n; i++) {
        const char *text = mode != NULL ? label(mode, fit->row[i]) : "failure";
        fit->cause[i] = mode_index(fit, text);
        if (mode != NULL && text[0] == '\0')
            fit->n_empty++;
        if (fit->cause[i] < fit->n_modes)
            fit->n_failed += fit->weight[i];
    }
}

static fm_status
fill_mode(fm_fit *fit, size_t k, fm_error *err)
{
    fm_fit_mode *m = &fit->mode[k];
    m->x = calloc(fit->n, sizeof *m->x);
    m->y = calloc(fit->n, sizeof *m->y);
    m->weight = calloc(fit->n, sizeof *m->weight);
    m->failed = calloc(fit->n, sizeof *m->failed);
    if (!m->x || !m->y || !m->weight || !m->failed)
        return FM_FAIL(err, FM_ENOMEM, "memory ran out for %zu rows", fit->n);
    m->data = (fm_math_life_data){fit->n, m->x, m->weight, m->failed};
    m->coefficient_1 = 1;
    if (fit->tension != NULL) {
        fm_status st = fm_fit_coefficient(fit->point, m->name, &fit->predicted,
                                          &m->coefficient_1, err);
        if (st != FM_OK)
            return st;
    }
    for (size_t i = 0; i < fit->n; i++) {
        double c = 1;
        bool failed = fit->cause[i] == k;
        fm_status st = FM_OK;
        if (fit->tension != NULL)
            st = fm_fit_coefficient(fit->point, m->name, &fit->tension[i], &c, err);
        if (st != FM_OK)
            return st;
        if (failed && !(c > 0))
            return FM_FAIL(err, FM_EDATA,
                           "%s:%" PRIu64 ": mode '%s' broke where the wire is slack",
                           fm_input(fit->point, 0)->source, line_of(fit, i), m->name);
        m->x[i] = c > 0 ? c * fit->force[i] : 1;
        m->weight[i] = c > 0 ? fit->weight[i] : 0;
        m->failed[i] = failed;
        m->n_failed += failed ? fit->weight[i] : 0;
    }
    return FM_OK;
}

/* ---- 5. all of it ----------------------------------------------------------------- */

fm_status
fm_fit_read(fm_fit *fit, fm_out *out, fm_error *err)
{
    fm_status st = take_rows(fit, err);
    if (st == FM_OK)
        st = resolve_rows(fit, err);
    if (st == FM_OK)
        st = resolve_prediction(fit, err);
    if (st == FM_OK)
        st = list_modes(fit, err);
    if (st != FM_OK)
        return st;
    set_causes(fit);
    for (size_t k = 0; k < fit->n_modes && st == FM_OK; k++)
        st = fill_mode(fit, k, err);
    if (fit->n_empty > 0)
        fm_out_remark(
            out, "%zu row%s without a mode count%s as censored (passed the force)",
            fit->n_empty, fit->n_empty == 1 ? "" : "s", fit->n_empty == 1 ? "s" : "");
    return st;
}

void
fm_fit_free(fm_fit *fit)
{
    for (size_t k = 0; k < fit->n_modes && fit->mode != NULL; k++) {
        free(fit->mode[k].x);
        free(fit->mode[k].y);
        free(fit->mode[k].weight);
        free(fit->mode[k].failed);
        free(fit->mode[k].again);
    }
    free(fit->mode);
    free(fit->row);
    free(fit->force);
    free(fit->weight);
    free(fit->cause);
    free(fit->tension);
    free(fit->strength);
    free(fit->coefficient_1);
}
