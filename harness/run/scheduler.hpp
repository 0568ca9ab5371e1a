// Scheduler: machines side by side, within what the host has. It knows nothing of what is run on them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "harness/support/clock.hpp"

namespace bootgate {

/// What is run on one machine.
struct Work {
  int load = 0;         // of the host's CPUs, in halves of one
  int memory_mib = 0;   // that the guest may touch
  bool opens = false;   // a boot, whose memory is kept for others: it waits for those that use what is there
  Duration expected{};  // how long it took last time; 0: not known
  Duration later{};     // the same of all work that it will add
  std::optional<std::uint64_t> shuffled;  // goes by this instead
  std::uint64_t order = 0;                // among the equal
  std::function<void(int)> run;           // gets its lane: a number from 1 on that no other has meanwhile
};

/// Of all machines together.
struct Capacity {
  int machines = 1;
  int load = 2;
  std::int64_t memory_mib = 0;
};

/// What is left to do.
struct Backlog {
  std::optional<Duration> left;  // nothing: something was never run before
  int running = 0;
};

class Scheduler {
 public:
  /// `on_change` is called from any thread, whenever work starts or ends.
  Scheduler(Capacity capacity, std::function<void(Backlog)> on_change);
  /// Waits for what runs; what has not started never will.
  ~Scheduler();

  /// From any thread, also from within work. The longest comes first; what does not fit beside the others waits, but
  /// alone on the host it is always started.
  void add(Work work);
  /// Memory that is taken by nothing that runs.
  void hold(std::int64_t mib);
  void release(std::int64_t mib);
  /// Blocks until nothing runs and nothing waits.
  void wait();

 private:
  struct Running {
    int lane;
    TimePoint start;
    Duration expected;
    Duration later;
    int load;
    int memory_mib;
  };

  void serve();
  int free_lane() const;
  std::list<Work>::iterator next();
  bool fits(const Work& work) const;
  Backlog backlog(TimePoint now) const;
  void tell(std::unique_lock<std::mutex>& lock);

  const Capacity capacity_;
  const std::function<void(Backlog)> on_change_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Work> waiting_;
  std::list<Running> running_;
  std::int64_t held_mib_ = 0;
  bool closing_ = false;
  std::vector<std::jthread> workers_;  // last: they are joined before the rest goes
};

}  // namespace bootgate
