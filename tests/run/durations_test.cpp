#include "harness/run/durations.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

struct Cache {
  TempDir dir;
  Store store = Store::open(dir.path()).value();
  fs::path file = dir.path() / "durations";

  std::size_t lines() const {
    const std::string text = read_file(file).value();
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }
};

TEST(Durations, AreRemembered) {
  const Cache cache;
  Durations first(cache.store);
  EXPECT_EQ(first.of("job", "case"), std::nullopt);
  first.note("job", "case", 1500ms);
  first.note("job", "", 40s);
  EXPECT_EQ(first.of("job", "case"), 1500ms);
  first.save();

  const Durations second(cache.store);
  EXPECT_EQ(second.of("job", "case"), 1500ms);
  EXPECT_EQ(second.of("job", ""), 40s);
  EXPECT_EQ(second.of("job", "other"), std::nullopt);
  EXPECT_EQ(second.of("other", "case"), std::nullopt);
}

TEST(Durations, MoveHalfTheWay) {
  const Cache cache;
  Durations durations(cache.store);
  durations.note("job", "case", 100ms);
  durations.note("job", "case", 300ms);
  EXPECT_EQ(durations.of("job", "case"), 200ms);
  durations.save();
  Durations next(cache.store);
  next.note("job", "case", 400ms);
  EXPECT_EQ(next.of("job", "case"), 300ms);
}

TEST(Durations, KeepWhatOthersWroteMeanwhile) {
  const Cache cache;
  Durations ours(cache.store), theirs(cache.store);
  ours.note("a", "", 1s);
  theirs.note("b", "", 2s);
  theirs.save();
  ours.save();
  EXPECT_EQ(ours.of("b", ""), 2s);
  const Durations later(cache.store);
  EXPECT_EQ(later.of("a", ""), 1s);
  EXPECT_EQ(later.of("b", ""), 2s);

  // What was saved once doesn't overwrite what somebody has learnt since.
  theirs.note("a", "", 5s);
  theirs.save();
  ours.note("c", "", 3s);
  ours.save();
  EXPECT_EQ(Durations(cache.store).of("a", ""), 5s);
}

TEST(Durations, AreNotedByManyThreads) {
  const Cache cache;
  Durations durations(cache.store);
  {
    std::vector<std::jthread> workers;
    for (int worker = 0; worker < 8; ++worker)
      workers.emplace_back([&durations, worker] {
        for (int i = 0; i < 200; ++i) {
          durations.note(fmt::format("job-{}", worker), fmt::format("case-{}", i), Duration(i));
          durations.note("shared", "case", 10ms);
          EXPECT_EQ(durations.of("shared", "case"), 10ms);
          if (i % 50 == 0) durations.save();
        }
      });
  }
  durations.save();
  const Durations later(cache.store);
  for (int worker = 0; worker < 8; ++worker)
    for (int i = 0; i < 200; ++i)
      ASSERT_EQ(later.of(fmt::format("job-{}", worker), fmt::format("case-{}", i)), Duration(i));
}

TEST(Durations, OfManyProcessesAreAllKept) {
  const Cache cache;
  std::vector<std::jthread> runs;
  for (int run = 0; run < 8; ++run)
    runs.emplace_back([&cache, run] {
      Durations durations(cache.store);  // each with a lock of its own, as processes have
      durations.note(fmt::format("run-{}", run), "", 1s);
      durations.save();
    });
  runs.clear();
  const Durations later(cache.store);
  for (int run = 0; run < 8; ++run)
    EXPECT_EQ(later.of(fmt::format("run-{}", run), ""), 1s) << run;
}

TEST(Durations, ForgetTheOldest) {
  const Cache cache;
  std::string text = "bootgate durations 1\n";
  for (std::size_t i = 0; i < Durations::limit + 100; ++i)
    text += fmt::format("{} 7 job/case-{}\n", 1'000'000 + i, i);
  cache.dir.file("durations", text);
  Durations durations(cache.store);
  durations.note("new", "", 1s);
  durations.save();
  EXPECT_EQ(cache.lines(), Durations::limit + 1);  // and the header
  const Durations later(cache.store);
  EXPECT_EQ(later.of("new", ""), 1s);
  EXPECT_EQ(later.of("job", "case-100"), std::nullopt);
  EXPECT_EQ(later.of("job", "case-101"), 7ms);
  EXPECT_EQ(later.of("job", fmt::format("case-{}", Durations::limit + 99)), 7ms);
}

TEST(Durations, ReplaceAFileThatIsNoneOfOurs) {
  for (std::string text : {"", "{\"job\": 5}", "bootgate durations 2\n1 2 job/case\n", "\xff\xfe\n"}) {
    const Cache cache;
    cache.dir.file("durations", text);
    Durations durations(cache.store);
    EXPECT_EQ(durations.of("job", "case"), std::nullopt);
    durations.note("job", "case", 1s);
    durations.save();
    EXPECT_EQ(Durations(cache.store).of("job", "case"), 1s) << text;
    EXPECT_EQ(cache.lines(), 2u);
  }
}

TEST(Durations, SkipLinesThatAreNone) {
  const Cache cache;
  cache.dir.file("durations", std::string("bootgate durations 1\n1 2 good/one\n\nx\n1 2\n1 -2 bad/a\n-1 2 bad/b\n1 2 \n"
                                          "1 99999999999999999999 bad/c\n1 99999999999999 bad/d\n") +
                                  std::string("1 2 bad\0/e\n", 11) + "1 3 good/two words\n1 4 good/cut off");
  Durations durations(cache.store);
  EXPECT_EQ(durations.of("good", "one"), 2ms);
  EXPECT_EQ(durations.of("good", "two words"), 3ms);
  EXPECT_EQ(durations.of("good", "cut off"), 4ms);
  durations.note("good", "one", 2ms);
  durations.save();
  EXPECT_EQ(cache.lines(), 4u);
}

TEST(Durations, KeepNoNameThatIsNoLine) {
  const Cache cache;
  Durations durations(cache.store);
  durations.note("job", "two\nlines", 1s);
  durations.note("job", std::string(5000, 'x'), 1s);
  durations.note("job", "negative", -1ms);
  durations.note("job", "fine", 1s);
  durations.save();
  EXPECT_EQ(cache.lines(), 2u);
}

TEST(Durations, AreNoErrorWhereTheyCannotBeKept) {
  const Cache cache;
  fs::create_directories(cache.file / "a directory");
  Durations durations(cache.store);
  durations.note("job", "case", 1s);
  durations.save();
  EXPECT_EQ(durations.of("job", "case"), 1s);
  EXPECT_TRUE(fs::is_directory(cache.file / "a directory"));
}

TEST(Durations, OfNothingNewAreNotWritten) {
  const Cache cache;
  Durations durations(cache.store);
  durations.save();
  EXPECT_FALSE(fs::exists(cache.file));
}

}  // namespace
}  // namespace bootgate
