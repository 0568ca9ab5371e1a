#include "harness/machine/migration.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

/// 320 kB take milliseconds; what takes this long never ends.
constexpr Duration patience = 20s;

/// Begins it through a socket, of which our end is returned.
Result<UniqueFd> begin(Machine& machine, std::string_view command) {
  Json::Object capability{{"capability", "x-ignore-shared"}, {"state", true}};
  auto capable =
      machine.execute("migrate-set-capabilities", {{"capabilities", Json::Array{Json(std::move(capability))}}});
  if (!capable) return tl::unexpected(capable.error());
  auto channel = make_socketpair();
  if (!channel) return tl::unexpected(channel.error());
  if (auto set = set_nonblocking(channel->first.get()); !set) return tl::unexpected(set.error());
  if (auto given = machine.give(channel->second.get(), "state"); !given) return tl::unexpected(given.error());
  auto begun = machine.execute(command, {{"uri", "fd:state"}});
  if (!begun) return tl::unexpected(begun.error());
  return std::move(channel->first);
}

/// Waits for the end of the migration, which QEMU knows a moment after the last byte has passed.
Result<> await_end(Machine& machine, std::string_view doing) {
  const TimePoint deadline = Clock::now() + patience;
  while (Clock::now() < deadline) {
    auto info = machine.execute("query-migrate");
    if (!info) return tl::unexpected(info.error());
    const Json* status = info->find("status");
    std::string_view word = status ? status->text() : "";
    if (word == "completed") return {};
    if (word == "failed" || word == "cancelled") {
      const Json* why = info->find("error-desc");
      return bench_error(
          fmt::format("QEMU failed while {}: {}", doing, why ? printable(why->text()) : "no reason given"));
    }
    ::poll(nullptr, 0, 1);
  }
  return bench_error(fmt::format("QEMU failed while {}: no end within {}", doing, format_duration(patience)));
}

/// Moves bytes through the socket by `step` until that says it is done, or QEMU stops taking part.
Result<> transfer(int fd, short direction, std::string_view doing, const std::function<bool()>& step) {
  const TimePoint deadline = Clock::now() + patience;
  for (;;) {
    pollfd polled{fd, direction, 0};
    const auto left = std::chrono::ceil<Duration>(deadline - Clock::now());
    if (left <= Duration(0)) return bench_error(fmt::format("QEMU failed while {}: it takes too long", doing));
    if (::poll(&polled, 1, static_cast<int>(left.count())) <= 0) continue;
    if (step()) return {};
  }
}

}  // namespace

Result<std::string> save_state(Machine& machine) {
  constexpr std::string_view doing = "saving the machine";
  auto channel = begin(machine, "migrate");
  if (!channel) return tl::unexpected(channel.error());
  std::string state;
  auto received = transfer(channel->get(), POLLIN, doing, [&] {
    char buffer[65536];
    ssize_t n = ::read(channel->get(), buffer, sizeof buffer);
    if (n > 0) state.append(buffer, static_cast<std::size_t>(n));
    return n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
  });
  if (!received) return tl::unexpected(received.error());
  if (auto ended = await_end(machine, doing); !ended) return tl::unexpected(ended.error());
  return state;
}

Result<> load_state(Machine& machine, std::string_view state) {
  constexpr std::string_view doing = "loading the checkpoint";
  auto channel = begin(machine, "migrate-incoming");
  if (!channel) return tl::unexpected(channel.error());
  auto sent = transfer(channel->get(), POLLOUT, doing, [&] {
    ssize_t n = ::write(channel->get(), state.data(), state.size());
    if (n > 0) state.remove_prefix(static_cast<std::size_t>(n));
    // A QEMU that has gone says why over QMP, or at its end.
    return state.empty() || (n < 0 && errno != EINTR && errno != EAGAIN);
  });
  if (!sent) return sent;
  channel->reset();
  return await_end(machine, doing);
}

}  // namespace bootgate
