/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image OUT.c: checks the library inside libegm.a and writes it as the bytes of a ready-made
 * program (src/check/image.h), in a C file. Runs at build time; a library that does not check
 * stops the build with its messages.
 */
#include <stdio.h>
#include <string.h>
#include "base/render.h"
#include "check/image.h"
#include "library.h"

#define PER_LINE 64

static void
print_bytes(FILE *f, const struct str *s)
{
	fputs("static _Alignas(16) const unsigned char bytes[] =\n", f);
	for (size_t i = 0; i < s->len; i += PER_LINE) {
		fputc('"', f);
		for (size_t j = i; j < s->len && j < i + PER_LINE; j++)
			fprintf(f, "\\%03o", (unsigned char)s->bytes[j]);
		fputs("\"\n", f);
	}
	fputs(";\n", f);
}

static bool
print_image(const char *name, const struct program *p)
{
	struct str image = STR_INIT, hash = STR_INIT;
	FILE *f = fopen(name, "w");
	bool ok = f != NULL;

	if (ok) {
		image_write(p, &image);
		library_hash(p, &hash);
		fputs("/* Made by build-aux/image. */\n#include \"check/image.h\"\n\n", f);
		print_bytes(f, &image);
		fprintf(f, "const struct image embedded_image = { bytes, %zu, \"%s\" };\n",
			image.len, str_text(&hash));
		ok = !ferror(f);
		ok &= !fclose(f);
	}
	str_release(&image);
	str_release(&hash);
	return ok;
}

int
main(int argc, char **argv)
{
	struct render_options options = { RENDER_TEXT, false, 0, 0 };
	struct str text = STR_INIT;
	struct program p;
	bool ok;

	if (argc != 2) {
		fputs("usage: image OUT.c\n", stderr);
		return 2;
	}
	program_init(&p);
	ok = library_load(&p, NULL);
	render_diags(&text, &p.diags, &p.source, &options);
	fputs(str_text(&text), stderr);
	if (ok && !print_image(argv[1], &p)) {
		perror(argv[1]);
		ok = false;
	}
	str_release(&text);
	program_release(&p);
	return !ok;
}
