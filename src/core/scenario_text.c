/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenarios as text: the resolved one, and the commented one of `fabmet init`.
 *
 * Contents
 *   1. words, texts, blocks     3. the resolved scenario
 *   2. values                   4. the commented scenario
 */
#include "config.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/scenario_read.h"

/* ---- 1. words, texts, blocks ----------------------------------------------------- */

/* Whether YAML, and a person, read the text as it stands: letters, digits and a few
 * signs, a letter first. */
static bool
is_plain_word(const char *text)
{
    if (!isalpha((unsigned char)*text))
        return false;
    for (const char *p = text; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p) && strchr("._-/", *p) == NULL)
            return false;
    return true;
}

static void
add_text(fm_str *s, const char *text)
{
    if (is_plain_word(text))
        fm_str_add(s, text);
    else
        fm_str_add_json(s, text); /* a JSON string is a YAML double-quoted scalar */
}

/* Whether a literal block gives the text back byte by byte. */
static bool
fits_block(const char *text)
{
    size_t n = strlen(text);

    if (n < 2 || isspace((unsigned char)text[0]))
        return false;
    if (text[n - 1] == '\n' && text[n - 2] == '\n')
        return false;
    for (const char *p = text; *p != '\0'; p++) {
        bool trailing_blank = *p == ' ' && (p[1] == '\n' || p[1] == '\0');
        if (((unsigned char)*p < 0x20 && *p != '\n') || trailing_blank)
            return false;
        if ((unsigned char)*p >= 0x80 && strncmp(p, "\xe2\x80", 2) == 0)
            return false; /* U+2028 and U+2029 may count as line breaks */
        if (strncmp(p, "\xef\xbb\xbf", 3) == 0)
            return false;
    }
    return true;
}

/* A text of several lines behind `key:`, in lines of their own where that is exact. */
static void
add_block(fm_str *s, const char *text, const char *indent)
{
    if (!fits_block(text)) {
        fm_str_add(s, " ");
        fm_str_add_json(s, text);
        fm_str_add(s, "\n");
        return;
    }
    fm_str_add(s, text[strlen(text) - 1] == '\n' ? " |\n" : " |-\n");
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, "\n");
        if (n > 0)
            fm_str_add(s, indent);
        fm_str_add_bytes(s, p, n);
        fm_str_add(s, "\n");
        p += n;
        p += *p == '\n' ? 1 : 0;
    }
}

/* Text of a declaration behind '#': one line whatever it holds. */
static void
add_comment(fm_str *s, const char *indent, const char *text)
{
    fm_str_addf(s, "%s# ", indent);
    for (const char *p = text; *p != '\0'; p++) {
        char c = *p == '\n' || *p == '\r' ? ' ' : *p;
        fm_str_add_bytes(s, &c, 1);
    }
    fm_str_add(s, "\n");
}

/* ---- 2. values ------------------------------------------------------------------- */

static void
add_real(fm_str *s, double x, const char *unit)
{
    fm_str_add_number(s, x);
    if (unit != NULL && strcmp(unit, "1") != 0)
        fm_str_addf(s, " %s", unit);
}

static void
add_scalar(fm_str *s, const fm_param *param, fm_kind kind, const fm_value *v)
{
    switch (kind) {
    case FM_REAL:
        add_real(s, v->real, param->unit);
        break;
    case FM_INTEGER:
        fm_str_addf(s, "%lld", (long long)v->integer);
        break;
    case FM_FLAG:
        fm_str_add(s, v->integer != 0 ? "true" : "false");
        break;
    case FM_CHOICE:
    case FM_TEXT:
    case FM_FILE:
        add_text(s, v->text != NULL ? v->text : "");
        break;
    case FM_LIST:
    case FM_RECORDS:
        break;
    }
}

static void
add_list(fm_str *s, const fm_param *param, const fm_value *v)
{
    fm_str_add(s, "[");
    for (size_t i = 0; i < v->n; i++) {
        if (i > 0)
            fm_str_add(s, ", ");
        add_scalar(s, param, param->item, &v->items[i]);
    }
    fm_str_add(s, "]");
}

static void add_value(fm_str *s, const fm_param *param, const fm_value *v);

static void
add_record(fm_str *s, const fm_param *param, const fm_value *fields)
{
    bool first = true;

    fm_str_add(s, "{");
    for (size_t k = 0; k < param->n_fields; k++) {
        if (!fields[k].present)
            continue;
        fm_str_addf(s, "%s%s: ", first ? " " : ", ", param->fields[k].key);
        add_value(s, &param->fields[k], &fields[k]);
        first = false;
    }
    fm_str_add(s, " }");
}

/* Flow style throughout: one line per parameter.  Records nest as deep as declarations
 * do. */
static void
add_value(fm_str *s, const fm_param *param, const fm_value *v)
{
    if (param->kind == FM_LIST) {
        add_list(s, param, v);
    } else if (param->kind == FM_RECORDS) {
        fm_str_add(s, "[");
        for (size_t i = 0; i < v->n; i++) {
            if (i > 0)
                fm_str_add(s, ", ");
            add_record(s, param, v->items + i * param->n_fields);
        }
        fm_str_add(s, "]");
    } else {
        add_scalar(s, param, param->kind, v);
    }
}

bool
fm_value_same(const fm_param *param, const fm_value *a, const fm_value *b)
{
    fm_str x = {0}, y = {0};

    add_value(&x, param, a);
    add_value(&y, param, b);
    bool same = a->present == b->present && !x.failed && !y.failed &&
                x.length == y.length && memcmp(x.data, y.data, x.length) == 0;
    fm_str_free(&x);
    fm_str_free(&y);
    return same;
}

/* ---- 3. the resolved scenario ---------------------------------------------------- */

static void
add_params(fm_str *s, const fm_scenario *scenario)
{
    const fm_study *study = scenario->study;
    bool any = false;

    for (size_t i = 0; i < study->n_params; i++) {
        const fm_param *param = &study->params[i];
        const fm_value *v = &scenario->values[i];
        bool from_sweep =
            !v->given && (param->def == NULL || (param->flags & FM_REQUIRED));
        if (!v->present || from_sweep)
            continue;
        fm_str_addf(s, "%s  %s: ", any ? "" : "params:\n", param->key);
        add_value(s, param, v);
        fm_str_add(s, "\n");
        any = true;
    }
}

static void
add_naming(fm_str *s, const char *key, const fm_naming *list, size_t n)
{
    if (n == 0)
        return;
    fm_str_addf(s, "    %s:\n", key);
    for (size_t i = 0; i < n; i++) {
        fm_str_add(s, "      ");
        add_text(s, list[i].key);
        fm_str_add(s, ": ");
        add_text(s, list[i].value);
        fm_str_add(s, "\n");
    }
}

static void
add_sources(fm_str *s, const fm_scenario *scenario)
{
    bool any = false;

    for (size_t i = 0; i < scenario->study->n_inputs; i++) {
        const fm_source *source = &scenario->sources[i];
        bool named = source->n_columns > 0 || source->n_units > 0;
        bool own = source->text != NULL || (source->path != NULL && !source->shipped);
        if (!own && !named)
            continue;
        fm_str_addf(s, "%s  %s:\n", any ? "" : "data:\n",
                    scenario->study->inputs[i].name);
        if (source->text != NULL) {
            fm_str_add(s, "    inline:");
            add_block(s, source->text, "      ");
        } else if (own) {
            fm_str file = {0};
            fm_str_addf(&file, "%s%s%s", source->path, source->inside != NULL ? ":" : "",
                        source->inside != NULL ? source->inside : "");
            fm_str_add(s, source->inside != NULL ? "    hdf5: " : "    csv: ");
            add_text(s, file.data);
            fm_str_add(s, "\n");
            fm_str_free(&file);
        }
        add_naming(s, "columns", source->columns, source->n_columns);
        add_naming(s, "units", source->units, source->n_units);
        any = true;
    }
}

static void
add_axis(fm_str *s, const fm_scenario *scenario, const fm_axis *axis)
{
    const fm_param *param = &scenario->study->params[axis->param];

    fm_str_addf(s, "  - { param: %s, ", param->key);
    if (axis->kind == FM_AXIS_VALUES) {
        fm_str_add(s, "values: [");
        for (uint64_t i = 0; i < axis->n; i++) {
            if (i > 0)
                fm_str_add(s, ", ");
            add_scalar(s, param, param->kind, &axis->values[i]);
        }
        fm_str_add(s, "] }\n");
        return;
    }
    fm_str_add(s, "from: ");
    add_real(s, axis->from, param->unit);
    fm_str_add(s, ", to: ");
    add_real(s, axis->to, param->unit);
    if (axis->n > 0)
        fm_str_addf(s, ", points: %llu", (unsigned long long)axis->n);
    fm_str_addf(s, ", spacing: %s }\n", axis->kind == FM_AXIS_LOG ? "log" : "linear");
}

static void
add_sweep(fm_str *s, const fm_scenario *scenario)
{
    static const char *const modes[] = {"grid", "zip", "lhs", "sobol"};

    if (scenario->n_axes == 0)
        return;
    fm_str_add(s, "sweep:\n");
    for (size_t k = 0; k < scenario->n_axes; k++)
        add_axis(s, scenario, &scenario->axes[k]);
    fm_str_addf(s, "sampling: { mode: %s", modes[scenario->sampling]);
    if (scenario->sampling == FM_LHS || scenario->sampling == FM_SOBOL)
        fm_str_addf(s, ", points: %llu", (unsigned long long)scenario->n_points);
    fm_str_add(s, " }\n");
}

char *
fm_scenario_text(const fm_scenario *scenario)
{
    fm_str s = {0};

    fm_str_addf(&s, "fabmet: 1\nstudy: %s\ntitle: ", scenario->study->name);
    fm_str_add_json(&s, scenario->title);
    fm_str_addf(&s, "\nseed: %llu\n", (unsigned long long)scenario->seed);
    if (scenario->study->draws > 0)
        fm_str_addf(&s, "draws: %llu\n", (unsigned long long)scenario->draws);
    add_params(&s, scenario);
    add_sources(&s, scenario);
    add_sweep(&s, scenario);
    return fm_str_take(&s);
}

/* ---- 4. the commented scenario --------------------------------------------------- */

/* "unit um; 10 ... 500 um; required" */
static void
add_facts(fm_str *s, const fm_param *param)
{
    fm_str facts = {0};

    if (param->unit != NULL && (param->kind == FM_REAL || param->kind == FM_LIST))
        fm_str_addf(&facts, "; unit %s", param->unit);
    if (fm_has_range(param)) {
        fm_str_add(&facts, "; ");
        fm_range_text(&facts, param);
    }
    for (size_t i = 0; param->choices != NULL && param->choices[i] != NULL; i++)
        fm_str_addf(&facts, "%s%s", i == 0 ? "; one of " : ", ", param->choices[i]);
    if (param->kind == FM_FLAG)
        fm_str_add(&facts, "; true or false");
    if ((param->flags & FM_REQUIRED) != 0)
        fm_str_add(&facts, "; required");
    else if ((param->flags & FM_OPTIONAL) != 0)
        fm_str_add(&facts, "; optional");
    if (facts.data != NULL)
        fm_str_add(s, facts.data);
    fm_str_free(&facts);
}

static void
add_fields(fm_str *s, const fm_param *param)
{
    for (size_t k = 0; k < param->n_fields; k++) {
        const fm_param *field = &param->fields[k];
        fm_str_addf(s, "  #   %s: %s", field->key,
                    field->help != NULL ? field->help : "");
        add_facts(s, field);
        if (field->def != NULL && (field->flags & FM_REQUIRED) == 0)
            fm_str_addf(s, "; default %s", field->def);
        fm_str_add(s, "\n");
    }
}

/* What init writes for a parameter, or NULL when it has nothing to show. */
static const char *
shown_value(const fm_param *param)
{
    if ((param->flags & FM_REQUIRED) != 0)
        return param->example != NULL ? param->example : param->def;
    return param->def != NULL ? param->def : param->example;
}

static bool
is_commented(const fm_param *param)
{
    return (param->flags & FM_REQUIRED) == 0 && param->def == NULL;
}

/* Spells a declared value as the scenario does: texts in quotes, numbers with their
 * unit. */
static void
add_declared(fm_str *s, const fm_param *param, const char *value)
{
    double number;
    bool text = param->kind == FM_TEXT || param->kind == FM_FILE;

    if (text && *value != '"' && *value != '\'')
        add_text(s, value);
    else
        fm_str_add(s, value);
    if (param->kind == FM_REAL && param->unit != NULL && strcmp(param->unit, "1") != 0 &&
        fm_real_read(value, &number, NULL) == FM_OK)
        fm_str_addf(s, " %s", param->unit);
}

static void
add_template_param(fm_str *s, const fm_param *param)
{
    const char *value = shown_value(param);

    fm_str_addf(s, "\n  # %s", param->help != NULL ? param->help : param->key);
    add_facts(s, param);
    fm_str_add(s, "\n");
    add_fields(s, param);
    fm_str_addf(s, "  %s%s: ", is_commented(param) ? "# " : "", param->key);
    add_declared(s, param, value != NULL ? value : "");
    fm_str_add(s, "\n");
}

/* A header line for an input that shows no example. */
static char *
header_line(const fm_study *study, const fm_input_decl *decl)
{
    fm_str s = {0};

    for (size_t k = 0; k < decl->n_columns; k++) {
        const fm_input_column *column = &decl->columns[k];
        size_t i = column->from_param != NULL ? fm_study_param(study, column->from_param)
                                              : SIZE_MAX;
        const char *name = i != SIZE_MAX ? shown_value(&study->params[i]) : column->name;
        if (name == NULL || *name == '[')
            name = column->name;
        fm_str_addf(&s, "%s%s", k > 0 ? "," : "", name);
        if (column->unit != NULL && strcmp(column->unit, "1") != 0)
            fm_str_addf(&s, " [%s]", column->unit);
    }
    fm_str_add(&s, "\n");
    return fm_str_take(&s);
}

static void
add_template_columns(fm_str *s, const fm_input_decl *decl)
{
    for (size_t k = 0; k < decl->n_columns; k++) {
        const fm_input_column *column = &decl->columns[k];
        fm_str_addf(s, "    # column %s: %s", column->name,
                    column->help != NULL ? column->help : "");
        if (column->unit != NULL)
            fm_str_addf(s, "; unit %s", column->unit);
        if (column->from_param != NULL)
            fm_str_addf(s, "; named by %s", column->from_param);
        fm_str_add(s,
                   (column->flags & FM_COL_REQUIRED) ? "; required\n" : "; optional\n");
    }
}

static void
add_template_input(fm_str *s, const fm_study *study, const fm_input_decl *decl)
{
    char *header = decl->example == NULL ? header_line(study, decl) : NULL;
    const char *text = decl->example != NULL ? decl->example : header;
    bool inlined = decl->def_file == NULL || decl->example != NULL;

    fm_str_addf(s, "  %s:\n", decl->name);
    add_comment(s, "    ", decl->help != NULL ? decl->help : decl->name);
    add_template_columns(s, decl);
    fm_str_add(s, "    # csv: yours.csv        # instead of inline\n");
    if (!inlined)
        fm_str_addf(s, "    # without csv: the shipped %s\n", decl->def_file);
    if (inlined && text != NULL) {
        fm_str_add(s, "    inline:");
        add_block(s, text, "      ");
    }
    free(header);
}

/* The first real parameter that can be swept, for the example. */
static const fm_param *
sweep_example(const fm_study *study)
{
    for (size_t i = 0; i < study->n_params; i++) {
        const fm_param *param = &study->params[i];
        if (param->kind == FM_REAL && (param->flags & FM_FIXED) == 0 &&
            shown_value(param) != NULL)
            return param;
    }
    return NULL;
}

/* Two ends around the shown value, inside the allowed range. */
static void
example_ends(const fm_param *param, double *from_out, double *to_out)
{
    double x = 1;

    if (fm_real_read(shown_value(param), &x, NULL) != FM_OK || x == 0)
        x = 1;
    double from = fmin(0.8 * x, 1.2 * x);
    double to = fmax(0.8 * x, 1.2 * x);
    if (fm_has_range(param)) {
        bool inside = from > param->min && to < param->max;
        if (!inside && isfinite(param->min) && isfinite(param->max)) {
            from = param->min + 0.25 * (param->max - param->min);
            to = param->min + 0.75 * (param->max - param->min);
        } else if (!inside) {
            from = isfinite(param->min) ? param->min + 1 : param->max - 2;
            to = isfinite(param->min) ? param->min + 2 : param->max - 1;
        }
    }
    *from_out = from;
    *to_out = to;
}

static void
add_template_sweep(fm_str *s, const fm_study *study)
{
    const fm_param *param = sweep_example(study);
    double from, to;

    if (param == NULL)
        return;
    example_ends(param, &from, &to);
    fm_str_add(s, "\n# many points at once\n# sweep:\n");
    fm_str_addf(s, "#   - { param: %s, from: ", param->key);
    add_real(s, from, param->unit);
    fm_str_add(s, ", to: ");
    add_real(s, to, param->unit);
    fm_str_add(s, ", points: 5 }   # spacing: log, or values: [...]\n"
                  "# sampling: grid   # zip, or { mode: lhs, points: 100 }, or sobol\n");
}

static void
add_template_params(fm_str *s, const fm_study *study)
{
    if (study->n_params > 0)
        fm_str_add(s, "\nparams:");
    for (size_t i = 0; i < study->n_params; i++)
        add_template_param(s, &study->params[i]);
}

char *
fm_scenario_template(const fm_study *study)
{
    fm_str s = {0};

    fm_str_addf(&s, "# %s: ", study->name);
    for (const char *p = study->summary != NULL ? study->summary : ""; *p != '\0'; p++)
        fm_str_add_bytes(&s, *p == '\n' ? " " : p, 1);
    fm_str_addf(
        &s,
        "\n# Every parameter stands at its default; lines behind '#' are optional.\n"
        "# 'fabmet describe %s' explains the results.\n\n"
        "fabmet: 1\nstudy: %s\ntitle: \"\"\nseed: 1\n",
        study->name, study->name);
    if (study->draws > 0)
        fm_str_addf(&s, "draws: %llu\n", (unsigned long long)study->draws);
    add_template_params(&s, study);
    if (study->n_inputs > 0)
        fm_str_add(&s, "\ndata:\n");
    for (size_t i = 0; i < study->n_inputs; i++)
        add_template_input(&s, study, &study->inputs[i]);
    add_template_sweep(&s, study);
    return fm_str_take(&s);
}
