#include "harness/run/exec.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "harness/machine/machine_spec.hpp"
#include "harness/run/bring_up.hpp"
#include "harness/run/command_relay.hpp"
#include "harness/run/evidence.hpp"
#include "harness/run/guest.hpp"
#include "harness/run/judge.hpp"
#include "harness/support/random.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

/// The only ends of the wait for a command are the command's, the kernel's, and those that the user asks for.
constexpr Duration no_limit = 24h * 365;

constexpr std::size_t most_console_lines = 20;

/// What a boot can do without when it isn't itself under test: a quarter of its time under TCG.
constexpr const char* shortcuts[] = {
    "no_timer_check",     // whether timer interrupts come at all (check_timer in io_apic.c)
    "cryptomgr.notests",  // ciphers against known answers
    "noreplace-smp",      // instructions without their lock prefix, on one CPU
};

MachineSpec machine_spec(const ExecInputs& inputs, const std::string& nonce) {
  const Job& job = inputs.plan.jobs.front();
  MachineSpec spec;
  spec.qemu = inputs.plan.host.qemu;
  spec.profile = job.profile;
  spec.accelerator = job.accelerator.kind;
  spec.kernel = inputs.files.kernel;
  spec.initramfs = inputs.files.initramfs.file;
  KernelParameters parameters{nonce, job.time_scale, {}};
  parameters.terse = !inputs.verbose;
  parameters.append = {"rdinit=/lib/bootgate/exec"};
  parameters.append.insert(parameters.append.end(), std::begin(shortcuts), std::end(shortcuts));
  if (inputs.hosts_files) {
    spec.shared_directory = "/";
    parameters.append.emplace_back("bootgate_root=host");
  }
  const std::vector<std::string>& append = inputs.plan.options.append;
  parameters.append.insert(parameters.append.end(), append.begin(), append.end());
  spec.kernel_command_line = kernel_command_line(parameters);
  spec.extra_arguments = inputs.plan.options.qemu_arguments;
  spec.console_log = EvidenceFiles{inputs.directory}.console();
  return spec;
}

/// One command on one guest.
class CommandRun {
 public:
  explicit CommandRun(const ExecInputs& inputs) : inputs_(inputs), nonce_(random_hex(8)), channel_(nonce_) {}

  Result<ExecResult> run() {
    if (inputs_.timeout) timeout_ = Clock::now() + *inputs_.timeout;
    if (auto started = start(); !started) return tl::unexpected(started.error());
    const Duration patience = guest_->scaled_by_job(boot_patience);
    auto ready = [&] { return channel_.ready() || troubled() || timed_out(); };
    const End booted = guest_->wait(ready, Clock::now() + patience, false);
    if (booted != End::matched || !channel_.ready()) return ended(booted, "the command was not started", patience);
    guest_->machine().let_control_gather();
    channel_.set_command(inputs_.command);
    CommandRelay relay(guest_->machine(), channel_);
    auto done = [&] {
      relay.move();
      return (channel_.status() && relay.idle()) || relay.write_failure() != 0 || troubled() || timed_out();
    };
    const End end = guest_->wait(done, Clock::now() + no_limit, false);
    if (relay.write_failure() != 0 && end == End::matched) {
      result_.end = ExecResult::End::reader_gone;
      ExecResult result = finished();
      if (relay.reader_gone()) return result;
      return bench_error(fmt::format("can't write the command's output: {}", std::strerror(relay.write_failure())));
    }
    return ended(end, "the command was running", {});
  }

 private:
  Result<> start() {
    auto machine = Machine::start(machine_spec(inputs_, nonce_), inputs_.stop);
    if (!machine) return tl::unexpected(machine.error());
    GuestSetup setup;
    setup.nonce = setup.boot_nonce = nonce_;
    setup.time_scale = inputs_.plan.jobs.front().time_scale;
    setup.silence = no_limit;
    setup.limit = Clock::now() + no_limit;
    setup.signatures = inputs_.signatures;
    setup.reports_first = false;  // what the command writes, and its end, must not wait for the kernel
    setup.on_control = [this](std::string_view bytes) { channel_.feed(bytes); };
    if (inputs_.verbose) setup.on_line = [](const std::string& line) { fmt::print(stderr, "{}\n", printable(line)); };
    guest_ = std::make_unique<Guest>(std::move(*machine), std::move(setup));
    // What the kernel survives, the command may survive too, and is then told with its end.
    guest_->begin_case([](const CrashReport& report) { return report.severity < Severity::fatal; });
    return guest_->resume();
  }

  bool troubled() const { return !channel_.trouble().empty(); }
  bool timed_out() const { return timeout_ && Clock::now() >= *timeout_; }

  Result<ExecResult> ended(End end, const char* when, Duration within) {
    if (end == End::stopped) return interrupted_error();
    if (end == End::matched && troubled()) {
      guest_->machine().end();
      return bench_error("the guest can't run the command: " + channel_.trouble());
    }
    const bool is_told = channel_.output().empty() && channel_.errors().empty();
    const bool has_status = end == End::matched && channel_.status() && is_told;
    if (has_status) result_.status = *channel_.status();
    if (end == End::matched && !has_status) {
      result_.end = ExecResult::End::timeout;
      const char* what = !channel_.ready()    ? when
                         : !channel_.status() ? "the command still ran"
                                              : "nobody had taken all that the command wrote";
      result_.reason = fmt::format("{} after {}", what, format_duration(*inputs_.timeout));
    }
    if (end == End::matched) return finished();
    const Verdict verdict = judge(end, *guest_, when, within, 0);
    if (verdict.outcome == Outcome::error) return bench_error(verdict.reason, verdict.details);
    result_.end = ExecResult::End::kernel;
    result_.reason = verdict.reason;
    return finished();
  }

  /// What the command made the kernel print is in our pipe before its status is.
  ExecResult finished() {
    guest_->machine().also_wait_for({});
    guest_->pump(Clock::now());
    guest_->settle();
    guest_->machine().end();
    for (const CrashReport& report : guest_->reports())
      if (is_failure(report)) result_.reports.push_back(report);
    const auto& lines = guest_->console().lines();
    for (std::size_t i = lines.size() - std::min(lines.size(), most_console_lines); i < lines.size(); ++i)
      result_.console.push_back(printable(lines[i].text));
    return std::move(result_);
  }

  const ExecInputs& inputs_;
  std::string nonce_;
  ExecChannel channel_;
  std::unique_ptr<Guest> guest_;
  std::optional<TimePoint> timeout_;
  ExecResult result_;
};

}  // namespace

Result<ExecResult> exec(const ExecInputs& inputs) {
  // Both are errors of a write or a read then: a reader that went, and a terminal that another job has.
  for (int signal : {SIGPIPE, SIGTTIN})
    std::signal(signal, SIG_IGN);
  return CommandRun(inputs).run();
}

}  // namespace bootgate
