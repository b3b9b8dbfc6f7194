/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processor time of run rules on many points: all Western Electric and Nelson rules.
 *
 * Usage: bench_rules FILE: doubles as the machine has them.  Prints seconds and the number
 * of flagged points. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "spc/spc_rules.h"

int
main(int argc, char **argv)
{
    static const char *const sets[] = {"western-electric", "nelson"};
    fm_spc_rule_set set = {.n = 0};
    fm_spc_rule_state state[FM_SPC_RULES_MAX] = {{.above = 0}};
    FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
    size_t n, n_flagged = 0;
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        return EXIT_FAILURE;
    n = (size_t)ftell(f) / sizeof(double);
    double *x = malloc(n * sizeof *x);
    uint32_t *flags = calloc(n, sizeof *flags);
    if (x == NULL || flags == NULL || fseek(f, 0, SEEK_SET) != 0 ||
        fread(x, sizeof *x, n, f) != n)
        return EXIT_FAILURE;
    (void)fclose(f);
    for (size_t k = 0; k < 2; k++)
        if (fm_spc_rule_set_add_named(&set, sets[k]) != FM_OK)
            return EXIT_FAILURE;
    clock_t before = clock();
    fm_spc_rules_run(set.rule, set.n, state, x, n, (fm_spc_zone){0, 1}, flags);
    for (size_t i = 0; i < n; i++)
        n_flagged += flags[i] != 0;
    (void)printf("%.4f %zu\n", (double)(clock() - before) / CLOCKS_PER_SEC, n_flagged);
    free(x);
    free(flags);
    return EXIT_SUCCESS;
}
