#include "reports/html/console_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fixtures/fetch/gzip.hpp"
#include "harness/run/case_result.hpp"
#include "harness/run/evidence.hpp"
#include "harness/support/text.hpp"
#include "reports/display_text.hpp"
#include "reports/html/markup.hpp"

namespace bootgate {
namespace {

constexpr std::size_t most_bytes = 1 << 20;
/// "%10s " of Guest::split_lines.
constexpr std::size_t time_width = 11;

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      text += k <= count ? digits[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::string capped(std::string text) {
  if (text.size() <= most_bytes) return text;
  const std::size_t head = text.rfind('\n', most_bytes / 2), tail = text.find('\n', text.size() - most_bytes / 2);
  if (head == std::string::npos || tail == std::string::npos) return text.substr(0, most_bytes);
  return text.substr(0, head + 1) + fmt::format("{:>10} [... {} bytes left out ...]", "", tail - head) +
         text.substr(tail);
}

/// The attempt that a verdict is of may be any: their consoles lie side by side, the last one's is the newest.
fs::path own_console(const JobResult& job, const CaseResult& the_case) {
  const EvidenceFiles first{job.directory / the_case.name};
  for (std::size_t attempt = the_case.earlier.size() + 1; attempt > 1; --attempt) {
    const EvidenceFiles files{first.directory / fmt::format("attempt-{}", attempt)};
    if (std::error_code none; fs::exists(files.timed_console(), none)) return files.timed_console();
  }
  return first.timed_console();
}

/// Of the line that reads so, at or behind `from`; else 0.
int number_of(std::string_view wanted, const std::vector<std::string_view>& lines, int from) {
  for (std::size_t i = static_cast<std::size_t>(std::max(from, 1)) - 1; i < lines.size(); ++i)
    if (lines[i].size() >= time_width && lines[i].substr(time_width) == wanted) return static_cast<int>(i) + 1;
  return 0;
}

}  // namespace

ConsoleFile console_of(const JobResult& job, const CaseResult& the_case) {
  std::error_code none;
  if (job.directory.empty()) return {};
  for (const fs::path& file : {own_console(job, the_case), EvidenceFiles{job.directory}.timed_console()})
    if (fs::is_regular_file(file, none))
      if (auto text = read_file(file)) return {file, capped(std::move(*text))};
  return {};
}

CaseLines lines_of(const CaseResult& the_case, std::string_view console) {
  const std::vector<std::string_view> lines = split(console, '\n');
  CaseLines found;
  if (!the_case.excerpt.empty()) {
    found.first = number_of(printable(the_case.excerpt.front()), lines, 1);
    found.last = number_of(printable(the_case.excerpt.back()), lines, found.first);
    if (found.last == 0) found.last = found.first;
  }
  if (is_bad(the_case.outcome)) {
    const bool reported = !the_case.reports.empty() && !the_case.reports.front().lines.empty();
    if (reported) found.failing = number_of(printable(the_case.reports.front().lines.front()), lines, 1);
    if (found.failing == 0 && !waited_in_vain(the_case.cause)) found.failing = found.last;
  }
  return found;
}

std::string console_view(const ConsoleFile& console, const CaseLines& lines) {
  if (console.path.empty()) return "<p class=\"soft\">Its console was not kept.</p>\n";
  auto jump = [](int line, const char* text) {
    return line == 0 ? std::string() : fmt::format("<button type=\"button\" data-line=\"{}\">{}</button>", line, text);
  };
  return fmt::format(
      "<div class=\"viewer\" data-first=\"{}\" data-last=\"{}\" data-failing=\"{}\">\n"
      "<p class=\"soft\"><span class=\"state\">Unpacked by the script of this page; the file is</span> "
      "<code>{}</code></p>\n"
      "<div class=\"bar\" hidden>{}{}<label>Search <input type=\"search\"></label><output "
      "aria-live=\"polite\"></output>"
      "</div>\n<div class=\"console\" role=\"region\" aria-label=\"Console: line, seconds on the host, text\" "
      "tabindex=\"0\"></div>\n<script type=\"text/plain\">{}</script>\n</div>\n",
      lines.first, lines.last, lines.failing, html_escaped(console.path.string()), jump(lines.first, "To this case"),
      jump(lines.failing, "To the failing line"), base64(gzip_compressed(console.lines)));
}

}  // namespace bootgate
