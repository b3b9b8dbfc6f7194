/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Innermost units of one size below one parent count as a group: what the recursion needs of
 * them is their number, mean and sum of squares. */
#include "config.h"

#include "spc/spc_reml.h"

void
fm_spc_reml_compress(fm_spc_reml_data *data, fm_spc_reml_group *group, size_t *first)
{
    const fm_spc_tree *tree = data->tree;
    size_t n = 0, depth = tree->depth;
    for (size_t parent = 0; parent < tree->n_units[depth - 1]; parent++) {
        first[parent] = n;
        size_t end = tree->first[depth - 1][parent + 1];
        for (size_t c = tree->first[depth - 1][parent]; c < end; c++) {
            double size = (double)(tree->first[depth][c + 1] - tree->first[depth][c]);
            size_t g = first[parent];
            while (g < n && group[g].size != size)
                g++;
            if (g == n)
                group[n++] = (fm_spc_reml_group){size, 0, 0, 0};
            group[g].count++;
            double d = data->cell_mean[c] - group[g].mean;
            group[g].mean += d / (double)group[g].count;
            group[g].ss += d * (data->cell_mean[c] - group[g].mean);
        }
    }
    first[tree->n_units[depth - 1]] = n;
    data->group = group;
    data->first_group = first;
}
