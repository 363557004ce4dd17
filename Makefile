# SPDX-License-Identifier: GPL-2.0-only
# The commands of the project; `make help` lists them. What a target needs is installed by
# `make deps`, large things are kept in $QPW_CACHE (default ~/.cache/qpw), output is in build/.

export PATH := $(PATH):/usr/sbin:/sbin
VERSION := 0.1.0

# Commands are shown by their short names; V=1 shows them whole.
ifneq ($(V),1)
Q := @
endif
say = $(if $(Q),@printf '  %-7s %s\n' $(1) $@)
BUILD ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
CLANG ?= clang
BPFTOOL ?= bpftool
PREFIX ?= /usr/local

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wcast-qual
CFLAGS ?= -O2 -g
CPPFLAGS += -D_GNU_SOURCE -DQPW_VERSION='"$(VERSION)"' -Iinclude -Isrc -I$(BUILD)/gen
# no vectors of two numbers: to read what was just written one by one as a whole makes the CPU wait
ALL_CFLAGS = -std=gnu11 -fno-omit-frame-pointer -fno-tree-slp-vectorize $(WARNINGS) $(CFLAGS) $(SANITIZE)

CORE_SRC := $(wildcard src/util/*.c src/host/*.c src/model/*.c src/store/*.c src/view/*.c)
COLLECT_SRC := $(wildcard src/collect/*.c)
CMD_SRC := $(wildcard src/cmd/*.c)
TOP_SRC := $(wildcard src/top/*.c)
TUI_SRC := $(wildcard src/view/tui/*.c)
CHURN_SRC := $(wildcard workloads/*.c)
BPF_SRC := $(wildcard bpf/*.bpf.c)
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_HELP := $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c))
GOLDEN_SRC := $(wildcard tests/golden/*.c)
LOAD_SRC := $(wildcard tests/load/*.c)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
SKELETONS := $(patsubst bpf/%.bpf.c,$(BUILD)/gen/%.skel.h,$(BPF_SRC))
UNIT_BIN := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT_SRC))
GOLDEN_BIN := $(patsubst tests/golden/%.c,$(BUILD)/golden/%,$(GOLDEN_SRC))
LOAD_BIN := $(patsubst tests/load/%.c,$(BUILD)/load/%,$(LOAD_SRC))
OVERHEAD_BIN := $(addprefix $(BUILD)/overhead/,load programs reference)
REPORT_BIN := $(addprefix $(BUILD)/report/,generate recording measure only)
LIVE_BIN := $(BUILD)/live/refresh

CORE_LIBS := -lunistring -ljansson -lzstd -lz -lyaml -lgsl -lgslcblas -lm
COLLECT_LIBS := -lbpf -lelf -lz
TUI_LIBS := -lncursesw -ltinfo -lmicrohttpd

all: $(BUILD)/qpwlat $(BUILD)/qpwtop $(BUILD)/churn

help:
	@echo "make demo         the main job: boot qpw=0 and qpw=1, measure, compare (BOOTS DURATION"
	@echo "                  VCPUS ISOLATED KSRC BACKEND=auto|kvm|tcg)"
	@echo "make check        every test; ends with 'N passed, N failed' (JOBS=1: no two at a time)"
	@echo "make all          the programs: $(BUILD)/qpwlat, $(BUILD)/qpwtop, $(BUILD)/churn"
	@echo "make deps         install the packages that the above need"
	@echo "make kernel lab   the patched kernel; the guest's initramfs"
	@echo "make unit asan golden load lint   single parts of make check"
	@echo "make fuzz         hostile files for every reader, longer than make check (FUZZ_SECONDS=300)"
	@echo "make check-guest  its part in guests, on every kernel that Debian ships, too (KERNELS=all)"
	@echo "make kernel-test  the series under stress in every configuration and mode (hours)"
	@echo "make kernel-lint  the patches: form, checkpatch, sparse, documentation (LINUX=7.2)"
	@echo "make kernel-bisect   every step of the series builds, in four configurations (LINUX=7.2)"
	@echo "make kernel-bench what the series costs: allocations, drains; as tables (ROUNDS=5)"
	@echo "make bench-overhead  what watching a CPU costs, beside other tools; as tables (ROUNDS=5 CPU=)"
	@echo "make bench-report    how fast a report is made, beside other tools (ROUNDS=5 CPU= EVENTS=)"
	@echo "make bench-live      what qpwtop costs, beside other live views (ROUNDS=5 CPU=)"
	@echo "make kernel-mutants  mistakes put back into the series, one by one: a test must fail (hours)"
	@echo "make where        what was built, where (NAME=path)"
	@echo "make install      programs, manual pages, bash completion (PREFIX=/usr/local DESTDIR=)"
	@echo "make clean"

# ------------------------------------------------------------------ programs

$(BUILD)/qpwlat: $(call obj,src/qpwlat.c $(CMD_SRC) $(COLLECT_SRC)) $(BUILD)/core.a
	$(call say,LD)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(COLLECT_LIBS) $(CORE_LIBS)

$(BUILD)/qpwtop: $(call obj,src/qpwtop.c $(TOP_SRC) $(TUI_SRC) $(COLLECT_SRC)) $(BUILD)/core.a
	$(call say,LD)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(COLLECT_LIBS) $(TUI_LIBS) $(CORE_LIBS)

$(BUILD)/churn: $(call obj,$(CHURN_SRC)) $(BUILD)/core.a
	$(call say,LD)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -ljansson -lpthread

$(BUILD)/core.a: $(call obj,$(CORE_SRC))
	$(call say,AR)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(call obj,$(COLLECT_SRC)): $(SKELETONS)

# ------------------------------------------------------------------ BPF

BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter \
	-D__TARGET_ARCH_x86 -Iinclude -Ibpf

$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c Makefile
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/bpf/%.bpf.o: bench/overhead/%.bpf.c Makefile
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/gen/%.skel.h: $(BUILD)/bpf/%.bpf.o
	@mkdir -p $(@D)
	$(call say,SKEL)
	$(Q)$(BPFTOOL) gen skeleton $< name $(subst .,_,$*)_bpf > $@.tmp && mv $@.tmp $@

# ------------------------------------------------------------------ bench

$(call obj,bench/overhead/reference.c): $(BUILD)/gen/reference.skel.h

$(BUILD)/overhead/reference: $(call obj,bench/overhead/reference.c $(COLLECT_SRC)) $(BUILD)/core.a
$(BUILD)/overhead/programs: $(call obj,bench/overhead/programs.c)
$(BUILD)/overhead/load: $(call obj,bench/overhead/load.c)

$(OVERHEAD_BIN):
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(COLLECT_LIBS) $(CORE_LIBS) -lpthread

$(BUILD)/report/generate: $(call obj,bench/report/generate.c bench/report/synthetic.c) \
	$(BUILD)/core.a
$(BUILD)/report/recording: $(call obj,bench/report/recording.c bench/report/synthetic.c \
	src/collect/ring.c src/collect/stream.c src/collect/ksyms.c src/collect/sizes.c) \
	$(BUILD)/core.a
$(BUILD)/report/measure: $(call obj,bench/report/measure.c)
$(BUILD)/report/only: $(call obj,bench/report/only.c) $(BUILD)/core.a

$(BUILD)/live/refresh: $(call obj,bench/live/refresh.c) $(BUILD)/core.a

$(REPORT_BIN) $(LIVE_BIN):
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)

# ------------------------------------------------------------------ tests
# A unit test program links the core alone: model and views can't reach libbpf or curses.

$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(call obj,$(UNIT_HELP)) $(BUILD)/core.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(CORE_LIBS)

$(BUILD)/golden/%: $(BUILD)/obj/tests/golden/%.o $(BUILD)/core.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)

$(BUILD)/load/live: $(BUILD)/obj/tests/load/live.o $(call obj,$(COLLECT_SRC)) $(BUILD)/core.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(COLLECT_LIBS) $(CORE_LIBS)

$(BUILD)/load/%: $(BUILD)/obj/tests/load/%.o $(BUILD)/core.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -lpthread

# Only as part of fuzz-programs, which sets the compiler and its sanitizers.
$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(call obj,tests/fuzz/fuzz.c) $(BUILD)/core.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -fsanitize=fuzzer $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)

test-programs: $(UNIT_BIN) $(GOLDEN_BIN) $(LOAD_BIN) $(OVERHEAD_BIN) $(REPORT_BIN) $(LIVE_BIN)

ASAN := SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=all" CFLAGS="-O1 -g"

asan-programs:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan $(ASAN) all test-programs

# libFuzzer is clang's: the core is built once more, for it to see which branches were taken.
fuzz-programs:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/clang CC=$(CLANG) CFLAGS="-O1 -g" \
		SANITIZE="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" \
		$(patsubst tests/fuzz/%.c,$(BUILD)/clang/fuzz/%,$(FUZZ_SRC))

# A longer run than that of make check: FUZZ_SECONDS for each target.
fuzz: deps
	@BUILD=$(BUILD) FUZZ_SECONDS=$(or $(FUZZ_SECONDS),300) tests/run fuzz

check: deps
	@BUILD=$(BUILD) tests/run build lint unit asan golden fuzz load guest

unit asan golden load lint:
	@BUILD=$(BUILD) tests/run $@

KERNELS ?= all

check-guest:
	@BUILD=$(BUILD) KERNELS='$(KERNELS)' tests/run build guest

# ------------------------------------------------------------------ kernel, lab, demo

deps:
	@packaging/deps check

kernel:
	@kernel/build

LINUX ?= 7.2

kernel-lint kernel-bisect: kernel-%:
	@packaging/deps check
	@kernel/check $* --linux $(LINUX)

lab: all kernel
	@BUILD=$(BUILD) lab/initramfs

export BOOTS DURATION VCPUS ISOLATED KSRC BACKEND

demo:
	@packaging/deps demo
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) lab/demo

where:
	@BUILD=$(BUILD) lab/where

kernel-test: deps all
	@BUILD=$(BUILD) QPW_CCACHE=1 kernel/matrix

kernel-bench: deps lab
	@BUILD=$(BUILD) kernel/bench/run $(if $(ROUNDS),--rounds $(ROUNDS))
	@BUILD=$(BUILD) kernel/bench/drain

bench-overhead:
	@packaging/deps bench
	@$(MAKE) --no-print-directory all $(OVERHEAD_BIN)
	@BUILD=$(BUILD) bench/overhead/run $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(CPU),--cpu $(CPU))

bench-report:
	@packaging/deps bench
	@$(MAKE) --no-print-directory all $(REPORT_BIN) $(BUILD)/overhead/load $(BUILD)/load/flood
	@BUILD=$(BUILD) bench/report/run $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(CPU),--cpu $(CPU)) \
		$(if $(EVENTS),--events $(EVENTS))

bench-live:
	@packaging/deps bench
	@$(MAKE) --no-print-directory all $(LIVE_BIN) $(BUILD)/overhead/load
	@BUILD=$(BUILD) bench/live/run $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(CPU),--cpu $(CPU))

kernel-mutants: deps all
	@BUILD=$(BUILD) kernel/mutants

# ------------------------------------------------------------------ install

COMPLETIONS = $(DESTDIR)$(PREFIX)/share/bash-completion/completions

install: all
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/bin $(BUILD)/qpwlat $(BUILD)/qpwtop
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man1 man/*.1
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/qpwlat/grafana reports/grafana/*.json
	install -D -m 644 packaging/completion/qpwlat.bash $(COMPLETIONS)/qpwlat
	ln -sf qpwlat $(COMPLETIONS)/qpwtop

clean:
	rm -rf $(BUILD)

.PHONY: all help test-programs asan-programs fuzz-programs fuzz check unit asan golden load lint \
	check-guest deps kernel kernel-lint kernel-bisect lab demo where kernel-test kernel-bench \
	kernel-mutants bench-overhead bench-report bench-live install clean
.DELETE_ON_ERROR:
.SECONDARY:

-include $(shell find $(BUILD)/obj $(BUILD)/bpf -name '*.d' 2>/dev/null)
