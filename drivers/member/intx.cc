// SPDX-License-Identifier: GPL-2.0-only
#include "member/intx.hh"

#include "kernel/memory.h"
#include "kernel/time.h"

namespace member {

using base::Error;
using base::u16;
using core::HeldMutex;
using core::MutexGuard;
using State = IntxCounts::State;

namespace {

/// The kernel logs a full table of interrupt remapping each time. So a guest has some failures for its
/// firmware, its kernel and its drivers, and later one in this time.
constexpr u64 failure_ms = 1000;
constexpr u64 free_failures = 8;
constexpr base::u8 both = WIRE_ISR_QUEUE | WIRE_ISR_CONFIG;

/// Whether VFIO would have the function send messages: it allocates from number 0 on.
bool enables_messages(const kn_vfio_irq_set &set)
{
	return (set.index == KN_VFIO_IRQ_MSI || set.index == KN_VFIO_IRQ_MSIX) &&
	       (set.flags & KN_VFIO_IRQ_TRIGGER) && (set.start || set.count);
}

} // namespace

Intx::Intx(Function &function, IntxCounts &counts, u16 control)
	: function_(function), counts_(counts), line_(function, counts), control_(control)
{
	kn_mutex_init(&mutex_, KN_LOCK_INTX);
	show(State::off);
}

/// MSI-X is disabled in the function itself, so it must not be suspended.
void Intx::close()
{
	const int error = kn_pci_pm_get(function_.pci());
	{
		MutexGuard guard{mutex_};

		(void)switch_off();
		show(State::closed);
	}
	if (!error)
		kn_pci_pm_put(function_.pci());
}

/// A change of the configuration sets both bits, as on QEMU, with which old drivers were tested.
void Intx::event(bool config)
{
	if (config)
		config_events_.add(1);
	line_.event(config ? both : base::u8{WIRE_ISR_QUEUE});
}

/// A PF's reset clears it, and the kernel does not notice.
bool Intx::lost() const
{
	return !(kn_pci_config_read(function_.pci(), control_, 2) & WIRE_MSIX_CONTROL_ENABLE);
}

void Intx::release()
{
	if (vectors_.count == 0)
		return;
	kn_vfio_vectors_release(function_.vfio(), &vectors_);
	shared_.store(true);
	counts_.vectors.store(0);
	show(State::idle);
}

/// Return: 0, -EBUSY if there can be none now, or why the host has none.
int Intx::setup(bool &fresh)
{
	if (!on_.load())
		return base::to_errno(Error::busy);
	if (passing_ || !kn_vfio_irqs_unused(function_.vfio())) {
		lapsed_.store(true);
		return base::to_errno(Error::busy);
	}
	if (vectors_.count && lost())
		release();
	if (vectors_.count)
		return 0;
	const int count = kn_vfio_vectors_setup(
		function_.vfio(), &vectors_,
		[](void *self, u32 vector) { static_cast<Intx *>(self)->interrupted(vector); }, this);
	if (count < 0)
		return count;
	fresh = true;
	shared_.store(count == 1);
	counts_.vectors.store(static_cast<base::u8>(count));
	show(State::armed);
	return 0;
}

bool Intx::acquire(bool &fresh)
{
	int error;

	if (kn_mutex_lock_killable(&mutex_))
		return false;
	{
		const HeldMutex guard{mutex_};
		error = setup(fresh);
	}
	if (error && error != base::to_errno(Error::busy))
		give_up(error);
	return error == 0;
}

void Intx::mapping_failed(Error error)
{
	{
		MutexGuard guard{mutex_};
		if (!vectors_.count)
			return;
		release();
	}
	give_up(base::to_errno(error));
}

void Intx::give_up(int error)
{
	line_.disarm();
	show(State::given_up);
	counts_.failures.add(1);
	given_up_ = true;
	given_up_resets_ = function_.state().resets();
	failures_end_ms_ = base::maximum(failures_end_ms_, kn_now_ms()) + failure_ms;
	if (error != base::to_errno(Error::interrupted) && kn_ratelimit_ok(&function_.limit()))
		kn_warn(function_.pci(), "no interrupts for a guest without MSI-X (%d)", error);
}

void Intx::follow(const ConfigSpace &config)
{
	// Another vCPU may write the register meanwhile, and find nothing to do.
	while (config.interrupt_disabled() != line_.disabled()) {
		MutexGuard guard{mutex_};
		line_.set_disabled(config.interrupt_disabled());
	}
}

void Intx::device_reset()
{
	line_.disarm();
	mapped_.forget();
	if (given_up_ && on_.load())
		show(State::idle);
	given_up_ = false;
}

bool Intx::wanted() const
{
	if (!on_.load() || (given_up_ && function_.state().resets() == given_up_resets_))
		return false;
	return failures_end_ms_ <= kn_now_ms() + (free_failures - 1) * failure_ms;
}

// What signals the eventfd of before has ended when it is put: handlers and the listener's thread.
void Intx::replace(kn_event *trigger)
{
	kn_event *const before = line_.replace(trigger);

	if (!before)
		return;
	if (vectors_.count)
		kn_vfio_vectors_sync(function_.vfio(), &vectors_);
	line_.flush();
	kn_event_put(before);
}

int Intx::switch_off()
{
	if (!on_.load())
		return base::to_errno(Error::invalid);
	on_.store(false);
	line_.disarm();
	line_.unlisten();
	release();
	replace(nullptr);
	mapped_.lapse();
	show(State::off);
	return 0;
}

int Intx::set_trigger(int fd, bool &switched_on)
{
	kn_event *trigger = nullptr;

	if (!on_.load() && passing_)
		return base::to_errno(Error::busy);
	if (!on_.load() && !kn_vfio_irqs_unused(function_.vfio()))
		return base::to_errno(Error::invalid);
	if (fd >= 0)
		if (const int error = kn_event_get(&trigger, fd))
			return error;
	switched_on = !on_.load();
	if (switched_on) {
		line_.begin();
		given_up_ = false;
		show(State::idle);
		on_.store(true);
	}
	replace(trigger);
	return 0;
}

int Intx::trigger(const IrqRequest &request, bool &switched_on)
{
	MutexGuard guard{mutex_};

	switched_on = false;
	if (!request.one)
		return request.data == IrqRequest::Data::none ? switch_off()
							      : base::to_errno(Error::invalid);
	if (request.data == IrqRequest::Data::eventfd)
		return set_trigger(request.fd, switched_on);
	if (!on_.load())
		return base::to_errno(Error::invalid);
	if (request.acts())
		line_.loopback();
	return 0;
}

int Intx::mask(const IrqRequest &request)
{
	MutexGuard guard{mutex_};

	if (!on_.load() || !request.one)
		return base::to_errno(Error::invalid);
	if (request.data == IrqRequest::Data::eventfd)
		return base::to_errno(Error::no_such_ioctl);
	if (request.acts())
		line_.mask();
	return 0;
}

int Intx::unmask(const IrqRequest &request)
{
	MutexGuard guard{mutex_};

	if (!on_.load() || !request.one)
		return base::to_errno(Error::invalid);
	if (request.data != IrqRequest::Data::eventfd) {
		if (request.acts())
			line_.unmask();
		return 0;
	}
	if (request.fd >= 0)
		return line_.listen(request.fd);
	line_.unlisten();
	return 0;
}

bool Intx::begin_pass(const kn_vfio_irq_set &set)
{
	MutexGuard guard{mutex_};

	if (on_.load() && enables_messages(set))
		return false;
	passing_++;
	if (vectors_.count)
		lapsed_.store(true);
	release();
	return true;
}

long Intx::pass(u64 arg)
{
	kn_vfio_irq_set set;

	if (const int error = kn_copy_from_user(&set, arg, sizeof(set)))
		return error;
	if (!begin_pass(set))
		return base::to_errno(Error::invalid);
	const long result = kn_vfio_ioctl(function_.vfio(), KN_VFIO_DEVICE_SET_IRQS, arg, 0);
	MutexGuard guard{mutex_};
	passing_--;
	return result;
}

} // namespace member
