#include "harness/run/job_runner.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fixtures/kconfig/settings.hpp"
#include "harness/run/attempts.hpp"
#include "harness/run/case_result.hpp"
#include "harness/run/failed_machine.hpp"
#include "harness/run/job_facts.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

/// QEMU's threads under TCG: one, since that of several CPUs runs on one as well. Under KVM a CPU of the guest sleeps
/// when the guest does, so that two of them share one of the host's.
int load_of(const Job& job) {
  return job.accelerator.kind == Accelerator::Kind::tcg ? 2 : job.profile.cpus;
}

bool is_bad(const CaseResult& result) {
  return result.outcome == Outcome::fail || result.outcome == Outcome::error;
}

bool asks_config(const Case& the_case) {
  return !is_of_boot(the_case) &&
         std::any_of(the_case.needs.begin(), the_case.needs.end(),
                     [](const Requirement& need) { return need.subject == Requirement::Subject::config; });
}

/// Of a root that isn't ours: whether a case of the boot has logged in, as all that follows needs it.
bool has_shell(Guest& guest) {
  const bool prompt_may_stand = !trimmed(guest.console().tail()).ends_with("login:");
  auto answer = prompt_may_stand ? guest.command("true", Clock::now() + guest.scaled_by_job(5s)) : End::deadline;
  return std::holds_alternative<ControlAnswer>(answer);
}

/// A number that is the same for the same seed and name, and random otherwise: FNV-1a, then a mix of splitmix64.
std::uint64_t shuffle_key(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325 ^ seed;
  for (char c : name)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

/// The results of one case in every attempt of a boot. Where the last boot is lost, what failed in it stands.
CaseResult combined_at(std::size_t index, std::vector<std::vector<CaseResult>>& attempts, bool is_lost) {
  std::vector<CaseResult> of_case;
  for (std::vector<CaseResult>& attempt : attempts)
    of_case.push_back(std::move(attempt[index]));
  if (!is_lost || !is_bad(of_case.back())) return combined(std::move(of_case));
  CaseResult last = std::move(of_case.back());
  of_case.pop_back();
  last.earlier = std::move(of_case);
  return last;
}

/// How a whole attempt of a boot went, as if it were one case.
CaseResult outcome_of(const BroughtUp& up) {
  CaseResult whole;
  take(up.ready, whole);
  for (const CaseResult& result : up.cases)
    if (whole.outcome == Outcome::pass && !was_done(result) && result.outcome != Outcome::skip) whole = result;
  return whole;
}

}  // namespace

JobRunner::JobRunner(JobInputs inputs, JobContext context)
    : inputs_(std::move(inputs)),
      context_(std::move(context)),
      result_(job_outline(inputs_.job)),
      decoder_(inputs_.files.kernel) {
  result_.directory = inputs_.directory;
  kernel_.release = inputs_.files.kernel.release;
  kernel_.modules = inputs_.files.modules;
}

void JobRunner::start() {
  Work opening = work("", [this](int lane) { boot(lane); });
  opening.opens = true;
  for (const Case& the_case : inputs_.job.suite.cases)
    if (!is_of_boot(the_case))
      opening.later += context_.durations.of(inputs_.job.name, the_case.name).value_or(Duration(0));
  context_.scheduler.add(std::move(opening));
}

/// `name`: of the case, or empty for the boot.
Work JobRunner::work(std::string_view name, std::function<void(int)> run) const {
  Work work;
  work.load = load_of(inputs_.job);
  work.memory_mib = inputs_.job.profile.memory_mib;
  work.order = inputs_.index;
  if (const auto& seed = inputs_.plan.options.execution.shuffle)
    work.shuffled = shuffle_key(*seed, fmt::format("{}/{}", inputs_.job.name, name));
  work.expected = context_.durations.of(inputs_.job.name, name).value_or(Duration(0));
  work.run = std::move(run);
  return work;
}

/// What ended early, or because its time was up, says nothing of the next time.
void JobRunner::remember(std::string_view name, const CaseResult& result) const {
  if (result.outcome == Outcome::pass) context_.durations.note(inputs_.job.name, name, result.took);
}

void JobRunner::boot(int lane) {
  started_ = Clock::now();
  result_.timestamp = utc_timestamp();
  left_ = 1;  // until all is added: what is done meanwhile must not take itself for the last
  inputs_.emit(JobStarted{inputs_.index, result_});
  try {
    boot_and_go_on(lane);
  } catch (const std::exception& unforeseen) {
    // Memory that is short, for one. The cases that have no result yet never get one otherwise.
    for (std::size_t i = 0; i < result_.cases.size() && left_ == 1; ++i)
      if (result_.cases[i].outcome == Outcome::not_run && result_.cases[i].reason.empty())
        finish_case(i, bench_failure(bench_error(unforeseen.what()).value()));
  }
  one_is_done();
}

void JobRunner::boot_and_go_on(int lane) {
  if (inputs_.job.builds) {
    CaseResult built;
    built.outcome = Outcome::pass;
    built.took = inputs_.files.build_took;
    finish_case(0, std::move(built));
  }
  if (auto why = over()) {
    for (Number number = 0; number <= end_number(); ++number)
      finish_case(place(number), not_run(*why));
    return;
  }
  note_kernel_config();
  std::optional<Boot> boot;
  BroughtUp up = boot_in_attempts(boot);
  Facts facts = facts_of(inputs_, *boot);
  if (up.guest) result_.facts = facts_of(*up.guest);
  result_.facts.insert(result_.facts.end(), facts.begin(), facts.end());
  note_spans(up, lane);
  go_on(std::move(up), *boot, lane);
}

/// Why nothing is begun any more, or nothing.
std::optional<std::string> JobRunner::over() const {
  if (inputs_.stop.stop_requested()) return "interrupted";
  if (context_.enough.stop_requested()) return "a case has failed (--fail-fast)";
  return std::nullopt;
}

/// For the timeline: the last attempt of the boot, and in it the phases up to what marks each one's end.
void JobRunner::note_spans(const BroughtUp& up, int lane) const {
  auto span = [&](Span::Kind kind, const char* name, TimePoint start, TimePoint end) {
    inputs_.emit(Span{kind, name, inputs_.job.name, lane, start, end});
  };
  span(Span::Kind::boot, "boot", started_, Clock::now());
  if (!up.guest) return;
  const BootPhases& phases = up.guest->phases();
  TimePoint last = up.guest->started();
  auto phase = [&](const char* name, const std::optional<Duration>& at) {
    if (!at) return;
    const TimePoint end = up.guest->started() + *at;
    span(Span::Kind::phase, name, last, end);
    last = end;
  };
  phase("firmware", phases.first_byte);
  phase("early kernel", phases.kernel);
  phase("kernel", phases.init);
  phase("init", phases.login);
}

void JobRunner::note_kernel_config() {
  const auto& config = inputs_.files.kernel.config;
  if (!config || !make_directories(inputs_.directory)) return;
  std::error_code failure;
  fs::copy_file(*config, EvidenceFiles{inputs_.directory}.kernel_config(), fs::copy_options::overwrite_existing,
                failure);
  if (auto symbols = read_kernel_config(*config)) kernel_.config = std::move(*symbols);
}

/// From the booted machine to the work that is left: each case, and the end.
void JobRunner::go_on(BroughtUp up, const Boot& boot, int lane) {
  const bool was_lost = !up.lost.empty();  // then its machine has been looked after
  if (!was_lost) look_inside(up);
  const std::vector<Number> runnable = runnable_cases();
  if (up.lost.empty() && !runnable.empty()) save_or_say_why(up, boot, lane);
  if (!was_lost && !up.lost.empty() && up.guest) {
    up.reports = up.guest->reports_since(up.context.reports);
    look_after(up.guest, {clean_end_case, up.ready.outcome, up.ready.cause, up.reports, up.ready.details}, boot.files(),
               inputs_);
  }
  if (!up.lost.empty()) return lose(up);
  for (Number number = 0; number < end_number(); ++number)
    if (auto result = known_already(inputs_.job.suite.cases[number])) finish_case(place(number), std::move(*result));
  if (!saved_) finish_end({end_cleanly(up.guest, boot.files(), up.context.reports)});
  up.guest.reset();
  for (Number number : runnable)
    add_case(number);
  if (saved_) add_case(end_number());
}

BroughtUp JobRunner::boot_in_attempts(std::optional<Boot>& boot) {
  const Execution& execution = inputs_.plan.options.execution;
  const bool clonable = execution.isolation == Isolation::clone;
  const bool only_one = execution.repeats == 1 && execution.retries == 0;
  std::vector<std::vector<CaseResult>> attempts;
  std::vector<CaseResult> wholes;
  BroughtUp up;
  while (wants_another(execution, wholes)) {
    const int number = static_cast<int>(attempts.size()) + 1;
    if (up.guest) up.guest->machine().end();
    boot.emplace(inputs_, files_of("", number));
    BringUpWatch watch;
    watch.started = [&](std::size_t index) { inputs_.emit(CaseStarted{inputs_.index, place(index), number}); };
    // Nobody should have to wait for the rest of the boot to see them.
    if (only_one) watch.done = [&](std::size_t index, const CaseResult& result) { finish_case(place(index), result); };
    const TimePoint start = Clock::now();
    up = bring_up(*boot, inputs_, kernel_, clonable, watch);
    attempts.push_back(up.cases);
    wholes.push_back(outcome_of(up));
    wholes.back().took = std::chrono::duration_cast<Duration>(Clock::now() - start);
    remember("", wholes.back());
    if (!up.ready.passed()) failed_ends_.push_back(end_of(up));
  }
  // The last one's is told with the end of the job.
  if (!up.ready.passed()) failed_ends_.pop_back();
  for (std::size_t i = 0; i < up.cases.size() && !only_one; ++i)
    finish_case(place(i), combined_at(i, attempts, !up.lost.empty()));
  return up;
}

/// Nothing can be run on the machine: each case says so, and clean-end why, where no case has.
void JobRunner::lose(BroughtUp& up) {
  const std::string why = inputs_.stop.stop_requested() ? "interrupted" : up.lost;
  for (Number number = up.cases.size(); number < end_number(); ++number)
    finish_case(place(number), known_already(inputs_.job.suite.cases[number]).value_or(not_run(why)));
  CaseResult end = not_run(why);
  if (!up.ready.passed())
    end = end_of(up);
  else if (up.guest && !up.guest->alive() && std::none_of(up.cases.begin(), up.cases.end(), is_bad))
    end = end_cleanly(up.guest, EvidenceFiles{inputs_.directory}, up.context.reports);
  if (up.guest) up.guest->machine().end();
  finish_end({std::move(end)});
}

/// Of a boot that came to nothing behind its cases.
CaseResult JobRunner::end_of(const BroughtUp& up) const {
  CaseResult end;
  take(up.ready, end);
  end.reports = up.guest ? up.guest->reports_since(up.context.reports) : up.reports;
  return end;
}

/// The boots before the last one, where they failed outside of every case, count as attempts.
void JobRunner::finish_end(std::vector<CaseResult> attempts) {
  attempts.insert(attempts.begin(), failed_ends_.begin(), failed_ends_.end());
  finish_case(place(end_number()), combined(std::move(attempts)));
}

/// What the booted guest alone can tell: its config, where none came with the kernel.
void JobRunner::look_inside(BroughtUp& up) {
  Guest& guest = *up.guest;
  const std::vector<Case>& cases = inputs_.job.suite.cases;
  if (kernel_.config || std::none_of(cases.begin(), cases.end(), asks_config)) return;
  const fs::path file = EvidenceFiles{inputs_.directory}.kernel_config();
  auto answer = guest.command("{ zcat /proc/config.gz || cat /boot/config-$(uname -r); } 2>/dev/null | grep =",
                              Clock::now() + guest.scaled_by_job(30s));
  const auto* config = std::get_if<ControlAnswer>(&answer);
  if (config && config->status == 0 && write_file_atomically(file, config->output))
    if (auto symbols = read_kernel_config(file)) kernel_.config = std::move(*symbols);
  look_back(up);
}

std::vector<JobRunner::Number> JobRunner::runnable_cases() const {
  std::vector<Number> runnable;
  for (Number number = 0; number < end_number(); ++number) {
    const Case& the_case = inputs_.job.suite.cases[number];
    if (!is_of_boot(the_case) && !known_already(the_case)) runnable.push_back(number);
  }
  return runnable;
}

/// The result of a booted case that can't be run.
std::optional<CaseResult> JobRunner::known_already(const Case& the_case) const {
  if (is_of_boot(the_case)) return std::nullopt;
  if (!the_case.skip_reason.empty()) return skipped(the_case, the_case.skip_reason);
  if (!the_case.broken_reason.empty()) return broken(the_case);
  if (auto reason = unmet(the_case.needs, kernel_, inputs_.job, inputs_.plan.host)) return skipped(the_case, *reason);
  return std::nullopt;
}

void JobRunner::save_or_say_why(BroughtUp& up, const Boot& boot, int lane) {
  if (inputs_.plan.options.execution.isolation == Isolation::boot) return;
  Guest& guest = *up.guest;
  if (!guest.has_control() && !has_shell(guest)) {
    no_clones_ = "no shell answers on the console";
    return;
  }
  taint_ = read_taint(guest);
  look_back(up);
  if (!up.lost.empty()) return;
  const TimePoint start = Clock::now();
  auto checkpoint = guest.checkpoint();
  const auto took = std::chrono::duration_cast<Duration>(Clock::now() - start);
  inputs_.emit(Span{Span::Kind::checkpoint, "checkpoint", inputs_.job.name, lane, start, Clock::now()});
  if (!checkpoint) {
    no_clones_ = one_line(checkpoint.error());
    result_.facts.emplace_back("checkpoint", "none: " + no_clones_);
    // It goes on where it stopped, or not at all.
    look_back(up);
    return;
  }
  // Its last words have come with its end, which was ours.
  up.ready = judge_reports(guest, "behind the boot", up.context.reports);
  if (guest.power() && guest.power()->starts_with("guest-"))
    up.ready = judge(End::power, guest, "behind the boot", {}, up.context.reports);
  if (!up.ready.passed()) {
    up.lost = fmt::format("the boot failed: {}", up.ready.reason);
    return;
  }
  boot_reports_ = guest.reports_since(up.context.reports);
  result_.facts.emplace_back("checkpoint",
                             fmt::format("{} kB of devices, {} MiB of memory, in {}", checkpoint->devices.size() / 1000,
                                         checkpoint->memory->used_mib(), format_duration(took)));
  // Also what a clone only reads becomes a page of the file.
  context_.scheduler.hold(inputs_.job.profile.memory_mib);
  saved_ = SavedGuest{std::move(*checkpoint), guest.past(), boot.spec(), boot.nonce()};
}

void JobRunner::add_case(Number number) {
  ++left_;
  context_.scheduler.add(work(result_.cases[place(number)].name, [this, number](int lane) { run(number, lane); }));
}

void JobRunner::run(Number number, int lane) {
  const std::string name = result_.cases[place(number)].name;
  std::vector<CaseResult> attempts;
  if (auto why = over()) attempts.push_back(not_run(*why));
  while (wants_another(inputs_.plan.options.execution, attempts)) {
    try {
      attempts.push_back(attempt(number, static_cast<int>(attempts.size()) + 1, lane));
    } catch (const std::exception& unforeseen) {
      attempts.push_back(bench_failure(bench_error(unforeseen.what()).value()));
    }
    remember(name, attempts.back());
  }
  if (number == end_number())
    finish_end(std::move(attempts));
  else
    finish_case(place(number), combined(std::move(attempts)));
  one_is_done();
}

CaseResult JobRunner::attempt(Number number, int attempt, int lane) {
  inputs_.emit(CaseStarted{inputs_.index, place(number), attempt});
  const TimePoint start = Clock::now();
  const CaseMachineSource source{inputs_, kernel_, saved_ ? &*saved_ : nullptr, no_clones_, taint_};
  CaseMachine machine = make_case_machine(source, files_of(result_.cases[place(number)].name, attempt), place(number));
  const TimePoint ready = Clock::now();
  CaseResult result = run_steps(machine, number);
  if (machine.guest && !machine.guest->qemu_errors().empty())
    (void)write_file_atomically(machine.files.qemu_errors(), machine.guest->qemu_errors());
  result.machine = machine.what;
  result.took = std::chrono::duration_cast<Duration>(Clock::now() - start);
  const std::string name = fmt::format("{}/{}", inputs_.job.suite.name, result_.cases[place(number)].name);
  inputs_.emit(Span{Span::Kind::one_case, name, inputs_.job.name, lane, start, Clock::now()});
  inputs_.emit(Span{machine.is_clone ? Span::Kind::clone : Span::Kind::boot, machine.what, inputs_.job.name, lane,
                    start, ready});
  return result;
}

CaseResult JobRunner::run_steps(CaseMachine& machine, Number number) const {
  if (number == end_number() && !machine.failure)
    return end_cleanly(machine.guest, machine.files, machine.context.reports);
  if (machine.failure) {
    CaseResult& failure = *machine.failure;
    if (machine.guest && failure.reports.empty()) failure.reports = machine.guest->reports();
    // A boot has looked after its machine.
    if (machine.guest && machine.is_clone)
      look_after(machine.guest,
                 {result_.cases[place(number)].name, failure.outcome, failure.cause, failure.reports, failure.details},
                 machine.files, inputs_);
    return failure;
  }
  Guest& guest = *machine.guest;
  CaseResult result = run_case(guest, inputs_.job.suite, inputs_.job.suite.cases[number], machine.context);
  if (!was_done(result))
    look_after(machine.guest, {result.name, result.outcome, result.cause, result.reports, result.details},
               machine.files, inputs_);
  return result;
}

/// Powers the machine off, and judges that together with what was said outside of all cases.
CaseResult JobRunner::end_cleanly(std::unique_ptr<Guest>& guest, const EvidenceFiles& files,
                                  std::size_t first_report) const {
  const TimePoint start = Clock::now();
  CaseResult result;
  Verdict verdict = power_off(*guest, inputs_.files, first_report);
  result.reports = boot_reports_;
  for (CrashReport& report : guest->reports_since(first_report))
    result.reports.push_back(std::move(report));
  verdict = weigh_known_issues(std::move(verdict), result.reports);
  const std::span<const CrashReport> reports = std::span(result.reports).subspan(boot_reports_.size());
  if (!verdict.passed())
    look_after(guest, {clean_end_case, verdict.outcome, verdict.cause, reports, verdict.details}, files, inputs_);
  if (guest) verdict = end_machine(*guest, files, std::move(verdict));
  take(std::move(verdict), result);
  result.took = std::chrono::duration_cast<Duration>(Clock::now() - start);
  return result;
}

/// Of a case's own machine, or without a name of the job's.
EvidenceFiles JobRunner::files_of(std::string_view name, int attempt) const {
  fs::path directory = inputs_.directory / name;
  if (attempt > 1) directory /= fmt::format("attempt-{}", attempt);
  return {directory};
}

void JobRunner::finish_case(std::size_t place, CaseResult result) {
  for (CrashReport& report : result.reports)
    decoder_.decode(report);
  for (CaseResult& earlier : result.earlier)
    for (CrashReport& report : earlier.reports)
      decoder_.decode(report);
  result.suite = inputs_.job.suite.name;
  result.name = result_.cases[place].name;
  if (is_bad(result) && inputs_.plan.options.execution.fail_fast) context_.enough.request_stop();
  result_.cases[place] = result;
  inputs_.emit(CaseDone{inputs_.index, place, std::move(result)});
}

void JobRunner::one_is_done() {
  if (--left_ == 0) finish();
}

void JobRunner::finish() {
  if (saved_) context_.scheduler.release(inputs_.job.profile.memory_mib);
  saved_.reset();
  result_.took = std::chrono::duration_cast<Duration>(Clock::now() - started_);
  if (auto written = write_findings(EvidenceFiles{inputs_.directory}, result_); !written) {
    result_.facts.emplace_back("evidence", one_line(written.error()));
    CaseResult& last = result_.cases.back();
    if (last.outcome == Outcome::pass) finish_case(result_.cases.size() - 1, bench_failure(written.error()));
  }
  inputs_.emit(JobDone{inputs_.index, result_});
}

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
  add(clean_end_case);
  outline.samples = job.suite.samples;
  return outline;
}

}  // namespace bootgate
