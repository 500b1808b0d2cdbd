// SPDX-License-Identifier: GPL-2.0-only
// The eventfds of a VMM.
#pragma once

#include "kernel/event.h"

namespace fake {

/// Makes an eventfd. Return: its descriptor.
[[nodiscard]] int make_event();
/// A descriptor of another file, which is no eventfd.
constexpr int other_file = 3;
/// The VMM or KVM signals it, as in a vCPU's context: handlers run at once, threads soon.
void signal_event(int fd);
/// The sum of the signals since the last take_event(), of drivers and VMM.
[[nodiscard]] u32 take_event(int fd);
/// The VMM closes its descriptor: listeners stop by themselves.
void close_event(int fd);
/// How often drivers hold an eventfd, and listen to it.
[[nodiscard]] u32 event_users(int fd);

} // namespace fake
