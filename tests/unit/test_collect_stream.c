// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of the collector that need no BPF: symbol table, ring buffer reader, live source. Their
 * sources are taken in as they are, as the core library has no part of the collector. The ring is a
 * file with the layout that the kernel documents for its own.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/* NOLINTBEGIN(bugprone-suspicious-include) */
#include "collect/ksyms.c"
#include "collect/ring.c"
#include "collect/stream.c"
/* NOLINTEND(bugprone-suspicious-include) */
#include "ring_producer.h"

#define BUSY BPF_RINGBUF_BUSY_BIT
#define DISCARD BPF_RINGBUF_DISCARD_BIT

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* What a test can't go on without; plain code, so that static analysis sees that it does not. */
static void must(int err)
{
	if (!err)
		return;
	print_error("%s\n", strerror(-err));
	abort();
}

static struct ring *must_ring(int fd)
{
	struct ring *r = NULL;

	must(ring_create(fd, RING_BYTES, &r));
	if (!r)
		abort();
	return r;
}

static struct ksyms *load(const char *path)
{
	struct ksyms *k;

	must(ksyms_load(path, &k));
	return k;
}

/* ------------------------------------------------------------------ symbols */

static const char symbols[] = "0000000000000010 A fixed_percpu_data\n"
			      "ffffffff81000000 T _text\n"
			      "ffffffff81000000 T second_name\n"
			      "ffffffff81000100 t hrtimer_wakeup\n"
			      "ffffffff81000180 d some_data\n"
			      "ffffffff81000200 W weak_one\n"
			      "ffffffffc0000000 t flush_it\t[noise]\n";

static void assert_name(struct ksyms *k, uint64_t address, const char *expected)
{
	char buf[64];

	assert_int_equal(ksyms_name(k, address, buf, sizeof(buf)), 0);
	assert_string_equal(buf, expected);
}

static void test_names(void **state)
{
	const char *path = *state;
	struct ksyms *k;
	char buf[64], small[8];

	write_file(path, symbols);
	k = load(path);
	assert_name(k, 0xffffffff81000000, "_text"); /* the first of two */
	assert_name(k, 0xffffffff81000001, "_text+0x1");
	assert_name(k, 0xffffffff81000100, "hrtimer_wakeup");
	assert_name(k, 0xffffffff81000190, "hrtimer_wakeup+0x90"); /* data is no function */
	assert_name(k, 0xffffffff81000200, "weak_one");
	assert_name(k, 0xffffffffc0000000, "flush_it [noise]");
	assert_name(k, 0xffffffffc0000010, "flush_it+0x10 [noise]");
	assert_int_equal(ksyms_name(k, 0xffffffff80ffffff, buf, sizeof(buf)), -ENOENT);
	assert_int_equal(ksyms_name(k, 0xffffffff91000000, buf, sizeof(buf)), -ENOENT);
	assert_int_equal(ksyms_name(k, 0xffffffff81000100, small, sizeof(small)), 0);
	assert_string_equal(small, "hrtimer");
	assert_int_equal(ksyms_address(k, "hrtimer_wakeup"), 0xffffffff81000100);
	assert_int_equal(ksyms_address(k, "hrtimer"), 0);
	ksyms_destroy(k);
}

static void test_symbols_refused(void **state)
{
	const char *path = *state;
	struct ksyms *k;

	write_file(path, "0000000000000000 T _text\n0000000000000000 t hrtimer_wakeup\n");
	assert_int_equal(ksyms_load(path, &k), -EPERM);
	assert_null(k);
	write_file(path, "not a symbol\n\nffffffff81000000\nffffffff81000000 T\n");
	assert_int_equal(ksyms_load(path, &k), -EPERM);
	write_file(path, "");
	assert_int_equal(ksyms_load(path, &k), -ENODATA);
	assert_null(k);
	assert_int_equal(ksyms_load("/no/such/file", &k), -ENOENT);
	ksyms_destroy(NULL);
}

static void test_symbols_reload(void **state)
{
	const char *path = *state;
	struct ksyms *k;

	write_file(path, symbols);
	k = load(path);
	/* hidden by now: the table stays */
	write_file(path, "0000000000000000 T _text\n");
	assert_int_equal(ksyms_reload(k), -EPERM);
	assert_name(k, 0xffffffff81000100, "hrtimer_wakeup");
	write_file(path, "ffffffffc0000000 t of_a_new_module\t[new]\n");
	assert_int_equal(ksyms_reload(k), 0);
	assert_name(k, 0xffffffffc0000000, "of_a_new_module [new]");
	assert_int_equal(ksyms_address(k, "hrtimer_wakeup"), 0);
	/* it needs no right to open the file again */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ksyms_reload(k), 0);
	write_file(path, "");
	ksyms_destroy(k);
}

/* ------------------------------------------------------------------ ring */

static unsigned long consumed(const struct producer *p)
{
	unsigned long position;

	assert_int_equal(pread(p->fd, &position, sizeof(position), 0), sizeof(position));
	return position;
}

static void test_ring_order(void **state)
{
	struct producer p;
	struct ring *r;
	size_t len;
	unsigned int i;

	(void)state;
	producer_create(&p);
	r = must_ring(p.fd);
	assert_null(ring_peek(r, &len));
	/* three times around, so that records lie across the end */
	for (i = 0; i < 3 * RING_BYTES / 32; i++) {
		char data[24], expected[24];

		memset(data, (int)i, sizeof(data));
		memset(expected, (int)i, sizeof(expected));
		produce(&p, data, 20 + i % 5, 0);
		assert_int_equal(ring_pending_bytes(r), p.position - consumed(&p));
		assert_non_null(ring_peek(r, &len));
		assert_int_equal(len, 20 + i % 5);
		assert_memory_equal(ring_peek(r, &len), expected, len);
		ring_advance(r);
		assert_int_equal(consumed(&p), p.position);
		assert_null(ring_peek(r, &len));
	}
	ring_destroy(r);
	close(p.fd);
}

static void test_ring_busy_and_discarded(void **state)
{
	struct producer p;
	struct ring *r;
	unsigned int header = 8;
	unsigned long busy;
	size_t len;

	(void)state;
	producer_create(&p);
	r = must_ring(p.fd);
	produce(&p, "thrown..", 8, DISCARD);
	busy = produce(&p, "unready.", 8, BUSY);
	produce(&p, "behind..", 8, 0);
	/* what lies behind a record that is being written has to wait */
	assert_null(ring_peek(r, &len));
	write_data(&p, &header, sizeof(header), busy);
	assert_memory_equal(ring_peek(r, &len), "unready.", 8);
	ring_advance(r);
	assert_memory_equal(ring_peek(r, &len), "behind..", 8);
	ring_advance(r);
	assert_int_equal(ring_pending_bytes(r), 0);
	ring_destroy(r);
	ring_destroy(NULL);
	close(p.fd);
}

static void test_ring_refused(void **state)
{
	struct ring *r;

	(void)state;
	assert_int_equal(ring_create(-1, RING_BYTES, &r), -EBADF);
	assert_null(r);
	ring_destroy(r);
}

/* ------------------------------------------------------------------ source */

static void refresh_counts(void *arg)
{
	++*(int *)arg;
}

static const struct stream_lookups only_refresh = { .refresh = refresh_counts };

/* A source with all that it reads from. */
struct whole {
	struct producer p;
	struct ksyms *k;
	struct ring *r;
	struct stream *s;
};

/* Its symbols are those of the text, in a file of this path; without a path there are none. */
static struct stream *whole_create(struct whole *w, const char *path, const char *text,
				   const struct stream_lookups *lookups, void *arg)
{
	struct stream_config config = { .lookups = lookups, .arg = arg };

	*w = (struct whole){ 0 };
	if (path) {
		write_file(path, text);
		w->k = load(path);
	}
	producer_create(&w->p);
	w->r = must_ring(w->p.fd);
	config.ring = w->r;
	config.ksyms = w->k;
	must(stream_create(&config, &w->s));
	if (!w->s)
		abort();
	return w->s;
}

static void whole_destroy(struct whole *w)
{
	stream_destroy(w->s);
	ring_destroy(w->r);
	ksyms_destroy(w->k);
	close(w->p.fd);
}

static void expect(struct stream *s, unsigned int kind, uint64_t start_ns)
{
	const struct qpw_header *h;

	assert_int_equal(event_source_next(stream_source(s), &h, 0), 1);
	assert_int_equal(h->kind, kind);
	assert_int_equal(h->start_ns, start_ns);
}

static struct qpw_work work_at(uint64_t ns, uint64_t function)
{
	struct qpw_work r = {
		.h = { .start_ns = ns, .end_ns = ns, .kind = QPW_KIND_WORK, .size = sizeof(r) },
		.function = function
	};

	return r;
}

static struct qpw_header mark_at(uint64_t ns, unsigned int kind)
{
	struct qpw_header h = { .start_ns = ns, .end_ns = ns, .kind = kind, .size = sizeof(h) };

	return h;
}

static void test_stream_order(void **state)
{
	const struct qpw_header *h;
	struct qpw_header opened = mark_at(1, QPW_META_WINDOW), end = mark_at(9, QPW_META_WINDOW);
	struct qpw_work first = work_at(2, 0xffffffff81000100), second = work_at(3, first.function);
	struct qpw_work unknown = work_at(4, 0x1234);
	struct whole w;
	int nr_refreshed = 0;
	struct stream *s = whole_create(&w, *state, symbols, &only_refresh, &nr_refreshed);

	produce(&w.p, &first, sizeof(first), 0);
	produce(&w.p, &second, sizeof(second), 0);
	produce(&w.p, &unknown, sizeof(unknown), 0);
	assert_int_equal(stream_put_last(s, &end), 0);
	assert_int_equal(stream_put(s, &opened), 0);
	expect(s, QPW_META_WINDOW, 1);
	/* the name comes before the first record that needs it, once */
	assert_int_equal(event_source_next(stream_source(s), &h, 0), 1);
	assert_int_equal(h->kind, QPW_META_SYMBOL);
	assert_string_equal(((const struct qpw_symbol *)h)->name, "hrtimer_wakeup");
	expect(s, QPW_KIND_WORK, 2);
	expect(s, QPW_KIND_WORK, 3);
	/* no name, no symbol */
	expect(s, QPW_KIND_WORK, 4);
	assert_int_equal(event_source_next(stream_source(s), &h, 0), -EAGAIN);
	assert_int_equal(nr_refreshed, 1);
	assert_int_equal(consumed(&w.p), w.p.position);
	/* what was put in as last comes when nothing more will */
	stream_finish(s);
	produce(&w.p, &second, sizeof(second), 0);
	expect(s, QPW_KIND_WORK, 3);
	expect(s, QPW_META_WINDOW, 9);
	assert_int_equal(event_source_next(stream_source(s), &h, 0), 0);
	whole_destroy(&w);
}

/* More functions than the set of names begins with, more records than the queue begins with. */
static void test_stream_grows(void **state)
{
	struct whole w;
	const struct qpw_header *h;
	int nr_refreshed = 0;
	uint64_t i;
	struct stream *s = whole_create(&w, NULL, NULL, &only_refresh, &nr_refreshed);

	(void)state;
	for (i = 0; i < 1000; i++) {
		assert_int_equal(set_add(&s->named, 1 + i * 16), 1);
		assert_int_equal(set_add(&s->named, 1 + i / 2 * 16), 0);
	}
	for (i = 0; i < 500; i++) {
		struct qpw_header mark = mark_at(i, QPW_META_WINDOW);

		assert_int_equal(stream_put(s, &mark), 0);
	}
	for (i = 0; i < 500; i++)
		expect(s, QPW_META_WINDOW, i);
	stream_finish(s);
	assert_int_equal(event_source_next(stream_source(s), &h, 0), 0);
	whole_destroy(&w);
	stream_destroy(NULL);
}

/* ------------------------------------------------------------------ origins */

static const char places[] = "ffffffff81000000 T queue_work_on\n"
			     "ffffffff81000100 T handle_softirqs\n"
			     "ffffffff81000200 t asm_sysvec_apic_timer_interrupt\n"
			     "ffffffff81000300 t bpf_trace_run3\n"
			     "ffffffff81000400 T asm_exc_nmi\n"
			     "ffffffff81000500 T drop_caches\n"
			     "ffffffffc0000000 t bpf_prog_0123_on_x\t[bpf]\n"
			     "ffffffffc0000100 t bpf_trampoline_77\t[bpf]\n";

#define QUEUE 0xffffffff81000010
#define SOFTIRQ 0xffffffff81000110
#define INTERRUPT 0xffffffff81000210
#define RUN3 0xffffffff81000310
#define NMI 0xffffffff81000410
#define DROP 0xffffffff81000510
#define PROGRAM 0xffffffffc0000010
#define TRAMPOLINE 0xffffffffc0000110

struct stacks {
	uint64_t frames[8][QPW_STACK_FRAMES]; /* by id */
	unsigned int nr_asked;
};

static uint32_t stack_of(void *arg, uint32_t id, uint64_t *frames)
{
	struct stacks *stacks = arg;
	uint32_t nr = 0;

	stacks->nr_asked++;
	memcpy(frames, stacks->frames[id], sizeof(stacks->frames[id]));
	while (nr < QPW_STACK_FRAMES && frames[nr])
		nr++;
	return nr;
}

static int cgroup_of(void *arg, uint64_t id, char *buf, size_t size)
{
	(void)arg;
	if (id == 404)
		return -ESTALE;
	snprintf(buf, size, "/group-%d", (int)id);
	return 0;
}

static void no_refresh(void *arg)
{
	(void)arg;
}

static const struct stream_lookups all_lookups = {
	.refresh = no_refresh,
	.stack = stack_of,
	.cgroup = cgroup_of,
};

static struct qpw_thread thread_woken(uint64_t ns, uint32_t stack, uint64_t cgroup)
{
	struct qpw_thread r = { .h = { .start_ns = ns,
				       .end_ns = ns,
				       .kind = QPW_KIND_THREAD,
				       .size = sizeof(r),
				       .flags = QPW_F_ORIGIN } };

	r.origin.ns = ns;
	r.origin.stack = stack;
	r.origin.cgroup = cgroup;
	return r;
}

static const void *next_of(struct stream *s, unsigned int kind)
{
	const struct qpw_header *h = NULL;

	assert_int_equal(event_source_next(stream_source(s), &h, 0), 1);
	assert_int_equal(h->kind, kind);
	return h;
}

static void expect_symbol(struct stream *s, const char *name)
{
	assert_string_equal(((const struct qpw_symbol *)next_of(s, QPW_META_SYMBOL))->name, name);
}

/* Of one after the other: a table that was just read is not read again for the second. */
static void test_name_found_later(void **state)
{
	const char *path = *state;
	struct qpw_work first = work_at(2, 0xffffffffd0000000);
	struct qpw_work second = work_at(3, 0xffffffffe0000000);
	struct qpw_work unknown = work_at(4, 0x1234);
	struct whole w;
	int nr_refreshed = 0;
	struct stream *s = whole_create(&w, path, symbols, &only_refresh, &nr_refreshed);

	write_file(path, "ffffffffd0000000 t of_one\t[one]\n");
	produce(&w.p, &first, sizeof(first), 0);
	expect_symbol(s, "of_one [one]");
	expect(s, QPW_KIND_WORK, 2);
	write_file(path, "ffffffffe0000000 t of_other\t[other]\n");
	produce(&w.p, &second, sizeof(second), 0);
	expect(s, QPW_KIND_WORK, 3);
	/* as if it had been read long ago */
	s->reloaded_ns -= RELOAD_NS;
	produce(&w.p, &second, sizeof(second), 0);
	expect_symbol(s, "of_other [other]");
	expect(s, QPW_KIND_WORK, 3);
	/* what has no name in a table read after its first sight is not looked for again */
	s->reloaded_ns -= RELOAD_NS;
	produce(&w.p, &unknown, sizeof(unknown), 0);
	expect(s, QPW_KIND_WORK, 4);
	write_file(path, "0000000000001234 T too_late\n");
	s->reloaded_ns -= RELOAD_NS;
	produce(&w.p, &unknown, sizeof(unknown), 0);
	expect(s, QPW_KIND_WORK, 4);
	whole_destroy(&w);
}

/* A stack is told before the record that needs it, once, without the way to our program. */
static void test_origin_explained(void **state)
{
	struct stacks stacks = { .frames = { [3] = { PROGRAM, RUN3, QUEUE, TRAMPOLINE, DROP } } };
	struct qpw_thread cut = thread_woken(3, 4, 0);
	struct qpw_thread first = thread_woken(1, 3, 5), again = thread_woken(2, 3, 404);
	const struct qpw_stack *stack;
	const char *path = *state;
	struct whole w;
	struct stream *s = whole_create(&w, path, places, &all_lookups, &stacks);

	produce(&w.p, &first, sizeof(first), 0);
	produce(&w.p, &again, sizeof(again), 0);
	assert_string_equal(((const struct qpw_cgroup *)next_of(s, QPW_META_CGROUP))->path,
			    "/group-5");
	expect_symbol(s, "queue_work_on+0x10");
	expect_symbol(s, "drop_caches+0x10");
	stack = next_of(s, QPW_META_STACK);
	assert_int_equal(stack->id, 3);
	assert_int_equal(stack->nr_frames, 2);
	assert_int_equal(stack->frames[0], QUEUE);
	assert_int_equal(stack->frames[1], DROP);
	assert_int_equal(stack->context, QPW_CONTEXT_TASK);
	expect(s, QPW_KIND_THREAD, 1);
	/* a group that is gone is not told, a stack that was told not again */
	expect(s, QPW_KIND_THREAD, 2);
	assert_int_equal(stacks.nr_asked, 1);
	/* a stack that fills all its room may go on in another context */
	for (size_t i = 0; i < QPW_STACK_FRAMES; i++)
		stacks.frames[4][i] = DROP;
	produce(&w.p, &cut, sizeof(cut), 0);
	stack = next_of(s, QPW_META_STACK);
	assert_int_equal(stack->nr_frames, QPW_STACK_FRAMES);
	assert_int_equal(stack->context, QPW_CONTEXT_UNKNOWN);
	whole_destroy(&w);
}

/* So are an IPI's function and where it was sent from, each once; one that is not known is not. */
static void test_callsite_explained(void **state)
{
	struct stacks stacks = { 0 };
	struct qpw_ipi ipi = {
		.h = { .kind = QPW_KIND_IPI, .size = sizeof(ipi), .flags = QPW_F_ORIGIN },
		.function = DROP,
		.callsite = QUEUE
	};
	struct whole w;
	struct stream *s = whole_create(&w, *state, places, &all_lookups, &stacks);

	for (ipi.h.start_ns = 1; ipi.h.start_ns <= 3; ipi.h.start_ns++) {
		produce(&w.p, &ipi, sizeof(ipi), 0);
		if (ipi.h.start_ns == 2)
			ipi.callsite = 0;
	}
	expect_symbol(s, "drop_caches+0x10");
	expect_symbol(s, "queue_work_on+0x10");
	for (uint64_t ns = 1; ns <= 3; ns++)
		expect(s, QPW_KIND_IPI, ns);
	whole_destroy(&w);
}

static void assert_context(struct stream *s, const uint64_t *frames, uint32_t nr,
			   enum qpw_context context, uint32_t left)
{
	assert_int_equal(cut_to_context(s, frames, &nr), context);
	assert_int_equal(nr, left);
}

/*
 * The innermost sign decides, and what it interrupted goes; without one a frame that has no name
 * might have been it.
 */
static void test_contexts(void **state)
{
	static const uint64_t task[] = { QUEUE, DROP };
	static const uint64_t softirq[] = { QUEUE, SOFTIRQ, INTERRUPT, DROP };
	static const uint64_t interrupt[] = { QUEUE, INTERRUPT, DROP };
	static const uint64_t nmi[] = { QUEUE, NMI, SOFTIRQ, INTERRUPT };
	static const uint64_t unnamed[] = { 0x1234, DROP };
	static const uint64_t unnamed_inside[] = { QUEUE, 0x1234, SOFTIRQ };
	const char *path = *state;
	struct whole w;
	struct stream *s = whole_create(&w, path, places, &all_lookups, NULL);

	assert_context(s, task, 2, QPW_CONTEXT_TASK, 2);
	assert_context(s, softirq, 4, QPW_CONTEXT_SOFTIRQ, 2);
	assert_context(s, interrupt, 3, QPW_CONTEXT_HARDIRQ, 2);
	assert_context(s, nmi, 4, QPW_CONTEXT_NMI, 2);
	assert_context(s, unnamed, 2, QPW_CONTEXT_UNKNOWN, 2);
	assert_context(s, unnamed_inside, 3, QPW_CONTEXT_SOFTIRQ, 3);
	assert_context(s, task, 0, QPW_CONTEXT_UNKNOWN, 0);
	whole_destroy(&w);
}

static int make_path(void **state)
{
	static char path[64];
	int fd;

	snprintf(path, sizeof(path), "/tmp/qpw-kallsyms-XXXXXX");
	fd = mkstemp(path);
	*state = path;
	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	return unlink(*state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_names, make_path, remove_path),
		cmocka_unit_test_setup_teardown(test_symbols_refused, make_path, remove_path),
		cmocka_unit_test_setup_teardown(test_symbols_reload, make_path, remove_path),
		cmocka_unit_test(test_ring_order),
		cmocka_unit_test(test_ring_busy_and_discarded),
		cmocka_unit_test(test_ring_refused),
		cmocka_unit_test_setup_teardown(test_stream_order, make_path, remove_path),
		cmocka_unit_test(test_stream_grows),
		cmocka_unit_test_setup_teardown(test_name_found_later, make_path, remove_path),
		cmocka_unit_test_setup_teardown(test_origin_explained, make_path, remove_path),
		cmocka_unit_test_setup_teardown(test_callsite_explained, make_path, remove_path),
		cmocka_unit_test_setup_teardown(test_contexts, make_path, remove_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
