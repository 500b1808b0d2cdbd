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

/// Whether @part is somewhere in @text.
inline bool contains(const char *text, const char *part)
{
	for (; *text != '\0'; text++) {
		const char *a = text, *b = part;
		while (*b != '\0' && *a == *b) {
			a++;
			b++;
		}
		if (*b == '\0')
			return true;
	}
	return false;
}

} // namespace support
