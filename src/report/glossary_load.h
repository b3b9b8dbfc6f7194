/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the glossary's loader and checker share. */
#ifndef FM_REPORT_GLOSSARY_LOAD_H
#define FM_REPORT_GLOSSARY_LOAD_H

#include "core/yaml.h"
#include "report/glossary.h"

enum {
    FM_GLOSSARY_FILES = 64
}; /* at most */

typedef struct fm_term_entry {
    fm_term term;
    const fm_node *node; /* the record, for places */
    const char *file;
} fm_term_entry;

typedef struct fm_bib_entry {
    fm_bib bib;
    const fm_node *node;
    const char *file;
} fm_bib_entry;

struct fm_glossary {
    fm_node *roots[FM_GLOSSARY_FILES]; /* own all texts */
    char *files[FM_GLOSSARY_FILES];    /* names for messages */
    char *domains[FM_GLOSSARY_FILES];  /* of each file, blank-separated: "spc fdc msa" */
    size_t n_roots;
    fm_term_entry *terms; /* sorted by id */
    size_t n_terms;
    const fm_term **list; /* [n_terms] */
    fm_bib_entry *bibs;
    size_t n_bibs;
};

/* Domains of the terms that a file of the glossary may hold, blank-separated, or NULL.
 * file  in  as a term's entry has it */
const char *fm_glossary_domains(const fm_glossary *glossary, const char *file);

#endif
