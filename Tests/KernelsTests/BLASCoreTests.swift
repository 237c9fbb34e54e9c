import Foundation
import Kernels
import Testing

/// Which core OpenBLAS works with.
@Suite struct BLASCoreTests {
  static let avx2: Set<String> = ["sse4_2", "avx", "avx2", "fma", "bmi2"]
  static let avx512 = avx2.union(["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"])

  struct Processor: Sendable {
    var own: String
    var vendor: String
    var features: Set<String>
    var better: String?
  }

  static let processors: [Processor] = [
    Processor(own: "Prescott", vendor: "GenuineIntel", features: avx512, better: "SkylakeX"),
    Processor(own: "Prescott", vendor: "GenuineIntel", features: avx2, better: "Haswell"),
    Processor(own: "Prescott", vendor: "AuthenticAMD", features: avx2, better: "Zen"),
    Processor(own: "Prescott", vendor: "HygonGenuine", features: avx2, better: "Zen"),
    Processor(own: "Nehalem", vendor: "GenuineIntel", features: ["avx"], better: "Sandybridge"),
    Processor(own: "Haswell", vendor: "GenuineIntel", features: avx512, better: "SkylakeX"),
    Processor(own: "Zen", vendor: "AuthenticAMD", features: avx512, better: "SkylakeX"),
    Processor(own: "Bulldozer", vendor: "AuthenticAMD", features: avx2, better: "Zen"),
    // As good as the features allow, or better than what is known of them.
    Processor(own: "SkylakeX", vendor: "GenuineIntel", features: avx512),
    Processor(own: "Cooperlake", vendor: "GenuineIntel", features: avx512),
    Processor(own: "SapphireRapids", vendor: "GenuineIntel", features: avx512),
    Processor(own: "Haswell", vendor: "GenuineIntel", features: avx2),
    Processor(own: "Zen", vendor: "AuthenticAMD", features: avx2),
    Processor(own: "Haswell", vendor: "AuthenticAMD", features: avx2),
    Processor(own: "SkylakeX", vendor: "GenuineIntel", features: avx2),
    Processor(own: "Prescott", vendor: "GenuineIntel", features: ["sse4_2"]),
    // AVX-512 without all that the kernels need.
    Processor(own: "Haswell", vendor: "GenuineIntel", features: avx2.union(["avx512f"])),
    // A core that is newer than the list of known ones, and another architecture's.
    Processor(own: "FutureLake", vendor: "GenuineIntel", features: avx512),
    Processor(own: "NEOVERSEN1", vendor: "", features: []),
  ]

  @Test(arguments: processors)
  func onlyAWorseChoiceIsReplaced(_ processor: Processor) {
    #expect(
      BLASCore.better(than: processor.own, vendor: processor.vendor, features: processor.features) == processor.better)
  }

  @Test func theChoiceIsMadeBeforeTheFirstProduct() {
    let wish = ProcessInfo.processInfo.environment[BLASCore.variable] ?? ""
    switch BLAS.core.choice {
    case .user: #expect(!wish.isEmpty)
    case .library, .unavailable: #expect(wish.isEmpty)
    case .features(let own):
      #expect(wish.isEmpty)
      #expect(own != BLAS.core.name)
    }
    // What OpenBLAS itself says it is, and the product is still one.
    #expect(BLAS.configuration.contains(BLAS.core.name))
    #expect(BLAS.summary.hasSuffix("core \(BLAS.core)"))
    let (m, n, k) = (37, 29, 53)
    let (a, b) = (numbers(m * k, 1), numbers(k * n, 2))
    var c = [Float](repeating: 0, count: m * n)
    gemm(m: m, n: n, k: k, a, lda: k, b, ldb: n, beta: 0, &c, ldc: n)
    for i in 0..<m {
      for j in 0..<n {
        let exact = (0..<k).reduce(0.0) { $0 + Double(a[i * k + $1]) * Double(b[$1 * n + j]) }
        #expect(abs(Double(c[i * n + j]) - exact) < 1e-4)
      }
    }
  }

  /// OpenBLAS's table of kernels is exchanged: a product that was under way meanwhile would find none.
  @Test(arguments: 1...8) func productsOfOtherThreadsWaitForTheChoice(_ attempt: Int) async {
    await #expect(processExitsWith: .success) {
      DispatchQueue.concurrentPerform(iterations: 8) { thread in
        if thread == 3 {
          _ = BLAS.core
        } else {
          let side = 192
          let a = [Float](repeating: 1, count: side * side)
          var c = a
          for _ in 0..<20 {
            gemm(m: side, n: side, k: side, a, lda: side, a, ldb: side, beta: 0, &c, ldc: side)
            precondition(c.allSatisfy { $0 == Float(side) })
          }
        }
      }
    }
  }

  @Test func aChoiceSaysWhoMadeIt() {
    #expect(BLASCore(name: "Zen", choice: .library).description == "Zen, OpenBLAS's own choice")
    #expect(BLASCore(name: "Zen", choice: .user).description == "Zen, set by OPENBLAS_CORETYPE")
    #expect(
      BLASCore(name: "SkylakeX", choice: .features(insteadOf: "Prescott")).description
        == "SkylakeX, chosen by the processor's features; OpenBLAS's own choice is Prescott")
    #expect(
      BLASCore(name: "Prescott", choice: .unavailable(wanted: "Haswell")).description
        == "Prescott, OpenBLAS's own choice; the processor's features allow Haswell, which this OpenBLAS cannot switch to: "
        + "try OPENBLAS_CORETYPE=Haswell")
  }
}
