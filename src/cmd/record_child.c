// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting and ending processes. Signals that the parent has blocked are unblocked in the child.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/record_child.h"
#include "cmd/record_place.h"
#include "collect/privilege.h"
#include "util/text.h"

#define EXIT_NOT_FOUND 127

static void child_main(const struct child *c, const struct child_setup *setup, int hold_fd)
{
	const char *why;
	sigset_t none;
	char byte;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	setpriority(PRIO_PROCESS, 0, setup->nice);
	if (cpulist_count(setup->cpus))
		placement_bind(setup->cpus);
	if (setup->capabilities)
		privilege_pass_on(setup->capabilities);
	if (c->output_fd >= 0) {
		dup2(c->output_fd, STDOUT_FILENO);
		dup2(c->output_fd, STDERR_FILENO);
	}
	/* end of file: the parent lets go; it never writes */
	while (read(hold_fd, &byte, 1) < 0 && errno == EINTR)
		;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGXFSZ, SIG_DFL); /* which we ignore, and a program would, too */
	execvp(setup->argv[0], setup->argv);
	why = strerror(errno);
	dprintf(STDERR_FILENO, "%s: %s\n", text_shown(setup->argv[0]), why);
	_exit(EXIT_NOT_FOUND);
}

int child_create(struct child *c, const char *name, const struct child_setup *setup)
{
	int hold[2];
	int err;

	memset(c, 0, sizeof(*c));
	c->name = name;
	c->output_fd = -1;
	if (setup->keep_output) {
		c->output_fd = memfd_create("output", MFD_CLOEXEC);
		if (c->output_fd < 0)
			return -errno;
	}
	if (pipe2(hold, O_CLOEXEC))
		return -errno;
	c->pid = fork();
	if (c->pid < 0) {
		err = -errno;
		c->pid = 0;
		close(hold[0]);
		close(hold[1]);
		return err;
	}
	if (!c->pid) {
		close(hold[1]);
		child_main(c, setup, hold[0]);
	}
	setpgid(c->pid, c->pid); /* whoever is first: the group exists from now on */
	close(hold[0]);
	c->hold_fd = hold[1];
	return 0;
}

void child_release(struct child *c)
{
	close(c->hold_fd);
}

/*
 * It stays a zombie: its number, which is its group's as well, is nobody else's as long as we use
 * it.
 */
bool child_check(struct child *c)
{
	siginfo_t info = { 0 };

	if (!c->pid || c->ended ||
	    waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	    info.si_pid != c->pid)
		return false;
	c->status = info.si_code == CLD_EXITED ? W_EXITCODE(info.si_status, 0) :
						 W_EXITCODE(0, info.si_status);
	c->ended = true;
	return true;
}

void child_signal(const struct child *c, int signal)
{
	if (c->pid)
		kill(-c->pid, signal);
}

void child_forget(struct child *c)
{
	if (!c->pid)
		return;
	if (waitpid(c->pid, &c->status, 0) == c->pid)
		c->ended = true;
	if (c->output_fd >= 0)
		close(c->output_fd);
	c->pid = 0;
}

void child_kill(struct child *c)
{
	child_signal(c, SIGKILL);
	child_forget(c);
}

void child_describe(const struct child *c, char *buf, size_t size)
{
	if (WIFSIGNALED(c->status))
		snprintf(buf, size, "killed by signal %d", WTERMSIG(c->status));
	else
		snprintf(buf, size, "exit code %d", WEXITSTATUS(c->status));
}

void child_print_output(const struct child *c, const char *prefix)
{
	char line[512], clean[2048];
	FILE *f;
	int fd = c->output_fd >= 0 ? dup(c->output_fd) : -1;

	if (fd < 0)
		return;
	lseek(fd, 0, SEEK_SET);
	f = fdopen(fd, "r");
	if (!f) {
		close(fd);
		return;
	}
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		text_escape(line, clean, sizeof(clean));
		fprintf(stderr, "%s%s\n", prefix, clean);
	}
	fclose(f);
}
