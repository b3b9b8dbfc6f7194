/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario will do, said before it runs. */
#ifndef FM_APP_CHECK_H
#define FM_APP_CHECK_H

#include "core/scenario.h"

/* Prints study, points, axes, the first points and the expected size to stdout. */
void fm_check_print(const fm_scenario *scenario);

#endif
