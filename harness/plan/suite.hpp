// Suite, Case, Step: what a TOML file in suites/ says, as plain data. suites/README.md is the reference of every key.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "expectations/pattern.hpp"
#include "fixtures/image/rootfs_name.hpp"
#include "harness/support/clock.hpp"
#include "harness/support/files.hpp"

namespace bootgate {

/// A console line that must come, after the last one this case matched.
struct Expect {
  PatternText pattern;
};

/// Text at the very end of the console, on a line that isn't complete, with the console quiet: a prompt.
struct ExpectPrompt {
  PatternText pattern;
};

/// A console line that must not come in the rest of the case.
struct Absent {
  PatternText pattern;
};

/// A shell command over the control channel.
struct RunCommand {
  std::string command;
  std::optional<int> status = 0;  // nothing: any
  std::optional<PatternText> output;
};

/// The whole dialogue on ttyS0: prompt, name, password, and a shell that answers with a nonce.
struct Login {
  std::string user;
  std::string password;
};

/// Raw text to ttyS0.
struct Send {
  std::string text;
};

/// A crash report with this title must come: the whole title, or a regex found in it. It is allowed for this case only.
struct ExpectReport {
  PatternText title;
};

/// The guest ends by its own means; the machine's event must prove it. Behind `reboot` it comes back.
struct Power {
  enum class Action { off, reset, reboot };
  Action action = Action::off;
};

/// A command in the guest, over ssh from the host, as this user with the image's own key.
struct Ssh {
  std::string user;
  std::string command;
  std::optional<int> status = 0;  // nothing: any
  std::optional<PatternText> output;
};

/// The file system on the image's disk is clean, once the machine has powered off: e2fsck finds nothing to mend.
struct CheckDisk {};

using StepKind =
    std::variant<Expect, ExpectPrompt, Absent, RunCommand, Login, Send, ExpectReport, Power, Ssh, CheckDisk>;

struct Step {
  StepKind what;
  Duration within{};  // not yet scaled
  SourcePos at;
};

/// One line for people: "expect 'Linux version'", "run `mount`".
std::string describe(const Step& step);

/// What a case needs, or it is skipped with this as the reason.
struct Requirement {
  enum class Subject { config, module, accelerator, kernel_version, qemu_version, network, resolver };
  Subject subject = Subject::config;
  std::string name;   // config: the symbol without CONFIG_; module: as modprobe knows it; accelerator: "kvm" or "tcg"
  std::string value;  // config: "y", "m", or empty for either; versions: "6.12"
  std::string comparison = ">=";  // versions: >=, >, <, <=, ==
  std::string text;               // as written
  SourcePos at;
};

struct Case {
  enum class During { boot, booted };
  std::string name;
  std::string description;
  During during = During::booted;
  std::vector<Requirement> needs;
  bool required = false;             // a skip counts as a failure
  std::vector<std::string> allow;    // signature ids
  bool from_boot = false;            // expectations begin at the first line of that boot
  bool internet = false;             // its machine's network is not cut off from the host's
  std::vector<std::string> modules;  // in the initramfs, besides those that the user names
  std::string note;                  // shown with the result: "derived from its source"
  std::string skip_reason;           // known before any boot: a sample that this kernel can't have
  std::string broken_reason;         // the same, and a failure: a sample that did not compile
  std::string taint;                 // letters of the taint flags this case may set
  std::vector<Step> steps;
  SourcePos at;
};

/// Whether it watches the boot, and so comes before those that begin when the system is there.
inline bool is_of_boot(const Case& the_case) {
  return the_case.during == Case::During::boot;
}

/// It makes the kernel fail: what it does to the kernel's taint flags is its own affair.
bool expects_report(const Case& the_case);

struct Suite {
  std::string name;
  std::string description;
  fs::path file;
  RootfsName rootfs{RootfsName::Kind::busybox, "busybox", ""};
  std::vector<std::string> profiles;  // names in fixtures/profiles.toml
  Duration silence{};                 // the console says nothing at all while something is awaited
  Duration limit{};                   // hard cap of the whole job
  bool samples = false;  // cases come from the kernel tree's Rust samples, one for each, besides those that are written
  std::vector<Case> cases;
};

/// The last line that every job adds to its report: no suite may have a case of this name.
inline constexpr std::string_view clean_end_case = "clean-end";
/// The first line of the report of a job whose kernel is built from source; kept for it in the same way.
inline constexpr std::string_view build_case = "build";

/// Names of suites, cases and profiles become names of directories and words of command lines: a-z, 0-9, and behind the
/// first character also . _ -, and 100 of them at most.
bool is_name(std::string_view text);

}  // namespace bootgate
