#include <fmt/format.h>

#include <cstdio>

#include "harness/cli/commands.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/ready_job.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/signals.hpp"
#include "harness/cli/terminal_child.hpp"
#include "harness/run/bring_up.hpp"
#include "harness/run/private_key.hpp"
#include "harness/run/ssh.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// A whole system, unless the user has named another one.
RunArguments on_an_image(RunArguments arguments) {
  if (!arguments.file && arguments.suites.empty()) arguments.suites = {"debian"};
  if (!arguments.file && arguments.kernels.empty()) arguments.kernels = {"own"};
  return arguments;
}

Result<> check(const Job& job, const BootFiles& files) {
  if (job.profile.network.empty())
    return usage_error(fmt::format("the profile {} has no network for ssh", job.profile.name),
                       "a run file (--file) may name one that has: profile = \"q35\"");
  if (!files.image || !files.image->ssh_key)
    return usage_error(fmt::format("{} came without a key for ssh", job.rootfs.text),
                       "--rootfs debian:trixie has one, and dqib:DIR with ssh_user_*_key");
  return {};
}

/// What kept the system from coming up.
Error why_lost(const BroughtUp& up) {
  for (const CaseResult& result : up.cases) {
    const std::string reason = fmt::format("{}: {}", result.name, result.reason);
    if (result.outcome == Outcome::fail) return kernel_error(reason).value();
    if (result.outcome == Outcome::error) return bench_error(reason).value();
  }
  return bench_error(up.lost).value();
}

std::vector<std::string> client(const SshArguments& arguments, int port, const fs::path& key) {
  std::vector<std::string> argv = ssh_argv(arguments.user, port, key);
  argv.insert(argv.end(), arguments.words.begin(), arguments.words.end());
  return argv;
}

/// Says what the kernel reported. One that has failed is no success of the command.
bool tell_of_failures(const Guest& guest) {
  bool failed = false;
  for (const CrashReport& report : guest.reports()) {
    if (!is_failure(report)) continue;
    fmt::print(stderr, "bootgate: the kernel reported: {}\n", printable(report.title));
    failed = true;
  }
  return failed;
}

}  // namespace

int ssh_command(const SshArguments& arguments) {
  if (!find_program("ssh")) return print_errors({bench_error("no ssh", "apt-get install openssh-client").value()});
  const Request request = read_machine_request(on_an_image(arguments.run));
  if (!request.definitions.errors.empty()) return print_errors(request.definitions.errors);
  std::stop_source stop;
  stop_on_signals(stop);
  auto job = make_ready(request, stop.get_token());
  if (!job) return print_errors({job.error()});
  if (auto usable = check(job->inputs.job, job->inputs.files); !usable) return print_errors({usable.error()});
  auto directory = make_stamped_directory(request.arguments.out, "ssh-");
  if (!directory) return print_errors({directory.error()});
  job->inputs.directory = *directory;
  const EvidenceFiles files{*directory};
  fmt::print(stderr, "bootgate: booting; the console of the guest goes to {}\n", files.console().string());

  Boot boot(job->inputs, files);
  BroughtUp up = bring_up(boot, job->inputs, {}, false);
  if (stop.stop_requested()) return print_errors({interrupted_error().value()});
  if (!up.lost.empty()) return print_errors({why_lost(up)});
  auto port = forwarded_port(up.guest->machine());
  if (!port) return print_errors({port.error()});
  auto key = PrivateKey::copy(*job->inputs.files.image->ssh_key, *directory);
  if (!key) return print_errors({key.error()});
  auto ended = run_at_terminal(
      client(arguments, *port, key->file()), up.guest->machine(),
      [&](TimePoint deadline) {
        up.guest->pump(deadline);
        return up.guest->alive();
      },
      stop.get_token());
  up.guest->settle();
  const std::string power = up.guest->power().value_or("");
  const bool failed = tell_of_failures(*up.guest);
  up.guest->machine().end();
  if (!ended) return print_errors({ended.error()});
  if (!power.empty()) fmt::print(stderr, "bootgate: the machine has ended meanwhile: {}\n", power);
  if (failed) return exit_code(Error::Kind::kernel);
  if (ended->code == ssh_failure)
    fmt::print(stderr, "bootgate: ssh could not log in, or lost the guest (its status is {})\n", ssh_failure);
  return ended->signal ? exit_code(Error::Kind::bench) : ended->code;
}

}  // namespace bootgate
