/* SPDX-License-Identifier: Apache-2.0 */
/* Headers and small helpers that every program needs.
 *
 * A step returns a TC verdict (>= 0), or a negative drop reason that the hook's end counts, so that
 * counting happens in one place. CONTINUE means "not mine, go on".
 */
#ifndef WEFT_BASE_H
#define WEFT_BASE_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "../types.h"

#define CONTINUE 1000	/* no TC verdict */
#define IP_FRAGMENT_MASK 0x3fff	/* more-fragments bit and offset */
#define IP_OFFSET_MASK 0x1fff
#define ICMPV6 58
#define AF_INET 2

/* Read a field of the context. The verifier wants each access to be a fixed offset from the untouched pointer;
 * left to itself, clang 14 computes the field's address once and keeps that.
 */
#define SKB(skb, field) ({ \
	__u64 value_; \
	asm volatile("%0 = *(u32 *)(%1 + %2)" : "=r"(value_) : "r"(skb), "i"(offsetof(struct __sk_buff, field))); \
	value_; \
})

/* Packets are read and written in words, however they lie: left to itself, clang takes them byte by byte, as the
 * types of the headers promise no alignment. On the stack the verifier wants words aligned.
 */
typedef __u64 __attribute__((may_alias)) word64;
typedef __u32 __attribute__((may_alias)) word32;
typedef __u16 __attribute__((may_alias)) word16;

static __always_inline void copy_ethernet(void *to, const void *from)
{
	*(word64 *)to = *(const word64 *)from;
	*(word32 *)(to + 8) = *(const word32 *)(from + 8);
	*(word16 *)(to + 12) = *(const word16 *)(from + 12);
}

/* `to` lies at a multiple of four. */
static __always_inline void copy_mac(void *to, const void *from)
{
	*(word32 *)to = *(const word32 *)from;
	*(word16 *)(to + 4) = *(const word16 *)(from + 4);
}

static __always_inline int same_mac(const __u8 *a, const __u8 *b)
{
	const __u16 *x = (const void *)a, *y = (const void *)b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2];
}

static __always_inline int same_address(const __be32 *a, const __be32 *b)
{
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

static __always_inline int no_address(const __be32 *a)
{
	return !(a[0] | a[1] | a[2] | a[3]);
}

static __always_inline struct address mapped(__be32 ipv4)
{
	struct address a = {.word = {0, 0, bpf_htonl(0xffff), ipv4}};

	return a;
}

/* Internet checksum of what `sum` has added up. */
static __always_inline __u16 fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static __always_inline void seal_ipv4(struct iphdr *ip)
{
	const __u16 *word = (const void *)ip;
	__u32 sum = 0;

	ip->check = 0;
#pragma unroll
	for (int i = 0; i < 10; i++)
		sum += word[i];
	ip->check = fold(sum);
}

/* Keep the compiler from testing one register and using another, which older verifiers do not see through. */
#define PINNED(variable) asm volatile("" : "+r"(variable))

/* Send what the packet has become back to where it came from. */
static __always_inline int answer(struct __sk_buff *skb)
{
	return bpf_redirect(SKB(skb, ifindex), 0);
}

#endif
