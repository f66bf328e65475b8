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
 * Labels in the same file share the excerpt, in line order, with `...` between distant lines;
 * labels of other files get an excerpt of their own under `::: file:line:column`. A span of several
 * lines is shown at its first. Long lines are cut around what is marked. Of control characters, and
 * of those that change the direction of text, none reaches the terminal: tabs are four spaces, the
 * rest is U+FFFD.
 *
 * short: `path:line:column: error[EGM0103]: message`, one line each.
 *
 * json, one object: {"format_version": 1, "diagnostics": [...], "errors", "warnings", "notes",
 * "not_shown": numbers}. A diagnostic has code, severity, message, span, label, labels [{span,
 * text}], texts [{kind, text, span}], fix {span, text} and rendered (the text form); what there is
 * not is null. A span is {file, start, end}, its ends are {byte (offset, from 0), line, column
 * (characters), utf16_column} (from 1). Members may be added within a version.
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
	bool colour; /* SGR colours; only for text */
	/* Columns of the terminal; 0, and more than RENDER_COLUMNS: lines are cut at those. */
	unsigned width;
	unsigned most; /* diagnostics printed at most (errors first), then a count; 0: all */
};

#define RENDER_COLUMNS 400

/* Sorts, then appends everything to out. Text ends with a line that counts ("2 errors, 1 warning"),
 * short does if something was cut. Without diagnostics text and short are empty. */
void
render_diags(struct str *out, struct diags *d, struct source *s, const struct render_options *o);
/* One diagnostic as text, with its last newline. */
void
render_diag(
	struct str *out, const struct diag *g, struct source *s, const struct render_options *o);

#endif
