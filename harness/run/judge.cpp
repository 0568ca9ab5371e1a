#include "harness/run/judge.hpp"

#include <fmt/format.h>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

Verdict bench(Cause cause, std::string reason, std::string details = {}) {
  return {Outcome::error, cause, std::move(reason), std::move(details)};
}

std::string power_text(const std::string& reason) {
  if (reason == "guest-shutdown") return "the guest powered itself off";
  if (reason == "guest-reset") return "the guest reset itself (a reboot, a panic or a triple fault)";
  if (reason == "guest-panic") return "the guest reported a panic to its machine";
  return fmt::format("the machine was shut down ({})", reason);
}

bool explains(const CrashReport& issue, const Verdict& verdict) {
  if (verdict.passed()) return true;
  if (verdict.outcome != Outcome::fail || verdict.cause == Cause::signature) return false;
  return issue.severity == Severity::fatal || verdict.cause == Cause::taint;
}

}  // namespace

Verdict weigh_known_issues(Verdict verdict, std::span<const CrashReport> reports) {
  for (const CrashReport& report : reports) {
    if (report.known.empty() || !explains(report, verdict)) continue;
    const Cause cause = verdict.passed() ? Cause::signature : verdict.cause;
    return {Outcome::known, cause, fmt::format("known issue: {}: {}", report.title, report.known), verdict.reason};
  }
  return verdict;
}

Verdict failed(Cause cause, std::string reason, std::string details) {
  return {Outcome::fail, cause, std::move(reason), std::move(details)};
}

Verdict judge(const EndFacts& facts) {
  const bool time_was_up = facts.end == End::deadline || facts.end == End::limit || facts.end == End::silence;
  if (time_was_up && facts.starvation)
    return bench(Cause::bench, fmt::format("this host was too busy: {}", facts.awaited),
                 fmt::format("QEMU did not have its share: in twice the time that was given, {}", *facts.starvation));
  const std::string during = fmt::format("during: {}", facts.awaited);
  switch (facts.end) {
    case End::matched: return {};
    case End::signature: return failed(Cause::signature, facts.report ? facts.report->title : "crash report", during);
    case End::forbidden:
      return failed(Cause::mismatch, fmt::format("a line that must not come: {}", printable(facts.forbidden_line)),
                    during);
    case End::deadline:
      return failed(Cause::deadline, fmt::format("not within {}: {}", format_duration(facts.within), facts.awaited));
    case End::limit: return failed(Cause::deadline, fmt::format("the machine's time was up: {}", facts.awaited));
    case End::silence: return failed(Cause::silence, fmt::format("the console fell silent: {}", facts.awaited));
    case End::power: return failed(Cause::power, power_text(facts.power.value_or("unknown")), during);
    case End::exited:
      // The guest has no means to end QEMU: -no-shutdown keeps it through every reset and power-off.
      return bench(Cause::exited,
                   fmt::format("QEMU ended by itself: {}", facts.qemu_exit ? describe(*facts.qemu_exit) : "unknown"),
                   facts.qemu_errors.empty() ? during : during + "\nQEMU said: " + facts.qemu_errors);
    case End::control_lost:
      return failed(Cause::control_lost, "the command ended the control loop that ran it", during);
    case End::flood:
      return failed(Cause::console,
                    fmt::format("the console was flooded: more than {} MiB", Console::flood_limit >> 20), during);
    case End::trouble: return bench(Cause::bench, facts.trouble ? one_line(*facts.trouble) : "pattern limits", during);
    case End::stopped: return bench(Cause::stopped, "interrupted", during);
  }
  return bench(Cause::bench, "unknown end of a wait", during);
}

Verdict judge(End end, const Guest& guest, std::string awaited, Duration within, std::size_t first_report) {
  EndFacts facts{end,
                 std::move(awaited),
                 within,
                 std::nullopt,
                 guest.forbidden_line(),
                 guest.power(),
                 guest.qemu_exit(),
                 guest.qemu_errors(),
                 guest.trouble(),
                 guest.starvation()};
  for (std::size_t i = first_report; i < guest.reports().size() && !facts.report; ++i)
    if (guest.unexpected(guest.reports()[i])) facts.report = guest.reports()[i];
  return judge(facts);
}

}  // namespace bootgate
