#include "reports/history_rows.hpp"

#include <algorithm>
#include <map>

#include "harness/support/json.hpp"
#include "reports/result_json.hpp"

namespace bootgate {
namespace {

/// The attempt that a verdict is of, in the table of crash reports; those before it count from 0.
constexpr int the_verdict = -1;

std::string facts_text(const JobRecord& job) {
  Json::Object members;
  for (const auto& [name, value] : job.facts)
    members.emplace_back(name, value);
  return dump_json(std::move(members));
}

bool failed(const AttemptRecord& attempt) {
  return attempt.outcome == Outcome::fail || attempt.outcome == Outcome::error;
}

/// Rows of one database.
class Rows {
 public:
  explicit Rows(const Database& database) : database_(database) {}

  std::int64_t add_run(const RunRecord& run, const RunPlace& place) {
    query("DELETE FROM run WHERE name = ?", run.name).run();
    query(
        "INSERT INTO run (name, timestamp, position, directory, finished, interrupted, error, kind) VALUES "
        "(?,?,?,?,?,?,?,?)",
        run.name, run.timestamp, place.position, place.directory, place.finished ? 1 : 0, run.interrupted ? 1 : 0,
        run.error, std::string(to_string(place.kind)))
        .run();
    return database_.last_row();
  }

  void add_job(std::int64_t run, const JobRecord& job) {
    const std::int64_t line = line_of(job.name);
    query("DELETE FROM job WHERE run = ? AND line = ?", run, line).run();
    const Tally tally = count(job);
    query(
        "INSERT INTO job (run, line, directory, timestamp, took, \"commit\", release, facts, pass, fail, error, skip, "
        "not_run, known, flaky) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        run, line, job.directory, job.timestamp, static_cast<std::int64_t>(job.took.count()),
        commit_in(fact(job, "kernel.origin")), std::string(fact(job, "kernel.release")), facts_text(job), tally.pass,
        tally.fail, tally.error, tally.skip, tally.not_run, tally.known, tally.flaky)
        .run();
    const std::int64_t id = database_.last_row();
    for (const Measurement& measurement : job.measurements)
      query("INSERT OR REPLACE INTO measurement (job, name, value) VALUES (?,?,?)", id, measurement.name,
            measurement.value)
          .run();
    int place = 0;
    for (const CaseRecord& record : job.cases)
      add_result(id, place++, record);
  }

  void add_result(std::int64_t job, int place, const CaseRecord& record) {
    const AttemptRecord& verdict = record.verdict;
    // The verdict of a flaky case is that of an attempt which passed.
    int bad = failed(verdict) ? 1 : 0;
    bad += static_cast<int>(std::count_if(record.earlier.begin(), record.earlier.end(), failed));
    query(
        "INSERT INTO result (job, place, subject, outcome, cause, reason, took, attempts, failed_attempts) VALUES "
        "(?,?,?,?,?,?,?,?,?)",
        job, place, subject_of(record), std::string(to_string(verdict.outcome)), std::string(to_string(verdict.cause)),
        verdict.reason, static_cast<std::int64_t>(verdict.took.count()), static_cast<int>(record.earlier.size() + 1),
        bad)
        .run();
    const std::int64_t id = database_.last_row();
    add_crashes(id, the_verdict, verdict);
    for (std::size_t i = 0; i < record.earlier.size(); ++i) {
      const AttemptRecord& attempt = record.earlier[i];
      const int number = static_cast<int>(i);
      query("INSERT INTO attempt (result, number, outcome, cause, reason, took) VALUES (?,?,?,?,?,?)", id, number,
            std::string(to_string(attempt.outcome)), std::string(to_string(attempt.cause)), attempt.reason,
            static_cast<std::int64_t>(attempt.took.count()))
          .run();
      add_crashes(id, number, attempt);
    }
  }

  void add_crashes(std::int64_t result, int attempt, const AttemptRecord& record) {
    int number = 0;
    for (const CrashRecord& crash : record.crashes)
      query("INSERT INTO crash (result, attempt, number, title, fingerprint, counts) VALUES (?,?,?,?,?,?)", result,
            attempt, number++, title_of(crash.title), crash.fingerprint, crash.counts ? 1 : 0)
          .run();
  }

  void read_jobs(std::int64_t run, RunRecord& record) const {
    std::map<std::int64_t, std::size_t> places;
    Query row = query(
        "SELECT job.id, line.name, directory, timestamp, took, facts FROM job JOIN line ON line.id = line "
        "WHERE run = ? ORDER BY job.id",
        run);
    while (row.next()) {
      places.emplace(row.integer(0), record.jobs.size());
      JobRecord& job = record.jobs.emplace_back();
      job.name = row.text(1);
      job.directory = row.text(2);
      job.timestamp = row.text(3);
      job.took = Duration(row.integer(4));
      if (auto facts = parse_json(row.text(5)))
        if (const auto* members = std::get_if<Json::Object>(&facts->value))
          for (const auto& [name, value] : *members)
            add_fact(job, name, value.text());
    }
    read_cases(run, places, record);
  }

  void read_cases(std::int64_t run, const std::map<std::int64_t, std::size_t>& places, RunRecord& record) const {
    std::map<std::int64_t, std::pair<std::size_t, std::size_t>> cases;  // result -> job, case
    Query row = query(
        "SELECT result.id, result.job, suite, name, outcome, cause, reason, result.took FROM job "
        "JOIN result ON result.job = job.id JOIN subject ON subject.id = subject "
        "WHERE run = ? ORDER BY result.job, place",
        run);
    while (row.next()) {
      const std::size_t job = places.at(row.integer(1));
      cases.emplace(row.integer(0), std::pair(job, record.jobs[job].cases.size()));
      record.jobs[job].cases.push_back({row.text(2), row.text(3), attempt_in(row, 4), {}});
    }
    auto case_at = [&](std::int64_t result) -> CaseRecord& {
      const auto& [job, place] = cases.at(result);
      return record.jobs[job].cases[place];
    };
    Query attempt = query(
        "SELECT attempt.result, attempt.outcome, attempt.cause, attempt.reason, attempt.took FROM job "
        "JOIN result ON result.job = job.id JOIN attempt ON attempt.result = result.id "
        "WHERE run = ? ORDER BY attempt.result, number",
        run);
    while (attempt.next())
      case_at(attempt.integer(0)).earlier.push_back(attempt_in(attempt, 1));
    Query crash = query(
        "SELECT crash.result, attempt, text, fingerprint, counts FROM job JOIN result ON result.job = job.id "
        "JOIN crash ON crash.result = result.id JOIN title ON title.id = title "
        "WHERE run = ? ORDER BY crash.result, attempt, number",
        run);
    while (crash.next()) {
      CaseRecord& of = case_at(crash.integer(0));
      const int number = crash.number(1);
      AttemptRecord& in = number == the_verdict ? of.verdict : of.earlier.at(static_cast<std::size_t>(number));
      in.crashes.push_back({crash.text(2), crash.text(3), crash.flag(4)});
    }
  }

 private:
  template <class... Values>
  Query query(std::string_view sql, const Values&... values) const {
    return database_.query(sql, {SqlValue(values)...});
  }

  /// The id of a row that is known by one text.
  std::int64_t id_of(const char* insert, const char* select, const std::string& text) {
    query(insert, text).run();
    Query row = query(select, text);
    row.next();
    return row.integer(0);
  }

  std::int64_t line_of(const std::string& name) {
    return id_of("INSERT OR IGNORE INTO line (name) VALUES (?)", "SELECT id FROM line WHERE name = ?", name);
  }

  std::int64_t title_of(const std::string& text) {
    return id_of("INSERT OR IGNORE INTO title (text) VALUES (?)", "SELECT id FROM title WHERE text = ?", text);
  }

  std::int64_t subject_of(const CaseRecord& record) {
    query("INSERT OR IGNORE INTO subject (suite, name) VALUES (?, ?)", record.suite, record.name).run();
    Query row = query("SELECT id FROM subject WHERE name = ? AND suite = ?", record.name, record.suite);
    row.next();
    return row.integer(0);
  }

  const Database& database_;
};

}  // namespace

AttemptRecord attempt_in(const Query& row, int first) {
  AttemptRecord attempt;
  attempt.outcome = outcome_from(row.text(first));
  attempt.cause = cause_from(row.text(first + 1));
  attempt.reason = row.text(first + 2);
  attempt.took = Duration(row.integer(first + 3));
  return attempt;
}

std::int64_t add_run_row(Database& database, const RunRecord& run, const RunPlace& place) {
  return Rows(database).add_run(run, place);
}

void add_job_rows(Database& database, std::int64_t run, const JobRecord& job) {
  Rows(database).add_job(run, job);
}

void read_job_rows(const Database& database, std::int64_t run, RunRecord& record) {
  Rows(database).read_jobs(run, record);
}

}  // namespace bootgate
