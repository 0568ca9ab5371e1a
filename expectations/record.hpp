// Record: one line of a console, taken apart as printk put it together.
#pragma once

#include <string_view>

namespace bootgate {

struct Record {
  std::string_view stamp;    // "2.123456"; empty: the line has none
  std::string_view caller;   // "T61", "C0" (CONFIG_PRINTK_CALLER); empty: unknown
  std::string_view message;  // what stands behind; the whole line where nothing is in front
};

/// The parts of a line. What stands ahead of the time stamp is no part: a prompt, "<4>", the prefix of journald or of
/// another tool ("Nov 23 10:00:00 host kernel: "), with or without a stamp behind it.
Record parse_record(std::string_view line);

}  // namespace bootgate
