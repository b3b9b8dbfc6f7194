/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joins result files of one run into a result file (`fabmet merge`).
 *
 * Contents
 *   1. files       open and check each, remember where it begins
 *   2. scenario    out of the first file, without its data
 *   3. merge
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/feed.h"
#include "core/identity.h"
#include "core/params.h"
#include "core/parts.h"
#include "core/provenance.h"
#include "core/text.h"

typedef struct merge {
    const fm_context *context;
    fm_note_fn note;
    void *note_arg;
    fm_texts paths;            /* of all files */
    fm_points_source *sources; /* [n_sources] of those that have points */
    size_t n_sources;
    fm_result *model; /* the first file: what the output takes over */
    char *model_path;
    char *identity;
    fm_machines machines;
    fm_scenario *scenario;
    fm_error *err;
} merge;

/* ---- 1. files -------------------------------------------------------------------- */

static void
remark(const merge *m, const char *text, const char *more)
{
    fm_str s = {0};

    fm_str_addf(&s, "%s%s", text, more);
    if (m->note != NULL && !s.failed)
        m->note(s.data, m->note_arg);
    fm_str_free(&s);
}

static fm_status
check_identity(merge *m, const fm_result *result, const char *path)
{
    char words[200];
    char *identity = fm_identity_of(result);

    if (identity == NULL)
        return FM_FAIL(m->err, FM_ENOMEM, "out of memory");
    if (m->identity == NULL) {
        m->identity = identity;
        return FM_OK;
    }
    bool same = strcmp(identity, m->identity) == 0;
    if (!same)
        fm_identity_difference(identity, m->identity, m->model_path, words, sizeof words);
    free(identity);
    return same ? FM_OK
                : FM_FAIL(m->err, FM_EDATA, "not of one run: in '%s' %s", path, words);
}

/* Remembers where the file's points begin; a file without any is no source. */
static fm_status
add_source(merge *m, const fm_result *result, const char *path)
{
    fm_ranges good = {0}, failed = {0};
    uint64_t first = UINT64_MAX;
    fm_status st = fm_feed_points(result, &good, &failed, m->err);

    if (good.n > 0)
        first = good.list[0].first;
    if (failed.n > 0 && failed.list[0].first < first)
        first = failed.list[0].first;
    if (st == FM_OK && first != UINT64_MAX)
        m->sources[m->n_sources++] = (fm_points_source){.path = path, .first = first};
    fm_ranges_free(&good);
    fm_ranges_free(&failed);
    return st;
}

static fm_status
look_at(merge *m, const char *path)
{
    fm_result *result = NULL;
    fm_status st = fm_result_open(path, &result, m->err);

    if (st == FM_OK)
        st = check_identity(m, result, path);
    if (st == FM_OK)
        st = add_source(m, result, path);
    if (st == FM_OK && fm_machines_add(&m->machines, result) != FM_OK)
        st = FM_FAIL(m->err, FM_ENOMEM, "out of memory");
    if (st == FM_OK && m->model == NULL) {
        m->model = result;
        m->model_path = fm_strdup(path);
        result = NULL; /* ownership moved */
        if (m->model_path == NULL)
            st = FM_FAIL(m->err, FM_ENOMEM, "out of memory");
    }
    fm_result_close(result);
    return st;
}

static bool
is_sound(const char *path, fm_error *err)
{
    fm_result *result = NULL;
    fm_status st = fm_result_open(path, &result, err);

    if (st == FM_OK) {
        char digest[FM_DIGEST_TEXT];
        st = fm_result_verify(result, digest, err);
    }
    fm_result_close(result);
    return st != FM_EDATA;
}

/* Parts of a folder; what a killed run left damaged is no reason to stop. */
static fm_status
add_folder(merge *m, const char *folder)
{
    fm_texts paths = {0};
    size_t before = m->paths.n;
    fm_status st = fm_parts_list(folder, &paths, m->err);

    if (st == FM_OK && paths.n == 0)
        st = FM_FAIL(m->err, FM_ENOINPUT, "there is no part in the folder '%s'", folder);
    for (size_t i = 0; i < paths.n && st == FM_OK; i++) {
        fm_error own = FM_ERROR_INIT;
        if (!is_sound(paths.list[i], &own))
            remark(m, own.text, "; left out");
        else if (fm_texts_append(&m->paths, paths.list[i]) != FM_OK)
            st = FM_FAIL(m->err, FM_ENOMEM, "out of memory");
    }
    if (st == FM_OK && m->paths.n == before)
        st =
            FM_FAIL(m->err, FM_EDATA, "every part is damaged in the folder '%s'", folder);
    fm_texts_free(&paths);
    return st;
}

static fm_status
collect(merge *m, const char *const *paths, size_t n)
{
    struct stat info;
    fm_status st = n > 0 ? FM_OK : FM_FAIL(m->err, FM_EUSAGE, "nothing to merge");

    for (size_t i = 0; i < n && st == FM_OK; i++) {
        if (stat(paths[i], &info) == 0 && S_ISDIR(info.st_mode))
            st = add_folder(m, paths[i]);
        else if (fm_texts_append(&m->paths, paths[i]) != FM_OK)
            st = FM_FAIL(m->err, FM_ENOMEM, "out of memory");
    }
    if (st != FM_OK)
        return st;
    m->sources = calloc(m->paths.n + 1, sizeof *m->sources);
    if (m->sources == NULL)
        return FM_FAIL(m->err, FM_ENOMEM, "out of memory");
    for (size_t i = 0; i < m->paths.n && st == FM_OK; i++)
        st = look_at(m, m->paths.list[i]);
    return st;
}

/* ---- 2. scenario ----------------------------------------------------------------- */

/* The data are not read again: what is kept of them comes from the first file. */
static bool
recall_inputs(fm_scenario *s, const fm_result *model)
{
    size_t n = 0;
    const fm_result_input *inputs = fm_result_inputs(model, &n);

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < s->study->n_inputs; k++) {
            if (strcmp(s->study->inputs[k].name, inputs[i].name) != 0)
                continue;
            s->sources[k].name = fm_arena_text(s->arena, inputs[i].source);
            (void)snprintf(s->sources[k].hash, sizeof s->sources[k].hash, "%s",
                           inputs[i].sha256);
        }
    s->overrides = fm_arena_text(s->arena, fm_result_fact(model, "overrides"));
    return s->overrides != NULL && !fm_arena_failed(s->arena);
}

static fm_status
recall_scenario(merge *m)
{
    const char *text = fm_result_fact(m->model, "scenario");
    const char *study = fm_result_fact(m->model, "study");
    fm_context context = *m->context;
    fm_diags *diags = fm_diags_create();
    size_t n = 0, n_errors = 0;

    if (fm_context_study(m->context, study) == NULL) {
        fm_diags_free(diags);
        return FM_FAIL(m->err, FM_EDATA, "this program has no study '%s': '%s'", study,
                       m->model_path);
    }
    context.recorded = true;
    fm_status st =
        diags == NULL ? FM_ENOMEM
                      : fm_scenario_read_text(&context, m->model_path, text, strlen(text),
                                              NULL, 0, diags, &m->scenario);
    const fm_diag *list = diags != NULL ? fm_diags_list(diags, &n, &n_errors) : NULL;
    if (st == FM_ENOMEM)
        (void)FM_FAIL(m->err, st, "out of memory");
    else if (st != FM_OK)
        st = FM_FAIL(m->err, FM_EDATA, "its scenario does not fit this program: %s: '%s'",
                     n > 0 ? list[0].text : "", m->model_path);
    fm_diags_free(diags);
    if (st != FM_OK)
        return st;
    m->scenario->context = m->context;
    return recall_inputs(m->scenario, m->model)
               ? FM_OK
               : FM_FAIL(m->err, FM_ENOMEM, "out of memory");
}

/* ---- 3. merge -------------------------------------------------------------------- */

static const char *
or_given(const char *given, const char *recorded)
{
    return given != NULL && *given != '\0' ? given : recorded;
}

static fm_status
write_output(merge *m, const char *output, const fm_store_options *options,
             fm_merge_summary *summary, fm_error *err)
{
    char finished[FM_TIME_TEXT] = "";
    fm_store *store = NULL;
    fm_tally tally = {0};
    fm_store_options own = *options;

    own.argv = or_given(options->argv, fm_result_fact(m->model, "argv"));
    own.version = fm_result_fact(m->model, "version");
    own.record_times = m->machines.started != NULL;
    own.like = m->model;
    if (fm_machines_use(&m->machines, &own) != FM_OK)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    fm_status st = fm_store_create(output, m->scenario, &own, &store, err);
    const fm_joining joining = {.scenario = m->scenario,
                                .sources = m->sources,
                                .n_sources = m->n_sources,
                                .points = {0, m->scenario->n_points},
                                .pending = true,
                                .store = store};
    if (st == FM_OK)
        st = fm_join(&joining, &tally, err);
    fm_time_text(own.record_times, finished);
    if (st == FM_OK)
        st = fm_store_finish(store, finished, summary->digest, err);
    fm_store_free(store);
    summary->points = tally.points;
    summary->done = tally.done;
    summary->failed = tally.failed;
    summary->n_sources = m->paths.n;
    return st;
}

fm_status
fm_merge(/* NOLINT(readability-function-size): the agreed interface */
         const fm_context *context, const char *const *paths, size_t n_paths,
         const char *output, const fm_store_options *options, fm_note_fn note,
         void *note_arg, fm_merge_summary *summary_out, fm_error *err)
{
    merge m = {.context = context, .note = note, .note_arg = note_arg, .err = err};
    fm_merge_summary summary = {0};
    fm_status st = collect(&m, paths, n_paths);

    if (st == FM_OK)
        st = recall_scenario(&m);
    if (st == FM_OK && fm_machines_differ(&m.machines))
        remark(&m, "the parts were computed on different processors or C libraries",
               ": last digits may depend on it");
    if (st == FM_OK)
        st = write_output(&m, output, options, &summary, err);
    if (st == FM_OK)
        *summary_out = summary;
    fm_scenario_free(m.scenario);
    fm_result_close(m.model);
    fm_machines_free(&m.machines);
    fm_texts_free(&m.paths);
    free(m.sources);
    free(m.model_path);
    free(m.identity);
    return st;
}
