// Durations: how long boots and cases took in earlier runs, so that the longest can start first. Remembered in the
// store for all runs of this user; what can't be read or written is forgotten, and no error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fixtures/store.hpp"
#include "harness/support/clock.hpp"

namespace bootgate {

class Durations {
 public:
  /// What is kept: the entries that were noted last.
  static constexpr std::size_t limit = 10'000;

  /// Reads what is remembered.
  explicit Durations(const Store& store);

  /// How long the case of that job takes, if it is known; the job's boot where `case_name` is empty.
  std::optional<Duration> of(std::string_view job, std::string_view case_name) const;
  /// It took so long this time: what is remembered moves half the way there.
  void note(std::string_view job, std::string_view case_name, Duration took);
  /// Writes what was noted since the last time; what other bootgates have written meanwhile stays.
  void save();

 private:
  struct Entry {
    Duration took{};
    std::int64_t noted = 0;  // seconds since the epoch
    bool unsaved = false;
  };
  using Entries = std::unordered_map<std::string, Entry>;

  static Entries read(const fs::path& file);

  fs::path file_;
  mutable std::mutex mutex_;
  Entries entries_;
};

}  // namespace bootgate
