/* SPDX-License-Identifier: Apache-2.0 */
/* IPv6 from a workload: sane, from an address of its own, neighbour discovery and DHCPv6 answered. */
#ifndef WEFT_IPV6_H
#define WEFT_IPV6_H

#include "dhcp6.h"
#include "nd.h"

#define EXTENSIONS_MAX 6
#define EXT_HOP_BY_HOP 0
#define EXT_ROUTING 43
#define EXT_FRAGMENT 44
#define EXT_DESTINATION 60
#define MLD_QUERY 130
#define MLD_DONE 132
#define MLD2_REPORT 143

/* What an IPv6 packet carries behind its extension headers. */
struct payload {
	__u8 protocol;
	__u8 behind_extensions;
	__u8 later_fragment;	/* its upper-layer header is in another packet */
	__u32 at;
};

static __always_inline int is_extension(__u8 protocol)
{
	return protocol == EXT_HOP_BY_HOP || protocol == EXT_ROUTING || protocol == EXT_FRAGMENT ||
	       protocol == EXT_DESTINATION;
}

/* Follow the chain of extension headers (RFC 8200, 4). Nearly every packet has none. */
static __always_inline int find_payload(struct __sk_buff *skb, struct payload *payload)
{
	struct { __u8 next, len; __be16 offset; } header;

#pragma clang loop unroll(disable)
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		if (!is_extension(payload->protocol) || payload->later_fragment)
			return 0;
		if (bpf_skb_load_bytes(skb, payload->at, &header, sizeof header))
			return -DROP_TRUNCATED;
		if (payload->protocol == EXT_FRAGMENT) {
			payload->later_fragment = (header.offset & bpf_htons(0xfff8)) != 0;
			payload->at += 8;
		} else
			payload->at += (header.len + 1) * 8;
		payload->protocol = header.next;
		payload->behind_extensions = 1;
	}
	return is_extension(payload->protocol) && !payload->later_fragment ? -DROP_IPV6_EXTENSIONS : 0;
}

/* What may come from ::, before the sender has an address: DAD, router solicitations (RFC 4861, 4.1 and 4.3)
 * and multicast reports (RFC 3590).
 */
static __always_inline int may_be_unspecified(__u8 type)
{
	return type == ND_ROUTER_SOLICITATION || type == ND_NEIGHBOUR_SOLICITATION ||
	       (type >= MLD_QUERY + 1 && type <= MLD_DONE) || type == MLD2_REPORT;
}

static __always_inline int handle_icmp6_payload(struct __sk_buff *skb, const struct port *port,
						const struct payload *payload, __u8 hop_limit, int unspecified)
{
	__u8 type;

	if (bpf_skb_load_bytes(skb, payload->at, &type, 1))
		return -DROP_TRUNCATED;
	if (unspecified && !may_be_unspecified(type))
		return -DROP_SPOOFED_IPV6;
	/* ND hidden behind extension headers is not answered and must not pass (RFC 6980) */
	if (payload->behind_extensions && type >= ND_ROUTER_SOLICITATION && type <= ND_REDIRECT)
		return -DROP_ND_MALFORMED;
	return handle_icmp6(skb, port, type, hop_limit);
}

static __always_inline int handle_udp6(struct __sk_buff *skb, const struct payload *payload)
{
	struct { __be16 from, to; } ports;

	if (bpf_skb_load_bytes(skb, payload->at, &ports, sizeof ports))
		return -DROP_TRUNCATED;
	if (ports.from == bpf_htons(DHCP6_SERVER_PORT) && ports.to == bpf_htons(DHCP6_CLIENT_PORT))
		return -DROP_ROGUE_DHCP;
	if (payload->behind_extensions || ports.from != bpf_htons(DHCP6_CLIENT_PORT) ||
	    ports.to != bpf_htons(DHCP6_SERVER_PORT))
		return CONTINUE;
	return handle_dhcp6(skb);
}

/* CONTINUE when the packet may be forwarded. */
static __always_inline int handle_ipv6(struct __sk_buff *skb, const struct port *port, struct ipv6hdr *ip, void *end)
{
	struct payload payload = {.at = ETH_HLEN + sizeof *ip};
	int unspecified, owned, result;
	__u8 hop_limit;

	if ((void *)(ip + 1) > end)
		return -DROP_TRUNCATED;
	if (ip->version != 6)
		return -DROP_IPV6_MALFORMED;
	if (payload.at + bpf_ntohs(ip->payload_len) > SKB(skb, len))
		return -DROP_TRUNCATED;
	payload.protocol = ip->nexthdr;
	hop_limit = ip->hop_limit;
	unspecified = no_address((const void *)&ip->saddr);
	owned = owns_ipv6(skb, port, (const void *)&ip->saddr);
	if (!owned && !unspecified && !unguarded(port))
		return -DROP_SPOOFED_IPV6;
	result = find_payload(skb, &payload);
	if (result)
		return result;
	if (payload.protocol == ICMPV6 && !payload.later_fragment)
		return handle_icmp6_payload(skb, port, &payload, hop_limit, unspecified);
	if (unspecified)
		return -DROP_SPOOFED_IPV6;
	if (payload.protocol == IPPROTO_UDP && !payload.later_fragment)
		return handle_udp6(skb, &payload);
	return CONTINUE;
}

#endif
