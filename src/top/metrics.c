// SPDX-License-Identifier: GPL-2.0-only
/*
 * A textfile that is replaced whole, or a server on libmicrohttpd that runs in the caller's loop.
 * Knows nothing of what is in the text.
 */
#include "top/metrics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <microhttpd.h>

#include "store/trace.h"
#include "view/openmetrics.h"

#define CONNECTIONS 8
#define SECONDS 5 /* that a connection may say nothing */

struct metrics {
	char *path; /* NULL: served */
	struct MHD_Daemon *daemon;
	char *text; /* of the latest look; NULL before the first */
	size_t size;
};

/* ------------------------------------------------------------------ server */

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned int status,
			      const char *type, const char *text, size_t size)
{
	struct MHD_Response *r;
	enum MHD_Result ret;

	r = MHD_create_response_from_buffer(size, (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	ret = MHD_queue_response(connection, status, r);
	MHD_destroy_response(r);
	return ret;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *data_size, void **request)
{
	static const char plain[] = "text/plain; charset=utf-8";
	static const char index[] = "qpwtop: /metrics has the figures of the latest look\n";
	static const char only[] = "GET only\n", nothing[] = "there is /metrics only\n";
	static const char early[] = "the first look has not ended\n";
	const struct metrics *m = context;

	(void)version;
	(void)data;
	(void)request;
	if (*data_size ||
	    (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0))
		return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, plain, only,
			      sizeof(only) - 1);
	if (!strcmp(url, "/"))
		return answer(connection, MHD_HTTP_OK, plain, index, sizeof(index) - 1);
	if (strcmp(url, "/metrics") != 0)
		return answer(connection, MHD_HTTP_NOT_FOUND, plain, nothing, sizeof(nothing) - 1);
	if (!m->text)
		return answer(connection, MHD_HTTP_SERVICE_UNAVAILABLE, plain, early,
			      sizeof(early) - 1);
	return answer(connection, MHD_HTTP_OK,
		      "application/openmetrics-text; version=1.0.0; charset=utf-8", m->text,
		      m->size);
}

/* Where the port begins in "[ADDR]:PORT"; NULL: that is a path, which has a / before any colon. */
static const char *find_port(const char *to)
{
	const char *colon = strrchr(to, ':');

	return colon && !strchr(to, '/') ? colon + 1 : NULL;
}

static int parse_address(const char *to, const char *port_text, struct sockaddr_storage *out,
			 socklen_t *size)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
	bool is_number = strspn(port_text, "0123456789") == strlen(port_text);
	unsigned long port = is_number ? strtoul(port_text, NULL, 10) : 0;
	size_t len = (size_t)(port_text - to) - 1;
	char address[INET6_ADDRSTRLEN + 2] = "127.0.0.1";

	memset(out, 0, sizeof(*out));
	if (len >= sizeof(address) || !port || port > UINT16_MAX)
		return -EINVAL;
	if (len) {
		memcpy(address, to, len);
		address[len] = '\0';
	}
	if (address[0] == '[' && len > 2 && address[len - 1] == ']') {
		address[len - 1] = '\0';
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		*size = sizeof(*v6);
		return inet_pton(AF_INET6, address + 1, &v6->sin6_addr) == 1 ? 0 : -EINVAL;
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons((uint16_t)port);
	*size = sizeof(*v4);
	return inet_pton(AF_INET, address, &v4->sin_addr) == 1 ? 0 : -EINVAL;
}

/* A socket of our own, so that it is said why it can't be had. */
static int listen_at(const char *to, const char *port, int *out)
{
	struct sockaddr_storage address;
	socklen_t size = 0;
	int on = 1, fd, ret = parse_address(to, port, &address, &size);

	if (ret)
		return ret;
	fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, size) || listen(fd, CONNECTIONS)) {
		ret = -errno;
		close(fd);
		return ret;
	}
	*out = fd;
	return 0;
}

static int serve(const char *to, const char *port, struct metrics *m)
{
	int fd = -1, ret = listen_at(to, port, &fd);

	if (ret)
		return ret;
	m->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, m,
				     MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
				     (unsigned int)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
				     (unsigned int)SECONDS, MHD_OPTION_END);
	if (m->daemon)
		return 0;
	close(fd);
	return -ENOMEM;
}

int metrics_fd(const struct metrics *m)
{
	const union MHD_DaemonInfo *info;

	if (!m || !m->daemon)
		return -1;
	info = MHD_get_daemon_info(m->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	return info ? info->epoll_fd : -1;
}

void metrics_serve(struct metrics *m)
{
	MHD_run(m->daemon);
}

/* ------------------------------------------------------------------ file */

/* A file is replaced by another one of its name: nothing else may be lost that way. */
static int check_file(const char *path)
{
	struct stat st;

	if (!strcmp(path, "-"))
		return -EINVAL;
	if (!lstat(path, &st) && !S_ISREG(st.st_mode))
		return -ENOTUNIQ;
	return trace_is_at(path) ? -EEXIST : 0;
}

static int write_file(int fd, const char *text, size_t size)
{
	FILE *f = fdopen(fd, "w");
	int error = 0;

	if (!f) {
		error = errno;
		close(fd);
		return -error;
	}
	if (fwrite(text, 1, size, f) != size || fchmod(fd, 0644))
		error = errno;
	if (fclose(f) && !error)
		error = errno;
	return -error;
}

/* Whoever reads the file sees the old or the new one, whole. */
static int replace_file(const struct metrics *m)
{
	char name[PATH_MAX];
	int fd, ret;

	if (snprintf(name, sizeof(name), "%s.XXXXXX", m->path) >= (int)sizeof(name)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		return -1;
	ret = write_file(fd, m->text, m->size);
	if (!ret && rename(name, m->path))
		ret = -errno;
	if (ret)
		unlink(name);
	errno = -ret;
	return ret ? -1 : 0;
}

int metrics_update(struct metrics *m, const struct host_facts *facts, const struct snapshot *s,
		   uint64_t nr_malformed)
{
	const struct openmetrics what = { facts, s, nr_malformed };
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	int failed = !f;

	if (f) {
		failed = openmetrics_write(f, &what) || ferror(f);
		failed |= fclose(f) != 0;
	}
	if (failed) {
		free(text);
		errno = ENOMEM;
		return -1;
	}
	free(m->text);
	m->text = text;
	m->size = size;
	return m->path ? replace_file(m) : 0;
}

int metrics_open(const char *to, struct metrics **out)
{
	const char *port = find_port(to);
	struct metrics *m = calloc(1, sizeof(*m));
	int ret = 0;

	*out = NULL;
	if (!m)
		return -ENOMEM;
	if (port) {
		ret = serve(to, port, m);
	} else {
		ret = check_file(to);
		m->path = strdup(to);
		if (!ret && !m->path)
			ret = -ENOMEM;
	}
	if (ret)
		metrics_close(m);
	else
		*out = m;
	return ret;
}

void metrics_close(struct metrics *m)
{
	if (!m)
		return;
	if (m->daemon)
		MHD_stop_daemon(m->daemon);
	free(m->path);
	free(m->text);
	free(m);
}
