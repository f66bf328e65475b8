/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did you mean: the candidate nearest to a misspelt word. A word or candidate over SUGGEST_MOST
 * bytes has no neighbours, so that hostile input costs nothing.
 */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

#define SUGGEST_MOST 128

struct suggest {
	const char *word;
	size_t len;
	const char *best; /* NULL until a candidate is near enough */
	size_t distance; /* of best, in halves */
};

void
suggest_init(struct suggest *s, const char *word, size_t len);
/* Offers a candidate (NUL-terminated, kept by reference). Damerau-Levenshtein distance at most
 * max(1, len/3); case counts half; the first of equals wins. A candidate that shares nothing with
 * the word is never near. */
void
suggest_offer(struct suggest *s, const char *candidate);
/* The distance alone, halves rounded up, at most `limit` + 1 (saturating). */
size_t
suggest_distance(const char *a, size_t alen, const char *b, size_t blen, size_t limit);

#endif
