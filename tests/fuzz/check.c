/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a user's file on top of the built-in library: every check, and every diagnostic. */
#include "check/check.h"
#include "grammar/grammar.h"
#include "library.h"
#include "tests/fuzz/state.h"

static struct program program;
static struct state fresh;

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct program *p = &program;
	struct grammar_input in = { &p->atoms, &p->source, &p->diags, &p->ast };
	struct ast_file file;
	uint32_t first, number, before;
	bool fine;

	if (!fresh.saved.files.count) {
		program_init(p);
		fuzz_demand(library_load(p, NULL), "the library is right");
		state_save(&fresh, p);
	}
	state_restore(&fresh, p);
	number = source_add(&p->source, "fuzz.egm", (const char *)bytes, len, false, false);
	grammar_parse(&in, number, &file);
	first = vec_push(&p->files, &file);
	before = p->diags.errors;
	fine = check_files(p, first, false);
	fuzz_demand(
		fine == (p->diags.errors == before), "false if, and only if, a fault is reported");
	fuzz_diags(&p->diags, &p->source);
	return 0;
}
