// SPDX-License-Identifier: GPL-2.0-only
// What an owner knows of one member.
#pragma once

#include "core/admin_command.hh"
#include "core/function_layout.hh"
#include "kernel/mmio.h"
#include "owner/owner.h"
#include "owner/queue/sender.hh"
#include "owner/queue/set_aside.hh"

namespace owner {
class Owner;

/// The driver of a member. @at_risk: as of virtio_owner_open().
struct Listener {
	virtio_owner_callback at_risk = nullptr;
	void *context = nullptr;
};
}

/**
 * struct virtio_owner_member - one VF, for as long as SR-IOV is enabled
 *
 * It outlives the VF's driver, so that a command which the device keeps is known
 * to the next one. Fields are protected by the queue's lock unless they say so.
 */
struct virtio_owner_member {
	owner::Owner *owner; ///< constant
	core::MemberId id;   ///< constant

	bool open;
	owner::Listener listener; ///< while open
	bool held;	  ///< quiesced: no command until a function reset is over
	owner::SetAside aside;
	u64 timed_out_us; ///< last wait without a completion (kn_now_us())
	u64 recovered_us; ///< last function reset or open (kn_now_us())
	u32 outstanding;  ///< commands in the device, orphans included
	u32 orphans;	  ///< commands in the device without a waiter
	owner::Sender sender;

	core::BarRange doorbell;    ///< claimed address, while open; Members::claims_ protects it
	kn_mmio *doorbell_mapping;  ///< not locked: only its opener changes it
};

namespace owner {
using Member = ::virtio_owner_member;
}
