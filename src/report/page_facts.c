/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was asked and how it ran: parameters, points, provenance, how to do it again.
 *
 * Contents
 *   1. the stored scenario     3. points         4. provenance
 *   2. parameters
 */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/asked.h"
#include "report/coverage.h"
#include "report/decimals.h"
#include "report/page.h"
#include "report/plot.h"
#include "report/point_rows.h"
#include "report/unit_text.h"

enum {
    FAILED_MAX = 10,
    AXES_MAX = 16
};

/* ---- 1. the stored scenario ----------------------------------------------------------
 */

static bool
same_but_blanks(const char *a, const char *b)
{
    for (;; a++, b++) {
        a += strspn(a, " \n\"'");
        b += strspn(b, " \n\"'");
        if (*a != *b)
            return false;
        if (*a == '\0')
            return true;
    }
}

/* The same value, units and spelling aside. */
static bool
is_default(const fm_page *page, const fm_param *p, const char *text)
{
    double x = 0;
    double y = 0;
    double si = 0;

    if (p->def == NULL)
        return false;
    if (same_but_blanks(p->def, text))
        return true;
    if (p->kind != FM_REAL && p->kind != FM_INTEGER)
        return false;
    const char *unit = p->unit != NULL ? p->unit : "1";
    bool difference = (p->flags & FM_DIFFERENCE) != 0;
    const fm_units *units = page->context->units;
    return fm_quantity_read(units, p->def, unit, difference, &x, &si, NULL) == FM_OK &&
           fm_quantity_read(units, text, unit, difference, &y, &si, NULL) == FM_OK &&
           x >= y && x <= y;
}

/* A given number in the declared unit, which has a column of its own; other values as
 * given. */
static void
add_in_unit(const fm_page *page, const fm_param *p, const fm_node *node, fm_str *s)
{
    double x = 0;
    double si = 0;

    if (p->kind == FM_REAL && node->kind == FM_NODE_SCALAR && node->text != NULL &&
        fm_quantity_read(page->context->units, node->text,
                         p->unit != NULL ? p->unit : "1", (p->flags & FM_DIFFERENCE) != 0,
                         &x, &si, NULL) == FM_OK) {
        char text[FM_DECIMALS_TEXT];
        fm_str_add(s, fm_short_text(x, FM_DECIMALS_EXACT, text));
    } else {
        fm_asked_text(node, s);
    }
}

/* ---- 2. parameters -------------------------------------------------------------------
 */

static const fm_node *
swept_by(const fm_node *scenario, const char *key)
{
    const fm_node *sweep = scenario != NULL ? fm_yaml_get(scenario, "sweep") : NULL;

    for (size_t i = 0; sweep != NULL && i < sweep->n_items; i++) {
        const fm_node *param = fm_yaml_get(&sweep->items[i], "param");
        if (param != NULL && param->text != NULL && strcmp(param->text, key) == 0)
            return &sweep->items[i];
    }
    return NULL;
}

/* "0.2 ... 0.8, points: 13" from the sweep's own words. */
static void
add_sweep_words(fm_str *s, const fm_node *axis)
{
    for (size_t i = 0, shown = 0; i < axis->n_items; i++) {
        if (strcmp(axis->items[i].key, "param") == 0)
            continue;
        fm_str_addf(s, "%s%s ", shown++ > 0 ? ", " : "", axis->items[i].key);
        fm_asked_text(&axis->items[i], s);
    }
}

static void
add_parameter(fm_page *page, const fm_param *p, const fm_node *scenario)
{
    const fm_node *node = fm_asked_param(scenario, p->key);
    const fm_node *axis = swept_by(scenario, p->key);
    fm_str value = {0};
    const char *state = "default";

    fm_str_add(&value, "");
    if (axis != NULL) {
        state = "swept";
        add_sweep_words(&value, axis);
    } else if (node != NULL) {
        add_in_unit(page, p, node, &value);
        state = is_default(page, p, value.data != NULL ? value.data : "") ? "default"
                : p->def == NULL                                          ? "given"
                                                                          : "changed";
    } else if (p->def == NULL) {
        state = "not given";
    }
    const char *shown = value.data != NULL ? value.data : "";
    if (node == NULL && axis == NULL && p->def != NULL)
        shown = p->def;
    bool same = strcmp(state, "default") == 0 || strcmp(state, "not given") == 0;
    fm_str_addf(&page->html, "<tr class=\"%s\"><th scope=\"row\"><code>",
                same ? "same" : "differs");
    fm_html_text(&page->html, p->key);
    fm_str_add(&page->html, "</code></th><td>");
    fm_page_term_text(page, p->term, p->help != NULL ? p->help : "");
    fm_str_add(&page->html, "</td><td class=\"value\">");
    fm_html_text(&page->html, *shown != '\0' ? shown : "–");
    fm_str_add(&page->html, "</td><td>");
    fm_page_unit(page, p->unit != NULL ? p->unit : "", false);
    fm_str_add(&page->html, "</td><td class=\"value\">");
    fm_html_text(&page->html, p->def != NULL ? p->def : "–");
    fm_str_addf(&page->html, "</td><td>%s</td></tr>\n", state);
    fm_str_free(&value);
}

void
fm_page_parameters(fm_page *page)
{
    const fm_study *study = page->study;
    const char *id = fm_page_id(page, "parameters", "");

    fm_page_section(page, 3, id, "Parameters");
    if (study->n_params == 0) {
        fm_str_add(&page->html, "<p>The study has no parameters.</p>\n");
        fm_page_section_end(page);
        return;
    }
    fm_node *scenario = fm_asked_scenario(page->result);
    page->n_tables++;
    fm_str_addf(
        &page->html,
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
        "aria-labelledby=\"%s-c\">\n<table class=\"parameters\">\n<caption "
        "id=\"%s-c\"><b>Table %zu.</b> Parameters of %s</caption>\n<thead><tr><th "
        "scope=\"col\">Key</th><th scope=\"col\">Meaning</th><th "
        "scope=\"col\">Value</th><th scope=\"col\">Unit</th><th "
        "scope=\"col\">Default</th><th scope=\"col\">State</th></tr></thead>\n"
        "<tbody>\n",
        id, id, page->n_tables, study->name);
    for (size_t i = 0; i < study->n_params; i++)
        add_parameter(page, &study->params[i], scenario);
    fm_str_add(&page->html, "</tbody>\n</table>\n</div>\n");
    fm_str_add(&page->html,
               "<p class=\"path\">Data: <code>/provenance</code>, the resolved "
               "scenario</p>\n");
    fm_yaml_free(scenario);
    fm_page_section_end(page);
}

/* ---- 3. points -----------------------------------------------------------------------
 */

static fm_status
status_at(const fm_slice *s, size_t i)
{
    return (fm_status)(s->type == FM_TYPE_CODE ? s->code[i] : (int)s->integer[i]);
}

static bool
is_failed(const fm_slice *s, size_t i)
{
    return status_at(s, i) != FM_OK && status_at(s, i) != FM_EPENDING;
}

/* Points without a result; *n_failed_out of them were computed. */
static size_t
count_missing(const fm_slice *s, size_t *n_failed_out)
{
    size_t n = 0;

    *n_failed_out = 0;
    for (size_t i = 0; i < s->n; i++) {
        n += status_at(s, i) != FM_OK;
        *n_failed_out += is_failed(s, i);
    }
    return n;
}

/* "domain 3, too few 1" */
static void
add_causes(fm_page *page)
{
    bool first = true;

    for (int code = FM_OK + 1; code <= FM_EPENDING; code++) {
        size_t n = 0;
        for (size_t i = 0; i < page->status.n; i++)
            n += (int)status_at(&page->status, i) == code;
        if (n == 0)
            continue;
        fm_str_addf(&page->html, "%s%s (%zu)", first ? "" : ", ",
                    fm_status_name((fm_status)code), n);
        first = false;
    }
}

static void
add_axis_value(fm_page *page, const fm_result_table *points, size_t column, uint64_t row)
{
    fm_slice s = {0};
    const fm_result_column *c = &points->columns[column];
    fm_status st = fm_result_read(page->result, points, column, row, 1, &s, page->err);

    if (st != FM_OK || s.n == 0) {
        fm_page_fail(page, st, "cannot read the points");
        return;
    }
    if (s.type == FM_TYPE_REAL)
        fm_html_short(&page->html, s.real[0], FM_DECIMALS_EXACT);
    else if (s.type == FM_TYPE_INTEGER)
        fm_str_addf(&page->html, "%lld", (long long)s.integer[0]);
    else if (s.type == FM_TYPE_CODE && s.code[0] >= 0 && (size_t)s.code[0] < c->n_words)
        fm_html_text(&page->html, c->words[s.code[0]]);
    else if (s.type == FM_TYPE_TEXT && s.text[0] != NULL)
        fm_html_text(&page->html, s.text[0]);
    fm_slice_free(&s);
}

void
fm_page_swept(fm_page *page, uint64_t point)
{
    size_t axes[AXES_MAX];
    const fm_result_table *points = fm_result_points(page->result);
    fm_point_index index;

    if (fm_point_index_read(page->result, &index, page->err) != FM_OK) {
        fm_page_fail(page, FM_EIO, "cannot read the points");
        return;
    }
    uint64_t row = fm_point_index_row(&index, point);
    size_t n = points != NULL && row < points->n_rows
                   ? fm_result_axes(page->result, axes, AXES_MAX)
                   : 0;
    fm_point_index_free(&index);

    for (size_t k = 0; k < n; k++) {
        const fm_result_column *c = &points->columns[axes[k]];
        char unit_text[FM_UNIT_TEXT];
        fm_str name = {0};
        fm_asked_axis_name(c, &name);
        fm_str_add(&page->html, k > 0 ? ", " : ": ");
        fm_html_ticked(&page->html, name.data != NULL ? name.data : c->name);
        fm_str_add(&page->html, " ");
        add_axis_value(page, points, axes[k], row);
        const char *unit = fm_unit_text(c->unit, unit_text);
        fm_str_add(&page->html, *unit != '\0' ? " " : "");
        fm_html_text(&page->html, unit);
        fm_str_free(&name);
    }
}

static void
add_failed_row(fm_page *page, const fm_result_table *points, const size_t *axes,
               size_t n_axes, size_t row)
{
    size_t message = fm_result_column_named(points, "message");

    fm_str_addf(&page->html, "<tr><th scope=\"row\" class=\"num\">%" PRIu64 "</th>",
                fm_point_of_row(page->result, row));
    for (size_t k = 0; k < n_axes; k++) {
        fm_str_add(&page->html, "<td class=\"num\">");
        add_axis_value(page, points, axes[k], row);
        fm_str_add(&page->html, "</td>");
    }
    fm_str_addf(&page->html, "<td>%s</td><td>",
                fm_status_name(status_at(&page->status, row)));
    if (message != SIZE_MAX)
        add_axis_value(page, points, message, row);
    fm_str_add(&page->html, "</td></tr>\n");
}

static void
add_failed_table(fm_page *page, const fm_result_table *points, size_t n_failed)
{
    size_t axes[AXES_MAX];
    size_t n_axes = fm_result_axes(page->result, axes, AXES_MAX);
    size_t shown = 0;
    const char *id = fm_page_id(page, "failed", "");

    page->n_tables++;
    fm_str_addf(
        &page->html,
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
        "aria-labelledby=\"%s-c\">\n<table id=\"%s\">\n<caption id=\"%s-c\"><b>Table "
        "%zu.</b> Points that failed%s</caption>\n<thead><tr><th scope=\"col\" "
        "class=\"num\">Point</th>",
        id, id, id, page->n_tables, n_failed > FAILED_MAX ? " (the first 10)" : "");
    for (size_t k = 0; k < n_axes; k++) {
        fm_str_add(&page->html, "<th scope=\"col\" class=\"num\">");
        fm_str name = {0};
        fm_asked_axis_name(&points->columns[axes[k]], &name);
        fm_html_text(&page->html, name.data != NULL ? name.data : "");
        fm_str_free(&name);
        fm_page_unit(page, points->columns[axes[k]].unit, true);
        fm_str_add(&page->html, "</th>");
    }
    fm_str_add(&page->html, "<th scope=\"col\">Status</th><th scope=\"col\">Message</th>"
                            "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < page->status.n && shown < FAILED_MAX; i++)
        if (is_failed(&page->status, i)) {
            add_failed_row(page, points, axes, n_axes, i);
            shown++;
        }
    fm_str_add(&page->html, "</tbody>\n</table>\n</div>\n");
    fm_page_path(page, points->name);
}

/* Remarks on good points: message without a failing status. */
static void
add_remarks(fm_page *page, const fm_result_table *points)
{
    size_t column = fm_result_column_named(points, "message");
    size_t shown = 0;
    fm_slice s = {0};

    if (column == SIZE_MAX)
        return;
    fm_status st = fm_result_read(page->result, points, column, 0, (size_t)points->n_rows,
                                  &s, page->err);
    if (st != FM_OK) {
        fm_page_fail(page, st, "cannot read the points");
        return;
    }
    for (size_t i = 0; i < s.n && i < page->status.n && s.text != NULL; i++) {
        if (status_at(&page->status, i) != FM_OK || s.text[i] == NULL ||
            *s.text[i] == '\0')
            continue;
        if (shown == FAILED_MAX) {
            fm_str_add(&page->html,
                       "<li>and more: see the messages of the points.</li>\n");
            shown++;
            break;
        }
        fm_str_add(&page->html, shown++ == 0 ? "<p>Remarks:</p>\n<ul>\n" : "");
        fm_str_addf(&page->html, "<li>Point %" PRIu64 ": ",
                    fm_point_of_row(page->result, i));
        fm_html_text(&page->html, s.text[i]);
        fm_str_add(&page->html, "</li>\n");
    }
    fm_str_add(&page->html, shown > 0 ? "</ul>\n" : "");
    fm_slice_free(&s);
}

static void
add_axes(fm_page *page)
{
    fm_node *scenario = fm_asked_scenario(page->result);
    const fm_node *sweep = scenario != NULL ? fm_yaml_get(scenario, "sweep") : NULL;

    if (sweep != NULL && sweep->n_items > 0) {
        fm_str_add(&page->html, "<p>Swept:</p>\n<ul>\n");
        for (size_t i = 0; i < sweep->n_items; i++) {
            const fm_node *param = fm_yaml_get(&sweep->items[i], "param");
            fm_str words = {0};
            add_sweep_words(&words, &sweep->items[i]);
            fm_str_add(&page->html, "<li><code>");
            fm_html_text(&page->html,
                         param != NULL && param->text != NULL ? param->text : "");
            fm_str_add(&page->html, "</code>: ");
            fm_html_text(&page->html, words.data != NULL ? words.data : "");
            fm_str_add(&page->html, "</li>\n");
            fm_str_free(&words);
        }
        fm_str_add(&page->html, "</ul>\n");
    }
    fm_yaml_free(scenario);
}

void
fm_page_coverage(fm_page *page)
{
    fm_coverage coverage;

    if (fm_coverage_read(page->result, &coverage, NULL) == FM_OK) {
        fm_coverage_add_text(&coverage, &page->html);
        return;
    }
    fm_str_add(&page->html, "points: ");
    fm_html_text(&page->html, fm_result_fact(page->result, "points"));
}

void
fm_page_points(fm_page *page)
{
    const fm_result_table *points = fm_result_points(page->result);
    size_t n_failed;
    size_t n_missing = count_missing(&page->status, &n_failed);

    fm_page_section(page, 3, fm_page_id(page, "points", ""), "Points");
    add_axes(page);
    fm_str_add(&page->html, "<p>Coverage: ");
    fm_page_coverage(page);
    if (n_missing > 0) {
        fm_str_addf(&page->html, "; <strong>%zu without a result</strong>: ", n_missing);
        add_causes(page);
    }
    fm_str_add(&page->html, ".</p>\n");
    if (points != NULL && n_failed > 0)
        add_failed_table(page, points, n_failed);
    if (points != NULL)
        add_remarks(page, points);
    fm_page_section_end(page);
}

/* ---- 4. provenance -------------------------------------------------------------------
 */

static void
add_fact(fm_page *page, const char *label, const char *fact)
{
    const char *text = fm_result_fact(page->result, fact);

    if (*text == '\0')
        return;
    fm_str_addf(&page->html, "<dt>%s</dt><dd>", label);
    for (const char *p = text; *p != '\0';) {
        fm_str line = {0};
        size_t n = strcspn(p, "\n");
        fm_str_add_bytes(&line, p, n);
        fm_str_add(&page->html, p > text ? "<br>" : "");
        fm_html_text(&page->html, line.data != NULL ? line.data : "");
        fm_str_free(&line);
        p += n + (p[n] == '\n');
    }
    fm_str_add(&page->html, "</dd>\n");
}

static void
add_reproduction(fm_page *page)
{
    const char *scenario = fm_result_fact(page->result, "scenario");

    fm_str_addf(&page->html, "<h4 id=\"%s\">How to do it again</h4>\n",
                fm_page_id(page, "again", ""));
    fm_str_add(
        &page->html,
        "<p>Save the resolved scenario below as <code>scenario.yaml</code> in the folder "
        "where the run was started (paths of data files in it are relative to that "
        "folder), "
        "and there run <code>fabmet run scenario.yaml -o again.h5</code>; "
        "<code>fabmet verify again.h5</code> must print the digest above.</p>\n<pre "
        "tabindex=\"0\"><code>");
    fm_html_text(&page->html, scenario);
    fm_str_add(&page->html, "</code></pre>\n");
}

void
fm_page_provenance(fm_page *page)
{
    static const char *const facts[][2] = {
        {"Content digest", "digest"}, {"Study", "study"},
        {"Points", "points"},         {"Seed", "seed"},
        {"Draws", "draws"},           {"Overrides", "overrides"},
        {"Command", "argv"},          {"Inputs", "inputs"},
        {"fabmet", "version"},        {"Libraries", "libraries"},
        {"C library", "libc"},        {"Processor", "processor"},
        {"Started", "started"},       {"Finished", "finished"},
        {"Schema", "schema"}};

    fm_page_section(page, 3, fm_page_id(page, "provenance", ""), "Provenance");
    fm_str_add(&page->html, "<dl class=\"facts\">\n");
    for (size_t i = 0; i < FM_COUNT(facts); i++)
        add_fact(page, facts[i][0], facts[i][1]);
    fm_str_add(&page->html, "</dl>\n");
    add_reproduction(page);
    fm_page_section_end(page);
}
