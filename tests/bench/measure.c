/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Usage: measure RUNS -- COMMAND... [-- COMMAND...]...: runs each command so many times, in turns, so
 * that a slow moment of the machine meets all of them, and prints a line a command:
 *   milliseconds, milliseconds of processor time, KiB of peak memory (medians)
 * `%` in an argument becomes the number of the run. What the commands print is thrown away; if one
 * fails, so does this.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MOST     1001
#define COMMANDS_MOST 16
#define ARGS_MOST     64

enum figure { FIGURE_WALL, FIGURE_CPU, FIGURE_MEMORY, FIGURE_COUNT };

struct command {
	char **args; /* up to the next `--` */
	int arg_count;
	double figures[FIGURE_COUNT][RUNS_MOST];
};

extern char **environ;

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* A copy of the argument with the number of the run in it. */
static char *
with_run(const char *arg, int run)
{
	char text[4096];
	size_t n = 0;

	for (; *arg && n < sizeof(text) - 16; arg++)
		if (*arg == '%')
			n += (size_t)snprintf(text + n, 16, "%d", run);
		else
			text[n++] = *arg;
	text[n] = '\0';
	return strdup(text);
}

static void
fail(const char *what)
{
	fprintf(stderr, "measure: %s failed\n", what);
	exit(1);
}

static void
measure(struct command *c, int run)
{
	char *args[ARGS_MOST + 1] = { 0 };
	posix_spawn_file_actions_t actions;
	struct timespec start, end;
	struct rusage used;
	int status = 0;
	pid_t pid;

	for (int i = 0; i < c->arg_count; i++)
		args[i] = with_run(c->args[i], run);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (posix_spawn(&pid, args[0], &actions, NULL, args, environ) ||
		wait4(pid, &status, 0, &used) < 0)
		fail(args[0]);
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (status)
		fail(args[0]);
	c->figures[FIGURE_WALL][run] = (double)(end.tv_sec - start.tv_sec) * 1e3 +
		(double)(end.tv_nsec - start.tv_nsec) / 1e6;
	c->figures[FIGURE_CPU][run] = (seconds(used.ru_utime) + seconds(used.ru_stime)) * 1e3;
	c->figures[FIGURE_MEMORY][run] = (double)used.ru_maxrss;
	posix_spawn_file_actions_destroy(&actions);
	for (int i = 0; i < c->arg_count; i++)
		free(args[i]);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *figures, int runs)
{
	qsort(figures, (size_t)runs, sizeof(*figures), compare);
	return runs % 2 ? figures[runs / 2] : (figures[runs / 2 - 1] + figures[runs / 2]) / 2;
}

static int
read_commands(struct command *commands, int argc, char **argv)
{
	int count = 0;

	for (int i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "--")) {
			if (count == COMMANDS_MOST)
				fail("reading so many commands");
			commands[count++].args = argv + i + 1;
		} else if (!count || commands[count - 1].arg_count++ == ARGS_MOST) {
			fail("reading the commands");
		}
	}
	return count;
}

int
main(int argc, char **argv)
{
	struct command *commands = calloc(COMMANDS_MOST, sizeof(*commands));
	int runs = argc > 1 ? atoi(argv[1]) : 0;
	int count;

	if (!commands || runs < 1 || runs > RUNS_MOST)
		fail("reading the number of runs");
	count = read_commands(commands, argc, argv);
	for (int run = 0; run < runs; run++)
		for (int i = 0; i < count; i++)
			measure(&commands[i], run);
	for (int i = 0; i < count; i++) {
		double *f[FIGURE_COUNT];

		for (int k = 0; k < FIGURE_COUNT; k++)
			f[k] = commands[i].figures[k];
		printf("%.3f %.3f %.0f\n", median(f[FIGURE_WALL], runs),
			median(f[FIGURE_CPU], runs), median(f[FIGURE_MEMORY], runs));
	}
	free(commands);
	return 0;
}
