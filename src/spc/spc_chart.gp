# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of spc.chart.  Columns: 1 index, 2 mean, 3 centre, 4 lower, 5 upper, 6 n,
# 7 lowest, 8 highest, 9 flagged_lowest, 10 flagged_highest, by statistic.  Where a step
# stands for several points (n > 1) a band shows their range and the line their mean.  The
# last limits are written beside the figure, as far as there is room between them.
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
stats data index 0 using 5 name "U" nooutput
stats data index 0 using 7 name "A" nooutput
stats data index 0 using 8 name "B" nooutput
room = 0.05 * ((B_max > U_max ? B_max : U_max) - A_min)
set rmargin 16
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
        linestyle 103 notitle, \
    for [k=1:n_series == 1] data index 0 using ($1 == X_max ? $1 : NaN):5:(sprintf("UCL %.6g", $5)) \
        with labels left offset 1.5, 0 notitle, \
    for [k=1:n_series == 1] data index 0 using ($1 == X_max && !($5 - $3 < room) ? $1 : NaN):3: \
        (sprintf("CL %.6g", $3)) with labels left offset 1.5, 0 notitle, \
    for [k=1:n_series == 1] data index 0 using ($1 == X_max && !($3 - $4 < room) ? $1 : NaN):4: \
        (sprintf("LCL %.6g", $4)) with labels left offset 1.5, 0 notitle
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
stats data index 0 using 5 name "U" nooutput
stats data index 0 using 8 name "B" nooutput
room = 0.05 * ((B_max > U_max ? B_max : U_max) - 0)
set rmargin 16
plot data index 0 using 1:($6 > 1 ? $7 : NaN):8 with filledcurves \
        fillcolor rgb "#c6dbef" title (N_max > 1 ? "range of a step" : ""), \
    data index 0 using 1:5 with steps linestyle 101 title "control limits", \
    data index 0 using 1:4 with steps linestyle 101 notitle, \
    data index 0 using 1:3 with steps linestyle 102 title "centre line", \
    data index 0 using 1:2 with linespoints linetype 1 \
        pointsize (N_max > 1 || N_records > 200 ? 0 : 0.6) title series[1], \
    data index 0 using 1:9 with points linestyle 103 title "flagged", \
    data index 0 using 1:($10 > $9 ? $10 : NaN) with points linestyle 103 notitle, \
    data index 0 using ($1 == X_max ? $1 : NaN):5:(sprintf("UCL %.6g", $5)) \
        with labels left offset 1.5, 0 notitle, \
    data index 0 using ($1 == X_max && !($5 - $3 < room) ? $1 : NaN):3: \
        (sprintf("CL %.6g", $3)) with labels left offset 1.5, 0 notitle, \
    data index 0 using ($1 == X_max && !($3 - $4 < room) ? $1 : NaN):4: \
        (sprintf("LCL %.6g", $4)) with labels left offset 1.5, 0 notitle
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
stats data index 0 using 5 name "U" nooutput
stats data index 0 using 8 name "B" nooutput
room = 0.05 * ((B_max > U_max ? B_max : U_max) - 0)
set rmargin 16
plot data index 0 using 1:($6 > 1 ? $7 : NaN):8 with filledcurves \
        fillcolor rgb "#c6dbef" title (N_max > 1 ? "range of a step" : ""), \
    data index 0 using 1:5 with steps linestyle 101 title "control limits", \
    data index 0 using 1:4 with steps linestyle 101 notitle, \
    data index 0 using 1:3 with steps linestyle 102 title "centre line", \
    data index 0 using 1:2 with linespoints linetype 1 \
        pointsize (N_max > 1 || N_records > 200 ? 0 : 0.6) title series[1], \
    data index 0 using 1:9 with points linestyle 103 title "flagged", \
    data index 0 using 1:($10 > $9 ? $10 : NaN) with points linestyle 103 notitle, \
    data index 0 using ($1 == X_max ? $1 : NaN):5:(sprintf("UCL %.6g", $5)) \
        with labels left offset 1.5, 0 notitle, \
    data index 0 using ($1 == X_max && !($5 - $3 < room) ? $1 : NaN):3: \
        (sprintf("CL %.6g", $3)) with labels left offset 1.5, 0 notitle, \
    data index 0 using ($1 == X_max && !($3 - $4 < room) ? $1 : NaN):4: \
        (sprintf("LCL %.6g", $4)) with labels left offset 1.5, 0 notitle
