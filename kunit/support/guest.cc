// SPDX-License-Identifier: GPL-2.0-only
#include "kunit/support/guest.hh"

#include "kernel/time.h"
#include "kernel/vfio_irqs.h"

namespace support {

namespace {

constexpr u64 bar0 = u64{KN_VFIO_REGION_BAR0} << KN_VFIO_OFFSET_SHIFT;
constexpr u64 config_space = u64{KN_VFIO_REGION_CONFIG} << KN_VFIO_OFFSET_SHIFT;
constexpr u16 command_io_and_master = 0x0005;

u64 user(const void *memory)
{
	return reinterpret_cast<u64>(memory);
}

} // namespace

u16 msix_of(const kn_pci &function)
{
	u16 at = function.config[WIRE_PCI_CAP_POINTER];

	for (unsigned i = 0; at != 0 && i < 64; i++) {
		if (function.config[at] == WIRE_PCI_CAP_ID_MSIX)
			return at;
		at = function.config[at + 1];
	}
	return 0;
}

Guest::Guest(u32 id)
	: vf_(&fake::vf(id)), room_(static_cast<virtio_legacy *>(kt_alloc(sizeof(*room_))))
{
	if (!room_)
		error_ = base::to_errno(base::Error::no_memory);
	else
		error_ = virtio_legacy_create(room_, vf_->vfio);
	if (!error_)
		legacy_ = room_;
}

Guest::~Guest()
{
	if (open_)
		close();
	if (legacy_)
		virtio_legacy_destroy(legacy_);
	kt_free(room_);
}

virtio_legacy *Guest::take()
{
	virtio_legacy *const taken = legacy_;

	legacy_ = nullptr;
	return taken;
}

int Guest::open()
{
	const int error = legacy_ ? virtio_legacy_open(legacy_) : error_;

	open_ = error == 0;
	return error;
}

void Guest::close()
{
	virtio_legacy_close(legacy_);
	open_ = false;
}

bool Guest::start()
{
	if (!KT_EXPECT_EQ(open(), 0))
		return false;
	set_config(WIRE_PCI_COMMAND, 2, command_io_and_master);
	return true;
}

bool Guest::start_forwarding()
{
	virtio_legacy_parameters.forward_all = true;
	const bool started = start();
	virtio_legacy_parameters.forward_all = false;
	return started;
}

long Guest::read_bar(u64 offset, void *to, usize count)
{
	return virtio_legacy_read(legacy_, user(to), count, bar0 | offset);
}

long Guest::write_bar(u64 offset, const void *from, usize count)
{
	return virtio_legacy_write(legacy_, user(from), count, bar0 | offset);
}

long Guest::read_region(u32 region, u64 offset, void *to, usize count)
{
	return virtio_legacy_read(legacy_, user(to), count,
				  u64{region} << KN_VFIO_OFFSET_SHIFT | offset);
}

long Guest::write_region(u32 region, u64 offset, const void *from, usize count)
{
	return virtio_legacy_write(legacy_, user(from), count,
				   u64{region} << KN_VFIO_OFFSET_SHIFT | offset);
}

long Guest::read_config(u64 offset, void *to, usize count)
{
	return virtio_legacy_read(legacy_, user(to), count, config_space | offset);
}

long Guest::write_config(u64 offset, const void *from, usize count)
{
	return virtio_legacy_write(legacy_, user(from), count, config_space | offset);
}

u32 Guest::in(u16 offset, u8 width)
{
	u8 data[4];

	base::fill_bytes(data, 0xa5);
	if (!KT_EXPECT_EQ(read_bar(offset, data, width), width))
		base::fill_bytes(data, 0xff);
	return static_cast<u32>(base::load_le({data, width}));
}

void Guest::out(u16 offset, u8 width, u32 value)
{
	u8 data[4];

	base::store_le({data, width}, value);
	KT_EXPECT_EQ(write_bar(offset, data, width), width);
}

u32 Guest::config(u16 offset, u8 width)
{
	u8 data[4] = {};

	KT_EXPECT_EQ(read_config(offset, data, width), width);
	return static_cast<u32>(base::load_le({data, width}));
}

void Guest::set_config(u16 offset, u8 width, u32 value)
{
	u8 data[4];

	base::store_le({data, width}, value);
	KT_EXPECT_EQ(write_config(offset, data, width), width);
}

long Guest::set_irqs(u32 index, u32 flags, u32 count, int fd)
{
	struct {
		kn_vfio_irq_set set;
		int fd;
	} request = {{.argsz = sizeof(request), .flags = flags, .index = index, .start = 0,
		      .count = count},
		     fd};

	return ioctl(KN_VFIO_DEVICE_SET_IRQS, &request);
}

long Guest::ioctl(u32 cmd, const void *arg)
{
	KT_EXPECT_EQ(kn_pci_pm_get(vf_), 0);
	const long result = virtio_legacy_ioctl(legacy_, cmd, user(arg));
	kn_pci_pm_put(vf_);
	return result;
}

int Guest::feature(u32 flags)
{
	KT_EXPECT_EQ(kn_pci_pm_get(vf_), 0);
	const int result = virtio_legacy_feature(legacy_, flags, 0, 0);
	kn_pci_pm_put(vf_);
	return result;
}

void Guest::set_msix(bool enabled)
{
	set_config(static_cast<u16>(msix_of(*vf_) + WIRE_MSIX_CONTROL), 2,
		   enabled ? WIRE_MSIX_CONTROL_ENABLE : 0);
	set_irqs(enabled);
}

void Guest::set_irqs(bool msix)
{
	const u32 data = msix ? KN_VFIO_IRQ_DATA_EVENTFD : KN_VFIO_IRQ_DATA_NONE;

	KT_EXPECT_EQ(set_irqs(KN_VFIO_IRQ_MSIX, KN_VFIO_IRQ_TRIGGER | data, msix), 0);
}

void Guest::function_reset()
{
	fake::set_resetting(*vf_, true);
	virtio_legacy_reset_prepare(legacy_);
	fake::function_reset(*vf_);
	virtio_legacy_reset_done(legacy_);
	fake::set_resetting(*vf_, false);
}

virtio_legacy_view Guest::view() const
{
	virtio_legacy_view view;

	virtio_legacy_describe(legacy_, &view);
	return view;
}

bool bring_up(const fake::Options &options, u32 vfs)
{
	return KT_EXPECT(fake::bring_up(vfs, options));
}

void reset_in_vain(Guest &guest)
{
	const Hurry hurry;

	guest.vf().status = 7;
	guest.vf().status_reads_until_reset = 0xffffffff;
	guest.out(WIRE_LEGACY_STATUS, 1, 0);
	KT_EXPECT(guest.view().broken);
	KT_EXPECT(!fake::bus_master(guest.vf()));
}

void paint_registers(fake::Vf &vf, u16 config_length)
{
	vf.features = 0x13121110;
	vf.driver_features = 0x17161514;
	vf.queue_select = 1;
	vf.queue_address[1] = 0x1b1a1918;
	vf.queue_size[1] = 0x0100;
	vf.status = 0x07;
	vf.isr = 0;
	vf.config_vector = 1;
	vf.queue_vector[1] = 2;
	vf.config_length = config_length;
	for (unsigned i = 0; i < sizeof(vf.device_config); i++)
		vf.device_config[i] = static_cast<u8>(0x40 + i);
}

u8 painted_byte(const fake::Vf &vf, const AccessModel &access, u32 position)
{
	constexpr u8 registers[24] = {
		0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b,
		0x00, 0x01, 0x01, 0x00, 0x00, 0x00, 0x07, 0x00, 0x01, 0x00, 0x02, 0x00,
	};
	const PartModel part = part_model(access, position);

	switch (part.where) {
	case core::Piece::Where::none:
		return 0xff;
	case core::Piece::Where::hole:
		return 0;
	case core::Piece::Where::common:
		return part.byte < 0 ? u8{0} : registers[part.offset + part.byte];
	case core::Piece::Where::device:
		break;
	}
	return part.offset < vf.config_length ? vf.device_config[part.offset] : u8{0};
}

void put_notify_entry(u8 (&answer)[core::max_result], unsigned index, u8 flags, u8 bar, u64 offset)
{
	u8 *const entry = answer + index * sizeof(wire::NotifyEntry);

	entry[0] = flags;
	entry[1] = bar;
	base::store_le({entry + 8, 8}, offset);
}

u64 since(u64 start)
{
	return kn_now_ms() - start;
}

} // namespace support
