import Foundation
import Testing

/// Checking pages and archives with the program.
@Suite struct VerifyCommandTests {
  static let notebook = """
    ---
    title: Two nets
    lang: en
    ---

    ```{query best}
    SELECT max(test_accuracy) AS accuracy, count(*) AS trials FROM trial_summary WHERE experiment = 'tiny'
    ```

    The best of {{best.trials | %d}} nets has {{best.accuracy | percent}}.

    ```{bars accuracies}
    --| caption: Test accuracy.
    SELECT trial AS "group", 'accuracy' AS series, test_accuracy AS value FROM trial_summary WHERE experiment = 'tiny'
    ORDER BY trial
    ```

    """

  @Test func aPageIsCheckedExtractedAndAskedForItsFigures() throws {
    let program = try LookTests.finished("--set", "training.epochs=1")
    defer { program.remove() }
    try program.write("nets.md", Self.notebook)
    #expect(try program("report", "nets.md", "--check", "--out", "out").code == 2)
    #expect(!program.exists("out"))
    #expect(try program("report", "nets.md", "--out", "out").code == 0)
    #expect(try program("report", "nets.md", "--check", "--out", "out").code == 0)
    let green = try program("verify", "out/index.html")
    #expect(green.code == 0 && green.output.contains("numbers verified, 0 stale, 0 unbound\n"), "\(green)")
    let folder = try program("verify", "out", "--store", ".vgglab", "--json")
    #expect(folder.code == 0 && folder.output.contains("\"stale\" : 0"), "\(folder)")
    // Where it is copied to, no store is near.
    let page = try String(contentsOfFile: "\(program.directory)/out/index.html", encoding: .utf8)
    try program.write("elsewhere/page.html", page.replacing("The best of", with: "The worst of"))
    let red = try program("verify", "elsewhere/page.html")
    #expect(red.code == 2 && red.output.contains("The worst of") && red.output.contains("The best of"), "\(red)")
    try program.write("bare.html", "<html></html>")
    #expect(try program("verify", "bare.html").code == 65)
    #expect(try program("verify", "none.html").code == 66)

    let extracted = try program("extract", "out/index.html", "-o", "evidence")
    #expect(extracted.output.split(separator: "\n").contains("evidence/evidence.sqlite"), "\(extracted)")
    #expect(program.exists("evidence/data/best.csv"))
    #expect(try program("extract", "out/index.html", "-o", "evidence").code == 0)
    #expect(try program("extract", "out/index.html", "-o", "elsewhere").code == 74)
    let whence = try program("whence", "out/figures/accuracies.png")
    #expect(whence.code == 0 && whence.output.contains("query     accuracies"), "\(whence)")
    #expect(try program("source", "out/figures/accuracies.png").output == whence.output)
    #expect(try program("whence", "nets.md").code == 65)

    // What a report rests on is not removed by mistake.
    let removal = try program("rm", "small")
    #expect(removal.code == 64 && removal.errors.contains("is used by the report"), "\(removal)")
    #expect(try program("rm", "small", "--force").code == 0)
    #expect(try program("restore", try Self.removed(program)).code == 0)
    try FileManager.default.removeItem(atPath: "\(program.directory)/out")
    #expect(try program("rm", "small").code == 0)
  }

  private static func removed(_ program: Program) throws -> String {
    let outcome = try program("query", "SELECT run FROM removal", "--json")
    return try #require(outcome.output.firstMatch(of: /[0-9a-f]{8}-[0-9a-f]{8}/)).0.description
  }

  @Test func archivesAreMadeCheckedComparedAndTakenIn() throws {
    let program = try LookTests.finished("--set", "training.epochs=1")
    defer { program.remove() }
    try program.write("nets.md", Self.notebook)
    try program.write("nets.zh.md", Self.notebook.replacing("lang: en", with: "lang: zh"))
    let made = try program("archive", "create", "one", "--notebook", "nets.md")
    #expect(made.code == 0 && made.output == "reports/archive/one\n", "\(made)")
    for name in ["SHA256SUMS", "ro-crate-metadata.json", "reports/nets/index.html", "reports/nets.zh/README.md"] {
      #expect(program.exists("reports/archive/one/\(name)"))
    }
    #expect(try program("archive", "create", "one", "--notebook", "nets.md").code == 64)
    #expect(try program("archive", "create", "../one", "--notebook", "nets.md").code == 64)
    #expect(try program("archive", "create", "two", "--runs", "small").code == 0)
    #expect(try program("archive", "list").output.contains("nets, nets.zh"))
    #expect(try program("archive", "show", "one").output.contains("reports/nets/index.html (en): Two nets"))
    #expect(try program("archive", "show", "none").code == 66)
    let verified = try program("archive", "verify", "one")
    #expect(verified.code == 0 && verified.output.contains(" 0 stale"), "\(verified)")
    #expect(try program("verify", "reports/archive/one", "--store", ".vgglab").code == 0)
    let difference = try program("archive", "diff", "one", "two")
    #expect(difference.code == 0 && difference.output.contains("one and two: 1 run in both"), "\(difference)")
    let first = try program("export", "small", "--format", "csv").output
    let taken = try program("archive", "import", "one", "--store", "other")
    #expect(taken.code == 0 && taken.output.split(separator: "\n").count == 1, "\(taken)")
    #expect(try program("export", "small", "--format", "csv", "--store", "other").output == first)
    try program.write("reports/archive/two/more.txt", "a")
    let added = try program("archive", "verify", "two")
    #expect(added.code == 2 && added.output.contains("more.txt: was added"), "\(added)")
    #expect(try program("archive", "import", "two", "--store", "third").code == 65)
  }
}
