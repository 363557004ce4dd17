// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread, as fdatasync() may take seconds on a disk that is busy, and there is no way to ask for
 * it without waiting that also covers the length of the file. Knows a file descriptor, not what it
 * holds.
 */
#include "store/disk_sync.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct disk_sync {
	int fd;
	unsigned int period_ms;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows; not held while the disk is at work */
	pthread_cond_t stopped;
	bool stop;
	bool written; /* something, since the last fdatasync() began */
	int error;    /* the first one, -errno */
};

/* A pipe or a device has nothing to bring anywhere. */
static bool is_no_file(int err)
{
	return err == EINVAL || err == EROFS;
}

/* With the lock held, which is let go meanwhile. */
static void sync_now(struct disk_sync *s)
{
	int err;

	s->written = false;
	pthread_mutex_unlock(&s->lock);
	err = fdatasync(s->fd) ? errno : 0;
	pthread_mutex_lock(&s->lock);
	if (err && !is_no_file(err) && !s->error)
		s->error = -err;
}

static void wait_period(struct disk_sync *s)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += s->period_ms / 1000;
	until.tv_nsec += s->period_ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	while (!s->stop && !pthread_cond_clockwait(&s->stopped, &s->lock, CLOCK_MONOTONIC, &until))
		;
}

static void *sync_main(void *arg)
{
	struct disk_sync *s = arg;

	pthread_mutex_lock(&s->lock);
	while (!s->stop) {
		if (s->written)
			sync_now(s);
		wait_period(s);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

int disk_sync_start(int fd, unsigned int period_ms, struct disk_sync **out)
{
	struct disk_sync *s = calloc(1, sizeof(*s));
	sigset_t all, before;
	int err;

	*out = NULL;
	if (!s)
		return -ENOMEM;
	s->fd = fd;
	s->period_ms = period_ms;
	s->written = true; /* what was written before */
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->stopped, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&s->thread, NULL, sync_main, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err) {
		free(s);
		return -err;
	}
	*out = s;
	return 0;
}

int disk_sync_written(struct disk_sync *s)
{
	int error;

	if (!s)
		return 0;
	pthread_mutex_lock(&s->lock);
	s->written = true;
	error = s->error;
	pthread_mutex_unlock(&s->lock);
	return error;
}

int disk_sync_stop(struct disk_sync *s)
{
	int error;

	if (!s)
		return 0;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->stopped);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	error = s->error;
	pthread_cond_destroy(&s->stopped);
	pthread_mutex_destroy(&s->lock);
	free(s);
	return error;
}
