// Login: the dialogue on ttyS0, from the prompt to a shell that has answered with a nonce.
#pragma once

#include "harness/plan/suite.hpp"
#include "harness/run/guest.hpp"
#include "harness/run/judge.hpp"

namespace bootgate {

/// True when `prompt` stands at the very end of the console, and nothing has come for 150 ms: text that merely ends so,
/// in the middle of a message, is followed by more. A literal is compared without the blanks at its end.
Result<bool> prompt_stands(const Guest& guest, const Pattern& prompt);

/// Logs in. A prompt proves nothing (getty prints it for anybody): the shell must answer.
Verdict log_in(Guest& guest, const Login& login, std::string_view awaited, Duration within, std::size_t first_report);

}  // namespace bootgate
