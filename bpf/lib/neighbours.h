/* SPDX-License-Identifier: Apache-2.0 */
/* Who has which address: the table behind ARP and neighbour discovery, both answered on the node. */
#ifndef WEFT_NEIGHBOURS_H
#define WEFT_NEIGHBOURS_H

#include "base.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct address_key);
	__type(value, struct neighbour);
} neighbours SEC(".maps");

static __always_inline struct neighbour *neighbour_lookup(__u32 vni, const struct address *address)
{
	struct address_key key = {.scope = vni, .address = *address};

	return bpf_map_lookup_elem(&neighbours, &key);
}

#endif
