/// The words that a report adds, in a report's language.
package struct Words: Sendable {
  package let language: String

  package init(language: String) { self.language = language }

  private var isChinese: Bool { language == "zh" }
  private func pick(_ english: String, _ chinese: String) -> String { isChinese ? chinese : english }

  package var epoch: String { pick("epoch", "轮次") }
  package var table: String { pick("Table", "表") }
  package var figure: String { pick("Figure", "图") }
  package var claim: String { pick("Claim", "论断") }
  package func name(_ kind: ReferenceKind) -> String {
    switch kind {
    case .figure: figure
    case .table: table
    case .claim: claim
    }
  }
  package func verdict(_ verdict: Verdict) -> String {
    switch verdict {
    case .supported: pick("supported", "成立")
    case .refuted: pick("refuted", "不成立")
    case .undecided: pick("not enough evidence", "证据不足")
    }
  }
  package func effect(_ test: ClaimTest) -> String {
    switch test {
    case .holds: pick("Effect", "效应")
    case .mean: pick("Mean", "均值")
    case .proportion: pick("Proportion", "比例")
    case .mcnemar:
      pick("Share of the first among the images that only one of the two classified correctly", "仅一方正确分类的图像中第一方所占比例")
    }
  }
  package func replicates(_ test: ClaimTest, _ count: Int) -> String {
    switch test {
    case .holds, .mean: pick(count == 1 ? "replicate" : "replicates", "次重复")
    case .proportion: pick(count == 1 ? "trial" : "trials", "次试验")
    case .mcnemar:
      pick(count == 1 ? "discordant image" : "discordant images", "个仅一方正确分类的图像")
    }
  }
  package var comma: String { pick(", ", "，") }
  package var semicolon: String { pick("; ", "；") }
  package var and: String { pick("&", "与") }
  package var andOthers: String { pick("et al.", "等") }
  package func bracketed(_ text: String) -> String { pick("(\(text))", "（\(text)）") }
  package func leftOut(_ kind: ReferenceKind) -> String {
    switch kind {
    case .figure: pick("a figure that is left out here", "此处略去的图")
    case .table: pick("a table that is left out here", "此处略去的表")
    case .claim: pick("a claim that is left out here", "此处略去的论断")
    }
  }
  package var references: String { pick("References", "参考文献") }
  package var constants: String { pick("Numbers on this page that are fixed and not measured", "本页中固定、非测量所得的数字") }
  /// The heading of a draft's notes.
  package var draft: String { pick("Draft, not for handing in", "草稿，请勿提交") }
  package func undecidedClaim(_ name: String, line: Int) -> String {
    pick("line \(line): \(name): not enough evidence", "第 \(line) 行：\(name)：证据不足")
  }
  package func line(_ line: Int) -> String { pick("line \(line):", "第 \(line) 行：") }
  /// Of a warning without its file, `12: what is wrong`.
  package func lined(_ warning: Substring) -> String {
    let parts = warning.split(separator: ":", maxSplits: 1).map(\.trimmed)
    guard parts.count == 2, let number = Int(parts[0]) else { return String(warning) }
    return "\(line(number))\(gap)\(parts[1])"
  }
  package var nothingOpen: String { pick("Nothing is open.", "没有未完成的事项。") }
  package func moreNotes(_ count: Int) -> String { pick("and \(count) more", "另有 \(count) 条") }
  package var toDo: String { pick("to do", "待办") }
  package var done: String { pick("done", "已完成") }
  package var backToText: String { pick("Back to the text", "返回正文") }
  package var footnotes: String { pick("Footnotes", "脚注") }
  package var tableOfText: String { pick("Table in the text", "正文中的表") }
  package var noRuns: String { pick("Nothing on this page depends on a run.", "本页没有任何内容依赖于运行。") }
  package var dirty: String { pick("changed", "有改动") }
  package func provenance(_ column: String) -> String {
    switch column {
    case "run": pick("run", "运行")
    case "trial": pick("trial", "试验")
    case "profile": pick("profile", "配置档")
    case "begun": pick("begun", "开始时间")
    case "commit": pick("commit", "提交")
    case "kernels": pick("kernels", "计算核")
    case "instruction_set": pick("instruction set", "指令集")
    case "threads": pick("threads", "线程")
    case "processor": pick("processor", "处理器")
    case "journal": pick("journal's SHA-256", "日志 SHA-256")
    default: column
    }
  }
  package var said: String { pick("Source:", "出处：") }
  /// What is folded under a supported claim.
  package var proof: String { pick("Evidence", "依据") }
  /// What is folded under a claim that is not supported.
  package func queryAndSource(_ hasSource: Bool) -> String {
    hasSource ? pick("Source and query", "出处与查询") : query
  }
  package func rows(_ count: Int) -> String { pick("\(count) rows", "\(count) 行") }
  package func printed(_ lines: Int) -> String { pick("Printout of \(lines) lines", "打印输出，\(lines) 行") }
  /// How many claims have which verdict, the numbers as `number` writes them.
  package func counts(_ verdicts: [Verdict], number: (Int) -> String = { "\($0)" }) -> String {
    guard !verdicts.isEmpty else { return pick("no claims", "没有论断") }
    return Verdict.allCases.compactMap { verdict in
      let count = verdicts.count { $0 == verdict }
      // Beside a number the word of a badge is too long.
      let name = verdict == .undecided ? pick("undecided", "证据不足") : self.verdict(verdict)
      return count == 0 ? nil : pick("\(number(count)) \(name)", "\(name) \(number(count))")
    }.joined(separator: comma)
  }
  /// Between two sentences.
  package var gap: String { pick(" ", "") }
  package var stop: String { pick(".", "。") }
  package var data: String { pick("The data of this figure", "本图的数据") }
  package var queries: String {
    pick("Queries of numbers in sentences, and views that other queries read", "正文数字的查询，以及其他查询所读的视图")
  }
  package var query: String { pick("The query", "查询") }
  package var more: String { pick("more rows are in", "更多行见") }
  package var contents: String { pick("Contents", "目录") }
  package var skip: String { pick("Skip to the text", "跳到正文") }
  package var behindSentences: String { pick("The queries behind the sentences above", "以上文字背后的查询") }
  package var runnable: String {
    pick(
      "Each cell of Python below asks a question of the page's evidence. To run them, take the evidence out first: "
        + "`vgglab extract index.html -o evidence`.",
      "下面每个 Python 单元都向页面所含的证据提一个问题。要运行它们，请先取出证据：`vgglab extract index.html -o evidence`。")
  }
  package var made: String {
    pick(
      "The numbers on this page come from queries over stored runs; those that are published elsewhere or fixed are marked.",
      "本页的数字来自对已存运行的查询；引自他处或固定的数字均已标明。")
  }
  /// Of numbers in the text.
  package func typed(_ count: Int) -> String {
    switch count {
    case 0: ""
    case 1: pick(" One number in the text was typed by hand.", "正文中有 1 个数字为手工键入。")
    default: pick(" \(count) numbers in the text were typed by hand.", "正文中有 \(count) 个数字为手工键入。")
    }
  }
  package var built: String { pick(" Built by vgglab", "由 vgglab") }
  /// Behind the version, before the notebook's name.
  package var from: String { pick(", from", " 生成，源文件：") }
  /// Behind the number of a figure, table or claim.
  package var label: String { pick(".", "：") }
  /// A name in bold Markdown with what is behind it: signs of emphasis work beside letters, not beside Chinese punctuation.
  package func strong(_ text: String, _ end: String) -> String { isChinese ? "**\(text)**\(end)" : "**\(text)\(end)**" }
  package func alert(_ alert: Alert) -> String {
    switch alert {
    case .note: pick("Note", "注意")
    case .tip: pick("Tip", "提示")
    case .important: pick("Important", "重要")
    case .warning: pick("Warning", "警告")
    case .caution: pick("Caution", "当心")
    case .todo: pick("To do", "待办")
    }
  }
  /// Between a name and what it is.
  package var colon: String { pick(": ", "：") }
}
