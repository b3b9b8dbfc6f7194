/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The base of a what-if: a complete result, and its scenario with the same data. */
#ifndef FM_APP_WHATIF_BASE_H
#define FM_APP_WHATIF_BASE_H

#include "app/app.h"
#include "whatif/whatif.h"

typedef struct fm_base {
    fm_result *result;
    fm_scenario *scenario; /* loaded; its inputs have the hashes that the result stores */
    char **data; /* [n_data] "data.INPUT.csv=PATH": where its files were found */
    size_t n_data;
} fm_base;

typedef struct fm_base_options {
    const char
        *data_folder; /* NULL: the scenario's folder, the base's, the current one */
    bool any_version; /* the base will be run again */
} fm_base_options;

/* Opens the base; prints what is wrong with it.
 * base_out  out  fm_base_close, also after a failure
 * returns an exit code: FM_EXIT_OK; FM_EXIT_NO_INPUT (no such file, missing data),
 *         FM_EXIT_DATA (no result, incomplete, made by another version, changed data),
 *         FM_EXIT_SCENARIO */
int fm_base_open(const fm_app *app, const char *path, const fm_base_options *options,
                 fm_base *base_out);
void fm_base_close(fm_base *base);

/* The base's scenario with overrides, loaded; prints what is wrong with them.
 * sets  in  [n] "KEY=VALUE"
 * returns NULL and sets *code_out on failure.  Pair: fm_scenario_free */
fm_scenario *fm_base_changed(const fm_app *app, const fm_base *base,
                             const char *const *sets, size_t n, int *code_out);

#endif
