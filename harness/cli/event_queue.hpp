// EventQueue: hands events from the thread that runs the plan to the one that shows and reports them.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "harness/run/event.hpp"

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

  /// The next event in order; waits for it. Nothing once the queue is closed and empty.
  std::optional<Event> pop() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return closed_ || !events_.empty(); });
    if (events_.empty()) return std::nullopt;
    Event event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Event> events_;
  bool closed_ = false;
};

}  // namespace bootgate
