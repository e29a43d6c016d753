/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 from a workload: sane, from an address of its own, and DHCP answered. */
#ifndef WEFT_IPV4_H
#define WEFT_IPV4_H

#include "dhcp4.h"

/* CONTINUE when the packet may be forwarded. Options and fragments are the receiver's affair: they pass. */
static __always_inline int handle_ipv4(struct __sk_buff *skb, const struct port *port, struct iphdr *ip, void *end)
{
	struct { __be16 from, to; } ports = {};
	__u32 header_len, total_len;
	int is_dhcp = 0;
	__be32 source;

	if ((void *)(ip + 1) > end)
		return -DROP_TRUNCATED;
	source = ip->saddr;
	header_len = ip->ihl * 4;
	total_len = bpf_ntohs(ip->tot_len);
	if (ip->version != 4 || header_len < sizeof *ip || (total_len < header_len && !SKB(skb, gso_size)))
		return -DROP_IPV4_MALFORMED;
	if (ETH_HLEN + total_len > SKB(skb, len) || ETH_HLEN + header_len > SKB(skb, len))
		return -DROP_TRUNCATED;
	if (ip->protocol == IPPROTO_UDP && !(ip->frag_off & bpf_htons(IP_OFFSET_MASK))) {
		int plain = header_len == sizeof *ip && !(ip->frag_off & bpf_htons(IP_FRAGMENT_MASK));

		if (bpf_skb_load_bytes(skb, ETH_HLEN + header_len, &ports, sizeof ports))
			return -DROP_TRUNCATED;
		if (ports.from == bpf_htons(DHCP4_SERVER_PORT) && ports.to == bpf_htons(DHCP4_CLIENT_PORT))
			return -DROP_ROGUE_DHCP;
		is_dhcp = plain && ports.from == bpf_htons(DHCP4_CLIENT_PORT) && ports.to == bpf_htons(DHCP4_SERVER_PORT);
	}
	if (!owns_ipv4(skb, port, source) && !(is_dhcp && !source) && !unguarded(port))
		return -DROP_SPOOFED_IPV4;
	return is_dhcp ? handle_dhcp4(skb, port) : CONTINUE;
}

#endif
