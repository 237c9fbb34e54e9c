/// What the steps of an epoch took, and what else the machine did meanwhile: whether the rate can be trusted.
///
/// Of an epoch that several attempts worked on, the part of the last one.
public struct EpochTimingRecord: Sendable, Hashable, Codable {
  /// Training images of the timed steps.
  public var examples: Int
  /// Seconds of these steps, without loading and evaluation.
  public var trainingSeconds: Double
  /// Seconds from the first of these steps to the end of the evaluation: what the other figures are of.
  public var seconds: Double
  /// Processor seconds of this process.
  public var processorSeconds: Double
  /// How often a core was taken from one of its threads.
  public var involuntarySwitches: Int
  /// Seconds that its threads could have run and had no core, added up; nil where the kernel does not count them.
  public var waitSeconds: Double?
  /// Processor seconds of everything else on the machine, with what a hypervisor took; nil where they are not known.
  public var otherProcessorSeconds: Double?
  /// Seconds in which some process waited for a core; nil where the kernel does not count them.
  public var pressureSeconds: Double?

  /// All facts at once.
  public init(
    examples: Int, trainingSeconds: Double, seconds: Double, processorSeconds: Double, involuntarySwitches: Int,
    waitSeconds: Double?, otherProcessorSeconds: Double?, pressureSeconds: Double?
  ) {
    self.examples = examples
    self.trainingSeconds = trainingSeconds
    self.seconds = seconds
    self.processorSeconds = processorSeconds
    self.involuntarySwitches = involuntarySwitches
    self.waitSeconds = waitSeconds
    self.otherProcessorSeconds = otherProcessorSeconds
    self.pressureSeconds = pressureSeconds
  }

  private enum CodingKeys: String, CodingKey {
    case examples, seconds
    case trainingSeconds = "training_seconds"
    case processorSeconds = "processor_seconds"
    case involuntarySwitches = "involuntary_switches"
    case waitSeconds = "wait_seconds"
    case otherProcessorSeconds = "other_processor_seconds"
    case pressureSeconds = "pressure_seconds"
  }
}
