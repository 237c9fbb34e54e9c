public import Networks

/// Which kernels a training runs on.
public enum KernelPath: String, Sendable, Hashable, CaseIterable {
  /// Fused stages, Winograd convolutions, channels innermost.
  case fast
  /// im2col, OpenBLAS and plain loops: what the fast path is tested against.
  case reference

  func engine(
    network: Network, batchSize: Int, threads: Int, momentum: Bool
  ) throws(TrainingError) -> any Engine {
    switch self {
    case .fast: try FastEngine(network: network, batchSize: batchSize, threads: threads, momentum: momentum)
    case .reference: try ReferenceEngine(network: network, batchSize: batchSize, threads: threads, momentum: momentum)
    }
  }
}

/// The bytes that a training will have allocated, the data set aside; 0 for a network that cannot be trained here.
public func plannedBytes(
  network: Network, batchSize: Int, threads: Int, momentum: Bool = false, kernels: KernelPath = .fast
) -> Int {
  switch kernels {
  case .fast: (try? FastPlan(network, batchSize: batchSize))?.bytes(threads: threads, momentum: momentum) ?? 0
  case .reference:
    (try? StageList(network)).map {
      ReferenceSizes($0, batchSize: batchSize, threads: threads, momentum: momentum).bytes
    } ?? 0
  }
}
