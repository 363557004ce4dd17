// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets of CPUs in the kernel's list format. The grammar is that of the kernel's
 * bitmap_parselist(): ranges, single CPUs, and "first-last:used/group". Knows no files.
 */
#include "util/cpulist.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Read a decimal number; *text moves past it. */
static int parse_number(const char **text, unsigned int *out)
{
	unsigned int value = 0;

	if (!isdigit((unsigned char)**text))
		return -EINVAL;
	for (; isdigit((unsigned char)**text); (*text)++) {
		value = value * 10 + (unsigned int)(**text - '0');
		if (value >= CPULIST_MAX * 10)
			return -ERANGE;
	}
	*out = value;
	return 0;
}

/* The part after "first-last": nothing, or ":used/group". */
static int parse_stride(const char **text, unsigned int *used, unsigned int *group)
{
	int ret;

	*used = 1;
	*group = 1;
	if (**text != ':')
		return 0;
	(*text)++;
	ret = parse_number(text, used);
	if (ret)
		return ret;
	if (**text != '/')
		return -EINVAL;
	(*text)++;
	ret = parse_number(text, group);
	if (ret)
		return ret;
	return *group && *used <= *group ? 0 : -EINVAL;
}

static int parse_range(const char **text, struct cpulist *out)
{
	unsigned int first, last, used = 1, group = 1;
	int ret = parse_number(text, &first);

	if (ret)
		return ret;
	last = first;
	if (**text == '-') {
		(*text)++;
		ret = parse_number(text, &last);
		if (!ret)
			ret = parse_stride(text, &used, &group);
		if (ret)
			return ret;
	}
	if (last < first)
		return -EINVAL;
	if (last >= CPULIST_MAX)
		return -ERANGE;
	for (unsigned int cpu = first; cpu <= last; cpu++)
		if ((cpu - first) % group < used)
			cpulist_set(out, cpu);
	return 0;
}

static const char *skip_blanks(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

int cpulist_parse(const char *text, struct cpulist *out)
{
	int ret = 0;

	memset(out, 0, sizeof(*out));
	text = skip_blanks(text);
	if (!*text)
		return 0;
	for (;;) {
		ret = parse_range(&text, out);
		if (ret)
			break;
		if (*text != ',') {
			ret = *skip_blanks(text) ? -EINVAL : 0;
			break;
		}
		text++;
	}
	if (ret)
		memset(out, 0, sizeof(*out));
	return ret;
}

int cpulist_next(const struct cpulist *l, int prev)
{
	for (unsigned int cpu = (unsigned int)(prev + 1); cpu < CPULIST_MAX; cpu++) {
		uint64_t rest = l->bits[cpu / 64] >> (cpu % 64);

		if (rest)
			return (int)cpu + __builtin_ctzll(rest);
		cpu |= 63;
	}
	return -1;
}

int cpulist_format(const struct cpulist *l, char *buf, size_t size)
{
	size_t len = 0;
	int cpu;

	if (!size)
		return -ENOSPC;
	buf[0] = '\0';
	for (cpu = cpulist_next(l, -1); cpu >= 0;) {
		int last = cpu, n;

		while (cpulist_has(l, (unsigned int)last + 1))
			last++;
		if (last > cpu)
			n = snprintf(buf + len, size - len, "%s%d-%d", len ? "," : "", cpu, last);
		else
			n = snprintf(buf + len, size - len, "%s%d", len ? "," : "", cpu);
		if (n < 0 || (size_t)n >= size - len) {
			buf[0] = '\0';
			return -ENOSPC;
		}
		len += (size_t)n;
		cpu = cpulist_next(l, last);
	}
	return (int)len;
}

unsigned int cpulist_count(const struct cpulist *l)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < CPULIST_MAX / 64; i++)
		n += (unsigned int)__builtin_popcountll(l->bits[i]);
	return n;
}

void cpulist_or(struct cpulist *dst, const struct cpulist *src)
{
	for (unsigned int i = 0; i < CPULIST_MAX / 64; i++)
		dst->bits[i] |= src->bits[i];
}

void cpulist_and(struct cpulist *dst, const struct cpulist *src)
{
	for (unsigned int i = 0; i < CPULIST_MAX / 64; i++)
		dst->bits[i] &= src->bits[i];
}

void cpulist_andnot(struct cpulist *dst, const struct cpulist *src)
{
	for (unsigned int i = 0; i < CPULIST_MAX / 64; i++)
		dst->bits[i] &= ~src->bits[i];
}
