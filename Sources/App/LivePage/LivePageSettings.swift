import Files
import Foundation

/// Where the live page is served, and to whom.
package struct LivePageSettings: Sendable, Hashable {
  /// The store's folder.
  package let store: String
  /// The address that is listened on.
  package let host: String
  /// 0 for any free port.
  package let port: Int
  /// What a visitor must know; nil where everybody on this machine may look.
  package let token: String?

  /// Characters of the shortest token that is taken.
  package static let shortestToken = 16

  /// Beyond the loopback addresses there is always a token: one is generated where none is given. Throws ``LivePageError``.
  package init(store: String, host: String, port: Int, token: String?) throws(LivePageError) {
    let isName = (1...253).contains(host.utf8.count) && host.utf8.allSatisfy(Self.isHostByte)
    guard isName else { throw .badHost(host) }
    if let token {
      guard token.utf8.count >= Self.shortestToken else { throw .weakToken(bytes: token.utf8.count) }
      guard token.utf8.count <= 256, token.utf8.allSatisfy(Self.isTokenByte) else { throw .badToken }
    }
    self.store = store
    self.host = host
    self.port = port
    self.token = token ?? (Self.isLoopback(host) ? nil : randomDigits() + randomDigits())
  }

  /// Whether only programs of this machine reach an address.
  package static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" { return true }
    var four = in_addr()
    if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
    return host == "::1"
  }

  /// Whether a text is an address and not a name, which somebody else's server could give any address.
  static func isAddress(_ host: String) -> Bool {
    var (four, six) = (in_addr(), in6_addr())
    return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
  }

  /// The page's address, for people; `port` is the one that was found where any would do.
  package func address(port: Int) -> String {
    let shown =
      switch host {
      case "0.0.0.0", "::": Self.machineName ?? "localhost"
      default: host.contains(":") ? "[\(host)]" : host
      }
    return "http://\(shown):\(port)/" + (token.map { "?token=\($0)" } ?? "")
  }

  /// The names under which the page may be asked for, in lower case: others may lead a browser here that was given a wrong
  /// address for its own name.
  func allows(host asked: String) -> Bool {
    let name = asked.lowercased()
    if ["localhost", "127.0.0.1", "::1"].contains(name) || name == host.lowercased() { return true }
    guard !Self.isLoopback(host) else { return false }
    if Self.isAddress(name) { return true }
    guard let machine = Self.machineName?.lowercased() else { return false }
    return name == machine || name == "\(machine).local"
  }

  /// The machine's own name; nil where it has none that an address can carry.
  private static let machineName: String? = {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0 else { return nil }
    let name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return !name.isEmpty && name.utf8.allSatisfy(isHostByte) ? name : nil
  }()

  private static func isHostByte(_ byte: UInt8) -> Bool {
    isTokenByte(byte) && byte != UInt8(ascii: "~") || byte == UInt8(ascii: ":")
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
    default: false
    }
  }
}
