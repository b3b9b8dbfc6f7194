/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loads a scenario's inputs: from declared columns to wanted ones, from CSV to fm_data.
 *
 * Contents
 *   1. wanted columns      2. one input      3. public
 */
#include "config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/csv.h"
#include "core/scenario.h"

/* What stands behind the constant pointers of an fm_data. */
typedef struct owned_data {
    fm_data data; /* first: an fm_data * made here points to all of it */
    fm_data_column *columns;
    size_t n_columns;
    size_t *first;
    uint64_t *line;
} owned_data;

typedef struct wanted_list {
    fm_csv_column *list;
    size_t *declared; /* [n] index of the declared column */
    size_t n, capacity;
} wanted_list;

/* ---- 1. wanted columns ----------------------------------------------------------- */

static const fm_naming *
find_naming(const fm_naming *list, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].key, key) == 0)
            return &list[i];
    return NULL;
}

static fm_status
add_wanted(wanted_list *w, size_t declared, const fm_csv_column *column)
{
    if (w->n == w->capacity) {
        size_t n = w->capacity * 2 + 8;
        fm_csv_column *list = realloc(w->list, n * sizeof *list);
        if (list == NULL)
            return FM_ENOMEM;
        w->list = list;
        size_t *index = realloc(w->declared, n * sizeof *index);
        if (index == NULL)
            return FM_ENOMEM;
        w->declared = index;
        w->capacity = n;
    }
    w->list[w->n] = *column;
    w->declared[w->n++] = declared;
    return FM_OK;
}

/* One CSV name for a declared column.  A unit may be given for the CSV name, when a
 * parameter names it, or for the declared name. */
static fm_status
want_name(const fm_source *source, const fm_input_column *decl, size_t declared,
          fm_csv_column column, wanted_list *w)
{
    const fm_naming *unit = NULL;

    if (decl->from_param != NULL)
        unit = find_naming(source->units, source->n_units, column.name);
    if (unit == NULL)
        unit = find_naming(source->units, source->n_units, decl->name);
    if (unit != NULL) {
        column.data_unit = unit->value;
        column.flags |= FM_COL_REQUIRED;
    }
    return add_wanted(w, declared, &column);
}

/* The columns that a parameter names: one, those of a list, or none when it is absent. */
static fm_status
want_from_param(const fm_scenario *scenario, const fm_source *source,
                const fm_input_column *decl, size_t declared, fm_csv_column column,
                wanted_list *w)
{
    size_t param = fm_study_param(scenario->study, decl->from_param);
    assert(param < scenario->study->n_params);
    const fm_value *value = &scenario->values[param];
    const fm_value *names = value->kind == FM_LIST ? value->items : value;
    size_t n = value->kind == FM_LIST ? value->n : 1;
    fm_status st = FM_OK;

    if (!value->present)
        return FM_OK;
    column.key = decl->from_param;
    if (value->given)
        column.flags |= FM_COL_REQUIRED;
    for (size_t i = 0; i < n && st == FM_OK; i++) {
        column.name = names[i].text;
        if (column.name != NULL && *column.name != '\0')
            st = want_name(source, decl, declared, column, w);
    }
    return st;
}

static fm_status
want_columns(const fm_scenario *scenario, const fm_source *source,
             const fm_input_decl *input, wanted_list *w)
{
    fm_status st = FM_OK;

    for (size_t k = 0; k < input->n_columns && st == FM_OK; k++) {
        const fm_input_column *decl = &input->columns[k];
        fm_csv_column column = {.name = decl->name,
                                .key = decl->name,
                                .type = decl->type,
                                .unit = decl->unit,
                                .flags = decl->flags,
                                .min = decl->min,
                                .max = decl->max};
        if (decl->from_param != NULL) {
            st = want_from_param(scenario, source, decl, k, column, w);
            continue;
        }
        const fm_naming *name =
            find_naming(source->columns, source->n_columns, decl->name);
        if (name != NULL) {
            column.name = name->value;
            column.mark = name->mark;
            column.flags |= FM_COL_REQUIRED;
        }
        st = want_name(source, decl, k, column, w);
    }
    return st;
}

/* A unit that reaches no column would be lost silently. */
static void
check_units(const fm_scenario *scenario, const fm_source *source,
            const fm_input_decl *input, const wanted_list *w, fm_diags *diags)
{
    for (size_t i = 0; i < source->n_units; i++) {
        const fm_naming *unit = &source->units[i];
        bool used = false;
        for (size_t k = 0; k < w->n; k++)
            used = used || w->list[k].data_unit == unit->value;
        if (!used)
            fm_diag_error(diags, FM_ESCENARIO, scenario->file, unit->mark,
                          "name the columns as the study calls them",
                          "data.%s.units: '%s' is no column that is read", input->name,
                          unit->key);
    }
}

/* ---- 2. one input ---------------------------------------------------------------- */

void
fm_data_free(fm_data *data)
{
    owned_data *owned = (owned_data *)data;

    if (data == NULL)
        return;
    fm_csv_free(owned->columns, owned->n_columns);
    free(owned->columns);
    free(owned->first);
    free(owned->line);
    free(owned);
}

/* Drops columns that the file does not have and counts those of each declared one:
 * an absent column has first[k] == first[k + 1]. */
static void
arrange(owned_data *owned, const wanted_list *w)
{
    size_t n_declared = owned->data.decl->n_columns;
    size_t kept = 0;

    for (size_t i = 0; i < w->n; i++) {
        if (owned->columns[i].name == NULL)
            continue;
        owned->columns[kept++] = owned->columns[i];
        owned->first[w->declared[i] + 1]++;
    }
    for (size_t k = 0; k < n_declared; k++)
        owned->first[k + 1] += owned->first[k];
    owned->n_columns = kept;
    owned->data.columns = owned->columns;
    owned->data.first = owned->first;
    owned->data.line = owned->line;
}

static fm_status
read_data(const fm_scenario *scenario, const fm_csv_source *csv,
          const fm_input_decl *input, const wanted_list *w, fm_diags *diags,
          fm_source *source)
{
    owned_data *owned = calloc(1, sizeof *owned);
    fm_status st = FM_ENOMEM;

    if (owned == NULL)
        return st;
    owned->data.decl = input;
    owned->columns = calloc(w->n + 1, sizeof *owned->columns);
    owned->first = calloc(input->n_columns + 1, sizeof *owned->first);
    if (owned->columns == NULL || owned->first == NULL)
        goto done;
    st = fm_csv_read(scenario->context->units, csv, w->list, w->n, diags, owned->columns,
                     &owned->data.n_rows, &owned->line, source->hash);
    if (st != FM_OK)
        goto done;
    owned->n_columns = w->n;
    arrange(owned, w);
    owned->data.source = csv->name;
    fm_data_free(source->data);
    source->data = &owned->data;
    owned = NULL;
done:
    if (owned != NULL)
        fm_data_free(&owned->data);
    return st;
}

static fm_status
load_input(const fm_scenario *scenario, size_t i, fm_diags *diags)
{
    const fm_input_decl *input = &scenario->study->inputs[i];
    fm_source *source = &scenario->sources[i];
    wanted_list wanted = {0};
    const fm_csv_source csv = {
        .path = source->path,
        .name = source->name,
        .text = source->text,
        .length = source->text != NULL ? strlen(source->text) : 0,
        .first_line = source->path == NULL ? source->text_line : 1,
        .scenario = scenario->file,
    };

    if (source->path == NULL && source->text == NULL)
        return FM_OK;
    fm_status st = want_columns(scenario, source, input, &wanted);
    if (st != FM_OK)
        goto done;
    check_units(scenario, source, input, &wanted, diags);
    st = read_data(scenario, &csv, input, &wanted, diags, source);
done:
    free(wanted.list);
    free(wanted.declared);
    return st;
}

/* ---- 3. public ------------------------------------------------------------------- */

/* A study's message begins with the key of the parameter that it is about. */
static fm_mark
place_of(const fm_scenario *scenario, const char *text)
{
    const fm_study *study = scenario->study;
    fm_mark place = {0, 0};
    size_t longest = 0;

    for (size_t i = 0; i < study->n_params; i++) {
        size_t n = strlen(study->params[i].key);
        if (n <= longest || strncmp(text, study->params[i].key, n) != 0 ||
            text[n] == '\0' || strchr(": ", text[n]) == NULL)
            continue;
        longest = n;
        place.line = scenario->values[i].line;
        place.column = scenario->values[i].column;
    }
    return place;
}

static fm_status
check_first_point(const fm_scenario *scenario, fm_diags *diags)
{
    fm_cursor *cursor = NULL;
    fm_error err = FM_ERROR_INIT;
    fm_point point;

    if (scenario->study->check == NULL || scenario->n_points == 0)
        return FM_OK;
    fm_status st = fm_cursor_create(scenario, &cursor);
    if (st == FM_OK)
        st = fm_cursor_seek(cursor, 0, &point);
    if (st == FM_OK)
        st = scenario->study->check(&point, &err);
    fm_cursor_free(cursor);
    if (st == FM_OK || st == FM_ENOMEM)
        return st;
    st = st == FM_EDATA ? FM_EDATA : FM_ESCENARIO;
    fm_diag_error(diags, st, scenario->file, place_of(scenario, err.text), NULL, "%s",
                  err.code != FM_OK ? err.text : "the study refuses the scenario");
    return st;
}

fm_status
fm_scenario_load(fm_scenario *scenario, fm_diags *diags)
{
    size_t n_kept;
    size_t n_before;
    size_t n_after;
    fm_status st = FM_OK;

    (void)fm_diags_list(diags, &n_kept, &n_before);
    for (size_t i = 0; i < scenario->study->n_inputs; i++) {
        fm_status one = load_input(scenario, i, diags);
        if (st == FM_OK)
            st = one;
    }
    (void)fm_diags_list(diags, &n_kept, &n_after);
    if (st == FM_OK && n_after > n_before)
        st = fm_diags_status(diags);
    return st == FM_OK ? check_first_point(scenario, diags) : st;
}
