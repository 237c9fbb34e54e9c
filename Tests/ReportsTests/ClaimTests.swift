import Foundation
import Evidence
import Notebooks
import Rendering
import Testing

/// Verdicts against values of SciPy 1.15 and of a pocket calculator.
@Suite struct ClaimTests {
  static func cell(_ id: String, _ options: [String], _ sql: String) -> String {
    "```{claim \(id)}\n" + (["says: The \(id) is so."] + options).map { "--| \($0)\n" }.joined() + sql + "\n```\n\n"
  }

  static func judged(_ text: String) throws -> [JudgedClaim] { try ReportFolder().render(text).claims }

  static func near(_ found: Double?, _ expected: Double) -> Bool {
    found.map { abs($0 - expected) <= 1e-9 * max(1, abs(expected)) } ?? false
  }

  @Test(arguments: [
    ("columns holds; 1", Verdict.supported), ("columns holds; 0", .refuted), ("columns holds; -", .undecided),
    ("columns holds", .undecided), ("columns holds, effect; 1, 8", .supported),
  ])
  func aQueryDecides(sql: String, verdict: Verdict) throws {
    #expect(try Self.judged(Self.cell("a", [], sql)).map(\.verdict) == [verdict])
  }

  @Test(arguments: [
    (
      "columns holds, low, high; 1, 5, 3",
      "1: the interval runs from 5 down to 3; low is the lower end and high the upper one"
    ),
    ("columns holds, effect; 1, much", "1: the column effect has \"much\"; a number was expected"),
    ("columns holds, low, high; 1, few, 3", "1: the column low has \"few\"; a number was expected"),
    ("columns holds, low, high; 1, -, many", "1: the column high has \"many\"; a number was expected"),
  ])
  func whatIsMeasuredIsANumber(sql: String, expected: String) {
    #expect(NotebookErrorTests.problems(Self.cell("a", [], sql)).first == expected)
  }

  @Test func aMeanAloneInItsFamily() throws {
    let claim = try #require(try Self.judged(Self.cell("a", ["test: mean"], "columns value; 1; 2; 3; 4")).first)
    // t = 2.5 / (1.29099 / 2) = 3.87298 with 3 degrees of freedom.
    #expect(claim.verdict == .supported && claim.effect == 2.5 && claim.count == 4 && claim.more == nil)
    #expect(Self.near(claim.p, 0.015233145831085489) && claim.p == claim.pHolm)
    #expect(Self.near(claim.low, 0.4457397432394794) && Self.near(claim.high, 4.554260256760521))
  }

  @Test func theOtherSideRefutes() throws {
    let sql = "columns value; -0.1; -0.2; -0.15"
    let greater = try #require(try Self.judged(Self.cell("a", ["test: mean"], sql)).first)
    #expect(greater.verdict == .refuted && Self.near(greater.p, 0.017549359322992324))
    let less = try #require(try Self.judged(Self.cell("a", ["test: mean", "alternative: less"], sql)).first)
    #expect(less.verdict == .supported && less.p == greater.p)
    let different = try #require(try Self.judged(Self.cell("a", ["test: mean", "alternative: different"], sql)).first)
    #expect(different.verdict == .supported && Self.near(different.p, 2 * 0.017549359322992324))
  }

  @Test func theMarginIsWhatHasToBePassed() throws {
    let sql = "columns value; 1; 2; 3; 4"
    let verdicts = try ["0.4", "1.2", "5"].map {
      try Self.judged(Self.cell("a", ["test: mean", "margin: \($0)"], sql))[0].verdict
    }
    // t = 3.25, 2.01 and -3.87: p = 0.024, 0.069, and 0.015 of the opposite.
    #expect(verdicts == [.supported, .undecided, .refuted])
    #expect(
      try Self.judged(Self.cell("a", ["test: mean", "margin: 0.4", "level: 0.99"], sql))[0].verdict == .undecided)
  }

  @Test func holmCorrectsTheWholePage() throws {
    // Alone each of the first two is below 0.05; together 3 * 0.01523 = 0.0457 and 2 * 0.02633.
    let strong = Self.cell("a", ["test: mean"], "columns value; 1; 2; 3; 4")
    let middling = Self.cell("b", ["test: proportion"], "columns successes, trials; 12, 16")
    let weak = Self.cell("c", ["test: mean"], "columns value; -1; 1; 2")
    #expect(try Self.judged(middling)[0].verdict == .supported)
    let claims = try Self.judged(strong + middling + weak + Self.cell("d", [], "columns holds; 1"))
    #expect(claims.map(\.verdict) == [.supported, .undecided, .undecided, .supported])
    #expect(Self.near(claims[0].pHolm, 3 * 0.015233145831085489))
    // P(X >= 12) of Binomial(16, 1/2) is 2517 / 65536.
    #expect(Self.near(claims[1].p, 2517.0 / 65536) && Self.near(claims[1].pHolm, 2 * 2517.0 / 65536))
    #expect(Self.near(claims[2].p, 0.26429773960448416) && claims[2].pHolm == claims[2].p)
  }

  @Test func proportionsAndPairsOfAnswers() throws {
    let many = try Self.judged(Self.cell("a", ["test: proportion"], "columns successes, trials; 45, 50"))[0]
    #expect(many.verdict == .supported && many.effect == 0.9 && Self.near(many.p, 2.104926011270436e-09))
    let even = try Self.judged(Self.cell("a", ["test: proportion"], "columns successes, trials; 28, 50"))[0]
    #expect(even.verdict == .undecided && Self.near(even.low, 0.4230602802165686))
    // 0.25 * (1.6449 / 0.06)^2 = 187.9.
    #expect(even.more == 188 - 50)
    let pairs = try Self.judged(Self.cell("a", ["test: mcnemar"], "columns only_first, only_second; 10, 2"))[0]
    #expect(pairs.verdict == .supported && Self.near(pairs.p, 0.019287109375) && pairs.count == 12)
    let other = try Self.judged(Self.cell("a", ["test: mcnemar"], "columns only_first, only_second; 2, 10"))[0]
    #expect(other.verdict == .refuted)
  }

  @Test(arguments: [
    ("columns value", 0, 3 as Int?), ("columns value; 0.3", 1, 2), ("columns value; 0.3; -", 1, 2),
    // Mean 2/3, deviation 1.5275: 1.645 * 1.5275 / 0.6667 squared is 14.2, with Student's quantiles 17 in all.
    ("columns value; -1; 1; 2", 3, 14), ("columns value; -1; 1", 2, nil),
  ])
  func howManyMoreWouldDo(sql: String, count: Int, more: Int?) throws {
    let claim = try Self.judged(Self.cell("a", ["test: mean"], sql))[0]
    #expect(claim.verdict == .undecided && claim.count == count && claim.more == more)
  }

  @Test func replicatesThatAreAllTheSame() throws {
    let verdicts = try ["1; 1", "0; 0", "-1; -1", "\(0.9 - 0.8); \(0.8 - 0.7); \(0.6 - 0.5)"].map {
      try Self.judged(Self.cell("a", ["test: mean"], "columns value; \($0)"))[0].verdict
    }
    // Without a spread there is nothing to judge by.
    #expect(verdicts == [.undecided, .undecided, .undecided, .undecided])
  }

  @Test(arguments: [
    ("proportion", "columns successes, trials; 0, 0", "There are no trials to judge by."),
    ("proportion", "columns successes, trials; -, 5", "There are no counts to judge by."),
    ("mcnemar", "columns only_first, only_second; 0, 0", "There are no discordant images to judge by."),
    ("mean", "columns value; 1; 2; -", "</data> row without a value"),
    ("mean", "columns value; 1; 2; -; -", "</data> rows without a value"),
  ])
  func whatIsMissingIsSaid(test: String, sql: String, expected: String) throws {
    let folder = ReportFolder()
    _ = try folder.render(Self.cell("a", ["test: \(test)"], sql))
    let html = try folder.text("index.html")
    #expect(html.contains(expected) && !html.contains("would not decide it"), "\(html)")
  }

  @Test func whatHasToStayAsItIsInChinese() throws {
    for (test, sql, words) in [
      ("proportion", "columns successes, trials; 28, 50", "若比例不变，约再需"),
      ("mean", "columns value; -1; 1; 2", "若均值与离散程度不变，约再需"),
    ] {
      let folder = ReportFolder()
      _ = try folder.render("---\nlang: zh\n---\n" + Self.cell("a", ["test: \(test)"], sql))
      #expect(try folder.text("index.html").contains(words))
    }
  }

  @Test func thePageShowsVerdictsInWords() throws {
    let folder = ReportFolder()
    let options = ["by: the earlier answers, line 76", "format: percent"]
    _ = try folder.render(
      Self.cell("good", [], "columns holds; 1")
        + Self.cell("bad", options, "columns holds, effect, detail; 0, 0.25, <seen>")
        + "It is {{bad.verdict}} by {{bad.effect | percent}}.\n\n:::{if bad.refuted}\nSo it is.\n:::\n"
        + ":::{if bad}\nNever.\n:::\n:::{unless good.undecided}\nDecided.\n:::\n")
    let html = try folder.text("index.html")
    #expect(html.contains("<section class=\"claim refuted\" id=\"clm-bad\" aria-label=\"Claim 2: refuted\">"))
    #expect(html.contains("<s>The bad is so.</s>") && !html.contains("<s>The good"))
    #expect(html.contains("Source: the earlier answers, line 76") && html.contains("&lt;seen&gt;"))
    #expect(html.contains("Effect <data value=\"0.25\" data-query=\"bad\">25.0\u{A0}%</data>."))
    #expect(html.contains("It is refuted by <data value=\"0.25\" data-query=\"bad\">25.0\u{A0}%</data>."))
    #expect(html.contains("So it is.") && !html.contains("Never.") && html.contains("Decided."))
    let markdown = try folder.text("README.md")
    #expect(markdown.contains("> **Claim 1: supported.** The good is so.\n"))
    #expect(
      markdown.contains("> **Claim 2: refuted.** ~~The bad is so.~~\n>\n> Source: the earlier answers, line 76\n"))
  }

  @Test func chinesePages() throws {
    let folder = ReportFolder()
    _ = try folder.render(
      "---\nlang: zh\n---\n" + Self.cell("a", ["test: mean"], "columns value; 1; 2; 3; 4") + "{{a.verdict}}\n")
    let html = try folder.text("index.html")
    #expect(html.contains("aria-label=\"论断 1: 成立\"") && html.contains("<p>成立</p>"))
    #expect(html.contains("Holm 校正后") && !html.contains("Tested") && !html.contains("replicates"))
  }

  @Test func claimsOfHiddenPartsAreNotJudged() throws {
    let hidden = ":::{if no}\n" + Self.cell("a", ["test: mean"], "columns value; 1; 2") + ":::\n"
    let claims = try Self.judged(
      "```{query no}\nno\n```\n" + hidden + ":::{if a}\nNever.\n:::\n" + Self.cell("b", [], "columns holds; 1"))
    #expect(claims.map(\.id) == ["b"])
  }
}
