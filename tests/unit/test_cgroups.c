// SPDX-License-Identifier: GPL-2.0-only
/*
 * Paths of control groups by their ids, in a directory with some below it: an id is a directory's
 * inode number there, too. Knows no control groups of the machine.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "collect/cgroups.c"
#include "util/array.h"

static const char *const groups[] = { "/a", "/a/.hidden", "/a/.hidden/c", "/a/..d", "/.e" };

static const char *path_of(const char *root, const char *group)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s%s", root, group);
	return path;
}

static void test_paths(void **state)
{
	char root[] = "/tmp/qpw-cgroups-XXXXXX", found[64];
	struct cgroups *c = calloc(1, sizeof(*c));
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(root));
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		assert_int_equal(mkdir(path_of(root, groups[i]), 0700), 0);
	assert_non_null(c);
	/* what cgroups_create() makes, but for the kind of file system */
	snprintf(c->root, sizeof(c->root), "%s", root);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		assert_int_equal(stat(path_of(root, groups[i]), &st), 0);
		assert_int_equal(cgroups_path(c, st.st_ino, found, sizeof(found)), 0);
		assert_string_equal(found, groups[i]);
	}
	assert_int_equal(stat(root, &st), 0);
	assert_int_equal(cgroups_path(c, st.st_ino, found, sizeof(found)), 0);
	assert_string_equal(found, "/");
	cgroups_destroy(c);
	for (size_t i = ARRAY_SIZE(groups); i--;)
		assert_int_equal(rmdir(path_of(root, groups[i])), 0);
	assert_int_equal(rmdir(root), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_paths) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
