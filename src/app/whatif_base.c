/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The base of a what-if: a complete result, and its scenario with the same data.
 *
 * Contents
 *   1. is it a base at all      3. folders
 *   2. its scenario             4. open
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "app/whatif_base.h"
#include "core/text.h"
#include "core/yaml.h"

/* ---- 1. is it a base at all ------------------------------------------------------ */

static const char *
name_of(const fm_result *result)
{
    return fm_result_fact(result, "path");
}

static fm_status
check_study(const fm_app *app, const fm_result *result, fm_error *err)
{
    const char *name = fm_result_fact(result, "study");
    const fm_study *study = fm_context_study(&app->context, name);

    if (study == NULL)
        return FM_FAIL(err, FM_EDATA, "'%.120s': this program has no study '%.60s'",
                       name_of(result), name);
    if (study->run == NULL)
        return FM_FAIL(err, FM_EDATA,
                       "'%.120s' is a comparison itself; give the result that it began "
                       "with",
                       name_of(result));
    if (*fm_result_fact(result, "scenario") == '\0')
        return FM_FAIL(err, FM_EDATA, "'%.160s' stores no scenario", name_of(result));
    return FM_OK;
}

static fm_status
check_complete(const fm_result *result, fm_error *err)
{
    const fm_result_table *points = fm_result_points(result);
    size_t column = points != NULL ? fm_result_column_named(points, "status") : SIZE_MAX;
    fm_slice status = {0};
    size_t done = 0;

    if (column == SIZE_MAX || points->columns[column].type != FM_TYPE_CODE)
        return FM_FAIL(err, FM_EDATA, "'%.160s' has no table of its points",
                       name_of(result));
    fm_status st =
        fm_result_read(result, points, column, 0, (size_t)points->n_rows, &status, err);
    if (st != FM_OK)
        return st;
    for (size_t i = 0; i < status.n; i++)
        done += status.code[i] != FM_EPENDING;
    fm_slice_free(&status);
    const char *all = fm_result_fact(result, "points");
    if (done == strtoull(all, NULL, 10))
        return FM_OK;
    return FM_FAIL(err, FM_EDATA,
                   "'%.120s' is incomplete: %zu of %.20s points; complete it first "
                   "(run --resume, merge)",
                   name_of(result), done, all);
}

static fm_status
check_version(const fm_result *result, fm_error *err)
{
    const char *version = fm_result_fact(result, "version");

    if (strcmp(version, PACKAGE_VERSION) == 0)
        return FM_OK;
    return FM_FAIL(
        err, FM_EDATA,
        "'%.80s' was made by fabmet %.20s, this is %s: a difference could come "
        "from that; --rerun-base runs the base again too",
        name_of(result), *version != '\0' ? version : "of unknown version",
        PACKAGE_VERSION);
}

/* ---- 2. its scenario ------------------------------------------------------------- */

/* Whether one of sets[n] sets the same key. */
static bool
is_set(const char *set, const char *const *sets, size_t n)
{
    size_t length = strcspn(set, "=") + 1;

    for (size_t i = 0; i < n; i++)
        if (strncmp(sets[i], set, length) == 0)
            return true;
    return false;
}

/* The stored scenario with the base's data and further overrides. */
static fm_status
read_scenario(const fm_app *app, const fm_base *base, const char *const *sets, size_t n,
              fm_diags *diags, fm_scenario **out)
{
    const char *text = fm_result_fact(base->result, "scenario");
    const char **all = calloc(base->n_data + n + 1, sizeof *all);
    fm_context context = app->context;
    size_t n_all = 0;

    if (all == NULL)
        return FM_ENOMEM;
    for (size_t i = 0; i < base->n_data; i++)
        if (!is_set(base->data[i], sets, n))
            all[n_all++] = base->data[i];
    for (size_t i = 0; i < n; i++)
        all[n_all++] = sets[i];
    context.resolved = true;
    fm_status st = fm_scenario_read_text(&context, "(scenario in the base)", text,
                                         strlen(text), all, n_all, diags, out);
    free(all);
    if (st == FM_OK)
        (*out)->context = &app->context;
    return st == FM_OK ? fm_scenario_load(*out, diags) : st;
}

/* One line "NAME SOURCE SHA256" of the stored inputs. */
typedef struct stored_input {
    const char *source; /* as the user wrote it; length n_source */
    size_t n_source;
    const char *hash; /* length n_hash */
    size_t n_hash;
} stored_input;

static bool
find_input(const fm_result *result, const char *input, stored_input *out)
{
    size_t length = strlen(input);

    for (const char *p = fm_result_fact(result, "inputs"); *p != '\0';
         p += strcspn(p, "\n") + (p[strcspn(p, "\n")] == '\n')) {
        size_t n = strcspn(p, "\n");
        if (n <= length || strncmp(p, input, length) != 0 || p[length] != ' ')
            continue;
        size_t start = n;
        while (p[start - 1] != ' ')
            start--;
        *out = (stored_input){
            .source = p + length + 1, .hash = p + start, .n_hash = n - start};
        out->n_source = start > length + 1 ? start - length - 2 : 0;
        return true;
    }
    return false;
}

static fm_status
check_inputs(const fm_base *base, fm_error *err)
{
    const fm_scenario *s = base->scenario;

    for (size_t i = 0; i < s->study->n_inputs; i++) {
        stored_input stored;
        const char *input = s->study->inputs[i].name;
        const fm_source *from = &s->sources[i];
        if (from->data == NULL || !find_input(base->result, input, &stored) ||
            (strlen(from->hash) == stored.n_hash &&
             strncmp(from->hash, stored.hash, stored.n_hash) == 0))
            continue;
        return FM_FAIL(err, FM_EDATA,
                       "input '%.40s' has changed since the base was run: '%.70s' has "
                       "SHA-256 %.12s..., the base stores %.12s...; run the base again",
                       input, from->name != NULL ? from->name : "", from->hash,
                       stored.hash);
    }
    return FM_OK;
}

/* ---- 3. folders ------------------------------------------------------------------ */

static char *
folder_of(const char *path, size_t n)
{
    while (n > 0 && path[n - 1] != '/')
        n--;
    while (n > 1 && path[n - 1] == '/')
        n--;
    return n > 0 ? strndup(path, n) : fm_strdup(".");
}

/* Folder of the scenario that the stored command line names; NULL when it names none. */
static char *
scenario_folder(const fm_result *result)
{
    static const char head[] = "fabmet run ";
    const char *argv = fm_result_fact(result, "argv");

    if (strncmp(argv, head, sizeof head - 1) != 0)
        return NULL;
    const char *path = argv + sizeof head - 1;
    const char *end = strstr(path, " --set ");
    return folder_of(path, end != NULL ? (size_t)(end - path) : strlen(path));
}

enum {
    FOLDERS_MAX = 4
};

/* "" stands for the paths as the base stores them. */
static size_t
list_folders(const fm_result *result, const char *only, char *folders[FOLDERS_MAX])
{
    char *found[FOLDERS_MAX] = {NULL, NULL, NULL, NULL};
    size_t n = 0;

    if (only != NULL) {
        found[0] = fm_strdup(only);
    } else {
        found[0] = fm_strdup("");
        found[1] = scenario_folder(result);
        found[2] = folder_of(name_of(result), strlen(name_of(result)));
        found[3] = fm_strdup(".");
    }
    for (size_t i = 0; i < FOLDERS_MAX; i++) {
        bool twice = false;
        for (size_t k = 0; k < n && found[i] != NULL; k++)
            twice = twice || strcmp(folders[k], found[i]) == 0;
        if (found[i] == NULL || twice)
            free(found[i]);
        else
            folders[n++] = found[i];
    }
    return n;
}

static void
forget_data(fm_base *base)
{
    for (size_t i = 0; i < base->n_data; i++)
        free(base->data[i]);
    free(base->data);
    base->data = NULL;
    base->n_data = 0;
}

/* Puts the CSV files that the scenario names below a folder. */
static fm_status
use_folder(const fm_app *app, fm_base *base, const char *folder)
{
    const fm_study *study =
        fm_context_study(&app->context, fm_result_fact(base->result, "study"));
    const char *text = fm_result_fact(base->result, "scenario");
    fm_diags *diags = fm_diags_create();
    fm_node *root = NULL;
    fm_status st = FM_OK;

    forget_data(base);
    base->data = calloc(study->n_inputs + 1, sizeof(char *));
    if (diags == NULL || base->data == NULL)
        st = FM_ENOMEM;
    else if (*folder != '\0')
        st = fm_yaml_read_text("scenario", text, strlen(text), diags, &root);
    const fm_node *data = root != NULL ? fm_yaml_get(root, "data") : NULL;
    for (size_t i = 0; data != NULL && i < study->n_inputs && st == FM_OK; i++) {
        const char *name = study->inputs[i].name;
        const fm_node *input = fm_yaml_get(data, name);
        stored_input stored;
        fm_str set = {0};
        if (input == NULL || fm_yaml_get(input, "csv") == NULL ||
            !find_input(base->result, name, &stored) || stored.n_source == 0)
            continue;
        fm_str_addf(&set, "data.%s.csv=", name);
        if (*stored.source != '/')
            fm_str_addf(&set, "%s/", folder);
        fm_str_add_bytes(&set, stored.source, stored.n_source);
        base->data[base->n_data] = fm_str_take(&set);
        if (base->data[base->n_data] == NULL)
            st = FM_ENOMEM;
        else
            base->n_data++;
    }
    fm_yaml_free(root);
    fm_diags_free(diags);
    return st;
}

/* One try.  Data that are missing or not the same may be there in the next folder.
 * returns an exit code; prints when it is told to */
static int
try_folder(const fm_app *app, fm_base *base, const char *folder, bool any_data,
           bool print)
{
    fm_error err = FM_ERROR_INIT;
    fm_diags *diags = fm_diags_create();
    int code = FM_EXIT_FAILURE;

    if (diags == NULL)
        return FM_EXIT_FAILURE;
    fm_status st = use_folder(app, base, folder);
    if (st == FM_OK)
        st = read_scenario(app, base, NULL, 0, diags, &base->scenario);
    if (st != FM_OK) {
        code =
            fm_exit_code(fm_diags_status(diags) != FM_OK ? fm_diags_status(diags) : st);
        if (print)
            (void)fm_app_fail_diags(app, diags);
    } else {
        st = any_data ? FM_OK : check_inputs(base, &err);
        code = st == FM_OK ? FM_EXIT_OK : fm_exit_code(st);
        if (st != FM_OK && print)
            (void)fm_app_fail(app, &err);
    }
    if (st != FM_OK) {
        fm_scenario_free(base->scenario);
        base->scenario = NULL;
    }
    fm_diags_free(diags);
    return code;
}

/* Tries the folders; when none is right, the first problem is told. */
static int
find_data(const fm_app *app, fm_base *base, const fm_base_options *options)
{
    char *folders[FOLDERS_MAX] = {NULL, NULL, NULL, NULL};
    size_t n = list_folders(base->result, options->data_folder, folders);
    int code = FM_EXIT_FAILURE;
    size_t i = 0;

    for (; i < n; i++) {
        code = try_folder(app, base, folders[i], options->any_version, false);
        if (code != FM_EXIT_NO_INPUT && code != FM_EXIT_DATA)
            break;
    }
    if (code != FM_EXIT_OK && n > 0) {
        code = try_folder(app, base, folders[i < n ? i : 0], options->any_version, true);
        if (code == FM_EXIT_NO_INPUT)
            (void)fprintf(stderr, "  hint: --data-folder names the folder that the "
                                  "scenario's relative paths begin in\n");
    }
    for (size_t k = 0; k < n; k++)
        free(folders[k]);
    return code;
}

/* ---- 4. open --------------------------------------------------------------------- */

int
fm_base_open(const fm_app *app, const char *path, const fm_base_options *options,
             fm_base *base_out)
{
    fm_error err = FM_ERROR_INIT;
    int code = FM_EXIT_OK;

    *base_out = (fm_base){0};
    base_out->result = fm_app_open(app, path, &code);
    if (base_out->result == NULL)
        return code;
    fm_status st = check_study(app, base_out->result, &err);
    if (st == FM_OK)
        st = check_complete(base_out->result, &err);
    if (st == FM_OK && !options->any_version)
        st = check_version(base_out->result, &err);
    return st == FM_OK ? find_data(app, base_out, options) : fm_app_fail(app, &err);
}

void
fm_base_close(fm_base *base)
{
    fm_scenario_free(base->scenario);
    fm_result_close(base->result);
    forget_data(base);
    *base = (fm_base){0};
}

fm_scenario *
fm_base_changed(const fm_app *app, const fm_base *base, const char *const *sets, size_t n,
                int *code_out)
{
    fm_scenario *scenario = NULL;
    fm_diags *diags = fm_diags_create();

    if (diags == NULL) {
        *code_out = FM_EXIT_FAILURE;
        return NULL;
    }
    fm_status st = read_scenario(app, base, sets, n, diags, &scenario);
    *code_out = fm_app_fail_diags(app, diags);
    if (st != FM_OK) {
        if (*code_out == FM_EXIT_OK)
            *code_out = fm_exit_code(st);
        fm_scenario_free(scenario);
        scenario = NULL;
    }
    fm_diags_free(diags);
    return scenario;
}
