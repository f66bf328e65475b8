/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What readers of YAML make of a plain scalar, that is, one without quotes. There are many
 * resolvers: YAML 1.1 and its type repository, YAML 1.2, PyYAML, the Go readers v2 and v3 behind
 * Kubernetes' tools. Where they agree, the answer is one of the first five; where any two of them
 * differ, or one of them fails, it is PLAIN_UNSURE.
 *
 * The writer quotes every text that is not PLAIN_TEXT; the reader refuses what is PLAIN_UNSURE.
 */
#ifndef GRAPH_PLAIN_H
#define GRAPH_PLAIN_H

#include <stddef.h>

enum plain_kind {
	PLAIN_TEXT, /* a text for everybody */
	PLAIN_BOOL, /* true, false and their capitalised forms */
	PLAIN_INT, /* decimal, without leading zeros, at most 18 digits */
	PLAIN_NUMBER, /* digits, a point, digits, perhaps an exponent with its sign */
	PLAIN_NULL, /* empty, ~, null */
	PLAIN_UNSURE /* yes, 0o17, 1_000, 12:30, 2026-01-02, 1e3, .inf, <<, = and the like */
};

enum plain_kind
plain_kind(const char *text, size_t len);

#endif
