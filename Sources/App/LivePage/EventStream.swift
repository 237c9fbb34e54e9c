import Foundation
import Hummingbird
import Journals
import Processes
import Store
import Synchronization

/// Streams of server-sent events: what is new of running runs, looked for each second while somebody listens.
final class EventStreams: Sendable {
  /// More streams than this are refused: each looks at the store each second.
  static let most = 32
  /// Seconds after which a stream without news sends a comment; a reader who is gone is noticed by it.
  private static let heartbeat = 2.0
  /// Runs of one stream.
  static let mostRuns = 12

  private let reader: StoreReader
  private let store: String
  private let count = Mutex(0)

  init(_ reader: StoreReader, store: String) {
    self.reader = reader
    self.store = store
  }

  /// How many are open.
  var openCount: Int { count.withLock { $0 } }

  /// A stream of some runs, or of all that are running where none is named. nil if there are too many.
  func stream(of runs: [String]) -> ResponseBody? {
    guard openCount < Self.most else { return nil }
    return ResponseBody { writer in
      // Counted from here on: a body that nobody waits for any more is never written. Of many that were asked for at once,
      // those beyond the limit end here.
      let isOpen = self.count.withLock { open in
        guard open < Self.most else { return false }
        open += 1
        return true
      }
      defer { if isOpen { self.count.withLock { $0 -= 1 } } }
      var writer = writer
      if isOpen { try await self.write(&writer, runs) }
      try await writer.finish(nil)
    }
  }

  private func write(_ writer: inout any ResponseBodyWriter, _ runs: [String]) async throws {
    try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
    var list: ListUpdate?
    var known: [String: (facts: LiveRun, curves: Curves, log: Int)] = [:]
    var spoke = monotonicSeconds()
    while StopSignal.number == nil {
      var messages: [String] = []
      if runs.isEmpty {
        let now = try await reader.read { store in try Self.listUpdate(store) }
        if now != list { messages.append(try Self.message("list", now)) }
        list = now
      } else {
        let folder = store
        let now = try await reader.read { store in
          try runs.map { id in
            let run = try store.run(matching: id)
            return (
              facts: try LiveRun(run, in: store), curves: try Curves(of: run.id, in: store),
              log: logTail(store: folder, run: run.id, bytes: 0).bytes
            )
          }
        }
        for entry in now {
          let old = known[entry.facts.run]
          if let old, old.facts == entry.facts, old.curves == entry.curves, old.log == entry.log { continue }
          let update = RunUpdate(entry.facts, log: entry.log, from: old?.curves ?? Curves(), to: entry.curves)
          messages.append(try Self.message("run", update))
          known[entry.facts.run] = entry
        }
        if now.allSatisfy({ ![.running, .queued].contains($0.facts.state) }) {
          messages.append("event: end\ndata: {}\n\n")
          try await writer.write(ByteBuffer(string: messages.joined()))
          return
        }
      }
      if messages.isEmpty, monotonicSeconds() - spoke > Self.heartbeat { messages.append(": still here\n\n") }
      if !messages.isEmpty {
        try await writer.write(ByteBuffer(string: messages.joined()))
        spoke = monotonicSeconds()
      }
      try await Self.pause()
    }
  }

  /// A second, but not much longer than the server is asked to stop.
  private static func pause() async throws {
    for _ in 0..<10 where StopSignal.number == nil { try await Task.sleep(nanoseconds: 100_000_000) }
  }

  static func listUpdate(_ store: Store) throws -> ListUpdate {
    let running = try store.runs(RunSelection(filters: [RunFilter("state=running")]))
    return ListUpdate(census: try store.census(), running: try running.map { try LiveRun($0, in: store) })
  }

  private static func message(_ event: String, _ value: some Encodable) throws -> String {
    "event: \(event)\ndata: \(String(decoding: try pageJSON(value), as: UTF8.self))\n\n"
  }
}
