// SPDX-License-Identifier: GPL-2.0-only
/*
 * The requests of qpw_noise: "KIND KEY=NUMBER ...", words apart by one space, nothing guessed and
 * nothing ignored. A line that is not right is refused with the reason in the kernel's log.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/printk.h>
#include <linux/qpw.h>
#include <linux/string.h>

#include "qpw_noise.h"

/* Below what stall detectors and a waiting CPU hotplug would call a hang. */
#define MAX_US 1000000U
#define MAX_TOTAL_US 60000000U

static const struct {
	const char *name;
	unsigned int min;
	unsigned int max;
	size_t offset;
} keys[QPW_NOISE_NR_KEYS] = {
	[QPW_NOISE_CPU] = { "cpu", 0, UINT_MAX, offsetof(struct qpw_noise_request, cpu) },
	[QPW_NOISE_COUNT] = { "count", 1, UINT_MAX, offsetof(struct qpw_noise_request, count) },
	[QPW_NOISE_US] = { "us", 0, MAX_US, offsetof(struct qpw_noise_request, us) },
	[QPW_NOISE_GAP] = { "gap", 0, MAX_US, offsetof(struct qpw_noise_request, gap) },
};

static struct qpw_noise_kind *find_kind(const char *name)
{
	unsigned int i;

	for (i = 0; i < qpw_noise_nr_kinds; i++)
		if (!strcmp(qpw_noise_kinds[i].name, name))
			return &qpw_noise_kinds[i];
	return NULL;
}

static int find_key(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].name, name))
			return i;
	return -ENOENT;
}

/* Digits and no more: kstrtouint() would let a sign and a line feed pass. */
static int parse_number(const char *text, unsigned int *number)
{
	if (!*text || text[strspn(text, "0123456789")])
		return -EINVAL;
	return kstrtouint(text, 10, number);
}

static int parse_pair(char *word, struct qpw_noise_request *rq, unsigned int *seen)
{
	const struct qpw_noise_kind *kind = rq->kind;
	char *text = strchr(word, '=');
	unsigned int number, max;
	int key, ret;

	if (!text) {
		pr_err("%s: \"%*pE\" is not KEY=NUMBER, words apart by single spaces\n", kind->name,
		       (int)strlen(word), word);
		return -EINVAL;
	}
	*text++ = '\0';
	key = find_key(word);
	if (key < 0 || !((kind->needs | kind->takes) & BIT(key))) {
		pr_err("%s knows no key \"%*pE\"\n", kind->name, (int)strlen(word), word);
		return -EINVAL;
	}
	if (*seen & BIT(key)) {
		pr_err("%s: %s= is there twice\n", kind->name, word);
		return -EINVAL;
	}
	ret = parse_number(text, &number);
	if (ret == -EINVAL) {
		pr_err("%s: %s=%*pE is no decimal number\n", kind->name, word, (int)strlen(text),
		       text);
		return ret;
	}
	max = key == QPW_NOISE_COUNT ? kind->max_count : keys[key].max;
	if (ret || number < keys[key].min || number > max) {
		pr_err("%s: %s=%s is not within %u to %u\n", kind->name, word, text, keys[key].min,
		       max);
		return -ERANGE;
	}
	*(unsigned int *)((char *)rq + keys[key].offset) = number;
	*seen |= BIT(key);
	return 0;
}

/* What only the whole request tells. */
static int check_request(const struct qpw_noise_request *rq, unsigned int seen)
{
	const struct qpw_noise_kind *kind = rq->kind;
	unsigned int key;

	for (key = 0; key < QPW_NOISE_NR_KEYS; key++) {
		if (kind->needs & ~seen & BIT(key)) {
			pr_err("%s needs %s=\n", kind->name, keys[key].name);
			return -EINVAL;
		}
	}
	if ((u64)rq->count * ((u64)rq->us + rq->gap) > MAX_TOTAL_US) {
		pr_err("%s: count * (us + gap) is more than %u us\n", kind->name, MAX_TOTAL_US);
		return -ERANGE;
	}
	if ((kind->needs & BIT(QPW_NOISE_CPU)) && (rq->cpu >= nr_cpu_ids || !cpu_online(rq->cpu))) {
		pr_err("%s: CPU %u is not online\n", kind->name, rq->cpu);
		return -ENODEV;
	}
	if (kind->remote && !qpw_enabled()) {
		pr_err("%s needs qpw=1: with local locks no CPU can take another's\n", kind->name);
		return -EOPNOTSUPP;
	}
	return 0;
}

/**
 * qpw_noise_parse - Make a request of a line
 * @line: The line, without its line feed; it is changed.
 * @rq: The request, complete and permitted if 0 is returned.
 *
 * Return: 0, or a negative error after one line in the log that says what is wrong.
 */
int qpw_noise_parse(char *line, struct qpw_noise_request *rq)
{
	unsigned int seen = 0;
	char *word;
	int ret;

	*rq = (struct qpw_noise_request){};
	word = strsep(&line, " ");
	rq->kind = find_kind(word);
	if (!rq->kind) {
		pr_err("there is no kind \"%*pE\"\n", (int)strlen(word), word);
		return -EINVAL;
	}
	while ((word = strsep(&line, " "))) {
		ret = parse_pair(word, rq, &seen);
		if (ret)
			return ret;
	}
	return check_request(rq, seen);
}
