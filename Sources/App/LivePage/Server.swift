import Files
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Processes
import Store
import Synchronization

/// Serves the live page until the process is asked to stop by a signal.
///
/// `announce` gets the page's address once it can be opened. Throws ``LivePageError`` and `StoreError`.
package func serveLivePage(_ settings: LivePageSettings, announce: @escaping @Sendable (String) -> Void) throws {
  let reader = try StoreReader(settings.store)
  let streams = EventStreams(reader, store: settings.store)
  let responder = PageResponder(
    gate: RequestGate(settings: settings, session: randomDigits() + randomDigits()),
    pages: Pages(settings: settings, reader: reader, streams: streams))
  let connections = WaitingConnections()
  // All messages are the program's own.
  let silent = Logger(label: "vgglab") { _ in SwiftLogNoOpLogHandler() }
  let application = Application(
    responder: responder,
    server: .http1(
      configuration: .init(
        additionalChannelHandlers: [ConnectionHandler(connections)], idleTimeout: .seconds(30),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)
      )),
    configuration: ApplicationConfiguration(
      address: .hostname(settings.host, port: settings.port), serverName: nil, backlog: 128,
      availableConnectionsDelegate: MaximumAvailableConnections(2 * WaitingConnections.most, logger: silent)),
    onServerRunning: { channel in announce(settings.address(port: channel.localAddress?.port ?? settings.port)) },
    logger: silent)
  StopSignal.listen()
  let outcome = Mutex<(any Error)?>(nil)
  let ended = DispatchSemaphore(value: 0)
  let serving = Task {
    do {
      try await application.runService(gracefulShutdownSignals: [])
    } catch { outcome.withLock { $0 = error } }
    ended.signal()
  }
  while ended.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
    guard StopSignal.number != nil else { continue }
    serving.cancel()
    // Whoever still waits for an answer then is left without it.
    _ = ended.wait(timeout: .now() + .seconds(2))
    return
  }
  if let error = outcome.withLock({ $0 }), StopSignal.number == nil { throw LivePageError(error, settings) }
}

extension LivePageError {
  /// Why nobody could be listened to.
  fileprivate init(_ error: any Error, _ settings: LivePageSettings) {
    if let error = error as? IOError, error.errnoCode == EADDRINUSE {
      self = .portInUse(host: settings.host, port: settings.port)
    } else {
      let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "no such address"
      self = .cannotListen(host: settings.host, port: settings.port, reason: reason)
    }
  }
}
