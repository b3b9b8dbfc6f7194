/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the study spc.capability share. */
#ifndef FM_SPC_CAPABILITY_H
#define FM_SPC_CAPABILITY_H

#include "core/rows.h"
#include "core/study.h"
#include "math/johnson.h"
#include "math/lifedist.h"
#include "math/normality.h"
#include "math/univariate.h"
#include "spc/spc_capability_model.h"

enum { /* parameters */
    FM_CAPABILITY_P_RESPONSE,
    FM_CAPABILITY_P_SUBGROUP,
    FM_CAPABILITY_P_SIZE,
    FM_CAPABILITY_P_WITHIN,
    FM_CAPABILITY_P_LOWER,
    FM_CAPABILITY_P_UPPER,
    FM_CAPABILITY_P_TARGET,
    FM_CAPABILITY_P_DISTRIBUTION,
    FM_CAPABILITY_P_REQUIRED,
    FM_CAPABILITY_P_CONFIDENCE
};

enum { /* tables */
    FM_CAPABILITY_T_INDICES,
    FM_CAPABILITY_T_SUMMARY,
    FM_CAPABILITY_T_PPM,
    FM_CAPABILITY_T_NORMALITY,
    FM_CAPABILITY_T_FIT,
    FM_CAPABILITY_T_HISTOGRAM,
    FM_CAPABILITY_T_PROBABILITY
};

typedef enum fm_capability_distribution {
    FM_CAPABILITY_NORMAL,
    FM_CAPABILITY_BOX_COX,
    FM_CAPABILITY_JOHNSON,
    FM_CAPABILITY_LOGNORMAL,
    FM_CAPABILITY_WEIBULL,
    FM_CAPABILITY_EMPIRICAL
} fm_capability_distribution;

enum { /* the parameter `within` */
    FM_CAPABILITY_POOLED,
    FM_CAPABILITY_RBAR,
    FM_CAPABILITY_SBAR,
    FM_CAPABILITY_MR
};

/* One analysis in progress. */
typedef struct fm_capability {
    const fm_point *point;
    size_t n_rows, n, n_missing;
    double *series; /* [n_rows] in order of the data, NaN where missing; transformed */
    double *sorted; /* [n] values, ascending */
    double *normal; /* [n] transformed values, ascending */
    double *work;   /* [n_rows] */
    fm_spc_subgroup *group;
    size_t n_groups;
    fm_math_moments raw, moments; /* of the values, of the transformed values */
    fm_spc_specification spec;    /* as given */
    fm_spc_specification spec_t;  /* transformed */
    fm_capability_distribution distribution;
    double lambda; /* Box-Cox */
    fm_math_johnson johnson;
    double johnson_p;
    fm_math_life_fit life;
    int64_t within; /* estimator in use */
    bool has_within;
    fm_spc_spread spread_within, spread_overall;
    fm_spc_indices c, p;
} fm_capability;

/* True for the distributions that become normal by a transformation, the normal one
 * included. */
static inline bool
fm_capability_is_normal(const fm_capability *a)
{
    return a->distribution <= FM_CAPABILITY_JOHNSON;
}

/* Normal variate scale of a value: the transformation. */
double fm_capability_transform(const fm_capability *a, double x);

/* Probabilities below and above x by the within (normal kinds only) or overall spread. */
double fm_capability_below(const fm_capability *a, bool within, double x);
double fm_capability_above(const fm_capability *a, bool within, double x);

/* Value with probability p below it, overall; NaN where there is none. */
double fm_capability_quantile(const fm_capability *a, double p);

fm_status fm_capability_analyse(fm_capability *a, fm_out *out, fm_error *err);
void fm_capability_free(fm_capability *a);

/* All tables. */
fm_status fm_capability_put(fm_capability *a, fm_out *out);

#endif
