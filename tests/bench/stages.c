/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Usage: stages SITE TREE: builds as `egmc build SITE -o TREE` does and prints a line a stage:
 *   name, milliseconds, milliseconds of processor time, KiB of peak memory at its end
 * Ends with 1, and prints diagnostics, if the site has faults or cannot be written.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include "check/check.h"
#include "commands/site_tree.h"
#include "driver.h"
#include "library.h"
#include "lock/lock.h"

struct run {
	struct driver d;
	struct eval eval;
	struct stage stage;
	const char *site, *tree;
};

static double
clock_ms(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* --- the stages: false if there is a fault -------------------------------------------------- */

static bool
load_library(struct run *r)
{
	return library_load(&r->d.program, NULL);
}

static bool
read_and_parse(struct run *r)
{
	const char *const paths[] = { r->site };

	return load_input(&r->d.load, paths, 1, NULL);
}

static bool
check(struct run *r)
{
	return check_files(&r->d.program, r->d.program.library_files, false) && driver_sites(&r->d);
}

static uint32_t
only_site(const struct run *r)
{
	return *VEC_AT(&r->d.sites, uint32_t, 0);
}

static bool
evaluate(struct run *r)
{
	return eval_run(&r->eval, &r->d.program, only_site(r));
}

static bool
emit(struct run *r)
{
	backend_at(0)->emit(&r->eval.graph, &r->stage);
	return true;
}

static bool
hash(struct run *r)
{
	site_tree_lock(&r->d, only_site(r), &r->eval.graph, backend_at(0), &r->stage);
	return true;
}

static bool
put(struct run *r)
{
	struct str why = STR_INIT;
	struct stage_counts counts;
	bool written = stage_commit(&r->stage, r->tree, NULL, 0, &counts, &why) == STAGE_WRITTEN;

	if (!written)
		fprintf(stderr, "%s: not written anew: %s\n", r->tree, str_text(&why));
	str_release(&why);
	return written;
}

static const struct {
	const char *name;
	bool (*run)(struct run *r);
} stages[] = {
	{ "library", load_library },
	{ "parse", read_and_parse },
	{ "check", check },
	{ "evaluate", evaluate },
	{ "emit", emit },
	{ "hash", hash },
	{ "write", put },
};

static bool
run_stages(struct run *r)
{
	for (size_t i = 0; i < sizeof(stages) / sizeof(*stages); i++) {
		double wall = clock_ms(CLOCK_MONOTONIC), cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
		bool fine = stages[i].run(r);
		struct rusage used;

		wall = clock_ms(CLOCK_MONOTONIC) - wall;
		cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu;
		getrusage(RUSAGE_SELF, &used);
		if (!fine)
			return false;
		printf("%s %.3f %.3f %ld\n", stages[i].name, wall, cpu, used.ru_maxrss);
	}
	return true;
}

int
main(int argc, char **argv)
{
	const struct options options = { .command = command_at(0), .render.most = 20 };
	struct run r = { 0 };
	bool fine;

	if (argc != 3) {
		fputs("usage: stages SITE TREE\n", stderr);
		return 2;
	}
	r.site = argv[1];
	r.tree = argv[2];
	driver_begin(&r.d, &options);
	stage_init(&r.stage);
	fine = run_stages(&r);
	stage_release(&r.stage);
	if (r.eval.p)
		eval_release(&r.eval);
	return driver_close(&r.d) || !fine;
}
