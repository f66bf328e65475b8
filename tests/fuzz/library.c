/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a whole library, by itself: declarations, types, the order of columns, guarantees. */
#include "check/check.h"
#include "grammar/grammar.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct program p;
	struct grammar_input in = { &p.atoms, &p.source, &p.diags, &p.ast };
	struct ast_file file;
	struct str columns = STR_INIT;
	uint32_t number;

	program_init(&p);
	number = source_add(&p.source, "fuzz.egm", (const char *)bytes, len, true, false);
	grammar_parse(&in, number, &file);
	vec_push(&p.files, &file);
	p.library_files = p.files.count;
	p.library_nodes = p.ast.nodes.count;
	if (check_files(&p, 0, true) && !p.diags.errors)
		check_dump_columns(&p, &columns);
	fuzz_diags(&p.diags, &p.source);
	str_release(&columns);
	program_release(&p);
	return 0;
}
