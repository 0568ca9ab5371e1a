#include "harness/support/json.hpp"

#include <gtest/gtest.h>

namespace bootgate {
namespace {

TEST(ParseJson, ReadsWhatQmpSays) {
  auto json =
      parse_json(R"({"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-shutdown"}, "n": [1, 2.5, null]})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->find("event")->text(), "SHUTDOWN");
  const Json* data = json->find("data");
  ASSERT_NE(data, nullptr);
  EXPECT_TRUE(data->find("guest")->flag());
  EXPECT_EQ(data->find("reason")->text(), "guest-shutdown");
  EXPECT_EQ(dump_json(*json->find("n")), "[1,2.5,null]");
}

TEST(ParseJson, RefusesWhatIsNotOneValue) {
  for (const char* text : {"", "{", "{} {}", "{'a': 1}", "\"\xff\"", "nul", "[1,]"})
    EXPECT_FALSE(parse_json(text)) << text;
}

TEST(JsonAccess, IsHarmlessOnOtherTypes) {
  EXPECT_EQ(Json("text").find("x"), nullptr);
  EXPECT_EQ(Json(Json::Object{}).find("x"), nullptr);
  EXPECT_EQ(Json(1).text(), "");
  EXPECT_FALSE(Json("true").flag());
}

TEST(DumpJson, KeepsTheOrderOfMembers) {
  Json json = Json::Object{{"z", 1}, {"a", Json::Array{true, "x", 1.5}}};
  EXPECT_EQ(dump_json(json), R"({"z":1,"a":[true,"x",1.5]})");
}

TEST(DumpJson, IndentsByTwo) {
  EXPECT_EQ(dump_json(Json::Object{{"a", Json::Object{{"b", 1}}}}, true), "{\n  \"a\": {\n    \"b\": 1\n  }\n}");
}

TEST(DumpJson, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(dump_json(Json("a\xff")), "\"a\xef\xbf\xbd\"");
}

TEST(DumpJson, EscapesControlCharacters) {
  EXPECT_EQ(dump_json(Json("\x1b\n\"")), R"("\u001b\n\"")");
}

TEST(DumpJson, IsReadBackAsTheSame) {
  Json json =
      Json::Object{{"n", std::int64_t{1} << 60}, {"s", "ä"}, {"e", Json::Array{}}, {"o", Json::Object{}}, {"null", {}}};
  EXPECT_EQ(dump_json(*parse_json(dump_json(json))), dump_json(json));
}

}  // namespace
}  // namespace bootgate
