#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The two cells of kernel/matrix that every change has to pass: the stress job under lockdep and its
# friends, in both modes. `make kernel-test` runs the others.

cd "$(dirname "$0")/../.." || exit 1
exec kernel/matrix preempt-debug-qpw0-both preempt-debug-qpw1-both
