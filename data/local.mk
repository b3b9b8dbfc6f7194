# SPDX-License-Identifier: GPL-3.0-or-later
spcdatadir = $(pkgdatadir)/spc
dist_spcdata_DATA = %D%/spc/sirstv.csv %D%/spc/piston.csv
pulldatadir = $(pkgdatadir)/pull
dist_pulldata_DATA = %D%/pull/limits.csv %D%/pull/wires.csv
glossarydir = $(pkgdatadir)/glossary
dist_glossary_DATA = %D%/glossary/met.yaml %D%/glossary/spc.yaml %D%/glossary/pull.yaml \
    %D%/glossary/wafer.yaml %D%/glossary/sources.yaml
