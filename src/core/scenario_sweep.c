/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenario's axes and sampling, checked; the number of points.
 *
 * Contents
 *   1. axes     2. sampling     3. the number of points
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "core/scenario_read.h"

/* ---- 1. axes --------------------------------------------------------------------- */

typedef struct axis_nodes {
    const fm_node *param, *from, *to, *points, *spacing, *values;
} axis_nodes;

static axis_nodes
nodes_of(const fm_node *entry)
{
    return (axis_nodes){
        .param = fm_yaml_get(entry, "param"),
        .from = fm_yaml_get(entry, "from"),
        .to = fm_yaml_get(entry, "to"),
        .points = fm_yaml_get(entry, "points"),
        .spacing = fm_yaml_get(entry, "spacing"),
        .values = fm_yaml_get(entry, "values"),
    };
}

static bool
is_random(fm_sampling sampling)
{
    return sampling == FM_LHS || sampling == FM_SOBOL;
}

static bool
sweepable(const fm_param *param)
{
    return (param->flags & FM_FIXED) == 0 && param->kind != FM_LIST &&
           param->kind != FM_RECORDS;
}

static void
report_param(const fm_reader *r, const fm_study *study, const fm_node *node)
{
    const char **keys = fm_arena_get(r->arena, study->n_params, sizeof *keys);
    fm_str hint = {0};

    if (keys == NULL)
        return;
    for (size_t i = 0; i < study->n_params; i++)
        keys[i] = study->params[i].key;
    const char *near = fm_nearest(node->text, keys, study->n_params);
    if (near != NULL)
        fm_str_addf(&hint, "did you mean '%s'?", near);
    fm_reader_error(r, FM_ESCENARIO, node->mark, hint.data,
                    "sweep: %s has no parameter '%s'", study->name, node->text);
    fm_str_free(&hint);
}

/* Index of the swept parameter, or SIZE_MAX after reporting why not. */
static size_t
axis_param(const fm_reader *r, const fm_scenario *s, const fm_node *entry,
           const fm_node *node)
{
    if (node == NULL) {
        fm_reader_error(r, FM_ESCENARIO, entry->mark, "write { param: KEY, ... }",
                        "sweep: 'param' is missing");
        return SIZE_MAX;
    }
    const char *key = fm_reader_scalar(r, node, "sweep", "the key of a parameter");
    if (key == NULL)
        return SIZE_MAX;
    size_t i = fm_study_param(s->study, key);
    if (i == SIZE_MAX) {
        report_param(r, s->study, node);
        return SIZE_MAX;
    }
    if (!sweepable(&s->study->params[i])) {
        fm_reader_error(r, FM_ESCENARIO, node->mark, NULL,
                        "sweep: '%s' cannot be swept; it is the same for all points",
                        key);
        return SIZE_MAX;
    }
    for (size_t k = 0; k < s->n_axes; k++)
        if (s->axes[k].param == i) {
            fm_reader_error(r, FM_ESCENARIO, node->mark, NULL,
                            "sweep: '%s' is swept twice", key);
            return SIZE_MAX;
        }
    return i;
}

static bool
read_end(const fm_reader *r, const fm_param *param, const char *word, const fm_node *node,
         double *out)
{
    char name[128];
    fm_value v;

    (void)snprintf(name, sizeof name, "sweep of %.80s, %s", param->key, word);
    if (!fm_value_read(r, param, name, node, &v))
        return false;
    *out = v.real;
    return true;
}

static bool
read_ends(const fm_reader *r, const fm_param *param, const fm_node *entry,
          const axis_nodes *n, fm_axis *axis)
{
    if (param->kind != FM_REAL) {
        fm_reader_error(
            r, FM_ESCENARIO, (n->from ? n->from : n->to)->key_mark, "write values: [...]",
            "sweep: '%s' is not a real number, so 'from' and 'to' mean nothing",
            param->key);
        return false;
    }
    if (n->from == NULL || n->to == NULL) {
        fm_reader_error(r, FM_ESCENARIO, entry->mark, NULL,
                        "sweep of %s: '%s' is missing", param->key,
                        n->from == NULL ? "from" : "to");
        return false;
    }
    bool from_good = read_end(r, param, "from", n->from, &axis->from);
    bool to_good = read_end(r, param, "to", n->to, &axis->to);
    if (!from_good || !to_good)
        return false;
    if (axis->from == axis->to) {
        fm_reader_error(r, FM_ESCENARIO, n->to->mark, "give the value below 'params'",
                        "sweep of %s: 'from' and 'to' are the same", param->key);
        return false;
    }
    return true;
}

static bool
read_spacing(const fm_reader *r, const fm_param *param, const axis_nodes *n,
             fm_axis *axis)
{
    static const char *const words[] = {"linear", "log", NULL};
    const fm_param choice = {.key = "spacing", .kind = FM_CHOICE, .choices = words};
    fm_value v;

    axis->kind = FM_AXIS_LINEAR;
    if (n->spacing == NULL)
        return true;
    if (!fm_value_read(r, &choice, "sweep: spacing", n->spacing, &v))
        return false;
    if (v.integer == 0)
        return true;
    axis->kind = FM_AXIS_LOG;
    if (axis->from > 0 && axis->to > 0)
        return true;
    fm_reader_error(r, FM_ESCENARIO, n->spacing->mark, "use linear spacing",
                    "sweep of %s: log spacing needs 'from' and 'to' above 0", param->key);
    return false;
}

static bool
read_count(const fm_reader *r, const char *what, const fm_node *node, uint64_t min,
           uint64_t *out)
{
    fm_error err = FM_ERROR_INIT;
    const char *text = fm_reader_scalar(r, node, what, "a whole number");
    uint64_t n = 0;

    if (text == NULL)
        return false;
    if (fm_unsigned_read(text, &n, &err) != FM_OK) {
        fm_reader_error(r, FM_ESCENARIO, node->mark, NULL, "%s: %s", what, err.text);
        return false;
    }
    if (n < min || n > FM_POINTS_MAX) {
        fm_reader_error(r, FM_ESCENARIO, node->mark, NULL,
                        "%s: %s is out of range; allowed: %u ... 1000000000000", what,
                        text, (unsigned)min);
        return false;
    }
    *out = n;
    return true;
}

static bool
read_points(const fm_reader *r, const fm_param *param, const fm_node *entry,
            const axis_nodes *n, fm_sampling sampling, fm_axis *axis)
{
    char what[128];

    (void)snprintf(what, sizeof what, "sweep of %.80s, points", param->key);
    if (is_random(sampling) && n->points != NULL) {
        fm_reader_error(r, FM_ESCENARIO, n->points->key_mark,
                        "write it once: sampling: { mode: ..., points: N }",
                        "sweep of %s: 'points' of an axis mean nothing with lhs or sobol",
                        param->key);
        return false;
    }
    if (is_random(sampling))
        return true;
    if (n->points == NULL) {
        fm_reader_error(r, FM_ESCENARIO, entry->mark, NULL,
                        "sweep of %s: 'points' is missing", param->key);
        return false;
    }
    return read_count(r, what, n->points, 2, &axis->n);
}

static bool
read_range(const fm_reader *r, const fm_param *param, const fm_node *entry,
           const axis_nodes *n, fm_sampling sampling, fm_axis *axis)
{
    bool ends = read_ends(r, param, entry, n, axis);
    bool spacing = ends && read_spacing(r, param, n, axis);
    bool points = read_points(r, param, entry, n, sampling, axis);

    return ends && spacing && points;
}

static bool
read_values(const fm_reader *r, const fm_param *param, const axis_nodes *n,
            fm_sampling sampling, fm_axis *axis)
{
    char name[128];
    const fm_node *list = n->values;
    bool good = true;

    if (is_random(sampling)) {
        fm_reader_error(r, FM_ESCENARIO, list->key_mark, "write from: and to:",
                        "sweep of %s: lhs and sobol need a range, not 'values'",
                        param->key);
        return false;
    }
    if (list->kind != FM_NODE_LIST || list->n_items == 0) {
        fm_reader_error(r, FM_ESCENARIO, list->mark, "write values: [a, b]",
                        "sweep of %s: a list of at least one value is needed",
                        param->key);
        return false;
    }
    axis->kind = FM_AXIS_VALUES;
    axis->n = list->n_items;
    axis->values = fm_arena_get(r->arena, list->n_items, sizeof *axis->values);
    for (size_t i = 0; axis->values != NULL && i < list->n_items; i++) {
        (void)snprintf(name, sizeof name, "sweep of %.80s, values[%zu]", param->key, i);
        good = fm_value_read(r, param, name, &list->items[i], &axis->values[i]) && good;
    }
    return good && axis->values != NULL;
}

static bool
read_steps(const fm_reader *r, const fm_param *param, const fm_node *entry,
           fm_sampling sampling, fm_axis *axis)
{
    axis_nodes n = nodes_of(entry);
    bool range = n.from != NULL || n.to != NULL || n.points != NULL || n.spacing != NULL;

    if (n.values != NULL && range) {
        fm_reader_error(r, FM_ESCENARIO, n.values->key_mark, NULL,
                        "sweep of %s: give either 'values' or 'from', 'to' and 'points'",
                        param->key);
        return false;
    }
    if (n.values != NULL)
        return read_values(r, param, &n, sampling, axis);
    if (n.from != NULL || n.to != NULL)
        return read_range(r, param, entry, &n, sampling, axis);
    fm_reader_error(r, FM_ESCENARIO, entry->mark,
                    "write from:, to:, points: or values: [...]",
                    "sweep of %s: it has no values", param->key);
    return false;
}

/* The base point of a parameter that only the sweep gives is the axis' first value. */
static void
settle_base(fm_scenario *s, const fm_axis *axis)
{
    fm_value *base = &s->values[axis->param];

    if (base->present)
        return;
    if (axis->kind == FM_AXIS_VALUES) {
        *base = axis->values[0];
    } else {
        base->real = axis->from;
        base->si = fm_si_of(&axis->to_si, axis->from);
        base->text = NULL;
        base->present = true;
    }
    base->given = false;
}

static void
read_axis(const fm_reader *r, fm_scenario *s, const fm_node *entry, const bool *replaced)
{
    static const char *const keys[] = {"param",  "from",    "to",
                                       "points", "spacing", "values"};
    fm_error err = FM_ERROR_INIT;
    fm_axis axis = {.param = SIZE_MAX, .to_si = {0, 1, 0}};

    if (entry->kind != FM_NODE_MAP) {
        fm_reader_error(r, FM_ESCENARIO, entry->mark, "write - { param: KEY, ... }",
                        "sweep: each entry is a mapping");
        return;
    }
    fm_yaml_only(entry, r->file, "an axis of the sweep", keys, FM_COUNT(keys),
                 FM_ESCENARIO, r->diags);
    axis.param = axis_param(r, s, entry, fm_yaml_get(entry, "param"));
    if (axis.param == SIZE_MAX)
        return;
    const fm_param *param = &s->study->params[axis.param];
    if (param->kind == FM_REAL &&
        fm_units_to_si(r->units, param->unit != NULL ? param->unit : "1",
                       (param->flags & FM_DIFFERENCE) != 0, &axis.to_si, &err) != FM_OK)
        fm_reader_error(r, FM_EINTERNAL, entry->mark, NULL, "%s: %s", param->key,
                        err.text);
    if (!read_steps(r, param, entry, s->sampling, &axis) || replaced[axis.param])
        return;
    settle_base(s, &axis);
    s->axes[s->n_axes++] = axis;
}

/* ---- 2. sampling ----------------------------------------------------------------- */

static void
read_sampling(const fm_reader *r, fm_scenario *s, const fm_node *node, uint64_t *n_out,
              const fm_node **points_out)
{
    static const char *const keys[] = {"mode", "points"};
    static const char *const modes[] = {"grid", "zip", "lhs", "sobol", NULL};
    const fm_param choice = {.key = "mode", .kind = FM_CHOICE, .choices = modes};
    const fm_node *mode = node;
    fm_value v;

    if (node == NULL || (node->kind == FM_NODE_SCALAR && node->text == NULL))
        return;
    if (node->kind == FM_NODE_MAP) {
        fm_yaml_only(node, r->file, "sampling", keys, FM_COUNT(keys), FM_ESCENARIO,
                     r->diags);
        mode = fm_yaml_get(node, "mode");
        *points_out = fm_yaml_get(node, "points");
        if (mode == NULL)
            fm_reader_error(r, FM_ESCENARIO, node->mark, "grid, zip, lhs or sobol",
                            "sampling: 'mode' is missing");
    }
    if (mode != NULL && fm_value_read(r, &choice, "sampling", mode, &v))
        s->sampling = (fm_sampling)v.integer;
    if (*points_out == NULL)
        return;
    if (!is_random(s->sampling) && mode != NULL)
        fm_reader_error(r, FM_ESCENARIO, (*points_out)->key_mark,
                        "the axes say how many points there are",
                        "sampling: 'points' is for lhs and sobol");
    else
        (void)read_count(r, "sampling: points", *points_out, 1, n_out);
}

/* ---- 3. the number of points ----------------------------------------------------- */

static void
count_grid(const fm_reader *r, fm_scenario *s, fm_mark mark)
{
    uint64_t n = 1;

    for (size_t k = 0; k < s->n_axes; k++) {
        if (s->axes[k].n > FM_POINTS_MAX / n) {
            fm_reader_error(r, FM_ESCENARIO, mark, "use lhs or sobol, or fewer points",
                            "the grid has more than 10^12 points");
            return;
        }
        n *= s->axes[k].n;
    }
    s->n_points = n;
}

static void
count_zip(const fm_reader *r, fm_scenario *s, fm_mark mark)
{
    s->n_points = s->n_axes > 0 ? s->axes[0].n : 1;
    for (size_t k = 1; k < s->n_axes; k++)
        if (s->axes[k].n != s->n_points) {
            fm_reader_error(
                r, FM_ESCENARIO, mark, NULL,
                "zip needs axes of one length: %s has %llu values, %s has %llu",
                s->study->params[s->axes[0].param].key, (unsigned long long)s->n_points,
                s->study->params[s->axes[k].param].key, (unsigned long long)s->axes[k].n);
            return;
        }
}

static void
count_random(const fm_reader *r, fm_scenario *s, const fm_node *sweep,
             const fm_node *sampling, uint64_t n)
{
    bool had_axes = sweep != NULL && sweep->n_items > 0;

    if (!had_axes)
        fm_reader_error(r, FM_ESCENARIO, sampling->key_mark, NULL,
                        "sampling with lhs or sobol needs a sweep");
    if (s->n_axes == 0) {
        s->sampling = FM_GRID; /* --set replaced every axis */
        return;
    }
    s->n_points = n;
}

void
fm_sweep_read(const fm_reader *r, fm_scenario *s, const fm_node *sweep,
              const fm_node *sampling, const bool *replaced)
{
    uint64_t n_random = 0;
    const fm_node *points = NULL;
    size_t n_axes = 0;

    s->sampling = FM_GRID;
    s->n_points = 1;
    read_sampling(r, s, sampling, &n_random, &points);
    if (is_random(s->sampling) && points == NULL)
        fm_reader_error(r, FM_ESCENARIO, sampling->mark,
                        "write { mode: lhs, points: 1000 }",
                        "sampling: 'points' is missing");
    sweep = fm_reader_kind(r, sweep, "sweep", FM_NODE_LIST);
    if (sweep != NULL) {
        s->axes = fm_arena_get(r->arena, sweep->n_items, sizeof *s->axes);
        n_axes = s->axes != NULL ? sweep->n_items : 0;
    }
    fm_mark mark = sweep != NULL ? sweep->key_mark : (fm_mark){0, 0};
    size_t before = fm_reader_errors(r);
    for (size_t i = 0; i < n_axes; i++)
        read_axis(r, s, &sweep->items[i], replaced);
    bool good = fm_reader_errors(r) == before;
    if (is_random(s->sampling))
        count_random(r, s, sweep, sampling, n_random);
    else if (good && s->sampling == FM_ZIP)
        count_zip(r, s, mark);
    else if (good)
        count_grid(r, s, mark);
}
