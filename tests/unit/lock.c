/* SPDX-License-Identifier: Apache-2.0 */
/* The lock: what is written, what is believed when it is read, and what a check finds. */
#include "tests/unit/tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/stage.h"
#include "lock/lock.h"

struct bed {
	struct stage stage;
	struct arena arena;
	char dir[64];
};

static const struct lock_input inputs[] = { { "site.egm", "site x { }\n", 11 },
	{ "a b.egm", "", 0 } };
static const struct lock_object objects[] = {
	{ "Namespace", "", "edge", "manifests/a.yaml" },
	{ "Odd Kind", "-", "x\ny", "manifests/b c.yaml" },
};
static const char *const options[] = { "deny=todo", "as-of=2026-08-22" };
static const struct lock_facts facts = {
	.tool = "egmc 0.1.0",
	.library = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	.edition = "2026",
	.site = "shop-eu",
	.target = "kustomize",
	.inputs = inputs,
	.input_count = 2,
	.objects = objects,
	.object_count = 2,
	.options = options,
	.option_count = 2,
};

static void
bed_init(struct bed *b)
{
	*b = (struct bed){ .dir = "lock-test.XXXXXX" };
	stage_init(&b->stage);
	arena_init(&b->arena);
	stage_add(&b->stage, "manifests/b c.yaml", "b\n", 2, false);
	stage_add(&b->stage, "manifests/a.yaml", "a\n", 2, false);
	stage_add(&b->stage, "zz", "", 0, false);
	lock_write(&b->stage, &facts);
	if (!mkdtemp(b->dir))
		perror("mkdtemp");
}

static void
bed_release(struct bed *b)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", b->dir);
	if (system(command) != 0)
		perror(command);
	stage_release(&b->stage);
	arena_release(&b->arena);
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

	return f ? arena_copy(&b->arena, f->bytes, f->len) : NULL;
}

static void
put(struct bed *b, const char *path, const char *text)
{
	char *name = arena_format(&b->arena, "%s/%s", b->dir, path);
	FILE *f;

	if (strncmp(path, "manifests/", 10) == 0)
		mkdir(arena_format(&b->arena, "%s/manifests", b->dir), 0755);
	f = fopen(name, "wb");
	if (!f || fwrite(text, 1, strlen(text), f) != strlen(text) || fclose(f) != 0)
		perror(name);
}

static void
put_all(struct bed *b)
{
	for (uint32_t i = 0; i < b->stage.files.count; i++) {
		const struct stage_file *f = VEC_AT(&b->stage.files, struct stage_file, i);

		put(b, f->path, arena_copy(&b->arena, f->bytes, f->len));
	}
}

/* "path: what; path: what". */
static const char *
faults(struct bed *b)
{
	struct str out = STR_INIT;
	struct vec list;
	const char *text;
	bool fine;

	vec_init(&list, sizeof(struct lock_fault), false);
	fine = lock_check(b->dir, &b->arena, &list);
	for (uint32_t i = 0; i < list.count; i++) {
		const struct lock_fault *f = VEC_AT(&list, struct lock_fault, i);

		str_format(&out, "%s%s: %s", i ? "; " : "", f->path, f->what);
	}
	if (fine != !list.count)
		str_puts(&out, " (and the answer is wrong)");
	text = arena_copy(&b->arena, str_text(&out), out.len);
	str_release(&out);
	vec_release(&list);
	return text;
}

#define SHA_A     "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7"
#define SHA_B     "0263829989b6fd954f72baaf2fc64bc2e2f01d692d4de72986ea808f6e99813f"
#define SHA_EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define XXH_EMPTY "99aa06d3014798d86001c324468d497f"

static void
writes(struct tap *t)
{
	struct bed b;
	char hex[SHA256_HEX], a[XXH128_HEX], bc[XXH128_HEX], site[SHA256_HEX], site128[XXH128_HEX];
	const char *tree =
		SHA_A "  manifests/a.yaml\n" SHA_B "  manifests/b c.yaml\n" SHA_EMPTY "  zz\n";

	bed_init(&b);
	hash_sha256(tree, strlen(tree), hex);
	hash_xxh128("a\n", 2, a);
	hash_xxh128("b\n", 2, bc);
	hash_sha256(inputs[0].bytes, inputs[0].len, site);
	hash_xxh128(inputs[0].bytes, inputs[0].len, site128);
	is_text(t, bytes(&b, "egm.lock"),
		arena_format(&b.arena,
			"egm.lock 1\ntool egmc 0.1.0\nlibrary " SHA_EMPTY
			"\nedition 2026\nsite shop-eu\ntarget kustomize\n"
			"option as-of=2026-08-22\noption deny=todo\n"
			"input " SHA_EMPTY " " XXH_EMPTY " a b.egm\ninput %s %s site.egm\n"
			"object Namespace - edge manifests/a.yaml\n"
			"object Odd\\x20Kind \\x2d x\\x0ay manifests/b c.yaml\n"
			"file " SHA_A " %s manifests/a.yaml\nfile " SHA_B " %s manifests/b c.yaml\n"
			"file " SHA_EMPTY " " XXH_EMPTY " zz\n"
			"tree %s\n",
			site, site128, a, bc, hex));
	ok(t,
		strstr(bytes(&b, "SHA256SUMS"),
			"  egm.lock\n" SHA_A "  manifests/a.yaml\n" SHA_B
			"  manifests/b c.yaml\n" SHA_EMPTY "  zz\n"));
	ok(t, strstr(bytes(&b, "XXH128SUMS"), "\n" XXH_EMPTY "  zz\n"));
	is_int(t, b.stage.files.count, 6);
	bed_release(&b);
}

static void
reads_what_it_wrote(struct tap *t)
{
	struct bed b;
	struct lock l;
	struct str why = STR_INIT;
	const struct stage_file *f;
	const struct lock_object *o;

	bed_init(&b);
	f = file(&b, "egm.lock");
	ok(t, lock_parse(f->bytes, f->len, &b.arena, &l, &why));
	is_text(t, str_text(&why), "");
	is_text(t, l.tool, "egmc 0.1.0");
	is_text(t, l.target, "kustomize");
	is_int(t, l.options.count, 2);
	is_int(t, l.inputs.count, 2);
	o = VEC_AT(&l.objects, struct lock_object, 1);
	is_text(t, o->kind, "Odd Kind");
	is_text(t, o->namespace, "-");
	is_text(t, o->name, "x\ny");
	is_text(t, VEC_AT(&l.objects, struct lock_object, 0)->namespace, "");
	ok(t, lock_find(&l, "zz") && !lock_find(&l, "egm.lock"));
	lock_release(&l);
	str_release(&why);
	bed_release(&b);
}

static const char *
refusal(struct bed *b, const char *text, size_t len)
{
	struct lock l;
	struct str why = STR_INIT;
	const char *said = lock_parse(text, len, &b->arena, &l, &why)
		? NULL
		: arena_copy(&b->arena, str_text(&why), why.len);

	lock_release(&l);
	str_release(&why);
	return said;
}

/* The good lock with one piece replaced. */
static const char *
refusal_of(struct bed *b, const char *from, const char *to)
{
	const char *text = bytes(b, "egm.lock"), *at = strstr(text, from);
	const char *changed;

	if (!at)
		return "the piece is not there";
	changed =
		arena_format(&b->arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	return refusal(b, changed, strlen(changed));
}

static void
refuses(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	is_text(t, refusal(&b, "", 0), "the file is empty");
	is_text(t, refusal(&b, "egm.lock 1", 10), "line 1: the end of the file is missing");
	is_text(t, refusal(&b, "egm.lock 1\n", 11), "the end of the file is missing");
	is_text(t, refusal_of(&b, "egm.lock 1", "egm.lock 2"),
		"line 1: not a lock of this version (egm.lock 1)");
	is_text(t, refusal_of(&b, "tool egmc 0.1.0\n", ""),
		"line 2: a line that cannot stand here");
	is_text(t, refusal_of(&b, "site shop-eu", "site shop-eu\nsite shop-eu"),
		"line 6: a line that cannot stand here");
	is_text(t, refusal_of(&b, "library e3", "library E3"),
		"line 3: a hash is missing or malformed");
	is_text(t, refusal_of(&b, "\ntree ", "\ntree f"),
		"line 16: a hash is missing or malformed");
	is_text(t, refusal_of(&b, "Odd\\x20Kind", "Odd\\x2"), "line 12: an object is malformed");
	is_text(t, refusal_of(&b, "Odd\\x20Kind", "Odd\\x00Kind"),
		"line 12: an object is malformed");
	is_text(t, refusal_of(&b, " zz\n", " ../zz\n"),
		"line 15: a path that cannot be a file of the tree");
	is_text(t, refusal_of(&b, " zz\n", " /zz\n"),
		"line 15: a path that cannot be a file of the tree");
	is_text(t, refusal_of(&b, " zz\n", " z/./z\n"),
		"line 15: a path that cannot be a file of the tree");
	is_text(t, refusal_of(&b, " zz\n", " z//z\n"),
		"line 15: a path that cannot be a file of the tree");
	is_text(t, refusal_of(&b, " zz\n", " zz/\n"),
		"line 15: a path that cannot be a file of the tree");
	is_text(t, refusal_of(&b, " zz\n", " z\\x0az\n"),
		"line 15: a path that cannot be a file of the tree");
	is_text(t, refusal_of(&b, " zz\n", " SHA256SUMS\n"),
		"line 15: a path that cannot be a file of the tree");
	is_text(t, refusal_of(&b, " zz\n", " manifests/a.yaml\n"), "line 15: files are not sorted");
	is_text(t, refusal_of(&b, "edge manifests/a.yaml", "edge manifests/x.yaml"),
		"an object lies in a file that is not listed");
	bed_release(&b);
}

/* Any byte changed, anything cut off: an answer, and no crash. */
static void
survives(struct tap *t)
{
	struct bed b;
	const struct stage_file *f;

	bed_init(&b);
	f = file(&b, "egm.lock");
	for (size_t i = 0; i < f->len; i++) {
		char *copy = arena_copy(&b.arena, f->bytes, f->len);

		refusal(&b, copy, i);
		for (int bit = 0; bit < 8; bit++) {
			copy[i] = (char)(f->bytes[i] ^ (1 << bit));
			refusal(&b, copy, f->len);
		}
	}
	ok_that(t, true, "no change of a lock crashes its reader");
	bed_release(&b);
}

static void
owns(struct tap *t)
{
	struct bed b;
	const char *const *paths;
	size_t count;
	struct str why = STR_INIT;

	bed_init(&b);
	ok(t, !lock_owned(b.dir, &b.arena, &paths, &count, &why) && !why.len && !count);
	put_all(&b);
	ok(t, lock_owned(b.dir, &b.arena, &paths, &count, &why) && !why.len);
	is_int(t, count, 6);
	is_text(t, paths[0], "manifests/a.yaml");
	is_text(t, paths[3], "egm.lock");
	put(&b, "egm.lock", "nonsense\n");
	ok(t, !lock_owned(b.dir, &b.arena, &paths, &count, &why));
	is_text(t, str_text(&why), "line 1: not a lock of this version (egm.lock 1)");
	str_release(&why);
	bed_release(&b);
}

static void
checks(struct tap *t)
{
	struct bed b;
	char *link, *old;

	bed_init(&b);
	is_text(t, faults(&b), "egm.lock: missing");
	put_all(&b);
	is_text(t, faults(&b), "");
	put(&b, "manifests/a.yaml", "A\n");
	put(&b, "other", "");
	put(&b, "manifests/\x1b[m", "");
	is_text(t, faults(&b),
		"manifests/?[m: not in the lock; manifests/a.yaml: changed; other: not in the "
		"lock");
	put_all(&b);
	unlink(arena_format(&b.arena, "%s/other", b.dir));
	unlink(arena_format(&b.arena, "%s/manifests/\x1b[m", b.dir));
	link = arena_format(&b.arena, "%s/zz", b.dir);
	unlink(link);
	is_text(t, faults(&b), "zz: missing");
	ok(t, symlink("manifests/a.yaml", link) == 0);
	is_text(t, faults(&b), "zz: is a symbolic link");
	unlink(link);
	ok(t, mkdir(link, 0755) == 0);
	is_text(t, faults(&b), "zz: is a folder");
	rmdir(link);
	ok(t, mkfifo(link, 0644) == 0);
	is_text(t, faults(&b), "zz: is no plain file");
	unlink(link);
	put_all(&b);
	old = arena_format(&b.arena, "%s/manifests", b.dir);
	ok(t,
		rename(old, arena_format(&b.arena, "%s/elsewhere", b.dir)) == 0 &&
			symlink("elsewhere", old) == 0);
	is_text(t, faults(&b),
		"elsewhere/a.yaml: not in the lock; elsewhere/b c.yaml: not in the lock; "
		"manifests: not in the lock, and a symbolic link; "
		"manifests/a.yaml: missing; manifests/b c.yaml: missing");
	bed_release(&b);
}

static void
checks_sums(struct tap *t)
{
	struct bed b;
	const char *sums;

	bed_init(&b);
	put_all(&b);
	unlink(arena_format(&b.arena, "%s/XXH128SUMS", b.dir));
	put(&b, "SHA256SUMS", "");
	is_text(t, faults(&b),
		"SHA256SUMS: says nothing about egm.lock; SHA256SUMS: says nothing about "
		"manifests/a.yaml; "
		"SHA256SUMS: says nothing about manifests/b c.yaml; SHA256SUMS: says nothing about "
		"zz; XXH128SUMS: missing");
	put_all(&b);
	sums = bytes(&b, "SHA256SUMS");
	put(&b, "SHA256SUMS",
		arena_format(
			&b.arena, "%s\n%s" SHA_EMPTY "  no\x1b\n" SHA_EMPTY "  zz", "x", sums));
	is_text(t, faults(&b),
		"SHA256SUMS: line 1 is no sum; SHA256SUMS: line 6 names a file that is not in the "
		"lock: no?; SHA256SUMS: line 7 names zz again");
	put(&b, "SHA256SUMS", arena_format(&b.arena, "%.*s", (int)strlen(sums) - 1, sums));
	is_text(t, faults(&b), "SHA256SUMS: is not written as egmc writes it");
	put_all(&b);
	put(&b, "egm.lock",
		arena_format(&b.arena, "%s", strstr(bytes(&b, "egm.lock"), "egm.lock")));
	is_text(t, faults(&b), "");
	bed_release(&b);
}

/* Somebody changed a file and made the lock and the sums of files fit, but forgot the hash of the
 * tree. */
static void
checks_the_tree_hash(struct tap *t)
{
	struct bed b;
	char *lock;

	bed_init(&b);
	put_all(&b);
	lock = arena_copy(&b.arena, bytes(&b, "egm.lock"), file(&b, "egm.lock")->len);
	lock[file(&b, "egm.lock")->len - 2] ^= 1;
	put(&b, "egm.lock", lock);
	ok(t, strstr(faults(&b), "SHA256SUMS: the sum of egm.lock is not the one in the lock"));
	ok(t, strstr(faults(&b), "egm.lock: "));
	bed_release(&b);
}

static int
write_tree(const char *dir)
{
	struct bed b;

	bed_init(&b);
	rmdir(b.dir);
	snprintf(b.dir, sizeof(b.dir), "%s", dir);
	mkdir(b.dir, 0755);
	put_all(&b);
	stage_release(&b.stage);
	arena_release(&b.arena);
	return 0;
}

int
main(int argc, char **argv)
{
	struct tap t = { 0 };

	if (argc == 3 && strcmp(argv[1], "write") == 0)
		return write_tree(argv[2]);
	writes(&t);
	reads_what_it_wrote(&t);
	refuses(&t);
	survives(&t);
	owns(&t);
	checks(&t);
	checks_sums(&t);
	checks_the_tree_hash(&t);
	return tap_done(&t);
}
