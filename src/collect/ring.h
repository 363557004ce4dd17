/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading end of a BPF ring buffer, one record at a time and without copying. Knows the layout of
 * the buffer, not what is in the records.
 */
#ifndef QPW_COLLECT_RING_H
#define QPW_COLLECT_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring;

/*
 * Map the buffer behind map_fd, whose data area has that size. Returns 0 or -errno; *out is NULL on
 * error.
 */
int ring_create(int map_fd, size_t bytes, struct ring **out);

/*
 * The oldest record and its length, not yet taken out: calling again gives the same one. NULL when
 * there is none, or the oldest is still being written.
 */
const void *ring_peek(struct ring *r, size_t *len);

/* Give the room of the record last seen back to the kernel; the record must not be read after. */
void ring_advance(struct ring *r);

/* Bytes in the buffer now, headers and padding included. */
size_t ring_pending_bytes(const struct ring *r);

void ring_destroy(struct ring *r);

#endif
