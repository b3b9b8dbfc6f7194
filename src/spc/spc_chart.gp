# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of spc.chart.  Columns: 1 index, 2 mean, 3 centre, 4 lower, 5 upper, 6 n,
# 7 lowest, 8 highest, 9 flagged_lowest, 10 flagged_highest, by statistic.  Where a step
# stands for several points (n > 1) a band shows their range and the line their mean.
#: figure chart
set key outside above center horizontal
set xlabel label_index
# No ticks between points.
stats data using 1 name "X" nooutput
if (X_max - X_min < 10) {
    set xtics 1
}
set ylabel (unit_mean eq "" || unit_mean eq "1" ? series[1] : \
    series[1]." [".unit_mean."]")
if (n_series > 1) {
    set ylabel "CUSUM"
}
stats data using 6 name "N" nooutput
set autoscale xfix
set offsets graph 0.02, graph 0.02, graph 0.08, graph 0.08
plot for [k=1:n_series] data index (k-1) using 1:($6 > 1 ? $7 : NaN):8 with filledcurves \
        fillcolor rgb "#c6dbef" title (k == 1 && N_max > 1 ? "range of a step" : ""), \
    for [k=1:n_series] data index (k-1) using 1:5 with steps linestyle 101 \
        title (k == 1 ? "control limits" : ""), \
    for [k=1:n_series] data index (k-1) using 1:4 with steps linestyle 101 notitle, \
    for [k=1:n_series] data index (k-1) using 1:3 with steps linestyle 102 \
        title (k == 1 ? "centre line" : ""), \
    for [k=1:n_series] data index (k-1) using 1:2 with linespoints linetype k \
        pointsize (N_max > 1 || N_records > 200 ? 0 : 0.6) title series[k], \
    for [k=1:n_series] data index (k-1) using 1:9 with points linestyle 103 \
        title (k == 1 ? "flagged" : ""), \
    for [k=1:n_series] data index (k-1) using 1:($10 > $9 ? $10 : NaN) with points \
        linestyle 103 notitle
#: figure spread
set key outside above center horizontal
set xlabel label_index
# No ticks between points.
stats data using 1 name "X" nooutput
if (X_max - X_min < 10) {
    set xtics 1
}
set ylabel (unit_mean eq "" || unit_mean eq "1" ? series[1] : \
    series[1]." [".unit_mean."]")
stats data using 6 name "N" nooutput
set autoscale xfix
set yrange [0:*]
set offsets graph 0.02, graph 0.02, graph 0.08, 0
plot data index 0 using 1:($6 > 1 ? $7 : NaN):8 with filledcurves \
        fillcolor rgb "#c6dbef" title (N_max > 1 ? "range of a step" : ""), \
    data index 0 using 1:5 with steps linestyle 101 title "control limits", \
    data index 0 using 1:4 with steps linestyle 101 notitle, \
    data index 0 using 1:3 with steps linestyle 102 title "centre line", \
    data index 0 using 1:2 with linespoints linetype 1 \
        pointsize (N_max > 1 || N_records > 200 ? 0 : 0.6) title series[1], \
    data index 0 using 1:9 with points linestyle 103 title "flagged", \
    data index 0 using 1:($10 > $9 ? $10 : NaN) with points linestyle 103 notitle
#: figure within
set key outside above center horizontal
set xlabel label_index
# No ticks between points.
stats data using 1 name "X" nooutput
if (X_max - X_min < 10) {
    set xtics 1
}
set ylabel (unit_mean eq "" || unit_mean eq "1" ? series[1] : \
    series[1]." [".unit_mean."]")
stats data using 6 name "N" nooutput
set autoscale xfix
set yrange [0:*]
set offsets graph 0.02, graph 0.02, graph 0.08, 0
plot data index 0 using 1:($6 > 1 ? $7 : NaN):8 with filledcurves \
        fillcolor rgb "#c6dbef" title (N_max > 1 ? "range of a step" : ""), \
    data index 0 using 1:5 with steps linestyle 101 title "control limits", \
    data index 0 using 1:4 with steps linestyle 101 notitle, \
    data index 0 using 1:3 with steps linestyle 102 title "centre line", \
    data index 0 using 1:2 with linespoints linetype 1 \
        pointsize (N_max > 1 || N_records > 200 ? 0 : 0.6) title series[1], \
    data index 0 using 1:9 with points linestyle 103 title "flagged", \
    data index 0 using 1:($10 > $9 ? $10 : NaN) with points linestyle 103 notitle
