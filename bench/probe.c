/* A small traffic probe: what the data-path benchmark sends and counts.
 *
 *   probe server IP PORT           answers the others: echoes TCP, counts UDP
 *   probe rr     IP PORT SECONDS   one connection, one byte there and back: round-trip percentiles
 *   probe crr    IP PORT SECONDS   connect, one byte there and back, close: connections per second
 *   probe udp    IP PORT SECONDS   flood of 18-byte datagrams (64-byte frames): those that arrived, per second
 *
 * Prints one JSON object. Built by `make bench`.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64	  /* datagrams per system call */
#define DATAGRAM_BYTES 18 /* + UDP 8 + IPv4 20 + Ethernet 14 + FCS 4 = the smallest Ethernet frame */
#define SOCKET_BUFFER_BYTES (8 << 20)
#define WARM_UP_ROUND_TRIPS 200
#define ROUND_TRIPS_MAX (4 << 20)
#define DRAIN_US 200000	  /* what is under way at the end of a flood still counts */
#define HOW_MANY '?'	  /* asks the server for its count; any other byte is echoed */

static struct sockaddr_in where;
static volatile uint64_t datagrams_received;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

/* ---- the answering side ---- */

static void *count_datagrams(void *argument)
{
	static char buffers[BATCH][2048];
	struct iovec vectors[BATCH];
	struct mmsghdr messages[BATCH] = {};
	int udp = *(int *)argument;

	for (int i = 0; i < BATCH; i++) {
		vectors[i] = (struct iovec){buffers[i], sizeof(buffers[i])};
		messages[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
	}
	for (;;) {
		int received = recvmmsg(udp, messages, BATCH, MSG_WAITFORONE, NULL);

		if (received > 0)
			datagrams_received += received;
	}
	return NULL;
}

/* Answer what came on a connection; returns 0 once it is closed. */
static int answer(int connection)
{
	char bytes[64];
	ssize_t length = read(connection, bytes, sizeof(bytes));

	if (length <= 0)
		return 0;
	if (bytes[0] == HOW_MANY) {
		uint64_t count = datagrams_received;

		return write(connection, &count, sizeof(count)) == sizeof(count);
	}
	return write(connection, bytes, length) == length;
}

static void accept_on(int listener, int poll)
{
	int one = 1, connection = accept(listener, NULL, NULL);
	struct epoll_event readable = {.events = EPOLLIN, .data.fd = connection};

	if (connection < 0)
		return;
	setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	epoll_ctl(poll, EPOLL_CTL_ADD, connection, &readable);
}

static void serve(void)
{
	int one = 1, bytes = SOCKET_BUFFER_BYTES, poll = epoll_create1(0);
	int listener = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0);
	struct epoll_event ready[BATCH], readable = {.events = EPOLLIN, .data.fd = listener};
	pthread_t counter;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(udp, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	if (bind(listener, (void *)&where, sizeof(where)) || listen(listener, 4096) || bind(udp, (void *)&where, sizeof(where)))
		die("probe server");
	pthread_create(&counter, NULL, count_datagrams, &udp);
	epoll_ctl(poll, EPOLL_CTL_ADD, listener, &readable);
	for (;;) {
		int count = epoll_wait(poll, ready, BATCH, -1);

		for (int i = 0; i < count; i++) {
			if (ready[i].data.fd == listener)
				accept_on(listener, poll);
			else if (!answer(ready[i].data.fd))
				close(ready[i].data.fd);
		}
	}
}

/* ---- the asking side ---- */

/* Returns a connection, or -1. */
static int dial(void)
{
	int one = 1, connection = socket(AF_INET, SOCK_STREAM, 0);
	struct timeval patience = {.tv_sec = 2};

	setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(connection, (void *)&where, sizeof(where)) == 0)
		return connection;
	close(connection);
	return -1;
}

static int dial_or_die(void)
{
	int connection = dial();

	if (connection < 0)
		die("connect");
	return connection;
}

static int there_and_back(int connection)
{
	char byte = 'x';

	return write(connection, &byte, 1) == 1 && read(connection, &byte, 1) == 1;
}

static int by_size(const void *left, const void *right)
{
	float a = *(const float *)left, b = *(const float *)right;

	return (a > b) - (a < b);
}

static void round_trips(double seconds)
{
	int connection = dial_or_die();
	float *taken_us = malloc(ROUND_TRIPS_MAX * sizeof(*taken_us));
	size_t count = 0;
	double end, then;

	for (int i = 0; i < WARM_UP_ROUND_TRIPS; i++)
		if (!there_and_back(connection))
			die("round trip");
	then = now();
	end = then + seconds;
	while (then < end && count < ROUND_TRIPS_MAX) {
		double after;

		if (!there_and_back(connection))
			die("round trip");
		after = now();
		taken_us[count++] = (after - then) * 1e6;
		then = after;
	}
	qsort(taken_us, count, sizeof(*taken_us), by_size);
	printf("{\"rr_p50_us\": %.2f, \"rr_p99_us\": %.2f}\n", taken_us[count / 2], taken_us[count * 99 / 100]);
}

static void connections(double seconds)
{
	struct linger reset = {.l_onoff = 1}; /* no TIME_WAIT: the client must not run out of ports */
	double start = now(), end = start + seconds;
	long made = 0, failed = 0;

	while (now() < end) {
		int connection = dial();

		if (connection >= 0 && there_and_back(connection))
			made++;
		else
			failed++;
		if (connection >= 0) {
			setsockopt(connection, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
			close(connection);
		}
	}
	printf("{\"connections_per_s\": %.0f, \"connections_failed\": %ld}\n", made / (now() - start), failed);
}

static uint64_t ask_count(int connection)
{
	char question = HOW_MANY;
	uint64_t count;

	if (write(connection, &question, 1) != 1 || read(connection, &count, sizeof(count)) != sizeof(count))
		die("count");
	return count;
}

static void flood(double seconds)
{
	int connection = dial_or_die(), udp = socket(AF_INET, SOCK_DGRAM, 0), bytes = SOCKET_BUFFER_BYTES;
	char payload[DATAGRAM_BYTES] = {};
	struct iovec vector = {payload, sizeof(payload)};
	struct mmsghdr messages[BATCH] = {};
	uint64_t before = ask_count(connection), sent = 0, arrived;
	double start, took;

	setsockopt(udp, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes));
	if (connect(udp, (void *)&where, sizeof(where)))
		die("udp connect");
	for (int i = 0; i < BATCH; i++)
		messages[i].msg_hdr = (struct msghdr){.msg_iov = &vector, .msg_iovlen = 1};
	start = now();
	while (now() < start + seconds) {
		int count = sendmmsg(udp, messages, BATCH, 0);

		if (count > 0)
			sent += count;
	}
	took = now() - start;
	usleep(DRAIN_US);
	arrived = ask_count(connection) - before;
	printf("{\"udp_sent_pps\": %.0f, \"udp_pps\": %.0f}\n", sent / took, arrived / took);
}

int main(int count, char **words)
{
	double seconds = count > 4 ? atof(words[4]) : 1;

	signal(SIGPIPE, SIG_IGN);
	if (count < 4 || inet_pton(AF_INET, words[2], &where.sin_addr) != 1) {
		fprintf(stderr, "usage: probe server|rr|crr|udp IP PORT [SECONDS]\n");
		return 2;
	}
	where.sin_family = AF_INET;
	where.sin_port = htons(atoi(words[3]));
	if (!strcmp(words[1], "server"))
		serve();
	else if (!strcmp(words[1], "rr"))
		round_trips(seconds);
	else if (!strcmp(words[1], "crr"))
		connections(seconds);
	else if (!strcmp(words[1], "udp"))
		flood(seconds);
	return 0;
}
