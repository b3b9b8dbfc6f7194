/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fabmet glossary: look up a term, list all, or check the records. */
#include "config.h"

#include "app/app.h"
#include "report/glossary.h"

struct glossary_options {
    const char *term;
    bool list;
    bool check;
};

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    struct glossary_options *o = state->input;

    switch (key) {
    case 'l':
        o->list = true;
        return 0;
    case 'c':
        o->check = true;
        return 0;
    case ARGP_KEY_ARG:
        if (o->term != NULL)
            argp_error(state, "one TERM is expected; quote a term of several words");
        o->term = arg;
        return 0;
    case ARGP_KEY_END:
        if ((o->term != NULL) + o->list + o->check != 1)
            argp_error(state, "give a TERM, --list or --check");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"list", 'l', 0, 0, "list all terms", 0},
    {"check", 'c', 0, 0, "check every record, link, source and use", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse_option,
    .args_doc = "[TERM]",
    .doc =
        "Print a glossary term (by id, name or abbreviation) with its sources and uses.",
};

static int
use_glossary(const fm_app *app, const struct glossary_options *o,
             const fm_glossary *glossary, fm_diags *diags)
{
    fm_error err = FM_ERROR_INIT;
    size_t n = 0;

    if (o->list) {
        fm_glossary_list(glossary, stdout);
        return FM_EXIT_OK;
    }
    if (o->check) {
        if (fm_glossary_check(&app->context, glossary, diags) != FM_OK)
            return fm_app_fail_diags(app, diags);
        (void)fm_glossary_terms(glossary, &n);
        printf("%zu terms, all good\n", n);
        return FM_EXIT_OK;
    }
    if (fm_glossary_print(&app->context, glossary, o->term, stdout, &err) != FM_OK)
        return fm_app_fail(app, &err);
    return FM_EXIT_OK;
}

int
fm_app_glossary(fm_app *app, int argc, char **argv)
{
    struct glossary_options o = {0};
    fm_glossary *glossary = NULL;
    int code = FM_EXIT_FAILURE;

    fm_app_parse(app, &argp, argc, argv, &o);
    fm_diags *diags = fm_diags_create();
    if (diags == NULL)
        return FM_EXIT_FAILURE;
    if (fm_glossary_load(&app->context, diags, &glossary) != FM_OK)
        code = fm_app_fail_diags(app, diags);
    else
        code = use_glossary(app, &o, glossary, diags);
    fm_glossary_free(glossary);
    fm_diags_free(diags);
    return code;
}
