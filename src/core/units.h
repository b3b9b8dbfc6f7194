/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units on UDUNITS-2, and the one strict grammar of numbers with units. */
#ifndef FM_CORE_UNITS_H
#define FM_CORE_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include <fabmet/error.h>

/* The unit system: UDUNITS' database, our additional names (gf, mil, ohm/sq, LSB, sigma,
 * electron, wafer, pct, eV and e by their 2019 definitions).  Made once at start-up in
 * one thread; conversions afterwards are pure and may run in any thread. */
typedef struct fm_units fm_units;

/* units_out  out  owned by the caller: fm_units_free
 * returns FM_OK; FM_EINTERNAL if the unit database cannot be read (the text says how to
 *         name another place); FM_ENOMEM */
fm_status fm_units_create(fm_units **units_out, fm_error *err);
void fm_units_free(fm_units *units);

/* A linear conversion y = (x * factor) * 10^decimal + offset; a pure power of ten has
 * factor 1 and offset 0 and is exact when applied to decimal text or by fm_convert. */
typedef struct fm_conversion {
    int decimal;
    double factor;
    double offset;
} fm_conversion;

/* Conversion between two unit texts.  `difference` keeps only the scale (5 degC of
 * difference is 5 K).
 * returns FM_OK; FM_EDATA if a unit is unknown or no unit token, FM_EDOM if the
 * dimensions differ; the text names both units and a hint ("did you mean degC?") */
fm_status fm_units_conversion(const fm_units *units, const char *from, const char *to,
                              bool difference, fm_conversion *conversion_out,
                              fm_error *err);
double fm_convert(const fm_conversion *conversion, double x);
double fm_convert_back(const fm_conversion *conversion, double y); /* y -> x */

/* Converts one number between any two units of one dimension, logarithmic ones included
 * (1 dBm is 1.2589 mW).  Statuses as above. */
fm_status fm_units_convert(const fm_units *units, const char *from, const char *to,
                           bool difference, double x, double *y_out, fm_error *err);

/* Conversion to the coherent SI unit that fabmet works in inside.
 * returns FM_OK; FM_EDATA if `unit` is no unit; FM_EDOM if it is logarithmic */
fm_status fm_units_to_si(const fm_units *units, const char *unit, bool difference,
                         fm_conversion *conversion_out, fm_error *err);

/* The text of that SI unit: "um" -> "m", "gf" -> "N", "degC" -> "K", "1" -> "1",
 * "W/(m2 sr um)" -> "W m-3 sr-1"; a unit that is coherent itself stays as it is written.
 * name_out  out  a unit token that converts like `unit` does; free()
 * returns as fm_units_to_si; FM_ENOMEM */
fm_status fm_units_si_name(const fm_units *units, const char *unit, char **name_out,
                           fm_error *err);

/* Checks that `unit` is a unit token that UDUNITS knows. */
bool fm_units_known(const fm_units *units, const char *unit);

/* Unit text of a square, in UDUNITS spelling: "um" -> "um2", "ohm cm" -> "(ohm cm)2",
 * "1" -> "1".  malloc'ed. */
char *fm_units_squared(const char *unit);

/* Reads `text` as  real blank* unit?  and converts it to `unit` and to SI, by exact
 * decimal scaling where the factor is a power of ten.  The whole text must match.
 * unit       in   declared unit; "1" takes %, ppm and other pure numbers, nothing else
 * value_out  out  in the declared unit
 * si_out     out  in SI
 * returns FM_OK; FM_EDATA with a text that shows what was found and how to write it
 *         (hexadecimal, "1,5", ".nan", "1e400", U+2212, no-break space, unknown unit,
 *         wrong dimension, ...); FM_ENOMEM */
fm_status fm_quantity_read(const fm_units *units, const char *text, const char *unit,
                           bool difference, double *value_out, double *si_out,
                           fm_error *err);

/* Strict bare number (no unit), and strict integers: no leading zeros, no sign for
 * unsigned, no exponent, range checked. */
fm_status fm_real_read(const char *text, double *value_out, fm_error *err);
fm_status fm_integer_read(const char *text, int64_t *value_out, fm_error *err);
fm_status fm_unsigned_read(const char *text, uint64_t *value_out, fm_error *err);

/* SI value of a double held in the declared unit (for computed axis values). */
double fm_si_of(const fm_conversion *to_si, double value);

#endif
