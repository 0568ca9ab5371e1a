// FlatKdump: the stream in which QEMU writes a kdump file, to be laid out as the file itself.
//
// "Flattened", as makedumpfile(8) calls it: a header, then pieces with their place in the file. crash reads it as it
// is, drgn does not.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "harness/support/error.hpp"

namespace bootgate {

class FlatKdump {
 public:
  using Write = std::function<Result<>(std::int64_t place, std::string_view bytes)>;
  explicit FlatKdump(Write write) : write_(std::move(write)) {}

  /// Bytes of the stream, in any portions. An error is that of writing, or of a stream that is none.
  Result<> feed(std::string_view bytes);
  /// Its end mark has come: nothing is missing.
  bool is_whole() const { return state_ == State::ended; }

 private:
  enum class State { header, place, piece, ended };
  Result<> take(std::string_view whole);

  Write write_;
  State state_ = State::header;
  std::string gathered_;
  std::int64_t place_ = 0;
  std::int64_t left_ = 0;  // of the piece
};

/// Where and what a kdump file says of the system (struct new_utsname). QEMU leaves it empty but for the machine, and
/// libkdumpfile then does not know the architecture.
inline constexpr std::int64_t kdump_utsname_place = 12;
std::string kdump_utsname(const std::string& release);

}  // namespace bootgate
