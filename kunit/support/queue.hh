// SPDX-License-Identifier: GPL-2.0-only
// The admin queue and the registers of the fake's owner.
#pragma once

#include "kunit/fake/fake.hh"
#include "owner/owner.hh"

namespace support {

inline owner::AdminQueue &queue()
{
	return reinterpret_cast<owner::Owner *>(fake::pf().owner)->controller().queue();
}

inline owner::QueueRegisters &queue_registers()
{
	auto &owner = *reinterpret_cast<owner::Owner *>(fake::pf().owner);

	return owner.controller().session().device().queue_registers();
}

} // namespace support
