import Foundation
import Testing

/// The kinds of kernels, and the core that OpenBLAS works with, as the commands show them.
@Suite struct KernelsCommandTests {
  private func measure(_ kernels: String, _ environment: [String: String] = [:]) throws -> [String: Any] {
    var program = try Program()
    defer { program.remove() }
    program.environment = environment
    let outcome = try program.run([
      "bench", "step", "--arch", "vgg11", "--ratio", "32", "--resize", "32", "--batch", "2", "--steps", "1",
      "--kernels",
      kernels,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  @Test func blasKeepsItsEarlierName() throws {
    #expect(try measure("blas")["kernels"] as? String == "blas")
    #expect(try measure("reference")["kernels"] as? String == "blas")
    let program = try Program()
    defer { program.remove() }
    let outcome = try program("bench", "step", "--kernels", "cuda")
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains("cuda") && outcome.errors.contains("blas"))
  }

  @Test func benchAndDoctorNameTheCoreAndWhoChoseIt() throws {
    // Every OpenBLAS for this processor family has Nehalem's kernels; other builds ignore the variable.
    let variables = ["OPENBLAS_CORETYPE": "Nehalem"]
    #expect(try #require(try measure("blas", variables)["blas"] as? String).hasSuffix("set by OPENBLAS_CORETYPE"))
    let chosen = try #require(try measure("blas", ["OPENBLAS_CORETYPE": ""])["blas"] as? String)
    #expect(chosen.contains("OpenBLAS's own choice") && !chosen.contains("set by"))
    var program = try Program()
    defer { program.remove() }
    #expect(try program("doctor").output.contains(", core "))
    program.environment = variables
    #expect(try program("doctor").output.contains("set by OPENBLAS_CORETYPE"))
  }
}
