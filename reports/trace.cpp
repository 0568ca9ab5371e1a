#include "reports/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

std::string_view category(Span::Kind kind) {
  switch (kind) {
    case Span::Kind::fixture: return "fixture";
    case Span::Kind::boot: return "boot";
    case Span::Kind::phase: return "phase";
    case Span::Kind::checkpoint: return "checkpoint";
    case Span::Kind::clone: return "clone";
    case Span::Kind::one_case: return "case";
  }
  return "case";
}

/// Spans of one track are within one another, or apart: no viewer can show others.
struct Track {
  int lane = 0;
  int number = 1;  // among those of its lane
  std::vector<const Span*> spans;
  std::vector<TimePoint> open;  // the ends of the spans that the last one is within, and its own

  bool takes(const Span& span) {
    while (!open.empty() && open.back() <= span.start)
      open.pop_back();
    return open.empty() || span.end <= open.back();
  }
};

/// Lanes in their order. A lane whose spans overlap has more tracks than one.
std::vector<Track> tracks_of(const std::vector<Span>& spans) {
  std::vector<const Span*> sorted;
  for (const Span& span : spans)
    sorted.push_back(&span);
  // The outer one first: of spans that begin together viewers take the first for it.
  std::stable_sort(sorted.begin(), sorted.end(), [](const Span* a, const Span* b) {
    return std::pair(a->start, b->end) < std::pair(b->start, a->end);
  });
  std::map<int, std::vector<Track>> lanes;
  for (const Span* span : sorted) {
    std::vector<Track>& tracks = lanes[span->lane];
    auto track = std::find_if(tracks.begin(), tracks.end(), [&](Track& t) { return t.takes(*span); });
    if (track == tracks.end()) track = tracks.insert(track, {span->lane, static_cast<int>(tracks.size()) + 1, {}, {}});
    track->spans.push_back(span);
    track->open.push_back(std::max(span->start, span->end));
  }
  std::vector<Track> all;
  for (auto& [lane, tracks] : lanes)
    std::move(tracks.begin(), tracks.end(), std::back_inserter(all));
  return all;
}

std::string track_name(const Track& track) {
  std::string name = track.lane == 0 ? "fixtures" : fmt::format("machine {}", track.lane);
  return track.number == 1 ? name : fmt::format("{} ({})", name, track.number);
}

using Outcomes = std::map<std::pair<std::string, std::string>, Outcome>;  // of a job's "suite/case"

Outcomes outcomes_of(const RunResult& run) {
  Outcomes outcomes;
  for (const JobResult& job : run.jobs)
    for (const CaseResult& result : job.cases)
      outcomes[{job.name, result.suite + "/" + result.name}] = result.outcome;
  return outcomes;
}

Json::Object metadata(std::string_view what, int track, Json::Object arguments) {
  return {{"name", std::string(what)}, {"ph", "M"}, {"pid", 1}, {"tid", track}, {"args", std::move(arguments)}};
}

std::int64_t microseconds(Clock::duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

Json::Object complete_event(const Span& span, int track, TimePoint start, const Outcomes& outcomes) {
  Json::Object arguments;
  if (!span.job.empty()) arguments.emplace_back("job", printable(span.job));
  auto outcome = outcomes.find({span.job, span.name});
  if (span.kind == Span::Kind::one_case && outcome != outcomes.end())
    arguments.emplace_back("outcome", std::string(to_string(outcome->second)));
  // Both ends are rounded alike, so that spans stay within one another.
  const std::int64_t from = microseconds(span.start - start);
  const std::int64_t to = std::max(from, microseconds(span.end - start));
  return {{"name", printable(span.name)},
          {"cat", std::string(category(span.kind))},
          {"ph", "X"},
          {"ts", from},
          {"dur", to - from},
          {"pid", 1},
          {"tid", track},
          {"args", std::move(arguments)}};
}

}  // namespace

Json trace_json(const std::vector<Span>& spans, TimePoint start, const RunResult& run) {
  for (const Span& span : spans)
    start = std::min(start, span.start);
  const Outcomes outcomes = outcomes_of(run);
  Json::Array events{metadata("process_name", 0, {{"name", "bootgate"}})};
  // Thread 0 is the idle one to some viewers.
  int number = 0;
  for (const Track& track : tracks_of(spans)) {
    ++number;
    events.push_back(metadata("thread_name", number, {{"name", track_name(track)}}));
    events.push_back(metadata("thread_sort_index", number, {{"sort_index", number}}));
    for (const Span* span : track.spans)
      events.push_back(complete_event(*span, number, start, outcomes));
  }
  return Json::Object{{"displayTimeUnit", "ms"}, {"traceEvents", std::move(events)}};
}

void Trace::on(const Event& event) {
  if (const auto* span = std::get_if<Span>(&event)) {
    spans_.push_back(*span);
  } else if (const auto* done = std::get_if<RunDone>(&event)) {
    fs::path directory = file_.parent_path();
    Result<> written = directory.empty() ? Result<>() : make_directories(directory);
    if (written) written = write_file_atomically(file_, dump_json(trace_json(spans_, start_, done->result)) + "\n");
    if (!written) error_ = written.error();
  }
}

}  // namespace bootgate
