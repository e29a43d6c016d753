/* SPDX-License-Identifier: Apache-2.0 */
/* Workloads' devices, and the addresses they may speak from. */
#ifndef WEFT_PORTS_H
#define WEFT_PORTS_H

#include "base.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct port);
} ports SEC(".maps");

/* A change of a record may be seen half done, but only ever of the one port: an ifindex is not handed out twice. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NEAR_PORTS);
	__type(key, __u32);
	__type(value, struct port);
} near_ports SEC(".maps");

static __always_inline struct port *port_lookup(__u32 ifindex)
{
	struct port *port = bpf_map_lookup_elem(&near_ports, &ifindex);

	return port && port->vni ? port : bpf_map_lookup_elem(&ports, &ifindex);
}

/* Addresses beyond the first of each family, which stand in the port itself. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct address_key);
	__type(value, __u32);
} sources SEC(".maps");

static __always_inline int in_sources(struct __sk_buff *skb, const struct port *port, const struct address *address)
{
	struct address_key key = {.scope = SKB(skb, ifindex), .address = *address};

	return port->flags & PORT_MORE_SOURCES && bpf_map_lookup_elem(&sources, &key);
}

/* May it send in the name of others? */
static __always_inline int unguarded(const struct port *port)
{
	return port->flags & PORT_UNGUARDED;
}

/* Is this one of the port's own addresses? */
static __always_inline int owns_ipv4(struct __sk_buff *skb, const struct port *port, __be32 ipv4)
{
	struct address address;

	if (ipv4 == port->ipv4)
		return ipv4 != 0;
	address = mapped(ipv4);
	return in_sources(skb, port, &address);
}

static __always_inline int owns_ipv6(struct __sk_buff *skb, const struct port *port, const __be32 *ipv6)
{
	struct address address;

	if (no_address(ipv6))
		return 0;
	if (same_address(ipv6, port->ipv6.word) || same_address(ipv6, port->link_local.word))
		return 1;
	__builtin_memcpy(&address, ipv6, sizeof address);
	return in_sources(skb, port, &address);
}

#endif
