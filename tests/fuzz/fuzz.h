/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets share. A target takes bytes, runs a stage on them, and demands what must hold
 * of every input: that nothing crashes goes without saying (the sanitizers look), so a target asks
 * for more, such as that writing and reading again gives the same.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/diag.h"
#include "base/render.h"
#include "base/source.h"
#include "base/str.h"
#include "base/utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Ends the process as a crash if it does not hold. */
static inline void
fuzz_demand(bool held, const char *what)
{
	if (held)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

/* The span lies in its file. */
static inline void
fuzz_demand_span(const struct source *s, struct span span)
{
	fuzz_demand(span.file < s->files.count, "a span names a file that there is");
	fuzz_demand(span.start <= span.end, "a span does not end before it starts");
	fuzz_demand(!span.file || span.end <= source_file(s, span.file)->len,
		"a span lies in its file");
}

static inline void
fuzz_demand_diag(const struct source *s, const struct diag *g)
{
	fuzz_demand(g->span.file != 0, "what is said about input has a place");
	fuzz_demand_span(s, g->span);
	fuzz_demand(g->message && *g->message, "a diagnostic says something");
	for (const struct diag_label *l = g->labels; l; l = l->next)
		fuzz_demand_span(s, l->span);
	for (const struct diag_text *t = g->texts; t; t = t->next)
		fuzz_demand_span(s, t->span);
	fuzz_demand_span(s, g->fix_span);
}

/* Every diagnostic has its places, and every form of rendering gives text. */
static inline void
fuzz_diags(struct diags *d, struct source *s)
{
	static const struct render_options ways[] = {
		{ RENDER_TEXT, true, 40, 20 },
		{ RENDER_SHORT, false, 0, 0 },
		{ RENDER_JSON, false, 0, 0 },
	};

	for (uint32_t i = 0; i < d->all.count; i++)
		fuzz_demand_diag(s, *VEC_AT(&d->all, struct diag *, i));
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct str out = STR_INIT;

		render_diags(&out, d, s, &ways[i]);
		fuzz_demand(utf8_check(out.bytes, out.len) == out.len, "what is printed is UTF-8");
		str_release(&out);
	}
}

#endif
