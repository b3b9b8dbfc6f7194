/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small strict YAML tree with positions, built from libfyaml's events.
 *
 * Events, not documents: aliases are then never expanded, and each refusal has a place.
 *
 * Contents
 *   1. bytes      NUL, control bytes, UTF-8, UTF-16       3. parsing
 *   2. building   nodes from events, with the refusals    4. reading, freeing, asking
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libfyaml.h>

#include "core/text.h"
#include "core/yaml.h"
#include "core/yaml_scalar.h"

enum {
    DEPTH_MAX = 16,
    FILE_MAX = 64 << 20
};

/* ---- 1. bytes -------------------------------------------------------------------- */

static bool
refused_byte(const unsigned char *p, size_t len)
{
    bool c1 = len == 2 && p[0] == 0xc2 && p[1] < 0xa0;

    return (*p < 0x20 && *p != '\t' && *p != '\n' && *p != '\r') || *p == 0x7f || c1;
}

static bool
is_utf16(const unsigned char *p, size_t n)
{
    return n >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff));
}

static fm_mark
next_mark(fm_mark mark, const unsigned char *p, const unsigned char *end)
{
    bool break_here = *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] != '\n'));

    if (break_here)
        return (fm_mark){mark.line + 1, 1};
    return (fm_mark){mark.line, mark.column + 1};
}

/* libfyaml takes control bytes as text and stops silently at NUL, so look first. */
static bool
check_bytes(const char *name, const char *text, size_t length, fm_diags *diags)
{
    const unsigned char *p = (const unsigned char *)text;
    const unsigned char *end = p + length;
    fm_mark mark = {1, 1};

    if (is_utf16(p, length)) {
        fm_diag_error(diags, FM_ESCENARIO, name, mark, "save it as UTF-8",
                      "the file is UTF-16");
        return false;
    }
    while (p < end) {
        size_t len = fm_utf8_length(p, (size_t)(end - p));
        if (len == 0) {
            fm_diag_error(diags, FM_ESCENARIO, name, mark, "save the file as UTF-8",
                          "byte 0x%02x is not UTF-8 here", *p);
            return false;
        }
        if (refused_byte(p, len)) {
            fm_diag_error(diags, FM_ESCENARIO, name, mark,
                          *p == 0 ? "is the file UTF-16? save it as UTF-8" : NULL,
                          "control byte 0x%02x is not allowed", p[len - 1]);
            return false;
        }
        mark = next_mark(mark, p, end);
        p += len;
    }
    return true;
}

/* ---- 2. building ----------------------------------------------------------------- */

typedef struct builder {
    const char *name;
    const char *text;
    size_t length;
    size_t behind; /* of text: behind the last token */
    fm_diags *diags;
    fm_node *root;
    fm_node *stack[DEPTH_MAX]; /* open lists and maps */
    size_t columns[DEPTH_MAX]; /* where each starts, from 1 */
    size_t depth;
    char *key; /* of the next value in a map; NULL: a key comes next */
    fm_mark key_mark;
    bool stopped; /* an error after which nothing can be understood */
    bool nomem;
} builder;

static void
refuse(builder *b, fm_mark mark, const char *hint, const char *text)
{
    fm_diag_error(b->diags, FM_ESCENARIO, b->name, mark, hint, "%s", text);
    b->stopped = true;
}

static fm_mark
mark_of(struct fy_token *token)
{
    const struct fy_mark *m = token != NULL ? fy_token_start_mark(token) : NULL;

    return m != NULL ? (fm_mark){m->line + 1, m->column + 1} : (fm_mark){0, 0};
}

/* libfyaml marks the first character inside the quotes; people look for the quote. */
static fm_mark
scalar_mark(struct fy_token *token)
{
    fm_mark mark = mark_of(token);
    enum fy_scalar_style style = fy_token_scalar_style(token);
    bool quoted = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;

    if (quoted && mark.column > 1)
        mark.column--;
    return mark;
}

static fm_node *
new_item(builder *b, fm_node *parent)
{
    size_t n = parent->n_items;

    if (n == 0 || (n >= 4 && (n & (n - 1)) == 0)) {
        size_t capacity = n == 0 ? 4 : 2 * n;
        fm_node *items = realloc(parent->items, capacity * sizeof *items);
        if (items == NULL) {
            b->nomem = true;
            return NULL;
        }
        parent->items = items;
    }
    parent->items[n] = (fm_node){0};
    parent->n_items++;
    return &parent->items[n];
}

/* The place for a value: the root, a list's next item, or the value of the last key. */
static fm_node *
new_node(builder *b, fm_node_kind kind, fm_mark mark)
{
    fm_node *node;

    if (b->depth == 0) {
        node = b->root = calloc(1, sizeof *b->root);
        b->nomem = b->nomem || node == NULL;
    } else {
        node = new_item(b, b->stack[b->depth - 1]);
    }
    if (node == NULL)
        return NULL;
    node->kind = kind;
    node->key = b->key;
    node->key_mark = b->key_mark;
    node->mark = mark.line > 0 ? mark : b->key_mark;
    b->key = NULL;
    b->key_mark = (fm_mark){0, 0};
    return node;
}

static bool
expects_key(const builder *b)
{
    return b->depth > 0 && b->stack[b->depth - 1]->kind == FM_NODE_MAP && b->key == NULL;
}

/* Refuses tags and anchors on any node. */
static bool
plain_node(builder *b, struct fy_token *tag, struct fy_token *anchor)
{
    if (tag != NULL)
        refuse(b, mark_of(tag), "leave it out: the kind of a value is known",
               "tags ('!...') are not allowed");
    else if (anchor != NULL)
        refuse(b, mark_of(anchor), "write the value where it is used",
               "anchors ('&...') are not allowed");
    return tag == NULL && anchor == NULL;
}

/* Where libfyaml found a scalar. */
static fm_yaml_span
span_of(const builder *b, struct fy_token *token)
{
    const struct fy_mark *start = token != NULL ? fy_token_start_mark(token) : NULL;
    const struct fy_mark *end = token != NULL ? fy_token_end_mark(token) : NULL;
    fm_yaml_span span = {.text = b->text, .length = b->length, .before = b->behind};

    span.start = start != NULL ? start->input_pos : b->behind;
    span.end = end != NULL ? end->input_pos : span.start;
    span.parent = b->depth > 0 ? b->columns[b->depth - 1] : 0;
    return span;
}

/* Appends the text of a scalar; returns why it is refused, or NULL. */
static const char *
add_text(builder *b, struct fy_token *token, fm_str *s)
{
    const fm_yaml_span span = span_of(b, token);

    b->behind = span.end;
    switch (fy_token_scalar_style(token)) {
    case FYSS_SINGLE_QUOTED:
        return fm_yaml_add_single_quoted(&span, s);
    case FYSS_DOUBLE_QUOTED:
        return fm_yaml_add_double_quoted(&span, s);
    case FYSS_LITERAL:
    case FYSS_FOLDED:
        return fm_yaml_add_block(&span, s);
    default:
        return fm_yaml_add_plain(&span, s);
    }
}

/* Copies a scalar; escapes such as "\0" must not bring in what check_bytes keeps out. */
static char *
scalar_text(builder *b, struct fy_token *token, fm_mark mark)
{
    fm_str s = {0};
    const char *why = add_text(b, token, &s);

    for (size_t i = 0; i < s.length && why == NULL;) {
        const unsigned char *p = (const unsigned char *)s.data + i;
        size_t len = fm_utf8_length(p, s.length - i);
        if (len == 0 || refused_byte(p, len))
            why = "an escape gives a character that is not allowed";
        i += len;
    }
    if (why != NULL) {
        refuse(b, mark, NULL, why);
        fm_str_free(&s);
        return NULL;
    }
    char *text = fm_str_take(&s);
    b->nomem = b->nomem || text == NULL;
    return text;
}

static void
add_key(builder *b, struct fy_token *token)
{
    fm_mark mark = scalar_mark(token);

    b->key = scalar_text(b, token, mark);
    if (b->key == NULL)
        return;
    if (mark.line == 0)
        mark = b->stack[b->depth - 1]->mark;
    b->key_mark = mark;
    if (strcmp(b->key, "<<") == 0)
        refuse(b, mark, "write the keys out", "merge keys ('<<') are not allowed");
    else if (*b->key == '\0')
        refuse(b, mark, NULL, "an empty key is not allowed");
}

static void
add_scalar(builder *b, const struct fy_event_scalar_data *event)
{
    if (!plain_node(b, event->tag, event->anchor))
        return;
    if (expects_key(b)) {
        add_key(b, event->value);
        return;
    }
    enum fy_scalar_style style = fy_token_scalar_style(event->value);
    fm_mark mark = scalar_mark(event->value);
    fm_node *node = new_node(b, FM_NODE_SCALAR, mark);
    if (node == NULL)
        return;
    node->quoted = style != FYSS_PLAIN && style != FYSS_ANY;
    char *text = scalar_text(b, event->value, node->mark);
    if (text != NULL && *text == '\0' && !node->quoted) {
        free(text);
        text = NULL;
    }
    node->text = text;
}

static void
open_node(builder *b, fm_node_kind kind, struct fy_token *start, struct fy_token *tag,
          struct fy_token *anchor)
{
    fm_mark mark = mark_of(start);

    if (!plain_node(b, tag, anchor))
        return;
    if (expects_key(b)) {
        refuse(b, mark, NULL, "a key must be a word, not a list or a mapping");
        return;
    }
    if (b->depth == DEPTH_MAX) {
        refuse(b, mark, NULL, "lists and mappings are nested too deeply (at most 16)");
        return;
    }
    fm_node *node = new_node(b, kind, mark);
    if (node == NULL)
        return;
    b->columns[b->depth] = (size_t)mark.column;
    b->stack[b->depth++] = node;
}

static int
compare_keys(const void *a, const void *b)
{
    const fm_node *x = *(const fm_node *const *)a;
    const fm_node *y = *(const fm_node *const *)b;
    int order = strcmp(x->key, y->key);

    return order != 0 ? order : (x > y) - (x < y);
}

static void
check_duplicates(builder *b, const fm_node *map)
{
    if (map->n_items < 2)
        return;
    const fm_node **sorted = malloc(map->n_items * sizeof(const fm_node *));
    if (sorted == NULL) {
        b->nomem = true;
        return;
    }
    for (size_t i = 0; i < map->n_items; i++)
        sorted[i] = &map->items[i];
    qsort(sorted, map->n_items, sizeof(const fm_node *), compare_keys);
    for (size_t i = 1; i < map->n_items; i++)
        if (strcmp(sorted[i]->key, sorted[i - 1]->key) == 0)
            fm_diag_error(b->diags, FM_ESCENARIO, b->name, sorted[i]->key_mark, NULL,
                          "duplicate key '%s' (first given in line %d)", sorted[i]->key,
                          sorted[i - 1]->key_mark.line);
    free(sorted);
}

static void
close_node(builder *b)
{
    if (b->depth == 0)
        return;
    const fm_node *node = b->stack[--b->depth];
    if (node->kind == FM_NODE_MAP)
        check_duplicates(b, node);
}

/* ---- 3. parsing ------------------------------------------------------------------ */

static void
take_event(builder *b, const struct fy_event *event)
{
    switch (event->type) {
    case FYET_DOCUMENT_START:
        if (b->root != NULL)
            refuse(b, mark_of(event->document_start.document_start),
                   "put it into a file of its own",
                   "a second document ('---') is not allowed");
        break;
    case FYET_ALIAS:
        refuse(b, mark_of(event->alias.anchor), "write the value where it is used",
               "aliases ('*...') are not allowed");
        break;
    case FYET_SCALAR:
        add_scalar(b, &event->scalar);
        break;
    case FYET_SEQUENCE_START:
        open_node(b, FM_NODE_LIST, event->sequence_start.sequence_start,
                  event->sequence_start.tag, event->sequence_start.anchor);
        break;
    case FYET_MAPPING_START:
        open_node(b, FM_NODE_MAP, event->mapping_start.mapping_start,
                  event->mapping_start.tag, event->mapping_start.anchor);
        break;
    case FYET_SEQUENCE_END:
    case FYET_MAPPING_END:
        close_node(b);
        break;
    default:
        break;
    }
}

/* Hands over what libfyaml collected: it prints to stderr unless it has an own
 * collector. */
static void
take_problems(builder *b, struct fy_diag *diag)
{
    void *iterator = NULL;
    struct fy_diag_error *e;

    while ((e = fy_diag_errors_iterate(diag, &iterator)) != NULL) {
        fm_mark mark = {e->line > 0 ? e->line : 1, e->column > 0 ? e->column : 1};
        fm_diag_error(b->diags, FM_ESCENARIO, b->name, mark, NULL, "%s",
                      e->msg != NULL ? e->msg : "not valid YAML");
        b->stopped = true;
    }
}

static struct fy_diag *
make_collector(void)
{
    struct fy_diag_cfg cfg;

    fy_diag_cfg_default(&cfg);
    cfg.fp = NULL;
    cfg.output_fn = NULL;
    cfg.colorize = false;
    struct fy_diag *diag = fy_diag_create(&cfg);
    if (diag != NULL)
        fy_diag_set_collect_errors(diag, true);
    return diag;
}

static void
run_parser(builder *b, struct fy_parser *parser, struct fy_diag *diag)
{
    struct fy_event *event;

    while (!b->stopped && !b->nomem && (event = fy_parser_parse(parser)) != NULL) {
        take_event(b, event);
        fy_parser_event_free(parser, event);
    }
    if (b->stopped || b->nomem)
        return;
    take_problems(b, diag);
    if (!b->stopped && fy_parser_get_stream_error(parser))
        refuse(b, (fm_mark){1, 1}, NULL, "not valid YAML");
}

static fm_status
parse(builder *b)
{
    struct fy_diag *diag = make_collector();
    struct fy_parser *parser = NULL;
    fm_status st = FM_ENOMEM;

    if (diag == NULL)
        goto done;
    struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2,
                               .diag = diag};
    parser = fy_parser_create(&cfg);
    if (parser == NULL || fy_parser_set_string(parser, b->text, b->length) != 0)
        goto done;
    run_parser(b, parser, diag);
    st = b->nomem ? FM_ENOMEM : FM_OK;
done:
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    free(b->key);
    b->key = NULL;
    return st;
}

/* ---- 4. reading, freeing, asking ------------------------------------------------- */

static void
check_root(builder *b)
{
    const fm_node *root = b->root;

    if (b->stopped)
        return;
    if (root == NULL || (root->kind == FM_NODE_SCALAR && root->text == NULL)) {
        refuse(b, (fm_mark){1, 1}, NULL, "the file is empty");
    } else if (root->kind == FM_NODE_SCALAR) {
        const char *colon = strchr(root->text, ':');
        refuse(b, root->mark,
               colon != NULL ? "is a blank missing after ':'?" : "write 'key: value'",
               "expected a mapping, found a single text");
    }
}

static fm_status
read_text(const char *name, const char *text, size_t length, bool scalar_root,
          fm_diags *diags, fm_node **root_out)
{
    size_t bom = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    builder b = {
        .name = name, .text = text + bom, .length = length - bom, .diags = diags};
    size_t kept, before, after;

    *root_out = NULL;
    (void)fm_diags_list(diags, &kept, &before);
    fm_status st = FM_OK;
    if (!check_bytes(name, b.text, b.length, diags))
        b.stopped = true;
    else if (b.length > 0)
        st = parse(&b);
    if (st == FM_OK && !scalar_root)
        check_root(&b);
    (void)fm_diags_list(diags, &kept, &after);
    if (st == FM_OK && after > before)
        st = fm_diags_status(diags);
    if (st != FM_OK && (b.stopped || st == FM_ENOMEM)) {
        fm_yaml_free(b.root);
        b.root = NULL;
    }
    *root_out = b.root;
    return st;
}

fm_status
fm_yaml_read_text(const char *name, const char *text, size_t length, fm_diags *diags,
                  fm_node **root_out)
{
    return read_text(name, text, length, false, diags, root_out);
}

fm_status
fm_yaml_read_value(const char *name, const char *text, size_t length, fm_diags *diags,
                   fm_node **root_out)
{
    return read_text(name, text, length, true, diags, root_out);
}

/* All bytes of a stream; *text_out is malloc'ed. */
static fm_status
slurp(FILE *from, char **text_out, size_t *length_out)
{
    fm_str s = {0};
    char buffer[16384];
    size_t n;

    while ((n = fread(buffer, 1, sizeof buffer, from)) > 0 && s.length <= FILE_MAX)
        fm_str_add_bytes(&s, buffer, n);
    if (ferror(from)) {
        fm_str_free(&s);
        return FM_EIO;
    }
    *length_out = s.length;
    *text_out = fm_str_take(&s);
    return *text_out != NULL ? FM_OK : FM_ENOMEM;
}

static fm_status
read_bytes(const char *path, fm_diags *diags, char **text_out, size_t *length_out)
{
    bool from_stdin = strcmp(path, "-") == 0;
    fm_mark nowhere = {0, 0};
    struct stat info;
    FILE *f = from_stdin ? stdin : fopen(path, "rb");
    fm_status st = FM_ENOINPUT;

    if (f == NULL) {
        fm_diag_error(diags, st, path, nowhere, NULL, "cannot open the file: %s",
                      strerror(errno));
        return st;
    }
    if (!from_stdin && fstat(fileno(f), &info) == 0 && S_ISDIR(info.st_mode)) {
        fm_diag_error(diags, st, path, nowhere, NULL, "this is a folder, not a file");
    } else {
        st = slurp(f, text_out, length_out);
        if (st == FM_EIO)
            fm_diag_error(diags, st, path, nowhere, NULL, "cannot read the file: %s",
                          strerror(errno));
    }
    if (!from_stdin)
        (void)fclose(f);
    return st;
}

fm_status
fm_yaml_read_file(const char *path, fm_diags *diags, fm_node **root_out)
{
    char *text = NULL;
    size_t length = 0;

    *root_out = NULL;
    fm_status st = read_bytes(path, diags, &text, &length);
    if (st == FM_OK && length > FILE_MAX) {
        st = FM_ESCENARIO;
        fm_diag_error(diags, st, path, (fm_mark){0, 0}, NULL, "larger than 64 MiB");
    }
    if (st == FM_OK)
        st = fm_yaml_read_text(path, text, length, diags, root_out);
    free(text);
    return st;
}

/* Depth is at most DEPTH_MAX, so recursion is safe. */
static void
free_inside(fm_node *node)
{
    for (size_t i = 0; i < node->n_items; i++)
        free_inside(&node->items[i]);
    free(node->items);
    free(node->text);
    free(node->key);
}

void
fm_yaml_free(fm_node *root)
{
    if (root == NULL)
        return;
    free_inside(root);
    free(root);
}

const fm_node *
fm_yaml_get(const fm_node *map, const char *key)
{
    if (map == NULL || map->kind != FM_NODE_MAP)
        return NULL;
    for (size_t i = 0; i < map->n_items; i++)
        if (strcmp(map->items[i].key, key) == 0)
            return &map->items[i];
    return NULL;
}

static bool
among(const char *key, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

static void
report_unknown(const fm_node *node, const char *file, const char *what,
               const char *const *keys, size_t n, fm_status code, fm_diags *diags)
{
    const char *near = fm_nearest(node->key, keys, n);
    fm_str hint = {0};

    if (near != NULL) {
        fm_str_addf(&hint, "did you mean '%s'?", near);
    } else {
        fm_str_add(&hint, "known here: ");
        for (size_t i = 0; i < n; i++)
            fm_str_addf(&hint, "%s%s", i > 0 ? ", " : "", keys[i]);
    }
    fm_diag_error(diags, code, file, node->key_mark, hint.data, "unknown key '%s' in %s",
                  node->key, what);
    fm_str_free(&hint);
}

void
fm_yaml_only(const fm_node *map, const char *file, const char *what,
             const char *const *keys, size_t n, fm_status code, fm_diags *diags)
{
    if (map == NULL || map->kind != FM_NODE_MAP)
        return;
    for (size_t i = 0; i < map->n_items; i++)
        if (!among(map->items[i].key, keys, n))
            report_unknown(&map->items[i], file, what, keys, n, code, diags);
}
