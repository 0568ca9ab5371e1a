#include "harness/run/boot.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/job_machine.hpp"
#include "harness/support/random.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

constexpr Duration power_off_patience = 30s;

/// Of the case at this place of the report, which begins with `build` where there is one.
bool wants_internet(const Job& job, std::optional<std::size_t> case_index) {
  const std::size_t first = job.builds ? 1 : 0;
  if (!case_index || *case_index < first || *case_index - first >= job.suite.cases.size()) return false;
  return job.suite.cases[*case_index - first].internet;
}

Verdict ask_to_power_off(Guest& guest, const BootFiles& files, std::size_t first_report) {
  const char* what = "powering the guest off";
  const Duration within = guest.scaled_by_job(power_off_patience);
  TimePoint deadline = Clock::now() + within;
  // A suite of boot cases alone may be done before our init has started the control loop. Another root has none, and
  // its shell is ready only when a step has used it.
  if (!files.has_control && !guest.control_ready())
    return {Outcome::skip, Cause::none, "no shell to power the guest off with", {}};
  End end = guest.wait_until([&] { return guest.control_ready(); }, deadline, false);
  if (end == End::matched) {
    guest.ask_power(true);
    end = guest.wait_until([&] { return guest.power() == "guest-shutdown"; }, deadline, false);
  }
  return judge(end, guest, what, within, first_report);
}

}  // namespace

Boot::Boot(const JobInputs& inputs, EvidenceFiles files, std::optional<std::size_t> case_index)
    : inputs_(inputs),
      files_(std::move(files)),
      case_index_(case_index),
      nonce_(random_hex(8)),
      spec_(job_machine(inputs.plan, inputs.job, inputs.files, nonce_)) {
  spec_.console_log = files_.console();
  spec_.has_internet = wants_internet(inputs.job, case_index_);
}

GuestSetup Boot::setup() const {
  const Job& job = inputs_.job;
  GuestSetup setup;
  setup.nonce = nonce_;
  setup.boot_nonce = nonce_;
  setup.has_control = inputs_.files.has_control;
  setup.time_scale = job.time_scale;
  setup.silence = scaled(job.suite.silence, job.time_scale);
  setup.limit = Clock::now() + scaled(job.suite.limit, job.time_scale);
  setup.signatures = inputs_.signatures;
  setup.directory = files_.directory;
  setup.timed_log = files_.timed_console();
  if (inputs_.files.image && inputs_.files.image->ssh_key) setup.ssh_key = *inputs_.files.image->ssh_key;
  setup.on_line = [emit = inputs_.emit, job = inputs_.index, index = case_index_](const std::string& text) {
    emit(ConsoleLine{job, index, text});
  };
  return setup;
}

Result<Machine> Boot::start_machine(bool clonable) const {
  if (auto made = make_directories(files_.directory); !made) return tl::unexpected(made.error());
  const auto& image = inputs_.files.image;
  const auto image_file = image ? std::optional(image->file) : std::nullopt;
  if (auto written = write_replay(files_, spec_, image_file); !written) return tl::unexpected(written.error());
  MachineSpec spec = spec_;
  if (image) {
    auto disk = disk_on_image(image->file, image->mib, spec.profile.drive, files_.directory);
    if (!disk) return tl::unexpected(disk.error());
    spec.disks.push_back(std::move(*disk));
  }
  for (int mib : spec.profile.disks_mib) {
    auto disk = blank_disk(mib, files_.directory);
    if (!disk) return tl::unexpected(disk.error());
    spec.disks.push_back(std::move(*disk));
  }
  if (!clonable) return Machine::start(spec, inputs_.stop);
  auto memory = GuestMemory::make(spec.profile.memory_mib);
  if (!memory) return tl::unexpected(memory.error());
  return Machine::start(spec, std::move(*memory), inputs_.stop);
}

Result<std::unique_ptr<Guest>> Boot::start(bool clonable) const {
  auto machine = start_machine(clonable);
  if (!machine) return tl::unexpected(machine.error());
  auto guest = std::make_unique<Guest>(std::move(*machine), setup());
  if (auto resumed = guest->resume(); !resumed) return tl::unexpected(resumed.error());
  return guest;
}

Result<std::unique_ptr<Guest>> Boot::clone(const SavedGuest& saved) const {
  if (auto made = make_directories(files_.directory); !made) return tl::unexpected(made.error());
  // Its devices must be those that were saved; only what it says goes elsewhere.
  MachineSpec spec = saved.spec;
  spec.console_log = files_.console();
  spec.has_internet = spec_.has_internet;
  for (const Disk& disk : saved.checkpoint.disks) {
    auto overlay = overlay_of(disk, files_.directory);
    if (!overlay) return tl::unexpected(overlay.error());
    spec.disks.push_back(std::move(*overlay));
  }
  auto machine = Machine::clone(spec, saved.checkpoint, inputs_.stop);
  if (!machine) return tl::unexpected(machine.error());
  GuestSetup of_clone = setup();
  of_clone.boot_nonce = saved.nonce;
  auto guest = std::make_unique<Guest>(std::move(*machine), std::move(of_clone), saved.past);
  if (auto resumed = guest->resume(); !resumed) return tl::unexpected(resumed.error());
  return guest;
}

Verdict power_off(Guest& guest, const BootFiles& files, std::size_t first_report) {
  guest.begin_case({});
  Verdict verdict;
  if (guest.alive()) verdict = ask_to_power_off(guest, files, first_report);
  // A power step may have left reports behind, and so may the time since the last case.
  guest.settle();
  if (verdict.passed() || verdict.outcome == Outcome::skip) {
    Verdict reported = judge_reports(guest, "powering the guest off", first_report);
    if (!reported.passed()) verdict = std::move(reported);
  }
  return verdict;
}

Verdict end_machine(Guest& guest, const EvidenceFiles& evidence, Verdict of_guest) {
  ExitStatus qemu = guest.machine().end();
  (void)write_file_atomically(evidence.qemu_errors(), guest.qemu_errors());
  if (of_guest.passed() && !qemu.ok())
    return {Outcome::error, Cause::exited, fmt::format("QEMU ended with {}", describe(qemu)), guest.qemu_errors()};
  return of_guest;
}

Verdict judge_reports(const Guest& guest, std::string awaited, std::size_t first_report) {
  const auto& reports = guest.reports();
  const bool unexpected = std::any_of(reports.begin() + static_cast<std::ptrdiff_t>(first_report), reports.end(),
                                      [&](const CrashReport& report) { return guest.unexpected(report); });
  return unexpected ? judge(End::signature, guest, std::move(awaited), {}, first_report) : Verdict{};
}

}  // namespace bootgate
