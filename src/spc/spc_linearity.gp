# SPDX-License-Identifier: GPL-3.0-or-later
# Figure of spc.linearity.
#: figure linearity
# Columns: reference bias lower upper, by kind: readings, means, line.
set key outside above center horizontal
set xlabel label_reference
set ylabel label_bias
set offsets graph 0.03, graph 0.03, graph 0.06, graph 0.06
set arrow from graph 0, first 0 to graph 1, first 0 nohead back linestyle 102
plot data index 2 using 1:3:4 with filledcurves fillcolor rgb "#dddddd" \
        title "confidence band", \
    data index 2 using 1:2 with lines linetype 2 linewidth 2 title "line", \
    data index 0 using 1:2 with points linetype 1 pointtype 6 pointsize 0.7 \
        title "reading", \
    data index 1 using 1:2 with points linetype 3 pointtype 7 pointsize 0.9 title "mean", \
    keyentry with lines linestyle 102 title "no bias"
