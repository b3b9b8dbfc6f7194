/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a scenario: the top-level keys, the parameters, the --set overrides.
 *
 * Contents
 *   1. context       3. overrides              5. reading
 *   2. small parts   4. title, seed, draws
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/csv.h"
#include "core/scenario_read.h"

/* ---- 1. context ------------------------------------------------------------------ */

const fm_study *
fm_context_study(const fm_context *context, const char *name)
{
    for (size_t i = 0; i < context->n_studies; i++)
        if (strcmp(context->studies[i]->name, name) == 0)
            return context->studies[i];
    return NULL;
}

char *
fm_context_find(const fm_context *context, const char *name)
{
    const char *p = context->data_path;

    while (p != NULL && *p != '\0') {
        size_t n = strcspn(p, ":");
        fm_str path = {0};
        fm_str_add_bytes(&path, p, n);
        fm_str_addf(&path, "/%s", name);
        if (n > 0 && !path.failed && access(path.data, R_OK) == 0)
            return fm_str_take(&path);
        fm_str_free(&path);
        p += n;
        p += *p == ':' ? 1 : 0;
    }
    return NULL;
}

size_t
fm_study_param(const fm_study *study, const char *key)
{
    return fm_params_index(study->params, study->n_params, key);
}

/* ---- 2. small parts -------------------------------------------------------------- */

typedef struct reading {
    fm_reader r;
    fm_scenario *s;
    const fm_node *root;
    fm_sets sets;
    fm_mark place; /* where missing things are reported */
} reading;

const fm_node *
fm_reader_kind(const fm_reader *r, const fm_node *node, const char *what,
               fm_node_kind kind)
{
    if (node == NULL || node->kind == kind ||
        (node->kind == FM_NODE_SCALAR && node->text == NULL))
        return node != NULL && node->kind == kind ? node : NULL;
    if (kind == FM_NODE_LIST)
        fm_reader_error(r, FM_ESCENARIO, node->mark, "begin each entry with '- '",
                        "%s: a list is needed", what);
    else
        fm_reader_error(r, FM_ESCENARIO, node->mark, "write key: value",
                        "%s: a mapping is needed", what);
    return NULL;
}

/* Folder part of a path; NULL for a file of the current folder. */
static char *
folder_of(fm_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return NULL;
    size_t n = slash == path ? 1 : (size_t)(slash - path);
    char *folder = fm_arena_get(arena, n + 1, 1);
    if (folder != NULL)
        memcpy(folder, path, n);
    return folder;
}

/* A scalar of the top level, or NULL when it is not given (or wrong, and reported). */
static const fm_node *
top_scalar(const reading *g, const char *key, const char *needed)
{
    const fm_node *node = fm_yaml_get(g->root, key);

    if (node == NULL || fm_reader_scalar(&g->r, node, key, needed) == NULL)
        return NULL;
    return node;
}

/* ---- 3. overrides ---------------------------------------------------------------- */

/* "data.NAME.csv" or "data.NAME.hdf5": the input's index. */
static size_t
input_of_key(const fm_study *study, const char *key)
{
    fm_str expected = {0};
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < study->n_inputs && found == SIZE_MAX; i++) {
        fm_str_addf(&expected, "data.%s.", study->inputs[i].name);
        size_t n = expected.failed ? 0 : strlen(expected.data);
        if (n > 0 && strncmp(expected.data, key, n) == 0 &&
            (strcmp(key + n, "csv") == 0 || strcmp(key + n, "hdf5") == 0))
            found = i;
        fm_str_free(&expected);
    }
    return found;
}

static bool
top_key(const char *key)
{
    return strcmp(key, "title") == 0 || strcmp(key, "seed") == 0 ||
           strcmp(key, "draws") == 0;
}

static void
report_set(const fm_reader *r, const fm_study *study, const fm_set *set)
{
    size_t n = 0;
    const char **keys =
        fm_arena_get(r->arena, study->n_params + study->n_inputs + 3, sizeof *keys);
    fm_str hint = {0};

    if (keys == NULL)
        return;
    for (size_t i = 0; i < study->n_params; i++)
        keys[n++] = study->params[i].key;
    for (size_t i = 0; i < study->n_inputs; i++) {
        fm_str key = {0};
        fm_str_addf(&key, "data.%s.csv", study->inputs[i].name);
        keys[n++] = fm_arena_text(r->arena, key.data != NULL ? key.data : "");
        fm_str_free(&key);
    }
    keys[n++] = "title";
    keys[n++] = "seed";
    keys[n++] = "draws";
    const char *near = fm_arena_failed(r->arena) ? NULL : fm_nearest(set->key, keys, n);
    if (near != NULL)
        fm_str_addf(&hint, "did you mean '%s'?", near);
    fm_reader_error(r, FM_ESCENARIO, (fm_mark){0, 0}, hint.data,
                    "%s has no parameter '%s'", study->name, set->key);
    fm_str_free(&hint);
}

/* Takes "KEY=VALUE" apart; reports a text without a key or of an unknown key. */
static bool
split_set(reading *g, const char *text, fm_set *set)
{
    const fm_study *study = g->s->study;
    const char *equal = strchr(text, '=');
    fm_reader own = g->r;

    own.set = text;
    *set = (fm_set){.text = text, .param = SIZE_MAX, .input = SIZE_MAX};
    if (equal == NULL || equal == text) {
        fm_reader_error(&own, FM_ESCENARIO, (fm_mark){0, 0}, NULL, "write KEY=VALUE");
        return false;
    }
    set->key = fm_arena_get(g->r.arena, (size_t)(equal - text) + 1, 1);
    if (set->key == NULL)
        return false;
    memcpy(set->key, text, (size_t)(equal - text));
    set->value = equal + 1;
    if (top_key(set->key))
        return true;
    set->param = fm_study_param(study, set->key);
    set->input = input_of_key(study, set->key);
    if (set->param != SIZE_MAX || set->input != SIZE_MAX)
        return true;
    report_set(&own, study, set);
    return false;
}

static void
read_sets(reading *g, const char *const *sets, size_t n_sets)
{
    fm_str all = {0};

    g->sets.list = fm_arena_get(g->r.arena, n_sets, sizeof *g->sets.list);
    for (size_t i = 0; g->sets.list != NULL && i < n_sets; i++) {
        fm_str_addf(&all, "%s%s", i > 0 ? "\n" : "", sets[i]);
        if (split_set(g, sets[i], &g->sets.list[g->sets.n]))
            g->sets.n++;
    }
    g->s->overrides = fm_arena_text(g->r.arena, all.data != NULL ? all.data : "");
    fm_str_free(&all);
}

/* The bytes of a command line were not seen by the YAML reader's scan. */
static bool
printable(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t left = strlen(text);

    while (left > 0) {
        size_t n = fm_utf8_length(p, left);
        if (n == 0 || *p < 0x20 || *p == 0x7f)
            return false;
        p += n;
        left -= n;
    }
    return true;
}

/* The value of an override as a node without places; NULL after reporting a problem. */
static fm_node *
set_node(const fm_reader *r, const fm_set *set)
{
    fm_node *node = NULL;
    fm_diags *own = fm_diags_create();
    size_t n = 0;

    if (own == NULL)
        return NULL;
    if (!printable(set->value)) {
        fm_reader_error(r, FM_ESCENARIO, (fm_mark){0, 0}, NULL,
                        "control bytes and bytes that are not UTF-8 are not allowed");
    } else if (*set->value == '\0') {
        fm_reader_error(r, FM_ESCENARIO, (fm_mark){0, 0}, "an empty text is KEY=\"\"",
                        "the value is missing");
    } else if (fm_value_node("--set", set->value, own, &node) != FM_OK || node == NULL) {
        const fm_diag *list = fm_diags_list(own, &n, NULL);
        fm_reader_error(r, FM_ESCENARIO, (fm_mark){0, 0}, NULL, "%s",
                        n > 0 ? list[0].text : "not a value");
        fm_yaml_free(node);
        node = NULL;
    }
    fm_diags_free(own);
    return node;
}

static void
apply_param_set(reading *g, const fm_set *set)
{
    const fm_param *param = &g->s->study->params[set->param];
    fm_reader own = g->r;
    fm_value v;

    own.set = set->text;
    own.folder = NULL;
    fm_node *node = set_node(&own, set);
    if (node != NULL && fm_value_read(&own, param, param->key, node, &v))
        g->s->values[set->param] = v;
    fm_yaml_free(node);
}

/* ---- 4. title, seed, draws ------------------------------------------------------- */

static void
read_seed(const fm_reader *r, fm_mark mark, const char *text, uint64_t *out)
{
    fm_error err = FM_ERROR_INIT;

    if (fm_unsigned_read(text, out, &err) != FM_OK)
        fm_reader_error(r, FM_ESCENARIO, mark, "allowed: 0 ... 18446744073709551615",
                        "seed: %s", err.text);
}

static void
read_draws(const fm_reader *r, const fm_study *study, fm_mark key_mark, fm_mark mark,
           const char *text, uint64_t *out)
{
    fm_error err = FM_ERROR_INIT;
    uint64_t n = 0;

    if (study->draws == 0)
        fm_reader_error(r, FM_ESCENARIO, key_mark, NULL,
                        "draws: %s draws no random numbers", study->name);
    else if (fm_unsigned_read(text, &n, &err) != FM_OK)
        fm_reader_error(r, FM_ESCENARIO, mark, "allowed: 1 ... 4294967295", "draws: %s",
                        err.text);
    else if (n < 1 || n > UINT32_MAX)
        fm_reader_error(r, FM_ESCENARIO, mark, NULL,
                        "draws: %s is out of range; allowed: 1 ... 4294967295", text);
    else
        *out = n;
}

/* title, seed and draws of the command line. */
static void
apply_top_set(reading *g, const fm_set *set)
{
    fm_scenario *s = g->s;
    fm_reader own = g->r;
    fm_mark nowhere = {0, 0};

    own.set = set->text;
    fm_node *node = set_node(&own, set);
    const char *text =
        node != NULL ? fm_reader_scalar(&own, node, set->key, "a value") : NULL;
    if (text != NULL && strcmp(set->key, "title") == 0)
        s->title = fm_arena_text(g->r.arena, text);
    else if (text != NULL && strcmp(set->key, "seed") == 0)
        read_seed(&own, nowhere, text, &s->seed);
    else if (text != NULL)
        read_draws(&own, s->study, nowhere, nowhere, text, &s->draws);
    fm_yaml_free(node);
}

static void
read_top(reading *g)
{
    fm_scenario *s = g->s;
    const fm_node *title = top_scalar(g, "title", "a text");
    const fm_node *seed = top_scalar(g, "seed", "a whole number");
    const fm_node *draws = top_scalar(g, "draws", "a whole number");

    s->title = fm_arena_text(g->r.arena, title != NULL ? title->text : "");
    s->seed = 1;
    if (seed != NULL)
        read_seed(&g->r, seed->mark, seed->text, &s->seed);
    if (s->study == NULL)
        return;
    s->draws = s->study->draws;
    if (draws != NULL)
        read_draws(&g->r, s->study, draws->key_mark, draws->mark, draws->text, &s->draws);
}

/* ---- 5. reading ------------------------------------------------------------------ */

static void
read_version(const reading *g)
{
    const fm_node *node = fm_yaml_get(g->root, "fabmet");

    if (node == NULL)
        fm_reader_error(&g->r, FM_ESCENARIO, g->root->mark, "begin with 'fabmet: 1'",
                        "'fabmet' is missing: the version of the scenario format");
    else if (fm_reader_scalar(&g->r, node, "fabmet", "the version 1") != NULL &&
             strcmp(node->text, "1") != 0)
        fm_reader_error(&g->r, FM_ESCENARIO, node->mark, "write 'fabmet: 1'",
                        "fabmet: version '%s' of the scenario format is not known",
                        node->text);
}

static void
report_study(const reading *g, const fm_node *node)
{
    const fm_context *context = g->s->context;
    const char **names = fm_arena_get(g->r.arena, context->n_studies, sizeof *names);
    fm_str hint = {0};

    if (names == NULL)
        return;
    for (size_t i = 0; i < context->n_studies; i++)
        names[i] = context->studies[i]->name;
    const char *near = fm_nearest(node->text, names, context->n_studies);
    if (near != NULL)
        fm_str_addf(&hint, "did you mean '%s'?", near);
    else
        fm_str_add(&hint, "'fabmet list' shows all studies");
    fm_reader_error(&g->r, FM_ESCENARIO, node->mark, hint.data, "there is no study '%s'",
                    node->text);
    fm_str_free(&hint);
}

static void
read_study(reading *g)
{
    const fm_node *node = fm_yaml_get(g->root, "study");

    g->place = g->root->mark;
    if (node == NULL) {
        fm_reader_error(&g->r, FM_ESCENARIO, g->root->mark, "'fabmet list' shows them",
                        "'study' is missing");
        return;
    }
    g->place = node->key_mark;
    if (fm_reader_scalar(&g->r, node, "study", "the name of a study") == NULL)
        return;
    g->s->study = fm_context_study(g->s->context, node->text);
    if (g->s->study == NULL)
        report_study(g, node);
}

/* Marks the parameters that sweep or --set give. */
static void
find_satisfied(const reading *g, bool *satisfied, bool *replaced)
{
    const fm_node *sweep = fm_yaml_get(g->root, "sweep");

    for (size_t i = 0; i < g->sets.n; i++)
        if (g->sets.list[i].param != SIZE_MAX)
            satisfied[g->sets.list[i].param] = replaced[g->sets.list[i].param] = true;
    for (size_t i = 0; sweep != NULL && sweep->kind == FM_NODE_LIST && i < sweep->n_items;
         i++) {
        const fm_node *param = fm_yaml_get(&sweep->items[i], "param");
        if (param == NULL || param->text == NULL)
            continue;
        size_t k = fm_study_param(g->s->study, param->text);
        if (k != SIZE_MAX)
            satisfied[k] = true;
    }
}

/* A scenario that says the default says nothing: a template and the scenario that a result
 * records name every parameter, and mean what the short scenario means.  With --set somebody
 * means it. */
static void
forget_defaults(const reading *g)
{
    for (size_t i = 0; i < g->s->study->n_params; i++) {
        const fm_param *param = &g->s->study->params[i];
        fm_value *value = &g->s->values[i];
        fm_value def;
        if (!value->given || !value->present || param->def == NULL ||
            (param->flags & FM_REQUIRED) != 0)
            continue;
        if (fm_value_default(&g->r, param, param->key, &def) &&
            fm_value_same(param, value, &def))
            value->given = false;
    }
}

static void
read_params(reading *g, const bool *satisfied)
{
    const fm_study *study = g->s->study;
    const fm_node *params = fm_yaml_get(g->root, "params");
    const fm_node **nodes =
        fm_arena_get(g->r.arena, study->n_params, sizeof(const fm_node *));
    const fm_resolving how = {"", params != NULL ? params->key_mark : g->place,
                              satisfied};
    char what[128];

    g->s->values = fm_arena_get(g->r.arena, study->n_params, sizeof *g->s->values);
    if (nodes == NULL || g->s->values == NULL)
        return;
    (void)snprintf(what, sizeof what, "the parameters of %.80s", study->name);
    params = fm_reader_kind(&g->r, params, "params", FM_NODE_MAP);
    if (params != NULL)
        fm_params_collect(&g->r, study->params, study->n_params, what, params, nodes);
    (void)fm_params_resolve(&g->r, study->params, study->n_params, &how, nodes,
                            g->s->values);
    forget_defaults(g);
    for (size_t i = 0; i < g->sets.n; i++)
        if (g->sets.list[i].param != SIZE_MAX)
            apply_param_set(g, &g->sets.list[i]);
}

static void
read_study_parts(reading *g, const char *const *sets, size_t n_sets)
{
    size_t n = g->s->study->n_params;
    bool *satisfied = fm_arena_get(g->r.arena, n, sizeof *satisfied);
    bool *replaced = fm_arena_get(g->r.arena, n, sizeof *replaced);
    const fm_node *data = fm_yaml_get(g->root, "data");

    read_sets(g, sets, n_sets);
    if (satisfied == NULL || replaced == NULL || g->sets.list == NULL)
        return;
    find_satisfied(g, satisfied, replaced);
    read_params(g, satisfied);
    if (g->s->values == NULL)
        return;
    for (size_t i = 0; i < g->sets.n; i++)
        if (top_key(g->sets.list[i].key))
            apply_top_set(g, &g->sets.list[i]);
    fm_sweep_read(&g->r, g->s, fm_yaml_get(g->root, "sweep"),
                  fm_yaml_get(g->root, "sampling"), replaced);
    fm_sources_read(&g->r, g->s, data, data != NULL ? data->key_mark : g->place,
                    &g->sets);
}

static void
read_root(reading *g, const char *const *sets, size_t n_sets)
{
    static const char *const keys[] = {"fabmet", "study",    "title", "seed", "params",
                                       "data",   "sampling", "sweep", "draws"};

    if (g->root->kind != FM_NODE_MAP) {
        fm_reader_error(&g->r, FM_ESCENARIO, g->root->mark, "begin with 'fabmet: 1'",
                        "a scenario is a mapping, not a list");
        return;
    }
    fm_yaml_only(g->root, g->r.file, "the scenario", keys, FM_COUNT(keys), FM_ESCENARIO,
                 g->r.diags);
    read_version(g);
    read_study(g);
    read_top(g);
    if (g->s->study != NULL)
        read_study_parts(g, sets, n_sets);
}

/* What the reading of a tree needs from its caller. */
typedef struct request {
    const fm_context *context;
    const char *name;
    const char *path; /* NULL: the text is no file */
    const char *const *sets;
    size_t n_sets;
    fm_diags *diags;
} request;

/* Checks the tree and hands out the scenario when nothing was wrong. */
static fm_status
read_tree(const request *q, const fm_node *root, fm_scenario **out)
{
    fm_scenario *s = calloc(1, sizeof *s);
    fm_status st = FM_ENOMEM;

    if (s == NULL)
        goto done;
    s->arena = fm_arena_create();
    if (s->arena == NULL)
        goto done;
    s->context = q->context;
    s->file = fm_arena_text(s->arena, q->name);
    reading g = {.s = s, .root = root};
    g.r = (fm_reader){.units = q->context->units,
                      .recorded = q->context->recorded,
                      .arena = s->arena,
                      .diags = q->diags,
                      .file = q->name};
    g.r.folder = q->path != NULL ? folder_of(s->arena, q->path) : NULL;
    read_root(&g, q->sets, q->n_sets);
    st = fm_arena_failed(s->arena) ? FM_ENOMEM : fm_diags_status(q->diags);
    if (st != FM_OK)
        goto done;
    *out = s;
    s = NULL; /* ownership moved to the caller */
done:
    fm_scenario_free(s);
    return st;
}

fm_status
fm_scenario_read(const fm_context *context, const char *path, const char *const *sets,
                 size_t n_sets, fm_diags *diags, fm_scenario **out)
{
    const request q = {context, path, path, sets, n_sets, diags};
    fm_node *root = NULL;
    fm_status st = fm_yaml_read_file(path, diags, &root);

    if (root != NULL)
        st = read_tree(&q, root, out);
    fm_yaml_free(root);
    return st;
}

fm_status
fm_scenario_read_text(/* NOLINT(readability-function-size): the agreed interface */
                      const fm_context *context, const char *name, const char *text,
                      size_t length, const char *const *sets, size_t n_sets,
                      fm_diags *diags, fm_scenario **out)
{
    const request q = {context, name, NULL, sets, n_sets, diags};
    fm_node *root = NULL;
    fm_status st = fm_yaml_read_text(name, text, length, diags, &root);

    if (root != NULL)
        st = read_tree(&q, root, out);
    fm_yaml_free(root);
    return st;
}

void
fm_scenario_free(fm_scenario *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; s->sources != NULL && i < s->study->n_inputs; i++)
        fm_data_free(s->sources[i].data);
    fm_arena_free(s->arena);
    free(s);
}
