#include "harness/support/process.hpp"

#include <utility>  // Boost 1.74 forgets it, and GCC 12 then fails in C++20

#if __has_include(<boost/process/v1/child.hpp>)
#include <boost/process/v1/args.hpp>
#include <boost/process/v1/child.hpp>
#include <boost/process/v1/exe.hpp>
#include <boost/process/v1/extend.hpp>
namespace bp = boost::process::v1;
#else
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
namespace bp = boost::process;
#endif

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <future>
#include <mutex>
#include <queue>
#include <thread>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// The thread that forks. It is never joined: it ends with the process, which is the point.
class Spawner {
 public:
  static Spawner& instance() {
    // Writing to a child that has just died must be an error of that write, not our end.
    static auto* spawner = (::signal(SIGPIPE, SIG_IGN), new Spawner);
    return *spawner;
  }

  template <class F>
  auto call(F work) -> decltype(work()) {
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto answer = task.get_future();
    {
      std::lock_guard lock(mutex_);
      queue_.emplace([&task] { task(); });
    }
    wake_.notify_one();
    return answer.get();
  }

 private:
  Spawner() {
    std::thread([this] { loop(); }).detach();
  }

  [[noreturn]] void loop() {
    // Signals are for the main thread; and children inherit this mask, which spawn() clears again.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    for (;;) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return !queue_.empty(); });
      auto work = std::move(queue_.front());
      queue_.pop();
      lock.unlock();
      work();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::queue<std::function<void()>> queue_;
};

/// What happens in the child between fork and exec: system calls only.
struct ChildSetup {
  int standard[3];
  const std::vector<int>& inherited;
  const char* directory;
  pid_t parent;
  char** environment;
  bool own_group;

  template <class Executor>
  void operator()(Executor& executor) const {
    executor.env = environment;
    if (own_group) ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // the parent died before prctl took effect
    for (int fd = 0; fd < 3; ++fd)
      ::dup2(standard[fd], fd);
    for (int fd : inherited)
      ::fcntl(fd, F_SETFD, 0);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    // A shell that runs us in the background has Ctrl-C ignored, and what we start would inherit that.
    ::signal(SIGINT, SIG_DFL);
    if (*directory && ::chdir(directory) != 0) ::_exit(127);
  }
};

/// Ours with the changes. Boost 1.74's environment reads past the end of variables that
/// are shorter than the name it looks for.
std::vector<std::string> changed_environment(const EnvironmentChanges& changes) {
  std::vector<std::string> changed;
  for (char** ours = environ; *ours; ++ours) {
    const std::string_view variable = *ours;
    const std::string_view name = variable.substr(0, variable.find('='));
    if (std::none_of(changes.begin(), changes.end(), [&](const auto& one) { return one.first == name; }))
      changed.emplace_back(variable);
  }
  for (const auto& [name, value] : changes)
    if (value) changed.push_back(name + "=" + *value);
  return changed;
}

Result<pid_t> fork_and_exec(const SpawnSpec& spec, const fs::path& program) {
  UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  std::vector<std::string> environment = changed_environment(spec.environment);
  std::vector<char*> pointers;
  for (std::string& variable : environment)
    pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  auto or_null = [&](int fd) { return fd >= 0 ? fd : null.get(); };
  ChildSetup setup{{or_null(spec.standard_input), or_null(spec.standard_output), or_null(spec.standard_error)},
                   spec.inherited,
                   spec.directory.c_str(),
                   ::getpid(),
                   pointers.data(),
                   spec.own_group};
  std::error_code failure;
  bp::child child(bp::exe = program.string(), bp::args = std::vector(spec.argv.begin() + 1, spec.argv.end()),
                  bp::extend::on_exec_setup = setup, failure);
  if (failure) return bench_error(fmt::format("can't start {}: {}", spec.argv[0], failure.message()));
  pid_t pid = child.id();
  child.detach();  // from here on the pidfd tells of its end
  return pid;
}

/// Of a stream, its end.
constexpr std::size_t most_heard = 1 << 20, most_kept = 256 << 20;

/// One round of reading from whatever has bytes; a stream at its end is no longer polled.
void drain(pollfd& stream, std::string& into, const std::function<void(std::string_view)>& on_bytes) {
  if (stream.fd < 0 || !(stream.revents & (POLLIN | POLLHUP | POLLERR))) return;
  char buffer[65536];
  ssize_t n = ::read(stream.fd, buffer, sizeof buffer);
  if (n > 0) {
    into.append(buffer, static_cast<std::size_t>(n));
    // Who listens has it already; and what a stranger's command writes without end must not take our memory.
    if (const std::size_t most = on_bytes ? most_heard : most_kept; into.size() > 2 * most)
      into.erase(0, into.size() - most);
    if (on_bytes) on_bytes(std::string_view(buffer, static_cast<std::size_t>(n)));
  } else if (n == 0 || errno != EINTR) {
    stream.fd = -1;
  }
}

/// The input of a command travels in a file without a name: no second stream to feed while the output is read.
Result<UniqueFd> input_file(const std::string& input) {
  UniqueFd fd(::memfd_create("input", MFD_CLOEXEC));
  if (!fd) return bench_error(fmt::format("memfd_create: {}", std::strerror(errno)));
  if (auto written = write_all(fd.get(), input); !written) return tl::unexpected(written.error());
  ::lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

/// Ends a command, and waits until nobody holds its output any more: what it has started in sessions of their own (a
/// sandbox) dies a moment after it, and must not lose its directories while it writes.
void end_command(Child& child, Duration grace, std::array<pollfd, 2> output) {
  constexpr Duration patience{5000};
  child.signal(SIGTERM);
  pollfd ended{child.pidfd(), POLLIN, 0};
  ::poll(&ended, 1, static_cast<int>(grace.count()));
  // Also when it has ended: it may have left some of its group behind. Not yet reaped, its number is still its own.
  child.signal(SIGKILL);
  child.wait();
  const TimePoint deadline = Clock::now() + patience;
  std::string rest;
  while ((output[0].fd >= 0 || output[1].fd >= 0) && Clock::now() < deadline) {
    ::poll(output.data(), output.size(), 100);
    for (pollfd& stream : output)
      drain(stream, rest, {});
    rest.clear();
  }
}

}  // namespace

std::string describe(const ExitStatus& status) {
  if (status.signal == 0) return fmt::format("exit status {}", status.code);
  const char* name = ::sigabbrev_np(status.signal);
  return name ? fmt::format("killed by SIG{}", name) : fmt::format("killed by signal {}", status.signal);
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      own_group_(other.own_group_),
      status_(other.status_) {}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(pidfd_, other.pidfd_);
  std::swap(own_group_, other.own_group_);
  std::swap(status_, other.status_);
  return *this;
}

Child::~Child() {
  if (pid_ < 0 || status_) return;
  signal(SIGKILL);
  wait();
}

void Child::signal(int signal_number) {
  if (pid_ > 0 && !status_) ::kill(own_group_ ? -pid_ : pid_, signal_number);
}

ExitStatus Child::wait() {
  if (status_) return *status_;
  int raw = 0;
  while (::waitpid(pid_, &raw, 0) < 0 && errno == EINTR) {
  }
  status_ = WIFSIGNALED(raw) ? ExitStatus{0, WTERMSIG(raw)} : ExitStatus{WEXITSTATUS(raw), 0};
  return *status_;
}

std::optional<ExitStatus> Child::wait_for(Duration timeout) {
  if (status_) return status_;
  pollfd ended{pidfd_.get(), POLLIN, 0};
  if (::poll(&ended, 1, static_cast<int>(timeout.count())) <= 0) return std::nullopt;
  return wait();
}

Result<Child> spawn(const SpawnSpec& spec) {
  auto program = find_program(spec.argv.at(0));
  if (!program) return bench_error(fmt::format("program not found: {}", spec.argv[0]));
  auto pid = Spawner::instance().call([&] { return fork_and_exec(spec, *program); });
  if (!pid) return tl::unexpected(pid.error());
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
  if (!pidfd) {
    ::kill(spec.own_group ? -*pid : *pid, SIGKILL);
    return bench_error(fmt::format("pidfd_open: {}", std::strerror(errno)));
  }
  return Child(*pid, std::move(pidfd), spec.own_group);
}

Result<CommandResult> run_command(const std::vector<std::string>& argv, const CommandOptions& options) {
  auto input = input_file(options.input);
  auto output = make_pipe();
  auto errors = make_pipe();
  auto stopped = make_eventfd();
  if (!input || !output || !errors || !stopped) return bench_error("no more file descriptors");
  SpawnSpec spec{argv,
                 options.directory,
                 options.environment,
                 input->get(),
                 output->second.get(),
                 errors->second.get(),
                 options.inherited};
  auto child = spawn(spec);
  if (!child) return tl::unexpected(child.error());
  output->second.reset();
  errors->second.reset();

  std::stop_callback on_stop(options.stop, [fd = stopped->get()] { ::eventfd_write(fd, 1); });
  auto deadline = options.timeout ? std::optional(Clock::now() + *options.timeout) : std::nullopt;
  CommandResult result;
  pollfd polled[3] = {{output->first.get(), POLLIN, 0}, {errors->first.get(), POLLIN, 0}, {stopped->get(), POLLIN, 0}};
  auto end = [&](tl::unexpected<Error> why) {
    end_command(*child, options.grace, {polled[0], polled[1]});
    return why;
  };
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    int wait = -1;
    if (deadline) {
      auto left = std::chrono::ceil<Duration>(*deadline - Clock::now());
      if (left.count() <= 0)
        return end(bench_error(fmt::format("{} did not end within {}", argv[0], format_duration(*options.timeout))));
      wait = static_cast<int>(left.count());
    }
    if (::poll(polled, 3, wait) < 0) continue;
    if (polled[2].revents) return end(interrupted_error());
    drain(polled[0], result.output, options.on_output);
    drain(polled[1], result.errors, options.on_errors);
  }
  result.status = child->wait();
  return result;
}

std::string complaints(const CommandResult& result) {
  constexpr std::size_t quoted = 2000;
  std::string_view errors = trimmed(result.errors);
  if (errors.size() > quoted) errors.remove_prefix(errors.size() - quoted);
  return std::string(trimmed(printable_lines(errors)));
}

Result<std::string> run_checked(const std::vector<std::string>& argv, const CommandOptions& options) {
  auto result = run_command(argv, options);
  if (!result) return tl::unexpected(result.error());
  if (result->status.ok()) return std::move(result->output);
  return bench_error(fmt::format("{}: {}", shell_command(argv), describe(result->status)), complaints(*result));
}

std::optional<fs::path> find_program(std::string_view name) {
  if (name.find('/') != std::string_view::npos) {
    return ::access(std::string(name).c_str(), X_OK) == 0 ? std::optional(fs::path(name)) : std::nullopt;
  }
  const char* path = std::getenv("PATH");
  std::string search = std::string(path ? path : "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin";
  for (std::string_view dir : split(search, ':')) {
    fs::path candidate = fs::path(dir) / name;
    std::error_code ignored;
    if (fs::is_regular_file(candidate, ignored) && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

}  // namespace bootgate
