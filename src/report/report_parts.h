/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the report share. */
#ifndef FM_REPORT_REPORT_PARTS_H
#define FM_REPORT_REPORT_PARTS_H

#include "report/page.h"

/* One figure of one result. */
typedef struct shown_figure {
    size_t result; /* index */
    const fm_figure *figure;
    char *id;
} shown_figure;

typedef struct report {
    fm_page page;
    const fm_result *const *results;
    size_t n;
    fm_result_verdict **verdicts; /* [n] */
    size_t *n_verdicts;           /* [n] */
    shown_figure *figures;
    fm_drawing *drawings; /* [n_figures] */
    size_t n_figures;
} report;

/* Whether the first result is the differences of a what-if. */
bool fm_report_is_comparison(const report *r);
/* Which side of it a result is, by its digest: 1 the base, 2 the new run, 0 neither
 * (report_whatif.c). */
size_t fm_report_side(const report *r, size_t i);

/* Title of a result, or the name of its study; with "Base: " and "New: " in a what-if. */
const char *fm_report_title_of(const fm_result *result);
void fm_report_title(const report *r, size_t i, fm_str *s);
void fm_report_title_html(const report *r, size_t i, fm_str *s);

/* Reads which points of the page's result failed. */
void fm_report_read_status(fm_page *page);

/* Verdicts (report_verdicts.c): the section, and how many there are. */
void fm_report_verdicts(report *r);
size_t fm_report_count_outcome(const report *r, size_t i, bool fail);
size_t fm_report_count_verdicts(const report *r);

/* Makes a result the one that is being written (report.c). */
void fm_report_enter(report *r, size_t i);
/* Writes a figure of the result that was entered (report.c). */
void fm_report_figure(report *r, size_t i);

/* What a what-if changed, and base and new side by side (report_whatif.c). */
void fm_report_whatif(report *r);
/* The other tables of a what-if, those that have rows. */
void fm_report_whatif_tables(report *r);

#endif
