/* SPDX-License-Identifier: Apache-2.0 */
/* Reading: what is regular comes in, nothing outside a root does, nothing blocks. Each case below a
 * root runs both ways. */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "base/files.h"
#include "base/source.h"
#include "tests/unit/disk.h"
#include "tests/unit/tap.h"

struct reading {
	struct str out, why;
	enum files_fault fault;
};

static void
reading_close(struct reading *r)
{
	str_release(&r->out);
	str_release(&r->why);
}

static void
is_read(struct tap *t, const char *path, enum files_fault fault, const char *text, const char *why)
{
	struct reading r = { .out = STR_INIT, .why = STR_INIT };

	str_puts(&r.out, "before ");
	r.fault = files_read(path, &r.out, &r.why);
	is_int(t, r.fault, fault);
	is_text(t, str_text(&r.out) + 7, text);
	is_text(t, str_text(&r.why), why);
	reading_close(&r);
}

static void
is_below(
	struct tap *t, const char *root, const char *path, enum files_fault fault, const char *text)
{
	for (int walk = 0; walk < 2; walk++) {
		struct reading r = { .out = STR_INIT, .why = STR_INIT };

		if (walk)
			r.fault = files_read_walking(root, path, &r.out, &r.why);
		else
			r.fault = files_read_below(root, path, &r.out, &r.why);
		tap_int(t, r.fault, fault, path, __FILE__, __LINE__);
		if (fault == FILES_OK)
			is_text(t, str_text(&r.out), text);
		else
			ok(t, r.out.len == 0 && r.why.len > 0);
		reading_close(&r);
	}
}

static void
named_files(struct tap *t, const char *root)
{
	disk_write(root, "a.egm", "text");
	disk_write(root, "empty", "");
	disk_mkdir(root, "folder");
	disk_link(root, "link", "a.egm");
	disk_need(!mkfifo(disk_path(root, "fifo"), 0600), "mkfifo");
	is_read(t, disk_path(root, "a.egm"), FILES_OK, "text", "");
	is_read(t, disk_path(root, "empty"), FILES_OK, "", "");
	is_read(t, disk_path(root, "link"), FILES_OK, "text", "");
	is_read(t, disk_path(root, "no"), FILES_MISSING, "", "no such file or directory");
	is_read(t, disk_path(root, "a.egm/x"), FILES_MISSING, "", "not a directory");
	is_read(t, disk_path(root, "folder"), FILES_SPECIAL, "", "a directory");
	is_read(t, disk_path(root, "fifo"), FILES_SPECIAL, "", "not a regular file");
	is_read(t, "/dev/null", FILES_SPECIAL, "", "not a regular file");
	is_read(t, "", FILES_MISSING, "", "no such file or directory");
}

static void
sockets_are_refused(struct tap *t, const char *root)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(name.sun_path, sizeof(name.sun_path), "%.90s/socket", root);
	disk_need(fd >= 0 && !bind(fd, (struct sockaddr *)&name, sizeof(name)), "bind");
	is_read(t, name.sun_path, FILES_SPECIAL, "", "not a regular file");
	close(fd);
}

static void
large_files_are_refused(struct tap *t, const char *root)
{
	disk_write(root, "large", "");
	disk_need(!truncate(disk_path(root, "large"), (off_t)SOURCE_MAX + 1), "truncate");
	is_read(t, disk_path(root, "large"), FILES_TOO_LARGE, "", "larger than 256 MiB");
	unlink(disk_path(root, "large"));
}

static void
descriptors_are_read(struct tap *t)
{
	char path[32];
	int ends[2];

	disk_need(!pipe(ends) && write(ends[1], "piped", 5) == 5 && !close(ends[1]), "pipe");
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	is_read(t, path, FILES_OK, "piped", "");
	disk_need(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO, "dup2");
	is_read(t, "-", FILES_OK, "", "");
	close(ends[0]);
	close(STDIN_FILENO);
	is_read(t, "-", FILES_MISSING, "", "bad file descriptor");
	is_read(t, "/dev/fd/x", FILES_MISSING, "", "no such file or directory");
	disk_need(open("/dev/null", O_RDONLY) == STDIN_FILENO, "stdin");
}

static void
what_is_below(struct tap *t, const char *above)
{
	char root[DISK_PATH];

	disk_mkdir(above, "project");
	disk_mkdir(above, "project/sub");
	disk_write(above, "outside.egm", "secret");
	disk_write(above, "project/a.egm", "a");
	disk_write(above, "project/sub/b.egm", "b");
	snprintf(root, sizeof(root), "%.500s/project", above);
	is_below(t, root, "a.egm", FILES_OK, "a");
	is_below(t, root, "./sub//b.egm", FILES_OK, "b");
	is_below(t, root, "sub/../a.egm", FILES_OK, "a");
	is_below(t, root, "sub/../../project/a.egm", FILES_OUTSIDE, NULL);
	is_below(t, root, "../outside.egm", FILES_OUTSIDE, NULL);
	is_below(t, root, "/etc/passwd", FILES_OUTSIDE, NULL);
	is_below(t, root, disk_path(root, "a.egm"), FILES_OUTSIDE, NULL);
	is_below(t, root, "no.egm", FILES_MISSING, NULL);
	is_below(t, root, "no/a.egm", FILES_MISSING, NULL);
	is_below(t, root, "a.egm/", FILES_MISSING, NULL);
	is_below(t, root, "a.egm/b", FILES_MISSING, NULL);
	is_below(t, root, "sub", FILES_SPECIAL, NULL);
	is_below(t, root, ".", FILES_SPECIAL, NULL);
	is_below(t, root, "", FILES_MISSING, NULL);
	is_below(t, disk_path(root, "no"), "a.egm", FILES_MISSING, NULL);
}

static void
links_below(struct tap *t, const char *above)
{
	char root[DISK_PATH];

	snprintf(root, sizeof(root), "%.500s/project", above);
	disk_link(root, "inside", "sub/b.egm");
	disk_link(root, "sub/up", "../a.egm");
	disk_link(root, "chain", "sub/up");
	disk_link(root, "folder", "sub");
	disk_link(root, "out", "../outside.egm");
	disk_link(root, "sub/out", "../../outside.egm");
	disk_link(root, "parent", "..");
	disk_link(root, "absolute", "/etc/passwd");
	disk_link(root, "loop", "loop");
	disk_link(root, "dangling", "nothing");
	is_below(t, root, "inside", FILES_OK, "b");
	is_below(t, root, "sub/up", FILES_OK, "a");
	is_below(t, root, "chain", FILES_OK, "a");
	is_below(t, root, "folder/b.egm", FILES_OK, "b");
	is_below(t, root, "folder/../a.egm", FILES_OK, "a");
	is_below(t, root, "out", FILES_OUTSIDE, NULL);
	is_below(t, root, "sub/out", FILES_OUTSIDE, NULL);
	is_below(t, root, "parent/outside.egm", FILES_OUTSIDE, NULL);
	is_below(t, root, "absolute", FILES_OUTSIDE, NULL);
	is_below(t, root, "loop", FILES_MISSING, NULL);
	is_below(t, root, "dangling", FILES_MISSING, NULL);
	disk_need(!mkfifo(disk_path(root, "fifo"), 0600), "mkfifo");
	is_below(t, root, "fifo", FILES_SPECIAL, NULL);
	is_below(t, root, "fifo/x", FILES_MISSING, NULL);
}

static void
unreadable_files(struct tap *t, const char *root)
{
	struct reading r = { .out = STR_INIT, .why = STR_INIT };
	bool dropped = geteuid() == 0 && chmod(root, 0755) == 0 && seteuid(65534) == 0;

	r.fault = files_read(disk_path(root, "closed"), &r.out, &r.why);
	if (dropped)
		disk_need(!seteuid(0), "seteuid");
	is_int(t, r.fault, FILES_MISSING);
	is_text(t, str_text(&r.why), "permission denied");
	reading_close(&r);
}

static void
is_root_of(struct tap *t, const char *root, const char *dir, const char *want)
{
	struct str out = STR_INIT;
	char *real = realpath(root, NULL);
	size_t n = strlen(real);

	files_project_root(disk_path(root, dir), &out);
	tap_text(t, strncmp(str_text(&out), real, n) ? NULL : out.bytes + n, want, dir, __FILE__,
		__LINE__);
	str_release(&out);
	free(real);
}

static void
project_roots(struct tap *t, const char *root)
{
	struct str out = STR_INIT;

	disk_mkdir(root, "r");
	disk_mkdir(root, "r/.git");
	disk_mkdir(root, "r/a");
	disk_mkdir(root, "r/a/b");
	disk_mkdir(root, "r/a/b/c");
	disk_write(root, "r/a/b/.egm-root", "");
	disk_link(root, "way", "r/a/b/c");
	is_root_of(t, root, "r", "/r");
	is_root_of(t, root, "r/", "/r");
	is_root_of(t, root, "r/a", "/r");
	is_root_of(t, root, "r/a/b/c", "/r/a/b");
	is_root_of(t, root, "way", "/r/a/b");
	files_project_root("/", &out);
	is_text(t, str_text(&out), "/");
	str_clear(&out);
	files_project_root("no/such", &out);
	is_text(t, str_text(&out), "no/such");
	str_release(&out);
}

struct join {
	const char *dir, *path, *want; /* NULL: it climbs out */
};

static const struct join joins[] = {
	{ "", "a", "a" },
	{ ".", "./a//b/", "a/b" },
	{ "x/y", "a", "x/y/a" },
	{ "x/y", "../a", "x/a" },
	{ "x/y", "../../a", "a" },
	{ "x/y", "../..", "." },
	{ "x/y", "../../..", NULL },
	{ "x/y", "../../../z", NULL },
	{ "x/../y", "a", "y/a" },
	{ "../x", "a", "../x/a" },
	{ "../x", "../a", "../a" },
	{ "../x", "../../a", NULL },
	{ "../..", "a", "../../a" },
	{ "/", "a", "/a" },
	{ "/", "..", NULL },
	{ "/x/../..", "a", "/a" },
	{ "/x", "..", "/" },
	{ "x", "/a", NULL },
	{ "x", "..a/...", "x/..a/..." },
	{ "", "", "." },
};

static void
paths_are_joined(struct tap *t)
{
	for (size_t i = 0; i < sizeof(joins) / sizeof(joins[0]); i++) {
		struct str out = STR_INIT;
		bool good = files_join(joins[i].dir, joins[i].path, &out);

		is_text(t, good ? str_text(&out) : NULL, joins[i].want);
		str_release(&out);
	}
}

int
main(void)
{
	struct tap t = { 0 };
	char root[DISK_PATH];

	/* A case that blocks has failed. */
	alarm(60);
	disk_open(root);
	named_files(&t, root);
	sockets_are_refused(&t, root);
	large_files_are_refused(&t, root);
	descriptors_are_read(&t);
	what_is_below(&t, root);
	links_below(&t, root);
	disk_write(root, "closed", "x");
	disk_need(!chmod(disk_path(root, "closed"), 0), "chmod");
	unreadable_files(&t, root);
	project_roots(&t, root);
	paths_are_joined(&t);
	disk_close(root);
	return tap_done(&t);
}
