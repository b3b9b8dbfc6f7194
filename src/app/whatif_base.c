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

static fm_status
read_scenario(const fm_app *app, const fm_base *base, const char *const *sets, size_t n,
              fm_diags *diags, fm_scenario **out)
{
    const char *text = fm_result_fact(base->result, "scenario");
    fm_str name = {0};

    fm_str_addf(&name, "%s/(scenario in the base)", base->folder);
    fm_status st = name.failed ? FM_ENOMEM
                               : fm_scenario_read_text(&app->context, name.data, text,
                                                       strlen(text), sets, n, diags, out);
    fm_str_free(&name);
    return st == FM_OK ? fm_scenario_load(*out, diags) : st;
}

/* Hash that the base stores for an input; its length in *n_out. */
static const char *
stored_hash(const fm_result *result, const char *input, size_t *n_out)
{
    size_t length = strlen(input);

    for (const char *p = fm_result_fact(result, "inputs"); *p != '\0';
         p += strcspn(p, "\n") + (p[strcspn(p, "\n")] == '\n')) {
        size_t n = strcspn(p, "\n");
        if (strncmp(p, input, length) != 0 || p[length] != ' ')
            continue;
        size_t start = n;
        while (start > 0 && p[start - 1] != ' ')
            start--;
        *n_out = n - start;
        return p + start;
    }
    return NULL;
}

static fm_status
check_inputs(const fm_base *base, fm_error *err)
{
    const fm_scenario *s = base->scenario;

    for (size_t i = 0; i < s->study->n_inputs; i++) {
        size_t n = 0;
        const char *input = s->study->inputs[i].name;
        const char *hash = stored_hash(base->result, input, &n);
        const fm_source *from = &s->sources[i];
        if (hash == NULL || from->data == NULL ||
            (strlen(from->hash) == n && strncmp(from->hash, hash, n) == 0))
            continue;
        return FM_FAIL(err, FM_EDATA,
                       "input '%.40s' has changed since the base was run: '%.70s' has "
                       "SHA-256 %.12s..., the base stores %.12s...; run the base again",
                       input, from->name != NULL ? from->name : "", from->hash, hash);
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
    FOLDERS_MAX = 3
};

static size_t
list_folders(const fm_result *result, const char *only, char *folders[FOLDERS_MAX])
{
    char *found[FOLDERS_MAX] = {NULL, NULL, NULL};
    size_t n = 0;

    if (only != NULL) {
        found[0] = fm_strdup(only);
    } else {
        found[0] = scenario_folder(result);
        found[1] = folder_of(name_of(result), strlen(name_of(result)));
        found[2] = fm_strdup(".");
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

/* One try.  Data that are missing or not the same may be there in the next folder.
 * returns an exit code; prints when it is told to */
static int
try_folder(const fm_app *app, fm_base *base, bool any_data, bool print)
{
    fm_error err = FM_ERROR_INIT;
    fm_diags *diags = fm_diags_create();
    int code = FM_EXIT_FAILURE;

    if (diags == NULL)
        return FM_EXIT_FAILURE;
    fm_status st = read_scenario(app, base, NULL, 0, diags, &base->scenario);
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
    char *folders[FOLDERS_MAX];
    size_t n = list_folders(base->result, options->data_folder, folders);
    int code = FM_EXIT_FAILURE;
    size_t i = 0;

    for (; i < n; i++) {
        base->folder = folders[i];
        code = try_folder(app, base, options->any_version, false);
        if (code != FM_EXIT_NO_INPUT && code != FM_EXIT_DATA)
            break;
    }
    if (code != FM_EXIT_OK && n > 0) {
        base->folder = folders[i < n ? i : 0];
        code = try_folder(app, base, options->any_version, true);
        if (code == FM_EXIT_NO_INPUT)
            (void)fprintf(stderr, "  hint: --data-folder names the folder that the "
                                  "scenario's relative paths begin in\n");
    }
    for (size_t k = 0; k < n; k++)
        if (folders[k] != base->folder)
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
    free(base->folder);
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
