/* SPDX-License-Identifier: Apache-2.0 */
/* DHCPv6 (RFC 8415), answered on the node. */
#ifndef WEFT_DHCP6_H
#define WEFT_DHCP6_H

#include "ports.h"
#include "replies.h"

#define DHCP6_CLIENT_PORT 546
#define DHCP6_SERVER_PORT 547

#endif
