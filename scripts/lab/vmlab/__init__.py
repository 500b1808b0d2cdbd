# SPDX-License-Identifier: GPL-2.0-only
"""The lab: a hypervisor host VM with the emulated device, its guests, and the scenarios run on them."""
