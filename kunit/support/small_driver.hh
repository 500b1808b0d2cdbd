// SPDX-License-Identifier: GPL-2.0-only
// The least of an owner's driver, which can go wrong in many ways: for tests of
// the fake itself.
#pragma once

#include "kernel/dma.h"
#include "kernel/mmio.h"
#include "kunit/fake/fake.hh"
#include "wire/ring.hh"

namespace support {

using base::u16;
using base::u32;
using base::u64;
using base::u8;

constexpr u64 needed_features = u64{1} << WIRE_F_VERSION_1 | u64{1} << WIRE_F_SR_IOV |
				u64{1} << WIRE_F_ADMIN_VQ | u64{1} << WIRE_F_ACCESS_PLATFORM;

/// How the driver goes wrong.
struct Mistakes {
	bool no_acknowledge = false;
	bool late_features = false;
	bool early_queue = false;
	bool no_driver_ok = false;
	bool no_bus_master = false;
	bool interrupt_line = false; ///< is left enabled
	bool physical = false;
	u64 features = needed_features;
	u16 size = 8;
	u64 shift = 0;	       ///< of the ring's address
	u32 used_place = 1024; ///< of the used ring in the block
};

/// One block of shared memory, eight descriptors, a few places for commands.
class SmallDriver {
public:
	explicit SmallDriver(const Mistakes &mistakes = {});
	~SmallDriver() { end(); }
	SmallDriver(const SmallDriver &) = delete;
	SmallDriver &operator=(const SmallDriver &) = delete;

	void end();
	void set_status(u8 value);
	void set_queue(u32 offset, u16 value);
	void notify(u16 value = 1);
	[[nodiscard]] kn_mmio *common() const { return common_; }
	[[nodiscard]] kn_dma &dma() { return dma_; }
	[[nodiscard]] wire::RingDescriptor *descriptors();
	/// The first command's bytes.
	[[nodiscard]] u8 *command();

	/// Writes the header of a command, in @slot's place.
	void head(u16 opcode, u64 member, u32 slot = 0);
	/// Sends what is in @slot's place.
	void send(u32 readable, u32 writable, u32 slot = 0, u16 head = 0xffff);
	void publish(u16 first);
	/// Whether @count answers came, ever, within a second.
	[[nodiscard]] bool answered(u16 count);
	/// LIST_QUERY and LIST_USE: the first two.
	void lists();

private:
	u8 *bytes(u32 place) { return static_cast<u8 *>(dma_.memory) + place; }
	void write64(u32 offset, u64 value);
	void set_features();
	void set_up_queue();
	void bring_up();

	Mistakes mistakes_;
	kn_mmio *common_ = nullptr;
	kn_mmio *notify_ = nullptr;
	kn_dma dma_ = {};
	u16 available_ = 0;
};

/// Whether a rule was broken, this one first. Forgets it.
void expect_rule_broken(const char *rule);
/// A device with two VFs and no driver.
void start_bare(const fake::Options &options = {});
/// Ends what start_bare() began, and expects that nothing else was wrong.
void finish_bare(SmallDriver &driver);

/// One wrong command after the lists.
template <typename Send>
void try_command(const char *rule, Send send)
{
	start_bare();
	SmallDriver driver;
	driver.lists();
	send(driver);
	expect_rule_broken(rule);
	finish_bare(driver);
}

} // namespace support
