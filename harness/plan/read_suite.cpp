#include "harness/plan/read_suite.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "harness/plan/read_step.hpp"
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
constexpr const char* default_profile = "initrd-only";

/// The flags of Documentation/admin-guide/tainted-kernels.rst.
constexpr const char* taint_letters = "PFSRMBUDAWCIOELKXTNJ";

/// A file that is no suite at all makes an error of each of its lines.
constexpr std::size_t most_errors = 50;

bool is_power(const Step& step, Power::Action action) {
  const auto* power = std::get_if<Power>(&step.what);
  return power && power->action == action;
}

/// Reads one file; every mistake is noted, and reading goes on.
class Reader {
 public:
  Reader(TomlTable root, const KnownNames& known, std::vector<Error>& warnings)
      : root_(std::move(root)), known_(known), warnings_(warnings) {}

  Suite read() {
    Suite suite;
    suite.name = read_name(root_);
    suite.description = root_.string("description").value_or("");
    suite.rootfs = read_rootfs();
    suite.profiles = read_profiles();
    within_ = read_within();
    suite.silence = root_.duration("silence").value_or(default_silence);
    suite.limit = root_.duration("limit").value_or(default_limit);
    for (TomlTable& table : root_.tables("case"))
      suite.cases.push_back(read_case(table));
    suite.samples = read_samples();
    if (!suite.samples && (!root_.has("case") || root_.is_empty_array("case")))
      root_.note("the suite has no [[case]]", root_.at("case"));
    root_.finish();
    return suite;
  }

 private:
  std::string read_name(TomlTable& table) {
    auto name = table.string("name");
    if (!table.has("name")) table.note_missing("name");
    if (name && !is_name(*name))
      table.note(fmt::format("'{}' is no name", printable(*name)), table.at("name"),
                 "use a-z, 0-9, and behind the first character also . _ -, at most 100 of them");
    return name.value_or("");
  }

  RootfsName read_rootfs() {
    auto rootfs = parse_rootfs_name(root_.string("rootfs").value_or("busybox"));
    if (rootfs) return *rootfs;
    root_.note(rootfs.error().what, root_.at("rootfs"), rootfs.error().hint);
    return {RootfsName::Kind::busybox, "busybox", ""};
  }

  bool read_samples() {
    auto samples = root_.string("samples");
    if (samples && *samples != "rust")
      root_.note(fmt::format("unknown samples '{}'", printable(*samples)), root_.at("samples"), "write rust");
    return samples == "rust";
  }

  std::vector<std::string> read_profiles() {
    std::vector<std::string> profiles;
    for (TomlString& profile : root_.placed_strings("profile")) {
      check_known(profile, "profile", known_.profiles);
      if (std::find(profiles.begin(), profiles.end(), profile.text) != profiles.end())
        root_.note(fmt::format("profile '{}' is there twice", printable(profile.text)), profile.at);
      profiles.push_back(std::move(profile.text));
    }
    if (root_.is_empty_array("profile")) root_.note("the suite names no profile", root_.at("profile"));
    if (!root_.has("profile")) {
      check_known({default_profile, root_.at()}, "profile", known_.profiles);
      profiles.emplace_back(default_profile);
    }
    return profiles;
  }

  Duration read_within() {
    auto within = root_.duration("within");
    if (within && *within < detectors_need)
      warnings_.push_back({Error::Kind::definition,
                           fmt::format("{} for every step is too short for the kernel to report a lockup itself",
                                       format_duration(*within)),
                           root_.at("within"), fmt::format("give it {} or more", format_duration(detectors_need))});
    return within.value_or(default_within);
  }

  void check_known(const TomlString& word, std::string_view what, const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), word.text) != known.end()) return;
    std::string hint = did_you_mean(word.text, known);
    if (hint.empty()) hint = fmt::format("known: {}", fmt::join(known, ", "));
    root_.note(fmt::format("unknown {} '{}'", what, printable(word.text)), word.at, hint);
  }

  Case read_case(TomlTable& table) {
    Case the_case;
    the_case.at = table.at();
    the_case.name = read_name(table);
    the_case.description = table.string("description").value_or("");
    the_case.during = read_during(table);
    the_case.required = table.boolean("required").value_or(false);
    the_case.needs = read_needs(table);
    for (TomlString& id : table.placed_strings("allow")) {
      check_known(id, "signature", known_.signatures);
      the_case.allow.push_back(std::move(id.text));
    }
    the_case.taint = read_taint(table);
    the_case.internet = table.boolean("internet").value_or(false);
    the_case.steps = read_steps(table);
    check_place(the_case, table);
    table.finish();
    return the_case;
  }

  Case::During read_during(TomlTable& table) {
    std::string during = table.string("during").value_or("booted");
    if (during != "boot" && during != "booted")
      table.note(fmt::format("'during' is '{}', and must be \"boot\" or \"booted\"", printable(during)),
                 table.at("during"));
    return during == "boot" ? Case::During::boot : Case::During::booted;
  }

  std::vector<Requirement> read_needs(TomlTable& table) {
    std::vector<Requirement> needs;
    for (TomlString& need : table.placed_strings("requires")) {
      if (auto requirement = parse_requirement(need.text, need.at))
        needs.push_back(std::move(*requirement));
      else
        table.note(fmt::format("'{}' is no requirement", printable(need.text)), need.at,
                   "write config:X (without CONFIG_), config:X=m, module:NAME, kvm, tcg, network, resolver,\n"
                   "kernel>=6.12 or qemu>=8");
    }
    return needs;
  }

  std::string read_taint(TomlTable& table) {
    std::string taint = table.string("taint").value_or("");
    std::size_t wrong = taint.find_first_not_of(taint_letters);
    if (wrong != std::string::npos)
      table.note("this is no taint flag of the kernel", table.text_at("taint", wrong),
                 fmt::format("the flags are {}", taint_letters));
    return taint;
  }

  std::vector<Step> read_steps(TomlTable& table) {
    // A list in one place and tables of their own are the same thing.
    std::vector<TomlTable> rows = table.tables("steps"), long_rows = table.tables("step");
    if (table.has("steps") && table.has("step"))
      table.note("use 'steps' or [[case.step]], not both", table.key_at("step"));
    rows.insert(rows.end(), long_rows.begin(), long_rows.end());
    if (!table.has("steps") && !table.has("step")) table.note("a case without steps proves nothing", table.at());
    for (const char* key : {"steps", "step"})
      if (table.is_empty_array(key)) table.note("a case without steps proves nothing", table.at(key));
    std::vector<Step> steps;
    for (TomlTable& row : rows)
      if (auto step = read_step(row, within_, warnings_)) steps.push_back(std::move(*step));
    if (!steps.empty() && steps.size() == rows.size()) check_order(table, steps);
    return steps;
  }

  void check_order(TomlTable& table, const std::vector<Step>& steps) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const Step* behind = i + 1 < steps.size() ? &steps[i + 1] : nullptr;
      const bool is_check = behind && std::holds_alternative<CheckDisk>(behind->what);
      const bool is_off = is_power(steps[i], Power::Action::off);
      if (behind && (is_off || is_power(steps[i], Power::Action::reset)) && !(is_check && is_off))
        table.note("nothing can come behind 'power': the machine has ended", behind->at);
      if (is_check && !is_off)
        table.note("a disk is checked when its machine is off", behind->at, "put { power = \"off\" } before it");
    }
    if (!steps.empty() && std::holds_alternative<CheckDisk>(steps.front().what))
      table.note("a disk is checked when its machine is off", steps.front().at, "put { power = \"off\" } before it");
    if (std::none_of(steps.begin(), steps.end(), is_proof))
      table.note("this case proves nothing: 'absent' and 'send' wait for nothing to come", table.at(),
                 "let it also expect or run something");
  }

  void check_place(const Case& the_case, TomlTable& table) {
    for (std::string_view reserved : {clean_end_case, build_case})
      if (the_case.name == reserved)
        table.note(fmt::format("every report has a case '{}' of its own", reserved), table.at("name"),
                   "choose another name");
    auto [earlier, is_new] = lines_.emplace(the_case.name, the_case.at.line);
    if (!is_new && !the_case.name.empty())
      table.note(fmt::format("case '{}' is there twice", printable(the_case.name)), table.at("name"),
                 fmt::format("the first stands in line {}", earlier->second));
    if (the_case.during == Case::During::booted) {
      booted_ = true;
    } else if (booted_) {
      table.note(
          fmt::format("case '{}' is of the boot, but stands behind one of the booted system", printable(the_case.name)),
          table.at("during"), "move it up");
    }
  }

  TomlTable root_;
  const KnownNames& known_;
  std::vector<Error>& warnings_;
  Duration within_{};
  std::map<std::string, int> lines_;  // of the cases, by name
  bool booted_ = false;               // a case of the booted system was read
};

std::vector<std::string> project_suite_names() {
  std::vector<std::string> names;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(data_root() / "suites", failure))
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

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
  if (reading.errors.size() > most_errors) {
    std::size_t more = reading.errors.size() - most_errors;
    reading.errors.resize(most_errors);
    reading.errors.push_back({Error::Kind::definition, fmt::format("{} more mistakes in this file", more),
                              SourcePos{file.string(), 0, 0}, ""});
  }
  return reading;
}

Result<fs::path> find_suite(const std::string& name_or_path) {
  std::error_code failure;
  if (name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".toml")) {
    if (fs::exists(name_or_path, failure)) return fs::path(name_or_path);
    return usage_error(fmt::format("no suite at {}", printable(name_or_path)));
  }
  fs::path file = data_root() / "suites" / (name_or_path + ".toml");
  if (fs::exists(file, failure)) return file;
  std::vector<std::string> names = project_suite_names();
  std::string hint = did_you_mean(name_or_path, names);
  if (hint.empty()) hint = fmt::format("there are {}; a file of your own is ./NAME.toml", fmt::join(names, ", "));
  return usage_error(fmt::format("no suite named '{}'", printable(name_or_path)), hint);
}

}  // namespace bootgate
