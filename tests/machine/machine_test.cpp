// Faults of QEMU itself, provoked with small programs in its place; the real one is driven in tests/boot.
#include "harness/machine/machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class FakeQemu : public testing::Test {
 protected:
  void SetUp() override {
    auto made = make_temp_dir(testing::TempDir(), "machine-");
    ASSERT_TRUE(made);
    directory_ = *made;
  }
  void TearDown() override { fs::remove_all(directory_); }

  /// A program that the machine takes for QEMU. $qmp and $control are the descriptors it was given.
  MachineSpec qemu(const std::string& script) {
    fs::path program = directory_ / "qemu";
    std::ofstream(program)
        << "#!/bin/bash\n"
           "for word; do case $word in\n"
           "  socket,id=control,fd=*) control=${word##*=} ;;\n"
           "  socket,id=qmp,fd=*) qmp=${word##*=} ;;\n"
           "esac; done\n"
           "greet() { echo '{\"QMP\": {}}' >&$qmp; read -r _ <&$qmp; echo '{\"return\": {}, \"id\": 1}' >&$qmp; }\n"
        << script << "\n";
    fs::permissions(program, fs::perms::owner_all);
    MachineSpec spec;
    spec.qemu = program;
    return spec;
  }

  fs::path directory_;
};

TEST_F(FakeQemu, ThatIsMissingIsAnErrorOfTheBench) {
  MachineSpec spec;
  spec.qemu = directory_ / "nowhere";
  auto machine = Machine::start(spec, {});
  ASSERT_FALSE(machine);
  EXPECT_EQ(machine.error().kind, Error::Kind::bench);
  EXPECT_THAT(machine.error().what, HasSubstr("nowhere"));
}

TEST_F(FakeQemu, ThatFailsAtOnceIsQuoted) {
  auto machine = Machine::start(qemu("echo 'qemu: -bogus: invalid option' >&2; exit 1"), {});
  ASSERT_FALSE(machine);
  EXPECT_THAT(machine.error().what, HasSubstr("exit status 1"));
  EXPECT_THAT(machine.error().hint, HasSubstr("-bogus: invalid option"));
}

TEST_F(FakeQemu, ThatDiesByASignalIsNamedWithIt) {
  auto machine = Machine::start(qemu("kill -ABRT $$"), {});
  ASSERT_FALSE(machine);
  EXPECT_THAT(machine.error().what, HasSubstr("SIGABRT"));
}

TEST_F(FakeQemu, ThatSaysNothingCanBeInterrupted) {
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  auto machine = Machine::start(qemu("sleep 1000"), stop.get_token());
  ASSERT_FALSE(machine);
  EXPECT_EQ(machine.error().kind, Error::Kind::interrupted);
}

TEST_F(FakeQemu, GivesItsLastBytesAlthoughItHasEnded) {
  auto machine = Machine::start(qemu("greet; echo last words; echo to control >&$control; exit 3"), {});
  ASSERT_TRUE(machine) << machine.error().what;
  std::string console, control;
  while (!machine->exited()) {
    MachineOutput output = machine->poll(Clock::now() + 10s);
    console += output.console;
    control += output.control;
  }
  MachineOutput rest = machine->poll(Clock::now());
  EXPECT_EQ(console + rest.console, "last words\n");
  EXPECT_EQ(control + rest.control, "to control\n");
  EXPECT_EQ(machine->exited(), (ExitStatus{3, 0}));
}

TEST_F(FakeQemu, GetsWhatIsSentToTheConsole) {
  auto machine = Machine::start(qemu("greet; read -r line; echo \"got $line\"; exit 0"), {});
  ASSERT_TRUE(machine) << machine.error().what;
  machine->send_console("hello\n");
  std::string console;
  while (!machine->exited())
    console += machine->poll(Clock::now() + 10s).console;
  console += machine->poll(Clock::now()).console;
  EXPECT_EQ(console, "got hello\n");
}

TEST_F(FakeQemu, ThatRefusesACommandGivesItsReason) {
  auto machine = Machine::start(
      qemu("greet; read -r _ <&$qmp; echo '{\"error\": {\"desc\": \"not now\"}, \"id\": 2}' >&$qmp; sleep 1000"), {});
  ASSERT_TRUE(machine) << machine.error().what;
  auto resumed = machine->resume();
  ASSERT_FALSE(resumed);
  EXPECT_THAT(resumed.error().what, HasSubstr("not now"));
}

TEST_F(FakeQemu, ThatIgnoresQuitAndTermIsKilled) {
  auto machine = Machine::start(qemu("trap '' TERM; greet; while :; do sleep 1000; done"), {});
  ASSERT_TRUE(machine) << machine.error().what;
  EXPECT_EQ(machine->end(), (ExitStatus{0, SIGKILL}));
}

TEST_F(FakeQemu, LeavesNoProcessBehind) {
  pid_t pid = -1;
  {
    auto machine = Machine::start(qemu("greet; exec sleep 1000"), {});
    ASSERT_TRUE(machine) << machine.error().what;
    pid = machine->pid();
  }
  EXPECT_EQ(::kill(-pid, 0), -1) << "its process group is gone";
}

}  // namespace
}  // namespace bootgate
