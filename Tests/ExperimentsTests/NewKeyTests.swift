import Configurations
import Experiments
import Foundation
import Testing

/// A key that is one entry more in the table is known everywhere.
@Suite struct NewKeyTests {
  static let table = ConfigurationTable(
    ConfigurationTable.standard.keys + [
      .other(
        "training.label_smoothing", NumberRange(0, 1, excludesUpper: true), default: 0,
        column: .init("label_smoothing"), help: "How much of the target goes to the other classes.")
    ])

  private func read(_ text: String, _ overrides: [String] = []) throws -> Experiment {
    let path = NSTemporaryDirectory() + "vgglab-key-\(UUID().uuidString).yaml"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try readExperiment(file: path, overrides: overrides, table: Self.table)
  }

  static let text = """
    schema: 1
    experiment: a
    training: {label_smoothing: 0.1}
    trials:
      - name: one
      - {name: two, training: {label_smoothing: 0.2}}
    profiles: {}
    """

  @Test func itIsReadAndLaidOverOtherLevels() throws {
    func values(_ experiment: Experiment) -> [ConfigurationValue?] {
      experiment.trials.map { Self.table["training.label_smoothing"]?.get($0.configuration) }
    }
    #expect(try values(read(Self.text)) == [.number(0.1), .number(0.2)])
    #expect(try values(read(Self.text, ["training.label_smoothing=0.3"])) == [.number(0.3), .number(0.3)])
    let swept = Self.text + "\nsweep: {training.label_smoothing: [0, 0.5]}"
    #expect(try values(read(swept)) == [.number(0), .number(0.5), .number(0), .number(0.5)])
    #expect(
      try read(Self.text, ["training.label_smoothing=0.3"]).trials[0].reductions == [
        Reduction(key: "training.label_smoothing", full: "0.1", used: "0.3")
      ])
    for (wrong, sentence) in [("1", "at least 0 and below 1"), ("x", "a number was expected")] {
      do {
        _ = try read(Self.text.replacing("0.2", with: wrong))
        Issue.record("it was taken")
      } catch { #expect("\(error)".contains("training.label_smoothing") && "\(error)".contains(sentence)) }
    }
  }

  @Test func itIsPartOfTheIdentityAndOlderIDsStay() throws {
    let plain = TrialConfiguration()
    #expect(plain.canonicalText(Self.table) == plain.canonicalText())
    let one = try read(Self.text).trials[0].configuration
    let text = one.canonicalText(Self.table)
    #expect(text.contains("\"label_smoothing\":0.1,\"learning_rate\":0.05"))
    #expect(try TrialConfiguration(canonicalText: text, Self.table) == one)
    #expect(throws: ConfigurationTextError.unknown(key: "training.label_smoothing")) {
      try TrialConfiguration(canonicalText: text)
    }
    #expect(
      configurationDifferences(from: plain.canonicalText(), to: text, Self.table) == [
        "training.label_smoothing 0.0 → 0.1"
      ])
  }

  @Test func theDocumentsHaveIt() throws {
    #expect(
      keyTable(Self.table).contains(
        "| `training.label_smoothing` | at least 0 and below 1 | `0.0` | `label_smoothing` |"))
    let schema = try #require(
      JSONSerialization.jsonObject(with: Data(experimentSchema(Self.table).utf8)) as? [String: Any])
    let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
    let training = try #require(definitions["training"]?["properties"] as? [String: [String: Any]])
    #expect(training["label_smoothing"]?["exclusiveMaximum"] as? Int == 1)
    let sweep = try #require(definitions["sweep"]?["properties"] as? [String: Any])
    #expect(sweep["training.label_smoothing"] != nil)
  }
}
