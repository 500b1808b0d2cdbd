// SPDX-License-Identifier: GPL-2.0-only
// The one file that names standard headers. All of these are usable without a
// hosted library; Documentation/cxx-subset.md lists those that are not.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
