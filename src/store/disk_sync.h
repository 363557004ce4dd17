/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Brings a file that grows to the disk every few seconds, for what a program wrote is the kernel's
 * secret for half a minute, and a power cut takes it. Knows a file descriptor, not what it holds.
 */
#ifndef QPW_STORE_DISK_SYNC_H
#define QPW_STORE_DISK_SYNC_H

struct disk_sync;

/*
 * From now on a thread calls fdatasync(fd), at once and then each period_ms, as long as something
 * was written since. So whoever writes never waits for the disk. The thread runs where its creator
 * may run, with the same privilege, and takes no signal. 0 or -errno, *out is NULL then.
 */
int disk_sync_start(int fd, unsigned int period_ms, struct disk_sync **out);

/*
 * Tell that something was written. 0, or what the disk said to an earlier piece: -errno. NULL
 * is taken.
 */
int disk_sync_written(struct disk_sync *s);

/*
 * End the thread, having waited for the disk if it is at it. What is newer is not brought there.
 * 0, or the first thing that the disk said, which it says once: an fsync() behind it would be told
 * nothing.
 */
int disk_sync_stop(struct disk_sync *s);

#endif
