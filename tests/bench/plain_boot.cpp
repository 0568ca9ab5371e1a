#include "tests/bench/plain_boot.hpp"

#include <fmt/format.h>

#include "harness/support/process.hpp"
#include "harness/support/text.hpp"

namespace bootgate {

Result<PlainBoot> PlainBoot::in(const fs::path& out) {
  constexpr std::string_view option = "-append '";
  std::error_code failure;
  for (fs::recursive_directory_iterator item(out, failure), end; !failure && item != end; item.increment(failure)) {
    if (item->path().filename() != "replay.sh") continue;
    const std::string script = read_file(item->path()).value_or("");
    const std::size_t start = script.find(option);
    if (start == std::string::npos) continue;
    const std::string_view parameters = std::string_view(script).substr(start + option.size());
    return PlainBoot(item->path(), std::string(parameters.substr(0, parameters.find('\''))));
  }
  return bench_error(fmt::format("no replay.sh in {}", out.string()));
}

Result<> PlainBoot::run(const std::string& command, const fs::path& image) const {
  // What stands behind "--" goes to init; the kernel takes quoted words for one (kernel/params.c, next_arg). The last
  // -append is the one that counts.
  const std::string parameters = fmt::format(
      "{} rdinit=/bin/sh -- -c \"/etc/init.d/rcS; ( {} ); echo plain-boot status=$? >/lib/bootgate/kmsg; "
      "poweroff -f\"",
      parameters_, command);
  CommandOptions options;
  options.timeout = std::chrono::minutes(10);
  // Disks are written to in temporary files: several may boot from one image.
  std::vector<std::string> argv{"sh", replay_.string(), "-snapshot", "-append", parameters};
  if (!image.empty()) argv.insert(argv.end(), {"-kernel", image.string()});  // of two the last one counts
  auto boot = run_command(argv, options);
  if (!boot) return tl::unexpected(boot.error());
  if (boot->status.ok() && boot->output.find("plain-boot status=0") != std::string::npos) return {};
  return bench_error(fmt::format("a plain boot ended with {}", describe(boot->status)), boot->output + boot->errors);
}

}  // namespace bootgate
