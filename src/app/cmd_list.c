/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fabmet list: the studies, a line each. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "app/app.h"

struct list_options {
    bool json;
    bool names;
};

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    struct list_options *o = state->input;

    (void)arg;
    switch (key) {
    case 'j':
        o->json = true;
        return 0;
    case 'n':
        o->names = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"json", 'j', 0, 0, "print one JSON array", 0},
    {"names", 'n', 0, 0, "print the names only", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse_option,
    .doc = "List the studies, a line each.",
};

/* Results of other studies are made by a command, not by a scenario. */
static bool
is_listed(const fm_study *study)
{
    return study->run != NULL;
}

static int
print_json(void)
{
    json_t *list = json_array();

    for (size_t i = 0; i < fm_n_studies; i++)
        if (is_listed(fm_studies[i]))
            json_array_append_new(list,
                                  json_pack("{s:s,s:s}", "name", fm_studies[i]->name,
                                            "summary", fm_studies[i]->summary));
    int failed = list == NULL || json_dumpf(list, stdout, JSON_INDENT(2)) != 0;
    json_decref(list);
    puts("");
    return failed ? FM_EXIT_FAILURE : FM_EXIT_OK;
}

int
fm_app_list(fm_app *app, int argc, char **argv)
{
    struct list_options o = {0};

    fm_app_parse(app, &argp, argc, argv, &o);
    if (o.json)
        return print_json();
    for (size_t i = 0; i < fm_n_studies; i++) {
        if (!is_listed(fm_studies[i]))
            continue;
        if (o.names)
            puts(fm_studies[i]->name);
        else
            printf("%-18s %s\n", fm_studies[i]->name, fm_studies[i]->summary);
    }
    return FM_EXIT_OK;
}
