// SPDX-License-Identifier: GPL-2.0-only
// VFIO_DEVICE_SET_IRQS of INTx, as VFIO's user asks for it.
#pragma once

#include "base/result.hh"
#include "kernel/vfio_irqs.h"

namespace member {

/// A request that is well formed.
struct IrqRequest {
	enum class Action : base::u8 { trigger, mask, unmask };
	enum class Data : base::u8 { none, boolean, eventfd };

	Action action = Action::trigger;
	Data data = Data::none;
	bool one = false;   ///< for the interrupt that there is; else for none
	bool value = false; ///< of Data::boolean
	int fd = -1;	    ///< of Data::eventfd

	/// Whether it asks for the action itself, and not for an eventfd to do it.
	[[nodiscard]] bool acts() const
	{
		return data == Data::none || (data == Data::boolean && value);
	}
};

/**
 * read_irq_request() - check a request, in the order of vfio_set_irqs_validate_and_prepare()
 * @arg: the ioctl's argument, a user address
 *
 * Context: may sleep and fault. Return: the request; Error::invalid; Error::fault;
 * Error::no_such_ioctl for an action that there is not.
 */
[[nodiscard]] base::Result<IrqRequest> read_irq_request(u64 arg);

/**
 * answer_intx_info() - VFIO_DEVICE_GET_IRQ_INFO of INTx
 * @arg: the ioctl's argument, a user address
 *
 * Context: may sleep and fault. Return: as the ioctl, or nothing if it asks for another kind of interrupt.
 */
[[nodiscard]] std::optional<int> answer_intx_info(u64 arg);

} // namespace member
