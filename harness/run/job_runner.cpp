#include "harness/run/job_runner.hpp"

#include <fmt/format.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <cstdlib>

#include "fixtures/kconfig/settings.hpp"
#include "harness/run/boot.hpp"
#include "harness/run/case_runner.hpp"
#include "harness/run/diagnosis.hpp"
#include "harness/support/text.hpp"
#include "harness/symbols/stack_decoder.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

/// From QEMU's start to a guest that takes commands.
constexpr Duration boot_patience = 60s;

bool shares_machine(const Job& job) {
  return std::any_of(job.suite.cases.begin(), job.suite.cases.end(), [](const Case& c) { return !c.own_machine; });
}

class JobRunner {
 public:
  JobRunner(const JobInputs& inputs, const EmitEvent& emit, std::stop_token stop)
      : inputs_(inputs),
        job_(inputs.job),
        emit_(emit),
        stop_(std::move(stop)),
        boot_(inputs, EvidenceFiles{inputs.directory}, emit, stop_),
        result_(job_outline(job_)) {
    result_.directory = inputs.directory;
    result_.timestamp = utc_timestamp();
    kernel_.release = inputs.files.kernel.release;
    kernel_.modules = inputs.files.modules;
  }

  JobResult run() {
    const TimePoint start = Clock::now();
    emit_(JobStarted{inputs_.index, result_});
    if (job_.builds) finish_case(0, built());
    note_kernel_config();
    if (shares_machine(job_)) run_shared();
    for (std::size_t i = 0; i < job_.suite.cases.size(); ++i)
      if (job_.suite.cases[i].own_machine) run_alone(i);
    note_facts();
    result_.took = std::chrono::duration_cast<Duration>(Clock::now() - start);
    if (auto written = write_findings(boot_.files(), result_);
        !written && result_.cases.back().outcome == Outcome::pass)
      finish_case(result_.cases.size() - 1, bench_failure(written.error()));
    emit_(JobDone{inputs_.index, result_});
    return result_;
  }

 private:
  /// Where the result of the suite's case stands.
  std::size_t place(std::size_t case_index) const { return case_index + (job_.builds ? 1 : 0); }

  CaseResult built() const {
    CaseResult result;
    result.outcome = Outcome::pass;
    result.took = inputs_.files.build_took;
    return result;
  }

  void note_kernel_config() {
    const auto& config = inputs_.files.kernel.config;
    if (!config || !make_directories(boot_.files().directory)) return;
    std::error_code failure;
    fs::copy_file(*config, boot_.files().kernel_config(), fs::copy_options::overwrite_existing, failure);
    if (auto symbols = read_kernel_config(*config)) kernel_.config = std::move(*symbols);
  }

  void run_shared() {
    auto guest = boot_.start();
    if (!guest) {
      lose_machine(one_line(guest.error()));
      bool told = false;
      for (std::size_t i = 0; i < job_.suite.cases.size(); ++i)
        if (!job_.suite.cases[i].own_machine)
          finish_case(place(i), std::exchange(told, true) ? not_run() : bench_failure(guest.error()));
      finish_case(result_.cases.size() - 1, not_run());
      return;
    }
    run_cases(*guest);
    end(*guest);
    note_guest_facts(**guest);
  }

  void run_cases(std::unique_ptr<Guest>& guest) {
    for (std::size_t i = 0; i < job_.suite.cases.size(); ++i) {
      const Case& the_case = job_.suite.cases[i];
      if (the_case.own_machine) continue;
      if (!lost_.empty()) {
        finish_case(place(i), not_run());
        continue;
      }
      emit_(CaseStarted{inputs_.index, place(i)});
      if (auto reason = unmet_needs(*guest, the_case)) {
        finish_case(place(i), skipped(the_case, *reason));
        continue;
      }
      CaseResult result = run_case(*guest, job_.suite, the_case, context_);
      finish_case(place(i), result);
      if (!was_done(result)) look_after(*guest, the_case, result);
      // A case that ends the machine on purpose leaves nothing to the next ones.
      if (lost_.empty() && !guest->alive() && i + 1 < job_.suite.cases.size())
        lose_machine(fmt::format("the machine ended in {}", the_case.name));
    }
  }

  /// A fresh boot for one case, which its end belongs to.
  void run_alone(std::size_t index) {
    const Case& the_case = job_.suite.cases[index];
    emit_(CaseStarted{inputs_.index, place(index)});
    if (stop_.stop_requested()) return finish_case(place(index), not_run());
    if (!the_case.skip_reason.empty()) return finish_case(place(index), skipped(the_case, the_case.skip_reason));
    if (!the_case.broken_reason.empty()) return finish_case(place(index), broken(the_case));
    if (auto reason = unmet(the_case.needs, kernel_, job_.accelerator.kind, inputs_.plan.host))
      return finish_case(place(index), skipped(the_case, *reason));
    const TimePoint start = Clock::now();
    Boot boot(inputs_, EvidenceFiles{inputs_.directory / the_case.name}, emit_, stop_);
    auto guest = boot.start();
    if (!guest) return finish_case(place(index), bench_failure(guest.error()));
    CaseResult result = run_on(**guest, the_case, boot);
    result.took = std::chrono::duration_cast<Duration>(Clock::now() - start);
    finish_case(place(index), std::move(result));
  }

  CaseResult run_on(Guest& guest, const Case& the_case, const Boot& boot) {
    const Duration within = guest.scaled_by_job(boot_patience);
    guest.begin_case({});
    End ready = guest.wait([&] { return guest.control_ready(); }, Clock::now() + within, false);
    CaseContext context;
    CaseResult result;
    if (ready == End::matched)
      result = run_case(guest, job_.suite, the_case, context);
    else
      take(judge(ready, guest, "booting", within, 0), result);
    if (waited_in_vain(result) && guest.alive() && !stop_.stop_requested())
      (void)write_file_atomically(boot.files().diagnosis(), diagnose(guest));
    Verdict end = end_of(guest, the_case, boot, context.reports);
    if (was_done(result) && !end.passed()) take(std::move(end), result);
    if (result.outcome != Outcome::pass) result.reports = guest.reports();
    take(weigh_known_issues({result.outcome, result.cause, result.reason, result.details}, guest.reports()), result);
    return result;
  }

  /// A kernel that was made to fail need not be able to power itself off.
  Verdict end_of(Guest& guest, const Case& the_case, const Boot& boot, std::size_t first_report) const {
    if (!expects_report(the_case)) return end_guest(guest, inputs_.files, boot.files(), first_report);
    guest.machine().end();
    return {};
  }

  /// All its steps were done, whatever known issue came meanwhile.
  static bool was_done(const CaseResult& result) {
    return result.outcome == Outcome::pass || (result.outcome == Outcome::known && result.cause == Cause::signature);
  }

  static void take(Verdict verdict, CaseResult& result) {
    result.outcome = verdict.outcome;
    result.cause = verdict.cause;
    result.reason = std::move(verdict.reason);
    result.details = std::move(verdict.details);
  }

  static bool waited_in_vain(const CaseResult& result) {
    return result.cause == Cause::deadline || result.cause == Cause::silence || result.cause == Cause::control_lost;
  }

  /// After a case that did not pass: can the next one still use the machine?
  void look_after(Guest& guest, const Case& the_case, const CaseResult& result) {
    const bool booting = the_case.during == Case::During::boot;
    bool answers = guest.alive() && !booting && answers_still(guest);
    if (waited_in_vain(result) && !answers && guest.alive() && !stop_.stop_requested()) {
      emit_(Progress{"the guest does not answer: collecting its state"});
      (void)write_file_atomically(boot_.files().diagnosis(), diagnose(guest));
    }
    if (!answers) lose_machine(fmt::format("{}: {}", the_case.name, result.reason));
  }

  bool answers_still(Guest& guest) {
    if (!guest.control_ready()) return false;
    auto answer = guest.command(":", Clock::now() + guest.scaled_by_job(5s));
    return std::holds_alternative<ControlAnswer>(answer);
  }

  /// Why the case can't run here. A config that came with no kernel may still be in the guest.
  std::optional<std::string> unmet_needs(Guest& guest, const Case& the_case) {
    bool asks_config = std::any_of(the_case.needs.begin(), the_case.needs.end(), [](const Requirement& need) {
      return need.subject == Requirement::Subject::config;
    });
    if (asks_config && !kernel_.config && the_case.during == Case::During::booted && !asked_guest_config_) {
      asked_guest_config_ = true;
      auto answer = guest.command("zcat /proc/config.gz", Clock::now() + guest.scaled_by_job(10s));
      const auto* config = std::get_if<ControlAnswer>(&answer);
      if (config && config->status == 0 && write_file_atomically(boot_.files().kernel_config(), config->output))
        if (auto symbols = read_kernel_config(boot_.files().kernel_config())) kernel_.config = std::move(*symbols);
    }
    return unmet(the_case.needs, kernel_, job_.accelerator.kind, inputs_.plan.host);
  }

  /// Ends the machine that cases have shared, and judges the end.
  void end(std::unique_ptr<Guest>& guest) {
    const std::size_t index = result_.cases.size() - 1;
    emit_(CaseStarted{inputs_.index, index});
    const TimePoint start = Clock::now();
    Verdict verdict;
    if (lost_.empty())
      verdict = end_guest(*guest, inputs_.files, boot_.files(), context_.reports);
    else
      guest->machine().end();
    if (!lost_.empty()) return finish_case(index, not_run());
    CaseResult result = result_.cases[index];
    result.reports.assign(guest->reports().begin() + static_cast<std::ptrdiff_t>(context_.reports),
                          guest->reports().end());
    take(weigh_known_issues(std::move(verdict), result.reports), result);
    result.took = std::chrono::duration_cast<Duration>(Clock::now() - start);
    finish_case(index, result);
  }

  void finish_case(std::size_t index, CaseResult result) {
    for (CrashReport& report : result.reports)
      decode(report);
    result.suite = job_.suite.name;
    result.name = result_.cases[index].name;
    result_.cases[index] = result;
    emit_(CaseDone{inputs_.index, index, std::move(result)});
  }

  void decode(CrashReport& report) {
    const KernelImage& kernel = inputs_.files.kernel;
    if (!decoder_ && kernel.vmlinux) decoder_ = StackDecoder::open({*kernel.vmlinux, kernel.modules});
    if (!decoder_)
      report.undecoded = "there is no vmlinux";
    else if (!*decoder_)
      report.undecoded = one_line(decoder_->error());
    else
      (*decoder_)->decode(report);
  }

  void lose_machine(std::string why) { lost_ = std::move(why); }

  CaseResult not_run() const {
    CaseResult result;
    result.reason = stop_.stop_requested() ? "interrupted" : lost_;
    return result;
  }

  static CaseResult skipped(const Case& the_case, const std::string& reason) {
    CaseResult result;
    result.outcome = the_case.required ? Outcome::fail : Outcome::skip;
    result.cause = the_case.required ? Cause::mismatch : Cause::none;
    result.reason = the_case.required ? "required, but can't run: " + reason : reason;
    return result;
  }

  /// What can't be tried: a sample that did not compile.
  static CaseResult broken(const Case& the_case) {
    CaseResult result;
    result.outcome = Outcome::fail;
    result.cause = Cause::mismatch;
    result.reason = "it does not compile";
    result.details = the_case.broken_reason;
    return result;
  }

  static CaseResult bench_failure(const Error& error) {
    CaseResult result;
    result.outcome = Outcome::error;
    result.cause = error.kind == Error::Kind::interrupted ? Cause::stopped : Cause::bench;
    result.reason = one_line(error);
    return result;
  }

  void fact(std::string name, std::string value) { result_.facts.emplace_back(std::move(name), std::move(value)); }

  void note_guest_facts(const Guest& guest) {
    auto phase = [&](const char* name, const std::optional<Duration>& at) {
      if (at) fact(name, format_seconds(*at));
    };
    phase("time.first_byte", guest.phases().first_byte);
    phase("time.kernel", guest.phases().kernel);
    phase("time.init", guest.phases().init);
    phase("time.login", guest.phases().login);
    fact("console.bytes", std::to_string(guest.console().bytes()));
  }

  void note_facts() {
    const KernelImage& kernel = inputs_.files.kernel;
    fact("kernel.release", kernel.release);
    fact("kernel.version", kernel.version);
    fact("kernel.origin", kernel.origin);
    fact("kernel.file", kernel.image.string());
    fact("kernel.sha256", kernel.sha256);
    for (const auto& [name, value] : inputs_.files.facts)
      fact(name, value);
    fact("initramfs.sha256", inputs_.files.initramfs.sha256);
    fact("qemu.version", inputs_.plan.host.qemu_version);
    fact("accelerator", std::string(to_string(job_.accelerator.kind)));
    fact("accelerator.reason", job_.accelerator.reason);
    fact("profile", job_.profile.name);
    fact("machine",
         fmt::format("{}, {} CPU, {} MiB", job_.profile.machine, job_.profile.cpus, job_.profile.memory_mib));
    fact("kernel.command_line", boot_.spec().kernel_command_line);
    fact("nonce", boot_.nonce());
    fact("time_scale", fmt::format("{}", job_.time_scale));
    double load = 0;
    if (::getloadavg(&load, 1) == 1) fact("host.load", fmt::format("{:.2f}", load));
    fact("host.cpus", std::to_string(::get_nprocs()));
  }

  const JobInputs& inputs_;
  const Job& job_;
  const EmitEvent& emit_;
  std::stop_token stop_;
  Boot boot_;  // of the machine that cases share
  JobResult result_;
  KernelFacts kernel_;
  CaseContext context_;
  std::optional<Result<StackDecoder>> decoder_;  // opened for the first report
  std::string lost_;                             // why there is no machine for the cases that are left
  bool asked_guest_config_ = false;
};

}  // namespace

JobResult job_outline(const Job& job) {
  JobResult outline;
  outline.name = job.name;
  auto add = [&](std::string_view name) {
    CaseResult result;
    result.suite = job.suite.name;
    result.name = name;
    outline.cases.push_back(std::move(result));
  };
  if (job.builds) add(build_case);
  for (const Case& the_case : job.suite.cases)
    add(the_case.name);
  if (shares_machine(job)) add(clean_end_case);
  outline.samples = job.suite.samples;
  return outline;
}

JobResult run_job(const JobInputs& inputs, const EmitEvent& emit, std::stop_token stop) {
  return JobRunner(inputs, emit, std::move(stop)).run();
}

}  // namespace bootgate
