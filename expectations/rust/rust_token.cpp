#include "expectations/rust/rust_token.hpp"

#include <algorithm>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using Kind = RustToken::Kind;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Letters beyond ASCII may stand in identifiers, and all their bytes have the top bit set.
bool starts_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool continues_word(char c) {
  return starts_word(c) || is_digit(c);
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& text, unsigned code) {
  auto byte = [&](unsigned value) { text += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | code >> 6), byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    byte(0xe0 | code >> 12), byte(0x80 | (code >> 6 & 0x3f)), byte(0x80 | (code & 0x3f));
  } else {
    byte(0xf0 | (code >> 18 & 7)), byte(0x80 | (code >> 12 & 0x3f)), byte(0x80 | (code >> 6 & 0x3f)),
        byte(0x80 | (code & 0x3f));
  }
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  std::vector<RustToken> read() {
    while (at_ < source_.size()) {
      if (is_blank(peek()))
        skip(1);
      else if (!skip_comment())
        read_token();
    }
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
  bool done() const { return at_ >= source_.size(); }

  void skip(std::size_t count) {
    for (; count > 0 && !done(); --count)
      if (source_[at_++] == '\n') ++line_;
  }

  /// Block comments nest in Rust.
  bool skip_comment() {
    std::string_view rest = source_.substr(at_);
    if (rest.starts_with("//")) {
      skip(std::min(rest.find('\n'), rest.size()));
      return true;
    }
    if (!rest.starts_with("/*")) return false;
    int depth = 0;
    do {
      rest = source_.substr(at_);
      int change = rest.starts_with("/*") ? 1 : rest.starts_with("*/") ? -1 : 0;
      depth += change;
      skip(change == 0 ? 1 : 2);
    } while (depth > 0 && !done());
    return true;
  }

  void skip_blanks() {
    while (!done() && is_blank(peek()))
      skip(1);
  }

  void read_token() {
    if (read_prefixed_literal()) return;
    if (peek() == '"')
      read_string();
    else if (peek() == '\'')
      read_quote();
    else if (starts_word(peek()))
      read_while(Kind::identifier, continues_word);
    else if (is_digit(peek()))
      read_number();
    else
      read_punctuation();
  }

  void push(Kind kind, std::string text, int line) { tokens_.push_back({kind, std::move(text), line, 0}); }

  template <class Predicate>
  void read_while(Kind kind, Predicate belongs) {
    std::size_t start = at_;
    while (!done() && belongs(peek()))
      ++at_;
    push(kind, std::string(source_.substr(start, at_ - start)), line_);
  }

  /// "1.5" is one number, and "1..5" and "1.max()" begin with one.
  void read_number() {
    std::size_t start = at_;
    while (continues_word(peek()) || (peek() == '.' && is_digit(peek(1)) && source_[at_ - 1] != '.'))
      ++at_;
    push(Kind::number, std::string(source_.substr(start, at_ - start)), line_);
  }

  /// r"" r#""# b"" br"" c"" cr"" b'x' and r#word.
  bool read_prefixed_literal() {
    std::size_t letters = 0;
    for (std::string_view prefix : {"br", "cr", "b", "c", "r"}) {
      if (!source_.substr(at_).starts_with(prefix)) continue;
      letters = prefix.size();
      break;
    }
    if (letters == 0) return false;
    bool raw = peek(letters - 1) == 'r';
    std::size_t hashes = 0;
    while (raw && peek(letters + hashes) == '#')
      ++hashes;
    char quote = peek(letters + hashes);
    if (quote == '"') {
      skip(letters);
      raw ? read_raw_string(hashes) : read_string();
    } else if (quote == '\'' && !raw && peek() == 'b') {
      skip(1);
      read_quote();
    } else if (hashes == 1 && letters == 1 && starts_word(quote)) {
      skip(2);
      read_while(Kind::identifier, continues_word);
    } else {
      return false;
    }
    return true;
  }

  void read_raw_string(std::size_t hashes) {
    const int line = line_;
    std::string end = "\"" + std::string(hashes, '#');
    skip(hashes + 1);
    std::size_t stop = std::min(source_.find(end, at_), source_.size());
    std::string text(source_.substr(at_, stop - at_));
    skip(text.size() + end.size());
    push(Kind::string, std::move(text), line);
  }

  void read_string() {
    const int line = line_;
    std::string text;
    skip(1);
    while (!done() && peek() != '"') {
      if (peek() == '\\') {
        read_escape(text);
      } else {
        text += peek();
        skip(1);
      }
    }
    skip(1);
    push(Kind::string, std::move(text), line);
  }

  void read_escape(std::string& text) {
    const char letter = peek(1);
    skip(2);
    switch (letter) {
      case 'n': text += '\n'; break;
      case 'r': text += '\r'; break;
      case 't': text += '\t'; break;
      case '0': text += '\0'; break;
      case 'x':
        text += static_cast<char>(hex_value(peek()) * 16 + hex_value(peek(1)));
        skip(2);
        break;
      case 'u': read_unicode_escape(text); break;
      // The string goes on at the next word.
      case '\r':
      case '\n': skip_blanks(); break;
      default: text += letter;
    }
  }

  /// \u{1F980}, with up to six digits.
  void read_unicode_escape(std::string& text) {
    unsigned code = 0;
    skip(1);
    for (; !done() && peek() != '}' && peek() != '"'; skip(1))
      if (hex_value(peek()) >= 0) code = (code << 4 | static_cast<unsigned>(hex_value(peek()))) & 0x1fffff;
    if (peek() == '}') skip(1);
    append_utf8(text, code);
  }

  /// A character ('a', '\'', 'é') or a lifetime ('a).
  void read_quote() {
    const int line = line_;
    std::size_t length = 1;
    while ((static_cast<unsigned char>(peek(1 + length)) & 0xc0) == 0x80)
      ++length;
    if (peek(1) == '\\') {
      std::string text;
      skip(1);
      read_escape(text);
      if (peek() == '\'') skip(1);
      push(Kind::character, std::move(text), line);
    } else if (peek(1 + length) == '\'') {
      push(Kind::character, std::string(source_.substr(at_ + 1, length)), line);
      skip(length + 2);
    } else {
      skip(1);
      read_while(Kind::lifetime, continues_word);
    }
  }

  void read_punctuation() {
    std::string text(1, peek());
    for (std::string_view sign : {"::", "->", "=>", "&&", "||"})
      if (source_.substr(at_).starts_with(sign)) text = sign;
    push(Kind::punctuation, text, line_);
    skip(text.size());
    match_bracket(tokens_.size() - 1);
  }

  void match_bracket(std::size_t index) {
    constexpr std::string_view openings = "([{", closings = ")]}";
    const std::string& text = tokens_[index].text;
    if (text.size() != 1) return;
    if (openings.find(text[0]) != std::string_view::npos) {
      // Until it is closed, as if the file's end did.
      tokens_[index].close = std::string_view::npos;
      open_.push_back(index);
      return;
    }
    std::size_t kind = closings.find(text[0]);
    if (kind == std::string_view::npos) return;
    auto partner = std::find_if(open_.rbegin(), open_.rend(),
                                [&](std::size_t open) { return tokens_[open].text[0] == openings[kind]; });
    if (partner == open_.rend()) return;
    for (auto open = open_.rbegin();; ++open) {
      tokens_[*open].close = index;
      if (open == partner) break;
    }
    open_.erase(partner.base() - 1, open_.end());
  }

  std::string_view source_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::vector<RustToken> tokens_;
  std::vector<std::size_t> open_;  // brackets that wait for their end
};

}  // namespace

std::vector<RustToken> rust_tokens(std::string_view source) {
  std::vector<RustToken> tokens = Lexer(source).read();
  for (RustToken& token : tokens)
    token.close = std::min(token.close, tokens.size());
  return tokens;
}

}  // namespace bootgate
