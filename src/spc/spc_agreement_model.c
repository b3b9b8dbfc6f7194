/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kappa statistics. */
#include "config.h"

#include <math.h>

#include "spc/spc_agreement_model.h"

static double
row_sum(const double *row, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++)
        sum += row[j];
    return sum;
}

fm_status
fm_spc_kappa_fleiss(const double *count, size_t n_items, size_t n_categories,
                    fm_spc_kappa *out)
{
    if (n_items < 2)
        return FM_ETOOFEW;
    if (n_categories < 2)
        return FM_ESINGULAR;
    double m = row_sum(count, n_categories), items = (double)n_items, pairs = 0;
    if (!(m >= 2))
        return FM_ETOOFEW;
    for (size_t i = 0; i < n_items; i++) {
        if (row_sum(count + i * n_categories, n_categories) != m)
            return FM_EDOM;
        for (size_t j = 0; j < n_categories; j++) {
            double c = count[i * n_categories + j];
            pairs += c * (c - 1);
        }
    }
    double observed = pairs / (items * m * (m - 1)), expected = 0, pq = 0, skew = 0;
    for (size_t j = 0; j < n_categories; j++) {
        double p = 0;
        for (size_t i = 0; i < n_items; i++)
            p += count[i * n_categories + j] / (items * m);
        expected += p * p;
        pq += p * (1 - p);
        skew += p * (1 - p) * (1 - 2 * p);
    }
    if (!(pq > 1e-14))
        return FM_ESINGULAR;
    out->observed = observed;
    out->expected = expected;
    out->kappa = (observed - expected) / pq;
    out->se_zero = sqrt(2 * fmax(0, pq * pq - skew) / (items * m * (m - 1))) / pq;
    return FM_OK;
}

fm_status
fm_spc_kappa_cohen(const double *count, size_t n_categories, fm_spc_kappa *out)
{
    size_t k = n_categories;
    double total = row_sum(count, k * k), observed = 0, expected = 0, spread = 0;
    if (!(total > 0))
        return FM_ETOOFEW;
    if (k < 2)
        return FM_ESINGULAR;
    for (size_t i = 0; i < k; i++) {
        double row = 0, column = 0;
        for (size_t j = 0; j < k; j++) {
            row += count[i * k + j] / total;
            column += count[j * k + i] / total;
        }
        observed += count[i * k + i] / total;
        expected += row * column;
        spread += row * column * (row + column);
    }
    if (!(1 - expected > 1e-14))
        return FM_ESINGULAR;
    out->observed = observed;
    out->expected = expected;
    out->kappa = (observed - expected) / (1 - expected);
    out->se_zero =
        sqrt(fmax(0, expected + expected * expected - spread) / total) / (1 - expected);
    return FM_OK;
}
