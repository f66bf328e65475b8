/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of files, and places in them. A line ends at LF; a CR before it belongs to the end, not to
 * the text. Files may hold any bytes: what is not UTF-8 counts one column for each byte that does
 * not continue a character.
 */
#include "base/source.h"

#include <string.h>
#include "base/mem.h"

void
source_init(struct source *s)
{
	arena_init(&s->arena);
	vec_init(&s->files, sizeof(struct source_file), true);
	*VEC_AT(&s->files, struct source_file, 0) = (struct source_file){ .name = "", .bytes = "" };
}

void
source_release(struct source *s)
{
	arena_release(&s->arena);
	vec_release(&s->files);
}

uint32_t
source_add(
	struct source *s, const char *name, const char *bytes, size_t len, bool library, bool keep)
{
	struct source_file f = { .library = library, .len = (uint32_t)len };

	if (len > SOURCE_MAX)
		BUG("a file of %zu bytes", len);
	f.name = arena_copy(&s->arena, name, strlen(name));
	f.bytes = keep ? bytes : arena_copy(&s->arena, bytes, len);
	return vec_push(&s->files, &f);
}

const struct source_file *
source_file(const struct source *s, uint32_t file)
{
	if (file >= s->files.count)
		BUG("file %u of %u", file, s->files.count);
	return VEC_AT(&s->files, const struct source_file, file);
}

static uint32_t
count_lines(const struct source_file *f)
{
	const char *end = f->bytes + f->len;
	uint32_t count = 1;

	for (const char *p = f->bytes; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		count++;
	return count;
}

/* The file, with its table of lines. */
static struct source_file *
with_lines(struct source *s, uint32_t file)
{
	struct source_file *f = VEC_AT(&s->files, struct source_file, file);
	const char *p;

	source_file(s, file);
	if (f->lines)
		return f;
	f->line_count = count_lines(f);
	f->lines = ARENA_ARRAY(&s->arena, uint32_t, f->line_count);
	p = f->bytes;
	for (uint32_t i = 1; i < f->line_count; i++) {
		p = (const char *)memchr(p, '\n', (size_t)(f->bytes + f->len - p)) + 1;
		f->lines[i] = (uint32_t)(p - f->bytes);
	}
	return f;
}

/* The index of the last line that starts at or before offset. */
static uint32_t
line_at(const struct source_file *f, uint32_t offset)
{
	uint32_t low = 0, high = f->line_count;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (f->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Counts from where the last answer ended, if that is on the way; else many places on one long line
 * would cost a square of its length. */
static void
count_columns(struct source_file *f, uint32_t start, uint32_t offset)
{
	if (f->known_offset < start || f->known_offset > offset || !f->known_column) {
		f->known_offset = start;
		f->known_column = f->known_utf16 = 1;
	}
	for (uint32_t i = f->known_offset; i < offset; i++) {
		unsigned char byte = (unsigned char)f->bytes[i];
		bool first = (byte & 0xC0) != 0x80;

		f->known_column += first;
		f->known_utf16 += (uint32_t)first + (byte >= 0xF0);
	}
	f->known_offset = offset;
}

struct place
source_place(struct source *s, uint32_t file, uint32_t offset)
{
	struct source_file *f = with_lines(s, file);
	uint32_t line;

	if (offset > f->len)
		offset = f->len;
	line = line_at(f, offset);
	count_columns(f, f->lines[line], offset);
	return (struct place){
		.line = line + 1,
		.column = f->known_column,
		.byte_column = offset - f->lines[line] + 1,
		.utf16_column = f->known_utf16,
	};
}

const char *
source_line(struct source *s, uint32_t file, uint32_t line, uint32_t *len)
{
	const struct source_file *f = with_lines(s, file);
	uint32_t start, end;

	if (!line || line > f->line_count)
		BUG("line %u of %u in %s", line, f->line_count, f->name);
	start = f->lines[line - 1];
	end = line < f->line_count ? f->lines[line] - 1 : f->len;
	if (line < f->line_count && end > start && f->bytes[end - 1] == '\r')
		end--;
	*len = end - start;
	return f->bytes + start;
}

struct span
span_join(struct span a, struct span b)
{
	if (a.file != b.file)
		BUG("spans of files %u and %u", a.file, b.file);
	return (struct span){ a.file, a.start, b.end };
}
