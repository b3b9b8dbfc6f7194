/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spc.chart: what the chart really does in control. */
#include "config.h"

#include <math.h>

#include "spc/spc_chart.h"

fm_status
fm_chart_arl_eval(const fm_chart *c, fm_chart_arl *out)
{
    (void)c;
    *out = (fm_chart_arl){NAN, NAN};
    return FM_OK;
}
