#include "expectations/pattern.hpp"

#include <algorithm>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

// A limit counts anew at every start position, so the true bound is limit times length: lines are cut at 16 KiB.
// JIT honours the match limit only.
constexpr std::uint32_t match_limit = 50'000;
constexpr std::uint32_t depth_limit = 10'000;
constexpr std::uint32_t heap_limit_kib = 8 * 1024;
constexpr std::size_t jit_stack_start = 32 * 1024;
constexpr std::size_t jit_stack_max = 1024 * 1024;

struct Freer {
  void operator()(pcre2_code* p) const { pcre2_code_free(p); }
  void operator()(pcre2_compile_context* p) const { pcre2_compile_context_free(p); }
  void operator()(pcre2_match_context* p) const { pcre2_match_context_free(p); }
  void operator()(pcre2_match_data* p) const { pcre2_match_data_free(p); }
  void operator()(pcre2_jit_stack* p) const { pcre2_jit_stack_free(p); }
};

template <class T>
using Owned = std::unique_ptr<T, Freer>;

std::string message_of(int code) {
  PCRE2_UCHAR buffer[256];
  if (pcre2_get_error_message(code, buffer, sizeof buffer) < 0) return fmt::format("error {}", code);
  return reinterpret_cast<const char*>(buffer);
}

/// What a thread needs to match: compiled code can be shared, these can't.
struct Matching {
  Owned<pcre2_match_data> data;
  Owned<pcre2_match_context> context{pcre2_match_context_create(nullptr)};
  Owned<pcre2_jit_stack> stack{pcre2_jit_stack_create(jit_stack_start, jit_stack_max, nullptr)};

  Matching() {
    pcre2_set_match_limit(context.get(), match_limit);
    pcre2_set_depth_limit(context.get(), depth_limit);
    pcre2_set_heap_limit(context.get(), heap_limit_kib);
    pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
  }

  /// Room for the offsets of all groups. Kept, since it also holds the interpreter's frames.
  pcre2_match_data* data_for(const pcre2_code* code) {
    std::uint32_t groups = 0;
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
    if (!data || pcre2_get_ovector_count(data.get()) <= groups)
      data.reset(pcre2_match_data_create(groups + 1, nullptr));
    return data.get();
  }

  static Matching& of_this_thread() {
    thread_local Matching matching;
    return matching;
  }
};

std::vector<std::pair<std::string, std::uint32_t>> named_groups(const pcre2_code* code) {
  std::uint32_t count = 0, entry_size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
  pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
  std::vector<std::pair<std::string, std::uint32_t>> groups;
  for (std::uint32_t i = 0; i < count; ++i, table += entry_size) {
    auto number = static_cast<std::uint32_t>(table[0] << 8 | table[1]);
    groups.emplace_back(reinterpret_cast<const char*>(table + 2), number);
  }
  // The table is sorted by name; people expect the order of the pattern.
  std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return groups;
}

}  // namespace

struct Pattern::Impl {
  PatternText text;
  Owned<pcre2_code> code;  // none for a literal
  std::vector<std::pair<std::string, std::uint32_t>> groups;
};

Result<Pattern> Pattern::compile(const PatternText& text) {
  auto impl = std::make_shared<Impl>();
  impl->text = text;
  if (text.text.empty()) return definition_error("an empty pattern matches every line", text.at);
  if (!text.regex) return Pattern(std::move(impl));

  Owned<pcre2_compile_context> context(pcre2_compile_context_create(nullptr));
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_ANYCRLF);
  int failure = 0;
  PCRE2_SIZE offset = 0;
  // Bytes, not UTF: the console is full of what is no UTF-8, and a panic must match all the same.
  impl->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.text.data()), text.text.size(),
                                 PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF, &failure, &offset, context.get()));
  if (!impl->code) {
    SourcePos at = text.at;
    if (at.column > 0) at.column += static_cast<int>(offset);
    return definition_error(fmt::format("bad regex: {}", message_of(failure)), at);
  }
  std::uint32_t matches_empty = 0;
  pcre2_pattern_info(impl->code.get(), PCRE2_INFO_MATCHEMPTY, &matches_empty);
  if (matches_empty)
    return definition_error("this regex matches the empty text, and so every line", text.at,
                            "anchor it, or let it need at least one character");
  // Hosts that forbid writable code pages have no JIT: the interpreter then does the same, slower.
  pcre2_jit_compile(impl->code.get(), PCRE2_JIT_COMPLETE);
  impl->groups = named_groups(impl->code.get());
  return Pattern(std::move(impl));
}

const PatternText& Pattern::text() const {
  return impl_->text;
}

std::vector<std::string> Pattern::group_names() const {
  std::vector<std::string> names;
  for (const auto& [name, number] : impl_->groups)
    names.push_back(name);
  return names;
}

Result<std::optional<PatternMatch>> Pattern::find(std::string_view subject) const {
  const std::string& text = impl_->text.text;
  if (!impl_->code) {
    std::size_t at = subject.find(text);
    if (at == std::string_view::npos) return std::nullopt;
    return PatternMatch{at, at + text.size(), {}};
  }
  Matching& matching = Matching::of_this_thread();
  pcre2_match_data* data = matching.data_for(impl_->code.get());
  int result = pcre2_match(impl_->code.get(), reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(), 0, 0, data,
                           matching.context.get());
  if (result == PCRE2_ERROR_NOMATCH) return std::nullopt;
  if (result < 0)
    return definition_error(fmt::format("the regex '{}' is too expensive: {}", printable(text), message_of(result)),
                            impl_->text.at, "let it begin with literal text, and avoid nested repetition like (a+)+");
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data);
  PatternMatch match{offsets[0], offsets[1], {}};
  for (const auto& [name, number] : impl_->groups) {
    bool took_part = static_cast<int>(number) < result && offsets[2 * number] != PCRE2_UNSET;
    if (!took_part) continue;
    PCRE2_SIZE start = offsets[2 * number], end = offsets[2 * number + 1];
    match.captures.emplace_back(name, std::string(subject.substr(start, end - start)));
  }
  return match;
}

}  // namespace bootgate
