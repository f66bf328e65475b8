/* SPDX-License-Identifier: Apache-2.0 */
/* Comes in: options. Goes out: a program that is loaded and checked, the sites that were asked for,
 * and, at the end, what was wrong. */
#include "driver.h"

#include <stdio.h>
#include <string.h>
#include "check/check.h"
#include "library.h"
#include "report.h"

void
driver_begin(struct driver *d, const struct options *o)
{
	memset(d, 0, sizeof *d);
	d->o = o;
	program_init(&d->program);
	load_init(&d->load, &d->program);
	vec_init(&d->sites, sizeof(uint32_t), false);
}

bool
driver_open(struct driver *d, const struct options *o)
{
	driver_begin(d, o);
	if (!library_load(&d->program, o->stdlib))
		return false;
	/* What is merely doubtful in there concerns those who work on it. */
	if (!o->stdlib && o->command->run != driver_test)
		driver_hush(d);
	return true;
}

int
driver_close(struct driver *d)
{
	int status = report_diags(d->o, &d->program.diags, &d->program.source);

	vec_release(&d->sites);
	program_release(&d->program);
	load_release(&d->load);
	return status > d->status ? status : d->status;
}

bool
driver_input(struct driver *d, const char *const *paths, size_t count)
{
	uint32_t first = d->program.files.count;

	return load_input(&d->load, paths, count, d->o->root) &&
		check_files(&d->program, first, false);
}

struct site *
driver_site(const struct driver *d, uint32_t i)
{
	return SITE_AT(&d->program, *VEC_AT(&d->sites, uint32_t, i));
}

static bool
is_site(const struct site *s)
{
	return s->role == SITE_PLAIN && !s->library;
}

/* Does the input hold something that can be checked by itself? */
static bool
has_laws(const struct program *p)
{
	for (uint32_t f = p->library_files; f < p->files.count; f++)
		for (node_id n = VEC_AT(&p->files, struct ast_file, f)->first; n;
			n = NODE_AT(p, n)->next) {
			enum node_kind kind = (enum node_kind)NODE_AT(p, n)->kind;

			if (kind != NODE_EDITION && kind != NODE_USE && kind != NODE_INCLUDE &&
				kind != NODE_PROFILE && kind != NODE_LET)
				return true;
		}
	return false;
}

static bool
miss_site(struct driver *d)
{
	struct program *p = &d->program;
	const struct ast_file *f = VEC_AT(&p->files, struct ast_file, p->files.count - 1);
	struct diag *g;

	if (p->diags.errors)
		return false;
	if (d->o->command->run == driver_check && has_laws(p))
		return true;
	g = diag_add(&p->diags, EGM0014, NODE_AT(p, f->first)->span, "the input declares no site");
	diag_line(&p->diags, g, LINE_HELP,
		"write `site NAME { ... }`, or name a file that uses this one");
	return false;
}

/* There are sites, but none of the wanted name. */
static bool
miss_name(struct driver *d)
{
	const struct program *p = &d->program;
	struct suggest s;

	suggest_init(&s, d->o->site, strlen(d->o->site));
	for (uint32_t i = 1; i < p->sites.count; i++)
		if (is_site(SITE_AT(p, i)))
			suggest_offer(&s, program_text(p, SITE_AT(p, i)->name));
	fprintf(stderr, "egmc: there is no site `%s`\n", d->o->site);
	if (s.best)
		fprintf(stderr, "help: did you mean `%s`?\n", s.best);
	d->status = STATUS_USAGE;
	return false;
}

bool
driver_sites(struct driver *d)
{
	const struct program *p = &d->program;
	bool any = false;

	for (uint32_t i = 1; i < p->sites.count; i++) {
		if (!is_site(SITE_AT(p, i)))
			continue;
		any = true;
		if (!d->o->site || strcmp(d->o->site, program_text(p, SITE_AT(p, i)->name)) == 0)
			vec_push(&d->sites, &i);
	}
	if (d->sites.count)
		return true;
	return any ? miss_name(d) : miss_site(d);
}

static bool
is_denied(const struct driver *d, const struct diag *g)
{
	const char *todo = diag_info(EGM0190)->code;

	if (g->dropped || g->severity != SEVERITY_WARNING)
		return false;
	return d->o->deny & DENY_WARNINGS || (d->o->deny & DENY_TODO && strcmp(g->code, todo) == 0);
}

bool
driver_approves(struct driver *d)
{
	struct diags *all = &d->program.diags;

	for (uint32_t i = 0; i < all->all.count; i++) {
		struct diag *g = *VEC_AT(&all->all, struct diag *, i);

		if (is_denied(d, g))
			diag_regrade(all, g, SEVERITY_ERROR);
	}
	return !all->errors;
}

void
driver_hush(struct driver *d)
{
	struct diags *all = &d->program.diags;

	for (uint32_t i = 0; i < all->all.count; i++) {
		struct diag *g = *VEC_AT(&all->all, struct diag *, i);

		if (g->severity != SEVERITY_ERROR)
			diag_drop(all, g);
	}
}
