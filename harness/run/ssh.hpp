// Ssh: a command in the guest from the host, over the port that QEMU forwards on the loopback interface.
#pragma once

#include <string>
#include <variant>

#include "harness/plan/suite.hpp"
#include "harness/run/guest.hpp"

namespace bootgate {

/// ssh's own status: it was refused, or got no connection (ssh(1)).
inline constexpr int ssh_failure = 255;

struct SshAnswer {
  int status = 0;      // the command's, or ssh_failure
  std::string output;  // both of its output streams
};

/// Runs it with the image's own key, while the guest is drained. An error is the bench's: no ssh, no key, no network.
Result<std::variant<SshAnswer, End>> run_ssh(Guest& guest, const Ssh& ssh, TimePoint deadline);

/// The host's port that leads to the guest's port 22, which QEMU has chosen.
Result<int> forwarded_port(Machine& machine);

/// The port in QEMU's answer to "info usernet"; nothing where it isn't there.
std::optional<int> port_in(std::string_view usernet);

/// ssh's arguments up to the command; `key` is a file that only we can read.
std::vector<std::string> ssh_argv(const std::string& user, int port, const fs::path& key);

}  // namespace bootgate
