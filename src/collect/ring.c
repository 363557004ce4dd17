// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buffer's layout is that of kernel/bpf/ringbuf.c: a page with the consumer's position, a page
 * with the producer's, then the data, mapped twice in a row so that no record wraps. libbpf's own
 * reader calls back for every record in the buffer; an event source has to stop after each.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "collect/ring.h"

struct ring {
	size_t page_bytes;
	size_t bytes; /* of the data area, a power of two */
	unsigned long *consumer;
	void *map; /* producer's page and data */
	const unsigned long *producer;
	const char *data;
	unsigned long position; /* what *consumer holds */
	size_t taken_bytes;	/* of the record last seen, header and padding included; 0 = none */
};

int ring_create(int map_fd, size_t bytes, struct ring **out)
{
	struct ring *r = calloc(1, sizeof(*r));
	void *map;
	int err;

	*out = NULL;
	if (!r)
		return -ENOMEM;
	r->page_bytes = sysconf(_SC_PAGESIZE);
	r->bytes = bytes;
	map = mmap(NULL, r->page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);
	if (map == MAP_FAILED)
		goto fail;
	r->consumer = map;
	map = mmap(NULL, r->page_bytes + 2 * bytes, PROT_READ, MAP_SHARED, map_fd, r->page_bytes);
	if (map == MAP_FAILED)
		goto fail;
	r->map = map;
	r->producer = map;
	r->data = (const char *)map + r->page_bytes;
	r->position = *r->consumer;
	*out = r;
	return 0;
fail:
	err = errno;
	ring_destroy(r);
	return err ? -err : -EINVAL;
}

static size_t round_up_8(size_t len)
{
	return (len + 7) & ~(size_t)7;
}

const void *ring_peek(struct ring *r, size_t *len)
{
	for (;;) {
		const char *record = r->data + (r->position & (r->bytes - 1));
		const unsigned int *header = (const void *)record;
		unsigned int word;

		if (r->position >= __atomic_load_n(r->producer, __ATOMIC_ACQUIRE))
			return NULL;
		word = __atomic_load_n(header, __ATOMIC_ACQUIRE);
		if (word & BPF_RINGBUF_BUSY_BIT)
			return NULL;
		*len = word & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		r->taken_bytes = round_up_8(*len + BPF_RINGBUF_HDR_SZ);
		if (!(word & BPF_RINGBUF_DISCARD_BIT))
			return record + BPF_RINGBUF_HDR_SZ;
		ring_advance(r);
	}
}

void ring_advance(struct ring *r)
{
	r->position += r->taken_bytes;
	r->taken_bytes = 0;
	__atomic_store_n(r->consumer, r->position, __ATOMIC_RELEASE);
}

size_t ring_pending_bytes(const struct ring *r)
{
	return __atomic_load_n(r->producer, __ATOMIC_ACQUIRE) - r->position;
}

void ring_destroy(struct ring *r)
{
	if (!r)
		return;
	if (r->consumer)
		munmap(r->consumer, r->page_bytes);
	if (r->map)
		munmap(r->map, r->page_bytes + 2 * r->bytes);
	free(r);
}
