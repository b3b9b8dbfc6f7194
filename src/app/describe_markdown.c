/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study's declarations as a section of the manual's reference chapter. */
#include "config.h"

#include <string.h>

#include "app/describe.h"

/* A cell of a Markdown table: '|' would end it. */
static void
add_cell(fm_str *s, const char *text)
{
    fm_str_add(s, "| ");
    for (; text != NULL && *text != '\0'; text++) {
        if (*text == '|')
            fm_str_add(s, "\\");
        fm_str_add_bytes(s, text, 1);
    }
    fm_str_add(s, " ");
}

static void
add_code_cell(fm_str *s, const char *text)
{
    if (text == NULL || *text == '\0') {
        add_cell(s, "");
        return;
    }
    fm_str_addf(s, "| `%s` ", text);
}

static void
add_param_row(fm_str *s, const char *prefix, const fm_param *p)
{
    fm_str range = {0};

    fm_describe_range(&range, p);
    fm_str_addf(s, "| `%s%s` ", prefix, p->key);
    add_cell(s, fm_kind_name(p));
    add_cell(s, p->unit);
    if (p->flags & FM_REQUIRED)
        add_cell(s, "*required*");
    else
        add_code_cell(s, p->def);
    add_cell(s, range.data);
    add_cell(s, p->help);
    add_code_cell(s, p->term);
    fm_str_add(s, "|\n");
    fm_str_free(&range);
    for (size_t i = 0; i < p->n_fields; i++)
        add_param_row(s, "- ", &p->fields[i]);
}

static void
add_params(fm_str *s, const fm_study *study)
{
    if (study->n_params == 0)
        return;
    fm_str_add(s, "\n### Parameters\n\n"
                  "| key | kind | unit | default | allowed | meaning | term |\n"
                  "|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < study->n_params; i++)
        add_param_row(s, "", &study->params[i]);
    if (study->draws > 0)
        fm_str_addf(s, "\nMonte Carlo draws per point: `draws`, default %llu.\n",
                    (unsigned long long)study->draws);
}

static void
add_inputs(fm_str *s, const fm_study *study)
{
    for (size_t i = 0; i < study->n_inputs; i++) {
        const fm_input_decl *in = &study->inputs[i];
        fm_str_addf(s, "\n### Input `%s`\n\n%s.", in->name, in->help);
        if (in->def_file != NULL)
            fm_str_addf(s, " Without it the shipped file `%s` is read.", in->def_file);
        fm_str_add(
            s,
            "\n\n| column | unit | required | meaning | term |\n|---|---|---|---|---|\n");
        for (size_t k = 0; k < in->n_columns; k++) {
            const fm_input_column *c = &in->columns[k];
            if (c->from_param != NULL)
                fm_str_addf(s, "| named by `%s` ", c->from_param);
            else
                fm_str_addf(s, "| `%s` ", c->name);
            add_cell(s, c->type == FM_TYPE_TEXT ? "(text)"
                        : c->unit == NULL       ? "as the data say"
                                                : c->unit);
            add_cell(s, c->flags & FM_COL_REQUIRED ? "yes" : "");
            add_cell(s, c->help);
            add_code_cell(s, c->term);
            fm_str_add(s, "|\n");
        }
    }
}

static void
add_unit_cell(fm_str *s, const fm_column *c)
{
    const char *dot = c->unit != NULL && c->unit[0] == '@' ? strchr(c->unit, '.') : NULL;

    if (dot == NULL)
        add_cell(s, c->unit);
    else if (strchr(dot, '^') != NULL)
        add_cell(s, "that of the data, squared");
    else
        add_cell(s, "that of the data");
}

static void
add_tables(fm_str *s, const fm_study *study)
{
    for (size_t i = 0; i < study->n_tables; i++) {
        const fm_table *t = &study->tables[i];
        fm_str_addf(s, "\n### Table `%s`\n\n%s; %s.\n\n", t->name, t->long_name,
                    t->shape == FM_ONE_ROW ? "one row per point"
                                           : "any number of rows per point");
        fm_str_add(s, "| column | unit | meaning | term |\n|---|---|---|---|\n");
        for (size_t k = 0; k < t->n_columns; k++) {
            const fm_column *c = &t->columns[k];
            fm_str_addf(s, "| `%s` ", c->name);
            add_unit_cell(s, c);
            add_cell(s, c->long_name);
            add_code_cell(s, c->term);
            fm_str_add(s, "|\n");
        }
    }
}

static void
add_figures_and_verdicts(fm_str *s, const fm_study *study)
{
    if (study->n_figures > 0)
        fm_str_add(s, "\n### Figures\n\n");
    for (size_t i = 0; i < study->n_figures; i++)
        fm_str_addf(s, "- `%s`: %s\n", study->figures[i].name, study->figures[i].caption);
    if (study->n_verdicts > 0)
        fm_str_add(s, "\n### Verdicts\n\n");
    for (size_t i = 0; i < study->n_verdicts; i++) {
        const fm_verdict *v = &study->verdicts[i];
        fm_str_addf(s, "- `%s`: %s (`%s.%s` %s the limit)\n", v->name, v->statement,
                    v->table, v->column,
                    v->direction == FM_AT_MOST ? "at most" : "at least");
    }
}

void
fm_describe_markdown(fm_str *s, const fm_study *study)
{
    fm_str_addf(s, "\n## `%s`\n\n%s.\n", study->name, study->summary);
    if (study->about != NULL)
        fm_str_addf(s, "\n%s\n", study->about);
    add_params(s, study);
    add_inputs(s, study);
    add_tables(s, study);
    add_figures_and_verdicts(s, study);
}
