/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of one result: what a study declares, made concrete by a scenario.
 *
 * Contents
 *   1. axes        3. tables of the study      5. the schema
 *   2. columns     4. points and verdicts
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/schema.h"
#include "core/text.h"

enum {
    MAX_WORDS = INT8_MAX, /* codes are int8 */
    MAX_RANK = 32         /* of HDF5 and NumPy */
};

static const char *const flag_words[] = {"false", "true"};
static const char *const pass_words[] = {"no", "yes"};

/* ---- 1. axes --------------------------------------------------------------------- */

static const fm_param *
axis_param(const fm_scenario *scenario, size_t axis)
{
    return &scenario->study->params[scenario->axes[axis].param];
}

const char *
fm_schema_text(const fm_value *value)
{
    if (value->kind == FM_FLAG)
        return flag_words[value->integer != 0];
    return value->text != NULL ? value->text : "";
}

static size_t
word_index(const char *const *words, size_t n, const char *word)
{
    size_t i = 0;

    while (i < n && strcmp(words[i], word) != 0)
        i++;
    return i;
}

static size_t
count_words(const char *const *words)
{
    size_t n = 0;

    while (words != NULL && words[n] != NULL)
        n++;
    return n;
}

int64_t
fm_schema_code(const fm_schema_axis *axis, const fm_value *value)
{
    if (axis->type != FM_TYPE_CODE)
        return value->integer;
    size_t i = word_index(axis->words, axis->n_words, fm_schema_text(value));
    return i < axis->n_words ? (int64_t)i : -1;
}

/* All words that a parameter can have, for an axis without a list of values. */
static fm_status
all_words(const fm_param *param, fm_schema_axis *axis)
{
    const char *const *words = param->kind == FM_FLAG ? flag_words : param->choices;
    size_t n = param->kind == FM_FLAG ? FM_COUNT(flag_words) : count_words(words);

    if (n == 0 || n > MAX_WORDS) {
        axis->type = FM_TYPE_TEXT;
        return FM_OK;
    }
    memcpy(axis->words, words, n * sizeof *words);
    axis->n_words = n;
    return FM_OK;
}

/* The different words of an axis in order of appearance; more than MAX_WORDS: none. */
static fm_status
collect_words(const fm_param *param, const fm_axis *from, fm_schema_axis *axis)
{
    axis->n_words = 0;
    axis->words = calloc(MAX_WORDS, sizeof *axis->words);
    if (axis->words == NULL)
        return FM_ENOMEM;
    axis->type = FM_TYPE_CODE;
    if (from->values == NULL || from->n == 0)
        return all_words(param, axis);
    for (uint64_t k = 0; k < from->n; k++) {
        const char *word = fm_schema_text(&from->values[k]);
        if (word_index(axis->words, axis->n_words, word) < axis->n_words)
            continue;
        if (axis->n_words == MAX_WORDS) {
            axis->type = FM_TYPE_TEXT;
            axis->n_words = 0;
            return FM_OK;
        }
        axis->words[axis->n_words++] = word;
    }
    return FM_OK;
}

static bool
is_words(const fm_schema_axis *axis)
{
    return axis->type == FM_TYPE_CODE || axis->type == FM_TYPE_TEXT;
}

/* All values of a grid's axis; about 20 ns each. */
static fm_status
collect_values(const fm_scenario *scenario, size_t k, fm_schema_axis *axis)
{
    size_t n = scenario->axes[k].n;

    axis->n = n;
    if (axis->type == FM_TYPE_REAL)
        axis->real = calloc(n + 1, sizeof *axis->real);
    else
        axis->integer = calloc(n + 1, sizeof *axis->integer);
    if (is_words(axis))
        axis->text = calloc(n + 1, sizeof *axis->text);
    if ((axis->real == NULL && axis->integer == NULL) ||
        (is_words(axis) && axis->text == NULL))
        return FM_ENOMEM;
    for (uint64_t i = 0; i < n; i++) {
        fm_value value = {0};
        fm_axis_value(scenario, k, i, &value);
        if (axis->real != NULL)
            axis->real[i] = value.real;
        else
            axis->integer[i] = fm_schema_code(axis, &value);
        if (axis->text != NULL)
            axis->text[i] = fm_schema_text(&value);
    }
    return FM_OK;
}

static fm_status
make_axis(const fm_scenario *scenario, size_t k, fm_schema_axis *axis)
{
    fm_kind kind = axis_param(scenario, k)->kind;
    fm_status st = FM_OK;

    axis->param = scenario->axes[k].param;
    if (kind == FM_REAL)
        axis->type = FM_TYPE_REAL;
    else if (kind == FM_INTEGER)
        axis->type = FM_TYPE_INTEGER;
    else
        st = collect_words(axis_param(scenario, k), &scenario->axes[k], axis);
    if (st == FM_OK && scenario->sampling == FM_GRID)
        st = collect_values(scenario, k, axis);
    return st;
}

static fm_status
make_axes(fm_schema *schema)
{
    const fm_scenario *scenario = schema->scenario;
    uint64_t stride = 1;

    schema->axes = calloc(scenario->n_axes + 1, sizeof *schema->axes);
    if (schema->axes == NULL)
        return FM_ENOMEM;
    schema->n_axes = scenario->n_axes;
    for (size_t k = schema->n_axes; k-- > 0;) {
        fm_status st = make_axis(scenario, k, &schema->axes[k]);
        if (st != FM_OK)
            return st;
        schema->axes[k].stride = stride;
        stride *= schema->axes[k].n;
    }
    return FM_OK;
}

static void
free_axes(fm_schema *schema)
{
    for (size_t k = 0; schema->axes != NULL && k < schema->n_axes; k++) {
        free(schema->axes[k].words);
        free(schema->axes[k].real);
        free(schema->axes[k].integer);
        free(schema->axes[k].text);
    }
    free(schema->axes);
}

/* ---- 2. columns ------------------------------------------------------------------ */

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* Fills a column; a number without a unit is a pure number. */
static bool
set_column(fm_schema_column *column, const char *name, fm_type type, const char *unit,
           const char *long_name, fm_origin origin, size_t index)
{
    bool text = type == FM_TYPE_TEXT;

    *column = (fm_schema_column){.type = type,
                                 .long_name = or_empty(long_name),
                                 .term = "",
                                 .origin = origin,
                                 .index = index};
    column->name = fm_strdup(name);
    column->unit = fm_strdup(text ? "" : unit != NULL && *unit != '\0' ? unit : "1");
    return column->name != NULL && column->unit != NULL;
}

static void
free_columns(fm_schema_column *columns, size_t n)
{
    for (size_t i = 0; columns != NULL && i < n; i++) {
        free(columns[i].name);
        free(columns[i].unit);
    }
    free(columns);
}

/* Unit of the data behind "INPUT.COLUMN"; NULL if there is no such input column. */
static const char *
data_unit(const fm_scenario *scenario, const char *reference, size_t length)
{
    const fm_study *study = scenario->study;

    for (size_t i = 0; i < study->n_inputs; i++) {
        const fm_input_decl *decl = &study->inputs[i];
        size_t n = strlen(decl->name);
        if (n >= length || strncmp(reference, decl->name, n) != 0 || reference[n] != '.')
            continue;
        const char *column = reference + n + 1;
        size_t rest = length - n - 1;
        for (size_t k = 0; k < decl->n_columns; k++) {
            if (strlen(decl->columns[k].name) != rest ||
                strncmp(decl->columns[k].name, column, rest) != 0)
                continue;
            const fm_data *data = scenario->sources[i].data;
            if (data == NULL || data->first[k] == data->first[k + 1])
                return "1";
            return or_empty(data->columns[data->first[k]].unit);
        }
    }
    return NULL;
}

/* True where "PARAM=a b c" names the word that the parameter PARAM has. */
static bool
names_choice(const fm_scenario *scenario, const char *condition)
{
    char key[64], word[64];
    size_t n = strcspn(condition, "=");

    (void)snprintf(key, sizeof key, "%.*s", (int)n, condition);
    size_t param = fm_study_param(scenario->study, key);
    if (param == SIZE_MAX || condition[n] == '\0' || !scenario->values[param].present)
        return false;
    for (const char *p = condition + n + 1; *(p += strspn(p, " ")) != '\0'; p += n) {
        n = strcspn(p, " ");
        (void)snprintf(word, sizeof word, "%.*s", (int)n, p);
        if (strcmp(word, scenario->values[param].text) == 0)
            return true;
    }
    return false;
}

/* Replaces "@INPUT.COLUMN", with "^2" or " unless PARAM=a b", by the unit that the data
 * have. */
static fm_status
resolve_unit(const fm_scenario *scenario, const fm_column *declared, char **unit_io,
             fm_error *err)
{
    const char *reference = declared->unit;

    if (reference == NULL || *reference != '@' || declared->type == FM_TYPE_TEXT)
        return FM_OK;
    reference++;
    size_t length = strcspn(reference, " ");
    const char *unless =
        strncmp(reference + length, " unless ", 8) == 0 ? reference + length + 8 : NULL;
    bool square = length > 2 && strncmp(reference + length - 2, "^2", 2) == 0;
    const char *unit = data_unit(scenario, reference, square ? length - 2 : length);
    if (unit != NULL && unless != NULL && names_choice(scenario, unless))
        unit = "1";
    if (unit == NULL)
        return FM_FAIL(err, FM_EINTERNAL, "column '%s': no input column '%s'",
                       declared->name, reference);
    unit = *unit == '\0' ? "1" : unit;
    char *resolved = square ? fm_units_squared(unit) : fm_strdup(unit);
    if (resolved == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    free(*unit_io);
    *unit_io = resolved;
    return FM_OK;
}

static fm_status
declared_column(const fm_scenario *scenario, const fm_table *table, size_t index,
                fm_schema_column *column, fm_error *err)
{
    const fm_column *from = &table->columns[index];

    if (!set_column(column, from->name, from->type, from->unit, from->long_name,
                    FM_FROM_STUDY, index))
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    column->role = from->role;
    column->term = or_empty(from->term);
    if (from->type == FM_TYPE_CODE) {
        column->words = from->words;
        column->n_words = count_words(from->words);
        if (column->n_words == 0 || column->n_words > MAX_WORDS)
            return FM_FAIL(err, FM_EINTERNAL,
                           "column '%s.%s': %zu words (allowed: 1 ... %d)", table->name,
                           from->name, column->n_words, (int)MAX_WORDS);
    }
    return resolve_unit(scenario, from, &column->unit, err);
}

static bool
has_column(const fm_schema_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (table->columns[i].name != NULL && strcmp(table->columns[i].name, name) == 0)
            return true;
    for (size_t i = 0; table->coordinates != NULL && i < table->n_dims; i++) {
        const char *other = table->coordinates[i].name;
        if (other != NULL && strcmp(other, name) == 0)
            return true;
    }
    return false;
}

/* A name that no column of the table has: "_axis" is added as often as needed. */
static char *
free_name(const fm_schema_table *table, const char *name)
{
    fm_str s = {0};

    fm_str_add(&s, name);
    while (!s.failed && has_column(table, s.data))
        fm_str_add(&s, "_axis");
    return fm_str_take(&s);
}

/* The swept parameter as coordinate (texts stay texts) or as column (words are codes). */
static fm_status
axis_column(const fm_schema *schema, const fm_schema_table *table, size_t axis,
            bool coordinate, fm_schema_column *column)
{
    const fm_schema_axis *from = &schema->axes[axis];
    const fm_param *param = axis_param(schema->scenario, axis);
    fm_type type = from->type;
    fm_status st = FM_ENOMEM;

    if (coordinate && type == FM_TYPE_CODE)
        type = FM_TYPE_TEXT;
    char *wanted = fm_axis_name(schema->scenario, axis);
    char *name = wanted != NULL ? free_name(table, wanted) : NULL;
    if (name != NULL &&
        set_column(column, name, type, param->unit, param->help, FM_FROM_AXIS, axis))
        st = FM_OK;
    column->role = FM_AXIS;
    column->term = or_empty(param->term);
    if (type == FM_TYPE_CODE) {
        column->words = from->words;
        column->n_words = from->n_words;
    }
    free(wanted);
    free(name);
    return st;
}

static fm_status
point_column(const fm_schema_table *table, fm_schema_column *column)
{
    char *name = free_name(table, "point");
    bool ok = name != NULL && set_column(column, name, FM_TYPE_INTEGER, "1",
                                         "index of the point", FM_FROM_POINT, 0);

    column->role = FM_AXIS;
    free(name);
    return ok ? FM_OK : FM_ENOMEM;
}

/* ---- 3. tables of the study ------------------------------------------------------ */

static bool
as_grid(const fm_schema *schema)
{
    const fm_scenario *scenario = schema->scenario;

    return !schema->listed && scenario->sampling == FM_GRID && scenario->n_axes > 0 &&
           scenario->n_axes <= MAX_RANK;
}

/* Rows say which point they belong to, unless there is only one. */
static bool
names_points(const fm_schema *schema)
{
    return schema->listed || schema->scenario->n_axes > 0;
}

/* The one axis column of a table with many rows; it is stored first. */
static size_t
only_axis(const fm_table *declared)
{
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < declared->n_columns; i++) {
        if (declared->columns[i].role != FM_AXIS)
            continue;
        if (found != SIZE_MAX)
            return SIZE_MAX;
        found = i;
    }
    return found;
}

/* Number of columns in front of the declared ones. */
static size_t
n_leading(const fm_schema *schema, const fm_schema_table *table)
{
    if (!names_points(schema) || table->layout == FM_BY_GRID)
        return 0;
    return table->one_row ? 1 + schema->scenario->n_axes : 1;
}

static fm_status
leading_columns(const fm_schema *schema, fm_schema_table *table, size_t n)
{
    fm_status st = n > 0 ? point_column(table, &table->columns[0]) : FM_OK;

    for (size_t i = 1; i < n && st == FM_OK; i++)
        st = axis_column(schema, table, i - 1, false, &table->columns[i]);
    return st;
}

static fm_status
declared_columns(const fm_schema *schema, const fm_table *declared, size_t first_axis,
                 size_t at, fm_schema_table *table, fm_error *err)
{
    for (size_t i = 0; i < declared->n_columns; i++) {
        size_t to = i;
        if (first_axis != SIZE_MAX)
            to = i == first_axis ? 0 : i < first_axis ? i + 1 : i;
        fm_status st =
            declared_column(schema->scenario, declared, i, &table->columns[at + to], err);
        if (st != FM_OK)
            return st;
    }
    return FM_OK;
}

static fm_status
name_dimension(fm_schema_table *table, const char *name)
{
    if (table->layout != FM_BY_ROW)
        return FM_OK; /* the first column names it */
    table->dimension = free_name(table, name);
    return table->dimension != NULL ? FM_OK : FM_ENOMEM;
}

/* Dimensions of a table with one row per point. */
static fm_status
shape_points(const fm_schema *schema, fm_schema_table *table)
{
    const fm_scenario *scenario = schema->scenario;
    size_t n = table->layout == FM_BY_GRID ? scenario->n_axes : 1;

    table->n_dims = n;
    table->dims = calloc(n, sizeof *table->dims);
    if (table->dims == NULL)
        return FM_ENOMEM;
    if (table->layout != FM_BY_GRID) {
        table->dims[0] = schema->n_points;
        return name_dimension(table, "point");
    }
    table->coordinates = calloc(n, sizeof *table->coordinates);
    if (table->coordinates == NULL)
        return FM_ENOMEM;
    for (size_t k = 0; k < n; k++) {
        table->dims[k] = schema->axes[k].n;
        if (axis_column(schema, table, k, true, &table->coordinates[k]) != FM_OK)
            return FM_ENOMEM;
    }
    return FM_OK;
}

static fm_status
shape_rows(fm_schema_table *table)
{
    fm_str s = {0};

    fm_str_addf(&s, "%s_row", table->name);
    char *wanted = fm_str_take(&s);
    table->n_dims = 1;
    table->open_ended = true;
    table->dims = calloc(1, sizeof *table->dims);
    fm_status st = wanted != NULL ? name_dimension(table, wanted) : FM_ENOMEM;
    free(wanted);
    return table->dims != NULL ? st : FM_ENOMEM;
}

/* NeXus viewers show the signal first: the declared one, else the first real column. */
static const char *
choose_signal(const fm_schema_table *table, const char *declared)
{
    const char *numeric = NULL;

    if (declared != NULL && has_column(table, declared))
        return declared;
    for (size_t i = 0; i < table->n_columns; i++) {
        const fm_schema_column *c = &table->columns[i];
        if (c->type == FM_TYPE_REAL && c->role == FM_VALUE)
            return c->name;
        if (c->type != FM_TYPE_TEXT && numeric == NULL)
            numeric = c->name;
    }
    return numeric != NULL ? numeric : table->columns[0].name;
}

static fm_status
study_table(const fm_schema *schema, const fm_table *declared, fm_schema_table *table,
            fm_error *err)
{
    size_t axis = SIZE_MAX;

    table->name = declared->name;
    table->long_name = or_empty(declared->long_name);
    table->one_row = declared->shape == FM_ONE_ROW;
    if (table->one_row)
        table->layout = as_grid(schema)        ? FM_BY_GRID
                        : names_points(schema) ? FM_BY_COLUMN
                                               : FM_BY_ROW;
    else
        axis = names_points(schema) ? SIZE_MAX : only_axis(declared);
    if (!table->one_row)
        table->layout = axis != SIZE_MAX ? FM_BY_COLUMN : FM_BY_ROW;
    size_t leading = n_leading(schema, table);
    table->columns = calloc(leading + declared->n_columns + 1, sizeof *table->columns);
    if (table->columns == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    table->n_columns = leading + declared->n_columns;
    fm_status st = declared_columns(schema, declared, axis, leading, table, err);
    if (st == FM_OK)
        st = leading_columns(schema, table, leading);
    if (st == FM_OK)
        st = table->one_row ? shape_points(schema, table) : shape_rows(table);
    if (st == FM_OK)
        table->signal = choose_signal(table, declared->signal);
    return st;
}

/* ---- 4. points and verdicts ------------------------------------------------------ */

const char *
fm_points_table_name(const fm_study *study)
{
    for (size_t i = 0; i < study->n_tables; i++)
        if (strcmp(study->tables[i].name, "points") == 0)
            return "sweep_points";
    return "points";
}

static fm_status
points_table(fm_schema *schema, fm_schema_table *table)
{
    const fm_scenario *scenario = schema->scenario;

    table->name = fm_points_table_name(scenario->study);
    table->long_name = "status of each point";
    table->signal = "status";
    table->one_row = true;
    table->layout = names_points(schema) ? FM_BY_COLUMN : FM_BY_ROW;
    size_t at = n_leading(schema, table);
    table->columns = calloc(at + 3, sizeof *table->columns);
    if (table->columns == NULL)
        return FM_ENOMEM;
    table->n_columns = at + 3;
    fm_schema_column *c = &table->columns[at];
    if (!set_column(&c[0], "status", FM_TYPE_CODE, "1", "how the point ended",
                    FM_FROM_STORE, FM_POINT_STATUS) ||
        !set_column(&c[1], "message", FM_TYPE_TEXT, "", "what went wrong, and remarks",
                    FM_FROM_STORE, FM_POINT_MESSAGE) ||
        !set_column(&c[2], "seconds", FM_TYPE_REAL, "s", "time spent on the point",
                    FM_FROM_STORE, FM_POINT_SECONDS))
        return FM_ENOMEM;
    c[0].role = FM_STATUS;
    for (int i = 0; i <= FM_EPENDING; i++)
        schema->status_words[i] = fm_status_name((fm_status)i);
    c[0].words = schema->status_words;
    c[0].n_words = FM_EPENDING + 1;
    fm_status st = leading_columns(schema, table, at);
    return st == FM_OK ? shape_points(schema, table) : st;
}

/* Unit that all verdicts share; "1" when they differ (the column `units` has each). */
static const char *
verdict_unit(const fm_schema *schema)
{
    const fm_study *study = schema->scenario->study;
    const char *shared = NULL;

    for (size_t v = 0; v < study->n_verdicts; v++)
        for (size_t t = 0; t < study->n_tables; t++) {
            const fm_schema_table *table = &schema->tables[t];
            if (strcmp(table->name, study->verdicts[v].table) != 0)
                continue;
            for (size_t i = 0; i < table->n_columns; i++) {
                if (strcmp(table->columns[i].name, study->verdicts[v].column) != 0)
                    continue;
                if (shared != NULL && strcmp(shared, table->columns[i].unit) != 0)
                    return "1";
                shared = table->columns[i].unit;
            }
        }
    return shared != NULL ? shared : "1";
}

static fm_status
verdicts_table(const fm_schema *schema, fm_schema_table *table)
{
    static const struct {
        const char *name;
        fm_type type;
        const char *long_name;
    } declared[FM_VERDICT_COLUMNS] = {
        {"name", FM_TYPE_TEXT, "name of the verdict"},
        {"statement", FM_TYPE_TEXT, "what must not be above or below the limit"},
        {"pass", FM_TYPE_CODE, "whether every row keeps the limit"},
        {"value", FM_TYPE_REAL, "value of the worst row, in the unit of column units"},
        {"limit", FM_TYPE_REAL, "limit of the worst row, in the unit of column units"},
        {"direction", FM_TYPE_TEXT, "how value and limit are compared"},
        {"units", FM_TYPE_TEXT, "unit of value and limit"},
        {"term", FM_TYPE_TEXT, "glossary term"},
        {"n_rows", FM_TYPE_INTEGER, "rows judged"},
        {"n_failed", FM_TYPE_INTEGER, "rows that do not keep the limit"},
        {"point", FM_TYPE_INTEGER, "point of the worst row"},
    };
    const char *unit = verdict_unit(schema);

    table->name = "verdicts";
    table->long_name = "verdicts";
    table->signal = "value";
    table->layout = FM_BY_ROW;
    table->columns = calloc(FM_VERDICT_COLUMNS, sizeof *table->columns);
    if (table->columns == NULL)
        return FM_ENOMEM;
    table->n_columns = FM_VERDICT_COLUMNS;
    for (size_t i = 0; i < FM_VERDICT_COLUMNS; i++)
        if (!set_column(&table->columns[i], declared[i].name, declared[i].type,
                        declared[i].type == FM_TYPE_REAL ? unit : "1",
                        declared[i].long_name, FM_FROM_STORE, i))
            return FM_ENOMEM;
    table->columns[FM_VERDICT_PASS].words = pass_words;
    table->columns[FM_VERDICT_PASS].n_words = FM_COUNT(pass_words);
    table->columns[FM_VERDICT_PASS].role = FM_STATUS;
    return shape_rows(table);
}

/* ---- 5. the schema --------------------------------------------------------------- */

static fm_status
make_tables(fm_schema *schema, fm_error *err)
{
    const fm_study *study = schema->scenario->study;
    fm_status st = FM_OK;

    schema->tables = calloc(study->n_tables + 2, sizeof *schema->tables);
    if (schema->tables == NULL)
        return FM_ENOMEM;
    schema->n_tables = study->n_tables + 2;
    for (size_t i = 0; i < study->n_tables && st == FM_OK; i++)
        st = study_table(schema, &study->tables[i], &schema->tables[i], err);
    if (st == FM_OK)
        st = points_table(schema, &schema->tables[study->n_tables]);
    if (st == FM_OK)
        st = verdicts_table(schema, &schema->tables[study->n_tables + 1]);
    return st;
}

fm_status
fm_schema_create(const fm_scenario *scenario, const uint64_t *n_listed,
                 fm_schema **schema_out, fm_error *err)
{
    fm_schema *schema = calloc(1, sizeof *schema);
    fm_status st = FM_ENOMEM;

    if (schema == NULL)
        goto done;
    schema->scenario = scenario;
    schema->listed = n_listed != NULL;
    schema->n_points = n_listed != NULL ? *n_listed : scenario->n_points;
    st = make_axes(schema);
    if (st == FM_OK)
        st = make_tables(schema, err);
    if (st == FM_OK) {
        *schema_out = schema;
        schema = NULL; /* ownership moved to the caller */
    }
done:
    fm_schema_free(schema);
    return st == FM_ENOMEM ? FM_FAIL(err, st, "out of memory") : st;
}

void
fm_schema_free(fm_schema *schema)
{
    if (schema == NULL)
        return;
    for (size_t i = 0; schema->tables != NULL && i < schema->n_tables; i++) {
        fm_schema_table *table = &schema->tables[i];
        free_columns(table->coordinates, table->n_dims);
        free_columns(table->columns, table->n_columns);
        free(table->dimension);
        free(table->dims);
    }
    free(schema->tables);
    free_axes(schema);
    free(schema);
}
