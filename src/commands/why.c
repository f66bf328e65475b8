/* SPDX-License-Identifier: Apache-2.0 */
/*
 * why FILE PATH:LINE: where a line of a built file comes from. The site is evaluated again and the
 * file written in memory, so no tree need be there; PATH may stand below any folder, such as the
 * one that was built into.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "commands/site_tree.h"
#include "driver.h"

struct why {
	struct driver d;
	const struct backend *target;
	const char *path; /* as the user wrote it, without the line */
	uint32_t line;
	struct str answer;
	const char *message; /* what is wrong with the line */
	struct suggest near; /* file */
};

static bool
complain(struct why *w, const char *message, const char *help)
{
	fprintf(stderr, "egmc: %s\n", message);
	if (help)
		fprintf(stderr, "help: %s\n", help);
	w->d.status = STATUS_USAGE;
	return false;
}

/* PATH:LINE */
static bool
split(struct why *w, char *operand)
{
	char *colon = strrchr(operand, ':');
	uint32_t line = 0;

	for (const char *c = colon ? colon + 1 : ""; *c; c++) {
		if (*c < '0' || *c > '9' || line > 100000000) {
			line = 0;
			break;
		}
		line = line * 10 + (uint32_t)(*c - '0');
	}
	if (!line || colon == operand)
		return complain(w, "why needs a line: PATH:LINE",
			"egmc why site.egm "
			"manifests/20-gateway/gateway-gateway-system-ingress-gw.yaml:14");
	*colon = '\0';
	w->path = operand;
	w->line = line;
	return true;
}

/* Is it the file of this name, below whatever folder? Several sites stand in folders of theirs. */
static bool
is_named(const struct why *w, uint32_t site, const char *own)
{
	const char *name = program_text(&w->d.program, driver_site(&w->d, site)->name);
	size_t n = strlen(w->path), m = strlen(own), name_len = strlen(name);

	if (n < m || strcmp(w->path + n - m, own) != 0)
		return false;
	n -= m;
	if (n && w->path[--n] != '/')
		return false;
	if (w->d.sites.count == 1)
		return true;
	return n >= name_len && memcmp(w->path + n - name_len, name, name_len) == 0 &&
		(n == name_len || w->path[n - name_len - 1] == '/');
}

/* Files that hold objects */

/* What a file's lines show, and of which object each is. */
struct shown {
	struct vec trees; /* const struct tree *, by line from 0 */
	struct vec objects; /* uint32_t: the object of each line; OBJECT_NONE between objects */
};

static void
show_object(const struct graph *g, uint32_t i, struct shown *s)
{
	struct str text = STR_INIT;
	uint32_t none = OBJECT_NONE;

	if (s->trees.count) { /* the `---` between two documents */
		vec_add(&s->trees, 1);
		vec_push(&s->objects, &none);
	}
	yaml_write(g, graph_object(g, i), &text, &s->trees);
	while (s->objects.count < s->trees.count)
		vec_push(&s->objects, &i);
	str_release(&text);
}

/* The lines of the file that was asked for. */
static void
show_file(const struct why *w, const struct graph *g, uint32_t site, struct shown *s)
{
	struct str path = STR_INIT;

	for (uint32_t i = 0; i < g->order.count; i++) {
		uint32_t object = *VEC_AT(&g->order, uint32_t, i);

		str_clear(&path);
		w->target->path(g, graph_object(g, object), &path);
		if (is_named(w, site, str_text(&path)))
			show_object(g, object, s);
	}
	str_release(&path);
}

static void
answer(struct why *w, const struct graph *g, const struct shown *s)
{
	const struct tree *t;
	uint32_t object;

	if (w->line > s->trees.count) {
		w->message = arena_format(
			&w->d.load.arena, "`%s` has only %u lines", w->path, s->trees.count);
		return;
	}
	t = *VEC_AT(&s->trees, const struct tree *, w->line - 1);
	object = *VEC_AT(&s->objects, uint32_t, w->line - 1);
	if (t)
		eval_why(&w->d.program, graph_object(g, object), t, &w->answer);
	else
		str_format(&w->answer,
			object == OBJECT_NONE ? "%s:%u: stands between two objects\n"
					      : "%s:%u: egmc marks what is somebody else's: nobody "
						"is to prune it\n",
			w->path, w->line);
}

/* Files of the whole tree */

/* Otherwise the names of all files are near ones, maybe. */
static bool
is_made_of_all(struct why *w, const struct graph *g, uint32_t site)
{
	struct stage stage;
	bool found = false;

	stage_init(&stage);
	w->target->emit(g, &stage);
	site_tree_lock(&w->d, *VEC_AT(&w->d.sites, uint32_t, site), g, w->target, &stage);
	for (uint32_t i = 0; !found && i < stage.files.count; i++) {
		const char *path = VEC_AT(&stage.files, const struct stage_file, i)->path;

		found = is_named(w, site, path);
		suggest_offer(&w->near,
			arena_format(&w->d.load.arena, "%s%s%s",
				w->d.sites.count > 1 ? program_text(&w->d.program,
							       driver_site(&w->d, site)->name)
						     : "",
				w->d.sites.count > 1 ? "/" : "", path));
	}
	stage_release(&stage);
	return found;
}

/* Looks for the file in one site. */
static bool
look(struct why *w, const struct graph *g, uint32_t site)
{
	struct shown s;
	bool found;

	vec_init(&s.trees, sizeof(const struct tree *), false);
	vec_init(&s.objects, sizeof(uint32_t), false);
	show_file(w, g, site, &s);
	found = s.trees.count;
	if (found) {
		answer(w, g, &s);
	} else if (is_made_of_all(w, g, site)) {
		found = true;
		str_format(&w->answer, "%s:%u: made for the tree as a whole, by no statement\n",
			w->path, w->line);
	}
	vec_release(&s.trees);
	vec_release(&s.objects);
	return found;
}

static void
look_everywhere(struct why *w)
{
	const char *help = NULL;
	bool found = false;

	for (uint32_t i = 0; !found && i < w->d.sites.count; i++) {
		struct eval e;

		if (eval_run(&e, &w->d.program, *VEC_AT(&w->d.sites, uint32_t, i)))
			found = look(w, &e.graph, i);
		eval_release(&e);
	}
	if (w->d.program.diags.errors || (found && !w->message))
		return;
	if (!found)
		w->message = arena_format(&w->d.load.arena, "the site makes no file `%s`", w->path);
	if (!found && w->near.best)
		help = arena_format(&w->d.load.arena, "did you mean `%s`?", w->near.best);
	complain(w, w->message, help);
}

int
driver_why(const struct options *o)
{
	const char *const *operands = (const char *const *)o->operands;
	struct why w = { .target = backend_find(o->target, o->split), .answer = STR_INIT };
	int status;

	if (!split(&w, o->operands[1]))
		return STATUS_USAGE;
	suggest_init(&w.near, w.path, strlen(w.path));
	if (driver_open(&w.d, o) && driver_input(&w.d, operands, 1) && driver_sites(&w.d)) {
		look_everywhere(&w);
		driver_hush(&w.d);
	}
	status = driver_close(&w.d);
	fwrite(str_text(&w.answer), 1, w.answer.len, stdout);
	str_release(&w.answer);
	return status;
}
