/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of rendering share: render.c (text, short), render_excerpt.c and render_json.c. */
#ifndef BASE_RENDER_INTERNAL_H
#define BASE_RENDER_INTERNAL_H

#include "base/render.h"

extern const char *const render_severities[];

enum colour {
	COLOUR_NONE,
	COLOUR_STRONG,
	COLOUR_GUTTER,
	COLOUR_ERROR,
	COLOUR_WARNING,
	COLOUR_NOTE
};

/* One diagnostic being rendered as text. */
struct renderer {
	struct str *out;
	struct source *source;
	bool colour;
	enum colour marks; /* of the primary place */
	size_t columns; /* for source text and marks, at most RENDER_COLUMNS */
	unsigned gutter; /* digits of line numbers */
};

/* Nothing without colour. */
void
render_paint(struct renderer *r, enum colour c);
void
render_painted(struct renderer *r, enum colour c, const char *text);
/* Text of ours that may hold text of the user's, on one line. */
void
render_clean(struct str *out, const char *text);
/* "file:line", and ":column" if asked for, of the start of a span that has a file. */
void
render_place(struct str *out, struct source *s, struct span span, bool column);
/* All excerpts of a diagnostic for a terminal of this width; sets columns and gutter. */
void
render_excerpts(struct renderer *r, const struct diag *g, unsigned width);

/* The diagnostics that are printed: `left` of each severity are still to come. */
struct render_choice {
	uint32_t left[SEVERITY_NOTE + 1];
	uint32_t not_shown;
};

struct render_choice
render_choose(const struct diags *d, const struct render_options *o);
/* Whether this one is printed; asked once for each, in order. */
bool
render_takes(struct render_choice *c, const struct diag *g);
void
render_json(
	struct str *out, const struct diags *d, struct source *s, const struct render_options *o);

#endif
