#include "harness/support/toml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TomlDocument parsed(std::string_view text) {
  auto document = TomlDocument::parse(text, "f");
  EXPECT_TRUE(document) << one_line(document.error());
  return document.value();
}

Error failure(std::string_view text) {
  auto document = TomlDocument::parse(text, "f");
  EXPECT_FALSE(document) << text;
  return document ? Error{} : document.error();
}

std::vector<std::string> lines(const TomlDocument& document) {
  std::vector<std::string> texts;
  for (const Error& error : document.errors())
    texts.push_back(one_line(error));
  return texts;
}

std::string place(const SourcePos& at) {
  return std::to_string(at.line) + ":" + std::to_string(at.column);
}

/// The place of a byte of the string `a`, whose source is given.
std::string text_place(std::string_view source, std::size_t offset = 0) {
  return place(parsed(source).root().text_at("a", offset));
}

TEST(Toml, ReadsEveryTypeWeUse) {
  auto document = parsed(R"(
name = "x"
count = 3
flag = true
time = "1.5s"
words = ["a", "b"]
word = "c"
[table]
inner = 1
[[row]]
n = 1
[[row]]
n = 2
)");
  TomlTable root = document.root();
  EXPECT_EQ(root.string("name"), "x");
  EXPECT_EQ(root.integer("count"), 3);
  EXPECT_EQ(root.boolean("flag"), true);
  EXPECT_EQ(root.duration("time"), 1500ms);
  EXPECT_THAT(root.strings("words"), ElementsAre("a", "b"));
  EXPECT_THAT(root.strings("word"), ElementsAre("c")) << "one string stands for a list of one";
  EXPECT_EQ(root.table("table")->integer("inner"), 1);
  auto rows = root.tables("row");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].integer("n"), 2);
  EXPECT_EQ(place(rows[1].at()), "12:1");
  root.finish();
  EXPECT_THAT(lines(document), IsEmpty());
}

TEST(Toml, ANumberMayHaveAFraction) {
  auto document = parsed("a = 2\nb = 1.5\nc = '2'\n");
  TomlTable root = document.root();
  EXPECT_EQ(root.number("a"), 2.0);
  EXPECT_EQ(root.number("b"), 1.5);
  EXPECT_FALSE(root.number("c"));
  EXPECT_FALSE(root.number("d"));
  EXPECT_THAT(lines(document), ElementsAre("f:3:5: 'c' is a string, and must be a number"));
}

TEST(Toml, MissingKeysReadAsNothing) {
  auto document = parsed("");
  TomlTable root = document.root();
  EXPECT_FALSE(root.has("a"));
  EXPECT_FALSE(root.is_string("a"));
  EXPECT_FALSE(root.string("a"));
  EXPECT_FALSE(root.integer("a"));
  EXPECT_FALSE(root.boolean("a"));
  EXPECT_FALSE(root.duration("a"));
  EXPECT_FALSE(root.table("a"));
  EXPECT_THAT(root.strings("a"), IsEmpty());
  EXPECT_THAT(root.tables("a"), IsEmpty());
  root.finish();
  EXPECT_THAT(lines(document), IsEmpty());
}

TEST(Toml, WrongTypesSayWhatIsThereAndWhatIsWanted) {
  auto document =
      parsed("a = 1\nb = 'x'\nc = 'x'\nd = 1\ne = 1.5\nf = {}\ng = [1, 'x', true]\nh = [1]\ni = 1979-05-27\n");
  TomlTable root = document.root();
  EXPECT_FALSE(root.string("a"));
  EXPECT_FALSE(root.integer("b"));
  EXPECT_FALSE(root.boolean("c"));
  EXPECT_FALSE(root.duration("d"));
  EXPECT_THAT(root.strings("e"), IsEmpty());
  EXPECT_THAT(root.tables("f"), IsEmpty());
  EXPECT_THAT(root.strings("g"), ElementsAre("x"));
  EXPECT_THAT(root.tables("h"), IsEmpty());
  EXPECT_FALSE(root.table("i"));
  EXPECT_THAT(lines(document), ElementsAre("f:1:5: 'a' is an integer, and must be a string",     //
                                           "f:2:5: 'b' is a string, and must be an integer",     //
                                           "f:3:5: 'c' is a string, and must be true or false",  //
                                           "f:4:5: 'd' is an integer, and must be a duration "
                                           "(write a number and a unit: 250ms, 30s, 1.5s, 10m, 2h)",  //
                                           "f:5:5: 'e' is a number, and must be an array of strings",
                                           "f:6:5: 'f' is a table, and must be an array of tables",
                                           "f:7:6: 'g' holds an integer, and must hold strings only",
                                           "f:7:14: 'g' holds a boolean, and must hold strings only",
                                           "f:8:6: 'h' holds an integer, and must hold tables only",
                                           "f:9:5: 'i' is a date or time, and must be a table"));
}

TEST(Toml, ADurationNeedsANumberAndAUnit) {
  auto document = parsed("a = '30'\n");
  TomlTable root = document.root();
  EXPECT_FALSE(root.duration("a"));
  EXPECT_THAT(lines(document),
              ElementsAre("f:1:5: '30' is no duration (write a number and a unit: 250ms, 30s, 1.5s, 10m, 2h)"));
}

TEST(Toml, KeysNobodyAskedForAreErrorsWithTheNearest) {
  auto document = parsed("nmae = 1\nzzzzzzzz = 2\n'\\u001b' = 3\n");
  TomlTable root = document.root();
  root.string("name");
  root.finish();
  EXPECT_THAT(lines(document),
              ElementsAre("f:1:1: unknown key 'nmae' (did you mean 'name'?)",
                          "f:2:1: unknown key 'zzzzzzzz' (known: name)", "f:3:1: unknown key '\\u001b' (known: name)"));
}

TEST(Toml, CopiesOfATableShareWhatWasAskedFor) {
  auto document = parsed("a = 1\n");
  TomlTable root = document.root();
  TomlTable copy = root;
  copy.integer("a");
  root.finish();
  EXPECT_THAT(lines(document), IsEmpty());
}

TEST(Toml, ErrorsComeInTheOrderOfTheFile) {
  auto document = parsed("a = 1\nb = 2\n");
  TomlTable root = document.root();
  root.string("b");
  root.note("of the caller's own", root.at("a"), "mend it");
  root.note_missing("c");
  EXPECT_THAT(lines(document), ElementsAre("f:1:1: 'c' is missing", "f:1:5: of the caller's own (mend it)",
                                           "f:2:5: 'b' is an integer, and must be a string"));
}

TEST(Toml, RequiredStringsSayOneThingEach) {
  auto document = parsed("a = 'x'\nb = ' '\nc = 3\n");
  TomlTable root = document.root();
  EXPECT_EQ(root.required_string("a"), "x");
  for (const char* key : {"b", "c", "d"})
    root.required_string(key);
  EXPECT_THAT(lines(document), ElementsAre("f:1:1: 'd' is missing", "f:2:5: 'b' is empty",
                                           "f:3:5: 'c' is an integer, and must be a string"));
}

TEST(Toml, KeysComeInTheOrderOfTheFile) {
  EXPECT_THAT(parsed("z = 1\na = 2\nm = { x = 1 }\n").root().keys(), ElementsAre("z", "a", "m"));
}

TEST(Toml, PlacesAreThoseOfKeysAndValues) {
  auto document = parsed("first = 1\n  key   =   'v'\nlist = ['a',\n  'b']\n");
  TomlTable root = document.root();
  EXPECT_EQ(place(root.key_at("key")), "2:3");
  EXPECT_EQ(place(root.at("key")), "2:13");
  EXPECT_EQ(place(root.at("missing")), place(root.at()));
  EXPECT_EQ(place(root.key_at("missing")), place(root.at()));
  auto strings = root.placed_strings("list");
  ASSERT_EQ(strings.size(), 2u);
  EXPECT_EQ(strings[1].text, "b");
  EXPECT_EQ(place(strings[1].at), "4:3");
}

TEST(TomlTextAt, StandsBehindEveryKindOfQuote) {
  EXPECT_EQ(text_place("a = 'x'"), "1:6");
  EXPECT_EQ(text_place("a = \"x\""), "1:6");
  EXPECT_EQ(text_place("a = '''x'''"), "1:8");
  EXPECT_EQ(text_place("a = \"\"\"x\"\"\""), "1:8");
  EXPECT_EQ(text_place("a = ''"), "1:6");
  EXPECT_EQ(text_place("a = \"\"\"\"\"\""), "1:8");
}

TEST(TomlTextAt, SkipsANewlineBehindTripleQuotes) {
  EXPECT_EQ(text_place("a = '''\nx'''"), "2:1");
  EXPECT_EQ(text_place("a = '''\r\nx'''"), "2:1");
  EXPECT_EQ(text_place("a = \"\"\"\nx\"\"\""), "2:1");
  EXPECT_EQ(text_place("a = \"\"\"\\\n   x\"\"\""), "2:4") << "a line that goes on";
}

TEST(TomlTextAt, CountsCharactersLikeTheParser) {
  auto document = parsed("t = { 'ü' = 'ä', a = 'xä(y' }");
  TomlTable table = *document.root().table("t");
  EXPECT_EQ(place(table.text_at("a")), "1:23");
  EXPECT_EQ(place(table.text_at("a", 3)), "1:25") << "byte 3 of xä( is the parenthesis";
}

TEST(TomlTextAt, FindsAByteOfALiteral) {
  EXPECT_EQ(text_place(R"(a = 'x\d(y')", 3), "1:9");
  EXPECT_EQ(text_place("a = '''\none\ntwo(three'''", 7), "3:4");
  EXPECT_EQ(text_place("a = '''one\r\ntwo'''", 4), "2:1") << "the parser drops the \\r";
}

TEST(TomlTextAt, FindsAByteBehindEscapes) {
  EXPECT_EQ(text_place(R"(a = "\\d(x")", 2), "1:9");
  EXPECT_EQ(text_place(R"(a = "\u00e4(x")", 2), "1:12") << "one escape, two bytes";
  EXPECT_EQ(text_place(R"(a = "\U0001F600(x")", 4), "1:16");
  EXPECT_EQ(text_place(R"(a = "\t\"(x")", 2), "1:10");
  EXPECT_EQ(text_place("a = \"\"\"x\\\n  y(\"\"\"", 2), "2:4");
}

TEST(TomlTextAt, StopsAtTheEndOfTheFile) {
  EXPECT_EQ(text_place("a = 'x'", 1000), "1:8");
}

TEST(TomlTextAt, IsThePlaceOfTheValueWhenThatIsNoString) {
  EXPECT_EQ(text_place("a = 12"), "1:5");
}

TEST(TomlSyntax, DuplicateKeysAreErrors) {
  Error error = failure("a = 1\na = 2\n");
  EXPECT_THAT(error.what, HasSubstr("cannot redefine existing integer 'a'"));
  EXPECT_EQ(error.at->line, 2);
  EXPECT_EQ(error.kind, Error::Kind::definition);
}

TEST(TomlSyntax, APatternInDoubleQuotesGetsAHint) {
  Error error = failure("name = 'x'\na = \"^\\d+$\"\n");
  EXPECT_EQ(error.what, "string: unknown escape sequence '\\d'");
  EXPECT_EQ(error.hint, "use single quotes for patterns: 'like \\d+ this'");
  EXPECT_EQ(place(*error.at), "2:8");
  EXPECT_EQ(failure("a = 'x\n").hint, "");
}

TEST(TomlSyntax, AnInlineTableOverLinesGetsAHint) {
  EXPECT_EQ(failure("a = { x = 1,\n y = 2 }\n").hint,
            "an inline table stands in one line; write a long one as a [[table]] of its own");
}

TEST(TomlSyntax, HostileBytesAreAnErrorWithAPlace) {
  using namespace std::string_literals;
  EXPECT_EQ(place(*failure("a = 'x\0y'\n"s).at), "1:7");
  EXPECT_EQ(failure("a = 1\nb = '\xff'\n").at->line, 2);
  EXPECT_THAT(failure("\x1b[31m = 1\n").what, testing::Not(HasSubstr("\x1b")));
  failure("\xff\xfe");
  failure("[[[[[[[[[[");
}

TEST(TomlSyntax, AByteOrderMarkIsNoColumn) {
  EXPECT_EQ(text_place("\xef\xbb\xbf"
                       "a = 'x'"),
            "1:6");
}

TEST(TomlSyntax, KeysThatNestWithoutEndAreRefused) {
  std::string key;
  for (int i = 0; i < 200'000; ++i)
    key += "a.";
  EXPECT_THAT(failure("x = 1\n" + key + "a = 1\n").what, HasSubstr("more than 100 dots in one line"));
  EXPECT_EQ(failure("x = 1\n[" + key + "a]\n").at->line, 2);
  failure("x = " + std::string(200'000, '['));
}

/// As deep as a file of allowed size and lines can make it: reading it and letting go of it must not exhaust the stack.
TEST(TomlSyntax, TheDeepestNestingAllowedIsSurvived) {
  std::string text, keys = "a";
  for (int i = 0; i < 100; ++i)
    keys += ".a";
  for (int i = 0; i < 120; ++i)
    text += "[{" + keys + " =\n";
  (void)TomlDocument::parse("x = " + text, "f");
  for (int i = 0; i < 120; ++i)
    text += (i == 0 ? "1}]" : "}]");
  (void)TomlDocument::parse("x = " + text, "f");
}

TEST(TomlSyntax, ARowOfDotsIsNoKey) {
  parsed("# " + std::string(500, '.') + "\na = '" + std::string(500, '.') + "'\n");
}

TEST(TomlRead, NamesTheFileInErrors) {
  TempDir dir;
  fs::path file = dir.file("s.toml", "a = \n");
  auto document = TomlDocument::read(file);
  ASSERT_FALSE(document);
  EXPECT_THAT(one_line(document.error()), HasSubstr(file.string() + ":1:5: key-value pair: expected value"));
}

TEST(TomlRead, RefusesWhatIsNoOrdinaryFile) {
  TempDir dir;
  EXPECT_EQ(TomlDocument::read(dir.path()).error().what, "this is a directory, and no TOML file");
  EXPECT_EQ(TomlDocument::read("/dev/zero").error().what, "this is no regular file");
  ASSERT_EQ(::mkfifo((dir.path() / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(TomlDocument::read(dir.path() / "fifo").error().what, "this is no regular file");
  EXPECT_THAT(TomlDocument::read(dir.path() / "missing").error().what, HasSubstr("No such file or directory"));
}

TEST(TomlRead, SaysWhyAFileCannotBeRead) {
  // Even for root: nothing is mapped at address 0.
  EXPECT_EQ(TomlDocument::read("/proc/self/mem").error().what, "can't read /proc/self/mem: Input/output error");
}

TEST(TomlRead, RefusesHugeFilesUnread) {
  TempDir dir;
  fs::path file = dir.file("s.toml", "");
  fs::resize_file(file, std::uintmax_t{1} << 40);  // sparse
  EXPECT_EQ(TomlDocument::read(file).error().what, "too large: a definition has at most 1024 KiB");
  EXPECT_EQ(failure(std::string(1 << 21, '\n')).what, "too large: a definition has at most 1024 KiB");
}

}  // namespace
}  // namespace bootgate
