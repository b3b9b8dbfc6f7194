/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Study spc.gauge: terms from the parameters, readings from the data.
 *
 * Contents
 *   1. factors and terms     2. readings
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spc/spc_gauge.h"
#include "spc/spc_nested.h"

/* ---- 1. factors and terms -------------------------------------------------------- */

static const fm_data_column *
data_column(const fm_point *point, size_t declared, size_t k)
{
    const fm_data *data = fm_input(point, 0);
    return &data->columns[data->first[declared] + k];
}

/* Name of factor f as the scenario gives it. */
static const char *
factor_name(const fm_gauge *g, size_t f)
{
    if (f == 0)
        return fm_text(g->point, FM_GAUGE_P_PART);
    if (f < g->first_extra)
        return fm_text(g->point, FM_GAUGE_P_OPERATOR);
    return fm_value_at(g->point, FM_GAUGE_P_FACTORS)->items[f - g->first_extra].text;
}

static fm_status
find_factors(fm_gauge *g, fm_error *err)
{
    const fm_value *extra = fm_value_at(g->point, FM_GAUGE_P_FACTORS);
    const char *response = fm_text(g->point, FM_GAUGE_P_RESPONSE);
    g->first_extra = fm_present(g->point, FM_GAUGE_P_OPERATOR) ? 2 : 1;
    g->n_factors = g->first_extra + (extra->present ? extra->n : 0);
    if (g->n_factors > FM_SPC_FACTOR_MAX)
        return FM_FAIL(err, FM_ESCENARIO,
                       "factors: %zu with the part and the operator, at most %d are "
                       "possible",
                       g->n_factors, FM_SPC_FACTOR_MAX);
    for (size_t f = 0; f < g->n_factors; f++) {
        const char *key = f == 0 ? "part" : f < g->first_extra ? "operator" : "factors";
        if (strcmp(factor_name(g, f), response) == 0)
            return FM_FAIL(err, FM_ESCENARIO, "%s: '%s' is the response", key, response);
        for (size_t k = 0; k < f; k++)
            if (strcmp(factor_name(g, f), factor_name(g, k)) == 0)
                return FM_FAIL(err, FM_ESCENARIO, "%s: '%s' is given twice", key,
                               factor_name(g, f));
    }
    return FM_OK;
}

static void
append(char *text, const char *more)
{
    size_t used = strlen(text);
    (void)snprintf(text + used, FM_GAUGE_NAME_SIZE - used, "%s", more);
}

static fm_status
add_term(fm_gauge *g, unsigned mask, const char *name, bool nested_part, fm_error *err)
{
    for (size_t t = 0; t < g->n_given; t++)
        if (g->given[t] == mask)
            return FM_FAIL(err, FM_ESCENARIO, "terms: '%s' has the same units as '%s'",
                           name, g->given_name[t]);
    if (g->n_given == FM_SPC_TERM_MAX)
        return FM_FAIL(err, FM_ESCENARIO,
                       "terms: more than %d are not possible; list "
                       "those that matter",
                       FM_SPC_TERM_MAX);
    g->given[g->n_given] = mask;
    g->nested_part[g->n_given] = nested_part;
    append(g->given_name[g->n_given], name);
    g->n_given++;
    return FM_OK;
}

/* The factor that stands at *text, the longest that fits; moves behind it and blanks. */
static fm_status
take_factor(const fm_gauge *g, const char *whole, const char **text, unsigned *mask_io,
            fm_error *err)
{
    size_t best = 0, longest = 0;
    *text += strspn(*text, " ");
    for (size_t f = 0; f < g->n_factors; f++) {
        size_t length = strlen(factor_name(g, f));
        if (length > longest && strncmp(*text, factor_name(g, f), length) == 0 &&
            strchr(" *(),", (*text)[length]) != NULL) {
            best = f;
            longest = length;
        }
    }
    if (longest == 0)
        return FM_FAIL(
            err, FM_ESCENARIO,
            "terms: '%s' is not a factor (in '%s'); factors are part, operator "
            "and those listed in factors, joined as a*b or b(a)",
            *text, whole);
    if (*mask_io & 1U << best)
        return FM_FAIL(err, FM_ESCENARIO, "terms: '%s' names '%s' twice", whole,
                       factor_name(g, best));
    *mask_io |= 1U << best;
    *text += longest;
    *text += strspn(*text, " ");
    return FM_OK;
}

/* One term: factors joined by "*", or "inner(outer, outer)". */
static fm_status
parse_term(fm_gauge *g, const char *whole, fm_error *err)
{
    const char *text = whole;
    unsigned mask = 0;
    fm_status st = take_factor(g, whole, &text, &mask, err);
    bool nested_part = mask == 1 && *text == '(';
    while (st == FM_OK && *text == '*') {
        text++;
        st = take_factor(g, whole, &text, &mask, err);
    }
    if (st == FM_OK && *text == '(') {
        do {
            text++;
            st = take_factor(g, whole, &text, &mask, err);
        } while (st == FM_OK && (*text == ',' || *text == '*'));
        if (st == FM_OK && *text == ')')
            text++;
        else if (st == FM_OK)
            return FM_FAIL(err, FM_ESCENARIO, "terms: '%s' has no closing bracket",
                           whole);
    }
    if (st == FM_OK && *text != '\0')
        return FM_FAIL(err, FM_ESCENARIO, "terms: what is '%s' in '%s'?", text, whole);
    return st == FM_OK ? add_term(g, mask, whole, nested_part, err) : st;
}

/* All factors and their interactions of two. */
static fm_status
default_terms(fm_gauge *g, fm_error *err)
{
    fm_status st = FM_OK;
    for (size_t f = 0; f < g->n_factors && st == FM_OK; f++)
        st = add_term(g, 1U << f, factor_name(g, f), false, err);
    for (size_t f = 0; f < g->n_factors; f++)
        for (size_t k = f + 1; k < g->n_factors && st == FM_OK; k++) {
            char name[FM_GAUGE_NAME_SIZE] = "";
            append(name, factor_name(g, f));
            append(name, "*");
            append(name, factor_name(g, k));
            st = add_term(g, 1U << f | 1U << k, name, false, err);
        }
    return st;
}

fm_status
fm_gauge_terms(fm_gauge *g, fm_error *err)
{
    const fm_value *terms = fm_value_at(g->point, FM_GAUGE_P_TERMS);
    fm_status st = find_factors(g, err);
    if (st != FM_OK)
        return st;
    if (fm_integer(g->point, FM_GAUGE_P_LAYOUT) == FM_GAUGE_NESTED) {
        char name[FM_GAUGE_NAME_SIZE] = "";
        append(name, factor_name(g, 0));
        append(name, "(");
        append(name, factor_name(g, 1));
        append(name, ")");
        st = add_term(g, 2, factor_name(g, 1), false, err);
        return st == FM_OK ? add_term(g, 3, name, true, err) : st;
    }
    if (!terms->present)
        return default_terms(g, err);
    bool has_part = false;
    for (size_t i = 0; i < terms->n && st == FM_OK; i++)
        st = parse_term(g, terms->items[i].text, err);
    for (size_t t = 0; t < g->n_given; t++)
        has_part = has_part || g->given[t] == 1 || g->nested_part[t];
    if (st == FM_OK && !has_part)
        return FM_FAIL(err, FM_ESCENARIO,
                       "terms: '%s' alone, or nested as %s(...), is missing",
                       factor_name(g, 0), factor_name(g, 0));
    return st;
}

/* ---- 2. readings ----------------------------------------------------------------- */

void
fm_gauge_free(fm_gauge *g)
{
    free(g->row);
    free(g->y);
    free(g->code);
    free(g->scratch);
    free(g->words);
    free(g->cell_unit);
    free(g->work);
}

static fm_status
allocate(fm_gauge *g, size_t n_rows, size_t n_codes)
{
    size_t n = n_rows > 0 ? n_rows : 1;
    g->row = calloc(n, sizeof *g->row);
    g->y = calloc(n, sizeof *g->y);
    g->code = calloc(n * g->n_factors + 1, sizeof *g->code);
    g->scratch = calloc(n * g->n_factors + 1, sizeof *g->scratch);
    g->words = calloc(fm_spc_design_words(n, g->n_factors, FM_SPC_TERM_MAX, n_codes),
                      sizeof *g->words);
    g->work = calloc(3 * n + 1, sizeof *g->work);
    return g->row && g->y && g->code && g->scratch && g->words && g->work ? FM_OK
                                                                          : FM_ENOMEM;
}

static bool
is_complete(const fm_gauge *g, const double *real, size_t row)
{
    if (isnan(real[row]))
        return false;
    for (size_t f = 0; f < g->n_factors; f++)
        if (g->factor[f]->code[row] < 0)
            return false;
    return true;
}

/* Sorts the rows by part, then operator. */
static fm_status
sort_rows(fm_gauge *g, size_t n_codes)
{
    size_t depth = g->first_extra;
    fm_spc_tree tree;
    for (size_t f = 0; f < depth; f++)
        for (size_t i = 0; i < g->n; i++)
            g->scratch[f * g->n + i] = g->factor[f]->code[g->row[i]];
    fm_status st = fm_spc_tree_build(g->scratch, g->n, depth, n_codes, g->words, &tree);
    if (st != FM_OK)
        return st;
    size_t *from = tree.order;
    for (size_t i = 0; i < g->n; i++)
        from[i] = g->row[from[i]];
    memcpy(g->row, from, g->n * sizeof *from);
    return FM_OK;
}

/* A factor with one label has no variation to estimate. */
static fm_status
check_labels(const fm_gauge *g, fm_error *err)
{
    for (size_t f = 0; f < g->n_factors; f++) {
        bool one = true;
        for (size_t i = 1; i < g->n && one; i++)
            one = g->code[f * g->n + i] == g->code[f * g->n];
        if (one)
            return FM_FAIL(
                err, FM_ESINGULAR,
                "all %zu readings have the same '%s' (%s): its variance cannot "
                "be estimated%s",
                g->n, factor_name(g, f), g->factor[f]->labels[g->code[f * g->n]],
                f == 0 ? "" : "; leave it out");
    }
    return FM_OK;
}

fm_status
fm_gauge_collect(fm_gauge *g, fm_error *err)
{
    size_t n_rows = fm_input(g->point, 0)->n_rows, n_codes = 1;
    const double *real = data_column(g->point, FM_GAUGE_C_RESPONSE, 0)->real;
    for (size_t f = 0; f < g->n_factors; f++) {
        g->factor[f] = f < g->first_extra ? data_column(g->point, FM_GAUGE_C_PART + f, 0)
                                          : data_column(g->point, FM_GAUGE_C_FACTORS,
                                                        f - g->first_extra);
        if (g->factor[f]->n_labels > n_codes)
            n_codes = g->factor[f]->n_labels;
    }
    fm_status st = allocate(g, n_rows, n_codes);
    if (st != FM_OK)
        return FM_FAIL(err, st, "memory ran out for %zu rows", n_rows);
    for (size_t i = 0; i < n_rows; i++)
        if (is_complete(g, real, i))
            g->row[g->n++] = i;
    g->n_missing = n_rows - g->n;
    if (g->n == 0)
        return FM_FAIL(err, FM_ETOOFEW,
                       "no row of the %zu has both a value and all labels", n_rows);
    st = sort_rows(g, n_codes);
    if (st != FM_OK)
        return FM_FAIL(err, st, "the readings could not be sorted");
    for (size_t i = 0; i < g->n; i++) {
        g->y[i] = real[g->row[i]];
        if (!isfinite(g->y[i]))
            return FM_FAIL(err, FM_EDATA, "a reading is not a finite number");
        for (size_t f = 0; f < g->n_factors; f++)
            g->code[f * g->n + i] = g->factor[f]->code[g->row[i]];
    }
    g->design = (fm_spc_design){
        .n = g->n, .n_factors = g->n_factors, .n_codes = n_codes, .code = g->code};
    return check_labels(g, err);
}
