import Foundation

/// The number of successes among independent trials of equal probability.
public struct Binomial: Sendable, Hashable {
  /// How many are drawn.
  public let trials: Int
  /// Of a success in one of them.
  public let probability: Double

  /// The distribution of so many draws.
  public init(trials: Int, probability: Double) {
    precondition(trials >= 0 && (0...1).contains(probability), "\(trials) trials of probability \(probability)")
    self.trials = trials
    self.probability = probability
  }

  /// The probability of `k` successes or more.
  public func atLeast(_ k: Int) -> Double {
    if k <= 0 { return 1 }
    if k > trials { return 0 }
    return settled(incompleteBeta(probability, Double(k), Double(trials - k) + 1))
  }

  /// The probability of `k` successes or fewer.
  public func atMost(_ k: Int) -> Double {
    if k < 0 { return 0 }
    if k >= trials { return 1 }
    return settled(incompleteBeta(1 - probability, Double(trials - k), Double(k) + 1))
  }

  /// The probability of a number that is at most as likely as `k` is: the exact test, both sides.
  public func twoSided(_ k: Int) -> Double {
    precondition((0...trials).contains(k), "\(k) of \(trials)")
    // Equal likelihoods that rounding makes unequal count as equal.
    let limit = logLikelihood(k) + 1e-7
    let expected = Double(trials) * probability
    if Double(k) == expected { return 1 }
    if Double(k) < expected {
      // The first number above the mean that is at most as likely.
      let first = boundary(from: Int(expected.rounded(.up)), to: trials + 1) { logLikelihood($0) <= limit }
      return settled(min(1, atMost(k) + atLeast(first)))
    }
    let last = boundary(from: 0, to: Int(expected.rounded(.down)) + 1) { logLikelihood($0) > limit } - 1
    return settled(min(1, atMost(last) + atLeast(k)))
  }

  private func logLikelihood(_ k: Int) -> Double {
    let (n, k) = (Double(trials), Double(k))
    let successes = k == 0 ? 0 : k * log(probability)
    let failures = k == n ? 0 : (n - k) * log1p(-probability)
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + successes + failures
  }

  /// The first number in the range from which on `holds` is true; the end if it never is.
  private func boundary(from start: Int, to end: Int, _ holds: (Int) -> Bool) -> Int {
    var (low, high) = (start, max(start, end))
    while low < high {
      let middle = low + (high - low) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// Wilson's interval of a proportion.
public func wilsonInterval(successes: Int, trials: Int, level: Double = 0.95) -> Interval? {
  precondition((0...max(0, trials)).contains(successes), "\(successes) of \(trials)")
  guard trials > 0 else { return nil }
  let n = Double(trials)
  let share = Double(successes) / n
  let z = normalQuantile(upperPoint(level))
  let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
  let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
  // None or all of them: the bound is 0 or 1 and not rounding's idea of it.
  return Interval(
    low: successes == 0 ? 0 : max(0, middle - half), high: successes == trials ? 1 : min(1, middle + half))
}

/// McNemar's exact test of two answers to the same questions, from the numbers of those that one alone got right.
public struct McNemar: Sendable, Hashable {
  /// Examples that the first alone classified correctly.
  public let onlyFirst: Int
  /// Examples that the second alone classified correctly.
  public let onlySecond: Int

  /// The test of two counts.
  public init(onlyFirst: Int, onlySecond: Int) {
    precondition(onlyFirst >= 0 && onlySecond >= 0, "\(onlyFirst) and \(onlySecond)")
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
  }

  private var binomial: Binomial { Binomial(trials: onlyFirst + onlySecond, probability: 0.5) }

  /// How likely numbers at least so unlike are if neither is better.
  public var twoSided: Double {
    onlyFirst + onlySecond == 0 ? 1 : settled(min(1, 2 * binomial.atMost(min(onlyFirst, onlySecond))))
  }

  /// How likely the first gets at least so many alone if it is not better than the second.
  public var notFirst: Double { binomial.atLeast(onlyFirst) }

  /// How likely the second gets at least so many alone if it is not better than the first.
  public var notSecond: Double { binomial.atLeast(onlySecond) }
}
