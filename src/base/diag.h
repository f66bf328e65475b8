/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics are values: made where the fault is seen, collected, sorted, printed at the end
 * (render.h). A code keeps its meaning for ever. Codes of the language stand in diag.def, with
 * their default severity; codes of rules come from the library, as text. Every diagnostic about
 * input has a span.
 *
 * Texts: lower case, no full stop, names of the user in backticks; what was seen, then the rule,
 * then the hint.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/source.h"
#include "base/vec.h"

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

enum diag_code {
	DIAG_NONE,
#define DIAG(code, severity, name, about) code,
#include "base/diag.def"
#undef DIAG
	DIAG_CODE_COUNT
};

/* What stands below the excerpt, in this order of printing. */
enum diag_line { LINE_MUST, LINE_SHOW, LINE_BECAUSE, LINE_NOTE, LINE_HELP, LINE_SEE };

struct diag_label {
	struct span span;
	const char *text; /* may be NULL: only marks */
	struct diag_label *next;
};

struct diag_text {
	enum diag_line line;
	const char *text;
	struct span span; /* of a note: "this line"; file 0 if it has none */
	struct diag_text *next;
};

struct diag {
	char code[16]; /* "EGM0103" */
	enum severity severity;
	struct span span; /* file 0 only for faults of the environment */
	const char *message;
	const char *label; /* beside the carets; may be NULL */
	struct diag_label *labels; /* other places, in order */
	struct diag_text *texts;
	struct span fix_span; /* file 0: no ready edit; an empty range inserts */
	const char *fix;
	uint32_t order; /* of being made */
	bool dropped; /* waived, or a double */
	bool inside; /* of a statement of the library, which a site led there */
};

struct diags {
	struct arena arena;
	struct vec all; /* struct diag * */
	uint32_t errors, warnings, notes; /* those not dropped */
	uint32_t *
		slots; /* by hash of the span: 1 + index in all of the first of its kind; 0: free */
	uint32_t slot_count; /* a power of two */
};

struct diag_info {
	const char *code;
	enum severity severity;
	const char *name; /* words-with-hyphens, for -W and lists */
	const char *about; /* one line */
};

void
diags_init(struct diags *d);
void
diags_release(struct diags *d);
/* Adds a diagnostic of the language. Never NULL; the caller may add to it. A second one with the
 * same code and span is made, but dropped. */
struct diag *
diag_add(struct diags *d, enum diag_code code, struct span span, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The same for a rule's code, of which 15 bytes are kept. */
struct diag *
diag_add_rule(struct diags *d, const char *code, enum severity severity, struct span span,
	const char *message);
/* Text beside the carets of the primary place. */
void
diag_here(struct diags *d, struct diag *g, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void
diag_label(struct diags *d, struct diag *g, struct span span, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void
diag_line(struct diags *d, struct diag *g, enum diag_line line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* A note with a place, such as a line of the library. */
void
diag_note_at(struct diags *d, struct diag *g, struct span span, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void
diag_fix(struct diags *d, struct diag *g, struct span span, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Takes a diagnostic out of the counts and of all output. */
void
diag_drop(struct diags *d, struct diag *g);
/* Forgets all but the first `count` diagnostics: what is said of them again is no double. */
void
diags_rewind(struct diags *d, uint32_t count);
/* Another severity, such as a warning that the user denies. */
void
diag_regrade(struct diags *d, struct diag *g, enum severity severity);
const struct diag_info *
diag_info(enum diag_code code);
/* DIAG_NONE if the language has no such code. */
enum diag_code
diag_find(const char *code);
/* Sorts by file, start, code, order; used before printing. */
void
diags_sort(struct diags *d);

#endif
