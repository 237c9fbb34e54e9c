import Experiments
import Foundation
import Testing

/// A trial's id names its runs for ever: those of the project's own experiments are pinned.
@Suite struct TrialIDTests {
  @Test func theIDsOfAllTrialsAreAsEver() throws {
    let fixture = ((#filePath as NSString).deletingLastPathComponent as NSString)
      .appendingPathComponent("Fixtures/trial-ids.txt")
    let lines = try String(contentsOfFile: fixture, encoding: .utf8).split(separator: "\n")
    var pinned: [String: [String: String]] = [:]
    for line in lines {
      // experiment|profile|trial|id
      let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      pinned["\(parts[0])|\(parts[1])", default: [:]][parts[2]] = parts[3]
    }
    #expect(lines.count > 300 && pinned.count > 12)
    for (name, ids) in pinned {
      let parts = name.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      let experiment = try readExperiment(
        file: "\(ReadTests.root)/experiments/\(parts[0]).yaml", profile: parts[1].isEmpty ? nil : parts[1])
      let found = Dictionary(experiment.trials.map { ($0.name, $0.id) }) { first, _ in first }
      for (trial, id) in ids { #expect(found[trial] == id, "\(name) \(trial)") }
    }
  }
}
