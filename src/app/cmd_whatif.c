/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fabmet what-if: runs a result's scenario changed and compares the two in pairs.
 *
 * Contents
 *   1. options      3. comparing       5. telling
 *   2. runs         4. storing         6. the command
 */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/progress.h"
#include "app/run_stop.h"
#include "app/scenario_args.h"
#include "app/threads.h"
#include "app/view.h"
#include "app/whatif_base.h"
#include "app/whatif_plan.h"
#include "core/store.h"
#include "core/sweep.h"
#include "core/text.h"
#include "report/gnuplot.h"
#include "report/report.h"

enum {
    KEY_NEW = 0x100,
    KEY_REPORT,
    KEY_STRICT,
    KEY_JSON,
    KEY_TORNADO,
    KEY_QUANTITY,
    KEY_PAIRS,
    KEY_CONFIDENCE,
    KEY_DATA_FOLDER,
    KEY_RERUN,
    KEY_FORCE,
    PAIRS_DEFAULT = 32,
    PAIRS_MAX = 1024
};

struct whatif_options {
    fm_scenario_args args; /* path: the base */
    const char *output, *new_file, *report, *quantity, *data_folder;
    int threads;
    int pairs;
    double confidence;
    bool strict, json, tornado, rerun_base, force;
};

/* One run of the command. */
typedef struct whatif {
    const fm_app *app;
    const struct whatif_options *o;
    fm_plan plan;
    fm_base base;
    fm_result *rerun; /* the base, run again; NULL: as it is */
    fm_scratch scratch;
    char *new_path, *deltas_path;
    fm_scenario *changed;
    fm_result *changed_result;
    fm_out *out;
    fm_whatif_variation *variations; /* [plan.n_alone] */
    char *quantity;
    fm_whatif_delta delta; /* of the quantity, all changes together */
    size_t n_to_fail;      /* verdicts that fail now and did not before */
    uint64_t n_failed;     /* points of the new runs that failed */
    uint64_t n_saved;      /* points of --new that an interruption leaves in its parts */
    fm_error err;
} whatif;

/* ---- 1. options ------------------------------------------------------------------ */

static int
parse_whole(struct argp_state *state, const char *what, const char *arg, int low,
            int high)
{
    int64_t n = 0;
    fm_error err = FM_ERROR_INIT;

    if (fm_integer_read(arg, &n, &err) != FM_OK || n < low || n > high)
        argp_error(state, "%s takes a whole number from %d to %d, not '%s'", what, low,
                   high, arg);
    return (int)n;
}

static double
parse_confidence(struct argp_state *state, const char *arg)
{
    double x = 0;
    fm_error err = FM_ERROR_INIT;

    if (fm_real_read(arg, &x, &err) != FM_OK || !(x >= 0.5) || !(x < 1))
        argp_error(state, "--confidence takes a number from 0.5 to below 1, not '%s'",
                   arg);
    return x;
}

static error_t
parse_file(int key, char *arg, struct whatif_options *o)
{
    switch (key) {
    case 'o':
        o->output = arg;
        return 0;
    case KEY_NEW:
        o->new_file = arg;
        return 0;
    case KEY_REPORT:
        o->report = arg;
        return 0;
    case KEY_DATA_FOLDER:
        o->data_folder = arg;
        return 0;
    case KEY_QUANTITY:
        o->quantity = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t
parse_flag(int key, struct whatif_options *o)
{
    switch (key) {
    case KEY_STRICT:
        o->strict = true;
        return 0;
    case KEY_JSON:
        o->json = true;
        return 0;
    case KEY_TORNADO:
        o->tornado = true;
        return 0;
    case KEY_RERUN:
        o->rerun_base = true;
        return 0;
    case KEY_FORCE:
        o->force = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    struct whatif_options *o = state->input;

    switch (key) {
    case 'j':
        o->threads = parse_whole(state, "-j", arg, 1, 1024);
        return 0;
    case KEY_PAIRS:
        o->pairs = parse_whole(state, "--pairs", arg, 2, PAIRS_MAX);
        return 0;
    case KEY_CONFIDENCE:
        o->confidence = parse_confidence(state, arg);
        return 0;
    case ARGP_KEY_ARG:
        if (o->args.path != NULL)
            argp_error(state, "one BASE is expected, '%s' is too many", arg);
        o->args.path = arg;
        return 0;
    case ARGP_KEY_END:
        if (o->args.path == NULL)
            argp_error(state, "a BASE result is expected");
        if (o->args.n_sets == 0)
            argp_error(state, "nothing is changed: --set KEY=VALUE is expected");
        return 0;
    default:
        if (parse_file(key, arg, o) == 0 || parse_flag(key, o) == 0)
            return 0;
        return fm_scenario_args_parse(key, arg, state, &o->args);
    }
}

static const struct argp_option option_list[] = {
    {"set", FM_KEY_SET, "KEY=VALUE", 0,
     "change a parameter, seed, draws or data.INPUT.csv (repeatable: all together make "
     "one changed scenario); KEY=[V1, V2] varies a parameter alone, for the tornado",
     0},
    {"output", 'o', "FILE", 0, "result with the differences (tables deltas, ...)", 0},
    {"new", KEY_NEW, "FILE", 0, "keep the result of the changed scenario", 0},
    {"report", KEY_REPORT, "FILE", 0,
     "HTML report: differences, and base and new side by side", 0},
    {"tornado", KEY_TORNADO, 0, 0, "vary each --set also alone", 0},
    {"quantity", KEY_QUANTITY, "NAME", 0,
     "quantity of the tornado and of the differences by point: COLUMN or TABLE.COLUMN "
     "(default: the first table's main column)",
     0},
    {"pairs", KEY_PAIRS, "N", 0,
     "batches that the draws of a point are cut into; each, with and without the change, is "
     "a pair that tells how much is chance (default: 32)",
     0},
    {"confidence", KEY_CONFIDENCE, "P", 0,
     "confidence of the intervals; a change is significant when chance alone would give one "
     "as large in less than 1 - P of all cases (default: 0.95)",
     0},
    {"data-folder", KEY_DATA_FOLDER, "DIR", 0,
     "folder that relative paths of the base's scenario begin in (default: the folder "
     "of the scenario, of BASE, or the current one, whichever has the same data)",
     0},
    {"rerun-base", KEY_RERUN, 0, 0,
     "run the base again too: after a change of version, machine or data", 0},
    {"jobs", 'j', "N", 0, "threads (default: the processors this process may use)", 0},
    {"force", KEY_FORCE, 0, 0, "replace existing files of -o and --new", 0},
    {"strict", KEY_STRICT, 0, 0, "exit 3 when a verdict fails that did not in the base",
     0},
    {"json", KEY_JSON, 0, 0, "print the comparison as one JSON object", 0},
    {0},
};

static const struct argp argp = {
    .options = option_list,
    .parser = parse_option,
    .args_doc = "BASE --set KEY=VALUE...",
    .doc =
        "Run the scenario of the result BASE once more with something changed and the "
        "same random numbers, and say what changed and whether chance explains it.\v"
        "Exit status: 0 done, 2 done but some points of a new run failed, 3 with --strict "
        "when a verdict that passes in BASE, or is not stated there, fails after the "
        "change (also of a parameter varied alone; a verdict that fails in BASE already "
        "does not count), 64 usage, 65 BASE or its data are not what they should be, 66 "
        "missing input, 73 cannot create an output, 74 I/O error, 75 interrupted with --new: "
        "the same command goes on (1 without --new: nothing is kept), 78 bad --set.",
};

/* ---- 2. runs --------------------------------------------------------------------- */

/* The command line that a new result stores. */
static char *
recorded_argv(const whatif *w, const char *const *sets, size_t n)
{
    fm_str s = {0};

    fm_str_addf(&s, "fabmet what-if %s", w->o->args.path);
    for (size_t i = 0; i < n; i++)
        fm_str_addf(&s, " --set %s", sets[i]);
    return fm_str_take(&s);
}

/* Runs a scenario into a file and opens it.  Only --new stays when it is interrupted: what
 * is there of it is taken over. */
static fm_status
run_into(whatif *w, const fm_scenario *scenario, const char *const *sets, size_t n_sets,
         const char *path, fm_result **result_out)
{
    fm_run_summary summary = {0};
    char *argv = recorded_argv(w, sets, n_sets);
    bool keep = w->o->new_file != NULL && path == w->new_path;
    fm_progress_view view =
        fm_progress_view_make(FM_PROGRESS_AUTO, false, fm_stop_flag());
    fm_run_options options = {
        .threads = w->o->threads,
        .stop = fm_stop_flag(),
        .resume = keep,
        .progress = fm_progress_show,
        .progress_arg = &view,
        .note = fm_progress_note,
        .note_arg = &view,
        .store = {.replace = w->o->force,
                  .argv = argv,
                  .started = "",
                  .version = PACKAGE_VERSION},
    };

    if (argv == NULL)
        return FM_FAIL(&w->err, FM_ENOMEM, "out of memory");
    fm_status st = fm_run(scenario, path, &options, &summary, &w->err);
    fm_progress_clear(&view);
    free(argv);
    w->n_saved = keep && st == FM_EINTERRUPT ? summary.done : 0;
    if (st == FM_OK)
        st = fm_result_open(path, result_out, &w->err);
    w->n_failed += st == FM_OK ? summary.failed : 0;
    if (summary.failed > 0)
        (void)fprintf(stderr, "fabmet: what-if: %llu of %llu points failed; first: %s\n",
                      (unsigned long long)summary.failed,
                      (unsigned long long)summary.points, summary.first_failure);
    return st;
}

/* The base as it is compared. */
static fm_whatif_side
base_side(const whatif *w)
{
    return (fm_whatif_side){w->base.scenario,
                            w->rerun != NULL ? w->rerun : w->base.result};
}

static fm_status
rerun_base(whatif *w)
{
    char *path = fm_scratch_file(&w->scratch, "base.h5");

    if (path == NULL)
        return FM_FAIL(&w->err, FM_ENOMEM, "out of memory");
    uint64_t before = w->n_failed;
    fm_status st = run_into(w, w->base.scenario, NULL, 0, path, &w->rerun);
    w->n_failed = before; /* failures of the base are no news */
    free(path);
    return st;
}

/* Another processor or C library changes last bits, which look like differences. */
static void
note_machine(const whatif *w, const fm_result *changed)
{
    static const char *const facts[] = {"processor", "libc"};

    for (size_t i = 0; i < FM_COUNT(facts); i++) {
        const char *before = fm_result_fact(base_side(w).result, facts[i]);
        if (strcmp(before, fm_result_fact(changed, facts[i])) == 0)
            continue;
        (void)fprintf(stderr,
                      "fabmet: what-if: note: the base ran with another %s (%s): tiny "
                      "differences may come from that; --rerun-base avoids it\n",
                      facts[i], before);
        return;
    }
}

/* ---- 3. comparing ---------------------------------------------------------------- */

static fm_whatif_options
compare_options(const whatif *w)
{
    return (fm_whatif_options){.pairs = (size_t)w->o->pairs,
                               .confidence = w->o->confidence,
                               .quantity = w->o->quantity,
                               .threads = w->o->threads,
                               .stop = fm_stop_flag()};
}

/* All single values together: every quantity.
 * returns an exit code, or sets w->err */
static int
compare_together(whatif *w)
{
    fm_whatif_options options = compare_options(w);
    fm_whatif_side base = base_side(w);
    char *change = fm_plan_together(&w->plan);
    fm_status st = change != NULL ? FM_OK : FM_FAIL(&w->err, FM_ENOMEM, "out of memory");

    if (st == FM_OK)
        st = run_into(w, w->changed, w->plan.together, w->plan.n_together, w->new_path,
                      &w->changed_result);
    fm_whatif_side changed = {w->changed, w->changed_result};
    if (st == FM_OK) {
        note_machine(w, w->changed_result);
        st = fm_whatif_compare(&base, &changed, &options, w->out, &w->quantity, &w->delta,
                               &w->err);
    }
    if (st == FM_OK)
        st = fm_whatif_verdicts(&base, &changed, change, w->out, &w->n_to_fail, &w->err);
    if (st == FM_OK)
        st = fm_whatif_changes(&base, &changed, w->out, &w->err);
    if (st == FM_OK)
        st = fm_whatif_run_row(&changed, "new", w->out, &w->err);
    free(change);
    return st == FM_OK ? FM_EXIT_OK : fm_exit_code(st);
}

/* One parameter alone: the chosen quantity. */
static int
compare_alone(whatif *w, size_t i)
{
    fm_whatif_options options = compare_options(w);
    fm_whatif_side base = base_side(w), changed = {0};
    const fm_plan_step *step = &w->plan.alone[i];
    const char *sets[1] = {step->set};
    char *path = fm_scratch_file(&w->scratch, "alone.h5");
    fm_result *result = NULL;
    char *quantity = NULL;
    int code = FM_EXIT_FAILURE;
    fm_scenario *scenario = fm_base_changed(w->app, &w->base, sets, 1, &code);

    if (path == NULL || scenario == NULL)
        goto done;
    fm_status st = run_into(w, scenario, sets, 1, path, &result);
    changed = (fm_whatif_side){scenario, result};
    w->variations[i].parameter = step->key;
    w->variations[i].value = step->value;
    if (st == FM_OK)
        st = fm_whatif_compare(&base, &changed, &options, NULL, &quantity,
                               &w->variations[i].delta, &w->err);
    if (st == FM_OK)
        st = fm_whatif_verdicts(&base, &changed, step->set, w->out, &w->n_to_fail,
                                &w->err);
    if (st == FM_OK)
        st = fm_whatif_run_row(&changed, step->set, w->out, &w->err);
    if (w->quantity == NULL) {
        w->quantity = quantity;
        quantity = NULL;
    }
    code = st == FM_OK ? FM_EXIT_OK : fm_exit_code(st);
    (void)unlink(path);
done:
    fm_result_close(result);
    fm_scenario_free(scenario);
    free(quantity);
    free(path);
    return code;
}

static int
compare_all(whatif *w)
{
    fm_whatif_side base = base_side(w);
    int code = FM_EXIT_OK;
    fm_status st = fm_whatif_run_row(&base, "base", w->out, &w->err);

    if (st == FM_OK && w->changed != NULL)
        code = compare_together(w);
    for (size_t i = 0; i < w->plan.n_alone && st == FM_OK && code == FM_EXIT_OK; i++)
        code = compare_alone(w, i);
    if (st == FM_OK && code == FM_EXIT_OK && w->plan.n_alone > 0)
        st = fm_whatif_tornado(w->variations, w->plan.n_alone, w->quantity, w->out,
                               &w->err);
    return st == FM_OK ? code : fm_exit_code(st);
}

/* ---- 4. storing ------------------------------------------------------------------ */

static void
add_text_param(fm_str *s, const char *key, const char *text)
{
    fm_str_addf(s, "  %s: ", key);
    fm_str_add_json(s, text != NULL ? text : "");
    fm_str_add(s, "\n");
}

/* What was asked, as the scenario of the comparison. */
static char *
comparison_text(const whatif *w)
{
    char *together = fm_plan_together(&w->plan);
    char *alone = fm_plan_alone(&w->plan);
    fm_str s = {0}, title = {0};

    const char *of = fm_result_fact(w->base.result, "title");
    fm_str_addf(&title, "What if: %s", *of != '\0' ? of : w->o->args.path);
    fm_str_addf(&s, "fabmet: 1\nstudy: %s\ntitle: ", fm_study_whatif_deltas.name);
    fm_str_add_json(&s, title.data != NULL ? title.data : "");
    fm_str_add(&s, "\nparams:\n");
    add_text_param(&s, "base", w->o->args.path);
    add_text_param(&s, "change", together);
    add_text_param(&s, "alone", alone);
    add_text_param(&s, "quantity", w->quantity);
    fm_str_addf(&s, "  pairs: %d\n  confidence: ", w->o->pairs);
    fm_str_add_number(&s, w->o->confidence);
    fm_str_add(&s, "\n");
    fm_str_free(&title);
    free(together);
    free(alone);
    return fm_str_take(&s);
}

static fm_status
write_deltas(whatif *w, const fm_scenario *scenario)
{
    char *argv =
        recorded_argv(w, (const char *const *)w->o->args.sets, w->o->args.n_sets);
    fm_store *store = NULL;
    fm_store_options options = {
        .replace = w->o->force, .argv = argv, .started = "", .version = PACKAGE_VERSION};
    fm_status st = argv != NULL ? FM_OK : FM_FAIL(&w->err, FM_ENOMEM, "out of memory");

    if (st == FM_OK)
        st = fm_store_create(w->deltas_path, scenario, &options, &store, &w->err);
    if (st == FM_OK)
        st = fm_store_append(store, w->out, 0, w->out->n_points, &w->err);
    if (st == FM_OK) {
        char digest[FM_DIGEST_TEXT];
        st = fm_store_finish(store, "", digest, &w->err);
    }
    fm_store_free(store);
    free(argv);
    return st;
}

static fm_status
store_deltas(whatif *w, fm_result **result_out)
{
    char *text = comparison_text(w);
    fm_diags *diags = fm_diags_create();
    fm_scenario *scenario = NULL;
    fm_status st = text != NULL && diags != NULL ? FM_OK : FM_ENOMEM;

    if (st == FM_OK)
        st = fm_scenario_read_text(&w->app->context, "what-if", text, strlen(text), NULL,
                                   0, diags, &scenario);
    if (st != FM_OK)
        (void)FM_FAIL(&w->err, st, "the comparison cannot be described: %s",
                      fm_status_name(st));
    if (st == FM_OK)
        st = write_deltas(w, scenario);
    if (st == FM_OK)
        st = fm_result_open(w->deltas_path, result_out, &w->err);
    fm_scenario_free(scenario);
    fm_diags_free(diags);
    free(text);
    return st;
}

/* ---- 5. telling ------------------------------------------------------------------ */

static fm_status
print_table(const fm_result *deltas, const char *table, const char *columns,
            const char *heading, const char *where, fm_error *err)
{
    const fm_result_table *t = fm_result_table_named(deltas, table);
    fm_view view;

    if (t == NULL || t->n_rows == 0)
        return FM_OK;
    printf("\n%s\n", heading);
    fm_status st = fm_view_create(deltas, t, columns, where, &view, err);
    if (st == FM_OK) {
        st = fm_view_text(&view, stdout, err);
        fm_view_free(&view);
    }
    return st;
}

/* The chosen quantity in one sentence. */
static void
print_sentence(const whatif *w)
{
    const fm_whatif_delta *d = &w->delta;
    const char *unit = strcmp(d->unit, "1") == 0 ? "" : d->unit;
    static const char *const pairs[] = {"", "points", "batches of draws"};

    printf("%s: %.6g -> %.6g%s%s, delta %.4g", w->quantity, d->base, d->changed,
           *unit != '\0' ? " " : "", unit, d->paired.delta);
    if (isfinite(d->half))
        printf(" +- %.2g at %g %% (%zu pairs: %s): %s", d->half, 100 * w->o->confidence,
               d->paired.n, pairs[d->pairing],
               d->significant == FM_SIGNIFICANT ? "significant"
                                                : "chance can explain it");
    else
        printf(" (%s)", d->remark);
    printf("\n");
}

static fm_status
print_remarks(const fm_result *deltas, fm_error *err)
{
    const fm_result_table *points = fm_result_points(deltas);
    size_t column = points != NULL ? fm_result_column_named(points, "message") : SIZE_MAX;
    fm_slice slice = {0};
    fm_str text = {0};

    if (column == SIZE_MAX)
        return FM_OK;
    fm_status st = fm_result_read(deltas, points, column, 0, 1, &slice, err);
    if (st == FM_OK && slice.n == 1 && *slice.text[0] != '\0') {
        fm_str_add_escaped(&text, slice.text[0]);
        printf("\nnote: %s\n", text.data != NULL ? text.data : "");
    }
    fm_str_free(&text);
    fm_slice_free(&slice);
    return st;
}

static fm_status
print_text(const whatif *w, const fm_result *deltas, fm_error *err)
{
    if (w->changed != NULL)
        print_sentence(w);
    fm_status st =
        print_table(deltas, "scenario_changes", NULL, "What differs", NULL, err);
    if (st == FM_OK)
        st = print_table(deltas, "deltas",
                         "table,quantity,units,base,new,delta,delta_se,n_pairs,pairing,"
                         "significant",
                         "Quantities that differ", "delta > 0 || delta < 0", err);
    if (st == FM_OK)
        st = print_table(deltas, "verdict_changes",
                         "change,name,became,base,new,new_limit,units",
                         "Verdicts that changed", NULL, err);
    if (st == FM_OK)
        st = print_table(deltas, "tornado", NULL,
                         "Each parameter alone, largest effect first", NULL, err);
    if (st == FM_OK)
        st = print_remarks(deltas, err);
    return st;
}

static fm_status
write_report(whatif *w, const fm_result *deltas)
{
    const fm_result *results[3] = {deltas, base_side(w).result, w->changed_result};
    size_t n = w->changed_result != NULL ? 3 : 2;

    return fm_report_write(&w->app->context, results, n, w->o->report, &w->err);
}

static fm_status
tell(whatif *w)
{
    fm_result *deltas = NULL;
    fm_status st = store_deltas(w, &deltas);

    if (st == FM_OK && w->o->json)
        st = fm_app_show_json(deltas, &w->err);
    else if (st == FM_OK)
        st = print_text(w, deltas, &w->err);
    if (st == FM_OK && w->o->report != NULL)
        st = write_report(w, deltas);
    fm_result_close(deltas);
    return st;
}

/* ---- 6. the command -------------------------------------------------------------- */

/* Long runs must not end in "there is a file of that name". */
static fm_status
check_outputs(const struct whatif_options *o, const fm_plan *plan, fm_error *err)
{
    const char *const paths[] = {o->output, o->new_file};

    if (o->new_file != NULL && plan->n_together == 0)
        return FM_FAIL(err, FM_EUSAGE,
                       "--new needs a --set with a single value: lists vary parameters "
                       "one at a time");
    for (size_t i = 0; i < FM_COUNT(paths); i++)
        if (paths[i] != NULL && !o->force && access(paths[i], F_OK) == 0)
            return FM_FAIL(err, FM_ECREATE,
                           "there is a file of that name already (--force replaces it): "
                           "'%.160s'",
                           paths[i]);
    if (o->output != NULL && o->new_file != NULL && strcmp(o->output, o->new_file) == 0)
        return FM_FAIL(err, FM_EUSAGE, "-o and --new name the same file");
    return FM_OK;
}

static fm_status
prepare(whatif *w)
{
    fm_status st = fm_scratch_open(&w->scratch, w->app->context.scratch_path, &w->err);

    if (st != FM_OK)
        return st;
    w->new_path = w->o->new_file != NULL ? fm_strdup(w->o->new_file)
                                         : fm_scratch_file(&w->scratch, "new.h5");
    w->deltas_path = w->o->output != NULL ? fm_strdup(w->o->output)
                                          : fm_scratch_file(&w->scratch, "deltas.h5");
    w->variations = calloc(w->plan.n_alone + 1, sizeof *w->variations);
    st = fm_out_create(&fm_study_whatif_deltas, &w->out);
    if (st != FM_OK || w->new_path == NULL || w->deltas_path == NULL ||
        w->variations == NULL)
        return FM_FAIL(&w->err, FM_ENOMEM, "out of memory");
    fm_out_reset(w->out, 0);
    st = fm_out_begin(w->out, 0);
    return st == FM_OK ? st : FM_FAIL(&w->err, st, "out of memory");
}

/* Everything but the options.  returns an exit code; what failed is in w->err, or was
 * printed. */
static int
work(whatif *w)
{
    int code = FM_EXIT_OK;
    const fm_base_options how = {w->o->data_folder, w->o->rerun_base};

    code = fm_base_open(w->app, w->o->args.path, &how, &w->base);
    if (code != FM_EXIT_OK)
        return code;
    fm_status st = fm_plan_make(w->base.scenario->study, w->o->args.sets,
                                w->o->args.n_sets, w->o->tornado, &w->plan, &w->err);
    if (st == FM_OK)
        st = check_outputs(w->o, &w->plan, &w->err);
    if (st == FM_OK && w->plan.n_together > 0) {
        w->changed = fm_base_changed(w->app, &w->base, w->plan.together,
                                     w->plan.n_together, &code);
        if (w->changed == NULL)
            return code;
    }
    if (st == FM_OK)
        st = prepare(w);
    if (st == FM_OK && w->o->rerun_base)
        st = rerun_base(w);
    if (st != FM_OK)
        return fm_exit_code(st);
    code = compare_all(w);
    if (code != FM_EXIT_OK)
        return code;
    st = fm_out_end(w->out, FM_OK, NULL, 0);
    if (st == FM_OK)
        st = tell(w);
    return st == FM_OK ? FM_EXIT_OK : fm_exit_code(st);
}

static void
finish(whatif *w)
{
    fm_result_close(w->rerun);
    fm_result_close(w->changed_result);
    fm_scenario_free(w->changed);
    if (w->out != NULL)
        fm_out_free(w->out);
    fm_base_close(&w->base);
    fm_plan_free(&w->plan);
    fm_scratch_close(&w->scratch);
    free(w->variations);
    free(w->quantity);
    free(w->new_path);
    free(w->deltas_path);
}

/* returns FM_EXIT_INTERRUPTED when the same command would go on with something, otherwise
 * FM_EXIT_FAILURE: a job that is started again for ever helps nobody */
static int
end_interrupted(const whatif *w)
{
    const char *name = fm_stop_name();
    const char *new_file = w->o->new_file;
    bool complete = new_file != NULL && w->changed_result != NULL;

    (void)fprintf(stderr, "fabmet: what-if: interrupted%s%s; nothing was compared\n",
                  name != NULL ? " by " : "", name != NULL ? name : "");
    if (complete)
        (void)fprintf(stderr,
                      "  '%s' is complete; the same command with --force takes it as it "
                      "is and compares\n",
                      new_file);
    else if (w->n_saved > 0)
        (void)fprintf(stderr,
                      "  %llu points are saved in '%s.parts'; the same command goes on "
                      "with them\n",
                      (unsigned long long)w->n_saved, new_file);
    else if (new_file == NULL)
        (void)fprintf(stderr, "  nothing is kept; with --new FILE the same command could "
                              "go on\n");
    return complete || w->n_saved > 0 ? FM_EXIT_INTERRUPTED : FM_EXIT_FAILURE;
}

int
fm_app_whatif(fm_app *app, int argc, char **argv)
{
    struct whatif_options o = {
        .threads = fm_threads_default(), .pairs = PAIRS_DEFAULT, .confidence = 0.95};
    whatif w = {.app = app, .o = &o};

    fm_app_parse(app, &argp, argc, argv, &o);
    fm_stop_catch();
    int code = work(&w);
    if (w.err.code == FM_EINTERRUPT) {
        code = end_interrupted(&w);
    } else if (w.err.code != FM_OK) {
        code = fm_app_fail(app, &w.err);
    }
    if (code == FM_EXIT_OK && w.n_failed > 0)
        code = FM_EXIT_SOME_FAILED;
    else if (code == FM_EXIT_OK && o.strict && w.n_to_fail > 0)
        code = FM_EXIT_VERDICT;
    finish(&w);
    free(o.args.sets);
    return code;
}
