import ArgumentParser
import Bench
import Training

/// `--kernels`.
enum KernelChoice: String, ExpressibleByArgument, CaseIterable {
  case fast
  case blas

  /// The earlier name of `blas` is taken too.
  init?(argument: String) {
    guard let path = KernelPath(name: argument) else { return nil }
    self.init(rawValue: path.rawValue)
  }

  var path: KernelPath {
    switch self {
    case .fast: .fast
    case .blas: .blas
    }
  }
}
