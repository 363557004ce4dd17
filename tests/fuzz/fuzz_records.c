// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of any bytes in a file that is right around them: a byte for the kind of the next record,
 * which is then given the size that its kind has, or whatever its header says.
 */
#include "fuzz.h"

#include <string.h>
#include <unistd.h>

#include "store/trace.h"
#include "util/record.h"

#define META 0x80 /* in the byte of a kind */
#define AS_IT_IS 0x7f

/* The record at data, cut to what there is; its size in bytes. */
static size_t take_record(uint8_t tag, const uint8_t *data, size_t size, void *record)
{
	unsigned int kind = tag & META ? QPW_META_FIRST + (tag & ~META) : tag;
	struct qpw_header h;
	size_t len = tag == AS_IT_IS ? QPW_EVENT_MAX : record_size(kind);

	if (len < sizeof(h))
		len = sizeof(h);
	memset(record, 0, QPW_EVENT_MAX);
	memcpy(record, data, len < size ? len : size);
	memcpy(&h, record, sizeof(h));
	if (tag != AS_IT_IS) {
		h.kind = (uint16_t)kind;
		h.size = (uint16_t)len;
		h.cpu %= 8; /* each takes memory */
		memcpy(record, &h, sizeof(h));
	}
	return h.size < len ? h.size : len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct host_facts facts = { .hostname = "fuzz", .watched = "1-7" };
	const char *path = fuzz_file("", 0);
	uint64_t record[QPW_EVENT_MAX / 8];
	struct trace_writer *w;

	FUZZ_ASSERT(!trace_writer_open(path, &facts, &w));
	while (size > 1) {
		size_t len = take_record(data[0], data + 1, size - 1, record);

		/* one that the writer refuses can't be in a file by it */
		trace_writer_put(w, (const struct qpw_header *)record);
		len = len < size - 1 ? len : size - 1;
		data += 1 + len;
		size -= 1 + len;
	}
	FUZZ_ASSERT(!trace_writer_close(w));
	fuzz_trace(path);
	return 0;
}
