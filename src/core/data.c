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
#include "core/data.h"
#include "core/scenario.h"

/* What stands behind the constant pointers of an fm_data. */
typedef struct owned_data {
    fm_data data; /* first: an fm_data * made here points to all of it */
    fm_data_column *columns;
    size_t n_columns;
    size_t *first;
    uint64_t *line;
    fm_spool *spool;
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
    fm_spool_free(owned->spool);
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
    owned->data.spool = owned->spool;
}

/* One of the two readers. */
typedef struct opened {
    fm_csv_reader *csv;
    fm_hdf5_reader *hdf5;
    const wanted_list *w;
    fm_diags *diags;
    const char *name;
} opened;

static fm_status
opened_next(opened *o, size_t most, size_t *n_rows_out, bool *ended_out)
{
    return o->hdf5 != NULL ? fm_hdf5_next(o->hdf5, most, n_rows_out, ended_out)
                           : fm_csv_next(o->csv, most, n_rows_out, ended_out);
}

static void
opened_view(const opened *o, fm_data_column *columns_out, const uint64_t **line_out)
{
    if (o->hdf5 != NULL)
        fm_hdf5_view(o->hdf5, columns_out, line_out);
    else
        fm_csv_view(o->csv, columns_out, line_out);
}

static void
opened_drop(opened *o)
{
    if (o->hdf5 != NULL)
        fm_hdf5_drop(o->hdf5);
    else
        fm_csv_drop(o->csv);
}

static void
opened_take(opened *o, owned_data *owned)
{
    if (o->hdf5 != NULL)
        fm_hdf5_take(o->hdf5, owned->columns, &owned->line);
    else
        fm_csv_take(o->csv, owned->columns, &owned->line);
}

static fm_status
opened_hash(opened *o, char hash_out[65])
{
    if (o->hdf5 != NULL) {
        fm_status st = fm_hdf5_hash(o->hdf5, hash_out);
        if (st != FM_OK)
            fm_diag_error(o->diags, st, o->name, (fm_mark){0, 0}, NULL,
                          "the file cannot be read");
        return st;
    }
    fm_csv_hash(o->csv, hash_out);
    return FM_OK;
}

/* Only numbers: labels need the memory of their texts anyway. */
static bool
may_spool(const fm_input_decl *input, const opened *o)
{
    if ((input->flags & FM_INPUT_STREAM) == 0)
        return false;
    for (size_t k = 0; k < o->w->n; k++)
        if (o->w->list[k].type == FM_TYPE_TEXT)
            return false;
    return true;
}

/* Appends rows [first, first + n) of those held, without absent columns. */
static fm_status
spool_rows(opened *o, owned_data *owned, size_t first, size_t n, fm_error *err)
{
    const uint64_t *line = NULL;
    size_t kept = 0;

    opened_view(o, owned->columns, &line);
    for (size_t k = 0; k < o->w->n; k++) {
        fm_data_column c = owned->columns[k];
        if (c.name == NULL)
            continue;
        if (c.type == FM_TYPE_REAL)
            c.real += first;
        else
            c.integer += first;
        owned->columns[kept++] = c;
    }
    fm_status st = FM_OK;
    if (owned->spool == NULL)
        st = FM_EINTERNAL;
    if (st == FM_OK)
        st = fm_spool_append(owned->spool, owned->columns, line + first, n, err);
    memset(owned->columns, 0, o->w->n * sizeof *owned->columns);
    return st;
}

static size_t
count_present(const opened *o, owned_data *owned)
{
    const uint64_t *line;
    size_t n = 0;

    opened_view(o, owned->columns, &line);
    for (size_t k = 0; k < o->w->n; k++)
        n += owned->columns[k].name != NULL;
    memset(owned->columns, 0, o->w->n * sizeof *owned->columns);
    return n;
}

/* Moves the rows held, and all that follow, to disk.  After a bad cell the rest is only
 * checked. */
static fm_status
spool_rest(opened *o, owned_data *owned, size_t held, bool ended, fm_error *err)
{
    fm_status st = FM_OK;
    fm_status checked = FM_OK;

    while (held > 0 && st == FM_OK) {
        for (size_t first = 0; first < held && st == FM_OK && checked == FM_OK;
             first += FM_DATA_BLOCK) {
            size_t n = held - first < FM_DATA_BLOCK ? held - first : FM_DATA_BLOCK;
            st = spool_rows(o, owned, first, n, err);
        }
        owned->data.n_rows += held;
        opened_drop(o);
        held = 0;
        if (!ended && st == FM_OK && checked != FM_ENOMEM)
            checked = opened_next(o, FM_DATA_BLOCK, &held, &ended);
    }
    return st != FM_OK ? st : checked;
}

/* A column on disk keeps its name and unit only. */
static void
free_values(owned_data *owned, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        fm_data_column *c = &owned->columns[k];
        free(c->real);
        free(c->integer);
        c->real = NULL;
        c->integer = NULL;
    }
    free(owned->line);
    owned->line = NULL;
}

static fm_status
spool_all(const fm_scenario *scenario, opened *o, owned_data *owned, size_t held,
          bool ended)
{
    fm_error err = FM_ERROR_INIT;
    const char *folder = scenario->context->scratch_path;

    fm_status st = fm_spool_create(folder != NULL ? folder : "/tmp",
                                   count_present(o, owned), &owned->spool, &err);
    if (st == FM_OK)
        st = spool_rest(o, owned, held, ended, &err);
    if (st != FM_OK && err.code != FM_OK)
        fm_diag_error(o->diags, st, o->name, (fm_mark){0, 0}, NULL, "%s", err.text);
    if (st != FM_OK)
        return st;
    opened_take(o, owned);
    free_values(owned, o->w->n);
    return FM_OK;
}

static fm_status
read_rows(const fm_scenario *scenario, opened *o, owned_data *owned)
{
    bool spool = may_spool(owned->data.decl, o);
    size_t held = 0;
    bool ended = false;

    fm_status st = opened_next(o, spool ? FM_DATA_MEMORY : SIZE_MAX, &held, &ended);
    if (st == FM_OK && !ended && spool)
        return spool_all(scenario, o, owned, held, ended);
    while (st == FM_EDATA && !ended) { /* check the rest too */
        opened_drop(o);
        st = opened_next(o, FM_DATA_BLOCK, &held, &ended);
    }
    if (st != FM_OK)
        return st;
    owned->data.n_rows = held;
    opened_take(o, owned);
    return FM_OK;
}

static fm_status
open_reader(const fm_scenario *scenario, const fm_csv_source *csv,
            const fm_source *source, opened *o)
{
    const fm_units *units = scenario->context->units;
    fm_csv_reader *rows = NULL;
    fm_hdf5_reader *table = NULL;

    if (source->inside == NULL) {
        fm_status st = fm_csv_open(units, csv, o->w->list, o->w->n, o->diags, &rows);
        o->csv = rows;
        return st;
    }
    const fm_hdf5_source hdf5 = {source->path, source->name, source->inside,
                                 scenario->file};
    fm_status st = fm_hdf5_open(units, &hdf5, o->w->list, o->w->n, o->diags, &table);
    o->hdf5 = table;
    return st;
}

static fm_status
read_data(const fm_scenario *scenario, const fm_csv_source *csv,
          const fm_input_decl *input, opened *o, fm_source *source)
{
    const wanted_list *w = o->w;
    owned_data *owned = calloc(1, sizeof *owned);
    fm_status st = FM_ENOMEM;

    if (owned == NULL)
        return st;
    owned->data.decl = input;
    owned->columns = calloc(w->n + 1, sizeof *owned->columns);
    owned->first = calloc(input->n_columns + 1, sizeof *owned->first);
    if (owned->columns == NULL || owned->first == NULL)
        goto done;
    st = open_reader(scenario, csv, source, o);
    if (st == FM_OK)
        st = read_rows(scenario, o, owned);
    if (st == FM_OK)
        st = opened_hash(o, source->hash);
    if (st != FM_OK)
        goto done;
    owned->n_columns = w->n;
    arrange(owned, w);
    owned->data.source = csv->name;
    fm_data_free(source->data);
    source->data = &owned->data;
    owned = NULL;
done:
    fm_csv_close(o->csv);
    fm_hdf5_close(o->hdf5);
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
    opened o = {.w = &wanted, .diags = diags, .name = source->name};
    st = read_data(scenario, &csv, input, &o, source);
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
