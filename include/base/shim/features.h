/* SPDX-License-Identifier: GPL-2.0-only */
/* libstdc++ asks the C library for its features; a kernel module has none. */
#define __GLIBC_PREREQ(major, minor) 0
