#include "harness/nightly/retention.hpp"

#include <algorithm>
#include <climits>

#include "harness/support/timestamp.hpp"

namespace bootgate {
namespace {

constexpr std::int64_t seconds_of_a_day = 24 * 3600;

std::uintmax_t size_of(const fs::path& directory) {
  std::uintmax_t bytes = 0;
  std::error_code failure;
  for (fs::recursive_directory_iterator entry(directory, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::error_code gone;
    if (entry->is_regular_file(gone) && !entry->is_symlink(gone)) {
      const std::uintmax_t size = entry->file_size(gone);
      if (!gone) bytes += size;
    }
  }
  return bytes;
}

}  // namespace

std::vector<KeptNight> superfluous(std::vector<KeptNight> nights, const std::set<std::string>& wanted, const Keep& keep,
                                   std::int64_t now) {
  std::uintmax_t bytes = 0;
  for (const KeptNight& night : nights)
    bytes += night.bytes;
  std::vector<KeptNight> removed;
  for (std::size_t i = nights.size(); i-- > 1;) {
    const KeptNight& night = nights[i];
    const bool too_old = keep.days && now - night.started > *keep.days * seconds_of_a_day;
    const bool too_much = keep.mib && bytes > static_cast<std::uintmax_t>(*keep.mib) << 20;
    if ((!too_old && !too_much) || wanted.contains(night.name)) continue;
    bytes -= night.bytes;
    removed.push_back(night);
  }
  return removed;
}

Result<std::vector<KeptNight>> kept_nights(const History& history, const fs::path& nights) {
  auto runs = history.nights(INT_MAX);
  if (!runs) return tl::unexpected(runs.error());
  std::vector<KeptNight> kept;
  std::error_code none;
  const fs::path place = fs::canonical(nights, none);
  for (const RunEntry& run : *runs) {
    const fs::path directory = fs::canonical(run.directory, none);
    if (none || directory.parent_path() != place || directory.filename() != run.name) continue;
    kept.push_back({run.name, directory, utc_seconds(run.timestamp).value_or(0), size_of(directory)});
  }
  return kept;
}

}  // namespace bootgate
