// Machine: one running QEMU. It owns the process and the near ends of all its descriptors, and is used by one thread.
//
// Everything that comes out is drained in one poll(2): a guest whose console nobody reads stops, and reports stalls
// that are not its own.
#pragma once

#include <poll.h>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "harness/machine/checkpoint.hpp"
#include "harness/machine/machine_spec.hpp"
#include "harness/machine/qmp.hpp"
#include "harness/support/clock.hpp"
#include "harness/support/process.hpp"

namespace bootgate {

/// What came out of a machine in one round.
struct MachineOutput {
  std::string console;             // ttyS0
  std::string control;             // ttyS1
  std::vector<QmpMessage> events;  // QMP events only
  bool stopped = false;            // the stop token was set
};

class Machine {
 public:
  /// Starts QEMU and shakes hands over QMP; the guest stands at its first instruction. A QEMU that is missing, fails at
  /// once or says nothing within 30 s is an error of the bench that quotes what it said.
  static Result<Machine> start(const MachineSpec& spec, std::stop_token stop);
  /// The same, for a machine that is to be cloned: `memory` is its RAM.
  static Result<Machine> start(const MachineSpec& spec, std::shared_ptr<GuestMemory> memory, std::stop_token stop);
  /// A machine of the same spec that stands where the checkpoint was taken. It writes to no memory but its own.
  static Result<Machine> clone(const MachineSpec& spec, const Checkpoint& checkpoint, std::stop_token stop);
  Machine(Machine&&) noexcept;
  Machine& operator=(Machine&&) noexcept;
  ~Machine();

  /// Lets the guest run.
  Result<> resume();

  /// Stops the guest, saves it, and ends QEMU. What the guest had said until then comes with the next poll. When it
  /// fails, resume() lets the guest go on where it stopped. Only for a machine that was started with a memory.
  Result<Checkpoint> checkpoint();

  /// Waits until something comes out, the machine ends, the stop token is set, or `deadline`.
  MachineOutput poll(TimePoint deadline);

  /// From here on poll() also ends when one of these, the caller's own, has something to offer; an empty list: no
  /// longer.
  void also_wait_for(std::vector<pollfd> others);

  /// From here on much may come over ttyS1, and none of it is urgent.
  void let_control_gather();

  /// Queued at once, and sent as fast as the guest takes it.
  void send_console(std::string_view bytes);
  void send_control(std::string_view bytes);

  /// A QMP command and its answer; output that comes meanwhile is kept for the next poll.
  Result<Json> execute(std::string_view command, Json::Object arguments = {},
                       Duration within = std::chrono::seconds(5));

  /// Gives QEMU a copy of a descriptor, under a name that its commands know it by ("fd:NAME").
  Result<> give(int fd, std::string_view name);

  /// How QEMU ended, once it has.
  std::optional<ExitStatus> exited() const;
  /// What QEMU wrote to its standard error.
  std::string_view errors() const;
  const std::vector<std::string>& argv() const;
  pid_t pid() const;
  const std::vector<Disk>& disks() const;

  /// Ends QEMU: quit, then SIGTERM, then SIGKILL, 2 s apart. Nothing happens when it has ended.
  ExitStatus end();

 private:
  struct Impl;
  explicit Machine(std::unique_ptr<Impl> impl);
  static Result<Machine> launch(const MachineSpec& spec, const GuestMemory* memory, bool is_clone,
                                std::stop_token stop);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bootgate
