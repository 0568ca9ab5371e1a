// EventQueue: hands events from the thread that runs the plan to the one that shows and reports them.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "harness/run/event.hpp"
#include "harness/support/clock.hpp"

namespace bootgate {

class EventQueue {
 public:
  void push(Event event) {
    {
      std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
    }
    wake_.notify_one();
  }

  /// Nothing will be pushed any more.
  void close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    wake_.notify_one();
  }

  /// The next event in order; nothing when none has come within `patience`, or when the queue is at its end.
  std::optional<Event> pop(Duration patience) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, patience, [this] { return closed_ || !events_.empty(); });
    if (events_.empty()) return std::nullopt;
    Event event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

  /// Closed, and all events taken.
  bool at_end() {
    std::lock_guard lock(mutex_);
    return closed_ && events_.empty();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Event> events_;
  bool closed_ = false;
};

}  // namespace bootgate
