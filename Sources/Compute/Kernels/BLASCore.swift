import COpenBLAS
import Glibc

/// The processor core whose kernels OpenBLAS works with, and who chose it.
///
/// OpenBLAS chooses by the processor's model number. A model that is newer than the library gets kernels of 2004 (Prescott,
/// SSE3), and an AMD processor with AVX-512 those for AVX2; the processor's feature flags are more reliable. See
/// `docs/decisions/0010-openblas-takes-the-core-that-the-features-allow.md`.
public struct BLASCore: Sendable, Hashable, CustomStringConvertible {
  /// As `openblas_get_corename()` has it; results depend on it in the last bits.
  public var name: String
  public var choice: Choice

  /// Who chose the core.
  public enum Choice: Sendable, Hashable {
    /// OpenBLAS's own, which is no worse than what the features allow.
    case library
    /// That of the environment variable ``variable``.
    case user
    /// vgglab's, in place of OpenBLAS's own.
    case features(insteadOf: String)
    /// OpenBLAS's own, though the features allow a better one, which this build of it does not give.
    case unavailable(wanted: String)
  }

  public init(name: String, choice: Choice) {
    self.name = name
    self.choice = choice
  }

  /// The environment variable by which a user chooses.
  public static let variable = "OPENBLAS_CORETYPE"

  /// `SkylakeX, chosen by the processor's features; OpenBLAS's own choice is Prescott`.
  public var description: String {
    switch choice {
    case .library: "\(name), OpenBLAS's own choice"
    case .user: "\(name), set by \(Self.variable)"
    case .features(let own): "\(name), chosen by the processor's features; OpenBLAS's own choice is \(own)"
    case .unavailable(let wanted):
      "\(name), OpenBLAS's own choice; the processor's features allow \(wanted), which this OpenBLAS cannot switch to: "
        + "try \(Self.variable)=\(wanted)"
    }
  }

  /// The core that a processor's features allow, if it is better than OpenBLAS's `own`; nil otherwise.
  ///
  /// `features` are named as in /proc/cpuinfo. A core that is not known here is the library's business.
  public static func better(than own: String, vendor: String, features: Set<String>) -> String? {
    guard let rank = rank(own), let best = best(vendor: vendor, features: features), rank < Self.rank(best)! else {
      return nil
    }
    return best
  }

  private static func best(vendor: String, features: Set<String>) -> String? {
    if features.isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "fma"]) {
      return "SkylakeX"
    }
    if features.isSuperset(of: ["avx2", "fma"]) {
      return ["AuthenticAMD", "HygonGenuine"].contains(vendor) ? "Zen" : "Haswell"
    }
    return features.contains("avx") ? "Sandybridge" : nil
  }

  /// The width of a core's vectors and whether they are fused: more is faster.
  private static func rank(_ core: String) -> Int? {
    switch core.lowercased() {
    case "skylakex", "cooperlake", "sapphirerapids": 3
    case "haswell", "zen": 2
    case "sandybridge", "bulldozer", "piledriver", "steamroller", "excavator": 1
    case "prescott", "core2", "penryn", "dunnington", "nehalem", "atom", "nano", "athlon", "opteron", "opteron_sse3",
      "barcelona", "bobcat", "northwood", "banias", "katmai", "coppermine":
      0
    default: nil
    }
  }

  private static var current: String { String(cString: openblas_get_corename()) }

  /// Chooses. Called once, before OpenBLAS's first product, which waits for it: the table of kernels is exchanged as a whole.
  static func choose() -> BLASCore {
    let own = current
    if let wish = getenv(variable), wish.pointee != 0 { return BLASCore(name: own, choice: .user) }
    let processor = ProcessorFeatures.read()
    guard let wanted = better(than: own, vendor: processor.vendor, features: processor.features) else {
      return BLASCore(name: own, choice: .library)
    }
    // What OpenBLAS's constructor calls, which no header names: looked up, so that a build that hides them still links.
    typealias Function = @convention(c) () -> Void
    guard let forget = dlsym(nil, "gotoblas_dynamic_quit"), let initialize = dlsym(nil, "gotoblas_dynamic_init") else {
      return BLASCore(name: own, choice: .unavailable(wanted: wanted))
    }
    func initializeAnew() {
      unsafeBitCast(forget, to: Function.self)()
      unsafeBitCast(initialize, to: Function.self)()
    }
    setenv(variable, wanted, 1)
    initializeAnew()
    // Programs that this one starts choose for themselves.
    unsetenv(variable)
    if current == wanted { return BLASCore(name: wanted, choice: .features(insteadOf: own)) }
    initializeAnew()
    return BLASCore(name: current, choice: .unavailable(wanted: wanted))
  }
}

/// Vendor and features of the first processor.
struct ProcessorFeatures: Sendable {
  var vendor = ""
  var features: Set<String> = []

  /// As /proc/cpuinfo has them: what the operating system does not support is not there.
  static func read(_ path: String = "/proc/cpuinfo") -> ProcessorFeatures {
    var processor = ProcessorFeatures()
    guard let file = fopen(path, "r") else { return processor }
    defer { fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, file) > 0, let line {
      let parts = String(cString: line).split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let words = parts[1].split(whereSeparator: \.isWhitespace).map(String.init)
      switch parts[0].split(whereSeparator: \.isWhitespace).joined(separator: " ") {
      case "vendor_id": processor.vendor = words.first ?? ""
      case "flags":
        processor.features = Set(words)
        return processor
      default: continue
      }
    }
    return processor
  }
}
