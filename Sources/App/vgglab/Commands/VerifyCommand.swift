import ArgumentParser
import Foundation
import Evidence
import Notebooks
import Provenance
import Rendering
import Store
import Text

struct VerifyCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check a page, a report or an archive against its evidence; needs no store.",
    discussion: helpText(
      """
      The report is built again from the rows that it carries, and every byte is compared. With --store the rows \
      are also compared with the journals of that store. Ends with 2 if anything differs, and if something could \
      not be compared: figures if fonts differ here, text if another version of vgglab wrote it. The page's \
      policy, elements and addresses are always checked. "Stale" numbers differ from what their query gives; \
      "unbound" ones were typed by hand.
      """, examples: "verify reports/out/index.html --strict", also: [.differs]))

  @Option(name: .long, help: "Also compare the evidence with the journals of this store.")
  var store: String?

  @Flag(name: .long, help: "End with 2 as well if a number in the text is bound to no query.")
  var strict = false

  @OptionGroup var allowed: AllowedOptions
  @OptionGroup var limits: EvidenceOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Argument(help: "A page (index.html; - is standard input), a report's folder, or an archive's.")
  var path: String

  func validate() throws {
    if let store, store.isEmpty { throw ValidationError("--store is empty; name a folder") }
  }

  func execute() throws {
    var verifier = Verifier(version: vgglabVersion, limits: limits.limits)
    let found = try verifier.verify(path: path, store: try store.map { try openStore($0) })
    output(format.json ? try json(found) : found.text)
    try AllowedOptions.finish(found, allowing: allowed.kinds)
    if strict, found.unbound > 0 {
      printError("vgglab: \(found.unbound) \(found.unbound == 1 ? "number is" : "numbers are") bound to no query")
      throw ExitCode(2)
    }
  }
}

/// What may be left uncompared.
struct AllowedOptions: ParsableArguments {
  @Flag(
    name: .long, help: "Accept figures that were not compared because fonts differ on this machine."
  )
  var allowUnverifiedFigures = false

  @Flag(name: .long, help: "Accept text that was not compared because another version of vgglab wrote it.")
  var allowOtherVersion = false

  /// The kinds of what may be left.
  var kinds: Set<SkippedComparison.Kind> {
    var kinds: Set<SkippedComparison.Kind> = []
    if allowUnverifiedFigures { kinds.insert(.figures) }
    if allowOtherVersion { kinds.insert(.text) }
    return kinds
  }

  /// Ends the command with 2, and a sentence that says why, unless all but what is allowed was compared and is right.
  static func finish(
    _ found: Verification, allowing kinds: Set<SkippedComparison.Kind>,
    saying words: (what: String, count: String) = ("not verified", "difference")
  ) throws {
    if found.isVerified(allowing: kinds) { return }
    let count = found.differences.count + found.more_differences
    printError("vgglab: \(words.what): \(count == 0 ? missing(found, kinds) : Quantity.count(count, words.count))")
    throw ExitCode(2)
  }

  private static func missing(_ found: Verification, _ allowed: Set<SkippedComparison.Kind>) -> String {
    let kinds = Set(found.not_compared.map(\.kind)).subtracting(allowed)
    var parts: [String] = []
    if kinds.contains(.figures) {
      parts.append("figures were not compared; verify where the fonts are the same, or use --allow-unverified-figures")
    }
    if kinds.contains(.text) {
      parts.append("text was not compared; verify with the version that wrote it, or use --allow-other-version")
    }
    return parts.joined(separator: "; ")
  }
}

/// How much of evidence is read, which may come from anybody.
struct EvidenceOptions: ParsableArguments {
  @Option(
    name: .long, help: ArgumentHelp("Read evidence of up to this size, unpacked (default: 64).", valueName: "MB"))
  var maxEvidence: Int?

  @Option(
    name: .long,
    help: ArgumentHelp("Give the queries of the evidence so much processor time (default: 8).", valueName: "seconds"))
  var maxSeconds: Int?

  func validate() throws {
    if let maxEvidence, !(1...4096).contains(maxEvidence) {
      throw ValidationError("--max-evidence is \(maxEvidence); it is 1 to 4096")
    }
    if let maxSeconds, !(1...86_400).contains(maxSeconds) {
      throw ValidationError("--max-seconds is \(maxSeconds); it is 1 to 86400")
    }
  }

  var limits: EvidenceLimits {
    var limits = EvidenceLimits()
    if let maxEvidence { limits.bytes = maxEvidence << 20 }
    if let maxSeconds { limits.seconds = Double(maxSeconds) }
    return limits
  }
}
