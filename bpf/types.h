/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs and Python agree on: keys, values, flags, drop reasons. No code.
 *
 * The other half of each struct is in src/weft/dataplane/records.py; a test compares the offsets with
 * this file's BTF. Order of bytes is in the type (__be32). Addresses of both families share one form:
 * IPv6, with IPv4 as ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2), so that each table is one map.
 */
#ifndef WEFT_TYPES_H
#define WEFT_TYPES_H

#include <linux/types.h>

/* Part of the pin path. Raise it when a struct keeps its size but changes its meaning: maps of another
 * schema are built anew beside the old ones. A changed size is noticed without it.
 */
enum weft_schema {
	WEFT_SCHEMA = 1,
};

enum weft_limit {
	FLOOD_LOCAL_MAX = 64,	/* devices of this node that one broadcast reaches */
	FLOOD_REMOTE_MAX = 64,	/* nodes that one broadcast reaches; the tail beyond hears none */
	DROP_SLOTS = 128,	/* room for reasons to come, so that the counters' map outlives upgrades */
	LEASE_LEN = 44,	/* IA_NA option with one address (RFC 8415, 21.4 and 21.6) */
	REPLY_MAX = 576,	/* bytes of a prepared answer, Ethernet header included */
	NEAR_PORTS = 4096,	/* ifindexes below are found in `near_ports` too */
	NEAR_SENDERS_BITS = 12,	/* near_senders has 2^12 slots */
};

struct address {
	__be32 word[4];
};

/* A place's address: of a network (scope = VNI) or of a device (scope = ifindex). */
struct address_key {
	__u32 scope;
	struct address address;
};

enum port_flag {
	PORT_ENABLED = 1,	/* clear: the door is closed, everything is dropped */
	PORT_MORE_SOURCES = 2,	/* further addresses of this port are in `sources` */
	PORT_UNGUARDED = 4,	/* any source MAC and address may be sent: port_security_enabled is false */
};

/* ports: ifindex of a workload's device -> who may speak through it. near_ports has those of small ifindexes once
 * more, all zero where there is none: an array is looked up without a call, a sixth of what the hash table takes.
 */
struct port {
	__u32 vni;		/* 1..2^24-1 */
	__u32 mtu_bytes;	/* inner IP packet */
	__u8 mac[6];
	__u16 flags;		/* enum port_flag */
	__be32 ipv4;		/* first address it may use; 0: none */
	struct address ipv6;	/* first address it may use; all zero: none */
	struct address link_local; /* fe80::/64 with the EUI-64 of its MAC */
};

struct fdb_key {
	__u32 vni;
	__u8 mac[6];
	__u16 pad;		/* zero: the whole key is hashed, padding too */
};

enum fdb_flag {
	FDB_PEER = 1,	/* local device is a veth: bpf_redirect_peer works */
	FDB_CLOSED = 2,	/* local port is disabled: drop */
};

/* senders: tunnel addresses of the nodes that may send to us -> 1. near_senders: slot -> one of those whose address
 * falls into it, 0 if none. The slot is the upper NEAR_SENDERS_BITS bits of address (host order) * this, a hash of
 * Knuth's (The Art of Computer Programming, 6.4). Written at once, as four bytes are.
 */
#define NEAR_SENDERS_FACTOR 0x9e3779b1u

/* fdb: MAC of a network -> local device (ifindex != 0) or remote node. */
struct fdb_target {
	__u32 ifindex;
	__be32 tunnel_ip;
	__u32 flags;		/* enum fdb_flag */
	__be32 next_hop;	/* towards tunnel_ip; 0: look the route up for each packet */
};

/* neighbours: address of a network -> MAC. */
struct neighbour {
	__u8 mac[6];
	__u16 pad;
};

/* flood: VNI -> who wants its broadcast and multicast. Its presence says that the VNI is known here. */
struct flood {
	__u32 local_count;
	__u32 remote_count;
	__u32 local[FLOOD_LOCAL_MAX];	/* ifindexes */
	__be32 remote[FLOOD_REMOTE_MAX];	/* tunnel addresses */
};

/* dhcp4, dhcp6, ra: ifindex -> the whole answering frame; the programs patch what depends on the question. */
struct reply {
	__u16 len;
	__u16 lends;		/* dhcp6: `lease` holds an address to lend */
	__u8 lease[LEASE_LEN];		/* dhcp6: the IA_NA option, goes behind the frame */
	__u8 frame[REPLY_MAX];
};

enum node_flag {
	NODE_DECAP_TYPED = 1,	/* the kernel (6.3) can set a packet's protocol while taking a header off */
};

/* node: one entry, index 0. */
struct node {
	__be32 tunnel_ip;	/* our end of all tunnels; 0: none yet */
	__u32 underlay_ifindex;
	__u32 flags;		/* enum node_flag */
	__u32 vxlan_ifindex;	/* weft-vxlan: replicated packets leave through its egress hook */
};

/* port_drops: per device what `drops` counts per node. */
struct port_drop_key {
	__u32 ifindex;
	__u32 reason;		/* enum drop_reason */
};

/* Why a packet ended here. Python's names: src/weft/dataplane/drops.py. Append only: counters outlive upgrades. */
enum drop_reason {
	DROP_NONE,
	DROP_NO_PORT,		/* device without a port record: door closed */
	DROP_PORT_DISABLED,	/* port at either end is administratively down or faulty */
	DROP_TRUNCATED,		/* headers promise more than the frame holds */
	DROP_VLAN_TAGGED,	/* 802.1Q/802.1ad from a workload */
	DROP_ETHERTYPE,		/* neither ARP, IPv4 nor IPv6 */
	DROP_RESERVED_MAC,	/* 01:80:c2:00:00:0x never leaves a bridge (802.1D, 7.12.6) */
	DROP_SPOOFED_MAC,
	DROP_SPOOFED_IPV4,
	DROP_SPOOFED_IPV6,
	DROP_SPOOFED_ARP,	/* sender fields of ARP */
	DROP_SPOOFED_ND,	/* target or link-layer option of ND */
	DROP_IPV4_MALFORMED,
	DROP_IPV6_MALFORMED,
	DROP_IPV6_EXTENSIONS,	/* too long a chain to find out what it carries */
	DROP_ARP_MALFORMED,
	DROP_ARP_UNKNOWN,	/* nobody has this address: ARP is never flooded */
	DROP_ARP_UNSOLICITED,	/* announcements and replies: nobody learns from them */
	DROP_ND_MALFORMED,
	DROP_ND_UNKNOWN,
	DROP_ND_UNSOLICITED,	/* advertisements, and DAD of one's own address */
	DROP_RS_UNANSWERED,	/* no router advertisement for this port */
	DROP_ROGUE_ROUTER,	/* RA or redirect sent by a workload */
	DROP_ROGUE_DHCP,	/* DHCP server's answer sent by a workload */
	DROP_DHCP_MALFORMED,
	DROP_DHCP_FOREIGN,	/* meant for another server or another client */
	DROP_DHCP_NO_ANSWER,	/* DECLINE, RELEASE and the like: noted by nobody, answered by nobody */
	DROP_TOO_BIG,		/* larger than the network's MTU */
	DROP_UNKNOWN_MAC,	/* unknown unicast is never flooded */
	DROP_HAIRPIN,		/* addressed to its own sender */
	DROP_NO_TUNNEL,		/* our tunnel address is not known yet */
	DROP_NOT_HERE,		/* from a tunnel for a MAC elsewhere: never tunnelled twice */
	DROP_UNKNOWN_VNI,
	DROP_UNKNOWN_SENDER,	/* VXLAN from an address that is no node of ours */
	DROP_VXLAN_MALFORMED,
	DROP_VXLAN_FRAGMENT,	/* VTEPs do not fragment (RFC 7348, 4.3) */
	DROP_ERROR,		/* a kernel helper failed, mostly for want of memory */
	DROP_REASON_COUNT,
};

#endif
