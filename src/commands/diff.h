/* SPDX-License-Identifier: Apache-2.0 */
/* Differences between two texts, line by line, in the unified form that patch takes. */
#ifndef COMMANDS_DIFF_H
#define COMMANDS_DIFF_H

#include <stddef.h>
#include "base/str.h"

/* Appends nothing if the texts are equal. Space is linear in the lines. Texts that have little
 * in common are shown as one large change, which is right, but may not be the smallest. */
void
diff_unified(struct str *out, const char *name, const char *before, size_t before_len,
	const char *after, size_t after_len);

#endif
