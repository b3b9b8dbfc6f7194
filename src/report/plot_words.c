/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a figure shows, in words computed from its data. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/plot.h"
#include "report/unit_text.h"

enum {
    SERIES_DESCRIBED = 4
}; /* one by one; more are described together */

void
fm_plot_note_drawn(fm_plot *plot, const char *section)
{
    static const char word[] = "index ";
    uint64_t named = 0;

    for (const char *p = section; (p = strstr(p, word)) != NULL; p += sizeof word - 1) {
        const char *number = p + sizeof word - 1;
        if (*number < '0' || *number > '9')
            return; /* computed: all of them */
        unsigned long i = strtoul(number, NULL, 10);
        named |= i < 64 ? UINT64_C(1) << i : 0;
    }
    plot->hidden = named != 0 ? ~named : 0;
}

static bool
is_hidden(const fm_plot *plot, size_t series)
{
    return series < 64 && (plot->hidden >> series & 1) != 0;
}

void
fm_plot_drawn_rows(const fm_plot *plot, uint64_t *first_out, uint64_t *n_out)
{
    size_t first = SIZE_MAX;
    size_t last = 0;

    for (size_t i = 0; i < plot->n_rows; i++) {
        if (is_hidden(plot, plot->series[i]))
            continue;
        first = first == SIZE_MAX ? i : first;
        last = i;
    }
    *first_out = plot->first + (first == SIZE_MAX ? 0 : first);
    *n_out = first == SIZE_MAX ? 0 : last - first + 1;
}

static bool
is_flag(const fm_plot_column *c)
{
    return c->role == FM_STATUS &&
           (c->type == FM_TYPE_CODE || c->type == FM_TYPE_INTEGER);
}

/* What is said of one group of rows. */
typedef struct facts {
    size_t n, missing, flagged;
    size_t low, high; /* rows; SIZE_MAX: none */
    bool has_flags;
} facts;

static facts
gather(const fm_plot *plot, size_t series)
{
    facts f = {.low = SIZE_MAX, .high = SIZE_MAX};
    const double *y =
        plot->n_columns > 1 ? plot->columns[1].value : plot->columns[0].value;
    const fm_plot_column *flag = NULL;

    for (size_t k = 1; k < plot->n_columns && flag == NULL; k++)
        flag = is_flag(&plot->columns[k]) ? &plot->columns[k] : NULL;
    f.has_flags = flag != NULL;
    for (size_t i = 0; i < plot->n_rows; i++) {
        size_t s = plot->series[i];
        if (is_hidden(plot, s) || (series != SIZE_MAX && s != series))
            continue;
        f.n++;
        f.flagged += flag != NULL && flag->value[i] > 0;
        if (isnan(y[i])) {
            f.missing++;
            continue;
        }
        f.low = f.low == SIZE_MAX || y[i] < y[f.low] ? i : f.low;
        f.high = f.high == SIZE_MAX || y[i] > y[f.high] ? i : f.high;
    }
    return f;
}

static void
add_value(const fm_plot_column *c, size_t row, fm_str *out)
{
    char text[FM_UNIT_TEXT];
    const char *unit = fm_unit_text(c->unit, text);

    fm_plot_cell(c, row, out);
    if (*unit != '\0')
        fm_str_addf(out, " %s", unit);
}

/* ", lowest 9.31 gf at subgroup 17" */
static void
add_extreme(const fm_plot *plot, const char *what, size_t row, fm_str *out)
{
    fm_str_addf(out, ", %s ", what);
    add_value(&plot->columns[1], row, out);
    fm_str_addf(out, " at %s ", plot->columns[0].long_name);
    add_value(&plot->columns[0], row, out);
}

/* "25 points, 0 flagged, lowest ..., highest ..." */
static void
add_facts(const fm_plot *plot, const facts *f, fm_str *out)
{
    fm_str_addf(out, "%zu %s", f->n, f->n == 1 ? "point" : "points");
    if (f->has_flags)
        fm_str_addf(out, ", %zu flagged", f->flagged);
    if (f->missing > 0)
        fm_str_addf(out, ", %zu missing", f->missing);
    if (plot->n_columns < 2 || f->low == SIZE_MAX || plot->columns[1].words != NULL)
        return;
    const double *y = plot->columns[1].value;
    if (y[f->low] < y[f->high]) {
        add_extreme(plot, "lowest", f->low, out);
        add_extreme(plot, "highest", f->high, out);
        return;
    }
    fm_str_add(out, f->n > 1 ? ", all at " : ", at ");
    add_value(&plot->columns[1], f->low, out);
}

static void
add_series_facts(const fm_plot *plot, fm_str *out)
{
    bool first = true;

    for (size_t s = 0; s < plot->n_series; s++) {
        if (is_hidden(plot, s))
            continue;
        facts f = gather(plot, s);
        fm_str_addf(out, "%s%s: ", first ? "" : "; ", plot->series_names[s]);
        add_facts(plot, &f, out);
        first = false;
    }
}

static void
add_thinning(const fm_plot *plot, fm_str *out)
{
    if (plot->n_shown < plot->n_panels)
        fm_str_addf(out, " Shown are %zu of the %zu panels, evenly chosen.",
                    plot->n_shown, plot->n_panels);
    if (plot->n_drawn < plot->n_kept)
        fm_str_addf(
            out,
            " Drawn are %zu of %zu points: the lowest and the highest of each block "
            "of consecutive points.",
            plot->n_drawn, plot->n_kept);
}

void
fm_plot_describe(const fm_plot *plot, fm_str *out)
{
    if (plot->n_columns > 1)
        fm_str_addf(out, "%s by %s. ", plot->columns[1].long_name,
                    plot->columns[0].long_name);
    if (plot->n_series > 1 && plot->n_series <= SERIES_DESCRIBED) {
        add_series_facts(plot, out);
    } else {
        facts f = gather(plot, SIZE_MAX);
        add_facts(plot, &f, out);
        if (plot->n_series > 1)
            fm_str_addf(out, ", in %zu series by %s", plot->n_series, plot->by_name);
    }
    fm_str_add(out, ".");
    if (plot->n_panels > 1)
        fm_str_addf(out, " %zu panels, each with its own scale.", plot->n_panels);
    add_thinning(plot, out);
    if (out->data != NULL && out->data[0] >= 'a' && out->data[0] <= 'z')
        out->data[0] = (char)(out->data[0] - 'a' + 'A');
}
