#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expectations/signatures.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

struct ReadSignatures : testing::Test {
  TempDir dir;
  std::vector<Error> errors;

  SignatureSet read(std::string_view text) {
    dir.file("demo.toml", text);
    return read_signatures(dir.path(), errors);
  }
  std::string only_error() { return errors.size() == 1 ? one_line(errors[0]) : "not one error"; }
};

TEST_F(ReadSignatures, ReadsARow) {
  SignatureSet set = read(R"(skipped-frames = ["panic", "__asan_*"]
[[signature]]
id         = "demo"
literal    = "DEMO"
pattern    = '^DEMO: (?<what>\w+)'
severity   = "notice"
title      = "demo {what}"
end        = 'over$'
except     = ['harmless']
continues  = true
tail       = true
framed     = true
names-next = true
)");
  EXPECT_THAT(errors, IsEmpty());
  EXPECT_THAT(set.skipped_frames, ElementsAre("panic", "__asan_*"));
  ASSERT_THAT(set.rows, SizeIs(1));
  const Signature& row = set.rows[0];
  EXPECT_EQ(row.id, "demo");
  EXPECT_EQ(row.literal, "DEMO");
  EXPECT_EQ(row.pattern.text().text, R"(^DEMO: (?<what>\w+))");
  EXPECT_EQ(row.severity, Severity::notice);
  EXPECT_EQ(row.title, "demo {what}");
  EXPECT_TRUE(row.end);
  EXPECT_THAT(row.except, SizeIs(1));
  EXPECT_TRUE(row.continues && row.tail && row.framed && row.names_next);
  EXPECT_EQ(row.at.line, 2);
}

TEST_F(ReadSignatures, TakesAFailureForGranted) {
  SignatureSet set = read("[[signature]]\nid = 'a'\nliteral = 'aaa'\npattern = 'a'\ntitle = 'a'\n");
  ASSERT_THAT(set.rows, SizeIs(1));
  EXPECT_EQ(set.rows[0].severity, Severity::failure);
  EXPECT_FALSE(set.rows[0].continues || set.rows[0].tail || set.rows[0].framed || set.rows[0].names_next);
}

TEST_F(ReadSignatures, WantsNoTitleForWhatIsBenign) {
  SignatureSet set = read("[[signature]]\nid = 'a'\nliteral = 'aaa'\npattern = 'a'\nseverity = 'benign'\n");
  EXPECT_THAT(errors, IsEmpty());
  EXPECT_EQ(set.rows.at(0).severity, Severity::benign);
}

TEST_F(ReadSignatures, PointsIntoABadRegex) {
  read("[[signature]]\nid = 'a'\nliteral = 'aaa'\npattern = 'ab)c'\ntitle = 'a'\n");
  EXPECT_THAT(only_error(), HasSubstr("demo.toml:4:14: bad regex: unmatched closing parenthesis"));
}

TEST_F(ReadSignatures, PointsAtABadException) {
  read("[[signature]]\nid = 'a'\nliteral = 'aaa'\npattern = 'a'\ntitle = 'a'\nexcept = ['fine', '(bad']\n");
  EXPECT_THAT(only_error(), HasSubstr("demo.toml:6:24: bad regex: missing closing parenthesis"));
}

TEST_F(ReadSignatures, RefusesTheSameIdTwice) {
  const std::string row = "[[signature]]\nid = 'a'\nliteral = 'aaa'\npattern = 'a'\ntitle = 'a'\n";
  SignatureSet set = read(row + row);
  EXPECT_THAT(only_error(), HasSubstr("demo.toml:7:6: signature 'a' is there twice (the first stands in "));
  EXPECT_THAT(only_error(), EndsWith("demo.toml:1)"));
}

TEST_F(ReadSignatures, RefusesAnUnknownKey) {
  read("[[signature]]\nid = 'a'\nliteral = 'aaa'\npattern = 'a'\ntitle = 'a'\nseverty = 'fatal'\n");
  EXPECT_THAT(only_error(), HasSubstr("demo.toml:6:1: unknown key 'severty'"));
  EXPECT_THAT(only_error(), HasSubstr("did you mean 'severity'?"));
}

TEST_F(ReadSignatures, RefusesAnUnknownSeverity) {
  read("[[signature]]\nid = 'a'\nliteral = 'aaa'\npattern = 'a'\ntitle = 'a'\nseverity = 'error'\n");
  EXPECT_THAT(only_error(),
              HasSubstr("demo.toml:6:12: unknown severity 'error' (it is benign, notice, failure or fatal)"));
}

TEST_F(ReadSignatures, NamesEveryMissingKey) {
  SignatureSet set = read("[[signature]]\nid = 'a'\n");
  ASSERT_THAT(errors, SizeIs(3));
  for (std::size_t i = 0; std::string_view key : {"literal", "title", "pattern"})
    EXPECT_THAT(one_line(errors[i++]), HasSubstr(key));
  EXPECT_THAT(set.rows, IsEmpty());
}

TEST_F(ReadSignatures, RefusesALiteralThatTellsNothing) {
  read("[[signature]]\nid = 'a'\nliteral = 'ab'\npattern = 'a'\ntitle = 'a'\n");
  EXPECT_THAT(only_error(), HasSubstr("demo.toml:3:11: the literal is shorter than 3 bytes"));
}

TEST_F(ReadSignatures, RefusesAnEmptyLiteral) {
  read("[[signature]]\nid = 'a'\nliteral = ''\npattern = 'a'\ntitle = 'a'\n");
  EXPECT_THAT(only_error(), HasSubstr("demo.toml:3:11: 'literal' is empty"));
}

TEST_F(ReadSignatures, RefusesATitleThatNothingFills) {
  read("[[signature]]\nid = 'a'\nliteral = 'aaa'\npattern = '(?<kind>a)'\ntitle = 'a {kidn} {function}'\n");
  EXPECT_THAT(only_error(), HasSubstr("demo.toml:5:12: the pattern has no group 'kidn' (did you mean 'kind'?)"));
}

TEST_F(ReadSignatures, FillsTitlesFromTheDetailToo) {
  SignatureSet set = read(R"([[signature]]
id = 'a'
literal = 'aaa'
pattern = '(?<kind>a)'
detail = '(?<more>b)'
title = '{kind} {more}'
)");
  EXPECT_THAT(errors, IsEmpty());
  EXPECT_TRUE(set.rows.at(0).detail);
}

TEST_F(ReadSignatures, RefusesToForgetAfterWhatIsNoRow) {
  read("[[signature]]\nid = 'a'\nliteral = 'aaa'\npattern = 'a'\ntitle = 'a'\ntimes = 2\nforgotten-after = ['b']\n");
  EXPECT_THAT(only_error(), HasSubstr("'a' is forgotten after 'b', which is no signature"));
}

TEST_F(ReadSignatures, RefusesToCountToNothing) {
  read("[[signature]]\nid = 'a'\nliteral = 'aaa'\npattern = 'a'\ntitle = 'a'\ntimes = 0\n");
  EXPECT_THAT(only_error(), HasSubstr("'times' must be 1 to 1000"));
}

TEST_F(ReadSignatures, CollectsTheErrorsOfAllFiles) {
  dir.file("b.toml", "what = 1\n");
  dir.file("a.toml", "[[signature]\n");
  read_signatures(dir.path(), errors);
  ASSERT_THAT(errors, SizeIs(2));
  EXPECT_THAT(one_line(errors[0]), HasSubstr("a.toml:1:"));
  EXPECT_THAT(one_line(errors[1]), HasSubstr("b.toml:1:1: unknown key 'what'"));
}

TEST_F(ReadSignatures, WantsAtLeastOneFile) {
  for (const fs::path& nowhere : {dir.path(), dir.path() / "missing"}) {
    errors.clear();
    read_signatures(nowhere, errors);
    ASSERT_THAT(errors, SizeIs(1));
    EXPECT_EQ(errors[0].kind, Error::Kind::bench);
    EXPECT_THAT(only_error(), StartsWith("no signatures in " + nowhere.string()));
  }
}

}  // namespace
}  // namespace bootgate
