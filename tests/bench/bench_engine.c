/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine costs beside the bare loops that a program without it would be.
 *
 * Contents
 *   1. measuring     2. uniforms     3. a trivial study over a million points
 *   4. a large table
 *
 * Usage: bench_engine FOLDER      (files are made there and removed)
 * Prints a line per measurement with its limit.  Competing runs take turns; medians of
 * processor time count, so that other load on the machine hits all alike.  Writing is
 * compared by the clock, to the disk and back to the program.
 * Exit: 0; 1 if a limit is missed or a run fails.
 */
#include "config.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <Random123/philox.h>

#include "core/rng.h"
#include "core/rows.h"
#include "core/scenario.h"
#include "core/store.h"
#include "core/sweep.h"

enum {
    TURNS = 5,
    PATH_SIZE = 4096
};

/* ---- 1. measuring ---------------------------------------------------------------- */

static double
processor_seconds(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double
wall_seconds(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double
median(double *x)
{
    qsort(x, TURNS, sizeof *x, by_size);
    return x[TURNS / 2];
}

typedef enum direction {
    AT_LEAST,
    AT_MOST
} direction;

static bool
judge(const char *what, double value, const char *unit, direction side, double limit)
{
    bool holds = side == AT_LEAST ? value >= limit : value <= limit;

    (void)printf("%s: %.3g %s (%s %g)%s\n", what, value, unit,
                 side == AT_LEAST ? "at least" : "at most", limit,
                 holds ? "" : " MISSED");
    (void)fflush(stdout);
    return holds;
}

static bool
fail(const char *what, const fm_error *err)
{
    (void)fprintf(stderr, "bench_engine: %s: %s\n", what, err->text);
    return false;
}

/* ---- 2. uniforms ----------------------------------------------------------------- */

enum {
    DRAWS = 1024, /* at a time: what the studies do */
    ROUNDS = 4000
};

static double uniform_u[DRAWS], uniform_v[DRAWS];

static double
to_open_unit(uint32_t low, uint32_t high)
{
    uint64_t k = ((uint64_t)high << 32 | low) >> 12;
    uint64_t bits = UINT64_C(0x3ff0000000000000) | k;
    double d;

    memcpy(&d, &bits, sizeof d);
    return d - (1 - 0x1p-53);
}

/* The plain loop over Random123's header; v_out may be NULL. */
static void
header_loop(const fm_stream *s, uint64_t first, double *u_out, double *v_out)
{
    philox4x32_ctr_t counter = {
        {0, s->selector, (uint32_t)s->point, (uint32_t)(s->point >> 32)}};
    philox4x32_key_t key = {{(uint32_t)s->seed, (uint32_t)(s->seed >> 32)}};

    for (size_t i = 0; i < DRAWS; i++) {
        counter.v[0] = (uint32_t)(first + i);
        philox4x32_ctr_t words = philox4x32(counter, key);
        u_out[i] = to_open_unit(words.v[0], words.v[1]);
        if (v_out != NULL)
            v_out[i] = to_open_unit(words.v[2], words.v[3]);
    }
}

static double
time_uniforms(bool ours, bool two)
{
    fm_stream s = fm_stream_make(2385, 77, 5);
    double start = processor_seconds();

    for (uint64_t i = 0; i < ROUNDS; i++) {
        if (!ours)
            header_loop(&s, i * DRAWS, uniform_u, two ? uniform_v : NULL);
        else if (two)
            fm_rng_uniform2(&s, i * DRAWS, DRAWS, uniform_u, uniform_v);
        else
            fm_rng_uniform(&s, i * DRAWS, DRAWS, uniform_u);
    }
    return processor_seconds() - start;
}

static bool
bench_uniforms(void)
{
    bool good = true;

    for (int two = 0; two <= 1; two++) {
        double header[TURNS];
        double ours[TURNS];
        for (int i = 0; i < TURNS; i++) {
            header[i] = time_uniforms(false, two);
            ours[i] = time_uniforms(true, two);
        }
        double header_s = median(header);
        double ours_s = median(ours);
        (void)printf("%s: %.2f ns a draw, header loop %.2f ns\n",
                     two ? "two uniforms" : "one uniform", 1e9 * ours_s / DRAWS / ROUNDS,
                     1e9 * header_s / DRAWS / ROUNDS);
        good = judge(two ? "uniforms, two a draw" : "uniforms, one a draw",
                     header_s / ours_s, "of the header loop", AT_LEAST, 0.8) &&
               good;
    }
    return good;
}

/* ---- 3. a trivial study over a million points -------------------------------------- */

enum {
    SIDE = 1000
};

static const fm_param grid_params[] = {
    {.key = "a", .kind = FM_REAL, .unit = "1", .def = "1", .min = 0, .max = 10},
    {.key = "b", .kind = FM_REAL, .unit = "1", .def = "1", .min = 0, .max = 10}};
static const fm_column grid_columns[] = {
    {.name = "y", .type = FM_TYPE_REAL, .unit = "1", .long_name = "product"}};
static const fm_table grid_tables[] = {
    {"product", "products", FM_ONE_ROW, grid_columns, FM_COUNT(grid_columns), "y"}};

static fm_status
run_product(const fm_point *point, fm_out *out, fm_error *err)
{
    const fm_cell cell = {.real = fm_si(point, 0) * fm_si(point, 1)};

    (void)err;
    return fm_out_row(out, 0, &cell);
}

static const fm_study grid_study = {.name = "bench.grid",
                                    .summary = "a product",
                                    .about = "A product.",
                                    .params = grid_params,
                                    .n_params = FM_COUNT(grid_params),
                                    .tables = grid_tables,
                                    .n_tables = FM_COUNT(grid_tables),
                                    .run = run_product};

/* Axes, products and a sum, as a program would write them for this one job. */
static double
time_bare_grid(void)
{
    double *y = malloc(sizeof *y * SIDE * SIDE);
    double start = processor_seconds();

    if (y == NULL)
        return 0;
    for (size_t i = 0; i < SIDE; i++)
        for (size_t k = 0; k < SIDE; k++)
            y[i * SIDE + k] =
                (1 + (double)i / (SIDE - 1)) * (1 + 2 * (double)k / (SIDE - 1));
    double seconds = processor_seconds() - start;
    volatile double kept = y[SIDE + 1];
    (void)kept;
    free(y);
    return seconds;
}

static const fm_store_options store_options = {
    .replace = true, .argv = "bench_engine", .started = "", .version = "0"};

static bool
bench_grid(const fm_scenario *scenario, const char *path)
{
    const fm_run_options options = {.threads = 1, .store = store_options};
    fm_error err = FM_ERROR_INIT;
    double bare[TURNS];
    double engine[TURNS];
    double first[TURNS];

    for (int i = 0; i < TURNS; i++) {
        fm_run_summary summary;
        bare[i] = time_bare_grid();
        double start = processor_seconds();
        if (fm_run(scenario, path, &options, &summary, &err) != FM_OK)
            return fail("grid", &err);
        engine[i] = processor_seconds() - start;
        first[i] = summary.first_point_seconds;
        (void)unlink(path);
    }
    double n = (double)SIDE * SIDE;
    bool good =
        judge("engine, a million points", 1e6 * (median(engine) - median(bare)) / n,
              "us a point beside the bare loop", AT_MOST, 1);
    return judge("first point of a million", 1e3 * median(first), "ms", AT_MOST, 100) &&
           good;
}

/* ---- 4. a large table ------------------------------------------------------------ */

enum {
    PIECES = 32,
    COLUMNS = 3,
    STORED = COLUMNS + 1,               /* the store adds the point's number */
    PIECE_ROWS = (8 << 20) / STORED / 8 /* 256 MiB in all */
};

static const fm_column table_columns[COLUMNS] = {
    {.name = "w", .type = FM_TYPE_REAL, .unit = "1", .long_name = "number"},
    {.name = "x", .type = FM_TYPE_REAL, .unit = "1", .long_name = "number"},
    {.name = "y", .type = FM_TYPE_REAL, .unit = "1", .long_name = "number"}};
static const fm_table table_tables[] = {
    {"numbers", "numbers", FM_MANY_ROWS, table_columns, COLUMNS, NULL}};
static double numbers[STORED][PIECE_ROWS];

static fm_status
run_table(const fm_point *point, fm_out *out, fm_error *err)
{
    const void *const columns[COLUMNS] = {numbers[0], numbers[1], numbers[2]};

    (void)point;
    (void)err;
    return fm_out_block(out, 0, PIECE_ROWS, columns);
}

static const fm_study table_study = {.name = "bench.table",
                                     .summary = "a table",
                                     .about = "A table.",
                                     .params = grid_params,
                                     .n_params = FM_COUNT(grid_params),
                                     .tables = table_tables,
                                     .n_tables = FM_COUNT(table_tables),
                                     .run = run_table};

/* Seconds to write as many bytes with write(2) and to bring them to disk; 0 on failure. */
static double
time_raw_write(const char *path)
{
    double start = wall_seconds();
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    bool good = fd >= 0;

    for (int piece = 0; piece < PIECES && good; piece++) {
        const char *at = (const char *)numbers;
        for (size_t left = sizeof numbers; left > 0 && good;) {
            ssize_t n = write(fd, at, left);
            good = n > 0;
            at += good ? n : 0;
            left -= good ? (size_t)n : 0;
        }
    }
    if (fd >= 0)
        good = fsync(fd) == 0 && close(fd) == 0 && good;
    double seconds = wall_seconds() - start;
    (void)unlink(path);
    return good ? seconds : 0;
}

/* Seconds in the store for one table; 0 on failure.  Both are on disk in the end. */
static double
time_store(const fm_scenario *scenario, const char *path, fm_out *out, fm_error *err)
{
    fm_store *store = NULL;
    double start = wall_seconds();
    double seconds = 0;

    fm_status st = fm_store_create(path, scenario, &store_options, &store, err);
    for (uint64_t piece = 0; piece < PIECES && st == FM_OK; piece++) {
        seconds += wall_seconds() - start;
        fm_out_reset(out, piece);
        st = fm_out_begin(out, piece);
        if (st == FM_OK)
            st = run_table(NULL, out, err);
        if (st == FM_OK)
            st = fm_out_end(out, FM_OK, NULL, 0);
        start = wall_seconds();
        if (st == FM_OK)
            st = fm_store_append(store, out, 0, out->n_points, err);
    }
    if (st == FM_OK) {
        char hex[FM_DIGEST_TEXT];
        st = fm_store_finish(store, "", hex, err);
    }
    seconds += wall_seconds() - start;
    fm_store_free(store);
    (void)unlink(path);
    return st == FM_OK ? seconds : 0;
}

static bool
bench_table(const fm_scenario *scenario, const char *path)
{
    fm_stream s = fm_stream_make(1, 2, 3);
    fm_error err = FM_ERROR_INIT;
    double raw[TURNS];
    double store[TURNS];
    fm_out *out = NULL;

    for (size_t c = 0; c < STORED; c++)
        fm_rng_uniform(&s, c * PIECE_ROWS, PIECE_ROWS, numbers[c]);
    if (fm_out_create(scenario->study, &out) != FM_OK)
        return fail("table", &err);
    bool good = time_raw_write(path) > 0; /* warms the page cache */
    for (int i = 0; i < TURNS && good; i++) {
        raw[i] = time_raw_write(path);
        store[i] = time_store(scenario, path, out, &err);
        good = raw[i] > 0 && store[i] > 0;
    }
    fm_out_free(out);
    if (!good)
        return fail("table", &err);
    double mib = (double)PIECES * sizeof numbers / (1 << 20);
    double raw_s = median(raw);
    double store_s = median(store);
    (void)printf("table of %.0f MiB: %.0f MiB/s, write(2) %.0f MiB/s\n", mib,
                 mib / store_s, mib / raw_s);
    return judge("store, with checksums and digest", raw_s / store_s, "of write(2)",
                 AT_LEAST, 0.6);
}

/* ---------------------------------------------------------------------------------- */

static fm_scenario *
scenario_of(const fm_context *context, const char *text)
{
    fm_diags *diags = fm_diags_create();
    fm_scenario *scenario = NULL;
    size_t n = 0;
    size_t n_errors = 0;

    if (fm_scenario_read_text(context, "bench", text, strlen(text), NULL, 0, diags,
                              &scenario) != FM_OK) {
        const fm_diag *list = fm_diags_list(diags, &n, &n_errors);
        (void)fprintf(stderr, "bench_engine: %s\n", n > 0 ? list[0].text : "no scenario");
    }
    fm_diags_free(diags);
    return scenario;
}

int
main(int argc, char **argv)
{
    static const fm_study *const studies[] = {&grid_study, &table_study};
    static const char *const grid_text =
        "fabmet: 1\nstudy: bench.grid\nsweep:\n"
        "  - { param: a, from: 1, to: 2, points: 1000 }\n"
        "  - { param: b, from: 1, to: 3, points: 1000 }\n";
    static const char *const table_text =
        "fabmet: 1\nstudy: bench.table\nsweep:\n"
        "  - { param: a, from: 1, to: 2, points: 32 }\n";
    char path[PATH_SIZE];
    fm_error err = FM_ERROR_INIT;
    fm_units *units = NULL;

    if (argc != 2 || fm_units_create(&units, &err) != FM_OK)
        return EXIT_FAILURE;
    (void)snprintf(path, sizeof path, "%s/bench.h5", argv[1]);
    const fm_context context = {.units = units, .studies = studies, .n_studies = 2};
    fm_scenario *grid = scenario_of(&context, grid_text);
    fm_scenario *table = scenario_of(&context, table_text);
    bool good = bench_uniforms();
    good = grid != NULL && bench_grid(grid, path) && good;
    good = table != NULL && bench_table(table, path) && good;
    fm_scenario_free(grid);
    fm_scenario_free(table);
    fm_units_free(units);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
