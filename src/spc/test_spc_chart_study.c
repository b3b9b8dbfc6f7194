/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of study spc.chart through scenarios: certified numbers, output, messages.
 *
 * Contents
 *   1. running a scenario     3. properties     5. long series
 *   2. certified rows         4. refusals       6. main */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>

#include "core/data.h"
#include "core/rows.h"
#include "core/scenario.h"
#include "spc/spc_limits.h"
#include "spc/spc_rules.h"

extern const fm_study fm_study_spc_chart;

/* ---- 1. running a scenario ------------------------------------------------------------ */

enum {
    SETS_MAX = 16,
    TEXT_MAX = 1 << 20
};

static const fm_study *const studies[] = {&fm_study_spc_chart};
static fm_units *units;
static fm_context context;

/* The run at hand. */
static fm_scenario *scenario;
static fm_out *out;
static char said[4096]; /* first message */

static void
setup(void)
{
    ck_assert_int_eq(fm_units_create(&units, NULL), FM_OK);
    context = (fm_context){.units = units, .studies = studies, .n_studies = 1};
}

static void
drop(void)
{
    fm_out_free(out);
    fm_scenario_free(scenario);
    out = NULL;
    scenario = NULL;
}

static void
teardown(void)
{
    drop();
    fm_units_free(units);
}

static void
remember(const fm_diags *diags)
{
    size_t n = 0;
    const fm_diag *list = fm_diags_list(diags, &n, NULL);
    said[0] = '\0';
    if (n > 0)
        (void)snprintf(said, sizeof said, "%s", list[0].text);
}

static fm_status
run_point(void)
{
    fm_cursor *cursor = NULL;
    fm_point point;
    fm_error err = FM_ERROR_INIT;
    ck_assert_int_eq(fm_cursor_create(scenario, &cursor), FM_OK);
    ck_assert_int_eq(fm_cursor_seek(cursor, 0, &point), FM_OK);
    point.threads = 1;
    ck_assert_int_eq(fm_out_create(scenario->study, &out), FM_OK);
    fm_out_reset(out, 0);
    ck_assert_int_eq(fm_out_begin(out, 0), FM_OK);
    fm_status st = scenario->study->run(&point, out, &err);
    if (st != FM_OK)
        (void)snprintf(said, sizeof said, "%s", err.text);
    ck_assert_int_eq(fm_out_end(out, st, err.text, 0), FM_OK);
    fm_cursor_free(cursor);
    return st;
}

/* Runs a scenario text with overrides; the rows stay in `out`. */
static fm_status
run_text(const char *yaml, const char *const *sets, size_t n_sets)
{
    fm_diags *diags = fm_diags_create();
    drop();
    fm_status st = fm_scenario_read_text(&context, "t.yaml", yaml, strlen(yaml), sets,
                                         n_sets, diags, &scenario);
    if (st == FM_OK)
        st = fm_scenario_load(scenario, diags);
    remember(diags);
    fm_diags_free(diags);
    return st == FM_OK ? run_point() : st;
}

/* A scenario with inline data; `settings` are "KEY=VALUE" separated by blanks. */
static fm_status
run_data(const char *data, const char *settings)
{
    static char yaml[TEXT_MAX];
    char copy[1024];
    const char *sets[SETS_MAX];
    size_t n = 0, length;
    (void)snprintf(yaml, sizeof yaml,
                   "fabmet: 1\nstudy: spc.chart\nparams: { response: y }\n"
                   "data:\n  measurements:\n    inline: |\n");
    for (const char *line = data; *line != '\0'; line += length + 1) {
        length = strcspn(line, "\n");
        size_t used = strlen(yaml);
        (void)snprintf(yaml + used, sizeof yaml - used, "      %.*s\n", (int)length,
                       line);
        if (line[length] == '\0')
            break;
    }
    (void)snprintf(copy, sizeof copy, "%s", settings);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
        ck_assert_uint_lt(n, SETS_MAX);
        sets[n++] = word;
    }
    return run_text(yaml, sets, n);
}

static double
cell(const char *table, const char *column, size_t row)
{
    const fm_study *study = &fm_study_spc_chart;
    for (size_t t = 0; t < study->n_tables; t++)
        for (size_t c = 0; c < study->tables[t].n_columns; c++) {
            const fm_column *declared = &study->tables[t].columns[c];
            if (strcmp(study->tables[t].name, table) != 0 ||
                strcmp(declared->name, column) != 0)
                continue;
            ck_assert_msg(row < out->tables[t].n_rows, "%s.%s[%zu]", table, column, row);
            const fm_buffer *buffer = &out->tables[t].columns[c];
            if (declared->type == FM_TYPE_CODE)
                return buffer->code[row];
            return declared->type == FM_TYPE_INTEGER ? (double)buffer->integer[row]
                                                     : buffer->real[row];
        }
    ck_abort_msg("no column %s.%s", table, column);
    return NAN;
}

static size_t
n_rows(const char *table)
{
    const fm_study *study = &fm_study_spc_chart;
    for (size_t t = 0; t < study->n_tables; t++)
        if (strcmp(study->tables[t].name, table) == 0)
            return out->tables[t].n_rows;
    return 0;
}

static const char *
flags_at(size_t row)
{
    return out->tables[1].columns[9].text[row];
}

/* ---- 2. certified rows -------------------------------------------------------------------- */

static const char laney[] =
    "y,n\n21,150\n16,153\n30,170\n31,226\n24,154\n33,130\n32,190\n29,165\n23,176\n"
    "17,144\n14,132\n31,144\n29,156\n25,158\n15,142\n43,212\n20,155\n26,138\n23,141\n"
    "28,130\n";

static const char handbook[] =
    "y\n52\n47\n53\n49.3\n50.1\n47\n51\n50.1\n51.2\n50.5\n49.6\n"
    "47.6\n49.9\n51.3\n47.8\n51.2\n52.6\n52.4\n53.6\n52.1\n";

/* The text of a file below the source folder. */
static char *
read_source(const char *name)
{
    static char text[TEXT_MAX];
    char path[4096];
    const char *top = getenv("srcdir");
    (void)snprintf(path, sizeof path, "%s/%s", top != NULL ? top : ".", name);
    FILE *f = fopen(path, "r");
    ck_assert_msg(f != NULL, "%s", path);
    size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    ck_assert_int_eq(fclose(f), 0);
    return text;
}

static const char *
data_named(const char *name)
{
    static char piston[1 << 16];
    if (strcmp(name, "laney") == 0 || strcmp(name, "bivariate") == 0)
        return laney;
    if (strcmp(name, "orange") == 0)
        return "y\n12\n15\n8\n10\n4\n7\n";
    if (strcmp(name, "ewma") == 0)
        return handbook;
    ck_assert_str_eq(name, "piston");
    (void)snprintf(piston, sizeof piston, "%s", read_source("data/spc/piston.csv"));
    memcpy(strstr(piston, "diameter [mm]"), "y [mm]       ", 13);
    return piston;
}

/* "DATA KEY=VALUE ... @TABLE.COLUMN[ROW]" */
static double
certified_value(char *inputs)
{
    char settings[512] = "", table[32], column[32];
    size_t row;
    char *at = strchr(inputs, '@');
    ck_assert_int_eq(sscanf(at, "@%31[a-z].%31[a-z0-9_][%zu]", table, column, &row), 3);
    *at = '\0';
    size_t name = strcspn(inputs, " ");
    inputs[name] = '\0';
    (void)snprintf(settings, sizeof settings, "%s", inputs + name + 1);
    fm_status st = run_data(data_named(inputs), settings);
    ck_assert_msg(st == FM_OK, "%s %s: %s", inputs, settings, said);
    return cell(table, column, row);
}

START_TEST(certified_rows)
{
    char *text = strdup(read_source("src/spc/spc_chart_certified.csv"));
    char *rest = NULL;
    size_t n = 0;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char id[64], inputs[512];
        double expected, rel_tol;
        if (line[0] == '#' || strncmp(line, "id,", 3) == 0)
            continue;
        ck_assert_int_eq(
            sscanf(line, "%63[^,],%511[^,],%lf,%lf", id, inputs, &expected, &rel_tol), 4);
        double found = certified_value(inputs);
        ck_assert_msg(fabs(found - expected) <= rel_tol * fabs(expected),
                      "%s: %.17g, not %.17g", id, found, expected);
        n++;
    }
    free(text);
    ck_assert_uint_ge(n, 40);
}
END_TEST

/* Reference row p07: the limit of what follows the baseline. */
START_TEST(t2_of_new_points)
{
    char data[2048];
    (void)snprintf(data, sizeof data, "%s25,150\n31,160\n", laney);
    ck_assert_int_eq(run_data(data, "chart=t2 also=[n] limits.false_alarm=0.00539271 "
                                    "baseline.last=20"),
                     FM_OK);
    ck_assert_double_eq_tol(cell("points", "upper", 0), 8.28592787636626, 1e-11);
    ck_assert_double_eq_tol(cell("points", "upper", 20), 15.6921863992271, 2e-11);
    ck_assert(isnan(cell("points", "lower", 0)));
}
END_TEST

/* ---- 3. properties --------------------------------------------------------------------------- */

START_TEST(frozen_limits_are_bit_identical)
{
    const char *whole = data_named("piston");
    static char part[1 << 16];
    double limits[2][4];
    (void)snprintf(part, sizeof part, "%s", whole);
    *strstr(part, "26,II") = '\0';
    for (int k = 0; k < 2; k++) {
        ck_assert_int_eq(run_data(k == 0 ? whole : part,
                                  "chart=xbar-s subgroup=sample baseline.last=25"),
                         FM_OK);
        for (size_t row = 0; row < 2; row++) {
            limits[k][row] = cell("limits", "lower", row);
            limits[k][2 + row] = cell("limits", "upper", row);
        }
    }
    ck_assert_mem_eq(limits[0], limits[1], sizeof limits[0]);
}
END_TEST

/* A stage has the limits that it would have alone, and its runs and ranges begin anew. */
START_TEST(stages_stand_alone)
{
    const char data[] = "y,s\n1,a\n2,a\n1.5,a\n2.5,a\n11,b\n12,b\n13,b\n11,b\n";
    ck_assert_int_eq(run_data(data, "stage=s"), FM_OK);
    ck_assert_double_eq_tol(cell("limits", "centre", 0), 1.75, 1e-15);
    ck_assert_double_eq_tol(cell("limits", "centre", 1), 11.75, 1e-14);
    ck_assert_uint_eq(n_rows("spread"), 6); /* no range across the border */
    ck_assert_double_eq(cell("summary", "n_stages", 0), 2);
    double upper = cell("limits", "upper", 1);
    ck_assert_int_eq(run_data("y\n11\n12\n13\n11\n", ""), FM_OK);
    ck_assert(!(upper < cell("limits", "upper", 0)) &&
              !(upper > cell("limits", "upper", 0)));
}
END_TEST

/* Means that differ more than their values: three charts, two standard deviations. */
START_TEST(between_and_within)
{
    const char data[] =
        "y,s\n1,a\n1.2,a\n5,b\n5.2,b\n2,c\n2.2,c\n6,d\n6.2,d\n3,e\n3.2,e\n";
    ck_assert_int_eq(run_data(data, "chart=i-mr-r subgroup=s"), FM_OK);
    double d2 = 2 / sqrt(M_PI), within = 0.2 / d2;
    double means = (4 + 3 + 4 + 3) / 4.0 / d2;
    ck_assert_double_eq_tol(cell("summary", "sigma_within", 0), within, 1e-13);
    ck_assert_double_eq_tol(cell("summary", "sigma_between", 0),
                            sqrt(means * means - within * within / 2), 1e-13);
    ck_assert_double_eq_tol(cell("limits", "upper", 0), 3.5 + 3 * means, 1e-12);
    ck_assert_uint_eq(n_rows("within"), 5);
    ck_assert_double_eq(cell("summary", "n_flagged", 0), 0);
    ck_assert_int_eq(run_data(data, "chart=xbar-r subgroup=s rules=we1"), FM_OK);
    ck_assert_double_ge(cell("summary", "n_flagged_location", 0), 4);
}
END_TEST

/* Each part in units of its own sigma, by hand. */
START_TEST(short_runs)
{
    const char data[] = "y,p\n10,a\n12,a\n11,a\n100,b\n140,b\n120,b\n13,a\n";
    double d2 = 2 / sqrt(M_PI);
    ck_assert_int_eq(run_data(data, "chart=z-mr part=p"), FM_OK);
    double sigma_a = (2 + 1 + 2) / 3.0 / d2, sigma_b = (40 + 20) / 2.0 / d2;
    ck_assert_double_eq_tol(cell("points", "value", 0), -1.5 / sigma_a, 1e-13);
    ck_assert_double_eq_tol(cell("points", "value", 4), 20 / sigma_b, 1e-13);
    ck_assert_double_eq_tol(cell("limits", "upper", 0), 3, 1e-15);
    ck_assert_double_eq_tol(cell("limits", "centre", 1), d2, 1e-14);
}
END_TEST

/* Rare events: the mean of the counts, quantiles of the times. */
START_TEST(rare_events)
{
    ck_assert_int_eq(run_data("y\n3\n0\n9\n12\n6\n", "chart=g"), FM_OK);
    ck_assert_double_eq_tol(cell("limits", "centre", 0), 6, 1e-15);
    ck_assert_double_eq_tol(cell("limits", "upper", 0), 6 + 3 * sqrt(42), 1e-14);
    ck_assert_double_eq(cell("limits", "lower", 0), 0);
    ck_assert_int_eq(run_data("y\n3\n0.002\n9\n12\n46\n", "chart=t rules=we1"), FM_OK);
    double mean = 70.002 / 5, tail = 0.5 * erfc(3 / sqrt(2));
    ck_assert_double_eq_tol(cell("limits", "lower", 0), -mean * log1p(-tail), 1e-13);
    ck_assert_double_eq_tol(cell("limits", "upper", 0), -mean * log(tail), 1e-11);
    ck_assert_double_eq_tol(cell("limits", "centre", 0), mean * log(2), 1e-12);
    ck_assert_str_eq(flags_at(1), "we1");
    ck_assert_double_eq(cell("summary", "n_flagged", 0), 1);
    ck_assert_double_eq_tol(cell("summary", "arl_in_control", 0), 370.398347345, 1e-6);
}
END_TEST

/* A trend, an own rule, and the ranges that get one-point rules unless asked. */
START_TEST(rules_are_named)
{
    const char data[] = "y\n1\n2\n1.5\n1.6\n1.7\n1.8\n1.9\n2\n2.1\n1.4\n1.6\n";
    ck_assert_int_eq(run_data(data, "rules=nelson3"), FM_OK);
    ck_assert_str_eq(flags_at(7), "nelson3"); /* six points from 1.5 to 2 */
    ck_assert_str_eq(flags_at(6), "");
    ck_assert_double_eq(cell("summary", "n_flagged", 0), 2);
    ck_assert_int_eq(run_data(data, "rules=we4 rules_on_spread=true"), FM_OK);
    ck_assert(cell("summary", "n_flagged_spread", 0) >= 0);
    static const char own[] =
        "fabmet: 1\nstudy: spc.chart\n"
        "params: { response: y, rules: [we1, { count: 2, of: 3, beyond: 0.1 }] }\n"
        "data:\n  measurements:\n    inline: |\n      y\n      1\n      3\n      3.1\n"
        "      2\n      2.9\n";
    ck_assert_int_eq(run_text(own, NULL, 0), FM_OK);
    ck_assert_str_eq(flags_at(2), "2 of 3 beyond 0.1");
}
END_TEST

/* What the pair of charts that everyone ships does: not 370 but 105 (reference row i02). */
START_TEST(joint_run_length)
{
    ck_assert_int_eq(run_data(handbook, "rules=we1"), FM_OK);
    ck_assert_double_eq_tol(cell("summary", "arl_in_control", 0), 370.398347345, 1e-6);
    double joint = cell("summary", "arl_with_ranges", 0);
    ck_assert_msg(joint > 104 && joint < 107, "%g", joint);
}
END_TEST

/* Charts of counts: exact where the law is known, a remark where it is not. */
START_TEST(run_length_of_counts)
{
    static const struct {
        const char *data, *settings;
        double arl;
        const char *remark;
    } cases[] = {
        {"orange", "chart=p sample.size=50 given.centre=0.2313333333333333 rules=we1",
         385.1596868888439, NULL},
        {"orange", "chart=np sample.size=50 given.centre=0.2313333333333333 rules=we1",
         385.1596868888439, NULL},
        {"orange", "chart=c given.centre=19.846153846153847 rules=we1",
         373.84595671076903, NULL},
        {"orange", "chart=u sample.size=2.5 given.centre=2.52", NAN, NULL},
        {"orange", "chart=g given.centre=37.3 rules=we1", 54.322689819765344, NULL},
        {"bivariate", "chart=t2 also=[n] limits.false_alarm=0.005", 200, NULL},
        {"laney", "chart=p sample.column=n", NAN, "samples differ in size"},
        {"laney", "chart=laney-p sample.column=n", NAN, "Laney's chart supposes no law"},
        {"orange", "chart=c given.centre=4", NAN, "exactly on the border"},
        {"orange", "chart=c given.centre=4.1 rules=nelson3", NAN, "trends"},
        {"ewma", "rules=nelson", NAN, "spc.arl computes it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_int_eq(run_data(data_named(cases[i].data), cases[i].settings), FM_OK);
        double arl = cell("summary", "arl_in_control", 0);
        const char *message = out->points[0].message;
        if (cases[i].remark != NULL) {
            ck_assert_msg(isnan(arl), "%s: %g", cases[i].settings, arl);
            ck_assert_msg(message != NULL && strstr(message, cases[i].remark) != NULL,
                          "%s: %s", cases[i].settings, message);
        } else if (isnan(cases[i].arl)) {
            ck_assert_msg(arl > 30 && arl < 90, "%s: %g", cases[i].settings, arl);
        } else {
            ck_assert_msg(fabs(arl / cases[i].arl - 1) < 1e-9, "%s: %.15g",
                          cases[i].settings, arl);
        }
    }
}
END_TEST

START_TEST(unequal_subgroups)
{
    const char data[] = "y,s\n1,a\n2,a\n3,b\n2,b\n2.5,b\n1.5,c\n2,d\n4,d\n";
    ck_assert_int_eq(run_data(data, "chart=xbar-s subgroup=s"), FM_OK);
    ck_assert_double_eq(cell("points", "size", 1), 3);
    ck_assert_double_lt(cell("points", "upper", 1), cell("points", "upper", 0));
    ck_assert_uint_eq(n_rows("spread"), 3); /* a subgroup of one has no spread */
    ck_assert_uint_eq(n_rows("location"), 4);
}
END_TEST

/* ---- 4. refusals ------------------------------------------------------------------------------ */

static const struct refusal {
    const char *data, *settings;
    fm_status status;
    const char *says;
} refusals[] = {
    {"y\n1\n2\n3\n", "chart=p", FM_ESCENARIO, "sample.size"},
    {"y,n\n1,0\n2,5\n3,5\n", "chart=p sample.column=n", FM_EDATA, "size is 0"},
    {"y,n\n1,5\n7,5\n3,5\n", "chart=p sample.column=n", FM_EDATA,
     "line 9: 7 defectives in a sample of 5"},
    {"y,n\n1.5,5\n2,5\n3,5\n", "chart=np sample.column=n", FM_EDATA, "1.5 is no count"},
    {"y,n\n1,5.5\n2,5\n3,5\n", "chart=np sample.column=n", FM_EDATA,
     "whole number of items"},
    {"y\n-1\n2\n3\n", "chart=c", FM_EDATA, "-1 is negative"},
    {"y\n0\n0\n0\n", "chart=c", FM_ESINGULAR, "no defect"},
    {"y\n0\n0\n0\n", "chart=g", FM_ESINGULAR, "all counts are 0"},
    {"y\n0\n0\n0\n", "chart=t", FM_ESINGULAR, "all times are 0"},
    {"y\n5\n5\n5\n", "chart=p sample.size=5", FM_ESINGULAR, "every item is defective"},
    {"y\n0\n0\n0\n", "chart=p sample.size=5", FM_ESINGULAR, "no item is defective"},
    {"y\nNA\n\n-\n", "chart=c", FM_ETOOFEW, "no sample"},
    {"y\n2\n2\n2\n", "chart=laney-p sample.size=5", FM_ESINGULAR, "alike"},
    {"y\n2\nNA\n2\n", "chart=laney-u sample.size=5", FM_ETOOFEW, "no two consecutive"},
    {"y\n7\n7\n7\n", "", FM_ESINGULAR, "all moving ranges are 0"},
    {"y\n7\n", "", FM_ETOOFEW, "no moving range"},
    {"y\n7\nNA\n8\n", "", FM_ETOOFEW, "no moving range"},
    {"y,s\n7,a\n8,b\n9,c\n", "chart=xbar-r subgroup=s", FM_ETOOFEW, "individuals chart"},
    {"y,s\n7,a\n7,a\n9,c\n9,c\n", "chart=xbar-s subgroup=s", FM_ESINGULAR,
     "equal within"},
    {"y,s\n7,a\n7,b\n9,a\n9,c\n", "chart=xbar-s subgroup=s", FM_EDATA,
     "again in line 10"},
    {"y,s\n7,\n7,b\n", "chart=xbar-s subgroup=s", FM_EDATA, "line 8 has no subgroup"},
    {"y\n7\n8\n9\n", "chart=xbar-r subgroup_size=2", FM_EDATA, "subgroups of 2"},
    {"y,s\n7,a\n8,a\n9,a\n1,b\n", "chart=xbar-r subgroup_size=2 stage=s", FM_EDATA,
     "the stage changes inside"},
    {"y,s\n7,a\n8,a\n9,b\n", "stage=s", FM_ETOOFEW, "(stage 'b')"},
    {"y,p\n7,a\n8,a\n9,b\n", "chart=z-mr part=p", FM_ETOOFEW, "(part 'b')"},
    {"y,p\n7,a\n8,\n9,b\n", "chart=z-mr part=p", FM_EDATA, "line 9 has no part"},
    {"y,x\n1,2\n2,3\n3,1\n", "chart=t2 also=[x]", FM_ETOOFEW, "at least 4"},
    {"y,x\n1,2\n2,4\n3,6\n4,8\n5,10\n", "chart=t2 also=[x]", FM_ESINGULAR, "depend"},
    {"y,x\n1,2\n2,2\n3,2\n4,2\n5,2\n", "chart=mewma also=[x]", FM_ESINGULAR, "constant"},
    {"y\n1\n2\n4\n", "chart=t2", FM_ESCENARIO, "needs also"},
    {"y\n1\n2\n4\n", "chart=z-mr", FM_ESCENARIO, "needs part"},
    {"y\n1\n2\n4\n", "chart=xbar-r", FM_ESCENARIO, "one of subgroup"},
    {"y\n1\n2\n4\n", "cusum.h=4", FM_ESCENARIO, "cusum.h: chart: individuals does not"},
    {"y\n1\n2\n4\n", "chart=cusum rules=we1", FM_ESCENARIO, "rules: chart: cusum"},
    {"y\n1\n2\n4\n", "chart=cusum cusum.h=4 cusum.head_start=5", FM_ESCENARIO, "beyond"},
    {"y\n1\n2\n4\n", "sigma=pooled", FM_ESCENARIO, "needs subgroups"},
    {"y\n1\n2\n4\n2\n", "chart=xbar-r subgroup_size=2 sigma=overall", FM_ESCENARIO,
     "single values"},
    {"y\n1\n2\n4\n", "sigma=overall given.sigma=1", FM_ESCENARIO, "given.sigma stands"},
    {"y\n1\n2\n4\n", "baseline.first=3 baseline.last=2", FM_ESCENARIO, "before 3"},
    {"y,s\n1,a\n2,a\n", "stage=s baseline.last=2", FM_ESCENARIO, "baseline.last"},
    {"y\n1\n2\n4\n", "baseline.first=9", FM_ETOOFEW, "no moving range"},
    {"y\n1\n2\n4\n", "chart=p sample.size=9 given.centre=2", FM_ESCENARIO, "no share"},
    {"y\n1\n2\n4\n", "chart=c given.centre=0", FM_ESCENARIO, "more than 0"},
    {"y\n1\n2\n4\n", "rules=[]", FM_ESCENARIO, "at least one"},
    {"y\n1\n2\n4\n", "stage=y", FM_ESCENARIO, "is the response"},
    {"y,x\n1,2\n2,3\n", "chart=t2 also=[x,x]", FM_ESCENARIO, "twice"},
    {"y\n1\n2\n4\n", "chart=xbar-r subgroup_size=2 subgroup=y", FM_ESCENARIO, "only one"},
};

START_TEST(bad_data_are_refused)
{
    const struct refusal *r = &refusals[_i];
    fm_status st = run_data(r->data, r->settings);
    ck_assert_msg(st == r->status, "%s: status %s: %s", r->settings, fm_status_name(st),
                  said);
    ck_assert_msg(strstr(said, r->says) != NULL, "%s: '%s' is not in '%s'", r->settings,
                  r->says, said);
}
END_TEST

START_TEST(missing_values_are_said)
{
    ck_assert_int_eq(run_data("y\n1\n2\nNA\n2\n3\n2.5\n", ""), FM_OK);
    ck_assert_double_eq(cell("summary", "n_missing", 0), 1);
    ck_assert_double_eq(cell("summary", "n_points", 0), 5);
    ck_assert_uint_eq(n_rows("spread"), 3);
    ck_assert_ptr_nonnull(strstr(out->points[0].message, "1 missing values"));
    ck_assert_ptr_nonnull(strstr(out->points[0].message, "5 points only"));
}
END_TEST

/* ---- 5. long series ------------------------------------------------------------------------------ */

/* More rows than are kept in memory: the same numbers as a plain evaluation gives, a
 * bounded output that holds each flagged value, and buckets that lose no extreme. */
START_TEST(long_series)
{
    enum {
        N = FM_DATA_MEMORY + 70001
    };
    char path[] = "/tmp/fabmet-test-XXXXXX", yaml[512];
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    FILE *f = fdopen(fd, "w");
    ck_assert_ptr_nonnull(f);
    double *x = malloc(N * sizeof *x);
    uint32_t state = 12345;
    ck_assert_ptr_nonnull(x);
    (void)fputs("y\n", f);
    for (size_t i = 0; i < N; i++) {
        int sum = 0;
        for (int k = 0; k < 4; k++) {
            state = state * 1664525U + 1013904223U;
            sum += (int)(state >> 16 & 1023);
        }
        x[i] = i == 777777 ? 9000 : sum;
        (void)fprintf(f, "%d\n", (int)x[i]);
    }
    ck_assert_int_eq(fclose(f), 0);
    (void)snprintf(
        yaml, sizeof yaml,
        "fabmet: 1\nstudy: spc.chart\nparams: { response: y, keep: 500, rules: "
        "[we1] }\ndata: { measurements: { csv: %s } }\n",
        path);
    ck_assert_int_eq(run_text(yaml, NULL, 0), FM_OK);
    ck_assert_ptr_nonnull(scenario->sources[0].data->spool);
    fm_spc_process p;
    ck_assert_int_eq(fm_spc_individuals_eval(x, N, &p), FM_OK);
    ck_assert(memcmp(&p.mean, &(double){cell("summary", "mean", 0)}, 8) == 0);
    ck_assert(memcmp(&p.sigma, &(double){cell("summary", "sigma_within", 0)}, 8) == 0);
    size_t beyond = 0;
    double drawn = 0, highest = 0;
    for (size_t i = 0; i < N; i++)
        beyond += fabs(x[i] - p.mean) > 3 * p.sigma;
    ck_assert_double_eq(cell("summary", "n_flagged_location", 0), (double)beyond);
    ck_assert_uint_le(n_rows("points"), 1000);
    ck_assert_uint_le(n_rows("location"), 1001);
    for (size_t row = 0; row < n_rows("location"); row++) {
        drawn += cell("location", "n", row);
        highest = fmax(highest, cell("location", "flagged_highest", row));
    }
    ck_assert_double_eq(drawn, N);
    ck_assert_double_eq(highest, 9000);
    ck_assert_ptr_nonnull(strstr(out->points[0].message, "flagged points and none of"));
    free(x);
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

/* ---- 6. main ---------------------------------------------------------------------------------------- */

int
main(void)
{
    gsl_set_error_handler_off();
    Suite *suite = suite_create("spc chart");
    TCase *tests = tcase_create("tests");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, certified_rows);
    tcase_add_test(tests, t2_of_new_points);
    tcase_add_test(tests, frozen_limits_are_bit_identical);
    tcase_add_test(tests, stages_stand_alone);
    tcase_add_test(tests, between_and_within);
    tcase_add_test(tests, short_runs);
    tcase_add_test(tests, rare_events);
    tcase_add_test(tests, rules_are_named);
    tcase_add_test(tests, joint_run_length);
    tcase_add_test(tests, run_length_of_counts);
    tcase_add_test(tests, unequal_subgroups);
    tcase_add_loop_test(tests, bad_data_are_refused, 0,
                        (int)(sizeof refusals / sizeof refusals[0]));
    tcase_add_test(tests, missing_values_are_said);
    tcase_add_test(tests, long_series);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
