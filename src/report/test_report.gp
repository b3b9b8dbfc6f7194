# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of the report's own test.
#: figure trend
set xlabel label_index
set ylabel label_force
plot data using 1:3 with lines linestyle 101 title "limit", \
    data using 1:2 with linespoints linetype 1 title "force"
#: figure series
set xlabel label_index
set ylabel label_force
plot for [i=1:n_series] data index (i-1) using 1:2 with linespoints linetype i title series[i]
#: figure modes
set ylabel label_count
plot data using 1:2 with boxes linetype 1 notitle
#: figure sweep
set xlabel label_axis
set ylabel label_yield
set arrow from graph 0, first summary_goal to graph 1, first summary_goal nohead linestyle 101
plot data using 1:2 with linespoints linetype 1 notitle
#: figure broken
this is no command
