/* SPDX-License-Identifier: Apache-2.0 */
/* The end of certificates: of real ones, of several, and of what is broken in any place. */
#include <stdlib.h>
#include <string.h>
#include "base/certificate.h"
#include "tap.h"

/* A UTCTime, until 2036-01-01. */
static const char shop[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBaTCCAQ+gAwIBAgIBATAKBggqhkjOPQQDAjAkMRAwDgYDVQQKDAdFeGFtcGxl\n"
	"MRAwDgYDVQQDDAdTaG9wIENBMB4XDTIwMDEwMTAwMDAwMFoXDTM2MDEwMTAwMDAw\n"
	"MFowJDEQMA4GA1UECgwHRXhhbXBsZTEQMA4GA1UEAwwHU2hvcCBDQTBZMBMGByqG\n"
	"SM49AgEGCCqGSM49AwEHA0IABIzlZj/fawO7djMOcElUbtAx4UW+d9SIgg1cE1lQ\n"
	"UuFd5qrWOakYXlv4ATrTamFNmjHANZ9wJGzvnmSbW0zo8kyjMjAwMA8GA1UdEwEB\n"
	"/wQFMAMBAf8wHQYDVR0OBBYEFB5HJQC19MCbQ4jD48e+zlz9aUnVMAoGCCqGSM49\n"
	"BAMCA0gAMEUCIQCnj5KdpQ6r6BMnpRVWLqEm37vp7kj0XP3WDc5c6BmjygIgXC0B\n"
	"+Vak1Vsqx68K4YZtYSX1hBvQlhsX3AbyFVNkUZY=\n"
	"-----END CERTIFICATE-----\n";

/* A UTCTime, until 2026-03-01. */
static const char old[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAjMRAwDgYDVQQKDAdFeGFtcGxl\n"
	"MQ8wDQYDVQQDDAZPbGQgQ0EwHhcNMjAwMTAxMDAwMDAwWhcNMjYwMzAxMTIwMDAw\n"
	"WjAjMRAwDgYDVQQKDAdFeGFtcGxlMQ8wDQYDVQQDDAZPbGQgQ0EwWTATBgcqhkjO\n"
	"PQIBBggqhkjOPQMBBwNCAASM5WY/32sDu3YzDnBJVG7QMeFFvnfUiIINXBNZUFLh\n"
	"Xeaq1jmpGF5b+AE602phTZoxwDWfcCRs755km1tM6PJMozIwMDAPBgNVHRMBAf8E\n"
	"BTADAQH/MB0GA1UdDgQWBBQeRyUAtfTAm0OIw+PHvs5c/WlJ1TAKBggqhkjOPQQD\n"
	"AgNIADBFAiAMcdzujxorFftnUKznfUnubi/j4fY1BgABTpMt0fQj1AIhAPOeS+Fd\n"
	"FMUtmHFHr17023RL7/Y7mE/qYoGoY3lMTPzs\n"
	"-----END CERTIFICATE-----\n";

/* A GeneralizedTime, until 2061-03-01. */
static const char far[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBazCCARGgAwIBAgIBATAKBggqhkjOPQQDAjAkMRAwDgYDVQQKDAdFeGFtcGxl\n"
	"MRAwDgYDVQQDDAdMb25nIENBMCAXDTIwMDEwMTAwMDAwMFoYDzIwNjEwMzAxMTIw\n"
	"MDAwWjAkMRAwDgYDVQQKDAdFeGFtcGxlMRAwDgYDVQQDDAdMb25nIENBMFkwEwYH\n"
	"KoZIzj0CAQYIKoZIzj0DAQcDQgAEjOVmP99rA7t2Mw5wSVRu0DHhRb531IiCDVwT\n"
	"WVBS4V3mqtY5qRheW/gBOtNqYU2aMcA1n3AkbO+eZJtbTOjyTKMyMDAwDwYDVR0T\n"
	"AQH/BAUwAwEB/zAdBgNVHQ4EFgQUHkclALX0wJtDiMPjx77OXP1pSdUwCgYIKoZI\n"
	"zj0EAwIDSAAwRQIgPircwN7qsqyenF+GprUyk9H5NVGcAAPuqKRf8mdm+R8CIQCT\n"
	"Zh1iwa2/5wSVnoctDdSIDewLUcIlhK5flwXXBi7U5w==\n"
	"-----END CERTIFICATE-----\n";

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END   "-----END CERTIFICATE-----\n"

static const char *
end_of(const char *text, size_t len)
{
	static char day[CERTIFICATE_DAY];

	return certificate_end(text, len, day) ? day : NULL;
}

static void
ends(struct tap *t, const char *a, const char *b, const char *day, const char *what)
{
	size_t len = strlen(a) + strlen(b);
	char *text = malloc(len + 1);

	memcpy(text, a, strlen(a));
	memcpy(text + strlen(a), b, strlen(b) + 1);
	tap_text(t, end_of(text, len), day, what, __FILE__, __LINE__);
	free(text);
}

static void
real_ones(struct tap *t)
{
	ends(t, shop, "", "2036-01-01", "two digits of the year");
	ends(t, far, "", "2061-03-01", "four digits of the year");
	ends(t, shop, old, "2026-03-01", "of several the one that ends first");
	ends(t, old, far, "2026-03-01", "in whatever order");
	ends(t, "# our CA, in words\n", shop, "2036-01-01", "text before it");
}

static void
broken_ones(struct tap *t)
{
	ends(t, "", "", NULL, "nothing");
	ends(t, "not a certificate", "", NULL, "words");
	ends(t, BEGIN, "", NULL, "a beginning");
	ends(t, BEGIN, END, NULL, "nothing in between");
	ends(t, BEGIN "MIIB!\n", END, NULL, "no base64");
	ends(t, BEGIN "MIIB\n", END, NULL, "less than it says");
	ends(t, BEGIN "MA==MAAA\n", END, NULL, "more after its end");
	ends(t, BEGIN "MIT/////\n", END, NULL, "a length beyond all");
	ends(t, BEGIN "MIA=\n", END, NULL, "a length that is open");
	ends(t, shop, BEGIN END, NULL, "one of two is broken");
}

/* Whatever byte is wrong: an answer, and the right form of it. */
static void
any_byte(struct tap *t)
{
	size_t len = strlen(shop);
	bool formed = true, short_ones = true;

	for (size_t i = 0; i < len; i++) {
		char *text = malloc(len);

		for (int c = 0; c < 256; c++) {
			const char *day;

			memcpy(text, shop, len);
			text[i] = (char)c;
			day = end_of(text, len);
			formed = formed && (!day || (strlen(day) == 10 && day[4] == '-'));
		}
		free(text);
	}
	tap_ok(t, formed, "one wrong byte", __FILE__, __LINE__);
	for (size_t n = 0; n + 1 < len; n++) {
		char *text = malloc(n + 1);

		memcpy(text, shop, n);
		short_ones = short_ones && !end_of(text, n);
		free(text);
	}
	tap_ok(t, short_ones, "cut anywhere", __FILE__, __LINE__);
}

int
main(void)
{
	struct tap t = { 0 };

	real_ones(&t);
	broken_ones(&t);
	any_byte(&t);
	return tap_done(&t);
}
