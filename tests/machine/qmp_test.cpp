#include "harness/machine/qmp.hpp"

#include <gtest/gtest.h>

namespace bootgate {
namespace {

using Kind = QmpMessage::Kind;

TEST(Qmp, NumbersItsRequests) {
  Qmp qmp;
  EXPECT_EQ(qmp.request("cont"), "{\"execute\":\"cont\",\"id\":1}\n");
  EXPECT_EQ(qmp.request("x", {{"a", "b"}}), "{\"execute\":\"x\",\"arguments\":{\"a\":\"b\"},\"id\":2}\n");
  EXPECT_EQ(qmp.last_id(), 2);
}

TEST(Qmp, TellsTheKindsOfMessagesApart) {
  Qmp qmp;
  auto messages = qmp.feed(
      "{\"QMP\": {\"version\": {}}}\r\n"
      "{\"return\": {}, \"id\": 7}\r\n"
      "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}, \"id\": 8}\r\n"
      "{\"timestamp\": {}, \"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, \"reason\": \"guest-reset\"}}\r\n");
  ASSERT_EQ(messages.size(), 4u);
  EXPECT_EQ(messages[0].kind, Kind::greeting);
  EXPECT_EQ(messages[1].kind, Kind::reply);
  EXPECT_EQ(messages[1].id, 7);
  EXPECT_EQ(messages[2].kind, Kind::failure);
  EXPECT_EQ(messages[2].name, "no");
  EXPECT_EQ(messages[3].kind, Kind::event);
  EXPECT_EQ(messages[3].name, "SHUTDOWN");
  EXPECT_EQ(messages[3].data.find("reason")->text(), "guest-reset");
}

TEST(Qmp, WaitsForTheRestOfALine) {
  Qmp qmp;
  EXPECT_TRUE(qmp.feed("{\"event\": \"ST").empty());
  auto messages = qmp.feed("OP\"}\n{");
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].name, "STOP");
}

TEST(Qmp, SkipsWhatIsNoMessage) {
  Qmp qmp;
  EXPECT_TRUE(qmp.feed("garbage\n[]\n{\"other\": 1}\n\xff\n").empty());
}

}  // namespace
}  // namespace bootgate
