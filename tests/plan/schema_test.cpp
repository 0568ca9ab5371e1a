// What editors know of a suite (suite.schema.json), what README.md says, and what the reader takes must be the same.
#include "tests/plan/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/support/data.hpp"
#include "tests/plan/reading.hpp"

namespace bootgate {
namespace {

using testing::HasSubstr;

Names texts(const Json& array) {
  Names names;
  for (const Json& item : std::get<Json::Array>(array.value))
    names.insert(std::string(item.text()));
  return names;
}

const Json& schema() {
  static const Json parsed = parse_json(read_file(data_root() / "suites/suite.schema.json").value()).value();
  return parsed;
}

Names known_to_reader(const std::string& text) {
  return known_by(read_text(text).errors);
}

/// The actions of a step: the schema wants exactly one of them.
Names schema_actions() {
  Names actions;
  for (const Json& choice : std::get<Json::Array>(at(schema(), {"definitions", "step", "oneOf"}).value))
    actions.merge(texts(at(choice, {"required"})));
  return actions;
}

/// The keys that may stand beside each action: `dependencies` names the actions of each other key.
Names schema_keys_beside(const std::string& action) {
  Names keys;
  const Json& step = at(schema(), {"definitions", "step"});
  for (const auto& [key, wanted] : std::get<Json::Object>(at(step, {"dependencies"}).value)) {
    const Json* choices = wanted.find("anyOf");
    Names actions;
    if (!choices) actions = texts(wanted);
    if (choices)
      for (const Json& choice : std::get<Json::Array>(choices->value))
        actions.merge(texts(at(choice, {"required"})));
    if (actions.contains(action)) keys.insert(key);
  }
  return keys;
}

TEST(Schema, KnowsTheReadersKeysOfASuite) {
  EXPECT_EQ(member_names(at(schema(), {"properties"})), known_to_reader("qqqqqqqqqqqqqqqqqqqq = 1\n"));
}

TEST(Schema, KnowsTheReadersKeysOfACase) {
  EXPECT_EQ(member_names(at(schema(), {"definitions", "case", "properties"})),
            known_to_reader(with_case("qqqqqqqqqqqqqqqqqqqq = 1")));
}

TEST(Schema, KnowsTheReadersActions) {
  EXPECT_EQ(schema_actions(), known_to_reader(with_steps("{ qqqqqqqqqqqqqqqqqqqq = 1 }")));
}

TEST(Schema, KnowsWhatMayStandBesideEachAction) {
  Names all = schema_actions();
  for (const std::string& action : schema_actions()) {
    Names beside = schema_keys_beside(action);
    all.insert(beside.begin(), beside.end());
    for (const std::string& key : beside) {
      auto errors = errors_of(read_text(with_steps("{ " + action + " = 'off', " + key + " = 'x' }")));
      EXPECT_THAT(errors, testing::Not(testing::Contains(HasSubstr("does not go with")))) << action << " " << key;
    }
    if (!beside.empty()) {
      EXPECT_EQ(beside, known_to_reader(with_steps("{ " + action + " = 'off', qqqqqqqqqqqqqqqqqqqq = 1 }"))) << action;
    }
  }
  EXPECT_EQ(member_names(at(schema(), {"definitions", "step", "properties"})), all);
}

TEST(Schema, RefusesOtherKeysAsTheReaderDoes) {
  EXPECT_EQ(dump_json(at(schema(), {"additionalProperties"})), "false");
  EXPECT_EQ(dump_json(at(schema(), {"definitions", "case", "additionalProperties"})), "false");
  EXPECT_EQ(dump_json(at(schema(), {"definitions", "step", "additionalProperties"})), "false");
}

TEST(Schema, HasAWordOnEveryKey) {
  for (const Json* properties : {&at(schema(), {"properties"}), &at(schema(), {"definitions", "case", "properties"}),
                                 &at(schema(), {"definitions", "step", "properties"})})
    for (const std::string& name : member_names(*properties))
      EXPECT_NE(at(*properties, {name, "description"}).text(), "") << name;
}

TEST(SuitesReadme, HasARowForEveryKey) {
  const std::string readme = read_file(data_root() / "suites/README.md").value();
  Names keys = member_names(at(schema(), {"properties"}));
  keys.merge(member_names(at(schema(), {"definitions", "case", "properties"})));
  keys.merge(member_names(at(schema(), {"definitions", "step", "properties"})));
  for (const std::string& key : keys)
    EXPECT_THAT(readme, HasSubstr("`" + key + "`")) << key;
}

TEST(SuitesReadme, ItsExamplesAreGoodSuites) {
  const std::string readme = read_file(data_root() / "suites/README.md").value();
  std::size_t count = 0;
  for (std::size_t from = readme.find("```toml\n"); from != std::string::npos; from = readme.find("```toml\n", from)) {
    from += 8;
    std::string example = readme.substr(from, readme.find("```", from) - from);
    if (example.find("run.schema.json") != std::string::npos) continue;
    // A part of a suite is shown without the head.
    if (!example.starts_with("#:schema") && example.find("\nname") > example.find("[[case]]"))
      example = "name = \"example\"\n" + example;
    SuiteReading reading = read_text(example);
    for (const Error& error : reading.errors)
      ADD_FAILURE() << one_line(error) << "\n" << example;
    for (const Error& warning : reading.warnings)
      ADD_FAILURE() << one_line(warning) << "\n" << example;
    ++count;
  }
  EXPECT_GE(count, 3u);
}

}  // namespace
}  // namespace bootgate
