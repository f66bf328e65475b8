/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comes in: any bytes. Goes out: a day. Refused: what is not base64 between the lines of a PEM
 * certificate, what is not DER of an X.509 certificate as far as its validity, a day that no
 * calendar has.
 */
#include "base/certificate.h"

#include <stdint.h>
#include <string.h>
#include "base/str.h"

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_END   "-----END CERTIFICATE-----"

enum der_tag {
	DER_INTEGER = 0x02,
	DER_UTC_TIME = 0x17,
	DER_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_VERSION = 0xa0 /* [0], constructed */
};

/* Bytes that are still to be read. */
struct der {
	const unsigned char *at;
	size_t left;
};

/* Base64 */

static int
digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? (int)(found - digits) : -1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* False if there is something else than base64 and white space, or too little of it. */
static bool
decode(const char *text, size_t len, struct str *out)
{
	uint32_t bits = 0;
	size_t digits = 0, padding = 0;

	for (size_t i = 0; i < len; i++) {
		int d = digit(text[i]);

		if (is_blank(text[i]))
			continue;
		if (text[i] == '=') {
			padding++;
			continue;
		}
		if (d < 0 || padding)
			return false;
		bits = bits << 6 | (uint32_t)d;
		if (++digits % 4 != 1)
			str_putc(out, (char)(bits >> (6 - 2 * ((digits - 1) % 4))));
	}
	return (digits + padding) % 4 == 0 && padding <= 2 && digits > 0;
}

/* DER */

/* The length of what follows, which is all there. */
static bool
read_length(struct der *d, size_t *len)
{
	size_t bytes;

	if (!d->left)
		return false;
	*len = *d->at++;
	d->left--;
	if (*len < 0x80)
		return *len <= d->left;
	bytes = *len & 0x7f;
	if (!bytes || bytes > 4 || bytes > d->left)
		return false;
	for (*len = 0; bytes; bytes--, d->left--)
		*len = *len << 8 | *d->at++;
	return *len <= d->left;
}

/* Steps over an element of this kind, and gives what is in it. */
static bool
take(struct der *d, unsigned tag, struct der *inner)
{
	size_t len;

	if (!d->left || *d->at != tag)
		return false;
	d->at++;
	d->left--;
	if (!read_length(d, &len))
		return false;
	*inner = (struct der){ d->at, len };
	d->at += len;
	d->left -= len;
	return true;
}

static bool
is_day(unsigned year, unsigned month, unsigned day)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month >= 1 && month <= 12 && day >= 1 &&
		day <= days[month - 1] + (unsigned)(month == 2 && leap);
}

/* n digits as a number. */
static bool
read_number(struct der *d, size_t n, unsigned *number)
{
	if (d->left < n)
		return false;
	for (*number = 0; n; n--, d->left--, d->at++) {
		if (*d->at < '0' || *d->at > '9')
			return false;
		*number = *number * 10 + (*d->at - '0');
	}
	return true;
}

static void
put_number(char *out, unsigned number, int digits)
{
	for (; digits; number /= 10)
		out[--digits] = (char)('0' + number % 10);
}

/* A UTCTime has two digits of a year of 1950 to 2049, a GeneralizedTime has four. */
static bool
take_day(struct der *d, char out[CERTIFICATE_DAY])
{
	struct der time;
	unsigned year, month, day;
	bool two = take(d, DER_UTC_TIME, &time);

	if (!two && !take(d, DER_TIME, &time))
		return false;
	if (!read_number(&time, two ? 2 : 4, &year) || !read_number(&time, 2, &month) ||
		!read_number(&time, 2, &day))
		return false;
	if (two)
		year += year < 50 ? 2000 : 1900;
	if (!is_day(year, month, day))
		return false;
	memcpy(out, "0000-00-00", CERTIFICATE_DAY);
	put_number(out, year, 4);
	put_number(out + 5, month, 2);
	put_number(out + 8, day, 2);
	return true;
}

/* Certificate { tbsCertificate { [0] version?, serial, algorithm, issuer, validity { from, to } ... } ... } */
static bool
end_of_one(struct der d, char day[CERTIFICATE_DAY])
{
	struct der certificate, body, validity, skipped;

	if (!take(&d, DER_SEQUENCE, &certificate) || !take(&certificate, DER_SEQUENCE, &body))
		return false;
	take(&body, DER_VERSION, &skipped);
	return take(&body, DER_INTEGER, &skipped) && take(&body, DER_SEQUENCE, &skipped) &&
		take(&body, DER_SEQUENCE, &skipped) && take(&body, DER_SEQUENCE, &validity) &&
		take_day(&validity, day) && take_day(&validity, day);
}

/* PEM */

static const char *
find(const char *text, const char *end, const char *line)
{
	size_t n = strlen(line);

	for (; (size_t)(end - text) >= n; text++) {
		text = memchr(text, line[0], (size_t)(end - text) - n + 1);
		if (!text)
			return NULL;
		if (!memcmp(text, line, n))
			return text;
	}
	return NULL;
}

bool
certificate_end(const char *text, size_t len, char day[CERTIFICATE_DAY])
{
	const char *end = text + len, *from, *to;
	bool some = false;

	while ((from = find(text, end, PEM_BEGIN))) {
		struct str bytes = STR_INIT;
		char own[CERTIFICATE_DAY];
		bool fine;

		from += strlen(PEM_BEGIN);
		to = find(from, end, PEM_END);
		fine = to && decode(from, (size_t)(to - from), &bytes) &&
			end_of_one((struct der){ (const unsigned char *)str_text(&bytes), bytes.len },
				own);
		str_release(&bytes);
		if (!fine)
			return false;
		if (!some || strcmp(own, day) < 0)
			memcpy(day, own, CERTIFICATE_DAY);
		some = true;
		text = to + strlen(PEM_END);
	}
	return some;
}
