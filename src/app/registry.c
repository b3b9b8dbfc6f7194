/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registry: every study that a module's local.mk names. */
#include "config.h"

#include "app/app.h"

#define FM_STUDY(name) extern const fm_study fm_study_##name;
#include "app/studies.def"
#undef FM_STUDY

const fm_study *const fm_studies[] = {
#define FM_STUDY(name) &fm_study_##name,
#include "app/studies.def"
#undef FM_STUDY
};

const size_t fm_n_studies = FM_COUNT(fm_studies);
