public import Networks

/// Which kernels a training runs on.
public enum KernelPath: String, Sendable, Hashable, CaseIterable {
  /// Fused stages, Winograd convolutions, channels innermost.
  case fast
  /// Convolutions unrolled into matrix products of OpenBLAS (im2col), and plain loops: what the fast path is tested against.
  case blas

  /// What runs recorded for ``blas`` before it had this name.
  public static let earlierName = "reference"

  /// The kernels of a recorded or typed name, the earlier one of ``blas`` included.
  public init?(name: String) {
    self.init(rawValue: name == Self.earlierName ? Self.blas.rawValue : name)
  }

  /// The present name for a recorded one; an unknown one stays as it is.
  public static func presentName(_ recorded: String) -> String { KernelPath(name: recorded)?.rawValue ?? recorded }

  /// The kernels that a network runs on when these are asked for: the fast ones lack groups, average pooling, and dropout in
  /// front of the first Linear layer.
  public func used(for network: Network) -> KernelPath {
    self == .fast && (try? StageList(network))?.isPlainOnly == true ? .blas : self
  }

  func engine(
    network: Network, batchSize: Int, threads: Int, momentum: Bool
  ) throws(TrainingError) -> any Engine {
    let bytes = plannedBytes(
      network: network, batchSize: batchSize, threads: threads, momentum: momentum, kernels: self)
    guard canMap(bytes) else { throw .memory(bytes: bytes) }
    return switch used(for: network) {
    case .fast: try FastEngine(network: network, batchSize: batchSize, threads: threads, momentum: momentum)
    case .blas: try BLASEngine(network: network, batchSize: batchSize, threads: threads, momentum: momentum)
    }
  }
}

/// The bytes that a training will have allocated, the data set aside; 0 for a network that cannot be trained here.
public func plannedBytes(
  network: Network, batchSize: Int, threads: Int, momentum: Bool = false, kernels: KernelPath = .fast
) -> Int {
  switch kernels.used(for: network) {
  case .fast: (try? FastPlan(network, batchSize: batchSize))?.bytes(threads: threads, momentum: momentum) ?? 0
  case .blas:
    (try? StageList(network)).map {
      BLASSizes($0, batchSize: batchSize, threads: threads, momentum: momentum).bytes
    } ?? 0
  }
}
