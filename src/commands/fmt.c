/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fmt FILE...: canonical form. Comes in: source files, or stdin as `-`. Goes out: the same files
 * in place, a stream, a diff, or a list of names. A file with syntax errors, or one that cannot
 * be written, stays as it is; the others are still formatted.
 */
#include <stdio.h>
#include <string.h>
#include "ast/ast.h"
#include "base/atom.h"
#include "base/files.h"
#include "commands/commands.h"
#include "commands/diff.h"
#include "commands/replace.h"
#include "grammar/grammar.h"
#include "report.h"

struct fmt {
	const struct options *o;
	struct source source;
	struct diags diags;
	struct atoms atoms;
	struct ast ast;
	bool differs; /* a file that is not in canonical form was seen */
};

static const struct span nowhere = { 0, 0, 0 };

static bool
is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* Adds the file to the sources; 0 if it cannot be read. */
static uint32_t
load(struct fmt *f, const char *path)
{
	struct str text = STR_INIT, why = STR_INIT;
	uint32_t file = 0;

	if (files_read(path, &text, &why) == FILES_OK)
		file = source_add(&f->source, is_stdin(path) ? "<stdin>" : path, str_text(&text),
			text.len, false, false);
	else
		diag_add(&f->diags, EGM0901, nowhere, "cannot read `%s`: %s", path, str_text(&why));
	str_release(&text);
	str_release(&why);
	return file;
}

static void
put_text(const struct str *text)
{
	fwrite(text->bytes, 1, text->len, stdout);
}

static void
put_difference(const char *name, const char *before, size_t len, struct str *after)
{
	struct str diff = STR_INIT;

	diff_unified(&diff, name, before, len, str_text(after), after->len);
	put_text(&diff);
	str_release(&diff);
}

static void
write_back(struct fmt *f, const char *path, struct str *text)
{
	struct str why = STR_INIT;

	if (!replace_file(path, str_text(text), text->len, &why))
		diag_add(
			&f->diags, EGM0902, nowhere, "cannot write `%s`: %s", path, str_text(&why));
	str_release(&why);
}

/* What the flags ask for, with a file whose canonical form is `text`. */
static void
deliver(struct fmt *f, const char *path, uint32_t file, struct str *text)
{
	const struct source_file *s = source_file(&f->source, file);
	bool same = s->len == text->len && memcmp(s->bytes, str_text(text), text->len) == 0;

	f->differs |= !same;
	if (f->o->check && !f->o->diff && !same)
		printf("%s\n", s->name);
	if (f->o->diff && !same)
		put_difference(s->name, s->bytes, s->len, text);
	if (f->o->check || f->o->diff)
		return;
	if (is_stdin(path))
		put_text(text);
	else if (!same)
		write_back(f, path, text);
}

static void
format(struct fmt *f, const char *path)
{
	struct grammar_input in = { &f->atoms, &f->source, &f->diags, &f->ast };
	struct str text = STR_INIT;
	uint32_t file = load(f, path);

	if (file && grammar_format(&in, file, &text))
		deliver(f, path, file, &text);
	str_release(&text);
}

int
command_fmt(const struct options *o)
{
	struct fmt f = { .o = o };
	int status;

	source_init(&f.source);
	diags_init(&f.diags);
	atoms_init(&f.atoms);
	ast_init(&f.ast);
	for (size_t i = 0; i < o->operand_count; i++)
		format(&f, o->operands[i]);
	status = report_diags(o, &f.diags, &f.source);
	if (status == STATUS_FINE && o->check && f.differs)
		status = STATUS_INPUT;
	ast_release(&f.ast);
	atoms_release(&f.atoms);
	diags_release(&f.diags);
	source_release(&f.source);
	return status;
}
