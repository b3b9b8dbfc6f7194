# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of pull.geometry.
#: figure loop
# Columns: x z place; scalars t1_ratio t2_ratio angle1 angle2.
set key outside above center horizontal
set xlabel label_x
set ylabel label_z
set size ratio -1
set offsets graph 0.08, graph 0.08, graph 0.2, graph 0.12
side1 = sprintf("T1/F = %.3f at %.1f degrees", tension_t1_ratio, tension_angle1)
side2 = sprintf("T2/F = %.3f at %.1f degrees", tension_t2_ratio, tension_angle2)
plot data using 1:2 with linespoints linetype 1 linewidth 2 pointtype 7 title "wire", \
    data using 1:2:(words_place[$3 + 1]) every 2 with labels offset 0, -1 notitle, \
    data using 1:2:(words_place[$3 + 1]) every ::1::1 with labels offset 0, 1 notitle, \
    keyentry with points pointtype -1 title side1, \
    keyentry with points pointtype -1 title side2
#: figure tension
# Columns: axis t1_ratio t1_ratio_u t2_ratio t2_ratio_u.
set key outside above center horizontal
set xlabel label_axis
set ylabel "wire tension over hook force"
set yrange [0:*]
set autoscale xfix
set offsets graph 0.03, graph 0.03, graph 0.05, 0
plot data using 1:2:3 with yerrorbars linetype 1 linewidth 1 pointtype -1 notitle, \
    data using 1:4:5 with yerrorbars linetype 2 linewidth 1 pointtype -1 notitle, \
    data using 1:2 with linespoints linetype 1 linewidth 1.5 pointsize 0.6 \
        title "side of bond 1", \
    data using 1:4 with linespoints linetype 2 linewidth 1.5 pointsize 0.6 \
        title "side of bond 2"
#: figure budget
# Columns: quantity share_t1 share_t2.
set key outside above center horizontal
set ylabel "share of the variance [%]"
set yrange [0:*]
set autoscale xfix
set offsets 0.3, 0.3, graph 0.05, 0
set style fill solid 0.4 border
unset xtics
set xtics scale 0 nomirror ()
# One place a row: the quantity that is not used has no row.
plot data using ($0 - 0.19):2:(0.35) with boxes linetype 1 title "tension at bond 1", \
    data using ($0 + 0.19):3:(0.35) with boxes linetype 2 title "tension at bond 2", \
    data using 0:(0):xtic(tics_quantity[$1 + 1]) with points pointtype -1 notitle
