/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks the glossary, lists it, prints one term.
 *
 * Contents
 *   1. uses in declarations     3. cross references     5. list and print
 *   2. single records           4. the whole check
 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "report/glossary_load.h"

enum {
    ID_MAX = 48,
    DEFINITION_WORDS = 40
};

static const fm_mark nowhere = {0, 0};

/* ---- 1. uses in declarations ---------------------------------------------------------
 */

/* One declaration that may name a term. */
typedef struct use {
    const char *study, *kind, *name, *term, *no_term;
    bool may_lack; /* such declarations need not say why they name none */
} use;

typedef void use_visitor(void *arg, const use *u);

static void
visit_params(const fm_study *s, const fm_param *params, size_t n, use_visitor *visit,
             void *arg)
{
    for (size_t i = 0; i < n; i++) {
        const fm_param *p = &params[i];
        visit(arg, &(use){s->name, "parameter", p->key, p->term, p->no_term, false});
        visit_params(s, p->fields, p->n_fields, visit, arg);
    }
}

static void
visit_columns(const fm_study *s, use_visitor *visit, void *arg)
{
    for (size_t i = 0; i < s->n_inputs; i++)
        for (size_t k = 0; k < s->inputs[i].n_columns; k++) {
            const fm_input_column *c = &s->inputs[i].columns[k];
            visit(arg, &(use){s->name, "input column", c->name, c->term, NULL, true});
        }
    for (size_t i = 0; i < s->n_tables; i++)
        for (size_t k = 0; k < s->tables[i].n_columns; k++) {
            const fm_column *c = &s->tables[i].columns[k];
            visit(arg, &(use){s->name, "column", c->name, c->term, c->no_term, false});
        }
}

static void
visit_study(const fm_study *s, use_visitor *visit, void *arg)
{
    visit_params(s, s->params, s->n_params, visit, arg);
    visit_columns(s, visit, arg);
    for (size_t i = 0; i < s->n_verdicts; i++) {
        const fm_verdict *v = &s->verdicts[i];
        visit(arg, &(use){s->name, "verdict", v->name, v->term, NULL, true});
    }
}

static void
visit_studies(const fm_context *context, use_visitor *visit, void *arg)
{
    for (size_t i = 0; i < context->n_studies; i++)
        visit_study(context->studies[i], visit, arg);
}

typedef struct finder {
    const char *id;
    void (*visit)(void *arg, const char *place);
    void *arg;
} finder;

static void
match_use(void *arg, const use *u)
{
    const finder *f = arg;
    fm_str place = {0};

    if (u->term == NULL || strcmp(u->term, f->id) != 0)
        return;
    fm_str_addf(&place, "study %s, %s %s", u->study, u->kind, u->name);
    if (place.data != NULL)
        f->visit(f->arg, place.data);
    fm_str_free(&place);
}

void
fm_glossary_uses(const fm_context *context, const char *id,
                 void (*visit)(void *arg, const char *place), void *arg)
{
    finder f = {id, visit, arg};

    visit_studies(context, match_use, &f);
}

/* ---- 2. single records ---------------------------------------------------------------
 */

typedef struct checker {
    const fm_context *context;
    const fm_glossary *g;
    fm_diags *diags;
    bool *used;                 /* [n_terms] */
    bool *bib_used;             /* [n_bibs] */
    const fm_term_entry *entry; /* being checked */
} checker;

static void
complain(const checker *c, const char *field, const char *hint, const char *text)
{
    const fm_node *node = fm_yaml_get(c->entry->node, field);
    fm_mark mark = node != NULL ? node->mark : c->entry->node->mark;

    fm_diag_error(c->diags, FM_EDATA, c->entry->file, mark, hint, "%s: %s",
                  c->entry->term.id, text);
}

static bool
is_word_of(const char *word, size_t n, const char *list)
{
    for (const char *p = list; *p != '\0';) {
        size_t length = strcspn(p, " ");
        if (length == n && strncmp(p, word, n) == 0)
            return true;
        p += length + strspn(p + length, " ");
    }
    return false;
}

/* DOMAIN.kebab-name with a domain of that file. */
static bool
is_id(const char *id, const char *domains)
{
    size_t n = strcspn(id, ".");

    if (id[n] != '.' || strlen(id) > ID_MAX || domains == NULL ||
        !is_word_of(id, n, domains))
        return false;
    bool fresh = true; /* a name part must begin */
    for (const char *p = id + n + 1; *p != '\0'; p++) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');
        if (!letter && (*p != '-' || fresh))
            return false;
        fresh = !letter;
    }
    return !fresh;
}

static bool
begins_with_article(const char *text)
{
    return strncasecmp(text, "a ", 2) == 0 || strncasecmp(text, "an ", 3) == 0 ||
           strncasecmp(text, "the ", 4) == 0;
}

static size_t
count_words(const char *text)
{
    size_t n = 0;

    for (const char *p = text + strspn(text, " \n"); *p != '\0';) {
        n++;
        p += strcspn(p, " \n");
        p += strspn(p, " \n");
    }
    return n;
}

/* Calls for each name of an expression that is no function and no number. */
static bool
next_name(const char **p, const char **name_out, size_t *n_out, bool *call_out)
{
    while (**p != '\0') {
        if (isdigit((unsigned char)**p) || **p == '.') {
            char *end = NULL;
            (void)strtod(*p, &end);
            *p = end > *p ? end : *p + 1;
            continue;
        }
        if (!isalpha((unsigned char)**p) && **p != '_') {
            (*p)++;
            continue;
        }
        *name_out = *p;
        while (isalnum((unsigned char)**p) || **p == '_')
            (*p)++;
        *n_out = (size_t)(*p - *name_out);
        *call_out = **p == '(';
        return true;
    }
    return false;
}

static bool
has_symbol(const fm_term *t, const char *name, size_t n)
{
    for (size_t i = 0; i < t->n_symbols; i++)
        if (strlen(t->symbols[i].name) == n && strncmp(t->symbols[i].name, name, n) == 0)
            return true;
    return false;
}

static void
check_formula_names(const checker *c, const fm_term *t)
{
    static const char functions[] =
        "exp expm1 ln log1p log10 sqrt abs min max sin cos tan rad erf erfc phi Q gamma";
    const char *p = t->formula;
    const char *name = NULL;
    size_t n = 0;
    bool call = false;

    while (next_name(&p, &name, &n, &call)) {
        fm_str text = {0};
        bool known = call ? is_word_of(name, n, functions)
                          : is_word_of(name, n, "pi") || has_symbol(t, name, n);
        fm_str_addf(&text, "the formula's %s '%.*s' is not known",
                    call ? "function" : "symbol", (int)n, name);
        if (!known && text.data != NULL)
            complain(c, "formula", call ? "write ln or log10" : NULL, text.data);
        fm_str_free(&text);
    }
}

static bool
formula_has(const char *formula, const char *symbol)
{
    const char *p = formula;
    const char *name = NULL;
    size_t n = 0;
    bool call = false;

    while (next_name(&p, &name, &n, &call))
        if (!call && strlen(symbol) == n && strncmp(symbol, name, n) == 0)
            return true;
    return false;
}

static void
check_formula(const checker *c, const fm_term *t)
{
    if (t->formula != NULL)
        check_formula_names(c, t);
    if (t->formula != NULL && t->unit == NULL)
        complain(c, "formula", NULL, "a formula needs the 'unit' of its result");
    for (size_t i = 0; i < t->n_symbols; i++) {
        fm_str text = {0};
        fm_str_addf(&text, "the symbol '%s' is not in the formula", t->symbols[i].name);
        if (text.data != NULL &&
            (t->formula == NULL || !formula_has(t->formula, t->symbols[i].name)))
            complain(c, "symbols", NULL, text.data);
        fm_str_free(&text);
    }
}

static bool
is_status(const char *status)
{
    return strcmp(status, "draft") == 0 || strcmp(status, "reviewed") == 0 ||
           strcmp(status, "withdrawn") == 0;
}

static bool
is_authoritative(const fm_node *record)
{
    const fm_node *sources = fm_yaml_get(record, "sources");

    for (size_t i = 0; sources != NULL && i < sources->n_items; i++) {
        const fm_node *role = fm_yaml_get(&sources->items[i], "role");
        if (role != NULL && role->text != NULL &&
            strcmp(role->text, "authoritative") == 0)
            return true;
    }
    return false;
}

static void
check_term(checker *c, size_t i)
{
    const fm_term *t = &c->entry->term;

    if (!is_id(t->id, fm_glossary_domains(c->g, c->entry->file)))
        complain(c, "id", "write domain.kebab-name with a domain of this file",
                 "not an id of this file");
    if (i > 0 && strcasecmp(t->id, c->g->terms[i - 1].term.id) == 0)
        complain(c, "id", NULL, "a second record with this id");
    if (count_words(t->definition) > DEFINITION_WORDS)
        complain(c, "definition", NULL, "the definition has more than 40 words");
    if (begins_with_article(t->definition))
        complain(c, "definition", NULL, "the definition begins with an article");
    if (!is_status(t->status))
        complain(c, "status", NULL, "'status' is draft, reviewed or withdrawn");
    if (!is_authoritative(c->entry->node))
        complain(c, "sources", NULL, "no source is authoritative");
    check_formula(c, t);
}

/* ---- 3. cross references -------------------------------------------------------------
 */

static bool
mark_used(const checker *c, const char *id)
{
    const fm_term *t = fm_glossary_term(c->g, id);

    for (size_t i = 0; t != NULL && i < c->g->n_terms; i++)
        if (&c->g->terms[i].term == t)
            c->used[i] = true;
    return t != NULL;
}

static bool
check_link(void *arg, const char *id)
{
    const checker *c = arg;
    fm_str text = {0};

    if (!mark_used(c, id)) {
        fm_str_addf(&text, "[[%s]] is no term", id);
        complain(c, "notes", NULL, text.data != NULL ? text.data : "unknown link");
    }
    fm_str_free(&text);
    return true;
}

static void
check_id(const checker *c, const char *field, const char *id, bool counts)
{
    fm_str text = {0};

    if (counts ? mark_used(c, id) : fm_glossary_term(c->g, id) != NULL)
        return;
    fm_str_addf(&text, "'%s' is no term", id);
    complain(c, field, NULL, text.data != NULL ? text.data : "unknown term");
    fm_str_free(&text);
}

static void
check_sources(const checker *c, const fm_term *t)
{
    for (size_t i = 0; i < t->n_sources; i++) {
        bool found = false;
        for (size_t k = 0; k < c->g->n_bibs; k++)
            if (strcmp(c->g->bibs[k].bib.key, t->sources[i].key) == 0)
                found = c->bib_used[k] = true;
        if (!found)
            complain(c, "sources", "add it to sources.yaml", "unknown source key");
    }
}

static void
check_references(checker *c)
{
    const fm_term *t = &c->entry->term;

    fm_glossary_links(t->definition, check_link, c);
    fm_glossary_links(t->validity, check_link, c);
    for (size_t i = 0; i < t->n_notes; i++)
        fm_glossary_links(t->notes[i], check_link, c);
    for (size_t i = 0; i < t->n_symbols; i++)
        if (t->symbols[i].id != NULL)
            check_id(c, "symbols", t->symbols[i].id, true);
    for (size_t i = 0; i < t->n_see; i++)
        check_id(c, "see", t->see[i], false);
    check_sources(c, t);
}

/* ---- 4. the whole check --------------------------------------------------------------
 */

static void
check_use(void *arg, const use *u)
{
    const checker *c = arg;

    if (u->term == NULL) {
        if (u->no_term == NULL && !u->may_lack)
            fm_diag_error(c->diags, FM_EDATA, u->study, nowhere, "say why in no_term",
                          "%s '%s' names no term", u->kind, u->name);
        return;
    }
    if (!mark_used(c, u->term))
        fm_diag_error(c->diags, FM_EDATA, u->study, nowhere, "add it to data/glossary",
                      "%s '%s' names the unknown term '%s'", u->kind, u->name, u->term);
}

static void
check_orphans(checker *c)
{
    for (size_t i = 0; i < c->g->n_terms; i++) {
        c->entry = &c->g->terms[i];
        if (!c->used[i] && c->entry->term.orphan_ok == NULL)
            complain(c, "id", "say why in orphan_ok", "nothing uses this term");
    }
    for (size_t i = 0; i < c->g->n_bibs; i++)
        if (!c->bib_used[i])
            fm_diag_error(c->diags, FM_EDATA, c->g->bibs[i].file,
                          c->g->bibs[i].node->mark, NULL, "source '%s' is cited nowhere",
                          c->g->bibs[i].bib.key);
}

fm_status
fm_glossary_check(const fm_context *context, const fm_glossary *glossary, fm_diags *diags)
{
    checker c = {.context = context, .g = glossary, .diags = diags};
    fm_status st = FM_ENOMEM;

    c.used = calloc(glossary->n_terms + 1, sizeof *c.used);
    c.bib_used = calloc(glossary->n_bibs + 1, sizeof *c.bib_used);
    if (c.used == NULL || c.bib_used == NULL)
        goto done;
    for (size_t i = 0; i < glossary->n_terms; i++) {
        c.entry = &glossary->terms[i];
        check_term(&c, i);
        check_references(&c);
    }
    visit_studies(context, check_use, &c);
    check_orphans(&c);
    st = fm_diags_status(diags);
done:
    free(c.used);
    free(c.bib_used);
    return st;
}

/* ---- 5. list and print ---------------------------------------------------------------
 */

void
fm_glossary_list(const fm_glossary *glossary, FILE *to)
{
    for (size_t i = 0; i < glossary->n_terms; i++) {
        const fm_term *t = &glossary->terms[i].term;
        (void)fprintf(to, "%-36s %-40s %-8s %s\n", t->id, t->term,
                      t->unit != NULL ? t->unit : "-", t->status);
    }
}

static void
plain_link(void *arg, const char *id, fm_str *out)
{
    const fm_term *t = fm_glossary_term(arg, id);

    fm_str_add(out, t != NULL ? t->term : id);
}

/* Text with its links as words, control bytes shown. */
static void
put(const fm_glossary *g, const char *label, const char *text, FILE *to)
{
    fm_str words = {0};
    fm_str safe = {0};
    union {
        const fm_glossary *in;
        void *out;
    } u = {g};

    fm_glossary_expand(text, &words, plain_link, u.out);
    if (words.data != NULL)
        fm_str_add_escaped(&safe, words.data);
    (void)fprintf(to, "  %-11s %s\n", label, safe.data != NULL ? safe.data : "");
    fm_str_free(&words);
    fm_str_free(&safe);
}

static void
put_sources(const fm_glossary *g, const fm_term *t, FILE *to)
{
    for (size_t i = 0; i < t->n_sources; i++) {
        const fm_bib *b = fm_glossary_source(g, t->sources[i].key);
        fm_str s = {0};
        if (b != NULL && b->author != NULL)
            fm_str_addf(&s, "%s: ", b->author);
        fm_str_add(&s, b != NULL ? b->title : t->sources[i].key);
        if (b != NULL && b->edition != NULL)
            fm_str_addf(&s, ", %s", b->edition);
        if (b != NULL && b->year != NULL)
            fm_str_addf(&s, ", %s", b->year);
        if (strcmp(t->sources[i].locator, "-") != 0)
            fm_str_addf(&s, "; %s", t->sources[i].locator);
        fm_str_add(&s, t->sources[i].verified ? "" : " (place not verified)");
        put(g, "source", s.data != NULL ? s.data : "", to);
        fm_str_free(&s);
    }
}

static void
put_use(void *arg, const char *place)
{
    (void)fprintf(arg, "  %-11s %s\n", "used in", place);
}

static void
put_term(const fm_context *context, const fm_glossary *g, const fm_term *t, FILE *to)
{
    (void)fprintf(to, "%s (%s)\n", t->term, t->id);
    for (size_t i = 0; i < t->n_also; i++)
        put(g, "also", t->also[i], to);
    put(g, "definition", t->definition, to);
    if (t->formula != NULL)
        put(g, "formula", t->formula, to);
    for (size_t i = 0; i < t->n_symbols; i++)
        (void)fprintf(to, "  %-11s   %s: %s [%s]\n", "", t->symbols[i].name,
                      t->symbols[i].meaning, t->symbols[i].unit);
    if (t->unit != NULL)
        put(g, "unit", t->unit, to);
    if (t->validity != NULL)
        put(g, "validity", t->validity, to);
    for (size_t i = 0; i < t->n_notes; i++)
        put(g, "note", t->notes[i], to);
    for (size_t i = 0; i < t->n_pitfalls; i++) {
        put(g, "wrong", t->pitfalls[i].wrong, to);
        put(g, "right", t->pitfalls[i].right, to);
        put(g, "why", t->pitfalls[i].why, to);
    }
    for (size_t i = 0; i < t->n_see; i++)
        put(g, "see", t->see[i], to);
    put_sources(g, t, to);
    fm_glossary_uses(context, t->id, put_use, to);
}

/* The same words: case aside, dashes and blanks alike. */
static bool
same_words(const char *a, const char *b)
{
    for (;; a++, b++) {
        char x = *a == '-' || *a == '_' ? ' ' : *a;
        char y = *b == '-' || *b == '_' ? ' ' : *b;
        if (tolower((unsigned char)x) != tolower((unsigned char)y))
            return false;
        if (x == '\0')
            return true;
    }
}

/* By its id, the id's last part, its name or another name. */
static bool
is_called(const fm_term *t, const char *name)
{
    const char *last = strrchr(t->id, '.');

    if (same_words(t->id, name) || same_words(t->term, name) ||
        (last != NULL && same_words(last + 1, name)))
        return true;
    for (size_t i = 0; i < t->n_also; i++)
        if (same_words(t->also[i], name))
            return true;
    return false;
}

/* The nearest id, or the nearest id after its domain. */
static fm_status
fail_unknown(const fm_glossary *g, const char *name, fm_error *err)
{
    const char **words = calloc(2 * g->n_terms + 1, sizeof *words);

    if (words == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    for (size_t i = 0; i < g->n_terms; i++) {
        words[2 * i] = g->terms[i].term.id;
        words[2 * i + 1] = g->terms[i].term.term;
    }
    const char *near = fm_nearest(name, words, 2 * g->n_terms);
    free(words);
    if (near != NULL)
        return FM_FAIL(err, FM_EUSAGE, "no term '%.60s'; did you mean '%s'?", name, near);
    return FM_FAIL(err, FM_EUSAGE, "no term '%.60s'; `fabmet glossary --list` shows all",
                   name);
}

fm_status
fm_glossary_print(const fm_context *context, const fm_glossary *glossary,
                  const char *name, FILE *to, fm_error *err)
{
    size_t found = 0;

    for (size_t i = 0; i < glossary->n_terms; i++) {
        const fm_term *t = &glossary->terms[i].term;
        if (!is_called(t, name))
            continue;
        if (found++ > 0)
            (void)fputc('\n', to);
        put_term(context, glossary, t, to);
    }
    return found > 0 ? FM_OK : fail_unknown(glossary, name, err);
}
