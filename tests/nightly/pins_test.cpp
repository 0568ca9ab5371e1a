#include "harness/nightly/pins.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixtures/source/own_repository.hpp"
#include "harness/support/process.hpp"
#include "harness/support/text.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class Repository : public ::testing::Test {
 protected:
  void SetUp() override {
    git({"init", "--quiet", "--initial-branch=master"});
    commit("first");
  }
  std::string git(std::vector<std::string> arguments) const {
    std::vector<std::string> argv{"git", "-C", dir_.path().string(), "-c", "user.name=a", "-c", "user.email=a@b"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    auto done = run_command(argv, {});
    EXPECT_TRUE(done && done->status.ok()) << arguments[0];
    return done ? std::string(trimmed(done->output)) : std::string();
  }
  void commit(const char* what) const { git({"commit", "--quiet", "--allow-empty", "-m", what}); }
  std::string head() const { return git({"rev-parse", "HEAD"}); }
  std::string remote() const { return "file://" + dir_.path().string(); }
  TempDir dir_;
};

TEST_F(Repository, ARefIsACommitNearAndFar) {
  git({"tag", "-a", "-m", "a tag", "v1"});
  const std::string first = head();
  commit("second");
  for (const std::string& where : {dir_.path().string(), remote()}) {
    EXPECT_EQ(find_git_commit(where, "master", {}).value(), head()) << where;
    EXPECT_EQ(find_git_commit(where, "v1", {}).value(), first) << where << ": what an annotated tag points at";
    EXPECT_EQ(find_git_commit(where, first, {}).value(), first) << where;
    const auto missing = find_git_commit(where, "no-such", {});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, Error::Kind::usage);
    EXPECT_THAT(missing.error().what, HasSubstr("no commit 'no-such'"));
  }
}

TEST_F(Repository, ABranchIsNoOtherThatEndsLikeIt) {
  const std::string first = head();
  git({"branch", "topic/master"});
  commit("second");
  EXPECT_EQ(find_git_commit(remote(), "master", {}).value(), head());
  EXPECT_EQ(find_git_commit(remote(), "topic/master", {}).value(), first);
}

TEST_F(Repository, PinsStayWhenTheBranchMovesOn) {
  const std::string text = "git:" + remote() + "@master";
  std::vector<KernelName> kernels{parse_kernel_name(text).value(), parse_kernel_name("debian").value()};
  const Pins pins = look_up_pins(kernels, {});
  EXPECT_THAT(pins.commits, ElementsAre(Pair(text, head())));
  const std::string then = head();
  commit("second");
  pin(kernels, pins.commits);
  EXPECT_EQ(kernels[0].commit, then);
  EXPECT_EQ(kernels[0].ref, "master") << "reports name the branch";
  EXPECT_EQ(kernels[0].text, text) << "the job keeps its name";
  EXPECT_TRUE(kernels[1].ref.empty());
}

TEST_F(Repository, APinThatIsKnownIsNotLookedUpAgain) {
  const std::string text = "git:" + remote() + "@master";
  std::vector<KernelName> kernels{parse_kernel_name(text).value()};
  EXPECT_THAT(look_up_pins(kernels, {}, {{text, "0123"}}).commits, ElementsAre(Pair(text, "0123")));
  EXPECT_THAT(look_up_pins(kernels, {}, {{"git:/other@master", "0123"}}).commits, ::testing::SizeIs(2));
}

TEST_F(Repository, ATreeThatCanNotBeFetchedHasNoPin) {
  std::vector<KernelName> kernels{parse_kernel_name("git:file:///no/such/repository@master").value(),
                                  parse_kernel_name("git:" + remote() + "@master").value()};
  const Pins pins = look_up_pins(kernels, {});
  EXPECT_EQ(pins.commits.size(), 1u);
  EXPECT_EQ(pins.errors.size(), 1u);
}

}  // namespace
}  // namespace bootgate
