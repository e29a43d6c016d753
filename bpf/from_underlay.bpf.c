// SPDX-License-Identifier: Apache-2.0
/* What other nodes send us: ingress of the underlay device.
 *
 * Takes VXLAN that is addressed to our tunnel end, from a node we know, for a network we host; all other
 * traffic of the device goes on to the host untouched. What came out of a tunnel never enters one again.
 */
#include "lib/drops.h"
#include "lib/fdb.h"
#include "lib/flood.h"
#include "lib/vxlan.h"

/* Other nodes of the fabric, by tunnel address. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __be32);
	__type(value, __u32);
} senders SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << NEAR_SENDERS_BITS);
	__type(key, __u32);
	__type(value, __be32);
} near_senders SEC(".maps");

static __always_inline int is_sender(__be32 address)
{
	__u32 slot = bpf_ntohl(address) * NEAR_SENDERS_FACTOR >> (32 - NEAR_SENDERS_BITS);
	__be32 *found = bpf_map_lookup_elem(&near_senders, &slot);

	return (found && *found == address) || bpf_map_lookup_elem(&senders, &address);
}

#define HEADERS_MAX (sizeof(struct outer) + ETH_HLEN)

/* Is the packet a VXLAN packet for us? CONTINUE: yes, and `vni` and `inner` are set. */
static __always_inline int recognise(struct __sk_buff *skb, __be32 tunnel_ip, __u32 *vni, struct ethhdr *inner)
{
	void *data = (void *)SKB(skb, data), *end = (void *)SKB(skb, data_end);
	struct outer *outer = data;

	if (skb->vlan_present) /* of a VLAN on top of the underlay device, which is not ours */
		return TC_ACT_OK;
	if (data + HEADERS_MAX > end) {
		bpf_skb_pull_data(skb, SKB(skb, len) < HEADERS_MAX ? SKB(skb, len) : HEADERS_MAX);
		data = (void *)SKB(skb, data);
		end = (void *)SKB(skb, data_end);
		outer = data;
	}
	if ((void *)&outer->vxlan > end || outer->eth.h_proto != bpf_htons(ETH_P_IP) || outer->ip.ihl != 5 ||
	    outer->ip.protocol != IPPROTO_UDP || outer->ip.daddr != tunnel_ip ||
	    outer->ip.frag_off & bpf_htons(IP_OFFSET_MASK) || outer->udp.dest != bpf_htons(VXLAN_PORT))
		return TC_ACT_OK;
	if (outer->ip.frag_off & bpf_htons(IP_FRAGMENT_MASK))
		return -DROP_VXLAN_FRAGMENT;
	if (data + HEADERS_MAX > end || SKB(skb, len) < sizeof *outer + ETH_HLEN + sizeof(struct iphdr))
		return -DROP_TRUNCATED;
	if (!(outer->vxlan.flags & bpf_htonl(VXLAN_VNI_VALID)))
		return -DROP_VXLAN_MALFORMED;
	*vni = bpf_ntohl(outer->vxlan.vni) >> 8;
	copy_ethernet(inner, outer + 1);
	return is_sender(outer->ip.saddr) ? CONTINUE : -DROP_UNKNOWN_SENDER;
}

static __always_inline int flood_here(struct __sk_buff *skb, const struct node *node, const struct ethhdr *inner,
				      __u32 vni)
{
	struct flood *to = bpf_map_lookup_elem(&flood, &vni);
	int result;

	if (!to)
		return -DROP_UNKNOWN_VNI;
	result = decapsulate(skb, node, inner);
	if (result)
		return result;
	flood_local(skb, to, 0);
	return TC_ACT_SHOT;
}

static __always_inline int deliver_here(struct __sk_buff *skb, const struct node *node, const struct ethhdr *inner,
					__u32 vni)
{
	struct fdb_key key = {.vni = vni};
	struct fdb_target *to;
	int result;

	copy_mac(key.mac, inner->h_dest);
	to = bpf_map_lookup_elem(&fdb, &key);
	if (!to)
		return bpf_map_lookup_elem(&flood, &vni) ? -DROP_UNKNOWN_MAC : -DROP_UNKNOWN_VNI;
	if (to->tunnel_ip)
		return -DROP_NOT_HERE;
	result = decapsulate(skb, node, inner);
	if (result)
		return result;
	return deliver(skb, to, inner->h_proto == bpf_htons(ETH_P_IP) || inner->h_proto == bpf_htons(ETH_P_IPV6));
}

SEC("tc")
int from_underlay(struct __sk_buff *skb)
{
	struct node *node = this_node();
	struct ethhdr inner __attribute__((aligned(8)));
	__u32 vni = 0;
	int result;

	if (!node || !node->tunnel_ip)
		return TC_ACT_OK;
	result = recognise(skb, node->tunnel_ip, &vni, &inner);
	if (result != CONTINUE)
		return verdict(skb, result);
	if (inner.h_proto == bpf_htons(ETH_P_IPV6) && SKB(skb, len) < HEADERS_MAX + sizeof(struct ipv6hdr))
		return drop(skb, DROP_TRUNCATED);
	result = inner.h_dest[0] & 1 ? flood_here(skb, node, &inner, vni) : deliver_here(skb, node, &inner, vni);
	return verdict(skb, result);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
