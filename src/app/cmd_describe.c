/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fabmet describe: what a study takes and gives, from its declarations alone. */
#include "config.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/describe.h"

struct describe_options {
    const char *study;
    bool json;
    bool markdown;
    bool names;
};

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    struct describe_options *o = state->input;

    switch (key) {
    case 'j':
        o->json = true;
        return 0;
    case 'm':
        o->markdown = true;
        return 0;
    case 'n':
        o->names = true;
        return 0;
    case ARGP_KEY_ARG:
        if (o->study != NULL)
            argp_error(state, "one STUDY is expected, '%s' is too many", arg);
        o->study = arg;
        return 0;
    case ARGP_KEY_END:
        if (o->study == NULL && !o->markdown)
            argp_error(state, "a STUDY is expected; `fabmet list` shows all");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"json", 'j', 0, 0, "print one JSON object", 0},
    {"markdown", 'm', 0, 0, "print Markdown; without STUDY: the whole reference", 0},
    {"names", 'n', 0, 0, "print the parameters' keys only", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse_option,
    .args_doc = "[STUDY]",
    .doc =
        "Describe a study: parameters, inputs, tables, figures with units and glossary "
        "terms.",
};

/* ---- shared with the other forms ------------------------------------------------- */

const char *
fm_kind_name(const fm_param *param)
{
    static const char *const names[] = {"real", "integer", "choice", "text",
                                        "flag", "file",    "list",   "records"};
    static const char *const lists[] = {"list of reals", "list of integers",
                                        "list of choices", "list of texts"};

    if (param->kind == FM_LIST && param->item <= FM_TEXT)
        return lists[param->item];
    return names[param->kind];
}

static void
add_bounds(fm_str *s, const fm_param *p)
{
    char text[FM_NUMBER_TEXT];
    bool low = isfinite(p->min) && p->min > -DBL_MAX;
    bool high = isfinite(p->max) && p->max < DBL_MAX;

    if (!(p->min < p->max))
        return;
    if (low)
        fm_str_addf(s, "%s %s",
                    p->flags & FM_OPEN_MIN ? ">" : ">=", fm_number_text(p->min, text));
    if (low && high)
        fm_str_add(s, ", ");
    if (high)
        fm_str_addf(s, "%s %s",
                    p->flags & FM_OPEN_MAX ? "<" : "<=", fm_number_text(p->max, text));
}

void
fm_describe_range(fm_str *s, const fm_param *param)
{
    fm_kind kind = param->kind == FM_LIST ? param->item : param->kind;

    if (kind == FM_REAL || kind == FM_INTEGER)
        add_bounds(s, param);
    if (kind == FM_FLAG)
        fm_str_add(s, "true | false");
    for (size_t i = 0; param->choices != NULL && param->choices[i] != NULL; i++)
        fm_str_addf(s, "%s%s", i > 0 ? " | " : "", param->choices[i]);
    if (s->data == NULL)
        fm_str_add(s, "");
}

/* ---- the text form --------------------------------------------------------------- */

/* One word of Markdown text without the marks of emphasis. */
static size_t
print_word(const char *word, size_t n)
{
    size_t printed = 0;

    for (size_t i = 0; i < n; i++) {
        if (word[i] == '*')
            continue;
        putchar(word[i]);
        printed++;
    }
    return printed;
}

/* Fills lines; an empty line in the text stays one. */
static void
print_wrapped(const char *text, size_t indent, size_t width)
{
    size_t column = 0;

    while (*text != '\0') {
        size_t word = strcspn(text, " \n");
        if (column > 0 && column + 1 + word > width) {
            putchar('\n');
            column = 0;
        }
        column += (size_t)printf("%*s", column == 0 ? (int)indent : 1, "");
        column += print_word(text, word);
        text += word;
        size_t gap = strspn(text, " \n");
        if (gap >= 2 && strncmp(text, "\n\n", 2) == 0) {
            fputs("\n\n", stdout);
            column = 0;
        }
        text += gap;
    }
    putchar('\n');
}

static void
print_param(const char *prefix, const fm_param *p)
{
    fm_str range = {0};
    bool unit = p->unit != NULL && strcmp(p->unit, "1") != 0;

    fm_describe_range(&range, p);
    printf("  %s%s", prefix, p->key);
    if (p->flags & FM_REQUIRED)
        printf(" (%s, required)\n", fm_kind_name(p));
    else if (p->def == NULL)
        printf(" (%s, optional)\n", fm_kind_name(p));
    else
        printf(" = %s%s%s\n", p->def, unit ? " " : "", unit ? p->unit : "");
    print_wrapped(p->help, 6, 78);
    if (range.data != NULL && range.length > 0)
        printf("      allowed: %s%s%s\n", range.data, unit ? " " : "",
               unit ? p->unit : "");
    if (p->term != NULL)
        printf("      term: %s\n", p->term);
    fm_str_free(&range);
    for (size_t i = 0; i < p->n_fields; i++)
        print_param("    - ", &p->fields[i]);
}

static void
print_inputs(const fm_study *study)
{
    for (size_t i = 0; i < study->n_inputs; i++) {
        const fm_input_decl *in = &study->inputs[i];
        printf("\nInput %s: %s\n", in->name, in->help);
        if (in->def_file != NULL)
            printf("  default: the shipped file %s\n", in->def_file);
        for (size_t k = 0; k < in->n_columns; k++) {
            const fm_input_column *c = &in->columns[k];
            printf("  %-16s %-10s %s%s%s%s\n",
                   c->from_param != NULL ? c->from_param : c->name,
                   c->type == FM_TYPE_TEXT ? "text"
                   : c->unit == NULL       ? "any unit"
                                           : c->unit,
                   c->help, c->from_param != NULL ? " (named by the parameter)" : "",
                   c->flags & FM_COL_REQUIRED ? ", required" : "",
                   c->flags & FM_COL_MISSING ? ", may be empty" : "");
        }
    }
}

static void
print_tables(const fm_study *study)
{
    for (size_t i = 0; i < study->n_tables; i++) {
        const fm_table *t = &study->tables[i];
        printf("\nTable %s: %s (%s)\n", t->name, t->long_name,
               t->shape == FM_ONE_ROW ? "one row per point"
                                      : "any number of rows per point");
        for (size_t k = 0; k < t->n_columns; k++) {
            const fm_column *c = &t->columns[k];
            printf("  %-28s %-14s %s\n", c->name,
                   c->unit != NULL && c->unit[0] != '@' ? c->unit : "of the data",
                   c->long_name);
        }
    }
}

static void
print_text(const fm_study *study)
{
    printf("%s: %s\n", study->name, study->summary);
    if (study->about != NULL) {
        putchar('\n');
        print_wrapped(study->about, 0, 78);
    }
    printf("\nParameters\n");
    for (size_t i = 0; i < study->n_params; i++)
        print_param("", &study->params[i]);
    if (study->draws > 0)
        printf("  draws = %llu (top level of the scenario)\n      Monte Carlo draws per "
               "point\n",
               (unsigned long long)study->draws);
    print_inputs(study);
    print_tables(study);
    if (study->n_figures > 0)
        printf("\nFigures\n");
    for (size_t i = 0; i < study->n_figures; i++)
        printf("  %-16s %s\n", study->figures[i].name, study->figures[i].caption);
    if (study->n_verdicts > 0)
        printf("\nVerdicts\n");
    for (size_t i = 0; i < study->n_verdicts; i++)
        printf("  %-16s %s\n", study->verdicts[i].name, study->verdicts[i].statement);
}

static int
print_markdown(const fm_study *study)
{
    fm_str s = {0};

    if (study == NULL)
        fm_str_add(&s, "# Reference\n\nMade from the studies' declarations by "
                       "`fabmet describe --markdown`; do not edit.\n");
    for (size_t i = 0; i < fm_n_studies; i++)
        if (study == NULL || study == fm_studies[i])
            fm_describe_markdown(&s, fm_studies[i]);
    if (!s.failed)
        (void)fputs(s.data, stdout);
    int code = s.failed ? FM_EXIT_FAILURE : FM_EXIT_OK;
    fm_str_free(&s);
    return code;
}

static int
print_json(const fm_study *study)
{
    json_t *json = fm_describe_json(study);
    size_t flags = JSON_INDENT(2) | JSON_REAL_PRECISION(17);
    bool failed = json == NULL || json_dumpf(json, stdout, flags) != 0;

    json_decref(json);
    putchar('\n');
    return failed ? FM_EXIT_FAILURE : FM_EXIT_OK;
}

int
fm_app_describe(fm_app *app, int argc, char **argv)
{
    struct describe_options o = {0};
    const fm_study *study = NULL;

    fm_app_parse(app, &argp, argc, argv, &o);
    if (o.study != NULL) {
        study = fm_app_study(app, o.study);
        if (study == NULL)
            return FM_EXIT_USAGE;
    }
    if (o.markdown)
        return print_markdown(study);
    assert(study != NULL); /* the parser asks for one unless --markdown is given */
    if (o.json)
        return print_json(study);
    assert(study != NULL); /* the parser asks for one */
    if (o.names) {
        for (size_t i = 0; i < study->n_params; i++)
            puts(study->params[i].key);
        return FM_EXIT_OK;
    }
    print_text(study);
    return FM_EXIT_OK;
}
