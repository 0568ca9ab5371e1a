// A month of nights, made up: three kernels, two suites, and what was planted in them.
#pragma once

#include <fmt/format.h>

#include <array>
#include <random>

#include "harness/support/timestamp.hpp"
#include "reports/history.hpp"
#include "reports/overview.hpp"
#include "tests/reports/sample_run.hpp"

namespace bootgate {

class Month {
 public:
  static constexpr int nights = 30;
  static constexpr int cut_off = 9;      // after its second job
  static constexpr int regression = 12;  // rust_print on 6.12, until
  static constexpr int repair = 20;
  static constexpr int broken_bench = 15;  // no QEMU at all
  static constexpr int slow_down = 18;     // login on 7.2
  static constexpr int sample_vanishes = 22;
  static constexpr std::array<int, 4> flakes{3, 11, 17, 26};  // boot/dev-nodes on 6.12

  static std::string name(int night) { return fmt::format("202611{:02}-020000", night); }

  static RunResult night(int number) {
    std::mt19937 random(static_cast<unsigned>(number));
    RunResult run;
    run.timestamp = fmt::format("2026-11-{:02}T02:00:00", number);
    for (const char* kernel : {"linux_source_6.12", "linux.git_master", "linux_source_7.2"})
      for (const char* suite : {"boot", "rust"})
        run.jobs.push_back(job(number, suite, kernel, random));
    if (number == broken_bench) {
      run.error = Error{Error::Kind::bench, "no QEMU", {}, {}};
      for (JobResult& one : run.jobs)
        for (CaseResult& result : one.cases)
          result.outcome = Outcome::not_run;
    }
    return run;
  }

  /// As nightly does it: job by job. The night that is cut off is never finished.
  static Result<> record(History& history, int number) {
    RunRecord whole = record_of(night(number));
    whole.name = name(number);
    RunRecord start = whole;
    start.jobs.clear();
    start.error.clear();
    auto done = history.begin_run(start, "");
    std::size_t jobs = number == cut_off ? 2 : whole.jobs.size();
    for (std::size_t i = 0; done && i < jobs; ++i)
      done = history.add_job(whole.name, whole.jobs[i]);
    if (done && number != cut_off) done = history.finish_run(whole.name, whole.error, false);
    return done;
  }

  static Overview overview(const History& history, int number) {
    return make_overview(history.run(name(number)).value().value(), view_history(history, name(number)).value());
  }

 private:
  static CaseResult passed(const std::string& suite, const std::string& name) {
    CaseResult result = sample_case(name, Outcome::pass);
    result.suite = suite;
    return result;
  }

  static JobResult job(int number, const std::string& suite, const std::string& kernel, std::mt19937& random) {
    JobResult job;
    job.name = fmt::format("{}-{}-busybox-initrd_only-tcg", suite, kernel);
    job.timestamp = fmt::format("2026-11-{:02}T02:00:00", number);
    job.took = Duration(60'000);
    std::normal_distribution<double> noise(0, 0.02);
    const bool is_slow = number >= slow_down && kernel == "linux_source_7.2";
    const double login = (is_slow ? 1.9 : 1.2) * (1 + noise(random));
    job.facts = {
        {"kernel.release", kernel},
        {"kernel.origin", kernel == "linux.git_master"
                              ? fmt::format("commit {:012x} (master of /linux), built with host", 0x1000 + number)
                              : fmt::format("{} 1.{}", kernel, number)},
        {"bisect.options", "--suite " + suite},
        {"time.kernel", fmt::format("{:.3f}", 0.25 * (1 + noise(random)))},
        {"time.init", fmt::format("{:.3f}", 0.7 * (1 + noise(random)))},
        {"time.login", fmt::format("{:.3f}", login)},
        {"size.kernel", "7340032"}};
    if (number == broken_bench) job.facts.resize(1);
    const std::vector<std::string> cases =
        suite == "boot"
            ? std::vector<std::string>{"build", "banner", "login", "dev-nodes", "clean-end"}
            : std::vector<std::string>{"build", "rust_minimal", "rust_print", "rust_misc_device", "clean-end"};
    for (const std::string& name : cases) {
      if (name == "rust_misc_device" && kernel == "linux_source_7.2" && number >= sample_vanishes) continue;
      CaseResult result = passed(suite, name);
      if (name == "rust_print" && kernel == "linux.git_master" && number >= regression && number < repair) {
        result.outcome = Outcome::fail;
        result.cause = Cause::deadline;
        result.reason = "not within 8s: rust_print: Rust printing";
      }
      if (name == "dev-nodes" && kernel == "linux_source_6.12" &&
          std::find(flakes.begin(), flakes.end(), number) != flakes.end()) {
        CaseResult failed = result;
        failed.outcome = Outcome::fail;
        failed.reason = "92 nodes, wanted 93";
        result.outcome = Outcome::flaky;
        result.reason = failed.reason;
        result.earlier = {failed};
      }
      job.cases.push_back(std::move(result));
    }
    return job;
  }
};

}  // namespace bootgate
