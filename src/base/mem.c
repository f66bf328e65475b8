/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only file that asks the system for memory. What comes out is never NULL; where memory ends,
 * so does the process, with status 3 and one line on stderr.
 */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define STATUS_ENVIRONMENT 3

static _Noreturn void
out_of_memory(void)
{
	/* Output is staged, so nothing needs undoing; _Exit() keeps half-filled stdio buffers
	 * unwritten. */
	fputs("egmc: out of memory\n", stderr);
	_Exit(STATUS_ENVIRONMENT);
}

void *
mem_new(size_t n)
{
	void *p = calloc(1, n ? n : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *
mem_resize(void *p, size_t n)
{
	void *q = realloc(p, n ? n : 1);

	if (!q)
		out_of_memory();
	return q;
}

size_t
mem_grown(size_t room, size_t least, size_t unit)
{
	size_t most = PTRDIFF_MAX / unit;

	if (least > most)
		out_of_memory();
	room = room > most / 2 ? most : room * 2;
	return room < least ? least : room;
}

void
mem_free(void *p)
{
	free(p);
}

void
mem_bug(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "egmc: internal error at %s:%d: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("\n", stderr);
	abort();
}

void
mem_will_write(void *p, size_t n)
{
#ifdef MADV_POPULATE_WRITE
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)p + page - 1) / page * page, to = ((uintptr_t)p + n) / page * page;

	/* An older kernel does not know it; then they come one by one. */
	if (to > from)
		(void)madvise((void *)from, to - from, MADV_POPULATE_WRITE);
#else
	(void)p;
	(void)n;
#endif
}
