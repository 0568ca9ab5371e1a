#include "expectations/record.hpp"

#include <algorithm>

#include "expectations/host_time.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

std::size_t end_of_digits(std::string_view text, std::size_t from) {
  while (from < text.size() && is_digit(text[from]))
    ++from;
  return from;
}

/// "T1" of "[    T1]" at the start of `text`, and what is behind it; printk pads on the left.
bool take_caller(std::string_view text, Record& record) {
  if (!text.starts_with('[')) return false;
  const std::size_t start = text.find_first_not_of(' ', 1);
  if (start == std::string_view::npos || (text[start] != 'T' && text[start] != 'C')) return false;
  const std::size_t end = end_of_digits(text, start + 1);
  if (end == start + 1 || end == text.size() || text[end] != ']') return false;
  record.caller = text.substr(start, end - start);
  record.message = text.substr(end + 1);
  return true;
}

/// "[    1.234567]" at the start of `text`, whatever its precision is.
bool take_stamp(std::string_view text, Record& record) {
  const std::size_t start = text.find_first_not_of(' ', 1);
  if (start == std::string_view::npos) return false;
  const std::size_t point = end_of_digits(text, start);
  if (point == start || point == text.size() || text[point] != '.') return false;
  const std::size_t end = end_of_digits(text, point + 1);
  if (end == point + 1 || end == text.size() || text[end] != ']') return false;
  record.stamp = text.substr(start, end - start);
  record.message = text.substr(end + 1);
  take_caller(record.message, record);
  if (record.message.starts_with(' ')) record.message.remove_prefix(1);
  return true;
}

/// What rsyslog and `journalctl` write ahead of a message; "kernel" stands where other programs have name[pid].
constexpr std::string_view syslog_name = " kernel: ";
constexpr std::size_t longest_syslog_prefix = 100;

/// Of "host kernel: message", as `journalctl -o short-monotonic` has it behind the stamp.
std::string_view without_host(std::string_view message) {
  const std::size_t name = message.find(' ');
  if (name == 0 || name == std::string_view::npos || !message.substr(name).starts_with(syslog_name)) return message;
  return message.substr(name + syslog_name.size());
}

/// What is left of a line that has no stamp.
std::string_view unstamped_message(std::string_view line) {
  if (line.empty() || line[0] == ' ') return line;
  const std::size_t name =
      line[0] == '[' ? std::string_view::npos : line.substr(0, longest_syslog_prefix).find(syslog_name);
  // "host kernel: " alone could be a program's own words.
  if (name != std::string_view::npos &&
      std::any_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(name), is_digit))
    return line.substr(name + syslog_name.size());
  return line.substr(host_time_length(line));
}

}  // namespace

Record parse_record(std::string_view line) {
  Record record{{}, {}, line};
  for (std::size_t at = line.find('['); at != std::string_view::npos; at = line.find('[', at + 1))
    if (take_stamp(line.substr(at), record)) {
      record.message = without_host(record.message);
      return record;
    }
  record.message = unstamped_message(line);
  return record;
}

}  // namespace bootgate
