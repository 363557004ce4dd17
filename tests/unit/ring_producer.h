/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ring buffer in a file, with the layout that the kernel documents for its own, and who writes
 * into it. Knows no records.
 */
#ifndef QPW_TESTS_UNIT_RING_PRODUCER_H
#define QPW_TESTS_UNIT_RING_PRODUCER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define RING_BYTES 4096

/* The kernel's side of a ring buffer. */
struct producer {
	int fd;
	unsigned long position;
};

static inline void pwrite_all(int fd, const void *data, size_t len, off_t offset)
{
	assert_int_equal(pwrite(fd, data, len, offset), (ssize_t)len);
}

static inline void producer_create(struct producer *p)
{
	long page = sysconf(_SC_PAGESIZE);

	p->fd = memfd_create("ring", 0);
	p->position = 0;
	assert_true(p->fd >= 0);
	assert_int_equal(ftruncate(p->fd, 2 * page + 2 * RING_BYTES), 0);
}

/* Both places where the reader may see a byte of the data area. */
static inline void write_data(struct producer *p, const void *data, size_t len,
			      unsigned long position)
{
	off_t start = 2 * sysconf(_SC_PAGESIZE);
	size_t i;

	for (i = 0; i < len; i++) {
		off_t offset = (off_t)((position + i) & (RING_BYTES - 1));

		pwrite_all(p->fd, (const char *)data + i, 1, start + offset);
		pwrite_all(p->fd, (const char *)data + i, 1, start + RING_BYTES + offset);
	}
}

/* Returns the position of the record's header. */
static inline unsigned long produce(struct producer *p, const void *data, unsigned int len,
				    unsigned int bits)
{
	unsigned int header[2] = { len | bits, 0 };
	unsigned long at = p->position;

	write_data(p, data, len, at + sizeof(header));
	write_data(p, header, sizeof(header), at);
	p->position += (len + sizeof(header) + 7) & ~7UL;
	pwrite_all(p->fd, &p->position, sizeof(p->position), sysconf(_SC_PAGESIZE));
	return at;
}

#endif
