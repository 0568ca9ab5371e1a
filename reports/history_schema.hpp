// The tables of the history, version by version.
#pragma once

#include <span>

namespace bootgate {

/// "boot", as a number in the file's header: what file(1) and we tell a history by.
inline constexpr int history_application_id = 0x626f6f74;

/// The statements that lead from each version to the next one; the first from an empty file to version 1.
std::span<const char* const> history_migrations();

}  // namespace bootgate
