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
  ExecChannel channel = ready_channel();
  ASSERT_TRUE(channel.set_command({{"printf", "", "a b\n", "'\""}, {"A=1"}, "/tmp", "/m"}));
  using namespace std::string_literals;
  EXPECT_EQ(channel.next_of_command(), frame(exec_protocol::command, "/tmp\0/m\0004\0printf\0\0a b\n\0'\"\0A=1\0"s));
}

TEST(ExecChannel, RefusesACommandThatNoSystemTakes) {
  EXPECT_FALSE(ExecChannel("n1").set_command({{std::string(8 << 20, 'x')}, {}, "/", ""}));
}

TEST(ExecChannel, SendsALongCommandAsTheGuestTakesIt) {
  ExecChannel channel("n1");
  const std::string word(exec_protocol::input_window, 'x');
  ASSERT_TRUE(channel.set_command({{word}, {}, "/", ""}));
  EXPECT_THAT(channel.next_of_command(), IsEmpty()) << "nobody is there yet";
  channel.feed(frame(exec_protocol::hello, "n1"));
  const std::string first = channel.next_of_command();
  EXPECT_EQ(first[0], exec_protocol::command_part);
  EXPECT_EQ(first.size(), exec_protocol::head_size + exec_protocol::input_window);
  EXPECT_THAT(channel.next_of_command(), IsEmpty());
  EXPECT_EQ(channel.input_window(), 0u) << "its input comes behind it";
  channel.feed(frame(exec_protocol::taken, std::to_string(exec_protocol::input_window)));
  EXPECT_EQ(channel.input_window(), 0u);
  const std::string last = channel.next_of_command();
  EXPECT_EQ(last[0], exec_protocol::command);
  EXPECT_EQ(first.substr(exec_protocol::head_size) + last.substr(exec_protocol::head_size),
            std::string("/\0\0001\0", 5) + word + std::string(1, '\0'));
  EXPECT_EQ(channel.input_window(), exec_protocol::input_window - (last.size() - exec_protocol::head_size));
}

TEST(ExecChannel, KeepsNoMoreThanItsWindow) {
  ExecChannel channel = ready_channel();
  const std::string piece(32 * 1024, 'x');
  for (std::size_t sent = 0; sent < exec_protocol::output_window; sent += piece.size())
    channel.feed(frame(exec_protocol::output, piece));
  EXPECT_THAT(channel.trouble(), IsEmpty());
  channel.feed(frame(exec_protocol::errors, "x"));
  EXPECT_THAT(channel.trouble(), HasSubstr("something else"));
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
