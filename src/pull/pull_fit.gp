# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of pull.fit; one series per failure mode.
#: figure probability-plot
# Columns: force observed fitted lower upper; scalar summary_normal_paper.
set key outside above center horizontal
set xlabel label_force
set ylabel "fraction failing"
# The paper on which the fit is a straight line: a reduced variate with its own ticks.
paper(p) = !(p > 0 && p < 1) ? NaN : summary_normal_paper > 0 ? invnorm(p) : log(-log(1 - p))
stats data using 1 name "X" nooutput
if (X_min > 0 && X_max / X_min < 1000) {
    set logscale x
    set xtics (1)
    set for [e = -9:12] xtics add (sprintf("%g", 10.0**e) 10.0**e, \
        sprintf("%g", 2 * 10.0**e) 2 * 10.0**e, sprintf("%g", 5 * 10.0**e) 5 * 10.0**e)
    if (X_max / X_min < 10) {
        do for [k in "3 4 6 7 8 9"] {
            set for [e = -9:12] xtics add (sprintf("%g", k * 10.0**e) k * 10.0**e)
        }
    }
}
bounds_label = sprintf("%g %% bounds", 100 * summary_confidence)
set ytics ("0.001" paper(0.001), "0.01" paper(0.01), "0.05" paper(0.05), "0.1" paper(0.1), \
    "0.2" paper(0.2), "0.5" paper(0.5), "0.8" paper(0.8), "0.9" paper(0.9), \
    "0.99" paper(0.99), "0.999" paper(0.999))
set yrange [paper(0.0008):paper(0.9992)]
set autoscale xfix
plot for [i = 1:n_series] data index (i - 1) using 1:(paper($2)) with points linetype i \
        pointsize 0.6 title series[i], \
    for [i = 1:n_series] data index (i - 1) using 1:(paper($3)) with lines linetype i \
        linewidth 1.8 notitle, \
    for [i = 1:n_series] data index (i - 1) using 1:(paper($4)) with lines linetype i \
        linewidth 0.7 notitle, \
    for [i = 1:n_series] data index (i - 1) using 1:(paper($5)) with lines linetype i \
        linewidth 0.7 notitle, \
    keyentry with lines linetype 1 linewidth 0.7 title bounds_label
#: figure incidence
# Columns: force observed fitted.
set key outside above center horizontal
set xlabel label_force
set ylabel "fraction broken in this mode"
set yrange [0:*]
set autoscale xfix
set offsets graph 0.03, graph 0.03, graph 0.05, 0
plot for [i = 1:n_series] data index (i - 1) using 1:2 with steps linetype i \
        dashtype solid linewidth 1.8 title series[i]." observed", \
    for [i = 1:n_series] data index (i - 1) using 1:3 with lines linetype i dashtype 2 \
        linewidth 1.2 title series[i]." fitted"
#: figure prediction
# Columns: force probability lower upper; scalar summary_limit (NaN: no limit).
set key outside above center horizontal
set xlabel label_force
set ylabel label_probability
set yrange [0:1]
set autoscale xfix
if (summary_limit == summary_limit) {
    set arrow 1 from summary_limit, graph 0 to summary_limit, graph 1 nohead linestyle 101
}
plot for [i = 1:n_series] data index (i - 1) using 1:2 with lines linetype i \
        linewidth 1.8 title series[i], \
    data index 0 using 1:3 with lines linetype 1 linewidth 0.7 \
        title sprintf("%g %% bounds", 100 * summary_confidence), \
    data index 0 using 1:4 with lines linetype 1 linewidth 0.7 notitle, \
    data index 0 every ::0::0 using (summary_limit):(0) with points pointtype -1 notitle, \
    keyentry with lines linestyle 101 \
        title (summary_limit == summary_limit ? "limit" : "")
#: figure below-limit
# Columns: axis below_limit lower upper max_fraction_below.
set key outside above center horizontal
set xlabel label_axis
set ylabel label_below_limit
set autoscale xfix
set logscale y
# Without an accepted fraction column 5 holds no number, and stats then sets no names.
stats data using 5 name "A" nooutput
set format y "%g"
plot data using 1:3:4 with filledcurves fillcolor rgb "#c0c0c0" fillstyle transparent solid 0.5 \
        title "bounds", \
    data using 1:2 with linespoints linetype 1 linewidth 1.5 pointtype 7 pointsize 0.6 \
        title "estimate", \
    data using 1:5 with lines linestyle 101 notitle, \
    keyentry with lines linestyle 101 title (exists("A_records") ? "accepted" : "")
