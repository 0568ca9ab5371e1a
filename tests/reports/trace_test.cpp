#include "reports/trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/reports/sample_run.hpp"

namespace bootgate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr TimePoint start = TimePoint(std::chrono::hours(1));

Span span(Span::Kind kind, std::string name, int lane, int from_ms, int to_ms) {
  return {kind, std::move(name), "a job", lane, start + Duration(from_ms), start + Duration(to_ms)};
}

std::int64_t number(const Json& event, std::string_view name) {
  const Json* member = event.find(name);
  const auto* value = member ? std::get_if<std::int64_t>(&member->value) : nullptr;
  EXPECT_TRUE(value) << name << " of " << dump_json(event);
  return value ? *value : -1;
}

/// A track as a viewer shows it.
struct ShownTrack {
  std::string name;
  std::vector<Json> events;
};

/// What viewers ask of a document: its keys, times that are no less than 0, and on each track spans that are within one
/// another or apart, the outer one first.
std::vector<ShownTrack> shown_tracks(const std::string& text) {
  auto document = parse_json(text);
  EXPECT_TRUE(document) << text;
  const Json* list = document ? document->find("traceEvents") : nullptr;
  EXPECT_TRUE(list) << text;
  if (!list) return {};
  std::map<std::int64_t, ShownTrack> tracks;
  std::map<std::int64_t, std::vector<std::int64_t>> open;
  for (const Json& event : std::get<Json::Array>(list->value)) {
    EXPECT_TRUE(event.find("name") && event.find("args")) << dump_json(event);
    EXPECT_EQ(number(event, "pid"), 1);
    const std::int64_t track = number(event, "tid");
    if (event.find("ph")->text() == "M") {
      if (event.find("name")->text() == "thread_name")
        tracks[track].name = std::string(event.find("args")->find("name")->text());
      continue;
    }
    EXPECT_EQ(event.find("ph")->text(), "X");
    EXPECT_GT(track, 0);
    const std::int64_t from = number(event, "ts");
    const std::int64_t to = from + number(event, "dur");
    EXPECT_GE(from, 0);
    EXPECT_GE(to, from);
    std::vector<std::int64_t>& ends = open[track];
    while (!ends.empty() && ends.back() <= from)
      ends.pop_back();
    EXPECT_TRUE(ends.empty() || to <= ends.back()) << "half within another: " << dump_json(event);
    ends.push_back(to);
    tracks[track].events.push_back(event);
  }
  std::vector<ShownTrack> all;
  for (auto& [track, shown] : tracks)
    if (!shown.events.empty()) all.push_back(std::move(shown));
  return all;
}

std::vector<std::string> names(const ShownTrack& track) {
  std::vector<std::string> all;
  for (const Json& event : track.events)
    all.emplace_back(event.find("name")->text());
  return all;
}

std::vector<ShownTrack> shown_tracks(const std::vector<Span>& spans, const RunResult& run = {}) {
  return shown_tracks(dump_json(trace_json(spans, start, run)));
}

class TraceFile : public ::testing::Test {
 protected:
  void SetUp() override { dir_ = make_temp_dir(fs::temp_directory_path(), "trace").value(); }
  void TearDown() override { fs::remove_all(dir_); }
  fs::path dir_;
};

TEST(Trace, HasATrackForEachLane) {
  auto tracks = shown_tracks({span(Span::Kind::boot, "boot", 2, 5, 10), span(Span::Kind::fixture, "initramfs", 0, 0, 4),
                              span(Span::Kind::boot, "boot", 1, 4, 9)});
  ASSERT_EQ(tracks.size(), 3u);
  EXPECT_EQ(tracks[0].name, "fixtures");
  EXPECT_EQ(tracks[1].name, "machine 1");
  EXPECT_EQ(tracks[2].name, "machine 2");
  EXPECT_THAT(names(tracks[0]), ElementsAre("initramfs"));
}

TEST(Trace, TellsKindJobAndOutcome) {
  RunResult run = sample_run();
  Span failed = span(Span::Kind::one_case, "boot/mount-a", 1, 3, 7);
  failed.job = run.jobs[0].name;
  Span phase = span(Span::Kind::phase, "kernel", 1, 0, 2);
  phase.job.clear();
  auto tracks = shown_tracks({failed, phase}, run);
  ASSERT_EQ(tracks.size(), 1u);
  ASSERT_EQ(tracks[0].events.size(), 2u);
  EXPECT_EQ(dump_json(tracks[0].events[0]),
            R"({"name":"kernel","cat":"phase","ph":"X","ts":0,"dur":2000,"pid":1,"tid":1,"args":{}})");
  EXPECT_EQ(dump_json(tracks[0].events[1]),
            R"({"name":"boot/mount-a","cat":"case","ph":"X","ts":3000,"dur":4000,"pid":1,"tid":1,)"
            R"("args":{"job":"debian-busybox-initrd_only-tcg","outcome":"fail"}})");
}

TEST(Trace, OuterSpansComeFirst) {
  auto tracks = shown_tracks({span(Span::Kind::phase, "kernel", 1, 0, 3), span(Span::Kind::phase, "init", 1, 3, 9),
                              span(Span::Kind::boot, "boot", 1, 0, 9), span(Span::Kind::clone, "clone", 1, 9, 10)});
  ASSERT_EQ(tracks.size(), 1u);
  EXPECT_THAT(names(tracks[0]), ElementsAre("boot", "kernel", "init", "clone"));
}

TEST(Trace, SpansThatOverlapGetTracksOfTheirOwn) {
  auto tracks =
      shown_tracks({span(Span::Kind::fixture, "Linux 6.12", 0, 0, 5), span(Span::Kind::fixture, "busybox", 0, 3, 8),
                    span(Span::Kind::fixture, "initramfs", 0, 6, 9)});
  ASSERT_EQ(tracks.size(), 2u);
  EXPECT_EQ(tracks[0].name, "fixtures");
  EXPECT_EQ(tracks[1].name, "fixtures (2)");
  EXPECT_THAT(names(tracks[0]), ElementsAre("Linux 6.12", "initramfs"));
  EXPECT_THAT(names(tracks[1]), ElementsAre("busybox"));
}

TEST(Trace, WhatBeganBeforeTheRunIsItsStart) {
  auto tracks =
      shown_tracks({span(Span::Kind::boot, "boot", 1, 0, 5), span(Span::Kind::fixture, "KVM probe", 0, -20, -1)});
  ASSERT_EQ(tracks.size(), 2u);
  EXPECT_EQ(number(tracks[0].events[0], "ts"), 0);
  EXPECT_EQ(number(tracks[1].events[0], "ts"), 20'000);
}

TEST(Trace, ASpanThatEndsBeforeItsStartIsAPoint) {
  auto tracks = shown_tracks({span(Span::Kind::boot, "boot", 1, 5, 3)});
  ASSERT_EQ(tracks.size(), 1u);
  EXPECT_EQ(number(tracks[0].events[0], "dur"), 0);
}

TEST(Trace, IsValidWhateverTheSpansAre) {
  std::mt19937 random(5);
  for (int round = 0; round < 50; ++round) {
    std::vector<Span> spans;
    for (int i = 0; i < 40; ++i) {
      auto from = static_cast<int>(random() % 50);
      Span any = span(Span::Kind::boot, "s" + std::to_string(i), static_cast<int>(random() % 3), from,
                      from + static_cast<int>(random() % 20));
      // Off the microseconds that the document has.
      any.start += Clock::duration(random() % 1'000'000);
      any.end += Clock::duration(random() % 1'000'000);
      spans.push_back(any);
    }
    std::size_t shown = 0;
    for (const ShownTrack& track : shown_tracks(spans))
      shown += track.events.size();
    EXPECT_EQ(shown, spans.size());
  }
}

TEST(Trace, HostileNamesAreEscaped) {
  Span hostile = span(Span::Kind::one_case, hostile_bytes() + "\n\\", 1, 0, 1);
  hostile.job = hostile_bytes();
  std::string text = dump_json(trace_json({hostile}, start, {}));
  for (char c : text)
    EXPECT_TRUE(c >= ' ' && c < '\x7f') << static_cast<int>(c);
  auto tracks = shown_tracks(text);
  ASSERT_EQ(tracks.size(), 1u);
  EXPECT_EQ(tracks[0].events[0].find("name")->text(),
            R"(a\x00\x1b[2J\x1b]0;t\x07\xff\xe2\x82 ]]> <&"\x0d\x7f\xc2\x9bz\x0a\)");
  EXPECT_EQ(tracks[0].events[0].find("args")->find("job")->text(),
            R"(a\x00\x1b[2J\x1b]0;t\x07\xff\xe2\x82 ]]> <&"\x0d\x7f\xc2\x9bz)");
}

TEST_F(TraceFile, IsWrittenWhenTheRunEnds) {
  const fs::path file = dir_ / "of the run" / "trace.json";
  Trace trace(file, [] { return start; });
  trace.on(sample_start());
  trace.on(span(Span::Kind::boot, "boot", 1, 5, 10));
  EXPECT_FALSE(fs::exists(file));
  RunDone done{sample_run()};
  done.result.interrupted = true;
  trace.on(done);
  EXPECT_FALSE(trace.error());
  auto tracks = shown_tracks(read_file(file).value());
  ASSERT_EQ(tracks.size(), 1u);
  EXPECT_EQ(number(tracks[0].events[0], "ts"), 5000) << "from the start of the program on";
}

TEST_F(TraceFile, OfARunWithoutASpanIsADocumentToo) {
  Trace trace(dir_ / "trace.json");
  trace.on(RunDone{});
  EXPECT_THAT(shown_tracks(read_file(dir_ / "trace.json").value()), ::testing::IsEmpty());
}

TEST_F(TraceFile, ThatCannotBeWrittenIsAnError) {
  ASSERT_TRUE(write_file_atomically(dir_ / "file", "no directory"));
  Trace trace(dir_ / "file" / "trace.json");
  trace.on(RunDone{});
  ASSERT_TRUE(trace.error());
  EXPECT_EQ(exit_code(trace.error()->kind), 3);
  EXPECT_THAT(trace.error()->what, HasSubstr((dir_ / "file").string()));
}

}  // namespace
}  // namespace bootgate
