#include "harness/run/job_runner.hpp"

#include <fmt/format.h>
#include <sys/random.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <cstdlib>

#include "harness/run/case_runner.hpp"
#include "harness/run/diagnosis.hpp"
#include "harness/run/evidence.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

constexpr Duration power_off_patience = 30s;

std::string make_nonce() {
  unsigned char bytes[8];
  // Never short for so few bytes, once the kernel has seeded (getrandom(2)).
  (void)!::getrandom(bytes, sizeof bytes, 0);
  std::string nonce;
  for (unsigned char byte : bytes)
    nonce += fmt::format("{:02x}", byte);
  return nonce;
}

class JobRunner {
 public:
  JobRunner(const JobInputs& inputs, const EmitEvent& emit, std::stop_token stop)
      : inputs_(inputs),
        job_(inputs.plan.jobs[inputs.index]),
        emit_(emit),
        stop_(std::move(stop)),
        files_{inputs.directory},
        result_(job_outline(job_)),
        spec_(machine_spec()) {
    result_.directory = inputs.directory;
    result_.timestamp = utc_timestamp();
    kernel_.release = inputs.files.kernel.release;
  }

  JobResult run() {
    const TimePoint start = Clock::now();
    emit_(JobStarted{inputs_.index, files_.directory});
    auto guest = prepare().and_then([&] { return boot(); });
    if (!guest) {
      finish_case(0, bench_failure(guest.error()));
      lose_machine(one_line(guest.error()));
      skip_the_rest(1);
    } else {
      run_cases(*guest);
      end(*guest);
      note_guest_facts(*guest);
    }
    note_facts();
    result_.took = std::chrono::duration_cast<Duration>(Clock::now() - start);
    if (auto written = write_findings(files_, result_); !written && result_.cases.back().outcome == Outcome::pass)
      finish_case(result_.cases.size() - 1, bench_failure(written.error()));
    emit_(JobDone{inputs_.index, result_});
    return result_;
  }

 private:
  MachineSpec machine_spec() {
    MachineSpec spec;
    spec.qemu = inputs_.plan.host.qemu;
    spec.profile = job_.profile;
    spec.accelerator = job_.accelerator.kind;
    spec.kernel = inputs_.files.kernel.image;
    spec.initramfs = inputs_.files.initramfs.file;
    spec.kernel_command_line = kernel_command_line({nonce_, job_.time_scale, inputs_.plan.options.append});
    spec.extra_arguments = inputs_.plan.options.qemu_arguments;
    spec.console_log = files_.console();
    return spec;
  }

  Result<> prepare() {
    if (auto made = make_directories(files_.directory); !made) return made;
    if (auto written = write_replay(files_, spec_); !written) return written;
    const auto& config = inputs_.files.kernel.config;
    if (!config) return {};
    std::error_code failure;
    fs::copy_file(*config, files_.kernel_config(), fs::copy_options::overwrite_existing, failure);
    if (auto symbols = read_kernel_config(*config)) kernel_.config = std::move(*symbols);
    return {};
  }

  Result<std::unique_ptr<Guest>> boot() {
    auto machine = Machine::start(spec_, stop_);
    if (!machine) return tl::unexpected(machine.error());
    GuestSetup setup;
    setup.nonce = nonce_;
    setup.has_control = inputs_.files.has_control;
    setup.time_scale = job_.time_scale;
    setup.silence = scaled(job_.suite.silence, job_.time_scale);
    setup.limit = Clock::now() + scaled(job_.suite.limit, job_.time_scale);
    setup.signatures = inputs_.signatures;
    setup.timed_log = files_.timed_console();
    setup.on_line = [this](const std::string& text) { emit_(ConsoleLine{inputs_.index, text}); };
    auto guest = std::make_unique<Guest>(std::move(*machine), std::move(setup));
    if (auto resumed = guest->resume(); !resumed) return tl::unexpected(resumed.error());
    return guest;
  }

  void run_cases(std::unique_ptr<Guest>& guest) {
    for (std::size_t i = 0; i < job_.suite.cases.size(); ++i) {
      const Case& the_case = job_.suite.cases[i];
      if (!lost_.empty()) {
        finish_case(i, not_run());
        continue;
      }
      emit_(CaseStarted{inputs_.index, i});
      if (auto reason = unmet_needs(*guest, the_case)) {
        finish_case(i, skipped(the_case, *reason));
        continue;
      }
      CaseResult result = run_case(*guest, job_.suite, the_case, context_);
      finish_case(i, result);
      if (result.outcome != Outcome::pass) look_after(*guest, the_case, result);
      // A case that ends the machine on purpose leaves nothing to the next ones.
      if (lost_.empty() && !guest->alive() && i + 1 < job_.suite.cases.size())
        lose_machine(fmt::format("the machine ended in {}", the_case.name));
    }
  }

  /// After a case that did not pass: can the next one still use the machine?
  void look_after(Guest& guest, const Case& the_case, const CaseResult& result) {
    const bool booting = the_case.during == Case::During::boot;
    const bool waited_in_vain =
        result.cause == Cause::deadline || result.cause == Cause::silence || result.cause == Cause::control_lost;
    bool answers = guest.alive() && !booting && answers_still(guest);
    if (waited_in_vain && !answers && guest.alive() && !stop_.stop_requested()) {
      emit_(Progress{"the guest does not answer: collecting its state"});
      (void)write_file_atomically(files_.diagnosis(), diagnose(guest));
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
      if (config && config->status == 0 && write_file_atomically(files_.kernel_config(), config->output))
        if (auto symbols = read_kernel_config(files_.kernel_config())) kernel_.config = std::move(*symbols);
    }
    return unmet(the_case.needs, kernel_, inputs_.plan.host);
  }

  /// Powers the guest off when no case has, ends QEMU, and judges the end.
  void end(std::unique_ptr<Guest>& guest) {
    const std::size_t index = result_.cases.size() - 1;
    emit_(CaseStarted{inputs_.index, index});
    const TimePoint start = Clock::now();
    guest->begin_case({});
    Verdict verdict = power_off(*guest);
    ExitStatus qemu = guest->machine().end();
    (void)write_file_atomically(files_.qemu_errors(), guest->qemu_errors());
    if (!lost_.empty()) {
      finish_case(index, not_run());
      return;
    }
    if (verdict.passed() && !qemu.ok())
      verdict = {Outcome::error, Cause::exited, fmt::format("QEMU ended with {}", describe(qemu)),
                 guest->qemu_errors()};
    CaseResult result = result_.cases[index];
    result.outcome = verdict.outcome;
    result.cause = verdict.cause;
    result.reason = verdict.reason;
    result.details = verdict.details;
    result.reports.assign(guest->reports().begin() + static_cast<std::ptrdiff_t>(context_.reports),
                          guest->reports().end());
    result.took = std::chrono::duration_cast<Duration>(Clock::now() - start);
    finish_case(index, result);
  }

  Verdict power_off(Guest& guest) {
    if (!lost_.empty()) return {};
    // A power step may have left reports behind, and so may the time since the last case.
    Duration within = guest.scaled_by_job(power_off_patience);
    bool was_alive = guest.alive();
    // A suite of boot cases alone may be done before our init has started the control loop. Another root has none, and
    // its shell is ready only when a step has used it.
    Duration patience = inputs_.files.has_control ? within : Duration(0);
    End ready = guest.wait([&] { return !was_alive || guest.control_ready(); }, Clock::now() + patience, false);
    if (ready == End::deadline)
      return {Outcome::skip, Cause::none, "no shell to power the guest off with", {}};
    if (ready != End::matched) return judge(ready, guest, "powering the guest off", within, context_.reports);
    if (was_alive) guest.ask_power(true);
    bool off_expected = was_alive;
    End end =
        guest.wait([&] { return !off_expected || guest.power() == "guest-shutdown"; }, Clock::now() + within, false);
    guest.settle();
    return judge(end, guest, "powering the guest off", within, context_.reports);
  }

  void finish_case(std::size_t index, CaseResult result) {
    result.suite = job_.suite.name;
    result.name = result_.cases[index].name;
    result_.cases[index] = result;
    emit_(CaseDone{inputs_.index, index, std::move(result)});
  }

  void skip_the_rest(std::size_t from) {
    for (std::size_t i = from; i < result_.cases.size(); ++i)
      finish_case(i, not_run());
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

  static CaseResult bench_failure(const Error& error) {
    CaseResult result;
    result.outcome = Outcome::error;
    result.cause = error.kind == Error::Kind::interrupted ? Cause::stopped : Cause::bench;
    result.reason = one_line(error);
    return result;
  }

  void fact(std::string name, std::string value) { result_.facts.emplace_back(std::move(name), std::move(value)); }

  void note_guest_facts(const std::unique_ptr<Guest>& guest) {
    auto phase = [&](const char* name, const std::optional<Duration>& at) {
      if (at) fact(name, format_seconds(*at));
    };
    phase("time.first_byte", guest->phases().first_byte);
    phase("time.kernel", guest->phases().kernel);
    phase("time.init", guest->phases().init);
    phase("time.login", guest->phases().login);
    fact("console.bytes", std::to_string(guest->console().bytes()));
  }

  void note_facts() {
    const KernelImage& kernel = inputs_.files.kernel;
    fact("kernel.release", kernel.release);
    fact("kernel.version", kernel.version);
    fact("kernel.origin", kernel.origin);
    fact("kernel.file", kernel.image.string());
    fact("kernel.sha256", kernel.sha256);
    fact("initramfs.sha256", inputs_.files.initramfs.sha256);
    fact("qemu.version", inputs_.plan.host.qemu_version);
    fact("accelerator", std::string(to_string(job_.accelerator.kind)));
    fact("accelerator.reason", job_.accelerator.reason);
    fact("profile", job_.profile.name);
    fact("machine",
         fmt::format("{}, {} CPU, {} MiB", job_.profile.machine, job_.profile.cpus, job_.profile.memory_mib));
    fact("kernel.command_line", spec_.kernel_command_line);
    fact("nonce", nonce_);
    fact("time_scale", fmt::format("{}", job_.time_scale));
    double load = 0;
    if (::getloadavg(&load, 1) == 1) fact("host.load", fmt::format("{:.2f}", load));
    fact("host.cpus", std::to_string(::get_nprocs()));
  }

  const JobInputs& inputs_;
  const Job& job_;
  const EmitEvent& emit_;
  std::stop_token stop_;
  EvidenceFiles files_;
  JobResult result_;
  const std::string nonce_ = make_nonce();
  MachineSpec spec_;
  KernelFacts kernel_;
  CaseContext context_;
  std::string lost_;  // why there is no machine for the cases that are left
  bool asked_guest_config_ = false;
};

}  // namespace

JobResult job_outline(const Job& job) {
  JobResult outline;
  outline.name = job.name;
  for (const Case& the_case : job.suite.cases) {
    CaseResult result;
    result.suite = job.suite.name;
    result.name = the_case.name;
    outline.cases.push_back(std::move(result));
  }
  CaseResult last;
  last.suite = job.suite.name;
  last.name = clean_end_case;
  outline.cases.push_back(std::move(last));
  return outline;
}

JobResult run_job(const JobInputs& inputs, const EmitEvent& emit, std::stop_token stop) {
  return JobRunner(inputs, emit, std::move(stop)).run();
}

}  // namespace bootgate
