/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fabmet show: a result's overview, or its tables as text, CSV or JSON. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/view.h"
#include "core/text.h"
#include "report/coverage.h"

enum {
    KEY_JSON = 0x100,
    KEY_CSV,
    KEY_COLUMNS,
    KEY_WHERE
};

struct show_options {
    const char *file, *table, *columns, *where;
    bool json, csv;
};

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    struct show_options *o = state->input;

    switch (key) {
    case KEY_JSON:
        o->json = true;
        return 0;
    case KEY_CSV:
        o->csv = true;
        return 0;
    case KEY_COLUMNS:
        o->columns = arg;
        return 0;
    case KEY_WHERE:
        o->where = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (o->table != NULL)
            argp_error(state, "FILE and TABLE are expected, '%s' is too many", arg);
        if (o->file == NULL)
            o->file = arg;
        else
            o->table = arg;
        return 0;
    case ARGP_KEY_END:
        if (o->file == NULL)
            argp_error(state, "a result FILE is expected");
        if (o->json && o->csv)
            argp_error(state, "--json and --csv exclude each other");
        if (o->table == NULL && (o->csv || o->columns != NULL || o->where != NULL))
            argp_error(state, "--csv, --columns and --where need a TABLE");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"json", KEY_JSON, 0, 0, "one JSON object, numbers with 17 digits, NaN as null", 0},
    {"csv", KEY_CSV, 0, 0, "CSV with units in the header, NaN as an empty cell", 0},
    {"columns", KEY_COLUMNS, "a,b,...", 0, "these columns only", 0},
    {"where", KEY_WHERE, "EXPR", 0,
     "rows for which EXPR holds, for example 'force < 5 && mode == wire'", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE [TABLE]",
    .doc = "Print a result: without TABLE an overview (with --json all tables).",
};

static const fm_result_table *
find_table(const fm_result *result, const char *name, fm_error *err)
{
    size_t n = 0;
    const fm_result_table *tables = fm_result_tables(result, &n);
    const fm_result_table *table = fm_result_table_named(result, name);
    fm_str names = {0};

    for (size_t i = 0; i < n; i++)
        fm_str_addf(&names, "%s%s", i > 0 ? ", " : "", tables[i].name);
    if (table == NULL)
        (void)FM_FAIL(err, FM_EUSAGE, "there is no table '%s'; there are %s", name,
                      names.data != NULL ? names.data : "none");
    fm_str_free(&names);
    return table;
}

/* ---- the overview ---------------------------------------------------------------- */

static void
print_fact(const fm_result *result, const char *name)
{
    fm_str s = {0};

    fm_str_add_escaped(&s, fm_result_fact(result, name));
    if (s.length > 0)
        printf("%-8s %s\n", name, s.data);
    fm_str_free(&s);
}

static void
print_coverage(const fm_result *result)
{
    fm_coverage coverage;
    fm_str s = {0};

    if (fm_coverage_read(result, &coverage, NULL) == FM_OK)
        fm_coverage_add_text(&coverage, &s);
    printf("%-8s %s\n", "points",
           s.length > 0 ? s.data : fm_result_fact(result, "points"));
    fm_str_free(&s);
}

static int
show_overview(const fm_app *app, const fm_result *result)
{
    static const char *const facts[] = {"seed", "draws", "version", "digest"};
    size_t n = 0;
    fm_result_verdict *verdicts = NULL;
    fm_error err = FM_ERROR_INIT;

    print_fact(result, "study");
    print_fact(result, "title");
    print_coverage(result);
    for (size_t i = 0; i < FM_COUNT(facts); i++)
        print_fact(result, facts[i]);
    if (fm_result_verdicts(result, &verdicts, &n, &err) != FM_OK)
        return fm_app_fail(app, &err);
    if (n > 0)
        printf("verdicts\n");
    for (size_t i = 0; i < n; i++)
        fm_app_print_verdict(&verdicts[i], stdout);
    fm_result_verdicts_free(verdicts, n);
    const fm_result_table *tables = fm_result_tables(result, &n);
    printf("tables\n");
    for (size_t i = 0; i < n; i++)
        printf("  %-14s %8" PRIu64 " rows  %s\n", tables[i].name, tables[i].n_rows,
               tables[i].long_name);
    return FM_EXIT_OK;
}

/* ---- JSON ------------------------------------------------------------------------ */

static fm_status
print_verdicts_json(const fm_result *result, fm_error *err)
{
    fm_result_verdict *verdicts = NULL;
    size_t n = 0;
    fm_status st = fm_result_verdicts(result, &verdicts, &n, err);

    if (st != FM_OK)
        return st;
    (void)fputs("\"verdicts\":[", stdout);
    for (size_t i = 0; i < n; i++) {
        (void)fputs(i > 0 ? ",{\"name\":" : "{\"name\":", stdout);
        fm_json_text(verdicts[i].name, stdout);
        printf(",\"pass\":%s,\"value\":", verdicts[i].pass ? "true" : "false");
        fm_json_number(verdicts[i].value, stdout);
        (void)fputs(",\"limit\":", stdout);
        fm_json_number(verdicts[i].limit, stdout);
        (void)fputs(",\"units\":", stdout);
        fm_json_text(verdicts[i].unit, stdout);
        (void)fputs("}", stdout);
    }
    (void)fputs("]", stdout);
    fm_result_verdicts_free(verdicts, n);
    return FM_OK;
}

static fm_status
print_table_json(const fm_result *result, const fm_result_table *table,
                 const struct show_options *o, fm_error *err)
{
    fm_view view;
    fm_status st = fm_view_create(result, table, o->columns, o->where, &view, err);

    if (st != FM_OK)
        return st;
    fm_json_text(table->name, stdout);
    (void)fputs(":", stdout);
    st = fm_view_json(&view, stdout, err);
    fm_view_free(&view);
    return st;
}

/* A wrong --where must not leave half an object on stdout: the view is tried first. */
static fm_status
show_json(const fm_result *result, const fm_result_table *only,
          const struct show_options *o, fm_error *err)
{
    static const char *const facts[] = {"study", "title", "digest"};
    size_t n = 0;
    const fm_result_table *tables = fm_result_tables(result, &n);
    fm_view view;
    fm_status st = FM_OK;

    if (only != NULL) {
        st = fm_view_create(result, only, o->columns, o->where, &view, err);
        if (st != FM_OK)
            return st;
        fm_view_free(&view);
    }
    (void)fputs("{", stdout);
    for (size_t i = 0; i < FM_COUNT(facts); i++) {
        printf("\"%s\":", facts[i]);
        fm_json_text(fm_result_fact(result, facts[i]), stdout);
        (void)fputs(",", stdout);
    }
    printf("\"points\":%s,\"tables\":{\n", fm_result_fact(result, "points"));
    for (size_t i = 0; i < n && st == FM_OK; i++) {
        if (only != NULL && only != &tables[i])
            continue;
        if (only == NULL && i > 0)
            (void)fputs(",\n", stdout);
        st = print_table_json(result, &tables[i], o, err);
    }
    (void)fputs("},\n", stdout);
    if (st == FM_OK)
        st = print_verdicts_json(result, err);
    (void)fputs("}\n", stdout);
    return st;
}

fm_status
fm_app_show_json(const fm_result *result, fm_error *err)
{
    const struct show_options all = {.json = true};

    return show_json(result, NULL, &all, err);
}

/* ---- the command ----------------------------------------------------------------- */

static fm_status
show_table(const fm_result *result, const fm_result_table *table,
           const struct show_options *o, fm_error *err)
{
    fm_view view;
    fm_status st = fm_view_create(result, table, o->columns, o->where, &view, err);

    if (st != FM_OK)
        return st;
    st = o->csv ? fm_view_csv(&view, stdout, err) : fm_view_text(&view, stdout, err);
    fm_view_free(&view);
    return st;
}

int
fm_app_show(fm_app *app, int argc, char **argv)
{
    struct show_options o = {0};
    fm_error err = FM_ERROR_INIT;
    int code = FM_EXIT_OK;
    const fm_result_table *table = NULL;
    fm_status st = FM_OK;

    fm_app_parse(app, &argp, argc, argv, &o);
    fm_result *result = fm_app_open(app, o.file, &code);
    if (result == NULL)
        return code;
    if (o.table != NULL) {
        table = find_table(result, o.table, &err);
        st = table == NULL ? FM_EUSAGE : FM_OK;
    }
    if (st == FM_OK && o.json)
        st = show_json(result, table, &o, &err);
    else if (st == FM_OK && table != NULL)
        st = show_table(result, table, &o, &err);
    else if (st == FM_OK)
        code = show_overview(app, result);
    if (st != FM_OK)
        code = fm_app_fail(app, &err);
    fm_result_close(result);
    return code;
}
