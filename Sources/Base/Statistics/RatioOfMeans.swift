/// The ratio of two means that were measured in pairs, as the times of two nets in the same round are.
public struct RatioOfMeans: Sendable, Hashable {
  /// How many pairs there are.
  public let count: Int
  /// The mean of the first over the mean of the second.
  public let ratio: Double
  private let first: Sample
  private let second: Sample
  /// Of n - 1.
  private let covariance: Double

  /// nil without pairs, and where the second's mean is 0.
  public init?(_ pairs: [(first: Double, second: Double)]) {
    let pairs = pairs.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
    guard let first = Sample(pairs.map(\.first)), let second = Sample(pairs.map(\.second)), second.mean != 0 else {
      return nil
    }
    count = pairs.count
    ratio = first.mean / second.mean
    self.first = first
    self.second = second
    let products = pairs.reduce(0) { $0 + ($1.first - first.mean) * ($1.second - second.mean) }
    covariance = count > 1 ? products / Double(count - 1) : 0
  }

  /// Fieller's interval: the ratios r for which Student's t does not reject that first - r * second has the mean 0.
  ///
  /// nil for a single pair, and where the second mean is not significantly different from 0 at this level: then no bounded interval exists.
  public func interval(level: Double = 0.95) -> Interval? {
    guard let s = first.deviation, let u = second.deviation else { return nil }
    let n = Double(count)
    let t = StudentT(degrees: n - 1).quantile(upperPoint(level))
    // (first - r second)^2 = t^2 (s^2 - 2 r covariance + r^2 u^2) / n, a quadratic equation in r.
    let a = second.mean * second.mean - t * t * u * u / n
    let b = first.mean * second.mean - t * t * covariance / n
    let c = first.mean * first.mean - t * t * s * s / n
    guard a > 0 else { return nil }
    let root = max(0, b * b - a * c).squareRoot()
    return Interval(low: (b - root) / a, high: (b + root) / a)
  }
}
