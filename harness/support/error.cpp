#include "harness/support/error.hpp"

#include <fmt/format.h>

#include <fstream>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

std::string location(const SourcePos& at) {
  if (at.line == 0) return at.file;
  if (at.column == 0) return fmt::format("{}:{}", at.file, at.line);
  return fmt::format("{}:{}:{}", at.file, at.line, at.column);
}

/// The quoted source line with a caret below it, or nothing when the file can't be read again.
std::string quoted_line(const SourcePos& at) {
  if (at.line <= 0) return {};
  std::ifstream in(at.file);
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (number != at.line) continue;
    std::string text = fmt::format("{:>5} | {}\n", at.line, line);
    if (at.column <= 0) return text;
    // Tabs stay tabs, so that the caret stands under its column at every tab width.
    std::string indent;
    for (std::size_t i = 0; i + 1 < static_cast<std::size_t>(at.column); ++i)
      indent += i < line.size() && line[i] == '\t' ? '\t' : ' ';
    return text + fmt::format("      | {}^\n", indent);
  }
  return {};
}

tl::unexpected<Error> make(Error::Kind kind, std::string what, std::optional<SourcePos> at, std::string hint) {
  return tl::unexpected(Error{kind, std::move(what), std::move(at), std::move(hint)});
}

}  // namespace

tl::unexpected<Error> kernel_error(std::string what, std::string hint) {
  return make(Error::Kind::kernel, std::move(what), std::nullopt, std::move(hint));
}

tl::unexpected<Error> usage_error(std::string what, std::string hint) {
  return make(Error::Kind::usage, std::move(what), std::nullopt, std::move(hint));
}

tl::unexpected<Error> definition_error(std::string what, SourcePos at, std::string hint) {
  return make(Error::Kind::definition, std::move(what), std::move(at), std::move(hint));
}

tl::unexpected<Error> bench_error(std::string what, std::string hint) {
  return make(Error::Kind::bench, std::move(what), std::nullopt, std::move(hint));
}

tl::unexpected<Error> interrupted_error() {
  return make(Error::Kind::interrupted, "interrupted", std::nullopt, {});
}

bool is_users(const Error& error) {
  return error.kind == Error::Kind::usage || error.kind == Error::Kind::definition;
}

int exit_code(Error::Kind kind) {
  switch (kind) {
    case Error::Kind::kernel: return 1;
    case Error::Kind::usage:
    case Error::Kind::definition: return 2;
    case Error::Kind::bench: return 3;
    case Error::Kind::interrupted: return 130;
  }
  return 3;
}

std::string render(const Error& error) {
  std::string text;
  if (error.at)
    text = fmt::format("{}: error: {}\n{}", location(*error.at), error.what, quoted_line(*error.at));
  else
    text = fmt::format("bootgate: {}\n", error.what);
  for (std::string_view line : split(trimmed(error.hint), '\n'))
    text += fmt::format("  {}\n", line);
  return text;
}

std::string one_line(const Error& error) {
  std::string text = error.at ? fmt::format("{}: {}", location(*error.at), error.what) : error.what;
  std::string hint;
  for (std::string_view line : split(trimmed(error.hint), '\n'))
    hint += (hint.empty() ? "" : "; ") + std::string(trimmed(line));
  if (!hint.empty()) text += fmt::format(" ({})", hint);
  return text;
}

}  // namespace bootgate
