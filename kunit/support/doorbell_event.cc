// SPDX-License-Identifier: GPL-2.0-only
#include "kunit/support/doorbell_event.hh"

namespace support {

namespace {

// The device's answer; it outlives the case's commands.
constinit u8 answer[core::max_result];

} // namespace

void offer_doorbell(DoorbellPlace place)
{
	if (place == DoorbellPlace::none)
		return;
	base::fill_bytes(answer, 0);
	if (place == DoorbellPlace::owner)
		put_notify_entry(answer, 0, WIRE_ADMIN_NOTIFY_OWNER_MEMORY, fake::virtio_bar,
				 fake::owner_doorbell(1));
	else
		put_notify_entry(answer, 0, WIRE_ADMIN_NOTIFY_MEMBER_MEMORY, fake::virtio_bar,
				 fake::member_doorbell);
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_NOTIFY_INFO, .kind = fake::Kind::result,
			.count = fake::forever, .bytes = answer});
}

bool start_at(std::optional<Guest> &guest, DoorbellPlace place)
{
	static constexpr const char *const ways[] = {"command", "owner", "member"};

	guest.reset();
	if (!bring_up())
		return false;
	offer_doorbell(place);
	guest.emplace();
	return guest->start() &&
	       KT_EXPECT(same_text(guest->view().doorbell, ways[static_cast<u8>(place)]));
}

kn_vfio_ioeventfd doorbell_request(u64 queue, int fd)
{
	return {.argsz = sizeof(kn_vfio_ioeventfd), .flags = 2, .offset = WIRE_LEGACY_QUEUE_NOTIFY,
		.data = queue, .fd = fd};
}

long set_event(Guest &guest, u64 queue, int fd)
{
	const kn_vfio_ioeventfd request = doorbell_request(queue, fd);

	return guest.ioctl(KN_VFIO_DEVICE_IOEVENTFD, &request);
}

int add_event(Guest &guest, u64 queue)
{
	const int fd = fake::make_event();

	return KT_EXPECT_EQ(set_event(guest, queue, fd), 0) ? fd : -1;
}

u32 doorbells(const Guest &guest)
{
	u32 sum = guest.vf().doorbells_owner + guest.vf().doorbells_member;

	for (const u32 notified : guest.vf().notified)
		sum += notified;
	return sum;
}

} // namespace support
