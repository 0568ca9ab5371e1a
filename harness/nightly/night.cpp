#include "harness/nightly/night.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "harness/support/durable_file.hpp"
#include "harness/support/json.hpp"
#include "harness/support/timestamp.hpp"
#include "reports/result_files.hpp"

namespace bootgate {
namespace {

fs::path night_file(const fs::path& directory) {
  return directory / "night.json";
}

/// "20261126-031500", and -2 behind it where there is one already: a clock may go back, and two starts fall into one
/// second.
Result<fs::path> make_directory(const fs::path& nights, std::int64_t now) {
  const std::string stamp = fmt::format("{:%Y%m%d-%H%M%S}", fmt::gmtime(static_cast<std::time_t>(now)));
  std::string name = stamp;
  for (int number = 2; ::mkdir((nights / name).c_str(), 0777) != 0; ++number) {
    if (errno != EEXIST)
      return bench_error(fmt::format("can't make a directory in {}: {}", nights.string(), std::strerror(errno)),
                         "name another place with --out DIR");
    name = fmt::format("{}-{}", stamp, number);
  }
  return nights / name;
}

struct NightFile {
  std::string plan_digest;
  std::map<std::string, std::string> commits;
};

std::optional<NightFile> read_night_file(const fs::path& directory) {
  auto text = read_file(night_file(directory));
  auto json = text ? parse_json(*text) : std::nullopt;
  if (!json) return std::nullopt;
  NightFile file;
  file.plan_digest = text_at(*json, "plan");
  const Json* commits = json->find("commits");
  if (const auto* members = commits ? std::get_if<Json::Object>(&commits->value) : nullptr)
    for (const auto& [kernel, commit] : *members)
      file.commits.emplace(kernel, commit.text());
  return file;
}

Result<> write_night_file(const fs::path& directory, const std::string& plan_digest,
                          const std::map<std::string, std::string>& commits) {
  Json::Object members;
  for (const auto& [kernel, commit] : commits)
    members.emplace_back(kernel, commit);
  const Json json(Json::Object{{"plan", plan_digest}, {"commits", std::move(members)}});
  return write_file_durably(night_file(directory), dump_json(json, true) + "\n");
}

}  // namespace

Result<FileLock> lock_nights(const fs::path& nights) {
  if (auto made = make_directories(nights); !made) return tl::unexpected(made.error());
  // Whoever would have to wait is told so, and waits no further.
  std::stop_source no_waiting;
  bool held = false;
  auto lock = FileLock::acquire(nights / "lock", no_waiting.get_token(), [&] {
    held = true;
    no_waiting.request_stop();
  });
  if (!lock && held)
    return bench_error(fmt::format("another night is running in {}", nights.string()),
                       "let it end, or name another place with --out DIR");
  return lock;
}

Result<std::optional<Night>> unfinished_night(const History& history, const std::string& plan_digest,
                                              std::int64_t now) {
  auto newest = history.nights(1);
  if (!newest) return tl::unexpected(newest.error());
  if (newest->empty() || newest->front().finished) return std::nullopt;
  const RunEntry& run = newest->front();
  const auto started = utc_seconds(run.timestamp);
  auto file = read_night_file(run.directory);
  if (!file || file->plan_digest != plan_digest || !started || now < *started || now > *started + resumed_for_seconds)
    return std::nullopt;
  auto jobs = history.jobs_of(run.name);
  if (!jobs) return tl::unexpected(jobs.error());
  Night night{run.name, run.directory, run.timestamp, std::move(file->commits), {}};
  // A power cut may have left the record without its files: reports are made of both.
  for (const std::string& job : *jobs)
    if (has_job_result(night.directory, job)) night.done.insert(job);
  return night;
}

Result<Night> begin_night(const fs::path& nights, History& history, const std::string& plan_digest,
                          const std::map<std::string, std::string>& commits, std::int64_t now) {
  auto newest = history.nights(1);
  if (!newest) return tl::unexpected(newest.error());
  if (!newest->empty() && !newest->front().finished)
    if (auto ended = history.finish_run(newest->front().name, "it was cut off", true); !ended)
      return tl::unexpected(ended.error());
  auto directory = make_directory(fs::absolute(nights), now);
  if (!directory) return tl::unexpected(directory.error());
  if (auto written = write_night_file(*directory, plan_digest, commits); !written)
    return tl::unexpected(written.error());
  RunRecord run;
  run.name = directory->filename();
  run.timestamp = utc_timestamp(now);
  if (auto begun = history.begin_run(run, directory->string()); !begun) return tl::unexpected(begun.error());
  return Night{run.name, *directory, run.timestamp, commits, {}};
}

Result<> keep_commits(const Night& night, const std::string& plan_digest) {
  return write_night_file(night.directory, plan_digest, night.commits);
}

Result<> record_missing(History& history, const std::string& night, const std::vector<JobRecord>& jobs) {
  auto recorded = history.jobs_of(night);
  if (!recorded) return tl::unexpected(recorded.error());
  for (const JobRecord& job : jobs) {
    if (job.cases.empty() || std::find(recorded->begin(), recorded->end(), job.name) != recorded->end()) continue;
    if (auto added = history.add_job(night, job); !added) return added;
  }
  return {};
}

Result<RunResult> whole_result(const Night& night, const RunResult& last_part, const std::optional<Error>& unwritten) {
  auto saved = read_result_files(night.directory);
  if (!saved && unwritten) return tl::unexpected(*unwritten);
  if (!saved)
    return bench_error(fmt::format("the night's results are lost: {}", saved.error().what),
                       "start bootgate nightly again: it runs what has no result");
  saved->result.timestamp = night.timestamp;
  saved->result.interrupted = last_part.interrupted;
  saved->result.error = last_part.error;
  return std::move(saved->result);
}

bool is_night(const fs::path& directory) {
  std::error_code none;
  return !directory.empty() && fs::exists(night_file(directory), none);
}

void remove_halves(const Night& night, const Plan& plan) {
  std::error_code ignored;
  for (const Job& job : plan.jobs)
    if (!night.done.contains(job.name)) fs::remove_all(night.directory / job.name, ignored);
}

}  // namespace bootgate
