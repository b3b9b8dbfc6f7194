# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of whatif.deltas.
#: figure tornado
# Columns: parameter low_delta high_delta low_se high_se low_at high_at units.
unset key
unset xtics
set xtics nomirror out scale 0.6
set ytics () nomirror out scale 0.6
do for [i = 1:n_words_parameter] {
    set ytics add (tics_parameter[i] n_words_parameter - i)
}
set xlabel "change of ".param_quantity.(words_units[1] eq "1" ? "" : " [".words_units[1]."]")
set autoscale x
set yrange [-0.6:n_words_parameter - 0.4]
set offsets graph 0.16, graph 0.16, 0, 0
set arrow 1 from 0, graph 0 to 0, graph 1 nohead linestyle 102 front
row(i) = n_words_parameter - 1 - i
plot data using 2:(row($1)):2:(0):(row($1) - 0.32):(row($1) + 0.32) \
        with boxxyerror linetype 2 linewidth 1, \
    data using 3:(row($1)):(0):3:(row($1) - 0.32):(row($1) + 0.32) \
        with boxxyerror linetype 1 linewidth 1, \
    data using 2:(row($1)):(2 * $4) with xerrorbars linetype 5 pointtype -1, \
    data using 3:(row($1)):(2 * $5) with xerrorbars linetype 5 pointtype -1, \
    data using ($2 < 0 ? $2 - 2 * ($4 == $4 ? $4 : 0) : NaN):(row($1)):(words_low_at[int($6) + 1]) \
        with labels right offset -0.6, 0, \
    data using ($3 > 0 ? $3 + 2 * ($5 == $5 ? $5 : 0) : NaN):(row($1)):(words_high_at[int($7) + 1]) \
        with labels left offset 0.6, 0
#: figure by-point
# Columns: at delta low high units.
set key outside above center horizontal
set xlabel label_at
set ylabel "change of ".param_quantity.(words_units[1] eq "1" ? "" : " [".words_units[1]."]")
set arrow 1 from graph 0, first 0 to graph 1, first 0 nohead linestyle 102
set offsets graph 0.03, graph 0.03, graph 0.05, graph 0.05
plot data using 1:2:3:4 with yerrorbars linetype 1 title "confidence interval", \
    data using 1:2 with points linetype 1 pointsize 0.9 title "difference"
