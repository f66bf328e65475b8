/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a text with certificates: a day that has its form, or none. */
#include "base/certificate.h"
#include "tests/fuzz/fuzz.h"

static void
demand_day(const char *text, size_t len)
{
	char day[CERTIFICATE_DAY], again[CERTIFICATE_DAY];

	if (!certificate_end(text, len, day))
		return;
	fuzz_demand(strlen(day) == CERTIFICATE_DAY - 1, "a day has ten characters");
	fuzz_demand(day[4] == '-' && day[7] == '-', "a day has its form");
	fuzz_demand(certificate_end(text, len, again) && !strcmp(day, again),
		"the same text gives the same day");
}

/* The bytes as they are, and as the base64 of one certificate. */
int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct str text = STR_INIT;

	demand_day((const char *)bytes, len);
	str_puts(&text, "-----BEGIN CERTIFICATE-----\n");
	for (size_t i = 0; i + 2 < len; i += 3) {
		uint32_t bits = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | bytes[i + 2];

		for (int shift = 18; shift >= 0; shift -= 6)
			str_putc(&text, digits[bits >> shift & 63]);
	}
	str_puts(&text, "\n-----END CERTIFICATE-----\n");
	demand_day(str_text(&text), text.len);
	str_release(&text);
	return 0;
}
