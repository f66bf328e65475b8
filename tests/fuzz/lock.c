/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as egm.lock. Whatever is believed names files inside a tree, sorted, and each object
 * lies in one of them. */
#include "lock/lock.h"
#include "tests/fuzz/fuzz.h"

/* Neither absolute nor with a part `..`. */
static bool
stays_inside(const char *path)
{
	if (!*path || *path == '/')
		return false;
	for (const char *at = path; at; at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL)
		if (strncmp(at, "..", 2) == 0 && (!at[2] || at[2] == '/'))
			return false;
	return true;
}

static void
demand_files(const struct lock *l)
{
	const char *before = "";

	for (uint32_t i = 0; i < l->files.count; i++) {
		const struct lock_file *f = VEC_AT(&l->files, const struct lock_file, i);

		fuzz_demand(stays_inside(f->path), "a path stays inside the tree");
		fuzz_demand(strcmp(before, f->path) < 0, "files are sorted, each once");
		fuzz_demand(
			strlen(f->sha256) == SHA256_HEX - 1 && strlen(f->xxh128) == XXH128_HEX - 1,
			"hashes are whole");
		before = f->path;
	}
	for (uint32_t i = 0; i < l->objects.count; i++)
		fuzz_demand(lock_find(l, VEC_AT(&l->objects, const struct lock_object, i)->path),
			"an object lies in a file");
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena arena;
	struct lock lock;
	struct str why = STR_INIT;

	arena_init(&arena);
	if (lock_parse((const char *)bytes, len, &arena, &lock, &why))
		demand_files(&lock);
	else
		fuzz_demand(why.len, "a refusal has a reason");
	lock_release(&lock);
	str_release(&why);
	arena_release(&arena);
	return 0;
}
