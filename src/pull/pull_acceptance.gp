# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of pull.acceptance.
#: figure oc
# Columns: fraction_bad accept; one series per plan; scalars demand_*.
set key outside above center horizontal
set xlabel label_fraction_bad
set ylabel label_accept
set yrange [0:1.05]
set arrow from demand_aql, graph 0 to demand_aql, first demand_accept_at_least nohead \
    linestyle 104
set arrow from demand_ltpd, graph 0 to demand_ltpd, first demand_accept_at_most nohead \
    linestyle 104
set label "AQL" at demand_aql, graph 0.03 offset 0.5, 0
set label "LTPD" at demand_ltpd, graph 0.03 offset 0.5, 0
set autoscale xfix
plot for [i = 1:n_series] data index (i - 1) using 1:2 with lines linetype i \
        linewidth 1.8 title series[i], \
    data index 0 every ::0::0 using (demand_aql):(demand_accept_at_least) \
        with points linestyle 103 title "asked for", \
    data index 0 every ::0::0 using (demand_ltpd):(demand_accept_at_most) \
        with points linestyle 103 notitle
#: figure distribution
# Columns: force fraction; series normal, lognormal, weibull, measured (the last).
set key outside above center horizontal
set xlabel label_force
set ylabel label_fraction
set logscale y
set format y "%g"
set yrange [1e-5:1.2]
set offsets graph 0.03, graph 0.03, 0, 0
if (capability_limit == capability_limit) {
    set arrow from capability_limit, graph 0 to capability_limit, graph 1 nohead \
        linestyle 101
}
if (capability_tolerance_bound == capability_tolerance_bound) {
    set arrow from capability_tolerance_bound, graph 0 to capability_tolerance_bound, \
        graph 1 nohead linestyle 102
}
# The points at limit and bound have no mark: they only make room for the lines.
plot for [i = 1:n_series - 1] data index (i - 1) using 1:2 with lines linetype i \
        linewidth 1.5 title series[i], \
    data index (n_series - 1) using 1:2 with points linetype -1 pointtype 7 \
        pointsize 0.5 title series[n_series], \
    data index 0 every ::0::0 using (capability_limit):(1) with points pointtype -1 \
        notitle, \
    data index 0 every ::0::0 using (capability_tolerance_bound):(1) with points \
        pointtype -1 notitle, \
    keyentry with lines linestyle 101 \
        title (capability_limit == capability_limit ? "limit" : ""), \
    keyentry with lines linestyle 102 \
        title (capability_tolerance_bound == capability_tolerance_bound ? \
            "tolerance bound" : "")
