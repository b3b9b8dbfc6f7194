/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The points of a scenario, made one at a time and in any order.
 *
 * Contents
 *   1. axis values       2. Latin hypercube       3. Sobol       4. cursor
 *
 * Sources: McKay, Beckman, Conover, Technometrics 21 (1979) 239 (Latin hypercube);
 * Black and Rogaway, Ciphers with arbitrary finite domains, CT-RSA 2002 (permutation of
 * 0 ... n - 1 by a Feistel network and cycle walking); Steele, Lea, Flood, Fast
 * splittable pseudorandom number generators, OOPSLA 2014 (mixing inside the network, with
 * Stafford's constants, variant 13); Sobol numbers by GSL.
 */
#include "config.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_qrng.h>

#include "core/scenario.h"
#include "core/text.h"

enum {
    SOBOL_AXES = 40, /* dimensions of gsl_qrng_sobol */
    SOBOL_BITS = 30, /* its sequence ends after 2^30 - 1 points */
    FEISTEL_ROUNDS = 6
};

/* What the Latin hypercube needs of one axis. */
typedef struct lhs_axis {
    uint64_t key[FEISTEL_ROUNDS]; /* of the permutation */
    uint32_t jitter;              /* selector of the place inside the stratum */
} lhs_axis;

struct fm_cursor {
    const fm_scenario *scenario;
    fm_value *values; /* [n_params] the point's; base values with swept ones replaced */
    const fm_data **data; /* [n_inputs] */
    uint64_t *step;       /* [n_axes] step whose value stands in `values` */
    uint64_t index;       /* point of the last seek */
    bool placed;          /* a seek has been made */
    lhs_axis *lhs;        /* [n_axes] */
    int half_bits;        /* LHS: bits of one half of the Feistel network */
    gsl_qrng *sobol;
    uint64_t sobol_next;        /* index of the point that the sequence gives next */
    double sobol_u[SOBOL_AXES]; /* of point sobol_next - 1 */
};

/* ---- 1. axis values -------------------------------------------------------------- */

/* Takes back the last-digit noise of a computed step: a decimal number of at most 13
 * digits within one unit in the last place is what was meant (0.3 on the way from 0.2 to
 * 0.8, not 0.30000000000000004), and what a user will ask for. */
static double
snap(double x)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

    for (size_t k = 0; k < FM_COUNT(powers); k++) {
        double digits = rint(x * powers[k]);
        double decimal = digits / powers[k];
        if (!(fabs(digits) < 1e13))
            break;
        if (fabs(decimal - x) <= DBL_EPSILON * fabs(x))
            return decimal;
    }
    return x;
}

/* weight = i / (n - 1) kept as two whole numbers, so that both ends are exact. */
static double
between(const fm_axis *axis, uint64_t i, uint64_t last)
{
    long double left = (long double)(last - i);
    long double right = (long double)i;
    long double from = (long double)axis->from;
    long double to = (long double)axis->to;

    if (i == 0 || axis->from == axis->to)
        return axis->from;
    if (i == last)
        return axis->to;
    if (axis->kind == FM_AXIS_LINEAR)
        return snap((double)((from * left + to * right) / (long double)last));
    long double sum = logl(from) * left + logl(to) * right;
    return snap((double)expl(sum / (long double)last));
}

/* Maps u in (0, 1) onto [from, to]; rounding cannot leave the range. */
static double
inside(const fm_axis *axis, long double u)
{
    long double from = (long double)axis->from;
    long double to = (long double)axis->to;
    long double x;

    if (axis->kind == FM_AXIS_LOG)
        x = expl(logl(from) * (1 - u) + logl(to) * u);
    else
        x = from * (1 - u) + to * u;
    double low = fmin(axis->from, axis->to);
    double high = fmax(axis->from, axis->to);
    return fmin(fmax((double)x, low), high);
}

/* The value of a numeric parameter, computed. */
static void
set_number(const fm_scenario *scenario, const fm_axis *axis, double x,
           fm_value *value_out)
{
    fm_kind kind = scenario->study->params[axis->param].kind;

    *value_out = (fm_value){.kind = kind, .given = true, .present = true};
    if (kind == FM_INTEGER) {
        value_out->integer = llround(x);
        return;
    }
    value_out->real = x;
    value_out->si = fm_si_of(&axis->to_si, x);
}

void
fm_axis_value(const fm_scenario *scenario, size_t axis, uint64_t step,
              fm_value *value_out)
{
    const fm_axis *a = &scenario->axes[axis];

    assert(axis < scenario->n_axes && step < a->n);
    if (a->kind == FM_AXIS_VALUES)
        *value_out = a->values[step];
    else
        set_number(scenario, a, between(a, step, a->n - 1), value_out);
}

/* Value for a sampled u in (0, 1): a list gives its items equal shares, whole numbers
 * from `from` to `to` too. */
static void
set_sampled(const fm_scenario *scenario, const fm_axis *axis, long double u,
            fm_value *value_out)
{
    if (axis->kind == FM_AXIS_VALUES) {
        uint64_t i = (uint64_t)(u * (long double)axis->n);
        *value_out = axis->values[i < axis->n ? i : axis->n - 1];
        return;
    }
    double x = inside(axis, u);
    bool whole = scenario->study->params[axis->param].kind == FM_INTEGER;
    if (whole && axis->kind == FM_AXIS_LINEAR) {
        double low = fmin(axis->from, axis->to);
        double n = fabs(axis->to - axis->from) + 1;
        x = low + fmin((double)floorl(u * (long double)n), n - 1);
    }
    set_number(scenario, axis, x, value_out);
}

char *
fm_axis_name(const fm_scenario *scenario, size_t axis)
{
    assert(axis < scenario->n_axes);
    char *name = fm_strdup(scenario->study->params[scenario->axes[axis].param].key);
    for (char *p = name; p != NULL && *p != '\0'; p++)
        if (*p == '.')
            *p = '_';
    return name;
}

/* ---- 2. Latin hypercube ---------------------------------------------------------- */

/* Half the bits of the smallest even-sized power of two that holds 0 ... n - 1. */
static int
half_bits_of(uint64_t n)
{
    int half = 1;

    while (half < 32 && (n - 1) >> (2 * half) != 0)
        half++;
    return half;
}

/* The finaliser of SplitMix64, a bijection of 64 bits whose every output bit depends on
 * every input bit. */
static uint64_t
mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* One pass through the network: a bijection of 2 * half_bits bits. */
static uint64_t
feistel(const fm_cursor *cursor, const lhs_axis *axis, uint64_t x)
{
    uint64_t mask = (UINT64_C(1) << cursor->half_bits) - 1;
    uint64_t left = x >> cursor->half_bits;
    uint64_t right = x & mask;

    for (int round = 0; round < FEISTEL_ROUNDS; round++) {
        uint64_t mixed = left ^ (mix(right ^ axis->key[round]) & mask);
        left = right;
        right = mixed;
    }
    return left << cursor->half_bits | right;
}

/* Where a keyed permutation of 0 ... n - 1 sends x: walking the cycle of the larger
 * bijection until it comes back below n.  The network has less than 4 n values for n > 1.
 */
static uint64_t
permuted(const fm_cursor *cursor, const lhs_axis *axis, uint64_t x)
{
    do
        x = feistel(cursor, axis, x);
    while (x >= cursor->scenario->n_points);
    return x;
}

static void
seek_lhs(fm_cursor *cursor, uint64_t index)
{
    const fm_scenario *s = cursor->scenario;

    for (size_t a = 0; a < s->n_axes; a++) {
        fm_stream stream = fm_stream_make(s->seed, index, cursor->lhs[a].jitter);
        uint64_t stratum = permuted(cursor, &cursor->lhs[a], index);
        double jitter;
        fm_rng_uniform(&stream, 0, 1, &jitter);
        long double u =
            ((long double)stratum + (long double)jitter) / (long double)s->n_points;
        set_sampled(s, &s->axes[a], u, &cursor->values[s->axes[a].param]);
    }
}

static void
start_lhs_axis(const fm_scenario *scenario, const char *key, lhs_axis *axis_out)
{
    fm_stream order =
        fm_stream_make(scenario->seed, 0, fm_stream_selector("sampling.lhs.order", key));
    uint32_t words[4];

    for (uint32_t round = 0; round < FEISTEL_ROUNDS; round++) {
        fm_rng_words(&order, round, words);
        axis_out->key[round] = (uint64_t)words[1] << 32 | words[0];
    }
    axis_out->jitter = fm_stream_selector("sampling.lhs.jitter", key);
}

/* The streams hang on the parameter's key, so that an axis keeps its values when another
 * is added or the order changes. */
static fm_status
start_lhs(fm_cursor *cursor)
{
    const fm_scenario *s = cursor->scenario;

    cursor->lhs = calloc(s->n_axes + 1, sizeof *cursor->lhs);
    if (cursor->lhs == NULL)
        return FM_ENOMEM;
    cursor->half_bits = s->n_points > 0 ? half_bits_of(s->n_points) : 1;
    for (size_t a = 0; a < s->n_axes; a++)
        start_lhs_axis(s, s->study->params[s->axes[a].param].key, &cursor->lhs[a]);
    return FM_OK;
}

/* ---- 3. Sobol -------------------------------------------------------------------- */

static fm_status
start_sobol(fm_cursor *cursor)
{
    size_t n = cursor->scenario->n_axes;

    if (n == 0)
        return FM_OK;
    if (n > SOBOL_AXES || cursor->scenario->n_points >> SOBOL_BITS != 0)
        return FM_ERANGE;
    cursor->sobol = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)n);
    return cursor->sobol != NULL ? FM_OK : FM_ENOMEM;
}

/* The sequence only runs forward; going back starts it again. */
static fm_status
seek_sobol(fm_cursor *cursor, uint64_t index)
{
    const fm_scenario *s = cursor->scenario;

    if (s->n_axes == 0)
        return FM_OK;
    if (index + 1 < cursor->sobol_next) {
        gsl_qrng_init(cursor->sobol);
        cursor->sobol_next = 0;
    }
    for (; cursor->sobol_next <= index; cursor->sobol_next++)
        if (gsl_qrng_get(cursor->sobol, cursor->sobol_u) != GSL_SUCCESS)
            return FM_EINTERNAL;
    for (size_t a = 0; a < s->n_axes; a++)
        set_sampled(s, &s->axes[a], (long double)cursor->sobol_u[a],
                    &cursor->values[s->axes[a].param]);
    return FM_OK;
}

/* ---- 4. cursor ------------------------------------------------------------------- */

static void
set_step(fm_cursor *cursor, size_t axis, uint64_t step)
{
    const fm_scenario *s = cursor->scenario;

    if (cursor->placed && cursor->step[axis] == step)
        return;
    cursor->step[axis] = step;
    fm_axis_value(s, axis, step, &cursor->values[s->axes[axis].param]);
}

/* The neighbour is reached like an odometer's next number, without a division. */
static void
seek_grid(fm_cursor *cursor, uint64_t index)
{
    const fm_scenario *s = cursor->scenario;
    bool next = cursor->placed && index == cursor->index + 1;

    for (size_t a = s->n_axes; a-- > 0;) {
        uint64_t n = s->axes[a].n;
        uint64_t step;
        if (next) {
            step = cursor->step[a] + 1 < n ? cursor->step[a] + 1 : 0;
        } else {
            step = index % n;
            index /= n;
        }
        set_step(cursor, a, step);
        if (next && step != 0)
            break;
    }
}

static fm_status
place(fm_cursor *cursor, uint64_t index)
{
    switch (cursor->scenario->sampling) {
    case FM_GRID:
        seek_grid(cursor, index);
        return FM_OK;
    case FM_ZIP:
        for (size_t a = 0; a < cursor->scenario->n_axes; a++)
            set_step(cursor, a, index);
        return FM_OK;
    case FM_LHS:
        seek_lhs(cursor, index);
        return FM_OK;
    case FM_SOBOL:
        return seek_sobol(cursor, index);
    }
    return FM_EINTERNAL;
}

fm_status
fm_cursor_seek(fm_cursor *cursor, uint64_t index, fm_point *point_out)
{
    const fm_scenario *s = cursor->scenario;

    if (index >= s->n_points)
        return FM_ERANGE;
    if (!cursor->placed || index != cursor->index) {
        fm_status st = place(cursor, index);
        if (st != FM_OK) {
            cursor->placed = false;
            return st;
        }
    }
    cursor->index = index;
    cursor->placed = true;
    *point_out = (fm_point){.study = s->study,
                            .values = cursor->values,
                            .data = cursor->data,
                            .index = index,
                            .n_points = s->n_points,
                            .seed = s->seed,
                            .draws = s->draws,
                            .threads = 1};
    return FM_OK;
}

/* One more element than needed keeps "nothing to allocate" apart from "no memory". */
static fm_status
allocate(fm_cursor *cursor)
{
    const fm_scenario *s = cursor->scenario;

    cursor->values = calloc(s->study->n_params + 1, sizeof *cursor->values);
    cursor->data = calloc(s->study->n_inputs + 1, sizeof(void *));
    cursor->step = calloc(s->n_axes + 1, sizeof *cursor->step);
    if (cursor->values == NULL || cursor->data == NULL || cursor->step == NULL)
        return FM_ENOMEM;
    if (s->study->n_params > 0)
        memcpy(cursor->values, s->values, s->study->n_params * sizeof *cursor->values);
    for (size_t i = 0; i < s->study->n_inputs; i++)
        cursor->data[i] = s->sources[i].data;
    return FM_OK;
}

fm_status
fm_cursor_create(const fm_scenario *scenario, fm_cursor **out)
{
    fm_cursor *cursor = calloc(1, sizeof *cursor);

    if (cursor == NULL)
        return FM_ENOMEM;
    cursor->scenario = scenario;
    fm_status st = allocate(cursor);
    if (st == FM_OK && scenario->sampling == FM_LHS)
        st = start_lhs(cursor);
    if (st == FM_OK && scenario->sampling == FM_SOBOL)
        st = start_sobol(cursor);
    if (st != FM_OK)
        goto done;
    *out = cursor;
    cursor = NULL;
done:
    fm_cursor_free(cursor);
    return st;
}

void
fm_cursor_free(fm_cursor *cursor)
{
    if (cursor == NULL)
        return;
    if (cursor->sobol != NULL)
        gsl_qrng_free(cursor->sobol);
    free(cursor->lhs);
    free(cursor->step);
    free(cursor->data);
    free(cursor->values);
    free(cursor);
}
