# SPDX-License-Identifier: GPL-3.0-or-later
dist_doc_DATA = README.md NEWS COPYING %D%/manual.md %D%/reference.md %D%/design.md \
    %D%/file-format.md

# Manual pages from the program's own help.
FM_COMMANDS = list describe init check run merge slurm show verify plot report glossary
FM_MANS = %D%/fabmet.1 %D%/fabmet-list.1 %D%/fabmet-describe.1 %D%/fabmet-init.1 \
    %D%/fabmet-check.1 %D%/fabmet-run.1 %D%/fabmet-merge.1 %D%/fabmet-slurm.1 %D%/fabmet-show.1 %D%/fabmet-verify.1 \
    %D%/fabmet-plot.1 %D%/fabmet-report.1 %D%/fabmet-glossary.1
if HAVE_HELP2MAN
man1_MANS = $(FM_MANS)
CLEANFILES += $(FM_MANS) %D%/man.stamp
endif
$(FM_MANS): %D%/man.stamp
%D%/man.stamp: src/app/fabmet$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) %D% && \
	$(HELP2MAN) --no-info --no-discard-stderr -n 'semiconductor metrology and SPC simulation' \
	    -o %D%/fabmet.1 src/app/fabmet$(EXEEXT) && \
	for c in $(FM_COMMANDS); do \
	    name=`src/app/fabmet$(EXEEXT) --help | $(SED) -n "s/^  $$c  *//p"`; \
	    $(HELP2MAN) --no-info --no-discard-stderr -n "$$name" \
	        -o %D%/fabmet-$$c.1 "src/app/fabmet$(EXEEXT) $$c" || exit 1; \
	done && touch $@

# The reference chapter is made from the declarations; `make update-reference` after a change.
update-reference: src/app/fabmet$(EXEEXT)
	$(AM_V_GEN)src/app/fabmet$(EXEEXT) describe --markdown > $(srcdir)/%D%/reference.md
.PHONY: update-reference

EXTRA_DIST += scripts/fabmet.bash scripts/packages scripts/bootstrap scripts/build scripts/demo scripts/check
install-data-hook:
	$(MKDIR_P) "$(DESTDIR)$(bashcompletiondir)"
	$(INSTALL_DATA) $(srcdir)/scripts/fabmet.bash "$(DESTDIR)$(bashcompletiondir)/fabmet"
uninstall-hook:
	rm -f "$(DESTDIR)$(bashcompletiondir)/fabmet"
