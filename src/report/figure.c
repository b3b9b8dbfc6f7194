/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures by gnuplot: one process for any number of figures.
 *
 * Contents
 *   1. templates          3. one figure's script     5. all figures
 *   2. the prelude        4. pictures back
 */
#include "config.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "report/asked.h"
#include "report/figure.h"
#include "report/gnuplot.h"
#include "report/output.h"
#include "report/plot.h"
#include "report/svg.h"
#include "report/unit_text.h"

enum {
    WIDTH = 760,
    HEIGHT = 430,
    PANEL_HEIGHT = 330,
    SECONDS_MAX = 120,
    XTICS_CHARS = 70,
    KEY_CHARS = 80,
    WHOLE_TICS = 16
};

/* Prefix of the lines by which the script says which figure it is at. */
#define MARK "@@figure "

/* One figure on its way through gnuplot. */
typedef struct job {
    fm_drawing *drawing;
    fm_str script; /* its part of the script */
    bool ready;    /* there is something to draw and it has not failed */
    fm_picture picture;
    size_t number; /* from 1: neutral names of its files */
} job;

static const char *
extension(fm_picture picture)
{
    return picture == FM_SVG ? "svg" : picture == FM_PNG ? "png" : "pdf";
}

/* ---- 1. templates --------------------------------------------------------------------
 */

/* The figure's section of a template, malloc'ed; NULL when it has none. */
static char *
find_section(const char *template, const char *name)
{
    static const char head[] = "#: figure ";
    size_t n = strlen(name);

    for (const char *p = template; p != NULL; p = strchr(p, '\n')) {
        p += *p == '\n';
        if (strncmp(p, head, sizeof head - 1) != 0)
            continue;
        const char *word = p + sizeof head - 1;
        size_t length = strcspn(word, " \r\n");
        if (length != n || memcmp(word, name, n) != 0)
            continue;
        const char *start = word + strcspn(word, "\n");
        const char *end = strstr(start, "\n#: figure ");
        return strndup(start, end != NULL ? (size_t)(end - start) + 1 : strlen(start));
    }
    return NULL;
}

static fm_status
load_section(const fm_context *context, const fm_figure *figure, char **section_out,
             char **problem_out, fm_error *err)
{
    char *template = NULL;
    size_t n = 0;
    fm_str why = {0};
    char *path = fm_context_find(context, figure->script);

    *section_out = NULL;
    if (path == NULL) {
        fm_str_addf(&why, "the template '%s' is not installed", figure->script);
        *problem_out = fm_str_take(&why);
        return FM_OK;
    }
    fm_status st = fm_output_read(path, &template, &n, err);
    if (st == FM_OK) {
        *section_out = find_section(template, figure->name);
        if (*section_out == NULL) {
            fm_str_addf(&why, "the template has no section for the figure '%s'",
                        figure->name);
            *problem_out = fm_str_take(&why);
        }
    }
    free(template);
    free(path);
    return st;
}

/* ---- 2. the prelude ------------------------------------------------------------------
 */

/* Colours in the order of Okabe and Ito (2008), the light ones darkened until they reach
 * 3:1 against white; each with a dash pattern and a point of its own, so that nothing
 * hangs on colour alone. */
static const char styles[] =
    "set linetype 1 lc rgb '#0072B2' lw 1.6 dt solid pt 7 ps 0.55\n"
    "set linetype 2 lc rgb '#D55E00' lw 1.6 dt (12,5) pt 5 ps 0.55\n"
    "set linetype 3 lc rgb '#00875F' lw 1.6 dt (3,4) pt 9 ps 0.65\n"
    "set linetype 4 lc rgb '#A6548A' lw 1.6 dt (12,4,3,4) pt 13 ps 0.65\n"
    "set linetype 5 lc rgb '#333333' lw 1.6 dt (18,6) pt 6 ps 0.6\n"
    "set linetype 6 lc rgb '#B07A00' lw 1.6 dt (6,3) pt 4 ps 0.6\n"
    "set linetype 7 lc rgb '#2F86BD' lw 1.6 dt (3,3,3,9) pt 8 ps 0.65\n"
    "set linetype 8 lc rgb '#7A7000' lw 1.6 dt (14,4,3,4,3,4) pt 12 ps 0.65\n"
    "set linetype cycle 8\n"
    "set style line 101 lc rgb '#B00020' lw 1.4 dt (10,5)\n"
    "set style line 102 lc rgb '#333333' lw 1.2 dt solid\n"
    "set style line 103 lc rgb '#B00020' lw 2 pt 6 ps 1.3\n"
    "set style line 104 lc rgb '#8A8A8A' lw 0.8 dt solid\n"
    "set border 3 lc rgb '#444444' lw 1\n"
    "set tics nomirror out scale 0.6 textcolor rgb '#222222'\n"
    "set grid xtics ytics lc rgb '#DDDDDD' lw 0.7 dt solid\n"
    "set key outside above center horizontal samplen 2.5 spacing 1.1\n"
    "set boxwidth 0.7 relative\n"
    "set style fill solid 0.75 border\n"
    "set style data linespoints\n"
    "set offsets graph 0.02, graph 0.02, graph 0.05, graph 0.05\n";

/* Variables of the figure before must not leak into the next one. */
static void
add_reset(fm_str *s)
{
    fm_str_add(s, "reset\nundefine");
    for (int c = 'a'; c <= 'z'; c++)
        fm_str_addf(s, " %c* %c*", c, c - 'a' + 'A');
    fm_str_add(s, "\n");
}

static void
add_terminal(fm_str *s, fm_picture picture, int height, bool panels)
{
    int small = panels ? 2 : 0; /* points of font size */

    if (picture == FM_SVG)
        fm_str_addf(s,
                    "set terminal svg size %d,%d dynamic noenhanced font 'sans-serif,%d' "
                    "fontscale 1 name 'fabmet'\n",
                    WIDTH, height, 13 - small);
    else if (picture == FM_PNG)
        fm_str_addf(s,
                    "set terminal pngcairo size %d,%d noenhanced font 'sans-serif,%d' "
                    "linewidth 1.6 pointscale 1.8\n",
                    2 * WIDTH, 2 * height, 16 - small);
    else
        fm_str_addf(s,
                    "set terminal pdfcairo size %.2fin,%.2fin noenhanced font "
                    "'sans-serif,%d' fontscale 0.8\n",
                    WIDTH / 100.0, height / 100.0, 11 - small);
    fm_str_add(s, "set encoding utf8\n");
}

/* ---- 3. one figure's script ----------------------------------------------------------
 */

static void
add_text(fm_str *s, const char *text, fm_picture picture)
{
    /* A template may make a tic of any text: in SVG all are safe for that. */
    char *encoded =
        picture == FM_SVG ? fm_gnuplot_tic(text, true) : fm_gnuplot_text(text, false);

    if (encoded == NULL)
        s->failed = true;
    else
        fm_str_add(s, encoded);
    free(encoded);
}

static void
add_tic_text(fm_str *s, const char *text, fm_picture picture)
{
    char *encoded = fm_gnuplot_tic(text, picture == FM_SVG);

    if (encoded == NULL)
        s->failed = true;
    else
        fm_str_add(s, encoded);
    free(encoded);
}

/* Names of tables and columns are identifiers by declaration; a result from elsewhere
 * might hold anything. */
static void
add_identifier(fm_str *s, const char *name)
{
    for (const char *p = name; *p != '\0'; p++) {
        bool good = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                    (*p >= '0' && *p <= '9');
        fm_str_add_bytes(s, good ? p : "_", 1);
    }
}

/* array KIND_COLUMN[n] and its texts. */
static void
add_array(fm_str *s, const char *kind, const char *name, char *const *words, size_t n,
          fm_picture picture)
{
    fm_str_addf(s, "array %s_", kind);
    add_identifier(s, name);
    fm_str_addf(s, "[%zu]\n", n);
    for (size_t i = 0; i < n; i++) {
        fm_str_addf(s, "%s_", kind);
        add_identifier(s, name);
        fm_str_addf(s, "[%zu] = ", i + 1);
        if (strcmp(kind, "tics") == 0)
            add_tic_text(s, words[i], picture);
        else
            add_text(s, words[i], picture);
        fm_str_add(s, "\n");
    }
}

static void
add_words(fm_str *s, const char *name, char *const *words, size_t n, fm_picture picture)
{
    fm_str_add(s, "n_words_");
    add_identifier(s, name);
    fm_str_addf(s, " = %zu\n", n);
    if (n == 0)
        return;
    add_array(s, "words", name, words, n, picture);
    add_array(s, "tics", name, words, n, picture);
}

static void
add_label(fm_str *s, const fm_plot_column *c, fm_picture picture)
{
    fm_str label = {0};
    char unit[FM_UNIT_TEXT];

    fm_plot_label(c->long_name, c->unit, &label);
    fm_str_add(s, "label_");
    add_identifier(s, c->name);
    fm_str_add(s, " = ");
    add_text(s, label.data, picture);
    fm_str_add(s, "\nunit_");
    add_identifier(s, c->name);
    fm_str_add(s, " = ");
    add_text(s, strcmp(c->unit, "1") == 0 ? "1" : fm_unit_text(c->unit, unit), picture);
    fm_str_add(s, "\n");
    s->failed = s->failed || label.failed;
    fm_str_free(&label);
    if (c->words != NULL)
        add_words(s, c->name, c->words, c->n_words, picture);
}

static void
add_series(fm_str *s, const fm_plot *plot, fm_picture picture)
{
    size_t chars = 0;
    size_t longest = 0;

    fm_str_addf(s, "n_series = %zu\narray series[%zu]\n", plot->n_series, plot->n_series);
    for (size_t i = 0; i < plot->n_series; i++) {
        fm_str_addf(s, "series[%zu] = ", i + 1);
        add_text(s, plot->series_names[i], picture);
        fm_str_add(s, "\n");
        size_t n = strlen(plot->series_names[i]);
        chars += n + 8;
        longest = n > longest ? n : longest;
    }
    /* A key that is wider than the picture is not drawn at all when it stands outside. */
    if (longest > KEY_CHARS)
        fm_str_add(s, "set key inside top left Left reverse vertical maxcols 1\n");
    else if (chars > KEY_CHARS)
        fm_str_add(s, "set key outside bottom center vertical maxcols 1\n");
}

/* Tics of a first column that holds words. */
static void
add_xtics(fm_str *s, const fm_plot_column *c, fm_picture picture)
{
    size_t chars = 0;

    if (c->words == NULL || c->n_words == 0)
        return;
    for (size_t i = 0; i < c->n_words; i++)
        chars += strlen(c->words[i]) + 2;
    fm_str_addf(s, "set xtics %s(", chars > XTICS_CHARS ? "rotate by -35 " : "");
    for (size_t i = 0; i < c->n_words; i++) {
        fm_str_add(s, i > 0 ? ", " : "");
        add_tic_text(s, c->words[i], picture);
        fm_str_addf(s, " %zu", i);
    }
    fm_str_addf(s, ")\nset xrange [-0.6:%zu.6]\n", c->n_words - 1);
}

/* A few whole numbers need no tics between them. */
static void
add_whole_tics(fm_str *s, const fm_plot_column *c, size_t n)
{
    double low = (double)INFINITY;
    double high = -(double)INFINITY;

    for (size_t i = 0; c->type == FM_TYPE_INTEGER && i < n; i++) {
        low = c->value[i] < low ? c->value[i] : low;
        high = c->value[i] > high ? c->value[i] : high;
    }
    if (low <= high && high - low <= WHOLE_TICS)
        fm_str_add(s, "set xtics 1\n");
}

/* One scalar "table.column" of the drawing's point; NaN when absent. */
static fm_status
add_scalar(fm_str *s, const fm_drawing *d, const char *word, fm_error *err)
{
    char table_name[80];
    const char *dot = strchr(word, '.');
    double x = (double)NAN;
    char text[FM_NUMBER_TEXT];
    fm_slice slice = {0};
    uint64_t first = 0;
    uint64_t n = 0;

    if (dot == NULL || (size_t)(dot - word) >= sizeof table_name)
        return FM_FAIL(err, FM_EINTERNAL, "figure: bad scalar '%s'", word);
    memcpy(table_name, word, (size_t)(dot - word));
    table_name[dot - word] = '\0';
    const fm_result_table *table = fm_result_table_named(d->result, table_name);
    size_t column = table != NULL ? fm_result_column_named(table, dot + 1) : SIZE_MAX;
    if (column != SIZE_MAX) {
        fm_status st = fm_point_rows(d->result, table, d->point, &first, &n, err);
        if (st == FM_OK && n > 0)
            st = fm_result_read(d->result, table, column, first, 1, &slice, err);
        if (st != FM_OK)
            return st;
    }
    if (slice.n > 0 && slice.type == FM_TYPE_REAL)
        x = slice.real[0];
    else if (slice.n > 0 && slice.type == FM_TYPE_INTEGER)
        x = (double)slice.integer[0];
    fm_slice_free(&slice);
    add_identifier(s, word);
    /* A bare whole number would make gnuplot divide integers. */
    fm_str_addf(s, " = %s + 0.0\n", isfinite(x) ? fm_number_text(x, text) : "NaN");
    return FM_OK;
}

static fm_status
add_scalars(fm_str *s, const fm_drawing *d, fm_error *err)
{
    const char *p = d->figure->scalars;
    char word[160];

    while (p != NULL && *(p += strspn(p, " ")) != '\0') {
        size_t n = strcspn(p, " ");
        if (n >= sizeof word)
            return FM_FAIL(err, FM_EINTERNAL, "figure: bad scalar");
        memcpy(word, p, n);
        word[n] = '\0';
        fm_status st = add_scalar(s, d, word, err);
        if (st != FM_OK)
            return st;
        p += n;
    }
    return FM_OK;
}

/* Texts and lists of texts among the study's parameters, as the scenario gives them. */
static void
add_params(fm_str *s, const job *j)
{
    const fm_study *study = j->drawing->study;
    fm_node *scenario = fm_asked_scenario(j->drawing->result);

    for (size_t i = 0; study != NULL && i < study->n_params; i++) {
        const fm_param *p = &study->params[i];
        const fm_node *node = fm_asked_param(scenario, p->key);
        fm_str text = {0};
        if (p->kind != FM_TEXT && (p->kind != FM_LIST || p->item != FM_TEXT))
            continue;
        fm_str_add(&text, "");
        if (node != NULL && node->kind == FM_NODE_SCALAR)
            fm_asked_text(node, &text);
        for (size_t k = 0; node != NULL && k < node->n_items; k++) {
            fm_str_add(&text, k > 0 ? ", " : "");
            fm_asked_text(&node->items[k], &text);
        }
        fm_str_add(s, "param_");
        add_identifier(s, p->key);
        fm_str_add(s, " = ");
        add_text(s, text.data, j->picture);
        fm_str_add(s, "\n");
        s->failed = s->failed || text.failed;
        fm_str_free(&text);
    }
    fm_yaml_free(scenario);
}

static size_t
panel_columns(size_t n)
{
    return n == 1 ? 1 : 2;
}

static fm_status
write_data(const fm_scratch *scratch, const char *name, const fm_str *data, fm_error *err)
{
    char *path = fm_scratch_file(scratch, name);

    if (path == NULL || data->failed || data->data == NULL) {
        free(path);
        return FM_FAIL(err, FM_ENOMEM, "figure: out of memory");
    }
    fm_status st = fm_output_write(path, data->data, data->length, err);
    free(path);
    return st;
}

/* The panels: each runs the section once with its own data file. */
static fm_status
add_panels(job *j, const fm_scratch *scratch, fm_plot *plot, const char *section,
           fm_error *err)
{
    fm_status st = FM_OK;
    fm_str *s = &j->script;
    size_t columns = panel_columns(plot->n_shown);

    if (plot->n_shown > 1)
        fm_str_addf(s, "set multiplot layout %zu,%zu\n",
                    (plot->n_shown + columns - 1) / columns, columns);
    for (size_t i = 0; i < plot->n_shown && st == FM_OK; i++) {
        fm_str data = {0};
        char name[40];
        (void)snprintf(name, sizeof name, "d%zup%zu.dat", j->number, i + 1);
        fm_plot_write(plot, i, &data);
        st = write_data(scratch, name, &data, err);
        fm_str_free(&data);
        fm_str_addf(s, "data = '%s'\n", name);
        if (plot->n_shown > 1) {
            fm_str_add(s, "set title ");
            add_text(s, plot->panel_names[plot->shown[i]], j->picture);
            fm_str_add(s, " font ',12'\n");
        }
        fm_str_add(s, section);
        fm_str_add(s, "\n");
    }
    if (plot->n_shown > 1)
        fm_str_add(s, "unset multiplot\n");
    return st;
}

static fm_status
add_figure(job *j, const fm_scratch *scratch, fm_plot *plot, const char *section,
           fm_error *err)
{
    fm_str *s = &j->script;
    size_t columns = panel_columns(plot->n_shown);
    int rows = (int)((plot->n_shown + columns - 1) / columns);
    int height = rows > 1 || columns > 1 ? rows * PANEL_HEIGHT : HEIGHT;

    fm_str_addf(s, "print '" MARK "%zu'\n", j->number);
    add_reset(s);
    add_terminal(s, j->picture, height, plot->n_shown > 1);
    fm_str_add(s, styles);
    fm_str_addf(s, "set output 'f%zu.%s'\n", j->number, extension(j->picture));
    add_series(s, plot, j->picture);
    for (size_t k = 0; k < plot->n_columns; k++)
        add_label(s, &plot->columns[k], j->picture);
    add_params(s, j);
    fm_status st = add_scalars(s, j->drawing, err);
    if (st != FM_OK)
        return st;
    add_xtics(s, &plot->columns[0], j->picture);
    add_whole_tics(s, &plot->columns[0], plot->n_rows);
    st = add_panels(j, scratch, plot, section, err);
    fm_str_add(s, "set output\n");
    if (st == FM_OK && s->failed)
        st = FM_FAIL(err, FM_ENOMEM, "figure: out of memory");
    return st;
}

static fm_status
prepare(job *j, const fm_context *context, const fm_scratch *scratch, fm_error *err)
{
    fm_drawing *d = j->drawing;
    char *section = NULL;
    fm_plot plot = {0};
    fm_str words = {0};
    fm_status st = fm_plot_load(d, &plot, &d->problem_out, err);

    if (st == FM_OK && d->problem_out == NULL)
        st = load_section(context, d->figure, &section, &d->problem_out, err);
    if (section != NULL)
        fm_plot_note_drawn(&plot, section);
    if (st == FM_OK && section != NULL)
        st = add_figure(j, scratch, &plot, section, err);
    fm_plot_drawn_rows(&plot, &d->first_row_out, &d->n_rows_out);
    if (st == FM_OK && plot.n_rows > 0) {
        fm_plot_describe(&plot, &words);
        d->description_out = fm_str_take(&words);
    }
    j->ready = st == FM_OK && section != NULL;
    free(section);
    fm_plot_free(&plot);
    return st;
}

/* ---- 4. pictures back ----------------------------------------------------------------
 */

/* Cairo writes the time of day into a PDF; the same input must give the same bytes. */
static void
still_clock(char *bytes, size_t n)
{
    static const char key[] = "/CreationDate (D:";
    static const char date[] = "19700101000000";

    for (size_t i = 0; i + sizeof key + sizeof date < n; i++) {
        if (bytes[i] != '/' || memcmp(bytes + i, key, sizeof key - 1) != 0)
            continue;
        char *p = bytes + i + sizeof key - 1;
        for (size_t k = 0; bytes + n > p && *p != ')'; k++, p++)
            if (*p >= '0' && *p <= '9')
                *p = k < sizeof date - 1 ? date[k] : '0';
        return;
    }
}

static bool
is_whole(const char *bytes, size_t n, fm_picture picture)
{
    static const char png[] = "\x89PNG\r\n\x1a\n";
    static const char end[] = "IEND\xae\x42\x60\x82";

    if (picture == FM_PNG)
        return n > 16 && memcmp(bytes, png, 8) == 0 && memcmp(bytes + n - 8, end, 8) == 0;
    if (picture == FM_PDF)
        return n > 16 && memcmp(bytes, "%PDF-", 5) == 0;
    return n > 16;
}

static fm_status
keep_svg(fm_drawing *d, const char *svg, fm_error *err)
{
    char *clean = NULL;
    const char *words = d->description_out != NULL ? d->description_out : "";
    const char *id = d->id != NULL ? d->id : "figure";
    fm_status st = fm_svg_clean(svg, id, d->figure->caption, words, &clean, err);

    if (st != FM_OK)
        return st;
    if (d->path != NULL) {
        fm_str s = {0};
        fm_str_add(&s, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        fm_str_add(&s, clean);
        st = s.failed ? FM_FAIL(err, FM_ENOMEM, "figure: out of memory")
                      : fm_output_write(d->path, s.data, s.length, err);
        fm_str_free(&s);
        free(clean);
        return st;
    }
    d->svg_out = clean;
    return FM_OK;
}

/* Takes one picture from the folder; what is wrong with it becomes its problem. */
static fm_status
collect(job *j, const fm_scratch *scratch, fm_error *err)
{
    char name[40];
    char *bytes = NULL;
    size_t n = 0;
    fm_error mine = FM_ERROR_INIT;

    (void)snprintf(name, sizeof name, "f%zu.%s", j->number, extension(j->picture));
    char *path = fm_scratch_file(scratch, name);
    if (path == NULL)
        return FM_FAIL(err, FM_ENOMEM, "figure: out of memory");
    fm_status st = fm_output_read(path, &bytes, &n, &mine);
    free(path);
    if (st == FM_OK && !is_whole(bytes, n, j->picture))
        st = FM_FAIL(&mine, FM_EDATA, "gnuplot left an incomplete picture");
    if (st == FM_OK && j->picture == FM_SVG)
        st = keep_svg(j->drawing, bytes, &mine);
    if (st == FM_OK && j->picture == FM_PDF)
        still_clock(bytes, n);
    if (st == FM_OK && j->picture != FM_SVG)
        st = fm_output_write(j->drawing->path, bytes, n, &mine);
    free(bytes);
    if (st == FM_ENOMEM || st == FM_ECREATE)
        return FM_FAIL(err, st, "%s", mine.text);
    if (st != FM_OK)
        j->drawing->problem_out = fm_strdup(mine.text);
    return FM_OK;
}

/* ---- 5. all figures ------------------------------------------------------------------
 */

/* Number of the last figure that the script reached; 0 when it never began. */
static size_t
last_mark(const char *words)
{
    size_t number = 0;

    for (const char *p = words; (p = strstr(p, MARK)) != NULL; p += sizeof MARK - 1)
        number = strtoul(p + sizeof MARK - 1, NULL, 10);
    return number;
}

/* What gnuplot said after the last mark, without the mark's number. */
static char *
words_after(const char *words)
{
    const char *found = words;

    for (const char *p = words; (p = strstr(p, MARK)) != NULL; p += sizeof MARK - 1)
        found = p + sizeof MARK - 1;
    found += strspn(found, "0123456789 ");
    return fm_strdup(*found != '\0' ? found : "gnuplot gave no reason");
}

static fm_status
write_script(const job *jobs, size_t n, const fm_scratch *scratch, bool *any_out,
             fm_error *err)
{
    fm_str s = {0};

    *any_out = false;
    fm_str_add(&s, "set fit quiet\n");
    for (size_t i = 0; i < n; i++) {
        if (!jobs[i].ready)
            continue;
        *any_out = true;
        fm_str_add_bytes(&s, jobs[i].script.data, jobs[i].script.length);
    }
    fm_status st = write_data(scratch, "all.gp", &s, err);
    fm_str_free(&s);
    return st;
}

/* One gnuplot draws all; a figure that stops it is set aside and the rest is drawn again,
 * so a good report costs one process and a bad template costs one picture. */
static fm_status
draw_all(job *jobs, size_t n, const fm_scratch *scratch, fm_error *err)
{
    for (size_t round = 0; round <= n; round++) {
        bool any = false;
        char *words = NULL;
        fm_error mine = FM_ERROR_INIT;
        fm_status st = write_script(jobs, n, scratch, &any, err);
        if (st != FM_OK || !any)
            return st;
        st = fm_gnuplot_run(NULL, scratch, "all.gp", SECONDS_MAX, &words, &mine);
        if (st == FM_OK || words == NULL) {
            free(words);
            return st == FM_OK ? st : FM_FAIL(err, st, "%s", mine.text);
        }
        size_t number = last_mark(words);
        if (number == 0 || number > n || !jobs[number - 1].ready) {
            bool known = strstr(words, "cannot start gnuplot") != NULL;
            st = FM_FAIL(err, st, "%s%s%s", mine.text, known ? "" : ": ",
                         known ? "" : words);
            free(words);
            return st;
        }
        jobs[number - 1].ready = false;
        jobs[number - 1].drawing->problem_out = words_after(words);
        free(words);
    }
    return FM_OK;
}

static void
name_problem(fm_drawing *drawings, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (drawings[i].problem_out == NULL && drawings[i].svg_out == NULL)
            drawings[i].problem_out = fm_strdup(text);
}

fm_status
fm_figures_draw(const fm_context *context, fm_picture picture, fm_drawing *drawings,
                size_t n, fm_error *err)
{
    fm_scratch scratch = {0};
    fm_error mine = FM_ERROR_INIT;
    job *jobs = calloc(n > 0 ? n : 1, sizeof *jobs);

    if (jobs == NULL)
        return FM_FAIL(err, FM_ENOMEM, "figure: out of memory");
    for (size_t i = 0; i < n; i++) {
        jobs[i] = (job){.drawing = &drawings[i], .number = i + 1, .picture = picture};
        drawings[i].svg_out = drawings[i].description_out = drawings[i].problem_out =
            NULL;
    }
    fm_status st = fm_scratch_open(&scratch, context->scratch_path, &mine);
    for (size_t i = 0; i < n && st == FM_OK; i++)
        st = prepare(&jobs[i], context, &scratch, &mine);
    if (st == FM_OK)
        st = draw_all(jobs, n, &scratch, &mine);
    for (size_t i = 0; i < n && st == FM_OK; i++)
        if (jobs[i].ready)
            st = collect(&jobs[i], &scratch, &mine);
    fm_scratch_close(&scratch);
    for (size_t i = 0; i < n; i++)
        fm_str_free(&jobs[i].script);
    free(jobs);
    if (st != FM_OK) {
        name_problem(drawings, n, mine.text);
        (void)FM_FAIL(err, st, "%s", mine.text);
    }
    return st;
}
