/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The glossary: terms and sources read from data/glossary, checked, searched, printed. */
#ifndef FM_REPORT_GLOSSARY_H
#define FM_REPORT_GLOSSARY_H

#include <stdbool.h>
#include <stdio.h>

#include "core/diag.h"
#include "core/scenario.h"
#include "core/text.h"

typedef struct fm_term_source {
    const char *key, *locator;
    bool verified; /* somebody has read the place */
} fm_term_source;

typedef struct fm_term_symbol {             /* a name of the formula */
    const char *name, *meaning, *unit, *id; /* id: NULL when no term defines it */
} fm_term_symbol;

typedef struct fm_term_pitfall { /* a common wrong statement */
    const char *id, *wrong, *right, *why;
} fm_term_pitfall;

typedef struct fm_term {
    const char *id, *term, *definition, *formula, *unit, *validity; /* NULL when absent */
    const char *status;    /* draft, reviewed, withdrawn */
    const char *orphan_ok; /* why nothing uses it yet; NULL when something must */
    const fm_term_symbol *symbols;
    size_t n_symbols;
    const fm_term_pitfall *pitfalls;
    size_t n_pitfalls;
    const char *const *notes;
    size_t n_notes;
    const char *const *also; /* synonyms, abbreviations, symbols */
    size_t n_also;
    const char *const *see; /* ids */
    size_t n_see;
    const fm_term_source *sources;
    size_t n_sources;
} fm_term;

typedef struct fm_bib { /* one source, one edition; NULL when absent */
    const char *key, *author, *title, *edition, *year, *publisher, *identifier, *note;
} fm_bib;

typedef struct fm_glossary fm_glossary;

/* Loads every file of data/glossary that is there (sources.yaml must be); problems go to
 * diags, with places: unknown, missing and repeated fields, wrong kinds, wrong ids.
 * returns FM_OK; FM_EDATA, FM_ENOINPUT (no glossary in the data folders), FM_ENOMEM */
fm_status fm_glossary_load(const fm_context *context, fm_diags *diags, fm_glossary **out);
void fm_glossary_free(fm_glossary *glossary);
const fm_term *fm_glossary_term(const fm_glossary *glossary, const char *id);
const fm_bib *fm_glossary_source(const fm_glossary *glossary, const char *key);
const fm_term *const *fm_glossary_terms(const fm_glossary *glossary, size_t *n_out);

/* `fabmet glossary --check`: ids, fields, sources, links; each parameter and column of
 * the registry names a known term or says why not; no term is unused without `orphan_ok`.
 */
fm_status fm_glossary_check(const fm_context *context, const fm_glossary *glossary,
                            fm_diags *diags);
/* `fabmet glossary TERM` (id, term or abbreviation): prints the record and where it is
 * used.
 * returns FM_OK; FM_EUSAGE with near misses in err when there is none */
fm_status fm_glossary_print(const fm_context *context, const fm_glossary *glossary,
                            const char *name, FILE *to, fm_error *err);
void fm_glossary_list(const fm_glossary *glossary, FILE *to);

/* Calls visit for each [[id]] in a text, markers '=' and '~' taken off.  Stops when visit
 * returns false. */
void fm_glossary_links(const char *text, bool (*visit)(void *arg, const char *id),
                       void *arg);

/* Adds a text with each [[id]] replaced by what `link` adds for it. */
void fm_glossary_expand(const char *text, fm_str *out,
                        void (*link)(void *arg, const char *id, fm_str *out), void *arg);

/* Who declares that term: calls visit with "study STUDY, parameter KEY" and the like, in
 * order of the registry. */
void fm_glossary_uses(const fm_context *context, const char *id,
                      void (*visit)(void *arg, const char *place), void *arg);

#endif
