/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Study pull.geometry: wire tensions, peel and shear of a pulled loop, with uncertainty.
 *
 * Contents
 *   1. parameters   2. tables   3. figures   4. rows   5. the study
 */
#include "config.h"

#include <math.h>
#include <stddef.h>

#include "core/rows.h"
#include "core/study.h"
#include "pull/pull_geometry_budget.h"

static const double um_per_m = 1e6;

/* ---- 1. parameters --------------------------------------------------------------- */

/* The measured quantities first, in the order of the model, then their uncertainties. */
enum {
    P_U = FM_PULL_N_MEASURED,
    P_FORCE = 2 * FM_PULL_N_MEASURED,
    N_PARAMS
};

/* Of u.height and u.length, of which one is used. */
#define U_LENGTH_UM "10"
static const double u_length_um = 10;

#define LENGTH_PARAM(KEY, DEF, MIN, MAX, HELP)                                           \
    .key = (KEY), .kind = FM_REAL, .unit = "um", .def = (DEF), .min = (MIN),             \
    .max = (MAX), .term = "bond.loop-geometry", .help = (HELP)
#define U_PARAM(KEY, UNIT, DEF, MAX, HELP)                                               \
    {                                                                                    \
        .key = (KEY), .kind = FM_REAL, .unit = (UNIT), .def = (DEF), .min = 0,           \
        .max = (MAX), .flags = FM_DIFFERENCE, .term = "met.standard-uncertainty",        \
        .help = "standard uncertainty of " HELP " (illustrative: replace by your own)"   \
    }

static const fm_param params[N_PARAMS] = {
    {LENGTH_PARAM("loop.span", "1000", 10, 50000, "horizontal distance of the bonds")},
    {.key = "hook.position",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.5",
     .min = 0,
     .max = 1,
     .term = "bond.hook-position",
     .help = "hook position from bond 1 over span; 0 and 1 are above a bond"},
    {LENGTH_PARAM("loop.height", "250", -50000, 50000,
                  "height of the hook above bond 1 when the wire breaks")},
    {LENGTH_PARAM("loop.height_difference", "0", -50000, 50000,
                  "height of bond 1 over bond 2; positive when bond 2 is lower"),
     .flags = FM_DIFFERENCE},
    {LENGTH_PARAM("loop.length", NULL, 10, 100000,
                  "length of wire between the bonds; gives the hook's height instead of "
                  "loop.height"),
     .example = "1150", .flags = FM_OPTIONAL},
    {.key = "hook.tilt",
     .kind = FM_REAL,
     .unit = "degree",
     .def = "0",
     .min = -80,
     .max = 80,
     .term = "bond.loop-geometry",
     .help = "direction of the pull from vertical, positive toward bond 2"},
    U_PARAM("u.span", "um", "5", 50000, "loop.span"),
    U_PARAM("u.position", "1", "0.02", 1, "hook.position"),
    U_PARAM("u.height", "um", U_LENGTH_UM, 50000, "loop.height"),
    U_PARAM("u.height_difference", "um", "5", 50000, "loop.height_difference"),
    U_PARAM("u.length", "um", U_LENGTH_UM, 50000, "loop.length"),
    U_PARAM("u.tilt", "degree", "1", 80, "hook.tilt"),
    {.key = "force",
     .kind = FM_REAL,
     .unit = "gf",
     .def = "10",
     .min = 0,
     .max = 1e6,
     .term = "bond.pull-force",
     .help = "force at the hook, for the tensions in gf"},
};

/* ---- 2. tables ------------------------------------------------------------------- */

enum {
    T_TENSION,
    T_BUDGET,
    T_LOOP,
    N_TABLES
};
enum {
    C_RATIO,
    C_U = C_RATIO + FM_PULL_N_RATIOS,
    C_TENSION = C_U + FM_PULL_N_RATIOS,
    C_ANGLE = C_TENSION + 2,
    C_HEIGHT = C_ANGLE + 2,
    C_LENGTH = C_HEIGHT + 2,
    C_LARGER,
    C_CURVATURE,
    C_STATE,
    N_TENSION
};

static const char *const state_words[] = {"taut", "side 1 slack", "side 2 slack", NULL};
static const char *const quantity_words[] = {"span",   "position", "height", "difference",
                                             "length", "tilt",     NULL};
static const char *const place_words[] = {"bond 1", "hook", "bond 2", NULL};

#define REAL_COLUMN(NAME, UNIT, TERM, TEXT)                                              \
    {                                                                                    \
        .name = (NAME), .type = FM_TYPE_REAL, .unit = (UNIT), .long_name = (TEXT),       \
        .term = (TERM)                                                                   \
    }
#define RATIO_COLUMNS(NAME, SUFFIX, TERM, LEAD)                                          \
    REAL_COLUMN(NAME "1_ratio" SUFFIX, "1", TERM, LEAD " at bond 1 over hook force"),    \
        REAL_COLUMN(NAME "2_ratio" SUFFIX, "1", TERM, LEAD " at bond 2 over hook force")
#define U_TEXT "standard uncertainty of "

static const fm_column tension_columns[N_TENSION] = {
    RATIO_COLUMNS("t", "", "bond.wire-tension", "wire tension"),
    RATIO_COLUMNS("peel", "", "bond.wire-tension", "peel"),
    RATIO_COLUMNS("shear", "", "bond.wire-tension", "shear"),
    RATIO_COLUMNS("t", "_u", "met.combined-uncertainty", U_TEXT "wire tension"),
    RATIO_COLUMNS("peel", "_u", "met.combined-uncertainty", U_TEXT "peel"),
    RATIO_COLUMNS("shear", "_u", "met.combined-uncertainty", U_TEXT "shear"),
    REAL_COLUMN("tension1", "gf", "bond.wire-tension", "wire tension at bond 1"),
    REAL_COLUMN("tension2", "gf", "bond.wire-tension", "wire tension at bond 2"),
    REAL_COLUMN("angle1", "degree", "bond.loop-geometry",
                "angle of the wire over the bond plane at bond 1"),
    REAL_COLUMN("angle2", "degree", "bond.loop-geometry",
                "angle of the wire over the bond plane at bond 2"),
    REAL_COLUMN("hook_height1", "um", "bond.loop-geometry",
                "height of the hook over bond 1"),
    REAL_COLUMN("hook_height2", "um", "bond.loop-geometry",
                "height of the hook over bond 2"),
    REAL_COLUMN("wire_length", "um", "bond.loop-geometry",
                "length of wire between the bonds"),
    REAL_COLUMN("larger_ratio", "1", "bond.wire-tension",
                "larger wire tension over hook force"),
    REAL_COLUMN("curvature", "1", "met.combined-uncertainty",
                "largest second-order effect over the standard uncertainty"),
    {.name = "state",
     .type = FM_TYPE_CODE,
     .unit = "",
     .long_name = "state of the wire",
     .role = FM_STATUS,
     .words = state_words,
     .term = "bond.wire-tension"},
};

enum {
    B_QUANTITY,
    B_T1,
    B_T2,
    B_SHARE1,
    B_SHARE2,
    N_BUDGET
};
static const fm_column budget_columns[N_BUDGET] = {
    {.name = "quantity",
     .type = FM_TYPE_CODE,
     .unit = "",
     .long_name = "measured quantity",
     .role = FM_AXIS,
     .words = quantity_words,
     .term = "met.uncertainty-budget"},
    REAL_COLUMN("part_t1", "1", "met.uncertainty-budget",
                "contribution to the uncertainty of t1_ratio"),
    REAL_COLUMN("part_t2", "1", "met.uncertainty-budget",
                "contribution to the uncertainty of t2_ratio"),
    REAL_COLUMN("share_t1", "%", "met.uncertainty-budget",
                "share of the variance of t1_ratio"),
    REAL_COLUMN("share_t2", "%", "met.uncertainty-budget",
                "share of the variance of t2_ratio"),
};

enum {
    L_X,
    L_Z,
    L_PLACE,
    N_LOOP
};
static const fm_column loop_columns[N_LOOP] = {
    {.name = "x",
     .type = FM_TYPE_REAL,
     .unit = "um",
     .long_name = "horizontal distance from bond 1",
     .role = FM_AXIS,
     .term = "bond.loop-geometry"},
    REAL_COLUMN("z", "um", "bond.loop-geometry", "height over bond 1"),
    {.name = "place",
     .type = FM_TYPE_CODE,
     .unit = "",
     .long_name = "place",
     .words = place_words,
     .term = "bond.loop-geometry"},
};

static const fm_table tables[N_TABLES] = {
    {.name = "tension",
     .long_name = "wire tension, peel and shear over hook force",
     .shape = FM_ONE_ROW,
     .columns = tension_columns,
     .n_columns = N_TENSION,
     .signal = "t1_ratio"},
    {.name = "budget",
     .long_name = "where the uncertainty of the tensions comes from",
     .shape = FM_MANY_ROWS,
     .columns = budget_columns,
     .n_columns = N_BUDGET,
     .signal = "part_t1"},
    {.name = "loop",
     .long_name = "the pulled loop, seen from the side",
     .shape = FM_MANY_ROWS,
     .columns = loop_columns,
     .n_columns = N_LOOP,
     .signal = "z"},
};

/* ---- 3. figures ------------------------------------------------------------------ */

static const fm_figure figures[] = {
    {.name = "loop",
     .table = "loop",
     .columns = "x z place",
     .scalars = "tension.t1_ratio tension.t2_ratio tension.angle1 tension.angle2",
     .script = "pull/pull_geometry.gp",
     .flags = FM_FIG_POINT,
     .caption = "The pulled loop from the side, both axes to one scale, with the wire "
                "tension over hook force in each part."},
    {.name = "tension",
     .table = "tension",
     .columns = "@axis t1_ratio t1_ratio_u t2_ratio t2_ratio_u",
     .script = "pull/pull_geometry.gp",
     .flags = FM_FIG_SWEEP,
     .caption = "Wire tension over hook force on both sides; the bars are one standard "
                "uncertainty from the loop's measurement."},
    {.name = "budget",
     .table = "budget",
     .columns = "quantity share_t1 share_t2",
     .script = "pull/pull_geometry.gp",
     .flags = FM_FIG_POINT,
     .caption = "Share of each measured quantity in the variance of the tension ratios."},
};

/* ---- 4. rows --------------------------------------------------------------------- */

static double
percent(double part, double total)
{
    return total > 0 ? 100 * (part / total) * (part / total) : 0;
}

static fm_status
put_tension(const fm_point *p, const fm_pull_resolved *r, const fm_pull_budget *b,
            fm_out *out)
{
    const double degree_per_rad = 57.295779513082320877;
    const fm_pull_geometry *g = &r->geometry;
    fm_cell c[N_TENSION];
    for (size_t i = 0; i < FM_PULL_N_RATIOS; i++) {
        c[C_RATIO + i].real = r->ratio_1[i];
        c[C_U + i].real = b->u_1[i];
    }
    for (size_t i = 0; i < 2; i++)
        c[C_TENSION + i].real = fm_real(p, P_FORCE) * r->ratio_1[FM_PULL_T + i];
    c[C_ANGLE].real = atan2(g->h1_m, g->a_m) * degree_per_rad;
    c[C_ANGLE + 1].real = atan2(g->h2_m, g->b_m) * degree_per_rad;
    c[C_HEIGHT].real = g->h1_m * um_per_m;
    c[C_HEIGHT + 1].real = g->h2_m * um_per_m;
    c[C_LENGTH].real = (hypot(g->a_m, g->h1_m) + hypot(g->b_m, g->h2_m)) * um_per_m;
    c[C_LARGER].real = fmax(r->ratio_1[FM_PULL_T], r->ratio_1[FM_PULL_T + 1]);
    c[C_CURVATURE].real = b->curvature_1;
    c[C_STATE].integer = r->tension.slack[0] ? 1 : r->tension.slack[1] ? 2 : 0;
    return fm_out_row(out, T_TENSION, c);
}

static fm_status
put_budget(const fm_pull_loop *loop, const fm_pull_budget *b, fm_out *out)
{
    fm_status st = FM_OK;
    size_t unused = loop->by_length ? FM_PULL_HEIGHT : FM_PULL_LENGTH;
    for (size_t q = 0; q < FM_PULL_N_MEASURED && st == FM_OK; q++) {
        double t1 = fabs(b->part_1[FM_PULL_T][q]), t2 = fabs(b->part_1[FM_PULL_T + 1][q]);
        const fm_cell c[N_BUDGET] = {{.integer = (int64_t)q},
                                     {.real = t1},
                                     {.real = t2},
                                     {.real = percent(t1, b->u_1[FM_PULL_T])},
                                     {.real = percent(t2, b->u_1[FM_PULL_T + 1])}};
        if (q != unused)
            st = fm_out_row(out, T_BUDGET, c);
    }
    return st;
}

static fm_status
put_loop(const fm_pull_geometry *g, fm_out *out)
{
    const double x[] = {0, g->a_m, g->a_m + g->b_m},
                 z[] = {0, g->h1_m, g->h1_m - g->h2_m};
    fm_status st = FM_OK;
    for (size_t i = 0; i < 3 && st == FM_OK; i++) {
        const fm_cell c[N_LOOP] = {{.real = x[i] * um_per_m},
                                   {.real = z[i] * um_per_m},
                                   {.integer = (int64_t)i}};
        st = fm_out_row(out, T_LOOP, c);
    }
    return st;
}

static void
put_remarks(const fm_pull_resolved *r, const fm_pull_budget *b, fm_out *out)
{
    const double much = 0.2;
    for (int i = 0; i < 2; i++)
        if (r->tension.slack[i])
            fm_out_remark(out, "side %d is slack: the other side carries the whole force",
                          i + 1);
    if (isnan(b->curvature_1))
        fm_out_remark(out, "within one standard uncertainty of the inputs the wire goes "
                           "slack or does not reach: the uncertainties do not hold");
    else if (b->curvature_1 > much)
        fm_out_remark(out,
                      "the tensions bend by %.2g of their standard uncertainty: "
                      "the first-order uncertainties are rough",
                      b->curvature_1);
}

/* ---- 5. the study ---------------------------------------------------------------- */

static fm_status
fail(const fm_point *p, fm_status st, fm_error *err)
{
    switch (st) {
    case FM_ETOOFEW:
        return FM_FAIL(err, FM_EVALID,
                       "wire too short: loop.length %.6g um does not reach from bond "
                       "to bond over the hook",
                       fm_real(p, FM_PULL_LENGTH));
    case FM_EVALID:
        return FM_FAIL(err, st,
                       "hook.tilt %.6g degree makes a span slack: the hook slides until "
                       "the wire lies on one side",
                       fm_real(p, FM_PULL_TILT));
    case FM_ENOCONV:
        return FM_FAIL(err, st, "loop.length %.6g um gives no hook height",
                       fm_real(p, FM_PULL_LENGTH));
    default:
        return FM_FAIL(err, st,
                       "the hook is not above the line between the bonds (loop.height "
                       "%.6g um, loop.height_difference %.6g um)",
                       fm_real(p, FM_PULL_HEIGHT), fm_real(p, FM_PULL_DROP));
    }
}

static fm_status
check(const fm_point *p, fm_error *err)
{
    if (fm_present(p, FM_PULL_LENGTH) && fm_value_at(p, FM_PULL_HEIGHT)->given)
        return FM_FAIL(err, FM_ESCENARIO,
                       "loop.height: give it or loop.length, not both");
    size_t unused = fm_present(p, FM_PULL_LENGTH) ? FM_PULL_HEIGHT : FM_PULL_LENGTH;
    /* A scenario with every parameter at its default says nothing by it. */
    if (fabs(fm_real(p, P_U + unused) - u_length_um) > 1e-9 * u_length_um)
        return FM_FAIL(err, FM_ESCENARIO, "%s: %s", params[P_U + unused].key,
                       unused == FM_PULL_HEIGHT
                           ? "the height follows from loop.length; give u.length"
                           : "the wire's length is used only when loop.length is given");
    return FM_OK;
}

static uint64_t
rows(const fm_point *p, size_t table)
{
    (void)p;
    return table == T_TENSION ? 1 : table == T_BUDGET ? FM_PULL_N_MEASURED - 1 : 3;
}

static fm_status
run(const fm_point *p, fm_out *out, fm_error *err)
{
    fm_pull_loop loop = {.by_length = fm_present(p, FM_PULL_LENGTH)};
    double u[FM_PULL_N_MEASURED];
    for (size_t q = 0; q < FM_PULL_N_MEASURED; q++) {
        loop.x[q] = fm_present(p, q) ? fm_si(p, q) : 0;
        u[q] = fm_si(p, P_U + q);
    }
    u[loop.by_length ? FM_PULL_HEIGHT : FM_PULL_LENGTH] = 0;
    fm_pull_resolved r;
    fm_pull_budget b;
    fm_status st = fm_pull_loop_resolve(&loop, &r);
    if (st == FM_OK)
        st = fm_pull_budget_eval(&loop, u, &b);
    if (st != FM_OK)
        return fail(p, st, err);
    st = put_tension(p, &r, &b, out);
    if (st == FM_OK)
        st = put_budget(&loop, &b, out);
    if (st == FM_OK)
        st = put_loop(&r.geometry, out);
    if (st != FM_OK)
        return FM_FAIL(err, st, "memory ran out for the result");
    put_remarks(&r, &b, out);
    return FM_OK;
}

static const char about[] =
    "A hook at any place under a wire loop, pulled straight up or tilted, over bonds of "
    "equal or unequal height: vertical and horizontal balance at the hook give the wire "
    "tensions T1 and T2 per hook force F (the resolution of forces of ASTM F459), and at "
    "each bond the part that peels (normal to the bond plane) and the part that shears "
    "(along it).\n\n"
    "The hook's height is given, or follows from the length of wire between the bonds: a "
    "taut wire reaches exactly one height.\n\n"
    "**Uncertainty.** First-order propagation (GUM clause 5.1.2) of the standard "
    "uncertainties `u.*`, taken as independent, through closed-form derivatives. It "
    "covers the loop's measurement, not the tester. The column `curvature` compares the "
    "largest second-order effect with the uncertainty; above 0.2 a remark says that the "
    "first order is rough.\n\n"
    "**Slack.** A wire cannot push. When one side carries exactly nothing, `state` says "
    "so; when it would have to push there is no equilibrium, and the point fails: the "
    "hook slides until the wire lies on one side.\n\n"
    "**Assumptions.** Weightless, flexible wire in two straight parts, no friction at "
    "the hook.";

const fm_study fm_study_pull_geometry = {
    .name = "pull.geometry",
    .summary = "wire tensions, peel and shear at both bonds of a pulled loop",
    .about = about,
    .params = params,
    .n_params = FM_COUNT(params),
    .tables = tables,
    .n_tables = FM_COUNT(tables),
    .figures = figures,
    .n_figures = FM_COUNT(figures),
    .check = check,
    .rows = rows,
    .run = run,
};
