// SPDX-License-Identifier: GPL-2.0-only
#include "kunit/support/bring_up_traces.hh"

namespace support {

namespace {

void read_bytes(ModelGuest &guest, u16 field, u16 width)
{
	for (u16 i = 0; i < width; i++)
		(void)guest.in(static_cast<u16>(guest.config() + field + i));
}

void linux_probe(ModelGuest &guest)
{
	guest.out(18, 1, 0);
	(void)guest.in(18);
	(void)guest.in(18);
	guest.out(18, 1, 1);
	(void)guest.in(18);
	guest.out(18, 1, 3);
	guest.out(4, 4, guest.in(0, 4));
}

void linux_queue(ModelGuest &guest, u16 index, bool callback)
{
	guest.out(14, 2, index);
	(void)guest.in(12, 2);
	guest.out(14, 2, index);
	(void)guest.in(8, 4);
	guest.out(14, 2, index);
	guest.out(8, 4, 0x12340u + index);
	if (!callback)
		return;
	guest.out(14, 2, index);
	guest.out(22, 2, 1u + index);
	(void)guest.in(22, 2);
}

void linux_find_queues(ModelGuest &guest, u16 with_callback, u16 without)
{
	guest.set_msix(true);
	guest.out(20, 2, 0);
	(void)guest.in(20, 2);
	for (u16 i = 0; i < with_callback + without; i++)
		linux_queue(guest, i, i < with_callback);
}

void linux_driver_ok(ModelGuest &guest)
{
	(void)guest.in(18);
	guest.out(18, 1, 7);
	(void)guest.in(18);
}

void linux_removal(ModelGuest &guest, u16 queues)
{
	guest.out(18, 1, 0);
	(void)guest.in(18);
	for (u16 i = 0; i < queues; i++) {
		guest.out(14, 2, i);
		guest.out(22, 2, WIRE_NO_VECTOR);
		(void)guest.in(22, 2);
		(void)guest.in(19);
		guest.out(14, 2, i);
		guest.out(8, 4, 0);
	}
	guest.out(20, 2, WIRE_NO_VECTOR);
	(void)guest.in(20, 2);
	guest.set_msix(false);
	(void)guest.in(18);
	(void)guest.in(18);
	guest.out(18, 1, 1);
}

} // namespace

void linux_net_bring_up(ModelGuest &guest)
{
	linux_probe(guest);
	read_bytes(guest, 0, 6); // mac
	linux_find_queues(guest, 2, 1);
	linux_driver_ok(guest);
	read_bytes(guest, 6, 2); // status
}

void linux_net_removal(ModelGuest &guest)
{
	linux_removal(guest, 3);
}

void linux_blk_bring_up(ModelGuest &guest)
{
	const struct {
		u16 offset;
		u16 width;
	} fields[] = {
		{12, 4}, {20, 4}, {24, 1}, {25, 1}, {26, 2}, {28, 4},
		{44, 4}, {36, 4}, {40, 4}, {48, 4}, {32, 1}, {0, 8},
	};

	linux_probe(guest);
	linux_find_queues(guest, 1, 0);
	for (const auto &field : fields)
		read_bytes(guest, field.offset, field.width);
	linux_driver_ok(guest);
}

void linux_blk_removal(ModelGuest &guest)
{
	linux_removal(guest, 1);
}

void seabios_blk_init(ModelGuest &guest)
{
	guest.out(18, 1, 0);
	(void)guest.in(19);
	guest.out(18, 1, 3);
	guest.out(14, 2, 0);
	(void)guest.in(12, 2);
	(void)guest.in(8, 4);
	guest.out(8, 4, 0x7f00);
	read_bytes(guest, 0, 32);
	(void)guest.in(0, 4);
	guest.out(18, 1, 7);
}

void ipxe_net_open(ModelGuest &guest)
{
	guest.out(18, 1, 0);
	(void)guest.in(19);
	(void)guest.in(0, 4);
	read_bytes(guest, 0, 6);  // mac
	read_bytes(guest, 10, 2); // mtu

	guest.out(18, 1, 0);
	(void)guest.in(19);
	for (u16 i = 0; i < 2; i++) {
		guest.out(14, 2, i);
		(void)guest.in(12, 2);
		(void)guest.in(8, 4);
		guest.out(8, 4, 0x7f00u + i);
	}
	guest.out(4, 4, guest.in(0, 4));
	guest.out(18, 1, 6);
}

} // namespace support
