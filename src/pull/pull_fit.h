/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pull.fit: the places of its parameters, columns and tables, and what its parts share:
 * declarations (pull_fit.c), rows of the data (pull_fit_data.c), fits (pull_fit_modes.c),
 * bounds (pull_fit_bounds.c), curves (pull_fit_curves.c), the run (pull_fit_run.c). */
#ifndef FM_PULL_PULL_FIT_H
#define FM_PULL_PULL_FIT_H

#include "core/rows.h"
#include "core/study.h"
#include "math/lifedist.h"
#include "pull/pull_geometry.h"
#include "pull/pull_risks.h"

enum {
    F_DISTRIBUTION,
    F_INTERVAL,
    F_CONFIDENCE,
    F_REPLICATES,
    F_PERCENTILES,
    F_LIMIT,
    F_MAX_BELOW,
    F_KNOWN_SHAPE,
    F_ZONE,
    F_WIRE,
    F_LOT,
    F_SPAN, /* five of the geometry, in the order of fm_fit_length */
    F_HEIGHT,
    F_DROP,
    F_POSITION,
    F_TILT,
    F_AT_SPAN, /* the same five where the forces are predicted */
    F_AT_HEIGHT,
    F_AT_DROP,
    F_AT_POSITION,
    F_AT_TILT,
    F_MODES_SPAN,
    F_MODES_1,
    F_MODES_2,
    F_MODES_HOOK,
    F_N_PARAMS
};
enum {
    INTERVAL_WALD,
    INTERVAL_LIKELIHOOD,
    INTERVAL_BOOTSTRAP
};
/* Choices of `distribution`: those of fm_math_family, and one more. */
enum {
    DISTRIBUTION_BEST = FM_MATH_N_FAMILIES
};

/* Columns of the input `pulls`. */
enum {
    D_FORCE,
    D_MODE,
    D_COUNT,
    D_SPAN,
    D_HEIGHT,
    D_DROP,
    D_POSITION,
    D_TILT,
    D_ZONE,
    D_WIRE,
    D_LOT,
    D_N_COLUMNS
};

enum {
    FIT_SUMMARY,
    FIT_PARAMETERS,
    FIT_PERCENTILES,
    FIT_BELOW,
    FIT_LOGLIK,
    FIT_CANDIDATES,
    FIT_PLOT,
    FIT_INCIDENCE,
    FIT_PREDICTION,
    FIT_SHARES,
    FIT_N_TABLES
};

/* What became of a mode; the words of the status columns. */
typedef enum fm_fit_status {
    FIT_OK,
    FIT_NO_FAILURE,    /* of the rows taken none broke in this mode */
    FIT_NO_SCALE,      /* the scale cannot be estimated: every failure at the largest */
    FIT_NO_MAXIMUM,    /* weibull3: no maximum inside, or too few different failures */
    FIT_KNOWN_SHAPE,   /* only a bound of the scale, with weibayes.shape */
    FIT_NOT_CONVERGED, /* not seen */
    FIT_N_STATUS
} fm_fit_status;
extern const char *const fm_fit_status_words[FIT_N_STATUS + 1];
extern const char *const fm_fit_distributions[DISTRIBUTION_BEST + 2];
extern const char *const fm_fit_methods[];
enum {
    METHOD_WALD,
    METHOD_LIKELIHOOD,
    METHOD_BOOTSTRAP,
    METHOD_DELTA, /* of several modes together, from the Wald variances */
    METHOD_KNOWN_SHAPE,
    METHOD_NONE
};

/* Name of the rows for all modes together. */
extern const char fm_fit_all_modes[];

enum {
    FIT_GEOMETRY = 5 /* span, height, drop, position, tilt */
};

/* The rows that are taken, and per mode the strengths behind them. */
typedef struct fm_fit_mode {
    const char *name;
    double *x;             /* [n] c F; 1 with weight 0 where the mode carries no load */
    double *weight;        /* [n] */
    unsigned char *failed; /* [n] */
    double *y;             /* [n] of the fit */
    fm_math_life_data data;
    double n_failed;
    fm_fit_status status;
    fm_math_life_fit fit; /* status FIT_OK */
    fm_math_life *again;  /* [replicates] bootstrap; scale NaN where it failed */
    size_t n_again_failed;
    double anderson_darling;
    double coefficient_1; /* at the predicted geometry */
} fm_fit_mode;

typedef struct fm_fit {
    const fm_point *point;
    const char *unit;         /* of the forces */
    size_t n;                 /* rows taken */
    size_t *row;              /* [n] row of the data */
    double *force;            /* [n] */
    double *weight;           /* [n] counts */
    size_t *cause;            /* [n] mode, or n_modes: censored */
    fm_pull_tension *tension; /* [n], or NULL: forces are taken as they are */
    size_t n_empty;           /* rows without a mode */
    double n_all, n_failed;
    size_t n_modes;
    fm_fit_mode *mode;         /* [n_modes] */
    fm_pull_tension predicted; /* at the predicted geometry */
    bool has_prediction;       /* every mode that broke has a fit */
    fm_math_life *strength;    /* [n_modes] of the fitted modes, for fm_pull_risks */
    double *coefficient_1;     /* [n_modes] 0 for modes without a fit */
    size_t replicates;         /* 0: no bootstrap */
    int64_t interval;          /* INTERVAL_...: as asked for, or wald for long curves */
    size_t *n_unbounded;       /* counts the bounds that were not found */
} fm_fit;

/* An estimate with its bounds. */
typedef struct fm_fit_bounds {
    double value, se, lower, upper;
    int method;
} fm_fit_bounds;

/* Reads the rows: selection, causes, counts, geometry.
 * fit   out  allocates; fm_fit_free
 * returns FM_OK; FM_ESCENARIO, FM_EDATA (place and value in err), FM_ETOOFEW, FM_ENOMEM
 * source  own   terms: bond.failure-mode */
fm_status fm_fit_read(fm_fit *fit, fm_out *out, fm_error *err);

/* Frees what the parts allocated.
 * source  own   terms: bond.failure-mode */
void fm_fit_free(fm_fit *fit);

/* True when data or parameters say where the hook was.
 * source  own   terms: bond.loop-geometry */
bool fm_fit_has_geometry(const fm_point *point);

/* True for families of positive values alone.
 * source  own   terms: stat.life-distribution */
bool fm_fit_is_positive(int64_t distribution);

/* Coefficient of a mode: the tension over the hook force where it breaks.
 * returns FM_OK; FM_ESCENARIO if the lists of modes do not say where it breaks
 * source  own   terms: bond.wire-tension */
fm_status fm_fit_coefficient(const fm_point *point, const char *mode,
                             const fm_pull_tension *tension, double *coefficient_out,
                             fm_error *err);

/* A sorted copy of a mode's rows with weight. */
typedef struct fm_fit_sorted {
    fm_math_life_data data;
    double *x, *weight;
    unsigned char *failed;
} fm_fit_sorted;

/* Makes the copy; fm_fit_sorted_free, also on error.
 * returns FM_OK; FM_ENOMEM
 * source  own   terms: stat.probability-plot */
fm_status fm_fit_sort(const fm_fit_mode *mode, fm_fit_sorted *sorted_out);
void fm_fit_sorted_free(fm_fit_sorted *sorted);

/* Fits every mode, says by remarks what some lack, and puts the candidates.
 * returns FM_OK; FM_ETOOFEW, FM_ESINGULAR, FM_EVALID, FM_ENOCONV if no mode has a fit;
 *         FM_ENOMEM
 * source  as fm_math_life_fit_eval   terms: stat.maximum-likelihood */
fm_status fm_fit_modes(fm_fit *fit, fm_out *out, fm_error *err);

/* Put the rows of the figures' tables: one mode's plot; incidence; prediction and shares.
 * returns FM_OK; FM_ENOMEM; FM_ENOCONV; FM_EDOM
 * source  Meeker and Escobar (1998), chapter 6; Aalen and Johansen (1978)
 * terms: stat.probability-plot bond.cumulative-incidence */
fm_status fm_fit_put_plot(const fm_fit *fit, fm_out *out, size_t mode);
fm_status fm_fit_put_incidence(const fm_fit *fit, fm_out *out);
fm_status fm_fit_put_prediction(const fm_fit *fit, fm_out *out);

/* Draws and fits the bootstrap replicates of all fitted modes.
 * returns FM_OK; FM_ENOMEM; FM_EINTERRUPT
 * source  Efron and Tibshirani (1993), chapter 13   terms: stat.bootstrap */
fm_status fm_fit_bootstrap(fm_fit *fit, fm_error *err);

/* Estimate and bounds of one mode's scale, quantile or probability; see
 * fm_math_life_target for `at` and what the values are.
 * returns FM_OK; FM_ENOMEM; FM_ENOCONV
 * source  Meeker and Escobar (1998), chapters 8, 9
 * terms: stat.wald-interval stat.likelihood-interval stat.bootstrap */
fm_status fm_fit_mode_bounds(const fm_fit *fit, size_t mode, fm_math_life_target target,
                             double at, fm_fit_bounds *out);

/* The same with Wald bounds, whatever the parameter `interval` says.
 * source  as fm_fit_mode_bounds   terms: stat.wald-interval */
fm_status fm_fit_wald_bounds(const fm_fit *fit, size_t mode, fm_math_life_target target,
                             double at, fm_fit_bounds *out);

/* Quantile of all modes together at the predicted geometry, and probability below a
 * force.
 * returns FM_OK; FM_ENOMEM; FM_ENOCONV; FM_EDOM
 * source  delta method over independent modes; bootstrap   terms: bond.competing-risks */
fm_status fm_fit_all_quantile(const fm_fit *fit, double p_1, fm_fit_bounds *out);
fm_status fm_fit_all_below(const fm_fit *fit, double force, fm_fit_bounds *out);

/* Modes for the functions of pull_risks.h.
 * source  own   terms: bond.competing-risks */
fm_pull_risks fm_fit_risks(const fm_fit *fit);

/* The study's functions; see fm_study.
 * run: FM_OK; FM_ESCENARIO, FM_EDATA, FM_ETOOFEW, FM_EVALID, FM_ENOMEM, FM_EINTERRUPT
 * check: FM_OK; FM_ESCENARIO   terms: bond.competing-risks */
fm_status fm_pull_fit_run(const fm_point *point, fm_out *out, fm_error *err);
fm_status fm_pull_fit_check(const fm_point *point, fm_error *err);
uint64_t fm_pull_fit_rows(const fm_point *point, size_t table);

#endif
