/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks up wires and limits in a study's input tables.
 *
 * Contents
 *   1. declared columns   2. labels   3. wires   4. limits
 */
#include "config.h"

#include "pull/pull_data.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "pull/pull_limit.h"

/* ---- 1. declared columns --------------------------------------------------------- */

const fm_input_column fm_pull_limits_columns[FM_PULL_LIMITS_COLUMNS] = {
    {.name = "diameter",
     .type = FM_TYPE_REAL,
     .unit = "um",
     .flags = FM_COL_REQUIRED,
     .min = 1,
     .max = 2000,
     .term = "bond.wire-diameter",
     .help = "wire diameter of the row"},
    {.name = "material",
     .type = FM_TYPE_TEXT,
     .flags = FM_COL_REQUIRED,
     .help = "wire material: Au, Al, ..."},
    {.name = "standard",
     .type = FM_TYPE_TEXT,
     .help = "standard of the row; without this column all rows belong together"},
    {.name = "preseal",
     .type = FM_TYPE_REAL,
     .unit = "gf",
     .flags = FM_COL_MISSING,
     .term = "bond.pull-limit",
     .help = "double-bond limit before sealing"},
    {.name = "postseal",
     .type = FM_TYPE_REAL,
     .unit = "gf",
     .flags = FM_COL_MISSING,
     .term = "bond.pull-limit",
     .help = "double-bond limit after sealing"},
    {.name = "status",
     .type = FM_TYPE_TEXT,
     .flags = FM_COL_MISSING,
     .help = "how far the row was checked: verified, secondary, unverified"},
    {.name = "source",
     .type = FM_TYPE_TEXT,
     .flags = FM_COL_MISSING,
     .help = "document, edition and table the row was taken from"},
};

const fm_input_column fm_pull_wires_columns[FM_PULL_WIRES_COLUMNS] = {
    {.name = "material",
     .type = FM_TYPE_TEXT,
     .flags = FM_COL_REQUIRED,
     .help = "wire material: Au, Al, Cu, ..."},
    {.name = "tensile_strength",
     .type = FM_TYPE_REAL,
     .unit = "MPa",
     .flags = FM_COL_REQUIRED,
     .min = 1,
     .max = 10000,
     .term = "bond.breaking-load",
     .help = "breaking load over cross-section"},
};

/* ---- 2. labels ------------------------------------------------------------------- */

/* The data of a declared column, or NULL when the file has no such column. */
static const fm_data_column *
column_of(const fm_data *data, size_t k)
{
    return data->first[k] < data->first[k + 1] ? &data->columns[data->first[k]] : NULL;
}

static const char *
label_at(const fm_data_column *column, size_t row)
{
    return column == NULL || column->code[row] < 0 ? ""
                                                   : column->labels[column->code[row]];
}

/* Code of a label, or -1: no row has it. */
static int32_t
code_of(const fm_data_column *column, const char *label)
{
    for (size_t i = 0; i < column->n_labels; i++)
        if (strcmp(column->labels[i], label) == 0)
            return (int32_t)i;
    return -1;
}

static fm_status
unknown_label(const fm_data *data, const fm_data_column *column, const char *key,
              const char *label, fm_error *err)
{
    fm_str known = {0};
    for (size_t i = 0; i < column->n_labels; i++)
        fm_str_addf(&known, "%s%s", i > 0 ? ", " : "", column->labels[i]);
    fm_status st =
        FM_FAIL(err, FM_ESCENARIO, "%s '%s' is not in %s, which has %s", key, label,
                data->source, known.data == NULL ? "no rows" : known.data);
    fm_str_free(&known);
    return st;
}

/* ---- 3. wires -------------------------------------------------------------------- */

fm_status
fm_pull_wires_get(const fm_data *wires, const char *material, double *pa_out,
                  fm_error *err)
{
    const fm_data_column *name = column_of(wires, FM_PULL_WIRES_MATERIAL);
    const fm_data_column *tensile = column_of(wires, FM_PULL_WIRES_TENSILE);
    int32_t code = code_of(name, material);
    double found = NAN;
    if (code < 0)
        return unknown_label(wires, name, "wire.material", material, err);
    for (size_t i = 0; i < wires->n_rows; i++) {
        if (name->code[i] != code)
            continue;
        if (!isnan(found))
            return FM_FAIL(err, FM_EDATA, "%s: line %llu gives '%s' a second time",
                           wires->source, (unsigned long long)wires->line[i], material);
        found = tensile->real[i];
        if (!(found > 0))
            return FM_FAIL(err, FM_EDATA,
                           "%s: line %llu: tensile strength must be positive",
                           wires->source, (unsigned long long)wires->line[i]);
    }
    *pa_out = found;
    return FM_OK;
}

/* ---- 4. limits ------------------------------------------------------------------- */

/* The rows that answer a query, by diameter. */
typedef struct chosen {
    size_t n;
    size_t *row;        /* [n] */
    double *diameter_m; /* [n] */
    double *force_n;    /* [n] */
} chosen;

static void
chosen_free(chosen *c)
{
    free(c->row);
    free(c->diameter_m);
    free(c->force_n);
}

static fm_status
chosen_alloc(chosen *c, size_t n_rows)
{
    c->row = calloc(n_rows + 1, sizeof c->row[0]);
    c->diameter_m = calloc(n_rows + 1, sizeof c->diameter_m[0]);
    c->force_n = calloc(n_rows + 1, sizeof c->force_n[0]);
    return c->row && c->diameter_m && c->force_n ? FM_OK : FM_ENOMEM;
}

/* Puts a row in its place; a second row of the same diameter must say the same. */
static fm_status
chosen_add(chosen *c, const fm_data *limits, size_t row, double diameter_m,
           double force_n, fm_error *err)
{
    size_t at = c->n;
    while (at > 0 && c->diameter_m[at - 1] > diameter_m)
        at--;
    if (at > 0 && c->diameter_m[at - 1] >= diameter_m) {
        if (c->force_n[at - 1] >= force_n && c->force_n[at - 1] <= force_n)
            return FM_OK;
        return FM_FAIL(err, FM_EDATA, "%s: lines %llu and %llu contradict each other",
                       limits->source, (unsigned long long)limits->line[c->row[at - 1]],
                       (unsigned long long)limits->line[row]);
    }
    size_t tail = c->n - at;
    memmove(&c->row[at + 1], &c->row[at], tail * sizeof c->row[0]);
    memmove(&c->diameter_m[at + 1], &c->diameter_m[at], tail * sizeof c->diameter_m[0]);
    memmove(&c->force_n[at + 1], &c->force_n[at], tail * sizeof c->force_n[0]);
    c->row[at] = row;
    c->diameter_m[at] = diameter_m;
    c->force_n[at] = force_n;
    c->n++;
    return FM_OK;
}

/* All rows of the standard and material that have the wanted condition. */
static fm_status
choose(const fm_data *limits, const fm_pull_limit_query *q, chosen *c, fm_error *err)
{
    const fm_data_column *standard = column_of(limits, FM_PULL_LIMITS_STANDARD);
    const fm_data_column *material = column_of(limits, FM_PULL_LIMITS_MATERIAL);
    const fm_data_column *diameter = column_of(limits, FM_PULL_LIMITS_DIAMETER);
    const fm_data_column *force = column_of(limits, q->condition);
    assert(material != NULL && diameter != NULL); /* required columns */
    if (standard != NULL && code_of(standard, q->standard) < 0)
        return unknown_label(limits, standard, "limit.standard", q->standard, err);
    for (size_t i = 0; force != NULL && i < limits->n_rows; i++) {
        if (standard != NULL && strcmp(label_at(standard, i), q->standard) != 0)
            continue;
        if (strcmp(label_at(material, i), q->material) != 0 || isnan(force->real[i]))
            continue;
        fm_status st = chosen_add(c, limits, i, diameter->real[i], force->real[i], err);
        if (st != FM_OK)
            return st;
    }
    return FM_OK;
}

static const char *
condition_name(size_t condition)
{
    return condition == FM_PULL_LIMITS_PRESEAL ? "preseal" : "postseal";
}

/* Names the row or the two rows that gave the limit, with their source and status. */
static void
describe(const fm_data *limits, const fm_pull_limit_query *q, const chosen *c,
         char *source_out)
{
    const double um_m = 1e-6;
    size_t i = 0;
    while (i + 1 < c->n && c->diameter_m[i] < q->diameter_m * (1 - 1e-9))
        i++;
    const fm_data_column *source = column_of(limits, FM_PULL_LIMITS_SOURCE);
    const fm_data_column *status = column_of(limits, FM_PULL_LIMITS_STATUS);
    const char *text = label_at(source, c->row[i]),
               *checked = label_at(status, c->row[i]);
    char where[80];
    if (i > 0 && c->diameter_m[i] > q->diameter_m * (1 + 1e-9))
        (void)snprintf(where, sizeof where, "between %.6g um and %.6g um",
                       c->diameter_m[i - 1] / um_m, c->diameter_m[i] / um_m);
    else
        (void)snprintf(where, sizeof where, "at %.6g um", c->diameter_m[i] / um_m);
    (void)snprintf(source_out, FM_PULL_SOURCE_TEXT, "%.100s, %.20s %s, %s%s%.20s",
                   text[0] != '\0' ? text : limits->source, q->material,
                   condition_name(q->condition), where, checked[0] != '\0' ? "; " : "",
                   checked);
}

static fm_status
silent(const fm_data *limits, const fm_pull_limit_query *q, const chosen *c,
       fm_error *err)
{
    const double um_m = 1e-6;
    if (c->n == 0)
        return FM_FAIL(err, FM_EVALID, "no limit: %s has no %s limit for %s wire (%s)",
                       limits->source, condition_name(q->condition), q->material,
                       q->standard);
    return FM_FAIL(
        err, FM_EVALID,
        "no limit: %.6g um is outside %.6g um to %.6g um, which %s covers for %s",
        q->diameter_m / um_m, c->diameter_m[0] / um_m, c->diameter_m[c->n - 1] / um_m,
        q->standard, q->material);
}

fm_status
fm_pull_limits_get(const fm_data *limits, const fm_pull_limit_query *query,
                   double *limit_n_out, char *source_out, fm_error *err)
{
    chosen c = {0};
    fm_status st = chosen_alloc(&c, limits->n_rows);
    if (st != FM_OK) {
        st = FM_FAIL(err, st, "limits: no memory for %zu rows", limits->n_rows);
        goto done;
    }
    st = choose(limits, query, &c, err);
    if (st != FM_OK)
        goto done;
    st = fm_pull_limit_eval(c.n, c.diameter_m, c.force_n, query->diameter_m, limit_n_out);
    if (st == FM_OK)
        describe(limits, query, &c, source_out);
    else if (st == FM_ETOOFEW || st == FM_EVALID)
        st = silent(limits, query, &c, err);
    else
        st =
            FM_FAIL(err, st, "%s: diameters and limits must be positive", limits->source);
done:
    chosen_free(&c);
    return st;
}
