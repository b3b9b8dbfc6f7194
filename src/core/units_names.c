/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of units for people: what is needed instead, what was meant, the SI unit.
 *
 * Contents
 *   1. texts for people     2. SI units
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <udunits2.h>

#include "core/text.h"
#include "core/units.h"
#include "core/units_parts.h"

/* ---- 1. texts for people --------------------------------------------------------- */

typedef struct dimension {
    const char *probe; /* any unit of the dimension */
    const char *text;
} dimension;

static const dimension dimensions[] = {
    {"m", "a length such as um, mm"},
    {"s", "a time such as s, ms, hour"},
    {"K", "a temperature such as degC, K"},
    {"V", "a voltage such as V, mV"},
    {"A", "a current such as A, uA"},
    {"W", "a power such as W, mW"},
    {"N", "a force such as N, mN, gf"},
    {"Pa", "a pressure such as Pa, MPa, psi"},
    {"Hz", "a frequency such as Hz, MHz"},
    {"kg", "a mass such as kg, mg"},
    {"ohm", "a resistance such as ohm, kohm"},
    {"F", "a capacitance such as F, pF"},
    {"J", "an energy such as J, mJ, eV"},
    {"C", "a charge such as C, e"},
    {"rad", "an angle such as degree, rad"},
    {"m2", "an area such as um2, cm2"},
    {"m3", "a volume such as um3, cm3"},
    {"W m-2", "an irradiance such as W/m2, mW/cm2"},
    {"K s-1", "a rate of temperature such as K/s"},
    {"N m-1", "a stiffness such as N/m, N/mm"},
    {"m-2", "a number per area such as cm-2"},
};

bool
fm_unit_same_dimension(const fm_unit_parts *a, const fm_unit_parts *b)
{
    return ut_compare(a->coherent, b->coherent) == 0;
}

/* "a length such as um, mm" for the dimension of `to`. */
static const char *
dimension_text(const fm_units *units, const fm_unit_parts *to)
{
    const char *text = NULL;

    for (size_t i = 0; i < sizeof dimensions / sizeof dimensions[0] && !text; i++) {
        ut_unit *probe = fm_unit_parse(units, dimensions[i].probe);
        fm_unit_parts p;
        if (probe != NULL && fm_unit_take_apart(probe, &p)) {
            if (fm_unit_same_dimension(&p, to))
                text = dimensions[i].text;
            ut_free(p.coherent);
        }
        ut_free(probe);
    }
    return text;
}

/* Symbols that mean something else than people think. */
static const char *
confused_with(const char *from)
{
    static const char *const pairs[][2] = {
        {"C", "degC"},       {"F", "degF"},  {"S", "s"},      {"sec", "s"},
        {"u", "um"},         {"M", "m"},     {"k", "K"},      {"v", "V"},
        {"a", "A"},          {"g", "gf"},    {"mm2", "mm"},   {"h", "hour"},
        {"mins", "min"},     {"Ohm", "ohm"}, {"R", "ohm"},    {"mv", "mV"},
        {"hz", "Hz"},        {"KHz", "kHz"}, {"ev", "eV"},    {"oC", "degC"},
        {"celsius", "degC"}, {"gm", "gf"},   {"grams", "gf"}, {"kelvins", "K"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (strcmp(from, pairs[i][0]) == 0)
            return pairs[i][1];
    return NULL;
}

static const char *
nearest_unit(const char *from)
{
    static const char *const common[] = {
        "um",   "nm",   "mm",    "cm",       "mil",   "angstrom", "V",     "mV",
        "uV",   "mA",   "uA",    "nA",       "degC",  "degF",     "gf",    "cN",
        "mN",   "kHz",  "MHz",   "GHz",      "ms",    "us",       "ns",    "ps",
        "hour", "min",  "day",   "kPa",      "MPa",   "GPa",      "psi",   "mbar",
        "Torr", "ohm",  "kohm",  "ppm",      "ppb",   "percent",  "pct",   "degree",
        "rad",  "mrad", "mW",    "uW",       "pF",    "fF",       "eV",    "meV",
        "keV",  "LSB",  "sigma", "electron", "wafer", "photon",   "count", "bit",
    };
    const char *known = confused_with(from);

    return known != NULL ? known
                         : fm_nearest(from, common, sizeof common / sizeof common[0]);
}

/* The unit that was probably meant, if it has the dimension that is needed. */
static const char *
meant(const fm_units *units, const char *from, const fm_unit_parts *to)
{
    const char *guess = nearest_unit(from);
    ut_unit *unit = fm_unit_parse(units, guess);
    fm_unit_parts p;
    bool fits = unit != NULL && fm_unit_take_apart(unit, &p);

    if (fits) {
        fits = to == NULL || fm_unit_same_dimension(&p, to);
        ut_free(p.coherent);
    }
    ut_free(unit);
    return fits ? guess : NULL;
}

fm_status
fm_unit_fail_unknown(const fm_units *units, const char *from, const fm_unit_parts *to,
                     fm_error *err)
{
    const char *guess = meant(units, from, to);
    const char *needed = to != NULL ? dimension_text(units, to) : NULL;

    if (guess != NULL)
        return FM_FAIL(err, FM_EDATA, "'%.40s' is not a unit; did you mean %s?", from,
                       guess);
    if (needed != NULL)
        return FM_FAIL(err, FM_EDATA, "'%.40s' is not a unit; %s is needed", from,
                       needed);
    return FM_FAIL(err, FM_EDATA, "'%.40s' is not a unit", from);
}

fm_status
fm_unit_fail_dimension(const fm_units *units, const char *from, const char *to,
                       const fm_unit_parts *to_parts, fm_error *err)
{
    const char *guess = meant(units, from, to_parts);
    const char *needed = dimension_text(units, to_parts);

    if (strcmp(to, "1") == 0)
        return FM_FAIL(
            err, FM_EDOM,
            "a pure number is needed here (%% and ppm are allowed), not '%.40s'", from);
    if (guess != NULL)
        return FM_FAIL(err, FM_EDOM, "'%.40s' does not convert to %s; did you mean %s?",
                       from, to, guess);
    if (needed != NULL)
        return FM_FAIL(err, FM_EDOM, "'%.40s' does not convert to %s; %s is needed", from,
                       to, needed);
    return FM_FAIL(err, FM_EDOM, "'%.40s' does not convert to %s", from, to);
}

/* ---- 2. SI units ----------------------------------------------------------------- */

/* Coherent units by the names that people use.  The first one of a dimension counts. */
static const char *const si_units[] = {
    "1",       "m",      "kg",     "s",          "A",          "K",          "mol",
    "cd",      "N",      "Pa",     "J",          "W",          "V",          "ohm",
    "S",       "F",      "C",      "H",          "T",          "Wb",         "Hz",
    "rad",     "sr",     "lm",     "lx",         "m2",         "m3",         "m-1",
    "m-2",     "m-3",    "K-1",    "V-1",        "m s-1",      "m2 s-1",     "m2 s-2",
    "kg m-3",  "N m-1",  "N s-1",  "V m-1",      "A m-1",      "A m-2",      "W m-1",
    "W m-2",   "W m-3",  "W sr-1", "W m-2 sr-1", "W m-3 sr-1", "W m-1 sr-1", "J K-1",
    "J mol-1", "K s-1",  "V K-1",  "V s-1",      "A V-1",      "A W-1",      "V W-1",
    "ohm m",   "ohm m2", "F m-2",  "m2 V-1 s-1", "kg mol-1",   "m K",        "Pa s",
    "ohm K-1", "m K-1"};

/* The listed name of the dimension, or NULL. */
static const char *
listed_name(const fm_units *units, const fm_unit_parts *parts)
{
    const char *name = NULL;

    for (size_t i = 0; i < sizeof si_units / sizeof si_units[0] && name == NULL; i++) {
        ut_unit *unit = fm_unit_parse(units, si_units[i]);
        fm_unit_parts p = {0};
        if (unit != NULL && fm_unit_take_apart(unit, &p) &&
            fm_unit_same_dimension(&p, parts))
            name = si_units[i];
        ut_free(p.coherent);
        ut_free(unit);
    }
    return name;
}

/* "kg.m-1.s-3" as UDUNITS writes the product of base units, with blanks for the dots. */
static char *
product_name(const fm_unit_parts *parts)
{
    char text[128];
    int n = ut_format(parts->coherent, text, sizeof text, UT_ASCII);

    if (n < 0 || (size_t)n >= sizeof text)
        return NULL;
    for (char *dot = strchr(text, '.'); dot != NULL; dot = strchr(dot, '.'))
        *dot = ' ';
    return fm_strdup(text);
}

fm_status
fm_units_si_name(const fm_units *units, const char *unit, char **name_out, fm_error *err)
{
    fm_unit_parts p = {0};
    fm_conversion to_si;
    const char *name = NULL;

    fm_status st = fm_units_to_si(units, unit, false, &to_si, err);
    if (st != FM_OK)
        return st;
    bool coherent = to_si.decimal == 0 && !(to_si.factor < 1) && !(to_si.factor > 1) &&
                    !(to_si.offset < 0) && !(to_si.offset > 0);
    ut_unit *parsed = fm_unit_parse(units, unit);
    if (coherent)
        name = unit;
    else if (parsed != NULL && fm_unit_take_apart(parsed, &p))
        name = listed_name(units, &p);
    char *text = name != NULL ? fm_strdup(name) : NULL;
    if (name == NULL && p.coherent != NULL)
        text = product_name(&p);
    ut_free(p.coherent);
    ut_free(parsed);
    if (text == NULL)
        return FM_FAIL(err, FM_ENOMEM, "units: out of memory");
    *name_out = text;
    return FM_OK;
}
