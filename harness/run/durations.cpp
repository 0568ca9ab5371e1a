#include "harness/run/durations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <iterator>
#include <vector>

namespace bootgate {
namespace {

// A line an entry, "NOTED MILLISECONDS JOB/CASE": every run reads the file before it starts anything, and this is many
// times faster than JSON.
constexpr std::string_view header = "bootgate durations 1\n";

/// A file of `limit` entries is a tenth of it. What is larger is none of ours.
constexpr std::uintmax_t largest_file = 32 << 20;

constexpr std::size_t longest_name = 1000;
constexpr Duration longest = std::chrono::hours(24 * 365);

std::string key_of(std::string_view job, std::string_view case_name) {
  std::string key(job);
  key += '/';
  key += case_name;
  return key;
}

/// Names come from suites, which may say what they like.
bool fits_a_line(std::string_view key) {
  return key.size() <= longest_name && key.find_first_of(std::string_view("\n\0", 2)) == std::string_view::npos;
}

/// Takes a number and the blank behind it off `line`.
std::optional<std::int64_t> take_number(std::string_view& line) {
  std::int64_t number = 0;
  auto [end, failure] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (failure != std::errc{} || end == line.data() + line.size() || *end != ' ' || number < 0) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()) + 1);
  return number;
}

}  // namespace

Durations::Durations(const Store& store) : file_(store.root() / "durations"), entries_(read(file_)) {}

Durations::Entries Durations::read(const fs::path& file) {
  Entries entries;
  std::error_code failure;
  if (!fs::is_regular_file(file, failure) || fs::file_size(file, failure) > largest_file || failure) return entries;
  const std::string text = read_file(file).value_or("");
  if (!text.starts_with(header)) return entries;
  entries.reserve(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')));
  for (std::size_t start = header.size(), end; start < text.size(); start = end + 1) {
    end = std::min(text.find('\n', start), text.size());
    std::string_view line(text.data() + start, end - start);
    const auto noted = take_number(line);
    const auto took = noted ? take_number(line) : std::nullopt;
    if (took && *took <= longest.count() && !line.empty() && fits_a_line(line))
      entries.insert_or_assign(std::string(line), Entry{Duration(*took), *noted, false});
  }
  return entries;
}

std::optional<Duration> Durations::of(std::string_view job, std::string_view case_name) const {
  const std::string key = key_of(job, case_name);
  std::lock_guard lock(mutex_);
  auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  return found->second.took;
}

void Durations::note(std::string_view job, std::string_view case_name, Duration took) {
  std::string key = key_of(job, case_name);
  if (took < Duration(0) || took > longest || !fits_a_line(key)) return;
  std::lock_guard lock(mutex_);
  auto [entry, is_new] = entries_.try_emplace(std::move(key));
  entry->second.took = is_new ? took : (entry->second.took + took) / 2;
  entry->second.noted = std::time(nullptr);
  entry->second.unsaved = true;
}

void Durations::save() {
  std::lock_guard lock(mutex_);
  if (std::none_of(entries_.begin(), entries_.end(), [](const auto& item) { return item.second.unsaved; })) return;
  auto file_lock = FileLock::acquire(file_.string() + ".lock");
  if (!file_lock) return;
  Entries merged = read(file_);
  for (const auto& [key, entry] : entries_)
    if (entry.unsaved) merged.insert_or_assign(key, Entry{entry.took, entry.noted, false});

  std::vector<const Entries::value_type*> kept;
  kept.reserve(merged.size());
  for (const auto& item : merged)
    kept.push_back(&item);
  if (kept.size() > limit) {
    auto newer = [](const auto* a, const auto* b) { return a->second.noted > b->second.noted; };
    std::nth_element(kept.begin(), kept.begin() + limit, kept.end(), newer);
    kept.resize(limit);
  }
  fmt::memory_buffer text;
  text.append(header);
  for (const auto* item : kept)
    fmt::format_to(std::back_inserter(text), "{} {} {}\n", item->second.noted, item->second.took.count(), item->first);
  if (!write_file_atomically(file_, {text.data(), text.size()})) return;
  entries_ = std::move(merged);
}

}  // namespace bootgate
