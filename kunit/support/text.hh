// SPDX-License-Identifier: GPL-2.0-only
#pragma once

namespace support {

/// Whether two strings, each possibly null, are equal.
inline bool same_text(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

} // namespace support
