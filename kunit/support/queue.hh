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

inline owner::Transport &transport()
{
	return reinterpret_cast<owner::Owner *>(fake::pf().owner)->controller().session().transport();
}

} // namespace support
