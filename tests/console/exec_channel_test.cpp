#include "harness/console/exec_channel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixtures/guest/exec_protocol.hpp"

namespace bootgate {
namespace {

using exec_protocol::frame;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string binary("\0\r\n\x11\xff", 5);

ExecChannel ready_channel() {
  ExecChannel channel("n1");
  channel.feed(frame(exec_protocol::hello, "n1"));
  EXPECT_TRUE(channel.ready());
  return channel;
}

TEST(ExecChannel, TakesFramesInAnyPieces) {
  ExecChannel channel("n1");
  const std::string bytes = frame(exec_protocol::hello, "n1") + frame(exec_protocol::output, binary) +
                            frame(exec_protocol::errors, "oh\n") + frame(exec_protocol::output, "more") +
                            frame(exec_protocol::exited, "3");
  for (char c : bytes) {
    EXPECT_FALSE(channel.status());
    channel.feed(std::string_view(&c, 1));
  }
  EXPECT_EQ(channel.output(), binary + "more");
  EXPECT_EQ(channel.errors(), "oh\n");
  EXPECT_EQ(channel.status(), 3);
  EXPECT_THAT(channel.trouble(), IsEmpty());
}

TEST(ExecChannel, IsReadyForThisBootsInitOnly) {
  ExecChannel channel("n1");
  channel.feed(frame(exec_protocol::hello, "n2"));
  EXPECT_FALSE(channel.ready());
  EXPECT_THAT(channel.trouble(), HasSubstr("something else"));
}

TEST(ExecChannel, KeepsWordsApartWhateverIsInThem) {
  const auto request = ExecChannel::request({{"printf", "", "a b\n", "'\""}, {"A=1"}, "/tmp", "/m"});
  ASSERT_TRUE(request);
  using namespace std::string_literals;
  EXPECT_EQ(*request, frame(exec_protocol::command, "/tmp\0/m\0004\0printf\0\0a b\n\0'\"\0A=1\0"s));
}

TEST(ExecChannel, RefusesACommandThatIsLongerThanAFrame) {
  EXPECT_FALSE(ExecChannel::request({{std::string(exec_protocol::longest, 'x')}, {}, "/", ""}));
}

TEST(ExecChannel, HasAWindowForInput) {
  ExecChannel channel = ready_channel();
  EXPECT_EQ(channel.input_window(), exec_protocol::input_window);
  EXPECT_EQ(channel.input(binary), frame(exec_protocol::input, binary));
  EXPECT_EQ(channel.input_window(), exec_protocol::input_window - binary.size());
  channel.feed(frame(exec_protocol::taken, std::to_string(binary.size())));
  EXPECT_EQ(channel.input_window(), exec_protocol::input_window);
  channel.feed(frame(exec_protocol::taken, "1"));  // what was never sent
  EXPECT_THAT(channel.trouble(), HasSubstr("something else"));
}

TEST(ExecChannel, TellsTheGuestWhatWasWritten) {
  ExecChannel channel = ready_channel();
  const std::string piece(16 * 1024, 'x');
  std::string told;
  for (int i = 0; i < 4; ++i) {
    EXPECT_THAT(told, IsEmpty());
    channel.feed(frame(exec_protocol::output, piece));
    told = channel.took_output(piece.size());
  }
  EXPECT_EQ(told, frame(exec_protocol::written, "65536"));
  EXPECT_THAT(channel.output(), IsEmpty());
}

TEST(ExecChannel, SaysWhyTheCommandWasNotStarted) {
  ExecChannel channel = ready_channel();
  channel.feed(frame(exec_protocol::failure, "no directory /x\x1b[1m in the guest"));
  EXPECT_EQ(channel.trouble(), "no directory /x\\x1b[1m in the guest");
}

TEST(ExecChannel, IsNotFooledByOtherBytes) {
  for (const std::string& bytes : {std::string("login: \n\n\n\n"), frame(exec_protocol::exited, "256"),
                                   frame(exec_protocol::exited, "-1"), std::string("O\xff\xff\xff", 4)}) {
    ExecChannel channel = ready_channel();
    channel.feed(bytes);
    EXPECT_THAT(channel.trouble(), HasSubstr("something else"));
    EXPECT_FALSE(channel.status());
  }
}

}  // namespace
}  // namespace bootgate
