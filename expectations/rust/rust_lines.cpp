#include "expectations/rust/rust_lines.hpp"

#include <algorithm>

#include "expectations/rust/rust_record.hpp"

namespace bootgate {
namespace {

using Kind = RustToken::Kind;

/// Sources are the user's, but the stack and the time are ours: functions may call each other in any way.
constexpr int deepest_nesting = 200;
constexpr std::size_t most_records = 1000;
constexpr int most_calls = 1000;

/// Words behind which an expression starts, so that a | opens a closure.
bool expects_operand(const RustToken& token) {
  if (token.kind == Kind::identifier) {
    constexpr std::string_view words[] = {"move", "return", "else", "in", "match", "if", "while", "break", "static"};
    return std::find(std::begin(words), std::end(words), token.text) != std::end(words);
  }
  return token.kind == Kind::punctuation && !token.is(")") && !token.is("]") && !token.is("}") && !token.is("?");
}

class LineWalker {
 public:
  LineWalker(const std::vector<RustToken>& tokens, const RustItems& items)
      : tokens_(tokens), items_(items), records_(items.module_name) {}

  void enter(const RustFunction& function, bool certain, int depth) {
    if (std::find(calls_.begin(), calls_.end(), &function) != calls_.end() || ++entered_ > most_calls) return;
    calls_.push_back(&function);
    Frame frame;
    walk({function.begin, function.end, certain, false}, frame, depth);
    calls_.pop_back();
  }

  std::vector<PrintedLine> lines() const { return records_.lines(); }

 private:
  /// One call of a function.
  struct Frame {
    bool returned = false;  // it may have ended well before: what follows is not certain
  };

  /// A stretch of tokens, and what is known where it begins.
  struct Stretch {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool certain = true;
    bool closure = false;  // `return` leaves the closure, not the function
  };

  /// What is true of the statement that is being read.
  struct Statement {
    bool block_is_conditional = false;  // behind if, match, for, ...: their next block
    bool conditional = false;           // behind && and ||, or in a closure without braces
    bool closure = false;
    bool returning = false;
    std::size_t attribute_end = 0;  // up to here it is under a #[cfg]
  };

  void walk(const Stretch& stretch, Frame& frame, int depth) {
    if (depth == 0) return;
    Statement now;
    for (std::size_t i = stretch.begin; i < stretch.end && records_.size() < most_records;) {
      if (tokens_[i].is(";") || tokens_[i].is(",")) {
        end_statement(now, frame);
        ++i;
      } else {
        i = step(i, stretch, now, frame, depth);
      }
    }
    end_statement(now, frame);
  }

  static void end_statement(Statement& now, Frame& frame) {
    frame.returned = frame.returned || now.returning;
    now = {false, false, false, false, now.attribute_end};
  }

  /// Takes what stands at `i`, and says where to go on.
  std::size_t step(std::size_t i, const Stretch& in, Statement& now, Frame& frame, int depth) {
    const RustToken& token = tokens_[i];
    const bool certain = in.certain && !now.conditional && !frame.returned && i >= now.attribute_end;
    if (token.is("#")) return take_attribute(i, in, now);
    if (is_closure(i, in)) return take_closure(i, in, now, frame, depth);
    if (token.is("&&") || token.is("||")) {
      now.conditional = now.conditional || (i > in.begin && !expects_operand(tokens_[i - 1]));
      return i + 1;
    }
    if (token.opens())
      return take_group(i, {i + 1, group_end(i, in), certain, in.closure || now.closure}, now, frame, depth);
    if (token.kind != Kind::identifier) return i + 1;
    if (token.text == "fn" && i + 1 < in.end && tokens_[i + 1].kind == Kind::identifier) {
      std::size_t body = 0;
      return function_end(tokens_, i, in.end, body);
    }
    note_keyword(i, in, certain, now);
    if (is(i + 1, "!", in) && i + 2 < in.end) return take_macro(i, in, certain, frame, depth);
    if (std::size_t open = call_group(i, in); open < in.end) return take_call(i, open, in, certain, frame, depth);
    return i + 1;
  }

  bool is(std::size_t i, std::string_view sign, const Stretch& in) const { return i < in.end && tokens_[i].is(sign); }

  std::size_t group_end(std::size_t open, const Stretch& in) const { return std::min(tokens_[open].close, in.end); }

  void note_keyword(std::size_t i, const Stretch& in, bool certain, Statement& now) {
    constexpr std::string_view branching[] = {"if", "else", "match", "while", "for", "loop"};
    const std::string& word = tokens_[i].text;
    if (std::find(std::begin(branching), std::end(branching), word) != std::end(branching))
      now.block_is_conditional = true;
    // An early `return Err(..)` makes the module's load fail, and what follows is of loads that succeed.
    bool fails = i + 1 < in.end && tokens_[i + 1].is_word("Err");
    if (word == "return" && !in.closure && !now.closure && (!fails || certain)) now.returning = true;
  }

  /// #[cfg(..)] makes the statement behind it conditional.
  std::size_t take_attribute(std::size_t i, const Stretch& in, Statement& now) {
    std::size_t open = is(i + 1, "!", in) ? i + 2 : i + 1;
    if (!is(open, "[", in)) return i + 1;
    const std::size_t close = group_end(open, in);
    bool cfg = std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(open),
                           tokens_.begin() + static_cast<std::ptrdiff_t>(close),
                           [](const RustToken& token) { return token.is_word("cfg"); });
    if (!cfg) return close + 1;
    std::size_t end = close + 1;
    while (end < in.end && !tokens_[end].is(";")) {
      bool block = tokens_[end].is("{");
      end = tokens_[end].opens() ? group_end(end, in) + 1 : end + 1;
      if (block && !(end < in.end && tokens_[end].is_word("else"))) break;
    }
    now.attribute_end = std::max(now.attribute_end, end);
    return close + 1;
  }

  bool is_closure(std::size_t i, const Stretch& in) const {
    return (tokens_[i].is("|") || tokens_[i].is("||")) && (i == in.begin || expects_operand(tokens_[i - 1]));
  }

  /// Whether a closure is called, and how often, is not known here.
  std::size_t take_closure(std::size_t i, const Stretch& in, Statement& now, Frame& frame, int depth) {
    if (tokens_[i].is("|"))
      for (++i; i < in.end && !tokens_[i].is("|");)
        i = tokens_[i].opens() ? group_end(i, in) + 1 : i + 1;
    ++i;
    if (is(i, "->", in))
      while (i < in.end && !tokens_[i].is("{"))
        ++i;
    if (is(i, "{", in)) {
      walk({i + 1, group_end(i, in), false, true}, frame, depth - 1);
      return group_end(i, in) + 1;
    }
    now.conditional = now.closure = true;
    return i;
  }

  std::size_t take_group(std::size_t open, Stretch inner, Statement& now, Frame& frame, int depth) {
    if (tokens_[open].is("{") && now.block_is_conditional && !tokens_[open - 1].is_word("unsafe")) {
      inner.certain = false;
      now.block_is_conditional = false;
    }
    walk(inner, frame, depth - 1);
    return inner.end + 1;
  }

  std::size_t take_macro(std::size_t i, const Stretch& in, bool certain, Frame& frame, int depth) {
    std::size_t open = i + 2;
    if (tokens_[i].text == "macro_rules") ++open;
    if (open >= in.end || !tokens_[open].opens()) return i + 1;
    const std::size_t close = group_end(open, in);
    const PrintMacro* macro = find_print_macro(tokens_[i].text);
    if (tokens_[i].text == "macro_rules" || (macro && macro->silent)) return close + 1;
    // What another macro does with its tokens is its own affair.
    walk({open + 1, close, certain && macro != nullptr, macro == nullptr}, frame, depth - 1);
    if (!macro) return close + 1;
    std::size_t format = macro->device ? behind_comma(open + 1, close) : open + 1;
    if (format < close && tokens_[format].kind == Kind::string)
      records_.add(*macro, tokens_[format].text, certain, tokens_[i].line);
    return close + 1;
  }

  std::size_t behind_comma(std::size_t i, std::size_t end) const {
    while (i < end && !tokens_[i].is(","))
      i = tokens_[i].opens() ? tokens_[i].close + 1 : i + 1;
    return i + 1;
  }

  /// The opening bracket of a call whose function's name stands at `i`, or the end.
  std::size_t call_group(std::size_t i, const Stretch& in) const {
    std::size_t open = i + 1;
    if (is(open, "::", in) && is(open + 1, "<", in)) {
      int angles = 0;
      for (++open; open < in.end; ++open) {
        if (tokens_[open].is("<")) ++angles;
        if (tokens_[open].is(">") && --angles == 0) break;
      }
      ++open;
    }
    return is(open, "(", in) ? open : in.end;
  }

  std::size_t take_call(std::size_t i, std::size_t open, const Stretch& in, bool certain, Frame& frame, int depth) {
    // Arguments are evaluated before the call.
    walk({open + 1, group_end(open, in), certain, in.closure}, frame, depth - 1);
    if (const RustFunction* function = find_function(i, in)) enter(*function, certain, depth - 1);
    return group_end(open, in) + 1;
  }

  const RustFunction* find_function(std::size_t i, const Stretch& in) const {
    const std::string& name = tokens_[i].text;
    const std::string& own_type = calls_.back()->owner;
    auto before = [&](std::size_t count) { return i >= in.begin + count ? &tokens_[i - count] : nullptr; };
    if (before(1) && before(1)->is("::")) {
      if (!before(2) || before(2)->kind != Kind::identifier) return nullptr;
      const std::string& scope = before(2)->text;
      if (scope == "self" || scope == "super" || scope == "crate") return find_owned(name, "");
      return find_owned(name, scope == "Self" ? own_type : scope);
    }
    if (before(1) && before(1)->is(".")) {
      bool own = before(2) && before(2)->is_word("self") && !(before(3) && before(3)->is("."));
      return own ? find_owned(name, own_type) : nullptr;
    }
    // Inside of a `mod`, its own function goes before the file's.
    const RustFunction* sibling = calls_.back()->of_impl ? nullptr : find_owned(name, own_type);
    return sibling ? sibling : find_owned(name, "");
  }

  const RustFunction* find_owned(const std::string& name, const std::string& owner) const {
    const RustFunction* best = nullptr;
    for (const RustFunction& function : items_.functions) {
      if (function.name != name || function.owner != owner) continue;
      if (is_inside(function, *calls_.back())) return &function;
      // What the type has itself goes before what it has from a trait.
      if (!best || (!best->trait.empty() && function.trait.empty())) best = &function;
    }
    return best;
  }

  static bool is_inside(const RustFunction& inner, const RustFunction& outer) {
    return inner.begin > outer.begin && inner.end <= outer.end;
  }

  const std::vector<RustToken>& tokens_;
  const RustItems& items_;
  RustRecords records_;
  std::vector<const RustFunction*> calls_;
  int entered_ = 0;
};

}  // namespace

std::vector<PrintedLine> printed_lines(const std::vector<RustToken>& tokens, const RustItems& items,
                                       const RustFunction& function) {
  LineWalker walker(tokens, items);
  walker.enter(function, true, deepest_nesting);
  return walker.lines();
}

}  // namespace bootgate
