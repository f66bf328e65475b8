/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an included YAML file. What is taken over is written in canonical form and read
 * again, which must give the same trees.
 */
#include "backend/backend.h"
#include "graph/read.h"
#include "tests/fuzz/fuzz.h"

struct reading {
	struct graph *g;
	struct source *source;
	struct diags *diags;
};

static bool
read_bytes(struct reading *r, const char *bytes, size_t len, struct vec *documents)
{
	uint32_t file = source_add(r->source, "fuzz.yaml", bytes, len, false, false);
	uint32_t before = r->diags->errors;
	bool fine = yaml_read(r->g, r->source, file, r->diags, documents);

	fuzz_demand(
		fine == (r->diags->errors == before), "false if, and only if, a fault is reported");
	return fine;
}

static void
demand_places(const struct source *s, const struct tree *root)
{
	struct steps steps;
	const struct tree *t;

	steps_init(&steps, root);
	while ((t = steps_next(&steps))) {
		fuzz_demand(t->origin.user.file, "what is read has a place");
		fuzz_demand_span(s, t->origin.user);
	}
	steps_release(&steps);
}

static void
write_and_read(struct reading *r, struct tree *root)
{
	struct object o = { .form = OBJECT_OWNED, .root = root };
	struct str out = STR_INIT;
	struct vec lines, again;

	vec_init(&lines, sizeof(const struct tree *), false);
	vec_init(&again, sizeof(struct tree *), false);
	yaml_write(r->g, &o, &out, &lines);
	fuzz_demand(read_bytes(r, str_text(&out), out.len, &again), "what is written can be read");
	fuzz_demand(again.count == 1, "one document is written");
	fuzz_demand(tree_equal(root, *VEC_AT(&again, struct tree *, 0)), "the same tree is read");
	vec_release(&again);
	vec_release(&lines);
	str_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct atoms atoms;
	struct source source;
	struct diags diags;
	struct graph graph;
	struct vec documents;
	struct reading r = { &graph, &source, &diags };

	atoms_init(&atoms);
	source_init(&source);
	diags_init(&diags);
	graph_init(&graph, &atoms);
	vec_init(&documents, sizeof(struct tree *), false);
	if (read_bytes(&r, (const char *)bytes, len, &documents))
		for (uint32_t i = 0; i < documents.count; i++) {
			demand_places(&source, *VEC_AT(&documents, struct tree *, i));
			write_and_read(&r, *VEC_AT(&documents, struct tree *, i));
		}
	fuzz_diags(&diags, &source);
	vec_release(&documents);
	graph_release(&graph);
	diags_release(&diags);
	source_release(&source);
	atoms_release(&atoms);
	return 0;
}
