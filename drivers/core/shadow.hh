// SPDX-License-Identifier: GPL-2.0-only
// Which accesses of a guest need no command, or one together with others.
#pragma once

#include "core/access_plan.hh"
#include "core/intx_vectors.hh"
#include "core/known_device.hh"
#include "core/vector_memory.hh"

namespace core {

/**
 * class Shadow - what is known of a device's legacy registers
 *
 * A guest must not be able to tell, but by time, whether an access was answered from
 * here: each rule in known_registers.cc says why it cannot. All rest on a *confirmed reset*,
 * after which the registers are known, and on all accesses since having come through
 * here. Accesses that go past it, as of a driver that uses the modern interface at
 * the same time, are the guest's own fault and harm nobody else.
 *
 * Not locked: the caller is. It allocates nothing.
 */
class Shadow {
public:
	/// The time of an access, as far as its caller knows more than the device.
	struct Moment {
		MsixLayout layout;
		u32 msix_switches; ///< of the guest's, so far
		u64 suspended_ns;  ///< in runtime suspend, ever: the registers may be lost there
		u32 notifications; ///< that the guest has sent so far, and that are over
		u32 config_events; ///< interrupts for changes of the configuration so far

		bool operator==(const Moment &) const = default;
	};

	/// Before each open. Without @rules every piece is one command, and so is a reset.
	void start(bool rules);

	/**
	 * read() - do a read of a piece of a field
	 * @piece: in common or device
	 * @data: gets it; as long as the piece, which may be longer than the register
	 *
	 * Return: success, or why a command failed; Error::invalid if the device has no
	 * such field. Context: may sleep.
	 */
	[[nodiscard]] base::Status read(const Piece &piece, Bytes data, LegacyDevice &device,
					const Moment &moment);

	/**
	 * write() - do a write of a piece of a field
	 * @piece: of a writable field; neither a notification nor a reset
	 *
	 * Return, context: as read().
	 */
	[[nodiscard]] base::Status write(const Piece &piece, ConstBytes data, LegacyDevice &device,
					 const Moment &moment);

	/**
	 * reset() - write status 0, and see what the status is then
	 * @status: set on success; 0 if the reset is confirmed
	 *
	 * Return, context: as read().
	 */
	[[nodiscard]] base::Status reset(u8 &status, LegacyDevice &device, const Moment &moment);
	/// Looks again for the end of a reset.
	[[nodiscard]] base::Status look(u8 &status, LegacyDevice &device, const Moment &moment);

	/// What is known of the vector registers of a device on which MSI-X was disabled.
	enum class Loss : u8 {
		none,	     ///< the device keeps them
		all_or_none, ///< the guest has written none since: one register tells of all
		any,	     ///< each has to be read
	};

	/**
	 * restore_vectors() - write the vectors again that the device has lost
	 * @loss: none reads no register; all_or_none reads no more if the first still has its vector
	 *
	 * After MSI-X was disabled and enabled, which the guest did not see. Vectors that the device
	 * still has are not written. The guest's selection of a queue stays. Without rules no vector
	 * is remembered.
	 *
	 * Return: whether the device has shown that it keeps vector registers, which takes
	 * all_or_none; why a command failed; Error::no_space if the device does not map a vector.
	 * Context: as read().
	 */
	[[nodiscard]] base::Result<bool> restore_vectors(LegacyDevice &device,
							 const Moment &moment, Loss loss);

	// --- vectors of the driver's, while the guest has MSI-X disabled -----------
	// Between two accesses of the guest, which have observed all there is to observe.

	/// The queue that the guest has selected, if known.
	[[nodiscard]] std::optional<u16> selection() { return known_.queues().current(); }
	/// The register of ISR Status becomes another's, or the device's.
	void isr_changes() { known_.registers().notified(); }

	/**
	 * map_vector() - write a vector register, and read it back
	 * @field: WIRE_LEGACY_CONFIG_VECTOR, or WIRE_LEGACY_QUEUE_VECTOR of the selected queue
	 *
	 * Return, context: as restore_vectors().
	 */
	[[nodiscard]] base::Status map_vector(u16 field, u16 vector, LegacyDevice &device);
	/// Maps all queues of @vectors that may live, and are not mapped. Return, context: as map_vector().
	[[nodiscard]] base::Status map_live(IntxVectors &vectors, u16 vector, LegacyDevice &device);
	/// After the guest has enabled MSI-X: nothing is mapped, as the guest expects. Return, context: as
	/// map_vector().
	[[nodiscard]] base::Status unmap(IntxVectors &vectors, LegacyDevice &device,
					 const Moment &moment);

	[[nodiscard]] bool rules() const { return rules_; }

private:
	void observe(const LegacyDevice &device, const Moment &moment);
	void notice(Era era, const Moment &moment);

	base::Status forward(const Piece &piece, Bytes data, LegacyDevice &device);
	base::Status read_register(const Piece &piece, Bytes data, LegacyDevice &device);
	base::Status read_config(const Piece &piece, Bytes data, LegacyDevice &device);
	base::Status write_register(const Piece &piece, u32 value, LegacyDevice &device);
	base::Status write_select(u16 queue, LegacyDevice &device);
	base::Status write_vector(u16 field, u16 vector, LegacyDevice &device);
	void remember_vector(u16 field, u16 vector);
	void probe_vector(u16 field, LegacyDevice &device);
	base::Result<bool> restore_vector(u16 field, u16 vector, LegacyDevice &device);
	base::Result<bool> restore_each(bool one_tells, LegacyDevice &device);
	base::Status write_address(Access access, LegacyDevice &device);
	base::Status write_features(Access access, LegacyDevice &device);
	base::Status write_status(u8 status, LegacyDevice &device);
	base::Status write_config(const Piece &piece, ConstBytes data, LegacyDevice &device);

	bool rules_ = true;
	Era era_;
	Moment moment_ = {}; ///< of the last access

	KnownDevice known_;
	VectorMemory vectors_;
};

} // namespace core
