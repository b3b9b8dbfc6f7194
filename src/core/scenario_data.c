/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenario's `data:` block: where each input comes from, and its names and units. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/scenario_read.h"

/* Calls `add` for each name that a column of the input has in `units:`: its declared
 * name, or the user's own names where a parameter tells them. */
typedef void (*name_fn)(void *arg, const char *name, const fm_input_column *column);

static void
each_name(const fm_scenario *s, const fm_input_column *column, name_fn add, void *arg)
{
    if (column->from_param == NULL) {
        add(arg, column->name, column);
        return;
    }
    size_t i = fm_study_param(s->study, column->from_param);
    if (i == SIZE_MAX || !s->values[i].present)
        return;
    const fm_value *v = &s->values[i];
    if (v->kind != FM_LIST && v->text != NULL)
        add(arg, v->text, column);
    for (size_t k = 0; v->kind == FM_LIST && k < v->n; k++)
        if (v->items[k].text != NULL)
            add(arg, v->items[k].text, column);
}

typedef struct name_search {
    const char *wanted;
    const fm_input_column *found;
    const char **names; /* all, for a did-you-mean */
    size_t n, capacity;
} name_search;

static void
search_name(void *arg, const char *name, const fm_input_column *column)
{
    name_search *search = arg;

    if (search->found == NULL && strcmp(name, search->wanted) == 0)
        search->found = column;
    if (search->n < search->capacity)
        search->names[search->n++] = name;
}

static void
report_column(const fm_reader *r, const name_search *search, const char *what,
              const fm_node *node)
{
    const char *near = fm_nearest(node->key, search->names, search->n);
    fm_str hint = {0};

    if (near != NULL) {
        fm_str_addf(&hint, "did you mean '%s'?", near);
    } else {
        fm_str_add(&hint, "known here: ");
        for (size_t i = 0; i < search->n; i++)
            fm_str_addf(&hint, "%s%s", i > 0 ? ", " : "", search->names[i]);
    }
    fm_reader_error(r, FM_ESCENARIO, node->key_mark, hint.data,
                    "unknown column '%s' in %s", node->key, what);
    fm_str_free(&hint);
}

enum {
    NAMES_MAX = 64
};

/* The unit must be known and, where the column declares one, of its dimension. */
static bool
check_unit(const fm_reader *r, const fm_input_column *column, const char *what,
           const fm_node *node)
{
    fm_conversion c;
    fm_error err = FM_ERROR_INIT;

    if (column->type != FM_TYPE_REAL) {
        fm_reader_error(r, FM_ESCENARIO, node->mark, NULL,
                        "%s: column '%s' holds no real numbers and takes no unit", what,
                        node->key);
        return false;
    }
    const char *to = column->unit != NULL ? column->unit : node->text;
    if (fm_units_conversion(r->units, node->text, to, false, &c, &err) == FM_OK)
        return true;
    fm_reader_error(r, FM_ESCENARIO, node->mark, NULL, "%s: %s: %s", what, node->key,
                    err.text);
    return false;
}

static bool
check_unit_entry(const fm_reader *r, const fm_scenario *s, const fm_input_decl *decl,
                 const char *what, const fm_node *node)
{
    const char *names[NAMES_MAX];
    name_search search = {.wanted = node->key, .names = names, .capacity = NAMES_MAX};

    for (size_t k = 0; k < decl->n_columns; k++)
        each_name(s, &decl->columns[k], search_name, &search);
    if (search.found == NULL) {
        report_column(r, &search, what, node);
        return false;
    }
    return check_unit(r, search.found, what, node);
}

static bool
check_column_entry(const fm_reader *r, const fm_scenario *s, const fm_input_decl *decl,
                   const char *what, const fm_node *node)
{
    const char *names[NAMES_MAX];
    name_search search = {.wanted = node->key, .names = names, .capacity = NAMES_MAX};

    (void)s;
    for (size_t k = 0; k < decl->n_columns; k++)
        search_name(&search, decl->columns[k].name, &decl->columns[k]);
    if (search.found == NULL) {
        report_column(r, &search, what, node);
        return false;
    }
    if (search.found->from_param == NULL)
        return true;
    fm_reader_error(r, FM_ESCENARIO, node->key_mark, NULL,
                    "%s: parameter '%s' names this column", what,
                    search.found->from_param);
    return false;
}

typedef bool (*entry_check)(const fm_reader *r, const fm_scenario *s,
                            const fm_input_decl *decl, const char *what,
                            const fm_node *node);

/* Copies one of the maps columns: and units:. */
static void
read_naming(const fm_reader *r, const fm_scenario *s, const fm_input_decl *decl,
            const fm_node *map, entry_check check, fm_naming **out, size_t *n_out)
{
    char what[128];

    if (map == NULL)
        return;
    (void)snprintf(what, sizeof what, "%s of data.%.80s", map->key, decl->name);
    map = fm_reader_kind(r, map, what, FM_NODE_MAP);
    if (map == NULL)
        return;
    fm_naming *list = fm_arena_get(r->arena, map->n_items, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; list != NULL && i < map->n_items; i++) {
        const fm_node *node = &map->items[i];
        if (fm_reader_scalar(r, node, what, "a text") == NULL ||
            !check(r, s, decl, what, node))
            continue;
        list[n].key = fm_arena_text(r->arena, node->key);
        list[n].value = fm_arena_text(r->arena, node->text);
        list[n++].mark = node->mark;
    }
    *out = list;
    *n_out = n;
}

static void
set_file(const fm_reader *r, const char *what, fm_mark mark, const char *name,
         fm_source *source)
{
    source->name = fm_arena_text(r->arena, name);
    source->path = fm_reader_path(r, name);
    (void)fm_reader_find(r, mark, what, source->path, name);
}

/* "FILE:/PATH": a table inside an HDF5 file. */
static void
set_hdf5(const fm_reader *r, const char *what, fm_mark mark, const char *name,
         fm_source *source)
{
    const char *colon = strstr(name, ":/");
    fm_str file = {0};

    while (colon != NULL && strstr(colon + 1, ":/") != NULL)
        colon = strstr(colon + 1, ":/");
    if (colon == NULL || colon == name) {
        fm_reader_error(r, FM_ESCENARIO, mark,
                        "write FILE.h5:/entry/TABLE; `fabmet show FILE.h5` lists the "
                        "tables of a result",
                        "%s: '%s' names no table inside an HDF5 file", what, name);
        return;
    }
    fm_str_add_bytes(&file, name, (size_t)(colon - name));
    char *path = fm_arena_text(r->arena, file.data != NULL ? file.data : "");
    fm_str_free(&file);
    if (path == NULL)
        return;
    source->name = fm_arena_text(r->arena, name);
    source->inside = fm_arena_text(r->arena, colon + 1);
    source->path = fm_reader_path(r, path);
    (void)fm_reader_find(r, mark, what, source->path, path);
}

static void
read_place(const fm_reader *r, const fm_node *node, const char *what, bool replaced,
           fm_source *source)
{
    const fm_node *csv = fm_yaml_get(node, "csv");
    const fm_node *hdf5 = fm_yaml_get(node, "hdf5");
    const fm_node *text = fm_yaml_get(node, "inline");
    const fm_node *second = hdf5 != NULL && csv != NULL ? hdf5 : text;

    if ((csv != NULL) + (hdf5 != NULL) + (text != NULL) > 1)
        fm_reader_error(r, FM_ESCENARIO, second->key_mark, NULL,
                        "%s: give either 'csv', 'hdf5' or 'inline'", what);
    else if (text != NULL && fm_reader_scalar(r, text, what, "CSV text") != NULL) {
        source->name = fm_arena_text(r->arena, "inline");
        source->text = fm_arena_text(r->arena, text->text);
        source->text_line = text->mark.line;
    } else if (csv != NULL && !replaced) {
        const char *name = fm_reader_scalar(r, csv, what, "the path of a CSV file");
        if (name != NULL)
            set_file(r, what, csv->mark, name, source);
    } else if (hdf5 != NULL && !replaced) {
        const char *name = fm_reader_scalar(r, hdf5, what, "FILE.h5:/entry/TABLE");
        if (name != NULL)
            set_hdf5(r, what, hdf5->mark, name, source);
    }
}

static void
read_source(const fm_reader *r, const fm_scenario *s, const fm_input_decl *decl,
            const fm_node *node, bool replaced, fm_source *source)
{
    static const char *const keys[] = {"csv", "hdf5", "inline", "columns", "units"};
    char what[128];

    (void)snprintf(what, sizeof what, "data.%.100s", decl->name);
    node = fm_reader_kind(r, node, what, FM_NODE_MAP);
    if (node == NULL)
        return;
    fm_yaml_only(node, r->file, what, keys, FM_COUNT(keys), FM_ESCENARIO, r->diags);
    read_place(r, node, what, replaced, source);
    read_naming(r, s, decl, fm_yaml_get(node, "columns"), check_column_entry,
                &source->columns, &source->n_columns);
    read_naming(r, s, decl, fm_yaml_get(node, "units"), check_unit_entry, &source->units,
                &source->n_units);
}

static bool
needs_data(const fm_input_decl *decl)
{
    for (size_t k = 0; k < decl->n_columns; k++)
        if ((decl->columns[k].flags & FM_COL_REQUIRED) != 0)
            return true;
    return false;
}

/* An input without an own file: the shipped one, or nothing where nothing is required. */
static void
settle_source(const fm_reader *r, const fm_scenario *s, const fm_input_decl *decl,
              fm_mark place, fm_source *source)
{
    if (source->path != NULL || source->text != NULL)
        return;
    if (decl->def_file == NULL) {
        if (needs_data(decl))
            fm_reader_error(
                r, FM_ESCENARIO, place, decl->help,
                "data for '%s' are missing: write data: { %s: { csv: FILE } }",
                decl->name, decl->name);
        return;
    }
    char *path = fm_context_find(s->context, decl->def_file);
    if (path == NULL && !r->recorded) {
        fm_reader_error(r, FM_ENOINPUT, place, "FABMET_DATADIR names its folder",
                        "data.%s: the shipped file '%s' is not found", decl->name,
                        decl->def_file);
        return;
    }
    source->path = fm_arena_text(r->arena, path != NULL ? path : decl->def_file);
    source->name = fm_arena_text(r->arena, decl->def_file);
    source->shipped = true;
    free(path);
}

/* --set data.NAME.csv=PATH or data.NAME.hdf5=FILE:/TABLE: relative to the current
 * folder. */
static void
apply_set(const fm_reader *r, const fm_set *set, fm_source *source)
{
    fm_reader own = *r;

    own.folder = NULL;
    own.set = set->text;
    source->text = NULL;
    source->inside = NULL;
    size_t length = strlen(set->key);
    bool hdf5 = length > 5 && strcmp(set->key + length - 5, ".hdf5") == 0;
    if (*set->value == '\0')
        fm_reader_error(&own, FM_ESCENARIO, (fm_mark){0, 0}, NULL, "the path is empty");
    else if (hdf5)
        set_hdf5(&own, set->key, (fm_mark){0, 0}, set->value, source);
    else
        set_file(&own, set->key, (fm_mark){0, 0}, set->value, source);
}

static const fm_set *
set_of_input(const fm_sets *sets, size_t input)
{
    const fm_set *last = NULL;

    for (size_t i = 0; i < sets->n; i++)
        if (sets->list[i].input == input)
            last = &sets->list[i];
    return last;
}

static void
report_inputs(const fm_reader *r, const fm_study *study, const fm_node *data)
{
    const char **names = fm_arena_get(r->arena, study->n_inputs, sizeof *names);

    if (names == NULL)
        return;
    for (size_t i = 0; i < study->n_inputs; i++)
        names[i] = study->inputs[i].name;
    if (study->n_inputs == 0 && data->n_items > 0)
        fm_reader_error(r, FM_ESCENARIO, data->key_mark, NULL, "%s reads no data",
                        study->name);
    else
        fm_yaml_only(data, r->file, "data", names, study->n_inputs, FM_ESCENARIO,
                     r->diags);
}

void
fm_sources_read(const fm_reader *r, fm_scenario *s, const fm_node *data, fm_mark place,
                const fm_sets *sets)
{
    const fm_study *study = s->study;

    data = fm_reader_kind(r, data, "data", FM_NODE_MAP);
    s->sources = fm_arena_get(r->arena, study->n_inputs, sizeof *s->sources);
    if (s->sources == NULL)
        return;
    if (data != NULL)
        report_inputs(r, study, data);
    for (size_t i = 0; i < study->n_inputs; i++) {
        const fm_input_decl *decl = &study->inputs[i];
        const fm_node *node = fm_yaml_get(data, decl->name);
        const fm_set *set = set_of_input(sets, i);
        size_t before = fm_reader_errors(r);
        if (node != NULL)
            read_source(r, s, decl, node, set != NULL, &s->sources[i]);
        if (set != NULL)
            apply_set(r, set, &s->sources[i]);
        if (fm_reader_errors(r) == before)
            settle_source(r, s, decl, node != NULL ? node->key_mark : place,
                          &s->sources[i]);
    }
}
