/* SPDX-License-Identifier: Apache-2.0 */
/* Two questions: could it be retyped (graph/plain.h), and does it hold a sign that means something
 * to YAML in this place? And a third: would it read well over several lines? */
#include "backend/yaml_quote.h"

#include <stdint.h>
#include <string.h>
#include "graph/plain.h"

enum byte_class {
	BYTE_PLAIN, /* never means anything */
	BYTE_FIRST, /* means something as the first byte */
	BYTE_SPACED, /* `-` and `?`: as the first byte, with a blank or nothing behind */
	BYTE_COLON, /* anywhere, with a blank or nothing behind */
	BYTE_HASH, /* at the start, and behind a blank */
	BYTE_SPACE, /* at either end */
	BYTE_LEAD, /* starts a character that may have to be escaped */
	BYTE_ESCAPED /* always */
};

static const uint8_t classes[256] = {
	[0x00 ... 0x1f] = BYTE_ESCAPED,
	[0x7f] = BYTE_ESCAPED,
	[0xf0 ... 0xff] = BYTE_ESCAPED,
	[0xc2] = BYTE_LEAD,
	[0xe2] = BYTE_LEAD,
	[0xef] = BYTE_LEAD,
	[' '] = BYTE_SPACE,
	['#'] = BYTE_HASH,
	[':'] = BYTE_COLON,
	['-'] = BYTE_SPACED,
	['?'] = BYTE_SPACED,
	[','] = BYTE_FIRST,
	['['] = BYTE_FIRST,
	[']'] = BYTE_FIRST,
	['{'] = BYTE_FIRST,
	['}'] = BYTE_FIRST,
	['&'] = BYTE_FIRST,
	['*'] = BYTE_FIRST,
	['!'] = BYTE_FIRST,
	['|'] = BYTE_FIRST,
	['>'] = BYTE_FIRST,
	['\''] = BYTE_FIRST,
	['"'] = BYTE_FIRST,
	['%'] = BYTE_FIRST,
	['@'] = BYTE_FIRST,
	['`'] = BYTE_FIRST,
};

/* C1 controls, the line breaks U+2028 and U+2029, the BOM and U+FFFE, U+FFFF. */
static bool
is_escaped(const unsigned char *p, size_t left)
{
	if (p[0] == 0xc2)
		return left > 1 && p[1] < 0xa0;
	if (left < 3)
		return false;
	if (p[0] == 0xe2)
		return p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9);
	return (p[1] == 0xbb && p[2] == 0xbf) || (p[1] == 0xbf && p[2] >= 0xbe);
}

/* The byte at i, in its place. */
static bool
means_something(const unsigned char *text, size_t len, size_t i)
{
	bool spaced = i + 1 == len || text[i + 1] == ' ';

	switch ((enum byte_class)classes[text[i]]) {
	case BYTE_PLAIN:
		return false;
	case BYTE_FIRST:
		return i == 0;
	case BYTE_SPACED:
		return i == 0 && spaced;
	case BYTE_COLON:
		return spaced;
	case BYTE_HASH:
		return i == 0 || text[i - 1] == ' ';
	case BYTE_SPACE:
		return i == 0 || i + 1 == len;
	case BYTE_LEAD:
		return is_escaped(text + i, len - i);
	case BYTE_ESCAPED:
		return true;
	}
	return true;
}

bool
yaml_needs_quotes(const char *text, size_t len)
{
	if (len >= 3 && (memcmp(text, "---", 3) == 0 || memcmp(text, "...", 3) == 0))
		return true;
	for (size_t i = 0; i < len; i++)
		if (classes[(unsigned char)text[i]] != BYTE_PLAIN &&
			means_something((const unsigned char *)text, len, i))
			return true;
	return plain_kind(text, len) != PLAIN_TEXT;
}

bool
yaml_is_block_text(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;

	if (!memchr(text, '\n', len) || p[0] == ' ' || p[0] == '\n' || p[len - 1] == ' ')
		return false;
	if (len > 1 && p[len - 1] == '\n' && p[len - 2] == '\n')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (p[i] == '\n' ? p[i - 1] == ' ' : classes[p[i]] == BYTE_ESCAPED)
			return false;
		if (classes[p[i]] == BYTE_LEAD && is_escaped(p + i, len - i))
			return false;
	}
	return true;
}

bool
yaml_has_wide_break(const char *text, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		const unsigned char *p = (const unsigned char *)text + i;

		if (p[0] == 0xc2 && p[1] == 0x85)
			return true;
		if (p[0] == 0xe2 && i + 2 < len && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9))
			return true;
	}
	return false;
}
