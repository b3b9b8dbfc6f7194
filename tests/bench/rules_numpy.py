# SPDX-License-Identifier: GPL-3.0-or-later
"""Run rules in NumPy: makes N normal values, judges them with sliding windows, and once more with
differences of cumulative sums (the fastest form found); prints the processor seconds of both and the
number of flagged points."""
import sys
import time

import numpy as np

path, n = sys.argv[1], int(sys.argv[2])
x = np.random.default_rng(1).standard_normal(n)
x.tofile(path)


def sliding(mask, m, w):
    """Points that are in the mask with m of the last w in it."""
    count = mask.astype(np.int8)
    count[w - 1:] = np.lib.stride_tricks.sliding_window_view(mask, w).sum(axis=1, dtype=np.int8)
    count[:w - 1] = np.cumsum(mask[:w - 1])
    return mask & (count >= m)


def cumulative(mask, m, w):
    total = np.cumsum(mask, dtype=np.int32)
    count = total.copy()
    count[w:] -= total[:-w]
    return mask & (count >= m)


def judge(window):
    flagged = np.zeros(n, dtype=bool)
    for m, w, k in ((1, 1, 3), (2, 3, 2), (4, 5, 1), (8, 8, 0), (9, 9, 0)):
        flagged |= window(x > k, m, w)
        flagged |= window(x < -k, m, w)
    size = np.abs(x)
    flagged |= window(size < 1, 15, 15)
    flagged |= window(size > 1, 8, 8)
    up = np.zeros(n, dtype=bool)
    down = np.zeros(n, dtype=bool)
    up[1:] = x[1:] > x[:-1]
    down[1:] = x[1:] < x[:-1]
    flagged |= window(up, 5, 5)
    flagged |= window(down, 5, 5)
    turn = np.zeros(n, dtype=bool)
    turn[1:] = (up[1:] & down[:-1]) | (down[1:] & up[:-1])
    flagged |= window(turn, 12, 12)
    return int(np.count_nonzero(flagged))


seconds = []
for window in (sliding, cumulative):
    before = time.process_time()
    n_flagged = judge(window)
    seconds.append(time.process_time() - before)
print(f"{seconds[0]:.4f} {seconds[1]:.4f} {n_flagged}")
