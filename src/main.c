/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program: a command line comes in, a command runs, an exit status goes out. What could not
 * be written to stdout is an error like any other.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "options.h"

/* A standard stream that was closed would give its number to the next file that is opened, and
 * messages would end up in there. Whoever writes to the place-holder gets an error. */
static void
keep_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			return;
}

static int
run(const struct options *o, enum options_result result, const struct str *text)
{
	switch (result) {
	case OPTIONS_RUN:
		return o->command->run(o);
	case OPTIONS_SAID:
		fwrite(text->bytes, 1, text->len, stdout);
		return STATUS_FINE;
	case OPTIONS_WRONG:
		fwrite(text->bytes, 1, text->len, stderr);
		return STATUS_USAGE;
	}
	return STATUS_USAGE;
}

static int
finish(int status)
{
	bool failed = ferror(stdout);

	errno = 0; /* of an earlier write it is lost */
	if (fclose(stdout) == 0 && !failed)
		return status;
	fprintf(stderr, "egmc: cannot write to stdout: %s\n",
		errno ? strerror(errno) : "write error");
	return STATUS_ENVIRONMENT;
}

int
main(int argc, char **argv)
{
	struct surroundings surroundings;
	struct options options;
	struct str text = STR_INIT;
	enum options_result result;
	int status;

	keep_standard_streams();
	surroundings_read(&surroundings);
	result = options_parse(&options, argc, argv, &surroundings, &text);
	status = run(&options, result, &text);
	str_release(&text);
	return finish(status);
}
