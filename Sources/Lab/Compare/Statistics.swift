import Foundation

/// The little statistics that comparisons of runs need.
public enum Statistics {
  /// Mean, standard deviation (of n - 1) and the half width of the mean's 95 % interval; the last two from two values on.
  public static func estimate(_ values: [Double]) -> (mean: Double, deviation: Double?, halfWidth: Double?) {
    precondition(!values.isEmpty, "no values")
    let mean = values.reduce(0, +) / Double(values.count)
    guard values.count > 1 else { return (mean, nil, nil) }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(values.count - 1)).squareRoot()
    let quantile = studentQuantile(0.975, degrees: Double(values.count - 1))
    return (mean, deviation, quantile * deviation / Double(values.count).squareRoot())
  }

  /// Student's t: the value that is not exceeded with the probability `p` (from 0.5 to below 1).
  public static func studentQuantile(_ p: Double, degrees: Double) -> Double {
    precondition(p >= 0.5 && p < 1 && degrees >= 1, "p = \(p), \(degrees) degrees of freedom")
    var (low, high) = (0.0, 1.0)
    while studentProbability(high, degrees: degrees) < p { (low, high) = (high, 2 * high) }
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return middle }
      if studentProbability(middle, degrees: degrees) < p { low = middle } else { high = middle }
    }
  }

  /// The probability that Student's t is at most `t` (not negative).
  public static func studentProbability(_ t: Double, degrees: Double) -> Double {
    1 - incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
  }

  /// The regularised incomplete beta function by its continued fraction (Abramowitz and Stegun 26.5.8).
  public static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    // The fraction converges fast on this side of the mean, the mirrored one on the other.
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    let tiny = 1e-300
    func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / away(1 - (a + b) * x / (a + 1))
    var fraction = d
    for m in 1...1000 {
      let m = Double(m)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / away(1 + even * d)
      c = away(1 + even / c)
      fraction *= c * d
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / away(1 + odd * d)
      c = away(1 + odd / c)
      fraction *= c * d
      if abs(c * d - 1) < 1e-16 { break }
    }
    return front * fraction
  }

  /// McNemar's exact test, both sides: how likely it is that `first` and `second`, the numbers of examples that one alone got right,
  /// are at least so unlike if neither is better.
  public static func mcNemar(_ first: Int, _ second: Int) -> Double {
    let n = first + second
    guard n > 0 else { return 1 }
    let largest = lgamma(Double(n) + 1) - Double(n) * log(2)
    var sum = 0.0
    for k in 0...min(first, second) {
      sum += exp(largest - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1))
    }
    return min(1, 2 * sum)
  }
}
