import ExactJSON
import Foundation
import Processes

/// MLflow's REST interface (https://mlflow.org/docs/latest/rest-api.html), as far as runs are written and curves are read.
package struct MLflowServer: Sendable {
  let client: HTTPClient

  package init(client: HTTPClient) { self.client = client }

  /// A page of a list that the server gives in pieces.
  static let pageLimit = 1_000

  /// Calls a method, and gives its answer; nil where the server says that there is no such thing.
  ///
  /// Throws ``ExchangeError``.
  func call(
    _ method: String, _ path: String, query: [(String, String)] = [], _ body: JSONValue? = nil
  ) throws -> JSONValue? {
    let answer = try client.ask(
      method, "api/2.0/mlflow/\(path)", query: query, body: body.map { Data($0.json.utf8) })
    let found = try? readJSON(answer.body, limit: HTTPClient.answerLimit)
    if answer.status == 200 {
      guard let found, found.members != nil else {
        throw ExchangeError.badAnswer(address: client.address, reason: "'\(path)' is no JSON object")
      }
      return found
    }
    if answer.status == 404, found?["error_code"]?.text == "RESOURCE_DOES_NOT_EXIST" { return nil }
    let message = found?["message"]?.text ?? ""
    throw ExchangeError.refused(
      address: "\(client.address): \(path)", status: answer.status,
      message: String((message.split(separator: "\n").first ?? "").prefix(300)))
  }

  /// The same for what must be there.
  func need(
    _ method: String, _ path: String, query: [(String, String)] = [], _ body: JSONValue? = nil
  ) throws -> JSONValue {
    guard let found = try call(method, path, query: query, body) else {
      throw ExchangeError.badAnswer(address: client.address, reason: "'\(path)' finds nothing")
    }
    return found
  }

  /// A member of an answer that must be a text.
  func text(_ value: JSONValue?, _ name: String) throws -> String {
    guard let text = value?.text else {
      throw ExchangeError.badAnswer(address: client.address, reason: "there is no \(name)")
    }
    return text
  }

  /// The id of an experiment by its name; nil where there is none.
  func experiment(named name: String) throws -> String? {
    guard let found = try call("GET", "experiments/get-by-name", query: [("experiment_name", name)]) else { return nil }
    guard found["experiment"]?["lifecycle_stage"]?.text != "deleted" else {
      throw ExchangeError.refused(
        address: client.address, status: 200,
        message: "experiment '\(name)' is deleted there; restore it (mlflow experiments restore) or rename it")
    }
    return try text(found["experiment"]?["experiment_id"], "experiment id")
  }

  /// The names of the server's experiments, as far as it lists them; empty where it does not.
  func experimentNames() -> [String] {
    let body: JSONValue = .object([.init("max_results", .integer(Int64(Self.pageLimit)))])
    let found = try? call("POST", "experiments/search", body)
    return (found?["experiments"]?.array ?? []).compactMap { $0["name"]?.text }.filter { !$0.isEmpty }
  }

  /// All runs of an experiment that a filter lets through, at most `limit`; with `isFirstEnough` no more pages than bring one.
  func runs(experiment: String, filter: String, limit: Int, isFirstEnough: Bool = false) throws -> [JSONValue] {
    var found: [JSONValue] = []
    var token: String?
    var pages = PageBound(server: client.address)
    repeat {
      var members: [JSONValue.Member] = [
        .init("experiment_ids", .array([.text(experiment)])), .init("filter", .text(filter)),
        .init("max_results", .integer(Int64(Self.pageLimit))), .init("order_by", .array(["attributes.start_time ASC"])),
      ]
      if let token { members.append(.init("page_token", .text(token))) }
      let answer = try need("POST", "runs/search", .object(members))
      let runs = answer["runs"]?.array ?? []
      found += runs
      token = try pages.token(answer, isEmpty: runs.isEmpty)
      guard found.count <= limit else {
        throw ExchangeError.tooMany(
          what: "runs in the experiment", count: found.count, limit: limit, remedy: "choose with --filter")
      }
    } while token != nil && !(isFirstEnough && !found.isEmpty)
    return found
  }
}

/// Bounds a list that a server gives in pages, so that it ends whatever the server answers.
struct PageBound {
  /// More pages than any list has that is read.
  static let most = 1_000
  /// Pages one behind the other that bring nothing.
  static let mostEmpty = 10
  /// For all pages of a list.
  static let seconds = 600.0

  let server: String
  private var pages = 0
  private var empty = 0
  private let deadline = monotonicSeconds() + PageBound.seconds

  init(server: String) { self.server = server }

  /// The token of the next page; nil behind the last. Throws ``ExchangeError/badAnswer(address:reason:)`` for a list without end.
  mutating func token(_ answer: JSONValue, isEmpty: Bool) throws(ExchangeError) -> String? {
    guard let token = answer["next_page_token"]?.text, !token.isEmpty else { return nil }
    pages += 1
    empty = isEmpty ? empty + 1 : 0
    let reason: String? =
      if empty >= Self.mostEmpty {
        "it announces a next page again and again, and the last \(empty) had nothing"
      } else if pages >= Self.most {
        "a list has more than \(Self.most) pages"
      } else if monotonicSeconds() >= deadline {
        "a list did not end in \(Int(Self.seconds)) s"
      } else {
        nil
      }
    if let reason { throw .badAnswer(address: server, reason: reason) }
    return token
  }
}

/// A number as Protocol Buffers' JSON has it: what is not finite is a text.
func mlflowNumber(_ value: Double) -> JSONValue {
  value.isFinite ? .real(value) : .text(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
}

/// A list of keys and values, as many methods take them.
func mlflowPairs(_ pairs: [(name: String, value: String)]) -> JSONValue {
  .array(pairs.map { .object([.init("key", .text($0.name)), .init("value", .text($0.value))]) })
}
