/* What a path through the kernel costs, to some tens of nanoseconds.
 *
 *   path SECONDS NAME CLIENT_NETNS SERVER_NETNS SERVER_IP [NAME …]
 *
 * One process holds both ends of a TCP connection per topology, so that nobody is woken and no core but its own
 * is waited for: what a send and a receive take is what the path takes. The topologies have their turns every
 * millisecond, and the median counts: a machine's moods last longer than that and fall on all alike.
 *
 * Prints one JSON object: {NAME: {"superpacket_us": …, "round_trip_us": …}}. Built by `make bench`.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORT 7102
#define SUPERPACKET_BYTES (46 * 1398) /* whole segments of MTU 1450 with timestamps, as many as fit into 64 KB */
#define SOCKET_BUFFER_BYTES (4 << 20)
#define TOPOLOGIES_MAX 16
#define SAMPLES_MAX (1 << 20)
#define TURN 30		/* sends in a row */
#define TURN_WARM 10	/* of them are not counted: the caches still hold the others' path */
#define WARM_UP 2000	/* until TCP sends superpackets */

struct samples {
	float *us;
	size_t count;
};

struct topology {
	const char *name;
	int client, server;
	struct samples superpackets, round_trips;
};

static char bytes[SUPERPACKET_BYTES];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec * 1e-3;
}

/* Sockets made from here on belong to this namespace. */
static void enter(const char *netns)
{
	char path[256];
	int file;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	file = open(path, O_RDONLY);
	if (file < 0 || setns(file, CLONE_NEWNET))
		die(path);
	close(file);
}

static int stream(void)
{
	int made = socket(AF_INET, SOCK_STREAM, 0), one = 1, room = SOCKET_BUFFER_BYTES;

	setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(made, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	setsockopt(made, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	return made;
}

static void pass(int from, int to, size_t count)
{
	if (write(from, bytes, count) != (ssize_t)count)
		die("write");
	while (count) {
		ssize_t got = read(to, bytes, count);

		if (got <= 0)
			die("read");
		count -= got;
	}
}

static void note(struct samples *samples, int turn, double us)
{
	if (turn >= TURN_WARM && samples->count < SAMPLES_MAX)
		samples->us[samples->count++] = us;
}

/* `words`: NAME CLIENT_NETNS SERVER_NETNS SERVER_IP */
static void join(struct topology *to, char **words)
{
	struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int listener;

	inet_pton(AF_INET, words[3], &where.sin_addr);
	enter(words[2]);
	listener = stream();
	if (bind(listener, (void *)&where, sizeof(where)) || listen(listener, 1))
		die("listen");
	enter(words[1]);
	to->name = words[0];
	to->client = stream();
	if (connect(to->client, (void *)&where, sizeof(where)))
		die("connect");
	to->server = accept(listener, NULL, NULL);
	close(listener);
	to->superpackets.us = malloc(SAMPLES_MAX * sizeof(float));
	to->round_trips.us = malloc(SAMPLES_MAX * sizeof(float));
	for (int i = 0; i < WARM_UP; i++)
		pass(to->client, to->server, SUPERPACKET_BYTES);
}

static void turn(struct topology *of)
{
	for (int i = 0; i < TURN; i++) {
		double then = now_us();

		pass(of->client, of->server, SUPERPACKET_BYTES);
		note(&of->superpackets, i, now_us() - then);
	}
	for (int i = 0; i < TURN; i++) {
		double then = now_us();

		pass(of->client, of->server, 1);
		pass(of->server, of->client, 1);
		note(&of->round_trips, i, now_us() - then);
	}
}

static int by_size(const void *left, const void *right)
{
	float a = *(const float *)left, b = *(const float *)right;

	return (a > b) - (a < b);
}

static double median(struct samples *samples)
{
	qsort(samples->us, samples->count, sizeof(*samples->us), by_size);
	return samples->us[samples->count / 2];
}

int main(int count, char **words)
{
	static struct topology topologies[TOPOLOGIES_MAX];
	int known = (count - 2) / 4;
	double end;

	if (count < 6 || (count - 2) % 4 || known > TOPOLOGIES_MAX) {
		fprintf(stderr, "usage: path SECONDS NAME CLIENT_NETNS SERVER_NETNS SERVER_IP [NAME ...]\n");
		return 2;
	}
	for (int i = 0; i < known; i++)
		join(&topologies[i], words + 2 + 4 * i);
	end = now_us() + atof(words[1]) * 1e6;
	while (now_us() < end)
		for (int i = 0; i < known; i++)
			turn(&topologies[i]);
	for (int i = 0; i < known; i++) {
		struct topology *one = &topologies[i];

		printf("%s\"%s\": {\"superpacket_us\": %.3f, \"round_trip_us\": %.3f}", i ? ", " : "{", one->name,
		       median(&one->superpackets), median(&one->round_trips));
	}
	puts("}");
	return 0;
}
