#include "harness/run/ssh.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>

#include "harness/run/private_key.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

constexpr std::size_t most_output = 1024 * 1024;

bool is_flooded(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && static_cast<std::size_t>(status.st_size) > most_output;
}

std::string content_of(int fd) {
  std::string bytes(most_output, '\0');
  const ssize_t count = ::pread(fd, bytes.data(), bytes.size(), 0);
  bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  if (!bytes.empty() && bytes.back() == '\n') bytes.pop_back();
  return bytes;
}

}  // namespace

std::optional<int> port_in(std::string_view usernet) {
  for (std::string_view line : split(usernet, '\n')) {
    if (line.find("TCP[HOST_FORWARD]") == std::string_view::npos) continue;
    // Protocol[State] FD SourceAddress Port DestAddress Port RecvQ SendQ
    std::vector<std::string_view> words;
    for (std::string_view word : split(line, ' '))
      if (!trimmed(word).empty()) words.push_back(trimmed(word));
    int port = 0;
    if (words.size() < 6 || words[5] != "22") continue;
    std::from_chars(words[3].data(), words[3].data() + words[3].size(), port);
    if (port > 0) return port;
  }
  return std::nullopt;
}

Result<int> forwarded_port(Machine& machine) {
  auto answer = machine.execute("human-monitor-command", {{"command-line", "info usernet"}});
  if (!answer) return tl::unexpected(answer.error());
  if (auto port = port_in(answer->text())) return *port;
  return bench_error("this machine has no port that leads to its ssh", "its profile needs a network");
}

std::vector<std::string> ssh_argv(const std::string& user, int port, const fs::path& key) {
  std::vector<std::string> argv{"ssh", "-F", "none", "-i", key.string(), "-p", std::to_string(port), "-l", user};
  // The host key is the guest's own affair: each image has another one, and nobody else answers on the loopback.
  for (const char* option : {"BatchMode=yes", "IdentitiesOnly=yes", "StrictHostKeyChecking=no",
                             "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"})
    argv.insert(argv.end(), {"-o", option});
  argv.emplace_back("127.0.0.1");
  return argv;
}

Result<std::variant<SshAnswer, End>> run_ssh(Guest& guest, const Ssh& ssh, TimePoint deadline) {
  if (!find_program("ssh")) return bench_error("no ssh", "apt-get install openssh-client");
  if (guest.setup().ssh_key.empty()) return bench_error("the root came without a key for ssh: ssh_user_*_key");
  auto port = forwarded_port(guest.machine());
  if (!port) return tl::unexpected(port.error());
  auto key = PrivateKey::copy(guest.setup().ssh_key, guest.setup().directory);
  if (!key) return tl::unexpected(key.error());
  const UniqueFd output(::memfd_create("ssh", MFD_CLOEXEC));
  if (output.get() < 0) return bench_error("no more file descriptors", "raise the limit: ulimit -n 4096");
  SpawnSpec spec;
  spec.argv = ssh_argv(ssh.user, *port, key->file());
  spec.argv.push_back(ssh.command);
  spec.standard_output = output.get();
  spec.standard_error = output.get();
  auto client = spawn(spec);
  if (!client) return tl::unexpected(client.error());
  std::optional<ExitStatus> ended;
  bool flooded = false;
  auto done = [&] {
    return (ended = client->wait_for(Duration(0))).has_value() || (flooded = is_flooded(output.get()));
  };
  const End end = guest.wait_until(done, deadline, false);
  if (end != End::matched) return std::variant<SshAnswer, End>(end);
  if (flooded)
    return std::variant<SshAnswer, End>(
        SshAnswer{ssh_failure, content_of(output.get()) + "\n(cut here: more than 1 MiB, which ended ssh)"});
  return std::variant<SshAnswer, End>(SshAnswer{ended->signal ? ssh_failure : ended->code, content_of(output.get())});
}

}  // namespace bootgate
