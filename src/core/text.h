/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text services without a domain: growing strings, UTF-8, nearest word, numbers as
 * text. */
#ifndef FM_CORE_TEXT_H
#define FM_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A growing string.  Zero-initialise; free with fm_str_free.  `data` is NUL-terminated
 * once anything was added.  After a failed allocation `failed` is set and adding does
 * nothing. */
typedef struct fm_str {
    char *data;
    size_t length;
    size_t capacity;
    bool failed;
} fm_str;

void fm_str_free(fm_str *s);
void fm_str_add(fm_str *s, const char *text);
void fm_str_add_bytes(fm_str *s, const char *bytes, size_t n);
void fm_str_addf(fm_str *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Gives the bytes to the caller (free()) and empties the string; NULL if memory ran
 * out. */
char *fm_str_take(fm_str *s);

/* malloc'ed copy; NULL for NULL or when memory ran out. */
char *fm_strdup(const char *text);

/* Shortest decimal text that reads back as the same double ("0.1", "10", "1e-09", "NaN").
 * text_out  out  at least FM_NUMBER_TEXT bytes; C locale whatever the user's is */
enum {
    FM_NUMBER_TEXT = 40
};
const char *fm_number_text(double x, char *text_out);

/* Appends that text. */
void fm_str_add_number(fm_str *s, double x);

/* Number of bytes of the valid UTF-8 sequence at s[0..n), or 0 if it is not valid. */
size_t fm_utf8_length(const unsigned char *s, size_t n);

/* The word of words[n] nearest to `word` by edit distance, or NULL when none is within
 * 2 edits (or a third of the word's length). */
const char *fm_nearest(const char *word, const char *const *words, size_t n);

/* FNV-1a, 32 and 64 bit (stream names, term hashes; not a security hash). */
uint32_t fm_fnv1a_32(const void *bytes, size_t n);
uint64_t fm_fnv1a_64(const void *bytes, size_t n);

/* Text as data for a terminal: control bytes and invalid UTF-8 as \xNN.  Appends to s. */
void fm_str_add_escaped(fm_str *s, const char *text);

/* Adds a JSON string literal with its quotes; control characters, U+2028, U+2029 and '<'
 * are escaped; invalid UTF-8 becomes U+FFFD. */
void fm_str_add_json(fm_str *s, const char *text);

#endif
