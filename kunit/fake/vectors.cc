// SPDX-License-Identifier: GPL-2.0-only
// Messages of VFs, and the vectors that the driver has for them beside VFIO.
#include "kernel/vfio_irqs.h"

#include "kunit/fake/eventually.hh"
#include "kunit/fake/state.hh"

namespace fake {

namespace {

constexpr u64 handler_ms = 3000;
constinit bool intx_supported = true;

void check_awake(const Vf &vf)
{
	if (is_suspended(vf))
		violation("vectors of a suspended function changed");
}

/// The CPU takes the message of a vector. Without a handler of the driver's it is VFIO's.
void deliver(Vf &vf, u32 vector)
{
	Handler handler;

	{
		DeviceGuard guard;
		if (vector >= KN_VFIO_VECTORS || !vf.vfio->handlers[vector].call)
			return;
		handler = vf.vfio->handlers[vector];
		vf.vfio->running++;
	}
	kt_interrupt(handler.call, handler.context, vector);
	DeviceGuard guard;
	vf.vfio->running--;
}

/// With MSI-X, ISR Status is not what drivers look at (4.1.4.5.1); this device leaves it alone.
void notify(Vf &vf, const u16 &vector_register, u8 isr)
{
	bool message;
	u16 vector;

	{
		DeviceGuard guard;
		vector = vector_register;
		message = vf.msix_enabled;
		if (!message)
			vf.isr = static_cast<u8>(vf.isr | isr);
	}
	if (message && vector != WIRE_NO_VECTOR)
		deliver(vf, vector);
}

} // namespace

u16 msix_control(const Vf &vf)
{
	for (u16 at = vf.config[WIRE_PCI_CAP_POINTER]; at >= 0x40 && at < config_bytes - 1;
	     at = vf.config[at + 1])
		if (vf.config[at] == WIRE_PCI_CAP_ID_MSIX)
			return static_cast<u16>(at + WIRE_MSIX_CONTROL);
	return 0;
}

void queue_event(Vf &vf, u16 queue)
{
	notify(vf, vf.queue_vector[queue], WIRE_ISR_QUEUE);
}

void config_event(Vf &vf)
{
	notify(vf, vf.config_vector, WIRE_ISR_QUEUE | WIRE_ISR_CONFIG);
}

void late_message(Vf &vf, u32 vector)
{
	deliver(vf, vector);
}

void drop_msix_enable(Vf &vf)
{
	DeviceGuard guard;

	enable_msix_locked(vf, false);
}

u32 driver_vectors(const Vf &vf)
{
	DeviceGuard guard;
	return vf.vfio->vectors;
}

void set_intx_supported(bool supported)
{
	intx_supported = supported;
}

} // namespace fake

using fake::DeviceGuard;
using fake::violation;

extern "C" {

bool kn_vfio_intx_supported()
{
	return fake::intx_supported;
}

bool kn_vfio_irqs_unused(kn_vfio *vfio)
{
	DeviceGuard guard;
	return !vfio->msix;
}

int kn_vfio_vectors_setup(kn_vfio *vfio, kn_vfio_vectors *vectors, kn_irq_handler handler,
			  void *context)
{
	fake::Vf &vf = *vfio->vf;

	if (const int error = kn_vfio_command_lock_killable(vfio))
		return error;
	fake::check_awake(vf);
	u32 count = base::minimum(vf.host_vectors, u32{KN_VFIO_VECTORS});
	{
		DeviceGuard guard;
		if (vfio->msix || vfio->vectors || (count && vf.msix_enabled))
			violation("vectors allocated while MSI-X is enabled");
	}
	count = base::minimum(count, vf.host_handlers);
	if (count) {
		DeviceGuard guard;
		for (u32 i = 0; i < count; i++)
			vfio->handlers[i] = {.call = handler, .context = context};
		vfio->vectors = count;
		enable_msix_locked(vf, true);
	}
	vectors->count = count;
	kn_vfio_command_unlock(vfio);
	return count ? static_cast<int>(count) : base::to_errno(base::Error::no_space);
}

void kn_vfio_vectors_sync(kn_vfio *vfio, kn_vfio_vectors *)
{
	const auto ended = [vfio] {
		DeviceGuard guard;
		return vfio->running == 0;
	};

	if (!fake::eventually(ended, fake::handler_ms))
		violation("handler of a VF's vector that does not return");
}

void kn_vfio_vectors_release(kn_vfio *vfio, kn_vfio_vectors *vectors)
{
	kn_vfio_command_lock(vfio);
	fake::check_awake(*vfio->vf);
	{
		DeviceGuard guard;
		if (!vfio->vectors || vectors->count != vfio->vectors)
			violation("vectors released that the driver has not");
		for (fake::Handler &handler : vfio->handlers)
			handler.call = nullptr;
		enable_msix_locked(*vfio->vf, false);
		vfio->vectors = 0;
	}
	kn_vfio_vectors_sync(vfio, vectors);
	vectors->count = 0;
	kn_vfio_command_unlock(vfio);
}

} // extern "C"
