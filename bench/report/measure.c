// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a command and appends one line to a file: CPU seconds, elapsed seconds, peak memory in KiB:
 * measure FILE COMMAND… . Knows nothing of what the command does.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_of(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int append(const char *path, double elapsed_s, const struct rusage *use)
{
	FILE *f = fopen(path, "ae");

	if (!f)
		return -errno;
	fprintf(f, "%.3f %.3f %ld\n", seconds_of(&use->ru_utime) + seconds_of(&use->ru_stime),
		elapsed_s, use->ru_maxrss);
	return fclose(f) ? -errno : 0;
}

int main(int argc, char **argv)
{
	double begin_s = now_s();
	struct rusage use;
	int status, err;
	pid_t child;

	if (argc < 3) {
		fprintf(stderr, "usage: measure FILE COMMAND...\n");
		return 129;
	}
	child = fork();
	if (!child) {
		execvp(argv[2], argv + 2);
		fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(errno));
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &use) != child) {
		fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(errno));
		return 1;
	}
	err = append(argv[1], now_s() - begin_s, &use);
	if (err)
		fprintf(stderr, "measure: %s: %s\n", argv[1], strerror(-err));
	if (err || !WIFEXITED(status))
		return 1;
	return WEXITSTATUS(status);
}
