/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build FILE...: sites to trees. All sites are evaluated before the first file is written; an error
 * in any of them leaves every tree as it is. One site becomes DIR, several become DIR/SITE, each a
 * tree of its own with a lock of its own.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/mem.h"
#include "base/stage.h"
#include "commands/site_tree.h"
#include "driver.h"
#include "lock/lock.h"

struct build {
	struct driver d;
	struct stage *stages; /* one a site */
	struct str streams; /* with --stdout: of all sites */
	struct str said; /* results */
};

static const struct span nowhere = { 0, 0, 0 };

/* Evaluation */

static void
add_stream(struct build *b, const struct graph *g)
{
	size_t before = b->streams.len;

	if (before)
		str_puts(&b->streams, "---\n");
	yaml_stream(g, &b->streams);
	if (before && b->streams.len == before + strlen("---\n"))
		b->streams.len = before;
}

static void
evaluate(struct build *b, uint32_t i)
{
	const struct backend *target = backend_find(b->d.o->target, b->d.o->split);
	uint32_t site = *VEC_AT(&b->d.sites, uint32_t, i);
	struct eval e;

	if (!eval_run(&e, &b->d.program, site)) {
		eval_release(&e);
		return;
	}
	if (b->d.o->to_stdout) {
		add_stream(b, &e.graph);
	} else {
		target->emit(&e.graph, &b->stages[i]);
		site_tree_lock(&b->d, site, &e.graph, target, &b->stages[i]);
	}
	eval_release(&e);
}

/* Faults of writing */

/* Is there a tree of ours in dir, or in a folder below it? */
static bool
holds_lock(const char *dir, const char *below)
{
	struct str path = STR_INIT;
	struct stat st;
	bool holds;

	str_format(&path, "%s/%s%s" LOCK_FILE, dir, below, *below ? "/" : "");
	holds = lstat(str_text(&path), &st) == 0;
	str_release(&path);
	return holds;
}

static void
name_foreign(struct build *b, const char *dir, const char *why, const char *lock_why)
{
	struct diags *d = &b->d.program.diags;
	struct diag *g = diag_add(d, EGM0903, nowhere, "%s", why);

	if (*lock_why)
		diag_line(d, g, LINE_NOTE, "`%s/" LOCK_FILE "` is no lock: %s", dir, lock_why);
	if (b->d.o->site && holds_lock(dir, b->d.o->site))
		diag_line(d, g, LINE_HELP, "the tree of this site is `%s/%s`", dir, b->d.o->site);
	else
		diag_line(d, g, LINE_HELP,
			"nothing was touched: move them away, or build into another folder");
}

static bool
judge(struct build *b, const char *dir, enum stage_result result, const char *why,
	const char *lock_why)
{
	struct diags *d = &b->d.program.diags;

	switch (result) {
	case STAGE_SAME:
	case STAGE_WRITTEN:
		if (*why)
			diag_regrade(d, diag_add(d, EGM0902, nowhere, "%s", why), SEVERITY_WARNING);
		return true;
	case STAGE_FOREIGN:
		name_foreign(b, dir, why, lock_why);
		return false;
	case STAGE_UNFIT:
		diag_add(d, EGM0902, nowhere, "cannot write: %s", why);
		return false;
	case STAGE_BUSY:
		diag_add(d, EGM0904, nowhere, "%s", why);
		return false;
	case STAGE_FAILED:
		diag_add(d, EGM0902, nowhere, "cannot write `%s`: %s", dir, why);
		return false;
	}
	return false;
}

/* Writing */

/* "wrote 34 files to out (3 changed, 1 removed)" */
static void
sum_up(struct build *b, const char *dir, enum stage_result result, const struct stage_counts *c)
{
	unsigned all = c->written + c->linked;

	if (result == STAGE_SAME) {
		str_format(&b->said, "%s is up to date\n", dir);
		return;
	}
	str_format(&b->said, "wrote %u file%s to %s", all, all == 1 ? "" : "s", dir);
	if (c->linked || c->removed)
		str_format(&b->said, " (%u changed", c->written);
	if (c->removed)
		str_format(&b->said, ", %u removed", c->removed);
	str_puts(&b->said, c->linked || c->removed ? ")\n" : "\n");
}

/* Completes what a killed build left, before its lock is looked for. */
static bool
recover(struct build *b, const char *dir)
{
	struct diags *d = &b->d.program.diags;
	struct str why = STR_INIT;
	enum stage_result result = stage_recover(dir, &why);
	bool fine = true;

	if (result != STAGE_WRITTEN && result != STAGE_SAME)
		fine = judge(b, dir, result, str_text(&why), "");
	else if (why.len)
		diag_regrade(d, diag_add(d, EGM0902, nowhere, "%s", str_text(&why)), SEVERITY_NOTE);
	str_release(&why);
	return fine;
}

static bool
commit(struct build *b, struct stage *s, const char *dir)
{
	struct str why = STR_INIT, lock_why = STR_INIT;
	struct stage_counts counts;
	enum stage_result result;
	const char *const *owned = NULL;
	size_t owned_count = 0;
	struct arena a;
	bool fine;

	if (!recover(b, dir))
		return false;
	arena_init(&a);
	if (!lock_owned(dir, &a, &owned, &owned_count, &lock_why))
		owned_count = 0;
	result = stage_commit(s, dir, owned, owned_count, &counts, &why);
	fine = judge(b, dir, result, str_text(&why), str_text(&lock_why));
	if (fine)
		sum_up(b, dir, result, &counts);
	arena_release(&a);
	str_release(&why);
	str_release(&lock_why);
	return fine;
}

/* The tree of one site would hide those of several. */
static bool
holds_one_site(struct build *b, const char *dir)
{
	struct diags *d = &b->d.program.diags;
	struct diag *g;

	if (!holds_lock(dir, ""))
		return false;
	g = diag_add(d, EGM0903, nowhere, "`%s` holds the tree of one site, and there are %u now",
		dir, b->d.sites.count);
	diag_line(d, g, LINE_HELP, "build into another folder, or name the one with --site");
	return true;
}

static void
write_trees(struct build *b)
{
	const char *out = b->d.o->output;
	struct str dir = STR_INIT;
	bool fine = b->d.sites.count == 1 || !holds_one_site(b, out);

	for (uint32_t i = 0; fine && i < b->d.sites.count; i++) {
		str_clear(&dir);
		str_puts(&dir, out);
		while (dir.len > 1 && dir.bytes[dir.len - 1] == '/')
			dir.bytes[--dir.len] = '\0';
		if (b->d.sites.count > 1)
			str_format(&dir, "/%s",
				program_text(&b->d.program, driver_site(&b->d, i)->name));
		fine = commit(b, &b->stages[i], str_text(&dir));
	}
	str_release(&dir);
}

static void
build(struct build *b)
{
	uint32_t count = b->d.sites.count;

	b->stages = mem_new(count * sizeof *b->stages);
	for (uint32_t i = 0; i < count; i++) {
		stage_init(&b->stages[i]);
		evaluate(b, i);
	}
	if (!driver_approves(&b->d))
		str_clear(&b->streams);
	else if (!b->d.o->to_stdout)
		write_trees(b);
	for (uint32_t i = 0; i < count; i++)
		stage_release(&b->stages[i]);
	mem_free(b->stages);
}

int
driver_build(const struct options *o)
{
	const char *const *operands = (const char *const *)o->operands;
	struct build b = { .streams = STR_INIT, .said = STR_INIT };
	int status;

	if (driver_open(&b.d, o) && driver_input(&b.d, operands, o->operand_count) &&
		driver_sites(&b.d))
		build(&b);
	status = driver_close(&b.d);
	fwrite(str_text(&b.streams), 1, b.streams.len, stdout);
	fwrite(str_text(&b.said), 1, b.said.len, stdout);
	str_release(&b.streams);
	str_release(&b.said);
	return status;
}
