/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions as ranges of releases. A release is one number (major, minor and patch side by side),
 * so that an order of versions is an order of numbers. Refuses pre-releases, build marks and a
 * leading v.
 */
#include "check/scalar.h"

#include <string.h>
#include "check/scalar_form.h"

/* The highest patch stands for "the last of its line" and is no release of its own. */
#define PART_LIMIT (((uint64_t)1 << VERSION_PATCH_BITS) - 1)

/* The number before the next dot or the end; *at moves behind it and its dot. */
static bool
next_part(const char *text, size_t len, size_t *at, uint64_t *value)
{
	const char *dot = memchr(text + *at, '.', len - *at);
	size_t end = dot ? (size_t)(dot - text) : len;

	if (!form_number(text + *at, end - *at, PART_LIMIT - 1, value))
		return false;
	*at = dot ? end + 1 : len;
	return !dot || end + 1 < len;
}

bool
version_parse(const char *text, size_t len, struct version *v)
{
	uint64_t major, minor, patch;
	size_t at = 0;

	if (!next_part(text, len, &at, &major) || at == len || !next_part(text, len, &at, &minor))
		return false;
	v->lo = (major << VERSION_PATCH_BITS | minor) << VERSION_PATCH_BITS;
	v->hi = v->lo | PART_LIMIT;
	if (at == len)
		return true;
	if (!next_part(text, len, &at, &patch) || at < len)
		return false;
	v->lo = v->hi = v->lo | patch;
	return true;
}

void
version_print(uint64_t release, struct str *out)
{
	str_format(out, "%llu.%llu.%llu", (unsigned long long)(release >> 2 * VERSION_PATCH_BITS),
		(unsigned long long)(release >> VERSION_PATCH_BITS & PART_LIMIT),
		(unsigned long long)(release & PART_LIMIT));
}
