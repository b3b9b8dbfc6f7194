/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study with every kind of column, and how tests make results of it.
 *
 * Whatever goes wrong in these functions fails the running test.
 */
#ifndef FM_CORE_FAKE_STUDY_H
#define FM_CORE_FAKE_STUDY_H

#include <check.h>

#include "core/result.h"
#include "core/store.h"

enum {
    FAKE_PROCESS,
    FAKE_VDD,
    FAKE_TEMP,
    FAKE_LABEL,
    FAKE_LOUD,
    FAKE_COUNT,
    FAKE_ROWS
};
enum {
    FAKE_VREF,
    FAKE_TRACE,
    FAKE_CURVE
};
enum {
    FAKE_VREF_COLUMNS = 5,
    FAKE_TRACE_COLUMNS = 6
};

/* The 5 x 3 x 4 grid. */
#define FAKE_GRID                                                                        \
    "sweep:\n"                                                                           \
    "  - { param: process, values: [TT, FF, SS, FS, SF] }\n"                             \
    "  - { param: vdd, values: [1.62, 1.8, 1.98] }\n"                                    \
    "  - { param: temp, values: [-40, 25, 85, 125] }\n"

/* 200 points with 1000 rows each fill chunks in the middle of points. */
#define FAKE_LONG_SWEEP                                                                  \
    "params: { rows: 1000 }\nsweep:\n  - { param: vdd, from: 1, to: 2, points: 200 }\n"

extern const fm_study fake_study;
extern const char *const fake_corners[];

/* A scenario of the study from the lines after `seed:`.  Pair: fake_drop. */
fm_scenario *fake_scenario(const char *yaml);
void fake_drop(fm_scenario *s);

/* Path of a file in the folder of this test program; four of them live at a time. */
const char *fake_path(const char *name);
/* Number of files in that folder; removes them all. */
size_t fake_files(void);
void fake_clear(void);

/* Computes n points into `out`. */
void fake_compute(const fm_scenario *s, fm_out *out, uint64_t first, uint64_t n);
/* Computes and appends all points, `chunk` at a time. */
fm_status fake_append(fm_store *store, const fm_scenario *s, uint64_t chunk,
                      fm_error *err);
/* Makes a whole file.  digest_out  out  [FM_DIGEST_TEXT] */
void fake_make(const fm_scenario *s, const char *path, uint64_t chunk, bool times,
               char *digest_out);

fm_result *fake_open(const char *path);
/* Makes and opens "r.h5". */
fm_result *fake_result(const char *yaml);
/* All rows of a column.  Pair: fm_slice_free. */
fm_slice fake_column(const fm_result *r, const char *table, const char *name);

/* Whole files in and out. */
char *fake_slurp(const char *path, size_t *n_out);
void fake_spill(const char *path, const char *bytes, size_t n);

/* Runs the suite; what main returns. */
int fake_main(Suite *suite);

#endif
