/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fabmet check: resolves and checks a scenario; prints its points and expected size. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/check.h"
#include "app/scenario_args.h"
#include "core/store.h"
#include "core/text.h"

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    return fm_scenario_args_parse(key, arg, state, state->input);
}

static const struct argp_option options[] = {FM_OPTION_SET, {0}};

static const struct argp argp = {
    .options = options,
    .parser = parse_option,
    .args_doc = "SCENARIO",
    .doc = "Resolve and check SCENARIO and its data; print the number of points and the "
           "expected size of the result.  All problems are reported in one pass.",
};

static void
print_value(const fm_param *param, const fm_value *value)
{
    if (param->kind == FM_REAL) {
        char text[FM_NUMBER_TEXT];
        printf("%s", fm_number_text(value->real, text));
    } else if (param->kind == FM_INTEGER) {
        printf("%" PRId64, value->integer);
    } else if (param->kind == FM_FLAG) {
        printf("%s", value->integer ? "true" : "false");
    } else {
        printf("%s", value->text);
    }
}

static void
print_unit(const fm_param *param)
{
    if (param->kind == FM_REAL && strcmp(param->unit, "1") != 0)
        printf(" %s", param->unit);
}

/* Lists are resolved and printed: `[1,5, 1,8]` is four values, which only a person can
 * see. */
static void
print_axis(const fm_scenario *scenario, size_t a)
{
    const fm_axis *axis = &scenario->axes[a];
    const fm_param *param = &scenario->study->params[axis->param];

    printf("  %s:", param->key);
    if (axis->n == 0) {
        char text[FM_NUMBER_TEXT];
        printf(" %s ... ", fm_number_text(axis->from, text));
        printf("%s", fm_number_text(axis->to, text));
    }
    for (uint64_t i = 0; i < axis->n; i++) {
        fm_value value;
        if (axis->n > 12 && i == 4) {
            printf(" ...");
            i = axis->n - 2;
        }
        fm_axis_value(scenario, a, i, &value);
        putchar(' ');
        print_value(param, &value);
    }
    print_unit(param);
    if (axis->n > 0)
        printf("  (%" PRIu64 " values)", axis->n);
    putchar('\n');
}

static void
print_first_points(const fm_scenario *scenario)
{
    fm_cursor *cursor = NULL;
    enum {
        SHOWN = 3
    };

    if (scenario->n_axes == 0 || fm_cursor_create(scenario, &cursor) != FM_OK)
        return;
    printf("first points\n");
    for (uint64_t i = 0; i < SHOWN && i < scenario->n_points; i++) {
        fm_point point;
        if (fm_cursor_seek(cursor, i, &point) != FM_OK)
            break;
        printf("  %" PRIu64 ":", i);
        for (size_t a = 0; a < scenario->n_axes; a++) {
            size_t p = scenario->axes[a].param;
            printf(" %s=", scenario->study->params[p].key);
            print_value(&scenario->study->params[p], &point.values[p]);
        }
        putchar('\n');
    }
    fm_cursor_free(cursor);
}

static void
print_size(double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    size_t u = 0;

    while (bytes >= 1000.0 && u + 1 < FM_COUNT(units)) {
        bytes /= 1000.0;
        u++;
    }
    printf("expected size: about %.3g %s\n", bytes, units[u]);
}

void
fm_check_print(const fm_scenario *scenario)
{
    static const char *const samplings[] = {"grid", "zip", "Latin hypercube", "Sobol"};

    printf("%s: %s\n", scenario->file, scenario->study->name);
    for (size_t i = 0; i < scenario->study->n_inputs; i++) {
        const fm_data *data = scenario->sources[i].data;
        if (data != NULL)
            printf("data %s: %zu rows from %s\n", scenario->study->inputs[i].name,
                   data->n_rows, data->source);
    }
    if (scenario->n_axes > 0)
        printf("sweep (%s)\n", samplings[scenario->sampling]);
    for (size_t a = 0; a < scenario->n_axes; a++)
        print_axis(scenario, a);
    printf("points: %" PRIu64 "\n", scenario->n_points);
    if (scenario->study->draws > 0)
        printf("draws per point: %" PRIu64 "\n", scenario->draws);
    print_first_points(scenario);
    print_size(fm_store_size(scenario));
}

int
fm_app_check(fm_app *app, int argc, char **argv)
{
    fm_scenario_args args = {0};
    int code = FM_EXIT_OK;

    fm_app_parse(app, &argp, argc, argv, &args);
    fm_scenario *scenario =
        fm_app_scenario(app, args.path, args.sets, args.n_sets, &code);
    if (scenario != NULL)
        fm_check_print(scenario);
    fm_scenario_free(scenario);
    free(args.sets);
    return code;
}
