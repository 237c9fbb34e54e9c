import Networks
import Training

/// Images of noise at which no tie is near: no ReLU's input is a rounding error away from zero, and in no window are the two
/// largest a rounding error apart. There two programs that round differently have the same gradient but for roundings;
/// beside a tie one of them may go the other way, and their gradients differ by as much as a whole path contributes.
struct SteadyInputs {
  let images: [Float]
  let labels: [UInt8]
  /// By the engine that was asked.
  let loss: Double
  let gradient: StateDictionary

  /// How far the images are moved to see whether a tie is near: several times as far as the fast kernels' roundings reach.
  private static let shift: Float = 2e-6
  /// By how much of a tensor's norm a gradient may follow that; a path that opens or closes moves it by a thousandth.
  private static let bound = 1e-4

  /// The first images, of `attempts`, at which the gradient that `probe` computes stays where it is when they are moved
  /// a little there and back, twice; nil if there are none.
  init?(_ network: Network, state: StateDictionary, count: Int, _ probe: GradientProbe, attempts: Int = 500) {
    let size = count * network.input.count
    let labels = (0..<count).map { UInt8($0 * 3 % network.classes) }
    let shifts = [noise(size, salt: 71), noise(size, salt: 72)]
    for attempt in 0..<attempts {
      let images = noise(size, salt: 1000 + attempt)
      let (loss, gradient) = probe(state, images: images, labels: labels)
      let isSteady = shifts.allSatisfy { direction in
        [Self.shift, -Self.shift].allSatisfy { factor in
          let moved = zip(images, direction).map { $0 + factor * $1 }
          let other = probe(state, images: moved, labels: labels).gradient
          return FastPathTests.difference(other, gradient).norm <= Self.bound
        }
      }
      guard isSteady else { continue }
      self.images = images
      self.labels = labels
      self.loss = loss
      self.gradient = gradient
      return
    }
    return nil
  }
}
