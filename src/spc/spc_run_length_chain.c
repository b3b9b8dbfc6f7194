/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds the automaton of a set of run rules: breadth first from the empty memory, then
 * states that cannot be told apart are merged.
 *
 * Contents
 *   1. zones     2. the memory of a rule     3. a table of states     4. merging
 *   5. chains
 *
 * The memory of "m of m" is the length of the run, that of "m of w" the last w - 1 points
 * as bits; one per side, or one for both. */
#include "config.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "spc/spc_run_length_chain.h"

/* ---- 1. zones -------------------------------------------------------------------- */

static void
add_cut(fm_spc_zones *z, double cut)
{
    size_t i = 0;
    while (i <= z->n && z->cut[i] < cut)
        i++;
    if (z->cut[i] == cut)
        return;
    memmove(z->cut + i + 1, z->cut + i, (z->n + 1 - i) * sizeof *z->cut);
    z->cut[i] = cut;
    z->n++;
}

static void
make_zones(const fm_spc_rule_set *rules, fm_spc_zones *z)
{
    *z = (fm_spc_zones){.n = 1, .cut = {-INFINITY, INFINITY}};
    for (size_t r = 0; r < rules->n; r++) {
        const fm_spc_rule *rule = &rules->rule[r];
        if (rule->pattern != FM_SPC_ZONE)
            continue;
        add_cut(z, rule->k);
        add_cut(z, rule->k == 0 ? 0 : -rule->k);
        if (rule->region == FM_SPC_WITHIN && rule->side == FM_SPC_SAME_SIDE)
            add_cut(z, 0);
    }
}

void
fm_spc_zones_chance(const fm_spc_zones *zones, double mean, double sigma, double *p_out)
{
    for (size_t i = 0; i < zones->n; i++) {
        double a = (zones->cut[i] - mean) / sigma, b = (zones->cut[i + 1] - mean) / sigma;
        /* The tail on whose side the zone lies, so that nothing cancels. */
        p_out[i] = a > 0 ? gsl_cdf_ugaussian_Q(a) - gsl_cdf_ugaussian_Q(b)
                         : gsl_cdf_ugaussian_P(b) - gsl_cdf_ugaussian_P(a);
    }
}

/* ---- 2. the memory of a rule ------------------------------------------------------ */

/* One side of a rule, or both together. */
typedef struct watch {
    unsigned m, w;
    bool in[FM_SPC_ZONES_MAX]; /* the zone is in the region */
} watch;

typedef struct watches {
    size_t n;
    watch watch[2 * FM_SPC_RULES_MAX];
} watches;

/* Sides: +1, -1, or 0 for both. */
static bool
in_region(const fm_spc_rule *rule, double low, double high, int side)
{
    if (side == 0 && rule->region == FM_SPC_WITHIN)
        return low >= -rule->k && high <= rule->k;
    if (side == 0)
        return low >= rule->k || high <= -rule->k;
    double a = side > 0 ? low : -high, b = side > 0 ? high : -low;
    return rule->region == FM_SPC_BEYOND ? a >= rule->k : a >= 0 && b <= rule->k;
}

static void
make_watches(const fm_spc_rule_set *rules, const fm_spc_zones *z, watches *all)
{
    all->n = 0;
    for (size_t r = 0; r < rules->n; r++) {
        const fm_spc_rule *rule = &rules->rule[r];
        if (rule->pattern != FM_SPC_ZONE)
            continue;
        /* For a single point sides do not matter. */
        bool both = rule->side == FM_SPC_EITHER_SIDE || rule->w == 1;
        for (int side = both ? 0 : 1; side >= -1; side -= 2) {
            watch *one = &all->watch[all->n++];
            one->m = rule->m;
            one->w = rule->w;
            for (size_t i = 0; i < z->n; i++)
                one->in[i] = in_region(rule, z->cut[i], z->cut[i + 1], side);
            if (both)
                break;
        }
    }
}

/* The memory after a point in or out of the region; true if the rule signals. */
static bool
remember(const watch *one, bool in, uint64_t *memory)
{
    if (one->m == one->w) {
        *memory = in ? *memory + 1 : 0;
        return *memory == one->m;
    }
    /* The last w - 1 points, newest in bit 0. */
    bool signal = in && (unsigned)__builtin_popcountll(*memory) + 1 >= one->m;
    *memory = (*memory << 1 | (unsigned)in) & ((UINT64_C(1) << (one->w - 1)) - 1);
    return signal;
}

/* ---- 3. a table of states --------------------------------------------------------- */

typedef struct table {
    size_t width;   /* words of a key */
    size_t n, room; /* keys there are, and have room */
    uint64_t *key;  /* [room][width] */
    size_t n_slots; /* a power of 2 */
    int32_t *slot;  /* [n_slots] number of a key, or -1 */
} table;

static uint64_t
hash(const uint64_t *key, size_t width)
{
    uint64_t h = UINT64_C(0x9E3779B97F4A7C15);
    for (size_t i = 0; i < width; i++) {
        h = (h ^ key[i]) * UINT64_C(0xBF58476D1CE4E5B9);
        h ^= h >> 29;
    }
    return h;
}

static fm_status
table_create(size_t width, size_t keys, table *t)
{
    *t = (table){.width = width > 0 ? width : 1, .n_slots = 64};
    while (t->n_slots < 2 * keys)
        t->n_slots *= 2;
    t->slot = malloc(t->n_slots * sizeof *t->slot);
    if (t->slot == NULL)
        return FM_ENOMEM;
    memset(t->slot, 0xFF, t->n_slots * sizeof *t->slot);
    return FM_OK;
}

static void
table_free(table *t)
{
    free(t->slot);
    free(t->key);
}

/* Number of a key, which is added if it is new. */
static fm_status
table_find(table *t, const uint64_t *key, int32_t *number_out)
{
    size_t at = hash(key, t->width) & (t->n_slots - 1);
    size_t bytes = t->width * sizeof *key;
    for (; t->slot[at] >= 0; at = (at + 1) & (t->n_slots - 1))
        if (memcmp(t->key + (size_t)t->slot[at] * t->width, key, bytes) == 0) {
            *number_out = t->slot[at];
            return FM_OK;
        }
    if (t->n == FM_SPC_CHAIN_STATES)
        return FM_ERANGE;
    if (t->n == t->room) {
        size_t room = t->room > 0 ? 2 * t->room : 256;
        uint64_t *more = realloc(t->key, room * bytes);
        if (more == NULL)
            return FM_ENOMEM;
        t->key = more;
        t->room = room;
    }
    memcpy(t->key + t->n * t->width, key, bytes);
    t->slot[at] = (int32_t)t->n;
    *number_out = (int32_t)t->n++;
    return FM_OK;
}

/* ---- 4. merging ------------------------------------------------------------------- */

/* Classes of states that the same points lead to a signal: split until nothing changes.
 * class_of  in/out  [n]; all 0 before
 * n_out     out     classes; state 0 is in class 0 */
static fm_status
split(const int32_t *next, size_t n, size_t n_zones, int32_t *class_of, size_t *n_out)
{
    uint64_t *key = calloc(n_zones + 1, sizeof *key);
    int32_t *fresh = malloc(n * sizeof *fresh);
    fm_status st = key != NULL && fresh != NULL ? FM_OK : FM_ENOMEM;
    size_t before = 0, now = 1;
    while (st == FM_OK && now != before) {
        table t = {0};
        st = table_create(n_zones + 1, n, &t);
        for (size_t i = 0; i < n && st == FM_OK; i++) {
            key[0] = (uint64_t)class_of[i];
            for (size_t z = 0; z < n_zones; z++) {
                int32_t to = next[i * n_zones + z];
                key[z + 1] = to < 0 ? UINT64_MAX : (uint64_t)class_of[to];
            }
            st = table_find(&t, key, &fresh[i]);
        }
        before = now;
        now = t.n;
        table_free(&t);
        if (st == FM_OK)
            memcpy(class_of, fresh, n * sizeof *fresh);
    }
    free(fresh);
    free(key);
    *n_out = now;
    return st;
}

/* Replaces the states by their classes. */
static fm_status
merge(fm_spc_chain *chain)
{
    size_t n_zones = chain->zones.n, n = 0;
    int32_t *class_of = calloc(chain->n, sizeof *class_of);
    if (class_of == NULL)
        return FM_ENOMEM;
    fm_status st = split(chain->next, chain->n, n_zones, class_of, &n);
    size_t done = 0; /* classes are numbered in order of appearance */
    for (size_t i = 0; i < chain->n && st == FM_OK; i++) {
        if ((size_t)class_of[i] != done)
            continue;
        for (size_t z = 0; z < n_zones; z++) {
            int32_t to = chain->next[i * n_zones + z];
            chain->next[done * n_zones + z] = to < 0 ? -1 : class_of[to];
        }
        done++;
    }
    if (st == FM_OK)
        chain->n = n;
    free(class_of);
    return st;
}

/* ---- 5. chains -------------------------------------------------------------------- */

/* State after each zone from state i; appends to chain->next. */
static fm_status
explore(const watches *all, table *t, size_t i, fm_spc_chain *chain)
{
    uint64_t key[2 * FM_SPC_RULES_MAX + 1];
    for (size_t z = 0; z < chain->zones.n; z++) {
        bool signal = false;
        memcpy(key, t->key + i * t->width, t->width * sizeof *key);
        for (size_t k = 0; k < all->n; k++)
            signal = remember(&all->watch[k], all->watch[k].in[z], &key[k]) || signal;
        int32_t to = -1;
        fm_status st = signal ? FM_OK : table_find(t, key, &to);
        if (st != FM_OK)
            return st;
        chain->next[i * chain->zones.n + z] = to;
    }
    return FM_OK;
}

static fm_status
build(const watches *all, fm_spc_chain *chain)
{
    table t;
    fm_status st = table_create(all->n, FM_SPC_CHAIN_STATES, &t);
    if (st != FM_OK)
        return st;
    uint64_t empty[2 * FM_SPC_RULES_MAX + 1] = {0};
    int32_t first;
    size_t room = 0;
    st = table_find(&t, empty, &first);
    for (size_t i = 0; i < t.n && st == FM_OK; i++) {
        if (i == room) {
            room = room > 0 ? 2 * room : 256;
            int32_t *more =
                realloc(chain->next, room * chain->zones.n * sizeof *chain->next);
            st = more != NULL ? FM_OK : FM_ENOMEM;
            chain->next = more != NULL ? more : chain->next;
        }
        if (st == FM_OK)
            st = explore(all, &t, i, chain);
    }
    chain->n = t.n;
    table_free(&t);
    return st;
}

fm_status
fm_spc_chain_create(const fm_spc_rule_set *rules, fm_spc_chain **chain_out)
{
    fm_spc_chain *chain = calloc(1, sizeof *chain);
    watches *all = calloc(1, sizeof *all);
    fm_status st = chain != NULL && all != NULL ? FM_OK : FM_ENOMEM;
    if (st == FM_OK) {
        make_zones(rules, &chain->zones);
        make_watches(rules, &chain->zones, all);
        st = build(all, chain);
    }
    if (st == FM_OK)
        st = merge(chain);
    free(all);
    if (st == FM_OK)
        *chain_out = chain;
    else
        fm_spc_chain_free(chain);
    return st;
}

void
fm_spc_chain_free(fm_spc_chain *chain)
{
    if (chain != NULL)
        free(chain->next);
    free(chain);
}
