#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The mutants of the series still apply to it, without fuzz. `make kernel-mutants` boots them.

cd "$(dirname "$0")/../.." || exit 1
exec kernel/mutants --check
