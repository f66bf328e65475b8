/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of manifests for kustomize, and for those who read it without: kubectl apply -k, Argo CD
 * and Flux, which all go by a kustomization.yaml where there is one. Comes in: a sorted graph. Goes
 * out: files in a stage. Refuses nothing.
 *
 * kustomize keeps the order of files only if the top-level kustomization says `fifo`; in a base
 * that is ignored, so it stands at the top of manifests/ and adopt/, and each folder lists its
 * files in apply order. Split by namespace there are no folders of kustomizations: objects of many
 * namespaces stand among each other in the order, so the one on top lists every file.
 * No kustomization says `namespace:`, which would move objects away from what
 * refers to them.
 */
#include "backend/kustomize.h"

#include <string.h>
#include "backend/backend.h"
#include "backend/openapi.h"

#define OPENAPI_FILE "kinds.openapi"

static const char head[] = "apiVersion: kustomize.config.k8s.io/v1beta1\n"
			   "kind: Kustomization\n";
static const char top_head[] = "sortOptions:\n"
			       "  order: fifo\n";

/* The kustomization of a folder as it grows. */
struct folder {
	struct str path; /* "manifests/20-gateway" */
	struct str names; /* "- name\n" for each */
};

static void
folder_release(struct folder *f)
{
	str_release(&f->path);
	str_release(&f->names);
}

static void
add_name(struct folder *f, const char *name, size_t len)
{
	str_puts(&f->names, "- ");
	str_add(&f->names, name, len);
	str_putc(&f->names, '\n');
}

static void
write_folder(struct folder *f, const char *options, struct stage *out)
{
	struct str text = STR_INIT;

	str_puts(&text, head);
	str_puts(&text, options);
	str_puts(&text, f->names.len ? "resources:\n" : "resources: []\n");
	str_add(&text, f->names.bytes, f->names.len);
	str_puts(&f->path, "/kustomization.yaml");
	stage_add(out, str_text(&f->path), text.bytes, text.len, false);
	str_release(&text);
}

/* An object's file at `path`. */
static void
write_object(const struct graph *g, const struct object *o, struct str *path, struct str *text,
	struct stage *out)
{
	str_clear(text);
	yaml_write(g, o, text, NULL);
	stage_add(out, str_text(path), text->bytes, text->len, false);
}

/* Begins the folder that a path lies in, unless it is the current one; tells `top` of it. */
static void
enter(struct folder *f, struct folder *top, const char *path, size_t folder_len, struct stage *out)
{
	size_t above = top->path.len + 1;

	if (f->path.bytes && f->path.len == folder_len &&
		memcmp(f->path.bytes, path, folder_len) == 0)
		return;
	if (f->path.len)
		write_folder(f, "", out);
	str_clear(&f->path);
	str_clear(&f->names);
	str_add(&f->path, path, folder_len);
	add_name(top, path + above, folder_len - above);
}

/* The kustomization of manifests/, and what kustomize must know of our kinds. */
static void
write_top(const struct graph *g, struct folder *top, struct stage *out)
{
	struct str options = STR_INIT, text = STR_INIT;

	str_puts(&options, top_head);
	if (openapi_write(g, &text)) {
		stage_add(out, "manifests/" OPENAPI_FILE, text.bytes, text.len, false);
		str_puts(&options, "openapi:\n  path: " OPENAPI_FILE "\n");
	}
	write_folder(top, str_text(&options), out);
	str_release(&options);
	str_release(&text);
}

static bool
is_ours(const struct object *o)
{
	return o->form == OBJECT_OWNED || o->form == OBJECT_OPAQUE;
}

/* Objects come phase by phase, so each folder is entered once. */
static void
write_manifests(const struct graph *g, struct stage *out)
{
	struct folder top = { STR_INIT, STR_INIT }, phase = { STR_INIT, STR_INIT };
	struct str path = STR_INIT, text = STR_INIT;

	str_puts(&top.path, "manifests");
	for (uint32_t i = 0; i < g->order.count; i++) {
		const struct object *o = graph_object(g, *VEC_AT(&g->order, uint32_t, i));
		const char *name;

		if (!is_ours(o))
			continue;
		str_clear(&path);
		backend_path(g, o, &path);
		name = strrchr(path.bytes, '/') + 1;
		enter(&phase, &top, path.bytes, (size_t)(name - 1 - path.bytes), out);
		add_name(&phase, name, strlen(name));
		write_object(g, o, &path, &text, out);
	}
	if (phase.path.len)
		write_folder(&phase, "", out);
	write_top(g, &top, out);
	folder_release(&top);
	folder_release(&phase);
	str_release(&path);
	str_release(&text);
}

/* Of objects: which, and where they go. */
struct part {
	const struct graph *g;
	bool (*holds)(const struct object *o);
	void (*path)(const struct graph *g, const struct object *o, struct str *out);
};

static bool
is_partial(const struct object *o)
{
	return o->form == OBJECT_PARTIAL;
}

static bool
is_values(const struct object *o)
{
	return o->form == OBJECT_VALUES;
}

/* The files of a part, all below one folder, which lists them. */
static void
write_part(const struct part *p, struct folder *f, struct stage *out)
{
	struct str path = STR_INIT, text = STR_INIT;

	for (uint32_t i = 0; i < p->g->order.count; i++) {
		const struct object *o = graph_object(p->g, *VEC_AT(&p->g->order, uint32_t, i));
		size_t above = f->path.len + 1;

		if (!p->holds(o))
			continue;
		str_clear(&path);
		p->path(p->g, o, &path);
		add_name(f, path.bytes + above, path.len - above);
		write_object(p->g, o, &path, &text, out);
	}
	str_release(&path);
	str_release(&text);
}

static void
write_beside(const struct graph *g, bool kustomizations,
	void (*path)(const struct graph *g, const struct object *o, struct str *out),
	struct stage *out)
{
	struct folder adopt = { STR_INIT, STR_INIT }, values = { STR_INIT, STR_INIT };
	struct part partial = { g, is_partial, path }, fragments = { g, is_values, path };

	str_puts(&adopt.path, "adopt");
	write_part(&partial, &adopt, out);
	if (adopt.names.len && kustomizations)
		write_folder(&adopt, top_head, out);
	str_puts(&values.path, "values");
	write_part(&fragments, &values, out);
	folder_release(&adopt);
	folder_release(&values);
}

void
kustomize_emit(const struct graph *g, struct stage *out)
{
	write_manifests(g, out);
	write_beside(g, true, backend_path, out);
}

void
kustomize_emit_by_namespace(const struct graph *g, struct stage *out)
{
	struct folder top = { STR_INIT, STR_INIT };
	struct part ours = { g, is_ours, backend_path_by_namespace };

	str_puts(&top.path, "manifests");
	write_part(&ours, &top, out);
	write_top(g, &top, out);
	folder_release(&top);
	write_beside(g, true, backend_path_by_namespace, out);
}

void
plain_emit(const struct graph *g, struct stage *out)
{
	struct str text = STR_INIT;

	yaml_stream(g, &text);
	stage_add(out, "manifests/all.yaml", str_text(&text), text.len, false);
	str_release(&text);
	write_beside(g, false, backend_path, out);
}

void
plain_path(const struct graph *g, const struct object *o, struct str *out)
{
	if (o->form == OBJECT_OWNED || o->form == OBJECT_OPAQUE)
		str_puts(out, "manifests/all.yaml");
	else
		backend_path(g, o, out);
}
