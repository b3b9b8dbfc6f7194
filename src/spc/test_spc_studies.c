/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the spc studies: declarations, rows, messages.
 *
 * Contents
 *   1. a point by hand     2. declarations     3. components     4. main
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "core/rows.h"
#include "core/study.h"

extern const fm_study fm_study_spc_components;
extern const fm_study fm_study_spc_chart;

/* ---- 1. a point by hand ---------------------------------------------------------- */

enum {
    ROWS_MAX = 200,
    LABELS_MAX = 64,
    PARAMS_MAX = 8,
    COLUMNS_MAX = 4
};

/* A column of labels under construction; codes in order of appearance. */
typedef struct labels {
    int32_t code[ROWS_MAX];
    char *label[LABELS_MAX];
    char text[LABELS_MAX][16];
    size_t n;
} labels;

/* Everything a point refers to. */
typedef struct bench {
    fm_value values[PARAMS_MAX];
    fm_value factors[COLUMNS_MAX];
    double y[ROWS_MAX];
    uint64_t line[ROWS_MAX];
    labels label[2];
    fm_data_column columns[COLUMNS_MAX];
    size_t first[COLUMNS_MAX];
    fm_data data;
    const fm_data *inputs[1];
    fm_point point;
    fm_out *out;
    fm_error err;
    size_t n;
} bench;

static bench b;

static void
put_label(labels *l, size_t row, const char *text)
{
    if (text[0] == '\0') {
        l->code[row] = -1;
        return;
    }
    size_t k = 0;
    while (k < l->n && strcmp(l->text[k], text) != 0)
        k++;
    if (k == l->n) {
        ck_assert_uint_lt(l->n, LABELS_MAX);
        (void)snprintf(l->text[k], sizeof l->text[k], "%s", text);
        l->label[k] = l->text[k];
        l->n++;
    }
    l->code[row] = (int32_t)k;
}

static void
add_row(const char *outer, const char *inner, double y)
{
    ck_assert_uint_lt(b.n, ROWS_MAX);
    put_label(&b.label[0], b.n, outer);
    put_label(&b.label[1], b.n, inner);
    b.line[b.n] = b.n + 2;
    b.y[b.n++] = y;
}

/* Rows "label,value" of a study's example. */
static void
add_example(const fm_study *study)
{
    const char *line = study->inputs[0].example;
    while (line != NULL && *line != '\0') {
        size_t length = strspn(line, "0123456789");
        if (length > 0 && line[length] == ',') {
            char label[16] = "";
            ck_assert_uint_lt(length, sizeof label);
            memcpy(label, line, length);
            add_row(label, "", strtod(line + length + 1, NULL));
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
}

/* Value of a parameter. */
static fm_value *
value(const char *key)
{
    for (size_t i = 0; i < b.point.study->n_params; i++)
        if (strcmp(b.point.study->params[i].key, key) == 0)
            return &b.values[i];
    ck_abort_msg("no parameter '%s'", key);
    return NULL;
}

static void
set_text(const char *key, const char *text)
{
    *value(key) = (fm_value){.kind = FM_TEXT, .present = text != NULL, .text = text};
}

static void
set_choice(const char *key, int64_t index)
{
    for (size_t i = 0; i < b.point.study->n_params; i++)
        if (strcmp(b.point.study->params[i].key, key) == 0)
            *value(key) = (fm_value){.kind = FM_CHOICE,
                                     .present = true,
                                     .integer = index,
                                     .text = b.point.study->params[i].choices[index]};
}

static void
begin(const fm_study *study)
{
    memset(&b, 0, sizeof b);
    b.point.study = study;
    b.point.values = b.values;
    b.point.n_points = 1;
    set_text("response", "y");
    if (study == &fm_study_spc_components) {
        set_choice("method", 0);
        set_text("residual_name", "residual");
        value("confidence")->real = 0.95;
        b.factors[0].text = "outer";
        b.factors[1].text = "inner";
        *value("factors") = (fm_value){.kind = FM_LIST, .n = 1, .items = b.factors};
    }
}

/* Lays out the input: response, then label columns as the study declares them. */
static void
lay_out(void)
{
    const fm_study *study = b.point.study;
    size_t n_labels = value("factors")->n;
    b.columns[0] =
        (fm_data_column){.name = "y", .type = FM_TYPE_REAL, .unit = "1", .real = b.y};
    for (size_t k = 0; k < n_labels; k++)
        b.columns[1 + k] = (fm_data_column){.name = k == 0 ? "outer" : "inner",
                                            .type = FM_TYPE_TEXT,
                                            .code = b.label[k].code,
                                            .labels = b.label[k].label,
                                            .n_labels = b.label[k].n};
    b.first[1] = 1;
    b.first[2] = b.first[3] = 1 + n_labels;
    b.data = (fm_data){.decl = study->inputs,
                       .source = "test",
                       .n_rows = b.n,
                       .line = b.line,
                       .columns = b.columns,
                       .first = b.first};
    b.inputs[0] = &b.data;
    b.point.data = b.inputs;
}

/* Checks and runs; the rows stay in b.out. */
static fm_status
run(void)
{
    lay_out();
    b.err = (fm_error)FM_ERROR_INIT;
    fm_out_free(b.out);
    b.out = NULL;
    fm_status st = b.point.study->check(&b.point, &b.err);
    if (st != FM_OK)
        return st;
    ck_assert_int_eq(fm_out_create(b.point.study, &b.out), FM_OK);
    fm_out_reset(b.out, 0);
    ck_assert_int_eq(fm_out_begin(b.out, 0), FM_OK);
    st = b.point.study->run(&b.point, b.out, &b.err);
    ck_assert_int_eq(fm_out_end(b.out, st, b.err.text, 0), FM_OK);
    return st;
}

static void
end(void)
{
    fm_out_free(b.out);
    b.out = NULL;
}

/* Runs, expecting failure with these words in the message. */
static void
refuses(fm_status expected, const char *words)
{
    fm_status st = run();
    ck_assert_msg(st == expected, "status %s: %s", fm_status_name(st), b.err.text);
    ck_assert_msg(strstr(b.err.text, words) != NULL, "'%s' is not in '%s'", words,
                  b.err.text);
    end();
}

static void
column_at(const char *table, const char *column, size_t *t_out, size_t *c_out)
{
    const fm_study *study = b.point.study;
    for (size_t t = 0; t < study->n_tables; t++)
        for (size_t c = 0; c < study->tables[t].n_columns; c++)
            if (strcmp(study->tables[t].name, table) == 0 &&
                strcmp(study->tables[t].columns[c].name, column) == 0) {
                *t_out = t;
                *c_out = c;
                return;
            }
    ck_abort_msg("no column %s.%s", table, column);
}

static double
cell(const char *table, const char *column, size_t row)
{
    size_t t = 0, c = 0;
    column_at(table, column, &t, &c);
    ck_assert_uint_lt(row, b.out->tables[t].n_rows);
    const fm_buffer *buffer = &b.out->tables[t].columns[c];
    switch (b.point.study->tables[t].columns[c].type) {
    case FM_TYPE_REAL:
        return buffer->real[row];
    case FM_TYPE_INTEGER:
        return (double)buffer->integer[row];
    case FM_TYPE_CODE:
        return buffer->code[row];
    case FM_TYPE_TEXT:
        break;
    }
    ck_abort_msg("%s.%s is text", table, column);
    return 0;
}

static const char *
text(const char *table, const char *column, size_t row)
{
    size_t t = 0, c = 0;
    column_at(table, column, &t, &c);
    ck_assert_uint_lt(row, b.out->tables[t].n_rows);
    return b.out->tables[t].columns[c].text[row];
}

static size_t
n_rows(const char *table)
{
    size_t t = 0, c = 0;
    column_at(table, strcmp(table, "cells") == 0 ? "label" : "statistic", &t, &c);
    return b.out->tables[t].n_rows;
}

static void
close_to(const char *table, const char *column, size_t row, double expected,
         double rel_tol)
{
    double found = cell(table, column, row);
    ck_assert_msg(fabs(found - expected) <= rel_tol * fabs(expected),
                  "%s.%s[%zu] is %.17g, not %.17g", table, column, row, found, expected);
}

static void
remarks(const char *words)
{
    ck_assert_msg(b.out->points[0].message != NULL &&
                      strstr(b.out->points[0].message, words) != NULL,
                  "'%s' is not in '%s'", words,
                  b.out->points[0].message != NULL ? b.out->points[0].message : "");
}

/* ---- 2. declarations ------------------------------------------------------------- */

static bool
has_column(const fm_study *study, const char *table, const char *column, size_t length)
{
    for (size_t t = 0; t < study->n_tables; t++)
        for (size_t c = 0; c < study->tables[t].n_columns; c++)
            if (strcmp(study->tables[t].name, table) == 0 &&
                strlen(study->tables[t].columns[c].name) == length &&
                strncmp(study->tables[t].columns[c].name, column, length) == 0)
                return true;
    return false;
}

static void
check_figures(const fm_study *study)
{
    for (size_t f = 0; f < study->n_figures; f++) {
        const char *word = study->figures[f].columns;
        while (*word != '\0') {
            size_t length = strcspn(word, " ");
            ck_assert_msg(has_column(study, study->figures[f].table, word, length),
                          "figure %s: no column %s", study->figures[f].name, word);
            word += length + strspn(word + length, " ");
        }
    }
}

START_TEST(declarations_are_complete)
{
    const fm_study *studies[] = {&fm_study_spc_components, &fm_study_spc_chart};
    for (size_t s = 0; s < 2; s++) {
        const fm_study *study = studies[s];
        for (size_t i = 0; i < study->n_params; i++) {
            const fm_param *p = &study->params[i];
            ck_assert_msg((p->term == NULL) != (p->no_term == NULL), "%s", p->key);
            ck_assert_msg(p->help != NULL && p->help[strlen(p->help) - 1] != '.', "%s",
                          p->key);
            ck_assert_msg(p->def != NULL || p->example != NULL, "%s", p->key);
        }
        for (size_t t = 0; t < study->n_tables; t++)
            for (size_t c = 0; c < study->tables[t].n_columns; c++) {
                const fm_column *column = &study->tables[t].columns[c];
                ck_assert_msg((column->term == NULL) != (column->no_term == NULL), "%s",
                              column->name);
                ck_assert_msg((column->type == FM_TYPE_CODE) == (column->words != NULL),
                              "%s", column->name);
            }
        for (size_t v = 0; v < study->n_verdicts; v++)
            ck_assert(has_column(study, study->verdicts[v].table,
                                 study->verdicts[v].column,
                                 strlen(study->verdicts[v].column)));
        check_figures(study);
    }
}
END_TEST

/* ---- 3. components --------------------------------------------------------------- */

/* Certified numbers of NIST StRD SiRstv through the whole study, both methods. */
START_TEST(components_of_sirstv)
{
    for (int method = 0; method < 2; method++) {
        begin(&fm_study_spc_components);
        add_example(&fm_study_spc_components);
        ck_assert_uint_eq(b.n, 25);
        set_choice("method", method);
        ck_assert_int_eq(run(), FM_OK);
        close_to("anova", "ss", 0, 5.11462616e-02, 1e-13);
        close_to("anova", "ss", 1, 2.1663656e-01, 1e-13);
        close_to("anova", "f", 0, 1.18046237440255, 1e-13);
        close_to("anova", "error_df", 0, 20, 0);
        close_to("anova", "df", 2, 24, 0);
        ck_assert_str_eq(text("anova", "source", 2), "total");
        ck_assert(isnan(cell("anova", "ms", 2)) && isnan(cell("anova", "p", 1)));
        double tol = method == 0 ? 1e-12 : 1e-8;
        close_to("components", "variance", 0,
                 (5.11462616e-02 / 4 - 2.1663656e-01 / 20) / 5, tol);
        close_to("components", "std_dev", 1, 1.04076068334656e-01, tol);
        ck_assert_double_eq(cell("components", "interval", 0), method == 0 ? 2 : 4);
        ck_assert_double_eq_tol(cell("components", "percent", 0) +
                                    cell("components", "percent", 1),
                                100, 1e-12);
        close_to("summary", "std_error", 0, sqrt(5.11462616e-02 / 4 / 25), tol);
        ck_assert(isnan(cell("summary", "deviance", 0)) == (method == 0));
        ck_assert_uint_eq(n_rows("cells"), 5);
        close_to("cells", "max", 1, 196.3825, 0);
        close_to("cells", "min", 1, 196.0422, 0);
        close_to("cells", "mean", 1, 196.2443, 1e-15);
        ck_assert_str_eq(text("cells", "label", 1), "2");
        end();
    }
}
END_TEST

START_TEST(components_say_what_they_left_out)
{
    begin(&fm_study_spc_components);
    value("factors")->n = 2;
    const double y[] = {1.31, 1.35, 1.52, 1.51, 1.28, 1.36, 1.55, 1.47};
    for (size_t i = 0; i < 8; i++)
        add_row(i < 4 ? "A" : "B", i / 2 % 2 == 0 ? "1" : "2", y[i]);
    add_row("B", "", 9);
    add_row("B", "1", (double)NAN);
    ck_assert_int_eq(run(), FM_OK);
    close_to("summary", "n", 0, 8, 0);
    close_to("summary", "n_missing", 0, 2, 0);
    close_to("summary", "n_at_zero", 0, 1, 0);
    ck_assert_double_eq(cell("components", "variance", 0), 0);
    ck_assert_double_lt(cell("components", "raw_variance", 0), 0);
    ck_assert_double_eq(cell("components", "estimate", 0), 1);
    remarks("2 rows without");
    remarks("'outer' was estimated negative");
    ck_assert_str_eq(text("cells", "label", 3), "B / 2");
    ck_assert_str_eq(text("cells", "group", 3), "B");
    set_choice("method", 1);
    ck_assert_int_eq(run(), FM_OK);
    ck_assert_double_eq(cell("components", "estimate", 0), 2);
    remarks("no variance of 'outer'");
    end();
}
END_TEST

/* With one measurement in each innermost unit that factor is the residual. */
START_TEST(components_of_single_measurements)
{
    static const char *const sites[] = {"top", "left", "right"};
    begin(&fm_study_spc_components);
    value("factors")->n = 2;
    for (int i = 0; i < 9; i++)
        add_row(i < 3 ? "A" : i < 6 ? "B" : "C", sites[i % 3], 1.5 + 0.37 * (i * i % 7));
    ck_assert_int_eq(run(), FM_OK);
    ck_assert_uint_eq(b.out->tables[1].n_rows, 2);
    ck_assert_str_eq(text("components", "source", 0), "outer");
    ck_assert_str_eq(text("components", "source", 1), "inner");
    ck_assert_ptr_nonnull(
        strstr(b.out->points[0].message, "its variation is the residual"));
    double folded = cell("components", "variance", 1);
    end();
    value("factors")->n = 1;
    ck_assert_int_eq(run(), FM_OK);
    ck_assert_str_eq(text("components", "source", 1), "residual");
    close_to("components", "variance", 1, folded, 0);
    end();
}
END_TEST

START_TEST(components_refuse)
{
    begin(&fm_study_spc_components);
    refuses(FM_ETOOFEW, "no row");
    for (int i = 0; i < 4; i++)
        add_row("A", i < 2 ? "1" : "2", 1.5 + 0.25 * i);
    refuses(FM_ESINGULAR, "the same 'outer'");
    begin(&fm_study_spc_components);
    value("factors")->n = 2;
    for (int i = 0; i < 4; i++)
        add_row(i < 2 ? "A" : "B", "1", 1.5 + 0.25 * i);
    refuses(FM_ESINGULAR, "each unit of 'outer' has one 'inner'");
    begin(&fm_study_spc_components);
    add_row("A", "", 1.5);
    add_row("B", "", 2.5);
    refuses(FM_ETOOFEW, "nothing is left for 'residual'");
    begin(&fm_study_spc_components);
    for (int i = 0; i < 4; i++)
        add_row(i < 2 ? "A" : "B", "", 0.3);
    refuses(FM_ESINGULAR, "all 4 measurements are equal");
    b.y[1] = INFINITY;
    refuses(FM_EDOM, "finite");
    begin(&fm_study_spc_components);
    set_choice("method", 1);
    for (int i = 0; i < 4; i++)
        add_row(i < 2 ? "A" : "B", "", i < 2 ? 1.5 : 2.5);
    refuses(FM_ESINGULAR, "nothing varies within");
}
END_TEST

START_TEST(components_check)
{
    begin(&fm_study_spc_components);
    value("factors")->n = 0;
    refuses(FM_ESCENARIO, "0 given");
    value("factors")->n = 2;
    b.factors[1].text = "y";
    refuses(FM_ESCENARIO, "is the response");
    b.factors[1].text = "outer";
    refuses(FM_ESCENARIO, "given twice");
    b.factors[1].text = "residual";
    refuses(FM_ESCENARIO, "another row");
}
END_TEST

/* ---- 4. main --------------------------------------------------------------------- */

int
main(void)
{
    gsl_set_error_handler_off();
    Suite *suite = suite_create("spc studies");
    TCase *tests = tcase_create("studies");
    tcase_add_test(tests, declarations_are_complete);
    tcase_add_test(tests, components_of_sirstv);
    tcase_add_test(tests, components_say_what_they_left_out);
    tcase_add_test(tests, components_of_single_measurements);
    tcase_add_test(tests, components_refuse);
    tcase_add_test(tests, components_check);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
