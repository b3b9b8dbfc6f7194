/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of study spc.chart.
 *
 * A chart takes the rows of its input as samples (one value, one subgroup, one counted
 * sample), estimates centre and sigma from those of the baseline in a first pass, and
 * plots one to three statistics per sample in a second.  Nothing but the rows that go to
 * the result grows with the length of the series.
 *
 * Contents
 *   1. parameters, tables     3. traces       5. families
 *   2. samples                4. estimates */
#ifndef FM_SPC_CHART_H
#define FM_SPC_CHART_H

#include "core/data.h"
#include "core/rows.h"
#include "core/study.h"
#include "spc/spc_attribute.h"
#include "spc/spc_limits.h"
#include "spc/spc_multivariate.h"
#include "spc/spc_rules.h"

/* ---- 1. parameters, tables -------------------------------------------------------- */

enum {
    P_CHART,
    P_RESPONSE,
    P_ALSO,
    P_SUBGROUP,
    P_SUBGROUP_SIZE,
    P_SAMPLE_COLUMN,
    P_SAMPLE_SIZE,
    P_STAGE,
    P_PART,
    P_LABEL,
    P_SIGMA,
    P_BASELINE_FIRST,
    P_BASELINE_LAST,
    P_GIVEN_CENTRE,
    P_GIVEN_SIGMA,
    P_LIMITS_WIDTH,
    P_LIMITS_FALSE_ALARM,
    P_LIMITS_DISTANCE,
    P_RULES,
    P_RULES_ON_SPREAD,
    P_LAMBDA,
    P_EWMA_LIMITS,
    P_CUSUM_K,
    P_CUSUM_H,
    P_CUSUM_HEAD_START,
    P_KEEP
};

typedef enum fm_chart_kind {
    CHART_INDIVIDUALS,
    CHART_XBAR_R,
    CHART_XBAR_S,
    CHART_I_MR_R,
    CHART_I_MR_S,
    CHART_Z_MR,
    CHART_EWMA,
    CHART_CUSUM,
    CHART_P,
    CHART_NP,
    CHART_C,
    CHART_U,
    CHART_LANEY_P,
    CHART_LANEY_U,
    CHART_G,
    CHART_T,
    CHART_T2,
    CHART_MEWMA,
    CHART_COUNT
} fm_chart_kind;

enum {
    SIGMA_SPREAD,
    SIGMA_POOLED,
    SIGMA_OVERALL
};
enum {
    EWMA_EXACT,
    EWMA_ASYMPTOTIC
};

enum {
    C_RESPONSE,
    C_ALSO,
    C_SUBGROUP,
    C_SIZE,
    C_STAGE,
    C_PART,
    C_LABEL
};

enum {
    T_LIMITS,
    T_POINTS,
    T_LOCATION,
    T_SPREAD,
    T_WITHIN,
    T_SUMMARY
};

/* Statistics in the order of `words` of column statistic. */
typedef enum fm_chart_statistic {
    STAT_INDIVIDUAL,
    STAT_MOVING_RANGE,
    STAT_MEAN,
    STAT_MEAN_RANGE, /* moving range of means */
    STAT_RANGE,
    STAT_STD_DEV,
    STAT_Z,
    STAT_Z_RANGE,
    STAT_EWMA,
    STAT_CUSUM_UP,
    STAT_CUSUM_DOWN,
    STAT_SHARE,
    STAT_DEFECTIVES,
    STAT_DEFECTS,
    STAT_RATE,
    STAT_COUNT_BETWEEN,
    STAT_TIME_BETWEEN,
    STAT_T2,
    STAT_MEWMA
} fm_chart_statistic;

static inline fm_chart_kind
fm_chart_of(const fm_point *point)
{
    return (fm_chart_kind)fm_integer(point, P_CHART);
}

/* Checks of the parameters together (spc_chart_check.c). */
fm_status fm_chart_check(const fm_point *point, fm_error *err);

/* ---- 2. samples (spc_chart_sample.c) ----------------------------------------------- */

/* What stands behind one plotted point. */
typedef struct fm_chart_sample {
    uint64_t index; /* from 1 */
    uint64_t row;   /* first row of the input */
    uint64_t line;  /* its line, for messages */
    size_t n_rows;
    size_t stage, part; /* from 0, in order of appearance */
    fm_spc_subgroup group;
    double value;                   /* single value, mean or count; NaN: missing */
    double size;                    /* counted samples: items or units */
    double x[FM_SPC_VARIABLES_MAX]; /* multivariate */
} fm_chart_sample;

typedef struct fm_chart_sampler fm_chart_sampler;

/* returns FM_OK; FM_ENOMEM; FM_EDATA (rows out of order) */
fm_status fm_chart_sampler_create(const fm_point *point, fm_chart_sampler **out,
                                  fm_error *err);
void fm_chart_sampler_free(fm_chart_sampler *sampler);
void fm_chart_sampler_rewind(fm_chart_sampler *sampler);
/* The next sample; *more_out is false at the end.
 * returns FM_OK; FM_EDATA, FM_EIO, FM_EINTERRUPT, FM_EDOM (a value is infinite) */
fm_status fm_chart_sampler_next(fm_chart_sampler *sampler, fm_chart_sample *out,
                                bool *more_out, fm_error *err);

/* Labels of the data; "" where there is none. */
const char *fm_chart_label(const fm_point *point, const fm_chart_sample *sample);
const char *fm_chart_stage_label(const fm_point *point, size_t stage);
const char *fm_chart_part_label(const fm_point *point, size_t part);
size_t fm_chart_n_stages(const fm_point *point);
size_t fm_chart_n_parts(const fm_point *point);

/* ---- 3. traces (spc_chart_trace.c) ------------------------------------------------- */

/* One plotted point. */
typedef struct fm_chart_mark {
    uint64_t index, row;
    size_t n; /* values behind it */
    size_t stage;
    double value;     /* NaN: missing; breaks runs */
    double score;     /* what the rules look at; usually the value itself */
    fm_spc_zone zone; /* of the score */
    fm_spc_limits limits;
    bool first_of_stage; /* runs begin anew */
} fm_chart_mark;

enum {
    FM_CHART_BATCH = 1024,   /* marks judged together */
    FM_CHART_BUCKETS = 1000, /* of a drawn series */
    FM_CHART_LIMITS = 1000   /* rows of table limits per statistic */
};

/* Limits that one stage and size have. */
typedef struct fm_chart_limit_row {
    size_t stage, size;
    uint64_t n;
    fm_spc_limits limits;
} fm_chart_limit_row;

/* Several points of the series, as the figures draw them. */
typedef struct fm_chart_bucket {
    uint64_t first, n, n_flagged;
    size_t stage;
    double lowest, highest, sum;
    double centre, lower, upper; /* centre of the first point; widest limits */
    double flagged_lowest, flagged_highest;
} fm_chart_bucket;

typedef struct fm_chart_trace {
    const fm_point *point;
    fm_out *out;
    fm_chart_statistic statistic;
    size_t table; /* T_LOCATION, T_SPREAD, T_WITHIN */
    const fm_spc_rule_set *rules;
    const char *flag_name; /* without rules: of a point beyond a drawn limit */
    bool growing;          /* limits differ from point to point: list the last ones */
    fm_spc_rule_state state[FM_SPC_RULES_MAX];
    uint64_t per_bucket;
    uint64_t keep; /* points kept at most */
    bool keep_all; /* the series is short enough */
    uint64_t n_points, n_flagged, n_kept, n_dropped;
    fm_chart_bucket bucket;
    fm_chart_mark batch[FM_CHART_BATCH];
    size_t n_batch;
    fm_chart_limit_row limits[FM_CHART_LIMITS];
    size_t n_limits, last_limit;
    uint64_t n_unlisted; /* points whose limits found no place in the list */
    fm_status status;    /* of the rows put so far */
} fm_chart_trace;

typedef struct fm_chart_trace_options {
    fm_chart_statistic statistic;
    size_t table;
    uint64_t n_samples;           /* of the whole series */
    const fm_spc_rule_set *rules; /* NULL: beyond the drawn limits */
    const char *flag_name;        /* of a point beyond them */
    bool growing;                 /* table limits has the last ones of a stage and size */
} fm_chart_trace_options;

/* returns FM_OK; FM_ENOMEM */
fm_status fm_chart_trace_create(const fm_point *point, fm_out *out,
                                const fm_chart_trace_options *options,
                                fm_chart_trace **trace_out);
void fm_chart_trace_free(fm_chart_trace *trace);
void fm_chart_trace_put(fm_chart_trace *trace, const fm_chart_mark *mark);
/* Judges what is left, writes the last bucket and the limits. */
fm_status fm_chart_trace_finish(fm_chart_trace *trace);

/* ---- 4. estimates ------------------------------------------------------------------- */

/* Centre and sigma of one stage (or part). */
typedef struct fm_chart_estimate {
    fm_spc_process process; /* within; counts: mean is the level */
    fm_spc_process means;   /* I-MR-R/S: subgroup means as individuals */
    double between;         /* I-MR-R/S: sigma between */
    double spread;          /* Laney: sigma_z; 1 otherwise */
} fm_chart_estimate;

/* A chart at work. */
typedef struct fm_chart {
    const fm_point *point;
    fm_out *out;
    fm_error *err;
    fm_chart_kind kind;
    fm_chart_sampler *sampler;
    size_t n_groups;              /* stages, or parts */
    fm_chart_estimate *estimate;  /* [n_groups] */
    fm_spc_ellipsoid ellipsoid;   /* multivariate */
    double distance_limit;        /* MEWMA */
    fm_spc_rule_set rules;        /* chosen */
    fm_spc_rule_set spread_rules; /* for ranges and standard deviations */
    fm_chart_trace *trace[3];
    size_t n_traces;
    uint64_t n_samples, n_plotted, n_missing, n_values;
    uint64_t base_first, base_last; /* baseline, numbers of samples */
    fm_math_sum sum_n;              /* values per sample, for sigma between */
} fm_chart;

/* True for a sample that counts for centre and sigma. */
static inline bool
fm_chart_in_baseline(const fm_chart *c, const fm_chart_sample *s)
{
    return s->index >= c->base_first && s->index <= c->base_last;
}

/* Adds a trace.  returns FM_OK; FM_ENOMEM (said in c->err) */
fm_status fm_chart_add_trace(fm_chart *c, fm_chart_statistic statistic, size_t table,
                             const fm_spc_rule_set *rules, const char *flag_name);

/* " of stage 'b'" for messages; "" when there is one. */
const char *fm_chart_where(const fm_chart *c, size_t group, char text_out[120]);

/* ---- 5. families -------------------------------------------------------------------- */

/* First pass: fills c->estimate (or c->ellipsoid), c->n_samples.  Second pass: plots. */
typedef struct fm_chart_family {
    fm_status (*estimate)(fm_chart *c);
    fm_status (*plot)(fm_chart *c);
} fm_chart_family;

extern const fm_chart_family fm_chart_variables;    /* individuals ... z-mr */
extern const fm_chart_family fm_chart_timeweighted; /* ewma, cusum */
extern const fm_chart_family fm_chart_attributes;   /* p ... t */
extern const fm_chart_family fm_chart_multivariate; /* t2, mewma */

/* Estimates of the variables family, which the time-weighted one shares. */
fm_status fm_chart_estimate_variables(fm_chart *c);

/* Mean run lengths in control, exact for independent values (normal; binomial, Poisson or
 * geometric counts) and known parameters; T2: the inverse of its false-alarm chance. */
typedef struct fm_chart_arl {
    double location;     /* of the location chart alone; NaN where it is not there */
    double with_ranges;  /* individuals: with the moving ranges; else NaN */
    const char *why_not; /* why `location` is not there, in words; else NULL */
} fm_chart_arl;
fm_status fm_chart_arl_eval(const fm_chart *c, fm_chart_arl *out);
/* The MEWMA limit with a mean run length of 370.4 in control. */
fm_status fm_chart_mewma_limit(const fm_chart *c, double *h_out);

/* The mark of a sample; the family adds value, limits and zone. */
fm_chart_mark fm_chart_mark_of(const fm_chart_sample *sample, size_t previous_stage);

#endif
