// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a .qpw file, which may come from anywhere: every length is checked before it is used and
 * memory is bounded by the constants of the format. Knows files, not meanings.
 */
#include "store/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "store/trace_format.h"
#include "util/record.h"

struct trace_reader {
	struct event_source source;
	int fd;
	bool ended;
	int status; /* what next() returns once ended */
	struct host_facts facts;
	ZSTD_DCtx *zstd;
	unsigned char *raw;  /* TRACE_RAW_MAX bytes, aligned for records */
	unsigned char *comp; /* TRACE_COMP_MAX bytes */
	uint32_t raw_len;
	uint32_t pos;		/* in raw */
	uint32_t block_records; /* not yet seen of this block */
	struct trace_end seen;
	uint64_t nr_skipped;
	uint64_t fitted[QPW_EVENT_MAX / 8]; /* a record of another version, in our size */
	char problem[256];
};

/* Read len bytes; *got < len only at the end of the file. 0 or -errno. */
static int read_all(int fd, void *data, size_t len, size_t *got)
{
	char *p = data;

	*got = 0;
	while (*got < len) {
		ssize_t n = read(fd, p + *got, len - *got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		*got += (size_t)n;
	}
	return 0;
}

/* The source ends here, with what r->problem says. */
static int end_source(struct trace_reader *r, int status)
{
	size_t len = strlen(r->problem);

	r->ended = true;
	r->status = status;
	if (status)
		snprintf(r->problem + len, sizeof(r->problem) - len,
			 "; read before it: %" PRIu64 " records in %" PRIu64 " blocks",
			 r->seen.nr_records, r->seen.nr_blocks);
	len = strlen(r->problem);
	if (r->nr_skipped)
		snprintf(r->problem + len, sizeof(r->problem) - len,
			 "%s%" PRIu64 " malformed records skipped", len ? "; " : "", r->nr_skipped);
	return status;
}

/* End the source with a status and a reason, given as for printf(). */
#define END_SOURCE(r, status, ...) \
	(snprintf((r)->problem, sizeof((r)->problem), __VA_ARGS__), end_source(r, status))

static int read_facts(struct trace_reader *r, const struct trace_header *header)
{
	char *text = malloc(header->facts_len + 1);
	json_t *json = NULL;
	size_t got;
	int ret = -ENOMEM;

	if (!text)
		return ret;
	ret = read_all(r->fd, text, header->facts_len, &got);
	if (ret)
		goto out;
	ret = -EBADMSG;
	if (got != header->facts_len ||
	    crc32(0, (const Bytef *)text, header->facts_len) != header->facts_crc)
		goto out;
	json = json_loadb(text, header->facts_len, 0, NULL);
	if (!json_is_object(json))
		goto out;
	trace_facts_from_json(json, &r->facts);
	ret = 0;
out:
	json_decref(json);
	free(text);
	return ret;
}

static int read_header(struct trace_reader *r)
{
	struct trace_header header;
	size_t got;
	int ret = read_all(r->fd, &header, sizeof(header), &got);

	if (ret)
		return ret;
	if (got < TRACE_MAGIC_LEN || memcmp(header.magic, TRACE_MAGIC, TRACE_MAGIC_LEN) != 0)
		return -EPROTO;
	if (got < sizeof(header))
		return -EBADMSG;
	if (header.version > TRACE_VERSION)
		return -EPROTONOSUPPORT;
	if (!header.version || header.facts_len > TRACE_FACTS_MAX)
		return -EBADMSG;
	return read_facts(r, &header);
}

static int read_end(struct trace_reader *r, const struct trace_block *block)
{
	struct trace_end end;
	char more;
	size_t got;

	if (block->comp_len != sizeof(end))
		return END_SOURCE(r, -EBADMSG, "the end block is malformed");
	memcpy(&end, r->comp, sizeof(end));
	if (end.nr_blocks != r->seen.nr_blocks || end.nr_records != r->seen.nr_records)
		return END_SOURCE(r, -EBADMSG, "the end block tells of %" PRIu64 " records",
				  end.nr_records);
	if (!read_all(r->fd, &more, 1, &got) && got)
		return END_SOURCE(r, 0, "there is data behind the end of the trace; ignored");
	return END_SOURCE(r, 0, "%s", "");
}

static int unpack_records(struct trace_reader *r, const struct trace_block *block)
{
	size_t len = ZSTD_decompressDCtx(r->zstd, r->raw, TRACE_RAW_MAX, r->comp, block->comp_len);

	if (ZSTD_isError(len) || len != block->raw_len)
		return END_SOURCE(r, -EBADMSG, "block %" PRIu64 " does not decompress",
				  r->seen.nr_blocks + 1);
	r->raw_len = block->raw_len;
	r->pos = 0;
	r->block_records = block->nr_records;
	r->seen.nr_blocks++;
	return 0;
}

/* Read the next block and check it. 0 (one of records or a kind to skip) or the end's status. */
static int read_block(struct trace_reader *r)
{
	/* what some file systems leave of a file that grew as the power went */
	static const struct trace_block nothing;
	uint64_t nr = r->seen.nr_blocks + 1;
	struct trace_block block;
	size_t got;
	int ret = read_all(r->fd, &block, sizeof(block), &got);

	if (ret)
		return END_SOURCE(r, ret, "block %" PRIu64 " can't be read: %s", nr,
				  strerror(-ret));
	if (got < sizeof(block))
		return END_SOURCE(r, -ENODATA, "the recording broke off: it has no end block");
	if (!memcmp(&block, &nothing, sizeof(block)))
		return END_SOURCE(r, -ENODATA,
				  "the recording broke off: block %" PRIu64
				  " never reached the disk, there are zeros",
				  nr);
	if (block.magic != TRACE_BLOCK_MAGIC || block.raw_len > TRACE_RAW_MAX ||
	    block.comp_len > TRACE_COMP_MAX)
		return END_SOURCE(r, -EBADMSG, "block %" PRIu64 " has a corrupt header", nr);
	ret = read_all(r->fd, r->comp, block.comp_len, &got);
	if (ret)
		return END_SOURCE(r, ret, "block %" PRIu64 " can't be read: %s", nr,
				  strerror(-ret));
	if (got < block.comp_len)
		return END_SOURCE(r, -ENODATA, "the recording broke off inside block %" PRIu64, nr);
	if (trace_block_crc(&block, r->comp) != block.crc)
		return END_SOURCE(r, -EBADMSG, "block %" PRIu64 " is corrupt (checksum)", nr);
	if (block.kind == TRACE_BLOCK_RECORDS)
		return unpack_records(r, &block);
	return block.kind == TRACE_BLOCK_END ? read_end(r, &block) : 0;
}

/*
 * The record as this version knows it: what an older one lacks reads as zero, what a newer one has
 * more is left out. NULL when it is malformed.
 */
static const struct qpw_header *fit_record(struct trace_reader *r, const struct qpw_header *h)
{
	unsigned int size = record_size(h->kind);
	struct qpw_header *fitted = (struct qpw_header *)r->fitted;

	if (!size || h->size == size)
		return h;
	if (h->size < record_min_size(h->kind))
		return NULL;
	memset(r->fitted, 0, sizeof(r->fitted));
	memcpy(fitted, h, h->size < size ? h->size : size);
	fitted->size = (uint16_t)size;
	return fitted;
}

static int trace_next(struct event_source *src, const struct qpw_header **out, int timeout_ms)
{
	struct trace_reader *r = (struct trace_reader *)src;
	const struct qpw_header *h;

	(void)timeout_ms;
	for (;;) {
		if (r->ended)
			return r->status;
		if (r->pos == r->raw_len) {
			if (r->block_records)
				return END_SOURCE(r, -EBADMSG, "block %" PRIu64 " lacks records",
						  r->seen.nr_blocks);
			read_block(r);
			continue;
		}
		h = (const struct qpw_header *)(r->raw + r->pos);
		if (r->raw_len - r->pos < sizeof(*h) || h->size < sizeof(*h) || h->size % 8 ||
		    h->size > r->raw_len - r->pos || !r->block_records)
			return END_SOURCE(r, -EBADMSG, "block %" PRIu64 " has a malformed record",
					  r->seen.nr_blocks);
		r->pos += h->size;
		r->block_records--;
		r->seen.nr_records++;
		*out = fit_record(r, h);
		if (*out)
			return 1;
		r->nr_skipped++;
	}
}

/* The source lives in its reader, which trace_reader_close() ends. */
static void trace_source_destroy(struct event_source *src)
{
	(void)src;
}

static const struct event_source_ops trace_source_ops = {
	.next = trace_next,
	.destroy = trace_source_destroy,
};

int trace_reader_open(const char *path, struct trace_reader **out)
{
	struct trace_reader *r = calloc(1, sizeof(*r));
	int ret = -ENOMEM;

	*out = NULL;
	if (!r)
		return ret;
	r->source.ops = &trace_source_ops;
	r->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (r->fd < 0) {
		ret = -errno;
		goto fail;
	}
	ret = read_header(r);
	if (ret)
		goto fail;
	ret = -ENOMEM;
	r->raw = malloc(TRACE_RAW_MAX);
	r->comp = malloc(TRACE_COMP_MAX);
	r->zstd = ZSTD_createDCtx();
	if (!r->raw || !r->comp || !r->zstd)
		goto fail;
	*out = r;
	return 0;
fail:
	trace_reader_close(r);
	return ret;
}

const struct host_facts *trace_reader_facts(const struct trace_reader *r)
{
	return &r->facts;
}

struct event_source *trace_reader_source(struct trace_reader *r)
{
	return &r->source;
}

const char *trace_reader_problem(const struct trace_reader *r)
{
	return r->problem;
}

void trace_reader_close(struct trace_reader *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	ZSTD_freeDCtx(r->zstd);
	free(r->raw);
	free(r->comp);
	free(r);
}
