import Foundation

/// Another name of a run's configuration: a trial that wanted the same and did not train again.
public struct ReferenceRecord: Sendable, Hashable, Codable {
  /// The name of its experiment.
  public var experiment: String
  /// The experiment's question.
  public var question: String
  /// The name of the trial.
  public var trial: String
  /// The profile that was chosen; nil without one.
  public var profile: String?

  /// The name of a trial of an experiment, as a profile of its file has it.
  public init(experiment: String, question: String, trial: String, profile: String?) {
    self.experiment = experiment
    self.question = question
    self.trial = trial
    self.profile = profile
  }

  /// As an annotation of the run.
  public func annotation(at time: String) -> AnnotationRecord {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Texts are always encodable.
    let data = try! encoder.encode(self)
    return AnnotationRecord(kind: .reference, text: String(decoding: data, as: UTF8.self), at: time)
  }

  /// What an annotation names; nil for one of another kind or without sense.
  public init?(_ annotation: AnnotationRecord) {
    guard annotation.kind == .reference,
      let record = try? JSONDecoder().decode(Self.self, from: Data(annotation.text.utf8))
    else { return nil }
    self = record
  }
}
