// Error and Result: how every part of bootgate says that something did not work.
// Expected failures travel as Result values; exceptions of third-party libraries are caught at the wall that calls
// them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace bootgate {

/// A place in a file the user wrote. Lines and columns count from 1; 0 means unknown.
struct SourcePos {
  std::string file;
  int line = 0;
  int column = 0;
  bool operator==(const SourcePos&) const = default;
};

/// What went wrong, where, and what to do about it.
struct Error {
  /// Decides the exit code: `kernel` is the kernel's under test (1: it does not build), `usage` and `definition` are
  /// the user's (2), `bench` is the host's or ours (3), `interrupted` is Ctrl-C (130).
  enum class Kind { kernel, usage, definition, bench, interrupted };
  Kind kind = Kind::bench;
  std::string what;             // one sentence, lower case, no full stop
  std::optional<SourcePos> at;  // rendered with the line and a caret
  std::string hint;             // what to do; may be empty, or several lines
};

template <class T = void>
using Result = tl::expected<T, Error>;

tl::unexpected<Error> kernel_error(std::string what, std::string hint = {});
tl::unexpected<Error> usage_error(std::string what, std::string hint = {});
tl::unexpected<Error> definition_error(std::string what, SourcePos at, std::string hint = {});
tl::unexpected<Error> bench_error(std::string what, std::string hint = {});
tl::unexpected<Error> interrupted_error();

/// Of the kinds `usage` and `definition`.
bool is_users(const Error& error);

/// The exit code that an error of this kind ends the program with.
int exit_code(Error::Kind kind);

/// The text for the terminal: `file:line:col: what`, the source line, a caret, and the hint. Ends with a newline.
std::string render(const Error& error);

/// The text for one line: `file:line:col: what (hint)`.
std::string one_line(const Error& error);

}  // namespace bootgate
