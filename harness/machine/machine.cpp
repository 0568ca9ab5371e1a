#include "harness/machine/machine.hpp"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <functional>

#include "harness/machine/migration.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

/// QEMU emits the console in pieces of 1 to 4 bytes. Letting them gather for a moment makes a read 40 times larger,
/// and costs the boot nothing.
constexpr Duration console_gathering = 2ms;

/// A socket holds 277 such pieces until QEMU has to wait (each counts 768 bytes of 208 KiB), so what is much may gather
/// there for less.
constexpr Duration control_gathering = 1ms;

/// What QEMU says of itself on a good day is short; a bad one must not fill our memory.
constexpr std::size_t errors_limit = 64 * 1024;

/// One descriptor of ours, what is yet to be written to it, and whether the other side is gone.
struct Stream {
  UniqueFd fd;
  std::string outgoing;
  bool ended = false;

  pollfd wanted(bool reading = true) const {
    short events = static_cast<short>((reading ? POLLIN : 0) | (outgoing.empty() ? 0 : POLLOUT));
    return {ended ? -1 : fd.get(), events, 0};
  }

  void read_into(std::string& bytes) {
    char buffer[65536];
    while (!ended) {
      ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
      if (n > 0) bytes.append(buffer, static_cast<std::size_t>(n));
      if (n < 0 && errno == EINTR) continue;
      if (n == 0 || (n < 0 && errno != EAGAIN)) ended = true;
      if (n < static_cast<ssize_t>(sizeof buffer)) return;
    }
  }

  void write_pending() {
    while (!outgoing.empty()) {
      ssize_t n = ::write(fd.get(), outgoing.data(), outgoing.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno != EAGAIN) outgoing.clear();  // nobody will read it: its end is seen elsewhere
      if (n <= 0) return;
      outgoing.erase(0, static_cast<std::size_t>(n));
    }
  }
};

}  // namespace

struct Machine::Impl {
  std::vector<std::string> argv;
  std::shared_ptr<GuestMemory> memory;  // of a machine that can be saved
  std::vector<Disk> disks;
  std::optional<Child> child;
  Stream console;        // QEMU's standard output
  Stream console_input;  // and its standard input
  Stream control;
  Stream qmp_stream;
  Stream errors_stream;
  UniqueFd stop_event;
  std::unique_ptr<std::stop_callback<std::function<void()>>> on_stop;
  std::stop_token stop;

  std::vector<pollfd> others;    // see also_wait_for
  bool control_gathers = false;  // see let_control_gather

  Qmp qmp;
  MachineOutput pending;
  std::vector<QmpMessage> replies;
  std::string errors;
  std::optional<ExitStatus> status;

  Result<> spawn_qemu(const MachineSpec& spec, const GuestMemory* ram, bool is_clone);
  void round(TimePoint deadline);
  void read_all();
  void reap_if_ended();
  bool has_pending() const {
    return !pending.console.empty() || !pending.control.empty() || !pending.events.empty() || pending.stopped;
  }
  Result<QmpMessage> await(std::int64_t id, TimePoint deadline);
  Error ended_early(std::string_view doing) const;
};

void Machine::Impl::read_all() {
  console.read_into(pending.console);
  control.read_into(pending.control);
  errors_stream.read_into(errors);
  if (errors.size() > errors_limit) errors.resize(errors_limit);
  std::string bytes;
  qmp_stream.read_into(bytes);
  for (QmpMessage& message : qmp.feed(bytes))
    (message.kind == QmpMessage::Kind::event ? pending.events : replies).push_back(std::move(message));
}

void Machine::Impl::reap_if_ended() {
  if (status) return;
  status = child->wait_for(0ms);
  // The last bytes are in the pipes before the process can be reaped: nothing is lost by reading them now.
  if (status) read_all();
}

/// One poll(2) over everything; reads what there is and writes what can be written.
void Machine::Impl::round(TimePoint deadline) {
  if (status) return;
  auto poll_once = [&](bool with_console, bool with_control, Duration timeout) {
    std::vector<pollfd> polled{console.wanted(),
                               console_input.wanted(false),
                               control.wanted(),
                               qmp_stream.wanted(),
                               errors_stream.wanted(),
                               {child->pidfd(), POLLIN, 0},
                               {stop_event.get(), POLLIN, 0}};
    polled.insert(polled.end(), others.begin(), others.end());
    if (!with_console) polled[0].fd = -1;
    if (!with_control) polled[2].fd = -1;
    ::poll(polled.data(), polled.size(), static_cast<int>(std::max<Duration::rep>(0, timeout.count())));
    return polled;
  };
  auto timeout = std::min<Duration>(std::chrono::ceil<Duration>(deadline - Clock::now()), 1h);
  auto polled = poll_once(true, true, timeout);
  const bool console_says = polled[0].revents != 0, control_says = polled[2].revents == POLLIN && control_gathers;
  if (control_says) polled[2].revents = 0;
  const bool nothing_else =
      std::all_of(polled.begin() + 1, polled.end(), [](const pollfd& p) { return p.revents == 0; });
  if (nothing_else && control_says) polled = poll_once(false, false, control_gathering);
  if (nothing_else && console_says && !control_says) polled = poll_once(false, true, console_gathering);
  console_input.write_pending();
  control.write_pending();
  qmp_stream.write_pending();
  read_all();
  if (polled[6].revents) pending.stopped = true;
  if (polled[5].revents) reap_if_ended();
}

Error Machine::Impl::ended_early(std::string_view doing) const {
  std::string said(trimmed(errors));
  std::string how = status ? describe(*status) : "no answer over QMP";
  return Error{Error::Kind::bench, fmt::format("QEMU failed while {}: {}", doing, how), std::nullopt,
               said.empty() ? "it said nothing" : printable(split(said, '\n').back())};
}

Result<QmpMessage> Machine::Impl::await(std::int64_t id, TimePoint deadline) {
  for (;;) {
    auto found = std::find_if(replies.begin(), replies.end(), [&](const QmpMessage& message) {
      return id < 0 ? message.kind == QmpMessage::Kind::greeting : message.id == id;
    });
    if (found != replies.end()) {
      QmpMessage message = std::move(*found);
      replies.erase(found);
      return message;
    }
    if (status || qmp_stream.ended || Clock::now() >= deadline) {
      // QMP closes a moment before the process can be reaped, and how it ended is half of the message.
      if (!status && qmp_stream.ended) status = child->wait_for(1s);
      read_all();
      return tl::unexpected(ended_early(id < 0 ? "starting" : "answering"));
    }
    if (stop.stop_requested()) return interrupted_error();
    round(deadline);
  }
}

Machine::Machine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;

Machine::~Machine() = default;

Result<Machine> Machine::start(const MachineSpec& spec, std::stop_token stop) {
  return launch(spec, nullptr, false, std::move(stop));
}

Result<Machine> Machine::start(const MachineSpec& spec, std::shared_ptr<GuestMemory> memory, std::stop_token stop) {
  auto machine = launch(spec, memory.get(), false, std::move(stop));
  if (machine) machine->impl_->memory = std::move(memory);
  return machine;
}

Result<Machine> Machine::clone(const MachineSpec& spec, const Checkpoint& checkpoint, std::stop_token stop) {
  auto machine = launch(spec, checkpoint.memory.get(), true, std::move(stop));
  if (!machine) return machine;
  if (auto loaded = load_state(*machine, checkpoint.devices); !loaded) {
    Error error = loaded.error();
    error.what = "the checkpoint can't be loaded: " + error.what;
    return tl::unexpected(std::move(error));
  }
  return machine;
}

Result<Checkpoint> Machine::checkpoint() {
  if (auto stopped = execute("stop"); !stopped) return tl::unexpected(stopped.error());
  auto devices = save_state(*this);
  if (!devices) return tl::unexpected(devices.error());
  end();
  if (auto sealed = impl_->memory->seal(); !sealed) return tl::unexpected(sealed.error());
  return Checkpoint{impl_->memory, std::move(*devices), impl_->disks};
}

Result<> Machine::Impl::spawn_qemu(const MachineSpec& spec, const GuestMemory* ram, bool is_clone) {
  auto input = make_pipe(), output = make_pipe(), error_output = make_pipe();
  auto control_pair = make_socketpair(), qmp_pair = make_socketpair();
  auto stopping = make_eventfd();
  if (!input || !output || !error_output || !control_pair || !qmp_pair || !stopping)
    return bench_error("no more file descriptors", "raise the limit: ulimit -n 4096");
  argv = qemu_argv(spec, {control_pair->second.get(), qmp_pair->second.get(), ram ? ram->fd() : -1, is_clone});
  SpawnSpec qemu;
  qemu.argv = argv;
  qemu.standard_input = input->first.get();
  qemu.standard_output = output->second.get();
  qemu.standard_error = error_output->second.get();
  qemu.inherited = {control_pair->second.get(), qmp_pair->second.get()};
  if (ram) qemu.inherited.push_back(ram->fd());
  disks = spec.disks;
  for (const Disk& disk : disks)
    for (const DiskLayer& layer : disk.layers)
      qemu.inherited.push_back(layer.file->get());
  auto started = spawn(qemu);
  if (!started) return tl::unexpected(started.error());
  child = std::move(*started);
  console_input.fd = std::move(input->second);
  console.fd = std::move(output->first);
  errors_stream.fd = std::move(error_output->first);
  control.fd = std::move(control_pair->first);
  qmp_stream.fd = std::move(qmp_pair->first);
  stop_event = std::move(*stopping);
  // Our copies of the far ends go with this function, so that their end is seen when QEMU's own go.
  for (int fd :
       {console_input.fd.get(), console.fd.get(), errors_stream.fd.get(), control.fd.get(), qmp_stream.fd.get()})
    if (auto set = set_nonblocking(fd); !set) return set;
  return {};
}

Result<Machine> Machine::launch(const MachineSpec& spec, const GuestMemory* memory, bool is_clone,
                                std::stop_token stop) {
  auto impl = std::make_unique<Impl>();
  if (auto spawned = impl->spawn_qemu(spec, memory, is_clone); !spawned) return tl::unexpected(spawned.error());
  impl->stop = stop;
  impl->on_stop = std::make_unique<std::stop_callback<std::function<void()>>>(
      stop, [fd = impl->stop_event.get()] { ::eventfd_write(fd, 1); });
  Machine machine(std::move(impl));
  if (auto greeting = machine.impl_->await(-1, Clock::now() + 30s); !greeting) return tl::unexpected(greeting.error());
  if (auto ready = machine.execute("qmp_capabilities"); !ready) return tl::unexpected(ready.error());
  return machine;
}

Result<> Machine::resume() {
  auto answer = execute("cont");
  if (!answer) return tl::unexpected(answer.error());
  return {};
}

MachineOutput Machine::poll(TimePoint deadline) {
  if (!impl_->has_pending()) impl_->round(deadline);
  return std::exchange(impl_->pending, {});
}

void Machine::also_wait_for(std::vector<pollfd> others) {
  impl_->others = std::move(others);
}

void Machine::let_control_gather() {
  impl_->control_gathers = true;
}

void Machine::send_console(std::string_view bytes) {
  impl_->console_input.outgoing += bytes;
  impl_->console_input.write_pending();
}

void Machine::send_control(std::string_view bytes) {
  impl_->control.outgoing += bytes;
  impl_->control.write_pending();
}

Result<Json> Machine::execute(std::string_view command, Json::Object arguments, Duration within) {
  impl_->qmp_stream.outgoing += impl_->qmp.request(command, std::move(arguments));
  auto reply = impl_->await(impl_->qmp.last_id(), Clock::now() + within);
  if (!reply) return tl::unexpected(reply.error());
  if (reply->kind == QmpMessage::Kind::failure)
    return bench_error(fmt::format("QEMU refused {}: {}", command, printable(reply->name)));
  return std::move(reply->data);
}

Result<> Machine::give(int fd, std::string_view name) {
  // The descriptor belongs to the bytes it comes with: nothing may be ahead of them.
  impl_->qmp_stream.write_pending();
  const std::string request = impl_->qmp.request("getfd", {{"fdname", std::string(name)}});
  if (!impl_->qmp_stream.outgoing.empty()) return bench_error("QEMU takes no more commands");
  if (auto sent = send_with_fd(impl_->qmp_stream.fd.get(), request, fd); !sent) return sent;
  auto reply = impl_->await(impl_->qmp.last_id(), Clock::now() + 5s);
  if (!reply) return tl::unexpected(reply.error());
  if (reply->kind == QmpMessage::Kind::failure)
    return bench_error(fmt::format("QEMU refused a descriptor: {}", printable(reply->name)));
  return {};
}

std::optional<ExitStatus> Machine::exited() const {
  return impl_->status;
}
std::string_view Machine::errors() const {
  return impl_->errors;
}
const std::vector<std::string>& Machine::argv() const {
  return impl_->argv;
}
const std::vector<Disk>& Machine::disks() const {
  return impl_->disks;
}
pid_t Machine::pid() const {
  return impl_->child->pid();
}

ExitStatus Machine::end() {
  if (impl_->status) return *impl_->status;
  impl_->qmp_stream.outgoing += impl_->qmp.request("quit");
  impl_->qmp_stream.write_pending();
  // A host that is busy, or waits for its disk, may need longer than QEMU does. An exit by a signal is an error of the
  // run.
  for (const auto& [signal, patience] : {std::pair{0, 10s}, {SIGTERM, 2s}, {SIGKILL, 2s}}) {
    if (signal) impl_->child->signal(signal);
    // Its pipes are drained meanwhile: a QEMU that blocks on a full one can't end.
    for (auto deadline = Clock::now() + patience; !impl_->status && Clock::now() < deadline;) {
      std::optional<ExitStatus> ended = impl_->child->wait_for(10ms);
      impl_->read_all();
      impl_->status = ended;
    }
    if (impl_->status) break;
  }
  if (!impl_->status) impl_->status = impl_->child->wait();
  return *impl_->status;
}

}  // namespace bootgate
