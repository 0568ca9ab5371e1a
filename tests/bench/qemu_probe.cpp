#include "tests/bench/qemu_probe.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "harness/support/json.hpp"

namespace bootgate {
namespace {

constexpr const char* socket_variable = "BOOTGATE_BENCH_SOCKET";
constexpr const char* qemu_variable = "BOOTGATE_BENCH_QEMU";

struct Watched {
  UniqueFd socket, pidfd;
  std::string pending;
  QemuTimes times;
};

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

Result<UniqueFd> listen_at(const std::string& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address = address_of(path);
  if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd.get(), 64) != 0)
    return bench_error(fmt::format("can't listen at {}: {}", path, std::strerror(errno)));
  return fd;
}

double event_time(const Json& message) {
  const Json* stamp = message.find("timestamp");
  auto part = [&](const char* name) {
    const Json* value = stamp ? stamp->find(name) : nullptr;
    const auto* number = value ? std::get_if<std::int64_t>(&value->value) : nullptr;
    return number ? static_cast<double>(*number) : 0.0;
  };
  return part("seconds") * 1000 + part("microseconds") / 1000;
}

void take_message(const Json& message, QemuTimes& times) {
  // The greeting comes long before: QEMU opens its monitors first, and reads no command until it has loaded everything.
  if (message.find("return") && !times.ready) times.ready = wall_clock_ms();
  const Json* event = message.find("event");
  if (!event) return;
  const double at = event_time(message);
  if (event->text() == "RESUME" && !times.running) times.running = at;
  if (event->text() != "SHUTDOWN") return;
  if (!times.guest_ended) times.guest_ended = at;
  const Json* data = message.find("data");
  const Json* reason = data ? data->find("reason") : nullptr;
  if (reason && reason->text().starts_with("host-")) times.quitting = at;
}

/// The first line is the stand-in's, "TIME PID", and QEMU's follow.
void take_line(std::string_view line, Watched& machine) {
  if (machine.times.exec == 0) {
    long long pid = 0;
    if (std::sscanf(std::string(line).c_str(), "%lf %lld", &machine.times.exec, &pid) == 2)
      machine.pidfd = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0)));
  } else if (auto message = parse_json(line)) {
    take_message(*message, machine.times);
  }
}

void read_socket(Watched& machine) {
  char buffer[4096];
  const ssize_t n = ::read(machine.socket.get(), buffer, sizeof buffer);
  if (n <= 0) return machine.socket.reset();
  machine.pending.append(buffer, static_cast<std::size_t>(n));
  for (std::size_t end; (end = machine.pending.find('\n')) != std::string::npos; machine.pending.erase(0, end + 1))
    take_line(std::string_view(machine.pending).substr(0, end), machine);
}

class Probe {
 public:
  Probe(UniqueFd listening, Child child, UniqueFd output)
      : listening_(std::move(listening)), child_(std::move(child)), output_(std::move(output)) {}

  void watch(ProbedRun& run) {
    bool child_runs = true;
    while (child_runs || output_ || any_machine_runs()) {
      std::vector<pollfd> polled{
          {listening_.get(), POLLIN, 0}, {output_.get(), POLLIN, 0}, {child_runs ? child_.pidfd() : -1, POLLIN, 0}};
      for (const Watched& machine : machines_) {
        polled.push_back({machine.socket.get(), POLLIN, 0});
        polled.push_back({machine.pidfd.get(), POLLIN, 0});
      }
      if (::poll(polled.data(), polled.size(), -1) < 0) continue;
      if (polled[2].revents) {
        run.end = wall_clock_ms();
        run.status = child_.wait();
        child_runs = false;
      }
      take_machines(polled);
      if (polled[1].revents) read_output(run.output);
      if (polled[0].revents) accept();
    }
    for (Watched& machine : machines_)
      run.machines.push_back(machine.times);
  }

 private:
  bool any_machine_runs() const {
    return std::any_of(machines_.begin(), machines_.end(), [](const Watched& m) { return m.socket || m.pidfd; });
  }

  void take_machines(const std::vector<pollfd>& polled) {
    for (std::size_t i = 0; i < machines_.size(); ++i) {
      Watched& machine = machines_[i];
      if (polled[3 + 2 * i].revents) read_socket(machine);
      if (polled[4 + 2 * i].revents) {
        machine.times.ended = wall_clock_ms();
        machine.pidfd.reset();
      }
    }
  }

  void read_output(std::string& text) {
    char buffer[4096];
    const ssize_t n = ::read(output_.get(), buffer, sizeof buffer);
    if (n <= 0) return output_.reset();
    text.append(buffer, static_cast<std::size_t>(n));
  }

  void accept() {
    Watched machine;
    machine.socket = UniqueFd(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!machine.socket) return;
    // It waits in the socket until there is a monitor to read it.
    (void)write_all(machine.socket.get(), "{\"execute\": \"qmp_capabilities\"}\n");
    machines_.push_back(std::move(machine));
  }

  UniqueFd listening_;
  Child child_;
  UniqueFd output_;
  std::vector<Watched> machines_;
};

}  // namespace

double wall_clock_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Result<ProbedRun> run_probed(const std::vector<std::string>& argv, const std::string& qemu) {
  auto directory = make_temp_dir(fs::temp_directory_path(), "qemu-probe-");
  if (!directory) return tl::unexpected(directory.error());
  const std::string path = *directory / "socket";
  auto listening = listen_at(path);
  auto output = make_pipe();
  if (!listening) return tl::unexpected(listening.error());
  if (!output) return tl::unexpected(output.error());
  SpawnSpec spec;
  spec.argv = argv;
  spec.environment = {{socket_variable, path}, {qemu_variable, qemu}};
  spec.standard_output = spec.standard_error = output->second.get();
  ProbedRun run;
  run.start = wall_clock_ms();
  auto child = spawn(spec);
  if (!child) return tl::unexpected(child.error());
  output->second.reset();
  Probe(std::move(*listening), std::move(*child), std::move(output->first)).watch(run);
  std::error_code ignored;
  fs::remove_all(*directory, ignored);
  return run;
}

bool started_as_qemu() {
  return std::getenv(socket_variable) != nullptr;
}

int become_qemu(int argc, char** argv) {
  const double now = wall_clock_ms();
  const char* path = std::getenv(socket_variable);
  const char* qemu = std::getenv(qemu_variable);
  if (!path || !qemu) return 1;
  std::vector<std::string> words(argv + 1, argv + argc);
  words.insert(words.begin(), qemu);
  if (argc > 2) {  // it boots something, and doesn't only say its version
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address = address_of(path);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return 1;
    if (!write_all(fd, fmt::format("{:.3f} {}\n", now, ::getpid()))) return 1;
    words.insert(words.end(),
                 {"-chardev", fmt::format("socket,id=bench,fd={}", fd), "-mon", "chardev=bench,mode=control"});
  }
  std::vector<char*> arguments;
  for (std::string& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(qemu, arguments.data());
  return 127;
}

}  // namespace bootgate
