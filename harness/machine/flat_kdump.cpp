#include "harness/machine/flat_kdump.hpp"

#include <algorithm>

namespace bootgate {
namespace {

constexpr std::string_view signature = "makedumpfile";
constexpr std::size_t header_size = 4096;
constexpr std::size_t place_size = 16;  // place and size, 8 bytes each
constexpr std::size_t name_size = 65;   // __NEW_UTS_LEN + 1 of linux/utsname.h

std::int64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (char byte : bytes)
    value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

}  // namespace

Result<> FlatKdump::feed(std::string_view bytes) {
  while (!bytes.empty() && state_ != State::ended) {
    if (state_ == State::piece) {
      const auto size = std::min(bytes.size(), static_cast<std::size_t>(left_));
      if (auto written = write_(place_, bytes.substr(0, size)); !written) return written;
      bytes.remove_prefix(size);
      place_ += static_cast<std::int64_t>(size);
      left_ -= static_cast<std::int64_t>(size);
      if (left_ == 0) state_ = State::place;
      continue;
    }
    const std::size_t wanted = state_ == State::header ? header_size : place_size;
    const std::size_t size = std::min(bytes.size(), wanted - gathered_.size());
    gathered_ += bytes.substr(0, size);
    bytes.remove_prefix(size);
    if (gathered_.size() < wanted) return {};
    const std::string whole = std::exchange(gathered_, {});
    if (auto taken = take(whole); !taken) return taken;
  }
  return {};
}

Result<> FlatKdump::take(std::string_view whole) {
  if (state_ == State::header) {
    if (!whole.starts_with(signature)) return bench_error("QEMU sends no kdump stream");
    state_ = State::place;
    return {};
  }
  place_ = big_endian(whole.substr(0, place_size / 2));
  left_ = big_endian(whole.substr(place_size / 2));
  // Both are -1 at the end.
  if (place_ < 0 || left_ < 0)
    state_ = State::ended;
  else if (left_ > 0)
    state_ = State::piece;
  return {};
}

std::string kdump_utsname(const std::string& release) {
  std::string names;
  for (std::string name : {std::string("Linux"), std::string("(none)"), release, std::string("#1"),
                           std::string("x86_64"), std::string("(none)")}) {
    name.resize(name_size - 1);
    names += name + '\0';
  }
  return names;
}

}  // namespace bootgate
