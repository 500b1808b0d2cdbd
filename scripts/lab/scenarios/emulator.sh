# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# A processor of the host VM executes what another one writes: nested guests, and Linux itself, rely on it.

check code code-writer 5
