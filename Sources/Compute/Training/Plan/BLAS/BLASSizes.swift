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
  /// The first of the stages that work on a piece of the batch at a time.
  let groupedFrom: Int
  /// The most floats that a piece has at one of these stages.
  let groupedFloats: Int
  let floatsPerThread: Int
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
      case .groupedConvolution(let shape, _, let place, _):
        convolutions = place.range.upperBound
        scratch = max(scratch, shape.scratchFloats)
      case .maxPool: perImage += count
      case .averagePool: break
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
    // From here on a piece of the batch fits a core's second-level cache beside the columns.
    let small = 32_768
    var grouped = stages.image.lastIndex { $0.count > small }.map { $0 + 1 } ?? 0
    if grouped > 0, grouped < stages.image.count, case .maxPool = stages.image[grouped] { grouped += 1 }
    groupedFrom = grouped
    // Gradients with respect to the inputs of these stages: the outputs of the ones before them.
    let inputs = [grouped == 0 ? stages.inputCount : stages.image[grouped - 1].count]
    let perPiece = (batchSize + chunks - 1) / chunks
    groupedFloats =
      grouped == stages.image.count
      ? 0 : perPiece * (inputs + stages.image[grouped...].map(\.count)).max()!
    floatsPerThread = scratchFloats + 3 * largestImage + 2 * groupedFloats
    bytes =
      perImage * batchSize + 4 * stages.layout.count * (momentum ? 3 : 2) + 4 * chunks * convolutionParameters
      + 4 * threads * floatsPerThread
  }
}
