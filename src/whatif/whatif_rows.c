/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other tables of a what-if: verdicts, scenarios, runs, and the tornado.
 *
 * Contents
 *   1. verdicts      3. runs
 *   2. scenarios     4. tornado
 */
#include "config.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "core/yaml.h"
#include "whatif/whatif.h"

/* ---- 1. verdicts ----------------------------------------------------------------- */

typedef struct verdict_list {
    fm_result_verdict *list;
    size_t n;
} verdict_list;

static const fm_result_verdict *
find_verdict(const verdict_list *verdicts, const char *name)
{
    for (size_t i = 0; i < verdicts->n; i++)
        if (strcmp(verdicts->list[i].name, name) == 0)
            return &verdicts->list[i];
    return NULL;
}

/* A verdict of either side; NULL where that side makes no such statement. */
static fm_status
put_verdict(const fm_result_verdict *base, const fm_result_verdict *changed,
            const char *change, fm_out *out)
{
    const fm_result_verdict *any = base != NULL ? base : changed;
    fm_became became = changed == NULL ? FM_BECAME_UNSTATED
                       : base == NULL  ? FM_BECAME_STATED
                       : changed->pass ? FM_BECAME_PASS
                                       : FM_BECAME_FAIL;
    fm_cell row[FM_VERDICTS_COLUMNS];

    row[FM_VERDICTS_CHANGE].text = change;
    row[FM_VERDICTS_NAME].text = any->name;
    row[FM_VERDICTS_STATEMENT].text = any->statement;
    row[FM_VERDICTS_BECAME].integer = became;
    row[FM_VERDICTS_BASE].real = base != NULL ? base->value : (double)NAN;
    row[FM_VERDICTS_NEW].real = changed != NULL ? changed->value : (double)NAN;
    row[FM_VERDICTS_BASE_LIMIT].real = base != NULL ? base->limit : (double)NAN;
    row[FM_VERDICTS_NEW_LIMIT].real = changed != NULL ? changed->limit : (double)NAN;
    row[FM_VERDICTS_UNITS].text = any->unit;
    return fm_out_row(out, FM_WHATIF_VERDICTS, row);
}

fm_status
fm_whatif_verdicts(const fm_whatif_side *base, const fm_whatif_side *changed,
                   const char *change, fm_out *out, size_t *n_to_fail_out, fm_error *err)
{
    verdict_list before = {0}, after = {0};
    fm_status st = fm_result_verdicts(base->result, &before.list, &before.n, err);

    if (st == FM_OK)
        st = fm_result_verdicts(changed->result, &after.list, &after.n, err);
    for (size_t i = 0; i < before.n && st == FM_OK; i++) {
        const fm_result_verdict *now = find_verdict(&after, before.list[i].name);
        if (now != NULL && now->pass == before.list[i].pass)
            continue;
        *n_to_fail_out += now != NULL && !now->pass;
        st = put_verdict(&before.list[i], now, change, out);
    }
    for (size_t i = 0; i < after.n && st == FM_OK; i++) {
        if (find_verdict(&before, after.list[i].name) != NULL)
            continue;
        *n_to_fail_out += !after.list[i].pass;
        st = put_verdict(NULL, &after.list[i], change, out);
    }
    fm_result_verdicts_free(before.list, before.n);
    fm_result_verdicts_free(after.list, after.n);
    return st;
}

/* ---- 2. scenarios ---------------------------------------------------------------- */

/* A value on one line. */
static void
add_node(fm_str *s, const fm_node *node)
{
    bool map = node->kind == FM_NODE_MAP;

    if (node->kind == FM_NODE_SCALAR) {
        fm_str_add(s, node->text != NULL ? node->text : "");
        return;
    }
    fm_str_add(s, map ? "{" : "[");
    for (size_t i = 0; i < node->n_items; i++) {
        fm_str_add(s, i > 0 ? ", " : "");
        if (map)
            fm_str_addf(s, "%s: ", node->items[i].key);
        add_node(s, &node->items[i]);
    }
    fm_str_add(s, map ? "}" : "]");
}

static fm_status
put_change(const char *key, const fm_node *base, const fm_node *changed, fm_out *out)
{
    fm_str before = {0}, after = {0};
    fm_cell row[FM_CHANGES_COLUMNS];
    fm_status st = FM_OK;

    fm_str_add(&before, "");
    fm_str_add(&after, "");
    if (base != NULL)
        add_node(&before, base);
    if (changed != NULL)
        add_node(&after, changed);
    row[FM_CHANGES_KEY].text = key;
    row[FM_CHANGES_BASE].text = base != NULL ? before.data : "(not set)";
    row[FM_CHANGES_NEW].text = changed != NULL ? after.data : "(not set)";
    if (before.failed || after.failed)
        st = FM_ENOMEM;
    else if (base == NULL || changed == NULL || strcmp(before.data, after.data) != 0)
        st = fm_out_row(out, FM_WHATIF_CHANGES, row);
    fm_str_free(&before);
    fm_str_free(&after);
    return st;
}

/* Maps are compared key by key, `depth` levels deep; "params." is left off. */
static fm_status
compare_maps(const char *prefix, const fm_node *base, const fm_node *changed, int depth,
             fm_out *out)
{
    const fm_node *side[2] = {base, changed};
    fm_status st = FM_OK;

    for (size_t s = 0; s < 2; s++) {
        for (size_t i = 0; side[s] != NULL && i < side[s]->n_items && st == FM_OK; i++) {
            const fm_node *mine = &side[s]->items[i];
            const fm_node *other =
                side[1 - s] != NULL ? fm_yaml_get(side[1 - s], mine->key) : NULL;
            fm_str key = {0};
            if (s == 1 && other != NULL)
                continue; /* the first side had it */
            fm_str_addf(&key, "%s%s%s", prefix, *prefix != '\0' ? "." : "", mine->key);
            const char *name = key.failed ? "" : key.data;
            bool deeper = mine->kind == FM_NODE_MAP && depth > 0 &&
                          (other == NULL || other->kind == FM_NODE_MAP);
            if (key.failed)
                st = FM_ENOMEM;
            else if (deeper)
                st = compare_maps(strcmp(name, "params") == 0 ? "" : name,
                                  s == 0 ? mine : other, s == 0 ? other : mine, depth - 1,
                                  out);
            else
                st = put_change(name, s == 0 ? mine : other, s == 0 ? other : mine, out);
            fm_str_free(&key);
        }
    }
    return st;
}

fm_status
fm_whatif_changes(const fm_whatif_side *base, const fm_whatif_side *changed, fm_out *out,
                  fm_error *err)
{
    const fm_whatif_side *side[2] = {base, changed};
    fm_node *root[2] = {NULL, NULL};
    fm_diags *diags = fm_diags_create();
    fm_status st = diags != NULL ? FM_OK : FM_ENOMEM;

    for (size_t i = 0; i < 2 && st == FM_OK; i++) {
        char *text = fm_scenario_text(side[i]->scenario);
        st = text != NULL
                 ? fm_yaml_read_text("scenario", text, strlen(text), diags, &root[i])
                 : FM_ENOMEM;
        free(text);
    }
    if (st == FM_OK)
        st = compare_maps("", root[0], root[1], 4, out);
    fm_yaml_free(root[0]);
    fm_yaml_free(root[1]);
    fm_diags_free(diags);
    return st == FM_OK ? st : FM_FAIL(err, st, "what-if: %s", fm_status_name(st));
}

/* ---- 3. runs --------------------------------------------------------------------- */

fm_status
fm_whatif_run_row(const fm_whatif_side *side, const char *run, fm_out *out, fm_error *err)
{
    const fm_result_table *points = fm_result_points(side->result);
    size_t column = points != NULL ? fm_result_column_named(points, "status") : SIZE_MAX;
    fm_cell row[FM_RUNS_COLUMNS];
    fm_slice status = {0};
    fm_status st = FM_OK;
    int64_t failed = 0;

    if (column != SIZE_MAX)
        st = fm_result_read(side->result, points, column, 0, (size_t)points->n_rows,
                            &status, err);
    if (st != FM_OK)
        return st;
    for (size_t i = 0; status.code != NULL && i < status.n; i++)
        failed += status.code[i] != FM_OK;
    row[FM_RUNS_RUN].text = run;
    row[FM_RUNS_DIGEST].text = fm_result_fact(side->result, "digest");
    row[FM_RUNS_VERSION].text = fm_result_fact(side->result, "version");
    row[FM_RUNS_POINTS].integer = (int64_t)status.n;
    row[FM_RUNS_FAILED].integer = failed;
    fm_slice_free(&status);
    return fm_out_row(out, FM_WHATIF_RUNS, row);
}

/* ---- 4. tornado ------------------------------------------------------------------ */

/* One bar: the extremes of a parameter's deltas; NULL: 0, the base itself. */
typedef struct bar {
    const fm_whatif_variation *first, *low, *high;
} bar;

static double
end_of(const fm_whatif_variation *v)
{
    return v != NULL ? v->delta.paired.delta : 0;
}

static double
swing(const bar *b)
{
    return end_of(b->high) - end_of(b->low);
}

static void
widen(bar *b, const fm_whatif_variation *v)
{
    if (v->delta.paired.delta < end_of(b->low))
        b->low = v;
    if (v->delta.paired.delta > end_of(b->high))
        b->high = v;
}

/* Longest first; equal ones in order of the command line. */
static int
longer(const void *a, const void *b)
{
    const bar *x = a, *y = b;
    double d = swing(y) - swing(x);

    if (d > 0)
        return 1;
    if (d < 0)
        return -1;
    return x->first < y->first ? -1 : x->first > y->first;
}

static fm_status
put_bar(const bar *b, const char *quantity, fm_out *out)
{
    fm_cell row[FM_TORNADO_COLUMNS];

    row[FM_TORNADO_PARAMETER].text = b->first->parameter;
    row[FM_TORNADO_QUANTITY].text = quantity;
    row[FM_TORNADO_UNITS].text = b->first->delta.unit;
    row[FM_TORNADO_BASE].real = b->first->delta.base;
    row[FM_TORNADO_LOW].real = end_of(b->low);
    row[FM_TORNADO_HIGH].real = end_of(b->high);
    row[FM_TORNADO_LOW_SE].real = b->low != NULL ? b->low->delta.paired.se : (double)NAN;
    row[FM_TORNADO_HIGH_SE].real =
        b->high != NULL ? b->high->delta.paired.se : (double)NAN;
    row[FM_TORNADO_LOW_AT].text = b->low != NULL ? b->low->value : "";
    row[FM_TORNADO_HIGH_AT].text = b->high != NULL ? b->high->value : "";
    row[FM_TORNADO_SWING].real = swing(b);
    return fm_out_row(out, FM_WHATIF_TORNADO, row);
}

static fm_status
put_variation(const fm_whatif_variation *v, const char *quantity, fm_out *out)
{
    fm_cell row[FM_VARIATIONS_LEAD + FM_DELTA_COLUMNS];

    row[FM_VARIATIONS_PARAMETER].text = v->parameter;
    row[FM_VARIATIONS_VALUE].text = v->value;
    row[FM_VARIATIONS_QUANTITY].text = quantity;
    fm_whatif_delta_cells(&v->delta, row + FM_VARIATIONS_LEAD);
    return fm_out_row(out, FM_WHATIF_VARIATIONS, row);
}

fm_status
fm_whatif_tornado(const fm_whatif_variation *variations, size_t n, const char *quantity,
                  fm_out *out, fm_error *err)
{
    bar *bars = calloc(n + 1, sizeof *bars);
    size_t n_bars = 0;
    fm_status st = bars != NULL ? FM_OK : FM_ENOMEM;

    for (size_t i = 0; i < n && st == FM_OK; i++) {
        const fm_whatif_variation *v = &variations[i];
        st = put_variation(v, quantity, out);
        size_t k = 0;
        while (k < n_bars && strcmp(bars[k].first->parameter, v->parameter) != 0)
            k++;
        if (k == n_bars)
            bars[n_bars++] = (bar){.first = v};
        widen(&bars[k], v);
    }
    if (st == FM_OK && n_bars > 1)
        qsort(bars, n_bars, sizeof *bars, longer);
    for (size_t k = 0; k < n_bars && st == FM_OK; k++)
        st = put_bar(&bars[k], quantity, out);
    free(bars);
    return st == FM_OK ? st : FM_FAIL(err, st, "what-if: %s", fm_status_name(st));
}
