#include "harness/run/scheduler.hpp"

#include <algorithm>
#include <tuple>

namespace bootgate {
namespace {

/// Ahead of the others: work on memory that is held already, then the longest.
bool goes_before(const Work& a, const Work& b) {
  auto rank = [](const Work& work) {
    const Duration length = work.shuffled ? Duration(0) : work.expected + work.later;
    return std::tuple(work.opens, -length, work.shuffled, work.order);
  };
  return rank(a) < rank(b);
}

}  // namespace

Scheduler::Scheduler(Capacity capacity, std::function<void(Backlog)> on_change)
    : capacity_(capacity), on_change_(std::move(on_change)) {
  for (int i = 0; i < capacity_.machines; ++i)
    workers_.emplace_back([this] { serve(); });
}

Scheduler::~Scheduler() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
}

void Scheduler::add(Work work) {
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(work));
  }
  changed_.notify_all();
}

void Scheduler::hold(std::int64_t mib) {
  std::lock_guard lock(mutex_);
  held_mib_ += mib;
}

void Scheduler::release(std::int64_t mib) {
  {
    std::lock_guard lock(mutex_);
    held_mib_ -= mib;
  }
  changed_.notify_all();
}

void Scheduler::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.empty() && running_.empty(); });
}

bool Scheduler::fits(const Work& work) const {
  if (running_.empty()) return true;
  int load = work.load;
  std::int64_t memory = held_mib_ + work.memory_mib;
  for (const Running& other : running_) {
    load += other.load;
    memory += other.memory_mib;
  }
  return load <= capacity_.load && memory <= capacity_.memory_mib;
}

std::list<Work>::iterator Scheduler::next() {
  auto best = waiting_.end();
  for (auto work = waiting_.begin(); work != waiting_.end(); ++work)
    if (fits(*work) && (best == waiting_.end() || goes_before(*work, *best))) best = work;
  return best;
}

Backlog Scheduler::backlog(TimePoint now) const {
  Backlog backlog;
  backlog.running = static_cast<int>(running_.size());
  Duration sum{}, longest{};
  auto add = [&](Duration own, Duration later) {
    sum += own + later;
    longest = std::max(longest, own);
  };
  for (const Work& work : waiting_) {
    if (work.expected == Duration(0)) return backlog;
    add(work.expected, work.later);
  }
  for (const Running& work : running_) {
    if (work.expected == Duration(0)) return backlog;
    auto left = std::chrono::duration_cast<Duration>(work.start + work.expected - now);
    add(std::max(left, Duration(0)), work.later);
  }
  backlog.left = std::max(sum / std::max(1, std::min(capacity_.machines, capacity_.load / 2)), longest);
  return backlog;
}

void Scheduler::tell(std::unique_lock<std::mutex>& lock) {
  Backlog now = backlog(Clock::now());
  lock.unlock();
  on_change_(now);
  changed_.notify_all();
  lock.lock();
}

int Scheduler::free_lane() const {
  for (int lane = 1;; ++lane)
    if (std::none_of(running_.begin(), running_.end(), [&](const Running& other) { return other.lane == lane; }))
      return lane;
}

void Scheduler::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    auto chosen = waiting_.end();
    changed_.wait(lock, [&] { return closing_ || (chosen = next()) != waiting_.end(); });
    if (closing_) return;
    Work work = std::move(*chosen);
    waiting_.erase(chosen);
    const int lane = free_lane();
    auto running =
        running_.insert(running_.end(), {lane, Clock::now(), work.expected, work.later, work.load, work.memory_mib});
    tell(lock);
    lock.unlock();
    work.run(lane);
    work.run = {};  // what it holds goes before others start
    lock.lock();
    running_.erase(running);
    tell(lock);
  }
}

}  // namespace bootgate
