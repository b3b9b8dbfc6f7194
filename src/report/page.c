/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page a report is written on: ids, sections, terms in the text. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/page.h"
#include "report/unit_text.h"

void
fm_page_fail(fm_page *page, fm_status st, const char *text)
{
    if (page->st == FM_OK)
        page->st = FM_FAIL(page->err, st, "report: %s", text);
}

/* ---- ids and sections ----------------------------------------------------------------
 */

static bool
is_taken(const fm_page *page, const char *id)
{
    for (size_t i = 0; i < page->n_ids; i++)
        if (strcmp(page->ids[i], id) == 0)
            return true;
    return false;
}

static const char *
keep_id(fm_page *page, char *id)
{
    char **grown = realloc(page->ids, (page->n_ids + 1) * sizeof *grown);

    if (grown == NULL || id == NULL) {
        page->ids = grown != NULL ? grown : page->ids;
        free(id);
        fm_page_fail(page, FM_ENOMEM, "out of memory");
        return "";
    }
    page->ids = grown;
    grown[page->n_ids++] = id;
    return id;
}

const char *
fm_page_id(fm_page *page, const char *kind, const char *name)
{
    fm_str base = {0};

    if (page->number > 0)
        fm_str_addf(&base, "r%zu-", page->number);
    fm_str_add(&base, kind);
    if (*name != '\0') {
        fm_str_add(&base, "-");
        fm_html_slug(&base, name);
    }
    fm_str id = {0};
    fm_str_add(&id, base.failed ? "" : base.data);
    for (size_t i = 2; !id.failed && is_taken(page, id.data); i++) {
        id.length = 0;
        fm_str_addf(&id, "%s-%zu", base.data, i);
    }
    fm_str_free(&base);
    return keep_id(page, fm_str_take(&id));
}

void
fm_page_section(fm_page *page, int level, const char *id, const char *heading)
{
    fm_str_addf(&page->html, "<section aria-labelledby=\"%s\">\n<h%d id=\"%s\">", id,
                level, id);
    fm_html_text(&page->html, heading);
    fm_str_addf(&page->html, "</h%d>\n", level);
    page->section++;
    (void)snprintf(page->place_anchor, sizeof page->place_anchor, "%s", id);
    (void)snprintf(page->place_label, sizeof page->place_label, "%s", heading);
}

void
fm_page_section_end(fm_page *page)
{
    fm_str_add(&page->html, "</section>\n");
}

/* ---- terms ---------------------------------------------------------------------------
 */

static fm_page_term *
find_term(fm_page *page, const fm_term *term)
{
    for (size_t i = 0; i < page->n_terms; i++)
        if (page->terms[i].term == term)
            return &page->terms[i];
    fm_page_term *grown = realloc(page->terms, (page->n_terms + 1) * sizeof *grown);
    if (grown == NULL)
        return NULL;
    page->terms = grown;
    grown[page->n_terms] = (fm_page_term){.term = term};
    return &grown[page->n_terms++];
}

static bool
add_use(fm_page_term *t, const char *anchor, const char *label)
{
    if (*anchor == '\0')
        return true;
    for (size_t i = 0; i < t->n_uses; i++)
        if (strcmp(t->uses[i].anchor, anchor) == 0)
            return true;
    fm_page_use *grown = realloc(t->uses, (t->n_uses + 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    t->uses = grown;
    fm_page_use *use = &grown[t->n_uses++];
    use->anchor = fm_strdup(anchor);
    use->label = fm_strdup(label);
    return use->anchor != NULL && use->label != NULL;
}

/* Notes a use at the present place, if there is one; the record, or NULL after a failure.
 */
static fm_page_term *
use_term(fm_page *page, const char *id)
{
    fm_str text = {0};
    const fm_term *term = fm_glossary_term(page->glossary, id);

    if (term == NULL) {
        fm_str_addf(&text, "the glossary has no term '%s'", id);
        fm_page_fail(page, FM_EDATA, text.data != NULL ? text.data : "unknown term");
        fm_str_free(&text);
        return NULL;
    }
    fm_page_term *t = find_term(page, term);
    if (t == NULL || !add_use(t, page->place_anchor, page->place_label)) {
        fm_page_fail(page, FM_ENOMEM, "out of memory");
        return NULL;
    }
    return t;
}

void
fm_page_term_text(fm_page *page, const char *term_id, const char *text)
{
    fm_page_term *t = NULL;

    if (term_id != NULL && *term_id != '\0')
        t = use_term(page, term_id);
    if (t == NULL || t->section == page->section) {
        fm_html_ticked(&page->html, text);
        return;
    }
    t->section = page->section;
    fm_str_add(&page->html, "<a class=\"term\" href=\"#g-");
    fm_html_slug(&page->html, t->term->id);
    fm_str_add(&page->html, "\">");
    fm_html_ticked(&page->html, text);
    fm_str_add(&page->html, "</a>");
}

/* A term inside Markdown: a Markdown link, its text guarded against markup of its own. */
static void
markdown_link(void *arg, const char *id, fm_str *out)
{
    fm_page *page = arg;
    const fm_page_term *t = use_term(page, id);

    if (t == NULL)
        return;
    fm_str_add(out, "[");
    for (const char *p = t->term->term; *p != '\0'; p++) {
        if (strchr("\\`*_[]<>&!#~", *p) != NULL)
            fm_str_add(out, "\\");
        fm_str_add_bytes(out, p, 1);
    }
    fm_str_add(out, "](#g-");
    fm_html_slug(out, id);
    fm_str_add(out, ")");
}

void
fm_page_markdown(fm_page *page, const char *markdown, bool inline_only)
{
    fm_str text = {0};

    fm_glossary_expand(markdown, &text, markdown_link, page);
    fm_str_add(&text, "");
    if (text.failed || !fm_html_markdown(&page->html, text.data, inline_only))
        fm_page_fail(page, FM_ENOMEM, "out of memory");
    fm_str_free(&text);
}

void
fm_page_unit(fm_page *page, const char *unit, bool behind)
{
    char text[FM_UNIT_TEXT];
    const char *shown = fm_unit_text(unit, text);

    if (*shown == '\0')
        return;
    fm_str_add(&page->html, behind ? " <span class=\"unit\">[" : "");
    fm_html_text(&page->html, shown);
    fm_str_add(&page->html, behind ? "]</span>" : "");
}

/* ---- paths ---------------------------------------------------------------------------
 */

void
fm_page_path(fm_page *page, const char *table)
{
    const char *path = fm_result_fact(page->result, "path");
    const char *base = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;

    fm_str_add(&page->html, "<p class=\"path\">Data: <code>/entry/");
    fm_html_text(&page->html, table);
    fm_str_add(&page->html, "/<var>column</var></code>");
    if (*base != '\0') {
        fm_str_add(&page->html, " in <code>");
        fm_html_text(&page->html, base);
        fm_str_add(&page->html, "</code>");
    }
    fm_str_add(&page->html, ", digest <code>");
    char digest[13];
    (void)snprintf(digest, sizeof digest, "%s", fm_result_fact(page->result, "digest"));
    fm_html_text(&page->html, digest);
    fm_str_add(&page->html, "…</code></p>\n");
}

void
fm_page_free(fm_page *page)
{
    for (size_t i = 0; i < page->n_terms; i++) {
        for (size_t k = 0; k < page->terms[i].n_uses; k++) {
            free(page->terms[i].uses[k].anchor);
            free(page->terms[i].uses[k].label);
        }
        free(page->terms[i].uses);
    }
    for (size_t i = 0; i < page->n_ids; i++)
        free(page->ids[i]);
    free(page->terms);
    free(page->ids);
    fm_glossary_free(page->glossary);
    fm_slice_free(&page->status);
    fm_str_free(&page->html);
}
