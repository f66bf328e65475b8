/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distance of words: inserting, removing or replacing a byte and exchanging two neighbours cost 2
 * halves each, another case of the same letter costs 1. Three rows of the usual table are kept.
 */
#include "base/suggest.h"

#include <stdbool.h>
#include <string.h>

#define EDIT 2u

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
replacing(char a, char b)
{
	if (a == b)
		return 0;
	return lower(a) == lower(b) ? 1 : EDIT;
}

/* In halves; anything over most halves is most + 1. */
static size_t
distance(const char *a, size_t alen, const char *b, size_t blen, size_t most)
{
	size_t table[3][SUGGEST_MOST + 1];
	size_t *before = table[0], *above = table[1], *row = table[2];

	if (alen > SUGGEST_MOST || blen > SUGGEST_MOST ||
		(alen > blen ? alen - blen : blen - alen) * EDIT > most)
		return most + 1;
	for (size_t j = 0; j <= blen; j++)
		row[j] = j * EDIT;
	for (size_t i = 1; i <= alen; i++) {
		size_t *free_row = before;
		size_t best;

		before = above;
		above = row;
		row = free_row;
		best = row[0] = i * EDIT;
		for (size_t j = 1; j <= blen; j++) {
			row[j] = least(least(above[j], row[j - 1]) + EDIT,
				above[j - 1] + replacing(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + EDIT);
			best = least(best, row[j]);
		}
		if (best > most)
			return most + 1;
	}
	return least(row[blen], most + 1);
}

void
suggest_init(struct suggest *s, const char *word, size_t len)
{
	*s = (struct suggest){ .word = word, .len = len };
}

/* One less than what turning every byte into another would cost, if that is little. */
static size_t
limit_of(size_t len)
{
	size_t most = len / 3 ? len / 3 * EDIT : EDIT;

	return least(most, len ? len * EDIT - 1 : 0);
}

/* Another case of all letters is one slip. */
static bool
same_letters(const char *word, size_t len, const char *candidate)
{
	size_t i = 0;

	while (i < len && candidate[i] && lower(word[i]) == lower(candidate[i]))
		i++;
	return len > 1 && i == len && !candidate[i];
}

void
suggest_offer(struct suggest *s, const char *candidate)
{
	size_t most = s->best ? s->distance - 1 : limit_of(s->len);
	size_t d;

	if (s->best && !s->distance)
		return;
	d = same_letters(s->word, s->len, candidate)
		? least(1, most)
		: distance(s->word, s->len, candidate, strlen(candidate), most);
	if (d > most)
		return;
	s->best = candidate;
	s->distance = d;
}

size_t
suggest_distance(const char *a, size_t alen, const char *b, size_t blen, size_t limit)
{
	if (limit > SUGGEST_MOST)
		limit = SUGGEST_MOST;
	return (distance(a, alen, b, blen, limit * EDIT) + 1) / EDIT;
}
