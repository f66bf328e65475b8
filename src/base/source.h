/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Source files and places in them. A place is a byte range; lines and columns are made when
 * somebody prints. File 0 is "nowhere". The bytes of a file stay where they are as long as the
 * table lives.
 */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/vec.h"

/* Bytes [start, end) of a file. file == 0: no place. */
struct span {
	uint32_t file;
	uint32_t start;
	uint32_t end;
};

struct source_file {
	const char *name; /* as shown to the user */
	const char *bytes; /* len bytes and, unless they were kept, a NUL */
	uint32_t len; /* at most SOURCE_MAX */
	bool library; /* a file of the library: users see it in notes only */
	uint32_t *lines; /* offsets at which lines start; made on first use */
	uint32_t line_count;
	/* The last place asked for: the next one is often behind it on the same line. */
	uint32_t known_offset;
	uint32_t known_column, known_utf16;
};

#define SOURCE_MAX ((uint32_t)256 << 20)

struct source {
	struct arena arena;
	struct vec files; /* struct source_file */
};

/* A place for people and editors: all count from 1. */
struct place {
	uint32_t line;
	uint32_t column; /* in characters (UTF-8 scalars) */
	uint32_t byte_column;
	uint32_t utf16_column; /* in units of UTF-16, as editors count */
};

void
source_init(struct source *s);
void
source_release(struct source *s);
/* Copies name; bytes are copied unless `keep` says that they outlive the table. Returns the file's
 * number. */
uint32_t
source_add(
	struct source *s, const char *name, const char *bytes, size_t len, bool library, bool keep);
/* Valid until the next source_add(); its name and bytes live as long as the table. */
const struct source_file *
source_file(const struct source *s, uint32_t file);
/* An offset behind the end counts as the end. */
struct place
source_place(struct source *s, uint32_t file, uint32_t offset);
/* The text of one line (from 1) without its end (LF or CRLF), and its length. What follows the last
 * LF is a line too. */
const char *
source_line(struct source *s, uint32_t file, uint32_t line, uint32_t *len);
/* The range from the start of a to the end of b (same file). */
struct span
span_join(struct span a, struct span b);

#endif
