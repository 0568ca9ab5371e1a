// What editors know of a run file (run.schema.json), what README.md says, and what the reader takes must be the same.
#include <gmock/gmock.h>

#include "harness/plan/run_file.hpp"
#include "harness/support/data.hpp"
#include "tests/plan/schema.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::HasSubstr;

const Json& run_schema() {
  static const Json parsed = parse_json(read_file(data_root() / "suites/run.schema.json").value()).value();
  return parsed;
}

Names known_to_run_reader(const std::string& text) {
  TempDir dir;
  return known_by(read_run_file(dir.file("run.toml", text), {"smp"}).errors);
}

TEST(RunSchema, KnowsTheReadersKeys) {
  EXPECT_EQ(member_names(at(run_schema(), {"properties"})), known_to_run_reader(std::string(strange_key) + " = 1\n"));
}

TEST(RunSchema, KnowsTheReadersKeysOfEachRow) {
  for (const char* row : {"exclude", "include", "timeout"})
    EXPECT_EQ(member_names(at(run_schema(), {"definitions", row, "properties"})),
              known_to_run_reader(std::string("[[") + row + "]]\n" + strange_key + " = 1\n"))
        << row;
}

TEST(RunSchema, KnowsTheReadersKeysOfTreesAndOfWhatIsKept) {
  EXPECT_EQ(member_names(at(run_schema(), {"definitions", "tree", "properties"})),
            known_to_run_reader("[[tree]]\ngit = 'a'\nrefs = 'b'\n" + std::string(strange_key) + " = 1\n"));
  EXPECT_EQ(member_names(at(run_schema(), {"definitions", "keep", "properties"})),
            known_to_run_reader("[keep]\n" + std::string(strange_key) + " = 1\n"));
}

TEST(RunSchema, RefusesOtherKeysAsTheReaderDoes) {
  EXPECT_EQ(dump_json(at(run_schema(), {"additionalProperties"})), "false");
  for (const char* row : {"exclude", "include", "timeout"})
    EXPECT_EQ(dump_json(at(run_schema(), {"definitions", row, "additionalProperties"})), "false") << row;
}

TEST(RunSchema, HasAWordOnEveryKey) {
  for (const Json* properties :
       {&at(run_schema(), {"properties"}), &at(run_schema(), {"definitions", "exclude", "properties"}),
        &at(run_schema(), {"definitions", "include", "properties"}),
        &at(run_schema(), {"definitions", "timeout", "properties"})})
    for (const std::string& name : member_names(*properties))
      EXPECT_NE(at(*properties, {name, "description"}).text(), "") << name;
}

TEST(RunFileReadme, HasARowForEveryKey) {
  const std::string readme = read_file(data_root() / "suites/README.md").value();
  const std::string part = readme.substr(std::min(readme.find("## A run file"), readme.size()));
  Names keys = member_names(at(run_schema(), {"properties"}));
  keys.merge(member_names(at(run_schema(), {"definitions", "timeout", "properties"})));
  for (const std::string& key : keys)
    EXPECT_THAT(part, HasSubstr("`" + key + "`")) << key;
}

TEST(RunFileReadme, ItsExamplesAreGood) {
  const std::string readme = read_file(data_root() / "suites/README.md").value();
  std::size_t count = 0;
  for (std::size_t from = readme.find("```toml\n"); from != std::string::npos; from = readme.find("```toml\n", from)) {
    from += 8;
    const std::string example = readme.substr(from, readme.find("```", from) - from);
    if (example.find("run.schema.json") == std::string::npos) continue;
    TempDir dir;
    for (const Error& error : read_run_file(dir.file("run.toml", example), {"sanitized", "smp"}).errors)
      ADD_FAILURE() << one_line(error) << "\n" << example;
    ++count;
  }
  EXPECT_GE(count, 1u);
}

}  // namespace
}  // namespace bootgate
