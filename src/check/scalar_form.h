/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms behind the table of scalar types, shared by the files that know one family each. All
 * speak of the whole of `text`; none reads behind text + len.
 */
#ifndef CHECK_SCALAR_FORM_H
#define CHECK_SCALAR_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal digits without a leading zero, at most max. */
bool
form_number(const char *text, size_t len, uint64_t max, uint64_t *value);
bool
form_ends_with(const char *text, size_t len, const char *end, size_t end_len);

/* host.c */
bool
form_ip(const char *text, size_t len);
bool
form_cidr(const char *text, size_t len);
bool
form_hostname(const char *text, size_t len);
bool
form_domain(const char *text, size_t len);
bool
form_dns_label(const char *text, size_t len);
bool
form_object_name(const char *text, size_t len);
bool
form_qualified_name(const char *text, size_t len);
bool
form_label_value(const char *text, size_t len);
bool
form_endpoint(const char *text, size_t len);
/* A domain name or an address (IPv6 in brackets), as it stands before the port. */
bool
form_authority_host(const char *text, size_t len);

/* quantity.c */
bool
form_quantity(const char *text, size_t len);

#endif
