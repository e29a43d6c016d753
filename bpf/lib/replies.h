/* SPDX-License-Identifier: Apache-2.0 */
/* Prepared answers. Python builds whole frames (dataplane/templates.py); what depends on the question is
 * patched here. Also the addresses the node itself answers for: the DHCP server and the router it plays.
 */
#ifndef WEFT_REPLIES_H
#define WEFT_REPLIES_H

#include "base.h"

#define REPLIES(name) \
	struct { \
		__uint(type, BPF_MAP_TYPE_HASH); \
		__uint(max_entries, 8192); \
		__uint(map_flags, BPF_F_NO_PREALLOC); \
		__type(key, __u32); \
		__type(value, struct reply); \
	} name SEC(".maps")

REPLIES(dhcp4);
REPLIES(dhcp6);
REPLIES(ra);

#define REPLY_FROM_MAC(reply) ((reply)->frame + ETH_ALEN)
#define REPLY_FROM_IPV4(reply) ((reply)->frame + ETH_HLEN + 12)
#define REPLY_FROM_IPV6(reply) ((reply)->frame + ETH_HLEN + 8)

/* Make the packet the prepared frame, `len` bytes of it, with room for `tail_len` more behind. */
static __always_inline int become(struct __sk_buff *skb, struct reply *reply, __u64 len, __u32 tail_len)
{
	PINNED(len);
	if (len < ETH_HLEN)
		return -DROP_ERROR;
	PINNED(len);
	if (len > REPLY_MAX || bpf_skb_change_tail(skb, len + tail_len, 0))
		return -DROP_ERROR;
	return bpf_skb_store_bytes(skb, 0, reply->frame, len, 0) ? -DROP_ERROR : 0;
}

#endif
