/* SPDX-License-Identifier: Apache-2.0 */
/* The table of targets, and where an object's own file lies. */
#include "backend/backend.h"

#include <string.h>
#include "backend/kustomize.h"

static const struct backend backends[] = {
	{ "kustomize", BACKEND_SPLIT,
		"one object a file in phase folders, with a kustomization.yaml in each",
		kustomize_emit, backend_path },
	{ "yaml", BACKEND_SPLIT, "all manifests in one stream, manifests/all.yaml", plain_emit,
		plain_path },
	{ "kustomize", "namespace",
		"one object a file in a folder for each namespace, one kustomization.yaml above them",
		kustomize_emit_by_namespace, backend_path_by_namespace },
};

const struct backend *
backend_find(const char *name, const char *split)
{
	for (size_t i = 0; i < sizeof(backends) / sizeof(*backends); i++)
		if (strcmp(backends[i].name, name) == 0 && strcmp(backends[i].split, split) == 0)
			return &backends[i];
	return NULL;
}

const struct backend *
backend_at(size_t i)
{
	return i < sizeof(backends) / sizeof(*backends) ? &backends[i] : NULL;
}

void
backend_path(const struct graph *g, const struct object *o, struct str *out)
{
	if (o->form == OBJECT_PARTIAL) {
		str_puts(out, "adopt");
	} else {
		if (o->form != OBJECT_VALUES)
			str_puts(out, "manifests/");
		object_phase(g, o, out);
	}
	str_putc(out, '/');
	object_slug(g, o, out);
	str_puts(out, ".yaml");
}

void
backend_path_by_namespace(const struct graph *g, const struct object *o, struct str *out)
{
	if (o->form == OBJECT_VALUES) {
		backend_path(g, o, out);
		return;
	}
	/* No namespace begins with a `_`. */
	str_format(out, "%s/%s/", o->form == OBJECT_PARTIAL ? "adopt" : "manifests",
		o->namespace ? atom_text(g->atoms, o->namespace) : "_cluster");
	object_slug(g, o, out);
	str_puts(out, ".yaml");
}
