# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of spc.gauge.
#: figure components
# Columns: source percent_study percent_contribution percent_tolerance study_lower study_upper.
set key outside above center horizontal
unset xlabel
set ylabel "percent [%]"
set xrange [-0.6:n_words_source - 0.4]
set yrange [0:*]
set offsets 0, 0, graph 0.06, 0
set boxwidth 0.26
set style fill solid 0.35 border
set xtics rotate by (n_words_source > 6 ? -20 : 0)
set arrow from graph 0, first summary_limit_good to graph 1, first summary_limit_good nohead \
    linestyle 101
set label sprintf("%g %%", summary_limit_good) at graph 1, first summary_limit_good left \
    offset 0.3, 0
set arrow from graph 0, first summary_limit_acceptable to \
    graph 1, first summary_limit_acceptable nohead linestyle 101
set label sprintf("%g %%", summary_limit_acceptable) at \
    graph 1, first summary_limit_acceptable left offset 0.3, 0
set rmargin 9
# No bars of the tolerance where none is given: its limit is then not a number.
has_tolerance = summary_limit_tolerance == summary_limit_tolerance ? 1 : 0
# Parts far outside the tolerance do not flatten the rest: their bars are cut and labelled.
highest = 1e300
if (has_tolerance) {
    stats data using 4 name "T" nooutput
    if (T_max > 200) {
        highest = 130
        set yrange [0:highest]
        set offsets 0, 0, 0, 0
    }
}
plot data using ($1 - 0.28):2 with boxes linetype 1 title "study variation", \
    data using ($1 - 0.28):2:5:6 with yerrorbars linetype -1 linewidth 1.5 pointtype 7 \
        pointsize 0.4 title "confidence interval", \
    data using 1:3 with boxes linetype 2 title "contribution", \
    for [k = 1:has_tolerance] data using ($1 + 0.28):4 with boxes linetype 3 \
        title "tolerance", \
    for [k = 1:has_tolerance] data using ($4 > highest ? $1 + 0.28 : NaN):(highest): \
        (sprintf("%.0f %%", $4)) with labels offset 0, -0.7 notitle, \
    keyentry with lines linestyle 101 title "limits of study variation"
#: figure by_part
# Columns: part value part_mean.
set key outside above center horizontal
set xlabel (param_part eq "" ? label_part : param_part)
set ylabel (unit_value eq "" || unit_value eq "1" ? "reading" : "reading [".unit_value."]")
set xrange [-0.6:n_words_part - 0.4]
set offsets 0, 0, graph 0.05, graph 0.05
plot data using 1:2 with points linetype 1 pointtype 6 pointsize 0.7 title "reading", \
    data using 1:3 with linespoints linetype 2 pointtype 7 pointsize 0.7 \
        title "mean of the part"
#: figure by_operator
# Columns: operator value operator_mean.
set key outside above center horizontal
set xlabel (param_operator eq "" ? label_operator : param_operator)
set ylabel (unit_value eq "" || unit_value eq "1" ? "reading" : "reading [".unit_value."]")
set xrange [-0.6:n_words_operator - 0.4]
set offsets 0, 0, graph 0.05, graph 0.05
set arrow from graph 0, first summary_mean to graph 1, first summary_mean nohead back \
    linestyle 102
plot keyentry with lines linestyle 102 title "grand mean", \
    data using 1:2 with points linetype 1 pointtype 6 pointsize 0.7 title "reading", \
    data using 1:3:(0.3) with xerrorbars linetype 2 linewidth 2 pointtype 7 pointsize 0.7 \
        title "mean of the operator"
#: figure run_chart
# Columns: reading value part, by operator.
set key outside above center horizontal
set ylabel (unit_value eq "" || unit_value eq "1" ? "reading" : "reading [".unit_value."]")
set autoscale xfix
set offsets 0.6, 0.6, graph 0.05, graph 0.05
if (n_words_part <= 30) {
    set xlabel (param_part eq "" ? label_part : param_part)
    unset xtics
    set xtics rotate by (n_words_part > 12 ? -60 : 0) scale 0 nomirror ()
    do for [i = 1:n_words_part] {
        stats data using ($3 == i - 1 ? $1 : NaN) name "G" nooutput
        set xtics add (tics_part[i] 0.5 * (G_min + G_max))
        if (i > 1) {
            set arrow from G_min - 0.5, graph 0 to G_min - 0.5, graph 1 nohead linestyle 104
        }
    }
} else {
    set xlabel label_reading
}
set arrow from graph 0, first summary_mean to graph 1, first summary_mean nohead back \
    linestyle 102
plot keyentry with lines linestyle 102 title "grand mean", \
    for [i = 1:n_series] data index (i - 1) using 1:2 with points linetype i pointsize 0.7 \
        title series[i]
#: figure interaction
# Columns: part mean, by operator.
set key outside above center horizontal
set xlabel (param_part eq "" ? label_part : param_part)
set ylabel (unit_mean eq "" || unit_mean eq "1" ? "mean reading" : \
    "mean reading [".unit_mean."]")
set xrange [-0.6:n_words_part - 0.4]
set offsets 0, 0, graph 0.05, graph 0.05
plot for [i = 1:n_series] data index (i - 1) using 1:2 with linespoints linetype i \
    pointsize 0.7 title series[i]
