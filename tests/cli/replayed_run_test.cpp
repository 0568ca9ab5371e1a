#include "harness/cli/replayed_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/request.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::vector<ReportedCase> cases{{"boot-a", "boot", "login", false},
                                      {"boot-a", "boot", "shell", false},
                                      {"boot-b", "boot", "login", true},
                                      {"boot-b", "boot", "clean-end", true},
                                      {"rust-b", "rust", "rust_print", false}};

TEST(ReplayedCase, IsNamedByCaseSuiteOrJob) {
  EXPECT_EQ(find_case(cases, "rust_print")->job, "rust-b");
  EXPECT_EQ(find_case(cases, "rust/rust_print")->job, "rust-b");
  EXPECT_EQ(find_case(cases, "boot-a/login")->job, "boot-a");
}

TEST(ReplayedCase, IsTheOneThatFailedAmongThoseOfTheSameName) {
  EXPECT_EQ(find_case(cases, "login")->job, "boot-b");
}

TEST(ReplayedCase, OfSeveralJobsIsAskedFor) {
  std::vector<ReportedCase> all = cases;
  all[0].failed = true;
  auto found = find_case(all, "boot/login");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, Error::Kind::usage);
  EXPECT_THAT(found.error().hint, AllOf(HasSubstr("boot-a/login"), HasSubstr("boot-b/login"), Not(HasSubstr("rust"))));
}

TEST(ReplayedCase, ThatIsUnknownHasANearest) {
  EXPECT_EQ(find_case(cases, "shel").error().hint, "did you mean 'shell'?");
  EXPECT_EQ(find_case(cases, "boot-b/logim").error().hint, "did you mean 'boot-b/login'?");
}

TEST(ReplayedRun, IsThatOfTheCaseAloneAndOnce) {
  const SavedRequest request{"/somewhere",
                             {"boot", "--kernel", "debian", "--append", "quiet", "--shard", "1/2", "--retry", "3",
                              "--repeat", "5", "--fail-fast", "--junit", "x.xml", "--filter", "x", "--refresh"}};
  auto run = replayed_run(request, {"boot-a[1]", "boot", "login", true});
  ASSERT_TRUE(run) << run.error().what;
  EXPECT_THAT(run->options.append, ElementsAre("quiet"));
  const Execution& execution = run->options.execution;
  EXPECT_THAT(execution.selection.filters, ElementsAre("boot-a\\[1\\]/login"));
  EXPECT_EQ(execution.selection.shards, 1);
  EXPECT_EQ(execution.retries, 0);
  EXPECT_EQ(execution.repeats, 1);
  EXPECT_FALSE(execution.fail_fast || run->refresh || run->junit);
  EXPECT_THAT(run->given, testing::Contains("filter"));
  EXPECT_EQ(run->words, request.words);
}

TEST(ReplayedRun, OfTheEndOfAJobIsOneOfTheWholeJob) {
  auto run = replayed_run({"/somewhere", {"boot"}}, {"boot-a", "boot", "clean-end", true});
  ASSERT_TRUE(run) << run.error().what;
  EXPECT_THAT(run->options.execution.selection.filters, ElementsAre("boot-a/*"));
}

TEST(ReplayedRun, OfOptionsThatAreNoneSaysSo) {
  auto run = replayed_run({"/somewhere", {"--of-old"}}, cases[0]);
  ASSERT_FALSE(run);
  EXPECT_THAT(run.error().what, HasSubstr("does not know the options"));
  EXPECT_THAT(run.error().hint, HasSubstr("--of-old"));
}

TEST(SavedRequest, ComesBackAsItWas) {
  TempDir run;
  const SavedRequest request{"/home/me/a \"b\"", {"./mine.toml", "--append", "a=\"b c\"", ""}};
  ASSERT_TRUE(save_request(run.path(), request));
  auto read = read_saved_request(run.path());
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->directory, request.directory);
  EXPECT_EQ(read->words, request.words);
}

TEST(SavedRequest, KeepsThePins) {
  const TempDir run;
  const SavedRequest request{
      "/", {"--kernel", "git:/linux@master", "--qemu", "my-qemu"}, {{"git:/linux@master", "0123"}}};
  ASSERT_TRUE(save_request(run.path(), request));
  EXPECT_EQ(read_saved_request(run.path())->commits, request.commits);
  auto again = replayed_run(request, {"boot-a", "boot", "login", true});
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->commits, request.commits);
  EXPECT_EQ(again->qemu, "my-qemu");
  EXPECT_EQ(read_request(*again).arguments.options.kernels.at(0).commit, "0123");
}

TEST(SavedRequest, ThatIsNoneIsAMistakeOfTheUsers) {
  TempDir run;
  EXPECT_EQ(read_saved_request(run.path()).error().kind, Error::Kind::usage);
  ASSERT_TRUE(write_file_atomically(run.path() / "request.json", "{}"));
  EXPECT_THAT(read_saved_request(run.path()).error().what, HasSubstr("holds no request"));
}

TEST(FindRun, TakesANameBelowTheDirectoryOrAPath) {
  TempDir out;
  const fs::path run = out.path() / "20261126-101010";
  ASSERT_TRUE(make_directories(run));
  ASSERT_TRUE(save_request(run, {"/", {}}));
  EXPECT_EQ(find_run("20261126-101010", out.path()).value_or(""), fs::canonical(run));
  EXPECT_EQ(find_run(run.string(), "nowhere").value_or(""), fs::canonical(run));
  EXPECT_EQ(find_run("20261126-101011", out.path()).error().hint, "did you mean '20261126-101010'?");
  EXPECT_EQ(find_run("lastest", out.path()).error().hint, "did you mean 'latest'?");
  EXPECT_THAT(find_run("latest", out.path() / "nowhere").error().hint, HasSubstr("--out DIR"));
}

}  // namespace
}  // namespace bootgate
