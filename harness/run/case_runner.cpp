#include "harness/run/case_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/run/disk_check.hpp"
#include "harness/run/login.hpp"
#include "harness/run/ssh.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

/// The flags of /proc/sys/kernel/tainted, from bit 0 (Documentation/admin-guide/tainted-kernels.rst).
constexpr std::string_view taint_letters = "PFSRMBUDAWCIOELKXTNJ";

constexpr std::size_t excerpt_head = 40;
constexpr std::size_t excerpt_tail = 160;
constexpr std::size_t quoted_output = 8 * 1024;

std::string taint_text(long mask) {
  std::string letters;
  for (std::size_t bit = 0; bit < taint_letters.size(); ++bit)
    if (mask & (1L << bit)) letters += taint_letters[bit];
  return letters.empty() ? std::to_string(mask) : letters;
}

/// Several lines of guest text, printable, with the middle of a long one left out.
std::string quoted_lines(std::string_view output) {
  std::string text;
  if (output.size() > quoted_output) output = output.substr(0, quoted_output);
  for (std::string_view line : split(output, '\n'))
    text += "  " + printable(line) + "\n";
  return text.empty() ? "  (nothing)\n" : text;
}

std::vector<std::string> excerpt(const Console& console, std::size_t from) {
  const auto& lines = console.lines();
  std::vector<std::string> cut;
  std::size_t count = lines.size() - std::min(from, lines.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (count > excerpt_head + excerpt_tail && i == excerpt_head) {
      cut.push_back(fmt::format("... {} lines left out ...", count - excerpt_head - excerpt_tail));
      i = count - excerpt_tail;
    }
    cut.push_back(lines[from + i].text);
  }
  if (!console.tail().empty()) cut.emplace_back(console.tail());
  return cut;
}

/// The steps of one case, one call operator for each kind.
class StepRunner {
 public:
  StepRunner(Guest& guest, const Case& the_case, CaseContext& context, CaseResult& result)
      : guest_(guest), case_(the_case), context_(context), result_(result) {}

  Verdict run(std::size_t index) {
    step_ = &case_.steps[index];
    next_ = index + 1 < case_.steps.size() ? &case_.steps[index + 1] : nullptr;
    within_ = guest_.scaled_by_job(step_->within);
    return std::visit(*this, step_->what);
  }

  Verdict operator()(const Expect& expect) {
    auto pattern = Pattern::compile(expect.pattern);
    if (!pattern) return trouble(pattern.error());
    std::optional<Verdict> broken;
    auto seen = [&] {
      for (; context_.cursor < guest_.console().lines().size(); ++context_.cursor) {
        auto match = pattern->find(guest_.message(context_.cursor));
        if (!match) broken = trouble(match.error());
        if (broken) return true;
        if (!*match || !is_ours((*match)->captures)) continue;
        record((*match)->captures);
        ++context_.cursor;
        return true;
      }
      return false;
    };
    Verdict verdict = wait(seen, true);
    return broken ? *broken : verdict;
  }

  Verdict operator()(const ExpectPrompt& expect) {
    auto pattern = Pattern::compile(expect.pattern);
    if (!pattern) return trouble(pattern.error());
    std::optional<Verdict> broken;
    auto stands = [&] {
      auto found = prompt_stands(guest_, *pattern);
      if (!found) broken = trouble(found.error());
      return broken || *found;
    };
    Verdict verdict = wait(stands, true);
    if (broken) return *broken;
    if (verdict.passed()) guest_.note_login_prompt();
    return verdict;
  }

  Verdict operator()(const Absent& absent) {
    auto pattern = Pattern::compile(absent.pattern);
    if (!pattern) return trouble(pattern.error());
    guest_.forbid(std::move(*pattern), context_.cursor);
    return {};
  }

  Verdict operator()(const RunCommand& run) {
    // A command that is meant to bring the kernel down may never answer; the report behind it is the proof.
    const auto* report = next_ && !run.status ? std::get_if<ExpectReport>(&next_->what) : nullptr;
    auto enough = [&] { return report && has_come(*report); };
    auto outcome = guest_.command(run.command, Clock::now() + within_, enough);
    if (const End* end = std::get_if<End>(&outcome)) {
      bool may_be_lost = *end == End::matched || *end == End::power || *end == End::control_lost;
      if (may_be_lost && report) return {};
      return judge(*end, guest_, describe(*step_), within_, context_.reports);
    }
    return check_output(std::get<ControlAnswer>(outcome), run.status, run.output);
  }

  Verdict operator()(const Login& login) { return log_in(guest_, login, describe(*step_), within_, context_.reports); }

  Verdict operator()(const Send& send) {
    guest_.send(send.text);
    return {};
  }

  Verdict operator()(const ExpectReport& expect) {
    auto pattern = Pattern::compile(expect.title);
    if (!pattern) return trouble(pattern.error());
    return wait([&] { return has_come(expect); }, true);
  }

  Verdict operator()(const Power& power) {
    TimePoint deadline = Clock::now() + within_;
    End end = guest_.wait_until([&] { return guest_.control_ready(); }, deadline, false);
    if (end == End::matched)
      end = power.action == Power::Action::reboot ? reboot(deadline) : go_down(power.action, deadline);
    return judge(end, guest_, describe(*step_), within_, context_.reports);
  }

  Verdict operator()(const Ssh& ssh) {
    auto answer = run_ssh(guest_, ssh, Clock::now() + within_);
    if (!answer) return trouble(answer.error());
    if (const End* end = std::get_if<End>(&*answer))
      return judge(*end, guest_, describe(*step_), within_, context_.reports);
    const auto& said = std::get<SshAnswer>(*answer);
    if (said.status == ssh_failure && ssh.status && *ssh.status != ssh_failure)
      return failed(Cause::mismatch,
                    fmt::format("ssh could not log in as '{}': {}", printable(ssh.user), describe(*step_)),
                    "does sshd run in the guest, and does it let this user in with the image's key?\nssh says:\n" +
                        quoted_lines(said.output));
    return check_output(said, ssh.status, ssh.output);
  }

  Verdict operator()(const CheckDisk&) {
    auto checked = check_file_system(guest_);
    if (!checked) return trouble(checked.error());
    if (checked->empty()) return {};
    return failed(Cause::mismatch, "the file system is not clean", *checked);
  }

  static bool title_matches(const PatternText& wanted, const std::string& title) {
    if (!wanted.regex) return title == wanted.text;
    auto pattern = Pattern::compile(wanted);
    auto match = pattern ? pattern->find(title) : tl::unexpected(pattern.error());
    return match && match->has_value();
  }

 private:
  bool has_come(const ExpectReport& expect) const {
    const auto& reports = guest_.reports();
    return std::any_of(reports.begin() + static_cast<std::ptrdiff_t>(context_.reports), reports.end(),
                       [&](const CrashReport& report) { return title_matches(expect.title, report.title); });
  }

  Verdict wait(const std::function<bool()>& done, bool console_awaited) {
    End end = guest_.wait(done, Clock::now() + within_, console_awaited);
    return judge(end, guest_, describe(*step_), within_, context_.reports);
  }

  /// A line that carries a nonce counts only when it is this boot's.
  bool is_ours(const Captures& captures) const {
    return std::all_of(captures.begin(), captures.end(),
                       [&](const auto& capture) { return capture.first != "nonce" || guest_.is_ours(capture.second); });
  }

  void record(const Captures& captures) {
    for (const auto& [name, value] : captures)
      if (name != "nonce") result_.records.emplace_back(name, value);
  }

  End go_down(Power::Action action, TimePoint& deadline) {
    const bool off = action == Power::Action::off;
    guest_.ask_power(off);
    const std::string wanted = off ? "guest-shutdown" : "guest-reset";
    return guest_.wait_until([&] { return guest_.power() == wanted; }, deadline, false);
  }

  End reboot(TimePoint deadline) {
    const End end = guest_.reboot(deadline);
    // What is expected behind it is what the new boot says.
    context_.cursor = guest_.newest_boot();
    return end;
  }

  template <class Answer>
  Verdict check_output(const Answer& answer, const std::optional<int>& status,
                       const std::optional<PatternText>& wanted) {
    std::string output = "its output:\n" + quoted_lines(answer.output);
    if (status && answer.status != *status)
      return failed(Cause::mismatch,
                    fmt::format("exit status {} instead of {}: {}", answer.status, *status, describe(*step_)), output);
    if (!wanted) return {};
    auto pattern = Pattern::compile(*wanted);
    if (!pattern) return trouble(pattern.error());
    for (std::string_view line : split(answer.output, '\n')) {
      auto match = pattern->find(line);
      if (!match) return trouble(match.error());
      if (!*match) continue;
      record((*match)->captures);
      return {};
    }
    return failed(Cause::mismatch,
                  fmt::format("no line of output has '{}': {}", printable(wanted->text), describe(*step_)), output);
  }

  Verdict trouble(const Error& error) const {
    return {Outcome::error, Cause::bench, one_line(error), describe(*step_)};
  }

  Guest& guest_;
  const Case& case_;
  CaseContext& context_;
  CaseResult& result_;
  const Step* step_ = nullptr;
  const Step* next_ = nullptr;
  Duration within_{};
};

bool is_allowed(const Case& the_case, const CrashReport& report) {
  if (std::find(the_case.allow.begin(), the_case.allow.end(), report.id) != the_case.allow.end()) return true;
  return std::any_of(the_case.steps.begin(), the_case.steps.end(), [&](const Step& step) {
    const auto* expect = std::get_if<ExpectReport>(&step.what);
    return expect && StepRunner::title_matches(expect->title, report.title);
  });
}

Verdict check_taint(Guest& guest, const Case& the_case, CaseContext& context) {
  auto before = std::exchange(context.taint, read_taint(guest));
  if (!before || !context.taint) return {};
  long added = *context.taint & ~*before;
  for (std::size_t bit = 0; bit < taint_letters.size(); ++bit)
    if (the_case.taint.find(taint_letters[bit]) != std::string::npos) added &= ~(1L << bit);
  if (added == 0) return {};
  return failed(Cause::taint, fmt::format("the kernel is tainted: {}", taint_text(added)),
                fmt::format("/proc/sys/kernel/tainted was {}, and is {}", *before, *context.taint));
}

Verdict run_steps(StepRunner& runner, const Case& the_case, CaseResult& result) {
  for (std::size_t i = 0; i < the_case.steps.size(); ++i) {
    Verdict verdict = runner.run(i);
    if (verdict.passed()) continue;
    result.step = the_case.steps[i].at;
    return verdict;
  }
  return {};
}

/// What still counts behind the last step: a crash report that ended only now, or a line that must not come. A crash
/// report explains a step that failed, and so takes its place.
Verdict look_back(Guest& guest, const CaseContext& context, Verdict verdict) {
  if (verdict.cause == Cause::signature) return verdict;
  guest.settle();
  const auto& reports = guest.reports();
  bool crashed = std::any_of(reports.begin() + static_cast<std::ptrdiff_t>(context.reports), reports.end(),
                             [&](const CrashReport& report) { return guest.unexpected(report); });
  if (crashed)
    return judge(End::signature, guest, verdict.passed() ? "after the last step" : verdict.reason, {}, context.reports);
  if (!verdict.passed()) return verdict;
  End end = guest.wait([] { return true; }, Clock::now(), false);
  return judge(end, guest, "after the last step", {}, context.reports);
}

}  // namespace

std::optional<long> read_taint(Guest& guest) {
  if (!guest.alive() || !guest.control_ready()) return std::nullopt;
  const char* command = guest.has_control() ? "" : "cat /proc/sys/kernel/tainted";
  auto answer = guest.command(command, Clock::now() + guest.scaled_by_job(10s));
  const auto* answered = std::get_if<ControlAnswer>(&answer);
  if (!answered || answered->status != 0) return std::nullopt;
  if (guest.has_control()) return answered->taint;
  long mask = 0;
  std::from_chars(answered->output.data(), answered->output.data() + answered->output.size(), mask);
  return mask;
}

CaseResult run_case(Guest& guest, const Suite& suite, const Case& the_case, CaseContext& context) {
  const TimePoint start = Clock::now();
  CaseResult result;
  result.suite = suite.name;
  result.name = the_case.name;
  result.note = the_case.note;
  const bool booting = the_case.during == Case::During::boot;
  if (!booting) context.cursor = the_case.from_boot ? 0 : guest.console().lines().size();
  // The excerpt of a boot case starts where the last one matched.
  const std::size_t first_line = context.cursor;
  guest.begin_case([&](const CrashReport& report) { return is_allowed(the_case, report); });
  if (!booting && !context.taint) context.taint = read_taint(guest);

  StepRunner runner(guest, the_case, context, result);
  Verdict verdict = run_steps(runner, the_case, result);
  verdict = look_back(guest, context, std::move(verdict));
  if (verdict.passed() && !booting && !expects_report(the_case)) verdict = check_taint(guest, the_case, context);

  result.reports = guest.reports_since(context.reports);
  for (CrashReport& report : result.reports)
    report.allowed = is_allowed(the_case, report);
  verdict = weigh_known_issues(std::move(verdict), result.reports);
  result.outcome = verdict.outcome;
  result.cause = verdict.cause;
  result.reason = std::move(verdict.reason);
  result.details = std::move(verdict.details);
  context.reports = guest.reports().size();
  result.excerpt = excerpt(guest.console(), first_line);
  result.took = std::chrono::duration_cast<Duration>(Clock::now() - start);
  return result;
}

}  // namespace bootgate
