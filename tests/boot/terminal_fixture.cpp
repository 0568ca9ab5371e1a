#include "tests/boot/terminal_fixture.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <charconv>

#include "harness/support/text.hpp"
#include "tests/boot/boot_run.hpp"

namespace bootgate {

OnTerminal::OnTerminal(std::vector<std::string> arguments, const fs::path& directory)
    : near_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
  EXPECT_TRUE(::grantpt(near_.get()) == 0 && ::unlockpt(near_.get()) == 0);
  far_ = UniqueFd(::open(::ptsname(near_.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  EXPECT_EQ(::tcgetattr(far_.get(), &before_), 0);
  SpawnSpec spec;
  spec.argv = std::move(arguments);
  spec.argv.insert(spec.argv.begin(), program().string());
  spec.directory = directory;
  spec.environment = {{"TERM", "dumb"}};
  spec.standard_input = spec.standard_output = spec.standard_error = far_.get();
  auto child = spawn(spec);
  EXPECT_TRUE(child);
  if (child) child_ = std::move(*child);
}

void OnTerminal::type(std::string_view keys) const {
  EXPECT_TRUE(write_all(near_.get(), keys));
}

bool OnTerminal::read_some(TimePoint deadline) {
  pollfd polled[2] = {{near_.get(), POLLIN, 0}, {child_->pidfd(), POLLIN, 0}};
  const auto left = std::chrono::ceil<Duration>(deadline - Clock::now());
  if (left <= Duration(0) || ::poll(polled, 2, static_cast<int>(left.count())) <= 0) return false;
  if (!polled[0].revents) return false;  // it has ended, and all is read
  char buffer[4096];
  const ssize_t n = ::read(near_.get(), buffer, sizeof buffer);
  if (n > 0) screen_.append(buffer, static_cast<std::size_t>(n));
  return n > 0;
}

bool OnTerminal::await(std::string_view text, Duration within) {
  const TimePoint deadline = Clock::now() + within;
  for (;;) {
    const std::size_t found = screen_.find(text, awaited_);
    if (found != std::string::npos) {
      awaited_ = found + text.size();
      return true;
    }
    if (!read_some(deadline)) return false;
  }
}

std::optional<ExitStatus> OnTerminal::end(Duration within) {
  const TimePoint deadline = Clock::now() + within;
  while (read_some(deadline)) {
  }
  return child_->wait_for(std::chrono::ceil<Duration>(std::max<Clock::duration>(deadline - Clock::now(), {})));
}

bool OnTerminal::is_restored() const {
  termios now{};
  return ::tcgetattr(far_.get(), &now) == 0 && now.c_lflag == before_.c_lflag && now.c_iflag == before_.c_iflag &&
         now.c_oflag == before_.c_oflag && now.c_cflag == before_.c_cflag;
}

std::optional<pid_t> OnTerminal::qemu() const {
  std::error_code none;
  for (const auto& thread : fs::directory_iterator(fs::path("/proc") / std::to_string(pid()) / "task", none)) {
    const std::string children = read_file(thread.path() / "children").value_or("");
    for (std::string_view word : split(trimmed(children), ' ')) {
      pid_t child = 0;
      std::from_chars(word.data(), word.data() + word.size(), child);
      if (child > 0 && read_file(fs::path("/proc") / std::to_string(child) / "comm").value_or("").starts_with("qemu"))
        return child;
    }
  }
  return std::nullopt;
}

}  // namespace bootgate
