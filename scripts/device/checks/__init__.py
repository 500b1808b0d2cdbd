# SPDX-License-Identifier: GPL-2.0-only
"""Checks of the emulated device without any guest: registers and memory are
reached through QEMU's qtest protocol, time stands still unless stepped."""
