// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole userland of a bench kernel: enters a memory cgroup, loads the module with the
 * command line's "rounds", prints what the module logged and the kernel's mode, and ends the
 * machine. To be linked statically, as /init of the initramfs.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#define KLOG_READ_ALL	3
#define LOG_SIZE	(1 << 18)
#define TAG		"qpw-bench: "

/* All errors end here: the host takes a log without an "end 0" line for a failure. */
static void end_machine(void)
{
	fflush(stdout);
	tcdrain(STDOUT_FILENO);
	/* A machine without ACPI can only reset, a program of the host would start again. */
	reboot(getenv("poweroff") ? RB_POWER_OFF : RB_AUTOBOOT);
	_exit(1);
}

static void fail(const char *what)
{
	perror(what);
	end_machine();
}

static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR);

	if (fd < 0)
		_exit(1);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fail(path);
	close(fd);
}

static void enter_cgroup(void)
{
	if (mount("cgroup2", "/cgroup", "cgroup2", 0, NULL))
		fail("mounting cgroup2");
	write_file("/cgroup/cgroup.subtree_control", "+memory");
	if (mkdir("/cgroup/bench", 0755))
		fail("/cgroup/bench");
	write_file("/cgroup/bench/cgroup.procs", "0");
}

/* The mode that the kernel says it is in, or "none" where it knows none. */
static void print_mode(void)
{
	char mode = 0;
	int fd = open("/sys/kernel/qpw/enabled", O_RDONLY);

	if (fd < 0)
		printf(TAG "mode none\n");
	else if (read(fd, &mode, 1) != 1)
		fail("/sys/kernel/qpw/enabled");
	else
		printf(TAG "mode %c\n", mode);
}

static void load_module(void)
{
	const char *rounds = getenv("rounds");
	char parameters[64];
	int fd = open("/qpw_bench.ko", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fail("/qpw_bench.ko");
	snprintf(parameters, sizeof(parameters), "rounds=%s", rounds ? rounds : "200");
	if (syscall(SYS_finit_module, fd, parameters, 0))
		perror("loading qpw_bench.ko");
}

/* Only the module's lines, and each from its tag on: without the kernel's time stamps. */
static void print_log(void)
{
	static char log[LOG_SIZE + 1];
	int length = klogctl(KLOG_READ_ALL, log, LOG_SIZE);
	char *line, *found, *rest = log;

	if (length < 0)
		fail("reading the kernel's log");
	log[length] = 0;
	while ((line = strsep(&rest, "\n"))) {
		found = strstr(line, TAG);
		if (found)
			puts(found);
	}
}

int main(void)
{
	open_console();
	if (mount("sysfs", "/sys", "sysfs", 0, NULL))
		fail("mounting sysfs");
	enter_cgroup();
	print_mode();
	load_module();
	print_log();
	end_machine();
	return 1;
}
