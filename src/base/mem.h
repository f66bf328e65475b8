/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that never returns NULL. A process that has no memory left says so on stderr and ends with
 * status 3 (environment); nothing half-written can remain, since output is staged (stage.h).
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* n zeroed bytes; n may be 0. Released with mem_free(). */
void *
mem_new(size_t n);

/* Grows or shrinks; the grown part is not zeroed. */
void *
mem_resize(void *p, size_t n);

void
mem_free(void *p);

/* All n bytes at p are about to be written: the system may give their pages at once, which is
 * cheaper than one by one. */
void
mem_will_write(void *p, size_t n);

/* The room that a growing array takes next: at least twice `room` and at least `least`, in elements
 * of `unit` bytes. More than memory can hold ends the process as above. */
size_t
mem_grown(size_t room, size_t least, size_t unit);

/* A bug of ours: says where, aborts. Never for anything that input can cause. */
#define BUG(...) mem_bug(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void
mem_bug(const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
