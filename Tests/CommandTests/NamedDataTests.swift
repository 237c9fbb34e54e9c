import Foundation
import Testing

/// `mistakes` and `doctor` where a file, a folder or a store is named: images go into PNG files alone, and
/// what was named has to be there.
@Suite struct NamedDataTests {
  @Test(arguments: [
    ["mistakes", "a", "-o", "x.svg"], ["mistakes", "a", "-o", "own.yaml"], ["mistakes", "a", "-o", "x"],
    ["doctor", "--data", "a", "-o", "z.svg"], ["doctor", "--data", "a", "-o", "own.yaml"],
  ])
  func imagesGoIntoFilesThatAreCalledSo(arguments: [String]) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("own.yaml", Samples.tiny)
    let outcome = try program.run(arguments)
    #expect(outcome.code == 64 && outcome.output.isEmpty, "\(outcome)")
    #expect(outcome.errors.contains("-o is '\(arguments.last ?? "")'; end the name with .png"), "\(outcome)")
    #expect(try String(contentsOfFile: "\(program.directory)/own.yaml", encoding: .utf8) == Samples.tiny)
    #expect(!program.exists("x") && !program.exists("x.svg") && !program.exists("z.svg"))
  }

  @Test func otherWaysForImagesStayOpen() throws {
    let program = try Program()
    defer { program.remove() }
    try OwnImages.writeFolder("\(program.directory)/shapes", train: 2, test: 1)
    for output in ["X.PNG", "/dev/null"] {
      let outcome = try program("doctor", "--data", "shapes", "-o", output)
      #expect(outcome.code == 0 && outcome.output.contains("image-folder"), "\(outcome)")
    }
    #expect(program.exists("X.PNG"))
  }

  @Test func doctorLooksAtWhatWasNamed() throws {
    let program = try Program()
    defer { program.remove() }
    for arguments in [["--data", ""], ["--data=", "--json"]] {
      let outcome = try program.run(["doctor"] + arguments)
      #expect(outcome.code == 64 && outcome.output.isEmpty && outcome.errors.contains("--data is empty"), "\(outcome)")
    }
    for arguments in [["--data=nope"], ["--data=nope", "--json"], ["--data", "nope", "--json"]] {
      let outcome = try program.run(["doctor"] + arguments)
      #expect(outcome.code == 66 && outcome.errors.contains("there is no folder nope"), "\(outcome)")
    }
    for more in [[], ["--json"], ["--rebuild"]] {
      let outcome = try program.run(["doctor", "--store", "nope"] + more)
      #expect(outcome.code == 66 && outcome.output.isEmpty, "\(outcome)")
      #expect(outcome.errors.contains("nope: there is no store"), "\(outcome)")
    }
    #expect(!program.exists("nope"))
    // The usual place, and the one that a variable names for all commands, may have none yet.
    #expect(try !program("doctor").errors.contains("there is no store"))
    var other = program
    other.environment["VGGLAB_STORE"] = "later"
    #expect(try !other("doctor").errors.contains("there is no store") && !program.exists("later"))
  }

  @Test func dataThatWasNamedHasToBeThere() throws {
    let program = try PredictTests.gray()
    defer { program.remove() }
    try FileManager.default.createDirectory(atPath: "\(program.directory)/empty", withIntermediateDirectories: true)
    for (arguments, code, sentence) in [
      (["--data", "nope"], 66, "there is no folder nope"), (["--data", "nope", "-o", "x.png"], 66, "no folder nope"),
      (["--data", "empty"], 66, "empty"), (["--data", "empty", "--json"], 66, "empty"),
      (["--data", ""], 64, "--data is empty"), (["--data", "", "-o", "x.png"], 64, "--data is empty"),
    ] {
      let outcome = try program.run(["mistakes", "shapes"] + arguments)
      #expect(outcome.code == Int32(code) && outcome.output.isEmpty, "\(arguments): \(outcome)")
      #expect(outcome.errors.contains(sentence), "\(arguments): \(outcome)")
    }
    #expect(!program.exists("x.png"))
    // Elsewhere, and where nobody has named it.
    try FileManager.default.moveItem(atPath: "\(program.directory)/data", toPath: "\(program.directory)/moved")
    let moved = try program("mistakes", "shapes", "--data", "moved", "-o", "x.png")
    #expect(moved.code == 0 && moved.errors.isEmpty && program.exists("x.png"), "\(moved)")
    let without = try program("mistakes", "shapes")
    #expect(without.code == 0 && without.errors.contains("the test images cannot be read"), "\(without)")
  }
}
