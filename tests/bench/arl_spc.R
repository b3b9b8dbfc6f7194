# SPDX-License-Identifier: GPL-3.0-or-later
# The grids of bench_arl.c by the R package spc, with its default numbers of nodes.
# Prints: for each grid its name, charts, processor seconds, sum of ln(ARL).
suppressPackageStartupMessages(library(spc))
seconds <- function() sum(proc.time()[1:2])
start <- seconds()
sum <- 0
n <- 0
for (lambda in 1:20) for (limit in 20:35) for (shift in 0:12) {
    sum <- sum + log(xewma.arl(0.05 * lambda, 0.1 * limit, 0.25 * shift, sided = "two"))
    n <- n + 1
}
cat(sprintf("ewma %d %.6f %.12f\n", n, seconds() - start, sum))
start <- seconds()
sum <- 0
n <- 0
for (k in 1:4) for (h in 4:16) for (shift in 0:12) {
    sum <- sum + log(xcusum.arl(0.25 * k, 0.5 * h, 0.25 * shift, sided = "one"))
    n <- n + 1
}
cat(sprintf("cusum %d %.6f %.12f\n", n, seconds() - start, sum))
