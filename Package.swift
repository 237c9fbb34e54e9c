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

/// A module in the folder of its group. Modules import only what is in their own group or in one above it in this list.
func module(
  _ path: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = common
) -> Target {
  let name = String(path.split(separator: "/")[1])
  return .target(name: name, dependencies: dependencies, path: "Sources/\(path)", swiftSettings: settings)
}

func tests(_ module: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(module)Tests", dependencies: [.init(stringLiteral: module)] + dependencies,
    exclude: ["Networks", "Training", "Datasets", "Store", "Statistics", "Experiments"].contains(module)
      ? ["Fixtures"] : [],
    swiftSettings: common)
}

let package = Package(
  name: "vgglab",
  products: [.executable(name: "vgglab", targets: ["vgglab"])],
  dependencies: [
    // Exact versions: no lock file is kept.
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // C libraries; one module imports each.
    .systemLibrary(
      name: "COpenBLAS", path: "Sources/Compute/COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CZlib", path: "Sources/Base/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPNG", path: "Sources/Base/CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", path: "Sources/Base/CTurboJPEG", pkgConfig: "libturbojpeg",
      providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(
      name: "CPangoCairo", path: "Sources/Reporting/CPangoCairo", pkgConfig: "pangocairo",
      providers: [.apt(["libpango1.0-dev"])]),
    .systemLibrary(
      name: "CCMarkGFM", path: "Sources/Reporting/CCMarkGFM", pkgConfig: "libcmark-gfm",
      providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),

    // The fonts of figures, taken into the program by the assembler.
    .target(
      name: "CFigureFonts", path: "Sources/Reporting/CFigureFonts",
      exclude: ["LICENSE.fonts", "vgglab-sans-regular.ttf", "vgglab-sans-bold.ttf"],
      cSettings: [.headerSearchPath(".")]),

    // Base: bytes, text and numbers.
    module("Base/Statistics"),
    module("Base/Digests", [.product(name: "Crypto", package: "swift-crypto")]),
    module("Base/Files"),
    module("Base/Text"),
    module("Base/Processes", ["Files"]),
    module("Base/Compression", ["CZlib"]),
    module("Base/Images", ["CPNG", "CTurboJPEG", "Compression"]),
    module("Base/ExactJSON"),
    module("Base/PositionedYAML", [.product(name: "Yams", package: "Yams"), "Text"]),

    // Compute: networks and their training.
    module("Compute/Networks", ["Text"]),
    module("Compute/Kernels", ["COpenBLAS"], settings: kernelSettings),
    module("Compute/Datasets", ["Compression", "Digests", "Files", "Images", "Text"]),
    module("Compute/Training", ["Kernels", "Networks", "Datasets", "Digests", "ExactJSON", "Files", "Text"]),

    // Ledger: what is asked, what was recorded.
    module("Ledger/Configurations", ["Networks", "Text"]),
    module(
      "Ledger/Experiments", ["Configurations", "Networks", "PositionedYAML", "Digests", "ExactJSON", "Files", "Text"]),
    module("Ledger/Journals", ["Digests", "Files", "Processes"]),
    module(
      "Ledger/Store",
      [
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
        "Configurations", "Journals", "Digests", "ExactJSON", "Files", "Statistics", "Text",
      ]),
    module("Reporting/Plots", ["CPangoCairo", "CFigureFonts", "Images", "Statistics", "Text"]),
    module(
      "Reporting/Notebooks",
      ["Store", "PositionedYAML", "Images", "Digests", "ExactJSON", "Files", "Statistics", "Text", "CCMarkGFM"]),
    module(
      "Reporting/Rendering",
      ["Notebooks", "Plots", "Store", "PositionedYAML", "Digests", "ExactJSON", "Files", "Statistics", "Text"]),
    module(
      "Reporting/Evidence",
      [
        "Rendering", "Notebooks", "Plots", "Journals", "Store", "PositionedYAML", "Compression", "ExactJSON", "Digests",
        "Files", "Text",
      ]),
    module(
      "Reporting/Exchange",
      [
        "Networks", "Training", "Configurations", "Journals", "Store", "ExactJSON", "Digests", "Files", "Processes",
        "Text",
      ]),

    // Running: trials and their runs.
    module("Running/Provenance", ["Journals", "Digests", "Files", "Processes", "Text"]),
    module(
      "Running/Worker",
      [
        "Training", "Kernels", "Datasets", "Images", "Networks", "Configurations", "Journals", "Provenance",
        "Processes", "Digests", "Files",
      ]),
    module(
      "Running/Cluster", ["Provenance", "Experiments", "Journals", "Processes", "Files", "Text"]),
    module(
      "Running/Scheduling",
      [
        "Cluster", "Runs", "Provenance", "Training", "Datasets", "Networks", "Experiments", "Configurations",
        "Journals", "Store",
        "Processes", "Files", "Text",
      ]),
    module(
      "Running/Runs",
      ["Training", "Configurations", "Journals", "Store", "Processes", "Statistics", "Digests", "Files", "Text"]),
    module(
      "Running/Inference",
      [
        "Training", "Datasets", "Images", "Networks", "Configurations", "Journals", "Store", "Worker", "Digests",
        "Files", "Text",
      ]),

    // App: the commands and what they draw and measure.
    module(
      "App/Terminal",
      [
        "Configurations", "Journals", "Store", "Scheduling", "Runs", "Processes", "Statistics", "Files", "Text",
      ]),
    module(
      "App/Bench",
      [
        "Training", "Kernels", "Datasets", "Networks", "Experiments", "Journals", "Store", "Provenance", "Worker",
        "Scheduling", "Runs", "Terminal", "Processes", "Files", "Text",
      ]),
    module(
      "App/LivePage",
      [
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        "Evidence", "Rendering", "Runs", "Store", "Journals", "Configurations", "Provenance", "Processes", "Digests",
        "Files", "Text",
      ]),
    .executableTarget(
      name: "vgglab",
      dependencies: [
        "Bench", "LivePage", "Terminal", "Worker", "Scheduling", "Cluster", "Runs", "Provenance", "Evidence",
        "Exchange", "Rendering", "Notebooks", "Plots", "Store", "Journals",
        "Experiments", "Configurations", "Inference", "Training", "Kernels", "Datasets", "Images", "Networks",
        "PositionedYAML", "Processes", "Digests", "Files",
        "Text", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/App/vgglab", swiftSettings: common),

    // What several suites of tests make alike.
    .target(name: "TestImages", path: "Tests/TestImages", swiftSettings: common),

    tests("Statistics"),
    tests("Files", ["Digests"]),
    tests("Compression"),
    tests("ExactJSON"),
    tests("PositionedYAML", ["Text"]),
    tests("Networks"),
    tests("Kernels"),
    tests("Images", ["TestImages"]),
    tests("Datasets", ["Images", "TestImages"]),
    tests("Training", ["Networks", "Datasets"]),
    tests("Inference", ["Datasets", "Images"]),
    tests("Configurations", ["Networks"]),
    tests("Experiments", ["Configurations", "Networks", "ExactJSON", "Files"]),
    tests("Journals", ["Files", "Digests"]),
    tests("Store", ["Configurations", "Journals", "Files", "ExactJSON"]),
    tests("Plots"),
    tests("Text"),
    tests("Processes"),
    tests(
      "Scheduling",
      ["Cluster", "Terminal", "Text", "Processes", "Journals", "Store", "Experiments", "Digests", "Files"]),
    tests("Runs", ["Terminal", "Digests", "Journals", "Store", "Files", "Text"]),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Notebooks", "Rendering", "Evidence", "Journals", "Store", "Plots", "Files", "Compression", "ExactJSON",
        "Digests", "TestImages",
      ], exclude: ["Fixtures"], swiftSettings: common),
    .testTarget(
      name: "CommandTests", dependencies: ["TestImages"], exclude: ["Fixtures"], swiftSettings: common),
  ]
)
