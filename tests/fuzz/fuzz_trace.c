// SPDX-License-Identifier: GPL-2.0-only
/*
 * A trace file of any bytes. Where the first byte is odd the checksums in it are put right, which
 * no mutation would hit upon: what lies behind them is then reached.
 */
#include "fuzz.h"

#include <string.h>
#include <zlib.h>

#include "store/trace_format.h"

static void mend_blocks(uint8_t *data, size_t size)
{
	while (size >= sizeof(struct trace_block)) {
		struct trace_block block;

		memcpy(&block, data, sizeof(block));
		if (block.comp_len > size - sizeof(block))
			return;
		block.crc = trace_block_crc(&block, data + sizeof(block));
		memcpy(data, &block, sizeof(block));
		data += sizeof(block) + block.comp_len;
		size -= sizeof(block) + block.comp_len;
	}
}

static void mend(uint8_t *data, size_t size)
{
	struct trace_header header;

	if (size < sizeof(header))
		return;
	memcpy(&header, data, sizeof(header));
	if (header.facts_len > size - sizeof(header))
		return;
	header.facts_crc = (uint32_t)crc32(0, data + sizeof(header), header.facts_len);
	memcpy(data, &header, sizeof(header));
	mend_blocks(data + sizeof(header) + header.facts_len,
		    size - sizeof(header) - header.facts_len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (!size)
		return 0;
	copy = malloc(size);
	FUZZ_ASSERT(copy);
	memcpy(copy, data + 1, size - 1);
	if (data[0] & 1)
		mend(copy, size - 1);
	fuzz_trace(fuzz_file(copy, size - 1));
	free(copy);
	return 0;
}
