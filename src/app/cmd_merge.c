/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fabmet merge: joins slices and saved parts of one sweep into one result. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "app/app.h"
#include "core/merge.h"
#include "core/text.h"

enum {
    KEY_FORCE = 0x100,
    KEY_STRICT
};

struct merge_options {
    const char *output;
    const char **paths; /* [n_paths]; room for argc of them */
    size_t n_paths;
    bool force, strict, quiet;
};

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    struct merge_options *o = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        o->paths = calloc((size_t)state->argc, sizeof *o->paths);
        return o->paths != NULL ? 0 : ENOMEM;
    case 'o':
        o->output = arg;
        return 0;
    case 'q':
        o->quiet = true;
        return 0;
    case KEY_FORCE:
        o->force = true;
        return 0;
    case KEY_STRICT:
        o->strict = true;
        return 0;
    case ARGP_KEY_ARG:
        o->paths[o->n_paths++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (o->n_paths == 0)
            argp_error(state, "the parts to merge are expected: results of `fabmet run "
                              "--slice`, or folders FILE.parts");
        if (o->output == NULL)
            argp_error(state, "-o names the result to write");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "result to write", 0},
    {"force", KEY_FORCE, 0, 0, "replace an existing result", 0},
    {"strict", KEY_STRICT, 0, 0, "exit 3 when points are pending", 0},
    {"quiet", 'q', 0, 0, "print no summary when the result is complete", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse_option,
    .args_doc = "PART...",
    .doc = "Join parts of one sweep, in any order: slices, and folders FILE.parts that "
           "interrupted runs have left.\vPoints that no part has are NaN with the status "
           "\"pending\".  A point that several parts have must be the same in all; a "
           "success replaces a failure.\n\n"
           "Exit status: 0 merged, 2 merged but some points failed, 3 points are pending "
           "(--strict), 65 the parts do not belong together or are damaged, 66 a part is "
           "missing, 73 cannot create the output, 74 I/O error.",
};

static void
print_note(const char *text, void *arg)
{
    fm_str s = {0};

    (void)arg;
    fm_str_add_escaped(&s, text);
    (void)fprintf(stderr, "fabmet: merge: note: %s\n", s.data != NULL ? s.data : "");
    fm_str_free(&s);
}

/* "r.h5: 900 of 1000 points from 3 sources; 100 pending; digest ..." */
static void
print_summary(const struct merge_options *o, const fm_merge_summary *summary)
{
    fm_str s = {0};
    uint64_t pending = summary->points - summary->done;

    if (o->quiet && pending == 0 && summary->failed == 0)
        return;
    fm_str_add_escaped(&s, o->output);
    fm_str_addf(&s, ": %" PRIu64 " of %" PRIu64 " points from %zu source%s",
                summary->done, summary->points, summary->n_sources,
                summary->n_sources == 1 ? "" : "s");
    if (pending > 0)
        fm_str_addf(&s, "; %" PRIu64 " pending", pending);
    if (summary->failed > 0)
        fm_str_addf(&s, "; %" PRIu64 " failed", summary->failed);
    (void)fprintf(stderr, "%s, digest %.16s\n", s.data != NULL ? s.data : "",
                  summary->digest);
    fm_str_free(&s);
}

int
fm_app_merge(fm_app *app, int argc, char **argv)
{
    struct merge_options o = {0};
    fm_merge_summary summary = {0};
    fm_error err = FM_ERROR_INIT;
    int code = FM_EXIT_OK;

    fm_app_parse(app, &argp, argc, argv, &o);
    fm_store_options store = {.replace = o.force, .version = PACKAGE_VERSION};
    if (fm_merge(&app->context, o.paths, o.n_paths, o.output, &store, print_note, NULL,
                 &summary, &err) != FM_OK) {
        code = fm_app_fail(app, &err);
    } else {
        print_summary(&o, &summary);
        if (o.strict && summary.done < summary.points)
            code = FM_EXIT_VERDICT;
        else if (summary.failed > 0)
            code = FM_EXIT_SOME_FAILED;
    }
    free(o.paths);
    return code;
}
