/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fabmet plot: one figure of a result as SVG, PNG or PDF. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/app.h"
#include "core/text.h"
#include "report/figure.h"
#include "report/point_rows.h"

enum {
    KEY_POINT = 0x100
};

struct plot_options {
    const char *file;
    const char *figure;
    const char *output;
    uint64_t point;
    bool point_given;
};

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    struct plot_options *o = state->input;
    fm_error err = FM_ERROR_INIT;

    switch (key) {
    case 'o':
        o->output = arg;
        return 0;
    case KEY_POINT:
        if (fm_unsigned_read(arg, &o->point, &err) != FM_OK)
            argp_error(state, "--point takes the number of a point, not '%s'", arg);
        o->point_given = true;
        return 0;
    case ARGP_KEY_ARG:
        if (o->figure != NULL)
            argp_error(state, "FILE and FIGURE are expected, '%s' is too many", arg);
        if (o->file == NULL)
            o->file = arg;
        else
            o->figure = arg;
        return 0;
    case ARGP_KEY_END:
        if (o->file == NULL)
            argp_error(state, "a result FILE and a FIGURE are expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "F.svg, F.png or F.pdf", 0},
    {"point", KEY_POINT, "N", 0, "the point of a sweep to draw (default: the first)", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE [FIGURE]",
    .doc = "Draw a figure of a result as SVG, PNG or PDF; without FIGURE, list them.",
};

static int
list_figures(const fm_study *study)
{
    for (size_t i = 0; i < study->n_figures; i++)
        printf("%-16s %s\n", study->figures[i].name, study->figures[i].caption);
    return FM_EXIT_OK;
}

static const fm_figure *
find_figure(const fm_study *study, const char *name, fm_error *err)
{
    fm_str names = {0};

    for (size_t i = 0; i < study->n_figures; i++) {
        if (strcmp(study->figures[i].name, name) == 0) {
            fm_str_free(&names);
            return &study->figures[i];
        }
        fm_str_addf(&names, "%s%s", i > 0 ? ", " : "", study->figures[i].name);
    }
    (void)FM_FAIL(err, FM_EUSAGE, "%s has no figure '%s'; it has %s", study->name, name,
                  names.data != NULL ? names.data : "none");
    fm_str_free(&names);
    return NULL;
}

static fm_status
find_picture(const char *output, fm_picture *picture_out, fm_error *err)
{
    const char *dot = output != NULL ? strrchr(output, '.') : NULL;

    if (dot != NULL && strcasecmp(dot, ".svg") == 0)
        *picture_out = FM_SVG;
    else if (dot != NULL && strcasecmp(dot, ".png") == 0)
        *picture_out = FM_PNG;
    else if (dot != NULL && strcasecmp(dot, ".pdf") == 0)
        *picture_out = FM_PDF;
    else
        return FM_FAIL(err, FM_EUSAGE,
                       "-o names the picture to write: F.svg, F.png or F.pdf");
    return FM_OK;
}

/* The point asked for, or the first of the file. */
static fm_status
find_point(const struct plot_options *o, const fm_result *result, uint64_t *point_out,
           fm_error *err)
{
    fm_point_index index;
    fm_status st = fm_point_index_read(result, &index, err);

    if (st != FM_OK)
        return st;
    *point_out = o->point_given ? o->point : fm_point_index_point(&index, 0);
    if (o->point_given && fm_point_index_row(&index, o->point) == UINT64_MAX)
        st = FM_FAIL(err, FM_EUSAGE, "'%s' has no point %" PRIu64, o->file, o->point);
    fm_point_index_free(&index);
    return st;
}

static fm_status
draw(const fm_app *app, const struct plot_options *o, const fm_study *study,
     const fm_result *result, fm_error *err)
{
    fm_picture picture = FM_SVG;
    const fm_figure *figure = find_figure(study, o->figure, err);

    if (figure == NULL)
        return FM_EUSAGE;
    fm_status st = find_picture(o->output, &picture, err);
    if (st != FM_OK)
        return st;
    fm_drawing drawing = {.result = result,
                          .study = study,
                          .figure = figure,
                          .id = figure->name,
                          .path = o->output};
    st = find_point(o, result, &drawing.point, err);
    if (st != FM_OK)
        return st;
    st = fm_figures_draw(&app->context, picture, &drawing, 1, err);
    if (st == FM_OK && drawing.problem_out != NULL)
        st = FM_FAIL(err, FM_EDATA, "%s: %s", figure->name, drawing.problem_out);
    free(drawing.svg_out);
    free(drawing.description_out);
    free(drawing.problem_out);
    return st;
}

int
fm_app_plot(fm_app *app, int argc, char **argv)
{
    struct plot_options o = {0};
    fm_error err = FM_ERROR_INIT;
    int code = FM_EXIT_OK;

    fm_app_parse(app, &argp, argc, argv, &o);
    fm_result *result = fm_app_open(app, o.file, &code);
    if (result == NULL)
        return code;
    const fm_study *study = fm_app_study(app, fm_result_fact(result, "study"));
    if (study == NULL)
        code = FM_EXIT_DATA;
    else if (o.figure == NULL)
        code = list_figures(study);
    else if (draw(app, &o, study, result, &err) != FM_OK)
        code = fm_app_fail(app, &err);
    fm_result_close(result);
    return code;
}
