/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that are part of the program: the library (stdlib/) and the explanations of the language's codes (docs/codes/).
 * Written at build time by build-aux/embed. Sorted by the bytes of their paths, which is the order of loading.
 */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *path; /* below its folder: "core/site.egm", "EGM0103.md"; '/' between parts */
	const unsigned char *bytes; /* as in the file; one NUL follows them */
	size_t len; /* without that NUL */
};

/* One entry of zeros follows the last file; the counts leave it out. */
extern const struct embedded embedded_library[];
extern const size_t embedded_library_count;
extern const struct embedded embedded_codes[];
extern const size_t embedded_codes_count;

#endif
