import Files
import Foundation
import Hummingbird
import Journals
import Processes
import Provenance
import Runs
import Store

/// Every page and every fact that is served.
struct Pages: Sendable {
  let settings: LivePageSettings
  let reader: StoreReader
  let streams: EventStreams

  func response(to route: Route, _ query: PageQuery, isHead: Bool) async throws -> Response {
    switch route {
    case .runs:
      let list = try RunListQuery(query)
      return Answer.html(try await reader.read { store in try RunListPage(list, in: store).html })
    case .run(let id):
      let folder = settings.store
      return Answer.html(
        try await reader.read { store in try RunPageContent(store.run(matching: id), in: store, folder: folder).html })
    case .compare:
      let names = try query.runs(most: EventStreams.mostRuns)
      return Answer.html(try await reader.read { store in try ComparePage(names, in: store).html })
    case .reports: return Answer.html(ReportsPage(BuiltReports(settings.store).facts).html)
    case .report(let folder, let file): return try report(folder, file)
    case .health: return Answer.html(HealthPage(try await health()).html)
    case .style: return Answer.bytes(Data(pageStyle.utf8), type: "text/css; charset=utf-8")
    case .script: return Answer.bytes(Data(pageScript.utf8), type: "text/javascript; charset=utf-8")
    case .icon: return Answer.bytes(Data(pageIcon.utf8), type: "image/svg+xml")
    default: return try await facts(route, query, isHead: isHead)
    }
  }

  private func facts(_ route: Route, _ query: PageQuery, isHead: Bool) async throws -> Response {
    switch route {
    case .apiRun(let id):
      return try Answer.json(try await reader.read { store in try details(of: store.run(matching: id), in: store) })
    case .apiCurves(let id):
      return try Answer.json(
        try await reader.read { store in
          let run = try store.run(matching: id)
          return RunCurves(run: try LiveRun(run, in: store), curves: try Curves(of: run.id, in: store))
        })
    case .apiLog(let id):
      let folder = settings.store
      let text = try await reader.read { store in logTail(store: folder, run: try store.run(matching: id).id).text }
      return Answer.bytes(Data(text.utf8), type: "text/plain; charset=utf-8")
    case .apiCompare:
      let names = try query.runs(most: EventStreams.mostRuns)
      return try Answer.json(
        try await reader.read { store in try compare(names.map { try store.run(matching: $0) }, in: store) })
    case .apiReports: return try Answer.json(BuiltReports(settings.store).facts)
    case .apiHealth: return try Answer.json(try await health())
    case .apiEvents:
      let runs = try query.runs(most: EventStreams.mostRuns)
      let known = try await reader.read { store in try runs.map { try store.run(matching: $0).id } }
      let headers: HTTPFields = [.contentType: "text/event-stream"]
      if isHead { return Response(status: .ok, headers: headers) }
      guard let body = streams.stream(of: known) else {
        throw RequestProblem(status: 503, reason: "\(EventStreams.most) pages are watching already; close some")
      }
      return Response(status: .ok, headers: headers, body: body)
    default:
      let list = try RunListQuery(query)
      return try Answer.json(
        try await reader.read { store in
          let page = try store.page(of: list.selection, offset: (list.page - 1) * list.size, size: list.size)
          return RunListFacts(
            total: page.total, page: list.page, size: list.size, runs: try page.runs.map { try LiveRun($0, in: store) }
          )
        })
    }
  }

  private func report(_ folder: PlainName, _ file: [PlainName]) throws -> Response {
    guard let data = BuiltReports(settings.store).file(folder, file), let name = file.last else {
      throw RequestProblem(
        status: 404, reason: "no built report has this file as vgglab wrote it; the page of reports lists what there is"
      )
    }
    let type = ReportFileType(name.text)
    var response = Answer.bytes(data, type: type.mediaType)
    response.headers[FieldName("Content-Security-Policy")!] = Answer.reportPolicy
    if !type.isShown {
      response.headers[FieldName("Content-Disposition")!] = "attachment; filename=\"\(name.text)\""
    }
    return response
  }

  private func health() async throws -> HealthFacts {
    let health = try await reader.health()
    let running = try await reader.read { store in
      try store.runs(RunSelection(filters: [RunFilter("state=running")])).count
    }
    var load = [Double](repeating: 0, count: 3)
    _ = getloadavg(&load, 3)
    return HealthFacts(
      vgglab_version: vgglabVersion, store: health, journal_problems: reader.problems, running: running, load: load,
      cores: Processor.cores, available_memory_bytes: Memory().available, streams: streams.openCount)
  }
}
