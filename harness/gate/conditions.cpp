#include "harness/gate/conditions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/support/data.hpp"
#include "harness/support/process.hpp"
#include "harness/support/sha256.hpp"

namespace bootgate {
namespace {

/// Of the files that a verdict depends on: signatures, samples' expectations, configurations, the guest's own files.
std::string digest_of_data() {
  std::vector<fs::path> files;
  for (const char* part : {"expectations", "fixtures"}) {
    std::error_code failure;
    for (fs::recursive_directory_iterator file(data_root() / part, failure), end; !failure && file != end;
         file.increment(failure)) {
      const std::string extension = file->path().extension().string();
      const bool is_code = extension == ".cpp" || extension == ".hpp" || extension == ".log";
      if (std::error_code none; file->is_regular_file(none) && !is_code) files.push_back(file->path());
    }
  }
  std::sort(files.begin(), files.end());
  std::string digests;
  for (const fs::path& file : files)
    digests += file.string() + sha256(read_file(file).value_or(""));
  return sha256(digests);
}

/// A file of the same name may say something else today.
std::string config_of(const PlannedKernel& kernel) {
  auto recipe = read_config_recipe(kernel.request.config, data_root() / "fixtures/kconfig");
  if (!recipe) return one_line(recipe.error());
  return fmt::format("{} {} {}\n{}\n{}", static_cast<int>(recipe->start), recipe->target, recipe->base_text,
                     config_text(recipe->wanted), config_text(recipe->wished));
}

/// A toolchain's root has its own, which the store's key has.
std::string compilers() {
  std::string text;
  for (const char* name : {"clang", "ld.lld", "gcc", "ld", "rustc", "bindgen", "pahole"}) {
    const auto program = find_program(name);
    if (!program) continue;
    auto version = run_command({program->string(), "--version"});
    std::error_code none;
    text += fmt::format("{} {} {}\n", program->string(), fs::file_size(*program, none), version ? version->output : "");
  }
  return text;
}

}  // namespace

std::string conditions_of(const Plan& plan, const SignatureSet& signatures) {
  std::string text = sha256_of_file("/proc/self/exe").value_or("") + digest_of_data() + dump_json(to_json(plan));
  for (const PlannedKernel& kernel : plan.kernels)
    text += sha256(config_of(kernel));
  for (const KnownIssue& issue : signatures.known)
    if (issue.expired) text += "expired: " + describe(issue) + "\n";
  return text + compilers();
}

}  // namespace bootgate
