// Guest: a running machine with its console, its control channel and the signature watch over it. Whatever a step waits
// for, everything is drained and every line is watched; and a wait ends in one of the ways of `End`.
#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "expectations/signature_watch.hpp"
#include "harness/console/console.hpp"
#include "harness/console/control.hpp"
#include "harness/machine/machine.hpp"

namespace bootgate {

/// How a wait ended.
enum class End {
  matched,       // what was awaited came
  signature,     // a crash report that this case does not allow
  forbidden,     // a line that an `absent` step rules out
  deadline,      // the step's time is up
  limit,         // the machine's time is up
  silence,       // the console said nothing at all for too long
  power,         // the guest powered off or reset: see Guest::power()
  exited,        // QEMU ended by itself
  control_lost,  // the command loop in the guest started anew
  flood,         // the console said more than Console::flood_limit
  trouble,       // a pattern ran into its match limits: see Guest::trouble()
  stopped        // Ctrl-C
};

struct GuestSetup {
  std::string nonce;
  std::string boot_nonce;   // of a clone: that of the machine it was cloned from; else the same as `nonce`
  bool has_control = true;  // our root: commands go over ttyS1; else through the shell on ttyS0
  double time_scale = 1;
  Duration silence{};  // scaled
  TimePoint limit;     // of this machine
  std::shared_ptr<const SignatureSet> signatures;
  std::function<void(const std::string&)> on_line;   // each console line; may be empty
  fs::path directory;                                // its evidence
  fs::path timed_log;                                // lines with host times; empty: none
  fs::path ssh_key;                                  // of a client that the root lets in; empty: none
  std::function<void(std::string_view)> on_control;  // takes what comes over ttyS1, in place of our command loop
  bool reports_first = true;                         // no wait ends while a crash report is being read
};

/// Host times since the guest was let run.
struct BootPhases {
  std::optional<Duration> first_byte, kernel, init, login;
};

/// What a clone's console has shown before it was cloned, and what was made of it.
struct GuestPast {
  Console console;
  SignatureWatch watch;
  BootPhases phases;
};

class Guest {
 public:
  Guest(Machine machine, GuestSetup setup);
  /// A clone.
  Guest(Machine machine, GuestSetup setup, const GuestPast& past);
  ~Guest();
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

  /// Lets the guest run. The clock of the boot phases starts here.
  Result<> resume();

  /// Of a clone: tells it its nonce, the time, and a seed; no wait is over before it has answered.
  End introduce(TimePoint deadline);

  /// Stops the guest for good, and saves it: see Machine::checkpoint(). When it fails, the guest goes on.
  Result<Checkpoint> checkpoint();
  /// Of a guest that was saved.
  GuestPast past() const { return {console_, watch_, phases_}; }

  /// Pumps until `done` says so or the wait ends otherwise. A wait whose time is up while the host has kept QEMU from
  /// its work gets the same time once more. `done` is asked after every round, and once more after the last bytes of a
  /// machine that ended. Silence ends a wait only where `console_awaited`.
  End wait(const std::function<bool()>& done, TimePoint deadline, bool console_awaited) {
    return wait_until(done, deadline, console_awaited);
  }
  /// The same for one of several waits that share a deadline: it moves when the wait is extended.
  End wait_until(const std::function<bool()>& done, TimePoint& deadline, bool console_awaited);

  /// Runs a command over the control channel, and waits until the console has shown what it made the kernel print; or
  /// until `enough` says that no answer is needed any more, which is End::matched.
  std::variant<ControlAnswer, End> command(const std::string& text, TimePoint deadline,
                                           const std::function<bool()>& enough = {});

  /// Asks the guest to power off, or to reset, by its own means; nobody answers. Needs control_ready().
  void ask_power(bool off);

  /// Makes the guest boot anew by its own means, and waits until it does. Needs control_ready(), which it isn't
  /// afterwards.
  End reboot(TimePoint deadline);
  /// The first console line that may be of the boot that reboot() has waited for. A host that is late may have shown us
  /// much of that boot already; a few lines of the one before may lie between.
  std::size_t newest_boot() const { return newest_boot_; }

  /// Waits for an open crash report to end, so that it is charged to the case it came in.
  void settle();

  /// A new case begins: crash reports for which `allowed` is true don't end a wait, and no line does.
  void begin_case(std::function<bool(const CrashReport&)> allowed);
  /// Until the next case, a matching line from console line `from` on ends the wait.
  void forbid(Pattern pattern, std::size_t from);
  /// The line that ended the last wait with End::forbidden.
  const std::string& forbidden_line() const { return forbidden_line_; }

  const Console& console() const { return console_; }
  /// A line's text without the kernel's time stamp: what patterns see.
  std::string_view message(std::size_t line) const;
  const std::vector<CrashReport>& reports() const { return reports_; }
  /// Those that are charged to no case yet, where `charged` are.
  std::vector<CrashReport> reports_since(std::size_t charged) const {
    return {reports_.begin() + static_cast<std::ptrdiff_t>(charged), reports_.end()};
  }
  const std::string& nonce() const { return setup_.nonce; }
  /// Whether a line with this nonce is of this boot: of a clone, that it began with or its own.
  bool is_ours(std::string_view nonce) const { return nonce == setup_.nonce || nonce == setup_.boot_nonce; }
  const GuestSetup& setup() const { return setup_; }
  Duration scaled_by_job(Duration duration) const { return scaled(duration, setup_.time_scale); }
  bool control_ready() const;
  /// Ours is at the other end of ttyS1; else a shell on ttyS0.
  bool has_control() const { return setup_.has_control; }
  /// The reason of QMP's SHUTDOWN event: "guest-shutdown", "guest-reset", "guest-panic", ...
  const std::optional<std::string>& power() const { return power_; }
  const std::optional<Error>& trouble() const { return trouble_; }
  /// How the host kept QEMU from its work while the last wait's time ran out, also the second one; nothing if it did
  /// not.
  const std::optional<std::string>& starvation() const { return starvation_; }
  std::optional<ExitStatus> qemu_exit() const { return machine_.exited(); }
  /// What QEMU wrote to its standard error, printable.
  std::string qemu_errors() const;
  /// True for a crash report that this case does not allow.
  bool unexpected(const CrashReport& report) const;
  /// False once the guest can't run on: it powered off, was reset, or QEMU ended.
  bool alive() const { return !power_ && !machine_.exited(); }
  const BootPhases& phases() const { return phases_; }
  /// When it was let run.
  TimePoint started() const { return started_; }
  /// The login prompt stands on the console: the phase ends with its last byte.
  void note_login_prompt();

  void send(std::string_view bytes) { machine_.send_console(bytes); }
  Machine& machine() { return machine_; }
  /// From here on lines are kept, and no longer watched: what a diagnosis makes the kernel print is no crash.
  void stop_watching() { watching_ = false; }
  /// One round of draining, for a diagnosis: no end is looked for.
  void pump(TimePoint deadline);

 private:
  std::optional<End> ended() const;
  std::optional<End> out_of_time(TimePoint now, TimePoint start, TimePoint deadline, bool console_awaited) const;
  void take_lines();
  void note_phase(std::string_view text, TimePoint at);
  void take_reports();
  void check_forbidden(const Pattern& pattern, std::size_t line);
  void read_pending();
  void drain();
  Duration since_start(TimePoint at) const { return std::chrono::duration_cast<Duration>(at - started_); }
  void post(const std::string& text);
  void open_timed_log();
  std::optional<ControlAnswer> take_answer();

  Machine machine_;
  GuestSetup setup_;
  Console console_;
  SignatureWatch watch_;
  Control control_;
  ConsoleShell shell_;
  std::FILE* timed_log_ = nullptr;
  TimePoint started_;
  std::size_t seen_lines_ = 0;
  bool handshake_sent_ = false;
  BootPhases phases_;
  std::vector<CrashReport> reports_;
  std::function<bool(const CrashReport&)> allowed_;
  bool unexpected_report_ = false;
  std::vector<Pattern> forbidden_;
  std::string forbidden_line_;
  bool forbidden_hit_ = false;
  std::optional<std::string> power_;
  int resets_ = 0;  // that the machine has gone on from
  std::size_t newest_boot_ = 0;
  std::optional<Error> trouble_;
  std::optional<std::string> starvation_;
  bool watching_ = true;
  bool drained_ = false;
  bool stopped_ = false;
};

}  // namespace bootgate
