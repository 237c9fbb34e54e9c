/// How often a bootstrap draws.
public let bootstrapResamples = 2_000

/// The interval of the mean by the percentile bootstrap: 2,000 samples drawn with replacement; nil without values.
///
/// The draw `j` of the sample `i` is SplitMix64's output for the counter `i * count + j` under the seed, so that an
/// interval depends on the values and the seed alone. Quantiles lie between order statistics as NumPy's `linear` has them.
public func bootstrapInterval(_ values: [Double], level: Double = 0.95, seed: UInt64 = 0) -> Interval? {
  precondition(level > 0 && level < 1, "level \(level)")
  guard !values.isEmpty else { return nil }
  let values = values.sorted()
  let count = UInt64(values.count)
  let means = values.withUnsafeBufferPointer { values in
    (0..<UInt64(bootstrapResamples)).map { resample in
      var sum = 0.0
      var counter = resample &* count
      let end = counter &+ count
      while counter != end {
        // The upper half of the product is uniform over the values, up to one part in 2^64.
        sum += values[Int(count.multipliedFullWidth(by: splitMix64(seed: seed, counter: counter)).high)]
        counter &+= 1
      }
      return sum / Double(count)
    }.sorted()
  }
  return Interval(low: quantile(means, (1 - level) / 2), high: quantile(means, (1 + level) / 2))
}

/// Of values in their order, between the two that are nearest.
private func quantile(_ ordered: [Double], _ p: Double) -> Double {
  let place = p * Double(ordered.count - 1)
  let below = min(ordered.count - 1, max(0, Int(place.rounded(.down))))
  let above = min(ordered.count - 1, below + 1)
  return ordered[below] + (ordered[above] - ordered[below]) * (place - Double(below))
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014): the output number `counter` of the seed.
package func splitMix64(seed: UInt64, counter: UInt64) -> UInt64 {
  var bits = seed &+ (counter &+ 1) &* 0x9E37_79B9_7F4A_7C15
  bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
  bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
  return bits ^ bits >> 31
}
