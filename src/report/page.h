/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page a report is written on: text so far, ids given, terms used, numbers of
 * captions. */
#ifndef FM_REPORT_PAGE_H
#define FM_REPORT_PAGE_H

#include "report/figure.h"
#include "report/glossary.h"
#include "report/html.h"

typedef struct fm_page_use { /* one place that uses a term */
    char *anchor, *label;
} fm_page_use;

typedef struct fm_page_term {
    const fm_term *term;
    size_t section; /* the last section that linked it */
    fm_page_use *uses;
    size_t n_uses;
} fm_page_term;

typedef struct fm_page {
    fm_str html;
    const fm_context *context;
    fm_glossary *glossary;
    fm_page_term *terms; /* in order of first use */
    size_t n_terms;
    char **ids; /* given so far */
    size_t n_ids;
    size_t section;             /* counts sections: a term is linked once in each */
    size_t n_tables, n_figures; /* captions so far */
    char place_anchor[120], place_label[40]; /* where terms are being used now */
    /* the result being written */
    const fm_result *result;
    const fm_study *study;
    size_t number;   /* from 1 */
    fm_slice status; /* of the points, n = 0 when the file has none */
    fm_status st;    /* first failure */
    fm_error *err;
} fm_page;

/* Keeps the first failure. */
void fm_page_fail(fm_page *page, fm_status st, const char *text);

/* An id for a name, unique on the page: "r1-NAME", with a number when it is taken.
 * returns the id; it lives as long as the page ("" after memory ran out) */
const char *fm_page_id(fm_page *page, const char *kind, const char *name);

/* Begins a section with a heading of level 2 or 3. */
void fm_page_section(fm_page *page, int level, const char *id, const char *heading);
void fm_page_section_end(fm_page *page);

/* Text that names a term: a link at its first use in the section, plain text later; notes
 * the use.  term_id "" or NULL: plain text.  An unknown term is FM_EDATA. */
void fm_page_term_text(fm_page *page, const char *term_id, const char *text);
/* Markdown of ours with [[id]] links. */
void fm_page_markdown(fm_page *page, const char *markdown, bool inline_only);

/* A unit as people write it, `behind` a heading: " [unit]"; nothing for a pure number. */
void fm_page_unit(fm_page *page, const char *unit, bool behind);

/* "Data: /entry/TABLE/<column> in FILE, digest ..." below tables and figures. */
void fm_page_path(fm_page *page, const char *table);

/* A table of the result: all its columns, or columns[n] of it, rows [first, first +
 * n_rows). One row stands upright; more than 40 rows are thinned by a rule that the page
 * states. caption  in  plain text; NULL: the table's long name */
typedef struct fm_page_table {
    const fm_result_table *table;
    const size_t *columns; /* NULL: all */
    size_t n_columns;
    uint64_t first, n_rows;
    const char *caption;
    bool axes; /* with the swept values of each row's point */
} fm_page_table;
void fm_page_add_table(fm_page *page, const fm_page_table *what);
void fm_page_tables(fm_page *page); /* all tables of the result but points and verdicts */

/* Sections of one result (report_facts.c). */
void fm_page_parameters(fm_page *page);
void fm_page_points(fm_page *page);
/* "998 of 1000 points computed, 3 of them failed; 2 pending". */
void fm_page_coverage(fm_page *page);
/* Swept values of a point: ": wire diameter 20 µm, hook position 0.2". */
void fm_page_swept(fm_page *page, uint64_t point);
void fm_page_provenance(fm_page *page);

/* Closing sections (page_terms.c). */
void fm_page_glossary(fm_page *page);

void fm_page_free(fm_page *page);

#endif
