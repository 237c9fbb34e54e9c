import Foundation

extension Program {
  /// Runs the program with stdout on a terminal of so many columns.
  func onTerminal(_ arguments: [String], columns: Int, _ variables: [String: String] = [:]) throws -> Outcome {
    var program = self
    program.environment.merge(["TERM": "xterm", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"]) { $1 }
    program.environment.merge(variables) { $1 }
    let process = program.start(arguments)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.terminal, "\(columns)", Self.path] + arguments
    if variables["COLUMNS"] == nil { process.environment?["COLUMNS"] = nil }
    if variables["NO_COLOR"] == nil { process.environment?["NO_COLOR"] = nil }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus, output: String(decoding: data, as: UTF8.self).replacing("\r\n", with: "\n"),
      errors: "")
  }

  private static let terminal = """
    import fcntl, os, pty, struct, subprocess, sys, termios
    reader, writer = pty.openpty()
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
    process = subprocess.Popen(sys.argv[2:], stdout=writer)
    os.close(writer)
    data = b""
    while True:
        try:
            part = os.read(reader, 65536)
        except OSError:
            break
        if not part:
            break
        data += part
    sys.stdout.buffer.write(data)
    sys.exit(process.wait())
    """

  /// The widest line, without colors.
  static func width(_ text: String) -> Int {
    text.replacing(/\u{1B}\[[0-9;]*m/, with: "").split(separator: "\n").map(\.count).max() ?? 0
  }
}
