/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run length of a Shewhart chart with any set of rules.
 *
 * Contents
 *   1. states     2. the law of the survivors     3. one point     4. evaluation
 *
 * Zone rules alone: the law is a probability for each state of the automaton.  With trends
 * or alternations a state is (automaton, zone of the last value, direction, lengths), and
 * its law a density of where in its zone the last value lies, measured by the chance below
 * it: t in [0, 1].  A point in another zone settles the direction and is uniform in t; one
 * in the same zone gives the integral of the density below (up) or above t (down).  These
 * are entire functions of t, which Gauss-Legendre nodes hold to rounding.
 */
#include "config.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "math/gauss_legendre.h"
#include "spc/spc_run_length_chain.h"
#include "spc/spc_run_length_parts.h"

/* ---- 1. states -------------------------------------------------------------------- */

enum {
    /* Per zone, when one has more than half of the chance, and when none has. */
    NODES = 14,
    NODES_SMALL = 9,
    FEWER = 3 /* what a second evaluation, which tells the error, has less */
};

/* Lengths that trends and alternations signal at, in differences; 0: no such rule. */
typedef struct order_rules {
    unsigned trend, alternation;
} order_rules;

typedef struct states {
    fm_spc_chain *chain; /* owned */
    size_t n;
    size_t n_zones;
    bool ordered;
    size_t window; /* longest memory */
    int32_t *zone; /* [n] of the last value; -1: none, or it does not matter */
    /* [n][n_zones + 1] state after a point in each zone, -1: signal; behind them the state
     * after a smaller value in the same zone */
    int32_t *to;
    uint64_t *key; /* [n] automaton state, zone and order packed; while building */
} states;

static void
states_free(states *s)
{
    fm_spc_chain_free(s->chain);
    free(s->zone);
    free(s->to);
    free(s->key);
}

static order_rules
find_order(const fm_spc_rule_set *rules, size_t *window_out)
{
    order_rules o = {0, 0};
    *window_out = 1;
    for (size_t r = 0; r < rules->n; r++) {
        const fm_spc_rule *rule = &rules->rule[r];
        *window_out = rule->w > *window_out ? rule->w : *window_out;
        unsigned *shortest = rule->pattern == FM_SPC_TREND         ? &o.trend
                             : rule->pattern == FM_SPC_ALTERNATION ? &o.alternation
                                                                   : NULL;
        if (shortest != NULL && (*shortest == 0 || rule->w - 1 < *shortest))
            *shortest = rule->w - 1;
    }
    return o;
}

/* What is known of the order: direction (0 none, 1 up, 2 down), length of the trend and of
 * the alternation in differences.  Packed in 16 bits. */
static uint64_t
pack_order(unsigned direction, unsigned trend, unsigned alternation)
{
    return direction | trend << 2 | alternation << 9;
}

/* Order after one more difference; true if a rule signals. */
static bool
advance(const order_rules *o, uint64_t *order, unsigned direction)
{
    unsigned before = (unsigned)(*order & 3);
    unsigned trend = (unsigned)(*order >> 2 & 127), turns = (unsigned)(*order >> 9 & 127);
    trend = before == direction ? trend + 1 : 1;
    turns = before == direction || before == 0 ? 1 : turns + 1;
    trend = o->trend > 0 ? trend : 0;
    turns = o->alternation > 0 ? turns : 0;
    *order = pack_order(direction, trend, turns);
    return (o->trend > 0 && trend == o->trend) ||
           (o->alternation > 0 && turns == o->alternation);
}

/* An open-addressing index of packed keys. */
typedef struct key_index {
    size_t n_slots;
    int32_t *slot;
    size_t room;
} key_index;

static fm_status
find_key(states *s, key_index *index, uint64_t key, int32_t *number_out)
{
    size_t at = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 40) & (index->n_slots - 1);
    for (; index->slot[at] >= 0; at = (at + 1) & (index->n_slots - 1))
        if (s->key[index->slot[at]] == key) {
            *number_out = index->slot[at];
            return FM_OK;
        }
    if (s->n == FM_SPC_CHAIN_STATES)
        return FM_ERANGE;
    if (s->n == index->room) {
        index->room = index->room > 0 ? 2 * index->room : 1024;
        uint64_t *more = realloc(s->key, index->room * sizeof *more);
        s->key = more != NULL ? more : s->key;
        int32_t *to = realloc(s->to, index->room * (s->n_zones + 1) * sizeof *to);
        s->to = to != NULL ? to : s->to;
        int32_t *zone = realloc(s->zone, index->room * sizeof *zone);
        s->zone = zone != NULL ? zone : s->zone;
        if (more == NULL || to == NULL || zone == NULL)
            return FM_ENOMEM;
    }
    index->slot[at] = (int32_t)s->n;
    s->key[s->n] = key;
    s->zone[s->n] = (int32_t)(key >> 16 & 255) - 1;
    *number_out = (int32_t)s->n++;
    return FM_OK;
}

/* State after a point in zone z that goes in a direction (0: the first point). */
static fm_status
follow(states *s, key_index *index, const order_rules *o, uint64_t key, size_t z,
       unsigned direction, int32_t *to_out)
{
    int32_t automaton = s->chain->next[(key >> 24) * s->n_zones + z];
    uint64_t order = key & 0xFFFF;
    *to_out = -1;
    if (automaton < 0 || (direction > 0 && advance(o, &order, direction)))
        return FM_OK;
    return find_key(s, index, (uint64_t)automaton << 24 | (uint64_t)(z + 1) << 16 | order,
                    to_out);
}

static fm_status
explore(states *s, key_index *index, const order_rules *o)
{
    int32_t first, to;
    fm_status st = find_key(s, index, 0, &first);
    for (size_t i = 0; i < s->n && st == FM_OK; i++)
        for (size_t z = 0; z <= s->n_zones && st == FM_OK; z++) {
            int32_t last = s->zone[i];
            bool down = z == s->n_zones || (int32_t)z < last;
            size_t zone = z < s->n_zones ? z : last < 0 ? 0 : (size_t)last;
            unsigned direction = last < 0 ? 0 : down ? 2 : 1;
            st = follow(s, index, o, s->key[i], zone, direction, &to);
            if (st == FM_OK)
                s->to[i * (s->n_zones + 1) + z] = to;
        }
    return st;
}

/* Zone rules alone: the automaton's states as they are. */
static fm_status
copy_chain(states *s)
{
    size_t width = s->n_zones + 1;
    s->n = s->chain->n;
    s->zone = malloc(s->n * sizeof *s->zone);
    s->to = malloc(s->n * width * sizeof *s->to);
    if (s->zone == NULL || s->to == NULL)
        return FM_ENOMEM;
    for (size_t i = 0; i < s->n; i++) {
        s->zone[i] = -1;
        memcpy(s->to + i * width, s->chain->next + i * s->n_zones,
               s->n_zones * sizeof *s->to);
        s->to[i * width + s->n_zones] = -1;
    }
    return FM_OK;
}

static fm_status
states_create(const fm_spc_rule_set *rules, states *s)
{
    enum {
        SLOTS = 1 << 19
    };
    *s = (states){0};
    order_rules o = find_order(rules, &s->window);
    fm_status st = fm_spc_chain_create(rules, &s->chain);
    if (st != FM_OK)
        return st;
    s->n_zones = s->chain->zones.n;
    s->ordered = o.trend > 0 || o.alternation > 0;
    if (!s->ordered) {
        st = copy_chain(s);
    } else {
        key_index index = {SLOTS, malloc(SLOTS * sizeof(int32_t)), 0};
        st = index.slot != NULL ? FM_OK : FM_ENOMEM;
        if (st == FM_OK) {
            memset(index.slot, 0xFF, SLOTS * sizeof(int32_t));
            st = explore(s, &index, &o);
        }
        free(index.slot);
    }
    if (st != FM_OK)
        states_free(s);
    return st;
}

/* ---- 2. the law of the survivors -------------------------------------------------- */

typedef struct law {
    size_t nodes;
    double x[NODES], w[NODES]; /* rule on [-1, 1]; weights halved: on [0, 1] */
    double *g;                 /* [n][nodes] densities */
    double *next;              /* [n][nodes] */
    double *mass;              /* [n] integral of g */
    double *add;               /* [n] uniform part of next */
    double *below;             /* [n_zones][nodes][nodes] integral of g up to each node */
    double p[FM_SPC_ZONES_MAX];
} law;

static void
law_free(law *l)
{
    free(l->g);
    free(l->below);
}

/* Integral from -1 to x, halved, of each of the Lagrange polynomials of the nodes: their
 * Legendre series, integrated term by term. */
static void
integrals(const law *l, double x, double *out)
{
    double before = -1,
           now = 1; /* P(l - 1), P(l) at x; -1 makes the first integral x + 1 */
    double node_before[NODES] = {0}, node_now[NODES];
    for (size_t k = 0; k < l->nodes; k++) {
        out[k] = 0;
        node_now[k] = 1;
    }
    for (size_t d = 0; d < l->nodes; d++) {
        double n = (double)d;
        double p = d == 0 ? 0 : before;
        double after = ((2 * n + 1) * x * now - n * p) / (n + 1);
        for (size_t k = 0; k < l->nodes; k++) {
            out[k] += 0.5 * l->w[k] * node_now[k] * (after - before);
            double y =
                ((2 * n + 1) * l->x[k] * node_now[k] - n * node_before[k]) / (n + 1);
            node_before[k] = node_now[k];
            node_now[k] = y;
        }
        before = now;
        now = after;
    }
}

static fm_status
law_create(const states *s, size_t nodes, law *l)
{
    *l = (law){.nodes = s->ordered ? nodes : 1};
    size_t size = s->n * l->nodes;
    l->g = calloc(2 * size + 2 * s->n, sizeof *l->g);
    l->below = calloc(s->n_zones * l->nodes * l->nodes, sizeof *l->below);
    if (l->g == NULL || l->below == NULL) {
        law_free(l);
        return FM_ENOMEM;
    }
    l->next = l->g + size;
    l->mass = l->next + size;
    l->add = l->mass + s->n;
    fm_status st = fm_math_gauss_legendre(l->nodes, -1, 1, l->x, l->w);
    for (size_t k = 0; k < l->nodes; k++)
        l->w[k] *= 0.5;
    if (st != FM_OK)
        law_free(l);
    return st;
}

/* Everything is in the beginning. */
static void
law_begin(const states *s, law *l)
{
    memset(l->g, 0, s->n * l->nodes * sizeof *l->g);
    memset(l->mass, 0, s->n * sizeof *l->mass);
    l->mass[0] = 1;
    for (size_t k = 0; k < l->nodes; k++)
        l->g[k] = 1;
}

/* Where in its zone of the old process, as a coordinate in [-1, 1], the value lies that has
 * coordinate x in the zone of the new one. */
static double
old_coordinate(const fm_spc_zones *zones, size_t z, const fm_spc_state *state, double x)
{
    double low = zones->cut[z], high = zones->cut[z + 1], t = 0.5 * (x + 1);
    double a = (low - state->mean) / state->sigma,
           b = (high - state->mean) / state->sigma;
    double y = a > 0 ? gsl_cdf_ugaussian_Qinv((1 - t) * gsl_cdf_ugaussian_Q(a) +
                                              t * gsl_cdf_ugaussian_Q(b))
                     : gsl_cdf_ugaussian_Pinv((1 - t) * gsl_cdf_ugaussian_P(a) +
                                              t * gsl_cdf_ugaussian_P(b));
    y = fmin(fmax(state->mean + state->sigma * y, low), high);
    double old_p;
    const fm_spc_zones whole = {1, {low, high}}, part = {1, {low, y}};
    fm_spc_zones_chance(&whole, 0, 1, &old_p);
    double below;
    fm_spc_zones_chance(&part, 0, 1, &below);
    return old_p > 0 ? 2 * below / old_p - 1 : x;
}

/* Chances of the zones and integrals up to the nodes for the coming points.
 * changed  in  the last value is one of the process in control, measured in its chances */
static void
law_watch(const states *s, law *l, const fm_spc_state *state, bool changed)
{
    const fm_spc_zones *zones = &s->chain->zones;
    fm_spc_zones_chance(zones, state->mean, state->sigma, l->p);
    for (size_t z = 0; z < s->n_zones && s->ordered; z++)
        for (size_t k = 0; k < l->nodes; k++) {
            double x = changed ? old_coordinate(zones, z, state, l->x[k]) : l->x[k];
            integrals(l, x, l->below + (z * l->nodes + k) * l->nodes);
        }
}

/* ---- 3. one point ----------------------------------------------------------------- */

/* A point in the zone of the last value: the law of state i goes up and down. */
static double
stay(const states *s, law *l, size_t i)
{
    size_t z = (size_t)s->zone[i], nodes = l->nodes;
    const int32_t *to = s->to + i * (s->n_zones + 1);
    const double *g = l->g + i * nodes;
    double *up = to[z] >= 0 ? l->next + (size_t)to[z] * nodes : NULL;
    double *down = to[s->n_zones] >= 0 ? l->next + (size_t)to[s->n_zones] * nodes : NULL;
    double signal = 0;
    for (size_t j = 0; j < nodes; j++) {
        const double *row = l->below + (z * nodes + j) * nodes;
        double below = 0;
        for (size_t k = 0; k < nodes; k++)
            below += row[k] * g[k];
        double rise = l->p[z] * below, fall = l->p[z] * (l->mass[i] - below);
        if (up != NULL)
            up[j] += rise;
        else
            signal += l->w[j] * rise;
        if (down != NULL)
            down[j] += fall;
        else
            signal += l->w[j] * fall;
    }
    return signal;
}

/* One point; returns the chance of a signal. */
static double
step(const states *s, law *l)
{
    size_t nodes = l->nodes, width = s->n_zones + 1;
    double signal = 0, left = 0;
    memset(l->next, 0, s->n * nodes * sizeof *l->next);
    memset(l->add, 0, s->n * sizeof *l->add);
    for (size_t i = 0; i < s->n; i++) {
        if (l->mass[i] == 0)
            continue;
        for (size_t z = 0; z < s->n_zones; z++) {
            int32_t to = s->to[i * width + z];
            double p = l->mass[i] * l->p[z];
            if ((int32_t)z == s->zone[i])
                signal += stay(s, l, i);
            else if (to < 0)
                signal += p;
            else
                l->add[to] += p;
        }
    }
    for (size_t i = 0; i < s->n; i++) {
        double mass = l->add[i];
        for (size_t k = 0; k < nodes; k++) {
            mass += l->w[k] * l->next[i * nodes + k];
            l->next[i * nodes + k] += l->add[i];
        }
        l->mass[i] = mass;
        left += mass;
    }
    double scale = left > 0 ? 1 / left : 0;
    for (size_t i = 0; i < s->n; i++)
        l->mass[i] *= scale;
    for (size_t i = 0; i < s->n * nodes; i++)
        l->g[i] = l->next[i] * scale;
    return signal / (signal + left);
}

/* Points until the hazard is constant. */
static fm_status
walk(const states *s, law *l, const fm_spc_state *state, bool changed,
     fm_spc_tally *tally)
{
    enum {
        STEPS_MAX = 100000
    };
    law_watch(s, l, state, changed);
    bool settled = fm_spc_tally_step(tally, step(s, l), 0);
    if (changed)
        law_watch(s, l, state, false);
    for (size_t n = 1; n < STEPS_MAX && !settled; n++)
        settled = fm_spc_tally_step(tally, step(s, l), 0);
    return settled ? FM_OK : FM_ENOCONV;
}

/* ---- 4. evaluation ---------------------------------------------------------------- */

static fm_status
eval_nodes(const states *s, const fm_spc_state *state, const fm_spc_wish *wish,
           size_t nodes, fm_spc_run_length *out)
{
    const fm_spc_state in_control = {0, 1};
    size_t needed = 20 + 2 * s->window;
    law l;
    fm_status st = law_create(s, nodes, &l);
    if (st != FM_OK)
        return st;
    law_begin(s, &l);
    fm_spc_tally tally = fm_spc_tally_start(wish, needed);
    st = walk(s, &l, state, false, &tally);
    if (st == FM_OK)
        fm_spc_tally_finish(&tally, out);
    out->steady = NAN;
    if (st == FM_OK && wish != NULL && (wish->want & FM_SPC_WANT_STEADY)) {
        fm_spc_run_length late;
        law_begin(s, &l);
        tally = fm_spc_tally_start(NULL, needed);
        st = walk(s, &l, &in_control, false, &tally);
        tally = fm_spc_tally_start(NULL, needed);
        if (st == FM_OK)
            st = walk(s, &l, state, true, &tally);
        if (st == FM_OK) {
            fm_spc_tally_finish(&tally, &late);
            out->steady = late.arl;
        }
    }
    law_free(&l);
    return st;
}

/* The densities on a zone of chance p are like exp(p t): the smaller, the smoother. */
static size_t
choose_nodes(const states *s, const fm_spc_state *state)
{
    double p[FM_SPC_ZONES_MAX];
    fm_spc_zones_chance(&s->chain->zones, state->mean, state->sigma, p);
    for (size_t z = 0; z < s->n_zones; z++)
        if (p[z] > 0.5)
            return NODES;
    return NODES_SMALL;
}

fm_status
fm_spc_eval_rules(const fm_spc_design *design, const fm_spc_state *state,
                  const fm_spc_wish *wish, fm_spc_run_length *out)
{
    states s;
    fm_spc_run_length found = {.steady = NAN}, coarse = {.steady = NAN};
    fm_status st = states_create(design->rules, &s);
    if (st != FM_OK)
        return st;
    size_t nodes = choose_nodes(&s, state);
    if (s.ordered)
        st = eval_nodes(&s, state, NULL, nodes - FEWER, &coarse);
    if (st == FM_OK)
        st = eval_nodes(&s, state, wish, nodes, &found);
    if (st == FM_OK) {
        found.size = s.n;
        if (s.ordered)
            found.error += fabs(found.arl - coarse.arl);
        *out = found;
    }
    states_free(&s);
    return st;
}
