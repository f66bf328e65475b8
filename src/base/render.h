/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics for readers: people (text), editors and grep (short), programs (json).
 *
 *   error[EGM0103]: unknown field `time-out` in route
 *     --> site.egm:27:7
 *      |
 *   27 |       time-out = 5s
 *      |       ^^^^^^^^ not a field of route
 *      = help: did you mean `timeout`?
 *
 * Labels in the same file share the excerpt, in line order, with `...` between distant lines; labels of other files get an excerpt of
 * their own under `::: file:line`. Long lines are cut around the marked range, with an ellipsis. Control characters of the source are
 * shown as spaces or U+FFFD, never sent to the terminal. short: `path:line:col: error[EGM0103]: message`, one line each.
 * json: one object {format_version, diagnostics[], errors, warnings, notes}; places have file, byte, line, column (characters), utf16_column.
 */
#ifndef BASE_RENDER_H
#define BASE_RENDER_H

#include <stdbool.h>
#include "base/diag.h"
#include "base/source.h"
#include "base/str.h"

enum render_format { RENDER_TEXT, RENDER_SHORT, RENDER_JSON };

struct render_options {
	enum render_format format;
	bool colour;      /* SGR colours; only for text */
	unsigned width;   /* columns of the terminal; 0: never cut lines */
	unsigned most;    /* diagnostics printed at most, then a count; 0: all */
};

/* Sorts, then appends everything to out, ending with a line that counts ("2 errors, 1 warning") in text and, if something was cut, in short. */
void
render_diags(struct str *out, struct diags *d, struct source *s, const struct render_options *o);

#endif
