# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of pull.geometry.
#: figure loop
# Columns: x z place; scalars t1_ratio t2_ratio angle1 angle2.
unset key
set xlabel label_x
set ylabel label_z
side1 = sprintf("T1/F = %.3f at %.1f degrees", tension_t1_ratio, tension_angle1)
side2 = sprintf("T2/F = %.3f at %.1f degrees", tension_t2_ratio, tension_angle2)
set title side1.",  ".side2
# One scale for both axes; a flat loop gets room above and below, so that the frame is filled.
set size ratio -1
stats data using 1:2 name "L" nooutput
width = 1.16 * (L_max_x - L_min_x)
high = 1.5 * (L_max_y - L_min_y)
high = high > 0.48 * width ? high : 0.48 * width
width = width > high / 0.48 ? width : high / 0.48
middle_x = (L_min_x + L_max_x) / 2
middle_y = (L_min_y + L_max_y) / 2
set xrange [middle_x - width / 2:middle_x + width / 2]
set yrange [middle_y - high / 2:middle_y + high / 2]
plot data using 1:2 with linespoints linetype 1 linewidth 2 pointtype 7 notitle, \
    data using 1:2:(words_place[$3 + 1]) every 2 with labels offset 0, -1 notitle, \
    data using 1:2:(words_place[$3 + 1]) every ::1::1 with labels offset 0, 1 notitle
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
stats data using 2 name "B" nooutput
set xrange [-0.6:B_records - 0.4]
set yrange [0:*]
set offsets 0, 0, graph 0.05, 0
set style fill solid 0.4 border
unset xtics
set xtics scale 0 nomirror ()
# One place a row: the quantity that is not used has no row.
plot data using ($0 - 0.19):2:(0.35) with boxes linetype 1 title "tension at bond 1", \
    data using ($0 + 0.19):3:(0.35) with boxes linetype 2 title "tension at bond 2", \
    data using 0:(0):xtic(tics_quantity[$1 + 1]) with points pointtype -1 notitle
