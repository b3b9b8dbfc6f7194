/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run rules with one bit mask per side: shift in the newest point, count the window.
 *
 * Contents
 *   1. one point      2. masks of 64 points      3. 64 points at once      4. public
 *
 * In a mask the newest point is bit 0, so that the mask of 64 points is what shifting
 * them in one by one leaves behind.
 */
#include "config.h"

#include <math.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "spc/spc_rules.h"

enum {
    WORD = 64,
    PLANES = 7 /* bits of a count up to 64 */
};

/* ---- 1. one point ---------------------------------------------------------------- */

/* Bits that must be set one after the other: six points of a trend are five steps,
 * fourteen alternating points turn twelve times. */
static unsigned
run_of(const fm_spc_rule *rule)
{
    return rule->pattern == FM_SPC_ZONE    ? rule->w
           : rule->pattern == FM_SPC_TREND ? rule->w - 1
                                           : rule->w - 2;
}

/* Shifts `in` into the mask; true if the newest point is in and m of the last w are. */
static int
shift_in(uint64_t *mask, int in, const fm_spc_rule *rule)
{
    *mask = *mask << 1 | (unsigned)in;
    if (!in)
        return 0;
    uint64_t full = UINT64_MAX >> (WORD - run_of(rule));
    uint64_t window = *mask & full;
    if (rule->m == rule->w) /* saves counting */
        return window == full;
    return (unsigned)__builtin_popcountll(window) >= rule->m;
}

typedef struct sides {
    int above, below;
} sides;

static sides
zone_sides(const fm_spc_rule *rule, double value, double centre, double sigma)
{
    double high = centre + rule->k * sigma, low = centre - rule->k * sigma;
    if (rule->region == FM_SPC_BEYOND) {
        sides in = {value > high, value < low};
        if (rule->side == FM_SPC_EITHER_SIDE)
            in = (sides){in.above | in.below, 0};
        return in;
    }
    int within = value < high && value > low;
    if (rule->side == FM_SPC_EITHER_SIDE)
        return (sides){within, 0};
    return (sides){within && value > centre, within && value < centre};
}

static sides
step_sides(const fm_spc_rule *rule, fm_spc_rule_state *state, double value)
{
    int step = state->started ? (value > state->last) - (value < state->last) : 0;
    int turn = step != 0 && step == -state->step;
    state->last = value;
    state->started = true;
    state->step = (signed char)step;
    if (rule->pattern == FM_SPC_ALTERNATION)
        return (sides){turn, 0};
    return (sides){step > 0, step < 0};
}

uint32_t
fm_spc_rules_step(const fm_spc_rule *rules, size_t n_rules, fm_spc_rule_state *state,
                  double value, double centre, double sigma)
{
    uint32_t flags = 0;
    if (isnan(value)) {
        memset(state, 0, n_rules * sizeof *state);
        return 0;
    }
    for (size_t r = 0; r < n_rules; r++) {
        const fm_spc_rule *rule = &rules[r];
        sides in = rule->pattern != FM_SPC_ZONE ? step_sides(rule, &state[r], value)
                                                : zone_sides(rule, value, centre, sigma);
        int signal = shift_in(&state[r].above, in.above, rule);
        signal |= shift_in(&state[r].below, in.below, rule);
        flags |= (uint32_t)signal << r;
    }
    return flags;
}

/* ---- 2. masks of 64 points ------------------------------------------------------- */

#ifdef __SSE2__

/* The lowest bit becomes the highest. */
static uint64_t
reverse(uint64_t v)
{
    v = (v >> 1 & UINT64_C(0x5555555555555555)) | (v & UINT64_C(0x5555555555555555)) << 1;
    v = (v >> 2 & UINT64_C(0x3333333333333333)) | (v & UINT64_C(0x3333333333333333)) << 2;
    v = (v >> 4 & UINT64_C(0x0f0f0f0f0f0f0f0f)) | (v & UINT64_C(0x0f0f0f0f0f0f0f0f)) << 4;
    return __builtin_bswap64(v);
}

static uint64_t
mask_above(const double *x, double limit)
{
    const __m128d l = _mm_set1_pd(limit);
    uint64_t mask = 0;
    for (int i = 0; i < WORD; i += 4) {
        int a = _mm_movemask_pd(_mm_cmpgt_pd(_mm_loadu_pd(x + i), l));
        int b = _mm_movemask_pd(_mm_cmpgt_pd(_mm_loadu_pd(x + i + 2), l));
        mask |= (uint64_t)(unsigned)(a | b << 2) << i;
    }
    return reverse(mask);
}

static uint64_t
mask_below(const double *x, double limit)
{
    const __m128d l = _mm_set1_pd(limit);
    uint64_t mask = 0;
    for (int i = 0; i < WORD; i += 4) {
        int a = _mm_movemask_pd(_mm_cmplt_pd(_mm_loadu_pd(x + i), l));
        int b = _mm_movemask_pd(_mm_cmplt_pd(_mm_loadu_pd(x + i + 2), l));
        mask |= (uint64_t)(unsigned)(a | b << 2) << i;
    }
    return reverse(mask);
}

/* Points above (below) the one before, the first excepted. */
static void
mask_steps(const double *x, uint64_t *up_out, uint64_t *down_out)
{
    uint64_t up = 0, down = 0;
    for (int i = 0; i < WORD - 2; i += 2) {
        const __m128d old = _mm_loadu_pd(x + i), new = _mm_loadu_pd(x + i + 1);
        up |= (uint64_t)(unsigned)_mm_movemask_pd(_mm_cmpgt_pd(new, old)) << (i + 1);
        down |= (uint64_t)(unsigned)_mm_movemask_pd(_mm_cmplt_pd(new, old)) << (i + 1);
    }
    up |= (uint64_t)(x[WORD - 1] > x[WORD - 2]) << (WORD - 1);
    down |= (uint64_t)(x[WORD - 1] < x[WORD - 2]) << (WORD - 1);
    *up_out = reverse(up);
    *down_out = reverse(down);
}

#else

/* Bytes 0 or 1 to bits, the first byte to the highest bit: the product moves byte k of
 * eight from bit 8k to bit 63 - k, and no two terms meet. */
static uint64_t
pack(const unsigned char byte[WORD])
{
    uint64_t mask = 0;
    for (int i = 0; i < WORD; i += 8) {
        uint64_t eight = 0;
        for (int k = 7; k >= 0; k--) /* one load where the machine is little-endian */
            eight = eight << 8 | byte[i + k];
        mask = mask << 8 | eight * UINT64_C(0x8040201008040201) >> 56;
    }
    return mask;
}

static uint64_t
mask_above(const double *x, double limit)
{
    unsigned char byte[WORD];
    for (int i = 0; i < WORD; i++)
        byte[i] = x[i] > limit;
    return pack(byte);
}

static uint64_t
mask_below(const double *x, double limit)
{
    unsigned char byte[WORD];
    for (int i = 0; i < WORD; i++)
        byte[i] = x[i] < limit;
    return pack(byte);
}

/* Points above (below) the one before, the first excepted. */
static void
mask_steps(const double *x, uint64_t *up_out, uint64_t *down_out)
{
    unsigned char up[WORD], down[WORD];
    up[0] = down[0] = 0;
    for (int i = 1; i < WORD; i++) {
        up[i] = x[i] > x[i - 1];
        down[i] = x[i] < x[i - 1];
    }
    *up_out = pack(up);
    *down_out = pack(down);
}

#endif

static bool
any_missing(const double *x)
{
    int missing = 0;
    for (int i = 0; i < WORD; i++)
        missing |= x[i] != x[i];
    return missing != 0;
}

/* Masks that several rules share; made when the first rule asks. */
typedef struct masks {
    const double *x;
    fm_spc_zone zone;
    struct level {
        double k;
        uint64_t above, below;      /* beyond k sigma */
        uint64_t not_high, not_low; /* strictly inside */
        bool has_beyond, has_within;
    } level[FM_SPC_RULES_MAX + 1];
    size_t n_levels;
    uint64_t up, down; /* bit of the first point excepted: see step_masks */
    bool has_steps;
} masks;

static struct level *
find_level(masks *m, double k)
{
    for (size_t i = 0; i < m->n_levels; i++)
        if (!(m->level[i].k < k) && !(m->level[i].k > k))
            return &m->level[i];
    struct level *l = &m->level[m->n_levels++];
    *l = (struct level){.k = k};
    return l;
}

static struct level *
beyond_level(masks *m, double k)
{
    struct level *l = find_level(m, k);
    if (!l->has_beyond) {
        l->above = mask_above(m->x, m->zone.centre + k * m->zone.sigma);
        l->below = mask_below(m->x, m->zone.centre - k * m->zone.sigma);
        l->has_beyond = true;
    }
    return l;
}

static struct level *
within_level(masks *m, double k)
{
    struct level *l = find_level(m, k);
    if (!l->has_within) {
        l->not_high = mask_below(m->x, m->zone.centre + k * m->zone.sigma);
        l->not_low = mask_above(m->x, m->zone.centre - k * m->zone.sigma);
        l->has_within = true;
    }
    return l;
}

/* Steps of all points but the first, whose predecessor each rule's state knows. */
static void
make_steps(masks *m)
{
    if (!m->has_steps)
        mask_steps(m->x, &m->up, &m->down);
    m->has_steps = true;
}

/* ---- 3. 64 points at once -------------------------------------------------------- */

/* 128 points, the newest in bit 0 of `now`. */
typedef struct wide {
    uint64_t before, now;
} wide;

static wide
older(wide v, unsigned by) /* 1 ... 63 */
{
    return (wide){v.before >> by, v.now >> by | v.before << (WORD - by)};
}

/* Bits of `now` at which the last w points were all in. */
static uint64_t
all_of(wide v, unsigned w)
{
    for (unsigned have = 1; have < w;) {
        unsigned by = have < w - have ? have : w - have;
        wide o = older(v, by);
        v = (wide){v.before & o.before, v.now & o.now};
        have += by;
    }
    return v.now;
}

/* Bits at which m of the last w points were in: 64 counters at once, bit by bit. */
static uint64_t
some_of(wide v, unsigned m, unsigned w)
{
    uint64_t plane[PLANES] = {0};
    for (unsigned by = 0; by < w; by++) {
        uint64_t carry = by == 0 ? v.now : older(v, by).now;
        for (int p = 0; p < PLANES && carry != 0; p++) {
            uint64_t next = plane[p] & carry;
            plane[p] ^= carry;
            carry = next;
        }
    }
    uint64_t more = 0, equal = UINT64_MAX;
    for (int p = PLANES - 1; p >= 0; p--) {
        uint64_t bit = (m >> p & 1) != 0 ? UINT64_MAX : 0;
        more |= equal & plane[p] & ~bit;
        equal &= ~(plane[p] ^ bit);
    }
    return more | equal;
}

static uint64_t
signals(uint64_t *state, uint64_t in, const fm_spc_rule *rule)
{
    wide v = {*state, in};
    *state = in;
    if (in == 0)
        return 0;
    return rule->m == rule->w ? all_of(v, run_of(rule))
                              : in & some_of(v, rule->m, rule->w);
}

/* Takes the steps of all 64 points, with the one to the first from the state. */
static void
step_masks(const fm_spc_rule *rule, fm_spc_rule_state *state, masks *m,
           uint64_t *above_out, uint64_t *below_out)
{
    const uint64_t first = UINT64_C(1) << (WORD - 1);
    make_steps(m);
    uint64_t up = m->up, down = m->down;
    if (state->started && m->x[0] > state->last)
        up |= first;
    if (state->started && m->x[0] < state->last)
        down |= first;
    if (rule->pattern == FM_SPC_ALTERNATION) {
        uint64_t was_up = up >> 1 | (state->step > 0 ? first : 0);
        uint64_t was_down = down >> 1 | (state->step < 0 ? first : 0);
        *above_out = (up & was_down) | (down & was_up);
        *below_out = 0;
    } else {
        *above_out = up;
        *below_out = down;
    }
    state->last = m->x[WORD - 1];
    state->started = true;
    state->step = (signed char)((int)(up & 1) - (int)(down & 1));
}

static uint64_t
judge(const fm_spc_rule *rule, fm_spc_rule_state *state, masks *m)
{
    uint64_t above, below;
    if (rule->pattern != FM_SPC_ZONE) {
        step_masks(rule, state, m, &above, &below);
    } else if (rule->region == FM_SPC_BEYOND) {
        const struct level *l = beyond_level(m, rule->k);
        above = l->above;
        below = l->below;
    } else {
        const struct level *l = within_level(m, rule->k);
        above = below = l->not_high & l->not_low;
        if (rule->side == FM_SPC_SAME_SIDE) {
            const struct level *half = beyond_level(m, 0);
            above &= half->above;
            below &= half->below;
        }
    }
    if (rule->side == FM_SPC_EITHER_SIDE && rule->pattern == FM_SPC_ZONE) {
        above |= below;
        below = 0;
    }
    return signals(&state->above, above, rule) | signals(&state->below, below, rule);
}

static void
judge_word(const fm_spc_rule *rules, size_t n_rules, fm_spc_rule_state *state, masks *m,
           uint32_t *flags_out)
{
    memset(flags_out, 0, WORD * sizeof *flags_out);
    for (size_t r = 0; r < n_rules; r++) {
        uint64_t hit = judge(&rules[r], &state[r], m);
        for (; hit != 0; hit &= hit - 1)
            flags_out[WORD - 1 - __builtin_ctzll(hit)] |= UINT32_C(1) << r;
    }
}

/* ---- 4. public ------------------------------------------------------------------- */

fm_status
fm_spc_rules_validate(const fm_spc_rule *rules, size_t n_rules)
{
    if (n_rules > FM_SPC_RULES_MAX)
        return FM_EDOM;
    for (size_t r = 0; r < n_rules; r++)
        if (fm_spc_rule_validate(&rules[r]) != FM_OK)
            return FM_EDOM;
    return FM_OK;
}

void
fm_spc_rules_run(const fm_spc_rule *rules, size_t n_rules, fm_spc_rule_state *state,
                 const double *value, size_t n, fm_spc_zone zone, uint32_t *flags_out)
{
    size_t i = 0;
    for (; i + WORD <= n; i += WORD) {
        masks m = {.x = value + i, .zone = zone, .n_levels = 0, .has_steps = false};
        if (!any_missing(m.x)) {
            judge_word(rules, n_rules, state, &m, flags_out + i);
            continue;
        }
        for (size_t k = i; k < i + WORD; k++)
            flags_out[k] = fm_spc_rules_step(rules, n_rules, state, value[k], zone.centre,
                                             zone.sigma);
    }
    for (; i < n; i++)
        flags_out[i] =
            fm_spc_rules_step(rules, n_rules, state, value[i], zone.centre, zone.sigma);
}
