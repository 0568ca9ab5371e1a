#include "reports/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "harness/support/text.hpp"
#include "harness/support/timestamp.hpp"
#include "reports/history_rows.hpp"
#include "reports/history_schema.hpp"

namespace bootgate {
namespace {

/// Whether a run is a base for others.
constexpr const char* counting_runs =
    "(run.kind = 'night' OR NOT EXISTS (SELECT 1 FROM run AS other WHERE other.kind = 'night'))";

/// The newest ?2 runs up to the one of the name ?1, of those that count; that one is among them.
const std::string& runs_up_to_this() {
  static const std::string sql = std::string("WITH this AS (SELECT id, position FROM run WHERE name = ?1), ") +
                                 "window AS (SELECT run.id, run.position, run.name, run.timestamp FROM run, this "
                                 "WHERE (run.position, run.id) <= (this.position, this.id) AND (run.id = this.id OR " +
                                 counting_runs + ") ORDER BY run.position DESC, run.id DESC LIMIT ?2) ";
  return sql;
}

}  // namespace

std::string_view to_string(RunKind kind) {
  return kind == RunKind::night ? "night" : "import";
}

struct History::Impl {
  Database database;

  template <class... Values>
  Query query(std::string_view sql, const Values&... values) const {
    return database.query(sql, {SqlValue(values)...});
  }

  template <class Work>
  auto read(Work work) const -> Result<decltype(work())> {
    decltype(work()) found{};
    auto done = database.read([&] { found = work(); });
    if (!done) return tl::unexpected(done.error());
    return found;
  }

  std::optional<std::int64_t> run_id(const std::string& name) const {
    Query row = query("SELECT id FROM run WHERE name = ?", name);
    return row.next() ? std::optional(row.integer(0)) : std::nullopt;
  }

  /// Where a run that is recorded as a whole belongs; nothing: it is a part of a night that is not at its end.
  std::optional<RunPlace> place_of(const RunRecord& run, const std::string& directory, RunKind kind) const {
    RunPlace place{directory, utc_seconds(run.timestamp).value_or(0), !run.interrupted, kind};
    Query row = query("SELECT position, finished FROM run WHERE name = ? AND kind = 'night'", run.name);
    if (!row.next()) return place;
    // Who has imported a night while it went on has it whole now.
    if (!row.flag(1) && run.interrupted) return std::nullopt;
    return RunPlace{directory, row.integer(0), true, RunKind::night};
  }

  std::vector<RunEntry> entries(Query&& row) const {
    std::vector<RunEntry> entries;
    while (row.next()) {
      RunEntry entry{row.text(0), row.text(1),   row.text(2), row.flag(3), row.flag(4),
                     row.text(5), row.number(6), {},          {}};
      int* const counts[] = {&entry.tally.pass,    &entry.tally.fail,  &entry.tally.error, &entry.tally.skip,
                             &entry.tally.not_run, &entry.tally.known, &entry.tally.flaky};
      for (int i = 0; i < 7; ++i)
        *counts[i] = row.number(7 + i);
      entry.kind = row.text(14) == to_string(RunKind::night) ? RunKind::night : RunKind::import;
      entries.push_back(std::move(entry));
    }
    return entries;
  }

  /// `kind`: a condition.
  Result<std::vector<RunEntry>> newest(const char* kind, int most) const {
    const std::string sql = fmt::format(
        "SELECT run.name, run.timestamp, run.directory, finished, interrupted, run.error, count(job.id), "
        "total(pass), total(fail), total(job.error), total(skip), total(not_run), total(known), total(flaky), kind "
        "FROM "
        "(SELECT * FROM run WHERE {} ORDER BY position DESC, id DESC LIMIT ?) AS run LEFT JOIN job ON job.run = run.id "
        "GROUP BY run.id ORDER BY position DESC, run.id DESC",
        kind);
    return read([&] { return entries(query(sql, most)); });
  }

  /// Rows of job, suite, case, run, timestamp, commit, release, outcome, cause, reason, took, attempts, failed ones.
  static std::vector<CaseHistory> histories(Query&& row) {
    std::vector<CaseHistory> all;
    std::map<CaseKey, std::size_t> places;
    while (row.next()) {
      const CaseKey key(row.text(0), row.text(1), row.text(2));
      const auto [known, is_new] = places.emplace(key, all.size());
      if (is_new) all.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), {}});
      CasePoint& point = all[known->second].points.emplace_back();
      point.run = row.text(3);
      point.timestamp = row.text(4);
      point.commit = row.text(5);
      point.release = row.text(6);
      point.verdict = attempt_in(row, 7);
      point.attempts = row.number(11);
      point.failed_attempts = row.number(12);
    }
    return all;
  }
};

History::History(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
History::History(History&&) noexcept = default;
History& History::operator=(History&&) noexcept = default;
History::~History() = default;

Result<History> History::open(const fs::path& file, const DatabaseOptions& options) {
  if (std::error_code none; options.read_only && !fs::exists(file, none))
    return usage_error(fmt::format("no history at {}", file.string()),
                       "bootgate nightly makes one; bootgate history import FILE... fills one from earlier runs");
  if (!options.read_only && file.has_parent_path())
    if (auto made = make_directories(file.parent_path()); !made) return tl::unexpected(made.error());
  auto database = Database::open(file, {history_application_id, history_migrations()}, options);
  if (!database) return tl::unexpected(database.error());
  return History(std::make_unique<Impl>(Impl{std::move(*database)}));
}

Result<std::optional<History>> open_named_history(const std::optional<fs::path>& file) {
  if (!file) return std::optional<History>();
  auto opened = History::open(*file, {.read_only = true});
  if (!opened) return tl::unexpected(opened.error());
  return std::optional<History>(std::move(*opened));
}

Result<> History::add(const RunRecord& run, const std::string& directory, RunKind kind) {
  bool goes_on = false;
  auto done = impl_->database.write([&] {
    const auto place = impl_->place_of(run, directory, kind);
    goes_on = !place;
    if (goes_on) return;
    const std::int64_t id = add_run_row(impl_->database, run, *place);
    for (const JobRecord& job : run.jobs)
      // One that an interruption has left without a result was not done.
      if (!run.interrupted || !job.cases.empty()) add_job_rows(impl_->database, id, job);
  });
  if (done && goes_on)
    return usage_error(fmt::format("{} is a night that goes on, or was cut off and may go on", run.name),
                       "let it end: bootgate nightly records it by itself, and then it can be imported");
  return done;
}

Result<> History::begin_run(const RunRecord& run, const std::string& directory) {
  return impl_->database.write([&] {
    Query last = impl_->query("SELECT coalesce(max(position), 0) FROM run");
    last.next();
    const std::int64_t behind = last.integer(0) + 1;
    const std::int64_t position = std::max(behind, utc_seconds(run.timestamp).value_or(0));
    add_run_row(impl_->database, run, {directory, position, false, RunKind::night});
  });
}

Result<> History::add_job(const std::string& run, const JobRecord& job) {
  return impl_->database.write([&] {
    if (auto id = impl_->run_id(run)) add_job_rows(impl_->database, *id, job);
  });
}

Result<> History::finish_run(const std::string& run, const std::string& error, bool interrupted) {
  return impl_->database.write([&] {
    impl_
        ->query("UPDATE run SET finished = 1, error = ?, interrupted = ? WHERE name = ?", error, interrupted ? 1 : 0,
                run)
        .run();
  });
}

Result<std::vector<RunEntry>> History::runs(int most) const {
  return impl_->newest("TRUE", most);
}

Result<std::vector<RunEntry>> History::nights(int most) const {
  return impl_->newest("kind = 'night'", most);
}

Result<std::optional<RunRecord>> History::run(const std::string& name) const {
  return impl_->read([&]() -> std::optional<RunRecord> {
    Query row = impl_->query("SELECT id, timestamp, error, interrupted OR NOT finished FROM run WHERE name = ?", name);
    if (!row.next()) return std::nullopt;
    RunRecord record{name, row.text(1), {}, row.text(2), row.flag(3)};
    read_job_rows(impl_->database, row.integer(0), record);
    return record;
  });
}

Result<std::optional<std::string>> History::run_before(const std::string& name) const {
  static const std::string sql =
      std::string("SELECT run.name FROM run AS this JOIN run ON (run.position, run.id) < (this.position, this.id) ") +
      "AND run.finished AND NOT run.interrupted AND " + counting_runs +
      " WHERE this.name = ? ORDER BY run.position DESC, run.id DESC LIMIT 1";
  return impl_->read([&]() -> std::optional<std::string> {
    Query row = impl_->query(sql, name);
    return row.next() ? std::optional(row.text(0)) : std::nullopt;
  });
}

Result<std::optional<std::string>> History::newest_run() const {
  static const std::string sql = std::string("SELECT name FROM run WHERE finished AND NOT interrupted AND ") +
                                 counting_runs + " ORDER BY position DESC, id DESC LIMIT 1";
  return impl_->read([&]() -> std::optional<std::string> {
    Query row = impl_->query(sql);
    return row.next() ? std::optional(row.text(0)) : std::nullopt;
  });
}

Result<std::set<std::string>> History::last_good_nights(const std::set<std::string>& nights) const {
  return impl_->read([&] {
    std::set<std::string> good;
    std::set<std::int64_t> lines;  // whose newest good night is found
    Query job = impl_->query(
        "SELECT name, line FROM run JOIN job ON job.run = run.id WHERE kind = 'night' "
        "AND fail = 0 AND job.error = 0 AND not_run = 0 AND pass > 0 ORDER BY position DESC, run.id DESC");
    while (job.next())
      if (nights.contains(job.text(0)) && lines.insert(job.integer(1)).second) good.insert(job.text(0));
    Query whole = impl_->query(
        "SELECT name FROM run WHERE kind = 'night' AND finished AND NOT interrupted AND error = '' "
        "AND EXISTS (SELECT 1 FROM job WHERE job.run = run.id AND pass > 0) "
        "AND NOT EXISTS (SELECT 1 FROM job WHERE job.run = run.id AND (fail > 0 OR job.error > 0 OR not_run > 0)) "
        "ORDER BY position DESC, id DESC");
    while (whole.next())
      if (nights.contains(whole.text(0))) {
        good.insert(whole.text(0));
        break;
      }
    return good;
  });
}

Result<std::vector<std::string>> History::jobs_of(const std::string& run) const {
  return impl_->read([&] {
    std::vector<std::string> names;
    Query row = impl_->query(
        "SELECT line.name FROM run JOIN job ON job.run = run.id JOIN line ON line.id = line WHERE run.name = ? "
        "ORDER BY job.id",
        run);
    while (row.next())
      names.push_back(row.text(0));
    return names;
  });
}

Result<std::vector<CaseHistory>> History::cases_named(const std::string& name, int most) const {
  const std::size_t slash = name.rfind('/');
  const std::string before = slash == std::string::npos ? std::string() : name.substr(0, slash);
  const std::string plain = slash == std::string::npos ? name : name.substr(slash + 1);
  return impl_->read([&] {
    return Impl::histories(impl_->query(
        "SELECT line.name, suite, subject.name, run.name, run.timestamp, \"commit\", release, outcome, cause, reason, "
        "result.took, attempts, failed_attempts FROM subject JOIN result ON subject = subject.id "
        "JOIN job ON job.id = job JOIN run ON run.id = run JOIN line ON line.id = line "
        // Other tools' names have slashes of their own.
        "WHERE ((subject.name = ?1 AND (?3 = '' OR suite = ?3 OR line.name = ?3)) OR subject.name = ?2 "
        "OR suite || '/' || subject.name = ?2 OR line.name || '/' || subject.name = ?2) "
        "AND (position, run.id) >= (SELECT position, id FROM (SELECT position, id FROM run ORDER BY position DESC, id "
        "DESC LIMIT ?4) ORDER BY position, id LIMIT 1) ORDER BY line.name, suite, position, run.id",
        plain, name, before, most));
  });
}

Result<std::vector<std::string>> History::case_names() const {
  return impl_->read([&] {
    std::vector<std::string> names;
    Query row = impl_->query("SELECT suite || '/' || name FROM subject ORDER BY 1");
    while (row.next())
      names.push_back(row.text(0));
    return names;
  });
}

Result<std::vector<std::string>> History::runs_up_to(const std::string& run, int most) const {
  static const std::string sql = runs_up_to_this() + "SELECT name FROM window ORDER BY position, id";
  return impl_->read([&] {
    std::vector<std::string> names;
    Query row = impl_->query(sql, run, most);
    while (row.next())
      names.push_back(row.text(0));
    return names;
  });
}

Result<std::set<std::pair<std::string, std::string>>> History::crashes_up_to(const std::string& run, int most,
                                                                             const std::string& but) const {
  static const std::string sql =
      runs_up_to_this() +
      "SELECT DISTINCT line.name, text FROM window JOIN job ON job.run = window.id JOIN line ON line.id = line "
      "JOIN result ON result.job = job.id JOIN crash ON crash.result = result.id JOIN title ON title.id = title "
      "WHERE crash.counts AND window.name <> ?3";
  return impl_->read([&] {
    std::set<std::pair<std::string, std::string>> titles;
    Query row = impl_->query(sql, run, most, but);
    while (row.next())
      titles.emplace(row.text(0), row.text(1));
    return titles;
  });
}

Result<std::vector<CaseHistory>> History::cases_up_to(const std::string& run, int most) const {
  static const std::string sql =
      runs_up_to_this() +
      "SELECT line.name, suite, subject.name, window.name, window.timestamp, \"commit\", release, outcome, cause, "
      "reason, result.took, attempts, failed_attempts FROM window JOIN job ON job.run = window.id "
      "JOIN line ON line.id = line JOIN result ON result.job = job.id JOIN subject ON subject.id = subject "
      "ORDER BY window.position, window.id";
  return impl_->read([&] { return Impl::histories(impl_->query(sql, run, most)); });
}

Result<std::vector<MeasurementHistory>> History::measurements_up_to(const std::string& run, int most) const {
  static const std::string sql =
      runs_up_to_this() +
      "SELECT line.name, measurement.name, window.name, window.timestamp, \"commit\", value FROM window "
      "JOIN job ON job.run = window.id JOIN line ON line.id = line JOIN measurement ON measurement.job = job.id "
      "WHERE value BETWEEN 0 AND ?3 ORDER BY line.name, measurement.name, window.position, window.id";
  return impl_->read([&] {
    std::vector<MeasurementHistory> all;
    Query row = impl_->query(sql, run, most, most_measured);
    while (row.next()) {
      std::string job = row.text(0), name = row.text(1);
      if (all.empty() || all.back().job != job || all.back().name != name) all.push_back({job, name, {}});
      all.back().points.push_back({row.text(2), row.text(3), row.text(4), row.real(5)});
    }
    return all;
  });
}

}  // namespace bootgate
