// SPDX-License-Identifier: GPL-2.0-only
// VFs and the VFIO devices on them.
#include "kernel/memory.h"
#include "kernel/time.h"
#include "kunit/fake/state.hh"

namespace fake {

namespace {

constexpr u8 garbage_bar_byte = 0xee;

u16 config_length_of(u16 type)
{
	const core::DeviceType *const known = core::find_device_type(
		WIRE_PCI_VENDOR, static_cast<u16>(WIRE_PCI_MODERN_BASE + type));

	return known ? known->config_length() : u16{0};
}

/// The bits that a guest may change in a VF's configuration space. The I/O bit
/// is not one: a VF has no I/O.
u8 writable_bits(u32 offset)
{
	if (offset == WIRE_PCI_COMMAND)
		return 0x06;
	if (offset >= WIRE_PCI_BAR0 && offset < WIRE_PCI_BAR0 + 24)
		return 0xff;
	return 0; // MSI-X's Message Control is VFIO's own
}

constexpr u32 longest_reset_ms = 1000;

/// Of VFIO_DEVICE_SET_IRQS, which VFIO reads itself.
long set_irqs(Vf &vf, u64 arg)
{
	kn_vfio_irq_set set;

	if (const int error = kn_copy_from_user(&set, arg, sizeof(set)))
		return error;
	if (set.index == KN_VFIO_IRQ_INTX) // of which a VF has none
		return base::to_errno(base::Error::invalid);
	if (set.index != KN_VFIO_IRQ_MSIX || !(set.flags & KN_VFIO_IRQ_TRIGGER))
		return 0;
	// It allocates from entry 0 on.
	if (set.start + set.count == 0)
		set_msix(vf, false);
	else if (set.flags & KN_VFIO_IRQ_DATA_EVENTFD)
		set_msix(vf, true);
	return 0;
}

bool try_memory_lock(kn_vfio &vfio, bool write)
{
	DeviceGuard guard;

	if (vfio.resetting || vfio.command_locked || (write && vfio.memory_locks))
		return false;
	if (write)
		vfio.command_locked = true;
	else
		vfio.memory_locks++;
	return true;
}

/// Takes memory_lock. If that lasts too long, the caller itself must hold it.
void take_memory_lock(kn_vfio &vfio, bool write)
{
	const u64 start = kn_now_ms();

	while (!try_memory_lock(vfio, write)) {
		if (kn_now_ms() - start > longest_reset_ms) {
			violation("memory_lock wanted while the caller holds it");
			return;
		}
		kn_sleep_us(100);
	}
}

/// As vfio-pci-core decides it. The caller holds the device lock.
bool answers_memory(const kn_vfio &vfio)
{
	return vfio.memory_enabled && !vfio.vf->in_d3 && !vfio.vf->suspended;
}

void give_memory_lock(kn_vfio &vfio)
{
	DeviceGuard guard;

	if (!vfio.command_locked)
		violation("memory_lock released that was not held for write");
	vfio.command_locked = false;
}

} // namespace

void init_vf(State &state, u32 index)
{
	Vf &vf = state.pf.vf[index];
	const Options &options = state.pf.options;
	const u16 device = options.vf_device_id ? options.vf_device_id
						: static_cast<u16>(WIRE_PCI_MODERN_BASE + options.vf_type);

	init_function(vf, WIRE_PCI_VENDOR, device);
	vf.id = index + 1;
	vf.vfio = &state.vfio[index];
	vf.enabled = true; // by vfio-pci-core, when it is opened
	vf.bar_length[virtio_bar] = virtio_bar_length;
	vf.bar_length[msix_bar] = msix_bar_length;
	vf.bar_exists[0] = options.vf_has_bar0;
	add_msix(vf, msix_vectors, msix_bar, 0, msix_bar, 0x800);
	add_virtio(vf, WIRE_PCI_CAP_COMMON, virtio_bar, common_offset, 56);
	add_virtio(vf, WIRE_PCI_CAP_ISR, virtio_bar, isr_offset, 1);
	add_virtio(vf, WIRE_PCI_CAP_DEVICE, virtio_bar, device_offset, 0x100);
	add_virtio(vf, WIRE_PCI_CAP_NOTIFY, virtio_bar, notify_place, notify_length, 20,
		   notify_multiplier);

	reset_vf_registers(vf);
	vf.features = 0x12345678;
	for (u16 &size : vf.queue_size)
		size = 256;
	vf.config_length = config_length_of(options.vf_type);
	for (u32 i = 0; i < vf.config_length; i++)
		vf.device_config[i] = static_cast<u8>(0x10 + i + index);
	vf.host_vectors = KN_VFIO_VECTORS;
	vf.host_handlers = KN_VFIO_VECTORS;
	vf.vfio->vf = &vf;
	vf.vfio->memory_enabled = true;
}

void set_vfio_msix(Vf &vf, bool enabled)
{
	DeviceGuard guard;

	vf.vfio->msix = enabled;
}

void set_msix(Vf &vf, bool enabled)
{
	DeviceGuard guard;

	vf.vfio->msix = enabled;
	if (enabled && vf.vfio->vectors)
		violation("MSI-X enabled by VFIO while the driver has vectors");
	enable_msix_locked(vf, enabled);
}

void enable_msix_locked(Vf &vf, bool enabled)
{
	vf.msix_enabled = enabled;
	if (const u16 control = msix_control(vf)) {
		u8 &high = vf.config[control + 1];
		high = static_cast<u8>(enabled ? high | 0x80 : high & ~0x80);
	}
	if (enabled || !vf.drops_vectors)
		return;
	vf.config_vector = WIRE_NO_VECTOR;
	for (u16 &vector : vf.queue_vector)
		vector = WIRE_NO_VECTOR;
}

void set_memory_enabled(Vf &vf, bool enabled)
{
	DeviceGuard guard;

	vf.vfio->memory_enabled = enabled;
}

void set_resetting(Vf &vf, bool resetting)
{
	DeviceGuard guard;

	vf.vfio->resetting = resetting;
}

void set_d3(Vf &vf, bool in_d3)
{
	DeviceGuard guard;

	vf.in_d3 = in_d3;
}

void suspend(Vf &vf, bool again)
{
	DeviceGuard guard;

	if (vf.power_gets)
		violation("function suspended while it is held", vf.power_gets);
	vf.suspended = true;
	vf.low_power = again;
}

} // namespace fake

using fake::DeviceGuard;
using fake::Vf;
using fake::violation;

namespace {

/// As vfio-pci-core holds the function over an access.
class [[nodiscard]] Awake {
public:
	explicit Awake(Vf &vf) : vf_(vf) { fake::hold_power(vf); }
	~Awake() { fake::release_power(vf_); }
	Awake(const Awake &) = delete;
	Awake &operator=(const Awake &) = delete;

private:
	Vf &vf_;
};

/// vfio-pci takes all of an access to configuration space, or nothing.
bool is_in_config(u64 offset, kn_size count)
{
	return offset < fake::config_region_bytes && count <= fake::config_region_bytes - offset;
}

} // namespace

extern "C" {

kn_pci *kn_vfio_pci(kn_vfio *vfio)
{
	return vfio->vf;
}

bool kn_vfio_msix_enabled(kn_vfio *vfio)
{
	if (vfio->vf->on_msix_query)
		vfio->vf->on_msix_query(*vfio->vf);
	DeviceGuard guard;
	return vfio->msix;
}

void kn_vfio_config(kn_vfio *vfio, void *to, kn_size size)
{
	base::copy_bytes({static_cast<u8 *>(to), size}, vfio->vf->config);
}

long kn_vfio_read(kn_vfio *vfio, u64 buffer, kn_size count, u64 position)
{
	const u64 region = position >> KN_VFIO_OFFSET_SHIFT;
	const u64 offset = position & ((u64{1} << KN_VFIO_OFFSET_SHIFT) - 1);
	auto *const to = reinterpret_cast<u8 *>(buffer);

	const Awake awake{*vfio->vf};
	if (fake::take_failure(fake::Call::vfio_read))
		return base::to_errno(base::Error::io);
	if (buffer < fake::bad_user_address)
		return base::to_errno(base::Error::fault);
	if (region != KN_VFIO_REGION_CONFIG) {
		base::fill_bytes({to, count}, fake::garbage_bar_byte);
		return static_cast<long>(count);
	}
	if (!is_in_config(offset, count))
		return base::to_errno(base::Error::fault);
	DeviceGuard guard;
	for (kn_size i = 0; i < count; i++)
		to[i] = offset + i < fake::config_bytes ? vfio->vf->config[offset + i] : u8{0};
	return static_cast<long>(count);
}

long kn_vfio_write(kn_vfio *vfio, u64 buffer, kn_size count, u64 position)
{
	const u64 region = position >> KN_VFIO_OFFSET_SHIFT;
	const u64 offset = position & ((u64{1} << KN_VFIO_OFFSET_SHIFT) - 1);
	const auto *const from = reinterpret_cast<const u8 *>(buffer);
	Vf &vf = *vfio->vf;

	const Awake awake{vf};
	if (fake::take_failure(fake::Call::vfio_write))
		return base::to_errno(base::Error::io);
	if (buffer < fake::bad_user_address)
		return base::to_errno(base::Error::fault);
	if (region != KN_VFIO_REGION_CONFIG)
		return static_cast<long>(count);
	if (vf.on_config_write)
		std::exchange(vf.on_config_write, nullptr)(vf);
	if (!is_in_config(offset, count))
		return base::to_errno(base::Error::fault);
	const bool command = offset <= WIRE_PCI_COMMAND && WIRE_PCI_COMMAND < offset + count;
	if (command)
		fake::take_memory_lock(*vfio, true);
	{
		DeviceGuard guard;
		for (kn_size i = 0; i < count && offset + i < fake::config_bytes; i++) {
			const u8 mask = fake::writable_bits(static_cast<u32>(offset + i));
			u8 &byte = vf.config[offset + i];
			vf.config_writes[offset + i]++;
			byte = static_cast<u8>((byte & ~mask) | (from[i] & mask));
		}
	}
	if (command)
		fake::give_memory_lock(*vfio);
	return static_cast<long>(count);
}

long kn_vfio_ioctl(kn_vfio *vfio, u32 cmd, u64 arg, u32)
{
	Vf &vf = *vfio->vf;

	if (fake::is_suspended(vf))
		violation("ioctl of a suspended function", cmd);
	if (cmd == KN_VFIO_DEVICE_SET_IRQS && arg) {
		if (vf.on_ioctl)
			(void)vf.on_ioctl(vf, cmd);
		return fake::set_irqs(vf, arg);
	}
	return vf.on_ioctl ? vf.on_ioctl(vf, cmd) : 0;
}

int kn_vfio_feature(kn_vfio *vfio, u32 flags, u64, kn_size)
{
	if (fake::is_suspended(*vfio->vf))
		violation("feature of a suspended function", flags);
	return 0;
}

kn_mmio *kn_vfio_map_bar(kn_vfio *vfio, u8 bar)
{
	if (fake::take_failure(fake::Call::vfio_map))
		return nullptr;
	if (bar > 5 || vfio->vf->bar_length[bar] == 0) {
		violation("mapping of a VF's BAR that does not exist", bar);
		return nullptr;
	}
	// VFIO does not serialize that with its user's first access.
	if (vfio->vf->assigned && !vfio->mapping[bar].function)
		violation("first mapping of a VF's BAR after open", bar);
	vfio->mapping[bar] = {.function = vfio->vf,
			      .bar = bar,
			      .offset = 0,
			      .length = vfio->vf->bar_length[bar]};
	return &vfio->mapping[bar];
}

bool kn_vfio_memory_lock(kn_vfio *vfio)
{
	fake::check_may_sleep("memory_lock waited for in the handler of a listener");
	fake::take_memory_lock(*vfio, false);
	DeviceGuard guard;
	return fake::answers_memory(*vfio);
}

bool kn_vfio_memory_trylock(kn_vfio *vfio, bool *answers)
{
	if (vfio->vf->on_memory_trylock)
		std::exchange(vfio->vf->on_memory_trylock, nullptr)(*vfio->vf);
	if (!fake::try_memory_lock(*vfio, false))
		return false;
	if (kn_vfio_may_sleep(vfio)) {
		kn_vfio_memory_unlock(vfio);
		return false;
	}
	DeviceGuard guard;
	*answers = fake::answers_memory(*vfio);
	return true;
}

bool kn_vfio_may_sleep(kn_vfio *vfio)
{
	DeviceGuard guard;

	return vfio->vf->suspended || vfio->vf->low_power;
}

void kn_vfio_command_lock(kn_vfio *vfio)
{
	if (vfio->vf->on_command_lock)
		std::exchange(vfio->vf->on_command_lock, nullptr)(*vfio->vf);
	fake::take_memory_lock(*vfio, true);
}

int kn_vfio_command_lock_killable(kn_vfio *vfio)
{
	if (fake::take_failure(fake::Call::command_lock))
		return base::to_errno(base::Error::interrupted);
	kn_vfio_command_lock(vfio);
	return 0;
}

void kn_vfio_command_unlock(kn_vfio *vfio)
{
	fake::give_memory_lock(*vfio);
}

void kn_vfio_memory_unlock(kn_vfio *vfio)
{
	DeviceGuard guard;

	if (vfio->memory_locks == 0)
		violation("memory_lock released that was not held");
	else
		vfio->memory_locks--;
}

} // extern "C"
