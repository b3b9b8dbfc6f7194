/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures by gnuplot: one process for any number of figures; text is data throughout.
 *
 * A template file (src/<mod>/<mod>_<study>.gp) has one section per figure: a line
 * `#: figure NAME`, then gnuplot commands up to the next such line, with exactly one
 * `plot`. Before a section runs, this code has set terminal, output, size, font, border,
 * grid, colours and the following; a section only adds what is special to it:
 *
 *   data              name of the data file; column k is the k-th of the figure's
 *                     `columns`; text columns hold 0, 1, 2 ... in order of appearance,
 *                     code columns their code; missing values are NaN
 *   n_series          number of series; series[i] (i from 1) is the name of series i,
 *                     whose rows are `index (i-1)` of the data file (without `by`: one)
 *   label_COLUMN      "long name [unit]" of each column ("@axis" is label_axis)
 *   unit_COLUMN       its unit alone ("1" for a pure number, "" for text)
 *   n_words_COLUMN    number of words of a text or code column
 *   words_COLUMN[i]   the word of value i - 1
 *   tics_COLUMN[i]    the same for `set xtics`, which takes its labels as formats
 *   param_KEY         each parameter that is a text, or a list of texts joined by ", ",
 *                     as the scenario gives it ("" when it does not)
 *   TABLE_COLUMN      each of the figure's scalars (NaN when absent)
 *   xtics             set to the words when the first column is text
 *   line types 1-8    colour-blind safe colours with distinct dashes and points
 *   line styles       101 limit, 102 centre line, 103 flagged point, 104 faint
 *
 * All strings are ready for `title`, `set xlabel`; templates set `noenhanced` nowhere:
 * the terminal has it.
 */
#ifndef FM_REPORT_FIGURE_H
#define FM_REPORT_FIGURE_H

#include "core/result.h"
#include "core/scenario.h"

typedef enum fm_picture {
    FM_SVG,
    FM_PNG,
    FM_PDF
} fm_picture;

/* One drawing job; `text_out` (SVG) or `path` (a file) receives it. */
typedef struct fm_drawing {
    const fm_result *result;
    const fm_study *study;
    const fm_figure *figure;
    uint64_t point;   /* for FM_FIG_POINT figures of a sweep */
    const char *id;   /* prefix of all ids in inline SVG */
    const char *path; /* output file; NULL: inline SVG into svg_out */
    char *svg_out;    /* malloc'ed, cleaned for inlining; NULL if it could not be drawn */
    char *description_out;              /* computed from the data; malloc'ed */
    uint64_t first_row_out, n_rows_out; /* rows of the table that stand behind it */
    char *problem_out; /* why there is no picture; NULL when there is one */
} fm_drawing;

/* Draws all jobs in one gnuplot process.
 * returns FM_OK (look at each problem_out); FM_EINTERNAL when gnuplot cannot be started
 * or died (its words are in err), FM_ENOMEM, FM_EIO */
fm_status fm_figures_draw(const fm_context *context, fm_picture picture,
                          fm_drawing *drawings, size_t n, fm_error *err);

/* Any text as a gnuplot string literal with its quotes (encode and clean of the
 * reference): nothing else ever writes text into a script.  svg: also guard "&#x" and
 * "]]>".  malloc'ed. */
char *fm_gnuplot_text(const char *text, bool svg);

#endif
