/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of figures and of reports share: a study, results, text that bites. */
#ifndef FM_REPORT_TEST_FIXTURE_H
#define FM_REPORT_TEST_FIXTURE_H

#include "core/scenario.h"
#include "core/text.h"
#include "report/fake_result.h"
#include "report/gnuplot.h"

/* Everything at once that has ever broken a plotting program. */
#define FM_HOSTILE                                                                       \
    "`touch fm-marker` 'x' '' \"q\" \\n {/Symbol a}_b^c %s <script>alert(1)</script> "   \
    "&#x41; "                                                                            \
    "]]> #gpPt0 url(#gpPat1) 温度 \xf0\x9f\x98\x80"

extern const fm_study fm_fake_study;
extern const fm_figure fm_fake_figures[]; /* trend series modes sweep broken absent */
extern fm_context fm_fake_context;
extern fm_scratch fm_fake_folder;

/* Before and after each test: units, data folders of the source tree, a scratch folder.
 */
void fm_fake_setup(void);
void fm_fake_teardown(void);

/* Facts and the table `points` of a result of the study. */
void fm_fake_facts(fm_result *r, const char *title);
void fm_fake_points(fm_result *r, size_t n, const int8_t *status);

/* One point: 25 pulls by two operators, one of them with a hostile name, and three modes.
 */
fm_result *fm_fake_small(const char *title, double scale);
/* A sweep of 8 positions by n_temps temperatures; one point failed. */
fm_result *fm_fake_sweep(size_t n_temps);

uint32_t fm_fake_random(void);
/* Undoes character references, as a browser does.  malloc'ed. */
char *fm_fake_unescape(const char *text);

#endif
