import Foundation
import Testing

/// A repository names programs in its configuration; `vgglab run` starts none of them.
@Suite struct GitConfigurationTests {
  /// Settings that make git run a program, `RUN` in its place, with the attributes that they need.
  static let attacks: [(name: String, config: [(String, String)], attributes: String)] = [
    ("monitor", [("core.fsmonitor", "RUN")], ""),
    ("text converter", [("diff.x.textconv", "RUN")], "* diff=x\n"),
    ("diff driver", [("diff.x.command", "RUN")], "* diff=x\n"),
    ("external diff", [("diff.external", "RUN")], ""),
    ("clean filter", [("filter.x.clean", "RUN"), ("filter.x.required", "true")], "* filter=x\n"),
    ("filter process", [("filter.x.process", "RUN"), ("filter.x.required", "true")], "* filter=x\n"),
    ("smudge filter", [("filter.x.smudge", "RUN")], "* filter=x\n"),
    ("pager", [("core.pager", "RUN"), ("pager.diff", "RUN"), ("pager.rev-parse", "RUN")], ""),
    ("aliases", [("alias.diff", "!RUN"), ("alias.rev-parse", "!RUN"), ("alias.ls-files", "!RUN")], ""),
    ("interactive filter", [("interactive.diffFilter", "RUN"), ("core.editor", "RUN")], ""),
    (
      "transports of a partial clone",
      [
        ("extensions.partialClone", "o"), ("core.repositoryFormatVersion", "1"), ("remote.o.url", "ext::RUN"),
        ("remote.o.promisor", "true"), ("protocol.ext.allow", "always"), ("core.sshCommand", "RUN"),
        ("core.gitProxy", "RUN"), ("credential.helper", "!RUN"),
      ], ""
    ),
    ("hooks", [("core.hooksPath", "tools/hooks")], ""),
    ("included settings", [("include.path", "more")], "* diff=x filter=x\n"),
  ]

  @Test(arguments: attacks.map(\.name))
  func noProgramOfTheFolderRuns(name: String) throws {
    let attack = try #require(Self.attacks.first { $0.name == name })
    let program = try Git.program()
    defer { program.remove() }
    let mark = "\(program.directory)/.vgglab-mark"
    let tool = try program.write("tools/run", "#!/bin/sh\ntouch '\(mark)'\ncat\n")
    chmod(tool, 0o755)
    try Git.run(program, "add", ".")
    try Git.run(program, "commit", "-q", "-m", "More")
    // Behind the commit: this git would run them.
    try program.write(".git/info/attributes", attack.attributes)
    try program.write(".gitattributes", attack.attributes)
    try program.write(
      ".git/more",
      "[filter \"x\"]\n\tclean = \(tool)\n[diff \"x\"]\n\ttextconv = \(tool)\n[core]\n\tfsmonitor = \(tool)\n")
    for (key, value) in attack.config {
      try Git.run(program, "config", key, value.replacing("RUN", with: tool))
    }
    for hook in name != "hooks"
      ? [] : ["post-index-change", "fsmonitor-watchman", "reference-transaction", "pre-auto-gc"]
    {
      try program.write("tools/hooks/\(hook)", "#!/bin/sh\ntouch '\(mark)'\n")
      chmod("\(program.directory)/tools/hooks/\(hook)", 0o755)
    }
    if name.hasPrefix("transports") {
      // An object that only a remote could give.
      let blob = try Git.run(program.directory, ["rev-parse", "HEAD:notes.txt"]).trimmingCharacters(in: .newlines)
      try FileManager.default.removeItem(
        atPath: "\(program.directory)/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")
    }
    try program.write("notes.txt", "changed\n")
    try? FileManager.default.removeItem(atPath: mark)
    let outcome = try program("run", "tiny.yaml", "--only", "small", "--set", "training.epochs=0")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(!program.exists(".vgglab-mark"))
    if !name.hasPrefix("transports") {
      #expect(String(decoding: try Git.keptPatch(program), as: UTF8.self).contains("+changed"))
    }
  }

  /// A program called git in the folder, and variables of git, are not heard.
  @Test func neitherPathNorVariablesLeadElsewhere() throws {
    var program = try Git.program()
    defer { program.remove() }
    let tool = try program.write("git", "#!/bin/sh\ntouch .vgglab-mark\n")
    chmod(tool, 0o755)
    try program.write("notes.txt", "changed\n")
    program.environment = [
      "PATH": ".:\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")",
      "GIT_EXTERNAL_DIFF": tool, "GIT_DIR": "/nonexistent", "GIT_INDEX_FILE": "/nonexistent", "GIT_CONFIG_COUNT": "1",
      "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": tool, "GIT_PAGER": tool,
      "GIT_TRACE": "\(program.directory)/.vgglab-mark",
    ]
    #expect(try program("run", "tiny.yaml", "--only", "small", "--set", "training.epochs=0").code == 0)
    #expect(!program.exists(".vgglab-mark"))
    #expect(String(decoding: try Git.keptPatch(program), as: UTF8.self).contains("+changed"))
  }
}
