# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of spc.agreement.
#: figure agreement
# Columns: label percent lower upper.
set key outside above center horizontal
unset xlabel
set ylabel "parts on which all ratings agree [%]"
set yrange [0:105]
set ytics 20
set xrange [-0.6:n_words_label - 0.4]
set xtics rotate by (n_words_label > 5 ? -25 : 0)
plot data using 1:2:3:4 with yerrorbars linetype 1 linewidth 2 pointtype 7 pointsize 0.8 \
    title "share and interval"
#: figure kappa
# Columns: label kappa lower upper.
set key outside above center horizontal
unset xlabel
set ylabel "kappa"
set xrange [-0.6:n_words_label - 0.4]
set xtics rotate by (n_words_label > 5 ? -25 : 0)
set offsets 0, 0, graph 0.05, graph 0.05
set arrow from graph 0, first summary_required to graph 1, first summary_required nohead back \
    linestyle 101
set label sprintf("%g", summary_required) at graph 1, first summary_required left \
    offset 0.3, 0
set rmargin 8
plot data using 1:2:3:4 with yerrorbars linetype 1 linewidth 2 pointtype 7 pointsize 0.8 \
        title "kappa and interval", \
    keyentry with lines linestyle 101 title "required"
