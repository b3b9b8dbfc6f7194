/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of declared parameters, read from YAML nodes.
 *
 * Contents
 *   1. arena      3. ranges, choices     5. lists and records
 *   2. reader     4. scalar kinds        6. defaults, maps of parameters
 */
#include "config.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/params.h"

/* ---- 1. arena -------------------------------------------------------------------- */

typedef struct block {
    struct block *next;
    max_align_t bytes[];
} block;

struct fm_arena {
    block *blocks;
    char *chunk; /* free bytes of the newest small block */
    size_t left;
    bool failed;
};

enum {
    CHUNK = 16384
};

fm_arena *
fm_arena_create(void)
{
    return calloc(1, sizeof(fm_arena));
}

void
fm_arena_free(fm_arena *arena)
{
    if (arena == NULL)
        return;
    while (arena->blocks != NULL) {
        block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
    free(arena);
}

static void *
new_block(fm_arena *arena, size_t bytes)
{
    block *b = calloc(1, sizeof *b + bytes);

    if (b == NULL) {
        arena->failed = true;
        return NULL;
    }
    b->next = arena->blocks;
    arena->blocks = b;
    return b->bytes;
}

void *
fm_arena_get(fm_arena *arena, size_t n, size_t size)
{
    const size_t align = sizeof(max_align_t);

    if (n > (SIZE_MAX / 2) / (size == 0 ? 1 : size)) {
        arena->failed = true;
        return NULL;
    }
    size_t bytes = (n * size + align) / align * align;
    if (bytes > CHUNK / 4)
        return new_block(arena, bytes);
    if (arena->left < bytes) {
        arena->left = 0;
        arena->chunk = new_block(arena, CHUNK);
        if (arena->chunk == NULL)
            return NULL;
        arena->left = CHUNK;
    }
    void *p = arena->chunk;
    arena->chunk += bytes;
    arena->left -= bytes;
    return p;
}

char *
fm_arena_text(fm_arena *arena, const char *text)
{
    if (text == NULL)
        return NULL;
    size_t n = strlen(text) + 1;
    char *copy = fm_arena_get(arena, n, 1);
    return copy != NULL ? memcpy(copy, text, n) : NULL;
}

bool
fm_arena_failed(const fm_arena *arena)
{
    return arena->failed;
}

/* ---- 2. reader ------------------------------------------------------------------- */

void
fm_reader_error(const fm_reader *r, fm_status code, fm_mark mark, const char *hint,
                const char *format, ...)
{
    char text[768];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (r->set != NULL)
        fm_diag_error(r->diags, code, "--set", (fm_mark){0, 0}, hint, "%.200s: %s",
                      r->set, text);
    else
        fm_diag_error(r->diags, code, r->file, mark, hint, "%s", text);
}

size_t
fm_reader_errors(const fm_reader *r)
{
    size_t kept, errors;

    (void)fm_diags_list(r->diags, &kept, &errors);
    return errors;
}

char *
fm_reader_path(const fm_reader *r, const char *path)
{
    if (*path == '/' || r->folder == NULL || *r->folder == '\0')
        return fm_arena_text(r->arena, path);
    size_t n = strlen(r->folder) + strlen(path) + 2;
    char *joined = fm_arena_get(r->arena, n, 1);
    if (joined != NULL)
        (void)snprintf(joined, n, "%s/%s", r->folder, path);
    return joined;
}

bool
fm_reader_find(const fm_reader *r, fm_mark mark, const char *what, const char *path,
               const char *name)
{
    struct stat info;

    if (path == NULL)
        return false; /* out of memory: the arena knows */
    if (r->recorded)
        return true;
    if (stat(path, &info) != 0) {
        fm_reader_error(r, FM_ENOINPUT, mark, NULL, "%s: there is no file '%s'", what,
                        strcmp(path, name) == 0 ? name : path);
        return false;
    }
    if (S_ISDIR(info.st_mode)) {
        fm_reader_error(r, FM_ENOINPUT, mark, NULL, "%s: '%s' is a folder", what, path);
        return false;
    }
    if (access(path, R_OK) != 0) {
        fm_reader_error(r, FM_ENOINPUT, mark, NULL, "%s: '%s' may not be read", what,
                        path);
        return false;
    }
    return true;
}

const char *
fm_reader_scalar(const fm_reader *r, const fm_node *node, const char *what,
                 const char *needed)
{
    if (node->kind == FM_NODE_SCALAR && node->text != NULL)
        return node->text;
    const char *found = node->kind == FM_NODE_LIST  ? "is needed, not a list"
                        : node->kind == FM_NODE_MAP ? "is needed, not a mapping"
                                                    : "is needed, the value is empty";
    fm_reader_error(r, FM_ESCENARIO, node->mark, NULL, "%s: %s %s", what, needed, found);
    return NULL;
}

/* ---- 3. ranges, choices ---------------------------------------------------------- */

static bool
declared_range(const fm_param *param)
{
    return param->min != 0 || param->max != 0;
}

bool
fm_has_range(const fm_param *param)
{
    fm_kind kind = param->kind == FM_LIST ? param->item : param->kind;

    return (kind == FM_REAL || kind == FM_INTEGER) && declared_range(param) &&
           (isfinite(param->min) || isfinite(param->max));
}

void
fm_range_text(fm_str *s, const fm_param *param)
{
    bool open_min = (param->flags & FM_OPEN_MIN) != 0;
    bool open_max = (param->flags & FM_OPEN_MAX) != 0;

    if (!fm_has_range(param))
        return;
    if (isfinite(param->min) && isfinite(param->max) && !open_min && !open_max) {
        fm_str_add_number(s, param->min);
        fm_str_add(s, " ... ");
        fm_str_add_number(s, param->max);
    } else {
        if (isfinite(param->min)) {
            fm_str_add(s, open_min ? "more than " : "at least ");
            fm_str_add_number(s, param->min);
        }
        if (isfinite(param->min) && isfinite(param->max))
            fm_str_add(s, " and ");
        if (isfinite(param->max)) {
            fm_str_add(s, open_max ? "less than " : "at most ");
            fm_str_add_number(s, param->max);
        }
    }
    if (param->unit != NULL && strcmp(param->unit, "1") != 0)
        fm_str_addf(s, " %s", param->unit);
}

static bool
in_range(const fm_param *param, double x)
{
    if (!declared_range(param))
        return true;
    bool low = (param->flags & FM_OPEN_MIN) ? x <= param->min : x < param->min;
    bool high = (param->flags & FM_OPEN_MAX) ? x >= param->max : x > param->max;
    return !low && !high;
}

bool
fm_value_check(const fm_reader *r, const fm_param *param, const char *name, fm_mark mark,
               double x, const char *typed)
{
    fm_str s = {0};

    if (in_range(param, x))
        return true;
    fm_range_text(&s, param);
    fm_reader_error(r, FM_ESCENARIO, mark, NULL, "%s: %.60s is out of range; allowed: %s",
                    name, typed, s.data != NULL ? s.data : "");
    fm_str_free(&s);
    return false;
}

static void
report_number(const fm_reader *r, const fm_param *param, const char *name, fm_mark mark,
              const fm_error *err)
{
    fm_str hint = {0};

    if (fm_has_range(param)) {
        fm_str_add(&hint, "allowed: ");
        fm_range_text(&hint, param);
    }
    fm_reader_error(r, err->code == FM_EDATA ? FM_ESCENARIO : FM_EINTERNAL, mark,
                    hint.data, "%s: %s", name, err->text);
    fm_str_free(&hint);
}

/* ---- 4. scalar kinds ------------------------------------------------------------- */

static bool
read_real(const fm_reader *r, const fm_param *param, const char *name,
          const fm_node *node, fm_value *out)
{
    fm_error err = FM_ERROR_INIT;
    const char *unit = param->unit != NULL ? param->unit : "1";
    const char *text = fm_reader_scalar(r, node, name, "a number");

    if (text == NULL)
        return false;
    if (fm_quantity_read(r->units, text, unit, (param->flags & FM_DIFFERENCE) != 0,
                         &out->real, &out->si, &err) != FM_OK) {
        report_number(r, param, name, node->mark, &err);
        return false;
    }
    out->text = fm_arena_text(r->arena, text);
    return fm_value_check(r, param, name, node->mark, out->real, text);
}

static bool
read_integer(const fm_reader *r, const fm_param *param, const char *name,
             const fm_node *node, fm_value *out)
{
    fm_error err = FM_ERROR_INIT;
    const char *text = fm_reader_scalar(r, node, name, "a whole number");

    if (text == NULL)
        return false;
    if (fm_integer_read(text, &out->integer, &err) != FM_OK) {
        report_number(r, param, name, node->mark, &err);
        return false;
    }
    out->text = fm_arena_text(r->arena, text);
    return fm_value_check(r, param, name, node->mark, (double)out->integer, text);
}

static size_t
count_choices(const fm_param *param)
{
    size_t n = 0;

    while (param->choices != NULL && param->choices[n] != NULL)
        n++;
    return n;
}

static bool
read_choice(const fm_reader *r, const fm_param *param, const char *name,
            const fm_node *node, fm_value *out)
{
    size_t n = count_choices(param);
    const char *text = fm_reader_scalar(r, node, name, "a word");

    if (text == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(text, param->choices[i]) != 0)
            continue;
        out->integer = (int64_t)i;
        out->text = param->choices[i];
        return true;
    }
    fm_str allowed = {0};
    fm_str hint = {0};
    const char *near = fm_nearest(text, param->choices, n);
    for (size_t i = 0; i < n; i++)
        fm_str_addf(&allowed, "%s%s", i > 0 ? ", " : "", param->choices[i]);
    if (near != NULL)
        fm_str_addf(&hint, "did you mean '%s'?", near);
    fm_reader_error(r, FM_ESCENARIO, node->mark, hint.data,
                    "%s: '%.60s' is not a choice; allowed: %s", name, text,
                    allowed.data != NULL ? allowed.data : "");
    fm_str_free(&allowed);
    fm_str_free(&hint);
    return false;
}

static bool
read_flag(const fm_reader *r, const char *name, const fm_node *node, fm_value *out)
{
    static const char *const yes[] = {"yes", "on", "True", "TRUE", "1", "y", "Yes", "On"};
    static const char *const no[] = {"no", "off", "False", "FALSE",
                                     "0",  "n",   "No",    "Off"};
    const char *text = fm_reader_scalar(r, node, name, "true or false");
    const char *hint = NULL;

    if (text == NULL)
        return false;
    out->integer = strcmp(text, "true") == 0;
    if (out->integer == 1 || strcmp(text, "false") == 0)
        return true;
    for (size_t i = 0; i < FM_COUNT(yes); i++) {
        if (strcmp(text, yes[i]) == 0)
            hint = "write true";
        else if (strcmp(text, no[i]) == 0)
            hint = "write false";
    }
    fm_reader_error(r, FM_ESCENARIO, node->mark, hint,
                    "%s: '%.60s' is neither true nor false", name, text);
    return false;
}

static bool
read_text(const fm_reader *r, const char *name, const fm_node *node, fm_value *out)
{
    const char *text = fm_reader_scalar(r, node, name, "a text");

    if (text == NULL)
        return false;
    out->text = fm_arena_text(r->arena, text);
    return out->text != NULL;
}

static bool
read_file(const fm_reader *r, const char *name, const fm_node *node, fm_value *out)
{
    const char *text = fm_reader_scalar(r, node, name, "the path of a file");

    if (text == NULL)
        return false;
    if (*text == '\0') {
        fm_reader_error(r, FM_ESCENARIO, node->mark, NULL, "%s: the path is empty", name);
        return false;
    }
    out->text = fm_reader_path(r, text);
    return fm_reader_find(r, node->mark, name, out->text, text);
}

/* ---- 5. lists and records -------------------------------------------------------- */

enum {
    NAME_MAX_TEXT = 160,
    PREFIX_MAX = NAME_MAX_TEXT + 2
};

static bool
read_list(const fm_reader *r, const fm_param *param, const char *name,
          const fm_node *node, fm_value *out)
{
    fm_param item = *param;
    char item_name[NAME_MAX_TEXT];
    bool good = true;

    if (node->kind != FM_NODE_LIST) {
        fm_reader_error(r, FM_ESCENARIO, node->mark, "write [a, b]",
                        "%s: a list is needed", name);
        return false;
    }
    fm_value *items = fm_arena_get(r->arena, node->n_items, sizeof *items);
    if (items == NULL)
        return false;
    item.kind = param->item;
    for (size_t i = 0; i < node->n_items; i++) {
        (void)snprintf(item_name, sizeof item_name, "%s[%zu]", name, i);
        good = fm_value_read(r, &item, item_name, &node->items[i], &items[i]) && good;
    }
    out->items = items;
    out->n = node->n_items;
    return good;
}

/* Whether a text stands for a record (the arena's memory is zeroed: no other field). */
static bool
is_shorthand(const fm_param *param, const fm_node *node)
{
    return param->shorthand != NULL && node->kind == FM_NODE_SCALAR && node->text != NULL;
}

static bool
read_record(const fm_reader *r, const fm_param *param, const char *name,
            const fm_node *node, fm_value *fields)
{
    char prefix[PREFIX_MAX];

    if (node->kind != FM_NODE_MAP && !is_shorthand(param, node)) {
        fm_reader_error(r, FM_ESCENARIO, node->mark, "write { key: value, ... }",
                        "%s: a mapping is needed", name);
        return false;
    }
    const fm_node **nodes = fm_arena_get(r->arena, param->n_fields, sizeof(fm_node *));
    if (nodes == NULL)
        return false;
    (void)snprintf(prefix, sizeof prefix, "%s.", name);
    if (is_shorthand(param, node))
        nodes[fm_params_index(param->fields, param->n_fields, param->shorthand)] = node;
    else
        fm_params_collect(r, param->fields, param->n_fields, name, node, nodes);
    const fm_resolving how = {prefix, node->mark, NULL};
    return fm_params_resolve(r, param->fields, param->n_fields, &how, nodes, fields);
}

static bool
read_records(const fm_reader *r, const fm_param *param, const char *name,
             const fm_node *node, fm_value *out)
{
    char record_name[NAME_MAX_TEXT];
    bool single = is_shorthand(param, node);
    bool good = true;

    if (node->kind != FM_NODE_LIST && !single) {
        fm_reader_error(r, FM_ESCENARIO, node->mark, "begin each record with '- '",
                        "%s: a list of mappings is needed", name);
        return false;
    }
    const fm_node *nodes = single ? node : node->items;
    size_t n = single ? 1 : node->n_items;
    fm_value *items = fm_arena_get(r->arena, n * param->n_fields, sizeof *items);
    if (items == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(record_name, sizeof record_name, "%s[%zu]", name, i);
        good =
            read_record(r, param, record_name, &nodes[i], items + i * param->n_fields) &&
            good;
    }
    out->items = items;
    out->n = n;
    return good;
}

fm_value
fm_value_absent(const fm_param *param)
{
    return (fm_value){.kind = param->kind, .real = NAN, .si = NAN};
}

bool
fm_value_read(const fm_reader *r, const fm_param *param, const char *name,
              const fm_node *node, fm_value *value_out)
{
    fm_value v = fm_value_absent(param);
    bool good = false;

    v.given = true;
    v.present = true;
    if (r->set == NULL) {
        v.line = node->mark.line;
        v.column = node->mark.column;
    }
    switch (param->kind) {
    case FM_REAL:
        good = read_real(r, param, name, node, &v);
        break;
    case FM_INTEGER:
        good = read_integer(r, param, name, node, &v);
        break;
    case FM_CHOICE:
        good = read_choice(r, param, name, node, &v);
        break;
    case FM_FLAG:
        good = read_flag(r, name, node, &v);
        break;
    case FM_TEXT:
        good = read_text(r, name, node, &v);
        break;
    case FM_FILE:
        good = read_file(r, name, node, &v);
        break;
    case FM_LIST:
        good = read_list(r, param, name, node, &v);
        break;
    case FM_RECORDS:
        good = read_records(r, param, name, node, &v);
        break;
    }
    *value_out = v;
    return good;
}

bool
fm_departs(const fm_point *point, size_t param)
{
    const fm_value *v = fm_value_at(point, param);
    const char *def = point->study->params[param].def;
    char *end = NULL;

    if (!v->given || !v->present || def == NULL)
        return v->given && v->present;
    switch (v->kind) {
    case FM_REAL: {
        double value = strtod(def, &end);
        return *end != '\0' || value < v->real || value > v->real;
    }
    case FM_INTEGER:
        return strtoll(def, &end, 10) != v->integer || *end != '\0';
    case FM_FLAG:
        return (strcmp(def, "true") == 0) != (v->integer != 0);
    case FM_CHOICE:
    case FM_TEXT:
        return strcmp(def, v->text) != 0;
    default:
        return true;
    }
}

/* ---- 6. defaults, maps of parameters --------------------------------------------- */

fm_status
fm_value_node(const char *name, const char *text, fm_diags *diags, fm_node **node_out)
{
    *node_out = NULL;
    if (*text != '\0' && strchr("[{\"'", *text) != NULL)
        return fm_yaml_read_value(name, text, strlen(text), diags, node_out);
    fm_node *node = calloc(1, sizeof *node);
    if (node == NULL)
        return FM_ENOMEM;
    node->text = fm_strdup(text);
    if (node->text == NULL) {
        free(node);
        return FM_ENOMEM;
    }
    node->quoted = true;
    *node_out = node;
    return FM_OK;
}

bool
fm_value_default(const fm_reader *r, const fm_param *param, const char *name,
                 fm_value *value_out)
{
    fm_reader own = *r;
    fm_node *node = NULL;
    size_t n = 0;
    bool good = false;

    own.set = NULL;
    own.folder = NULL;
    own.diags = fm_diags_create();
    if (own.diags == NULL)
        return false;
    if (fm_value_node(name, param->def, own.diags, &node) == FM_OK)
        good = fm_value_read(&own, param, name, node, value_out);
    if (!good) {
        const fm_diag *list = fm_diags_list(own.diags, &n, NULL);
        fm_reader_error(r, FM_EINTERNAL, (fm_mark){0, 0},
                        "this is an error of the program",
                        "the default '%s' of %s is wrong: %s", param->def, name,
                        n > 0 ? list[0].text : "out of memory");
    }
    value_out->given = false;
    value_out->line = 0;
    value_out->column = 0;
    fm_yaml_free(node);
    fm_diags_free(own.diags);
    return good;
}

size_t
fm_params_index(const fm_param *params, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(params[i].key, key) == 0)
            return i;
    return SIZE_MAX;
}

/* First parameter below the group `key`, or NULL when there is no such group. */
static const char *
first_of_group(const fm_param *params, size_t n, const char *key)
{
    size_t length = strlen(key);

    for (size_t i = 0; i < n; i++)
        if (strncmp(params[i].key, key, length) == 0 && params[i].key[length] == '.')
            return params[i].key;
    return NULL;
}

static const char *
last_part(const char *key)
{
    const char *dot = strrchr(key, '.');

    return dot != NULL ? dot + 1 : key;
}

/* The key that was probably meant: near to a whole key, or equal or near to a last
 * part. */
static const char *
nearest_param(const fm_param *params, size_t n, const char *key)
{
    const char *near = NULL;

    for (size_t pass = 0; pass < 3 && near == NULL; pass++)
        for (size_t i = 0; i < n && near == NULL; i++) {
            const char *word = pass == 0 ? params[i].key : last_part(params[i].key);
            const char *asked = pass == 0 ? key : last_part(key);
            if (pass == 1 ? strcmp(word, asked) == 0
                          : fm_nearest(asked, &word, 1) != NULL)
                near = params[i].key;
        }
    return near;
}

static const char *
best_param(fm_arena *arena, const fm_param *params, size_t n, const char *key)
{
    const char **keys = fm_arena_get(arena, n, sizeof *keys);

    if (keys == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        keys[i] = params[i].key;
    const char *near = fm_nearest(key, keys, n);
    return near != NULL ? near : nearest_param(params, n, key);
}

static void
report_unknown(const fm_reader *r, const fm_param *params, size_t n, const char *what,
               const char *key, fm_mark mark)
{
    const char *near = best_param(r->arena, params, n, key);
    fm_str hint = {0};

    if (near != NULL) {
        fm_str_addf(&hint, "did you mean '%s'?", near);
    } else {
        fm_str_add(&hint, n > 0 ? "known here: " : "there are none");
        for (size_t i = 0; i < n && i < 12; i++)
            fm_str_addf(&hint, "%s%s", i > 0 ? ", " : "", params[i].key);
        if (n > 12)
            fm_str_add(&hint, ", ...");
    }
    fm_reader_error(r, FM_ESCENARIO, mark, hint.data, "unknown key '%s' in %s", key,
                    what);
    fm_str_free(&hint);
}

typedef struct collector {
    const fm_reader *r;
    const fm_param *params;
    size_t n;
    const char *what;
    const fm_node **nodes;
} collector;

static void collect_map(const collector *c, const char *prefix, const fm_node *map);

static void
collect_one(const collector *c, const char *key, const fm_node *node)
{
    size_t i = fm_params_index(c->params, c->n, key);
    const char *inside = first_of_group(c->params, c->n, key);

    if (inside != NULL && (node->kind == FM_NODE_MAP || i == SIZE_MAX)) {
        if (node->kind == FM_NODE_MAP)
            collect_map(c, key, node);
        else if (node->kind != FM_NODE_SCALAR || node->text != NULL)
            fm_reader_error(c->r, FM_ESCENARIO, node->mark, NULL,
                            "'%s' is a group of parameters; write %s: { %s: ... }", key,
                            key, inside + strlen(key) + 1);
        return;
    }
    if (i == SIZE_MAX)
        report_unknown(c->r, c->params, c->n, c->what, key, node->key_mark);
    else if (c->nodes[i] != NULL)
        fm_reader_error(c->r, FM_ESCENARIO, node->key_mark, NULL,
                        "duplicate key '%s' (first given in line %d)", key,
                        c->nodes[i]->key_mark.line);
    else
        c->nodes[i] = node;
}

/* The tree is at most 16 deep, so recursion is safe. */
static void
collect_map(const collector *c, const char *prefix, const fm_node *map)
{
    for (size_t k = 0; k < map->n_items; k++) {
        fm_str key = {0};
        if (*prefix != '\0')
            fm_str_addf(&key, "%s.", prefix);
        fm_str_add(&key, map->items[k].key);
        if (key.data != NULL && !key.failed)
            collect_one(c, key.data, &map->items[k]);
        fm_str_free(&key);
    }
}

void
fm_params_collect(const fm_reader *r, const fm_param *params, size_t n, const char *what,
                  const fm_node *map, const fm_node **nodes)
{
    collector c = {r, params, n, what, nodes};

    for (size_t i = 0; i < n; i++)
        nodes[i] = NULL;
    collect_map(&c, "", map);
}

static bool
resolve_missing(const fm_reader *r, const fm_param *param, const char *name,
                fm_mark place, bool satisfied, fm_value *out)
{
    *out = fm_value_absent(param);
    if ((param->flags & FM_REQUIRED) == 0 && param->def != NULL)
        return fm_value_default(r, param, name, out);
    if (satisfied || (param->flags & FM_OPTIONAL) != 0)
        return true;
    if ((param->flags & FM_REQUIRED) != 0)
        fm_reader_error(r, FM_ESCENARIO, place, param->help, "'%s' is missing", name);
    else
        fm_reader_error(r, FM_EINTERNAL, place, "this is an error of the program",
                        "'%s' has no default and is neither required nor optional", name);
    return false;
}

bool
fm_params_resolve(const fm_reader *r, const fm_param *params, size_t n,
                  const fm_resolving *how, const fm_node *const *nodes, fm_value *values)
{
    bool good = true;

    for (size_t i = 0; i < n; i++) {
        char name[NAME_MAX_TEXT];
        (void)snprintf(name, sizeof name, "%s%s", how->prefix, params[i].key);
        bool missing_ok = how->satisfied != NULL && how->satisfied[i];
        bool ok = nodes[i] != NULL
                      ? fm_value_read(r, &params[i], name, nodes[i], &values[i])
                      : resolve_missing(r, &params[i], name, how->place, missing_ok,
                                        &values[i]);
        good = good && ok;
    }
    return good;
}
