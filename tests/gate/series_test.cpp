#include "harness/gate/series.hpp"

#include <gmock/gmock.h>

#include "tests/gate/tree_fixture.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

SeriesRequest range(const std::string& text) {
  SeriesRequest request;
  request.range = text;
  return request;
}

class SeriesTest : public TreeFixture {
 protected:
  /// What of the user's repository must stay as it is: every file of it but objects that git may pack, and the tree's.
  std::string everything() const {
    return sh(
        "find . -type f ! -name '*.tmp' -exec sha256sum {} + | sort -k2; git status --porcelain; git for-each-ref");
  }

  void write_patches(const std::string& of, const std::string& to) const {
    sh("git format-patch -q -o " + (place() / to).string() + " " + of);
  }

  SeriesRequest patches(std::vector<fs::path> files) const {
    SeriesRequest request;
    request.patches = std::move(files);
    return request;
  }
};

TEST_F(SeriesTest, IsTheCommitsOfARange) {
  write("init/main.c", lines(1, 41));
  commit("init: say more");
  write("mm/new.c", "new\n");
  commit("mm: new");
  auto series = resolve(range("base..main"));
  ASSERT_TRUE(series) << series.error().what;
  ASSERT_EQ(series->commits.size(), 2u);
  EXPECT_EQ(series->commits[0].subject, "init: say more");
  EXPECT_EQ(series->commits[1].id, series->head);
  EXPECT_THAT(series->touched, ElementsAre("init/main.c", "mm/new.c"));
  EXPECT_FALSE(series->commits[1].is_merge);
}

TEST_F(SeriesTest, BeginsWhereTheEndsPart) {
  sh("git checkout -q -b topic");
  write("mm/new.c", "new\n");
  commit("mm: new");
  sh("git checkout -q main");
  write("init/main.c", "went on\n");
  commit("init: went on");
  auto series = resolve(range("main..topic"));
  ASSERT_TRUE(series) << series.error().what;
  EXPECT_EQ(series->base + "\n", sh("git rev-parse base"));
  EXPECT_THAT(series->touched, ElementsAre("mm/new.c")) << "what main did meanwhile is none of the topic's";
}

TEST_F(SeriesTest, KnowsMerges) {
  sh("git checkout -q -b side");
  write("mm/side.c", "side\n");
  commit("side");
  sh("git checkout -q main");
  write("mm/main.c", "main\n");
  commit("main");
  sh("git merge -q -m merge side");
  auto series = resolve(range("base..HEAD"));
  ASSERT_TRUE(series) << series.error().what;
  EXPECT_EQ(series->commits.size(), 3u);
  EXPECT_TRUE(series->commits.back().is_merge);
}

TEST_F(SeriesTest, RefusesRangesThatHoldNothing) {
  for (const char* text : {"base..main", "main..base", ".."}) {
    auto series = resolve(range(text));
    ASSERT_FALSE(series) << text;
    EXPECT_EQ(series.error().kind, Error::Kind::usage);
    EXPECT_THAT(series.error().what, HasSubstr("empty"));
  }
  for (const char* text : {"main", "no-such..main", "main..no-such"})
    EXPECT_EQ(resolve(range(text)).error().kind, Error::Kind::usage) << text;
}

TEST_F(SeriesTest, NeedsARepository) {
  SeriesRequest request = range("a..b");
  request.tree = place() / "store";
  auto series = resolve(request);
  ASSERT_FALSE(series);
  EXPECT_THAT(series.error().what, HasSubstr("no git repository"));
}

TEST_F(SeriesTest, TellsThatACloneIsShallow) {
  write("mm/new.c", "new\n");
  commit("mm: new");
  sh("git clone -q --depth 1 file://$PWD ../shallow");
  SeriesRequest request = range("HEAD~1..HEAD");
  request.tree = place() / "shallow";
  auto series = resolve(request);
  ASSERT_FALSE(series);
  EXPECT_EQ(series.error().kind, Error::Kind::usage);
  EXPECT_THAT(series.error().hint, HasSubstr("--unshallow"));
}

TEST_F(SeriesTest, AppliesPatchFilesInTheirOrder) {
  sh("git checkout -q -b topic");
  write("init/main.c", lines(1, 41));
  commit("init: 41");
  write("init/main.c", lines(1, 42));
  commit("init: 42");
  write_patches("base..topic", "patches");
  sh("git checkout -q main");
  auto series = resolve(patches({place() / "patches/0001-init-41.patch", place() / "patches/0002-init-42.patch"}));
  ASSERT_TRUE(series) << render(series.error());
  EXPECT_EQ(series->commits.size(), 2u);
  EXPECT_EQ(text_at_head(*series, "init/main.c"), lines(1, 42));
  EXPECT_EQ(resolve(patches({place() / "patches/0001-init-41.patch", place() / "patches/0002-init-42.patch"}))->head,
            series->head)
      << "the same patches are the same commit, or it would be built again";
}

TEST_F(SeriesTest, AppliesAnMboxAndAMaildir) {
  sh("git checkout -q -b topic");
  write("init/main.c", lines(1, 41));
  commit("init: 41");
  sh("git format-patch -q --cover-letter --subject-prefix='PATCH v2' --stdout base..topic > ../series.mbox");
  sh("mkdir -p ../maildir/cur ../maildir/new && git format-patch -q --stdout base..topic | sed 1d > "
     "../maildir/new/1.a");
  sh("git checkout -q main");
  for (const char* name : {"series.mbox", "maildir"}) {
    auto series = resolve(patches({place() / name}));
    ASSERT_TRUE(series) << name << ": " << render(series.error());
    EXPECT_EQ(series->commits.size(), 1u) << "a cover letter is no patch";
    EXPECT_EQ(text_at_head(*series, "init/main.c"), lines(1, 41));
  }
}

TEST_F(SeriesTest, NamesThePatchTheFileAndTheHunkThatDoNotApply) {
  sh("git checkout -q -b topic");
  write("mm/new.c", "new\n");
  commit("mm: new");
  write("init/main.c", "first\n" + lines(1, 19) + "changed\n" + lines(21, 40));
  commit("init: twice");
  sh("git format-patch -q --base=base --stdout base..topic > ../series.mbox");
  sh("git checkout -q main");
  write("init/main.c", lines(1, 15) + "other\nother\nother\nother\nother\nother\nother\nother\n" + lines(24, 40));
  commit("init: other");
  // Without the blobs that it was made on, git am -3 can't merge.
  sh("sed -i 's/^index [0-9a-f]*\\.\\./index 1234567../' ../series.mbox");
  auto series = resolve(patches({place() / "series.mbox"}));
  ASSERT_FALSE(series);
  EXPECT_EQ(series.error().kind, Error::Kind::usage);
  EXPECT_THAT(series.error().what, HasSubstr("0002 init: twice"));
  EXPECT_THAT(series.error().hint, HasSubstr("init/main.c, hunk #2"));
  EXPECT_THAT(series.error().hint, testing::Not(HasSubstr("hunk #1")));
  EXPECT_THAT(series.error().hint, HasSubstr("--base"));
  // And the next one finds all in order.
  write("init/main.c", lines(1, 40));
  commit("init: back");
  EXPECT_TRUE(resolve(patches({place() / "series.mbox"})));
}

TEST_F(SeriesTest, RefusesWhatIsNoPatch) {
  auto series = resolve(patches({dir_.file("letter.txt", "hello\n")}));
  ASSERT_FALSE(series);
  EXPECT_EQ(series.error().kind, Error::Kind::usage);
  EXPECT_EQ(resolve(patches({place() / "none"})).error().kind, Error::Kind::usage);
}

TEST_F(SeriesTest, TakesWhatIsStagedAndNothingElse) {
  write("init/main.c", lines(1, 41));
  sh("git add -A");
  write("init/main.c", lines(1, 42));
  write("mm/untracked.c", "new\n");
  const std::string before = everything();
  SeriesRequest request;
  request.staged = true;
  auto series = resolve(request);
  ASSERT_TRUE(series) << render(series.error());
  EXPECT_THAT(series->touched, ElementsAre("init/main.c"));
  EXPECT_EQ(text_at_head(*series, "init/main.c"), lines(1, 41));
  EXPECT_EQ(everything(), before);
}

TEST_F(SeriesTest, TakesTheWorkTreeWithNewFilesAndWithoutIgnoredOnes) {
  write(".gitignore", "*.o\n");
  commit("ignore");
  write("init/main.c", lines(1, 42));
  write("mm/untracked.c", "new\n");
  write("mm/untracked.o", "built\n");
  const std::string before = everything();
  SeriesRequest request;
  request.worktree = true;
  auto series = resolve(request);
  ASSERT_TRUE(series) << render(series.error());
  EXPECT_THAT(series->touched, ElementsAre("init/main.c", "mm/untracked.c"));
  EXPECT_EQ(resolve(request)->head, series->head);
  EXPECT_EQ(everything(), before);
}

TEST_F(SeriesTest, LeavesOurOwnEvidenceOutOfTheWorkTree) {
  write("new.c", "int x;\n");
  write("bootgate-out/latest/console.log", "noise\n");
  SeriesRequest request;
  request.worktree = true;
  request.out = tree() / "bootgate-out";
  auto series = resolve(request);
  ASSERT_TRUE(series) << series.error().what;
  EXPECT_EQ(series->touched, std::vector<std::string>{"new.c"});
}

TEST_F(SeriesTest, TakesAShallowCloneThatHasItsBase) {
  for (const char* subject : {"one", "two", "three"}) {
    write("init/main.c", subject);
    commit(subject);
  }
  const fs::path clone = place() / "shallow";
  sh("git clone -q --depth=3 file://" + tree().string() + " " + clone.string());
  SeriesRequest request;
  request.tree = clone;
  request.range = "HEAD~2..HEAD";
  auto series = resolve(request);
  ASSERT_TRUE(series) << series.error().what << series.error().hint;
  EXPECT_EQ(series->commits.size(), 2u);
  sh("git -C " + clone.string() + " fetch -q --unshallow");
  request.range = "HEAD~3..HEAD";
  series = resolve(request);
  ASSERT_TRUE(series) << series.error().what << series.error().hint;
  EXPECT_EQ(series->commits.size(), 3u);
}

TEST_F(SeriesTest, TellsThatNothingIsUncommitted) {
  SeriesRequest request;
  request.worktree = true;
  EXPECT_THAT(resolve(request).error().what, HasSubstr("empty"));
}

TEST_F(SeriesTest, RefusesAnIndexWithConflicts) {
  sh("git checkout -q -b side");
  write("init/main.c", "side\n");
  commit("side");
  sh("git checkout -q main");
  write("init/main.c", "main\n");
  commit("main");
  sh("! git merge -q side 2>/dev/null >&2");
  SeriesRequest request;
  request.staged = true;
  auto series = resolve(request);
  ASSERT_FALSE(series);
  EXPECT_EQ(series.error().kind, Error::Kind::usage);
  EXPECT_THAT(series.error().hint, HasSubstr("conflicts"));
}

TEST_F(SeriesTest, LeavesTheRepositoryAsItIs) {
  sh("git checkout -q -b topic");
  write("init/main.c", lines(1, 41));
  commit("init: 41");
  write_patches("base..topic", "patches");
  sh("git checkout -q main");
  write("init/main.c", "dirty\n");
  const std::string before = everything();
  ASSERT_TRUE(resolve(range("base..topic")));
  ASSERT_TRUE(resolve(patches({place() / "patches/0001-init-41.patch"})));
  EXPECT_EQ(everything(), before);
}

}  // namespace
}  // namespace bootgate
