// StackDecoder: the places in the source that the frames of a call trace stand for (the wall around elfutils' libdw).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "expectations/crash_report.hpp"
#include "expectations/stack_frame.hpp"
#include "harness/support/files.hpp"

namespace bootgate {

struct SourceLine {
  std::string function;
  std::string file;  // relative to the kernel's tree, where that was built elsewhere
  int line = 0;
  bool operator==(const SourceLine&) const = default;
};

/// The files that a kernel and its modules came from, with debug info.
struct SymbolFiles {
  fs::path vmlinux;
  std::optional<fs::path> modules;  // lib/modules/RELEASE
};

/// Not for several threads at once.
class StackDecoder {
 public:
  /// A vmlinux that can't be read, or has no debug info, is a usage error that says what to build with.
  static Result<StackDecoder> open(const SymbolFiles& files);
  ~StackDecoder();
  StackDecoder(StackDecoder&&) noexcept;
  StackDecoder& operator=(StackDecoder&&) noexcept;

  /// Where the frame is: the innermost inlined function first, the one that was printed last. Empty when it is not
  /// known, or when these are not the files of the kernel that printed it: functions of its name have another size.
  std::vector<SourceLine> locate(const StackFrame& frame);

  /// Fills in `decoded` and `undecoded`.
  void decode(CrashReport& report);

  /// The lines of a report, each frame with its place: "name+0x1f/0x40 (fs/read_write.c:474)". Inlined functions get
  /// lines of their own ahead, marked "[inline]". All other lines are as they were.
  std::vector<std::string> decoded(std::span<const std::string> lines);

 private:
  struct Impl;
  explicit StackDecoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bootgate
