# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of pull.simulate.
#: figure histogram
# Columns: force count; one series per failure mode; scalar summary_limit (NaN: no limit).
set key outside above center horizontal
set xlabel label_force
set ylabel label_count
set yrange [0:*]
set offsets graph 0.03, graph 0.03, graph 0.05, 0
if (summary_limit == summary_limit) {
    set arrow 1 from summary_limit, graph 0 to summary_limit, graph 1 nohead \
        linestyle 101
}
# The point at the limit has no mark: it only makes room for the line.
plot for [i = 1:n_series] data index (i - 1) using 1:2 with histeps linetype i \
        linewidth 1.8 title series[i], \
    data index 0 every ::0::0 using (summary_limit):(0) with points pointtype -1 notitle, \
    keyentry with lines linestyle 101 \
        title (summary_limit == summary_limit ? "limit" : "")
#: figure mode-share
# Columns: axis share; one series per failure mode.
set key outside above center horizontal
set xlabel label_axis
set ylabel label_share
set yrange [0:1]
set autoscale xfix
set offsets graph 0.03, graph 0.03, 0, 0
plot for [i = 1:n_series] data index (i - 1) using 1:2 with linespoints linetype i \
    linewidth 1.5 pointsize 0.7 title series[i]
#: figure mean-force
# Columns: axis mean std_dev limit.
set key outside above center horizontal
set xlabel label_axis
set ylabel "pull force [".unit_mean."]"
set yrange [0:*]
set autoscale xfix
set offsets graph 0.03, graph 0.03, graph 0.05, 0
plot data using 1:2:3 with yerrorbars linetype 1 linewidth 1 pointtype -1 \
        title "one standard deviation", \
    data using 1:2 with linespoints linetype 1 linewidth 1.5 pointtype 7 pointsize 0.6 \
        title "mean", \
    data using 1:4 with lines linestyle 101 title "limit"
