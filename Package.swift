// swift-tools-version: 6.1
import Foundation
import PackageDescription

// The instruction set that the numeric kernels are compiled for: the highest that this machine's processor has. Set
// VGGLAB_ISA to another level of `clang -march` (x86-64-v3, …) to build for other machines, or to the empty string for the
// compiler's baseline.
let wanted = Context.environment["VGGLAB_ISA"]
let instructionSet = wanted ?? bestInstructionSet()

func bestInstructionSet() -> String {
  #if arch(x86_64)
    let facts = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = facts.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
    let flags = Set(line.split(separator: " ").map(String.init))
    if flags.isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "fma", "bmi2"]) {
      return "x86-64-v4"
    }
    return "x86-64-v3"
  #else
    return ""
  #endif
}

let common: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

// Kernels are pointer arithmetic in inner loops: unchecked in every configuration, because a debug build of
// them is a hundred times slower and would make the tests of the numeric ladder unusable.
var kernelFlags = ["-Ounchecked", "-enforce-exclusivity=unchecked"]
if !instructionSet.isEmpty { kernelFlags += ["-Xcc", "-march=\(instructionSet)"] }
var kernelSettings = common + [.unsafeFlags(kernelFlags)]
switch instructionSet {
case "": break
case "x86-64-v2": kernelSettings.append(.define("VGGLAB_ISA_V2"))
case "x86-64-v3": kernelSettings.append(.define("VGGLAB_ISA_V3"))
case "x86-64-v4": kernelSettings.append(.define("VGGLAB_ISA_V4"))
default: kernelSettings.append(.define("VGGLAB_ISA_OTHER"))
}

func room(
  _ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = common
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ room: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(room)Tests", dependencies: [.init(stringLiteral: room)] + dependencies,
    exclude: ["Networks", "Training", "Reports", "Datasets", "Store", "Statistics", "Experiments"].contains(room)
      ? ["Fixtures"] : [],
    swiftSettings: common)
}

let package = Package(
  name: "vgglab",
  products: [.executable(name: "vgglab", targets: ["vgglab"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // The doors to C libraries.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CPangoCairo", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
    .systemLibrary(
      name: "CCMarkGFM", pkgConfig: "libcmark-gfm",
      providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),

    // The ground floor: bytes and numbers.
    room("Statistics"),
    room("Digests", [.product(name: "Crypto", package: "swift-crypto")]),
    room("Files"),
    room("Text"),
    room("Compression", ["CZlib"]),
    room("ExactJSON"),
    room("PositionedYAML", [.product(name: "Yams", package: "Yams"), "Text"]),

    // The compute wing.
    room("Networks"),
    room("Kernels", ["COpenBLAS"], settings: kernelSettings),
    room("Datasets", ["Compression", "Digests", "Files"]),
    room("Training", ["Kernels", "Networks", "Datasets", "Digests", "Files"]),

    // The ledger wing.
    room("Configurations", ["Networks"]),
    room("Experiments", ["Configurations", "Networks", "PositionedYAML", "Digests", "ExactJSON", "Files"]),
    room("Journals", ["Digests", "Files"]),
    room(
      "Store",
      [
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
        "Configurations", "Journals", "Digests", "ExactJSON", "Files", "Statistics", "Text",
      ]),
    room("Plots", ["CPangoCairo"]),
    room(
      "Reports",
      [
        "Journals", "Store", "Plots", "PositionedYAML", "Compression", "ExactJSON", "Digests", "Files", "Statistics",
        "CCMarkGFM",
      ]),

    // The hall, and the door to the street.
    room(
      "Lab",
      [
        "Training", "Kernels", "Datasets", "Networks", "Configurations", "Experiments", "Journals", "Store", "Digests",
        "Files", "Statistics", "Text",
      ]
    ),
    .executableTarget(
      name: "vgglab",
      dependencies: [
        "Lab", "Reports", "Journals", "Store", "Plots", "Experiments", "Networks", "Files", "PositionedYAML",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: common),

    tests("Statistics"),
    tests("Files", ["Digests"]),
    tests("Compression"),
    tests("ExactJSON"),
    tests("PositionedYAML"),
    tests("Networks"),
    tests("Kernels"),
    tests("Datasets"),
    tests("Training", ["Networks", "Datasets"]),
    tests("Configurations", ["Networks"]),
    tests("Experiments", ["Configurations", "Networks", "ExactJSON", "Files"]),
    tests("Journals", ["Files", "Digests"]),
    tests("Store", ["Configurations", "Journals", "Files", "ExactJSON"]),
    tests("Plots"),
    tests("Reports", ["Journals", "Store", "Plots", "Files", "Compression", "ExactJSON", "Digests"]),
    tests("Lab", ["Journals", "Store", "Experiments", "Digests", "Files"]),
    .testTarget(name: "CommandTests", dependencies: [], swiftSettings: common),
  ]
)
