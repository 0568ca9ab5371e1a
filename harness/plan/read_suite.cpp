#include "harness/plan/read_suite.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/plan/requirement.hpp"
#include "harness/support/data.hpp"
#include "harness/support/text.hpp"
#include "harness/support/toml.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

constexpr Duration default_within = 30s;
constexpr Duration default_silence = 60s;
constexpr Duration default_limit = 10min;
/// The kernel's own detectors (RCU stall, soft lockup) are set to fire by then, before scaling.
constexpr Duration detector_time = 10s;

/// Every key that makes a step what it is; a step has exactly one.
constexpr std::array<const char*, 12> actions = {
    "expect",       "expect-regex", "expect-prompt", "expect-prompt-regex", "expect-report", "expect-report-regex",
    "absent",       "absent-regex", "run",           "login",               "send",          "power"};

bool is_name(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") == std::string_view::npos;
}

/// Reads one file; every mistake is noted, and reading goes on.
class Reader {
 public:
  Reader(TomlTable root, const KnownNames& known, std::vector<Error>& warnings)
      : root_(std::move(root)), known_(known), warnings_(warnings) {}

  Suite read() {
    Suite suite;
    suite.name = name_of(root_);
    suite.description = root_.string("description").value_or("");
    suite.rootfs = root_.string("rootfs").value_or(suite.rootfs);
    suite.profiles = root_.strings("profile");
    for (const std::string& profile : suite.profiles) check_known(profile, "profile", known_.profiles, root_.at("profile"));
    if (suite.profiles.empty()) suite.profiles = {"initrd-only"};
    within_ = root_.duration("within").value_or(default_within);
    suite.silence = root_.duration("silence").value_or(default_silence);
    suite.limit = root_.duration("limit").value_or(default_limit);
    for (TomlTable& table : root_.tables("case")) add_case(suite, table);
    if (!root_.has("case")) root_.note("the suite has no [[case]]", root_.at());
    root_.finish();
    return suite;
  }

 private:
  std::string name_of(TomlTable& table) {
    auto name = table.string("name");
    if (!name && !table.has("name")) table.note_missing("name");
    if (name && !is_name(*name))
      table.note(fmt::format("'{}' is no name", printable(*name)), table.at("name"), "use a-z, 0-9, and . _ -");
    return name.value_or("");
  }

  void check_known(const std::string& word, std::string_view what, const std::vector<std::string>& known, SourcePos at) {
    if (std::find(known.begin(), known.end(), word) != known.end()) return;
    root_.note(fmt::format("unknown {} '{}'", what, printable(word)), std::move(at), did_you_mean(word, known));
  }

  void add_case(Suite& suite, TomlTable& table) {
    Case the_case;
    the_case.at = table.at();
    the_case.name = name_of(table);
    the_case.description = table.string("description").value_or("");
    the_case.during = read_during(table);
    the_case.required = table.boolean("required").value_or(false);
    the_case.allow = table.strings("allow");
    for (const std::string& id : the_case.allow) check_known(id, "signature", known_.signatures, table.at("allow"));
    the_case.taint = table.string("taint").value_or("");
    if (the_case.taint.find_first_not_of("PFSRMBUDAWCIOELKXTNJ") != std::string::npos)
      table.note(fmt::format("'{}' holds what is no taint flag", printable(the_case.taint)), table.at("taint"),
                 "the letters are those of Documentation/admin-guide/tainted-kernels.rst");
    read_needs(table, the_case);
    read_steps(table, the_case);
    check_place(suite, the_case, table);
    table.finish();
    suite.cases.push_back(std::move(the_case));
  }

  Case::During read_during(TomlTable& table) {
    std::string during = table.string("during").value_or("booted");
    if (during != "boot" && during != "booted")
      table.note(fmt::format("'during' is '{}', and must be boot or booted", printable(during)), table.at("during"));
    return during == "boot" ? Case::During::boot : Case::During::booted;
  }

  void check_place(const Suite& suite, const Case& the_case, TomlTable& table) {
    for (const Case& earlier : suite.cases) {
      if (earlier.name == the_case.name && !the_case.name.empty())
        table.note(fmt::format("case '{}' is there twice", the_case.name), table.at("name"),
                   fmt::format("the first stands in line {}", earlier.at.line));
    }
    bool behind_booted = !suite.cases.empty() && suite.cases.back().during == Case::During::booted;
    if (behind_booted && the_case.during == Case::During::boot)
      table.note(fmt::format("'{}' runs during the boot, but stands behind a case that needs the booted system", the_case.name),
                 table.at("during"), "move it up");
  }

  void read_needs(TomlTable& table, Case& the_case) {
    for (const std::string& text : table.strings("requires")) {
      if (auto need = parse_requirement(text, table.at("requires")))
        the_case.needs.push_back(std::move(*need));
      else
        table.note(fmt::format("'{}' is no requirement", printable(text)), table.at("requires"),
                   "known are config:X, config:X=m, kvm, tcg, kernel>=6.12 and qemu>=8");
    }
  }

  void read_steps(TomlTable& table, Case& the_case) {
    // Inline `steps = [{...}]` and [[case.step]] tables are the same; one case uses one of them.
    std::vector<TomlTable> rows = table.tables("steps");
    std::vector<TomlTable> long_rows = table.tables("step");
    if (!rows.empty() && !long_rows.empty()) table.note("use 'steps' or [[case.step]], not both", long_rows[0].at());
    rows.insert(rows.end(), long_rows.begin(), long_rows.end());
    if (rows.empty() && !table.has("steps")) table.note("a case without steps proves nothing", table.at());
    if (rows.empty() && table.has("steps")) table.note("a case without steps proves nothing", table.at("steps"));
    for (TomlTable& row : rows)
      if (auto step = read_step(row)) the_case.steps.push_back(std::move(*step));
  }

  std::optional<Step> read_step(TomlTable& row) {
    std::vector<std::string> present;
    for (const char* action : actions)
      if (row.has(action)) present.emplace_back(action);
    Step step;
    step.at = row.at();
    auto within = row.duration("within");
    step.within = within.value_or(within_);
    if (present.size() > 1)
      row.note(fmt::format("a step does one thing, and this has '{}' and '{}'", present[0], present[1]), row.at(present[1]));
    std::optional<StepKind> kind = present.empty() ? std::nullopt : read_kind(row, present[0]);
    if (present.empty()) note_actionless(row);
    if (present.size() <= 1 && !present.empty()) row.finish();
    if (!kind) return std::nullopt;
    step.what = std::move(*kind);
    warn_about_time(step, within, row);
    return step;
  }

  /// The likeliest reason for a step that does nothing is a typing error.
  void note_actionless(TomlTable& row) {
    std::vector<std::string> known(actions.begin(), actions.end());
    for (const std::string& key : row.keys()) {
      if (key == "within") continue;
      row.note(fmt::format("unknown key '{}'", printable(key)), row.key_at(key), did_you_mean(key, known));
      return;
    }
    row.note("this step does nothing", row.at(), "give it one of expect, run, login, send, absent, expect-report, power");
  }

  std::optional<StepKind> read_kind(TomlTable& row, const std::string& action) {
    if (action == "run") return read_run(row);
    if (action == "login") return read_login(row);
    if (action == "power") return read_power(row);
    if (action == "send") {
      auto text = row.string("send");
      return text ? std::optional<StepKind>(Send{*text}) : std::nullopt;
    }
    auto pattern = read_pattern(row, action);
    if (!pattern) return std::nullopt;
    if (action.starts_with("expect-report")) return ExpectReport{*pattern};
    if (action.starts_with("expect-prompt")) return ExpectPrompt{*pattern};
    if (action.starts_with("expect")) return Expect{*pattern};
    return Absent{*pattern};
  }

  std::optional<PatternText> read_pattern(TomlTable& row, const std::string& key) {
    auto text = row.string(key);
    if (!text) return std::nullopt;
    PatternText pattern{*text, key.ends_with("-regex"), row.text_at(key)};
    if (auto compiled = Pattern::compile(pattern); !compiled) {
      row.note(compiled.error().what, compiled.error().at.value_or(pattern.at), compiled.error().hint);
      return std::nullopt;
    }
    return pattern;
  }

  std::optional<StepKind> read_run(TomlTable& row) {
    RunCommand run;
    auto command = row.string("run");
    if (row.has("status")) {
      if (row.is_string("status")) {
        if (row.string("status") != "any")
          row.note("'status' must be an exit status, or \"any\"", row.at("status"));
        run.status = std::nullopt;
      } else if (auto status = row.integer("status")) {
        run.status = static_cast<int>(*status);
        if (*status < 0 || *status > 255) row.note("'status' must be 0 to 255", row.at("status"));
      }
    }
    for (const char* key : {"output", "output-regex"}) {
      if (!row.has(key)) continue;
      if (run.output) row.note("use 'output' or 'output-regex', not both", row.at(key));
      run.output = read_pattern(row, key);
    }
    if (!command) return std::nullopt;
    run.command = *command;
    if (trimmed(run.command).empty()) row.note("an empty command", row.at("run"));
    return run;
  }

  std::optional<StepKind> read_login(TomlTable& row) {
    auto user = row.string("login");
    Login login{user.value_or(""), row.string("password").value_or("")};
    if (user && user->empty()) row.note("an empty name", row.at("login"));
    return user ? std::optional<StepKind>(login) : std::nullopt;
  }

  std::optional<StepKind> read_power(TomlTable& row) {
    auto action = row.string("power");
    if (!action) return std::nullopt;
    if (*action != "off" && *action != "reset")
      row.note(fmt::format("'power' is '{}', and must be off or reset", printable(*action)), row.at("power"));
    return Power{*action == "reset" ? Power::Action::reset : Power::Action::off};
  }

  /// A deadline that comes before the kernel's own detectors hides what hangs. Commands given only a moment are left alone:
  /// who writes 2s means it.
  void warn_about_time(const Step& step, const std::optional<Duration>& within, const TomlTable& row) {
    bool may_hang = std::holds_alternative<RunCommand>(step.what) || std::holds_alternative<Power>(step.what);
    if (!within || !may_hang || *within <= 2s || *within > detector_time) return;
    warnings_.push_back({Error::Kind::definition,
                         fmt::format("within {} ends before the kernel's own detectors of stalls, at {}",
                                     format_duration(*within), format_duration(detector_time)),
                         row.at("within"), "give more than that, or at most 2s"});
  }

  TomlTable root_;
  const KnownNames& known_;
  std::vector<Error>& warnings_;
  Duration within_{};
};

}  // namespace

SuiteReading read_suite(const fs::path& file, const KnownNames& known) {
  SuiteReading reading;
  auto document = TomlDocument::read(file);
  if (!document) {
    reading.errors.push_back(document.error());
    return reading;
  }
  reading.suite = Reader(document->root(), known, reading.warnings).read();
  reading.suite.file = file;
  reading.errors = document->errors();
  return reading;
}

Result<fs::path> find_suite(const std::string& name_or_path) {
  std::error_code failure;
  if (name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".toml")) {
    if (fs::exists(name_or_path, failure)) return fs::path(name_or_path);
    return usage_error(fmt::format("no suite at {}", name_or_path));
  }
  fs::path file = data_root() / "suites" / (name_or_path + ".toml");
  if (fs::exists(file, failure)) return file;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(data_root() / "suites", failure))
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  std::string hint = did_you_mean(name_or_path, names);
  return usage_error(fmt::format("no suite named '{}'", name_or_path),
                     hint.empty() ? "give a file as ./NAME.toml" : hint);
}

}  // namespace bootgate
