import Foundation
import Testing

/// How the program starts its workers, and how signals and limits reach them.
@Suite struct StartStopTests {
  static let sweep = Samples.tiny.replacingOccurrences(of: "ratio: 32}", with: "ratio: 64, hidden: 16}")
    .replacingOccurrences(of: "ratio: 64}}", with: "ratio: 64, hidden: 24}}")
  static let long = sweep.replacingOccurrences(of: "epochs: 2", with: "epochs: 20000")

  /// A shell that runs a script in the program's folder, its output in files; `$P` is the program.
  final class Shell {
    let process = Process()
    private let program: Program
    private let file: String

    init(_ program: Program, _ script: String) throws {
      self.program = program
      file = "\(program.directory)/.shell-\(UUID().uuidString)"
      _ = FileManager.default.createFile(atPath: file, contents: nil)
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-c", script]
      process.currentDirectoryURL = URL(fileURLWithPath: program.directory)
      var variables = ProcessInfo.processInfo.environment
      for name in ["VGGLAB_STORE", "VGGLAB_DATA", "XDG_DATA_HOME"] { variables[name] = nil }
      process.environment = variables.merging(["P": Program.path]) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle(forWritingAtPath: file)
      process.standardError = process.standardOutput
      try process.run()
    }

    deinit { if process.isRunning { kill(-process.processIdentifier, SIGKILL) } }

    var text: String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }

    func wait(for words: String) throws {
      for _ in 0..<6000 where !text.contains(words) && process.isRunning { usleep(10_000) }
      try #require(text.contains(words), "'\(words)' never came:\n\(text)")
    }

    func end() -> Int32 {
      process.waitUntilExit()
      return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }
  }

  private static func states(_ program: Program) throws -> [String] {
    let list = try program("list", "--json")
    let facts = try #require(JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
    return facts.compactMap { $0["state"] as? String }
  }

  /// A process's state and its children, from /proc.
  private static func state(_ id: pid_t) -> String? {
    let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
    return stat?.split(separator: ")").last?.split(separator: " ").first.map(String.init)
  }

  private static func children(_ id: pid_t) -> [pid_t] {
    let text = try? String(contentsOfFile: "/proc/\(id)/task/\(id)/children", encoding: .utf8)
    return text?.split(separator: " ").compactMap { pid_t($0) } ?? []
  }

  private static func until(_ holds: () -> Bool) -> Bool {
    for _ in 0..<3000 {
      if holds() { return true }
      usleep(10_000)
    }
    return holds()
  }

  /// The program's file is moved, replaced or removed while the first trial is trained.
  @Test(arguments: ["rm copy/vgglab", "mv copy/vgglab copy/old", "cp /bin/false copy/new; mv copy/new copy/vgglab"])
  func theProgramOutlivesItsFile(change: String) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("sweep.yaml", Self.sweep)
    try FileManager.default.createDirectory(atPath: "\(program.directory)/copy", withIntermediateDirectories: true)
    try FileManager.default.linkItem(atPath: Program.path, toPath: "\(program.directory)/copy/vgglab")
    let shell = try Shell(
      program,
      """
      copy/vgglab run sweep.yaml --no-smoke 2> >(while read -r line; do echo "$line"; case "$line" in \
      "small: starts"*) \(change);; esac; done)
      """)
    #expect(shell.end() == 0, "\(shell.text)")
    #expect(try Self.states(program) == ["completed", "completed"], "\(shell.text)")
  }

  @Test func aFolderOfAnyNameWillDo() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("sweep.yaml", Self.sweep)
    let shell = try Shell(
      program,
      """
      D=$(printf 'w\\377k'); mkdir "$D" && cp sweep.yaml "$D" && cd "$D" && cp "$P" vgglab && ./vgglab run sweep.yaml && \
      ./vgglab list --filter state=completed && rm vgglab
      """)
    #expect(shell.end() == 0, "\(shell.text)")
    #expect(!shell.text.contains("Error Domain"), "\(shell.text)")
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func whatWasIgnoredStaysIgnored(signal: Int32) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("long.yaml", Self.long)
    let shell = try Shell(
      program, "trap '' \(signal); exec \"$P\" run long.yaml --only small --threads 1 --time-limit 5s")
    try shell.wait(for: "train acc")
    let id = shell.process.processIdentifier
    let worker = try #require(Self.children(id).first)
    for process in [id, worker] { kill(process, signal) }
    // It goes on to its time limit, and that ends it all the same.
    #expect(shell.end() == 75, "\(shell.text)")
    #expect(shell.text.contains("time limit of 5.0 s"), "\(shell.text)")
  }

  @Test func aHangUpEndsAsSIGTERMDoes() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("long.yaml", Self.long)
    let shell = try Shell(program, "exec \"$P\" run long.yaml --only small --threads 1")
    try shell.wait(for: "train acc")
    kill(-shell.process.processIdentifier, SIGHUP)
    #expect(shell.end() == 75, "\(shell.text)")
    #expect(shell.text.contains("stopped by SIGHUP"), "\(shell.text)")
    #expect(try Self.states(program) == ["interrupted"])
  }

  /// Sent to the program alone, and to its group as a terminal sends it.
  @Test(arguments: [false, true]) func ctrlZPausesTheWorkerToo(group: Bool) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("long.yaml", Self.long)
    // Behind a shell that stays, the group is no orphan: those the kernel does not stop.
    let shell = try Shell(
      program,
      "set -m; \"$P\" run long.yaml --only small --threads 1 & echo \"id=$!=\"; set +m; sleep 300"
    )
    try shell.wait(for: "train acc")
    let id = try #require(shell.text.split(separator: "=").dropFirst().first.flatMap { pid_t($0) })
    let worker = try #require(Self.children(id).first)
    kill(group ? -id : id, SIGTSTP)
    #expect(
      Self.until { Self.state(id) == "T" && Self.state(worker) == "T" },
      "\(shell.text)")
    kill(group ? -id : id, SIGCONT)
    #expect(Self.until { Self.state(id) != "T" && Self.state(worker) != "T" }, "\(shell.text)")
    kill(id, SIGTERM)
    #expect(Self.until { Self.state(id) == nil || Self.state(id) == "Z" }, "\(shell.text)")
    #expect(try Self.states(program) == ["interrupted"], "\(shell.text)")
  }

  @Test(arguments: [8, 16, 24, 32]) func tooFewFilesIsASentence(limit: Int) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("sweep.yaml", Self.sweep)
    let shell = try Shell(program, "ulimit -n \(limit); exec \"$P\" run sweep.yaml")
    #expect(shell.end() == 74)
    #expect(
      shell.text == """
        vgglab: only \(limit) files may be open at once, and 40 are needed; raise the limit: `ulimit -n 1024`

        """)
    #expect(!program.exists(".vgglab"))
  }

  @Test(arguments: [250_000, 300_000, 400_000]) func tooLittleAddressSpaceIsASentence(limit: Int) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("sweep.yaml", Self.sweep)
    let shell = try Shell(program, "ulimit -v \(limit); exec \"$P\" run sweep.yaml")
    #expect(shell.end() == 74, "\(shell.text)")
    #expect(shell.text.contains("only \(limit) kB of address space may be used"), "\(shell.text)")
    #expect(!program.exists(".vgglab"))
  }

  /// A soft limit is no limit for a program that may raise it.
  @Test func aSoftLimitOfFilesIsRaised() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("sweep.yaml", Self.sweep)
    let shell = try Shell(program, "ulimit -Sn 16; exec \"$P\" run sweep.yaml --only small")
    #expect(shell.end() == 0, "\(shell.text)")
  }
}
