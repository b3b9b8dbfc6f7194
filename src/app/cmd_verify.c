/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fabmet verify: a result's schema, digest and completeness, or the distance of two. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "report/coverage.h"

struct verify_options {
    const char *files[2];
    size_t n_files;
    uint64_t ulps;
};

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    struct verify_options *o = state->input;
    fm_error err = FM_ERROR_INIT;

    switch (key) {
    case 'u':
        if (fm_unsigned_read(arg, &o->ulps, &err) != FM_OK)
            argp_error(state, "--ulps takes a whole number, not '%s'", arg);
        return 0;
    case ARGP_KEY_ARG:
        if (o->n_files == 2)
            argp_error(state, "one or two results are expected, '%s' is too many", arg);
        o->files[o->n_files++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (o->n_files == 0)
            argp_error(state, "a result file is expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"ulps", 'u', "K", 0,
     "take numbers as equal within K units in the last place (default 0: exactly)", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE [OTHER]",
    .doc =
        "Verify a result's schema, digest and completeness; with OTHER, compare the two "
        "column by column.\v"
        "Exit status: 0 good or equal, 1 the two differ, 2 good but points are pending, 65 a "
        "file is damaged, 66 a file is missing.",
};

/* A slice is complete in itself; pending points are work that was left. */
static int
verify_one(const fm_app *app, const fm_result *result)
{
    char digest[FM_DIGEST_TEXT];
    fm_error err = FM_ERROR_INIT;
    fm_coverage coverage;
    fm_str text = {0};

    if (fm_result_verify(result, digest, &err) != FM_OK ||
        fm_coverage_read(result, &coverage, &err) != FM_OK)
        return fm_app_fail(app, &err);
    fm_coverage_add_text(&coverage, &text);
    printf("%s: good\n  study   %s\n  schema  %s\n  digest  %s\n  points  %s\n",
           fm_result_fact(result, "path"), fm_result_fact(result, "study"),
           fm_result_fact(result, "schema"), digest, text.data != NULL ? text.data : "");
    fm_str_free(&text);
    return coverage.pending > 0 ? FM_EXIT_SOME_FAILED : FM_EXIT_OK;
}

static int
compare_two(const fm_app *app, const fm_result *a, const fm_result *b, uint64_t ulps)
{
    char *report = NULL;
    fm_error err = FM_ERROR_INIT;
    fm_status st = fm_result_compare(a, b, ulps, &report, &err);

    if (st == FM_OK) {
        printf("equal%s\n",
               ulps == 0 ? "" : " within the stated units in the last place");
    } else if (report != NULL && *report != '\0') {
        (void)fputs(report, stdout);
        free(report);
        return FM_EXIT_FAILURE;
    }
    free(report);
    return st == FM_OK ? FM_EXIT_OK : fm_app_fail(app, &err);
}

int
fm_app_verify(fm_app *app, int argc, char **argv)
{
    struct verify_options o = {0};
    fm_result *results[2] = {NULL, NULL};
    int code = FM_EXIT_OK;

    fm_app_parse(app, &argp, argc, argv, &o);
    for (size_t i = 0; i < o.n_files && code == FM_EXIT_OK; i++) {
        results[i] = fm_app_open(app, o.files[i], &code);
        if (results[i] != NULL && o.n_files == 1)
            code = verify_one(app, results[i]);
    }
    if (o.n_files == 2 && code == FM_EXIT_OK)
        code = compare_two(app, results[0], results[1], o.ulps);
    fm_result_close(results[0]);
    fm_result_close(results[1]);
    return code;
}
