/* SPDX-License-Identifier: Apache-2.0 */
/* Comes in: a complete graph and its files. Goes out: the facts of their lock. */
#include "commands/site_tree.h"

#include <string.h>
#include "library.h"
#include "lock/lock.h"

/* Does the site, or a profile that it comes from, stand in the file? */
static bool
comes_from(const struct program *p, uint32_t site, uint32_t file)
{
	while (site && NODE_AT(p, SITE_AT(p, site)->node)->span.file != file)
		site = SITE_AT(p, site)->parent;
	return site;
}

/* Every file that was read, but those of other sites: what they say does not matter to this one. */
static const struct lock_input *
list_inputs(const struct driver *d, uint32_t site, struct arena *a, size_t *count)
{
	const struct vec *files = &d->load.files;
	struct lock_input *inputs = ARENA_ARRAY(a, struct lock_input, files->count);

	*count = 0;
	for (uint32_t i = 1; i < files->count; i++) {
		const struct load_file *f = VEC_AT(files, const struct load_file, i);

		if (f->state == LOAD_DONE &&
			(!f->sites_only || comes_from(&d->program, site, f->file)))
			inputs[(*count)++] = (struct lock_input){ f->path,
				f->text.bytes ? f->text.bytes : "", f->text.len };
	}
	return inputs;
}

static const struct lock_object *
list_objects(const struct graph *g, const struct backend *b, struct arena *a)
{
	struct lock_object *objects = ARENA_ARRAY(a, struct lock_object, g->order.count);
	struct str path = STR_INIT;

	for (uint32_t i = 0; i < g->order.count; i++) {
		const struct object *o = graph_object(g, *VEC_AT(&g->order, uint32_t, i));

		str_clear(&path);
		b->path(g, o, &path);
		objects[i] = (struct lock_object){ atom_text(g->atoms, o->kind),
			atom_text(g->atoms, o->namespace), atom_text(g->atoms, o->name),
			arena_copy(a, str_text(&path), path.len) };
	}
	str_release(&path);
	return objects;
}

void
site_tree_lock(const struct driver *d, uint32_t site, const struct graph *g,
	const struct backend *b, struct stage *out)
{
	struct str hash = STR_INIT;
	struct lock_facts facts = { 0 };
	const char *split;
	struct arena a;

	arena_init(&a);
	library_hash(d->o->stdlib ? &d->program : NULL, &hash);
	facts.tool = "egmc " PACKAGE_VERSION;
	facts.library = str_text(&hash);
	facts.edition = arena_format(&a, "%d", LOAD_EDITION);
	facts.site = atom_text(g->atoms, g->site);
	facts.target = b->name;
	if (strcmp(b->split, BACKEND_SPLIT)) {
		split = arena_format(&a, "split=%s", b->split);
		facts.options = &split;
		facts.option_count = 1;
	}
	facts.inputs = list_inputs(d, site, &a, &facts.input_count);
	facts.objects = list_objects(g, b, &a);
	facts.object_count = g->order.count;
	lock_write(out, &facts);
	str_release(&hash);
	arena_release(&a);
}
