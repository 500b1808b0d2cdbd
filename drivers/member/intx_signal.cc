// SPDX-License-Identifier: GPL-2.0-only
#include "member/intx_signal.hh"

namespace member {

using base::u8;
using core::SpinGuard;

IntxSignal::IntxSignal(const Function &function, IntxCounts &counts)
	: function_(function), counts_(counts)
{
	kn_spin_init(&lock_, KN_LOCK_LINE);
	// The handler must not signal, so the thread does.
	kn_listener_init(
		&resample_, [](void *self) { return static_cast<IntxSignal *>(self)->resampled(); },
		[](void *self) { static_cast<IntxSignal *>(self)->pay(); }, this);
}

void IntxSignal::send(kn_event *event)
{
	counts_.signals.add(1);
	kn_event_signal(event);
}

/// Changes the line by @change, which tells whether to signal.
template <typename Change>
inline void IntxSignal::change(Change change)
{
	kn_event *signalled = nullptr;

	{
		SpinGuard guard{lock_};
		if (change(line_))
			signalled = trigger_;
	}
	if (signalled)
		send(signalled);
}

bool IntxSignal::armed() const
{
	SpinGuard guard{lock_};

	return line_.armed(resets());
}

bool IntxSignal::pending() const
{
	SpinGuard guard{lock_};

	return line_.isr(resets()) != 0;
}

u8 IntxSignal::read_isr()
{
	SpinGuard guard{lock_};

	return line_.read_isr(resets());
}

void IntxSignal::event(u8 bits)
{
	change([=, this](core::IntxLine &line) { return line.event(bits, resets()); });
}

void IntxSignal::arm(u32 resets)
{
	SpinGuard guard{lock_};

	line_.arm(resets);
}

void IntxSignal::disarm()
{
	SpinGuard guard{lock_};

	line_.disarm();
}

kn_event *IntxSignal::replace(kn_event *trigger)
{
	kn_event *before;

	change([&](core::IntxLine &line) TSA_NO_ANALYSIS {
		before = std::exchange(trigger_, trigger);
		const bool owed = take_owed();
		return line.listen(trigger != nullptr, resets()) || owed;
	});
	return before;
}

void IntxSignal::begin()
{
	SpinGuard guard{lock_};

	line_.unmasked();
	owed_ = false;
}

void IntxSignal::mask()
{
	SpinGuard guard{lock_};

	line_.mask();
}

void IntxSignal::unmask()
{
	change([this](core::IntxLine &line) { return line.unmask(resets()); });
}

void IntxSignal::set_disabled(bool disabled)
{
	change([=, this](core::IntxLine &line) { return line.set_disabled(disabled, resets()); });
}

bool IntxSignal::disabled() const
{
	SpinGuard guard{lock_};

	return line_.disabled();
}

void IntxSignal::loopback()
{
	change([](core::IntxLine &line) { return !line.disabled(); });
}

/// Context: the eventfd's lock held.
bool IntxSignal::resampled()
{
	SpinGuard guard{lock_};

	owed_ = line_.unmask(resets()) || owed_;
	return owed_;
}

/// Without an eventfd, the next one gets the signal.
bool IntxSignal::take_owed()
{
	return trigger_ && std::exchange(owed_, false);
}

void IntxSignal::pay()
{
	change([this](core::IntxLine &) TSA_NO_ANALYSIS { return take_owed(); });
}

} // namespace member
