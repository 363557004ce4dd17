// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts to JSON; knows nothing of how they came about.
 */
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "triggers.h"

static json_t *by_trigger(const struct family_count *c)
{
	json_t *by = json_object();

	for (size_t i = 0; i < FAMILY_TRIGGERS && c->family->triggers[i].name; i++) {
		if (c->missing[i])
			continue;
		json_object_set_new(by, c->family->triggers[i].name,
				    json_integer((json_int_t)c->by[i]));
	}
	return by;
}

static json_t *one_family(const struct family_count *c)
{
	json_t *o = json_object();

	json_object_set_new(o, "family", json_string(c->family->name));
	json_object_set_new(o, "count", json_integer((json_int_t)c->count));
	json_object_set_new(o, "failed", json_integer((json_int_t)c->failed));
	json_object_set_new(o, "populated", json_integer((json_int_t)c->populated));
	json_object_set_new(o, "by", by_trigger(c));
	if (c->skipped[0])
		json_object_set_new(o, "skipped", json_string(c->skipped));
	if (c->error[0])
		json_object_set_new(o, "error", json_string(c->error));
	return o;
}

static json_t *to_json(const struct triggers *t)
{
	json_t *root = json_object();
	json_t *list = json_array();

	for (size_t i = 0; i < t->nr_counts; i++)
		json_array_append_new(list, one_family(&t->counts[i]));
	json_object_set_new(root, "schema", json_string("qpwlat.triggers"));
	json_object_set_new(root, "version", json_integer(1));
	json_object_set_new(root, "isolated", json_string(t->isolated));
	json_object_set_new(root, "housekeeping", json_string(t->housekeeping));
	json_object_set_new(root, "rounds", json_integer((json_int_t)t->rounds));
	json_object_set_new(root, "elapsed_ns", json_integer((json_int_t)t->elapsed_ns));
	json_object_set_new(root, "triggers", list);
	return root;
}

static int replace(const char *path, json_t *root)
{
	char temp[PATH_MAX];
	FILE *f;
	int ret = 0;

	if (snprintf(temp, sizeof(temp), "%s.tmp", path) >= (int)sizeof(temp))
		return -ENAMETOOLONG;
	f = fopen(temp, "we");
	if (!f)
		return -errno;
	if (json_dumpf(root, f, JSON_INDENT(2)) || fputc('\n', f) == EOF)
		ret = -EIO;
	if (fclose(f) && !ret)
		ret = -errno;
	if (!ret && rename(temp, path))
		ret = -errno;
	if (ret)
		unlink(temp);
	return ret;
}

int triggers_write(const char *path, const struct triggers *t)
{
	json_t *root = to_json(t);
	int ret;

	if (!strcmp(path, "-"))
		ret = json_dumpf(root, stdout, JSON_INDENT(2)) || putchar('\n') == EOF ||
				      fflush(stdout) ?
			      -EIO :
			      0;
	else
		ret = replace(path, root);
	json_decref(root);
	return ret;
}
