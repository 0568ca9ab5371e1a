#include "reports/result_files.hpp"

#include <fmt/format.h>

#include "harness/support/beneath.hpp"
#include "harness/support/durable_file.hpp"
#include "harness/support/text.hpp"
#include "reports/result_json.hpp"

namespace bootgate {
namespace {

fs::path run_file(const fs::path& directory) {
  return directory / "run.json";
}

fs::path job_file(const fs::path& directory, const std::string& job) {
  return directory / job / "result.json";
}

Result<Json> read_json(const fs::path& file) {
  auto text = read_file(file);
  if (!text) return tl::unexpected(text.error());
  auto json = parse_json(*text);
  if (!json) return usage_error(fmt::format("{} is no JSON", file.string()));
  return *json;
}

}  // namespace

void ResultFiles::on(const Event& event) {
  if (const auto* started = std::get_if<RunStarted>(&event)) write_run(started->outline, false);
  if (const auto* done = std::get_if<JobDone>(&event)) write_job(done->result);
  if (const auto* done = std::get_if<RunDone>(&event)) write_run(done->result, true);
}

void ResultFiles::write_run(const RunResult& run, bool finished) {
  Json::Array jobs(earlier_.begin(), earlier_.end());
  for (const JobResult& job : run.jobs)
    jobs.emplace_back(job.name);
  const Json json(Json::Object{{"timestamp", run.timestamp},
                               {"finished", finished},
                               {"interrupted", run.interrupted},
                               {"error", run.error ? printable(one_line(*run.error)) : std::string()},
                               {"jobs", std::move(jobs)}});
  write(run_file(directory_), json);
}

void ResultFiles::write_job(const JobResult& job) {
  write(job_file(directory_, job.name), to_json(job));
}

void ResultFiles::write(const fs::path& file, const Json& json) {
  auto written = make_directories(file.parent_path()).and_then([&] {
    return write_file_durably(file, dump_json(json, true) + "\n");
  });
  if (written)
    errors_.erase(file);
  else
    errors_.insert_or_assign(file, written.error());
}

std::optional<Error> ResultFiles::error() const {
  return errors_.empty() ? std::nullopt : std::optional(errors_.begin()->second);
}

bool has_result_files(const fs::path& directory) {
  std::error_code none;
  return fs::exists(run_file(directory), none);
}

bool has_job_result(const fs::path& directory, const std::string& job) {
  return is_plain_name(job) && read_json(job_file(directory, job));
}

Result<SavedRun> read_result_files(const fs::path& directory) {
  if (!has_result_files(directory))
    return usage_error(fmt::format("{} holds no results: there is no run.json", directory.string()));
  auto json = read_json(run_file(directory));
  if (!json) return tl::unexpected(json.error());
  SavedRun run;
  const auto flag = [&](const char* name) {
    const Json* member = json->find(name);
    return member && member->flag();
  };
  run.finished = flag("finished");
  run.result.timestamp = text_at(*json, "timestamp");
  run.result.interrupted = flag("interrupted");
  if (std::string error = text_at(*json, "error"); !error.empty()) run.result.error = bench_error(error).value();
  const Json* names = json->find("jobs");
  const auto* jobs = names ? std::get_if<Json::Array>(&names->value) : nullptr;
  if (!jobs) return usage_error(fmt::format("{} names no jobs", run_file(directory).string()));
  for (const Json& name : *jobs) {
    if (!is_plain_name(name.text())) continue;  // it leads elsewhere
    JobResult job;
    if (auto saved = read_json(job_file(directory, std::string(name.text()))); saved) job = job_from_json(*saved);
    job.name = name.text();
    job.directory = directory / job.name;
    run.result.jobs.push_back(std::move(job));
  }
  return run;
}

}  // namespace bootgate
