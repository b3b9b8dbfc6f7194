# SPDX-License-Identifier: GPL-3.0-or-later
libfabmet_math_la_SOURCES += %D%/univariate.c %D%/univariate.h \
    %D%/gauss_legendre.c %D%/gauss_legendre.h
