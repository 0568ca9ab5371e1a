#include "harness/cli/doctor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <initializer_list>

#include "fixtures/build/busybox.hpp"
#include "harness/support/process.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using State = Check::State;

constexpr std::string_view kernel_area = "build kernels";
constexpr std::string_view system_area = "whole systems (the suite debian)";
constexpr std::string_view host_area = "--toolchain host (others bring their own)";

constexpr std::uint64_t mib = 1024 * 1024;
constexpr std::uint64_t gib = 1024 * mib;

/// What a package is called; empty where the distribution has none.
struct Package {
  std::string_view apt, dnf, pacman;
};

constexpr Package qemu_package{"qemu-system-x86", "qemu-system-x86-core", "qemu-system-x86"};
constexpr Package busybox_package{"busybox-static", "busybox", "busybox"};
constexpr Package kmod_package{"kmod", "kmod", "kmod"};

/// The command that installs them here; empty when this distribution has one of them not.
std::string install_command(std::initializer_list<Package> packages) {
  struct Manager {
    std::string_view program, command;
    std::string_view Package::*name;
  };
  constexpr Manager managers[] = {{"apt-get", "apt-get install --no-install-recommends", &Package::apt},
                                  {"dnf", "dnf install", &Package::dnf},
                                  {"pacman", "pacman -S", &Package::pacman}};
  for (const Manager& manager : managers) {
    if (!find_program(manager.program)) continue;
    std::string command = fmt::format("{}{}", ::geteuid() == 0 ? "" : "sudo ", manager.command);
    for (const Package& package : packages) {
      if ((package.*manager.name).empty()) return {};
      command += fmt::format(" {}", package.*manager.name);
    }
    return command;
  }
  return {};
}

Check check(std::string_view area, std::string_view name, State state, std::string found, std::string mend = {}) {
  return {std::string(area), std::string(name), state, std::move(found), std::move(mend)};
}

/// The first number on the first line of what `program --version` says; empty when it doesn't run.
std::string version_of(const fs::path& program) {
  CommandOptions options;
  options.timeout = Duration(10'000);
  auto result = run_command({program.string(), "--version"}, options);
  if (!result || !result->status.ok()) return {};
  std::string_view output = result->output;
  for (std::string_view word : split(output.substr(0, output.find('\n')), ' ')) {
    std::size_t end = std::min(word.find_first_not_of("0123456789."), word.size());
    if (end > 0 && word[0] != '.') return std::string(word.substr(0, end));
  }
  return {};
}

std::pair<int, int> major_minor(std::string_view version) {
  auto parts = split(version, '.');
  std::pair<int, int> numbers{0, 0};
  if (!parts.empty()) std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), numbers.first);
  if (parts.size() > 1) std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), numbers.second);
  return numbers;
}

struct Wanted {
  std::string_view area, name, program;
  Package package;
  std::string_view least = "0.0";  // below it: a warning
  std::string_view reason = {};    // who asks for `least`
};

Check check_program(const Wanted& wanted) {
  auto program = find_program(wanted.program);
  if (!program) return check(wanted.area, wanted.name, State::missing, "not found", install_command({wanted.package}));
  std::string version = version_of(*program);
  if (version.empty())
    return check(wanted.area, wanted.name, State::missing, fmt::format("{} doesn't run", program->string()),
                 fmt::format("{} --version", shell_quoted(program->string())));
  if (major_minor(version) < major_minor(wanted.least))
    return check(wanted.area, wanted.name, State::warn, fmt::format("{}; {}", version, wanted.reason));
  return check(wanted.area, wanted.name, State::ok, version);
}

Check check_kvm(const std::optional<Accelerator>& probed) {
  if (probed && probed->kind == Accelerator::Kind::kvm)
    return check(run_area, "KVM", State::ok, "a guest boots under it");
  UniqueFd device(::open("/dev/kvm", O_RDWR | O_CLOEXEC));
  int reason = errno;
  if (!device && reason == EACCES)
    return check(run_area, "KVM", State::warn, "/dev/kvm may not be opened: TCG is used, which is slower",
                 "sudo usermod -aG kvm \"$USER\"  # then log in again");
  if (!device)
    return check(run_area, "KVM", State::warn,
                 fmt::format("/dev/kvm: {}: TCG is used, which is slower", std::strerror(reason)),
                 reason == ENOENT ? "sudo modprobe -a kvm_intel kvm_amd" : "");
  if (probed)
    return check(run_area, "KVM", State::warn, fmt::format("/dev/kvm opens, but TCG is used: {}", probed->reason));
  return check(run_area, "KVM", State::ok, "/dev/kvm opens; the first run tries it with a known-good kernel");
}

Check check_busybox() {
  auto busybox = host_busybox();
  if (busybox) return check(run_area, "busybox", State::ok, busybox->string());
  return check(run_area, "busybox", State::missing, busybox.error().what, install_command({busybox_package}));
}

Check check_apt() {
  if (!find_program("apt-get"))
    return check(run_area, "apt", State::warn, "not found: `--kernel debian` can't work, `--kernel FILE` does");
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator("/var/lib/apt/lists", failure)) {
    if (entry.path().filename().string().find("_Packages") != std::string::npos)
      return check(run_area, "apt", State::ok, "has package lists");
  }
  return check(run_area, "apt", State::ok, "no package lists: the first run fetches some of its own");
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < gib) return fmt::format("{} MiB", bytes / mib);
  return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / static_cast<double>(gib));
}

/// Free space for us where `path` is, or would be made.
std::optional<std::uint64_t> free_space(fs::path path) {
  std::error_code ignored;
  while (!fs::exists(path, ignored) && path.has_relative_path())
    path = path.parent_path();
  struct statvfs info {};
  if (::access(path.c_str(), W_OK) != 0 || ::statvfs(path.c_str(), &info) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

Check check_store(const fs::path& store) {
  auto space = free_space(fs::absolute(store));
  if (!space)
    return check(run_area, "store", State::missing, fmt::format("{} can't be written to", store.string()),
                 "export BOOTGATE_STORE=/a/directory/of/yours");
  std::string found = fmt::format("{}, {} free", store.string(), size_text(*space));
  // A packaged kernel unpacks to some 100 MB; a kernel tree, a toolchain and an image take 10 GB.
  if (*space < gib / 2)
    return check(run_area, "store", State::missing, found + ": too little for a kernel",
                 "export BOOTGATE_STORE=/a/larger/one");
  if (*space < 12 * gib) return check(run_area, "store", State::warn, found + ": building kernels takes about 12 GiB");
  return check(run_area, "store", State::ok, found);
}

Check check_shared_memory() {
  auto space = free_space("/dev/shm");
  if (!space) return check(run_area, "/dev/shm", State::warn, "not there; guests don't need it");
  return check(run_area, "/dev/shm", State::ok, size_text(*space) + " free; guest memory doesn't count against it");
}

std::optional<std::uint64_t> number_in(const fs::path& file, std::string_view after) {
  auto text = read_file(file);
  if (!text) return std::nullopt;
  std::size_t at = text->find(after);
  if (at == std::string::npos) return std::nullopt;
  at = text->find_first_not_of(" \t", at + after.size());
  std::uint64_t number = 0;
  if (at == std::string::npos) return std::nullopt;
  auto parsed = std::from_chars(text->data() + at, text->data() + text->size(), number);
  return parsed.ec == std::errc() ? std::optional(number) : std::nullopt;
}

/// The limit of our control group: v2 as containers see it (their own group is the root of the mount), then v1.
/// "max", and v1's nearly 2^63, mean none.
std::optional<std::uint64_t> cgroup_limit() {
  for (const char* file : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    auto limit = number_in(file, "");
    if (limit && *limit < std::uint64_t{1} << 60) return limit;
  }
  return std::nullopt;
}

Check check_memory() {
  auto available = number_in("/proc/meminfo", "MemAvailable:");
  if (!available) return check(run_area, "memory", State::warn, "/proc/meminfo can't be read");
  std::uint64_t bytes = *available * 1024;
  std::string found = size_text(bytes) + " available";
  if (auto limit = cgroup_limit()) {
    found += fmt::format(", {} for this control group", size_text(*limit));
    bytes = std::min(bytes, *limit);
  }
  if (bytes < gib) return check(run_area, "memory", State::warn, found + ": a guest wants 512 MiB");
  return check(run_area, "memory", State::ok, found);
}

/// Programs or headers that are of use only together: one line names those that lack.
struct Part {
  std::string_view name;
  bool found;
  Package package;
};

Check check_parts(std::string_view area, std::string_view name, std::initializer_list<Part> parts) {
  std::string all, lacking, mend;
  for (const Part& part : parts) {
    all += fmt::format("{}{}", all.empty() ? "" : ", ", part.name);
    if (part.found) continue;
    lacking += fmt::format("{}{}", lacking.empty() ? "" : ", ", part.name);
    std::string command = install_command({part.package});
    mend = mend.empty() ? command : mend + command.substr(command.rfind(' '));
  }
  if (lacking.empty()) return check(area, name, State::ok, all);
  return check(area, name, State::missing, "lacks " + lacking, mend);
}

Check check_make_tools() {
  auto has = [](std::string_view program) { return find_program(program).has_value(); };
  return check_parts(host_area, "tools",
                     {{"make", has("make"), {"make", "make", "make"}},
                      {"flex", has("flex"), {"flex", "flex", "flex"}},
                      {"bison", has("bison"), {"bison", "bison", "bison"}},
                      {"bc", has("bc"), {"bc", "bc", "bc"}},
                      {"perl", has("perl"), {"perl", "perl", "perl"}}});
}

Check check_headers() {
  auto has = [](std::string_view file) { return ::access(std::string(file).c_str(), R_OK) == 0; };
  return check_parts(host_area, "headers",
                     {{"libelf", has("/usr/include/libelf.h"), {"libelf-dev", "elfutils-libelf-devel", "libelf"}},
                      {"openssl", has("/usr/include/openssl/ssl.h"), {"libssl-dev", "openssl-devel", "openssl"}}});
}

Check check_image_tools() {
  auto has = [](std::string_view program) { return find_program(program).has_value(); };
  return check_parts(system_area, "images",
                     {{"qemu-img", has("qemu-img"), {"qemu-utils", "qemu-img", "qemu-img"}},
                      {"mke2fs", has("mke2fs"), {"e2fsprogs", "e2fsprogs", "e2fsprogs"}},
                      {"e2fsck", has("e2fsck"), {"e2fsprogs", "e2fsprogs", "e2fsprogs"}}});
}

/// It has no --version.
Check check_ssh() {
  const Package package{"openssh-client", "openssh-clients", "openssh"};
  return check_parts(system_area, "ssh", {{"ssh", find_program("ssh").has_value(), package}});
}

/// Whether the command ends well; what it said last, if not.
std::optional<std::string> complaint_of(const std::vector<std::string>& argv) {
  CommandOptions options;
  options.timeout = Duration(10'000);
  auto result = run_command(argv, options);
  if (!result) return result.error().what;
  if (result->status.ok()) return std::nullopt;
  std::string_view errors = trimmed(result->errors);
  if (errors.empty()) return describe(result->status);
  return std::string(errors.substr(errors.rfind('\n') + 1));
}

/// The switch that forbids user namespaces here: Debian's own, Ubuntu 24.04's, and the kernel's.
std::string mend_namespaces() {
  auto is = [](const char* name, std::uint64_t value) {
    return number_in(fs::path("/proc/sys") / name, "") == std::optional(value);
  };
  if (is("kernel/unprivileged_userns_clone", 0)) return "sudo sysctl kernel.unprivileged_userns_clone=1";
  if (is("kernel/apparmor_restrict_unprivileged_userns", 1))
    return "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0";
  if (is("user/max_user_namespaces", 0)) return "sudo sysctl user.max_user_namespaces=10000";
  return {};
}

Check check_namespaces() {
  auto complaint = complaint_of({"unshare", "--user", "--map-root-user", "true"});
  if (!complaint) return check(kernel_area, "namespaces", State::ok, "a user namespace can be made");
  return check(kernel_area, "namespaces", State::missing, *complaint, mend_namespaces());
}

Check check_sandbox() {
  if (!find_program("bwrap"))
    return check(kernel_area, "bwrap", State::missing, "not found",
                 install_command({{"bubblewrap", "bubblewrap", "bubblewrap"}}));
  auto complaint = complaint_of({"bwrap", "--ro-bind", "/", "/", "--unshare-all", "true"});
  if (!complaint) return check(kernel_area, "bwrap", State::ok, "a sandbox can be made");
  return check(kernel_area, "bwrap", State::missing, *complaint, mend_namespaces());
}

/// iasl has no --version, and says nothing of use with any other flag.
Check check_acpi_compiler() {
  if (auto iasl = find_program("iasl")) return check(kernel_area, "iasl", State::ok, iasl->string());
  return check(kernel_area, "iasl", State::missing, "not found: Rust samples of ACPI devices need it",
               install_command({{"acpica-tools", "acpica-tools", "acpica"}}));
}

}  // namespace

std::string_view to_string(Check::State state) {
  switch (state) {
    case State::ok: return "ok";
    case State::warn: return "warn";
    case State::missing: return "missing";
  }
  return "missing";
}

std::vector<Check> examine_host(const DoctorQuestions& questions) {
  return {
      check_program({run_area, "QEMU", "qemu-system-x86_64", qemu_package, "7.2", "tested with 7.2 and newer"}),
      check_kvm(questions.accelerator),
      check_busybox(),
      check_program({run_area, "kmod", "depmod", kmod_package}),
      check_apt(),
      check_store(questions.store),
      check_memory(),
      check_shared_memory(),
      check_program({kernel_area, "mmdebstrap", "mmdebstrap", {"mmdebstrap", "mmdebstrap", ""}}),
      check_namespaces(),
      check_sandbox(),
      check_program({kernel_area, "git", "git", {"git", "git", "git"}}),
      check_acpi_compiler(),
      check_image_tools(),
      check_ssh(),
      check_program({"bootgate gdb", "gdb", "gdb", {"gdb", "gdb", "gdb"}}),
      check_program({host_area, "gcc", "gcc", {"gcc", "gcc", "gcc"}}),
      check_make_tools(),
      check_headers(),
      check_program({host_area, "ccache", "ccache", {"ccache", "ccache", "ccache"}}),
      // scripts/min-tool-version.sh of Linux 6.12.
      check_program({host_area, "clang", "clang", {"clang", "clang", "clang"}, "13.0", "Linux 6.12 asks for 13.0.1"}),
      check_program({host_area, "lld", "ld.lld", {"lld", "lld", "lld"}, "13.0", "Linux 6.12 asks for 13.0.1"}),
      check_program({host_area, "rustc", "rustc", {"rustc", "rust", "rust"}, "1.78", "Linux 6.12 asks for 1.78"}),
      check_program({host_area,
                     "bindgen",
                     "bindgen",
                     {"bindgen", "bindgen-cli", "rust-bindgen"},
                     "0.65",
                     "Linux 6.12 asks for 0.65.1"}),
  };
}

std::string describe(const std::vector<Check>& checks) {
  constexpr std::size_t indent = 23, width = 80;
  std::string text;
  std::string_view area;
  for (const Check& item : checks) {
    if (item.area != area) text += fmt::format("{}{}\n", area.empty() ? "" : "\n", item.area);
    area = item.area;
    text += fmt::format("  {:<7}  {:<10}  {}\n", to_string(item.state), item.name,
                        wrapped(printable(item.found), width - indent, indent));
    if (!item.mend.empty()) text += fmt::format("{:{}}$ {}\n", "", indent, item.mend);
  }
  bool ready = exit_code(checks) == 0;
  return text +
         (ready ? "\n`bootgate run` has what it needs.\n" : "\n`bootgate run` needs what is missing under `run`.\n");
}

int exit_code(const std::vector<Check>& checks) {
  auto lacks = [](const Check& item) { return item.area == run_area && item.state == State::missing; };
  return std::any_of(checks.begin(), checks.end(), lacks) ? 3 : 0;
}

}  // namespace bootgate
