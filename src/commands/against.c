/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify DIR --against FILE: the site is built in memory and compared with the folder, object by
 * object. Site and target are those of the folder's lock, unless --site says another. What the lock
 * itself sees (sums, foreign files) is told where the comparison was silent; and if only the inputs
 * or the library changed, so that a build would write another lock, that is told, too.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/files.h"
#include "commands/site_tree.h"
#include "driver.h"
#include "graph/compare.h"
#include "lock/lock.h"

struct against {
	struct driver d;
	const char *dir;
	struct arena arena;
	struct lock lock; /* of the folder; empty without one */
	bool locked;
	struct vec differences; /* struct difference */
	struct atoms told; /* files that differ */
};

static const struct span nowhere = { 0, 0, 0 };

static struct diag *
report(struct against *x, const char *message)
{
	return diag_add(&x->d.program.diags, EGM0910, nowhere, "%s", message);
}

/* The folder */

static bool
is_folder(struct against *x)
{
	struct str why = STR_INIT;
	struct stat st;
	bool folder = false;

	if (stat(x->dir, &st) != 0)
		files_why(&why, errno);
	else if (!S_ISDIR(st.st_mode))
		str_puts(&why, "not a folder");
	else
		folder = true;
	if (!folder)
		diag_add(&x->d.program.diags, EGM0901, nowhere, "cannot read `%s`: %s", x->dir,
			str_text(&why));
	str_release(&why);
	return folder;
}

/* A lock that is missing or no lock is lock_check()'s to tell. */
static void
read_lock(struct against *x)
{
	struct str text = STR_INIT, why = STR_INIT;
	const char *path = arena_format(&x->arena, "%s/" LOCK_FILE, x->dir);

	x->locked = files_read(path, &text, &why) == FILES_OK &&
		lock_parse(str_text(&text), text.len, &x->arena, &x->lock, &why);
	str_release(&text);
	str_release(&why);
}

/* The site */

/* Several sites and a lock: the lock knows which. */
static bool
choose_site(struct against *x)
{
	struct driver *d = &x->d;

	if (!driver_sites(d))
		return false;
	for (uint32_t i = 0; d->sites.count > 1 && x->locked && i < d->sites.count; i++)
		if (strcmp(program_text(&d->program, driver_site(d, i)->name), x->lock.site) == 0) {
			uint32_t site = *VEC_AT(&d->sites, uint32_t, i);

			vec_cut(&d->sites, 0);
			vec_push(&d->sites, &site);
		}
	if (d->sites.count == 1)
		return true;
	fprintf(stderr, "egmc: `%s` declares several sites, and no lock in `%s` says which it is\n",
		d->o->against, x->dir);
	fputs("help: name it with --site\n", stderr);
	d->status = STATUS_USAGE;
	return false;
}

static const char *
split_of(const struct lock *l)
{
	static const char name[] = "split=";

	for (uint32_t i = 0; i < l->options.count; i++) {
		const char *option = *VEC_AT(&l->options, const char *, i);

		if (strncmp(option, name, strlen(name)) == 0)
			return option + strlen(name);
	}
	return BACKEND_SPLIT;
}

static const struct backend *
target_of(const struct against *x)
{
	const struct backend *b =
		x->locked ? backend_find(x->lock.target, split_of(&x->lock)) : NULL;

	return b ? b : backend_find(x->d.o->target, x->d.o->split);
}

/* Differences of files */

/* Without the blank behind the kind of an object that has no name, such as a Kustomization. */
static size_t
object_len(const char *object)
{
	size_t n = strlen(object);

	return n && object[n - 1] == ' ' ? n - 1 : n;
}

static void
report_difference(struct against *x, const struct difference *f)
{
	struct str message = STR_INIT;

	str_format(&message, "`%s/%s", x->dir, f->file);
	if (f->line)
		str_format(&message, ":%u", f->line);
	str_puts(&message, "`: ");
	if (*f->object)
		str_format(&message, "%.*s: ", (int)object_len(f->object), f->object);
	if (*f->path)
		str_format(&message, "`%s`: ", f->path);
	str_puts(&message, f->what);
	report(x, str_text(&message));
	str_release(&message);
}

static void
compare_files(struct against *x, const struct stage *expected)
{
	const char **owned = ARENA_ARRAY(&x->arena, const char *, x->lock.files.count);
	size_t count = 0;

	for (uint32_t i = 0; x->locked && i < x->lock.files.count; i++)
		owned[count++] = VEC_AT(&x->lock.files, const struct lock_file, i)->path;
	compare_tree(expected, x->dir, owned, count, &x->arena, &x->differences);
	for (uint32_t i = 0; i < x->differences.count; i++) {
		const struct difference *f = VEC_AT(&x->differences, const struct difference, i);

		atom_of_text(&x->told, f->file);
		report_difference(x, f);
	}
}

static void
check_sums(struct against *x)
{
	struct vec faults;

	vec_init(&faults, sizeof(struct lock_fault), false);
	lock_check(x->dir, &x->arena, &faults);
	for (uint32_t i = 0; i < faults.count; i++) {
		const struct lock_fault *f = VEC_AT(&faults, const struct lock_fault, i);

		if (!atom_find(&x->told, f->path, strlen(f->path)))
			report(x, arena_format(&x->arena, "`%s/%s`: %s", x->dir, f->path, f->what));
	}
	vec_release(&faults);
}

/* Differences of locks */

/* An explanation of what differs; or all that does. */
static void
tell_change(struct against *x, struct diag *g, const char *change)
{
	if (g)
		diag_line(&x->d.program.diags, g, LINE_NOTE, "%s", change);
	else
		report(x, arena_format(&x->arena, "`%s/" LOCK_FILE "`: %s", x->dir, change));
}

static const struct lock_file *
find_input(const struct lock *l, const char *path)
{
	for (uint32_t i = 0; i < l->inputs.count; i++)
		if (strcmp(VEC_AT(&l->inputs, const struct lock_file, i)->path, path) == 0)
			return VEC_AT(&l->inputs, const struct lock_file, i);
	return NULL;
}

static void
compare_inputs(struct against *x, const struct lock *now, struct diag *g)
{
	for (uint32_t i = 0; i < now->inputs.count; i++) {
		const struct lock_file *f = VEC_AT(&now->inputs, const struct lock_file, i);
		const struct lock_file *old = find_input(&x->lock, f->path);

		if (!old)
			tell_change(x, g,
				arena_format(&x->arena, "it was built without `%s`", f->path));
		else if (strcmp(old->sha256, f->sha256) != 0)
			tell_change(x, g,
				arena_format(
					&x->arena, "`%s` changed since it was built", f->path));
	}
	for (uint32_t i = 0; i < x->lock.inputs.count; i++) {
		const char *path = VEC_AT(&x->lock.inputs, const struct lock_file, i)->path;

		if (!find_input(now, path))
			tell_change(
				x, g, arena_format(&x->arena, "it was built with `%s`, too", path));
	}
}

static void
compare_locks(struct against *x, const struct lock *now, struct diag *g)
{
	struct arena *a = &x->arena;

	if (strcmp(x->lock.tool, now->tool) != 0)
		tell_change(x, g,
			arena_format(a, "it was built by %s, this is %s", x->lock.tool, now->tool));
	if (strcmp(x->lock.site, now->site) != 0)
		tell_change(x, g,
			arena_format(a, "its site is `%s`, not `%s`", x->lock.site, now->site));
	if (strcmp(x->lock.library, now->library) != 0)
		tell_change(x, g, "it was built with another library");
	compare_inputs(x, now, g);
}

/* Reads the lock that a build would write, from the stage that it would write. */
static void
compare_with_stage(struct against *x, const struct stage *s, struct diag *g)
{
	struct str why = STR_INIT;
	struct lock now;

	for (uint32_t i = 0; x->locked && i < s->files.count; i++) {
		const struct stage_file *f = VEC_AT(&s->files, const struct stage_file, i);

		if (strcmp(f->path, LOCK_FILE) != 0)
			continue;
		if (lock_parse(f->bytes, f->len, &x->arena, &now, &why))
			compare_locks(x, &now, g);
		lock_release(&now);
	}
	str_release(&why);
}

/* The first that was told. */
static struct diag *
first_report(const struct against *x)
{
	const struct vec *all = &x->d.program.diags.all;

	for (uint32_t i = 0; i < all->count; i++)
		if (strcmp((*VEC_AT(all, struct diag *, i))->code, diag_info(EGM0910)->code) == 0)
			return *VEC_AT(all, struct diag *, i);
	return NULL;
}

static void
compare(struct against *x)
{
	const struct backend *target = target_of(x);
	uint32_t site = *VEC_AT(&x->d.sites, uint32_t, 0);
	struct stage stage;
	struct eval e;

	stage_init(&stage);
	if (eval_run(&e, &x->d.program, site)) {
		target->emit(&e.graph, &stage);
		compare_files(x, &stage);
		check_sums(x);
		site_tree_lock(&x->d, site, &e.graph, target, &stage);
		compare_with_stage(x, &stage, first_report(x));
	}
	eval_release(&e);
	stage_release(&stage);
}

int
driver_against(const struct options *o)
{
	struct against x = { .dir = o->operands[0] };
	int status;

	arena_init(&x.arena);
	atoms_init(&x.told);
	vec_init(&x.differences, sizeof(struct difference), false);
	if (driver_open(&x.d, o) && is_folder(&x)) {
		read_lock(&x);
		if (driver_input(&x.d, &o->against, 1) && choose_site(&x))
			compare(&x);
		driver_hush(&x.d);
		lock_release(&x.lock);
	}
	status = driver_close(&x.d);
	vec_release(&x.differences);
	atoms_release(&x.told);
	arena_release(&x.arena);
	return status;
}
