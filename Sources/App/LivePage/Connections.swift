import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Synchronization

/// Connections without a request in progress: where too many wait, the one that has waited longest is closed.
final class WaitingConnections: Sendable {
  private struct State {
    var newest: UInt64 = 0
    var waiting: [UInt64: any Channel] = [:]
  }

  /// Half of the connections that the server accepts at a time, so that others are never kept out.
  static let most = 128

  private let state = Mutex(State())

  /// Adds a connection and returns its number.
  func add(_ channel: any Channel) -> UInt64 {
    let number = state.withLock { state -> UInt64 in
      state.newest += 1
      state.waiting[state.newest] = channel
      return state.newest
    }
    // Closed after the lock is released: a connection that closes removes itself.
    removeOldestOfTooMany()?.close(mode: .all, promise: nil)
    return number
  }

  /// Removes a connection that has a request now, or is closed.
  func remove(_ number: UInt64) {
    state.withLock { state in state.waiting[number] = nil }
  }

  private func removeOldestOfTooMany() -> (any Channel)? {
    state.withLock { state -> (any Channel)? in
      guard state.waiting.count > Self.most, let oldest = state.waiting.keys.min() else { return nil }
      return state.waiting.removeValue(forKey: oldest)
    }
  }
}

/// Bounds how long a connection may wait: for its first request, and for a reader of events who is gone.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// Seconds from a connection's start to the end of its first request's header fields.
  static let headSeconds: Int64 = 5

  private let connections: WaitingConnections
  /// The number among the waiting connections; nil while a request is in progress.
  private var number: UInt64?
  private var requests = 0
  private var timeout: Scheduled<Void>?
  /// Whether the answer in progress is a stream of events.
  private var isStream = false

  init(_ connections: WaitingConnections) { self.connections = connections }

  func handlerAdded(context: ChannelHandlerContext) {
    let pipeline = context.channel.pipeline.syncOperations
    do {
      let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
      try pipeline.addHandler(AbsoluteTargetHandler(), position: .before(codec))
    } catch {
      context.close(promise: nil)
      return
    }
    if context.channel.isActive { start(context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { stopWaiting() }

  func channelActive(context: ChannelHandlerContext) {
    start(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    stopWaiting()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head = unwrapInboundIn(data) {
      requests += 1
      isStream = false
      stopWaiting()
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      isStream = head.headerFields[.contentType]?.hasPrefix("text/event-stream") ?? false
    case .end:
      requests = max(0, requests - 1)
      if requests == 0, number == nil, context.channel.isActive { number = connections.add(context.channel) }
    case .body: break
    }
    context.write(data, promise: promise)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // Nobody reads a stream any more whose other side is closed; other requests are still answered.
    if let event = event as? ChannelEvent, event == .inputClosed, isStream, requests > 0 {
      context.close(promise: nil)
    }
    context.fireUserInboundEventTriggered(event)
  }

  private func start(_ context: ChannelHandlerContext) {
    guard number == nil, requests == 0 else { return }
    let channel = context.channel
    timeout = context.eventLoop.scheduleTask(in: .seconds(Self.headSeconds)) { channel.close(mode: .all, promise: nil) }
    number = connections.add(channel)
  }

  private func stopWaiting() {
    timeout?.cancel()
    timeout = nil
    if let number { connections.remove(number) }
    number = nil
  }
}

/// Takes the host of a request target such as `http://HOST/PATH` for the Host field's value, as RFC 9112 (3.2.2) asks.
final class AbsoluteTargetHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data), !head.uri.hasPrefix("/"), head.headers["Host"].count == 1
    else {
      context.fireChannelRead(data)
      return
    }
    // Without a host the field is empty, which is refused.
    var host = ""
    if let mark = head.uri.range(of: "://") {
      host = String(head.uri[mark.upperBound...].prefix { !"/?#".contains($0) })
    }
    head.headers.replaceOrAdd(name: "Host", value: host)
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }
}
