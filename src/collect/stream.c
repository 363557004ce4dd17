// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of delivery is: what user space put in, then the ring, then what was put in as last.
 * Must not know what the records mean but for the fields that hold a function's address or an
 * origin.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collect/stream.h"
#include "util/array.h"
#include "util/clock.h"

#define POLL_MS 10
#define REFRESH_NS 250000000ULL
#define TRACING_FRAMES 6	/* at most so many lead from a tracepoint to the program */
#define RELOAD_NS 1000000000ULL /* at most this often for an address that has no name */

struct queue {
	char *bytes;
	size_t start;
	size_t end;
	size_t size;
};

/* Addresses or ids; open addressing, 0 is none of them. */
struct number_set {
	uint64_t *slots;
	size_t nr_used;
	size_t nr_slots; /* a power of two */
};

struct stream {
	struct event_source source;
	struct stream_config config;
	uint64_t refreshed_ns;
	uint64_t reloaded_ns;
	struct queue first;
	struct queue last;
	struct number_set named;
	struct number_set stacks;
	struct number_set cgroups;
	bool explained; /* what the first record in the ring needs has been put before it */
	bool from_ring; /* the record given out last is still in the ring */
	bool finished;
};

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

static uint64_t *set_slot(const struct number_set *set, uint64_t number)
{
	size_t i = (number * 0x9e3779b97f4a7c15ULL) >> 32;

	for (;; i++) {
		uint64_t *slot = &set->slots[i & (set->nr_slots - 1)];

		if (!*slot || *slot == number)
			return slot;
	}
}

static int set_grow(struct number_set *set)
{
	struct number_set grown = { .nr_slots = set->nr_slots ? 2 * set->nr_slots : 256 };
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
static int set_add(struct number_set *set, uint64_t number)
{
	uint64_t *slot;

	if (2 * set->nr_used >= set->nr_slots && set_grow(set))
		return -ENOMEM;
	slot = set_slot(set, number);
	if (*slot)
		return 0;
	*slot = number;
	set->nr_used++;
	return 1;
}

static bool set_has(const struct number_set *set, uint64_t number)
{
	return set->nr_slots && *set_slot(set, number) == number;
}

/* Where an interrupt was sent from. */
static uint64_t callsite_of(const struct qpw_header *h)
{
	return h->kind == QPW_KIND_IPI ? ((const struct qpw_ipi *)h)->callsite : 0;
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

/*
 * A function of a module that was loaded after the table: read it again, but not all the time;
 * -EAGAIN when that is to be done another time.
 */
static int address_name(struct stream *s, uint64_t address, char *buf, size_t size)
{
	uint64_t now;
	int err = ksyms_name(s->config.ksyms, address, buf, size);

	if (err != -ENOENT)
		return err;
	now = clock_now_ns();
	if (s->reloaded_ns && now - s->reloaded_ns < RELOAD_NS)
		return -EAGAIN;
	s->reloaded_ns = now;
	err = ksyms_reload(s->config.ksyms);
	return err ? err : ksyms_name(s->config.ksyms, address, buf, size);
}

static void put_meta(struct stream *s, const struct qpw_header *before, struct qpw_header *meta,
		     enum qpw_kind kind, size_t size)
{
	meta->start_ns = before->start_ns;
	meta->end_ns = before->start_ns;
	meta->cpu = before->cpu;
	meta->kind = (uint16_t)kind;
	meta->size = (uint16_t)size;
	queue_put(&s->first, meta);
}

static void explain_address(struct stream *s, const struct qpw_header *h, uint64_t address)
{
	struct qpw_symbol symbol = { .address = address };
	int err;

	if (!address || !s->config.ksyms || set_has(&s->named, address))
		return;
	err = address_name(s, address, symbol.name, sizeof(symbol.name));
	if (err == -EAGAIN || set_add(&s->named, address) != 1 || err)
		return;
	put_meta(s, h, &symbol.h, QPW_META_SYMBOL, sizeof(symbol));
}

static bool is_of_tracing(const char *name)
{
	static const char *const prefixes[] = { "bpf_prog_", "bpf_trace_run", "__bpf_trace_",
						"__traceiter_", "bpf_get_stackid" };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}

/* How many frames at the innermost end are the way to our own program. */
static uint32_t frames_to_leave_out(struct stream *s, const uint64_t *frames, uint32_t nr)
{
	char name[QPW_SYMBOL_LEN];
	uint32_t i, own = 0;

	for (i = 0; s->config.ksyms && i < nr && i < TRACING_FRAMES; i++) {
		if (!ksyms_name(s->config.ksyms, frames[i], name, sizeof(name)) &&
		    is_of_tracing(name))
			own = i + 1;
	}
	return own < nr ? own : 0;
}

/*
 * The context is that of the innermost frame that only one context has: softirqs are run at the end
 * of an interrupt, so that its frames lie further out. What lies beyond that frame only happened to
 * be interrupted: *nr becomes what is left without it.
 */
static enum qpw_context cut_to_context(struct stream *s, const uint64_t *frames, uint32_t *nr)
{
	static const struct {
		const char *prefix;
		enum qpw_context context;
	} signs[] = {
		{ "handle_softirqs+", QPW_CONTEXT_SOFTIRQ }, /* since 6.11 */
		{ "__do_softirq+", QPW_CONTEXT_SOFTIRQ },
		{ "exc_nmi+", QPW_CONTEXT_NMI },
		{ "asm_exc_nmi+", QPW_CONTEXT_NMI },
		{ "asm_sysvec_", QPW_CONTEXT_HARDIRQ },
		{ "asm_common_interrupt+", QPW_CONTEXT_HARDIRQ },
	};
	bool whole = *nr && s->config.ksyms;
	char name[QPW_SYMBOL_LEN];

	for (uint32_t i = 0; s->config.ksyms && i < *nr; i++) {
		if (ksyms_name(s->config.ksyms, frames[i], name, sizeof(name))) {
			whole = false;
			continue;
		}
		for (size_t j = 0; j < ARRAY_SIZE(signs); j++) {
			if (strncmp(name, signs[j].prefix, strlen(signs[j].prefix)))
				continue;
			*nr = i + 1;
			return signs[j].context;
		}
	}
	return whole ? QPW_CONTEXT_TASK : QPW_CONTEXT_UNKNOWN;
}

/* A function with programs at its entry is called from a piece of code that the kernel made. */
static bool is_trampoline(struct stream *s, uint64_t address)
{
	char name[QPW_SYMBOL_LEN];

	return s->config.ksyms && !ksyms_name(s->config.ksyms, address, name, sizeof(name)) &&
	       !strncmp(name, "bpf_trampoline_", strlen("bpf_trampoline_"));
}

static void explain_stack(struct stream *s, const struct qpw_header *h, uint32_t id)
{
	struct qpw_stack stack = { .id = id };
	uint64_t frames[QPW_STACK_FRAMES];
	uint32_t nr, own, left;

	if (!id || !s->config.lookups->stack || set_add(&s->stacks, id) != 1)
		return;
	nr = s->config.lookups->stack(s->config.arg, id, frames);
	if (!nr)
		return;
	own = frames_to_leave_out(s, frames, nr);
	left = nr - own;
	stack.context = cut_to_context(s, frames + own, &left);
	/* one that fills all its room may go on */
	if (nr == QPW_STACK_FRAMES && stack.context == QPW_CONTEXT_TASK)
		stack.context = QPW_CONTEXT_UNKNOWN;
	for (uint32_t i = own; i < own + left; i++) {
		if (is_trampoline(s, frames[i]))
			continue;
		stack.frames[stack.nr_frames++] = frames[i];
		explain_address(s, h, frames[i]);
	}
	put_meta(s, h, &stack.h, QPW_META_STACK, sizeof(stack));
}

static void explain_cgroup(struct stream *s, const struct qpw_header *h, uint64_t id)
{
	struct qpw_cgroup cgroup = { .id = id };

	/* one that is not found may be new, and found later */
	if (!id || !s->config.lookups->cgroup || set_has(&s->cgroups, id) ||
	    s->config.lookups->cgroup(s->config.arg, id, cgroup.path, sizeof(cgroup.path)))
		return;
	set_add(&s->cgroups, id);
	put_meta(s, h, &cgroup.h, QPW_META_CGROUP, sizeof(cgroup));
}

static const struct qpw_origin *origin_of(const struct qpw_header *h)
{
	if (!(h->flags & QPW_F_ORIGIN))
		return NULL;
	switch (h->kind) {
	case QPW_KIND_IPI:
		return &((const struct qpw_ipi *)h)->origin;
	case QPW_KIND_WORK:
	case QPW_KIND_WORK_QUEUE:
		return &((const struct qpw_work *)h)->origin;
	case QPW_KIND_THREAD:
		return &((const struct qpw_thread *)h)->origin;
	case QPW_KIND_MIGRATE:
		return &((const struct qpw_migrate *)h)->origin;
	default:
		return NULL;
	}
}

/* Put in what has to come before h: the names and things that it refers to for the first time. */
static void explain(struct stream *s, const struct qpw_header *h)
{
	const struct qpw_origin *origin = origin_of(h);

	explain_address(s, h, function_of(h));
	explain_address(s, h, callsite_of(h));
	if (!origin)
		return;
	explain_cgroup(s, h, origin->cgroup);
	explain_stack(s, h, origin->stack);
}

static const struct qpw_header *stream_take(struct stream *s)
{
	const struct qpw_header *h, *first;
	size_t len;

	if (s->from_ring) {
		ring_advance(s->config.ring);
		s->from_ring = false;
	}
	first = queue_take(&s->first);
	if (first)
		return first;
	h = ring_peek(s->config.ring, &len);
	if (!h)
		return s->finished ? queue_take(&s->last) : NULL;
	if (!s->explained) {
		explain(s, h);
		s->explained = true;
		first = queue_take(&s->first);
		if (first)
			return first;
	}
	s->explained = false;
	s->from_ring = true;
	return h;
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
		now = clock_now_ns();
		if (now - s->refreshed_ns >= REFRESH_NS) {
			s->refreshed_ns = now;
			s->config.lookups->refresh(s->config.arg);
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

int stream_create(const struct stream_config *config, struct stream **out)
{
	struct stream *s = calloc(1, sizeof(*s));

	*out = s;
	if (!s)
		return -ENOMEM;
	s->source.ops = &stream_ops;
	s->config = *config;
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

void stream_explain_function(struct stream *s, uint64_t address)
{
	const struct qpw_header now = { .start_ns = clock_now_ns() };

	explain_address(s, &now, address);
}

void stream_explain_place(struct stream *s, uint64_t cgroup, uint32_t stack)
{
	const struct qpw_header now = { .start_ns = clock_now_ns() };

	explain_cgroup(s, &now, cgroup);
	explain_stack(s, &now, stack);
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
	free(s->stacks.slots);
	free(s->cgroups.slots);
	free(s);
}
