/* SPDX-License-Identifier: Apache-2.0 */
/* DHCPv4 (RFC 2131), answered on the node. The prepared frame is an OFFER; the options whose place matters
 * come first and in this order: message type, server identifier, lease time, T1, T2.
 */
#ifndef WEFT_DHCP4_H
#define WEFT_DHCP4_H

#include "ports.h"
#include "replies.h"

#define DHCP4_SERVER_PORT 67
#define DHCP4_CLIENT_PORT 68
#define DHCP4_COOKIE 0x63825363
#define DHCP4_BROADCAST 0x8000
#define DHCP4_NAK_LEN (AT_OPTIONS + 9 + 51)	/* BOOTP messages have 300 bytes at least (RFC 1542, 2.1) */
#define DHCP4_OPTIONS_MAX 64

enum dhcp4_type { DISCOVER = 1, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM };

enum dhcp4_option { OPT_PAD = 0, OPT_REQUESTED = 50, OPT_TYPE = 53, OPT_SERVER = 54, OPT_END = 255 };

struct bootp {
	__u8 op, hardware, hardware_len, hops;
	__be32 xid;
	__be16 secs, flags;
	__be32 ciaddr, yiaddr, siaddr, giaddr;
	__u8 chaddr[16];
};

enum {
	AT_IP = ETH_HLEN,
	AT_UDP = AT_IP + sizeof(struct iphdr),
	AT_BOOTP = AT_UDP + sizeof(struct udphdr),
	AT_COOKIE = AT_BOOTP + 236,
	AT_OPTIONS = AT_COOKIE + 4,
	AT_TYPE = AT_OPTIONS + 2,
	AT_LEASE = AT_OPTIONS + 9,	/* behind message type (3 bytes) and server identifier (6) */
};

struct dhcp4_question {
	__u8 type;
	__be32 server;
	__be32 requested;
};

/* Read the options we act on. Fields that are not there stay 0. */
static __always_inline void dhcp4_options(struct __sk_buff *skb, struct dhcp4_question *question)
{
	struct { __u8 code, len; } option;
	__u32 at = AT_OPTIONS;

#pragma clang loop unroll(disable)
	for (int i = 0; i < DHCP4_OPTIONS_MAX; i++) {
		if (bpf_skb_load_bytes(skb, at, &option, 1) || option.code == OPT_END)
			return;
		if (option.code == OPT_PAD) {
			at += 1;
			continue;
		}
		if (bpf_skb_load_bytes(skb, at, &option, 2))
			return;
		if (option.code == OPT_TYPE && option.len == 1)
			bpf_skb_load_bytes(skb, at + 2, &question->type, 1);
		if (option.code == OPT_SERVER && option.len == 4)
			bpf_skb_load_bytes(skb, at + 2, &question->server, 4);
		if (option.code == OPT_REQUESTED && option.len == 4)
			bpf_skb_load_bytes(skb, at + 2, &question->requested, 4);
		at += 2 + option.len;
	}
}

/* What to answer: a message type, or a negative drop reason (RFC 2131, 4.3). */
static __always_inline int dhcp4_decide(const struct dhcp4_question *question, __be32 ciaddr, __be32 ours, __be32 server)
{
	switch (question->type) {
	case DISCOVER:
		return OFFER;
	case INFORM:
		return ACK;
	case REQUEST:
		if (question->server && question->server != server)
			return -DROP_DHCP_FOREIGN; /* it chose another server's offer */
		/* selecting and init-reboot name the address in an option, renewing and rebinding in ciaddr */
		return (question->requested ? question->requested : ciaddr) == ours ? ACK : NAK;
	case 0:
		return -DROP_DHCP_MALFORMED;
	default:
		return -DROP_DHCP_NO_ANSWER;
	}
}

/* Cut the prepared frame down to a NAK: no address, no options but type and server. */
static __always_inline int dhcp4_make_nak(struct __sk_buff *skb, struct reply *reply)
{
	__u8 rest[DHCP4_NAK_LEN - AT_LEASE] = {OPT_END};
	__be16 udp_len = bpf_htons(DHCP4_NAK_LEN - AT_UDP);
	__be32 nobody = 0;

	if (become(skb, reply, DHCP4_NAK_LEN, 0) || bpf_skb_store_bytes(skb, AT_LEASE, rest, sizeof rest, 0) ||
	    bpf_skb_store_bytes(skb, AT_UDP + offsetof(struct udphdr, len), &udp_len, sizeof udp_len, 0) ||
	    bpf_skb_store_bytes(skb, AT_BOOTP + offsetof(struct bootp, yiaddr), &nobody, sizeof nobody, 0))
		return -DROP_ERROR;
	return 0;
}

/* An INFORM's answer lends nothing (RFC 2131, 4.3.5): lease, T1 and T2 become padding. */
static __always_inline int dhcp4_lend_nothing(struct __sk_buff *skb)
{
	__u8 padding[18] = {};

	if (bpf_skb_store_bytes(skb, AT_BOOTP + offsetof(struct bootp, yiaddr), padding, 4, 0) ||
	    bpf_skb_store_bytes(skb, AT_LEASE, padding, sizeof padding, 0))
		return -DROP_ERROR;
	return 0;
}

/* Where the answer goes (RFC 2131, 4.1): to ciaddr; else, if the client cannot hear unicast yet, to all. */
static __always_inline __be32 dhcp4_destination(const struct bootp *in, __be32 ours, __u8 type)
{
	if (type == NAK)
		return bpf_htonl(INADDR_BROADCAST);
	if (in->ciaddr)
		return in->ciaddr;
	return in->flags & bpf_htons(DHCP4_BROADCAST) ? bpf_htonl(INADDR_BROADCAST) : ours;
}

/* A client's message to port 67. CONTINUE: this port has no DHCP from us. */
static __always_inline int handle_dhcp4(struct __sk_buff *skb, const struct port *port)
{
	__u32 ifindex = SKB(skb, ifindex), len;
	struct reply *reply = bpf_map_lookup_elem(&dhcp4, &ifindex);
	struct dhcp4_question question = {};
	struct bootp in;
	struct iphdr ip;
	__be32 cookie, ours, server;
	int result;
	__u8 type;

	if (!reply)
		return CONTINUE;
	if (bpf_skb_load_bytes(skb, AT_BOOTP, &in, sizeof in) || bpf_skb_load_bytes(skb, AT_COOKIE, &cookie, 4))
		return -DROP_DHCP_MALFORMED;
	if (in.op != 1 || in.hardware != 1 || in.hardware_len != 6 || cookie != bpf_htonl(DHCP4_COOKIE))
		return -DROP_DHCP_MALFORMED;
	if (in.giaddr || !same_mac(in.chaddr, port->mac))
		return -DROP_DHCP_FOREIGN;
	dhcp4_options(skb, &question);
	__builtin_memcpy(&server, REPLY_FROM_IPV4(reply), 4);
	__builtin_memcpy(&ours, reply->frame + AT_BOOTP + offsetof(struct bootp, yiaddr), 4);
	result = dhcp4_decide(&question, in.ciaddr, ours, server);
	if (result < 0)
		return result;
	type = result;

	len = type == NAK ? DHCP4_NAK_LEN : reply->len;
	result = type == NAK ? dhcp4_make_nak(skb, reply) : become(skb, reply, len, 0);
	if (!result && question.type == INFORM)
		result = dhcp4_lend_nothing(skb);
	if (result)
		return result;
	__builtin_memcpy(&ip, reply->frame + AT_IP, sizeof ip);
	ip.tot_len = bpf_htons(len - AT_IP);
	ip.daddr = dhcp4_destination(&in, ours, type);
	seal_ipv4(&ip);
	if (type == NAK)
		in.ciaddr = 0;
	if (bpf_skb_store_bytes(skb, AT_IP, &ip, sizeof ip, 0) || bpf_skb_store_bytes(skb, AT_TYPE, &type, 1, 0) ||
	    bpf_skb_store_bytes(skb, AT_BOOTP + offsetof(struct bootp, xid), &in.xid, 4, 0) ||
	    bpf_skb_store_bytes(skb, AT_BOOTP + offsetof(struct bootp, flags), &in.flags, 2, 0) ||
	    bpf_skb_store_bytes(skb, AT_BOOTP + offsetof(struct bootp, ciaddr), &in.ciaddr, 4, 0))
		return -DROP_ERROR;
	return answer(skb);
}

#endif
