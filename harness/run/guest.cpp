#include "harness/run/guest.hpp"

#include <fmt/format.h>
#include <fmt/os.h>

#include <algorithm>

#include "harness/run/starvation_watch.hpp"
#include "harness/support/random.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

constexpr Duration settle_patience = 30s;

/// A sync line that has not come by then never will: the console is stuck.
constexpr Duration sync_patience = 5s;

}  // namespace

Guest::Guest(Machine machine, GuestSetup setup)
    : machine_(std::move(machine)),
      setup_(std::move(setup)),
      console_(Clock::now()),
      watch_(setup_.signatures),
      control_(setup_.nonce),
      shell_(setup_.nonce),
      started_(Clock::now()) {
  open_timed_log();
}

Guest::Guest(Machine machine, GuestSetup setup, const GuestPast& past)
    : machine_(std::move(machine)),
      setup_(std::move(setup)),
      console_(past.console),
      watch_(past.watch),
      control_(setup_.nonce),
      shell_(setup_.nonce),
      started_(Clock::now()),
      seen_lines_(past.console.lines().size()),
      phases_(past.phases) {
  open_timed_log();
}

void Guest::open_timed_log() {
  if (!setup_.timed_log.empty()) timed_log_ = std::fopen(setup_.timed_log.c_str(), "we");
}

Guest::~Guest() {
  if (timed_log_) std::fclose(timed_log_);
}

Result<> Guest::resume() {
  started_ = Clock::now();
  console_.restart_clock(started_);
  return machine_.resume();
}

End Guest::introduce(TimePoint deadline) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  const std::string seed = random_hex(32);
  if (!setup_.has_control) {
    auto answer = command(ConsoleShell::introduction(seconds.count(), seed), deadline);
    const End* end = std::get_if<End>(&answer);
    return end ? *end : End::matched;
  }
  machine_.send_control(control_.introduce(seconds.count(), seed));
  return wait([&] { return control_.ready(); }, deadline, false);
}

Result<Checkpoint> Guest::checkpoint() {
  auto saved = machine_.checkpoint();
  if (saved) {
    drain();
  } else if (auto resumed = machine_.resume(); !resumed) {
    return tl::unexpected(resumed.error());
  }
  return saved;
}

std::string_view Guest::message(std::size_t line) const {
  std::string_view text = console_.lines()[line].text;
  std::size_t stamp = skip_kernel_stamp(text);
  return stamp == std::string_view::npos ? text : text.substr(stamp);
}

bool Guest::control_ready() const {
  return setup_.has_control ? control_.ready() : shell_.ready();
}

void Guest::begin_case(std::function<bool(const CrashReport&)> allowed) {
  allowed_ = std::move(allowed);
  unexpected_report_ = false;
  forbidden_.clear();
  forbidden_hit_ = false;
}

void Guest::forbid(Pattern pattern, std::size_t from) {
  for (std::size_t line = from; line < seen_lines_; ++line)
    check_forbidden(pattern, line);
  forbidden_.push_back(std::move(pattern));
}

void Guest::check_forbidden(const Pattern& pattern, std::size_t line) {
  if (forbidden_hit_) return;
  auto match = pattern.find(message(line));
  if (!match) trouble_ = match.error();
  if (!match || !*match) return;
  forbidden_hit_ = true;
  forbidden_line_ = console_.lines()[line].text;
}

void Guest::note_login_prompt() {
  if (!phases_.login) phases_.login = since_start(console_.last_byte());
}

void Guest::note_phase(std::string_view text, TimePoint at) {
  if (!phases_.kernel && text.find("Linux version ") != std::string_view::npos) phases_.kernel = since_start(at);
  if (!phases_.init && text.starts_with("Run ") && text.ends_with(" as init process")) phases_.init = since_start(at);
}

void Guest::take_lines() {
  for (; seen_lines_ < console_.lines().size(); ++seen_lines_) {
    const ConsoleText& line = console_.lines()[seen_lines_];
    std::string_view text = message(seen_lines_);
    note_phase(text, line.at);
    if (timed_log_) fmt::print(timed_log_, "{:>10} {}\n", format_seconds(since_start(line.at)), printable(line.text));
    if (setup_.on_line) setup_.on_line(line.text);
    shell_.line(line.text);
    if (!watching_) continue;
    watch_.line(line.text, seen_lines_, line.at);
    for (const Pattern& pattern : forbidden_)
      check_forbidden(pattern, seen_lines_);
  }
}

bool Guest::unexpected(const CrashReport& report) const {
  return is_failure(report) && !(allowed_ && allowed_(report));
}

std::string Guest::qemu_errors() const {
  std::string text;
  for (std::string_view line : split(trimmed(machine_.errors()), '\n'))
    text += printable(line) + "\n";
  return text;
}

void Guest::take_reports() {
  for (CrashReport& report : watch_.take()) {
    if (unexpected(report)) unexpected_report_ = true;
    reports_.push_back(std::move(report));
  }
  if (watch_.trouble()) trouble_ = watch_.trouble();
}

void Guest::pump(TimePoint deadline) {
  if (auto quiet = watch_.quiet_deadline()) deadline = std::min(deadline, *quiet);
  MachineOutput output = machine_.poll(deadline);
  TimePoint now = Clock::now();
  if (!output.console.empty() && !phases_.first_byte) phases_.first_byte = since_start(now);
  console_.feed(output.console, now);
  if (setup_.on_control)
    setup_.on_control(output.control);
  else
    control_.feed(output.control);
  take_lines();
  for (const QmpMessage& event : output.events) {
    if (event.name == "RESET") ++resets_;
    if (event.name != "SHUTDOWN" || power_) continue;
    const Json* reason = event.data.find("reason");
    power_ = reason ? std::string(reason->text()) : "unknown";
  }
  stopped_ = stopped_ || output.stopped;
  watch_.close_quiet(now);
  take_reports();
}

/// What QEMU has written to the console until now.
void Guest::read_pending() {
  std::size_t before;
  do {
    before = console_.bytes();
    pump(Clock::now());
  } while (console_.bytes() != before && !console_.flooded());
}

/// The last bytes of a machine that has ended may hold the reason. They are in the pipe: QEMU wrote them before it said
/// over QMP, or by its end, that it was over.
void Guest::drain() {
  if (std::exchange(drained_, true)) return;
  read_pending();
  watch_.close();
  take_reports();
}

std::optional<End> Guest::ended() const {
  if (stopped_) return End::stopped;
  if (trouble_) return End::trouble;
  if (unexpected_report_) return End::signature;
  if (forbidden_hit_) return End::forbidden;
  if (console_.flooded()) return End::flood;
  return std::nullopt;
}

End Guest::wait_until(const std::function<bool()>& done, TimePoint& deadline, bool console_awaited) {
  TimePoint start = Clock::now(), unreported = start;
  StarvationWatch host(machine_.pid(), start);
  starvation_.reset();
  for (;;) {
    if (!alive()) drain();
    // What must not appear outweighs what was awaited, also when both came at once.
    if (auto end = ended()) return *end;
    const TimePoint now = Clock::now();
    // An open crash report is read to its end: the title comes from it. A kernel that reports without end is not heard
    // out.
    if (!watch_.collecting()) unreported = now;
    const bool reporting =
        setup_.reports_first && watch_.collecting() && now < std::min(setup_.limit, unreported + settle_patience);
    if (!reporting && done()) return End::matched;
    if (control_.lost()) return End::control_lost;
    if (power_) return End::power;
    if (machine_.exited()) return End::exited;
    host.look(now);
    if (auto end = reporting ? std::nullopt : out_of_time(now, start, deadline, console_awaited)) {
      if (host.extends(now)) {
        deadline += now - start;
        setup_.limit += now - start;
        start = now;
        continue;
      }
      starvation_ = host.starvation();
      return *end;
    }
    // `done` may depend on time too (a prompt counts when the console is quiet): a short look is cheap.
    pump(reporting ? now + 50ms : std::min({deadline, setup_.limit, now + 50ms}));
  }
}

std::optional<End> Guest::out_of_time(TimePoint now, TimePoint start, TimePoint deadline, bool console_awaited) const {
  if (now >= std::min(deadline, setup_.limit)) return setup_.limit < deadline ? End::limit : End::deadline;
  const TimePoint silent = std::max(start, console_.last_byte()) + setup_.silence;
  if (console_awaited && now >= silent) return End::silence;
  return std::nullopt;
}

std::optional<ControlAnswer> Guest::take_answer() {
  return setup_.has_control ? control_.take_answer() : shell_.take_answer();
}

void Guest::post(const std::string& text) {
  if (setup_.has_control)
    machine_.send_control(control_.request(text));
  else
    send(shell_.request(text));
}

void Guest::ask_power(bool off) {
  if (setup_.has_control)
    post(off ? "/lib/bootgate/power off" : "/lib/bootgate/power reset");
  else
    post(off ? "poweroff" : "reboot");
}

End Guest::reboot(TimePoint deadline) {
  // -no-reboot is what makes every other reset the end of the machine.
  auto on_reset = [&](const char* action) { return machine_.execute("set-action", {{"reboot", action}}); };
  if (auto allowed = on_reset("reset"); !allowed) {
    trouble_ = allowed.error();
    return End::trouble;
  }
  const int before = resets_;
  ask_power(false);
  auto is_reset = [&] {
    if (resets_ > before) return true;
    newest_boot_ = console_.lines().size();
    return false;
  };
  End end = wait_until(is_reset, deadline, false);
  if (end == End::matched) {
    // What the old kernel said is in the pipe. SeaBIOS may reset the machine once more, and says nothing there: the
    // next byte is the new kernel's.
    read_pending();
    const std::size_t old = console_.bytes();
    end = wait_until([&] { return console_.bytes() > old; }, deadline, false);
  }
  if (auto forbidden = on_reset("shutdown"); !forbidden && alive()) trouble_ = forbidden.error();
  if (end != End::matched) return end;
  // The nonce on the kernel's command line is that of the machine it was cloned from.
  control_ = Control(setup_.boot_nonce);
  shell_ = ConsoleShell(setup_.nonce);
  handshake_sent_ = false;
  return End::matched;
}

std::variant<ControlAnswer, End> Guest::command(const std::string& text, TimePoint deadline,
                                                const std::function<bool()>& enough) {
  if (!setup_.has_control && !handshake_sent_) {
    handshake_sent_ = true;
    send(shell_.handshake());
  }
  if (End end = wait_until([&] { return control_ready(); }, deadline, false); end != End::matched) return end;
  std::size_t from = console_.lines().size();
  post(text);
  std::optional<ControlAnswer> answer;
  auto answered = [&] { return (answer = take_answer()).has_value() || (enough && enough()); };
  if (End end = wait_until(answered, deadline, false); end != End::matched) return end;
  if (!answer) return End::matched;
  if (!answer->synced) return *answer;
  const std::string sync = setup_.has_control ? control_.sync_line() : shell_.sync_line();
  auto synced = [&] {
    for (; from < console_.lines().size(); ++from)
      if (message(from).ends_with(sync)) return true;
    return false;
  };
  deadline = std::min(deadline, Clock::now() + scaled_by_job(sync_patience));
  if (End end = wait_until(synced, deadline, false); end != End::matched)
    return end == End::deadline ? End::silence : end;
  return *answer;
}

void Guest::settle() {
  // A guest that never ends its reports is not waited for.
  const TimePoint deadline = std::min(setup_.limit, Clock::now() + settle_patience);
  while (watch_.collecting() && alive() && !stopped_ && Clock::now() < deadline)
    pump(Clock::now() + 50ms);
  if (!alive()) drain();
}

}  // namespace bootgate
