// SPDX-License-Identifier: GPL-2.0-only
// main.c's needs in terms of class Device. Errors become errno here.
#include "member/exports.h"

#include "member/device.hh"

using member::Device;

namespace {

Device *from(virtio_legacy *handle)
{
	return reinterpret_cast<Device *>(handle);
}

} // namespace

extern "C" {

virtio_legacy_settings virtio_legacy_parameters = {
	.plain = false, .hide_modern = false, .forward_all = false, .no_intx = false};

int virtio_legacy_create(virtio_legacy *handle, kn_vfio *vfio)
{
	static_assert(sizeof(Device) == sizeof(*handle) && alignof(Device) == alignof(virtio_legacy));

	return base::to_errno(Device::create(handle, vfio, virtio_legacy_parameters));
}

void virtio_legacy_destroy(virtio_legacy *handle)
{
	Device::destroy(from(handle));
}

int virtio_legacy_open(virtio_legacy *handle)
{
	return base::to_errno(from(handle)->open());
}

void virtio_legacy_close(virtio_legacy *handle)
{
	from(handle)->close();
}

void virtio_legacy_reset_prepare(virtio_legacy *handle)
{
	from(handle)->reset_prepare();
}

void virtio_legacy_reset_done(virtio_legacy *handle)
{
	from(handle)->reset_done();
}

u32 virtio_legacy_bar_size(virtio_legacy *handle)
{
	return from(handle)->bar_size();
}

long virtio_legacy_read(virtio_legacy *handle, u64 buffer, kn_size count, u64 position)
{
	return from(handle)->read(buffer, count, position);
}

long virtio_legacy_write(virtio_legacy *handle, u64 buffer, kn_size count, u64 position)
{
	return from(handle)->write(buffer, count, position);
}

long virtio_legacy_ioctl(virtio_legacy *handle, u32 cmd, u64 arg)
{
	return from(handle)->ioctl(cmd, arg);
}

int virtio_legacy_feature(virtio_legacy *handle, u32 flags, u64 arg, kn_size size)
{
	return from(handle)->feature(flags, arg, size);
}

int virtio_legacy_set_plain(virtio_legacy *handle, bool plain)
{
	return base::to_errno(from(handle)->set_plain(plain));
}

int virtio_legacy_set_hide_modern(virtio_legacy *handle, bool hide)
{
	return base::to_errno(from(handle)->set_hide_modern(hide));
}

int virtio_legacy_set_no_intx(virtio_legacy *handle, bool none)
{
	return base::to_errno(from(handle)->set_no_intx(none));
}

void virtio_legacy_describe(virtio_legacy *handle, virtio_legacy_view *view)
{
	from(handle)->describe(*view);
}

} // extern "C"
