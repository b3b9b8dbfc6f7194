/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units as people write them. */
#include "config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "report/unit_text.h"

static const char *const words[][2] = {
    {"um", "µm"},      {"micron", "µm"},    {"us", "µs"},     {"uA", "µA"},
    {"uV", "µV"},      {"uW", "µW"},        {"uN", "µN"},     {"ug", "µg"},
    {"uF", "µF"},      {"uH", "µH"},        {"uJ", "µJ"},     {"uK", "µK"},
    {"uPa", "µPa"},    {"uT", "µT"},        {"uC", "µC"},     {"uL", "µL"},
    {"uHz", "µHz"},    {"urad", "µrad"},    {"uohm", "µΩ"},   {"mohm", "mΩ"},
    {"ohm", "Ω"},      {"kohm", "kΩ"},      {"Mohm", "MΩ"},   {"Gohm", "GΩ"},
    {"degC", "°C"},    {"celsius", "°C"},   {"degF", "°F"},   {"deg", "°"},
    {"degree", "°"},   {"degrees", "°"},    {"percent", "%"}, {"pct", "%"},
    {"angstrom", "Å"}, {"micrometer", "µm"}};

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of a name: letters, and digits with letters behind them ("inH2O"). */
static size_t
name_length(const char *p)
{
    size_t n = 0;

    for (;;) {
        while (is_letter(p[n]))
            n++;
        size_t digits = 0;
        while (is_digit(p[n + digits]))
            digits++;
        if (digits == 0 || !is_letter(p[n + digits]))
            return n;
        n += digits;
    }
}

static void
add_name(fm_str *s, const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i][0]) == n && memcmp(words[i][0], name, n) == 0) {
            fm_str_add(s, words[i][1]);
            return;
        }
    fm_str_add_bytes(s, name, n);
}

/* The power behind a name or a bracket ("2", "-2", "^2", "**2"); its length, 0: none. */
static size_t
add_power(fm_str *s, const char *p)
{
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴",
                                         "⁵", "⁶", "⁷", "⁸", "⁹"};
    size_t sign = strncmp(p, "**", 2) == 0 ? 2 : *p == '^' ? 1 : 0;
    size_t n = sign + (p[sign] == '-' || p[sign] == '+');

    if (!is_digit(p[n]))
        return 0;
    if (p[sign] == '-')
        fm_str_add(s, "⁻");
    for (; is_digit(p[n]); n++)
        fm_str_add(s, raised[p[n] - '0']);
    return n;
}

static size_t
add_number(fm_str *s, const char *p)
{
    char *end = NULL;

    (void)strtod(p, &end);
    fm_str_add_bytes(s, p, (size_t)(end - p));
    return (size_t)(end - p);
}

static void
add_unit(fm_str *s, const char *unit)
{
    for (const char *p = unit; *p != '\0';) {
        if (is_letter(*p)) {
            size_t n = name_length(p);
            add_name(s, p, n);
            p += n;
            p += add_power(s, p);
        } else if (*p == ')') {
            fm_str_add(s, ")");
            p++;
            p += add_power(s, p);
        } else if (is_digit(*p)) {
            p += add_number(s, p);
        } else {
            fm_str_add(s, *p == '.' || *p == '*' ? "·" : "");
            fm_str_add_bytes(s, p, *p == '.' || *p == '*' ? 0 : 1);
            p++;
        }
    }
}

const char *
fm_unit_text(const char *unit, char *text_out)
{
    fm_str s = {0};

    if (strcmp(unit, "1") == 0)
        return memcpy(text_out, "", 1);
    fm_str_add(&s, "");
    add_unit(&s, unit);
    bool fits = !s.failed && s.length < FM_UNIT_TEXT;
    if (fits)
        memcpy(text_out, s.data, s.length + 1);
    fm_str_free(&s);
    return fits ? text_out : unit;
}
