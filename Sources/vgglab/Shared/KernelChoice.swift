import ArgumentParser
import Lab

/// `--kernels`.
enum KernelChoice: String, ExpressibleByArgument, CaseIterable {
  case fast
  case reference

  var path: KernelPath {
    switch self {
    case .fast: .fast
    case .reference: .reference
    }
  }
}
