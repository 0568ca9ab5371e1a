#include "reports/junit.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <memory>
#include <numeric>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "harness/support/text.hpp"
#include "reports/display_text.hpp"
#include "reports/reported_case.hpp"
#include "reports/result_json.hpp"

namespace bootgate {
namespace {

// GitHub's annotations cut at 64 KiB, Jenkins keeps 100 000 characters of a failing case's output.
constexpr std::size_t verdict_limit = 64 * 1024;
constexpr std::size_t output_limit = 100 * 1024;
constexpr std::size_t attempt_limit = 16 * 1024;
constexpr std::size_t attribute_limit = 200;

/// Of the job that stands for the bench.
constexpr const char* bench_name = "bootgate";
constexpr const char* not_run_prefix = "not run";

/// Steps back to the start of the UTF-8 sequence that `position` is in.
std::size_t sequence_start(std::string_view text, std::size_t position) {
  while (position > 0 && position < text.size() && (text[position] & 0xc0) == 0x80)
    --position;
  return position;
}

/// Head and tail of a long text: a report says at its head what is wrong, and the tail is where the console ended.
std::string capped(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  constexpr std::size_t note = 64;
  std::size_t half = (limit - note) / 2;
  std::size_t head = sequence_start(text, half);
  std::size_t tail = sequence_start(text, text.size() - half);
  return fmt::format("{}\n[... {} bytes left out ...]\n{}", std::string_view(text).substr(0, head), tail - head,
                     std::string_view(text).substr(tail));
}

std::string all_printable(const std::vector<std::string>& lines) {
  std::string safe;
  for (const std::string& line : lines)
    safe += printable(line) + "\n";
  return safe;
}

void set_attribute(pugi::xml_node node, const char* name, std::string_view value) {
  std::string text = printable(value);
  if (text.size() > attribute_limit) text = text.substr(0, sequence_start(text, attribute_limit - 3)) + "...";
  node.append_attribute(name).set_value(text.c_str());
}

void set_text(pugi::xml_node node, std::string text, std::size_t limit) {
  if (text.empty()) return;
  node.append_child(pugi::node_pcdata).set_value(capped(std::move(text), limit).c_str());
}

void add_property(pugi::xml_node properties, std::string_view name, std::string_view value) {
  pugi::xml_node property = properties.append_child("property");
  set_attribute(property, "name", name);
  // Never shortened: a kernel command line is worth nothing without its end.
  property.append_attribute("value").set_value(capped(printable(value), verdict_limit).c_str());
}

std::string report_text(const CrashReport& report) {
  std::string text = fmt::format("-- {} --\n", printable(report.title));
  if (!report.known.empty()) text += fmt::format("known issue: {}\n", report.known);
  if (!report.expired.empty()) text += fmt::format("a known issue that has expired: {}\n", report.expired);
  return text + all_printable(shown_lines(report));
}

/// What a person reads below the one line of `message`.
std::string verdict_text(const CaseResult& result) {
  std::string text = printable_lines(result.details);
  if (result.step) text += fmt::format("at {}:{}\n", printable(result.step->file), result.step->line);
  for (const CrashReport& report : result.reports)
    text += "\n" + report_text(report);
  if (!result.excerpt.empty()) text += "\n-- console --\n" + all_printable(result.excerpt);
  return text;
}

/// GitLab shows the file with the case; its path counts from the project's directory, where CI jobs start.
std::string attachment(const fs::path& directory) {
  std::error_code failure;
  fs::path log = fs::absolute(directory / "console.log", failure).lexically_relative(fs::current_path(failure));
  bool outside = failure || log.empty() || *log.begin() == "..";
  return outside ? std::string() : fmt::format("[[ATTACHMENT|{}]]\n", printable(log.string()));
}

void add_verdict(pugi::xml_node testcase, const CaseResult& result) {
  switch (result.outcome) {
    case Outcome::pass:
    case Outcome::flaky: return;
    case Outcome::skip:
    case Outcome::known: set_attribute(testcase.append_child("skipped"), "message", result.reason); return;
    case Outcome::not_run:
      set_attribute(testcase.append_child("skipped"), "message",
                    result.reason.empty() ? not_run_prefix : fmt::format("{}: {}", not_run_prefix, result.reason));
      return;
    case Outcome::fail:
    case Outcome::error:
      pugi::xml_node verdict = testcase.append_child(result.outcome == Outcome::fail ? "failure" : "error");
      set_attribute(verdict, "type", to_string(result.cause));
      set_attribute(verdict, "message", result.reason);
      set_text(verdict, verdict_text(result), verdict_limit);
      return;
  }
}

/// Names and values that only the rich flavour has on a case.
std::vector<std::pair<std::string, std::string>> case_properties(const CaseResult& result) {
  std::vector<std::pair<std::string, std::string>> properties(result.records.begin(), result.records.end());
  if (!result.machine.empty()) properties.emplace_back("machine", result.machine);
  if (!result.earlier.empty()) properties.emplace_back("attempts", fmt::format("{}", result.earlier.size() + 1));
  return properties;
}

/// Surefire's way to tell of attempts: flaky* where the last one passed, rerun* where it did not either.
void add_attempts(pugi::xml_node testcase, const CaseResult& result) {
  const bool flaky = result.outcome == Outcome::flaky;
  if (!flaky && !is_bad(result.outcome)) return;
  for (const CaseResult& attempt : result.earlier) {
    if (!is_bad(attempt.outcome)) continue;
    const bool failed = attempt.outcome == Outcome::fail;
    const char* name = flaky ? (failed ? "flakyFailure" : "flakyError") : (failed ? "rerunFailure" : "rerunError");
    pugi::xml_node node = testcase.append_child(name);
    set_attribute(node, "type", to_string(attempt.cause));
    set_attribute(node, "message", attempt.reason);
    // Jenkins reads the text here, and not where it reads that of a failure.
    set_text(node.append_child("stackTrace"), verdict_text(attempt), attempt_limit);
  }
}

/// The same for readers that know no such elements.
std::string rerun_text(const CaseResult& result) {
  std::string text;
  for (std::size_t i = 0; i < result.earlier.size(); ++i) {
    const CaseResult& attempt = result.earlier[i];
    text += fmt::format("-- attempt {} of {}: {}{} --\n", i + 1, result.earlier.size() + 1, to_string(attempt.outcome),
                        attempt.reason.empty() ? "" : ": " + printable(attempt.reason));
    if (is_bad(attempt.outcome)) text += capped(verdict_text(attempt), attempt_limit);
  }
  return text;
}

/// The verdict holds the console of a bad case. Reports that a good one allowed are shown, but judge nothing.
std::string output_text(const CaseResult& result, const JobResult& job, JunitFlavour flavour) {
  std::string text;
  if (is_bad(result.outcome)) {
    if (!job.directory.empty()) text = attachment(job.directory);
  } else {
    for (const CrashReport& report : result.reports)
      text += report_text(report);
  }
  if (flavour == JunitFlavour::strict) text += rerun_text(result);
  return text;
}

void add_case(pugi::xml_node testsuite, const CaseResult& result, const JobResult& job, bool several_jobs,
              JunitFlavour flavour) {
  pugi::xml_node testcase = testsuite.append_child("testcase");
  set_attribute(testcase, "classname", several_jobs ? fmt::format("{}.{}", job.name, result.suite) : result.suite);
  set_attribute(testcase, "name", result.name);
  set_attribute(testcase, "time", format_seconds(result.took));
  if (flavour == JunitFlavour::rich) {
    if (result.step) {
      set_attribute(testcase, "file", result.step->file);
      set_attribute(testcase, "line", fmt::format("{}", result.step->line));
    }
    pugi::xml_node properties;
    for (const auto& [name, value] : case_properties(result)) {
      if (!properties) properties = testcase.append_child("properties");
      add_property(properties, name, value);
    }
  }
  add_verdict(testcase, result);
  if (flavour == JunitFlavour::rich) add_attempts(testcase, result);
  if (std::string text = output_text(result, job, flavour); !text.empty())
    set_text(testcase.append_child("system-out"), std::move(text), output_limit);
}

void set_counts(pugi::xml_node node, const Tally& tally) {
  set_attribute(node, "tests", fmt::format("{}", tally.total()));
  set_attribute(node, "failures", fmt::format("{}", tally.fail));
  set_attribute(node, "errors", fmt::format("{}", tally.error));
}

Duration time_of(const JobResult& job) {
  auto add = [](Duration sum, const CaseResult& result) { return sum + result.took; };
  return job.took > Duration() ? job.took : std::accumulate(job.cases.begin(), job.cases.end(), Duration(), add);
}

std::string host_name() {
  char name[256] = "localhost";
  ::gethostname(name, sizeof name - 1);
  return name;
}

void add_job(pugi::xml_node root, const JobResult& job, bool several_jobs, JunitFlavour flavour) {
  pugi::xml_node testsuite = root.append_child("testsuite");
  Tally tally = count(job);
  set_attribute(testsuite, "name", job.name);
  set_counts(testsuite, tally);
  set_attribute(testsuite, "skipped", fmt::format("{}", tally.skip + tally.not_run + tally.known));
  set_attribute(testsuite, "time", format_seconds(time_of(job)));
  if (!job.timestamp.empty()) set_attribute(testsuite, "timestamp", job.timestamp);
  set_attribute(testsuite, "hostname", host_name());

  pugi::xml_node properties = testsuite.append_child("properties");
  for (const auto& [name, value] : job.facts)
    add_property(properties, name, value);
  for (const CaseResult& result : job.cases) {
    for (const auto& [name, value] : result.records)
      add_property(properties, fmt::format("{}.{}.{}", result.suite, result.name, name), value);
    if (!result.note.empty())
      add_property(properties, fmt::format("{}.{}.note", result.suite, result.name), result.note);
  }
  for (const CaseResult& result : job.cases)
    add_case(testsuite, result, job, several_jobs, flavour);
}

/// What went wrong outside of every case, as a job of its own: readers of JUnit look at cases only.
std::optional<JobResult> bench_job(const RunResult& run) {
  if (!run.error && !run.interrupted) return std::nullopt;
  CaseResult result;
  result.suite = bench_name;
  result.name = "run";
  result.outcome = Outcome::error;
  result.cause = Cause::stopped;
  result.reason = "interrupted";
  if (run.error) {
    result.cause = Cause::bench;
    result.reason = run.error->what;
    result.details = one_line(*run.error);
  }
  JobResult job;
  job.name = bench_name;
  job.timestamp = run.timestamp;
  job.cases.push_back(std::move(result));
  return job;
}

using Document = std::unique_ptr<pugi::xml_document>;

Result<Document> read_document(const fs::path& file) {
  auto text = read_file(file);
  if (!text) return tl::unexpected(text.error());
  auto document = std::make_unique<pugi::xml_document>();
  if (auto parsed = document->load_string(text->c_str()); !parsed)
    return usage_error(fmt::format("{} is no JUnit file: {}", file.string(), parsed.description()));
  return document;
}

std::string suite_of(pugi::xml_node testcase, const std::string& job) {
  std::string suite = testcase.attribute("classname").value();
  if (suite.starts_with(job + ".")) suite.erase(0, job.size() + 1);
  return suite;
}

Duration time_of(pugi::xml_node node) {
  const double seconds = node.attribute("time").as_double();
  // Other tools write what they like.
  constexpr double a_year = 366.0 * 24 * 3600;
  return std::isfinite(seconds) && seconds > 0 ? Duration(std::llround(std::min(seconds, a_year) * 1000)) : Duration();
}

AttemptRecord attempt_of(pugi::xml_node verdict, Outcome outcome) {
  AttemptRecord attempt;
  attempt.outcome = outcome;
  attempt.cause = cause_from(verdict.attribute("type").value());
  attempt.reason = printable(verdict.attribute("message").value());
  if (attempt.cause == Cause::signature) attempt.crashes.push_back({attempt.reason, {}, true});
  return attempt;
}

AttemptRecord verdict_of(pugi::xml_node testcase) {
  if (pugi::xml_node node = testcase.child("error")) return attempt_of(node, Outcome::error);
  if (pugi::xml_node node = testcase.child("failure")) return attempt_of(node, Outcome::fail);
  if (pugi::xml_node node = testcase.child("skipped")) {
    AttemptRecord skipped = attempt_of(node, Outcome::skip);
    if (skipped.reason.starts_with(not_run_prefix)) skipped.outcome = Outcome::not_run;
    return skipped;
  }
  AttemptRecord passed;
  passed.outcome = Outcome::pass;
  return passed;
}

CaseRecord read_case(pugi::xml_node testcase, const std::string& job) {
  CaseRecord record{
      printable(suite_of(testcase, job)), printable(testcase.attribute("name").value()), verdict_of(testcase), {}};
  for (pugi::xml_node node : testcase.children()) {
    const std::string_view name = node.name();
    const bool flaky = name.starts_with("flaky");
    if (!flaky && !name.starts_with("rerun")) continue;
    record.earlier.push_back(attempt_of(node, name.ends_with("Error") ? Outcome::error : Outcome::fail));
    if (!flaky || record.verdict.outcome == Outcome::flaky) continue;
    record.verdict.outcome = Outcome::flaky;
    record.verdict.reason = record.earlier.back().reason;
  }
  record.verdict.took = time_of(testcase);
  return record;
}

/// Other tools have several testsuites of one name: they are parts of one job.
void add_read_job(RunRecord& run, JobRecord job) {
  auto known =
      std::find_if(run.jobs.begin(), run.jobs.end(), [&](const JobRecord& one) { return one.name == job.name; });
  if (known == run.jobs.end()) {
    run.jobs.push_back(std::move(job));
    return;
  }
  known->took += job.took;
  for (const auto& [name, value] : job.facts)
    if (fact(*known, name).empty()) add_fact(*known, name, value);
  std::move(job.cases.begin(), job.cases.end(), std::back_inserter(known->cases));
}

/// And cases of one name, as the rows of a table that a test is made of: "adds", "adds#2".
void number_repeated_cases(JobRecord& job) {
  std::set<std::pair<std::string, std::string>> seen;
  std::map<std::pair<std::string, std::string>, int> next;  // the number of a name that comes again
  for (CaseRecord& record : job.cases) {
    const std::pair name(record.suite, record.name);
    if (seen.insert(name).second) continue;
    int& number = next.try_emplace(name, 2).first->second;
    do {
      record.name = fmt::format("{}#{}", name.second, number++);
    } while (!seen.emplace(record.suite, record.name).second);
  }
}

/// Other tools nest their testsuites: each that holds cases is a job.
void read_job(pugi::xml_node testsuite, RunRecord& run, int depth = 0) {
  constexpr int deepest = 16;
  JobRecord job;
  job.name = printable(testsuite.attribute("name").value());
  job.timestamp = printable(testsuite.attribute("timestamp").value());
  job.took = time_of(testsuite);
  for (pugi::xml_node property : testsuite.child("properties").children("property")) {
    const std::string name = property.attribute("name").value();
    // Reports put it into a command for a shell, and anybody may have written this file.
    if (name != bisect_options_fact) add_fact(job, name, property.attribute("value").value());
  }
  for (pugi::xml_node testcase : testsuite.children("testcase"))
    job.cases.push_back(read_case(testcase, job.name));
  if (run.timestamp.empty()) run.timestamp = job.timestamp;
  if (job.name == bench_name && job.cases.size() == 1) {
    run.error = job.cases[0].verdict.reason;
    run.interrupted = job.cases[0].verdict.cause == Cause::stopped;
  } else if (!job.cases.empty()) {
    add_read_job(run, std::move(job));
  }
  if (depth < deepest)
    for (pugi::xml_node inner : testsuite.children("testsuite"))
      read_job(inner, run, depth + 1);
}

}  // namespace

std::string junit_xml(const RunResult& run, JunitFlavour flavour) {
  const bool several_jobs = run.jobs.size() > 1;
  const std::optional<JobResult> bench = bench_job(run);
  Tally tally = count(run);
  if (bench) ++tally.error;
  Duration took{};
  for (const JobResult& job : run.jobs)
    took += time_of(job);

  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  set_attribute(declaration, "version", "1.0");
  set_attribute(declaration, "encoding", "UTF-8");
  pugi::xml_node root = document.append_child("testsuites");
  set_attribute(root, "name", "bootgate");
  set_counts(root, tally);
  set_attribute(root, "time", format_seconds(took));
  for (const JobResult& job : run.jobs)
    add_job(root, job, several_jobs, flavour);
  if (bench) add_job(root, *bench, several_jobs, flavour);

  std::ostringstream out;
  document.save(out, "  ");
  return std::move(out).str();
}

Result<std::vector<ReportedCase>> read_reported_cases(const fs::path& junit) {
  auto document = read_document(junit);
  if (!document) return tl::unexpected(document.error());
  std::vector<ReportedCase> cases;
  for (pugi::xml_node testsuite : (*document)->child("testsuites").children("testsuite")) {
    const std::string job = testsuite.attribute("name").value();
    if (job == bench_name) continue;
    for (pugi::xml_node testcase : testsuite.children("testcase"))
      cases.push_back({job, suite_of(testcase, job), testcase.attribute("name").value(),
                       testcase.child("failure") || testcase.child("error")});
  }
  return cases;
}

Result<RunRecord> read_junit(const fs::path& file) {
  auto document = read_document(file);
  if (!document) return tl::unexpected(document.error());
  RunRecord run;
  for (pugi::xml_node root : (*document)->children()) {
    const std::string_view name = root.name();
    if (name == "testsuite") read_job(root, run);
    if (name == "testsuites")
      for (pugi::xml_node testsuite : root.children("testsuite"))
        read_job(testsuite, run);
  }
  for (JobRecord& job : run.jobs)
    number_repeated_cases(job);
  if (run.jobs.empty() && run.error.empty())
    return usage_error(fmt::format("{} is no JUnit file: it has no testsuite", file.string()));
  return run;
}

}  // namespace bootgate
