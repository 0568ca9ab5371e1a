// Scans consoles of four kinds with bootgate, and looks for the literals of the same signatures in the same bytes with
// grep, Python's pexpect and Tcl's expect, in turn; prints the ratios. They are of CPU time, of the tool and of the
// children it waits for: what else a host does makes a tool slow by the clock on the wall, and costs it little of that.
//
//   build/tests/bench/scan_bench CONSOLE [MB]     CONSOLE: of a healthy boot, such as bootgate-out/latest/*/console.log
#include <fmt/format.h>
#include <fmt/os.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <stdexcept>

#include "expectations/record.hpp"
#include "expectations/signatures.hpp"
#include "harness/support/clock.hpp"
#include "harness/support/data.hpp"
#include "harness/support/process.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

constexpr double megabyte = 1e6;
/// The interactive tools are given less: they need seconds for it.
constexpr double interactive_megabytes = 1;

using Lines = std::vector<std::string>;
using Writer = std::function<std::string(std::size_t number)>;

Lines messages_of(const fs::path& file) {
  Lines messages;
  const std::string text = read_file(file).value();
  for (std::string_view line : split(text, '\n'))
    messages.emplace_back(parse_record(trimmed(line)).message);
  if (messages.empty()) throw std::runtime_error(fmt::format("{} is empty", file.string()));
  return messages;
}

std::string stamped(std::size_t number, std::string_view caller, std::string_view message) {
  return fmt::format("[{:5}.{:06}]{} {}\n", number / 1000, number % 1000 * 1000, caller, message);
}

std::string systemd_line(std::size_t number, const Lines& messages) {
  if (number % 2 == 0)  // all messages in their order: a boot behind another without its end would be a reboot
    return fmt::format("{}\r\n", trimmed(stamped(number, "", messages[number / 2 % messages.size()])));
  return fmt::format("[\x1b[0;32m  OK  \x1b[0m] Started \x1b[0;1;39munit-{}.service\x1b[0m - Unit number {}.\r\n",
                     number, number);
}

std::vector<std::pair<std::string, Writer>> kinds(const Lines& healthy, const Lines& near) {
  return {
      {"lean", [&](std::size_t i) { return stamped(i, "", healthy[i % healthy.size()]); }},
      {"systemd", [&](std::size_t i) { return systemd_line(i, healthy); }},
      {"caller",
       [&](std::size_t i) {
         return stamped(i, fmt::format("[{:>6}]", fmt::format("T{}", i % 997)), healthy[i % healthy.size()]);
       }},
      {"near",
       [&](std::size_t i) {
         // Between the others, not in the place of one, which may be the end of a boot.
         return stamped(i, "", i % 101 == 100 ? near[i / 101 % near.size()] : healthy[(i - i / 101) % healthy.size()]);
       }},
  };
}

void write_console(const fs::path& file, double megabytes, const Writer& line) {
  auto out = fmt::output_file(file.string());
  double bytes = 0;
  for (std::size_t number = 0; bytes < megabytes * megabyte; ++number) {
    const std::string text = line(number);
    bytes += static_cast<double>(text.size());
    out.print("{}", text);
  }
}

struct Measured {
  double cpu_seconds = 0;
  double seconds = 0;  // by the clock on the wall
  double peak_megabytes = 0;
};

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// Runs it with its output in a file: grep stops at the first match when it writes to /dev/null. A status of
/// `also` is no failure.
Measured measure(const std::vector<std::string>& argv, const fs::path& output, int also = 0) {
  const TimePoint start = Clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    if (!std::freopen(output.c_str(), "w", stdout) || !std::freopen("/dev/null", "r", stdin)) std::_Exit(126);
    std::vector<char*> words;
    for (const std::string& word : argv)
      words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    ::execvp(words[0], words.data());
    std::_Exit(127);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || ::wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) ||
      (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != also))
    throw std::runtime_error(argv[0] + " fails");
  return {seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
          std::chrono::duration<double>(Clock::now() - start).count(), static_cast<double>(usage.ru_maxrss) / 1024};
}

/// A regex of all literals, for tools that know no list.
std::string any_of_them(const SignatureSet& signatures) {
  std::string regex;
  for (const Signature& row : signatures.rows) {
    if (!regex.empty()) regex += '|';
    for (char c : row.literal)
      regex += std::isalnum(static_cast<unsigned char>(c)) || c == ' ' ? std::string(1, c) : fmt::format("[{}]", c);
  }
  return regex;
}

const char* pexpect_program =
    "import pexpect, sys\n"
    "child = pexpect.spawn('cat', [sys.argv[1]], timeout=None, searchwindowsize=4096)\n"
    "while child.expect([sys.argv[2].encode(), pexpect.EOF]) == 0: pass\n";

const char* expect_program =
    "set timeout -1\n"
    "log_user 0\n"
    "spawn cat [lindex $argv 0]\n"
    "expect -re [lindex $argv 1] { exp_continue } eof {}\n";

std::string row(const char* tool, double megabytes, const Measured& measured, double bootgate_speed) {
  const double speed = megabytes / measured.cpu_seconds;
  return fmt::format(
      "  {:<10} {:8.1f} MB/s of CPU time ({:.1f} by the wall clock), bootgate is {:6.2f} times as fast; {:4.0f} MB of "
      "memory\n",
      tool, speed, megabytes / measured.seconds, bootgate_speed / speed, measured.peak_megabytes);
}

std::string compare(const fs::path& dir, const fs::path& log, const fs::path& part, double megabytes,
                    const std::string& regex) {
  const fs::path output = dir / "output";
  const Measured ours = measure({BOOTGATE_PROGRAM, "scan", log.string()}, output);
  const double speed = megabytes / ours.cpu_seconds;
  std::string text = row("bootgate", megabytes, ours, speed);
  text += row("grep", megabytes, measure({"grep", "-c", "-E", regex, log.string()}, output, 1), speed);
  const fs::path script = dir / "watch.py", tcl = dir / "expect.tcl";
  if (!write_file_atomically(script, pexpect_program) || !write_file_atomically(tcl, expect_program))
    throw std::runtime_error("can't write the scripts");
  if (find_program("python3"))
    text += row("pexpect", interactive_megabytes,
                measure({"python3", "-W", "ignore", script.string(), part.string(), regex}, output), speed);
  if (find_program("expect"))
    text += row("expect", interactive_megabytes, measure({"expect", "-f", tcl.string(), part.string(), regex}, output),
                speed);
  return text;
}

void run(const fs::path& console, double megabytes) {
  std::vector<Error> errors;
  const std::string regex = any_of_them(read_signatures(data_root() / "expectations/signatures", errors));
  const Lines healthy = messages_of(console);
  const Lines near = messages_of(data_root() / "expectations/samples/healthy-boot-6.12.log");
  const fs::path dir = make_temp_dir(fs::temp_directory_path(), "scan-bench-").value();
  for (const auto& [name, line] : kinds(healthy, near)) {
    const fs::path log = dir / (name + ".log"), part = dir / (name + ".part");
    write_console(log, megabytes, line);
    write_console(part, interactive_megabytes, line);
    fmt::print("{}: {} MB, of which pexpect and expect get {}\n{}", name, megabytes, interactive_megabytes,
               compare(dir, log, part, megabytes, regex));
    std::fflush(stdout);
    fs::remove(log);
  }
  fs::remove_all(dir);
}

}  // namespace
}  // namespace bootgate

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: scan_bench CONSOLE [MB]\n");
    return 2;
  }
  try {
    bootgate::run(argv[1], argc > 2 ? std::max(1.0, std::atof(argv[2])) : 1000);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
