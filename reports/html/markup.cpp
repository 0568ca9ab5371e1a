#include "reports/html/markup.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/support/text.hpp"

namespace bootgate {

std::string html_escaped(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    for (char c : printable(text.substr(0, end))) {
      switch (c) {
        case '&': safe += "&amp;"; break;
        case '<': safe += "&lt;"; break;
        case '>': safe += "&gt;"; break;
        case '"': safe += "&quot;"; break;
        case '\'': safe += "&#39;"; break;
        default: safe += c;
      }
    }
    if (end == text.size()) return safe;
    safe += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string element(std::string_view name, std::string_view text, std::string_view css_class) {
  const std::string attribute = css_class.empty() ? std::string() : fmt::format(" class=\"{}\"", css_class);
  return fmt::format("<{0}{1}>{2}</{0}>", name, attribute, html_escaped(text));
}

std::string html_page(const Page& page) {
  std::string links;
  for (const auto& [file, text] : {std::pair("index.html", "Overview"), std::pair("trends.html", "Trends")})
    links +=
        fmt::format("<li><a href=\"{}\"{}>{}</a></li>", file, page.here == file ? " aria-current=\"page\"" : "", text);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'self'; script-src 'self'; "
      "img-src data:; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{0}</title>\n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"style.css\">\n"
      "<script src=\"report.js\" defer></script>\n</head>\n<body>\n"
      "<a class=\"skip\" href=\"#content\">Skip to the content</a>\n"
      "<header><nav aria-label=\"Report\"><ul>{1}</ul></nav></header>\n"
      "<main id=\"content\">\n<h1>{0}</h1>\n{2}</main>\n</body>\n</html>\n",
      html_escaped(page.title), links, page.body);
}

}  // namespace bootgate
