/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_BUILTIN_H
#define CHECK_BUILTIN_H

enum builtin {
	BUILTIN_NONE,
#define BUILTIN(id, name, least, most, about) BUILTIN_##id,
#include "check/builtin.def"
#undef BUILTIN
	BUILTIN_COUNT_OF_ALL
};

struct builtin_info {
	const char *name;
	int least, most; /* arguments */
	const char *about;
};

/* NULL past the last; the first is 1. */
const struct builtin_info *
builtin_info(enum builtin b);

#endif
