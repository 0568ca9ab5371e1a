#include "harness/run/scheduler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <set>

namespace bootgate {
namespace {

using namespace std::chrono_literals;

Work work(std::function<void()> run, int load = 2, int memory_mib = 100) {
  Work work;
  work.load = load;
  work.memory_mib = memory_mib;
  work.run = [run = std::move(run)](int) { run(); };
  return work;
}

/// How many pieces of work there are at once, at most.
class Crowd {
 public:
  void enter() {
    int now = ++inside_;
    int before = most_;
    while (before < now && !most_.compare_exchange_weak(before, now)) {
    }
  }
  void leave() { --inside_; }
  int most() const { return most_; }

 private:
  std::atomic<int> inside_ = 0, most_ = 0;
};

int most_at_once(Capacity capacity, int load, int memory_mib) {
  Crowd crowd;
  Scheduler scheduler(capacity, [](Backlog) {});
  for (int i = 0; i < 40; ++i)
    scheduler.add(work(
        [&] {
          crowd.enter();
          std::this_thread::yield();
          crowd.leave();
        },
        load, memory_mib));
  scheduler.wait();
  return crowd.most();
}

/// Returns only when all of them are inside together: no test could wait for that in vain on a slow host and pass.
TEST(Scheduler, RunsAsManyAtOnceAsTheHostHasCpusFor) {
  std::latch together(3);
  Scheduler scheduler({8, 6, 1000}, [](Backlog) {});
  for (int i = 0; i < 3; ++i)
    scheduler.add(work([&] { together.arrive_and_wait(); }));
  scheduler.wait();
  SUCCEED();
}

TEST(Scheduler, NeverRunsMore) {
  EXPECT_LE(most_at_once({8, 4, 10'000}, 2, 100), 2);
  EXPECT_LE(most_at_once({8, 4, 10'000}, 1, 100), 4);
  EXPECT_LE(most_at_once({1, 64, 10'000}, 1, 100), 1);
  EXPECT_LE(most_at_once({8, 64, 250}, 1, 100), 2);
}

TEST(Scheduler, StartsWhatNeverFitsWhenItIsAlone) {
  EXPECT_EQ(most_at_once({8, 4, 50}, 2, 100), 1);
  EXPECT_EQ(most_at_once({8, 1, 1000}, 2, 100), 1);
}

TEST(Scheduler, CountsMemoryThatIsHeld) {
  Crowd crowd;
  Scheduler scheduler({8, 64, 300}, [](Backlog) {});
  scheduler.hold(150);
  for (int i = 0; i < 20; ++i)
    scheduler.add(work([&] {
      crowd.enter();
      std::this_thread::yield();
      crowd.leave();
    }));
  scheduler.wait();
  EXPECT_EQ(crowd.most(), 1);
  scheduler.release(150);
  std::latch together(2);
  for (int i = 0; i < 2; ++i)
    scheduler.add(work([&] { together.arrive_and_wait(); }));
  scheduler.wait();
}

/// The order in which one worker does them.
std::vector<int> order_of(std::vector<Work> works) {
  std::vector<int> order;
  std::latch all_added(1);
  Scheduler scheduler({1, 64, 10'000}, [](Backlog) {});
  scheduler.add(work([&] { all_added.wait(); }));
  for (int i = 0; Work & one : works) {
    one.run = [&order, i](int) { order.push_back(i); };
    scheduler.add(std::move(one));
    ++i;
  }
  all_added.count_down();
  scheduler.wait();
  return order;
}

TEST(Scheduler, TakesTheLongestFirst) {
  std::vector<Work> works(3, work({}));
  works[0].expected = 1s;
  works[1].expected = 3s;
  works[2].expected = 2s;
  EXPECT_EQ(order_of(works), (std::vector{1, 2, 0}));
}

TEST(Scheduler, KeepsTheOrderOfTheEqual) {
  std::vector<Work> works(4, work({}));
  for (int i = 0; Work & one : works)
    one.order = static_cast<std::uint64_t>(i++ ^ 1);
  EXPECT_EQ(order_of(works), (std::vector{1, 0, 3, 2}));
}

TEST(Scheduler, UsesWhatIsOpenBeforeItOpensMore) {
  std::vector<Work> works(3, work({}));
  works[0].opens = works[1].opens = true;
  works[0].expected = 9s;
  works[1].expected = works[2].expected = 1s;
  works[1].later = 20s;
  EXPECT_EQ(order_of(works), (std::vector{2, 1, 0}));
}

TEST(Scheduler, WaitsForWorkThatWorkAdds) {
  std::atomic<int> done = 0;
  Scheduler scheduler({4, 8, 1000}, [](Backlog) {});
  scheduler.add(work([&] {
    for (int i = 0; i < 10; ++i)
      scheduler.add(work([&] { ++done; }));
  }));
  scheduler.wait();
  EXPECT_EQ(done, 10);
}

TEST(Scheduler, GivesEachOfThoseThatRunAtOnceALaneOfItsOwn) {
  std::latch together(3);
  std::mutex mutex;
  std::set<int> lanes;
  Scheduler scheduler({3, 64, 1000}, [](Backlog) {});
  for (int i = 0; i < 3; ++i) {
    Work one = work({});
    one.run = [&](int lane) {
      together.arrive_and_wait();
      std::lock_guard lock(mutex);
      lanes.insert(lane);
    };
    scheduler.add(std::move(one));
  }
  scheduler.wait();
  EXPECT_EQ(lanes, (std::set{1, 2, 3}));
}

TEST(Scheduler, TellsWhatIsLeft) {
  std::mutex mutex;
  std::vector<Backlog> told;
  {
    std::latch all_added(1);
    Scheduler scheduler({1, 2, 1000}, [&](Backlog backlog) {
      std::lock_guard lock(mutex);
      told.push_back(backlog);
    });
    Work first = work([&] { all_added.wait(); });
    first.expected = 1min;
    scheduler.add(std::move(first));
    Work second = work([] {});
    second.expected = 1h;
    second.later = 1h;
    scheduler.add(std::move(second));
    all_added.count_down();
    scheduler.wait();
  }
  EXPECT_EQ(told.back().running, 0);
  EXPECT_EQ(told.back().left, Duration(0));
  auto left = std::max_element(told.begin(), told.end(), [](const Backlog& a, const Backlog& b) {
    return a.left.value_or(0ms) < b.left.value_or(0ms);
  });
  EXPECT_GT(*left->left, 100min);
}

TEST(Scheduler, DoesNotGuessAtWhatItHasNeverSeen) {
  std::mutex mutex;
  bool guessed = false;
  {
    Scheduler scheduler({1, 2, 1000}, [&](Backlog backlog) {
      std::lock_guard lock(mutex);
      if (backlog.running > 0 && backlog.left) guessed = true;
    });
    scheduler.add(work([] {}));
    scheduler.wait();
  }
  EXPECT_FALSE(guessed);
}

}  // namespace
}  // namespace bootgate
