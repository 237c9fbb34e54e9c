import Foundation
import Testing

/// The live page in a real browser.
@Suite struct LivePageBrowserTests {
  /// Runs the steps of `scripts/drive-browser`; the results of its `eval` steps.
  static func drive(_ arguments: [String]) throws -> (code: Int32, results: [Any], complaints: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "\(Program.root)/scripts/drive-browser")
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let results = try text.split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
    }
    return (process.terminationStatus, results, complaints)
  }

  /// A training that lasts until it is stopped.
  static let long = """
    schema: 1
    experiment: long
    question: Do the curves grow?
    dataset: {name: synthetic, resize: 32, train: 64, test: 32}
    network: {arch: vgg11, ratio: 32}
    training: {epochs: 20000, batch_size: 16, learning_rate: 0.01, seed: 3}
    trials:
      - name: patient

    """

  @Test func curvesGrowUnderARunningTraining() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("long.yaml", Self.long)
    let training = program.start(["run", "long.yaml"])
    training.standardOutput = FileHandle.nullDevice
    training.standardError = FileHandle.nullDevice
    try training.run()
    defer {
      if training.isRunning { training.terminate() }
      training.waitUntilExit()
    }
    while !program.exists(".vgglab/runs") { usleep(100_000) }
    let server = try LiveServer(program)
    defer { server.stop() }
    let points = "Number(document.querySelector('figure.chart')?.dataset.points || 0)"
    let found = try Self.drive([
      server.address, "wait:document.querySelector('.badge.running')", "wait:document.querySelector('#link.live')",
      "eval:document.querySelector('td[data-field=epochs]').textContent",
      "wait:document.querySelector('td[data-field=epochs]').textContent.startsWith('0.00') === false",
      // To the run by the keyboard alone.
      "key:j", "eval:document.activeElement.textContent", "key:Enter", "wait:location.pathname.startsWith('/runs/')",
      "wait:document.querySelector('#link.live') && \(points) > 3", "eval:window.first = \(points)",
      "wait:\(points) > window.first + 4", "eval:\(points)",
      "eval:document.querySelector('figure.chart svg').getAttribute('aria-label')",
    ])
    #expect(found.code == 0, "\(found)")
    try #require(found.results.count == 5)
    #expect(found.results[1] as? String == "patient")
    #expect(found.results[3] as? Int ?? 0 > (found.results[2] as? Int ?? 0) + 4)
    #expect((found.results[4] as? String)?.hasPrefix("Loss: training loss goes from ") == true)
  }

  @Test func keysPhonesAndTheDark() throws {
    let (program, server) = try ServeTests.served()
    defer { program.remove() }
    defer { server.stop() }
    let desk = try Self.drive([
      server.address, "key:?", "eval:document.querySelector('dialog').open", "key:Escape",
      "eval:document.querySelector('dialog').open", "key:/", "eval:document.activeElement.id", "key:Escape",
      "key:j", "key:x", "key:j", "key:x", "key:k", "eval:document.querySelectorAll('#rows input:checked').length",
      "key:c", "wait:location.pathname === '/compare' && document.querySelectorAll('figure.chart').length === 4",
      "wait:Number(document.querySelector('figure.chart').dataset.points) > 0",
      "eval:document.querySelectorAll('.legend li').length", "key:u", "wait:location.pathname === '/'",
    ])
    #expect(desk.code == 0, "\(desk)")
    #expect(desk.results.map { "\($0)" } == ["1", "0", "search", "2", "8"], "\(desk.results)")
    let run = try server.get("/api/runs").json(ServeTests.Listed.self).runs.map(\.run)
    let width = "eval:[innerWidth, document.documentElement.scrollWidth]"
    var steps = ["--width", "390", "--height", "844", server.address, width]
    for page in ["runs/\(run[0])", "compare?run=\(run[0])&run=\(run[1])", "health", "reports"] {
      steps += ["goto:\(server.address)\(page)", width]
    }
    let phone = try Self.drive(steps)
    #expect(phone.code == 0 && phone.results.count == 5, "\(phone)")
    for result in phone.results { #expect(result as? [Int] == [390, 390], "\(phone.results)") }
    let paper = "eval:getComputedStyle(document.body).backgroundColor"
    #expect(try Self.drive([server.address, paper]).results.first as? String == "rgb(253, 253, 251)")
    #expect(try Self.drive(["--dark", server.address, paper]).results.first as? String == "rgb(20, 23, 29)")
  }
}
