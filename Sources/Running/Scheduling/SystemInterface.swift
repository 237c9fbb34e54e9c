import Foundation
package import Processes

/// What asks the scheduler to stop: the first signal, and how often Ctrl-C was pressed.
package struct StopRequest: Sendable, Hashable {
  package var number: Int32?
  package var interrupts: Int

  package init(number: Int32? = nil, interrupts: Int = 0) {
    self.number = number
    self.interrupts = interrupts
  }
}

/// What the scheduler knows of the world: clock, signals, memory. Tests have their own.
package struct SystemInterface {
  /// Begins to listen to signals. The second Ctrl-C kills the workers and is still recorded in their journals; only a third ends
  /// this process immediately.
  package var listen: () -> Void = { StopSignal.listen(endingAt: 3, pausing: true) }
  package var now: () -> Double = monotonicSeconds
  package var sleep: (Double) -> Void = { Thread.sleep(forTimeInterval: $0) }
  package var stop: () -> StopRequest = { StopRequest(number: StopSignal.number, interrupts: StopSignal.interrupts) }
  /// Whether Ctrl-Z was pressed, and what stops this process until it is continued.
  package var isPauseWanted: () -> Bool = { StopSignal.isPauseWanted }
  package var pause: () -> Void = { StopSignal.pause() }
  /// Bytes that are available now, and the most that can ever become available.
  package var availableMemory: () -> Int = { Memory().available }
  package var totalMemory: () -> Int = { Memory().total }
  package var cores: () -> Int = { Processor.cores }
  package var kills: () -> Memory.Kills = { Memory().kills }
  /// Seconds before a trial is tried again for the first, second, … time (from 0): 1, 4, 16, 60, 60, …
  package var retryDelay: (Int) -> Double = { $0 < 3 ? [1, 4, 16][$0] : 60 }

  /// Seconds that a worker may take until it begins with its run: to start, and to read its data.
  package var startLimit = 300.0

  package init() {}
}
