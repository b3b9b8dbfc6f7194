# SPDX-License-Identifier: GPL-3.0-or-later
spcdatadir = $(pkgdatadir)/spc
dist_spcdata_DATA = %D%/spc/sirstv.csv %D%/spc/piston.csv
dist_spcdata_DATA += %D%/spc/gauge_crossed.csv %D%/spc/gauge_nested.csv
dist_spcdata_DATA += %D%/spc/diameter_stage1.csv
pulldatadir = $(pkgdatadir)/pull
dist_pulldata_DATA = %D%/pull/limits.csv %D%/pull/wires.csv
glossarydir = $(pkgdatadir)/glossary
dist_glossary_DATA = %D%/glossary/met.yaml
dist_glossary_DATA += %D%/glossary/spc.yaml
dist_glossary_DATA += %D%/glossary/pull.yaml
dist_glossary_DATA += %D%/glossary/accept.yaml
dist_glossary_DATA += %D%/glossary/stat.yaml
dist_glossary_DATA += %D%/glossary/wafer.yaml
dist_glossary_DATA += %D%/glossary/whatif.yaml
dist_glossary_DATA += %D%/glossary/sources.yaml
