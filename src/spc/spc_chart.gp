# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of spc.chart.  Columns: index value centre lower upper flagged, by statistic;
# series 1 is the location chart, series 2 the spread chart.
#: figure chart
set key outside above center horizontal
set xlabel label_index
# No ticks between points.
stats data index 0 using 1 name "X" nooutput
if (X_max - X_min < 10) {
    set xtics 1
}
set ylabel (unit_value eq "" || unit_value eq "1" ? series[1] : \
    series[1]." [".unit_value."]")
set autoscale xfix
set offsets graph 0.02, graph 0.02, graph 0.08, graph 0.08
plot data index 0 using 1:5 with steps linestyle 101 title "control limits", \
    data index 0 using 1:4 with steps linestyle 101 notitle, \
    data index 0 using 1:3 with lines linestyle 102 title "centre line", \
    data index 0 using 1:2 with linespoints linetype 1 pointsize 0.6 title series[1], \
    data index 0 using 1:($6 > 0 ? $2 : NaN) with points linestyle 103 title "flagged"
#: figure spread
set key outside above center horizontal
set xlabel label_index
# No ticks between points.
stats data index 1 using 1 name "X" nooutput
if (X_max - X_min < 10) {
    set xtics 1
}
set ylabel (unit_value eq "" || unit_value eq "1" ? series[2] : \
    series[2]." [".unit_value."]")
set autoscale xfix
set yrange [0:*]
set offsets graph 0.02, graph 0.02, graph 0.08, 0
plot data index 1 using 1:5 with steps linestyle 101 title "control limits", \
    data index 1 using 1:4 with steps linestyle 101 notitle, \
    data index 1 using 1:3 with lines linestyle 102 title "centre line", \
    data index 1 using 1:2 with linespoints linetype 1 pointsize 0.6 title series[2], \
    data index 1 using 1:($6 > 0 ? $2 : NaN) with points linestyle 103 title "flagged"
