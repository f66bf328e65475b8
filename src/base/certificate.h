/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of certificates in PEM. Any bytes may come in; nothing but the validity is looked at, and
 * no signature is checked: it is for telling a reader when a CA runs out.
 */
#ifndef BASE_CERTIFICATE_H
#define BASE_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>

#define CERTIFICATE_DAY 11 /* "2026-08-22" and a NUL */

/* The last day of the certificate in a text that ends first. False if there is none in it, or one
 * that cannot be read. */
bool
certificate_end(const char *text, size_t len, char day[CERTIFICATE_DAY]);

#endif
