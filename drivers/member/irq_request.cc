// SPDX-License-Identifier: GPL-2.0-only
#include "member/irq_request.hh"

#include "kernel/memory.h"

namespace member {

using base::Error;
using base::Result;
using base::Status;

namespace {

using Action = IrqRequest::Action;
using Data = IrqRequest::Data;

constexpr u32 data_flags = KN_VFIO_IRQ_DATA_NONE | KN_VFIO_IRQ_DATA_BOOL | KN_VFIO_IRQ_DATA_EVENTFD;
constexpr u32 action_flags = KN_VFIO_IRQ_MASK | KN_VFIO_IRQ_UNMASK | KN_VFIO_IRQ_TRIGGER;
constexpr u32 most = ~u32{0};

Result<Data> data_of(u32 flags)
{
	switch (flags & data_flags) {
	case KN_VFIO_IRQ_DATA_NONE:
		return Data::none;
	case KN_VFIO_IRQ_DATA_BOOL:
		return Data::boolean;
	case KN_VFIO_IRQ_DATA_EVENTFD:
		return Data::eventfd;
	default:
		return Error::invalid;
	}
}

Result<Action> action_of(u32 flags)
{
	switch (flags & action_flags) {
	case KN_VFIO_IRQ_MASK:
		return Action::mask;
	case KN_VFIO_IRQ_UNMASK:
		return Action::unmask;
	case KN_VFIO_IRQ_TRIGGER:
		return Action::trigger;
	default:
		return Error::no_such_ioctl;
	}
}

u32 size_of(Data data)
{
	switch (data) {
	case Data::boolean:
		return sizeof(base::u8);
	case Data::eventfd:
		return sizeof(int);
	default:
		return 0;
	}
}

/// There is one interrupt, number 0.
bool is_sound(const kn_vfio_irq_set &set)
{
	return set.argsz >= sizeof(set) && set.index == KN_VFIO_IRQ_INTX &&
	       set.count < most - set.start && !(set.flags & ~(data_flags | action_flags)) &&
	       set.start == 0 && set.count <= 1;
}

Status read_data(u64 from, IrqRequest &request)
{
	base::u8 value = 0;

	if (request.data == Data::boolean) {
		TRY(base::status_of(kn_copy_from_user(&value, from, sizeof(value))));
		request.value = value != 0;
	} else if (request.data == Data::eventfd) {
		TRY(base::status_of(kn_copy_from_user(&request.fd, from, sizeof(request.fd))));
	}
	return {};
}

} // namespace

Result<IrqRequest> read_irq_request(u64 arg)
{
	kn_vfio_irq_set set;
	IrqRequest request;

	TRY(base::status_of(kn_copy_from_user(&set, arg, sizeof(set))));
	if (!is_sound(set))
		return Error::invalid;
	request.data = TRY(data_of(set.flags));
	request.one = set.count == 1;
	if (request.one && set.argsz - sizeof(set) < size_of(request.data))
		return Error::invalid;
	if (request.one)
		TRY(read_data(arg + sizeof(set), request));
	request.action = TRY(action_of(set.flags));
	return request;
}

std::optional<int> answer_intx_info(u64 arg)
{
	kn_vfio_irq_info info;

	if (const int error = kn_copy_from_user(&info, arg, sizeof(info)))
		return error;
	if (info.index != KN_VFIO_IRQ_INTX)
		return std::nullopt;
	if (info.argsz < sizeof(info))
		return base::to_errno(Error::invalid);
	info.flags = KN_VFIO_IRQ_INFO_EVENTFD | KN_VFIO_IRQ_INFO_MASKABLE |
		     KN_VFIO_IRQ_INFO_AUTOMASKED;
	info.count = 1;
	return kn_copy_to_user(arg, &info, sizeof(info));
}

} // namespace member
