import Journals
import Processes

/// What timed training steps take, and what else the machine does meanwhile: an attempt's part of an epoch, or a cost measurement.
struct TimingInterval {
  /// When the interval began: the first step is timed when it is over.
  private var first = ProcessorUse()
  private var examples = 0
  private var seconds = 0.0

  mutating func add(examples count: Int, seconds taken: Double) {
    examples += count
    seconds += taken
  }

  /// What the steps took; nil where there was none. The next interval begins.
  mutating func end() -> EpochTimingRecord? {
    let last = ProcessorUse()
    defer { (first, examples, seconds) = (last, 0, 0) }
    guard examples > 0, seconds > 0 else { return nil }
    func increase(_ value: (ProcessorUse) -> Double?) -> Double? {
      guard let from = value(first), let to = value(last) else { return nil }
      return max(0, to - from)
    }
    let own = last.own - first.own
    return EpochTimingRecord(
      examples: examples, trainingSeconds: seconds, seconds: max(seconds, last.at - first.at), processorSeconds: own,
      involuntarySwitches: max(0, last.involuntarySwitches - first.involuntarySwitches),
      waitSeconds: increase(\.waiting), otherProcessorSeconds: increase(\.machine).map { max(0, $0 - own) },
      pressureSeconds: increase(\.pressure))
  }
}
