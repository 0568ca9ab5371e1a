#include "harness/run/login.hpp"

#include <fmt/format.h>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

constexpr Duration prompt_quiet = 150ms;

/// How long a shell may take to answer before it is asked again: what was typed may have been flushed by login(1).
constexpr Duration answer_patience = 3s;
constexpr int questions = 3;

bool quiet(const Guest& guest) {
  return Clock::now() - guest.console().last_byte() >= prompt_quiet;
}

bool tail_ends_with(const Guest& guest, std::string_view text) {
  return trimmed(guest.console().tail()).ends_with(text);
}

bool line_since(const Guest& guest, std::size_t from, std::string_view text) {
  for (std::size_t i = from; i < guest.console().lines().size(); ++i)
    if (guest.message(i).find(text) != std::string_view::npos) return true;
  return false;
}

/// The states of the dialogue share the deadline and the way in which a wait is judged.
class Dialogue {
 public:
  Dialogue(Guest& guest, std::string_view awaited, Duration within, std::size_t first_report)
      : guest_(guest),
        awaited_(awaited),
        within_(within),
        deadline_(Clock::now() + within),
        first_report_(first_report) {}

  Verdict wait(const std::function<bool()>& done, std::string_view what) {
    End end = guest_.wait_until(done, deadline_, true);
    return judge(end, guest_, fmt::format("{}, at: {}", awaited_, what), within_, first_report_);
  }

  /// Like wait, but gives up early without a verdict.
  bool wait_briefly(const std::function<bool()>& done) {
    TimePoint until = std::min(deadline_, Clock::now() + guest_.scaled_by_job(answer_patience));
    return guest_.wait(done, until, false) == End::matched;
  }

  bool over() const { return Clock::now() >= deadline_ || !guest_.alive(); }

 private:
  Guest& guest_;
  std::string awaited_;
  Duration within_;
  TimePoint deadline_;
  std::size_t first_report_;
};

/// Makes the shell print what no echo of the question holds.
/// `refused` may still come: login(1) takes seconds to say so, and what stands on the console meanwhile looks like a
/// prompt.
Verdict prove_shell(Guest& guest, Dialogue& dialogue, const std::function<bool()>& refused) {
  const std::string proof = fmt::format("@bootgate:{}:login@", guest.nonce());
  const std::size_t from = guest.console().lines().size();
  auto proven = [&] { return line_since(guest, from, proof) || refused(); };
  for (int i = 0; i < questions && !dialogue.over(); ++i) {
    guest.send(fmt::format("printf '\\n@boot''gate:%s:login@\\n' {}\n", guest.nonce()));
    if (dialogue.wait_briefly(proven)) return {};
  }
  return dialogue.wait(proven, "an answer of the shell");
}

}  // namespace

Result<bool> prompt_stands(const Guest& guest, const Pattern& prompt) {
  if (!quiet(guest)) return false;
  std::string_view tail = guest.console().tail();
  if (!prompt.text().regex) return trimmed(tail).ends_with(trimmed(prompt.text().text));
  auto match = prompt.find(tail);
  if (!match) return tl::unexpected(match.error());
  return match->has_value();
}

Verdict log_in(Guest& guest, const Login& login, std::string_view awaited, Duration within, std::size_t first_report) {
  Dialogue dialogue(guest, awaited, within, first_report);
  if (Verdict verdict =
          dialogue.wait([&] { return quiet(guest) && tail_ends_with(guest, "login:"); }, "the login prompt");
      !verdict.passed())
    return verdict;
  guest.note_login_prompt();

  std::size_t from = guest.console().lines().size();
  guest.send(login.user + "\n");
  if (!login.password.empty()) {
    // The name is echoed behind the prompt on a line of its own, so the next tail is the answer to it. No quiet is
    // needed from here on: login(1) flushes its input before it prints this prompt, and the proof is asked for again.
    auto asked = [&] { return guest.console().lines().size() > from && tail_ends_with(guest, "assword:"); };
    if (Verdict verdict = dialogue.wait(asked, "the password prompt"); !verdict.passed()) return verdict;
    from = guest.console().lines().size();
    guest.send(login.password + "\n");
  }
  auto refused = [&] { return line_since(guest, from, "Login incorrect"); };
  auto let_in = [&] {
    std::string_view tail = trimmed(guest.console().tail());
    return !tail.empty() && !tail.ends_with("assword:") && !tail.ends_with("login:");
  };
  if (Verdict verdict = dialogue.wait([&] { return refused() || let_in(); }, "the shell prompt"); !verdict.passed())
    return verdict;
  Verdict proven = refused() ? Verdict{} : prove_shell(guest, dialogue, refused);
  if (refused())
    return failed(Cause::mismatch, fmt::format("the guest refused the login of '{}'", login.user),
                  "does its root know this user, with the password that the step names?\n");
  return proven;
}

}  // namespace bootgate
