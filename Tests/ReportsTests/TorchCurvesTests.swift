import Foundation
import Testing

/// The page that compares trainings with PyTorch's has PyTorch's figures as they were recorded.
@Suite struct TorchCurvesTests {
  private struct Run: Decodable {
    var arch: String
    var ratio, resize: Int
    var learning_rate: Double
    var seed, epochs: Int
    var curve: [[Double]]
    var leaves_ln10_at_step: Int
  }

  private static func text(_ name: String) throws -> String {
    let reports = (#filePath as NSString).deletingLastPathComponent + "/../../reports/"
    return try String(contentsOfFile: reports + name, encoding: .utf8)
  }

  @Test func everyRowOfTheCellsIsOfTheRecordedRuns() throws {
    let runs = try Self.text("torch-curves.jsonl").split(separator: "\n").map {
      try JSONDecoder().decode(Run.self, from: Data($0.utf8))
    }
    #expect(runs.count == 8)
    var expected: [String] = []
    for run in runs {
      #expect(run.curve.count == run.epochs)
      let key = "('\(run.arch)', \(run.ratio), \(run.resize), \(run.learning_rate), \(run.seed), "
      func list(_ values: [Double]) -> String { values.map { "\($0)" }.joined(separator: ", ") }
      expected.append(key + list(run.curve.last ?? []) + ", \(run.leaves_ln10_at_step))")
      for (epoch, values) in run.curve.enumerated() { expected.append(key + "\(epoch + 1), " + list(values) + ")") }
    }
    let found = try Self.text("pytorch.cells.md").split(separator: "\n").filter {
      $0.prefixMatch(of: /[ ]{2}\('[a-z0-9]+', \d+, \d+, 0\./) != nil
    }
    .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " ,")) }
    .map { $0.hasSuffix("))") ? String($0.dropLast()) : $0 }
    #expect(found.sorted() == expected.sorted())
  }
}
