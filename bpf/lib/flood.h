/* SPDX-License-Identifier: Apache-2.0 */
/* Broadcast and multicast: copied only to where the network has ports. */
#ifndef WEFT_FLOOD_H
#define WEFT_FLOOD_H

#include "vxlan.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct flood);
} flood SEC(".maps");

/* A copy to every device of this node but `except`. Copies leave through the device's egress: right for veth
 * and tap alike, and the kernel reads the type of the frame anew.
 */
static __always_inline void flood_local(struct __sk_buff *skb, struct flood *to, __u32 except)
{
	__u32 count = to->local_count;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < FLOOD_LOCAL_MAX && i < count; i++)
		if (to->local[i] != except)
			bpf_clone_redirect(skb, to->local[i], 0);
}

/* A copy through the tunnel to every other node. Encapsulated once, then re-addressed for each: the copies
 * leave through weft-vxlan's egress hook (to_underlay), which finds the neighbour for each of them.
 */
static __always_inline int flood_remote(struct __sk_buff *skb, struct flood *to, __u32 vni)
{
	const __u32 at_daddr = ETH_HLEN + offsetof(struct iphdr, daddr);
	const __u32 at_check = ETH_HLEN + offsetof(struct iphdr, check);
	__u32 count = to->remote_count;
	struct node *node = this_node();
	__be32 last = 0;
	int result;

	if (!count)
		return 0;
	if (!node || !node->tunnel_ip)
		return -DROP_NO_TUNNEL;
	result = encapsulate(skb, node, last, vni);
	if (result)
		return result;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < FLOOD_REMOTE_MAX && i < count; i++) {
		__be32 remote = to->remote[i];

		if (bpf_skb_store_bytes(skb, at_daddr, &remote, sizeof remote, 0) ||
		    bpf_l3_csum_replace(skb, at_check, last, remote, sizeof remote))
			return -DROP_ERROR;
		bpf_clone_redirect(skb, node->vxlan_ifindex, 0);
		last = remote;
	}
	return 0;
}

/* From a workload: to everyone who is on the network. The original has served its purpose then. */
static __always_inline int flood_all(struct __sk_buff *skb, __u32 vni)
{
	struct flood *to = bpf_map_lookup_elem(&flood, &vni);
	int result;

	if (!to)
		return -DROP_UNKNOWN_VNI;
	flood_local(skb, to, SKB(skb, ifindex));
	result = flood_remote(skb, to, vni);
	return result ? result : TC_ACT_SHOT;
}

#endif
