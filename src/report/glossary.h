/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The glossary: terms and sources read from data/glossary, checked, searched, printed. */
#ifndef FM_REPORT_GLOSSARY_H
#define FM_REPORT_GLOSSARY_H

#include <stdio.h>

#include "core/diag.h"
#include "core/scenario.h"

typedef struct fm_term_source {
    const char *key, *locator;
} fm_term_source;

typedef struct fm_term {
    const char *id, *term, *definition, *formula, *unit, *validity; /* NULL when absent */
    const char *const *notes;
    size_t n_notes;
    const char *const *also; /* synonyms, abbreviations, symbols */
    size_t n_also;
    const char *const *see; /* ids */
    size_t n_see;
    const fm_term_source *sources;
    size_t n_sources;
} fm_term;

typedef struct fm_bib { /* one source, one edition */
    const char *key, *author, *title, *edition, *year, *publisher, *identifier;
} fm_bib;

typedef struct fm_glossary fm_glossary;

/* Loads every file of data/glossary; problems go to diags, with places. */
fm_status fm_glossary_load(const fm_context *context, fm_diags *diags, fm_glossary **out);
void fm_glossary_free(fm_glossary *glossary);
const fm_term *fm_glossary_term(const fm_glossary *glossary, const char *id);
const fm_bib *fm_glossary_source(const fm_glossary *glossary, const char *key);
const fm_term *const *fm_glossary_terms(const fm_glossary *glossary, size_t *n_out);

/* `fabmet glossary --check`: ids, fields, sources, links; each parameter and column of the
 * registry names a known term or says why not; no term is unused without `orphan_ok`. */
fm_status fm_glossary_check(const fm_context *context, const fm_glossary *glossary,
                            fm_diags *diags);
/* `fabmet glossary TERM` (id, term or abbreviation): prints the record and where it is used.
 * returns FM_OK; FM_EUSAGE with near misses in err when there is none */
fm_status fm_glossary_print(const fm_context *context, const fm_glossary *glossary,
                            const char *name, FILE *to, fm_error *err);
void fm_glossary_list(const fm_glossary *glossary, FILE *to);

#endif
