/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Study spc.agreement: attribute agreement.
 *
 * Contents
 *   1. parameters, inputs     2. tables     3. figures, verdicts     4. data
 *   5. agreement              6. kappa      7. the study
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "core/rows.h"
#include "core/study.h"
#include "math/tolerance.h"
#include "spc/spc_agreement_model.h"

/* ---- 1. parameters, inputs ------------------------------------------------------- */

enum {
    P_RATING,
    P_PART,
    P_OPERATOR,
    P_STANDARD,
    P_CONFIDENCE,
    P_REQUIRED
};

#define NO_TERM_COLUMN "names a column of the user's data"

static const fm_param params[] = {
    {.key = "rating",
     .kind = FM_TEXT,
     .example = "rating",
     .flags = FM_REQUIRED | FM_FIXED | FM_COLUMN_NAME,
     .no_term = NO_TERM_COLUMN,
     .help = "column with the ratings: any words, e.g. good and bad"},
    {.key = "part",
     .kind = FM_TEXT,
     .example = "part",
     .flags = FM_REQUIRED | FM_FIXED | FM_COLUMN_NAME,
     .no_term = NO_TERM_COLUMN,
     .help = "column with the label of the rated part"},
    {.key = "operator",
     .kind = FM_TEXT,
     .example = "operator",
     .flags = FM_REQUIRED | FM_FIXED | FM_COLUMN_NAME,
     .no_term = NO_TERM_COLUMN,
     .help = "column with the label of the rating operator"},
    {.key = "standard",
     .kind = FM_TEXT,
     .example = "standard",
     .flags = FM_OPTIONAL | FM_FIXED | FM_COLUMN_NAME,
     .no_term = NO_TERM_COLUMN,
     .help = "column with the true category of the part"},
    {.key = "confidence",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.95",
     .min = 0,
     .max = 1,
     .flags = FM_OPEN_MIN | FM_OPEN_MAX,
     .term = "met.confidence-interval",
     .help = "confidence level of the two-sided intervals"},
    {.key = "required",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.75",
     .min = 0,
     .max = 1,
     .term = "msa.kappa",
     .help = "kappa that the verdict asks for"},
};

enum {
    C_RATING,
    C_PART,
    C_OPERATOR,
    C_STANDARD,
    N_COLUMNS
};

static const fm_input_column rating_columns[] = {
    {.name = "rating",
     .type = FM_TYPE_TEXT,
     .from_param = "rating",
     .flags = FM_COL_REQUIRED | FM_COL_MISSING,
     .help = "rating"},
    {.name = "part",
     .type = FM_TYPE_TEXT,
     .from_param = "part",
     .flags = FM_COL_REQUIRED | FM_COL_MISSING,
     .help = "label of the part"},
    {.name = "operator",
     .type = FM_TYPE_TEXT,
     .from_param = "operator",
     .flags = FM_COL_REQUIRED | FM_COL_MISSING,
     .help = "label of the operator"},
    {.name = "standard",
     .type = FM_TYPE_TEXT,
     .from_param = "standard",
     .flags = FM_COL_MISSING,
     .help = "true category of the part"},
};

static const char example[] =
    "# Two operators rate six dies twice (made up for this example).\n"
    "part,operator,rating,standard\n"
    "1,A,good,good\n1,A,good,good\n1,B,good,good\n1,B,good,good\n"
    "2,A,bad,bad\n2,A,bad,bad\n2,B,bad,bad\n2,B,good,bad\n"
    "3,A,good,good\n3,A,good,good\n3,B,good,good\n3,B,good,good\n"
    "4,A,bad,bad\n4,A,bad,bad\n4,B,bad,bad\n4,B,bad,bad\n"
    "5,A,good,bad\n5,A,bad,bad\n5,B,bad,bad\n5,B,bad,bad\n"
    "6,A,good,good\n6,A,good,good\n6,B,good,good\n6,B,good,good\n";

static const fm_input_decl inputs[] = {
    {.name = "measurements",
     .columns = rating_columns,
     .n_columns = N_COLUMNS,
     .example = example,
     .help = "one row per rating; each operator rates each part equally often; rows "
             "without a label are left out and counted"},
};

/* ---- 2. tables ------------------------------------------------------------------- */

enum {
    T_AGREEMENT,
    T_KAPPA,
    T_SUMMARY
};

static const char *const kinds[] = {"within operator", "operator against standard",
                                    "between operators", "all against standard", NULL};
enum {
    WITHIN,
    AGAINST,
    BETWEEN,
    ALL
};

static const fm_column agreement_columns[] = {
    {"label", FM_TYPE_TEXT, "", "what is compared", FM_AXIS, NULL, "msa.agreement", NULL},
    {"kind", FM_TYPE_CODE, "", "kind of agreement", FM_VALUE, kinds, "msa.agreement",
     NULL},
    {"operator", FM_TYPE_TEXT, "", "operator", FM_VALUE, NULL, NULL,
     "a label of the user's data"},
    {"n_parts", FM_TYPE_INTEGER, "1", "number of parts", FM_VALUE, NULL, NULL, "a count"},
    {"n_agree", FM_TYPE_INTEGER, "1", "number of parts on which all ratings agree",
     FM_VALUE, NULL, "msa.agreement", NULL},
    {"percent", FM_TYPE_REAL, "%", "share of parts on which all ratings agree", FM_VALUE,
     NULL, "msa.agreement", NULL},
    {"lower", FM_TYPE_REAL, "%", "lower confidence limit of that share", FM_VALUE, NULL,
     "met.confidence-interval", NULL},
    {"upper", FM_TYPE_REAL, "%", "upper confidence limit of that share", FM_VALUE, NULL,
     "met.confidence-interval", NULL},
};

static const fm_column kappa_columns[] = {
    {"label", FM_TYPE_TEXT, "", "what is compared", FM_AXIS, NULL, "msa.kappa", NULL},
    {"kind", FM_TYPE_CODE, "", "kind of agreement", FM_VALUE, kinds, "msa.kappa", NULL},
    {"operator", FM_TYPE_TEXT, "", "operator", FM_VALUE, NULL, NULL,
     "a label of the user's data"},
    {"kappa", FM_TYPE_REAL, "1", "kappa", FM_VALUE, NULL, "msa.kappa", NULL},
    {"std_error", FM_TYPE_REAL, "1", "standard error (jackknife over parts)", FM_VALUE,
     NULL, "met.standard-uncertainty", NULL},
    {"lower", FM_TYPE_REAL, "1", "lower confidence limit", FM_VALUE, NULL,
     "met.confidence-interval", NULL},
    {"upper", FM_TYPE_REAL, "1", "upper confidence limit", FM_VALUE, NULL,
     "met.confidence-interval", NULL},
    {"z", FM_TYPE_REAL, "1", "kappa over its standard error under chance", FM_VALUE, NULL,
     "msa.kappa", NULL},
    {"p", FM_TYPE_REAL, "1", "p value of the test of agreement by chance (one-sided)",
     FM_VALUE, NULL, "msa.kappa", NULL},
};

static const fm_column summary_columns[] = {
    {"kappa", FM_TYPE_REAL, "1", "kappa of all operators, against the standard if given",
     FM_VALUE, NULL, "msa.kappa", NULL},
    {"required", FM_TYPE_REAL, "1", "kappa asked for", FM_VALUE, NULL, "msa.kappa", NULL},
    {"n_parts", FM_TYPE_INTEGER, "1", "number of parts", FM_VALUE, NULL, NULL, "a count"},
    {"n_operators", FM_TYPE_INTEGER, "1", "number of operators", FM_VALUE, NULL, NULL,
     "a count"},
    {"n_trials", FM_TYPE_INTEGER, "1", "ratings of each part by each operator", FM_VALUE,
     NULL, NULL, "a count"},
    {"n_categories", FM_TYPE_INTEGER, "1", "number of categories", FM_VALUE, NULL, NULL,
     "a count"},
    {"n_missing", FM_TYPE_INTEGER, "1", "number of rows left out", FM_VALUE, NULL, NULL,
     "a count"},
};

static const fm_table tables[] = {
    {"agreement", "agreement", FM_MANY_ROWS, agreement_columns,
     FM_COUNT(agreement_columns), "percent"},
    {"kappa", "kappa statistics", FM_MANY_ROWS, kappa_columns, FM_COUNT(kappa_columns),
     "kappa"},
    {"summary", "summary", FM_ONE_ROW, summary_columns, FM_COUNT(summary_columns),
     "kappa"},
};

/* ---- 3. figures, verdicts -------------------------------------------------------- */

static const fm_figure figures[] = {
    {.name = "agreement",
     .caption = "Share of parts on which all ratings agree, with exact confidence "
                "intervals.",
     .table = "agreement",
     .columns = "label percent lower upper",
     .script = "spc/spc_agreement.gp",
     .flags = FM_FIG_POINT},
    {.name = "kappa",
     .caption = "Kappa with its confidence interval and the value asked for.",
     .table = "kappa",
     .columns = "label kappa lower upper",
     .scalars = "summary.required",
     .script = "spc/spc_agreement.gp",
     .flags = FM_FIG_POINT},
};

static const fm_verdict verdicts[] = {
    {.name = "agreement",
     .statement = "kappa of all operators, against the standard if given",
     .table = "summary",
     .column = "kappa",
     .direction = FM_AT_LEAST,
     .limit_column = "required",
     .term = "msa.kappa"},
};

/* ---- 4. data --------------------------------------------------------------------- */

typedef struct ratings {
    const fm_point *point;
    const fm_data_column *column[N_COLUMNS];
    size_t n_parts, n_operators, n_trials, n_categories, n_missing;
    int32_t *rating;   /* [n_operators][n_parts][n_trials] */
    int32_t *standard; /* [n_parts] category, in the codes of the ratings; or -1 */
    double *count;     /* memory of one kappa */
} ratings;

static void
ratings_free(ratings *r)
{
    free(r->rating);
    free(r->standard);
    free(r->count);
}

/* Code that a word of the standard has among the ratings, new ones after them. */
static int32_t
category(const ratings *r, const char *word, int32_t code)
{
    for (size_t k = 0; k < r->column[C_RATING]->n_labels; k++)
        if (strcmp(r->column[C_RATING]->labels[k], word) == 0)
            return (int32_t)k;
    return (int32_t)r->column[C_RATING]->n_labels + code;
}

static bool
is_complete(const ratings *r, size_t row)
{
    for (size_t c = 0; c < N_COLUMNS; c++)
        if (r->column[c] != NULL && r->column[c]->code[row] < 0)
            return false;
    return true;
}

/* Number of ratings of each part by each operator: the same for all, or an error. */
static fm_status
count_trials(ratings *r, size_t n_rows, size_t *seen, fm_error *err)
{
    for (size_t i = 0; i < n_rows; i++) {
        if (!is_complete(r, i)) {
            r->n_missing++;
            continue;
        }
        seen[(size_t)r->column[C_OPERATOR]->code[i] * r->n_parts +
             (size_t)r->column[C_PART]->code[i]]++;
    }
    r->n_trials = seen[0];
    for (size_t o = 0; o < r->n_operators; o++)
        for (size_t p = 0; p < r->n_parts; p++)
            if (seen[o * r->n_parts + p] != r->n_trials || r->n_trials == 0)
                return FM_FAIL(
                    err, FM_EDATA,
                    "operator '%s' has %zu ratings of part '%s', operator '%s' "
                    "has %zu of part '%s': all must have equally many",
                    r->column[C_OPERATOR]->labels[o], seen[o * r->n_parts + p],
                    r->column[C_PART]->labels[p], r->column[C_OPERATOR]->labels[0],
                    r->n_trials, r->column[C_PART]->labels[0]);
    return FM_OK;
}

static fm_status
fill(ratings *r, size_t n_rows, size_t *seen, fm_error *err)
{
    for (size_t p = 0; p < r->n_parts; p++)
        r->standard[p] = -1;
    memset(seen, 0, r->n_operators * r->n_parts * sizeof *seen);
    for (size_t i = 0; i < n_rows; i++) {
        if (!is_complete(r, i))
            continue;
        size_t o = (size_t)r->column[C_OPERATOR]->code[i];
        size_t p = (size_t)r->column[C_PART]->code[i], cell = o * r->n_parts + p;
        r->rating[cell * r->n_trials + seen[cell]++] = r->column[C_RATING]->code[i];
        if (r->column[C_STANDARD] == NULL)
            continue;
        int32_t code = r->column[C_STANDARD]->code[i];
        const char *word = r->column[C_STANDARD]->labels[code];
        code = category(r, word, code);
        if (r->standard[p] >= 0 && r->standard[p] != code)
            return FM_FAIL(err, FM_EDATA, "part '%s' has two standards, one is '%s'",
                           r->column[C_PART]->labels[p], word);
        r->standard[p] = code;
    }
    return FM_OK;
}

static fm_status
collect(ratings *r, fm_error *err)
{
    const fm_data *data = fm_input(r->point, 0);
    size_t n_rows = data->n_rows;
    for (size_t c = 0; c < N_COLUMNS; c++)
        if (c != C_STANDARD || fm_present(r->point, P_STANDARD))
            r->column[c] = &data->columns[data->first[c]];
    r->n_parts = r->column[C_PART]->n_labels;
    r->n_operators = r->column[C_OPERATOR]->n_labels;
    r->n_categories = r->column[C_RATING]->n_labels;
    if (r->column[C_STANDARD] != NULL)
        r->n_categories += r->column[C_STANDARD]->n_labels;
    if (r->n_parts < 2 || r->n_operators == 0 || r->column[C_RATING]->n_labels == 0)
        return FM_FAIL(err, FM_ETOOFEW, "%zu parts are rated: at least 2 are needed",
                       r->n_parts);
    size_t cells = r->n_parts * r->n_operators;
    size_t *seen = calloc(cells, sizeof *seen);
    r->rating = calloc(n_rows, sizeof *r->rating);
    r->standard = calloc(r->n_parts, sizeof *r->standard);
    r->count = calloc((r->n_parts + r->n_categories) * r->n_categories, sizeof *r->count);
    fm_status st = FM_OK;
    if (!seen || !r->rating || !r->standard || !r->count)
        st = FM_FAIL(err, FM_ENOMEM, "memory ran out for %zu rows", n_rows);
    if (st == FM_OK)
        st = count_trials(r, n_rows, seen, err);
    if (st == FM_OK)
        st = fill(r, n_rows, seen, err);
    free(seen);
    return st;
}

/* ---- 5. agreement ---------------------------------------------------------------- */

/* Operators of a comparison: one, or all (o = n_operators). */
static size_t
first_operator(const ratings *r, size_t o)
{
    return o < r->n_operators ? o : 0;
}

static size_t
end_operator(const ratings *r, size_t o)
{
    return o < r->n_operators ? o + 1 : r->n_operators;
}

/* True if all ratings of the part by the operators are equal, and to the standard. */
static bool
agrees(const ratings *r, size_t o, size_t part, bool standard)
{
    size_t first = first_operator(r, o);
    int32_t wanted = standard ? r->standard[part]
                              : r->rating[(first * r->n_parts + part) * r->n_trials];
    for (size_t k = first; k < end_operator(r, o); k++)
        for (size_t t = 0; t < r->n_trials; t++)
            if (r->rating[(k * r->n_parts + part) * r->n_trials + t] != wanted)
                return false;
    return true;
}

/* "A within", "A against standard": the label of a comparison. */
static const char *
operator_name(const ratings *r, size_t o)
{
    return o < r->n_operators ? r->column[C_OPERATOR]->labels[o] : "all";
}

static void
make_label(const ratings *r, size_t o, int kind, char *text, size_t size)
{
    static const char *const words[] = {" within", " to standard", " operators",
                                        " to standard"};
    text[0] = '\0';
    strncat(text, operator_name(r, o), size - 20);
    strncat(text, words[kind], 19);
}

static fm_status
put_agreement(const ratings *r, int kind, size_t o, fm_out *out)
{
    uint64_t n = 0;
    double lower = NAN, upper = NAN;
    double level = 0.5 * (1 + fm_real(r->point, P_CONFIDENCE));
    char label[160];
    for (size_t p = 0; p < r->n_parts; p++)
        n += agrees(r, o, p, kind == AGAINST || kind == ALL);
    (void)fm_math_fraction_lower(n, r->n_parts, level, &lower);
    (void)fm_math_fraction_upper(n, r->n_parts, level, &upper);
    make_label(r, o, kind, label, sizeof label);
    fm_cell row[] = {{.text = label},
                     {.integer = kind},
                     {.text = operator_name(r, o)},
                     {.integer = (int64_t)r->n_parts},
                     {.integer = (int64_t)n},
                     {.real = 100 * (double)n / (double)r->n_parts},
                     {.real = 100 * lower},
                     {.real = 100 * upper}};
    return fm_out_row(out, T_AGREEMENT, row);
}

/* ---- 6. kappa -------------------------------------------------------------------- */

/* Kappa of a comparison without one part (skip = n_parts: with all). */
static fm_status
kappa_without(const ratings *r, int kind, size_t o, size_t skip, fm_spc_kappa *out)
{
    size_t k = r->n_categories, used = 0;
    bool standard = kind == AGAINST || kind == ALL;
    memset(r->count, 0, (r->n_parts + k) * k * sizeof *r->count);
    for (size_t p = 0; p < r->n_parts; p++) {
        if (p == skip)
            continue;
        for (size_t a = first_operator(r, o); a < end_operator(r, o); a++)
            for (size_t t = 0; t < r->n_trials; t++) {
                size_t rated = (size_t)r->rating[(a * r->n_parts + p) * r->n_trials + t];
                size_t row = standard ? (size_t)r->standard[p] : used;
                r->count[row * k + rated]++;
            }
        used++;
    }
    return standard ? fm_spc_kappa_cohen(r->count, k, out)
                    : fm_spc_kappa_fleiss(r->count, used, k, out);
}

static fm_status
put_kappa(const ratings *r, int kind, size_t o, double *kappa_out, fm_out *out)
{
    fm_spc_kappa all, less;
    char label[160];
    double n = (double)r->n_parts, mean = 0, ss = 0, half = NAN, se = NAN;
    fm_status st = kappa_without(r, kind, o, r->n_parts, &all);
    make_label(r, o, kind, label, sizeof label);
    *kappa_out = NAN;
    if (st != FM_OK) {
        fm_out_remark(out, "kappa of '%s' is not defined: %s", label,
                      st == FM_ESINGULAR ? "all ratings are in one category"
                                         : "too few ratings");
        return FM_OK;
    }
    bool good = true;
    for (size_t p = 0; p < r->n_parts && good; p++) {
        good = kappa_without(r, kind, o, p, &less) == FM_OK;
        double d = less.kappa - mean;
        mean += d / (double)(p + 1);
        ss += d * (less.kappa - mean);
    }
    if (good && r->n_parts > 2) {
        se = sqrt(ss * (n - 1) / n);
        half =
            se * gsl_cdf_tdist_Qinv(0.5 * (1 - fm_real(r->point, P_CONFIDENCE)), n - 1);
    }
    double z = all.kappa / all.se_zero;
    *kappa_out = all.kappa;
    fm_cell row[] = {{.text = label},
                     {.integer = kind},
                     {.text = operator_name(r, o)},
                     {.real = all.kappa},
                     {.real = se},
                     {.real = all.kappa - half},
                     {.real = fmin(1, all.kappa + half)},
                     {.real = z},
                     {.real = gsl_cdf_ugaussian_Q(z)}};
    return fm_out_row(out, T_KAPPA, row);
}

/* ---- 7. the study ---------------------------------------------------------------- */

static fm_status
put_comparison(const ratings *r, int kind, size_t o, double *kappa_out, fm_out *out)
{
    fm_status st = put_agreement(r, kind, o, out);
    return st == FM_OK ? put_kappa(r, kind, o, kappa_out, out) : st;
}

static fm_status
put_all(const ratings *r, fm_out *out)
{
    bool standard = r->column[C_STANDARD] != NULL;
    double kappa = NAN, last = NAN;
    fm_status st = FM_OK;
    for (size_t o = 0; o < r->n_operators && st == FM_OK && r->n_trials > 1; o++)
        st = put_comparison(r, WITHIN, o, &kappa, out);
    for (size_t o = 0; o < r->n_operators && st == FM_OK && standard; o++)
        st = put_comparison(r, AGAINST, o, &kappa, out);
    if (st == FM_OK && r->n_operators > 1)
        st = put_comparison(r, BETWEEN, r->n_operators, &last, out);
    if (st == FM_OK && standard)
        st = put_comparison(r, ALL, r->n_operators, &last, out);
    if (r->n_operators == 1 && !standard)
        last = kappa;
    if (r->n_missing > 0)
        fm_out_remark(out, "%zu rows without a label were left out", r->n_missing);
    size_t categories = 0;
    for (size_t k = 0; k < r->n_categories; k++) {
        bool used = k < r->column[C_RATING]->n_labels;
        for (size_t p = 0; p < r->n_parts && !used; p++)
            used = r->standard[p] == (int32_t)k;
        categories += used;
    }
    fm_cell row[] = {{.real = last},
                     {.real = fm_real(r->point, P_REQUIRED)},
                     {.integer = (int64_t)r->n_parts},
                     {.integer = (int64_t)r->n_operators},
                     {.integer = (int64_t)r->n_trials},
                     {.integer = (int64_t)categories},
                     {.integer = (int64_t)r->n_missing}};
    return st == FM_OK ? fm_out_row(out, T_SUMMARY, row) : st;
}

static fm_status
check(const fm_point *point, fm_error *err)
{
    static const char *const keys[] = {"rating", "part", "operator", "standard"};
    if (fm_input(point, 0) == NULL)
        return FM_FAIL(err, FM_ESCENARIO, "data.measurements is missing");
    for (size_t i = 0; i < N_COLUMNS; i++)
        for (size_t k = 0; k < i; k++)
            if (fm_present(point, i) && strcmp(fm_text(point, i), fm_text(point, k)) == 0)
                return FM_FAIL(err, FM_ESCENARIO, "%s: '%s' is given twice", keys[i],
                               fm_text(point, i));
    return FM_OK;
}

static fm_status
run(const fm_point *point, fm_out *out, fm_error *err)
{
    ratings r = {.point = point};
    fm_status st = collect(&r, err);
    if (st == FM_OK && r.n_operators == 1 && r.n_trials == 1 &&
        r.column[C_STANDARD] == NULL)
        st = FM_FAIL(
            err, FM_ETOOFEW,
            "one rating of each part and no standard: there is nothing to compare");
    if (st == FM_OK) {
        st = put_all(&r, out);
        if (st != FM_OK)
            st = FM_FAIL(err, st, "memory ran out for the result");
    }
    ratings_free(&r);
    return st;
}

static uint64_t
rows(const fm_point *point, size_t table)
{
    (void)point;
    return table == T_SUMMARY ? 1 : 8;
}

static const char about[] =
    "Says how well operators who sort parts into categories agree: each with himself over "
    "repeated trials, each with the standard, all with each other, and all with the "
    "standard. The table `agreement` counts the parts on which **all** ratings agree, with "
    "exact (Clopper-Pearson) intervals. `kappa` is the agreement of pairs of ratings beyond "
    "what chance would give: Fleiss' kappa within and between operators, Cohen's kappa "
    "against the standard. Its interval comes from a jackknife over parts, so that "
    "repeated ratings of one part do not count as independent; z tests kappa = 0.\n\n"
    "Kappa depends on how common the categories are in the study: with few bad parts it is "
    "low even for careful operators. Choose parts of all categories, some near the "
    "border.\n\nSources: Fleiss (1971), *Psychol. Bull.* 76, 378; Cohen (1960); Fleiss, Nee "
    "and Landis (1979); AIAG, *Measurement Systems Analysis*, 4th edition.";

const fm_study fm_study_spc_agreement = {
    .name = "spc.agreement",
    .summary = "agreement of attribute ratings: shares and kappa with intervals",
    .about = about,
    .params = params,
    .n_params = FM_COUNT(params),
    .inputs = inputs,
    .n_inputs = FM_COUNT(inputs),
    .tables = tables,
    .n_tables = FM_COUNT(tables),
    .figures = figures,
    .n_figures = FM_COUNT(figures),
    .verdicts = verdicts,
    .n_verdicts = FM_COUNT(verdicts),
    .check = check,
    .rows = rows,
    .run = run,
};
