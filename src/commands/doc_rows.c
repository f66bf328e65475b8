/* SPDX-License-Identifier: Apache-2.0 */
/* Comes in: a table of the library. Goes out: its rows, each with what it took over from those
 * above it. */
#include "commands/doc.h"
#include "commands/prose.h"

static void
add_head(const struct program *p, const struct table *t, struct str *out)
{
	str_puts(out, "| |");
	for (uint32_t m = t->members; m; m = MEMBER_AT(p, m)->next)
		if (MEMBER_AT(p, m)->form == MEMBER_FIELD)
			str_format(out, " `%s` |", program_text(p, MEMBER_AT(p, m)->name));
	str_puts(out, "\n|---|");
	for (uint32_t m = t->members; m; m = MEMBER_AT(p, m)->next)
		if (MEMBER_AT(p, m)->form == MEMBER_FIELD)
			str_puts(out, "---|");
	str_putc(out, '\n');
}

void
doc_rows(const struct program *p, uint32_t table, struct str *out)
{
	const struct table *t = TABLE_AT(p, table);

	if (!t->row_count)
		return;
	add_head(p, t, out);
	for (uint32_t i = 0; i < t->row_count; i++) {
		const struct row *r = ROW_AT(p, t->first_row + i);

		str_format(out, "| %s |", program_text(p, r->key));
		for (uint32_t c = 0; c < t->column_count; c++) {
			node_id cell = NUMBER_AT(p, r->cells + c);

			str_putc(out, ' ');
			prose_code_slice(p, cell, cell, out);
			str_puts(out, " |");
		}
		str_putc(out, '\n');
	}
	str_putc(out, '\n');
}
