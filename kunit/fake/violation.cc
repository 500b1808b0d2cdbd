// SPDX-License-Identifier: GPL-2.0-only
// Broken rules and messages. In any context, so nothing here takes a lock or
// sleeps.
#include "kunit/fake/state.hh"

namespace fake {

namespace {

constexpr usize text_bytes = 160;

constinit base::Atomic<u32> claims{0};
constinit base::Atomic<u32> count{0}; ///< once the text is there
constinit base::Atomic<u32> warning_count{0};
/// The first one of a case: the others may come of it.
constinit char first_text[text_bytes] = "";
constinit char message[text_bytes] = "";
constinit base::Atomic<bool> message_taken{false};

class Text {
public:
	explicit Text(char *to) : to_(to) {}
	~Text() { to_[at_] = 0; }
	Text(const Text &) = delete;
	Text &operator=(const Text &) = delete;

	void add(const char *text)
	{
		while (*text && at_ + 1 < text_bytes)
			to_[at_++] = *text++;
	}
	void add_hex(u64 value)
	{
		char digits[17];
		usize at = sizeof(digits);

		digits[--at] = 0;
		do {
			digits[--at] = "0123456789abcdef"[value % 16];
			value /= 16;
		} while (value);
		add("0x");
		add(digits + at);
	}

private:
	char *to_;
	usize at_ = 0;
};

} // namespace

void violation(const char *text, u64 a, u64 b)
{
	if (claims.add(1) == 1) {
		Text line{first_text};
		line.add("rule broken: ");
		line.add(text);
		line.add(" (");
		line.add_hex(a);
		line.add(", ");
		line.add_hex(b);
		line.add(")");
	}
	count.add(1);
}

u32 violations()
{
	return count.load();
}

u32 forget_violations()
{
	const u32 had = count.exchange(0);

	first_text[0] = 0;
	claims.store(0);
	return had;
}

const char *first_violation()
{
	return first_text;
}

u32 warnings()
{
	return warning_count.load();
}

void forget_messages()
{
	warning_count.store(0);
	message[0] = 0;
}

const char *last_message()
{
	return message;
}

} // namespace fake

extern "C" void kt_logged(kn_pci *pci, bool warning, const char *text)
{
	if (!pci)
		fake::violation("message about no function");
	if (warning)
		fake::warning_count.add(1);
	// Of two at a time one is the last.
	if (fake::message_taken.exchange(true))
		return;
	{
		fake::Text line{fake::message};
		line.add(text);
	}
	fake::message_taken.store(false);
}
