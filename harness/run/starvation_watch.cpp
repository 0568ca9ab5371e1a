#include "harness/run/starvation_watch.hpp"

namespace bootgate {
namespace {

constexpr Duration patience(300);

}  // namespace

void StarvationWatch::look(TimePoint now) {
  if (before_ || now - start_ < patience) return;
  before_ = read_cpu_share(qemu_);
  before_at_ = now;
}

bool StarvationWatch::extends(TimePoint now) {
  starvation_.reset();
  const auto after = read_cpu_share(qemu_);
  if (before_ && after)
    starvation_ = bootgate::starvation(*before_, *after, std::chrono::duration_cast<Duration>(now - before_at_));
  if (!starvation_ || extended_) return false;
  extended_ = true;
  before_ = after;
  before_at_ = start_ = now;
  return true;
}

}  // namespace bootgate
