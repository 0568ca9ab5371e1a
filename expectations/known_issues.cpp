#include "expectations/known_issues.hpp"

#include <fmt/format.h>

#include "harness/support/text.hpp"
#include "harness/support/toml.hpp"

namespace bootgate {
namespace {

void read_title(TomlTable& row, KnownIssue& issue) {
  const bool regex = row.has("title-regex");
  const std::string_view key = regex ? "title-regex" : "title";
  auto text = row.string(key);
  if (regex && row.has("title"))
    row.note("'title' and 'title-regex' exclude each other", row.key_at("title"), "make it two issues");
  if (!text) return;
  auto title = Pattern::compile({*text, regex, row.text_at(key)});
  if (title)
    issue.title = std::move(*title);
  else
    row.note(title.error().what, *title.error().at, title.error().hint);
}

KnownIssue read_issue(TomlTable& row, std::chrono::year_month_day today) {
  KnownIssue issue;
  issue.at = row.at();
  read_title(row, issue);
  issue.fingerprint = row.string("fingerprint").value_or("");
  if (!row.has("title") && !row.has("title-regex") && issue.fingerprint.empty())
    row.note("this issue is told by nothing", row.at(), "give it a title, a title-regex or a fingerprint");
  issue.reason = row.required_string("reason");
  issue.link = row.required_string("link");
  issue.owner = row.required_string("owner");
  auto expires = row.date("expires");
  if (!row.has("expires")) row.note_missing("expires");
  if (expires) issue.expires = *expires;
  issue.expired = issue.expires < today;
  row.finish();
  return issue;
}

std::string date_text(std::chrono::year_month_day date) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

/// Both a title and a fingerprint must be the report's, where both are given.
Result<bool> is_about(const KnownIssue& issue, const CrashReport& report) {
  if (!issue.fingerprint.empty() && issue.fingerprint != report.fingerprint) return false;
  if (!issue.title) return true;
  if (!issue.title->text().regex) return issue.title->text().text == report.title;
  auto match = issue.title->find(report.title);
  if (!match) return tl::unexpected(match.error());
  return match->has_value();
}

}  // namespace

std::vector<KnownIssue> read_known_issues(const fs::path& file, std::chrono::year_month_day today,
                                          std::vector<Error>& errors) {
  std::vector<KnownIssue> issues;
  auto document = TomlDocument::read(file);
  if (!document) {
    errors.push_back(document.error());
    return issues;
  }
  TomlTable root = document->root();
  for (TomlTable& row : root.tables("issue"))
    issues.push_back(read_issue(row, today));
  root.finish();
  errors.insert(errors.end(), document->errors().begin(), document->errors().end());
  return issues;
}

std::string describe(const KnownIssue& issue) {
  return fmt::format("{} ({}, {}, until {})", printable(issue.reason), printable(issue.link), printable(issue.owner),
                     date_text(issue.expires));
}

Result<> mark_known(CrashReport& report, std::span<const KnownIssue> issues) {
  if (!report.corrupted.empty()) return {};
  for (const KnownIssue& issue : issues) {
    auto about = is_about(issue, report);
    if (!about) return tl::unexpected(about.error());
    if (!*about) continue;
    (issue.expired ? report.expired : report.known) = describe(issue);
    return {};
  }
  return {};
}

}  // namespace bootgate
