/* SPDX-License-Identifier: Apache-2.0 */
/* Staged output: what is written, what is left alone, and what stands after a failure or a kill at
 * each step. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include "base/stage.h"
#include "tests/unit/disk.h"
#include "tests/unit/tap.h"

#define KILLED 9
#define OUT    "above/out"

/* Trees are written as "path=text;path=text", sorted by path; `!` before a path: executable. */
static const char old_tree[] = "!run=sh;a=1;d/e/f=deep;d/x=2;stale/y=gone";
static const char new_tree[] = "!run=sh;a=1;d/e/f=changed;d/x=2;new/z=3";
static const char *const old_paths[] = { "d/x", "a", "stale/y", "d/e/f", "run" };
static const char *const new_paths[] = { "d/x", "a", "new/z", "d/e/f", "run" };
#define OLD_COUNT (sizeof(old_paths) / sizeof(old_paths[0]))
#define NEW_COUNT (sizeof(new_paths) / sizeof(new_paths[0]))

static void
fill(struct stage *s, const char *tree)
{
	char copy[1000], *rest = copy, *item;

	snprintf(copy, sizeof(copy), "%s", tree);
	stage_init(s);
	while ((item = strsep(&rest, ";")) && item[0]) {
		char *path = strsep(&item, "=");
		bool executable = path[0] == '!';

		stage_add(s, path + executable, item, strlen(item), executable);
	}
}

/* What a call said. */
struct outcome {
	enum stage_result result;
	struct stage_counts counts;
	struct str why;
};

static void
outcome_close(struct outcome *o)
{
	str_release(&o->why);
}

static struct outcome
commit_staged(struct stage *s, const char *root, const char *const *owned, size_t count)
{
	struct outcome o = { .why = STR_INIT };

	o.result = stage_commit(s, disk_path(root, OUT), owned, count, &o.counts, &o.why);
	str_text(&o.why);
	return o;
}

static struct outcome
commit_tree(const char *root, const char *tree, const char *const *owned, size_t count)
{
	struct stage s;
	struct outcome o;

	fill(&s, tree);
	o = commit_staged(&s, root, owned, count);
	stage_release(&s);
	return o;
}

/* The tree below a folder in the form of old_tree; folders without files as "path/". */
struct listing {
	struct str text;
	size_t skip;
	bool modes; /* all are 0644 or 0755 */
};

static void
list_file(struct listing *l, const char *path, const struct stat *st)
{
	char text[200];
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(text, 1, sizeof(text), f) : 0;

	str_format(&l->text, "%s%s%s=", l->text.len ? ";" : "", st->st_mode & 0100 ? "!" : "",
		path + l->skip);
	str_add(&l->text, text, n);
	l->modes = l->modes && ((st->st_mode & 0777) == 0644 || (st->st_mode & 0777) == 0755);
	if (f)
		fclose(f);
}

static int
compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
list_folder(struct listing *l, const char *path)
{
	struct dirent **names;
	int count = scandir(path, &names, NULL, compare_names);
	char below[2 * DISK_PATH];
	struct stat st;

	if (count == 2 && strlen(path) > l->skip)
		str_format(&l->text, "%s%s/", l->text.len ? ";" : "", path + l->skip);
	for (int i = 0; i < count; i++) {
		snprintf(below, sizeof(below), "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.' && !lstat(below, &st)) {
			if (S_ISDIR(st.st_mode)) {
				l->modes = l->modes && (st.st_mode & 0777) == 0755;
				list_folder(l, below);
			} else {
				list_file(l, below, &st);
			}
		}
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

/* Compares; executables sort by their path, not by the mark. */
static bool
is_tree(const char *root, const char *name, const char *want)
{
	struct listing l = { .text = STR_INIT, .modes = true };
	const char *path = disk_path(root, name);
	char sorted[1000] = "";
	const char *run = strstr(want, "!run=sh;");
	bool same;

	l.skip = strlen(path) + 1;
	list_folder(&l, path);
	/* In want, `run` stands first; on disk it stands in its place. */
	if (run) {
		char *at = strstr(str_text(&l.text), ";!run=sh");

		if (at) {
			snprintf(sorted, sizeof(sorted), "!run=sh;%.*s%s", (int)(at - l.text.bytes),
				l.text.bytes, at + strlen(";!run=sh"));
			str_clear(&l.text);
			str_puts(&l.text, sorted);
		}
	}
	same = !strcmp(str_text(&l.text), want);
	str_release(&l.text);
	return same && l.modes;
}

/* Whether nothing but the target stands in the folder above it. */
static bool
is_tidy(const char *root)
{
	struct dirent **names;
	int count = scandir(disk_path(root, "above"), &names, NULL, NULL);

	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
	return count == 3;
}

static void
start(char root[DISK_PATH])
{
	struct outcome o;

	disk_open(root);
	o = commit_tree(root, old_tree, NULL, 0);
	disk_need(o.result == STAGE_WRITTEN, "the first tree");
	outcome_close(&o);
}

static void
writes_and_replaces(struct tap *t)
{
	char root[DISK_PATH];
	struct outcome o;

	disk_open(root);
	o = commit_tree(root, old_tree, NULL, 0);
	is_int(t, o.result, STAGE_WRITTEN);
	is_text(t, o.why.bytes, "");
	ok(t, o.counts.written == 5 && o.counts.linked == 0 && o.counts.removed == 0);
	ok(t, is_tree(root, OUT, old_tree));
	ok(t, is_tidy(root));
	outcome_close(&o);
	o = commit_tree(root, new_tree, old_paths, OLD_COUNT);
	is_int(t, o.result, STAGE_WRITTEN);
	is_text(t, o.why.bytes, "");
	ok(t, o.counts.written == 2 && o.counts.linked == 3 && o.counts.removed == 1);
	ok(t, is_tree(root, OUT, new_tree));
	ok(t, is_tidy(root));
	outcome_close(&o);
	disk_close(root);
}

static bool
is_untouched(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
		a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void
touches_nothing_without_need(struct tap *t)
{
	static const char *const names[] = { "above", OUT, OUT "/d", OUT "/d/x" };
	struct stat before[4], after[4];
	char root[DISK_PATH];
	struct outcome o;

	start(root);
	for (int i = 0; i < 4; i++)
		disk_need(!lstat(disk_path(root, names[i]), &before[i]), names[i]);
	usleep(20000);
	o = commit_tree(root, old_tree, old_paths, OLD_COUNT);
	is_int(t, o.result, STAGE_SAME);
	ok(t, o.counts.written == 0 && o.counts.linked == 0 && o.counts.removed == 0);
	outcome_close(&o);
	for (int i = 0; i < 4; i++) {
		disk_need(!lstat(disk_path(root, names[i]), &after[i]), names[i]);
		ok_that(t, is_untouched(&before[i], &after[i]), names[i]);
	}
	o = commit_tree(root, new_tree, old_paths, OLD_COUNT);
	is_int(t, o.result, STAGE_WRITTEN);
	disk_need(!lstat(disk_path(root, OUT "/d/x"), &after[3]), "d/x");
	ok_that(t, is_untouched(&before[3], &after[3]),
		"a file that did not change keeps inode and time");
	outcome_close(&o);
	disk_close(root);
}

static void
sees_each_difference(struct tap *t)
{
	char root[DISK_PATH];
	struct outcome o;

	start(root);
	disk_need(!chmod(disk_path(root, OUT "/a"), 0755), "chmod");
	o = commit_tree(root, old_tree, old_paths, OLD_COUNT);
	ok_that(t, o.result == STAGE_WRITTEN && o.counts.written == 1, "an executable bit");
	outcome_close(&o);
	disk_need(!chmod(disk_path(root, OUT "/a"), 0664), "chmod");
	o = commit_tree(root, old_tree, old_paths, OLD_COUNT);
	ok_that(t, o.result == STAGE_SAME, "other modes are those of a checkout");
	outcome_close(&o);
	disk_need(!chmod(disk_path(root, OUT "/a"), 0644), "chmod");
	disk_mkdir(root, OUT "/empty");
	o = commit_tree(root, old_tree, old_paths, OLD_COUNT);
	ok_that(t, o.result == STAGE_WRITTEN && is_tree(root, OUT, old_tree),
		"an empty folder goes");
	outcome_close(&o);
	disk_write(root, OUT "/a", "2");
	o = commit_tree(root, old_tree, old_paths, OLD_COUNT);
	ok_that(t, o.result == STAGE_WRITTEN && is_tree(root, OUT, old_tree),
		"a file of the same size");
	outcome_close(&o);
	unlink(disk_path(root, OUT "/a"));
	o = commit_tree(root, old_tree, old_paths, OLD_COUNT);
	ok_that(t, o.result == STAGE_WRITTEN && is_tree(root, OUT, old_tree),
		"a file that is gone");
	outcome_close(&o);
	disk_close(root);
}

static void
files_and_folders_change_places(struct tap *t)
{
	static const char *const owned[] = { "a", "d/x" };
	static const char *const owned_then[] = { "a/b", "d" };
	char root[DISK_PATH];
	struct outcome o;

	disk_open(root);
	o = commit_tree(root, "a=1;d/x=2", NULL, 0);
	outcome_close(&o);
	o = commit_tree(root, "a/b=1;d=2", owned, 2);
	ok(t, o.result == STAGE_WRITTEN && is_tree(root, OUT, "a/b=1;d=2"));
	outcome_close(&o);
	o = commit_tree(root, "a=1;d/x=2", owned_then, 2);
	ok(t, o.result == STAGE_WRITTEN && is_tree(root, OUT, "a=1;d/x=2"));
	outcome_close(&o);
	disk_close(root);
}

static void
umask_does_not_matter(struct tap *t)
{
	mode_t before = umask(0077);
	char root[DISK_PATH];

	start(root);
	ok(t, is_tree(root, OUT, old_tree));
	umask(0);
	disk_close(root);
	start(root);
	ok(t, is_tree(root, OUT, old_tree));
	umask(before);
	disk_close(root);
}

static void
empty_targets_are_fine(struct tap *t)
{
	char root[DISK_PATH];
	struct outcome o;

	disk_open(root);
	disk_mkdir(root, "above");
	disk_mkdir(root, OUT);
	disk_mkdir(root, OUT "/.keep");
	o = commit_tree(root, old_tree, NULL, 0);
	ok(t, o.result == STAGE_WRITTEN && is_tree(root, OUT, old_tree));
	outcome_close(&o);
	o = commit_tree(root, "", old_paths, OLD_COUNT);
	ok(t, o.result == STAGE_WRITTEN && is_tree(root, OUT, ""));
	is_int(t, o.counts.removed, 5);
	outcome_close(&o);
	disk_close(root);
}

/* Commits the new tree, which has to be refused with this text; nothing may change. */
static void
is_refused(struct tap *t, const char *root, size_t owned, enum stage_result result, const char *why)
{
	struct outcome o = commit_tree(root, new_tree, old_paths, owned);

	is_int(t, o.result, result);
	ok_that(t, strstr(o.why.bytes, why) != NULL, why);
	if (!strstr(o.why.bytes, why))
		printf("# got %s\n", o.why.bytes);
	ok(t, is_tidy(root));
	outcome_close(&o);
}

static void
foreign_files_are_refused(struct tap *t)
{
	char root[DISK_PATH];
	struct outcome o;

	start(root);
	disk_write(root, OUT "/notes", "mine");
	disk_write(root, OUT "/d/e/more", "mine");
	disk_mkdir(root, OUT "/.git");
	disk_write(root, OUT "/.git/HEAD", "ref");
	is_refused(t, root, OLD_COUNT, STAGE_FOREIGN,
		"out` holds files that egmc did not write: `.git/HEAD`, `d/e/more`, `notes`");
	unlink(disk_path(root, OUT "/notes"));
	unlink(disk_path(root, OUT "/d/e/more"));
	unlink(disk_path(root, OUT "/.git/HEAD"));
	disk_link(root, OUT "/link", "a");
	disk_need(!mkfifo(disk_path(root, OUT "/fifo"), 0600), "mkfifo");
	is_refused(t, root, OLD_COUNT, STAGE_FOREIGN,
		"holds symbolic links or special files: `fifo`, `link`");
	unlink(disk_path(root, OUT "/link"));
	unlink(disk_path(root, OUT "/fifo"));
	is_refused(t, root, 0, STAGE_FOREIGN, "`d/e/f`, `stale/y`");
	ok(t, disk_exists(root, OUT "/stale/y"));
	disk_write(root, OUT "/new", "where a folder is needed");
	is_refused(t, root, OLD_COUNT, STAGE_FOREIGN, "`new`");
	unlink(disk_path(root, OUT "/new"));
	disk_mkdir(root, OUT "/new");
	disk_write(root, OUT "/new/z", "in the way");
	o = commit_tree(root, new_tree, old_paths, OLD_COUNT);
	ok_that(t, o.result == STAGE_WRITTEN, "what is made now is ours where anything is");
	outcome_close(&o);
	disk_close(root);
}

static void
refusals_list_some_names(struct tap *t)
{
	char root[DISK_PATH], name[64];

	start(root);
	for (int i = 10; i < 40; i++) {
		snprintf(name, sizeof(name), OUT "/more-%d", i);
		disk_write(root, name, "");
	}
	is_refused(t, root, OLD_COUNT, STAGE_FOREIGN, "`more-10`, `more-11`");
	is_refused(t, root, OLD_COUNT, STAGE_FOREIGN, "`more-29` and 10 more");
	disk_close(root);
}

static void
large_foreign_trees_are_refused(struct tap *t)
{
	char root[DISK_PATH], name[64];

	start(root);
	for (int i = 0; i < 10100; i++) {
		snprintf(name, sizeof(name), OUT "/more-%d", i);
		disk_link(root, name, "x");
	}
	is_refused(t, root, OLD_COUNT, STAGE_FOREIGN,
		"holds thousands of files that egmc did not write");
	disk_close(root);
}

static void
targets_of_other_kinds_are_refused(struct tap *t)
{
	char root[DISK_PATH];

	disk_open(root);
	disk_mkdir(root, "above");
	disk_write(root, OUT, "a file");
	is_refused(t, root, 0, STAGE_UNFIT, "out` is not a folder");
	unlink(disk_path(root, OUT));
	disk_mkdir(root, "real");
	disk_link(root, OUT, "../real");
	is_refused(t, root, 0, STAGE_UNFIT, "out` is a symbolic link");
	unlink(disk_path(root, OUT));
	disk_need(!mkfifo(disk_path(root, OUT), 0600), "mkfifo");
	is_refused(t, root, 0, STAGE_UNFIT, "out` is not a folder");
	disk_close(root);
}

static void
odd_names_are_refused(struct tap *t)
{
	static const char *const names[] = { "", ".", "..", "/", "a/..", "a/.", "//" };
	struct stage_counts counts;
	char here[4096], root[DISK_PATH];
	struct stage s;

	fill(&s, old_tree);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct str why = STR_INIT;

		is_int(t, stage_commit(&s, names[i], NULL, 0, &counts, &why), STAGE_UNFIT);
		str_release(&why);
	}
	start(root);
	disk_need(getcwd(here, sizeof(here)) && !chdir(disk_path(root, OUT)), "chdir");
	is_refused(t, root, OLD_COUNT, STAGE_UNFIT, "is the current folder");
	disk_need(!chdir(here), "chdir");
	disk_close(root);
	stage_release(&s);
}

static void
relative_names_are_fine(struct tap *t)
{
	static const char *const names[] = { "plain", "deep/er//name", "./dot/", "a/../plain2" };
	struct stage_counts counts;
	char here[4096], root[DISK_PATH];
	struct stage s;

	disk_open(root);
	disk_need(getcwd(here, sizeof(here)) && !chdir(root), "chdir");
	disk_mkdir(root, "a");
	fill(&s, old_tree);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct str why = STR_INIT;

		tap_int(t, stage_commit(&s, names[i], NULL, 0, &counts, &why), STAGE_WRITTEN,
			names[i], __FILE__, __LINE__);
		is_text(t, str_text(&why), "");
		str_release(&why);
	}
	ok(t, is_tree(root, "deep/er/name", old_tree) && is_tree(root, "dot", old_tree));
	stage_release(&s);
	disk_need(!chdir(here), "chdir");
	disk_close(root);
}

/* Runs a commit as a user without rights in the folder above. */
static void
read_only_folders_fail(struct tap *t)
{
	char root[DISK_PATH];
	struct outcome o;
	bool dropped;

	start(root);
	disk_need(!chmod(disk_path(root, "above"), 0555) && !chmod(root, 0755), "chmod");
	dropped = geteuid() == 0 && !seteuid(65534);
	o = commit_tree(root, old_tree, old_paths, OLD_COUNT);
	is_int(t, o.result, STAGE_SAME);
	outcome_close(&o);
	o = commit_tree(root, new_tree, old_paths, OLD_COUNT);
	is_int(t, o.result, STAGE_FAILED);
	is_text(t, o.why.bytes, "cannot lock `out.egmc-lock`: permission denied");
	outcome_close(&o);
	if (dropped)
		disk_need(!seteuid(0), "seteuid");
	disk_need(!chmod(disk_path(root, "above"), 0755), "chmod");
	ok(t, is_tree(root, OUT, old_tree) && is_tidy(root));
	disk_close(root);
}

static void
parents_that_are_files_fail(struct tap *t)
{
	char root[DISK_PATH];
	struct outcome o;

	disk_open(root);
	disk_write(root, "above", "a file");
	o = commit_tree(root, old_tree, NULL, 0);
	is_int(t, o.result, STAGE_FAILED);
	ok(t, strstr(o.why.bytes, "above`: not a directory") != NULL);
	outcome_close(&o);
	disk_close(root);
}

static void
two_at_once(struct tap *t)
{
	char root[DISK_PATH];
	struct outcome o;
	struct str why = STR_INIT;
	int fd;

	start(root);
	fd = open(disk_path(root, OUT ".egmc-lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	disk_need(fd >= 0 && !flock(fd, LOCK_EX), "flock");
	o = commit_tree(root, new_tree, old_paths, OLD_COUNT);
	is_int(t, o.result, STAGE_BUSY);
	ok(t, strstr(o.why.bytes, "another process is writing") != NULL);
	ok(t, is_tree(root, OUT, old_tree));
	outcome_close(&o);
	disk_mkdir(root, OUT ".egmc-new");
	is_int(t, stage_recover(disk_path(root, OUT), &why), STAGE_BUSY);
	str_release(&why);
	close(fd);
	o = commit_tree(root, new_tree, old_paths, OLD_COUNT);
	ok_that(t, o.result == STAGE_WRITTEN && is_tidy(root),
		"a stale lock is harmless, and goes");
	outcome_close(&o);
	disk_link(root, OUT ".egmc-lock", "elsewhere");
	o = commit_tree(root, old_tree, new_paths, NEW_COUNT);
	ok_that(t, o.result == STAGE_FAILED, "a link is no lock");
	ok(t, !disk_exists(root, "above/elsewhere"));
	outcome_close(&o);
	disk_close(root);
}

/* Many writers of different trees: whatever wins, it is whole. */
static void
many_at_once(struct tap *t)
{
	static const char *const owned[] = { "a", "d/e/f", "d/x", "new/z", "run", "stale/y" };
	char root[DISK_PATH];
	bool clean = true;
	int status;

	start(root);
	for (int child = 0; child < 6; child++) {
		pid_t pid = fork();

		disk_need(pid >= 0, "fork");
		if (pid)
			continue;
		for (int i = 0; i < 15; i++) {
			bool odd = (child + i) % 2;
			struct outcome o = commit_tree(root, odd ? new_tree : old_tree, owned, 6);

			if (o.result != STAGE_SAME && o.result != STAGE_WRITTEN &&
				o.result != STAGE_BUSY) {
				printf("# %s\n", o.why.bytes);
				fflush(stdout);
				_exit(1);
			}
			outcome_close(&o);
		}
		_exit(0);
	}
	while (wait(&status) > 0)
		clean = clean && WIFEXITED(status) && !WEXITSTATUS(status);
	ok(t, clean);
	ok(t, is_tree(root, OUT, old_tree) || is_tree(root, OUT, new_tree));
	ok(t, is_tidy(root));
	disk_close(root);
}

/* At the step with this number: an errno, or the end of the process. */
struct trap {
	int step, at;
	int error; /* 0: _exit() */
	const char *what;
};

static int
spring(void *data, const char *what, const char *name)
{
	struct trap *trap = data;

	(void)name;
	if (trap->step++ != trap->at)
		return 0;
	if (!trap->error)
		_exit(KILLED);
	trap->what = what;
	return trap->error;
}

/* Commits the new tree over the old one with a trap; false once there are no more steps. */
static bool
is_killed(const char *root, int at, bool no_exchange)
{
	struct trap trap = { .at = at };
	int status;
	pid_t pid = fork();

	disk_need(pid >= 0, "fork");
	if (!pid) {
		struct stage s;

		fill(&s, new_tree);
		s.before = spring;
		s.before_data = &trap;
		s.no_exchange = no_exchange;
		commit_staged(&s, root, old_paths, OLD_COUNT);
		_exit(0);
	}
	disk_need(waitpid(pid, &status, 0) == pid, "waitpid");
	return WIFEXITED(status) && WEXITSTATUS(status) == KILLED;
}

static void
is_whole_after_a_kill(struct tap *t, bool no_exchange, bool recover)
{
	char root[DISK_PATH], name[100];
	bool killed = true;
	int at, whole = 0, mended = 0, tidy = 0;

	for (at = 0; killed; at++) {
		struct outcome o;
		struct str why = STR_INIT;

		start(root);
		killed = is_killed(root, at, no_exchange);
		whole += is_tree(root, OUT, old_tree) || is_tree(root, OUT, new_tree) ||
			(no_exchange && !disk_exists(root, OUT));
		if (recover) {
			stage_recover(disk_path(root, OUT), &why);
			whole -= !is_tree(root, OUT, old_tree) && !is_tree(root, OUT, new_tree);
		}
		str_release(&why);
		o = commit_tree(root, new_tree, old_paths, OLD_COUNT);
		mended += (o.result == STAGE_WRITTEN || o.result == STAGE_SAME) &&
			is_tree(root, OUT, new_tree);
		outcome_close(&o);
		unlink(disk_path(root, OUT ".egmc-lock"));
		tidy += is_tidy(root);
		disk_close(root);
	}
	snprintf(name, sizeof(name), "%d kills%s%s", at - 1, no_exchange ? ", two renames" : "",
		recover ? ", recovered" : "");
	ok_that(t, at > 20, name);
	is_int(t, whole, at);
	is_int(t, mended, at);
	is_int(t, tidy, at);
}

/* A system that fails at each step in turn: the old tree stands and nothing else, or the new one
 * does and we are told. */
static void
is_whole_after_a_failure(struct tap *t, bool no_exchange)
{
	char root[DISK_PATH];
	bool sprung = true;
	int at, good = 0, mended = 0;

	for (at = 0; sprung; at++) {
		struct trap trap = { .at = at, .error = ENOSPC };
		struct stage s;
		struct outcome o;
		bool told, held;

		start(root);
		fill(&s, new_tree);
		s.before = spring;
		s.before_data = &trap;
		s.no_exchange = no_exchange;
		o = commit_staged(&s, root, old_paths, OLD_COUNT);
		sprung = trap.what != NULL;
		told = strstr(o.why.bytes, "no space left on device") != NULL;
		if (o.result == STAGE_FAILED && !strstr(o.why.bytes, "the new tree stands"))
			held = told && is_tree(root, OUT, old_tree) && is_tidy(root);
		else
			held = (told || !sprung || !strcmp(trap.what, "link")) &&
				is_tree(root, OUT, new_tree);
		if (!held)
			printf("# step %d, %s: %d %s\n", at, trap.what, o.result, o.why.bytes);
		good += held;
		outcome_close(&o);
		stage_release(&s);
		o = commit_tree(root, new_tree, old_paths, OLD_COUNT);
		mended += (o.result == STAGE_WRITTEN || o.result == STAGE_SAME) &&
			is_tree(root, OUT, new_tree) && is_tidy(root);
		outcome_close(&o);
		disk_close(root);
	}
	is_int(t, good, at);
	is_int(t, mended, at);
}

static void
two_renames_do_the_same(struct tap *t)
{
	char root[DISK_PATH];
	struct stage s;
	struct outcome o;

	start(root);
	fill(&s, new_tree);
	s.no_exchange = true;
	o = commit_staged(&s, root, old_paths, OLD_COUNT);
	is_int(t, o.result, STAGE_WRITTEN);
	ok(t, o.counts.written == 2 && o.counts.linked == 3 && o.counts.removed == 1);
	ok(t, is_tree(root, OUT, new_tree) && is_tidy(root));
	outcome_close(&o);
	stage_release(&s);
	disk_close(root);
}

static void
is_recovered(struct tap *t, const char *root, enum stage_result result, const char *why)
{
	struct str said = STR_INIT;

	is_int(t, stage_recover(disk_path(root, OUT), &said), result);
	ok_that(t, strstr(str_text(&said), why) != NULL, why);
	str_release(&said);
}

static void
recovery_says_what_it_did(struct tap *t)
{
	char root[DISK_PATH];

	start(root);
	is_recovered(t, root, STAGE_SAME, "");
	disk_mkdir(root, OUT ".egmc-new");
	disk_write(root, OUT ".egmc-new/part", "");
	is_recovered(t, root, STAGE_WRITTEN, "removed what an interrupted write of");
	ok(t, is_tidy(root) && is_tree(root, OUT, old_tree));
	disk_need(!rename(disk_path(root, OUT), disk_path(root, OUT ".egmc-old")), "rename");
	is_recovered(t, root, STAGE_WRITTEN, "took back an interrupted write of");
	ok(t, is_tidy(root) && is_tree(root, OUT, old_tree));
	disk_need(!rename(disk_path(root, OUT), disk_path(root, OUT ".egmc-old")), "rename");
	disk_write(root, OUT ".egmc-journal", "");
	disk_mkdir(root, OUT ".egmc-new");
	disk_write(root, OUT ".egmc-new/x", "1");
	is_recovered(t, root, STAGE_WRITTEN, "completed an interrupted write of");
	ok(t, is_tidy(root) && is_tree(root, OUT, "x=1"));
	disk_mkdir(root, OUT ".egmc-new");
	disk_mkdir(root, OUT ".egmc-old");
	disk_write(root, OUT ".egmc-journal", "");
	is_recovered(t, root, STAGE_UNFIT, "out.egmc-new` and `out.egmc-old`");
	ok(t, disk_exists(root, OUT ".egmc-new") && disk_exists(root, OUT ".egmc-old"));
	disk_close(root);
	is_recovered(t, "/nonexistent", STAGE_SAME, "");
}

/* A file that somebody writes into the old tree while the new one is being written. */
struct intruder {
	const char *root;
	bool done;
};

static int
intrude(void *data, const char *what, const char *name)
{
	struct intruder *i = data;

	(void)name;
	if (!i->done && (!strcmp(what, "exchange") || !strcmp(what, "journal"))) {
		i->done = true;
		disk_write(i->root, OUT "/d/mine", "precious");
	}
	return 0;
}

static void
files_that_come_meanwhile_are_kept(struct tap *t)
{
	for (int no_exchange = 0; no_exchange < 2; no_exchange++) {
		char root[DISK_PATH];
		struct intruder intruder = { .root = root };
		struct stage s;
		struct outcome o;

		start(root);
		fill(&s, new_tree);
		s.no_exchange = no_exchange;
		s.before = intrude;
		s.before_data = &intruder;
		o = commit_staged(&s, root, old_paths, OLD_COUNT);
		is_int(t, o.result, STAGE_WRITTEN);
		ok(t, strstr(o.why.bytes, "are kept in `out.egmc-kept`") != NULL);
		ok(t, is_tree(root, OUT, new_tree));
		ok(t, is_tree(root, OUT ".egmc-kept", "d/mine=precious"));
		outcome_close(&o);
		stage_release(&s);
		disk_close(root);
	}
}

/* A real file system without room, where we may mount one. */
static void
full_disks_fail(struct tap *t)
{
	char root[DISK_PATH], command[2 * DISK_PATH];
	struct stage s;
	struct outcome o;
	char *big = calloc(1, 4u << 20);

	disk_open(root);
	disk_mkdir(root, "above");
	snprintf(command, sizeof(command), "mount -t tmpfs -o size=1m none %s 2>/dev/null",
		disk_path(root, "above"));
	if (geteuid() || system(command)) {
		ok_that(t, true, "a full disk: skipped, since nothing can be mounted here");
	} else {
		o = commit_tree(root, old_tree, NULL, 0);
		is_int(t, o.result, STAGE_WRITTEN);
		outcome_close(&o);
		fill(&s, new_tree);
		stage_add(&s, "large", big, 4u << 20, false);
		o = commit_staged(&s, root, old_paths, OLD_COUNT);
		is_int(t, o.result, STAGE_FAILED);
		is_text(t, o.why.bytes, "cannot write `large`: no space left on device");
		ok(t, is_tree(root, OUT, old_tree) && is_tidy(root));
		outcome_close(&o);
		stage_release(&s);
		stage_init(&s);
		stage_add(&s, "x", "1", 1, false);
		o = (struct outcome){ .why = STR_INIT };
		o.result = stage_commit(&s, disk_path(root, "above"), NULL, 0, &o.counts, &o.why);
		is_int(t, o.result, STAGE_UNFIT);
		ok(t, strstr(str_text(&o.why), "is a mount point") != NULL);
		outcome_close(&o);
		stage_release(&s);
		snprintf(command, sizeof(command), "umount %s", disk_path(root, "above"));
		disk_need(!system(command), command);
	}
	free(big);
	disk_close(root);
}

static void
many_files(struct tap *t)
{
	char root[DISK_PATH], path[64];
	struct outcome o;
	struct stage s;

	disk_open(root);
	stage_init(&s);
	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), "%d/%d/file-%d", i % 3, i % 7, i);
		stage_add(&s, path, path, strlen(path), false);
	}
	o = commit_staged(&s, root, NULL, 0);
	ok(t, o.result == STAGE_WRITTEN && o.counts.written == 1000);
	outcome_close(&o);
	o = commit_staged(&s, root, NULL, 0);
	is_int(t, o.result, STAGE_SAME);
	outcome_close(&o);
	stage_release(&s);
	disk_close(root);
}

int
main(void)
{
	struct tap t = { 0 };

	alarm(300);
	writes_and_replaces(&t);
	touches_nothing_without_need(&t);
	sees_each_difference(&t);
	files_and_folders_change_places(&t);
	umask_does_not_matter(&t);
	empty_targets_are_fine(&t);
	foreign_files_are_refused(&t);
	refusals_list_some_names(&t);
	large_foreign_trees_are_refused(&t);
	targets_of_other_kinds_are_refused(&t);
	odd_names_are_refused(&t);
	relative_names_are_fine(&t);
	read_only_folders_fail(&t);
	parents_that_are_files_fail(&t);
	two_at_once(&t);
	many_at_once(&t);
	for (int no_exchange = 0; no_exchange < 2; no_exchange++) {
		is_whole_after_a_kill(&t, no_exchange, false);
		is_whole_after_a_kill(&t, no_exchange, true);
		is_whole_after_a_failure(&t, no_exchange);
	}
	two_renames_do_the_same(&t);
	recovery_says_what_it_did(&t);
	files_that_come_meanwhile_are_kept(&t);
	full_disks_fail(&t);
	many_files(&t);
	return tap_done(&t);
}
