package import Notebooks
import Foundation
package import Store

/// How many runs a query's rows depend on.
package struct RunCount {
  /// How many, or how many at most.
  package let most: Int
  /// Whether it may be fewer.
  package let isBound: Bool
}

/// What is said of a claim beside its sentence, for HTML and Markdown alike.
package struct ClaimText {
  package let claim: JudgedClaim
  package let words: Words
  /// Of the effect.
  package let format: ValueFormat
  /// What the effect tells, in words around `{}` in its place; escaped already.
  package let phrase: String?
  /// How many runs its rows depend on; nil where that is not known.
  package let runs: RunCount?
  /// A number and its text as the output has them.
  package let number: (SQLValue, String) -> String

  private var isChinese: Bool { words.language == "zh" }

  /// What was measured and tested, a sentence each.
  package var sentences: [String] {
    [measured, tested, counted, needed].compactMap { $0 }
  }

  /// Of these what a reader wants first, and how it was found.
  package var findings: [String] { [measured, needed].compactMap { $0 } }
  /// How it was found: the test, and the number of rows and runs.
  package var tests: [String] { [tested, counted].compactMap { $0 } }

  private var measured: String? {
    guard let effect = claim.effect else { return nil }
    var text =
      phrase.map { $0.contains("{}") ? $0.replacing("{}", with: shown(effect)) : "\(shown(effect)) \($0)" }
      ?? "\(words.effect(claim.test)) \(shown(effect))"
    if let low = claim.low, let high = claim.high {
      text +=
        isChinese
        ? "，\(level)\u{A0}% 区间 \(shown(low)) 至 \(shown(high))"
        : ", \(level)\u{A0}% interval \(shown(low)) to \(shown(high))"
    }
    return text + words.stop
  }

  /// In percent, with all digits that a level may have.
  private var level: String {
    var text = String(format: "%.4f", claim.level * 100)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  private var tested: String? {
    guard claim.test.isStatistical else { return nil }
    let margin = format.text(.real(claim.test == .mcnemar ? 0.5 : claim.margin))
    var text =
      switch claim.alternative {
      case .greater: isChinese ? "检验是否大于 \(margin)" : "Tested whether above \(margin)"
      case .less: isChinese ? "检验是否小于 \(margin)" : "Tested whether below \(margin)"
      case .different: isChinese ? "检验是否不同于 \(margin)" : "Tested whether different from \(margin)"
      }
    if let p = claim.p, let adjusted = claim.pHolm {
      let (one, both) = (equals(p), probability(adjusted))
      if claim.verdict == .refuted {
        text +=
          isChinese
          ? "；反方向检验 \(one)，Holm 校正后 \(both)" : "; the opposite: \(one), after Holm's correction \(both)"
      } else {
        text += isChinese ? "：\(one)，Holm 校正后 \(both)" : ": \(one), after Holm's correction \(both)"
      }
    }
    return text + words.stop
  }

  private var counted: String? {
    var parts: [String] = []
    if let count = claim.count { parts.append("\(whole(count)) \(words.replicates(claim.test, count))") }
    if claim.missing > 0 {
      parts.append(
        isChinese
          ? "\(whole(claim.missing)) 行没有值"
          : "\(whole(claim.missing)) \(claim.missing == 1 ? "row" : "rows") without a value")
    }
    if runs?.most == 0 {
      parts.append(isChinese ? "不涉及运行" : parts.isEmpty ? "No runs involved" : "no runs involved")
    } else if let runs {
      let from = parts.isEmpty ? "From" : "from"
      let most = whole(runs.most)
      parts.append(
        isChinese
          ? "来自\(runs.isBound ? "至多" : "") \(most) 个运行"
          : "\(from) \(runs.isBound ? "up to " : "")\(most) \(runs.most == 1 ? "run" : "runs")")
    }
    return parts.isEmpty ? nil : parts.joined(separator: isChinese ? "，" : ", ") + words.stop
  }

  private var needed: String? {
    guard claim.verdict == .undecided, claim.test.isStatistical else { return nil }
    if claim.test == .mean, claim.p == nil, let count = claim.count, count > 1 {
      return isChinese
        ? "\(whole(count)) 个值全都相等：没有离散程度，无从检验。"
        : "All \(whole(count)) values are equal: there is no spread to judge by."
    }
    if claim.test != .mean, (claim.count ?? 0) == 0 { return nothing }
    guard let more = claim.more else {
      return isChinese ? "按目前所见，更多数据也无法判定。" : "More data like these would not decide it."
    }
    let text = "\(whole(more)) \(words.replicates(claim.test, more))"
    if claim.test == .mean, (claim.count ?? 0) < 2 {
      return isChinese
        ? "至少还需要 \(text)：仅此不足以估计离散程度。"
        : "At least \(text) more are needed: without them there is no spread to judge by."
    }
    let same = claim.test == .mean ? "均值与离散程度" : "比例"
    return isChinese ? "若\(same)不变，约再需 \(text)即可判定。" : "About \(text) more would be needed, if they look like these."
  }

  /// That there is nothing to judge by: no counts, or counts of nothing.
  private var nothing: String {
    guard claim.count != nil else { return isChinese ? "没有计数，无从判定。" : "There are no counts to judge by." }
    let what = words.replicates(claim.test, 0)
    return isChinese ? "0 \(what)，无从判定。" : "There are no \(what) to judge by."
  }

  private func shown(_ value: Double) -> String { number(.real(value), format.text(.real(value))) }

  private func whole(_ value: Int) -> String {
    number(.integer(Int64(value)), ValueFormat.grouped.text(.integer(Int64(value))))
  }

  private func probability(_ p: Double) -> String {
    p < 0.0001 ? "&lt;\u{A0}" + number(.real(p), "0.0001") : number(.real(p), String(format: "%.2g", p))
  }

  private func equals(_ p: Double) -> String { (p < 0.0001 ? "p\u{A0}" : "p\u{A0}=\u{A0}") + probability(p) }
}
