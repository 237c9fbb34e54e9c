import GRDBSQLite
import Statistics

/// The work that a query's statistics may ask for: SQLite counts a function as one step however long it takes.
final class StatisticsBudget {
  /// Additions, roughly; some seconds.
  static let workLimit = 400_000_000
  /// Values that are kept until their aggregate is computed.
  static let valueLimit = 4_000_000

  private var work = 0
  private var values = 0

  func reset() { (work, values) = (0, 0) }

  func spend(_ amount: Int) throws(StatisticError) {
    guard amount <= Self.workLimit - work else {
      throw StatisticError("it asks for more statistics than a query may; narrow it down")
    }
    work += amount
  }

  func keep(_ count: Int) throws(StatisticError) {
    values += count
    if values > Self.valueLimit {
      throw StatisticError("its aggregates take more than \(Self.valueLimit) values; narrow it down")
    }
  }
}

/// Why a function has no answer, as a sentence for SQL.
struct StatisticError: Error {
  var sentence: String

  init(_ sentence: String) { self.sentence = sentence }
}

/// A function of SQL that takes the place of sums that nobody should write by hand.
struct StatisticFunction {
  let name: String
  /// How many arguments it may have.
  let arguments: ClosedRange<Int>
  let kind: Kind

  enum Kind {
    case scalar((Arguments, StatisticsBudget) throws(StatisticError) -> Double?)
    /// `columns` of its arguments are of the row; those behind them are the same in all rows.
    case aggregate(columns: Int, (Gathered, StatisticsBudget) throws(StatisticError) -> Double?)
  }

  /// What an aggregate was given.
  struct Gathered {
    /// The rows' values, one array a column.
    var columns: [[Double]] = []
    var settings: Arguments = Arguments(function: "", values: [])

    var level: Double { get throws(StatisticError) { try settings.level(at: 0) } }
    var pairs: [(first: Double, second: Double)] { zip(columns[0], columns[1]).map { (first: $0, second: $1) } }
  }

  /// A function's arguments.
  struct Arguments: Equatable {
    var function: String
    var values: [SQLValue]

    /// A number; nil for NULL.
    func number(_ index: Int) throws(StatisticError) -> Double? {
      switch values[index] {
      case .null: return nil
      case .integer, .real: return values[index].number
      case .text, .blob:
        throw StatisticError("\(function)() takes numbers, and \(shown(values[index])) is none")
      }
    }

    /// A count from 0; nil for NULL.
    func count(_ index: Int) throws(StatisticError) -> Int? {
      guard let number = try number(index) else { return nil }
      guard number >= 0, number <= 1e15, number == number.rounded() else {
        throw StatisticError("\(function)() counts, and \(shown(values[index])) is no whole number from 0 to 1e15")
      }
      return Int(number)
    }

    /// A level between 0 and 1; 0.95 where it is left out.
    func level(at index: Int) throws(StatisticError) -> Double {
      guard index < values.count else { return 0.95 }
      guard let level = try number(index), level > 0, level < 1 else {
        throw StatisticError("\(function)() has the level \(shown(values[index])); a level lies between 0 and 1")
      }
      return level
    }

    private func shown(_ value: SQLValue) -> String {
      switch value {
      case .null: "NULL"
      case .text(let text): "'\(text.prefix(40))'"
      case .blob: "a blob"
      case .integer, .real: value.plainText
      }
    }
  }
}

extension StatisticFunction {
  /// All that queries have beyond SQLite's own.
  static var all: [StatisticFunction] {
    func sample(_ name: String, _ body: @escaping (Sample) -> Double?) -> StatisticFunction {
      StatisticFunction(
        name: name, arguments: 1...1,
        kind: .aggregate(columns: 1) { gathered, _ in Sample(gathered.columns[0]).flatMap(body) })
    }
    func interval(_ name: String, _ bound: @escaping (Interval) -> Double) -> StatisticFunction {
      StatisticFunction(
        name: name, arguments: 1...2,
        kind: .aggregate(columns: 1) { gathered, budget throws(StatisticError) in
          try budget.spend(quantileWork)
          let level = try gathered.level
          return Sample(gathered.columns[0])?.interval(level: level).map(bound)
        })
    }
    func bootstrap(_ name: String, _ bound: @escaping (Interval) -> Double) -> StatisticFunction {
      StatisticFunction(
        name: name, arguments: 1...3,
        kind: .aggregate(columns: 1) { gathered, budget throws(StatisticError) in
          let settings = gathered.settings
          let seed = settings.values.count > 1 ? try settings.count(1) ?? 0 : 0
          let level = try gathered.level
          try budget.spend(4 * bootstrapResamples * max(20, gathered.columns[0].count))
          return bootstrapInterval(gathered.columns[0], level: level, seed: UInt64(seed)).map(bound)
        })
    }
    func ratio(_ name: String, _ bound: @escaping (Interval) -> Double) -> StatisticFunction {
      StatisticFunction(
        name: name, arguments: 2...3,
        kind: .aggregate(columns: 2) { gathered, budget throws(StatisticError) in
          try budget.spend(quantileWork)
          let level = try gathered.level
          return RatioOfMeans(gathered.pairs)?.interval(level: level).map(bound)
        })
    }
    func wilson(_ name: String, _ bound: @escaping (Interval) -> Double) -> StatisticFunction {
      StatisticFunction(
        name: name, arguments: 2...3,
        kind: .scalar { arguments, budget throws(StatisticError) in
          try budget.spend(quantileWork)
          let level = try arguments.level(at: 2)
          guard let successes = try arguments.count(0), let trials = try arguments.count(1) else { return nil }
          guard successes <= trials else {
            throw StatisticError("\(name)() has \(successes) successes of \(trials) trials")
          }
          return wilsonInterval(successes: successes, trials: trials, level: level).map(bound)
        })
    }
    return [
      sample("mean") { $0.mean },
      sample("sd") { $0.deviation },
      sample("sem") { $0.standardError },
      StatisticFunction(
        name: "median", arguments: 1...1, kind: .aggregate(columns: 1) { gathered, _ in median(gathered.columns[0]) }),
      interval("ci_low") { $0.low },
      interval("ci_high") { $0.high },
      bootstrap("bootstrap_low") { $0.low },
      bootstrap("bootstrap_high") { $0.high },
      StatisticFunction(
        name: "ratio_mean", arguments: 2...2,
        kind: .aggregate(columns: 2) { gathered, _ in RatioOfMeans(gathered.pairs)?.ratio }),
      ratio("ratio_low") { $0.low },
      ratio("ratio_high") { $0.high },
      wilson("wilson_low") { $0.low },
      wilson("wilson_high") { $0.high },
      StatisticFunction(
        name: "mcnemar_p", arguments: 2...2,
        kind: .scalar { arguments, budget throws(StatisticError) in
          try budget.spend(quantileWork)
          guard let first = try arguments.count(0), let second = try arguments.count(1) else { return nil }
          return McNemar(onlyFirst: first, onlySecond: second).twoSided
        }),
      StatisticFunction(
        name: "t_quantile", arguments: 2...2,
        kind: .scalar { arguments, budget throws(StatisticError) in
          try budget.spend(quantileWork)
          guard let p = try arguments.number(0), let degrees = try arguments.number(1) else { return nil }
          guard p > 0, p < 1 else { throw StatisticError("t_quantile() has p = \(p); it lies between 0 and 1") }
          guard degrees > 0, degrees.isFinite else {
            throw StatisticError("t_quantile() has \(degrees) degrees of freedom; they lie above 0")
          }
          return StudentT(degrees: degrees).quantile(p)
        }),
    ]
  }

  /// What finding a quantile costs, in units of the budget.
  private static let quantileWork = 100_000
}
