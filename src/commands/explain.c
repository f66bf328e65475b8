/* SPDX-License-Identifier: Apache-2.0 */
/* explain CODE: the page of a diagnostic. Pages of the language are inside the program, those of
 * rules in the library. */
#include <stdio.h>
#include <string.h>
#include "base/arena.h"
#include "base/diag.h"
#include "base/embedded.h"
#include "base/suggest.h"
#include "commands/commands.h"
#include "driver.h"

/* Codes may be typed in any case. ASCII alone: no locale has a say. */
static char *
upper_case(struct arena *a, const char *code)
{
	char *copy = arena_copy(a, code, strlen(code));

	for (char *c = copy; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return copy;
}

static bool
add_page_of_language(const char *code, struct str *page)
{
	size_t n = strlen(code);

	for (size_t i = 0; i < embedded_codes_count; i++) {
		const struct embedded *e = &embedded_codes[i];

		if (strncmp(e->path, code, n) == 0 && strcmp(e->path + n, ".md") == 0) {
			str_add(page, (const char *)e->bytes, e->len);
			return true;
		}
	}
	return false;
}

static int
complain(const char *code, const struct suggest *near)
{
	fprintf(stderr, "egmc: unknown code `%s`\n", code);
	if (near->best)
		fprintf(stderr, "help: did you mean `%s`?\n", near->best);
	else
		fputs("help: a code stands in brackets behind `error`, `warning` or `note`\n",
			stderr);
	return STATUS_USAGE;
}

int
command_explain(const struct options *o)
{
	struct arena a;
	struct str page = STR_INIT;
	struct suggest near;
	const char *code;
	int status = STATUS_FINE;

	arena_init(&a);
	code = upper_case(&a, o->operands[0]);
	suggest_init(&near, code, strlen(code));
	for (int i = DIAG_NONE + 1; i < DIAG_CODE_COUNT; i++)
		suggest_offer(&near, diag_info((enum diag_code)i)->code);
	if (!add_page_of_language(code, &page))
		status = driver_explain(o, code, &a, &page, &near);
	if (page.len)
		fwrite(page.bytes, 1, page.len, stdout);
	else if (status == STATUS_FINE)
		status = complain(o->operands[0], &near);
	str_release(&page);
	arena_release(&a);
	return status;
}
