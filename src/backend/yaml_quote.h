/* SPDX-License-Identifier: Apache-2.0 */
/* Which texts cannot stand plain in a block of YAML. */
#ifndef BACKEND_YAML_QUOTE_H
#define BACKEND_YAML_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

/* True if a reader of YAML 1.1 or 1.2 could take the text, written plain as a key or a value in
 * block style, for anything but itself; and for the few that libyaml does not write plain (leading
 * `---` and `...`, characters beyond U+FFFF). Valid UTF-8. */
bool
yaml_needs_quotes(const char *text, size_t len);
/* True if the text can stand as a literal block, line by line as it is: more than one line, or one
 * that ends, without a character to escape and without blanks that nobody would see. Valid UTF-8. */
bool
yaml_is_block_text(const char *text, size_t len);
/* U+0085, U+2028 and U+2029 break lines too, in YAML 1.1. */
bool
yaml_has_wide_break(const char *text, size_t len);

#endif
