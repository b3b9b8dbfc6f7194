/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units on UDUNITS-2: our names, tokens, dimensions, exact decimal conversions.
 *
 * Contents
 *   1. the system and our additional names     4. decimal scaling
 *   2. unit tokens                             5. public conversions
 *   3. a unit taken apart
 */
#include "config.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <udunits2.h>

#include "core/text.h"
#include "core/units.h"
#include "core/units_parts.h"

struct fm_units {
    ut_system *system;
    ut_unit *one;
    locale_t c_locale; /* UDUNITS reads numbers with the user's decimal sign */
};

/* ---- 1. the system and our additional names -------------------------------------- */

/* Things that are counted.  They are pure numbers for UDUNITS, but one is not another. */
static const char *const counts[] = {
    "LSB",   "sigma",  "electron", "electrons", "photon", "photons",
    "wafer", "wafers", "die",      "dies",      "pull",   "pulls",
};

typedef struct addition {
    const char *name;
    const char *definition;
    bool symbol; /* takes prefixes such as k or m */
} addition;

/* The electronvolt and the elementary charge are exact since 2019 (SI Brochure, 9th ed.,
 * table 1: e = 1.602176634e-19 C); the database holds older values. */
static const addition additions[] = {
    {"e", "1.602176634e-19 C", true},
    {"eV", "1.602176634e-19 J", true},
    {"electronvolt", "1.602176634e-19 J", false},
    {"electronvolts", "1.602176634e-19 J", false},
    {"electron_volt", "1.602176634e-19 J", false},
    {"electron_volts", "1.602176634e-19 J", false},
    {"bev", "1.602176634e-10 J", true},
    {"pct", "0.01", false},
    {"sq", "1", false},
    {"deg", "degree", false},
    {"gf", "0.00980665 N", true},
};

static ut_status
map_addition(ut_system *system, const addition *a)
{
    ut_unit *unit = ut_parse(system, a->definition, UT_UTF8);
    ut_status st;

    if (unit == NULL)
        return UT_UNKNOWN;
    if (a->symbol) {
        (void)ut_unmap_symbol_to_unit(system, a->name, UT_ASCII);
        st = ut_map_symbol_to_unit(a->name, UT_ASCII, unit);
    } else {
        (void)ut_unmap_name_to_unit(system, a->name, UT_ASCII);
        st = ut_map_name_to_unit(a->name, UT_ASCII, unit);
    }
    ut_free(unit);
    return st;
}

static fm_status
add_names(fm_units *units, fm_error *err)
{
    for (size_t i = 0; i < sizeof additions / sizeof additions[0]; i++)
        if (map_addition(units->system, &additions[i]) != UT_SUCCESS)
            return FM_FAIL(err, FM_EINTERNAL, "units: cannot define '%s'",
                           additions[i].name);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        if (ut_map_name_to_unit(counts[i], UT_ASCII, units->one) != UT_SUCCESS)
            return FM_FAIL(err, FM_EINTERNAL, "units: cannot define '%s'", counts[i]);
    return FM_OK;
}

static fm_status
read_database(fm_units *units, fm_error *err)
{
    locale_t before = uselocale(units->c_locale);
    fm_status st = FM_OK;

    (void)ut_set_error_message_handler(ut_ignore);
    units->system = ut_read_xml(NULL);
    if (units->system != NULL)
        units->one = ut_get_dimensionless_unit_one(units->system);
    if (units->one == NULL)
        st = FM_FAIL(err, FM_EINTERNAL,
                     "the unit database of UDUNITS-2 cannot be read; "
                     "UDUNITS2_XML_PATH names another place (udunits2.xml)");
    else
        st = add_names(units, err);
    (void)uselocale(before);
    return st;
}

fm_status
fm_units_create(fm_units **units_out, fm_error *err)
{
    fm_units *units = calloc(1, sizeof *units);
    fm_status st;

    if (units == NULL)
        return FM_FAIL(err, FM_ENOMEM, "units: out of memory");
    units->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (units->c_locale == (locale_t)0)
        st = FM_FAIL(err, FM_ENOMEM, "units: out of memory");
    else
        st = read_database(units, err);
    if (st == FM_OK) {
        *units_out = units;
        units = NULL;
    }
    fm_units_free(units);
    return st;
}

void
fm_units_free(fm_units *units)
{
    if (units == NULL)
        return;
    ut_free(units->one);
    if (units->system != NULL)
        ut_free_system(units->system);
    if (units->c_locale != (locale_t)0)
        freelocale(units->c_locale);
    free(units);
}

/* ---- 2. unit tokens -------------------------------------------------------------- */

enum {
    TOKEN_MAX = 80
};

static bool
is_letter(unsigned char c)
{
    return isalpha(c) || c >= 0x80 || c == '%' || c == '_' || c == '\'' || c == '"';
}

/* The end of the name or exponent that starts at p, or NULL if nothing can start there.
 * UDUNITS takes whole expressions ("3 mV", "V 3", "m @ 5", "lg(re 1 mW)"); what a person
 * writes behind a number is names with whole exponents. */
static const char *
skip_factor(const char *p)
{
    if (!is_letter((unsigned char)*p))
        return NULL;
    while (is_letter((unsigned char)*p) || isdigit((unsigned char)*p))
        p++;
    if (*p == '^')
        p++;
    else if (p[0] == '*' && p[1] == '*')
        p += 2;
    if ((*p == '-' || *p == '+') && isdigit((unsigned char)p[1]))
        p++;
    while (isdigit((unsigned char)*p))
        p++;
    return p;
}

static bool
is_token(const char *text)
{
    int depth = 0;
    bool operand = true; /* a name is expected */
    const char *p = text;

    if (strlen(text) > TOKEN_MAX || *p == '\0' || *p == '\'' || *p == '"' || *p == '_')
        return false;
    while (*p != '\0') {
        if (operand && *p == '(') {
            depth++;
            p++;
        } else if (operand) {
            p = skip_factor(p);
            if (p == NULL)
                return false;
            operand = false;
        } else if (*p == ')') {
            depth--;
            for (p++; *p == '-' || isdigit((unsigned char)*p);)
                p++;
        } else if (strchr(" ./*", *p) != NULL) {
            operand = true;
            p++;
        } else {
            return false;
        }
        if (depth < 0)
            return false;
    }
    return depth == 0 && !operand;
}

ut_unit *
fm_unit_parse(const fm_units *units, const char *text)
{
    if (text == NULL)
        return NULL;
    if (strcmp(text, "1") == 0)
        return ut_clone(units->one);
    if (!is_token(text))
        return NULL;
    locale_t before = uselocale(units->c_locale);
    ut_unit *unit = ut_parse(units->system, text, UT_UTF8);
    (void)uselocale(before);
    return unit;
}

bool
fm_units_known(const fm_units *units, const char *unit)
{
    ut_unit *parsed = fm_unit_parse(units, unit);
    bool known = parsed != NULL;

    ut_free(parsed);
    return known;
}

char *
fm_units_squared(const char *unit)
{
    fm_str s = {0};
    bool simple = true;

    if (unit == NULL || *unit == '\0' || strcmp(unit, "1") == 0)
        return fm_strdup("1");
    for (const char *p = unit; *p != '\0'; p++)
        simple = simple && (isalpha((unsigned char)*p) || (unsigned char)*p >= 0x80);
    if (simple)
        fm_str_addf(&s, "%s2", unit);
    else
        fm_str_addf(&s, "(%s)2", unit);
    return fm_str_take(&s);
}

/* ---- 3. a unit taken apart ------------------------------------------------------- */

static ut_status
visit_basic(const ut_unit *unit, void *arg)
{
    fm_unit_parts *p = arg;

    p->coherent = ut_clone(unit);
    p->done = true;
    return UT_SUCCESS;
}

static ut_status
visit_product(const ut_unit *unit, int count, const ut_unit *const *basic,
              const int *powers, void *arg)
{
    (void)count;
    (void)basic;
    (void)powers;
    return visit_basic(unit, arg);
}

static ut_status
visit_galilean(const ut_unit *unit, double scale, const ut_unit *underlying,
               double offset, void *arg)
{
    fm_unit_parts *p = arg;

    (void)unit;
    p->scale = scale;
    p->offset = offset;
    p->coherent = ut_clone(underlying);
    return UT_SUCCESS;
}

static ut_status
visit_timestamp(const ut_unit *unit, const ut_unit *time_unit, double origin, void *arg)
{
    (void)unit;
    (void)time_unit;
    (void)origin;
    (void)arg;
    return UT_MEANINGLESS;
}

static ut_status
visit_logarithmic(const ut_unit *unit, double base, const ut_unit *reference, void *arg)
{
    fm_unit_parts *p = arg;

    (void)unit;
    (void)base;
    p->logarithmic = true;
    p->coherent = ut_clone(reference);
    return UT_SUCCESS;
}

/* Peels off layers: dBm is a scaled logarithm whose reference is a scaled watt.  Only the
 * outermost scale counts, and only for units without a logarithm. */
bool
fm_unit_take_apart(const ut_unit *unit, fm_unit_parts *out)
{
    static const ut_visitor visitor = {visit_basic, visit_product, visit_galilean,
                                       visit_timestamp, visit_logarithmic};
    enum {
        LAYERS_MAX = 5
    };

    *out = (fm_unit_parts){.scale = 1};
    for (int layer = 0; layer < LAYERS_MAX && !out->done; layer++) {
        fm_unit_parts inner = {.scale = 1};
        const ut_unit *from = layer == 0 ? unit : out->coherent;
        bool ok = ut_accept_visitor(from, &visitor, &inner) == UT_SUCCESS;
        ut_free(out->coherent);
        out->coherent = inner.coherent;
        if (!ok || inner.coherent == NULL)
            break;
        if (layer == 0) {
            out->scale = inner.scale;
            out->offset = inner.offset;
        }
        out->logarithmic = out->logarithmic || inner.logarithmic;
        out->done = inner.done;
    }
    if (!out->done) {
        ut_free(out->coherent);
        out->coherent = NULL;
    }
    return out->done;
}

/* ---- 4. decimal scaling ---------------------------------------------------------- */

static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                       1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum {
    EXACT_POWERS = 22,
    EXACT_DIGITS = 15
};

/* x * 10^k for one multiplication or division by an exact power, when x is a decimal
 * number of few digits: then the result is the double nearest to the decimal result.
 * returns false if x is no such number */
static bool
scale_short(double x, int k, double *out)
{
    for (int d = 0; d <= EXACT_DIGITS; d++) {
        double digits = rint(x * powers_of_ten[d]);
        if (!(fabs(digits) < 1e15))
            return false;
        if (digits / powers_of_ten[d] != x)
            continue;
        int e = k - d;
        if (e > EXACT_POWERS || e < -EXACT_POWERS)
            return false;
        *out = e >= 0 ? digits * powers_of_ten[e] : digits / powers_of_ten[-e];
        return true;
    }
    return false;
}

/* x * 10^k by way of the shortest decimal text of x, so that 0.1 um is 1e-7 m. */
static double
scale_by_text(double x, int k)
{
    char text[FM_NUMBER_TEXT + 16];
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before = uselocale(c);

    for (int digits = EXACT_DIGITS; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*e", digits - 1, x);
        if (strtod(text, NULL) == x)
            break;
    }
    char *e = strchr(text, 'e');
    if (e != NULL) {
        long exponent = strtol(e + 1, NULL, 10) + k;
        (void)snprintf(e, sizeof text - (size_t)(e - text), "e%ld", exponent);
    }
    double y = strtod(text, NULL);
    (void)uselocale(before);
    freelocale(c);
    return y;
}

static double
scale_decimal(double x, int k)
{
    double y;

    if (k == 0 || x == 0 || !isfinite(x))
        return x;
    return scale_short(x, k, &y) ? y : scale_by_text(x, k);
}

double
fm_convert(const fm_conversion *c, double x)
{
    return scale_decimal(x * c->factor, c->decimal) + c->offset;
}

double
fm_convert_back(const fm_conversion *c, double y)
{
    return scale_decimal((y - c->offset) / c->factor, -c->decimal);
}

double
fm_si_of(const fm_conversion *to_si, double value)
{
    return fm_convert(to_si, value);
}

/* Writes a scale of few digits as a whole number times a power of ten: 2.54e-5 is 254e-7.
 * UDUNITS multiplies prefixes and exponents, so the last bits of the scale are noise. */
static void
split_decimal(double scale, int *decimal_out, double *factor_out)
{
    char text[FM_NUMBER_TEXT];
    int n_digits = 0;
    double digits = 0;

    *decimal_out = 0;
    *factor_out = scale;
    (void)snprintf(text, sizeof text, "%.12e", scale);
    char *e = strchr(text, 'e');
    if (e == NULL || !(scale > 0))
        return;
    long exponent = strtol(e + 1, NULL, 10);
    for (char *p = e - 1; p >= text && (*p == '0' || !isdigit((unsigned char)*p)); p--)
        *p = '\0';
    for (const char *p = text; p < e && *p != '\0'; p++) {
        if (!isdigit((unsigned char)*p))
            continue; /* the decimal sign, whatever the locale */
        digits = digits * 10 + (*p - '0');
        n_digits++;
    }
    int decimal = (int)exponent - (n_digits - 1);
    if (n_digits == 0 || fabs(scale_decimal(digits, decimal) / scale - 1) > 2e-15)
        return;
    *decimal_out = decimal;
    *factor_out = digits;
}

static bool
same_count(const char *from, const char *to)
{
    size_t n = sizeof counts / sizeof counts[0];
    size_t length = strlen(from) < strlen(to) ? strlen(from) : strlen(to);
    bool from_count = false, to_count = false;

    for (size_t i = 0; i < n; i++) {
        from_count = from_count || strcmp(from, counts[i]) == 0;
        to_count = to_count || strcmp(to, counts[i]) == 0;
    }
    return !from_count || !to_count || strncmp(from, to, length) == 0;
}

/* ---- 5. public conversions ------------------------------------------------------- */

/* Both units parsed and checked against each other. */
typedef struct pair {
    ut_unit *from, *to;
    fm_unit_parts from_parts, to_parts;
} pair;

static void
pair_free(pair *p)
{
    ut_free(p->from);
    ut_free(p->to);
    ut_free(p->from_parts.coherent);
    ut_free(p->to_parts.coherent);
}

/* Compares dimensions itself: UDUNITS would also convert Hz to s (by the reciprocal) and
 * rad to 1. */
static fm_status
pair_make(const fm_units *units, const char *from, const char *to, pair *p, fm_error *err)
{
    *p = (pair){0};
    p->to = fm_unit_parse(units, to);
    if (p->to == NULL || !fm_unit_take_apart(p->to, &p->to_parts))
        return fm_unit_fail_unknown(units, to != NULL ? to : "", NULL, err);
    p->from = fm_unit_parse(units, from);
    if (p->from == NULL || !fm_unit_take_apart(p->from, &p->from_parts))
        return fm_unit_fail_unknown(units, from != NULL ? from : "", &p->to_parts, err);
    if (!fm_unit_same_dimension(&p->from_parts, &p->to_parts) || !same_count(from, to))
        return fm_unit_fail_dimension(units, from, to, &p->to_parts, err);
    return FM_OK;
}

static fm_conversion
conversion_of(const fm_unit_parts *from, const fm_unit_parts *to, bool difference)
{
    fm_conversion c = {0, 1, 0};
    int to_decimal;
    double to_factor;

    split_decimal(from->scale, &c.decimal, &c.factor);
    split_decimal(to->scale, &to_decimal, &to_factor);
    c.decimal -= to_decimal;
    c.factor /= to_factor;
    if (!difference)
        c.offset = (from->scale * from->offset - to->scale * to->offset) / to->scale;
    return c;
}

fm_status
fm_units_conversion(const fm_units *units, const char *from, const char *to,
                    bool difference, fm_conversion *conversion_out, fm_error *err)
{
    pair p;
    fm_status st = pair_make(units, from, to, &p, err);

    if (st == FM_OK && (p.from_parts.logarithmic || p.to_parts.logarithmic) &&
        strcmp(from, to) != 0)
        st = FM_FAIL(err, FM_EDOM, "'%.40s' to '%.40s' is logarithmic, not a factor",
                     from, to);
    if (st == FM_OK && strcmp(from, to) == 0)
        *conversion_out = (fm_conversion){0, 1, 0};
    else if (st == FM_OK)
        *conversion_out = conversion_of(&p.from_parts, &p.to_parts, difference);
    pair_free(&p);
    return st;
}

fm_status
fm_units_to_si(const fm_units *units, const char *unit, bool difference,
               fm_conversion *conversion_out, fm_error *err)
{
    static const fm_unit_parts si = {.scale = 1};
    ut_unit *parsed = fm_unit_parse(units, unit);
    fm_unit_parts p = {0};
    fm_status st = FM_OK;

    if (parsed == NULL || !fm_unit_take_apart(parsed, &p))
        st = fm_unit_fail_unknown(units, unit != NULL ? unit : "", NULL, err);
    else if (p.logarithmic)
        st =
            FM_FAIL(err, FM_EDOM, "'%.40s' is logarithmic and has no factor to SI", unit);
    else
        *conversion_out = conversion_of(&p, &si, difference);
    ut_free(parsed);
    ut_free(p.coherent);
    return st;
}

fm_status
fm_units_convert(const fm_units *units, const char *from, const char *to, bool difference,
                 double x, double *y_out, fm_error *err)
{
    pair p;
    fm_status st = pair_make(units, from, to, &p, err);
    cv_converter *converter = NULL;

    if (st == FM_OK && (p.from_parts.logarithmic || p.to_parts.logarithmic)) {
        converter = ut_get_converter(p.from, p.to);
        if (converter == NULL)
            st = FM_FAIL(err, FM_EDOM, "'%.40s' does not convert to '%.40s'", from, to);
        else
            *y_out = cv_convert_double(converter, x);
        cv_free(converter);
    } else if (st == FM_OK) {
        fm_conversion c = conversion_of(&p.from_parts, &p.to_parts, difference);
        *y_out = strcmp(from, to) == 0 ? x : fm_convert(&c, x);
    }
    pair_free(&p);
    return st;
}
