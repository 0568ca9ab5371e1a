#include "expectations/rust/rust_items.hpp"

#include <algorithm>
#include <utility>

namespace bootgate {
namespace {

/// Modules in modules: more than anybody nests, and few enough for the stack.
constexpr int deepest_module = 100;

class ItemFinder {
 public:
  explicit ItemFinder(const std::vector<RustToken>& tokens) : tokens_(tokens) {}

  RustItems find() {
    scan(0, tokens_.size(), {}, deepest_module);
    return std::move(items_);
  }

 private:
  bool is_word(std::size_t i, std::string_view word) const { return i < tokens_.size() && tokens_[i].is_word(word); }
  bool is(std::size_t i, std::string_view sign) const { return i < tokens_.size() && tokens_[i].is(sign); }
  bool is_identifier(std::size_t i) const {
    return i < tokens_.size() && tokens_[i].kind == RustToken::Kind::identifier;
  }
  bool opens(std::size_t i) const { return i < tokens_.size() && tokens_[i].opens(); }

  /// What items are in: the file, a `mod` or an `impl`.
  struct Scope {
    std::string owner;
    std::string trait;
    bool impl = false;
  };

  void scan(std::size_t i, std::size_t end, const Scope& scope, int depth) {
    while (i < end && depth > 0) {
      if (is_word(i, "fn") && is_identifier(i + 1))
        i = add_function(i, end, scope);
      else if (is_word(i, "impl"))
        i = scan_impl(i, end, depth);
      else if (is_word(i, "mod") && is_identifier(i + 1) && is(i + 2, "{"))
        i = scan_group(i + 2, {tokens_[i + 1].text, "", false}, depth);
      else if (is_identifier(i) && is(i + 1, "!") && opens(i + 2))
        i = read_macro(i);
      else
        i = opens(i) ? tokens_[i].close + 1 : i + 1;
    }
  }

  std::size_t scan_group(std::size_t open, const Scope& scope, int depth) {
    scan(open + 1, tokens_[open].close, scope, depth - 1);
    return tokens_[open].close + 1;
  }

  std::size_t add_function(std::size_t i, std::size_t limit, const Scope& scope) {
    std::size_t body = limit;
    std::size_t end = function_end(tokens_, i, limit, body);
    if (body == limit) return end;
    items_.functions.push_back(
        {tokens_[i + 1].text, scope.owner, scope.trait, scope.impl, body + 1, tokens_[body].close});
    for (std::size_t inner = body + 1; inner < tokens_[body].close; ++inner) {
      std::size_t inner_body = limit;
      if (!is_word(inner, "fn") || !is_identifier(inner + 1)) continue;
      function_end(tokens_, inner, tokens_[body].close, inner_body);
      if (is(inner_body, "{"))
        items_.functions.push_back({tokens_[inner + 1].text, "", "", false, inner_body + 1, tokens_[inner_body].close});
    }
    return end;
  }

  /// `impl<T> Trait for Type<T> where ... { }`: the last words outside of the angle brackets are the names.
  std::size_t scan_impl(std::size_t i, std::size_t end, int depth) {
    std::string name, trait;
    int angles = 0;
    bool bounds = false;  // behind `where`, whose names are not the impl's
    for (++i; i < end && !is(i, ";"); ++i) {
      if (is(i, "<")) ++angles;
      if (is(i, ">")) --angles;
      if (is(i, "{") && angles <= 0) return scan_group(i, {name, trait, true}, depth);
      if (opens(i)) {
        i = tokens_[i].close;
      } else if (angles <= 0 && is_identifier(i)) {
        bounds = bounds || is_word(i, "where");
        if (bounds) continue;
        if (is_word(i, "for"))
          trait = std::exchange(name, "");
        else
          name = tokens_[i].text;
      }
    }
    return i + 1;
  }

  /// module!, module_pci_driver!, ...: whatever begins so and has a name is the module's declaration.
  std::size_t read_macro(std::size_t i) {
    const std::string& macro = tokens_[i].text;
    const std::size_t open = i + 2, end = tokens_[open].close;
    if (macro != "module" && !macro.starts_with("module_")) return end + 1;
    std::string name, type;
    for (std::size_t at = open + 1; at + 2 < end; at = opens(at) ? tokens_[at].close + 1 : at + 1) {
      if (!is(at + 1, ":")) continue;
      if (is_word(at, "name") && tokens_[at + 2].kind == RustToken::Kind::string) name = tokens_[at + 2].text;
      if (is_word(at, "type")) type = last_word_of_path(at + 2, end);
    }
    if (name.empty() || !items_.module_name.empty()) return end + 1;
    items_.module_name = name;
    items_.module_type = type;
    items_.is_driver = macro != "module";
    return end + 1;
  }

  std::string last_word_of_path(std::size_t i, std::size_t end) const {
    std::string word;
    for (; i < end && (is_identifier(i) || is(i, "::")); ++i)
      if (is_identifier(i)) word = tokens_[i].text;
    return word;
  }

  const std::vector<RustToken>& tokens_;
  RustItems items_;
};

}  // namespace

RustItems find_rust_items(const std::vector<RustToken>& tokens) {
  return ItemFinder(tokens).find();
}

std::size_t function_end(const std::vector<RustToken>& tokens, std::size_t index, std::size_t limit,
                         std::size_t& body) {
  for (std::size_t i = index + 1; i < limit; ++i) {
    if (tokens[i].is(";")) return i + 1;
    if (!tokens[i].opens()) continue;
    // A constant among generic arguments: Bar<{ regs::END }>.
    bool constant = tokens[i - 1].is("<") || tokens[i - 1].is(",");
    if (tokens[i].is("{") && !constant) {
      body = i;
      return std::min(tokens[i].close + 1, limit);
    }
    i = tokens[i].close;
  }
  return limit;
}

}  // namespace bootgate
