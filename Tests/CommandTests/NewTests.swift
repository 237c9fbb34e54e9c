import Foundation
import Testing

/// Templates that work in any folder, through the built program.
@Suite struct NewTests {
  @Test func aTemplateExperimentAndNotebookWorkOutsideTheProject() throws {
    let program = try Program()
    defer { program.remove() }
    let experiment = try program("new", "experiment", "my-test")
    #expect(experiment.code == 0 && experiment.output == "my-test.yaml\n", "\(experiment)")
    #expect(try program("plan", "my-test.yaml").code == 0)
    // As in the template, on images that need no package and fewer of them.
    let run = try program(
      "run", "my-test.yaml", "--profile", "quick", "--set", "dataset.name=synthetic", "--set", "dataset.train=64",
      "--set",
      "dataset.test=32", "--set", "dataset.resize=32", "--set", "training.epochs=1", "--set", "network.ratio=32")
    #expect(run.code == 0, "\(run)")
    #expect(try program("list", "--filter", "experiment=my-test").output.contains("images-96"))

    let notebook = try program("new", "notebook", "answers.md")
    #expect(notebook.code == 0 && notebook.output == "answers.md\n")
    let report = try program("report", "answers.md", "--out", "page")
    #expect(report.code == 0, "\(report)")
    #expect(try program("verify", "page", "--allow-unverified-figures").code == 0)
    let page = try String(contentsOfFile: "\(program.directory)/page/index.html", encoding: .utf8)
    #expect(page.contains("images-64") && page.contains("Every trial classifies more"))
  }

  @Test func aTemplateNotebookBuildsOverAnEmptyStore() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("described.yaml", "schema: 1\nexperiment: d\ntraining: {epochs: 0}\ntrials: [{name: net}]\n")
    #expect(try program("run", "described.yaml").code == 0)
    #expect(try program("rm", "net").code == 0)
    #expect(try program("new", "notebook", "mine").code == 0)
    let report = try program("report", "mine.md", "--out", "page")
    #expect(report.code == 0, "\(report)")
  }

  @Test(arguments: ["notebook", "experiment"]) func nothingIsReplaced(kind: String) throws {
    let program = try Program()
    defer { program.remove() }
    let name = kind == "notebook" ? "mine.md" : "mine.yaml"
    try program.write(name, "mine")
    let outcome = try program("new", kind, "mine")
    #expect(outcome.code == 74 && outcome.errors.contains("already exists and was not changed"), "\(outcome)")
    #expect(try String(contentsOfFile: "\(program.directory)/\(name)", encoding: .utf8) == "mine")
    try FileManager.default.createSymbolicLink(
      atPath: "\(program.directory)/link\(kind == "notebook" ? ".md" : ".yaml")", withDestinationPath: "nowhere")
    #expect(try program("new", kind, "link").code == 74)
    #expect(!program.exists("nowhere"))
    #expect(try program("new", kind, "missing/mine").code == 74)
    for bad in ["", "..", "a/..", "x\ny", kind == "notebook" ? ".md" : "two words"] {
      #expect(try program("new", kind, bad).code == 64, "\(bad)")
    }
    #expect(try program("new", kind, "-").output.contains(kind == "notebook" ? "```{table results}" : "schema: 1"))
    #expect(try program("new", "poem", "x").code == 64)
  }

  @Test func columnsGroupsAndWeights() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml").code == 0)
    let list = try program("list", "--columns", "trial,ratio,weights_bytes,state,tags")
    let lines = list.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 3 && lines[0].split(separator: " ") == ["trial", "ratio", "weights_bytes", "state", "tags"])
    #expect(lines[1].hasPrefix("small") && !lines[1].contains(" 0 "))
    let wrong = try program("list", "--columns", "trial,test_acuracy")
    #expect(wrong.code == 64 && wrong.errors.contains("did you mean 'test_accuracy'"), "\(wrong)")
    let twice = try program("list", "--columns", "trial,ratio,trial", "--json")
    #expect(twice.code == 64 && twice.errors.contains("column 'trial' is named twice"), "\(twice)")
    let table = try JSONSerialization.jsonObject(
      with: Data(program("list", "--group-by", "experiment,epochs", "--json").output.utf8))
    let row = try #require((table as? [[String: Any]])?.first)
    #expect(row["experiment"] is String && row["runs"] is Int && row["completed"] is Int && row["disturbed"] is Int)
    #expect(row["mean_test_accuracy"] is Double && row.keys.contains("half_interval_test_accuracy"))
    let groups = try program("list", "--group-by", "experiment,epochs")
    #expect(groups.output.contains("tiny") && groups.output.contains("±"), "\(groups)")

    let export = ["export", "small", "--format", "safetensors", "-o", "w.safetensors"]
    #expect(try program.run(export).code == 0)
    let would = try program("gc", "--weights", "--dry-run")
    #expect(would.output.contains("would delete") && would.output.contains("2 files of weights"), "\(would)")
    #expect(try program.run(export).code == 0)
    #expect(try program("gc").output.contains("0 removed runs"))
    #expect(try program.run(export).code == 0)
    #expect(try program("gc", "--weights").code == 0)
    #expect(try program("list", "--columns", "weights_bytes").output == "weights_bytes\n            0\n            0\n")
    let gone = try program.run(export)
    #expect(gone.code == 66, "\(gone)")
    // What was measured stays, and gives the weights back.
    #expect(try program("doctor").output.contains("sound"))
    #expect(try program("compare", "small", "smaller").output.contains("McNemar"))
    #expect(try program("rerun", "small", "--keep", "again").code == 0)
    #expect(
      try program("export", "small", "--format", "safetensors", "-o", "v.safetensors", "--store", "again").code == 0)
    let (first, second) = ("\(program.directory)/w.safetensors", "\(program.directory)/v.safetensors")
    #expect(FileManager.default.contentsEqual(atPath: first, andPath: second))
  }

  @Test func anArchivesRunsAreTrainedAgain() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml").code == 0)
    #expect(try program("new", "notebook", "page").code == 0)
    #expect(
      try program("archive", "create", "kept", "--archives", "a", "--notebook", "page.md", "--anonymous").code == 0)
    let outcome = try program(
      "archive", "verify", "kept", "--archives", "a", "--rerun", "1", "--seed", "4", "--allow-unverified-figures")
    #expect(outcome.code == 0 && outcome.output.contains("the repetition is identical"), "\(outcome)")
    #expect(outcome.errors.contains("training 1 of the archive's 2 trained runs again"))
    let json = try program(
      "archive", "verify", "kept", "--archives", "a", "--rerun", "9", "--json", "--allow-unverified-figures")
    let facts = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect((facts["reruns"] as? [Any])?.count == 2 && facts["verification"] != nil)
  }
}
