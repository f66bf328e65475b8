/* SPDX-License-Identifier: Apache-2.0 */
/* Texts in JSON: see the header for what is escaped. */
#include "base/json.h"

#include <stdint.h>
#include <string.h>
#include "base/utf8.h"

static void
put_scalar(struct str *out, uint32_t scalar, const char *bytes, size_t n)
{
	static const char names[0x20] = {
		['\b'] = 'b',
		['\t'] = 't',
		['\n'] = 'n',
		['\f'] = 'f',
		['\r'] = 'r',
	};

	if (scalar == '"' || scalar == '\\')
		str_format(out, "\\%c", (char)scalar);
	else if (scalar < 0x20 && names[scalar])
		str_format(out, "\\%c", names[scalar]);
	else if (scalar < 0x20 || scalar == 0x7F || scalar == 0x2028 || scalar == 0x2029)
		str_format(out, "\\u%04x", (unsigned)scalar);
	else if (n == 1 && scalar > 0x7F)
		str_puts(out, "\xEF\xBF\xBD");
	else
		str_add(out, bytes, n);
}

void
json_string(struct str *out, const char *text, size_t len)
{
	str_putc(out, '"');
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t scalar = utf8_decode(text + i, len - i, &n);

		put_scalar(out, scalar, text + i, n);
	}
	str_putc(out, '"');
}

void
json_text(struct str *out, const char *text)
{
	if (text)
		json_string(out, text, strlen(text));
	else
		str_puts(out, "null");
}
