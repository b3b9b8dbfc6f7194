/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the study spc.gauge share. */
#ifndef FM_SPC_GAUGE_H
#define FM_SPC_GAUGE_H

#include "core/rows.h"
#include "core/study.h"
#include "spc/spc_crossed.h"
#include "spc/spc_gauge_model.h"

enum { /* parameters */
    FM_GAUGE_P_RESPONSE,
    FM_GAUGE_P_PART,
    FM_GAUGE_P_OPERATOR,
    FM_GAUGE_P_LAYOUT,
    FM_GAUGE_P_FACTORS,
    FM_GAUGE_P_TERMS,
    FM_GAUGE_P_METHOD,
    FM_GAUGE_P_INTERACTION,
    FM_GAUGE_P_POOL_ABOVE,
    FM_GAUGE_P_TOLERANCE,
    FM_GAUGE_P_SPREAD,
    FM_GAUGE_P_CONFIDENCE,
    FM_GAUGE_P_GOOD,
    FM_GAUGE_P_ACCEPTABLE,
    FM_GAUGE_P_CATEGORIES
};

enum { /* columns of the input: as declared */
    FM_GAUGE_C_RESPONSE,
    FM_GAUGE_C_PART,
    FM_GAUGE_C_OPERATOR,
    FM_GAUGE_C_FACTORS
};

enum { /* tables */
    FM_GAUGE_T_ANOVA,
    FM_GAUGE_T_COMPONENTS,
    FM_GAUGE_T_SUMMARY,
    FM_GAUGE_T_READINGS,
    FM_GAUGE_T_CELLS
};

enum { /* layouts */
    FM_GAUGE_CROSSED,
    FM_GAUGE_NESTED,
    FM_GAUGE_EXPANDED
};

enum { /* methods */
    FM_GAUGE_AUTO,
    FM_GAUGE_ANOVA,
    FM_GAUGE_REML
};

enum { /* interaction */
    FM_GAUGE_INTERACTION_AUTO,
    FM_GAUGE_INTERACTION_KEEP,
    FM_GAUGE_INTERACTION_DROP
};

enum {
    FM_GAUGE_NAME_SIZE = 200
};

/* One analysis in progress.  Factor 0 is the part, 1 the operator (if there is one), then
 * the further factors. */
typedef struct fm_gauge {
    const fm_point *point;
    size_t n, n_missing, n_factors, first_extra;
    const fm_data_column *factor[FM_SPC_FACTOR_MAX];
    size_t *row;      /* [n] data row of the i-th reading */
    double *y;        /* [n] */
    int32_t *code;    /* [n_factors][n] */
    int32_t *scratch; /* [n_factors][n] */
    size_t *words, *cell_unit;
    double *work;
    unsigned given[FM_SPC_TERM_MAX]; /* masks as the user wrote the terms */
    bool nested_part[FM_SPC_TERM_MAX];
    char given_name[FM_SPC_TERM_MAX][FM_GAUGE_NAME_SIZE];
    size_t n_given;
    char name[FM_SPC_SOURCE_MAX][FM_GAUGE_NAME_SIZE]; /* of the sources, in order */
    bool is_part[FM_SPC_SOURCE_MAX];
    fm_spc_design design;
    fm_spc_anova full, anova; /* with and without the interaction */
    bool has_anova, pooled;
    bool use_reml;
    fm_spc_reml_fit fit;
    fm_spc_component component[FM_SPC_SOURCE_MAX];
    double mean, std_error, deviance;
} fm_gauge;

/* Terms of the layout from the parameters.
 * returns FM_OK; FM_ESCENARIO with a message that begins with the parameter's key */
fm_status fm_gauge_terms(fm_gauge *g, fm_error *err);

/* Readings with a value and all labels.
 * returns FM_OK; FM_ENOMEM, FM_ETOOFEW, FM_ESINGULAR, FM_EDATA with a message */
fm_status fm_gauge_collect(fm_gauge *g, fm_error *err);
void fm_gauge_free(fm_gauge *g);

/* Components by ANOVA or REML; leaves g->component, g->anova, names. */
fm_status fm_gauge_estimate(fm_gauge *g, fm_out *out, fm_error *err);

/* All tables. */
fm_status fm_gauge_put(const fm_gauge *g, fm_out *out);

#endif
