/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a what-if runs: all changes together, and parameters varied alone. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "app/whatif_plan.h"
#include "core/scenario.h"
#include "core/text.h"
#include "core/yaml.h"

static fm_status
add_alone(fm_plan *plan, const char *set, size_t key_length, const fm_node *value,
          fm_error *err)
{
    fm_plan_step *grown = realloc(plan->alone, (plan->n_alone + 1) * sizeof *grown);
    fm_str text = {0}, plain = {0};

    if (grown == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    plan->alone = grown;
    fm_plan_step *step = &grown[plan->n_alone++];
    *step = (fm_plan_step){.key = strndup(set, key_length)};
    fm_str_add_bytes(&text, set, key_length);
    fm_str_add(&text, "=");
    if (value == NULL) {
        fm_str_add(&text, set + key_length + 1);
        fm_str_add(&plain, set + key_length + 1);
    } else {
        if (value->quoted)
            fm_str_add_json(&text, value->text);
        else
            fm_str_add(&text, value->text);
        fm_str_add(&plain, value->text);
    }
    step->set = fm_str_take(&text);
    step->value = fm_str_take(&plain);
    return step->key != NULL && step->set != NULL && step->value != NULL
               ? FM_OK
               : FM_FAIL(err, FM_ENOMEM, "out of memory");
}

static fm_status
add_list(fm_plan *plan, const char *set, size_t key_length, const fm_node *list,
         fm_error *err)
{
    fm_status st = FM_OK;

    if (list->n_items == 0)
        return FM_FAIL(err, FM_EUSAGE, "--set %.80s: the list has no values", set);
    for (size_t i = 0; i < list->n_items && st == FM_OK; i++) {
        const fm_node *item = &list->items[i];
        if (item->kind != FM_NODE_SCALAR || item->text == NULL)
            return FM_FAIL(err, FM_EUSAGE,
                           "--set %.80s: value %zu of the list is no single value", set,
                           i + 1);
        st = add_alone(plan, set, key_length, item, err);
    }
    return st;
}

/* The list of values that a text gives for one parameter; NULL for anything else. */
static fm_node *
list_of(const fm_study *study, const char *set, size_t key_length)
{
    char *key = strndup(set, key_length);
    size_t k = key != NULL ? fm_study_param(study, key) : SIZE_MAX;
    fm_diags *diags = fm_diags_create();
    fm_node *node = NULL;
    const char *value = set + key_length + 1;

    free(key);
    bool takes_list = k != SIZE_MAX && (study->params[k].kind == FM_LIST ||
                                        study->params[k].kind == FM_RECORDS);
    if (diags != NULL && !takes_list && *value == '[')
        (void)fm_yaml_read_value("--set", value, strlen(value), diags, &node);
    fm_diags_free(diags);
    if (node != NULL && node->kind == FM_NODE_LIST)
        return node;
    fm_yaml_free(node);
    return NULL;
}

fm_status
fm_plan_make(const fm_study *study, char *const *sets, size_t n, bool tornado,
             fm_plan *plan_out, fm_error *err)
{
    fm_status st = FM_OK;

    *plan_out = (fm_plan){.together = calloc(n + 1, sizeof(const char *))};
    if (plan_out->together == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    for (size_t i = 0; i < n && st == FM_OK; i++) {
        size_t key_length = strcspn(sets[i], "=");
        if (sets[i][key_length] == '\0' || key_length == 0)
            return FM_FAIL(err, FM_EUSAGE, "--set %.80s: write KEY=VALUE", sets[i]);
        fm_node *list = list_of(study, sets[i], key_length);
        if (list != NULL)
            st = add_list(plan_out, sets[i], key_length, list, err);
        else
            plan_out->together[plan_out->n_together++] = sets[i];
        if (list == NULL && tornado)
            st = add_alone(plan_out, sets[i], key_length, NULL, err);
        fm_yaml_free(list);
    }
    return st;
}

void
fm_plan_free(fm_plan *plan)
{
    for (size_t i = 0; i < plan->n_alone; i++) {
        free(plan->alone[i].set);
        free(plan->alone[i].key);
        free(plan->alone[i].value);
    }
    free(plan->alone);
    free(plan->together);
    *plan = (fm_plan){0};
}

char *
fm_plan_together(const fm_plan *plan)
{
    fm_str s = {0};

    fm_str_add(&s, "");
    for (size_t i = 0; i < plan->n_together; i++)
        fm_str_addf(&s, "%s%s", i > 0 ? ", " : "", plan->together[i]);
    return fm_str_take(&s);
}

char *
fm_plan_alone(const fm_plan *plan)
{
    fm_str s = {0};

    fm_str_add(&s, "");
    for (size_t i = 0; i < plan->n_alone; i++)
        fm_str_addf(&s, "%s%s", i > 0 ? ", " : "", plan->alone[i].set);
    return fm_str_take(&s);
}
