/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model for tests to feed by hand; what must not fail is asserted. After cmocka's includes.
 */
#ifndef QPW_TESTS_FEEDING_H
#define QPW_TESTS_FEEDING_H

#include "model/model.h"
#include "records.h"

static inline struct model *new_model(uint64_t outlier_ns, uint32_t max_outliers)
{
	const struct model_config config = { .outlier_ns = outlier_ns,
					     .max_outliers = max_outliers };
	struct model *m = model_create(&config);

	assert_non_null(m);
	return m;
}

static inline void feed(struct model *m, union rec r)
{
	assert_int_equal(model_feed(m, &r.h), 0);
}

static inline struct snapshot *snap(const struct model *m)
{
	struct snapshot *s = model_snapshot(m);

	assert_non_null(s);
	return s;
}

#endif
