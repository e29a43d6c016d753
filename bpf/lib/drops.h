/* SPDX-License-Identifier: Apache-2.0 */
/* Counters: every drop has a name, per node and per device. */
#ifndef WEFT_DROPS_H
#define WEFT_DROPS_H

#include "base.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, DROP_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} drops SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct port_drop_key);
	__type(value, __u64);
} port_drops SEC(".maps");

/* Count `reason` and drop. The hash is touched by dropped packets only. */
static __always_inline int drop(struct __sk_buff *skb, __u32 reason)
{
	struct port_drop_key key = {.ifindex = SKB(skb, ifindex), .reason = reason};
	__u64 *count = bpf_map_lookup_elem(&drops, &reason), one = 1;

	if (count)
		*count += 1;
	count = bpf_map_lookup_elem(&port_drops, &key);
	if (count)
		*count += 1;
	else
		bpf_map_update_elem(&port_drops, &key, &one, BPF_ANY);
	return TC_ACT_SHOT;
}

/* The end of every hook: turn a step's result into a verdict. */
static __always_inline int verdict(struct __sk_buff *skb, int result)
{
	return result < 0 ? drop(skb, -result) : result;
}

#endif
