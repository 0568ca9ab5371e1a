#include "harness/machine/qemu.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include "harness/support/process.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

/// "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)" -> "7.2.22"
std::string version_in(std::string_view text) {
  constexpr std::string_view word = "version ";
  std::size_t start = text.find(word);
  if (start == std::string_view::npos) return {};
  text.remove_prefix(start + word.size());
  return std::string(text.substr(0, text.find_first_not_of("0123456789.")));
}

}  // namespace

Result<QemuProgram> find_qemu(const std::string& wanted, const Store& store) {
  const std::string name = wanted.empty() ? "qemu-system-x86_64" : wanted;
  auto path = find_program(name);
  if (!path) return bench_error(fmt::format("QEMU not found: {}", name), "install it: apt install qemu-system-x86");
  struct stat info {};
  ::stat(path->c_str(), &info);
  std::string identity = fmt::format("{} {} {}", path->string(), info.st_size, info.st_mtim.tv_sec);
  auto entry = store.obtain("qemu", store_key(identity), {}, [&](const fs::path& directory) -> Result<> {
    CommandOptions options;
    options.timeout = 30s;
    auto output = run_checked({path->string(), "--version"}, options);
    if (!output) return tl::unexpected(output.error());
    std::string version = version_in(*output);
    if (version.empty()) return bench_error(fmt::format("{} does not say its version", path->string()), "is it QEMU?");
    return write_file_atomically(directory / "version", version);
  });
  if (!entry) return tl::unexpected(entry.error());
  auto version = read_file(*entry / "version");
  if (!version) return tl::unexpected(version.error());
  return QemuProgram{*path, *version};
}

}  // namespace bootgate
