# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of spc.arl.
#: figure arl
# Columns: shift arl q10 median q90; scalar design_arl_in_control.
set key outside above center horizontal
set xlabel label_shift
set ylabel "run length [points]"
set logscale y
set format y "%g"
set autoscale xfix
set yrange [0.8:*]
set offsets graph 0.03, graph 0.03, 0, 0
set arrow 1 from graph 0, first design_arl_in_control \
    to graph 1, first design_arl_in_control nohead linestyle 101
plot data using 1:3:5 with filledcurves fillcolor "#999999" fillstyle transparent solid 0.25 \
        noborder title "10 % to 90 %", \
    data using 1:4 with lines linestyle 102 title "median", \
    data using 1:2 with linespoints linetype 1 linewidth 1.8 pointsize 0.7 \
        title "average run length", \
    keyentry with lines linestyle 101 title "average in control"
