// SPDX-License-Identifier: GPL-2.0-only
// The admin queue of the fake's owner.
#pragma once

#include "kunit/fake/fake.hh"
#include "owner/owner.hh"

namespace support {

inline owner::AdminQueue &queue()
{
	return reinterpret_cast<owner::Owner *>(fake::pf().owner)->controller().queue();
}

} // namespace support
