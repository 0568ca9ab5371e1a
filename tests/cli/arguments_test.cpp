#include "harness/cli/arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Arguments parse(std::vector<const char*> words) {
  words.insert(words.begin(), "bootgate");
  return parse_arguments(static_cast<int>(words.size()), words.data());
}

RunArguments run(std::vector<const char*> words) {
  words.insert(words.begin(), "run");
  Arguments arguments = parse(words);
  if (const auto* end = std::get_if<EndArguments>(&arguments)) ADD_FAILURE() << end->text;
  return std::holds_alternative<RunArguments>(arguments) ? std::get<RunArguments>(arguments) : RunArguments{};
}

/// What is said of a command line of `run` that is wrong.
std::string mistake(std::vector<const char*> words) {
  words.insert(words.begin(), "run");
  Arguments arguments = parse(words);
  const auto* end = std::get_if<EndArguments>(&arguments);
  EXPECT_TRUE(end && end->status == 2) << words.back();
  return end ? end->text : "";
}

TEST(RunArguments, SayHowTheRunGoes) {
  const RunArguments arguments = run({"-j",      "3",           "--max-memory",    "2G",        "--isolation",
                                      "boot",    "--filter",    "boot/*",          "--filter",  "x",
                                      "--shard", "2/3",         "--retry",         "2",         "--repeat",
                                      "5",       "--fail-fast", "--fail-on-flaky", "--shuffle", "18446744073709551615",
                                      "--trace", "t.json",      "--file",          "run.toml",  "boot"});
  const Execution& execution = arguments.options.execution;
  EXPECT_EQ(execution.machines, 3);
  EXPECT_EQ(execution.memory_mib, 2048);
  EXPECT_EQ(execution.isolation, Isolation::boot);
  EXPECT_THAT(execution.selection.filters, ElementsAre("boot/*", "x"));
  EXPECT_EQ(execution.selection.shard, 2);
  EXPECT_EQ(execution.selection.shards, 3);
  EXPECT_EQ(execution.retries, 2);
  EXPECT_EQ(execution.repeats, 5);
  EXPECT_TRUE(execution.fail_fast);
  EXPECT_TRUE(arguments.fail_on_flaky);
  EXPECT_EQ(execution.shuffle, 18446744073709551615u);
  EXPECT_EQ(arguments.trace, "t.json");
  EXPECT_EQ(arguments.file, "run.toml");
  EXPECT_THAT(arguments.suites, ElementsAre("boot"));
}

TEST(RunArguments, ByDefaultEveryCaseIsRunOnceOnAClone) {
  const Execution execution = run({}).options.execution;
  EXPECT_EQ(execution.isolation, Isolation::clone);
  EXPECT_FALSE(execution.machines || execution.memory_mib || execution.shuffle || execution.fail_fast);
  EXPECT_EQ(execution.selection.shards, 1);
  EXPECT_EQ(execution.retries, 0);
  EXPECT_EQ(execution.repeats, 1);
}

TEST(RunArguments, CrossConfigsAndAccelerators) {
  const RunOptions options =
      run({"--config", "lean", "--config", "lean+debug", "--accel", "tcg", "--accel", "kvm", "boot"}).options;
  EXPECT_THAT(config_names(options), ElementsAre("lean", "lean+debug"));
  EXPECT_THAT(options.matrix.axes.accelerators, ElementsAre("tcg", "kvm"));
}

TEST(RunArguments, KnowWhichOptionsWereGiven) {
  EXPECT_THAT(run({"--retry", "0", "-j2", "boot"}).given, ElementsAre("jobs", "retry", "suite"));
}

TEST(RunArguments, AreCheckedForTheirRange) {
  EXPECT_THAT(mistake({"--shard", "4/3"}), HasSubstr("--shard 4/3: want I/N with 1 <= I <= N <= 1000, as in 2/3"));
  for (const char* shard : {"0/3", "1", "1/0", "a/b", "1/3x", "/", "1/9999", "-1/3"})
    EXPECT_THAT(mistake({"--shard", shard}), HasSubstr("--shard")) << shard;
  EXPECT_THAT(mistake({"--max-memory", "2T"}), HasSubstr("--max-memory 2T: want a size like 512M or 2G"));
  EXPECT_THAT(mistake({"--jobs", "0"}), HasSubstr("--jobs"));
  EXPECT_THAT(mistake({"--repeat", "0"}), HasSubstr("--repeat"));
  EXPECT_THAT(mistake({"--retry", "-1"}), HasSubstr("--retry"));
  EXPECT_THAT(mistake({"--shuffle", "x"}), HasSubstr("--shuffle"));
  EXPECT_THAT(mistake({"--isolation", "none"}), HasSubstr("--isolation"));
  EXPECT_THAT(mistake({"--accel", "hvf"}), HasSubstr("--accel"));
}

TEST(BuildArguments, TakeAConfigWithItsFragments) {
  Arguments arguments = parse({"build", ".", "--config", "lean+debug", "--fragment", "rust"});
  const ConfigRequest& config = std::get<BuildArguments>(arguments).request.config;
  EXPECT_EQ(config.base, "lean");
  EXPECT_THAT(config.fragments, ElementsAre("debug", "rust"));
}

TEST(Help, FitsIntoEightyColumns) {
  const std::string all = std::get<EndArguments>(parse({"--help"})).text;
  std::vector<std::string> commands;
  for (std::string_view line : split(all, '\n')) {
    EXPECT_LE(line.size(), 80u) << line;
    if (line.starts_with("  ") && line.size() > 2 && std::islower(static_cast<unsigned char>(line[2])))
      commands.emplace_back(line.substr(2, line.find(' ', 2) - 2));
  }
  std::erase(commands, "selftest");  // the launcher's
  EXPECT_EQ(commands.size(), 17u);
  for (const std::string& command : commands) {
    Arguments arguments = parse({command.c_str(), "--help"});
    const std::string& text = std::get<EndArguments>(arguments).text;
    for (std::string_view line : split(text, '\n'))
      EXPECT_LE(line.size(), 80u) << command << ": " << line;
  }
}

TEST(ResultArguments, NameRunsFilesAndNights) {
  const auto compare = std::get<CompareArguments>(parse({"compare", "a", "latest", "--history", "h.db", "--json"}));
  EXPECT_EQ(compare.before, "a");
  EXPECT_EQ(compare.after, "latest");
  EXPECT_EQ(compare.history, "h.db");
  EXPECT_TRUE(compare.json);
  const auto history = std::get<HistoryArguments>(parse({"history", "boot/login", "--last", "5"}));
  EXPECT_EQ(history.case_name, "boot/login");
  EXPECT_EQ(history.last, 5);
  EXPECT_TRUE(history.imported.empty());
  const auto import = std::get<HistoryArguments>(parse({"history", "import", "a", "b.xml", "--history", "h.db"}));
  EXPECT_THAT(import.imported, ElementsAre("a", "b.xml"));
  EXPECT_EQ(import.history, "h.db");
  const auto report = std::get<ReportArguments>(parse({"report", "--html", "site", "--kcidb", "k.json"}));
  EXPECT_EQ(report.run, "latest");
  EXPECT_EQ(report.reports.html, "site");
  EXPECT_EQ(report.reports.kcidb, "k.json");
  const auto nightly =
      std::get<NightlyArguments>(parse({"nightly", "plan.toml", "--dry-run", "-j", "3", "--mail", "m"}));
  EXPECT_EQ(nightly.plan, "plan.toml");
  EXPECT_TRUE(nightly.dry_run);
  EXPECT_EQ(nightly.machines, 3);
  EXPECT_EQ(nightly.reports.mail, "m");
}

TEST(ResultArguments, WhatIsWrongIsSaid) {
  for (const std::vector<const char*>& words : {std::vector<const char*>{"compare", "a"},
                                                {"history", "import"},
                                                {"history", "--last", "0"},
                                                {"nightly"},
                                                {"report", "--kcidb-origin", "My CI"}}) {
    const Arguments arguments = parse(words);
    const auto* end = std::get_if<EndArguments>(&arguments);
    EXPECT_TRUE(end && end->status == 2) << words[0];
  }
}

TEST(Help, GroupsWhatARunTakes) {
  Arguments arguments = parse({"run", "--help"});
  const std::string& text = std::get<EndArguments>(arguments).text;
  std::size_t last = 0;
  for (const char* heading : {"What is booted:", "How a kernel is built:", "The machine:", "Which cases:",
                              "Side by side:", "The verdict:", "Reports:"}) {
    const std::size_t place = text.find(heading);
    EXPECT_NE(place, std::string::npos) << heading;
    EXPECT_GT(place, last) << heading;
    last = place;
  }
}

TEST(GdbArguments, BehindTheTwoDashesAreGdbs) {
  const Arguments parsed = parse({"gdb", "boot", "--kernel", "k", "--break", "start_kernel", "--break", "panic", "--",
                                  "-batch", "--kernel", "--"});
  const auto* gdb = std::get_if<GdbArguments>(&parsed);
  ASSERT_TRUE(gdb);
  EXPECT_THAT(gdb->run.suites, ElementsAre("boot"));
  EXPECT_THAT(gdb->run.kernels, ElementsAre("k"));
  EXPECT_THAT(gdb->breakpoints, ElementsAre("start_kernel", "panic"));
  EXPECT_THAT(gdb->gdb_arguments, ElementsAre("-batch", "--kernel", "--"));
}

TEST(RunArguments, AreKeptAsTheyWereWritten) {
  EXPECT_THAT(run({"boot", "--append", "a b", "--keep-failed"}).words,
              ElementsAre("boot", "--append", "a b", "--keep-failed"));
}

TEST(ReplayArguments, AreARunAndACase) {
  const Arguments parsed = parse({"replay", "latest", "boot/login", "--vmcore"});
  const auto* replay = std::get_if<ReplayArguments>(&parsed);
  ASSERT_TRUE(replay);
  EXPECT_EQ(replay->run, "latest");
  EXPECT_EQ(replay->case_name, "boot/login");
  EXPECT_TRUE(replay->vmcore);
  EXPECT_FALSE(replay->keep_failed);
}

TEST(ExecArguments, TakeTheCommandToTheLetter) {
  const Arguments arguments =
      parse({"exec", "--root", "host", "--timeout", "90s", "--cpus", "2", "--", "", "[a,b]", "--kernel", "--", "-h"});
  ASSERT_TRUE(std::holds_alternative<ExecArguments>(arguments));
  const auto& exec = std::get<ExecArguments>(arguments);
  EXPECT_THAT(exec.words, ElementsAre("", "[a,b]", "--kernel", "--", "-h"));
  EXPECT_TRUE(exec.hosts_files);
  EXPECT_EQ(exec.timeout, std::chrono::seconds(90));
  EXPECT_EQ(exec.run.options.cpus, 2);
  EXPECT_TRUE(exec.run.kernels.empty());
}

TEST(ExecArguments, SayWhatIsWrong) {
  const std::vector<std::pair<std::vector<const char*>, const char*>> mistakes = {
      {{"exec"}, "put it behind --"},
      {{"exec", "--"}, "put it behind --"},
      {{"exec", "uname", "-r"}, "uname"},
      {{"exec", "--timeout", "5", "--", "true"}, "want a duration"},
      {{"exec", "--kernel", "a", "--kernel", "b", "--", "true"}, "one kernel"},
      {{"exec", "--rootfs", "x", "--", "true"}, "--rootfs"}};
  for (const auto& [words, text] : mistakes) {
    const Arguments arguments = parse(words);
    const auto* end = std::get_if<EndArguments>(&arguments);
    ASSERT_TRUE(end) << text;
    EXPECT_EQ(end->status, 2);
    EXPECT_THAT(end->text, HasSubstr(text));
  }
}

TEST(Arguments, AreNoVerdictForGitWhereTheyAreWrong) {
  auto status = [](std::vector<const char*> words) {
    const Arguments parsed = parse_arguments(static_cast<int>(words.size()), words.data());
    const auto* end = std::get_if<EndArguments>(&parsed);
    return end ? end->status : -1;
  };
  EXPECT_EQ(status({"bootgate", "bisect", "--typo"}), 128);
  EXPECT_EQ(status({"bootgate", "bisect", "--good", "v6.12", "--typo"}), 2);
  EXPECT_EQ(status({"bootgate", "gate", "--typo"}), 2);
  EXPECT_EQ(status({"bootgate", "bisect", "--help"}), 0);
}

}  // namespace
}  // namespace bootgate
