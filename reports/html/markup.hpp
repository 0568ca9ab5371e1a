// Markup: HTML text in which what a guest has said is text, and nothing else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bootgate {

/// Text for between tags and inside of double quotes. Bytes that steer terminals are shown as \xNN; lines stay lines.
std::string html_escaped(std::string_view text);

/// "<code>...</code>" and the like, of escaped text.
std::string element(std::string_view name, std::string_view text, std::string_view css_class = {});

struct Page {
  std::string title;  // not escaped
  std::string body;   // markup
  std::string here;   // its file: what the navigation marks
};

/// The whole document. Its policy (a Content-Security-Policy) lets it load its own style sheet and script, and nothing
/// else from anywhere; script inside of it never runs.
std::string html_page(const Page& page);

}  // namespace bootgate
