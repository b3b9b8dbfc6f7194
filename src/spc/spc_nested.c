/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nested analysis of variance.
 *
 * Contents
 *   1. tree      2. sums of squares     3. expectations, tests     4. components
 */
#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "math/univariate.h"
#include "spc/spc_nested.h"

/* ---- 1. tree --------------------------------------------------------------------- */

size_t
fm_spc_tree_words(size_t n, size_t depth, size_t n_codes)
{
    size_t lists = (depth + 1) * (n + 1) + 1;
    return 2 * n + n_codes + 1 + lists;
}

/* Stable counting sort of `from` by the code of one level. */
static void
sort_level(const int32_t *code, const size_t *from, size_t *to, size_t n, size_t n_codes,
           size_t *count)
{
    memset(count, 0, (n_codes + 1) * sizeof *count);
    for (size_t i = 0; i < n; i++)
        count[code[i] + 1]++;
    for (size_t c = 1; c <= n_codes; c++)
        count[c] += count[c - 1];
    for (size_t i = 0; i < n; i++)
        to[count[code[from[i]]]++] = from[i];
}

/* True if places i - 1 and i of the sorted order differ in a level 1 ... `level`. */
static bool
unit_begins(const int32_t *code, const fm_spc_tree *tree, size_t i, size_t level)
{
    if (i == 0)
        return true;
    for (size_t l = 0; l < level; l++)
        if (code[l * tree->n + tree->order[i]] != code[l * tree->n + tree->order[i - 1]])
            return true;
    return false;
}

/* Fills the child lists from the sorted order, all levels in one pass. */
static void
link_units(const int32_t *code, fm_spc_tree *tree)
{
    for (size_t i = 0; i < tree->n; i++)
        for (size_t l = 0; l <= tree->depth; l++)
            if (unit_begins(code, tree, i, l))
                tree->first[l][tree->n_units[l]++] =
                    l == tree->depth ? i : tree->n_units[l + 1];
    tree->n_units[tree->depth + 1] = tree->n;
    for (size_t l = 0; l <= tree->depth; l++)
        tree->first[l][tree->n_units[l]] = tree->n_units[l + 1];
}

static bool
is_balanced(const fm_spc_tree *tree)
{
    for (size_t l = 0; l <= tree->depth; l++) {
        const size_t *first = tree->first[l];
        for (size_t u = 1; u < tree->n_units[l]; u++)
            if (first[u + 1] - first[u] != first[1] - first[0])
                return false;
    }
    return true;
}

fm_status
fm_spc_tree_build(const int32_t *code, size_t n, size_t depth, size_t n_codes,
                  size_t *words, fm_spc_tree *tree_out)
{
    if (n == 0)
        return FM_ETOOFEW;
    if (depth < 1 || depth > FM_SPC_DEPTH_MAX)
        return FM_EDOM;
    for (size_t i = 0; i < depth * n; i++)
        if (code[i] < 0 || (size_t)code[i] >= n_codes)
            return FM_EDOM;
    fm_spc_tree tree = {.n = n, .depth = depth};
    size_t *from = words, *to = words + n, *count = words + 2 * n;
    size_t *list = count + n_codes + 1;
    for (size_t i = 0; i < n; i++)
        from[i] = i;
    for (size_t l = depth; l-- > 0;) {
        sort_level(code + l * n, from, to, n, n_codes, count);
        size_t *swap = from;
        from = to;
        to = swap;
    }
    tree.order = from;
    for (size_t l = 0; l <= depth; l++)
        tree.first[l] = list + l * (n + 1);
    link_units(code, &tree);
    tree.balanced = is_balanced(&tree);
    *tree_out = tree;
    return FM_OK;
}

size_t
fm_spc_tree_first(const fm_spc_tree *tree, size_t level, size_t u, size_t to)
{
    for (size_t l = level; l < to; l++)
        u = tree->first[l][u];
    return u;
}

size_t
fm_spc_tree_offset(const fm_spc_tree *tree, size_t level)
{
    size_t sum = 0;
    for (size_t l = 1; l < level; l++)
        sum += tree->n_units[l];
    return sum;
}

/* Observations in a unit. */
static double
unit_size(const fm_spc_tree *tree, size_t level, size_t u)
{
    size_t end = tree->depth + 1;
    return (double)(fm_spc_tree_first(tree, level, u + 1, end) -
                    fm_spc_tree_first(tree, level, u, end));
}

/* ---- 2. sums of squares ---------------------------------------------------------- */

/* Grand mean, and the largest deviation from it. */
static fm_status
centre(const double *y, size_t n, double *mean_out, double *largest_out)
{
    double mean;
    fm_status st = fm_math_mean_eval(y, n, &mean);
    if (st != FM_OK)
        return st;
    double largest = 0;
    bool constant = true;
    for (size_t i = 0; i < n; i++) {
        constant = constant && y[i] == y[0];
        largest = fmax(largest, fabs(y[i] - mean));
    }
    if (constant)
        return FM_ESINGULAR;
    *mean_out = mean;
    *largest_out = largest;
    return FM_OK;
}

/* Means of all units about the grand mean, innermost level first. */
static void
unit_means(const fm_spc_tree *tree, const double *y, double grand, double *mean)
{
    for (size_t l = tree->depth; l >= 1; l--) {
        double *own = mean + fm_spc_tree_offset(tree, l);
        const double *child = own + tree->n_units[l];
        for (size_t u = 0; u < tree->n_units[l]; u++) {
            fm_math_sum sum = {0, 0};
            for (size_t c = tree->first[l][u]; c < tree->first[l][u + 1]; c++)
                fm_math_sum_add(&sum, l == tree->depth
                                          ? y[c] - grand
                                          : unit_size(tree, l + 1, c) * child[c]);
            own[u] = fm_math_sum_get(&sum) / unit_size(tree, l, u);
        }
    }
}

/* Sum of squares of the units of `level` (depth + 1: observations) about their
 * parents. */
static double
level_ss(const fm_spc_tree *tree, size_t level, const double *y, double grand,
         const double *mean)
{
    const double *own = mean + fm_spc_tree_offset(tree, level);
    const double *parent = level > 1 ? own - tree->n_units[level - 1] : NULL;
    bool leaf = level == tree->depth + 1;
    fm_math_sum ss = {0, 0};
    for (size_t u = 0; u < tree->n_units[level - 1]; u++) {
        double about = parent == NULL ? 0 : parent[u];
        for (size_t c = tree->first[level - 1][u]; c < tree->first[level - 1][u + 1];
             c++) {
            double d = (leaf ? y[c] - grand : own[c]) - about;
            fm_math_sum_add(&ss, leaf ? d * d : unit_size(tree, level, c) * d * d);
        }
    }
    return fm_math_sum_get(&ss);
}

/* Degrees of freedom; all must be positive. */
static fm_status
degrees(const fm_spc_tree *tree, fm_spc_anova *a)
{
    for (size_t i = 0; i <= tree->depth; i++)
        a->df[i] = (double)(tree->n_units[i + 1] - tree->n_units[i]);
    for (size_t i = 0; i < tree->depth; i++)
        if (!(a->df[i] > 0))
            return FM_ESINGULAR;
    a->total_df = (double)(tree->n - 1);
    return a->df[tree->depth] > 0 ? FM_OK : FM_ETOOFEW;
}

static void
sums_of_squares(const fm_spc_tree *tree, const double *y, double largest,
                const double *mean, fm_spc_anova *a)
{
    /* A mean is known to about one rounding of the largest deviation: squares below that
     * are rounding noise, not variation. */
    double noise = 4 * DBL_EPSILON * largest;
    double floor_ss = (double)tree->n * noise * noise;
    for (size_t i = 0; i <= tree->depth; i++) {
        double ss = level_ss(tree, i + 1, y, a->mean, mean);
        a->ss[i] = ss > floor_ss ? ss : 0;
        a->ms[i] = a->ss[i] / a->df[i];
    }
    fm_math_sum total = {0, 0};
    for (size_t i = 0; i < tree->n; i++)
        fm_math_sum_add(&total, (y[i] - a->mean) * (y[i] - a->mean));
    a->total_ss = fm_math_sum_get(&total);
}

/* ---- 3. expectations, tests ------------------------------------------------------ */

/* Sum over units u of `level` of (sum over units v of `below` in u of size_v^2) /
 * size_u. */
static double
size_ratio(const fm_spc_tree *tree, size_t level, size_t below)
{
    if (level == below)
        return (double)tree->n;
    if (below == tree->depth + 1)
        return (double)tree->n_units[level];
    fm_math_sum sum = {0, 0};
    for (size_t u = 0; u < tree->n_units[level]; u++) {
        double squares = 0;
        size_t end = fm_spc_tree_first(tree, level, u + 1, below);
        for (size_t v = fm_spc_tree_first(tree, level, u, below); v < end; v++) {
            double size = unit_size(tree, below, v);
            squares += size * size;
        }
        fm_math_sum_add(&sum, squares / unit_size(tree, level, u));
    }
    return fm_math_sum_get(&sum);
}

static void
expected_mean_squares(const fm_spc_tree *tree, fm_spc_anova *a)
{
    size_t depth = tree->depth;
    for (size_t j = 0; j <= depth; j++) {
        double above = size_ratio(tree, 0, j + 1);
        a->mean_coef[j] = above / (double)tree->n;
        for (size_t i = 0; i <= j; i++) {
            double here = size_ratio(tree, i + 1, j + 1);
            a->ems[i][j] = tree->balanced ? (double)tree->n / (double)tree->n_units[j + 1]
                                          : (here - above) / a->df[i];
            above = here;
        }
    }
}

/* Weights w of lower mean squares with sum w_j E ms[j] = E ms[i] - ems[i][i]
 * sigma_i^2. */
static void
denominator_weights(const fm_spc_anova *a, size_t i, double *w)
{
    for (size_t j = i + 1; j <= a->depth; j++) {
        double left = a->ems[i][j];
        for (size_t k = i + 1; k < j; k++)
            left -= w[k] * a->ems[k][j];
        w[j] = left / a->ems[j][j];
    }
}

/* Denominator of source i with its degrees of freedom, component, F and p. */
static void
test_source(fm_spc_anova *a, size_t i)
{
    double w[FM_SPC_SOURCE_MAX];
    double below = 0, spread = 0;
    denominator_weights(a, i, w);
    for (size_t j = i + 1; j <= a->depth; j++) {
        below += w[j] * a->ms[j];
        spread += w[j] * a->ms[j] * w[j] * a->ms[j] / a->df[j];
    }
    a->below[i] = below;
    a->below_df[i] = a->balanced ? a->df[i + 1] : below * below / spread;
    a->raw[i] = (a->ms[i] - below) / a->ems[i][i];
    a->f[i] = a->p[i] = NAN;
    if (below > 0) {
        a->f[i] = a->ms[i] / below;
        a->p[i] = gsl_cdf_fdist_Q(a->f[i], a->df[i], a->below_df[i]);
    }
}

fm_status
fm_spc_anova_eval(const fm_spc_tree *tree, const double *y, double *mean_out,
                  fm_spc_anova *out)
{
    fm_spc_anova a = {.n = tree->n, .depth = tree->depth, .balanced = tree->balanced};
    double largest;
    fm_status st = centre(y, tree->n, &a.mean, &largest);
    if (st == FM_OK)
        st = degrees(tree, &a);
    if (st != FM_OK)
        return st;
    unit_means(tree, y, a.mean, mean_out);
    sums_of_squares(tree, y, largest, mean_out, &a);
    expected_mean_squares(tree, &a);
    size_t residual = a.depth;
    a.raw[residual] = a.ms[residual];
    a.below[residual] = a.below_df[residual] = NAN;
    a.f[residual] = a.p[residual] = NAN;
    for (size_t i = residual; i-- > 0;)
        test_source(&a, i);
    *out = a;
    return FM_OK;
}

/* ---- 4. components --------------------------------------------------------------- */

/* Exact interval of the residual variance. */
static void
interval_chi_square(double ms, double df, double alpha, fm_spc_component *c)
{
    c->lower = df * ms / gsl_cdf_chisq_Qinv(0.5 * alpha, df);
    c->upper = df * ms / gsl_cdf_chisq_Pinv(0.5 * alpha, df);
    c->interval = FM_SPC_INTERVAL_CHI_SQUARE;
}

/* Interval of (ms1 - ms2)/coef by the modified large sample method; names of the
 * constants as in Burdick and Graybill, section 3.3. */
static void
interval_mls(const double ms[2], const double df[2], double coef, double alpha,
             fm_spc_component *c)
{
    double a = 0.5 * alpha;
    double g1 = 1 - df[0] / gsl_cdf_chisq_Qinv(a, df[0]);
    double g2 = 1 - df[1] / gsl_cdf_chisq_Qinv(a, df[1]);
    double h1 = df[0] / gsl_cdf_chisq_Pinv(a, df[0]) - 1;
    double h2 = df[1] / gsl_cdf_chisq_Pinv(a, df[1]) - 1;
    double f_hi = gsl_cdf_fdist_Qinv(a, df[0], df[1]);
    double f_lo = gsl_cdf_fdist_Pinv(a, df[0], df[1]);
    double g12 = ((f_hi - 1) * (f_hi - 1) - g1 * g1 * f_hi * f_hi - h2 * h2) / f_hi;
    double h12 = ((1 - f_lo) * (1 - f_lo) - h1 * h1 * f_lo * f_lo - g2 * g2) / f_lo;
    double aa = ms[0] * ms[0], bb = ms[1] * ms[1], ab = ms[0] * ms[1];
    double v_lo = g1 * g1 * aa + h2 * h2 * bb + g12 * ab;
    double v_hi = h1 * h1 * aa + g2 * g2 * bb + h12 * ab;
    double difference = ms[0] - ms[1];
    c->lower = fmax(0, (difference - sqrt(fmax(0, v_lo))) / coef);
    c->upper = fmax(0, (difference + sqrt(fmax(0, v_hi))) / coef);
    if (!isfinite(v_lo) || !isfinite(v_hi)) {
        c->lower = c->upper = NAN;
        c->interval = FM_SPC_INTERVAL_NONE;
    }
}

fm_status
fm_spc_components_eval(const fm_spc_anova *anova, double confidence,
                       fm_spc_component *component_out)
{
    if (!(confidence > 0 && confidence < 1))
        return FM_EDOM;
    size_t residual = anova->depth;
    for (size_t i = 0; i <= residual; i++) {
        fm_spc_component c = {.lower = NAN, .upper = NAN};
        bool negative = anova->raw[i] < 0;
        c.variance = negative ? 0 : anova->raw[i];
        c.estimate = negative ? FM_SPC_ESTIMATE_ZEROED : FM_SPC_ESTIMATE_OK;
        if (i == residual && anova->ms[i] > 0) {
            interval_chi_square(anova->ms[i], anova->df[i], 1 - confidence, &c);
        } else if (i < residual && anova->below[i] > 0 && anova->below_df[i] > 0) {
            double ms[2] = {anova->ms[i], anova->below[i]};
            double df[2] = {anova->df[i], anova->below_df[i]};
            c.interval =
                anova->balanced ? FM_SPC_INTERVAL_MLS : FM_SPC_INTERVAL_MLS_APPROX;
            interval_mls(ms, df, anova->ems[i][i], 1 - confidence, &c);
        }
        component_out[i] = c;
    }
    return FM_OK;
}
