/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nested analysis of variance.
 *
 * Contents
 *   1. tree      2. sums of squares     3. expected mean squares
 */
#include "config.h"

#include <math.h>
#include <string.h>

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
    for (size_t i = 0; i <= tree->depth; i++)
        fm_spc_anova_set_ss(a, i, level_ss(tree, i + 1, y, a->mean, mean), largest);
    fm_math_sum total = {0, 0};
    for (size_t i = 0; i < tree->n; i++)
        fm_math_sum_add(&total, (y[i] - a->mean) * (y[i] - a->mean));
    a->total_ss = fm_math_sum_get(&total);
}

/* ---- 3. expected mean squares ---------------------------------------------------- */

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

fm_status
fm_spc_anova_eval(const fm_spc_tree *tree, const double *y, double *mean_out,
                  fm_spc_anova *out)
{
    fm_spc_anova a = {.n = tree->n, .depth = tree->depth, .balanced = tree->balanced};
    double largest;
    fm_status st = fm_spc_centre_eval(y, tree->n, &a.mean, &largest);
    if (st == FM_OK)
        st = degrees(tree, &a);
    if (st != FM_OK)
        return st;
    unit_means(tree, y, a.mean, mean_out);
    sums_of_squares(tree, y, largest, mean_out, &a);
    expected_mean_squares(tree, &a);
    fm_spc_anova_test(&a);
    *out = a;
    return FM_OK;
}
