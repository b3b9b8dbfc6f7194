/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was asked: values in the scenario that a result stores. */
#include "config.h"

#include <string.h>

#include "report/asked.h"

fm_node *
fm_asked_scenario(const fm_result *result)
{
    const char *text = fm_result_fact(result, "scenario");
    fm_diags *diags = fm_diags_create();
    fm_node *root = NULL;

    if (diags != NULL && *text != '\0')
        (void)fm_yaml_read_text("scenario", text, strlen(text), diags, &root);
    fm_diags_free(diags);
    return root;
}

/* Child by a dotted key: whole first, then level by level. */
static const fm_node *
find_key(const fm_node *map, const char *key)
{
    char head[96];

    if (map == NULL || map->kind != FM_NODE_MAP)
        return NULL;
    const fm_node *whole = fm_yaml_get(map, key);
    size_t n = strcspn(key, ".");
    if (whole != NULL || key[n] != '.' || n >= sizeof head)
        return whole;
    memcpy(head, key, n);
    head[n] = '\0';
    return find_key(fm_yaml_get(map, head), key + n + 1);
}

const fm_node *
fm_asked_param(const fm_node *scenario, const char *key)
{
    if (scenario == NULL || scenario->kind != FM_NODE_MAP)
        return NULL;
    return find_key(fm_yaml_get(scenario, "params"), key);
}

void
fm_asked_text(const fm_node *node, fm_str *out)
{
    if (node->kind == FM_NODE_SCALAR) {
        fm_str_add(out, node->text != NULL ? node->text : "");
        return;
    }
    bool map = node->kind == FM_NODE_MAP;
    fm_str_add(out, map ? "{" : "[");
    for (size_t i = 0; i < node->n_items; i++) {
        fm_str_add(out, i > 0 ? ", " : "");
        if (map)
            fm_str_addf(out, "%s: ", node->items[i].key);
        fm_asked_text(&node->items[i], out);
    }
    fm_str_add(out, map ? "}" : "]");
}

void
fm_asked_axis_name(const fm_result_column *column, fm_str *out)
{
    const char *help = column->long_name;
    size_t n = strcspn(help, ";(,");

    while (n > 0 && help[n - 1] == ' ')
        n--;
    if (n == 0 || strcspn(help, ":") < n)
        fm_str_add(out, column->name);
    else
        fm_str_add_bytes(out, help, n);
}
