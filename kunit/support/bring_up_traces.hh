// SPDX-License-Identifier: GPL-2.0-only
// Accesses of real drivers to legacy registers, as they were recorded: the files of
// scripts/lab/traces, which the lab plays, too. Linux 6.12, SeaBIOS 1.16.2, iPXE 1.0.0
// (2019). Notifications are left out, for they are no commands of their own where there is
// a doorbell.
#pragma once

#include "kunit/support/model_device.hh"

namespace support {

/// Two queues with callback and a control queue without; neither MTU nor MQ.
void linux_net_bring_up(ModelGuest &guest);
void linux_net_removal(ModelGuest &guest);
/// One queue.
void linux_blk_bring_up(ModelGuest &guest);
void linux_blk_removal(ModelGuest &guest);
void seabios_blk_init(ModelGuest &guest);
/// Probe and open.
void ipxe_net_open(ModelGuest &guest);

} // namespace support
