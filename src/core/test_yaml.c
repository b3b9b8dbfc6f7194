/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the YAML reader: hostile bytes and constructs with their places, the tree. */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/study.h"
#include "core/text.h"
#include "core/yaml.h"

/* ---- 1. hostile bytes ------------------------------------------------------------ */

typedef struct hostile {
    const char *text;
    size_t length;
    int line, column;
    const char *says;
} hostile;

#define HOSTILE(text, line, column, says)                                                \
    {                                                                                    \
        text, sizeof(text) - 1, line, column, says                                       \
    }

/* clang-format off */
static const hostile hostiles[] = {
    HOSTILE("fabmet: 1\nstudy: t.plain\0\nseed: x\n", 2, 15, "0x00"),
    HOSTILE("fabmet: 1\nstudy: \"t\x01\"\n", 2, 10, "0x01"),
    HOSTILE("fabmet: 1\ntitle: \xc3\xa9\x1b[31m\n", 2, 9, "0x1b"),
    HOSTILE("fabmet: 1\ntitle: \xc2\x85\n", 2, 8, "0x85"),
    HOSTILE("fabmet: 1\ntitle: \xff\n", 2, 8, "not UTF-8"),
    HOSTILE("fabmet: 1\ntitle: \xc3\xa9\xc0\xaf\n", 2, 9, "not UTF-8"),
    HOSTILE("\xff\xfe" "f\0a\0", 1, 1, "UTF-16"),
    HOSTILE("\xfe\xff\0f\0a", 1, 1, "UTF-16"),
    HOSTILE("f\0a\0b\0", 1, 2, "UTF-16"),
    HOSTILE("fabmet: 1\nstudy: t.plain\n---\nfabmet: 1\n", 3, 1, "second document"),
    HOSTILE("fabmet: 1\nstudy: *x\n", 2, 9, "aliases"),
    HOSTILE("a: &x [1]\nb: *x\n", 1, 5, "anchors"),
    HOSTILE("a: &x [*x]\n", 1, 5, "anchors"),
    HOSTILE("fabmet: !!int 1\n", 1, 9, "tags"),
    HOSTILE("fabmet: !!python/object:os.system 1\n", 1, 9, "tags"),
    HOSTILE("a: { <<: { b: 1 } }\n", 1, 6, "merge keys"),
    HOSTILE("? [a]\n: b\n", 1, 3, "a key must be a word"),
    HOSTILE("\"\": b\n", 1, 1, "empty key"),
    HOSTILE("fabmet: 1\nparams:\n\tx: 1\n", 3, 1, "tab"),
    HOSTILE("fabmet: 1\nparams: [1, 2\n", 3, 1, "flow sequence"),
    HOSTILE("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", 1, 17, "nested too deeply"),
    HOSTILE("title: \"\\x01\"\n", 1, 8, "an escape"),
    HOSTILE("title: \"a\\0\"\n", 1, 8, "an escape"),
    HOSTILE("title: \"\\ud800\"\n", 1, 9, "escape"),
    HOSTILE("title: \"\\x4\"\n", 1, 9, "hex"),
    HOSTILE("m:\n  k: |\n  y: 2\nz: 1\n", 3, 1, "indented more"),
    HOSTILE("m:\n  - >-\n\n  - 2\n", 3, 1, "indented more"),
    HOSTILE("k: |\n     \n  a\n", 2, 1, "wrongly indented"),
};
/* clang-format on */

START_TEST(test_hostile)
{
    const hostile *h = &hostiles[_i];
    fm_diags *diags = fm_diags_create();
    fm_node *root = NULL;
    size_t n = 0;

    ck_assert_int_eq(fm_yaml_read_text("h.yaml", h->text, h->length, diags, &root),
                     FM_ESCENARIO);
    ck_assert_ptr_null(root);
    const fm_diag *list = fm_diags_list(diags, &n, NULL);
    ck_assert_uint_ge(n, 1);
    ck_assert_msg(strstr(list[0].text, h->says) != NULL ||
                      (list[0].hint != NULL && strstr(list[0].hint, h->says) != NULL),
                  "%s", list[0].text);
    ck_assert_msg(list[0].mark.line == h->line && list[0].mark.column == h->column,
                  "%d:%d %s", list[0].mark.line, list[0].mark.column, list[0].text);
    ck_assert_str_eq(list[0].file, "h.yaml");
    fm_diags_free(diags);
}
END_TEST

START_TEST(test_deep_and_bomb)
{
    fm_diags *diags = fm_diags_create();
    fm_node *root = NULL;
    enum {
        DEEP = 100000
    };
    char *deep = malloc(DEEP);

    ck_assert_ptr_nonnull(deep);
    memset(deep, '[', DEEP);
    ck_assert_int_eq(fm_yaml_read_text("d", deep, DEEP, diags, &root), FM_ESCENARIO);
    ck_assert_ptr_null(root);
    free(deep);
    fm_str bomb = {0};
    fm_str_add(&bomb, "a0: &a0 x\n");
    for (int i = 1; i < 10; i++)
        fm_str_addf(&bomb, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1, i - 1,
                    i - 1);
    ck_assert_int_eq(fm_yaml_read_text("b", bomb.data, bomb.length, diags, &root),
                     FM_ESCENARIO);
    fm_str_free(&bomb);
    fm_diags_free(diags);
}
END_TEST

/* ---- 2. the tree ----------------------------------------------------------------- */

START_TEST(test_yaml_tree)
{
    static const char text[] =
        "\xef\xbb\xbf"
        "\xc3\xa9: \xc3\xa9 x # c\r\n"
        "'b': \"q\\n\"\r\nc: |\r\n  l1\r\n  l2\r\nd: [1, {e: 2}]\r\nf:\r\n";
    fm_diags *diags = fm_diags_create();
    fm_node *root = NULL;

    ck_assert_int_eq(fm_yaml_read_text("t", text, sizeof text - 1, diags, &root), FM_OK);
    ck_assert_uint_eq(root->n_items, 5);
    ck_assert_str_eq(root->items[0].text, "\xc3\xa9 x");
    ck_assert_int_eq(root->items[0].mark.column, 4);
    ck_assert_str_eq(fm_yaml_get(root, "b")->text, "q\n");
    ck_assert(fm_yaml_get(root, "b")->quoted);
    ck_assert_int_eq(fm_yaml_get(root, "b")->key_mark.column, 1);
    ck_assert_int_eq(fm_yaml_get(root, "b")->mark.column, 6);
    ck_assert_str_eq(fm_yaml_get(root, "c")->text, "l1\nl2\n");
    ck_assert_int_eq(fm_yaml_get(root, "c")->mark.line, 4);
    ck_assert_uint_eq(fm_yaml_get(root, "d")->n_items, 2);
    ck_assert_ptr_null(fm_yaml_get(root, "f")->text);
    ck_assert_int_eq(fm_yaml_get(root, "f")->mark.line, 7);
    ck_assert_ptr_null(fm_yaml_get(root, "g"));
    fm_yaml_free(root);
    ck_assert_int_eq(fm_yaml_read_file("/nowhere.yaml", diags, &root), FM_ENOINPUT);
    ck_assert_ptr_null(root);
    ck_assert_int_eq(fm_yaml_read_file("/", diags, &root), FM_ENOINPUT);
    fm_diags_free(diags);
}
END_TEST

/* ---- 3. the text of scalars ------------------------------------------------------ */

/* The value of `k`, and that `z` behind it is still there.  Values were compared with
 * those of another reader; libfyaml 0.7.12 by itself loses the end of the first ones, of
 * some with escapes, and adds a line end to a block that has none. */
typedef struct text_case {
    const char *yaml;
    const char *text;
} text_case;

/* clang-format off */
static const text_case text_cases[] = {
    {"k: 'a '' '''' b'", "a ' '' b"},
    {"k: ''''''''\nz: 1\n", "'''"},
    {"k: '-  '''' &''b#'\nz: 1\n", "-  '' &'b#"},
    {"k: [',   \xc3\xa9''''''% ''''a']", ",   \xc3\xa9'''% ''a"},
    {"k: {z: '%''''\n\n   '' ', k: '{'''' \\n: '}", "{'' \\n: "},
    {"k: 'a \t\n \t b\n \n\n  c\n '\nz: 1\n", "a b\n\nc "},
    {"k: '\n  a'\nz: 1\n", " a"},
    {"k: '  a  '\nz: 1\n", "  a  "},
    {"k:\r\n  'a''''\r\n\r\n  b'\r\nz: 1\r\n", "a''\nb"},
    {"k: \"'' \\\n    '\"\nz: 1\n", "'' '"},
    {"k: \"\\\n  \n\n  '' \\\n  '\"\nz: 1\n", "\n\n'' '"},
    {"k: \"\\\\ : \\  \n  '\\xe9''  \\\"\"\nz: 1\n", "\\ :   '\xc3\xa9''  \""},
    {"k: \"'\\n\\\\b \\\n\n  \\\\\xc3\xa9\\xe9\"\n# c\nz: 1\n", "'\n\\b \n\\\xc3\xa9\xc3\xa9"},
    {"k: \"\\u20AC\\U0001F600\\/\\t\\x41\\_\"\nz: 1\n",
     "\xe2\x82\xac\xf0\x9f\x98\x80/\tA\xc2\xa0"},
    {"k: a 'b' \\n #c", "a 'b' \\n"},
    {"k: a\t \n\n  b''\n  c # d\nz: 1\n", "a\nb'' c"},
    {"k: |\n  a''''\n\n   b\n  # c\n\n# d | e\nz: 1\n", "a''''\n\n b\n# c\n"},
    {"k: | # a > b\n  a\n", "a\n"},
    {"k: |-\n\n  a\n\nz: 1\n", "\na"},
    {"k: |+\n  a\n \n\nz: 1\n", "a\n\n\n"},
    {"k: |+\n\nz: 1\n", "\n"},
    {"k: |\nz: 1\n", ""},
    {"k: |-\n\n    ", ""},
    {"k: |\n  a", "a"},
    {"k: |2-\n    a\n   b\nz: 1\n", "  a\n b"},
    {"k: >-1\n  a\n b\nz: 1\n", " a\nb"},
    {"m:\n  k: >2\n    \ta\n\n\n      b\n  z: 1\n", "\ta\n\n\n  b\n"},
    {"k: >\n\n  a\n  b\n\n  c\n\n\n  d\n   e\n  f\n\n", "\na b\nc\n\nd\n e\nf\n"},
    {"- k: >-\n    a\n    b\n  z: 1\n", "a b"},
    {"k: |\r\n  a\r\n  b\r\nz: 1\r\n", "a\nb\n"},
};
/* clang-format on */

/* Looks along the first items, and takes the last item of a value that has some. */
static const fm_node *
find(const fm_node *node, const char *key)
{
    const fm_node *found = fm_yaml_get(node, key);

    while (found == NULL && node->n_items > 0) {
        node = &node->items[0];
        found = fm_yaml_get(node, key);
    }
    while (found != NULL && found->n_items > 0)
        found = &found->items[found->n_items - 1];
    return found;
}

START_TEST(test_text)
{
    const text_case *c = &text_cases[_i];
    fm_diags *diags = fm_diags_create();
    fm_node *root = NULL;

    ck_assert_int_eq(fm_yaml_read_text("t", c->yaml, strlen(c->yaml), diags, &root),
                     FM_OK);
    const fm_node *k = find(root, "k");
    ck_assert_ptr_nonnull(k);
    ck_assert_str_eq(k->text, c->text);
    ck_assert(strstr(c->yaml, "\nz: 1") == NULL || find(root, "z") != NULL);
    fm_yaml_free(root);
    fm_diags_free(diags);
}
END_TEST

/* ---- 4. the tree's rules --------------------------------------------------------- */

/* A duplicate key is an error that leaves a tree, so that the other checks can go on. */
START_TEST(test_duplicate)
{
    static const char text[] = "b: 1\na: 2\nb: 3\nc: { d: 1, \"d\": 2 }\n";
    fm_diags *diags = fm_diags_create();
    fm_node *root = NULL;
    size_t n = 0;

    ck_assert_int_eq(fm_yaml_read_text("d", text, sizeof text - 1, diags, &root),
                     FM_ESCENARIO);
    ck_assert_ptr_nonnull(root);
    fm_diags_sort(diags);
    const fm_diag *list = fm_diags_list(diags, &n, NULL);
    ck_assert_uint_eq(n, 2);
    ck_assert_str_eq(list[0].text, "duplicate key 'b' (first given in line 1)");
    ck_assert(list[0].mark.line == 3 && list[0].mark.column == 1);
    ck_assert(list[1].mark.line == 4 && list[1].mark.column == 12);
    fm_yaml_free(root);
    fm_diags_free(diags);
}
END_TEST

START_TEST(test_only)
{
    static const char text[] = "first: 1\nsecnd: 2\nother: 3\n";
    static const char *const keys[] = {"first", "second"};
    fm_diags *diags = fm_diags_create();
    fm_node *root = NULL;
    size_t n = 0;

    ck_assert_int_eq(fm_yaml_read_text("o", text, sizeof text - 1, diags, &root), FM_OK);
    fm_yaml_only(root, "o", "the test", keys, 2, FM_EDATA, diags);
    const fm_diag *list = fm_diags_list(diags, &n, NULL);
    ck_assert_uint_eq(n, 2);
    ck_assert_int_eq(fm_diags_status(diags), FM_EDATA);
    ck_assert_str_eq(list[0].text, "unknown key 'secnd' in the test");
    ck_assert_str_eq(list[0].hint, "did you mean 'second'?");
    ck_assert_int_eq(list[1].mark.line, 3);
    ck_assert_str_eq(list[1].hint, "known here: first, second");
    fm_yaml_free(root);
    fm_diags_free(diags);
}
END_TEST

START_TEST(test_single_value)
{
    fm_diags *diags = fm_diags_create();
    fm_node *root = NULL;

    ck_assert_int_eq(fm_yaml_read_value("v", "'a b'", 5, diags, &root), FM_OK);
    ck_assert(root->kind == FM_NODE_SCALAR && strcmp(root->text, "a b") == 0);
    fm_yaml_free(root);
    ck_assert_int_eq(fm_yaml_read_value("v", "[1, 2]", 6, diags, &root), FM_OK);
    ck_assert(root->kind == FM_NODE_LIST && root->n_items == 2);
    fm_yaml_free(root);
    ck_assert_int_eq(fm_yaml_read_value("v", "", 0, diags, &root), FM_OK);
    ck_assert_ptr_null(root);
    fm_diags_free(diags);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("yaml");
    TCase *all = tcase_create("yaml");

    tcase_add_loop_test(all, test_hostile, 0, (int)FM_COUNT(hostiles));
    tcase_add_test(all, test_deep_and_bomb);
    tcase_add_test(all, test_yaml_tree);
    tcase_add_loop_test(all, test_text, 0, (int)FM_COUNT(text_cases));
    tcase_add_test(all, test_duplicate);
    tcase_add_test(all, test_only);
    tcase_add_test(all, test_single_value);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
