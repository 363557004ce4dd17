// SPDX-License-Identifier: GPL-2.0-only
/*
 * Facts about machines, read from small trees in tests/traces/.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/host.h"
#include "host/kconfig.h"
#include "host/pwlocks.h"

/* The lab's guest: booted with qpw=1, CPU 1 isolated by isolcpus=, CPU 3 by a cpuset partition. */
static void test_lab(void **state)
{
	struct host_facts f;

	(void)state;
	assert_int_equal(host_read("tests/traces/host-lab", &f), 0);
	assert_string_equal(f.hostname, "qpw-lab");
	assert_string_equal(f.release, "7.2.13-qpw");
	assert_string_equal(f.version, "#1 SMP PREEMPT_DYNAMIC");
	assert_string_equal(f.machine, "x86_64");
	assert_string_equal(f.cmdline, "console=ttyS0 isolcpus=1 nohz_full=1 rcu_nocbs=1 qpw=1");
	assert_string_equal(f.possible, "0-3");
	assert_string_equal(f.online, "0-3");
	assert_string_equal(f.isolated, "1,3");
	assert_string_equal(f.nohz_full, "1");
	assert_string_equal(f.clocksource, "tsc");
	assert_string_equal(f.hypervisor, "yes");
	assert_int_equal(f.mode, HOST_MODE_QPW_ON);
	assert_string_equal(f.mode_reason, "parameter");
	assert_string_equal(f.watched, "");
	assert_string_equal(f.tool_version, "");
}

/* A kernel without QPW, whose nohz_full file says "(null)", under Xen; some files are missing. */
static void test_plain(void **state)
{
	struct host_facts f;

	(void)state;
	assert_int_equal(host_read("tests/traces/host-plain", &f), 0);
	assert_string_equal(f.hostname, "desk");
	assert_string_equal(f.machine, "");
	assert_string_equal(f.isolated, "");
	assert_string_equal(f.nohz_full, "");
	assert_string_equal(f.clocksource, "");
	assert_string_equal(f.hypervisor, "xen");
	assert_int_equal(f.mode, HOST_MODE_NONE);
	assert_string_equal(f.mode_reason, "");
}

static void test_nothing(void **state)
{
	struct host_facts f, zero = { .mode = HOST_MODE_NONE };

	(void)state;
	memset(&zero, 0, sizeof(zero));
	assert_int_equal(host_read("/nonexistent", &f), 0);
	assert_memory_equal(&f, &zero, sizeof(f));
}

/* The machine that runs the test. */
static void test_here(void **state)
{
	struct host_facts f;

	(void)state;
	assert_int_equal(host_read("", &f), 0);
	assert_true(f.release[0] && f.machine[0] && f.online[0]);
}

static void write_config(const char *root, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/boot/%s", root, name);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* The later name counts if the kernel knows it: a parameter alone is only a word to a kernel. */
static void test_pwlocks(void **state)
{
	char root[] = "/tmp/qpw-host-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/boot", root);
	assert_int_equal(mkdir(path, 0755), 0);
	write_config(root, "config-8.0", "CONFIG_SMP=y\nCONFIG_PWLOCKS=y\n");
	write_config(root, "config-7.9", "# CONFIG_PWLOCKS is not set\nCONFIG_PWLOCKS_X=y\n");
	assert_int_equal(pwlocks_mode(root, "8.0", "ro pwlocks=1 quiet"), HOST_MODE_PWLOCKS_ON);
	assert_int_equal(pwlocks_mode(root, "8.0", "pwlocks=on"), HOST_MODE_PWLOCKS_ON);
	assert_int_equal(pwlocks_mode(root, "8.0", "pwlocks=1 pwlocks=off"), HOST_MODE_PWLOCKS_OFF);
	assert_int_equal(pwlocks_mode(root, "8.0", "pwlocks=0 pwlocks=x"), HOST_MODE_PWLOCKS_OFF);
	assert_int_equal(pwlocks_mode(root, "8.0", "nopwlocks=1 pwlocks=10"),
			 HOST_MODE_PWLOCKS_DEFAULT);
	assert_int_equal(pwlocks_mode(root, "8.0", ""), HOST_MODE_PWLOCKS_DEFAULT);
	assert_int_equal(pwlocks_mode(root, "7.9", "pwlocks=1"), HOST_MODE_NONE);
	assert_int_equal(pwlocks_mode(root, "9.9", "pwlocks=1"), HOST_MODE_NONE);
	snprintf(path, sizeof(path), "%s/boot/config-8.0", root);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/boot/config-7.9", root);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/boot", root);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(root), 0);
}

static void test_mode_names(void **state)
{
	(void)state;
	assert_string_equal(host_mode_name(HOST_MODE_NONE), "no-qpw");
	assert_string_equal(host_mode_name(HOST_MODE_QPW_OFF), "qpw=0");
	assert_string_equal(host_mode_name(HOST_MODE_QPW_ON), "qpw=1");
	assert_string_equal(host_mode_name(HOST_MODE_PWLOCKS_OFF), "pwlocks=0");
	assert_string_equal(host_mode_name(HOST_MODE_PWLOCKS_ON), "pwlocks=1");
	assert_string_equal(host_mode_name(HOST_MODE_PWLOCKS_DEFAULT), "pwlocks=default");
	assert_string_equal(host_mode_name((enum host_mode)99), "no-qpw");
}

static void write_below(const char *root, const char *path, const char *text)
{
	char full[256];
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *slash = strchr(full + strlen(root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
	f = fopen(full, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void expect_preemption(const char *root, const char *cmdline, const char *preemption)
{
	struct host_facts f = { .release = "8.0", .version = "#1 SMP PREEMPT_DYNAMIC" };

	snprintf(f.cmdline, sizeof(f.cmdline), "%s", cmdline);
	kconfig_describe(root, &f);
	assert_string_equal(f.preemption, preemption);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

/* Each source of the model holds before those that were looked at above it. */
static void test_preemption(void **state)
{
	static const char lazy[] =
		"CONFIG_HZ=1000\n# CONFIG_HZ_250 is not set\nCONFIG_PREEMPT_LAZY=y\n";
	char root[] = "/tmp/qpw-host-XXXXXX", config[256];
	struct host_facts f = { .release = "8.0" };

	(void)state;
	assert_non_null(mkdtemp(root));
	expect_preemption(root, "preempt=full", "");
	kconfig_describe(root, &f);
	assert_string_equal(f.kernel_config, "");
	write_below(root, "/boot/config-8.0", lazy);
	kconfig_describe(root, &f);
	assert_string_equal(f.kernel_config,
			    "HZ=1000 PREEMPT_NONE=n PREEMPT_VOLUNTARY=n PREEMPT=n PREEMPT_LAZY=y "
			    "PREEMPT_RT=n PREEMPT_DYNAMIC=n NO_HZ_FULL=n RCU_NOCB_CPU=n "
			    "CPU_ISOLATION=n");
	expect_preemption(root, "preempt=full", "lazy");
	snprintf(config, sizeof(config), "%sCONFIG_PREEMPT_DYNAMIC=y\nCONFIG_NO_HZ_FULL=y\n", lazy);
	write_below(root, "/proc/config.gz", config);
	expect_preemption(root, "", "lazy");
	expect_preemption(root, "preempt=none preempt=full preempt=x", "full");
	write_below(root, "/sys/kernel/debug/sched/preempt", "none (voluntary) full lazy\n");
	expect_preemption(root, "preempt=full", "voluntary");
	write_below(root, "/sys/kernel/realtime", "1\n");
	expect_preemption(root, "preempt=full", "rt");
	kconfig_describe(root, &f);
	assert_non_null(strstr(f.kernel_config, "NO_HZ_FULL=y"));
	assert_int_equal(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lab),	   cmocka_unit_test(test_plain),
		cmocka_unit_test(test_nothing),	   cmocka_unit_test(test_here),
		cmocka_unit_test(test_mode_names), cmocka_unit_test(test_pwlocks),
		cmocka_unit_test(test_preemption),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
