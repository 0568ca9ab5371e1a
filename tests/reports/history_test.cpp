#include "reports/history.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "harness/support/text.hpp"
#include "harness/support/timestamp.hpp"
#include "reports/history_schema.hpp"
#include "reports/history_text.hpp"
#include "tests/reports/sample_run.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

RunRecord night(int number, Outcome outcome = Outcome::pass) {
  RunResult run = sample_run();
  run.timestamp = utc_timestamp(1'780'000'000 + number * 86'400);
  JobResult& job = run.jobs[0];
  job.timestamp = run.timestamp;
  job.facts = {{"kernel.origin", fmt::format("commit {:012x} (master of /linux), built with host", number)},
               {"kernel.release", "6.12.1"},
               {"time.login", fmt::format("0.{:03}", 700 + number)}};
  job.cases = {sample_case("login", outcome), sample_failure(), sample_flake()};
  RunRecord record = record_of(run);
  record.name = fmt::format("night-{}", number);
  return record;
}

class HistoryFile : public ::testing::Test {
 protected:
  fs::path file() const { return dir_.path() / "history.db"; }
  History open(DatabaseOptions options = {}) const { return History::open(file(), options).value(); }
  Error refusal(DatabaseOptions options = {}) const {
    auto opened = History::open(file(), options);
    return opened ? Error{Error::Kind::bench, "it was opened", {}, {}} : opened.error();
  }
  /// Bytes in the header of the file: see "The Database Header" in SQLite's fileformat2.html.
  void patch(std::streamoff offset, std::string_view bytes) const {
    std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(offset);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  TempDir dir_;
};

TEST_F(HistoryFile, GivesARunBackAsItWas) {
  History history = open();
  ASSERT_TRUE(history.add(night(1), "/nights/1"));
  EXPECT_EQ(history.run("night-1").value(), night(1));
  EXPECT_EQ(open({.read_only = true}).run("night-1").value(), night(1));
  EXPECT_EQ(history.run("night-2").value(), std::nullopt);
}

TEST_F(HistoryFile, ListsTheNewestRunsFirstWithTheirCounts) {
  History history = open();
  for (int number : {2, 1, 3})
    ASSERT_TRUE(history.add(night(number), fmt::format("/nights/{}", number)));
  const auto runs = history.runs(2).value();
  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_EQ(runs[0].name, "night-3");
  EXPECT_EQ(runs[1].name, "night-2");
  EXPECT_EQ(runs[0].directory, "/nights/3");
  EXPECT_EQ(runs[0].tally.pass, 1);
  EXPECT_EQ(runs[0].tally.fail, 1);
  EXPECT_EQ(runs[0].tally.flaky, 1);
  EXPECT_EQ(history.run_before("night-3").value(), "night-2");
  EXPECT_EQ(history.run_before("night-1").value(), std::nullopt);
}

TEST_F(HistoryFile, ARunOfTheSameNameTakesThePlaceOfTheOldOne) {
  History history = open();
  ASSERT_TRUE(history.add(night(1), "a"));
  ASSERT_TRUE(history.add(night(1, Outcome::fail), "b"));
  EXPECT_THAT(history.runs(10).value(), SizeIs(1));
  EXPECT_EQ(history.run("night-1").value(), night(1, Outcome::fail));
}

TEST_F(HistoryFile, JobsOfARunThatGoesOnAreThereAtOnce) {
  History history = open();
  RunRecord started = night(1);
  const JobRecord job = started.jobs[0];
  started.jobs.clear();
  ASSERT_TRUE(history.begin_run(started, "/nights/1"));
  ASSERT_TRUE(history.add_job("night-1", job));
  ASSERT_TRUE(history.add_job("night-1", job));  // a second time, after a kill between two writes
  History other = open();
  EXPECT_FALSE(other.runs(1).value().at(0).finished);
  EXPECT_THAT(other.jobs_of("night-1").value(), ElementsAre(job.name));
  ASSERT_TRUE(history.finish_run("night-1", "no disk", false));
  EXPECT_TRUE(other.runs(1).value().at(0).finished);
  EXPECT_EQ(other.run("night-1").value()->error, "no disk");
  EXPECT_EQ(other.run("night-1").value()->jobs, night(1).jobs);
}

TEST_F(HistoryFile, ANightWhoseClockWentBackIsStillTheNewest) {
  History history = open();
  ASSERT_TRUE(history.begin_run(night(20), "a"));
  ASSERT_TRUE(history.begin_run(night(3), "b"));
  EXPECT_EQ(history.runs(1).value().at(0).name, "night-3");
  EXPECT_EQ(history.runs(1).value().at(0).timestamp, night(3).timestamp);
}

TEST_F(HistoryFile, ACaseIsFollowedFromRunToRun) {
  History history = open();
  for (int number = 1; number <= 5; ++number)
    ASSERT_TRUE(history.add(night(number, number < 4 ? Outcome::pass : Outcome::fail), ""));
  for (const char* name : {"login", "boot/login", "debian-busybox-initrd_only-tcg/login"}) {
    const auto cases = history.cases_named(name, 3).value();
    ASSERT_THAT(cases, SizeIs(1)) << name;
    ASSERT_THAT(cases[0].points, SizeIs(3));
    EXPECT_EQ(cases[0].points[0].run, "night-3");
    EXPECT_EQ(cases[0].points[0].commit, "000000000003");
    EXPECT_EQ(cases[0].points[0].verdict.outcome, Outcome::pass);
    EXPECT_EQ(cases[0].points[2].verdict.outcome, Outcome::fail);
  }
  EXPECT_TRUE(history.cases_named("rust/login", 3).value().empty());
  EXPECT_TRUE(history.cases_named("log", 3).value().empty());
  EXPECT_THAT(history.case_names().value(), ElementsAre("boot/login", "boot/loop-device", "boot/mount-a"));
}

TEST_F(HistoryFile, ACaseWhoseNameHasASlashIsFoundToo) {
  History history = open();
  RunRecord run = night(1);
  run.jobs[0].cases[0].name = "GET /login";
  ASSERT_TRUE(history.add(run, ""));
  for (const char* name : {"GET /login", "boot/GET /login", "debian-busybox-initrd_only-tcg/GET /login"})
    EXPECT_THAT(history.cases_named(name, 3).value(), SizeIs(1)) << name;
}

TEST_F(HistoryFile, AttemptsAreCounted) {
  History history = open();
  ASSERT_TRUE(history.add(night(1), ""));
  const CasePoint flake = history.cases_named("loop-device", 1).value().at(0).points.at(0);
  EXPECT_EQ(flake.attempts, 3);
  EXPECT_EQ(flake.failed_attempts, 2);
  EXPECT_EQ(history.cases_named("mount-a", 1).value().at(0).points.at(0).failed_attempts, 1);
}

TEST_F(HistoryFile, LooksBackFromAnyRun) {
  History history = open();
  for (int number = 1; number <= 6; ++number)
    ASSERT_TRUE(history.add(night(number), ""));
  const auto cases = history.cases_up_to("night-4", 3).value();
  ASSERT_THAT(cases, SizeIs(3));
  for (const CaseHistory& one : cases) {
    ASSERT_THAT(one.points, SizeIs(3));
    EXPECT_EQ(one.points.back().run, "night-4");
  }
  const auto measurements = history.measurements_up_to("night-4", 3).value();
  ASSERT_THAT(measurements, SizeIs(1));
  EXPECT_EQ(measurements[0].name, "time.login");
  EXPECT_DOUBLE_EQ(measurements[0].points.at(0).value, 0.702);
  EXPECT_DOUBLE_EQ(measurements[0].points.at(2).value, 0.704);
}

TEST_F(HistoryFile, WhatIsMissingIsAUsageError) {
  const Error error = refusal({.read_only = true});
  EXPECT_EQ(error.kind, Error::Kind::usage);
  EXPECT_THAT(error.what, HasSubstr("no history at"));
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(HistoryFile, RefusesWhatIsNoDatabase) {
  dir_.file("history.db", std::string(8192, 'x'));
  EXPECT_THAT(refusal().what, HasSubstr("is no history: it is no SQLite database"));
  EXPECT_THAT(refusal().hint, HasSubstr("bootgate history import"));
}

TEST_F(HistoryFile, RefusesTheDatabaseOfAnotherProgram) {
  open();
  patch(68, std::string(4, '\0'));
  EXPECT_THAT(refusal().what, HasSubstr("another program's database"));
}

TEST_F(HistoryFile, WritesNothingToTheDatabaseOfAnotherProgram) {
  { open(); }
  patch(68, std::string(4, '\0'));
  // Its journal is no write-ahead log.
  patch(18, "\x01\x01");
  const std::string before = read_file(file()).value();
  EXPECT_THAT(refusal().what, HasSubstr("another program's database"));
  EXPECT_EQ(read_file(file()).value(), before);
}

TEST_F(HistoryFile, AFirstVersionsRunsAreNightsWhereTheyHaveADirectory) {
  {
    auto old = Database::open(file(), {history_application_id, history_migrations().first(1)}, {}).value();
    ASSERT_TRUE(old.write([&] {
      for (const char* directory : {"", "/nights/1"})
        old.query(
               "INSERT INTO run (name, timestamp, position, directory, finished) VALUES "
               "('of ' || ?1, '2026-11-26T02:00:00', 1, ?1, 1)",
               {SqlValue(std::string(directory))})
            .run();
    }));
  }
  EXPECT_THAT(refusal({.read_only = true}).what, HasSubstr("older bootgate"));
  const History history = open();
  const auto runs = history.runs(10).value();
  ASSERT_THAT(runs, SizeIs(2));
  for (const RunEntry& run : runs)
    EXPECT_EQ(run.kind, run.directory.empty() ? RunKind::import : RunKind::night) << run.name;
}

TEST_F(HistoryFile, ANightIsNoImport) {
  History history = open();
  ASSERT_TRUE(history.begin_run(night(1), "/nights/1"));
  ASSERT_TRUE(history.finish_run("night-1", "", false));
  ASSERT_TRUE(history.add(night(2), "replay"));
  ASSERT_THAT(history.nights(10).value(), SizeIs(1));
  EXPECT_EQ(history.nights(10).value()[0].name, "night-1");
  EXPECT_EQ(history.newest_run().value(), "night-1");
  ASSERT_TRUE(history.add(night(1), "/nights/1"));
  EXPECT_EQ(history.nights(10).value().at(0).name, "night-1") << "recorded again, it is still one";
}

TEST_F(HistoryFile, ARunThatWasCutOffIsNotFinished) {
  History history = open();
  RunRecord half = night(2);
  half.interrupted = true;
  half.jobs.emplace_back().name = "not begun";
  ASSERT_TRUE(history.add(half, "") && history.add(night(3), ""));
  EXPECT_FALSE(history.runs(2).value().at(1).finished);
  EXPECT_EQ(history.run_before("night-3").value(), std::nullopt);
  EXPECT_THAT(history.jobs_of("night-2").value(), SizeIs(1)) << "what was not done is not there";
}

TEST_F(HistoryFile, ANightThatWasCutOffIsNoBase) {
  History history = open();
  for (int number = 1; number <= 3; ++number) {
    ASSERT_TRUE(history.begin_run(night(number), ""));
    ASSERT_TRUE(history.finish_run(fmt::format("night-{}", number), "", number == 2));
    EXPECT_EQ(history.newest_run().value(), number < 3 ? "night-1" : "night-3");
  }
  EXPECT_EQ(history.run_before("night-3").value(), "night-1");
}

TEST_F(HistoryFile, TheListTellsWhatIsNoNight) {
  History history = open();
  ASSERT_TRUE(history.begin_run(night(1), "/nights/1"));
  ASSERT_TRUE(history.finish_run("night-1", "", false));
  RunRecord half = night(3);
  half.interrupted = true;
  ASSERT_TRUE(history.add(night(2), "replay") && history.add(half, "run"));
  const auto runs = history.runs(3).value();
  const std::string text = runs_text(runs);
  const auto lines = split(text, '\n');
  ASSERT_THAT(lines, SizeIs(4)) << text;
  EXPECT_THAT(std::string(lines[1]), EndsWith("  import, cut off"));
  EXPECT_THAT(std::string(lines[2]), EndsWith("  import"));
  EXPECT_THAT(std::string(lines[3]), Not(HasSubstr("import")));
  const Json json = to_json(runs);
  const auto& items = std::get<Json::Array>(json.value);
  EXPECT_EQ(text_at(items.at(1), "kind"), "import");
  EXPECT_EQ(text_at(items.at(2), "kind"), "night");
}

TEST_F(HistoryFile, OneThatNobodyHasNamedIsNone) {
  EXPECT_FALSE(open_named_history(std::nullopt).value());
  EXPECT_EQ(open_named_history(file()).error().kind, Error::Kind::usage);
  { open(); }
  EXPECT_TRUE(open_named_history(file()).value());
}

TEST_F(HistoryFile, ANightThatGoesOnIsNotReplacedByAPartOfIt) {
  History history = open();
  RunRecord part = night(1);
  ASSERT_TRUE(history.begin_run(part, "/nights/1"));
  part.interrupted = true;
  auto added = history.add(part, "/nights/1");
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().kind, Error::Kind::usage);
  EXPECT_FALSE(history.runs(1).value().at(0).finished);
}

TEST_F(HistoryFile, ANightThatWasImportedWhileItWentOnIsReplacedByTheWhole) {
  History history = open();
  RunRecord part = night(1);
  part.interrupted = true;
  ASSERT_TRUE(history.add(part, "/nights/1", RunKind::night));
  ASSERT_FALSE(history.runs(1).value().at(0).finished);
  ASSERT_TRUE(history.add(night(1), "/nights/1", RunKind::night));
  EXPECT_TRUE(history.nights(1).value().at(0).finished);
  EXPECT_EQ(history.run("night-1").value(), night(1));
}

TEST_F(HistoryFile, WhatIsReadIsOneStateOfIt) {
  auto database = Database::open(file(), {history_application_id, history_migrations()}, {}).value();
  History other = open();
  std::int64_t first = 0, second = 0;
  const auto runs = [&] {
    Query row = database.query("SELECT count(*) FROM run");
    row.next();
    return row.integer(0);
  };
  ASSERT_TRUE(database.read([&] {
    first = runs();
    ASSERT_TRUE(other.add(night(1), ""));
    second = runs();
  }));
  EXPECT_EQ(first, second);
}

TEST_F(HistoryFile, RefusesWhatANewerOneHasMade) {
  open();
  patch(60, std::string("\0\0\0\x07", 4));
  EXPECT_THAT(refusal().what, HasSubstr("newer bootgate: its version is 7, and this one knows 2"));
  EXPECT_EQ(refusal().kind, Error::Kind::bench);
}

TEST_F(HistoryFile, TellsOfDamage) {
  {
    History history = open();
    for (int number = 1; number <= 50; ++number)
      ASSERT_TRUE(history.add(night(number), ""));
  }
  patch(4096, std::string(fs::file_size(file()) - 4096, '\xa5'));
  auto opened = History::open(file());
  auto runs = opened.and_then([](const History& history) { return history.runs(10); });
  ASSERT_FALSE(runs);
  EXPECT_THAT(runs.error().what, HasSubstr("is damaged"));
}

TEST_F(HistoryFile, SaysThatAnotherProgramHoldsIt) {
  History history = open({.patience = Duration(50)});
  // Whoever writes holds byte 120 of the shared memory: WAL_WRITE_LOCK in SQLite's walformat.html. Locks are a
  // process's, so another one must hold it.
  int ready[2], done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(done[1]);
    const int fd = ::open((file().string() + "-shm").c_str(), O_RDWR);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 120;
    lock.l_len = 1;
    char byte = ::fcntl(fd, F_SETLK, &lock) == 0 ? 'y' : 'n';
    if (::write(ready[1], &byte, 1) != 1) ::_exit(1);
    (void)!::read(done[0], &byte, 1);
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, 'y');
  auto added = history.add(night(1), "");
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().what, HasSubstr("is locked by another program"));
  EXPECT_TRUE(history.runs(1)) << "who only reads does not wait";
  for (int fd : {done[0], done[1], ready[0], ready[1]})
    ::close(fd);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(history.add(night(1), ""));
}

TEST_F(HistoryFile, AFullDiskLosesNothingThatWasThere) {
  ASSERT_TRUE(open().add(night(1), ""));
  {
    History history = open({.most_pages = 40});
    Result<> added;
    for (int number = 2; added && number < 500; ++number)
      added = history.add(night(number), "");
    ASSERT_FALSE(added);
    EXPECT_THAT(added.error().what, HasSubstr("the disk is full"));
  }
  History history = open();
  EXPECT_EQ(history.run("night-1").value(), night(1));
  EXPECT_TRUE(history.add(night(1000), ""));
}

TEST_F(HistoryFile, AReaderNeedsNoRightToWrite) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody who may not write here";
  { ASSERT_TRUE(open().add(night(1), "")); }
  fs::permissions(dir_.path(), fs::perms(0755));
  ASSERT_EQ(::seteuid(65534), 0);
  auto reader = History::open(file(), {.read_only = true});
  auto run = reader.and_then([](const History& history) { return history.run("night-1"); });
  auto writer = History::open(file());
  ASSERT_EQ(::seteuid(0), 0);
  ASSERT_TRUE(run) << run.error().what;
  EXPECT_EQ(*run, night(1));
  ASSERT_FALSE(writer);
  EXPECT_THAT(writer.error().what, HasSubstr("read-only"));
}

TEST_F(HistoryFile, WhatWasCommittedOutlivesAKill) {
  constexpr int rounds = 12;
  int last = 0;
  for (int round = 0; round < rounds; ++round) {
    int told[2];
    ASSERT_EQ(::pipe(told), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto history = History::open(file());
      for (int number = last + 1; history; ++number) {
        if (!history->add(night(number), "")) break;
        if (::write(told[1], &number, sizeof number) != sizeof number) break;
      }
      ::_exit(1);
    }
    ::close(told[1]);
    // It is killed wherever it is when the parent has heard of a few runs, a different number each time.
    int number = 0;
    for (int heard = 0; heard <= round % 4 && ::read(told[0], &number, sizeof number) == sizeof number; ++heard)
      last = number;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(told[0], &number, sizeof number) == sizeof number)
      last = number;
    ::close(told[0]);
    History history = open();
    const auto runs = history.runs(1000).value();
    // One more may have been committed than was told of.
    ASSERT_GE(static_cast<int>(runs.size()), last);
    ASSERT_LE(static_cast<int>(runs.size()), last + 1);
    for (const RunEntry& run : runs)
      ASSERT_EQ(run.tally.total(), 3) << run.name;
    last = static_cast<int>(runs.size());
  }
  EXPECT_EQ(open().run(fmt::format("night-{}", last)).value(), night(last));
}

}  // namespace
}  // namespace bootgate
