# SPDX-License-Identifier: GPL-3.0-or-later
# The peer of bench_fit: the same data, fitted by survreg of R's package survival.
# Usage: Rscript fit_survreg.R LONG.bin SHORT.bin
# Prints what bench_fit prints.
suppressMessages(library(survival))
path <- commandArgs(trailingOnly = TRUE)
load_rows <- function(file) {
    n <- file.info(file)$size / 16
    v <- readBin(file, "double", 2 * n)
    data.frame(x = v[1:n], failed = v[(n + 1):(2 * n)])
}
processor <- function(expr) sum(system.time(expr)[1:2])
rows <- load_rows(path[1])
seconds <- processor(fit <- survreg(Surv(x, failed) ~ 1, rows, dist = "weibull"))
cat(sprintf("%.6g %.12g %.12g\n", seconds, 1 / fit$scale, exp(coef(fit))))
rows <- load_rows(path[2])
set.seed(1)
seconds <- processor(shape <- replicate(1000, {
    again <- rows[sample.int(nrow(rows), replace = TRUE), ]
    1 / survreg(Surv(x, failed) ~ 1, again, dist = "weibull")$scale
}))
cat(sprintf("%.6g %.6g\n", seconds, mean(shape)))
