// Fills a history with 200,000 results of cases and times what commands ask of it, and writes the report of a run of
// 1,000 cases with a console each. Prints the medians beside the bars, and fails where one is missed.
//
//   build/tests/bench/history_bench [ROWS]
#include <fmt/format.h>

#include <cstdlib>
#include <random>

#include "harness/support/timestamp.hpp"
#include "reports/html/site.hpp"
#include "tests/bench/series.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

constexpr int jobs = 20, cases = 25;
constexpr int repeats = 9;

double seconds_since(TimePoint start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

RunRecord night(int number, std::mt19937& random) {
  RunRecord run;
  run.name = fmt::format("night-{}", number);
  run.timestamp = utc_timestamp(1'700'000'000 + number * 86'400);
  for (int j = 0; j < jobs; ++j) {
    JobRecord job;
    job.name = fmt::format("boot-linux_{}-lean-busybox-initrd_only-tcg", j);
    job.timestamp = run.timestamp;
    add_fact(job, "kernel.origin", fmt::format("commit {:012x} (master of /linux)", number));
    add_fact(job, "kernel.release", "6.12.1");
    add_fact(job, "kernel.command_line", std::string(300, 'x'));
    for (const char* phase : {"time.first_byte", "time.kernel", "time.init", "time.login", "size.kernel"})
      add_fact(job, phase, fmt::format("{:.3f}", 1 + static_cast<double>(random() % 100) / 1000));
    for (int c = 0; c < cases; ++c) {
      CaseRecord record{"boot", fmt::format("case-{}", c), {Outcome::pass, Cause::none, {}, Duration(100), {}}, {}};
      if (random() % 50 == 0) {
        record.verdict = {Outcome::fail, Cause::signature, "WARNING in foo", Duration(100), {}};
        record.verdict.crashes = {{"WARNING in foo", "foo:bar:baz", true}};
        record.earlier = {record.verdict};
      }
      job.cases.push_back(std::move(record));
    }
    run.jobs.push_back(std::move(job));
  }
  return run;
}

class Bench {
 public:
  /// Prints the median of `work`, and remembers whether it is within the bar.
  template <class Work>
  void time(const char* what, double bar, Work work) {
    Series series;
    for (int i = 0; i < repeats; ++i) {
      const TimePoint start = Clock::now();
      work();
      series.add(seconds_since(start));
    }
    report(what, series.median() * 1000, bar * 1000, "ms");
  }

  void report(const char* what, double value, double bar, const char* unit) {
    fmt::print("{:<46} {:>9.1f} {}  bar {:.0f} {}{}\n", what, value, unit, bar, unit, value > bar ? "  MISSED" : "");
    failed_ = failed_ || value > bar;
  }

  int status() const { return failed_ ? 1 : 0; }

 private:
  bool failed_ = false;
};

void time_history(Bench& bench, const fs::path& file, int rows) {
  History history = History::open(file).value();
  std::mt19937 random(1);
  const int nights = rows / (jobs * cases);
  const TimePoint start = Clock::now();
  for (int number = 1; number <= nights; ++number)
    if (auto added = history.add(night(number, random), "", RunKind::night); !added)
      throw std::runtime_error(added.error().what);
  fmt::print("{} rows of cases in {} runs: {:.1f} s, {:.1f} MiB\n", nights * jobs * cases, nights, seconds_since(start),
             static_cast<double>(fs::file_size(file)) / (1 << 20));
  const std::string newest = fmt::format("night-{}", nights), middle = fmt::format("night-{}", nights / 2);
  bench.time("list of runs", 0.05, [&] { (void)history.runs(60).value(); });
  bench.time("a run", 0.05, [&] { (void)history.run(middle).value(); });
  bench.time("the run before", 0.05, [&] { (void)history.run_before(newest).value(); });
  bench.time("a case of all jobs, 60 runs", 0.05, [&] { (void)history.cases_named("boot/case-7", 60).value(); });
  bench.time("a case of one job, 60 runs", 0.05,
             [&] { (void)history.cases_named("boot-linux_3-lean-busybox-initrd_only-tcg/case-7", 60).value(); });
  bench.time("names of cases", 0.05, [&] { (void)history.case_names().value(); });
  bench.time("measurements, 60 runs", 0.05, [&] { (void)history.measurements_up_to(newest, 60).value(); });
  bench.time("last good nights", 0.05, [&] { (void)history.last_good_nights({newest, middle}).value(); });
  bench.time("overview: all cases of 60 runs, and judged", 1,
             [&] { (void)make_overview(history.run(newest).value().value(), view_history(history, newest).value()); });
}

std::string console_text(std::mt19937& random) {
  std::string text;
  for (int line = 0; line < 400; ++line)
    text += fmt::format("{:>10.3f} [{:>12.6f}] pci 0000:00:{:02x}.0: BAR {} [mem 0x{:08x}]\n", line * 0.002,
                        line * 0.0019, line % 32, line % 6, random());
  return text;
}

void time_report(Bench& bench, const TempDir& dir) {
  constexpr int report_jobs = 10, report_cases = 100;
  std::mt19937 random(2);
  RunResult run;
  run.timestamp = "2026-11-26T02:00:00";
  for (int j = 0; j < report_jobs; ++j) {
    JobResult& job = run.jobs.emplace_back();
    job.name = fmt::format("boot-linux_{}-lean-busybox-initrd_only-tcg", j);
    job.directory = dir.path() / "run" / job.name;
    for (int c = 0; c < report_cases; ++c) {
      CaseResult& result = job.cases.emplace_back();
      result.suite = "boot";
      result.name = fmt::format("case-{}", c);
      result.outcome = random() % 20 == 0 ? Outcome::fail : Outcome::pass;
      result.excerpt = std::vector<std::string>(40, "[    1.000000] a line of its console");
      dir.file(fmt::format("run/{}/{}/console.txt", job.name, result.name), console_text(random));
    }
  }
  RunRecord record = record_of(run);
  record.name = "20261126-020000";
  const Overview overview = make_overview(record, HistoryView{});
  const fs::path site = dir.path() / "site";
  const HistoryView view;
  const std::vector<RunEntry> runs;
  bench.time("report of 1,000 cases with their consoles", 2, [&] {
    if (auto written = write_site({run, overview, view, runs, {}}, site); !written)
      throw std::runtime_error(written.error().what);
  });
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(site))
    bytes += entry.file_size();
  bench.report("size of that report", static_cast<double>(bytes) / (1 << 20), 20, "MiB");
}

}  // namespace
}  // namespace bootgate

int main(int argc, char** argv) {
  using namespace bootgate;
  TempDir dir;
  Bench bench;
  time_history(bench, dir.path() / "history.db", argc > 1 ? std::atoi(argv[1]) : 200'000);
  time_report(bench, dir);
  return bench.status();
}
