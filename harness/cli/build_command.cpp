#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <map>

#include "fixtures/build/toolchain.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/signals.hpp"
#include "harness/run/kernel_supply.hpp"
#include "harness/support/text.hpp"
#include "reports/build_bar.hpp"
#include "reports/terminal.hpp"

namespace bootgate {
namespace {

constexpr std::size_t most_files = 10;

void print_warnings(const std::vector<BuildWarning>& warnings) {
  std::map<std::string, int> by_file;
  for (const BuildWarning& warning : warnings)
    ++by_file[warning.file.empty() ? "(no file)" : warning.file];
  if (by_file.empty()) return;
  fmt::print("warnings  {} in {} file{}\n", warnings.size(), by_file.size(), by_file.size() == 1 ? "" : "s");
  std::size_t shown = 0;
  for (const auto& [file, count] : by_file)
    if (shown++ < most_files) fmt::print("          {:>4}  {}\n", count, printable(file));
  if (by_file.size() > most_files) fmt::print("          and {} more files\n", by_file.size() - most_files);
}

void print_results(const KernelBuild& build, const fs::path& out) {
  const KernelImage& image = build.image;
  const fs::path entry = out.empty() ? image.image.parent_path() : out;
  fmt::print("{}  Linux {}{}\n", build.reused ? "IN STORE" : "BUILT", image.release,
             build.reused ? "" : " in " + rough_time(build.took));
  fmt::print("toolchain {}\nimage     {}\nconfig    {}\n", build.toolchain, (entry / "bzImage").string(),
             (entry / ".config").string());
  fmt::print("symbols   {}\ncommands  {}\n", (entry / "vmlinux").string(), (entry / "compile_commands.json").string());
  if (std::error_code none; fs::exists(image.image.parent_path() / "vmlinux-gdb.py", none))
    fmt::print("gdb       {}\n", (entry / "vmlinux-gdb.py").string());
  if (image.modules) fmt::print("modules   {}\n", (entry / "lib/modules" / image.release).string());
  for (const fs::path& package : build.packages)
    fmt::print("package   {}\n", out.empty() ? package.string() : (out / package.filename()).string());
  fmt::print("objects   {}\n", build.objects.string());
  for (const auto& [symbol, error] : image.left_out)
    fmt::print("left out  {}: it does not compile\n", symbol);
}

Result<> copy_results(const KernelBuild& build, const fs::path& out) {
  if (auto made = make_directories(out); !made) return made;
  constexpr auto over =
      fs::copy_options::recursive | fs::copy_options::overwrite_existing | fs::copy_options::copy_symlinks;
  std::error_code failure;
  fs::copy(build.image.image.parent_path(), out, over, failure);
  for (const fs::path& package : build.packages)
    if (!failure) fs::copy_file(package, out / package.filename(), fs::copy_options::overwrite_existing, failure);
  if (failure) return bench_error(fmt::format("can't copy the results to {}: {}", out.string(), failure.message()));
  return {};
}

Result<KernelBuild> build(const BuildArguments& arguments, const Store& store, std::stop_token stop) {
  Terminal display(terminal_options(STDERR_FILENO, arguments.quiet));
  auto name = parse_kernel_name(arguments.kernel);
  if (!name) return tl::unexpected(name.error());
  if (auto checked = check_toolchain_name(arguments.request.toolchain); !checked)
    return tl::unexpected(checked.error());
  const EmitEvent emit = [&](const Event& event) { display.on(event); };
  return build_kernel(*name, arguments.kernel_org, arguments.request, store,
                      fixture_options(arguments.refresh, emit, std::move(stop)),
                      [&](const BuildProgress& progress) { display.on(BuildRunning{progress}); });
}

}  // namespace

int build_command(const BuildArguments& arguments) {
  std::stop_source stop;
  stop_on_signals(stop);
  auto store = Store::open();
  if (!store) return print_errors({store.error()});
  auto built = build(arguments, *store, stop.get_token());
  if (!built) return print_errors({built.error()});
  if (!arguments.out.empty())
    if (auto copied = copy_results(*built, arguments.out); !copied) return print_errors({copied.error()});
  if (arguments.quiet) return 0;
  print_results(*built, arguments.out);
  print_warnings(built->warnings);
  return 0;
}

}  // namespace bootgate
