#include "harness/plan/suite.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

constexpr std::size_t longest_command = 60;

std::string quoted(const PatternText& pattern) {
  return fmt::format("{}'{}'", pattern.regex ? "regex " : "", printable(pattern.text));
}

/// The first line of a command, cut.
std::string shortened(const std::string& command) {
  std::string_view text = trimmed(command);
  std::string line = printable(text.substr(0, text.find('\n')));
  bool cut = line.size() > longest_command || text.find('\n') != std::string_view::npos;
  return cut ? line.substr(0, longest_command) + "..." : line;
}

struct Describe {
  std::string operator()(const Expect& expect) const { return "expect " + quoted(expect.pattern); }
  std::string operator()(const ExpectPrompt& expect) const { return "expect the prompt " + quoted(expect.pattern); }
  std::string operator()(const Absent& absent) const { return "absent " + quoted(absent.pattern); }
  std::string operator()(const RunCommand& run) const { return fmt::format("run `{}`", shortened(run.command)); }
  std::string operator()(const Login& login) const { return fmt::format("log in as '{}'", printable(login.user)); }
  std::string operator()(const Send& send) const { return fmt::format("send `{}`", shortened(send.text)); }
  std::string operator()(const ExpectReport& expect) const { return "expect the report " + quoted(expect.title); }
  std::string operator()(const Power& power) const {
    switch (power.action) {
      case Power::Action::off: return "power off";
      case Power::Action::reset: return "reset";
      default: return "reboot";
    }
  }
  std::string operator()(const Ssh& ssh) const {
    return fmt::format("ssh {}@guest `{}`", printable(ssh.user), shortened(ssh.command));
  }
  std::string operator()(const CheckDisk&) const { return "check the file system on the disk"; }
};

}  // namespace

std::string describe(const Step& step) {
  return std::visit(Describe{}, step.what);
}

bool expects_report(const Case& the_case) {
  return std::any_of(the_case.steps.begin(), the_case.steps.end(),
                     [](const Step& step) { return std::holds_alternative<ExpectReport>(step.what); });
}

bool is_name(std::string_view text) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::string_view all = "abcdefghijklmnopqrstuvwxyz0123456789._-";
  constexpr std::size_t longest = 100;
  return !text.empty() && text.size() <= longest && plain.find(text[0]) != std::string_view::npos &&
         text.find_first_not_of(all) == std::string_view::npos;
}

}  // namespace bootgate
