// Host time: what a tool that saved the console wrote ahead of each line, where printk's own stamp isn't there.
#pragma once

#include <cstddef>
#include <string_view>

namespace bootgate {

/// How long it is, with the blank behind it: "2026-11-23T10:00:00.123Z ", "Nov 23 10:00:00 " (ts), "10:00:00.123 ",
/// "1795514400.123456 ", and in brackets "[Mon Nov 23 10:00:00 2026] ", "[Nov23 10:00] ", "[  +0.000012] " (dmesg -T
/// and -e). 0: there is none.
std::size_t host_time_length(std::string_view line);

}  // namespace bootgate
