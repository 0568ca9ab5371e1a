// An overview as text: for a terminal or the body of a mail, as Markdown, and as JSON. Only what changed, or fails.
#pragma once

#include <string>

#include "harness/support/json.hpp"
#include "reports/overview.hpp"

namespace bootgate {

/// One line: "20261126-031500: 1 newly failing; in all 1 failed, 30 passed".
std::string mail_subject(const Overview& overview);

/// Plain lines of at most 100 columns, but for commands and names, which are not broken.
std::string overview_text(const Overview& overview, bool coloured = false);

/// For a merge request or a chat: a table, and what fails in full below it. Guest text can't become markup.
std::string overview_markdown(const Overview& overview);

Json to_json(const Overview& overview);

}  // namespace bootgate
