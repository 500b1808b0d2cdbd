// SPDX-License-Identifier: GPL-2.0-only
// Doorbells by eventfd: VFIO_DEVICE_IOEVENTFD of a VMM.
#pragma once

#include "kernel/vfio_ioeventfd.h"
#include "kunit/fake/event.hh"
#include "kunit/support/guest.hh"

namespace support {

/// An address by which the device lets a member be notified.
enum class DoorbellPlace : u8 { none, owner, member };

/// The device answers NOTIFY_INFO of VF 1 with @place, until the rules are cleared.
void offer_doorbell(DoorbellPlace place);
/// A new owner, the device's answer and a guest on VF 1, which is started. Whether that worked.
[[nodiscard]] bool start_at(std::optional<Guest> &guest, DoorbellPlace place);

/// The argument by which a VMM registers @fd for notifications of @queue.
[[nodiscard]] kn_vfio_ioeventfd doorbell_request(u64 queue, int fd);
/// The ioctl with it: its result.
long set_event(Guest &guest, u64 queue, int fd);
/// The same, with a new eventfd. Return: its descriptor, or -1 and the case is failed.
[[nodiscard]] int add_event(Guest &guest, u64 queue);

/// Notifications that reached VF 1, whichever way.
[[nodiscard]] u32 doorbells(const Guest &guest);

} // namespace support
