/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of manifests. `kustomize write DIR` puts the tree of the test's graph there, for the
 * real kustomize to try.
 */
#include "tests/unit/tap.h"

#include <stdlib.h>
#include "backend/backend.h"

struct bed {
	struct atoms atoms;
	struct graph g;
	struct diags diags;
	struct stage stage;
};

static void
bed_init(struct bed *b)
{
	static const char *const phases[] = { "namespaces", "platform", "gateway", "routes" };

	*b = (struct bed){ 0 };
	atoms_init(&b->atoms);
	graph_init(&b->g, &b->atoms);
	diags_init(&b->diags);
	stage_init(&b->stage);
	for (size_t i = 0; i < sizeof(phases) / sizeof(*phases); i++) {
		atom phase = atom_of_text(&b->atoms, phases[i]);

		vec_push(&b->g.phases, &phase);
	}
}

static void
bed_release(struct bed *b)
{
	stage_release(&b->stage);
	diags_release(&b->diags);
	graph_release(&b->g);
	atoms_release(&b->atoms);
}

static struct tree *
node(struct bed *b, struct tree *parent, const char *key, enum tree_kind kind)
{
	struct tree *t = tree_new(&b->g, kind);

	if (key)
		t->key = atom_of_text(&b->atoms, key);
	if (parent)
		tree_add(parent, t);
	return t;
}

static struct tree *
leaf(struct bed *b, struct tree *parent, const char *key, const char *value)
{
	struct tree *t = node(b, parent, key, TREE_SCALAR);

	t->text = atom_of_text(&b->atoms, value);
	return t;
}

/* An object with metadata; namespace may be NULL. */
static uint32_t
object(struct bed *b, enum object_form form, uint32_t phase, const char *version, const char *kind,
	const char *namespace, const char *name)
{
	uint32_t i = graph_add(&b->g);
	struct object *o = graph_object(&b->g, i);
	struct tree *meta;

	o->form = (uint8_t)form;
	o->phase = phase;
	o->api_version = atom_of_text(&b->atoms, version);
	o->kind = atom_of_text(&b->atoms, kind);
	o->name = atom_of_text(&b->atoms, name);
	o->namespaced = namespace;
	o->root = node(b, NULL, NULL, TREE_MAP);
	leaf(b, o->root, "apiVersion", version);
	leaf(b, o->root, "kind", kind);
	meta = node(b, o->root, "metadata", TREE_MAP);
	leaf(b, meta, "name", name);
	if (namespace) {
		o->namespace = atom_of_text(&b->atoms, namespace);
		leaf(b, meta, "namespace", namespace);
	}
	return i;
}

static void
kind(struct bed *b, const char *version, const char *name, bool namespaced, struct kind_key *keys)
{
	uint32_t i = vec_add(&b->g.kinds, 1);
	struct kind_info *info = VEC_AT(&b->g.kinds, struct kind_info, i);

	info->api_version = atom_of_text(&b->atoms, version);
	info->kind = atom_of_text(&b->atoms, name);
	info->namespaced = namespaced;
	info->keys = keys;
}

#define GATEWAY_API "gateway.networking.k8s.io/v1"

static void
listeners(struct bed *b, uint32_t gateway)
{
	struct tree *spec = node(b, graph_object(&b->g, gateway)->root, "spec", TREE_MAP), *list,
		    *l;

	leaf(b, spec, "gatewayClassName", "on");
	list = node(b, spec, "listeners", TREE_LIST);
	for (int i = 0; i < 2; i++) {
		l = node(b, list, NULL, TREE_MAP);
		leaf(b, l, "name", i ? "https" : "http");
		leaf(b, l, "port", i ? "443" : "80")->scalar = SCALAR_INT;
		leaf(b, l, "protocol", i ? "HTTPS" : "HTTP");
	}
}

/* One of each form; names that want quotes, and names that meet. */
static void
fill(struct bed *b)
{
	static struct kind_key by_name = { "spec.listeners", "name", NULL };
	static struct kind_key grants = { "spec.listeners.tls.certificateRefs", "name", NULL };
	static struct kind_key parents = { "spec.parentRefs", "name, sectionName", NULL };
	uint32_t gateway, class, label;

	grants.next = &by_name;
	object(b, OBJECT_OWNED, 3, GATEWAY_API, "HTTPRoute", "shop", "cart");
	gateway = object(b, OBJECT_OWNED, 2, GATEWAY_API, "Gateway", "edge", "on");
	listeners(b, gateway);
	class = object(b, OBJECT_OWNED, 2, GATEWAY_API, "GatewayClass", NULL, "on");
	graph_refer(&b->g, gateway, class, (struct origin){ 0 });
	object(b, OBJECT_OWNED, 0, "v1", "Namespace", NULL, "edge");
	object(b, OBJECT_ASSUMED, 0, "v1", "Namespace", NULL, "till");
	label = object(b, OBJECT_PARTIAL, 0, "v1", "Namespace", NULL, "shop");
	graph_refer(&b->g, label, gateway, (struct origin){ 0 });
	object(b, OBJECT_VALUES, 0, "", "GatewayHelm", NULL, "x");
	VEC_AT(&b->g.objects, struct object, b->g.objects.count - 1)->chart =
		atom_of_text(&b->atoms, "gateway-helm");
	object(b, OBJECT_OPAQUE, 0, "example.com/v1", "Thing", "a-b", "c");
	object(b, OBJECT_OPAQUE, 0, "example.com/v1", "Thing", "a", "b-c");
	object(b, OBJECT_OPAQUE, 0, "example.com/v1", "Role", "a", "System:READ");
	object(b, OBJECT_OPAQUE, 0, "example.com/v1", "Role", "a", "system-read");
	kind(b, GATEWAY_API, "HTTPRoute", true, &parents);
	kind(b, GATEWAY_API, "GatewayClass", false, NULL);
	kind(b, GATEWAY_API, "Gateway", true, &grants);
	kind(b, GATEWAY_API, "Gateway", true, &grants);
}

static const struct stage_file *
file(struct bed *b, const char *path)
{
	for (uint32_t i = 0; i < b->stage.files.count; i++)
		if (strcmp(VEC_AT(&b->stage.files, struct stage_file, i)->path, path) == 0)
			return VEC_AT(&b->stage.files, struct stage_file, i);
	return NULL;
}

static const char *
bytes(struct bed *b, const char *path)
{
	const struct stage_file *f = file(b, path);

	return f ? arena_copy(&b->stage.arena, f->bytes, f->len) : NULL;
}

#define HEAD "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"

static void
tree_for_kustomize(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	fill(&b);
	ok(t, graph_sort(&b.g, &b.diags));
	backend_find("kustomize", BACKEND_SPLIT)->emit(&b.g, &b.stage);
	is_text(t, bytes(&b, "manifests/kustomization.yaml"),
		HEAD "sortOptions:\n  order: fifo\nopenapi:\n  path: kinds.openapi\nresources:\n"
		     "- 00-namespaces\n- 20-gateway\n- 30-routes\n- 40-included\n");
	is_text(t, bytes(&b, "manifests/20-gateway/kustomization.yaml"),
		HEAD "resources:\n- gatewayclass-on.yaml\n- gateway-edge-on.yaml\n");
	is_text(t, bytes(&b, "manifests/00-namespaces/namespace-edge.yaml"),
		"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: edge\n");
	is_text(t, bytes(&b, "adopt/kustomization.yaml"),
		HEAD "sortOptions:\n  order: fifo\nresources:\n- namespace-shop.yaml\n");
	ok(t, strstr(bytes(&b, "adopt/namespace-shop.yaml"), "Prune=false"));
	ok(t, file(&b, "values/gateway-helm.yaml"));
	ok(t,
		!file(&b, "manifests/all.yaml") &&
			!file(&b, "manifests/00-namespaces/namespace-till.yaml"));
	ok(t,
		strstr(bytes(&b, "manifests/kinds.openapi"),
			"\"/apis/gateway.networking.k8s.io/v1/GatewayClass\""));
	ok(t,
		strstr(bytes(&b, "manifests/kinds.openapi"),
			"\"x-kubernetes-list-map-keys\": [\"name\", \"sectionName\"]"));
	bed_release(&b);
}

static void
tree_of_one_stream(struct tap *t)
{
	struct bed b;
	struct str path = STR_INIT;

	bed_init(&b);
	fill(&b);
	graph_sort(&b.g, &b.diags);
	backend_find("yaml", BACKEND_SPLIT)->emit(&b.g, &b.stage);
	is_int(t, b.stage.files.count, 3);
	ok(t,
		strncmp(bytes(&b, "manifests/all.yaml"), "apiVersion: v1\nkind: Namespace\n", 31) ==
			0);
	ok(t,
		strstr(bytes(&b, "manifests/all.yaml"),
			"\n---\napiVersion: " GATEWAY_API "\nkind: GatewayClass\n"));
	ok(t, file(&b, "adopt/namespace-shop.yaml") && file(&b, "values/gateway-helm.yaml"));
	backend_find("yaml", BACKEND_SPLIT)->path(&b.g, graph_object(&b.g, 0), &path);
	is_text(t, str_text(&path), "manifests/all.yaml");
	ok(t, !backend_find("chart", BACKEND_SPLIT) && !backend_at(3));
	str_release(&path);
	bed_release(&b);
}

static void
names_that_meet(struct tap *t)
{
	struct bed b;
	struct str one = STR_INIT, two = STR_INIT;

	bed_init(&b);
	fill(&b);
	graph_sort(&b.g, &b.diags);
	for (uint32_t i = 7; i < 11; i += 2) {
		str_clear(&one);
		str_clear(&two);
		backend_path(&b.g, graph_object(&b.g, i), &one);
		backend_path(&b.g, graph_object(&b.g, i + 1), &two);
		ok(t, strcasecmp(str_text(&one), str_text(&two)) != 0);
		is_int(t, one.len, two.len);
		is_bytes(t, one.bytes, two.bytes, one.len - strlen("-12345678.yaml"));
	}
	str_release(&one);
	str_release(&two);
	bed_release(&b);
}

/* A name that is what another one gets when it meets a third. */
static void
names_that_meet_marks(struct tap *t)
{
	struct bed b;
	struct str path = STR_INIT;

	bed_init(&b);
	object(&b, OBJECT_OWNED, 0, "v1", "A", "x-y", "z");
	object(&b, OBJECT_OWNED, 0, "v1", "A", "x", "y-z");
	graph_sort(&b.g, &b.diags);
	object_slug(&b.g, graph_object(&b.g, 0), &path);
	object(&b, OBJECT_OWNED, 0, "v1", "A", "x-y", str_text(&path) + strlen("a-x-y-"));
	graph_sort(&b.g, &b.diags);
	is_int(t, graph_object(&b.g, 0)->mark, 64);
	is_int(t, graph_object(&b.g, 1)->mark, 8);
	is_int(t, graph_object(&b.g, 2)->mark, 8);
	backend_find("kustomize", BACKEND_SPLIT)->emit(&b.g, &b.stage);
	is_int(t, b.stage.files.count, 5);
	str_release(&path);
	bed_release(&b);
}

static void
long_names(struct tap *t)
{
	char name[260];
	struct bed b;
	struct str path = STR_INIT;

	bed_init(&b);
	memset(name, 'n', sizeof(name));
	name[253] = '\0';
	object(&b, OBJECT_OWNED, 0, "v1", "ConfigMap", "shop", name);
	name[252] = '\0';
	object(&b, OBJECT_OWNED, 0, "v1", "ConfigMap", "shop", name);
	graph_sort(&b.g, &b.diags);
	for (uint32_t i = 0; i < 2; i++) {
		str_clear(&path);
		object_slug(&b.g, graph_object(&b.g, i), &path);
		ok(t, path.len < 240);
		is_int(t, graph_object(&b.g, i)->mark, 8);
	}
	str_release(&path);
	bed_release(&b);
}

static void
nothing_to_write(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	graph_sort(&b.g, &b.diags);
	backend_find("kustomize", BACKEND_SPLIT)->emit(&b.g, &b.stage);
	is_int(t, b.stage.files.count, 1);
	is_text(t, bytes(&b, "manifests/kustomization.yaml"),
		HEAD "sortOptions:\n  order: fifo\nresources: []\n");
	bed_release(&b);
}

static int
write_tree(const char *dir)
{
	struct bed b;
	struct stage_counts counts;
	struct str why = STR_INIT;
	enum stage_result result;

	bed_init(&b);
	fill(&b);
	graph_sort(&b.g, &b.diags);
	backend_find("kustomize", BACKEND_SPLIT)->emit(&b.g, &b.stage);
	result = stage_commit(&b.stage, dir, NULL, 0, &counts, &why);
	fprintf(stderr, "%s", str_text(&why));
	str_release(&why);
	bed_release(&b);
	return result == STAGE_WRITTEN || result == STAGE_SAME ? 0 : 1;
}

int
main(int argc, char **argv)
{
	struct tap t = { 0 };

	if (argc == 3 && strcmp(argv[1], "write") == 0)
		return write_tree(argv[2]);
	tree_for_kustomize(&t);
	tree_of_one_stream(&t);
	names_that_meet(&t);
	names_that_meet_marks(&t);
	long_names(&t);
	nothing_to_write(&t);
	return tap_done(&t);
}
