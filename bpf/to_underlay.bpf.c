// SPDX-License-Identifier: Apache-2.0
/* Replicated packets on their way out: egress of weft-vxlan.
 *
 * A copy made with bpf_clone_redirect cannot ask for its next hop's MAC; it leaves through this device, and
 * here each copy is redirected with the neighbour's help. Nothing else may use the device.
 */
#include "lib/base.h"
#include "lib/vxlan.h"

SEC("tc")
int to_underlay(struct __sk_buff *skb)
{
	void *data = (void *)SKB(skb, data), *end = (void *)SKB(skb, data_end);
	struct node *node = this_node();
	struct outer *outer = data;

	if (!node || (void *)(outer + 1) > end || outer->eth.h_proto != bpf_htons(ETH_P_IP) ||
	    outer->ip.saddr != node->tunnel_ip || outer->udp.dest != bpf_htons(VXLAN_PORT))
		return TC_ACT_SHOT; /* the host's own chatter on the device */
	return bpf_redirect_neigh(node->underlay_ifindex, 0, 0, 0);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
