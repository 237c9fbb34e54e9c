import Datasets
import Kernels
public import Networks
import Processes
import Text
public import Training

/// The plan of a network: which kernel each layer runs on.
public struct PlanTable: Codable, Sendable {
  /// One stage of the plan, with names as the printed JSON has them.
  public struct Stage: Codable, Sendable {
    public var layer: String
    public var kernel: String
    public var gflop: Double
    public var gflop_worked: Double
    public var share: Double
  }
  public var stages: [Stage]
  public var memory_bytes: Int

  public init(network: Network, batch: Int, threads: Int) throws {
    let planned = try plannedStages(network: network, batch: batch)
    let whole = planned.reduce(0) { $0 + $1.cost }
    stages = planned.map { stage in
      Stage(
        layer: stage.path, kernel: stage.kernel, gflop: 2e-9 * Double(stage.passes * stage.multiplyAdds),
        gflop_worked: 2e-9 * Double(stage.passes * stage.workedMultiplyAdds), share: stage.cost / whole)
    }
    memory_bytes = plannedBytes(network: network, batchSize: batch, threads: threads)
  }

  public var text: String {
    var table = TextTable([
      ("layer", .left), ("kernel", .left), ("GFLOP an image", .right), ("GFLOP worked", .right), ("share", .right),
    ])
    for stage in stages {
      table.add([
        stage.layer, stage.kernel, Quantity.fixed(stage.gflop, 4), Quantity.fixed(stage.gflop_worked, 4),
        Quantity.fixed(100 * stage.share, 1) + " %",
      ])
    }
    table.add([
      "all", "", Quantity.fixed(stages.reduce(0) { $0 + $1.gflop }, 4),
      Quantity.fixed(stages.reduce(0) { $0 + $1.gflop_worked }, 4), "100.0 %",
    ])
    return """
      A training step, forward and backward. Worked: what the kernels do in place of what the layers define. Share: of
      the step's time, by the rule that chooses kernels. Buffers: \(Quantity.bytes(memory_bytes)).

      \(table.text)
      """
  }
}

/// Every stage of a network timed alone on one thread, beside the fastest matrix products in the same sitting.
public struct KernelTable: Codable, Sendable {
  /// One stage, timed alone; names as the printed JSON has them.
  public struct Stage: Codable, Sendable {
    public var layer: String
    public var kernel: String
    public var forward_microseconds: Double
    public var backward_microseconds: Double
    public var forward_gflops: Double
    public var backward_gflops: Double
    public var share_of_peak: Double
    public var direct_gflops: Double
  }
  public var stages: [Stage]
  public var sgemm_gflops: Double
  public var tile_gflops: Double
  public var instruction_set: String
  public var blas: String
  public var cpu: String
  /// Of one thread, if nothing else took time.
  public var images_per_second: Double

  public init(network: Network, batch: Int, repeats: Int) throws {
    let peaks = productPeaks()
    let peak = 2 * max(peaks.openBLAS, peaks.tiles)
    let times = try measureStages(network: network, batch: batch, repeats: repeats)
    stages = times.map { time in
      let stage = time.stage
      let whole = time.forwardSeconds + time.backwardSeconds
      let worked = 2 * Double(stage.workedMultiplyAdds)
      return Stage(
        layer: stage.path, kernel: stage.kernel, forward_microseconds: 1e6 * time.forwardSeconds,
        backward_microseconds: 1e6 * time.backwardSeconds, forward_gflops: 1e-9 * worked / time.forwardSeconds,
        backward_gflops: 1e-9 * worked * Double(stage.passes - 1) / time.backwardSeconds,
        share_of_peak: worked * Double(stage.passes) / whole / peak,
        direct_gflops: 2e-9 * Double(stage.multiplyAdds * stage.passes) / whole)
    }
    sgemm_gflops = 2e-9 * peaks.openBLAS
    tile_gflops = 2e-9 * peaks.tiles
    instruction_set = InstructionSet.name
    blas = BLAS.summary
    cpu = Processor.name
    images_per_second = 1 / times.reduce(0) { $0 + $1.forwardSeconds + $1.backwardSeconds }
  }

  public var text: String {
    var table = TextTable([
      ("layer", .left), ("kernel", .left), ("forward", .right), ("backward", .right), ("GFLOP/s", .right),
      ("backward", .right), ("of peak", .right), ("as direct", .right),
    ])
    for stage in stages {
      table.add([
        stage.layer, stage.kernel, Quantity.fixed(stage.forward_microseconds, 1) + " µs",
        Quantity.fixed(stage.backward_microseconds, 1) + " µs", Quantity.fixed(stage.forward_gflops, 1),
        Quantity.fixed(stage.backward_gflops, 1), Quantity.fixed(100 * stage.share_of_peak, 0) + " %",
        Quantity.fixed(stage.direct_gflops, 0),
      ])
    }
    return """
      \(cpu), built for \(instruction_set); one thread
      sgemm of 768x768: OpenBLAS \(Quantity.fixed(sgemm_gflops, 1)) GFLOP/s (\(blas)), \
      register tiles \(Quantity.fixed(tile_gflops, 1)) GFLOP/s
      times an image; GFLOP/s of what the kernels do, transforms included in the time; of peak: beside the faster sgemm;
      as direct: the speed that a direct convolution would need for the same time

      \(table.text)
      all stages, one after the other: \(Quantity.fixed(images_per_second, 1)) images/s on one thread
      """
  }
}

/// A whole epoch beside its steps, and evaluation beside training.
public struct EpochBenchmark: Codable, Sendable {
  public var seconds_epoch: Double
  public var seconds_steps: Double
  /// The whole epoch, loading and resizing included, over the sum of its steps.
  public var epoch_over_steps: Double
  public var images_per_second: Double
  public var evaluation_images_per_second: Double
  public var evaluation_over_training: Double
  public var threads: Int

  public init(network: Network, side: Int, images: Int, batch: Int, threads: Int, kernels: KernelPath) throws {
    let timing = try benchmarkEpoch(
      network: network, dataset: syntheticDataset(training: images, test: max(batch, images / 6)), side: side,
      batch: batch, threads: threads,
      kernels: kernels)
    seconds_epoch = timing.epochSeconds
    seconds_steps = timing.stepSeconds
    epoch_over_steps = timing.epochSeconds / timing.stepSeconds
    images_per_second = Double(timing.trainedImages) / timing.stepSeconds
    evaluation_images_per_second = Double(timing.evaluatedImages) / timing.evaluationSeconds
    evaluation_over_training = evaluation_images_per_second / images_per_second
    self.threads = threads
  }
}
