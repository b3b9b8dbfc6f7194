/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The glossary: reads terms and sources, strict about their fields.
 *
 * Contents
 *   1. files and fields     3. sources     5. look up
 *   2. terms                4. loading     6. links in texts
 */
#include "config.h"

#include <assert.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "report/glossary_load.h"

/* ---- 1. files and fields -------------------------------------------------------------
 */

static const struct {
    const char *file, *domains;
} files[] = {{"met", "met"},          {"dynrange", "dr dac"}, {"pvt", "pvt"},
             {"doe", "doe"},          {"pull", "bond"},       {"pyro", "pyro"},
             {"wafer", "waf"},        {"depth", "dep"},       {"spc", "spc fdc msa"},
             {"vacfilm", "vac film"}, {"inspect", "insp"},    {"ebeam", "eb"},
             {"fabflow", "flow"},     {"whatif", "sim"}};

typedef enum shape {
    TEXT,
    TEXTS,
    RECORDS
} shape;

typedef struct field {
    const char *name;
    shape shape;
    bool required;
    const char *const
        *keys; /* RECORDS: allowed keys; the first n_required are required */
    size_t n_keys, n_required;
} field;

static const char *const also_keys[] = {"text", "kind"};
static const char *const deprecated_keys[] = {"text", "reason"};
static const char *const symbol_keys[] = {"name", "meaning", "unit", "id"};
static const char *const pitfall_keys[] = {"id", "wrong", "right", "why", "check"};
static const char *const example_keys[] = {"kind",    "expect",  "study", "params",
                                           "data",    "select",  "given", "expr",
                                           "formula", "rel_tol", "says"};
static const char *const see_keys[] = {"rel", "id"};
static const char *const source_keys[] = {"key",     "locator", "role",
                                          "wording", "state",   "checked"};
static const char *const changed_keys[] = {"version", "what"};

#define RECORD(keys, required) RECORDS, false, keys, FM_COUNT(keys), required

static const field term_fields[] = {
    {"id", TEXT, true, NULL, 0, 0},
    {"term", TEXT, true, NULL, 0, 0},
    {"also", RECORD(also_keys, 2)},
    {"deprecated", RECORD(deprecated_keys, 2)},
    {"definition", TEXT, true, NULL, 0, 0},
    {"notes", TEXTS, false, NULL, 0, 0},
    {"formula", TEXT, false, NULL, 0, 0},
    {"symbols", RECORD(symbol_keys, 3)},
    {"unit", TEXT, false, NULL, 0, 0},
    {"validity", TEXT, false, NULL, 0, 0},
    {"pitfalls", RECORD(pitfall_keys, 4)},
    {"examples", RECORD(example_keys, 2)},
    {"see", RECORD(see_keys, 2)},
    {"sources", RECORDS, true, source_keys, FM_COUNT(source_keys), 5},
    {"external", TEXTS, false, NULL, 0, 0},
    {"orphan_ok", TEXT, false, NULL, 0, 0},
    {"status", TEXT, true, NULL, 0, 0},
    {"replaced_by", TEXT, false, NULL, 0, 0},
    {"since", TEXT, true, NULL, 0, 0},
    {"changed", RECORD(changed_keys, 2)}};

static const field source_fields[] = {
    {"key", TEXT, true, NULL, 0, 0},         {"author", TEXT, false, NULL, 0, 0},
    {"title", TEXT, true, NULL, 0, 0},       {"edition", TEXT, false, NULL, 0, 0},
    {"year", TEXT, false, NULL, 0, 0},       {"publisher", TEXT, false, NULL, 0, 0},
    {"identifier", TEXT, false, NULL, 0, 0}, {"access", TEXT, false, NULL, 0, 0},
    {"note", TEXT, false, NULL, 0, 0}};

const char *
fm_glossary_domains(const fm_glossary *glossary, const char *file)
{
    for (size_t i = 0; i < glossary->n_roots; i++)
        if (glossary->files[i] == file)
            return glossary->domains[i];
    return NULL;
}

/* Domains of a file: listed above, or the file's own name. */
static char *
domains_of(const char *base)
{
    for (size_t i = 0; i < FM_COUNT(files); i++)
        if (strcmp(base, files[i].file) == 0)
            return fm_strdup(files[i].domains);
    return fm_strdup(base);
}

/* Where a record's problems are reported. */
typedef struct reader {
    const char *file;
    const char *what; /* id or key of the record */
    fm_diags *diags;
} reader;

static void
check_item(const reader *r, const fm_node *item, const field *f)
{
    if (item->kind != FM_NODE_MAP) {
        fm_diag_error(r->diags, FM_EDATA, r->file, item->mark, NULL,
                      "%s: an item of '%s' must be a mapping", r->what, f->name);
        return;
    }
    fm_yaml_only(item, r->file, f->name, f->keys, f->n_keys, FM_EDATA, r->diags);
    for (size_t i = 0; i < f->n_required; i++)
        if (fm_yaml_get(item, f->keys[i]) == NULL)
            fm_diag_error(r->diags, FM_EDATA, r->file, item->mark, NULL,
                          "%s: an item of '%s' lacks '%s'", r->what, f->name, f->keys[i]);
}

static void
check_field(const reader *r, const fm_node *record, const field *f)
{
    const fm_node *node = fm_yaml_get(record, f->name);

    if (node == NULL) {
        if (f->required)
            fm_diag_error(r->diags, FM_EDATA, r->file, record->mark, NULL,
                          "%s: '%s' is missing", r->what, f->name);
        return;
    }
    bool fits = f->shape == TEXT ? node->kind == FM_NODE_SCALAR && node->text != NULL
                                 : node->kind == FM_NODE_LIST;
    if (!fits) {
        fm_diag_error(r->diags, FM_EDATA, r->file, node->mark, NULL,
                      "%s: '%s' must be a %s", r->what, f->name,
                      f->shape == TEXT ? "text" : "list");
        return;
    }
    for (size_t i = 0; f->shape != TEXT && i < node->n_items; i++) {
        const fm_node *item = &node->items[i];
        if (f->shape == RECORDS)
            check_item(r, item, f);
        else if (item->kind != FM_NODE_SCALAR || item->text == NULL)
            fm_diag_error(r->diags, FM_EDATA, r->file, item->mark, NULL,
                          "%s: an item of '%s' must be a text", r->what, f->name);
    }
}

static void
check_record(const reader *r, const fm_node *record, const field *fields, size_t n)
{
    const char *names[FM_COUNT(term_fields)] = {NULL};

    for (size_t i = 0; i < n; i++)
        names[i] = fields[i].name;
    fm_yaml_only(record, r->file, r->what, names, n, FM_EDATA, r->diags);
    for (size_t i = 0; i < n; i++)
        check_field(r, record, &fields[i]);
}

/* ---- 2. terms ------------------------------------------------------------------------
 */

static const char *
text_of(const fm_node *map, const char *key)
{
    const fm_node *node = fm_yaml_get(map, key);

    return node != NULL && node->kind == FM_NODE_SCALAR ? node->text : NULL;
}

static const char *
text_or_empty(const fm_node *map, const char *key)
{
    const char *text = map->kind == FM_NODE_MAP ? text_of(map, key) : NULL;

    return text != NULL ? text : "";
}

static size_t
count_items(const fm_node *record, const char *key)
{
    const fm_node *node = fm_yaml_get(record, key);

    return node != NULL && node->kind == FM_NODE_LIST ? node->n_items : 0;
}

static const fm_node *
item_of(const fm_node *record, const char *key, size_t i)
{
    return &fm_yaml_get(record, key)->items[i];
}

/* One text per item: the item itself, or its `key`. */
static const char *const *
take_texts(const fm_node *record, const char *field_name, const char *key, size_t *n_out)
{
    size_t n = count_items(record, field_name);
    const char **texts = calloc(n + 1, sizeof *texts);

    if (texts == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        const fm_node *item = item_of(record, field_name, i);
        const char *text = key != NULL ? text_or_empty(item, key) : item->text;
        texts[i] = text != NULL ? text : "";
    }
    *n_out = n;
    return texts;
}

static bool
take_records(const fm_node *r, fm_term *t)
{
    size_t n_symbols = count_items(r, "symbols");
    size_t n_pitfalls = count_items(r, "pitfalls");
    size_t n_sources = count_items(r, "sources");
    fm_term_symbol *symbols = calloc(n_symbols + 1, sizeof *symbols);
    fm_term_pitfall *pitfalls = calloc(n_pitfalls + 1, sizeof *pitfalls);
    fm_term_source *sources = calloc(n_sources + 1, sizeof *sources);

    t->symbols = symbols;
    t->pitfalls = pitfalls;
    t->sources = sources;
    if (symbols == NULL || pitfalls == NULL || sources == NULL)
        return false;
    for (size_t i = 0; i < n_symbols; i++) {
        const fm_node *item = item_of(r, "symbols", i);
        symbols[i] =
            (fm_term_symbol){text_or_empty(item, "name"), text_or_empty(item, "meaning"),
                             text_or_empty(item, "unit"), text_of(item, "id")};
    }
    for (size_t i = 0; i < n_pitfalls; i++) {
        const fm_node *item = item_of(r, "pitfalls", i);
        pitfalls[i] =
            (fm_term_pitfall){text_or_empty(item, "id"), text_or_empty(item, "wrong"),
                              text_or_empty(item, "right"), text_or_empty(item, "why")};
    }
    for (size_t i = 0; i < n_sources; i++) {
        const fm_node *item = item_of(r, "sources", i);
        sources[i] =
            (fm_term_source){text_or_empty(item, "key"), text_or_empty(item, "locator"),
                             strcmp(text_or_empty(item, "state"), "verified") == 0};
    }
    t->n_symbols = n_symbols;
    t->n_pitfalls = n_pitfalls;
    t->n_sources = n_sources;
    return true;
}

static bool
take_term(const fm_node *r, fm_term *t)
{
    t->id = text_or_empty(r, "id");
    t->term = text_or_empty(r, "term");
    t->definition = text_or_empty(r, "definition");
    t->formula = text_of(r, "formula");
    t->unit = text_of(r, "unit");
    t->validity = text_of(r, "validity");
    t->status = text_or_empty(r, "status");
    t->orphan_ok = text_of(r, "orphan_ok");
    t->notes = take_texts(r, "notes", NULL, &t->n_notes);
    t->also = take_texts(r, "also", "text", &t->n_also);
    t->see = take_texts(r, "see", "id", &t->n_see);
    return t->notes != NULL && t->also != NULL && t->see != NULL && take_records(r, t);
}

/* The lists are ours although readers see them as constant. */
static void
free_list(const void *list)
{
    union {
        const void *in;
        void *out;
    } u = {list};

    free(u.out);
}

static void
free_term(const fm_term *t)
{
    free_list(t->notes);
    free_list(t->also);
    free_list(t->see);
    free_list(t->symbols);
    free_list(t->pitfalls);
    free_list(t->sources);
}

static fm_status
add_term(fm_glossary *g, const reader *r, const fm_node *record)
{
    fm_term_entry *grown = realloc(g->terms, (g->n_terms + 1) * sizeof *grown);

    if (grown == NULL)
        return FM_ENOMEM;
    g->terms = grown;
    grown[g->n_terms] = (fm_term_entry){.node = record, .file = r->file};
    g->n_terms++;
    check_record(r, record, term_fields, FM_COUNT(term_fields));
    return take_term(record, &grown[g->n_terms - 1].term) ? FM_OK : FM_ENOMEM;
}

/* ---- 3. sources ----------------------------------------------------------------------
 */

static fm_status
add_bib(fm_glossary *g, const reader *r, const fm_node *record)
{
    fm_bib_entry *grown = realloc(g->bibs, (g->n_bibs + 1) * sizeof *grown);

    if (grown == NULL)
        return FM_ENOMEM;
    g->bibs = grown;
    check_record(r, record, source_fields, FM_COUNT(source_fields));
    grown[g->n_bibs] = (fm_bib_entry){.bib = {.key = text_or_empty(record, "key"),
                                              .author = text_of(record, "author"),
                                              .title = text_or_empty(record, "title"),
                                              .edition = text_of(record, "edition"),
                                              .year = text_of(record, "year"),
                                              .publisher = text_of(record, "publisher"),
                                              .identifier = text_of(record, "identifier"),
                                              .note = text_of(record, "note")},
                                      .node = record,
                                      .file = r->file};
    g->n_bibs++;
    return FM_OK;
}

/* ---- 4. loading ----------------------------------------------------------------------
 */

static fm_status
add_file(fm_glossary *g, fm_node *root, char *name, bool bibs, fm_diags *diags)
{
    fm_status st = FM_OK;

    if (root->kind != FM_NODE_LIST) {
        fm_diag_error(diags, FM_EDATA, name, root->mark, NULL,
                      "a glossary file is one list of records");
        return FM_OK;
    }
    for (size_t i = 0; i < root->n_items && st == FM_OK; i++) {
        const fm_node *record = &root->items[i];
        if (record->kind != FM_NODE_MAP) {
            fm_diag_error(diags, FM_EDATA, name, record->mark, NULL,
                          "a record must be a mapping");
            continue;
        }
        const char *what = text_or_empty(record, bibs ? "key" : "id");
        reader r = {name, *what != '\0' ? what : "record", diags};
        st = bibs ? add_bib(g, &r, record) : add_term(g, &r, record);
    }
    return st;
}

/* path  in  owned by the glossary from here on */
static fm_status
load_file(fm_glossary *g, char *path, const char *base, fm_diags *diags)
{
    fm_node *root = NULL;
    fm_status st = fm_yaml_read_file(path, diags, &root);

    if (root == NULL) {
        free(path);
        return st == FM_ENOMEM ? st : FM_OK; /* what is wrong stands in diags */
    }
    g->files[g->n_roots] = path;
    g->domains[g->n_roots] = domains_of(base);
    g->roots[g->n_roots++] = root;
    if (g->domains[g->n_roots - 1] == NULL)
        return FM_ENOMEM;
    return add_file(g, root, path, strcmp(base, "sources") == 0, diags);
}

static int
is_terms_file(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return entry->d_name[0] != '.' && n > 5 &&
           strcmp(entry->d_name + n - 5, ".yaml") == 0 &&
           strcmp(entry->d_name, "sources.yaml") != 0;
}

/* All files of the folder in order of their names, whatever the locale. */
static fm_status
load_folder(fm_glossary *g, const char *folder, fm_diags *diags)
{
    struct dirent **list = NULL;
    int n = scandir(folder, &list, is_terms_file, versionsort);
    fm_status st = n < 0 ? FM_EIO : FM_OK;

    for (int i = 0; i < n; i++) {
        fm_str path = {0};
        fm_str_addf(&path, "%s/%s", folder, list[i]->d_name);
        list[i]->d_name[strlen(list[i]->d_name) - 5] = '\0';
        if (st == FM_OK && (path.failed || g->n_roots == FM_GLOSSARY_FILES))
            st = FM_ENOMEM;
        if (st == FM_OK)
            st = load_file(g, fm_str_take(&path), list[i]->d_name, diags);
        fm_str_free(&path);
        free(list[i]);
    }
    free(list);
    return st;
}

static int
by_id(const void *a, const void *b)
{
    const fm_term_entry *x = a;
    const fm_term_entry *y = b;

    return strcmp(x->term.id, y->term.id);
}

static fm_status
finish(fm_glossary *g)
{
    if (g->n_terms > 0)
        qsort(g->terms, g->n_terms, sizeof *g->terms, by_id);
    g->list = calloc(g->n_terms + 1, sizeof(const fm_term *));
    if (g->list == NULL)
        return FM_ENOMEM;
    for (size_t i = 0; i < g->n_terms; i++)
        g->list[i] = &g->terms[i].term;
    return FM_OK;
}

fm_status
fm_glossary_load(const fm_context *context, fm_diags *diags, fm_glossary **out)
{
    const fm_mark nowhere = {0, 0};
    fm_glossary *g = calloc(1, sizeof *g);

    if (g == NULL)
        return FM_ENOMEM;
    char *sources = fm_context_find(context, "glossary/sources.yaml");
    char *folder = fm_strdup(sources);
    fm_status st = FM_OK;
    if (sources == NULL) {
        st = FM_ENOINPUT;
        fm_diag_error(diags, st, "glossary/sources.yaml", nowhere,
                      "set FABMET_DATADIR to the folder of the shipped data",
                      "not found in the data folders");
    } else if (folder == NULL) {
        free(sources);
        st = FM_ENOMEM;
    } else {
        *strrchr(folder, '/') = '\0';
        st = load_file(g, sources, "sources", diags);
    }
    if (st == FM_OK)
        st = load_folder(g, folder, diags);
    free(folder);
    if (st == FM_OK)
        st = finish(g);
    if (st == FM_OK)
        st = fm_diags_status(diags);
    if (st != FM_OK) {
        fm_glossary_free(g);
        return st;
    }
    *out = g;
    return FM_OK;
}

void
fm_glossary_free(fm_glossary *g)
{
    if (g == NULL)
        return;
    for (size_t i = 0; i < g->n_terms; i++)
        free_term(&g->terms[i].term);
    for (size_t i = 0; i < g->n_roots; i++) {
        fm_yaml_free(g->roots[i]);
        free(g->domains[i]);
        free(g->files[i]);
    }
    free(g->terms);
    free(g->bibs);
    free_list(g->list);
    free(g);
}

/* ---- 5. look up ----------------------------------------------------------------------
 */

const fm_term *
fm_glossary_term(const fm_glossary *glossary, const char *id)
{
    size_t low = 0;
    size_t high = glossary->n_terms;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(id, glossary->terms[middle].term.id);
        if (order == 0)
            return &glossary->terms[middle].term;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const fm_bib *
fm_glossary_source(const fm_glossary *glossary, const char *key)
{
    for (size_t i = 0; i < glossary->n_bibs; i++)
        if (strcmp(glossary->bibs[i].bib.key, key) == 0)
            return &glossary->bibs[i].bib;
    return NULL;
}

const fm_term *const *
fm_glossary_terms(const fm_glossary *glossary, size_t *n_out)
{
    *n_out = glossary->n_terms;
    return glossary->list;
}

/* ---- 6. links in texts ---------------------------------------------------------------
 */

/* Length of a link at p and its id without the marker; 0 when p is no link. */
static size_t
link_at(const char *p, char *id, size_t size)
{
    if (strncmp(p, "[[", 2) != 0)
        return 0;
    const char *start = p + 2 + (p[2] == '=' || p[2] == '~');
    const char *end = strstr(start, "]]");
    size_t n = end != NULL ? (size_t)(end - start) : 0;
    if (n == 0 || n >= size)
        return 0;
    memcpy(id, start, n);
    id[n] = '\0';
    return (size_t)(end - p) + 2;
}

void
fm_glossary_links(const char *text, bool (*visit)(void *arg, const char *id), void *arg)
{
    char id[64];

    for (const char *p = text; p != NULL && *p != '\0';) {
        size_t n = link_at(p, id, sizeof id);
        if (n > 0 && !visit(arg, id))
            return;
        p += n > 0 ? n : 1;
    }
}

void
fm_glossary_expand(const char *text, fm_str *out,
                   void (*link)(void *arg, const char *id, fm_str *out), void *arg)
{
    char id[64];

    for (const char *p = text; *p != '\0';) {
        size_t n = link_at(p, id, sizeof id);
        if (n > 0) {
            link(arg, id, out);
        } else {
            n = strcspn(p + 1, "[") + 1;
            fm_str_add_bytes(out, p, n);
        }
        p += n;
    }
}
