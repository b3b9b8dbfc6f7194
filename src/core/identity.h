/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The identity of a run: what determines its numbers.
 *
 * Runs of the same identity give the same numbers point by point, so their parts may be
 * mixed: the resolved scenario without its title and without the places of its files, the
 * sums of the data, and the program's version. */
#ifndef FM_CORE_IDENTITY_H
#define FM_CORE_IDENTITY_H

#include "core/digest.h"
#include "core/result.h"
#include "core/scenario.h"

/* The identity as text, a fact per line: what the digest is made of.  malloc'ed; NULL if
 * memory ran out.
 * scenario  in  loaded
 * version   in  of the program; NULL counts as "" */
char *fm_identity_text(const fm_scenario *scenario, const char *version);
/* The same for the run that made a result, from its provenance. */
char *fm_identity_of(const fm_result *result);

/* Digest of an identity's text.  hex_out  out  lower-case hexadecimal digits */
void fm_identity_digest(const char *text, char hex_out[FM_DIGEST_TEXT]);

/* Says in words where two identities differ first: "wire.diameter is 30 um here, 25 um in
 * 'FILE'".  Both must differ.
 * here, there  in   identities' texts
 * place        in   what `there` is called
 * words_out    out  [size] */
void fm_identity_difference(const char *here, const char *there, const char *place,
                            char *words_out, size_t size);

#endif
