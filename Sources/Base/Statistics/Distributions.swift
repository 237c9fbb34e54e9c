import Foundation

/// Student's t distribution.
public struct StudentT: Sendable, Hashable {
  /// Degrees of freedom, above 0; not necessarily whole.
  public let degrees: Double

  /// The distribution of so many degrees of freedom.
  public init(degrees: Double) {
    precondition(degrees > 0 && degrees.isFinite, "\(degrees) degrees of freedom")
    self.degrees = degrees
  }

  /// The probability of a value above `t`.
  public func upperTail(_ t: Double) -> Double { settled(t < 0 ? 1 - tail(-t) : tail(t)) }

  /// The probability of a value of at most `t`.
  public func lowerTail(_ t: Double) -> Double { upperTail(-t) }

  /// The probability of a value further from 0 than `t`, on either side.
  public func twoSided(_ t: Double) -> Double { settled(2 * tail(abs(t))) }

  /// The value that is not exceeded with the probability `p`, above 0 and below 1.
  public func quantile(_ p: Double) -> Double {
    precondition(p > 0 && p < 1, "p = \(p)")
    if p == 0.5 { return 0 }
    return settled(p < 0.5 ? -upperQuantile(p) : upperQuantile(1 - p))
  }

  /// The positive value that is exceeded with the probability `p`, below one half; infinite where no number is so large.
  private func upperQuantile(_ p: Double) -> Double {
    // Far out the tail is a power of x = degrees / t² over the degrees and a beta function; what it is short of is of x's size.
    let beta = lgamma(degrees / 2) + lgamma(0.5) - lgamma(degrees / 2 + 0.5)
    let logarithm = 2 * (log(p) + log(degrees) + beta) / degrees
    return logarithm < -37 ? exp((log(degrees) - logarithm) / 2) : exceeded(with: p, tail)
  }

  /// The upper tail for a `t` that is not negative.
  private func tail(_ t: Double) -> Double {
    if degrees > 1e6 {
      // Abramowitz and Stegun 26.7.8; wrong by less than one part in 1e12 here.
      return normalTail(t * (1 - 1 / (4 * degrees)) / (1 + t * t / (2 * degrees)).squareRoot())
    }
    return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
  }
}

/// The probability of a value above `z` in the standard normal distribution.
public func normalUpperTail(_ z: Double) -> Double { settled(z < 0 ? 1 - normalTail(-z) : normalTail(z)) }

/// The value of the standard normal distribution that is not exceeded with the probability `p`, above 0 and below 1.
public func normalQuantile(_ p: Double) -> Double {
  precondition(p > 0 && p < 1, "p = \(p)")
  if p == 0.5 { return 0 }
  return settled(p < 0.5 ? -exceeded(with: p, normalTail) : exceeded(with: 1 - p, normalTail))
}

private func normalTail(_ z: Double) -> Double { erfc(z / 2.0.squareRoot()) / 2 }

/// The positive value that is exceeded with the probability `p` (below one half), by halving.
private func exceeded(with p: Double, _ tail: (Double) -> Double) -> Double {
  var (low, high) = (0.0, 1.0)
  while tail(high) > p, high < 1e150 { (low, high) = (high, 2 * high) }
  while true {
    let middle = low + (high - low) / 2
    if middle <= low || middle >= high { return middle }
    if tail(middle) > p { low = middle } else { high = middle }
  }
}
