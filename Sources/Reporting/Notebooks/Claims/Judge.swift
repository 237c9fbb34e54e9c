import Statistics
package import Store

/// What the rows say of a claim.
public enum Verdict: String, Sendable, Hashable, CaseIterable, Codable {
  case supported
  case refuted
  case undecided = "not enough evidence"
}

/// A claim with its verdict.
public struct JudgedClaim: Sendable, Hashable {
  public var id: String
  /// The sentence, as it was said.
  public var says: String
  /// Who said it; nil for the page itself.
  public var by: String?
  public var test: ClaimTest
  public var alternative: ClaimAlternative
  public var margin: Double
  public var level: Double
  public var verdict: Verdict
  public var effect: Double?
  public var low: Double?
  public var high: Double?
  /// How likely such rows are if what the verdict says were not so; of an undecided claim, if the claim were not true.
  public var p: Double?
  /// The same after Holm's correction for all statistical claims of the page.
  public var pHolm: Double?
  public var count: Int?
  /// Replicates without a value.
  public var missing: Int
  /// How many more replicates or trials would do.
  public var more: Int?
  public var detail: String?

  /// What sentences can bind: one row.
  package func values(_ words: Words) -> QueryResult {
    func real(_ value: Double?) -> SQLValue { value.map { .real($0) } ?? .null }
    func whole(_ value: Int?) -> SQLValue { value.map { .integer(Int64($0)) } ?? .null }
    let entries: [(String, SQLValue)] = [
      ("verdict", .text(words.verdict(verdict))), ("effect", real(effect)), ("low", real(low)), ("high", real(high)),
      ("p", real(p)), ("p_holm", real(pHolm)), ("n", whole(count)), ("more", whole(more)),
      ("supported", .integer(verdict == .supported ? 1 : 0)), ("refuted", .integer(verdict == .refuted ? 1 : 0)),
      ("undecided", .integer(verdict == .undecided ? 1 : 0)),
    ]
    return QueryResult(columns: entries.map(\.0), rows: [entries.map(\.1)])
  }

  package static let columns = [
    "verdict", "effect", "low", "high", "p", "p_holm", "n", "more", "supported", "refuted", "undecided",
  ]
}

/// A claim that is waiting for its judge.
package struct ClaimCase: Sendable {
  package var cell: Cell
  package var design: ClaimDesign
  package var measurement: ClaimMeasurement
  /// Of the rows of a claim about a mean.
  package var values: [Double]

  package init(_ cell: Cell, _ design: ClaimDesign, _ rows: QueryResult) throws(CellFault) {
    self.cell = cell
    self.design = design
    measurement = try ClaimMeasurement(cell, design, rows)
    values =
      design.test == .mean
      ? rows.columns.firstIndex(of: "value").map { place in rows.rows.compactMap { $0[place].number } } ?? [] : []
  }
}

/// Judges the claims of a page together.
///
/// All statistical claims are one family: their p values are adjusted after Holm, those for the claims and those for their
/// opposites each among themselves. A claim whose rows allow no test counts with p = 1.
package func judge(_ cases: [ClaimCase]) -> [JudgedClaim] {
  let family = cases.indices.filter { cases[$0].design.test.isStatistical }
  let against = holmAdjusted(family.map { cases[$0].measurement.pValue ?? 1 })
  let opposite = holmAdjusted(family.map { cases[$0].measurement.pValueOpposite ?? 1 })
  return cases.enumerated().map { index, claim in
    let (design, measured) = (claim.design, claim.measurement)
    var result = JudgedClaim(
      id: claim.cell.id, says: design.says, by: design.by, test: design.test, alternative: design.alternative,
      margin: design.margin, level: design.level, verdict: .undecided, effect: measured.effect,
      low: measured.interval?.low, high: measured.interval?.high, count: measured.count, missing: measured.missing,
      detail: measured.detail)
    guard let place = family.firstIndex(of: index) else {
      result.verdict = measured.holds.map { $0 ? .supported : .refuted } ?? .undecided
      return result
    }
    let alpha = 1 - design.level
    (result.p, result.pHolm) = (measured.pValue, measured.pValue.map { _ in against[place] })
    if measured.pValue != nil, against[place] < alpha {
      result.verdict = .supported
    } else if let p = measured.pValueOpposite, opposite[place] < alpha {
      (result.verdict, result.p, result.pHolm) = (.refuted, p, opposite[place])
    } else {
      // What would do even if this claim's p were the smallest of the family.
      result.more = measured.more(design, values: claim.values, level: 1 - alpha / Double(family.count))
    }
    return result
  }
}
