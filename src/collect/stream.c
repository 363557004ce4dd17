// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of delivery is: what user space put in, then the ring, then what was put in as last.
 * Must not know what the records mean but for the one field that holds a function's address.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collect/stream.h"

#define POLL_MS 10
#define REFRESH_NS 250000000ULL
#define RELOAD_NS 1000000000ULL /* at most this often for an address that has no name */

struct queue {
	char *bytes;
	size_t start;
	size_t end;
	size_t size;
};

/* Open addressing; 0 is no function's address. */
struct address_set {
	uint64_t *slots;
	size_t nr_used;
	size_t nr_slots; /* a power of two */
};

struct stream {
	struct event_source source;
	struct ring *ring;
	struct ksyms *ksyms;
	void (*refresh)(void *arg);
	void *arg;
	uint64_t refreshed_ns;
	uint64_t reloaded_ns;
	struct queue first;
	struct queue last;
	struct address_set named;
	struct qpw_symbol symbol;
	bool from_ring; /* the record given out last is still in the ring */
	bool finished;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static int queue_put(struct queue *q, const struct qpw_header *h)
{
	if (q->start == q->end) {
		q->start = 0;
		q->end = 0;
	}
	if (q->size - q->end < h->size) {
		size_t size = 2 * q->size + QPW_EVENT_MAX;
		char *bytes = realloc(q->bytes, size);

		if (!bytes)
			return -ENOMEM;
		q->bytes = bytes;
		q->size = size;
	}
	memcpy(q->bytes + q->end, h, h->size);
	q->end += h->size;
	return 0;
}

/* The record stays where it is until something is put in again. */
static const struct qpw_header *queue_take(struct queue *q)
{
	const struct qpw_header *h;

	if (q->start == q->end)
		return NULL;
	h = (const void *)(q->bytes + q->start);
	q->start += h->size;
	return h;
}

static uint64_t *set_slot(const struct address_set *set, uint64_t address)
{
	size_t i = (address * 0x9e3779b97f4a7c15ULL) >> 32;

	for (;; i++) {
		uint64_t *slot = &set->slots[i & (set->nr_slots - 1)];

		if (!*slot || *slot == address)
			return slot;
	}
}

static int set_grow(struct address_set *set)
{
	struct address_set grown = { .nr_slots = set->nr_slots ? 2 * set->nr_slots : 256 };
	size_t i;

	grown.slots = calloc(grown.nr_slots, sizeof(*grown.slots));
	if (!grown.slots)
		return -ENOMEM;
	for (i = 0; i < set->nr_slots; i++) {
		if (set->slots[i])
			*set_slot(&grown, set->slots[i]) = set->slots[i];
	}
	grown.nr_used = set->nr_used;
	free(set->slots);
	*set = grown;
	return 0;
}

/* 1 when it was not in the set before, 0 when it was, -ENOMEM. */
static int set_add(struct address_set *set, uint64_t address)
{
	uint64_t *slot;

	if (2 * set->nr_used >= set->nr_slots && set_grow(set))
		return -ENOMEM;
	slot = set_slot(set, address);
	if (*slot)
		return 0;
	*slot = address;
	set->nr_used++;
	return 1;
}

static uint64_t function_of(const struct qpw_header *h)
{
	switch (h->kind) {
	case QPW_KIND_IPI:
		return ((const struct qpw_ipi *)h)->function;
	case QPW_KIND_TIMER:
		return ((const struct qpw_timer *)h)->function;
	case QPW_KIND_NMI:
		return ((const struct qpw_nmi *)h)->function;
	case QPW_KIND_WORK:
	case QPW_KIND_WORK_QUEUE:
		return ((const struct qpw_work *)h)->function;
	case QPW_KIND_FLUSH:
		return ((const struct qpw_flush *)h)->function;
	case QPW_KIND_QPW_QUEUE:
	case QPW_KIND_QPW_INLINE:
	case QPW_KIND_QPW_FLUSH:
		return ((const struct qpw_op *)h)->function;
	default:
		return 0;
	}
}

/* A function of a module that was loaded after the table: read it again, but not all the time. */
static int address_name(struct stream *s, uint64_t address, char *buf, size_t size)
{
	uint64_t now;
	int err = ksyms_name(s->ksyms, address, buf, size);

	if (err != -ENOENT)
		return err;
	now = now_ns();
	if (s->reloaded_ns && now - s->reloaded_ns < RELOAD_NS)
		return err;
	s->reloaded_ns = now;
	err = ksyms_reload(s->ksyms);
	return err ? err : ksyms_name(s->ksyms, address, buf, size);
}

/* The symbol record that has to come before h; NULL when there is nothing new to say. */
static const struct qpw_header *symbol_before(struct stream *s, const struct qpw_header *h)
{
	uint64_t address = function_of(h);
	struct qpw_symbol *symbol = &s->symbol;

	if (!address || !s->ksyms || set_add(&s->named, address) != 1)
		return NULL;
	memset(symbol, 0, sizeof(*symbol));
	if (address_name(s, address, symbol->name, sizeof(symbol->name)))
		return NULL;
	symbol->h.start_ns = h->start_ns;
	symbol->h.end_ns = h->start_ns;
	symbol->h.cpu = h->cpu;
	symbol->h.kind = QPW_META_SYMBOL;
	symbol->h.size = sizeof(*symbol);
	symbol->address = address;
	return &symbol->h;
}

static const struct qpw_header *stream_take(struct stream *s)
{
	const struct qpw_header *h, *symbol;
	size_t len;

	if (s->from_ring) {
		ring_advance(s->ring);
		s->from_ring = false;
	}
	h = queue_take(&s->first);
	if (h)
		return h;
	h = ring_peek(s->ring, &len);
	if (h) {
		symbol = symbol_before(s, h);
		if (symbol)
			return symbol;
		s->from_ring = true;
		return h;
	}
	return s->finished ? queue_take(&s->last) : NULL;
}

static void poll_sleep(int ms)
{
	struct timespec ts = { .tv_nsec = ms * 1000000L };

	nanosleep(&ts, NULL);
}

static int stream_next(struct event_source *source, const struct qpw_header **out, int timeout_ms)
{
	struct stream *s = (struct stream *)source;

	for (;;) {
		int ms = timeout_ms < POLL_MS ? timeout_ms : POLL_MS;
		uint64_t now;

		*out = stream_take(s);
		if (*out)
			return 1;
		if (s->finished)
			return 0;
		now = now_ns();
		if (now - s->refreshed_ns >= REFRESH_NS) {
			s->refreshed_ns = now;
			s->refresh(s->arg);
			continue;
		}
		if (timeout_ms <= 0)
			return -EAGAIN;
		poll_sleep(ms);
		timeout_ms -= ms;
	}
}

/* Owned by the collector, which destroys the stream itself. */
static void stream_release(struct event_source *source)
{
	(void)source;
}

static const struct event_source_ops stream_ops = {
	.next = stream_next,
	.destroy = stream_release,
};

int stream_create(struct ring *ring, struct ksyms *ksyms, void (*refresh)(void *arg), void *arg,
		  struct stream **out)
{
	struct stream *s = calloc(1, sizeof(*s));

	*out = s;
	if (!s)
		return -ENOMEM;
	s->source.ops = &stream_ops;
	s->ring = ring;
	s->ksyms = ksyms;
	s->refresh = refresh;
	s->arg = arg;
	return 0;
}

int stream_put(struct stream *s, const struct qpw_header *h)
{
	return queue_put(&s->first, h);
}

int stream_put_last(struct stream *s, const struct qpw_header *h)
{
	return queue_put(&s->last, h);
}

void stream_finish(struct stream *s)
{
	s->finished = true;
}

struct event_source *stream_source(struct stream *s)
{
	return &s->source;
}

void stream_destroy(struct stream *s)
{
	if (!s)
		return;
	free(s->first.bytes);
	free(s->last.bytes);
	free(s->named.slots);
	free(s);
}
