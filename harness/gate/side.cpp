#include "harness/gate/side.hpp"

#include <algorithm>

#include "fixtures/build/kernel_entry.hpp"
#include "harness/gate/record_json.hpp"

namespace bootgate {
namespace {

constexpr const char* kind = "gate-base";

std::string fact_of(const RunResult& run, std::string_view name) {
  for (const JobResult& job : run.jobs)
    for (const auto& [known, value] : job.facts)
      if (known == name) return value;
  return {};
}

double bytes_below(const fs::path& directory) {
  double bytes = 0;
  std::error_code failure;
  for (fs::recursive_directory_iterator file(directory, failure), end; !failure && file != end; file.increment(failure))
    if (std::error_code none; file->path().extension() == ".ko") bytes += static_cast<double>(file->file_size(none));
  return bytes;
}

void add_sizes(RunRecord& run, const fs::path& image) {
  std::error_code none;
  const auto kernel = static_cast<double>(fs::file_size(image, none));
  const double modules = bytes_below(image.parent_path() / "lib/modules");
  for (JobRecord& job : run.jobs) {
    auto known = [&](const Measurement& one) { return one.name.starts_with("size."); };
    if (std::any_of(job.measurements.begin(), job.measurements.end(), known)) continue;
    job.measurements.push_back({"size.kernel", kernel});
    job.measurements.push_back({"size.modules", modules});
  }
}

bool is_proof(const RunRecord& run) {
  const Tally tally = count(run);
  return run.error.empty() && !run.interrupted && tally.error == 0;
}

fs::path file_of(const std::string& key, const Store& store) {
  return store.path(kind, key + ".json");
}

}  // namespace

Side side_of(const std::string& commit, const RunResult& run) {
  Side side{commit, record_of(run), fact_of(run, "build.toolchain_identity"), {}, {}};
  const fs::path image = fact_of(run, "kernel.file");
  if (image.empty()) return side;
  add_sizes(side.run, image);
  side.warnings = kept_warnings(image.parent_path());
  if (auto config = read_kernel_config(image.parent_path() / ".config")) side.config = std::move(*config);
  return side;
}

std::optional<Side> kept_side(const std::string& key, const Store& store) {
  const auto json = parse_json(read_file(file_of(key, store)).value_or(""));
  return json ? read_side(*json) : std::nullopt;
}

Result<> keep_side(const std::string& key, const Side& side, const Store& store) {
  if (!is_proof(side.run)) return {};
  const fs::path file = file_of(key, store);
  if (auto made = make_directories(file.parent_path()); !made) return made;
  return write_file_atomically(file, dump_json(to_json(side)) + "\n");
}

void forget_side(const std::string& key, const Store& store) {
  std::error_code none;
  fs::remove(file_of(key, store), none);
}

}  // namespace bootgate
