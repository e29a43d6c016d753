// SPDX-License-Identifier: Apache-2.0
/* What a workload sends: ingress of its veth or tap.
 *
 * One look at who it is, one at its addresses, one at where the MAC sits. What the node can answer itself
 * (ARP, neighbour discovery, DHCP) ends here; the rest goes to one device or one tunnel, and broadcast to
 * those that want it. The order of checks: docs/design/0003-intent-to-kernel.md.
 */
#include "lib/arp.h"
#include "lib/drops.h"
#include "lib/fdb.h"
#include "lib/flood.h"
#include "lib/ipv4.h"
#include "lib/ipv6.h"
#include "lib/ports.h"
#include "lib/vxlan.h"

#define HEADERS_MAX (ETH_HLEN + sizeof(struct ipv6hdr))

/* 01:80:c2:00:00:00 to 0f: spanning tree, pause frames, LLDP. */
static __always_inline int reserved(const __u8 *mac)
{
	return mac[0] == 0x01 && mac[1] == 0x80 && mac[2] == 0xc2 && !mac[3] && !mac[4] && mac[5] < 0x10;
}

static __always_inline int is_vlan(__be16 type)
{
	return type == bpf_htons(ETH_P_8021Q) || type == bpf_htons(ETH_P_8021AD);
}

/* May this frame be sent at all, and does the node answer it? CONTINUE: forward it. */
static __always_inline int admit(struct __sk_buff *skb, const struct port *port, struct fdb_key *to)
{
	void *data = (void *)SKB(skb, data), *end = (void *)SKB(skb, data_end);
	struct ethhdr *eth = data;

	if (data + HEADERS_MAX > end) {
		bpf_skb_pull_data(skb, SKB(skb, len) < HEADERS_MAX ? SKB(skb, len) : HEADERS_MAX);
		data = (void *)SKB(skb, data);
		end = (void *)SKB(skb, data_end);
		eth = data;
	}
	if ((void *)(eth + 1) > end)
		return -DROP_TRUNCATED;
	if (SKB(skb, vlan_present) || is_vlan(eth->h_proto))
		return -DROP_VLAN_TAGGED;
	if (!same_mac(eth->h_source, port->mac) && !unguarded(port))
		return -DROP_SPOOFED_MAC;
	if (reserved(eth->h_dest))
		return -DROP_RESERVED_MAC;
	if (SKB(skb, len) > ETH_HLEN + port->mtu_bytes && !SKB(skb, gso_size))
		return -DROP_TOO_BIG;
	copy_mac(to->mac, eth->h_dest);
	switch (eth->h_proto) {
	case bpf_htons(ETH_P_IP):
		return handle_ipv4(skb, port, (void *)(eth + 1), end);
	case bpf_htons(ETH_P_IPV6):
		return handle_ipv6(skb, port, (void *)(eth + 1), end);
	case bpf_htons(ETH_P_ARP):
		return handle_arp(skb, port);
	default:
		return -DROP_ETHERTYPE;
	}
}

/* Send the packet, encapsulated, out of the underlay device. The neighbour's MAC is the kernel's business; the
 * route too, where there is no single next hop.
 */
static __always_inline int tunnel(const struct node *node, const struct fdb_target *to)
{
	struct bpf_redir_neigh hop = {.nh_family = AF_INET, .ipv4_nh = to->next_hop};

	return to->next_hop ? bpf_redirect_neigh(node->underlay_ifindex, &hop, sizeof hop, 0)
			    : bpf_redirect_neigh(node->underlay_ifindex, 0, 0, 0);
}

static __always_inline int forward(struct __sk_buff *skb, const struct port *port, const struct fdb_key *key)
{
	struct fdb_target *to;
	struct node *node;
	int result;

	if (key->mac[0] & 1)
		return flood_all(skb, port->vni);
	to = bpf_map_lookup_elem(&fdb, key);
	if (!to)
		return -DROP_UNKNOWN_MAC;
	if (to->ifindex == SKB(skb, ifindex))
		return -DROP_HAIRPIN;
	if (!to->tunnel_ip)
		return deliver(skb, to, 1);
	node = this_node();
	if (!node || !node->tunnel_ip)
		return -DROP_NO_TUNNEL;
	result = encapsulate(skb, node, to->tunnel_ip, port->vni);
	return result ? result : tunnel(node, to);
}

SEC("tc")
int from_port(struct __sk_buff *skb)
{
	__u32 ifindex = SKB(skb, ifindex);
	struct port *port = port_lookup(ifindex);
	struct fdb_key to = {};
	int result;

	if (!port)
		return drop(skb, DROP_NO_PORT);
	if (!(port->flags & PORT_ENABLED))
		return drop(skb, DROP_PORT_DISABLED);
	to.vni = port->vni;
	result = admit(skb, port, &to);
	return verdict(skb, result == CONTINUE ? forward(skb, port, &to) : result);
}

/* Keeps the enums in the type information, where a test compares them with Python's. Not loaded. */
struct {
	enum weft_schema schema;
	enum weft_limit limit;
	enum port_flag port;
	enum fdb_flag fdb;
	enum node_flag node;
	enum drop_reason drop;
} enums SEC("contract");

char LICENSE[] SEC("license") = "Dual BSD/GPL";
