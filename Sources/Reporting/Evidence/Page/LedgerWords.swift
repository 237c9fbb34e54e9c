import Rendering
import Store

/// The ledger's words in a report's language.
struct LedgerWords {
  let isChinese: Bool

  private func pick(_ english: String, _ chinese: String) -> String { isChinese ? chinese : english }

  var heading: String { pick("Ledger of runs", "运行台账") }

  func summary(_ ledger: Ledger, number: (Int) -> String) -> String {
    let (all, used, left) = (ledger.entries.count, ledger.used.count, ledger.leftOut.count)
    guard all > 0 else { return pick("No query of this page depends on a run.", "本页没有任何查询依赖于运行。") }
    return pick(
      "\(all == 1 ? "One run matches" : "\(number(all)) runs match"): every run of each experiment that this page draws on. "
        + "\(number(used)) \(used == 1 ? "is" : "are") used, \(number(left)) \(left == 1 ? "is" : "are") left out. "
        + "Together they were measured on the test set \(number(ledger.testEvaluations)) \(ledger.testEvaluations == 1 ? "time" : "times").",
      "共有 \(number(all)) 次运行符合条件，即本页所取材的每个实验的全部运行。其中 \(number(used)) 次被采用，"
        + "\(number(left)) 次未被采用。这些运行在测试集上共评估了 \(number(ledger.testEvaluations)) 次。")
  }

  func together(_ names: String) -> String {
    pick(
      "There are too many runs to look at each alone in \(names): they count as used together.",
      "实验 \(names) 的运行过多，无法逐一考察，因此一并视为被采用。")
  }

  func byHalving(_ names: String) -> String {
    pick(
      "The runs of \(names) were tested in groups that were halved: a run is left out where a group with it changes nothing. "
        + "So a run can be missing from the list if it changes a query alone and not in a group; and where there was no time to "
        + "divide a group further, all of its runs count as used.",
      "实验 \(names) 的运行是分组逐次对半检验的：若含某次运行的一组不改变任何结果，该运行即不计入。"
        + "因此，单独改变某个查询、成组时却不改变的运行可能未被列出；来不及继续细分的组，其全部运行视为被采用。")
  }

  var usedCaption: String {
    pick(
      "Runs that affect a number above.",
      "被采用的运行：去掉它们或改变其测量值，上文某个查询的结果就会不同。")
  }
  var leftOutCaption: String { pick("Runs that are left out, and why.", "未被采用的运行及其原因。") }
  var usedHeads: [String] {
    pick("run|experiment / trial|queries|test evaluations|journal (SHA-256)", "运行|实验 / 试验|查询数|测试集评估次数|日志 (SHA-256)")
      .split(separator: "|").map(String.init)
  }
  var leftOutHeads: [String] {
    pick("run|experiment / trial|why|test evaluations", "运行|实验 / 试验|原因|测试集评估次数").split(separator: "|").map(
      String.init)
  }
  func more(_ count: Int) -> String {
    pick("… and \(count) more; the evidence in this page names them all.", "……另有 \(count) 次；本页内嵌的证据列出了全部运行。")
  }

  func reason(_ reason: Ledger.Reason) -> String {
    switch reason {
    case .removed(let at): return pick("removed \(at.prefix(10))", "已于 \(at.prefix(10)) 移除")
    case .unfinished(let state, let cause):
      let name = isChinese ? Self.chineseStates[state] ?? state.rawValue : state.rawValue
      guard let cause else { return name }
      return pick("\(name): \(cause)", "\(name)：\(cause)")
    case .older(let newer): return pick("older than \(newer), the trial's newest", "早于该试验最新的运行 \(newer)")
    case .otherProfile(let profile, let used):
      let names = used.map { $0 ?? pick("none", "无") }.joined(separator: ", ")
      return pick(
        "another profile: \(profile ?? "none") instead of \(names)", "配置档不同：为 \(profile ?? "无")，而本页采用 \(names)")
    case .notAskedFor: return pick("not selected by any query", "没有查询用到")
    }
  }

  private static let chineseStates: [RunState: String] = [
    .queued: "尚未开始", .running: "正在运行", .failed: "失败", .interrupted: "中断", .lost: "失去联系", .gone: "文件夹已不在",
    .completed: "完成",
  ]
}
