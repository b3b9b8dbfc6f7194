# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of spc.capability.
#: figure histogram
# Columns: x count width, by kind; series 1 are the values.
set key outside above center horizontal
set xlabel (unit_x eq "" || unit_x eq "1" ? "value" : "value [".unit_x."]")
set ylabel "number in a bin"
set yrange [0:*]
set offsets 0, 0, graph 0.1, 0
set style fill solid 0.35 border
stats data using 1 name "X" nooutput
low = X_min
high = X_max
if (summary_lower_limit == summary_lower_limit) {
    low = low < summary_lower_limit ? low : summary_lower_limit
    set arrow from summary_lower_limit, graph 0 to summary_lower_limit, graph 1 nohead \
        linestyle 101
    set label "lower limit" at summary_lower_limit, graph 0.98 left rotate by -90 offset 1.2, 0
}
if (summary_upper_limit == summary_upper_limit) {
    high = high > summary_upper_limit ? high : summary_upper_limit
    set arrow from summary_upper_limit, graph 0 to summary_upper_limit, graph 1 nohead \
        linestyle 101
    set label "upper limit" at summary_upper_limit, graph 0.98 left rotate by -90 offset 1.2, 0
}
if (summary_target == summary_target) {
    set arrow from summary_target, graph 0 to summary_target, graph 1 nohead linestyle 102
    set label "target" at summary_target, graph 0.98 left rotate by -90 offset 1.2, 0
}
set xrange [low - 0.05 * (high - low):high + 0.05 * (high - low)]
plot data index 0 using 1:2:3 with boxes linetype 1 title "values", \
    for [i = 2:n_series] data index (i - 1) using 1:2 with lines linetype i linewidth 2 \
        title "expected, sigma ".series[i], \
    keyentry with lines linestyle 101 title "specification limits"
#: figure probability
# Columns: value z expected lower upper.
set key outside above center horizontal
set xlabel (unit_value eq "" || unit_value eq "1" ? "value" : "value [".unit_value."]")
set ylabel "values at or below [%]"
unset ytics
set ytics ("0.1" -3.0902, "1" -2.3263, "5" -1.6449, "20" -0.8416, "50" 0, "80" 0.8416, \
    "95" 1.6449, "99" 2.3263, "99.9" 3.0902)
set offsets graph 0.02, graph 0.02, graph 0.04, graph 0.04
plot data using 4:2 with lines linestyle 101 title "limits", \
    data using 5:2 with lines linestyle 101 notitle, \
    data using 3:2 with lines linestyle 102 title "fit", \
    data using 1:2 with points linetype 1 pointtype 7 pointsize 0.5 title "values"
#: figure indices
# Columns: name value lower upper.
set key outside above center horizontal
unset xlabel
set ylabel "index"
set xrange [-0.6:n_words_name - 0.4]
set offsets 0, 0, graph 0.06, graph 0.06
set arrow from graph 0, first summary_required to graph 1, first summary_required nohead back \
    linestyle 101
set label sprintf("%g", summary_required) at graph 1, first summary_required left \
    offset 0.3, 0
set rmargin 8
plot data using 1:2:3:4 with yerrorbars linetype 1 linewidth 2 pointtype 7 pointsize 0.8 \
        title "index and interval", \
    keyentry with lines linestyle 101 title "required"
