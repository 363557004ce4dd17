// SPDX-License-Identifier: GPL-2.0-only
/*
 * ISO 8601 in its one form that the project's files use.
 */
#include "util/utc.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define UTC_FORM "%Y-%m-%dT%H:%M:%SZ"

void utc_format(int64_t seconds, char *buf, size_t size)
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if (!size)
		return;
	if (!gmtime_r(&when, &tm) || !strftime(buf, size, UTC_FORM, &tm))
		buf[0] = '\0';
}

int utc_parse(const char *text, int64_t *seconds)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, UTC_FORM, &tm);
	char again[UTC_SIZE];

	if (!end || *end)
		return -EINVAL;
	*seconds = timegm(&tm);
	/* timegm() makes a March of the 31st of February, strptime() takes blanks and signs */
	utc_format(*seconds, again, sizeof(again));
	return strcmp(again, text) ? -EINVAL : 0;
}
