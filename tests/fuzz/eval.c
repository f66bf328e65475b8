/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a user's file on top of the built-in library, all the way: each of its sites and tests
 * is evaluated, and what came out without an error is written by every back end.
 */
#include "backend/backend.h"
#include "check/check.h"
#include "eval/eval.h"
#include "grammar/grammar.h"
#include "library.h"
#include "tests/fuzz/state.h"

static struct program program;
static struct state fresh;

/* Every written object is a document that says what the object is. */
static void
demand_objects(const struct graph *g)
{
	for (uint32_t i = 0; i < g->order.count; i++) {
		uint32_t n = *VEC_AT(&g->order, uint32_t, i);

		fuzz_demand(n < g->objects.count, "the order names objects that there are");
		fuzz_demand(graph_object(g, n)->root != NULL, "an object has a tree");
	}
}

static void
emit(const struct graph *g)
{
	struct str stream = STR_INIT;

	demand_objects(g);
	for (size_t i = 0; backend_at(i); i++) {
		struct stage stage;

		stage_init(&stage);
		backend_at(i)->emit(g, &stage);
		for (uint32_t f = 0; f < stage.files.count; f++) {
			const struct stage_file *file = VEC_AT(&stage.files, struct stage_file, f);

			fuzz_demand(utf8_check(file->bytes, file->len) == file->len,
				"what is written is UTF-8");
		}
		stage_release(&stage);
	}
	yaml_stream(g, &stream);
	str_release(&stream);
}

static void
run_site(struct program *p, uint32_t site)
{
	struct str dump = STR_INIT;
	struct eval e;
	bool fine = eval_run(&e, p, site);

	eval_dump_site(&e, &dump);
	if (fine)
		emit(&e.graph);
	eval_release(&e);
	str_release(&dump);
}

static void
run_all(struct program *p, uint32_t first)
{
	for (uint32_t i = first; i < p->sites.count; i++) {
		struct str why = STR_INIT;
		enum site_role role = (enum site_role)SITE_AT(p, i)->role;

		if (role == SITE_PLAIN)
			run_site(p, i);
		else if (role != SITE_PROFILE)
			eval_test(p, i, &why);
		str_release(&why);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct program *p = &program;
	struct grammar_input in = { &p->atoms, &p->source, &p->diags, &p->ast };
	struct ast_file file;
	uint32_t sites;

	if (!fresh.saved.files.count) {
		program_init(p);
		fuzz_demand(library_load(p, NULL), "the library is right");
		state_save(&fresh, p);
	}
	state_restore(&fresh, p);
	sites = p->sites.count;
	grammar_parse(&in,
		source_add(&p->source, "fuzz.egm", (const char *)bytes, len, false, false), &file);
	/* As in a build, sites are evaluated unless checking failed. */
	if (check_files(p, vec_push(&p->files, &file), false))
		run_all(p, sites);
	fuzz_diags(&p->diags, &p->source);
	return 0;
}
