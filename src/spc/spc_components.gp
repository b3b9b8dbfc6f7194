# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of spc.components.
#: figure components
# Columns: source std_dev lower upper percent; the limits are variances.
set key outside above center horizontal
set xlabel label_source
set ylabel label_std_dev
set xrange [-0.6:n_words_source - 0.4]
set yrange [0:*]
set offsets 0, 0, graph 0.08, 0
set boxwidth 0.5
set style fill solid 0.35 border
plot data using 1:2 with boxes linetype 1 title "standard deviation", \
    data using 1:2:(sqrt($3)):(sqrt($4)) with yerrorbars linetype -1 linewidth 1.5 \
        pointtype 7 pointsize 0.4 title "confidence interval", \
    data using ($1 + 0.04):2:(sprintf("%.1f %%", $5)) with labels left offset 0.4, 0.7 notitle
#: figure variability
# Columns: cell mean min max group_mean group.
set key outside above center horizontal
set ylabel (unit_mean eq "" || unit_mean eq "1" ? "measurement" : \
    "measurement [".unit_mean."]")
set autoscale xfix
set offsets 0.6, 0.6, graph 0.04, graph 0.04
# With few groups their labels stand below the middle of their cells and lines part them;
# with many the axis counts the cells.
if (n_words_group <= 30) {
    # The name of the outermost factor, the first of the list.
    comma = strstrt(param_factors, ", ")
    outermost = comma > 0 ? param_factors[1:comma - 1] : param_factors
    set xlabel (outermost eq "" ? label_group : outermost)
    unset xtics
    set xtics rotate by (n_words_group > 12 ? -60 : 0) scale 0 nomirror ()
    do for [i = 1:n_words_group] {
        stats data using ($6 == i - 1 ? $1 : NaN) name "G" nooutput
        set xtics add (tics_group[i] 0.5 * (G_min + G_max))
        if (i > 1) {
            set arrow from G_min - 0.5, graph 0 to G_min - 0.5, graph 1 nohead linestyle 104
        }
    }
} else {
    set xlabel label_cell
}
# Behind the points, over the whole width.
set arrow from graph 0, first summary_mean to graph 1, first summary_mean nohead back \
    linestyle 102
plot keyentry with lines linestyle 102 title "grand mean", \
    data using 1:5:(0.5) with xerrorbars linetype 2 linewidth 2 pointtype -1 \
        title "mean of the outermost unit", \
    data using 1:2:3:4 with yerrorbars linetype 1 pointtype 7 pointsize 0.6 \
        title "mean and range of the innermost unit"
