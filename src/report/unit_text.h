/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units as people write them. */
#ifndef FM_REPORT_UNIT_TEXT_H
#define FM_REPORT_UNIT_TEXT_H

enum {
    FM_UNIT_TEXT = 120
};

/* A unit in UDUNITS spelling as people write it: "um2" is µm², "(ohm cm)2" is (Ω cm)²,
 * "W m-2" is W m⁻²; "" for a pure number.  For display only.
 * text_out  out  at least FM_UNIT_TEXT bytes
 * returns text_out, or `unit` itself when it is longer than that */
const char *fm_unit_text(const char *unit, char *text_out);

#endif
