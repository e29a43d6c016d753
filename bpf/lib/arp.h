/* SPDX-License-Identifier: Apache-2.0 */
/* ARP (RFC 826, 5227), answered on the node and never flooded. */
#ifndef WEFT_ARP_H
#define WEFT_ARP_H

#include "neighbours.h"
#include "ports.h"
#include "replies.h"

#define ARP_REQUEST 1
#define ARP_REPLY 2

struct arp {
	struct ethhdr eth;
	__be16 hardware;
	__be16 protocol;
	__u8 hardware_len;
	__u8 protocol_len;
	__be16 op;
	__u8 sender_mac[6];
	__be32 sender_ip;
	__u8 target_mac[6];
	__be32 target_ip;
} __attribute__((packed, aligned(2)));

/* The MAC that answers for `ip`, or NULL. The DHCP server is ours even where no port has its address. */
static __always_inline __u8 *arp_find(struct __sk_buff *skb, const struct port *port, __be32 ip)
{
	struct address address = mapped(ip);
	struct neighbour *neighbour = neighbour_lookup(port->vni, &address);
	__u32 ifindex = SKB(skb, ifindex);
	struct reply *server;

	if (neighbour)
		return neighbour->mac;
	server = bpf_map_lookup_elem(&dhcp4, &ifindex);
	return server && !__builtin_memcmp(REPLY_FROM_IPV4(server), &ip, 4) ? REPLY_FROM_MAC(server) : 0;
}

/* Every ARP packet ends here: answered, or dropped with a reason. */
static __always_inline int handle_arp(struct __sk_buff *skb, const struct port *port)
{
	struct arp arp;
	__u8 *mac;

	if (bpf_skb_load_bytes(skb, 0, &arp, sizeof arp))
		return -DROP_TRUNCATED;
	if (arp.hardware != bpf_htons(1) || arp.protocol != bpf_htons(ETH_P_IP) || arp.hardware_len != 6 ||
	    arp.protocol_len != 4 || (arp.op != bpf_htons(ARP_REQUEST) && arp.op != bpf_htons(ARP_REPLY)))
		return -DROP_ARP_MALFORMED;
	/* 0.0.0.0 is a probe: "may I have this address?" (RFC 5227, 2.1.1) */
	if (!unguarded(port) &&
	    (!same_mac(arp.sender_mac, port->mac) || (arp.sender_ip && !owns_ipv4(skb, port, arp.sender_ip))))
		return -DROP_SPOOFED_ARP;
	if (arp.op != bpf_htons(ARP_REQUEST) || owns_ipv4(skb, port, arp.target_ip))
		return -DROP_ARP_UNSOLICITED;
	mac = arp_find(skb, port, arp.target_ip);
	if (!mac)
		return -DROP_ARP_UNKNOWN;
	__builtin_memcpy(arp.eth.h_dest, port->mac, 6);
	__builtin_memcpy(arp.eth.h_source, mac, 6);
	arp.op = bpf_htons(ARP_REPLY);
	__builtin_memcpy(arp.target_mac, port->mac, 6);
	__builtin_memcpy(arp.sender_mac, mac, 6);
	__be32 asked = arp.target_ip;
	arp.target_ip = arp.sender_ip;
	arp.sender_ip = asked;
	if (bpf_skb_store_bytes(skb, 0, &arp, sizeof arp, 0))
		return -DROP_ERROR;
	return answer(skb);
}

#endif
