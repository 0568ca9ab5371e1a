// ExecChannel: one command in the guest, with its input, its two outputs and its exit status. Pure protocol: bytes in,
// bytes out. The other end is our init (fixtures/guest/exec.cpp); fixtures/guest/exec_protocol.hpp has the frames.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bootgate {

struct GuestCommand {
  std::vector<std::string> words;        // argv
  std::vector<std::string> environment;  // "NAME=VALUE", all of it
  std::string directory = "/";
  std::string modules;  // a lib/modules/RELEASE tree of the host's, as the guest sees it; empty: none
};

class ExecChannel {
 public:
  explicit ExecChannel(std::string nonce);

  void feed(std::string_view bytes);

  /// The guest's init is done with the system, and waits for the command.
  bool ready() const { return ready_; }
  /// What it shall run. False: that is longer than any system takes.
  bool set_command(const GuestCommand& command);
  /// What to send of the command now; empty: all was sent, or the guest takes no more of it yet.
  std::string next_of_command();

  /// So many bytes of input the guest takes now: none before it has the command.
  std::size_t input_window() const { return command_.empty() ? input_window_ : 0; }
  /// What to send for them, and behind the last of them.
  std::string input(std::string_view bytes);
  static std::string end_of_input();

  /// What the command wrote and nobody has yet taken away.
  std::string_view output() const { return output_; }
  std::string_view errors() const { return errors_; }
  /// So many bytes were taken from the begin of it. What to send, or nothing.
  std::string took_output(std::size_t bytes) { return took(output_, bytes); }
  std::string took_errors(std::size_t bytes) { return took(errors_, bytes); }

  /// The command's status, as a shell's $?. What it wrote came before.
  const std::optional<int>& status() const { return status_; }
  /// Why it could not be started, or why what came over the port is not from our init; empty: neither.
  const std::string& trouble() const { return trouble_; }

 private:
  void take(char kind, std::string_view content);
  std::string took(std::string& from, std::size_t bytes);

  std::string nonce_;
  std::string received_;
  bool ready_ = false;
  std::string command_;  // what of it was not sent
  std::size_t input_window_;
  std::size_t not_reported_ = 0;
  std::string output_;
  std::string errors_;
  std::optional<int> status_;
  std::string trouble_;
};

}  // namespace bootgate
