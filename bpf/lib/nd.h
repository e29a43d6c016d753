/* SPDX-License-Identifier: Apache-2.0 */
/* Neighbour discovery (RFC 4861, 4862), answered on the node and never flooded. */
#ifndef WEFT_ND_H
#define WEFT_ND_H

#include "fdb.h"
#include "neighbours.h"
#include "ports.h"
#include "replies.h"

#define ND_ROUTER_SOLICITATION 133
#define ND_ROUTER_ADVERTISEMENT 134
#define ND_NEIGHBOUR_SOLICITATION 135
#define ND_NEIGHBOUR_ADVERTISEMENT 136
#define ND_REDIRECT 137
#define ND_OPTIONS_MAX 8
#define ND_OPT_SOURCE_MAC 1
#define ND_OPT_TARGET_MAC 2
#define NA_ROUTER 0x80000000
#define NA_SOLICITED 0x40000000
#define NA_OVERRIDE 0x20000000

/* Solicitation or advertisement up to its options. */
struct nd {
	struct ethhdr eth;
	struct ipv6hdr ip;
	__u8 type;
	__u8 code;
	__sum16 check;
	__be32 flags;
	__be32 target[4];
} __attribute__((packed, aligned(2)));

struct nd_answer {
	struct ethhdr eth;
	struct ipv6hdr ip;
	/* from here on covered by the ICMPv6 checksum */
	__u8 type;
	__u8 code;
	__sum16 check;
	__be32 flags;
	__be32 target[4];
	__u8 option;
	__u8 option_len;
	__u8 mac[6];
} __attribute__((packed, aligned(2)));

/* Walk the options: none may name a MAC that is not the port's. */
static __always_inline int nd_check_options(struct __sk_buff *skb, const struct port *port)
{
	struct { __u8 type, len, mac[6]; } option;
	__u32 at = sizeof(struct nd);

#pragma clang loop unroll(disable)
	for (int i = 0; i < ND_OPTIONS_MAX && at + sizeof option <= SKB(skb, len); i++) {
		if (bpf_skb_load_bytes(skb, at, &option, sizeof option) || !option.len)
			return -DROP_ND_MALFORMED;
		if ((option.type == ND_OPT_SOURCE_MAC || option.type == ND_OPT_TARGET_MAC) &&
		    !same_mac(option.mac, port->mac) && !unguarded(port))
			return -DROP_SPOOFED_ND;
		at += option.len * 8;
	}
	return 0;
}

/* The MAC that answers for `target`, or NULL; sets `flags` for a router. Link-local addresses made from a MAC
 * (EUI-64) need no table of their own: the forwarding entry of that MAC says whether it exists.
 */
static __always_inline int nd_find(struct __sk_buff *skb, const struct port *port, const struct address *target,
				   __u8 *mac, __u32 *flags)
{
	struct neighbour *neighbour = neighbour_lookup(port->vni, target);
	const __u8 *b = (const void *)target;
	__u32 ifindex = SKB(skb, ifindex);
	struct address address;
	struct reply *router;

	if (neighbour) {
		__builtin_memcpy(mac, neighbour->mac, 6);
		return 1;
	}
	if (target->word[0] == bpf_htonl(0xfe800000) && !target->word[1] && b[11] == 0xff && b[12] == 0xfe) {
		mac[0] = b[8] ^ 2;
		mac[1] = b[9];
		mac[2] = b[10];
		mac[3] = b[13];
		mac[4] = b[14];
		mac[5] = b[15];
		if (fdb_lookup(port->vni, mac))
			return 1;
	}
	router = bpf_map_lookup_elem(&ra, &ifindex);
	if (!router)
		return 0;
	__builtin_memcpy(&address, REPLY_FROM_IPV6(router), sizeof address);
	if (!same_address(address.word, target->word))
		return 0;
	__builtin_memcpy(mac, REPLY_FROM_MAC(router), 6);
	*flags |= NA_ROUTER;
	return 1;
}

/* ff02::1. Made of words, as a constant would be data, and programs have none. */
static __always_inline struct in6_addr all_nodes(void)
{
	__be32 first = bpf_htonl(0xff020000), last = bpf_htonl(1);

	PINNED(first);
	PINNED(last);
	return (struct in6_addr){.in6_u.u6_addr32 = {first, 0, 0, last}};
}

static __always_inline int nd_solicitation(struct __sk_buff *skb, const struct port *port)
{
	struct nd_answer out = {};
	struct address target, source;
	struct nd in;
	__u32 flags = NA_OVERRIDE;
	int result;
	__s64 sum;

	if (bpf_skb_load_bytes(skb, 0, &in, sizeof in))
		return -DROP_ND_MALFORMED;
	__builtin_memcpy(&target, in.target, sizeof target); /* copies: frames put addresses at odd places */
	__builtin_memcpy(&source, &in.ip.saddr, sizeof source);
	if (in.code || (target.word[0] & bpf_htonl(0xff000000)) == bpf_htonl(0xff000000))
		return -DROP_ND_MALFORMED;
	result = nd_check_options(skb, port);
	if (result)
		return result;
	if (owns_ipv6(skb, port, target.word))
		return -DROP_ND_UNSOLICITED; /* DAD of its own address: silence means "yours" */
	if (!nd_find(skb, port, &target, out.mac, &flags))
		return -DROP_ND_UNKNOWN;

	__builtin_memcpy(out.eth.h_dest, port->mac, 6);
	__builtin_memcpy(out.eth.h_source, out.mac, 6);
	out.eth.h_proto = bpf_htons(ETH_P_IPV6);
	out.ip.version = 6;
	out.ip.payload_len = bpf_htons(32);
	out.ip.nexthdr = ICMPV6;
	out.ip.hop_limit = 255;
	__builtin_memcpy(&out.ip.saddr, &target, 16);
	if (no_address(source.word)) /* DAD of somebody else's address: tell all nodes (4861, 7.2.4) */
		out.ip.daddr = all_nodes();
	else {
		__builtin_memcpy(&out.ip.daddr, &source, 16);
		flags |= NA_SOLICITED;
	}
	out.type = ND_NEIGHBOUR_ADVERTISEMENT;
	out.flags = bpf_htonl(flags);
	__builtin_memcpy(out.target, &target, 16);
	out.option = ND_OPT_TARGET_MAC;
	out.option_len = 1;
	/* Pseudo header: both addresses (they lie before the message), length and next header (RFC 8200, 8.1). */
	sum = bpf_csum_diff(0, 0, (void *)&out + offsetof(struct nd_answer, ip.saddr), 64, bpf_htons(32) + bpf_htons(ICMPV6));
	out.check = fold(sum);
	if (bpf_skb_change_tail(skb, sizeof out, 0) || bpf_skb_store_bytes(skb, 0, &out, sizeof out, 0))
		return -DROP_ERROR;
	return answer(skb);
}

static __always_inline int nd_router_solicitation(struct __sk_buff *skb)
{
	__u32 ifindex = SKB(skb, ifindex);
	struct reply *router = bpf_map_lookup_elem(&ra, &ifindex);
	int result;

	if (!router)
		return -DROP_RS_UNANSWERED;
	result = become(skb, router, router->len, 0); /* to all nodes, as is usual (RFC 4861, 6.2.6): nothing to patch */
	return result ? result : answer(skb);
}

/* ICMPv6 at its usual place, right behind the IPv6 header. CONTINUE: it is no neighbour discovery. */
static __always_inline int handle_icmp6(struct __sk_buff *skb, const struct port *port, __u8 type, __u8 hop_limit)
{
	if (type < ND_ROUTER_SOLICITATION || type > ND_REDIRECT)
		return CONTINUE;
	if (hop_limit != 255)
		return -DROP_ND_MALFORMED;
	switch (type) {
	case ND_ROUTER_SOLICITATION:
		return nd_router_solicitation(skb);
	case ND_NEIGHBOUR_SOLICITATION:
		return nd_solicitation(skb, port);
	case ND_NEIGHBOUR_ADVERTISEMENT:
		return -DROP_ND_UNSOLICITED;
	default:
		return -DROP_ROGUE_ROUTER;
	}
}

#endif
