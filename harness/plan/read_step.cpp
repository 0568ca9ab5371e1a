#include "harness/plan/read_step.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

/// Who gives a command less than this knows that it is quick, and is not warned.
constexpr Duration surely_quick = 2s;

/// A key that makes a step what it is, the keys that may stand beside it, and what reads them. A step has exactly one.
struct Action {
  std::string key;
  std::vector<std::string> beside;
  std::optional<StepKind> (*read)(TomlTable& row, const std::string& key);
};

bool is_regex_key(const std::string& key) {
  return key.ends_with("-regex");
}

template <class Kind>
std::optional<StepKind> read_matching(TomlTable& row, const std::string& key) {
  auto pattern = read_pattern(row, key, is_regex_key(key));
  return pattern ? std::optional<StepKind>(Kind{*pattern}) : std::nullopt;
}

std::optional<int> read_status(TomlTable& row) {
  if (row.is_string("status")) {
    if (row.string("status") != "any") row.note("'status' must be an exit status or \"any\"", row.at("status"));
    return std::nullopt;
  }
  std::int64_t status = row.integer("status").value_or(0);
  if (status < 0 || status > 255) row.note("'status' must be 0 to 255, or \"any\"", row.at("status"));
  return static_cast<int>(status);
}

std::optional<StepKind> read_run(TomlTable& row, const std::string& key) {
  RunCommand run;
  auto command = row.string(key);
  run.status = read_status(row);
  const std::string output = row.has("output") ? "output" : "output-regex";
  run.output = read_pattern(row, output, is_regex_key(output));
  if (row.has("output") && row.has("output-regex"))
    row.note("'output' and 'output-regex' exclude each other", row.key_at("output-regex"), "make it two steps");
  if (!command) return std::nullopt;
  run.command = *command;
  if (trimmed(run.command).empty()) row.note("an empty command", row.at(key));
  // A shell's words end at a NUL.
  if (std::size_t nul = run.command.find('\0'); nul != std::string::npos)
    row.note("a NUL byte in a command", row.text_at(key, nul));
  return run;
}

/// A line of the login dialogue: a control character in it would steer the terminal instead.
std::optional<std::string> read_typed(TomlTable& row, const std::string& key) {
  auto text = row.string(key);
  if (!text) return std::nullopt;
  auto control = std::find_if(text->begin(), text->end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (control != text->end())
    row.note(fmt::format("a control character in '{}'", key),
             row.text_at(key, static_cast<std::size_t>(control - text->begin())));
  return text;
}

/// What ssh takes for an option or a host is no name.
bool is_user(std::string_view text) {
  return !text.empty() && text.front() != '-' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos;
}

std::optional<StepKind> read_login(TomlTable& row, const std::string& key) {
  auto user = read_typed(row, key);
  auto password = read_typed(row, "password");
  if (!user) return std::nullopt;
  if (user->empty()) row.note("an empty name", row.at(key));
  return Login{*user, password.value_or("")};
}

std::optional<StepKind> read_send(TomlTable& row, const std::string& key) {
  auto text = row.string(key);
  if (!text) return std::nullopt;
  if (text->empty()) row.note("nothing to send", row.at(key));
  return Send{*text};
}

std::optional<StepKind> read_power(TomlTable& row, const std::string& key) {
  auto action = row.string(key);
  if (!action) return std::nullopt;
  if (*action == "off") return Power{Power::Action::off};
  if (*action == "reset") return Power{Power::Action::reset};
  if (*action == "reboot") return Power{Power::Action::reboot};
  row.note(fmt::format("'power' is '{}'", printable(*action)), row.at(key), "write off, reset or reboot");
  return std::nullopt;
}

std::optional<StepKind> read_ssh(TomlTable& row, const std::string& key) {
  auto run = read_run(row, key);
  if (!run) return std::nullopt;
  auto& [command, status, output] = std::get<RunCommand>(*run);
  const std::string user = row.string("user").value_or("root");
  if (!is_user(user)) row.note(fmt::format("'{}' is no user's name", printable(user)), row.at("user"));
  return Ssh{user, std::move(command), status, std::move(output)};
}

std::optional<StepKind> read_check_disk(TomlTable& row, const std::string& key) {
  if (row.boolean(key) == false) row.note(fmt::format("'{}' is always true: it is a step", key), row.at(key));
  return CheckDisk{};
}

const std::vector<Action>& actions() {
  static const std::vector<Action> table = {
      {"expect", {"within"}, read_matching<Expect>},
      {"expect-regex", {"within"}, read_matching<Expect>},
      {"expect-prompt", {"within"}, read_matching<ExpectPrompt>},
      {"expect-prompt-regex", {"within"}, read_matching<ExpectPrompt>},
      {"expect-report", {"within"}, read_matching<ExpectReport>},
      {"expect-report-regex", {"within"}, read_matching<ExpectReport>},
      {"absent", {}, read_matching<Absent>},
      {"absent-regex", {}, read_matching<Absent>},
      {"run", {"status", "output", "output-regex", "within"}, read_run},
      {"login", {"password", "within"}, read_login},
      {"send", {}, read_send},
      {"power", {"within"}, read_power},
      {"ssh", {"user", "status", "output", "output-regex", "within"}, read_ssh},
      {"check-disk", {}, read_check_disk},
  };
  return table;
}

const Action* find_action(const std::string& key) {
  for (const Action& action : actions())
    if (action.key == key) return &action;
  return nullptr;
}

bool has(const std::vector<std::string>& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::vector<std::string> action_keys() {
  std::vector<std::string> keys;
  for (const Action& action : actions())
    keys.push_back(action.key);
  return keys;
}

/// The actions that a key may stand beside.
std::vector<std::string> owners(const std::string& key) {
  std::vector<std::string> keys;
  for (const Action& action : actions())
    if (has(action.beside, key)) keys.push_back(action.key);
  return keys;
}

void note_unknown(TomlTable& row, const std::string& key, const std::vector<std::string>& wanted,
                  const std::vector<std::string>& near) {
  std::string hint = did_you_mean(key, near);
  if (hint.empty() && !wanted.empty()) hint = fmt::format("known: {}", fmt::join(wanted, ", "));
  row.note(fmt::format("unknown key '{}'", printable(key)), row.key_at(key), hint);
}

/// Notes what can't stand beside the step's action.
void check_keys(TomlTable& row, const Action& action, const std::vector<std::string>& beside) {
  for (const std::string& key : row.keys()) {
    if (key == action.key || has(action.beside, key) || has(beside, key)) continue;
    if (find_action(key)) {
      row.note(fmt::format("a step does one thing, and this one has '{}' and '{}'", action.key, key), row.key_at(key),
               "make it two steps");
    } else if (auto others = owners(key); !others.empty()) {
      row.note(fmt::format("'{}' does not go with '{}'", key, action.key), row.key_at(key),
               fmt::format("it goes with {}", fmt::join(others, ", ")));
    } else {
      std::vector<std::string> near = action_keys();
      std::vector<std::string> wanted = action.beside;
      wanted.insert(wanted.end(), beside.begin(), beside.end());
      near.insert(near.end(), wanted.begin(), wanted.end());
      note_unknown(row, key, wanted, near);
    }
  }
}

/// A step that does nothing: most likely its action is spelt wrong.
void note_actionless(TomlTable& row, const std::vector<std::string>& beside) {
  bool noted = false;
  for (const std::string& key : row.keys()) {
    if (!owners(key).empty() || has(beside, key)) continue;
    note_unknown(row, key, action_keys(), action_keys());
    noted = true;
  }
  if (!noted)
    row.note("this step does nothing", row.at(), fmt::format("give it one of {}", fmt::join(action_keys(), ", ")));
}

void warn_about_time(const TomlTable& row, const Step& step, std::vector<Error>& warnings) {
  bool may_hang = std::holds_alternative<RunCommand>(step.what) || std::holds_alternative<Power>(step.what);
  if (!may_hang || step.within <= surely_quick || step.within >= detectors_need) return;
  warnings.push_back(
      {Error::Kind::definition,
       fmt::format("{} is too short for the kernel to report a lockup itself", format_duration(step.within)),
       row.at("within"),
       fmt::format("give it {}, or {} when it is surely quick", format_duration(detectors_need),
                   format_duration(surely_quick))});
}

}  // namespace

std::optional<PatternText> read_pattern(TomlTable& row, const std::string& key, bool regex) {
  auto text = row.string(key);
  if (!text) return std::nullopt;
  PatternText pattern{*text, regex, row.text_at(key)};
  std::size_t line_end = text->find_first_of("\r\n");
  if (!pattern.regex && line_end != std::string::npos) {
    row.note("a pattern looks at one line at a time, and this one has a line break", row.text_at(key, line_end),
             "write a step for each line");
    return std::nullopt;
  }
  if (auto compiled = Pattern::compile(pattern); !compiled) {
    // The compiler counts bytes of the text; where it was written with escapes, that is another column.
    const Error& error = compiled.error();
    int offset = error.at ? std::max(0, error.at->column - pattern.at.column) : 0;
    row.note(error.what, row.text_at(key, static_cast<std::size_t>(offset)), error.hint);
    return std::nullopt;
  }
  return pattern;
}

std::optional<Step> read_step(TomlTable& row, Duration default_within, std::vector<Error>& warnings,
                              const std::vector<std::string>& beside) {
  const Action* action = nullptr;
  for (const std::string& key : row.keys())
    if (!action) action = find_action(key);
  if (!action) {
    note_actionless(row, beside);
    return std::nullopt;
  }
  check_keys(row, *action, beside);
  auto kind = action->read(row, action->key);
  auto within = has(action->beside, "within") ? row.duration("within") : std::nullopt;
  if (!kind) return std::nullopt;
  Step step{std::move(*kind), within.value_or(default_within), row.at()};
  if (within) warn_about_time(row, step, warnings);
  return step;
}

bool is_proof(const Step& step) {
  return !std::holds_alternative<Absent>(step.what) && !std::holds_alternative<Send>(step.what);
}

}  // namespace bootgate
