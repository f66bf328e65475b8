/* SPDX-License-Identifier: Apache-2.0 */
/* verify DIR: is the tree what its lock says? With --against also: what its site gives? Nothing
 * is written. */
#include "commands/verify.h"

#include <errno.h>
#include <sys/stat.h>
#include "base/arena.h"
#include "base/files.h"
#include "base/source.h"
#include "base/vec.h"
#include "commands/commands.h"
#include "driver.h"
#include "lock/lock.h"
#include "report.h"

static const struct span nowhere = { 0, 0, 0 };

static bool
is_folder(const char *dir, struct diags *d)
{
	struct stat st;
	struct str why = STR_INIT;
	bool folder = false;

	if (stat(dir, &st) != 0)
		files_why(&why, errno);
	else if (!S_ISDIR(st.st_mode))
		str_puts(&why, "not a folder");
	else
		folder = true;
	if (!folder)
		diag_add(d, EGM0901, nowhere, "cannot read `%s`: %s", dir, str_text(&why));
	str_release(&why);
	return folder;
}

bool
verify_tree(const char *dir, struct diags *d)
{
	struct arena a;
	struct vec faults;
	struct diag *g = NULL;
	bool same;

	if (!is_folder(dir, d))
		return false;
	arena_init(&a);
	vec_init(&faults, sizeof(struct lock_fault), false);
	same = lock_check(dir, &a, &faults);
	for (uint32_t i = 0; i < faults.count; i++) {
		const struct lock_fault *f = VEC_AT(&faults, const struct lock_fault, i);

		g = diag_add(d, EGM0910, nowhere, "`%s/%s`: %s", dir, f->path, f->what);
	}
	if (g)
		diag_line(d, g, LINE_HELP,
			"build again; changes by hand belong into the site, as `extend` or "
			"`patch`");
	vec_release(&faults);
	arena_release(&a);
	return same;
}

int
command_verify(const struct options *o)
{
	struct diags d;
	struct source s;
	int status;

	if (o->against)
		return driver_against(o);
	diags_init(&d);
	source_init(&s);
	verify_tree(o->operands[0], &d);
	status = report_diags(o, &d, &s);
	source_release(&s);
	diags_release(&d);
	return status;
}
