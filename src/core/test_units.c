/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of units and numbers: published factors, the grammar and every refusal, traps of
 * the unit database, exact decimal scaling, a locale with a decimal comma. */
#include "config.h"

#include <check.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/study.h"
#include "core/text.h"
#include "core/units.h"

static fm_units *units;

static void
setup(void)
{
    ck_assert_int_eq(fm_units_create(&units, NULL), FM_OK);
}

static void
teardown(void)
{
    fm_units_free(units);
    units = NULL;
}

/* ---- conversions ----------------------------------------------------------------- */

typedef struct row {
    const char *from, *to;
    double x, y;
    int ulps; /* distance that is allowed */
} row;

/* Exact definitions: SI Brochure (9th ed.) for eV and e; standard gravity 9.80665 m/s2
 * for the gram-force; NIST SP 811 (2008), appendix B, for mil, psi, torr, Fahrenheit. */
/* clang-format off */
static const row rows[] = {
    {"degC", "K", 1, 274.15, 0},
    {"degF", "K", 1, (1 + 459.67) * 5 / 9, 1},
    {"degF", "degC", 77, 25, 20},
    {"K", "degC", 298.15, 25, 0},
    {"gf", "N", 1, 0.00980665, 0},
    {"gram_force", "N", 1, 0.00980665, 0},
    {"mil", "m", 1, 2.54e-5, 0},
    {"mil", "um", 1, 25.4, 0},
    {"mil", "um", 2.385, 60.579, 1},
    {"um", "mil", 25.4, 1, 1},
    {"angstrom", "m", 1, 1e-10, 0},
    {"Å", "m", 1, 1e-10, 0},
    {"Å", "m", 1, 1e-10, 0},
    {"psi", "Pa", 1, 6894.757293168359, 1},
    {"mW/cm2", "W/m2", 1, 10, 0},
    {"W m-2 sr-1 um-1", "W m-3 sr-1", 1, 1e6, 0},
    {"eV", "J", 1, 1.602176634e-19, 0},
    {"keV", "J", 1, 1.602176634e-16, 0},
    {"electron_volt", "J", 1, 1.602176634e-19, 0},
    {"e", "C", 1, 1.602176634e-19, 0},
    {"cm-3", "m-3", 1, 1e6, 0},
    {"um3", "m3", 2.385, 2.385e-18, 0},
    {"µm", "m", 25, 25e-6, 0},
    {"μm", "m", 25, 25e-6, 0},
    {"micron", "m", 25, 25e-6, 0},
    {"Ω", "ohm", 47, 47, 0},
    {"ohm/sq", "ohm", 47, 47, 0},
    {"pct", "1", 12, 0.12, 0},
    {"%", "1", 12, 0.12, 0},
    {"ppm", "1", 3, 3e-6, 0},
    {"LSB", "1", 3, 3, 0},
    {"sigma", "1", 4.5, 4.5, 0},
    {"electron", "1", 7, 7, 0},
    {"wafer", "1", 25, 25, 0},
    {"count", "1", 25, 25, 0},
    {"deg", "rad", 180, 3.14159265358979323846, 2},
    {"degC/s", "K/s", 4, 4, 0},
    {"mm^2", "m2", 3, 3e-6, 0},
    {"mm**2", "m2", 3, 3e-6, 0},
    {"(ohm cm)2", "ohm2 m2", 3, 3e-4, 0},
};
/* clang-format on */

static void
check_close(double got, double expected, int ulps, const char *what)
{
    double distance = fabs(got - expected);
    double ulp = nextafter(fabs(expected), INFINITY) - fabs(expected);

    ck_assert_msg(distance <= ulps * ulp, "%s: got %.17g, expected %.17g", what, got,
                  expected);
}

START_TEST(test_convert)
{
    const row *t = &rows[_i];
    fm_conversion c;
    fm_error err = FM_ERROR_INIT;

    ck_assert_msg(fm_units_conversion(units, t->from, t->to, false, &c, &err) == FM_OK,
                  "%s -> %s: %s", t->from, t->to, err.text);
    check_close(fm_convert(&c, t->x), t->y, t->ulps, t->from);
    double back = fm_convert_back(&c, t->y);
    check_close(fm_convert(&c, back), t->y, 2, t->from);
}
END_TEST

START_TEST(test_logarithm)
{
    double y = 0;
    fm_conversion c;

    ck_assert_int_eq(fm_units_convert(units, "dBm", "mW", false, 1, &y, NULL), FM_OK);
    check_close(y, 1.2589254117941673, 2, "dBm"); /* 10^0.1 */
    ck_assert_int_eq(fm_units_conversion(units, "dBm", "mW", false, &c, NULL), FM_EDOM);
    ck_assert_int_eq(fm_units_to_si(units, "dBm", false, &c, NULL), FM_EDOM);
    double si = 0;
    ck_assert_int_eq(fm_quantity_read(units, "1 dBm", "mW", false, &y, &si, NULL), FM_OK);
    check_close(y, 1.2589254117941673, 2, "1 dBm");
}
END_TEST

START_TEST(test_difference)
{
    fm_conversion c;

    ck_assert_int_eq(fm_units_conversion(units, "degC", "K", true, &c, NULL), FM_OK);
    ck_assert_double_eq(fm_convert(&c, 5), 5);
    ck_assert_int_eq(fm_units_to_si(units, "degC", true, &c, NULL), FM_OK);
    ck_assert_double_eq(fm_si_of(&c, 5), 5);
    ck_assert_int_eq(fm_units_to_si(units, "degC", false, &c, NULL), FM_OK);
    ck_assert_double_eq(fm_si_of(&c, 5), 278.15);
}
END_TEST

/* Dimensions that UDUNITS itself would mix up (reciprocals, angles), and symbols that
 * people mix up. */
START_TEST(test_wrong_dimension)
{
    static const struct {
        const char *from, *to;
        fm_status status;
        const char *text;
    } bad[] = {
        {"K", "um", FM_EDOM, "a length such as um, mm is needed"},
        {"C", "degC", FM_EDOM, "did you mean degC?"},
        {"F", "degC", FM_EDOM, "did you mean degF?"},
        {"S", "s", FM_EDOM, "did you mean s?"},
        {"Hz", "s", FM_EDOM, "a time such as"},
        {"s", "Hz", FM_EDOM, "a frequency such as"},
        {"rad", "1", FM_EDOM, "pure number"},
        {"V", "1", FM_EDOM, "pure number"},
        {"%", "degree", FM_EDOM, "an angle"},
        {"sigma", "LSB", FM_EDOM, ""},
        {"umm", "um", FM_EDATA, "did you mean um?"},
        {"dB", "1", FM_EDATA, "not a unit"},
        {"parsec/", "m", FM_EDATA, "not a unit"},
        {"3 mV", "V", FM_EDATA, "not a unit"},
        {"V 3", "V", FM_EDATA, "not a unit"},
        {"V/2", "V", FM_EDATA, "not a unit"},
        {"Hz0.5", "1", FM_EDATA, "not a unit"},
        {"m @ 3", "m", FM_EDATA, "not a unit"},
        {"lg(re 1 mW)", "mW", FM_EDATA, "not a unit"},
        {"", "m", FM_EDATA, "not a unit"},
        {"1", "V", FM_EDOM, "a voltage"},
    };

    for (size_t i = 0; i < FM_COUNT(bad); i++) {
        fm_conversion c = {42, 42, 42};
        fm_error err = FM_ERROR_INIT;
        fm_status st =
            fm_units_conversion(units, bad[i].from, bad[i].to, false, &c, &err);
        ck_assert_msg(st == bad[i].status, "%s -> %s: %s", bad[i].from, bad[i].to,
                      fm_status_name(st));
        ck_assert_msg(strstr(err.text, bad[i].text) != NULL, "%s -> %s: %s", bad[i].from,
                      bad[i].to, err.text);
        ck_assert_int_eq(c.decimal, 42);
    }
}
END_TEST

/* The text names what fm_units_to_si converts to, whatever the unit. */
START_TEST(test_si_names)
{
    static const char *const names[][2] = {
        {"um", "m"},
        {"m", "m"},
        {"gf", "N"},
        {"degC", "K"},
        {"1", "1"},
        {"%", "1"},
        {"LSB", "LSB"},
        {"degree", "rad"},
        {"mV", "V"},
        {"MPa", "Pa"},
        {"psi", "Pa"},
        {"kHz", "Hz"},
        {"hour", "s"},
        {"eV", "J"},
        {"mW/cm2", "W m-2"},
        {"W/m2", "W/m2"},
        {"W/(m2 sr um)", "W m-3 sr-1"},
        {"nA/um2", "A m-2"},
        {"mm3/hour", "m3 s-1"},
        {"gf/mil2", "Pa"},
        {"um2/hour2", "m2 s-2"},
        {"kohm cm mol", "m3 kg s-3 A-2 mol"},
        {"cm-2 hour-1", "m-2 s-1"},
    };
    fm_error err = FM_ERROR_INIT;

    for (size_t i = 0; i < FM_COUNT(names); i++) {
        char *name = NULL;
        fm_conversion to_si, to_name;
        ck_assert_int_eq(fm_units_si_name(units, names[i][0], &name, NULL), FM_OK);
        ck_assert_str_eq(name, names[i][1]);
        ck_assert_int_eq(fm_units_to_si(units, names[i][0], false, &to_si, NULL), FM_OK);
        ck_assert_int_eq(
            fm_units_conversion(units, names[i][0], name, false, &to_name, NULL), FM_OK);
        ck_assert_msg(to_si.decimal == to_name.decimal &&
                          to_si.factor == to_name.factor &&
                          to_si.offset == to_name.offset,
                      "%s", names[i][0]);
        free(name);
    }
    char *name = NULL;
    ck_assert_int_eq(fm_units_si_name(units, "sausages", &name, &err), FM_EDATA);
    ck_assert_int_eq(fm_units_si_name(units, "dBm", &name, NULL), FM_EDOM);
    ck_assert_int_eq(fm_units_si_name(units, NULL, &name, NULL), FM_EDATA);
    ck_assert_ptr_null(name);
}
END_TEST

START_TEST(test_known_and_squared)
{
    static const char *const pairs[][2] = {
        {"um", "um2"},       {"1", "1"},    {"", "1"},     {"ohm cm", "(ohm cm)2"},
        {"W/m2", "(W/m2)2"}, {"%", "(%)2"}, {"gf", "gf2"},
    };

    for (size_t i = 0; i < FM_COUNT(pairs); i++) {
        char *squared = fm_units_squared(pairs[i][0]);
        ck_assert_str_eq(squared, pairs[i][1]);
        ck_assert_msg(fm_units_known(units, squared), "%s", squared);
        free(squared);
    }
    ck_assert(fm_units_known(units, "W m-2 sr-1 um-1"));
    ck_assert(!fm_units_known(units, "sausages_per_fortnight"));
    ck_assert(!fm_units_known(units, "1.8 V"));
    ck_assert(!fm_units_known(units, NULL));
}
END_TEST

/* ---- numbers --------------------------------------------------------------------- */

/* Longer than the reader's own memory for a text. */
START_TEST(test_long_real)
{
    char text[800];
    double x = 0;

    memset(text, '0', sizeof text);
    text[1] = '.';
    memcpy(text + 700, "2385e701", sizeof "2385e701");
    ck_assert_int_eq(fm_real_read(text, &x, NULL), FM_OK);
    ck_assert_double_eq(x, 2385e-1);
    text[704] = '\0';
    ck_assert_int_eq(fm_real_read(text, &x, NULL), FM_EDATA);
    ck_assert_double_eq(x, 2385e-1);
}
END_TEST

START_TEST(test_real)
{
    static const struct {
        const char *text;
        double x;
    } good[] = {
        {"1.8", 1.8},
        {"+1.8", 1.8},
        {"-1.8", -1.8},
        {"1.", 1},
        {".5", 0.5},
        {"1e3", 1000},
        {"1E+3", 1000},
        {"2.5e-3", 2.5e-3},
        {"010", 10},
        {"0", 0},
        {"-0", -0.0},
        {"0e999999", 0},
        {"4.9e-324", 4.9e-324},
        {"1.7976931348623157e308", 1.7976931348623157e308},
    };
    double x = 42;

    for (size_t i = 0; i < FM_COUNT(good); i++) {
        ck_assert_msg(fm_real_read(good[i].text, &x, NULL) == FM_OK, "%s", good[i].text);
        ck_assert_double_eq(x, good[i].x);
    }
    ck_assert_int_eq(fm_real_read("1.8 V", &x, NULL), FM_EDATA);
}
END_TEST

typedef struct refusal {
    const char *text;
    const char *unit; /* declared */
    const char *says;
} refusal;

/* clang-format off */
static const refusal refusals[] = {
    {"1,5", "1", "write 1.5"},
    {"1,234.5", "1", "write 1234.5"},
    {"1,234,567", "um", "write 1234567"},
    {",5", "1", "write .5"},
    {"1_000", "1", "write 1000"},
    {"0x1p4", "1", "hexadecimal"},
    {"0x10 um", "um", "hexadecimal"},
    {"0o17", "1", "octal"},
    {"0b101", "1", "binary"},
    {".inf", "1", "not a number"},
    {"-.inf", "1", "not a number"},
    {"inf", "1", "not a number"},
    {".nan", "1", "not a number"},
    {"NaN", "1", "not a number"},
    {"1e400", "1", "too large"},
    {"1e400 V", "V", "too large"},
    {"1e308 GV", "V", "too large"},
    {"1e-400", "1", "rounds to zero"},
    {"12abc", "1", "'abc' is not a unit"},
    {"1.8V", "1", "pure number"},
    {"1.8#V", "V", "it goes wrong at '#V'"},
    {"1.8 1/s", "Hz", "it goes wrong"},
    {"1.8 V 3", "V", "not a unit"},
    {"\xe2\x88\x92"
     "1",
     "1", "U+2212"},
    {"\xe2\x80\x93"
     "1",
     "1", "en dash"},
    {"1\xc2\xa0um", "um", "no-break space"},
    {"1\xe2\x80\xafum", "um", "no-break space"},
    {"\xd9\xa1\xd9\xa2", "1", "not ASCII"},
    {"\xef\xbc\x91", "1", "ASCII"},
    {"1\tum", "um", "tab"},
    {"", "1", "empty"},
    {" 1", "1", "blank at its start"},
    {"1 ", "1", "blank at its end"},
    {"1 um ", "um", "blank at its end"},
    {"+", "1", "not a number"},
    {".", "1", "not a number"},
    {"--1", "1", "not a number"},
    {"e5", "1", "not a number"},
    {"1.2.3", "1", "it goes wrong at '.3'"},
    {"25 C", "degC", "did you mean degC?"},
    {"25 K", "um", "a length such as um, mm is needed"},
    {"5 Hz", "s", "a time"},
    {"1e-320 um", "um", "out of range once it is in SI"},
    {"null", "1", "not a number"},
};
/* clang-format on */

static void
check_refusal(const refusal *t)
{
    double value = 42, si = 42;
    fm_error err = FM_ERROR_INIT;

    ck_assert_msg(fm_quantity_read(units, t->text, t->unit, false, &value, &si, &err) ==
                      FM_EDATA,
                  "'%s' was taken for %g", t->text, value);
    ck_assert_msg(strstr(err.text, t->says) != NULL, "'%s': %s", t->text, err.text);
    ck_assert_double_eq(value, 42);
    ck_assert_double_eq(si, 42);
}

START_TEST(test_refusals)
{
    check_refusal(&refusals[_i]);
}
END_TEST

START_TEST(test_integers)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"010", "write 10"},
        {"-010", "write -10"},
        {"00", "write 0"},
        {"1e3", "write 1000"},
        {"1.0", "write 1"},
        {"1.5", "not a whole number"},
        {"12abc", "not a whole number"},
        {"1_000", "write 1000"},
        {"1,000", "write 1.000"},
        {"0x10", "hexadecimal"},
        {"9223372036854775808", "out of range"},
        {"-9223372036854775809", "out of range"},
        {"", "empty"},
        {"--1", "not a number"},
        {".nan", "not a number"},
        {"3 V", "whole"},
    };
    int64_t n = 42;
    uint64_t u = 42;

    for (size_t i = 0; i < FM_COUNT(bad); i++) {
        fm_error err = FM_ERROR_INIT;
        ck_assert_msg(fm_integer_read(bad[i].text, &n, &err) == FM_EDATA, "%s",
                      bad[i].text);
        ck_assert_msg(strstr(err.text, bad[i].says) != NULL, "'%s': %s", bad[i].text,
                      err.text);
        ck_assert_int_eq(n, 42);
    }
    ck_assert_int_eq(fm_integer_read("-9223372036854775808", &n, NULL), FM_OK);
    ck_assert(n == INT64_MIN);
    ck_assert_int_eq(fm_integer_read("9223372036854775807", &n, NULL), FM_OK);
    ck_assert(n == INT64_MAX);
    ck_assert_int_eq(fm_unsigned_read("-1", &u, NULL), FM_EDATA);
    ck_assert_int_eq(fm_unsigned_read("18446744073709551616", &u, NULL), FM_EDATA);
    ck_assert(u == 42);
    ck_assert_int_eq(fm_unsigned_read("18446744073709551615", &u, NULL), FM_OK);
    ck_assert(u == UINT64_MAX);
}
END_TEST

static void
read_ok(const char *text, const char *unit, double *value, double *si)
{
    fm_error err = FM_ERROR_INIT;

    ck_assert_msg(fm_quantity_read(units, text, unit, false, value, si, &err) == FM_OK,
                  "%s: %s", text, err.text);
}

/* The same number has the same bits however it is written. */
START_TEST(test_exact_scaling)
{
    static const char *const same[][3] = {
        {"9 mV", "0.009 V", "0.009"},
        {"9mV", "9e-3V", "0.009"},
        {"671 mV", "0.671", "671000 uV"},
    };
    double value, si, expected, expected_si;
    char text[64];

    for (size_t i = 0; i < FM_COUNT(same); i++)
        for (size_t k = 0; k < 3; k++) {
            read_ok(same[i][2], "V", &expected, &expected_si);
            read_ok(same[i][k], "V", &value, &si);
            ck_assert(value == expected && si == expected_si);
        }
    for (int n = 1; n <= 5000; n++) {
        (void)snprintf(text, sizeof text, "%d um", n);
        read_ok(text, "um", &value, &si);
        (void)snprintf(text, sizeof text, "%de-6", n);
        ck_assert_int_eq(fm_real_read(text, &expected, NULL), FM_OK);
        ck_assert(si == expected && value == n);
        (void)snprintf(text, sizeof text, "%d nm", n);
        read_ok(text, "um", &value, &si);
        (void)snprintf(text, sizeof text, "%de-9", n);
        ck_assert_int_eq(fm_real_read(text, &expected, NULL), FM_OK);
        ck_assert(si == expected);
    }
}
END_TEST

/* A computed number and its printed text give the same SI value. */
START_TEST(test_convert_equals_text)
{
    fm_conversion c;
    uint64_t state = 20261121;

    ck_assert_int_eq(fm_units_to_si(units, "um", false, &c, NULL), FM_OK);
    for (int i = 0; i < 20000; i++) {
        char text[FM_NUMBER_TEXT];
        double value, si;
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        double x = (double)(state >> 11) / 9007199254740992.0;
        if (i % 2 == 0)
            x = rint(x * 1e6) / 1e4;
        (void)fm_number_text(x, text);
        read_ok(text, "um", &value, &si);
        ck_assert_msg(value == x && si == fm_si_of(&c, x), "%s: %.17g %.17g", text, si,
                      fm_si_of(&c, x));
    }
}
END_TEST

START_TEST(test_quantities)
{
    double value, si;

    read_ok("1.8", "V", &value, &si);
    ck_assert_double_eq(value, 1.8);
    read_ok("0.02 mm", "um", &value, &si);
    ck_assert(value == 20 && si == 2e-5);
    read_ok("25", "degC", &value, &si);
    ck_assert(value == 25 && si == 298.15);
    read_ok("298.15 K", "degC", &value, &si);
    ck_assert_double_eq_tol(value, 25, 1e-12);
    read_ok("50 %", "1", &value, &si);
    ck_assert(value == 0.5 && si == 0.5);
    read_ok("-40°C", "degC", &value, &si);
    ck_assert_double_eq(value, -40);
    ck_assert_int_eq(fm_quantity_read(units, "5 degC", "K", true, &value, &si, NULL),
                     FM_OK);
    ck_assert(value == 5 && si == 5);
    read_ok("1.8e", "C", &value, &si); /* elementary charges, no exponent */
    ck_assert_double_eq_tol(value, 1.8 * 1.602176634e-19, 1e-33);
    read_ok("1 eV", "eV", &value, &si);
    ck_assert(value == 1 && si == 1.602176634e-19);
}
END_TEST

/* ---- a decimal comma -------------------------------------------------------------- */

/* Switches to the German locale, made in a folder of its own where the system has
 * localedef. Check runs each test in a process of its own, so nothing has to be switched
 * back. */
static bool
made_locale(void)
{
    char folder[] = "/tmp/fabmet-locale-XXXXXX";
    char command[256];
    bool made = false;

    if (mkdtemp(folder) == NULL)
        return false;
    (void)snprintf(command, sizeof command,
                   "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1", folder);
    if (system(command) == 0 && setenv("LOCPATH", folder, 1) == 0)
        made = setlocale(LC_ALL, "de_DE.UTF-8") != NULL;
    (void)unsetenv("LOCPATH");
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0)
        (void)fprintf(stderr, "a temporary folder was left behind\n");
    return made;
}

static bool
comma_locale(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8",
                                        "de_DE"};

    for (size_t i = 0; i < FM_COUNT(names); i++)
        if (setlocale(LC_ALL, names[i]) != NULL)
            return true;
    return made_locale();
}

START_TEST(test_decimal_comma)
{
    double value, si;
    char text[FM_NUMBER_TEXT];
    fm_conversion c;
    fm_units *own = NULL;

    if (!comma_locale()) {
        (void)fprintf(stderr, "skipped: no locale with a decimal comma\n");
        return;
    }
    (void)snprintf(text, sizeof text, "%.1f", 1.5);
    ck_assert_str_eq(text, "1,5");
    ck_assert_int_eq(fm_units_create(&own, NULL), FM_OK);
    ck_assert_int_eq(fm_units_to_si(own, "gf", false, &c, NULL), FM_OK);
    ck_assert_double_eq(fm_convert(&c, 1), 0.00980665);
    ck_assert_int_eq(fm_quantity_read(own, "1.8 mV", "V", false, &value, &si, NULL),
                     FM_OK);
    ck_assert_double_eq(value, 1.8e-3);
    for (size_t i = 0; i < FM_COUNT(refusals); i++)
        check_refusal(&refusals[i]);
    c = (fm_conversion){-6, 1, 0};
    ck_assert_double_eq(fm_convert(&c, 1.0 / 3), 0.3333333333333333e-6);
    ck_assert_str_eq(fm_number_text(1.5, text), "1.5");
    fm_units_free(own);
}
END_TEST

START_TEST(test_no_database)
{
    fm_units *own = NULL;
    fm_error err = FM_ERROR_INIT;

    ck_assert_int_eq(setenv("UDUNITS2_XML_PATH", "/nowhere/udunits2.xml", 1), 0);
    ck_assert_int_eq(fm_units_create(&own, &err), FM_EINTERNAL);
    ck_assert_ptr_null(own);
    ck_assert_ptr_nonnull(strstr(err.text, "UDUNITS2_XML_PATH"));
    ck_assert_int_eq(unsetenv("UDUNITS2_XML_PATH"), 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("units");
    TCase *all = tcase_create("units");

    tcase_set_timeout(all, 60); /* localedef is slow on a busy machine */
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_loop_test(all, test_convert, 0, (int)FM_COUNT(rows));
    tcase_add_test(all, test_logarithm);
    tcase_add_test(all, test_difference);
    tcase_add_test(all, test_wrong_dimension);
    tcase_add_test(all, test_si_names);
    tcase_add_test(all, test_known_and_squared);
    tcase_add_test(all, test_real);
    tcase_add_test(all, test_long_real);
    tcase_add_loop_test(all, test_refusals, 0, (int)FM_COUNT(refusals));
    tcase_add_test(all, test_integers);
    tcase_add_test(all, test_exact_scaling);
    tcase_add_test(all, test_convert_equals_text);
    tcase_add_test(all, test_quantities);
    tcase_add_test(all, test_decimal_comma);
    tcase_add_test(all, test_no_database);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
