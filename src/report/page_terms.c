/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The closing sections: the terms that were used, and the numbered references.
 *
 * Contents
 *   1. which terms     2. references     3. one term     4. the sections
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "report/page.h"

/* One source that is cited, in order of first use. */
typedef struct cited {
    const fm_bib *bib;
    fm_str by; /* links back */
} cited;

typedef struct closing {
    fm_page *page;
    const fm_term **list; /* to print, sorted by term */
    size_t n;
    cited *refs;
    size_t n_refs;
} closing;

/* ---- 1. which terms ------------------------------------------------------------------
 */

static bool
is_listed(const closing *c, const fm_term *term)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->list[i] == term)
            return true;
    return false;
}

static bool
add_listed(void *arg, const char *id)
{
    closing *c = arg;
    const fm_term *term = fm_glossary_term(c->page->glossary, id);

    if (term == NULL || is_listed(c, term))
        return true;
    const fm_term **grown = realloc(c->list, (c->n + 1) * sizeof(const fm_term *));
    if (grown == NULL) {
        fm_page_fail(c->page, FM_ENOMEM, "out of memory");
        return false;
    }
    c->list = grown;
    grown[c->n++] = term;
    return true;
}

/* A reader must never meet a linked term that is not explained: the list grows while its
 * own texts are read. */
static void
close_list(closing *c)
{
    for (size_t i = 0; i < c->page->n_terms; i++)
        (void)add_listed(c, c->page->terms[i].term->id);
    for (size_t i = 0; i < c->n; i++) {
        const fm_term *t = c->list[i];
        fm_glossary_links(t->definition, add_listed, c);
        fm_glossary_links(t->validity, add_listed, c);
        for (size_t k = 0; k < t->n_notes; k++)
            fm_glossary_links(t->notes[k], add_listed, c);
    }
}

static int
by_name(const void *a, const void *b)
{
    const fm_term *const *x = a;
    const fm_term *const *y = b;
    int order = strcasecmp((*x)->term, (*y)->term);

    return order != 0 ? order : strcmp((*x)->id, (*y)->id);
}

/* ---- 2. references -------------------------------------------------------------------
 */

/* Number of a source, from 1; 0 after a failure. */
static size_t
cite(closing *c, const fm_bib *bib, const fm_term *by)
{
    size_t i = 0;

    while (i < c->n_refs && c->refs[i].bib != bib)
        i++;
    if (i == c->n_refs) {
        cited *grown = realloc(c->refs, (c->n_refs + 1) * sizeof *grown);
        if (grown == NULL) {
            fm_page_fail(c->page, FM_ENOMEM, "out of memory");
            return 0;
        }
        c->refs = grown;
        grown[c->n_refs++] = (cited){.bib = bib};
    }
    fm_str *back = &c->refs[i].by;
    fm_str_addf(back, "%s<a href=\"#g-", back->length > 0 ? ", " : "");
    fm_html_slug(back, by->id);
    fm_str_add(back, "\">");
    fm_html_text(back, by->term);
    fm_str_add(back, "</a>");
    return i + 1;
}

static void
add_sources(closing *c, const fm_term *t)
{
    fm_str *s = &c->page->html;

    fm_str_add(s, "<p class=\"sources\">Source: ");
    for (size_t i = 0; i < t->n_sources; i++) {
        const fm_term_source *from = &t->sources[i];
        const fm_bib *bib = fm_glossary_source(c->page->glossary, from->key);
        fm_str_add(s, i > 0 ? "; " : "");
        if (bib == NULL || strcmp(from->key, "own") == 0) {
            fm_str_add(s, "defined by fabmet");
        } else {
            size_t number = cite(c, bib, t);
            fm_str_addf(s, "<a href=\"#ref-%zu\">[%zu]</a>", number, number);
        }
        if (strcmp(from->locator, "-") != 0) {
            fm_str_add(s, " ");
            fm_html_text(s, from->locator);
        }
        fm_str_add(s, from->verified ? "" : " (place not verified)");
    }
    fm_str_add(s, ".</p>\n");
}

static void
add_part(fm_str *s, const char *before, const char *text)
{
    if (text == NULL)
        return;
    fm_str_add(s, before);
    fm_html_text(s, text);
}

static void
add_reference(fm_str *s, const cited *ref, size_t number)
{
    const fm_bib *b = ref->bib;

    fm_str_addf(s, "<li id=\"ref-%zu\">", number);
    if (b->author != NULL) {
        fm_html_text(s, b->author);
        fm_str_add(s, ": ");
    }
    fm_str_add(s, "<cite>");
    fm_html_text(s, b->title);
    fm_str_add(s, "</cite>");
    add_part(s, ", ", b->edition);
    add_part(s, ", ", b->publisher);
    add_part(s, ", ", b->year);
    add_part(s, ". ", b->identifier);
    fm_str_add(s, ". <span class=\"back\">Cited by ");
    fm_str_add(s, ref->by.data != NULL ? ref->by.data : "");
    fm_str_add(s, "</span></li>\n");
}

/* ---- 3. one term ---------------------------------------------------------------------
 */

/* A word that another entry explains: a link when that entry is on the page. */
static void
add_see_one(closing *c, const char *id)
{
    const fm_term *t = fm_glossary_term(c->page->glossary, id);
    fm_str *s = &c->page->html;

    if (t == NULL)
        return;
    bool here = is_listed(c, t);
    if (here) {
        fm_str_add(s, "<a href=\"#g-");
        fm_html_slug(s, t->id);
        fm_str_add(s, "\">");
    }
    fm_html_text(s, t->term);
    fm_str_add(s, here ? "</a>" : "");
}

static void
add_formula(closing *c, const fm_term *t)
{
    fm_str *s = &c->page->html;

    if (t->formula == NULL)
        return;
    fm_str_add(s, "<p class=\"formula\"><code>");
    fm_html_text(s, t->formula);
    fm_str_add(s, "</code>");
    if (t->unit != NULL && *t->unit != '?')
        fm_page_unit(c->page, t->unit, true);
    for (size_t i = 0; i < t->n_symbols; i++) {
        const char *unit = t->symbols[i].unit;
        fm_str_add(s, i > 0 ? "; <var>" : ", where <var>");
        fm_html_text(s, t->symbols[i].name);
        fm_str_add(s, "</var> is the ");
        fm_html_text(s, t->symbols[i].meaning);
        if (*unit != '?')
            fm_page_unit(c->page, unit, true);
    }
    fm_str_add(s, ".</p>\n");
}

static void
add_pitfalls(closing *c, const fm_term *t)
{
    fm_str *s = &c->page->html;

    for (size_t i = 0; i < t->n_pitfalls; i++) {
        fm_str_add(s, "<p class=\"pitfall\"><strong>Not</strong> ");
        fm_html_text(s, t->pitfalls[i].wrong);
        fm_str_add(s, ". <strong>But</strong> ");
        fm_html_text(s, t->pitfalls[i].right);
        fm_str_add(s, " (");
        fm_html_text(s, t->pitfalls[i].why);
        fm_str_add(s, ").</p>\n");
    }
}

static void
add_uses(closing *c, const fm_term *t)
{
    fm_str *s = &c->page->html;

    for (size_t i = 0; i < c->page->n_terms; i++) {
        const fm_page_term *used = &c->page->terms[i];
        if (used->term != t)
            continue;
        fm_str_add(s, "<p class=\"back\">Used in ");
        for (size_t k = 0; k < used->n_uses; k++) {
            fm_str_addf(s, "%s<a href=\"#%s\">", k > 0 ? ", " : "", used->uses[k].anchor);
            fm_html_text(s, used->uses[k].label);
            fm_str_add(s, "</a>");
        }
        fm_str_add(s, ".</p>\n");
        return;
    }
}

static void
add_entry(closing *c, const fm_term *t)
{
    fm_page *page = c->page;
    fm_str *s = &page->html;

    fm_str_add(s, "<dt id=\"g-");
    fm_html_slug(s, t->id);
    fm_str_add(s, "\"><dfn>");
    fm_html_text(s, t->term);
    fm_str_add(s, "</dfn>");
    for (size_t i = 0; i < t->n_also; i++) {
        fm_str_add(s, i == 0 ? " <span class=\"also\">" : ", ");
        fm_html_text(s, t->also[i]);
    }
    fm_str_add(s, t->n_also > 0 ? "</span>" : "");
    fm_str_add(s, " <code class=\"id\">");
    fm_html_text(s, t->id);
    fm_str_add(s, "</code></dt>\n<dd><p>");
    fm_page_markdown(page, t->definition, true);
    fm_str_add(s, ".</p>\n");
    add_formula(c, t);
    if (t->validity != NULL) {
        fm_str_add(s, "<p>Holds: ");
        fm_page_markdown(page, t->validity, true);
        fm_str_add(s, ".</p>\n");
    }
    for (size_t i = 0; i < t->n_notes; i++) {
        fm_str_add(s, "<p>");
        fm_page_markdown(page, t->notes[i], true);
        fm_str_add(s, "</p>\n");
    }
    add_pitfalls(c, t);
    for (size_t i = 0; i < t->n_see; i++) {
        fm_str_add(s, i == 0 ? "<p class=\"see\">See also " : ", ");
        add_see_one(c, t->see[i]);
    }
    fm_str_add(s, t->n_see > 0 ? ".</p>\n" : "");
    add_sources(c, t);
    add_uses(c, t);
    fm_str_add(s, "</dd>\n");
}

/* ---- 4. the sections -----------------------------------------------------------------
 */

void
fm_page_glossary(fm_page *page)
{
    closing c = {.page = page};

    page->number = 0;
    close_list(&c);
    if (c.n > 1)
        qsort(c.list, c.n, sizeof(const fm_term *), by_name);
    fm_page_section(page, 2, fm_page_id(page, "terms", ""), "Terms used");
    fm_str_add(&page->html, c.n > 0 ? "<dl class=\"glossary\">\n" : "<p>None.</p>\n");
    page->place_anchor[0] = '\0'; /* links between entries are no uses */
    for (size_t i = 0; i < c.n && page->st == FM_OK; i++)
        add_entry(&c, c.list[i]);
    fm_str_add(&page->html, c.n > 0 ? "</dl>\n" : "");
    fm_page_section_end(page);
    if (c.n_refs > 0) {
        fm_page_section(page, 2, fm_page_id(page, "references", ""), "References");
        fm_str_add(&page->html, "<ol class=\"references\">\n");
        for (size_t i = 0; i < c.n_refs; i++)
            add_reference(&page->html, &c.refs[i], i + 1);
        fm_str_add(&page->html, "</ol>\n");
        fm_page_section_end(page);
    }
    for (size_t i = 0; i < c.n_refs; i++)
        fm_str_free(&c.refs[i].by);
    free(c.refs);
    free(c.list);
}
