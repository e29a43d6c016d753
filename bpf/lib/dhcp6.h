/* SPDX-License-Identifier: Apache-2.0 */
/* DHCPv6 (RFC 8415), answered on the node. The prepared frame ends with the options every answer has; behind
 * it go the lease, where one is asked for, or a status, and the client's identifier, copied from the question.
 */
#ifndef WEFT_DHCP6_H
#define WEFT_DHCP6_H

#include "ports.h"
#include "replies.h"

#define DHCP6_CLIENT_PORT 546
#define DHCP6_SERVER_PORT 547
#define DHCP6_OPTIONS_MAX 24
#define CLIENT_ID_MAX 132	/* option header and a DUID of 128 bytes (RFC 8415, 11.1) */
#define SERVER_ID_LEN 10	/* DUID-LL of an Ethernet address */

enum dhcp6_type {
	DHCP6_SOLICIT = 1, DHCP6_ADVERTISE, DHCP6_REQUEST, DHCP6_CONFIRM, DHCP6_RENEW, DHCP6_REBIND, DHCP6_REPLY,
	DHCP6_RELEASE, DHCP6_DECLINE, DHCP6_RECONFIGURE, DHCP6_INFORMATION_REQUEST,
};

enum dhcp6_option { DHCP6_CLIENT_ID = 1, DHCP6_SERVER_ID, DHCP6_IA_NA, DHCP6_IA_ADDRESS = 5, DHCP6_STATUS = 13 };
enum dhcp6_status { DHCP6_SUCCESS, DHCP6_NOT_ON_LINK = 4 };

enum {
	AT6_UDP = ETH_HLEN + sizeof(struct ipv6hdr),
	AT6_TYPE = AT6_UDP + sizeof(struct udphdr),
	AT6_OPTIONS = AT6_TYPE + 4,
	AT6_SERVER_ID = AT6_OPTIONS + 4,	/* server identifier is the prepared frame's first option */
	IN_IA_ADDRESS = 12,	/* the first option inside an IA_NA, behind IAID, T1 and T2 */
	IN_LEASE_ADDRESS = 4 + IN_IA_ADDRESS + 4,
	IA_WITH_ADDRESS = LEASE_LEN - 4,
	STATUS_LEN = 6,
};

struct dhcp6_question {
	__be32 type_and_id;	/* message type in the first byte, transaction in the others */
	__be32 ia;
	__u16 client_at;	/* of the option, header included; 0: none */
	__u16 client_len;
	__u16 ia_at;		/* of what the first IA_NA holds; 0: none */
	__u16 ia_len;
	__u8 server;		/* 0: none named, 1: us, 2: another */
	__u8 lends;		/* the answer carries the lease; else the status */
	__be16 status;
};

/* What goes behind the prepared frame. */
struct dhcp6_tail {
	__u8 bytes[LEASE_LEN + CLIENT_ID_MAX];
};

static __always_inline __u8 dhcp6_names_us(struct __sk_buff *skb, __u32 at, __u16 len, const struct reply *reply)
{
	__u8 id[SERVER_ID_LEN + 2];	/* whole words, for the comparison */

	if (len != SERVER_ID_LEN || bpf_skb_load_bytes(skb, at, id, SERVER_ID_LEN))
		return 2;
#pragma unroll
	for (int i = 0; i < SERVER_ID_LEN; i++)
		if (id[i] != reply->frame[AT6_SERVER_ID + i])
			return 2;
	return 1;
}

/* Read the options we act on. */
static __always_inline void dhcp6_options(struct __sk_buff *skb, const struct reply *reply, struct dhcp6_question *question)
{
	struct { __be16 code, len; } option;
	__u32 at = AT6_OPTIONS;

#pragma clang loop unroll(disable)
	for (int i = 0; i < DHCP6_OPTIONS_MAX; i++) {
		__u16 code, len;

		if (bpf_skb_load_bytes(skb, at, &option, sizeof option))
			return;
		code = bpf_ntohs(option.code);
		len = bpf_ntohs(option.len);
		if (code == DHCP6_CLIENT_ID) {
			question->client_at = at;
			question->client_len = len + sizeof option;
		} else if (code == DHCP6_SERVER_ID)
			question->server = dhcp6_names_us(skb, at + sizeof option, len, reply);
		else if (code == DHCP6_IA_NA && !question->ia_at &&
			 !bpf_skb_load_bytes(skb, at + sizeof option, &question->ia, 4)) {
			question->ia_at = at + sizeof option;
			question->ia_len = at + sizeof option + len <= SKB(skb, len) ? len : 0; /* cut off: of no use */
		}
		at += sizeof option + len;
	}
}

/* Is the first address that the client holds the one we lend? CONFIRM asks that (RFC 8415, 18.3.3). */
static __always_inline int dhcp6_confirm(struct __sk_buff *skb, const struct reply *reply,
					 struct dhcp6_question *question)
{
	struct { __be16 code, len; struct address address; } named;
	struct address ours;

	if (question->ia_len < IA_WITH_ADDRESS ||
	    bpf_skb_load_bytes(skb, question->ia_at + IN_IA_ADDRESS, &named, sizeof named) ||
	    named.code != bpf_htons(DHCP6_IA_ADDRESS))
		return -DROP_DHCP_NO_ANSWER;
	__builtin_memcpy(&ours, reply->lease + IN_LEASE_ADDRESS, sizeof ours);
	if (!same_address(named.address.word, ours.word))
		question->status = bpf_htons(DHCP6_NOT_ON_LINK);
	return DHCP6_REPLY;
}

/* What to answer: a message type, or a negative drop reason. Who must name us, and who must not: RFC 8415, 16. */
static __always_inline int dhcp6_decide(struct __sk_buff *skb, const struct reply *reply,
					struct dhcp6_question *question, __u8 type)
{
	int named = question->server, can_lend = question->ia_at && reply->lends;

	if (named == 2)
		return -DROP_DHCP_FOREIGN;
	switch (type) {
	case DHCP6_SOLICIT:
	case DHCP6_REBIND:
	case DHCP6_CONFIRM:
		if (named)
			return -DROP_DHCP_MALFORMED;
		if (!can_lend)
			return -DROP_DHCP_NO_ANSWER;
		if (type == DHCP6_CONFIRM)
			return dhcp6_confirm(skb, reply, question);
		question->lends = 1;
		/* also where Rapid Commit is wished for: a server need not grant it, and a client discards a REPLY
		 * that does not carry the option (RFC 8415, 18.2.1)
		 */
		return type == DHCP6_SOLICIT ? DHCP6_ADVERTISE : DHCP6_REPLY;
	case DHCP6_REQUEST:
	case DHCP6_RENEW:
		if (!named)
			return -DROP_DHCP_MALFORMED;
		if (!can_lend)
			return -DROP_DHCP_NO_ANSWER;
		question->lends = 1;
		return DHCP6_REPLY;
	case DHCP6_RELEASE:
	case DHCP6_DECLINE:
		return named ? DHCP6_REPLY : -DROP_DHCP_MALFORMED;
	case DHCP6_INFORMATION_REQUEST:
		return question->ia_at ? -DROP_DHCP_MALFORMED : DHCP6_REPLY;
	default:
		return -DROP_DHCP_NO_ANSWER;
	}
}

/* Write lease or status, and client identifier, behind the prepared frame; returns their length, or a negative
 * reason. Only who asks for information may be nameless.
 */
static __always_inline int dhcp6_fill_tail(struct __sk_buff *skb, const struct reply *reply,
					   const struct dhcp6_question *question, __u8 type, struct dhcp6_tail *tail)
{
	__be16 status[] = {bpf_htons(DHCP6_STATUS), bpf_htons(sizeof question->status), question->status};
	__u64 len = question->client_len;

	if (!question->lends)
		__builtin_memcpy(tail->bytes, status, STATUS_LEN);
	if (!question->client_at && type == DHCP6_INFORMATION_REQUEST)
		return STATUS_LEN;
	PINNED(len);
	if (len < 5)
		return -DROP_DHCP_MALFORMED;
	PINNED(len);
	if (len > CLIENT_ID_MAX)
		return -DROP_DHCP_MALFORMED;
	if (!question->lends)
		return bpf_skb_load_bytes(skb, question->client_at, tail->bytes + STATUS_LEN, len)
			       ? -DROP_DHCP_MALFORMED : STATUS_LEN + (int)len;
	__builtin_memcpy(tail->bytes, reply->lease, LEASE_LEN);
	__builtin_memcpy(tail->bytes + 4, &question->ia, 4);
	if (bpf_skb_load_bytes(skb, question->client_at, tail->bytes + LEASE_LEN, len))
		return -DROP_DHCP_MALFORMED;
	return LEASE_LEN + len;
}

/* The prepared checksum covers the prepared frame with destination, type and transaction zero: add the rest. */
static __always_inline __u16 dhcp6_checksum(const struct reply *reply, struct dhcp6_tail *tail, __u32 tail_len,
					    struct address *to, __be32 type_and_id)
{
	__u16 prepared;
	__s64 sum = bpf_csum_diff(0, 0, (void *)tail, sizeof *tail, 0);
	__u16 part = ~fold(sum);

	if (reply->len & 1)
		part = part << 8 | part >> 8; /* the tail begins at an odd place */
	__builtin_memcpy(&prepared, reply->frame + AT6_UDP + offsetof(struct udphdr, check), 2);
	sum = bpf_csum_diff(0, 0, to->word, sizeof *to, 0);
	sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + part + (__u16)~prepared;
	sum += (type_and_id & 0xffff) + (type_and_id >> 16);
	sum += 2 * bpf_htons(tail_len); /* length stands in the UDP header and in the pseudo header */
	part = fold(sum);
	return part ? part : 0xffff;
}

/* A client's message to port 547. CONTINUE: this port has no DHCPv6 from us. */
static __always_inline int handle_dhcp6(struct __sk_buff *skb)
{
	__u32 ifindex = SKB(skb, ifindex), len;
	__u64 tail_len;
	struct reply *reply = bpf_map_lookup_elem(&dhcp6, &ifindex);
	struct dhcp6_question question = {};
	struct dhcp6_tail tail = {};
	struct address to;
	__be16 payload_len;
	__u16 check;
	__u8 type;
	int result;

	if (!reply)
		return CONTINUE;
	if (bpf_skb_load_bytes(skb, AT6_TYPE, &question.type_and_id, 4) ||
	    bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, saddr), &to, sizeof to))
		return -DROP_DHCP_MALFORMED;
	dhcp6_options(skb, reply, &question);
	type = bpf_ntohl(question.type_and_id) >> 24;
	result = dhcp6_decide(skb, reply, &question, type);
	if (result < 0)
		return result;
	question.type_and_id = (question.type_and_id & bpf_htonl(0xffffff)) | bpf_htonl(result << 24);
	result = dhcp6_fill_tail(skb, reply, &question, type, &tail);
	if (result < 0)
		return result;
	tail_len = result;
	len = reply->len;
	check = dhcp6_checksum(reply, &tail, tail_len, &to, question.type_and_id);
	payload_len = bpf_htons(len - AT6_UDP + tail_len);
	result = become(skb, reply, len, tail_len);
	if (result)
		return result;
	PINNED(tail_len);
	if (!tail_len)
		return -DROP_ERROR;
	PINNED(tail_len);
	if (tail_len > sizeof tail || bpf_skb_store_bytes(skb, len, &tail, tail_len, 0) ||
	    bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, payload_len), &payload_len, 2, 0) ||
	    bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, daddr), &to, sizeof to, 0) ||
	    bpf_skb_store_bytes(skb, AT6_UDP + offsetof(struct udphdr, len), &payload_len, 2, 0) ||
	    bpf_skb_store_bytes(skb, AT6_UDP + offsetof(struct udphdr, check), &check, 2, 0) ||
	    bpf_skb_store_bytes(skb, AT6_TYPE, &question.type_and_id, 4, 0))
		return -DROP_ERROR;
	return answer(skb);
}

#endif
