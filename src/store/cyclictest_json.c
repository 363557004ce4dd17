// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cyclictest's JSON and its quirks: keys with a colon inside ("cmdline:"), sparse histograms of
 * whole microseconds that leave out what overflowed, a zero exit code whatever happened.
 */
#include "store/cyclictest_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "util/array.h"

/* Cyclictest's own limit is one million buckets, an hour at 1 µs is 2^32 cycles. */
#define BUCKET_LIMIT 1000000000ull
#define CYCLES_LIMIT (1ull << 40)

/* rt-tests writes some keys as "key:"; both spellings are accepted. */
static json_t *get(const json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);
	char spelled[64];

	if (value)
		return value;
	snprintf(spelled, sizeof(spelled), "%s:", key);
	return json_object_get(object, spelled);
}

/* A non-negative integer member below limit. */
static int get_count(const json_t *object, const char *key, uint64_t limit, uint64_t *out)
{
	const json_t *value = get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    (uint64_t)json_integer_value(value) > limit)
		return -EINVAL;
	*out = (uint64_t)json_integer_value(value);
	return 0;
}

/* hist_add() of the same value count times. */
static int add_many(struct hist *h, uint64_t value, uint64_t count)
{
	uint32_t index = hist_index(value);
	uint64_t rest;
	int ret;

	if (!count)
		return 0;
	ret = hist_add(h, value);
	if (ret)
		return ret;
	h->octaves[index / HIST_SUB][index % HIST_SUB] += count - 1;
	h->count += count - 1;
	if (__builtin_mul_overflow(value, count - 1, &rest) ||
	    __builtin_add_overflow(h->sum, rest, &h->sum))
		h->sum = UINT64_MAX;
	return 0;
}

/* First microsecond beyond the histogram: "-h N", "-H N" or "--histogram=N"; 0 = not said. */
static uint64_t histogram_bound(const char *cmdline)
{
	static const char *const options[] = { " -h", " -H", " --histogram", " --histofall" };

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		const char *at = strstr(cmdline, options[i]);
		uint64_t bound;

		if (!at)
			continue;
		at += strlen(options[i]);
		at += strspn(at, " =");
		bound = strtoull(at, NULL, 10);
		if (bound > 0 && bound <= BUCKET_LIMIT)
			return bound;
	}
	return 0;
}

struct scale {
	uint64_t ns;	/* per unit of the file */
	uint64_t bound; /* 0 = not known */
};

/* The sparse buckets; *sum and *end tell how many samples and the first bucket beyond the last. */
static int read_histogram(json_t *histogram, const struct scale *scale, struct hist *h,
			  uint64_t *sum, uint64_t *end)
{
	const char *key;
	json_t *value;

	json_object_foreach(histogram, key, value) {
		char *rest;
		uint64_t bucket = strtoull(key, &rest, 10), count;

		if (rest == key || *rest || *key == '-' || bucket > BUCKET_LIMIT ||
		    !json_is_integer(value) || json_integer_value(value) < 0)
			return -EINVAL;
		count = (uint64_t)json_integer_value(value);
		if (count > CYCLES_LIMIT)
			return -EINVAL;
		*sum += count;
		if (bucket >= *end)
			*end = bucket + 1;
		if (add_many(h, bucket * scale->ns, count))
			return -ENOMEM;
	}
	return 0;
}

static int read_thread(const json_t *thread, const struct scale *scale, struct boot_cyclictest *out)
{
	json_t *histogram = get(thread, "histogram");
	uint64_t cycles, max = 0, sum = 0, end = 0, over;
	int ret;

	if (get_count(thread, "cycles", CYCLES_LIMIT, &cycles))
		return -EINVAL;
	out->nr_cycles += cycles;
	if (!cycles)
		return 0;
	if (get_count(thread, "max", BUCKET_LIMIT, &max) ||
	    (histogram && !json_is_object(histogram)))
		return -EINVAL;
	ret = histogram ? read_histogram(histogram, scale, out->latency, &sum, &end) : 0;
	if (ret)
		return ret;
	if (sum > cycles)
		return -EINVAL;
	over = cycles - sum;
	if (!over)
		return 0;
	out->nr_overflow += over;
	if (scale->bound > end)
		end = scale->bound;
	if (max < end)
		end = max;
	if (add_many(out->latency, end * scale->ns, over - 1) ||
	    add_many(out->latency, max * scale->ns, 1))
		return -ENOMEM;
	return 0;
}

static int read_all(const json_t *root, struct boot_cyclictest *out)
{
	json_t *threads = get(root, "thread");
	const char *cmdline = json_string_value(get(root, "cmdline"));
	struct scale scale = { .ns = 1000, .bound = 0 };
	const char *key;
	json_t *thread;

	if (!json_is_object(threads) || !json_object_size(threads))
		return -EINVAL;
	if (json_integer_value(get(root, "resolution_in_ns")) == 1)
		scale.ns = 1;
	if (cmdline) {
		scale.bound = histogram_bound(cmdline);
		out->break_value = strstr(cmdline, " -b") || strstr(cmdline, " --breaktrace");
	}
	out->return_code = (int)json_integer_value(get(root, "return_code"));
	json_object_foreach(threads, key, thread) {
		int ret = read_thread(thread, &scale, out);

		if (ret)
			return ret;
	}
	out->present = true;
	return 0;
}

int cyclictest_json_parse(const char *text, size_t len, struct boot_cyclictest *out)
{
	json_t *root = json_loadb(text, len, 0, NULL);
	int ret = -EINVAL;

	memset(out, 0, sizeof(*out));
	out->latency = hist_create();
	if (out->latency && root)
		ret = read_all(root, out);
	else if (!out->latency)
		ret = -ENOMEM;
	json_decref(root);
	if (ret) {
		if (out->latency)
			hist_destroy(out->latency);
		memset(out, 0, sizeof(*out));
	}
	return ret;
}
