/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study's declarations as JSON: the schema that scripts and editors read. */
#include "config.h"

#include <math.h>

#include "app/describe.h"

static json_t *
text_or_null(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

static json_t *
number_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *
words_json(const char *const *words)
{
    json_t *list = json_array();

    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        json_array_append_new(list, json_string(words[i]));
    return list;
}

static json_t *params_json(const fm_param *params, size_t n);

static json_t *
param_json(const fm_param *p)
{
    json_t *o = json_object();
    bool number = p->kind == FM_REAL || p->kind == FM_INTEGER ||
                  (p->kind == FM_LIST && (p->item == FM_REAL || p->item == FM_INTEGER));

    json_object_set_new(o, "key", json_string(p->key));
    json_object_set_new(o, "kind", json_string(fm_kind_name(p)));
    json_object_set_new(o, "unit", text_or_null(p->unit));
    json_object_set_new(o, "default", text_or_null(p->def));
    json_object_set_new(o, "required", json_boolean(p->flags & FM_REQUIRED));
    json_object_set_new(o, "sweepable",
                        json_boolean(!(p->flags & FM_FIXED) && p->kind != FM_LIST &&
                                     p->kind != FM_RECORDS));
    if (number && p->min < p->max) {
        json_object_set_new(o, "min", number_or_null(p->min));
        json_object_set_new(o, "max", number_or_null(p->max));
        json_object_set_new(o, "min_open", json_boolean(p->flags & FM_OPEN_MIN));
        json_object_set_new(o, "max_open", json_boolean(p->flags & FM_OPEN_MAX));
    }
    if (p->choices != NULL)
        json_object_set_new(o, "choices", words_json(p->choices));
    if (p->fields != NULL)
        json_object_set_new(o, "fields", params_json(p->fields, p->n_fields));
    json_object_set_new(o, "term", text_or_null(p->term));
    json_object_set_new(o, "help", text_or_null(p->help));
    return o;
}

static json_t *
params_json(const fm_param *params, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, param_json(&params[i]));
    return list;
}

static const char *
type_name(fm_type type)
{
    static const char *const names[] = {"real", "integer", "code", "text"};

    return names[type];
}

static json_t *
inputs_json(const fm_study *study)
{
    json_t *list = json_array();

    for (size_t i = 0; i < study->n_inputs; i++) {
        const fm_input_decl *in = &study->inputs[i];
        json_t *columns = json_array();
        for (size_t k = 0; k < in->n_columns; k++) {
            const fm_input_column *c = &in->columns[k];
            json_array_append_new(
                columns,
                json_pack("{s:s,s:s,s:o,s:o,s:b,s:o,s:o}", "name", c->name, "type",
                          type_name(c->type), "unit", text_or_null(c->unit), "from_param",
                          text_or_null(c->from_param), "required",
                          (c->flags & FM_COL_REQUIRED) != 0, "term",
                          text_or_null(c->term), "help", text_or_null(c->help)));
        }
        json_array_append_new(list,
                              json_pack("{s:s,s:o,s:o,s:o}", "name", in->name, "help",
                                        text_or_null(in->help), "default_file",
                                        text_or_null(in->def_file), "columns", columns));
    }
    return list;
}

static json_t *
tables_json(const fm_study *study)
{
    static const char *const roles[] = {"value", "axis", "status"};
    json_t *list = json_array();

    for (size_t i = 0; i < study->n_tables; i++) {
        const fm_table *t = &study->tables[i];
        json_t *columns = json_array();
        for (size_t k = 0; k < t->n_columns; k++) {
            const fm_column *c = &t->columns[k];
            json_t *o = json_pack("{s:s,s:s,s:o,s:o,s:s,s:o}", "name", c->name, "type",
                                  type_name(c->type), "unit", text_or_null(c->unit),
                                  "long_name", text_or_null(c->long_name), "role",
                                  roles[c->role], "term", text_or_null(c->term));
            if (c->words != NULL)
                json_object_set_new(o, "words", words_json(c->words));
            json_array_append_new(columns, o);
        }
        json_array_append_new(list,
                              json_pack("{s:s,s:o,s:s,s:o}", "name", t->name, "long_name",
                                        text_or_null(t->long_name), "rows",
                                        t->shape == FM_ONE_ROW ? "one per point" : "any",
                                        "columns", columns));
    }
    return list;
}

static json_t *
figures_json(const fm_study *study)
{
    json_t *list = json_array();

    for (size_t i = 0; i < study->n_figures; i++)
        json_array_append_new(
            list, json_pack("{s:s,s:s,s:s}", "name", study->figures[i].name, "caption",
                            study->figures[i].caption, "table", study->figures[i].table));
    return list;
}

static json_t *
verdicts_json(const fm_study *study)
{
    json_t *list = json_array();

    for (size_t i = 0; i < study->n_verdicts; i++) {
        const fm_verdict *v = &study->verdicts[i];
        json_array_append_new(
            list,
            json_pack("{s:s,s:s,s:s,s:s,s:s}", "name", v->name, "statement", v->statement,
                      "table", v->table, "column", v->column, "direction",
                      v->direction == FM_AT_MOST ? "at most" : "at least"));
    }
    return list;
}

json_t *
fm_describe_json(const fm_study *study)
{
    return json_pack("{s:s,s:s,s:o,s:I,s:o,s:o,s:o,s:o,s:o}", "study", study->name,
                     "summary", study->summary, "about", text_or_null(study->about),
                     "draws", (json_int_t)study->draws, "parameters",
                     params_json(study->params, study->n_params), "inputs",
                     inputs_json(study), "tables", tables_json(study), "figures",
                     figures_json(study), "verdicts", verdicts_json(study));
}
