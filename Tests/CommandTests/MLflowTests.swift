import Foundation
import Testing

/// A real MLflow server of this machine takes runs, and gives curves.
@Suite(.enabled(if: PythonTools.mlflow != nil, PythonTools.missing)) struct MLflowTests {
  /// A server on a free port with an SQLite file in a folder.
  final class Server {
    let process = Process()
    let url: String

    init(in folder: String) throws {
      let programs = PythonTools.mlflow ?? ""
      let port = try PythonTools.python(
        programs, "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])", in: folder
      ).output.trimmingCharacters(in: .newlines)
      url = "http://127.0.0.1:\(port)"
      process.executableURL = URL(fileURLWithPath: "\(programs)/mlflow")
      process.arguments = [
        "server", "--backend-store-uri", "sqlite:///\(folder)/mlflow.db", "--artifacts-destination",
        "\(folder)/artifacts",
        "--host", "127.0.0.1", "--port", port, "--workers", "1",
      ]
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"]) { $1 }
      let log = "\(folder)/server.log"
      _ = FileManager.default.createFile(atPath: log, contents: nil)
      process.standardOutput = FileHandle(forWritingAtPath: log)
      process.standardError = FileHandle(forWritingAtPath: log)
      process.standardInput = FileHandle.nullDevice
      try process.run()
      for _ in 0..<600 {
        guard process.isRunning else { break }
        if try PythonTools.run("/usr/bin/env", ["curl", "-fsS", "\(url)/health"], in: folder).code == 0 { return }
        usleep(500_000)
      }
      throw StartError(log: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
    }

    struct StartError: Error { var log: String }

    /// Ends it with all that it has started: its own end waits for them, and they for it.
    func stop() {
      let (pid, group) = (process.processIdentifier, getpgid(process.processIdentifier))
      kill(group == pid ? -pid : pid, SIGKILL)
      process.waitUntilExit()
    }
  }

  private static let look = """
    import json, sys
    from mlflow import MlflowClient
    client = MlflowClient(sys.argv[1])
    experiment = client.get_experiment_by_name("tiny")
    found = []
    for run in client.search_runs([experiment.experiment_id], order_by=["attributes.run_id"]):
        history = {}
        for key in run.data.metrics:
            history[key] = [[m.step, m.value] for m in client.get_metric_history(run.info.run_id, key)]
        found.append({"id": run.info.run_id, "name": run.info.run_name, "status": run.info.status,
          "params": run.data.params, "tags": {k: v for k, v in run.data.tags.items()}, "history": history,
          "artifacts": sorted(a.path for a in client.list_artifacts(run.info.run_id))})
    print(json.dumps(found, sort_keys=True))
    """

  private struct Run: Decodable {
    var id, name, status: String
    var params, tags: [String: String]
    var history: [String: [[Double]]]
    var artifacts: [String]
  }

  @Test func runsAreWrittenOnceWithEverything() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny + "sweep: {training.seed: [0, 1]}\n")
    #expect(
      try program("run", "tiny.yaml", "--profile", "quick", "--threads", "1").code == 0)
    let one = "small seed=0"
    let server = try Server(in: program.directory)
    defer { server.stop() }
    let first = try program("push", "mlflow", "--url", server.url, "--experiment", "tiny")
    #expect(first.code == 0, "\(first)")
    #expect(first.output.split(separator: "\n").count == 4 && !first.output.contains("unchanged"))
    let seen = try PythonTools.python(PythonTools.mlflow ?? "", Self.look, [server.url], in: program.directory)
    #expect(seen.code == 0, "\(seen.errors)")
    let runs = try JSONDecoder().decode([Run].self, from: Data(seen.output.utf8))
    // Four runs and a parent for the seeds of each network.
    #expect(runs.count == 6)
    let parents = runs.filter { $0.tags["vgglab.seeds"] != nil }
    #expect(parents.count == 2)
    let id = try program("query", "--csv", "SELECT run FROM run_summary WHERE trial = '\(one)'").output.split(
      separator: "\n")[1]
    let run = try #require(runs.first { $0.tags["vgglab.run"] == String(id) })
    #expect(run.status == "FINISHED" && run.name == one)
    #expect(run.params["training.learning_rate"] == "0.02" && run.params["training.seed"] == "0")
    #expect(parents.contains { $0.id == run.tags["mlflow.parentRunId"] })
    #expect(run.artifacts == ["configuration.json", "metrics.csv"])
    let lines = try program("export", one, "--format", "csv").output.split(separator: "\n").dropFirst()
    #expect(run.history.values.reduce(0) { $0 + $1.count } == lines.count)
    for line in lines {
      let cells = line.split(separator: ",").map(String.init)
      let points = run.history[cells[2]] ?? []
      #expect(points.contains { "\(Int($0[0]))" == cells[3] && $0[1] == Double(cells[5]) }, "\(line)")
    }
    // The same again changes nothing; a tag is written to the run that is there.
    let again = try program("push", "mlflow", "--url", server.url + "/", "--all")
    #expect(again.code == 0 && again.output.split(separator: "\n").allSatisfy { $0.contains("unchanged") }, "\(again)")
    #expect(
      try PythonTools.python(PythonTools.mlflow ?? "", Self.look, [server.url], in: program.directory).output
        == seen.output)
    #expect(try program("tag", one, "good").code == 0)
    let tagged = try program("push", "mlflow", "--url", server.url, one, "--json").output
    #expect(tagged.contains("\"action\" : \"updated\"") && tagged.contains(run.id), "\(tagged)")
    // And back: curves for a notebook.
    let cells = try program("import", "mlflow", "--url", server.url, "--experiment", "tiny", "--metric", "step_loss")
    #expect(cells.code == 0 && cells.output.contains("\"small seed=1\""), "\(cells)")
    let rows = cells.output.split(separator: "\n").filter { $0.prefixMatch(of: /\[\d+,\d+,\d+,/) != nil }
    #expect(rows.count == 4 * 2)
    #expect(try program("import", "mlflow", "--url", server.url, "--experiment", "none").code == 65)
    #expect(try program("push", "mlflow", "--url", server.url, "none").code == 66)
  }
}
