/* SPDX-License-Identifier: Apache-2.0 */
/* Forwarding: which MAC sits where. Entries come from port bindings; nothing is learned from packets. */
#ifndef WEFT_FDB_H
#define WEFT_FDB_H

#include "base.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 131072);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct fdb_key);
	__type(value, struct fdb_target);
} fdb SEC(".maps");

static __always_inline struct fdb_target *fdb_lookup(__u32 vni, const __u8 *mac)
{
	struct fdb_key key = {.vni = vni};

	__builtin_memcpy(key.mac, mac, sizeof key.mac);
	return bpf_map_lookup_elem(&fdb, &key);
}

/* Hand the frame to a device of this node. `typed`: skb->protocol says what the frame holds. */
static __always_inline int deliver(struct __sk_buff *skb, const struct fdb_target *to, int typed)
{
	if (to->flags & FDB_CLOSED)
		return -DROP_PORT_DISABLED;
	if (!(to->flags & FDB_PEER) || !typed)
		return bpf_redirect(to->ifindex, 0);
	/* The peer takes the frame as received by itself: without this it would be "for another host". */
	if (SKB(skb, pkt_type) != PACKET_HOST)
		bpf_skb_change_type(skb, PACKET_HOST);
	return bpf_redirect_peer(to->ifindex, 0);
}

#endif
