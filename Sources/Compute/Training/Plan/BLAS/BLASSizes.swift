/// The sizes of the plain path's buffers.
struct BLASSizes: Sendable {
  /// How many pieces of a batch have gradients of their own: fixed, so that sums have one order for any thread count.
  let chunks: Int
  /// The convolutions' parameters, which are before those of the Linear layers.
  let convolutionParameters: Int
  /// The largest scratch that a convolution needs.
  let scratchFloats: Int
  /// The most floats that one image has at any stage.
  let largestImage: Int
  let linearSlices = 16
  /// All of the plan's memory.
  let bytes: Int

  init(_ stages: StageList, batchSize: Int, threads: Int, momentum: Bool) {
    var convolutions = 0
    var scratch = 0
    var largest = stages.inputCount
    var perImage = 4 * stages.inputCount
    for stage in stages.image {
      let count = stage.outputCount ?? 0
      largest = max(largest, count)
      perImage += 4 * count
      switch stage {
      case .convolution(let shape, _, let place, _):
        convolutions = place.range.upperBound
        scratch = max(scratch, shape.scratchFloats)
      case .maxPool: perImage += count
      case .localResponseNorm: perImage += 4 * count
      case .relu: break
      }
    }
    for case .linear(let inputs, let outputs, _, let needsInputGradient) in stages.batch {
      perImage += 4 * outputs + (needsInputGradient ? 4 * inputs : 0)
    }
    convolutionParameters = (convolutions + 15) & ~15
    chunks = min(batchSize, convolutionParameters > 4_000_000 ? 8 : 16)
    scratchFloats = (scratch + 15) & ~15
    largestImage = (largest + 15) & ~15
    bytes =
      perImage * batchSize + 4 * stages.layout.count * (momentum ? 3 : 2) + 4 * chunks * convolutionParameters
      + 4 * threads * (scratchFloats + 4 * largestImage)
  }
}
