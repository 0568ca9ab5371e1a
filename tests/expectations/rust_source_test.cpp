#include "expectations/rust/rust_source.hpp"

#include <gmock/gmock.h>

#include "expectations/pattern.hpp"
#include "expectations/rust/rust_token.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A line as "certain: pattern", with the prefix of the module `m` left out.
std::vector<std::string> written(const std::vector<PrintedLine>& lines) {
  std::vector<std::string> texts;
  for (const PrintedLine& line : lines) {
    std::string pattern = line.pattern;
    for (std::string_view prefix : {"^m: ", "^\\S.*: "})
      if (pattern.starts_with(prefix)) pattern.erase(0, prefix.size());
    texts.push_back((line.certain ? "" : "maybe ") + std::string(line.device ? "dev " : "") +
                    (line.deferred ? "deferred " : "") + pattern);
  }
  return texts;
}

/// What a module prints whose init has this body; `rest` stands behind its impl.
std::vector<std::string> init_lines(const std::string& body, const std::string& rest = "") {
  return written(read_rust_source("module! { type: M, name: \"m\" }\n"
                                  "impl kernel::Module for M { fn init(_m: &'static ThisModule) -> Result<Self> {\n" +
                                  body + "\nOk(M) } }\n" + rest)
                     .init);
}

/// The pattern of the only line that this string literal makes.
std::string pattern_of(const std::string& literal) {
  auto lines = init_lines("pr_info!(" + literal + ");");
  return lines.size() == 1 ? lines[0] : std::to_string(lines.size()) + " lines";
}

TEST(RustSource, NamesTheModuleByWhateverDeclaresIt) {
  for (const char* macro : {"module!", "kernel::module_pci_driver!", "module_new_bus_driver!"}) {
    auto source = read_rust_source(std::string("#![doc = \"x\"]\n") + macro + " { type: M, name: \"the_name\", }");
    EXPECT_EQ(source.module_name, "the_name") << macro;
    EXPECT_EQ(source.is_driver, macro != std::string_view("module!"));
  }
  EXPECT_EQ(read_rust_source("module!(type: M, license: \"GPL\", name: \"n\");").module_name, "n");
  EXPECT_EQ(read_rust_source("module! { type: M, params: { p: i64 { name: \"no\" } } }").module_name, "");
  EXPECT_EQ(read_rust_source("// module! { type: M, name: \"no\" }\nconst S: &str = \"module! { name: \";").module_name,
            "");
}

TEST(RustSource, HasInitDropProbeAndRemoveApart) {
  auto source = read_rust_source(R"(
    module! { type: M, name: "m" }
    impl<'a> kernel::InPlaceModule for M<'a> where M<'a>: Sized {
      fn init(m: &'static ThisModule) -> impl PinInit<Self, Error> { pr_info!("init\n"); }
      fn other() { pr_info!("never\n"); }
    }
    #[pinned_drop]
    impl PinnedDrop for M<'_> { fn drop(self: Pin<&mut Self>) { pr_info!("drop\n"); } }
    impl Drop for Another { fn drop(&mut self) { pr_info!("not the module's\n"); } }
    impl pci::Driver for D { fn probe(d: &D) -> Result { dev_info!(d.as_ref(), "probe {}\n", 1); } }
  )");
  EXPECT_THAT(written(source.init), ElementsAre("init$"));
  EXPECT_THAT(written(source.exit), ElementsAre("drop$"));
  EXPECT_THAT(written(source.probe), ElementsAre("dev probe .*$"));
  EXPECT_EQ(source.init[0].pattern, "^m: init$");
  EXPECT_EQ(source.init[0].line, 4);

  auto driver = read_rust_source(R"(
    kernel::module_usb_driver! { type: D, name: "d" }
    impl Drop for D { fn drop(&mut self) { dev_err!(self.dev, "gone\n"); } }
  )");
  EXPECT_THAT(driver.exit, IsEmpty());
  EXPECT_THAT(written(driver.remove), ElementsAre("dev gone$"));
}

TEST(RustSource, KnowsTheMacrosThatPrint) {
  EXPECT_THAT(init_lines(R"(
    pr_emerg!("0\n"); pr_alert!("1\n"); pr_crit!("2\n"); pr_err!("3\n"); pr_warn!("4\n"); pr_notice!("5\n");
    kernel::pr_info!("6\n"); pr_info_once!["once\n"]; dev_warn!(dev, "d\n",);
    pr_debug!("no\n"); dev_dbg!(dev, "no\n"); println!("no\n"); pr_info!(concat!("no", "\n")); pr_info; dbg!(x);)"),
              ElementsAre("0$", "1$", "2$", "3$", "4$", "5$", "6$", "once$", "dev d$"));
}

TEST(RustSource, TakesAFormatForAnythingAndTheRestLiterally) {
  EXPECT_EQ(pattern_of(R"("a {} b {:?} c {name} d {0:>8}\n", x)"), "a .* b .* c .* d .*$");
  EXPECT_EQ(pattern_of(R"("{}{}\n")"), ".*$");
  EXPECT_EQ(pattern_of(R"("{{x}} 100% [1] (a|b) $1 .*+?^#\n")"), R"(\{x\} 100% \[1\] \(a\|b\) \$1 \.\*\+\?\^\#$)");
  EXPECT_EQ(pattern_of(R"("tab\t \"quoted\" back\\slash \x41\u{e9}\n")"), "tab\t \"quoted\" back\\\\slash A\xc3\xa9$");
  EXPECT_EQ(pattern_of("\"one \\\n      word\\n\""), "one word$");
  EXPECT_EQ(pattern_of("r#\"raw \\n \"{}\"\"#"), "deferred raw \\\\n \".*\"$");
  // Pretty-printed values take lines of their own.
  EXPECT_EQ(pattern_of(R"("x = {:#?}, done\n")"), "x = .*");
}

TEST(RustSource, MakesALineOfEachLineOfAString) {
  auto source = read_rust_source(
      "module!{type:M,name:\"m\"} impl Module for M { fn init() { pr_info!(\"one\\ntwo\\n\\n{}\\n\"); } }");
  ASSERT_EQ(source.init.size(), 2u);
  EXPECT_EQ(source.init[0].pattern, "^m: one$");
  EXPECT_EQ(source.init[1].pattern, "^two$");
}

TEST(RustSource, KnowsWhatPrintkHoldsBack) {
  EXPECT_THAT(init_lines(R"(pr_info!("no newline"); pr_info!("newline\n"); dev_info!(d, "a device's");)"),
              ElementsAre("deferred no newline$", "newline$", "dev a device's$"));
}

TEST(RustSource, JoinsContinuedLinesAndBearsThatTheyAreSplit) {
  auto lines = init_lines(R"(pr_info!("a"); pr_cont!(" b {}", 1); pr_cont!(" c\n"); pr_cont!("alone\n");)");
  ASSERT_THAT(lines, ElementsAre("a(?: b .*(?: c)?)?$", "^alone$"));
  auto pattern = Pattern::compile({"^m: " + lines[0], true, {}});
  ASSERT_TRUE(pattern);
  for (const char* line : {"m: a b 1 c", "m: a b 1", "m: a"})
    EXPECT_TRUE(pattern->find(line)->has_value()) << line;
  EXPECT_FALSE(pattern->find("m: a c")->has_value());
  EXPECT_THAT(init_lines(R"(pr_info!("a"); pr_cont!(" b");)"), ElementsAre("deferred a(?: b)?$"));
}

TEST(RustSource, IsCertainOnlyOfStraightCode) {
  EXPECT_THAT(
      init_lines(R"(
    pr_info!("start\n");
    if ready() { pr_info!("if\n"); } else if { pr_info!("else if\n"); } else { pr_info!("else\n"); }
    for i in 0..5 { pr_info!("for\n"); }
    while let Some(x) = unsafe { next() } { pr_info!("while\n"); }
    loop { pr_info!("loop\n"); break; }
    match x { A | B => pr_info!("arm\n"), _ => { pr_info!("other arm\n"); } }
    let Some(y) = z else { pr_info!("let else\n"); return Err(EINVAL); };
    unsafe { pr_info!("unsafe\n"); }
    { pr_info!("block\n"); }
    let v = { pr_info!("value\n"); 1 };)"),
      ElementsAre("start$", "maybe if$", "maybe else if$", "maybe else$", "maybe for$", "maybe while$", "maybe loop$",
                  "maybe arm$", "maybe other arm$", "maybe let else$", "unsafe$", "block$", "value$"));
  EXPECT_THAT(init_lines(R"(
    call(|a, b| pr_info!("closure\n"), 1); call(move || { pr_info!("braces\n"); return; });
    ok && { pr_info!("and\n"); true }; a | b; try_pin_init!(Self { x: { pr_info!("macro\n"); 1 } });
    #[cfg(CONFIG_X)] pr_info!("cfg\n"); #[cfg(CONFIG_X)] { pr_info!("cfg block\n"); }
    #[allow(unused)] pr_info!("end\n");)"),
              ElementsAre("maybe closure$", "maybe braces$", "maybe and$", "maybe macro$", "maybe cfg$",
                          "maybe cfg block$", "end$"));
}

TEST(RustSource, IsNotCertainBehindAnEarlyReturn) {
  EXPECT_THAT(init_lines(R"(if bad { return Err(EINVAL); } pr_info!("a\n"); if done { return Ok(M); }
                            pr_info!("b\n");)"),
              ElementsAre("a$", "maybe b$"));
  EXPECT_THAT(
      init_lines(R"(pr_info!("a\n"); f(); pr_info!("b\n");)", R"(fn f() { if x { return; } pr_info!("f\n"); })"),
      ElementsAre("a$", "maybe f$", "b$"));
}

TEST(RustSource, FollowsTheFunctionsThatAreCalledByName) {
  EXPECT_THAT(init_lines(R"(
      fn nested() { pr_info!("nested\n"); }
      helper(first())?; Self::own(); self.method(); X::associated::<u8>(1); deep::inside(); nested();
      other.method(); unknown(); if a { helper(0); } let f = helper; super::helper(2);)",
                         R"(
      fn helper(_: impl Fn(u8) -> u8) -> Foo<{ 1 }> { pr_info!("helper\n"); recursive(); }
      fn recursive() { helper(0); }
      fn first() { pr_info!("first\n"); }
      impl M { fn own() { pr_info!("own\n"); } fn method(&self) { pr_info!("method\n"); } }
      impl Trait for M { fn own() { pr_info!("the trait's\n"); } }
      impl X<u8> { fn associated<T>() { pr_info!("associated\n"); } fn unknown() { pr_info!("no\n"); } }
      mod deep { pub fn inside() { sibling(); } fn sibling() { pr_info!("deep\n"); } })"),
              ElementsAre("first$", "helper$", "own$", "method$", "associated$", "deep$", "nested$", "maybe helper$",
                          "helper$"));
}

TEST(RustSource, ReadsTheWordsOfRustAsRustDoes) {
  EXPECT_THAT(init_lines(R"(
    /* /* nested { */ pr_info!("no\n"); */ let c = '"'; let q = '\''; let b = b'"'; let u = 'é'; let l: &'a str = "}";
    let r = br##"pr_info!("no\n"); "# {"##; let r#type = c"{"; 'outer: { pr_info!("in\n"); } // pr_info!("no\n");
    let n = 0..5; let f = 1.5e3; x.0.1; pr_info!("end\n");)"),
              ElementsAre("in$", "end$"));
}

TEST(RustSource, CountsLinesThroughStringsAndComments) {
  auto tokens = rust_tokens("/*\n\n*/ \"a\n\\\n  b\" x r\"\n\" y");
  ASSERT_EQ(tokens.size(), 4u);
  EXPECT_EQ(tokens[0].text, "a\nb");
  EXPECT_EQ(tokens[0].line, 3);
  EXPECT_EQ(tokens[1].line, 5);
  EXPECT_EQ(tokens[3].line, 6);
}

TEST(RustSource, BearsWhatIsNoRust) {
  const std::string start = "module!{type:M,name:\"m\"} impl Module for M { fn init() { pr_info!(\"a\\n\"); ";
  const std::string whole = start + "if x { call(|y| \"s\", '\\u{1F980}') } } }";
  for (std::size_t length = 0; length <= whole.size(); ++length)
    read_rust_source(std::string_view(whole).substr(0, length));
  for (std::string deep : {"(", "{", "|", "if x {", "#[", "f(", "x!(", "||", "impl ", "mod m {", "fn f() {", "<"}) {
    std::string text = start;
    for (int i = 0; i < 20000; ++i)
      text += deep;
    EXPECT_THAT(written(read_rust_source(text).init), ElementsAre("a$")) << deep;
  }
  // Each function calls the next one twice.
  std::string calls = start + "f0(); } }\n";
  for (int i = 0; i < 60; ++i)
    calls +=
        "fn f" + std::to_string(i) + "() { f" + std::to_string(i + 1) + "(); f" + std::to_string(i + 1) + "(); }\n";
  EXPECT_THAT(written(read_rust_source(calls).init), ElementsAre("a$"));
}

TEST(RustSource, GivesPatternsThatCompile) {
  auto source = read_rust_source(
      "module!{type:M,name:\"m\"} impl Module for M { fn init() { pr_info!(\"{}\"); pr_info!(\"\\n\"); "
      "pr_cont!(\"{}\"); dev_info!(d, \"\"); dev_info!(d, \"{}\\n\"); pr_err!(\"(?{\\n\"); pr_info!(\"\\\\E\\n\"); } "
      "}");
  EXPECT_EQ(source.init.size(), 5u);
  for (const PrintedLine& line : source.init)
    EXPECT_TRUE(Pattern::compile({line.pattern, true, {}})) << line.pattern;
}

}  // namespace
}  // namespace bootgate
