import Foundation

/// Two bounds.
public struct Interval: Sendable, Hashable, Codable {
  /// The lower end.
  public var low: Double
  /// The upper end.
  public var high: Double

  /// An interval between two ends.
  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }
}

/// What is known of a quantity from some measurements of it; the same bits in whatever order they come.
public struct Sample: Sendable, Hashable {
  /// How many values there are.
  public let count: Int
  /// Their sum over their count.
  public let mean: Double
  /// Of n - 1; nil for a single value.
  public let deviation: Double?
  /// Whether there are several values, and they differ by no more than rounding does: there is no spread to judge by.
  public let isConstant: Bool

  /// nil without values.
  public init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let values = values.sorted()
    // Equal values have themselves as their mean, which their sum's rounding may miss.
    let mean = values.first == values.last ? values[0] : values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    count = values.count
    deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : nil
    let (low, high) = (values[0], values[values.count - 1])
    // Of differences of numbers of the size of 1 the last bits are those numbers'.
    isConstant = values.count > 1 && high - low <= 8 * max(1, abs(low), abs(high)).ulp
  }

  /// The standard error of the mean.
  public var standardError: Double? { deviation.map { $0 / Double(count).squareRoot() } }

  /// The mean's interval by Student's t; nil for a single value.
  public func interval(level: Double = 0.95) -> Interval? {
    guard let standardError else { return nil }
    let half = StudentT(degrees: Double(count - 1)).quantile(upperPoint(level)) * standardError
    return Interval(low: mean - half, high: mean + half)
  }

  /// The t test of the mean against a margin; nil for a single value.
  public func test(margin: Double = 0) -> MarginTest? {
    guard let standardError else { return nil }
    let difference = mean - margin
    let t =
      difference == 0 ? 0 : standardError == 0 ? (difference > 0 ? .infinity : -.infinity) : difference / standardError
    let student = StudentT(degrees: Double(count - 1))
    return MarginTest(
      t: t, pValueNotGreater: student.upperTail(t), pValueNotLess: student.lowerTail(t),
      pValueTwoSided: student.twoSided(t))
  }

  /// How many measurements would do for the test to be decided at this level, if mean and deviation stay as they are;
  /// nil if the mean is the margin, or there is one value only.
  ///
  /// `isTwoSided` for a test of "different from the margin".
  public func countNeeded(margin: Double = 0, level: Double = 0.95, isTwoSided: Bool = false) -> Int? {
    guard let deviation, deviation.isFinite, (mean - margin).isFinite, mean != margin else { return nil }
    let distance = abs(mean - margin)
    let p = isTwoSided ? upperPoint(level) : level
    func isEnough(_ n: Int) -> Bool {
      distance / deviation * Double(n).squareRoot() > StudentT(degrees: Double(n - 1)).quantile(p)
    }
    var (low, high) = (2, 2)
    while !isEnough(high) {
      guard high < 1 << 40 else { return nil }
      (low, high) = (high + 1, 2 * high)
    }
    while low < high {
      let middle = low + (high - low) / 2
      if isEnough(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// A t test of a mean against a margin, to either side.
public struct MarginTest: Sendable, Hashable {
  /// The distance from the margin in standard errors.
  public let t: Double
  /// How likely a mean at least so high is if the true one is not above the margin.
  public let pValueNotGreater: Double
  /// How likely a mean at least so low is if the true one is not below the margin.
  public let pValueNotLess: Double
  /// How likely a mean at least so far away is if the true one is the margin.
  public let pValueTwoSided: Double
}
