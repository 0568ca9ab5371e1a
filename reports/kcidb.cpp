#include "reports/kcidb.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/plan/suite.hpp"
#include "harness/support/sha256.hpp"
#include "harness/support/text.hpp"
#include "harness/support/timestamp.hpp"

namespace bootgate {
namespace {

/// KCIDB's words: a MISS was to be run and was not, a DONE says nothing about the kernel.
const char* status_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: return "PASS";
    case Outcome::fail:
    case Outcome::known: return "FAIL";
    case Outcome::flaky: return "PASS";
    case Outcome::error: return "ERROR";
    case Outcome::skip: return "SKIP";
    case Outcome::not_run: return "MISS";
  }
  return "ERROR";
}

/// Parts of a path are separated by dots, and have letters, digits, "_" and "-".
std::string path_part(std::string_view text) {
  std::string part;
  for (char c : text)
    part +=
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ? c : '_';
  return part.empty() ? "_" : part;
}

/// RFC 3339 wants a zone.
std::string zoned(const std::string& timestamp) {
  auto seconds = utc_seconds(timestamp);
  return seconds ? utc_timestamp(*seconds) + "+00:00" : std::string();
}

void add_text(Json::Object& members, const char* name, std::string_view value) {
  if (!value.empty()) members.emplace_back(name, std::string(value));
}

/// "master of /linux" out of "commit 0123456789ab (master of /linux), built with LLVM".
std::string_view between(std::string_view text, std::string_view before, std::string_view behind) {
  const std::size_t start = text.find(before);
  if (start == std::string_view::npos) return {};
  text.remove_prefix(start + before.size());
  const std::size_t end = text.find(behind);
  return end == std::string_view::npos ? std::string_view() : text.substr(0, end);
}

class Writer {
 public:
  Writer(const RunRecord& run, const std::string& origin) : run_(run), origin_(origin) {}

  Json write() {
    for (const JobRecord& job : run_.jobs)
      add_job(job);
    return Json::Object{{"version", Json::Object{{"major", 5}, {"minor", 3}}},
                        {"checkouts", std::move(checkouts_)},
                        {"builds", std::move(builds_)},
                        {"tests", std::move(tests_)}};
  }

 private:
  std::string id(std::string_view what) const { return fmt::format("{}:{}:{}", origin_, run_.name, what); }

  void add_job(const JobRecord& job) {
    const std::string build = build_of(job);
    std::map<std::string, int> seen;
    for (const CaseRecord& record : job.cases) {
      const std::string path = path_part(record.suite) + "." + path_part(record.name);
      const int again = seen[path]++;
      Json::Object test{
          {"id", id(fmt::format("{}/{}{}", job.name, path, again == 0 ? "" : fmt::format("#{}", again + 1)))},
          {"build_id", build},
          {"origin", origin_},
          {"path", path},
          {"status", status_of(record.verdict.outcome)},
          {"duration", static_cast<double>(record.verdict.took.count()) / 1000}};
      add_text(test, "start_time", zoned(job.timestamp));
      add_text(test, "comment", record.verdict.reason);
      Json::Object environment;
      add_text(environment, "comment", fact(job, "machine"));
      if (!environment.empty()) test.emplace_back("environment", std::move(environment));
      test.emplace_back("misc", misc_of(job, record));
      tests_.emplace_back(std::move(test));
    }
  }

  static Json misc_of(const JobRecord& job, const CaseRecord& record) {
    Json::Object misc{{"job", job.name},
                      {"outcome", std::string(to_string(record.verdict.outcome))},
                      {"attempts", static_cast<int>(record.earlier.size() + 1)}};
    Json::Array titles;
    for (const CrashRecord& crash : record.verdict.crashes)
      if (crash.counts) titles.emplace_back(crash.title);
    if (!titles.empty()) misc.emplace_back("crash_titles", std::move(titles));
    return misc;
  }

  /// One for each kernel: by its content where that is known.
  std::string build_of(const JobRecord& job) {
    std::string_view kernel = fact(job, "kernel.sha256");
    const std::string key = kernel.empty() ? job.name : std::string(kernel.substr(0, 16));
    const std::string build = id("build-" + key), checkout = id("checkout-" + key);
    if (!known_.emplace(key, 0).second) return build;
    const std::string_view origin = fact(job, "kernel.origin");
    const bool is_commit = origin.starts_with("commit ");
    Json::Object source{{"id", checkout}, {"origin", origin_}, {"valid", true}};
    add_text(source, "start_time", zoned(job.timestamp));
    add_text(source, "comment", origin);
    const std::string_view where = is_commit ? between(origin, " of ", ")") : std::string_view();
    if (where.find("://") != std::string_view::npos) add_text(source, "git_repository_url", where);
    const std::string_view branch = is_commit ? between(origin, " (", " of ") : std::string_view();
    // Who asks for a commit names no branch.
    if (branch.find_first_not_of("0123456789abcdef") != std::string_view::npos)
      add_text(source, "git_repository_branch", branch);
    add_text(source, "git_commit_hash", fact(job, "kernel.commit"));
    if (is_commit) add_text(source, "git_commit_name", between(origin, "commit ", " ("));
    checkouts_.emplace_back(std::move(source));
    Json::Object made{{"id", build}, {"checkout_id", checkout}, {"origin", origin_}, {"architecture", "x86_64"}};
    add_text(made, "start_time", zoned(job.timestamp));
    add_text(made, "compiler", fact(job, "build.toolchain"));
    add_text(made, "comment", fact(job, "kernel.release"));
    made.emplace_back("status", kernel.empty() ? failed_build(job) : "PASS");
    builds_.emplace_back(std::move(made));
    return build;
  }

  /// A job without a kernel tells of its build in its first case, if it had one to build.
  static const char* failed_build(const JobRecord& job) {
    const bool builds = !job.cases.empty() && job.cases.front().name == build_case;
    return builds ? status_of(job.cases.front().verdict.outcome) : "MISS";
  }

  const RunRecord& run_;
  const std::string& origin_;
  std::map<std::string, int> known_;
  Json::Array checkouts_, builds_, tests_;
};

}  // namespace

bool is_kcidb_origin(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Json kcidb_json(const RunRecord& run, const std::string& origin) {
  return Writer(run, origin).write();
}

}  // namespace bootgate
