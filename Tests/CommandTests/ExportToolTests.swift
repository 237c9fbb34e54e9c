import Foundation
import Testing

/// Exports are read by the programs that they are made for.
@Suite(.enabled(if: PythonTools.readers != nil, PythonTools.missing)) struct ExportToolTests {
  private static var programs: String { PythonTools.readers ?? "" }

  private struct Event: Decodable {
    var tag: String
    var step: Int
    var value: Double
    var time: Double
  }

  private struct Events: Decodable {
    var events: [Event]
    var settings: [String: String]
    var text: String
  }

  @Test func tensorBoardReadsEveryValueAtItsStep() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--only", "small", "--threads", "1").code == 0)
    let before = Date()
    let export = try program("export", "small", "--format", "tfevents", "-o", "tb")
    #expect(export.code == 0, "\(export)")
    let file = export.output.trimmingCharacters(in: .newlines)
    #expect(file.hasPrefix("tb/small-") && program.exists(file))
    let read = try PythonTools.python(
      Self.programs,
      """
      import json, os, sys
      from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
      from tensorboard.plugins.hparams import metadata
      found = EventAccumulator(os.path.dirname(sys.argv[1]), size_guidance={"scalars": 0, "tensors": 0})
      found.Reload()
      events = [{"tag": tag, "step": e.step, "value": e.value if e.value == e.value else -1e30, "time": e.wall_time}
        for tag in found.Tags()["scalars"] for e in found.Scalars(tag)]
      content = found.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
      start = metadata.parse_session_start_info_plugin_data(content)
      settings = {name: str(getattr(value, value.WhichOneof("kind"))) for name, value in start.hparams.items()}
      text = found.Tensors("run/text_summary")[0].tensor_proto.string_val[0].decode()
      print(json.dumps({"events": events, "settings": settings, "text": text}))
      """, [file], in: program.directory)
    #expect(read.code == 0, "\(read.errors)")
    let found = try JSONDecoder().decode(Events.self, from: Data(read.output.utf8))
    // Every line of the CSV is there, as near as 32 bits come.
    let lines = try program("export", "small", "--format", "csv").output.split(separator: "\n").dropFirst()
    #expect(found.events.count == lines.count)
    for line in lines {
      let cells = line.split(separator: ",").map(String.init)
      let value = Double(Float(cells[5]) ?? .nan)
      #expect(found.events.contains { $0.tag == cells[2] && "\($0.step)" == cells[3] && $0.value == value }, "\(line)")
    }
    // Times are those of the training, in its order.
    let steps = found.events.filter { $0.tag == "step_loss" }.sorted { $0.step < $1.step }
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.time < $1.time })
    #expect(steps.allSatisfy { abs($0.time - before.timeIntervalSince1970) < 86_400 })
    #expect(found.settings["training.learning_rate"] == "0.02" && found.settings["training.seed"] == "3")
    #expect(found.text.contains("| network.ratio | 32 |"))
    // Again into the same folder; others' files are left alone.
    #expect(try program("export", "small", "--format", "tfevents", "-o", "tb").code == 0)
    try program.write((file as NSString).deletingLastPathComponent + "/mine.txt", "mine")
    try program.write("other/\((file as NSString).pathComponents[1])/events.out.tfevents.1.host", "mine")
    #expect(try program("export", "small", "--format", "tfevents", "-o", "other").code == 74)
  }

  /// Every architecture after a step of training: ONNX Runtime's logits are those of `vgglab predict`, up to the constant that a softmax
  /// forgets.
  @Test func onnxRuntimeGivesTheSameLogits() throws {
    let program = try Program()
    defer { program.remove() }
    let architectures = [
      "alexnet", "alexnet-torchvision", "alexnet-2012", "vgg11", "vgg11-lrn", "vgg13", "vgg16-1x1", "vgg16", "vgg19",
    ]
    let trials =
      architectures.map { "  - {name: \($0), network: {arch: \($0), ratio: \($0 == "alexnet-2012" ? 16 : 32)}}" } + [
        "  - {name: blocks, network: {blocks: [[1, 16], [1, 32]]}, dataset: {resize: 20}}"
      ]
    try program.write(
      "nets.yaml",
      """
      schema: 1
      experiment: nets
      question: Do other programs compute the same?
      dataset: {name: image-folder, path: shapes, resize: 67}
      network: {hidden: 48}
      training: {epochs: 1, batch_size: 8, max_steps: 2, learning_rate: 0.05}
      trials:
      \(trials.joined(separator: "\n"))

      """)
    try OwnImages.writeFolder("\(program.directory)/shapes", train: 8, test: 3, side: 67)
    let run = try program("run", "nets.yaml", "--threads", "1")
    #expect(run.code == 0, "\(run)")
    var arguments: [String] = []
    for name in architectures + ["blocks"] {
      let export = try program("export", name, "--format", "onnx", "-o", "\(name).onnx")
      #expect(export.code == 0, "\(export)")
      let images = (0..<3).flatMap { label in (8..<11).map { "shapes/test/\(OwnImages.classes[label])/\($0).png" } }
      let predict = try program.run(["predict", name] + images + ["--json", "--threads", "1"])
      try program.write("\(name).json", predict.output)
      #expect(try program("export", name, "--format", "safetensors", "-o", "\(name).safetensors").code == 0)
      arguments.append(name)
    }
    let read = try PythonTools.python(
      Self.programs,
      """
      import json, sys
      import numpy, onnx, onnxruntime
      from onnx import numpy_helper
      from PIL import Image
      from safetensors.numpy import load_file
      for name in sys.argv[1:]:
          model = onnx.load(name + ".onnx")
          onnx.checker.check_model(model, full_check=True)
          weights = load_file(name + ".safetensors")
          held = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
          assert weights.keys() <= held.keys() and all((held[k] == weights[k]).all() for k in weights), name
          facts = {entry.key: entry.value for entry in model.metadata_props}
          predictions = json.load(open(name + ".json"))
          assert json.loads(facts["classes"]) == [c["name"] for c in predictions[0]["classes"]]
          session = onnxruntime.InferenceSession(name + ".onnx", providers=["CPUExecutionProvider"])
          side = session.get_inputs()[0].shape[2]
          def pixels(path):
              image = Image.open(path).resize((side, side), Image.BILINEAR)
              return numpy.asarray(image, dtype=numpy.float32).transpose(2, 0, 1) / 255
          batch = numpy.stack([pixels(p["image"]) for p in predictions])
          logits = session.run(["logits"], {"image": batch})[0].astype(numpy.float64)
          # Of one image and of many.
          single = session.run(["logits"], {"image": batch[:1]})[0]
          assert numpy.abs(single - logits[:1]).max() < 1e-5
          logits -= numpy.log(numpy.exp(logits - logits.max(1, keepdims=True)).sum(1, keepdims=True)) + logits.max(1, keepdims=True)
          ours = numpy.log([[c["probability"] for c in p["classes"]] for p in predictions])
          print(name, len(batch), numpy.abs(ours - logits).max())
      """, arguments, in: program.directory)
    #expect(read.code == 0, "\(read.errors)")
    let lines = read.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.count == architectures.count + 1)
    for line in lines { #expect((Double(line[2]) ?? 1) < 1e-4, "\(line)") }
    // The weights of before the training are others; what is not kept is said.
    #expect(try program("export", "vgg11", "--format", "onnx", "--at", "initial", "-o", "start.onnx").code == 0)
    let files = ["start.onnx", "vgg11.onnx"].map { FileManager.default.contents(atPath: "\(program.directory)/\($0)") }
    #expect(files[0] != files[1])
    #expect(try program("export", "vgg11", "--format", "onnx", "--at", "best", "-o", "best.onnx").code == 66)
    #expect(!program.exists("best.onnx"))
  }

  @Test func pandasAndDuckDBReadManyRuns() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--threads", "1").code == 0)
    for (format, file) in [("csv", "all.csv"), ("jsonl", "all.jsonl"), ("sqlite", "all.sqlite")] {
      let export = try program("export", "--all", "--format", format, "-o", file)
      #expect(export.code == 0, "\(export)")
    }
    let accuracy = try program("query", "--csv", "SELECT run, test_accuracy FROM run_summary ORDER BY run").output
    let read = try PythonTools.python(
      Self.programs,
      """
      import sqlite3, duckdb, pandas
      frame = pandas.read_csv("all.csv")
      lines = pandas.read_json("all.jsonl", lines=True, precise_float=True)
      assert list(frame.columns) == ["run", "attempt", "metric", "step", "epoch", "value"] == list(lines.columns)
      assert len(frame) == len(lines) and (frame.value == lines.value).all()
      with sqlite3.connect("all.sqlite") as database:
          tables = {t: pandas.read_sql(f"SELECT * FROM {t}", database) for t in ("run", "metric", "epoch")}
      assert len(tables["metric"]) == len(frame) and len(tables["epoch"]) == 4, tables["epoch"]
      keys = ["run", "metric", "step"]
      both = frame.merge(tables["metric"], on=keys)
      assert len(both) == len(frame) and (both.value_x == both.value_y).all()
      last = duckdb.sql("SELECT run, arg_max(value, step) FROM 'all.csv' WHERE metric = 'test_accuracy' GROUP BY run ORDER BY run")
      print("run,test_accuracy")
      for run, value in last.fetchall(): print(f"{run},{value}")
      assert sorted(tables["run"].test_accuracy) == sorted(v for _, v in last.fetchall())
      """, in: program.directory)
    #expect(read.code == 0, "\(read.errors)")
    #expect(read.output == accuracy)
  }

  /// Columns have types: DuckDB would take a column without one for bytes.
  @Test(.enabled(if: PythonTools.duckdb != nil, PythonTools.missing))
  func duckDBReadsTheSQLiteExportWithTypes() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--threads", "1").code == 0)
    #expect(try program("export", "--all", "--format", "sqlite", "-o", "runs.sqlite").code == 0)
    let accuracy = try program("query", "--csv", "SELECT trial, test_accuracy FROM run_summary ORDER BY run").output
    let read = try PythonTools.python(
      #require(PythonTools.duckdb),
      """
      import duckdb
      from duckdb_extensions import import_extension
      import_extension("sqlite_scanner")
      base = duckdb.connect()
      base.sql("LOAD sqlite_scanner")
      base.sql("ATTACH 'runs.sqlite' (TYPE sqlite)")
      for table in ("run", "metric", "epoch"):
          columns = base.sql(f"SELECT * FROM runs.{table}")
          types = dict(zip(columns.columns, map(str, columns.types)))
          assert set(types.values()) <= {"VARCHAR", "BIGINT", "DOUBLE"}, types
      print("trial,test_accuracy")
      for trial, value in base.sql("SELECT trial, test_accuracy FROM runs.run ORDER BY run").fetchall():
          print(f"{trial},{value}")
      mean = base.sql("SELECT avg(learning_rate), max(steps), min(parameters) > 0 FROM runs.run").fetchone()
      assert abs(mean[0] - 0.02) < 1e-12 and mean[1] > 0 and mean[2], mean
      base.sql("COPY (SELECT * FROM runs.metric) TO 'runs.parquet'")
      assert base.sql("SELECT count(*) FROM 'runs.parquet'").fetchone() == base.sql("SELECT count(*) FROM runs.metric").fetchone()
      """, in: program.directory)
    #expect(read.code == 0, "\(read.errors)")
    #expect(read.output == accuracy)
  }
}

/// Which runs are exported, and what is refused.
@Suite struct ExportSelectionTests {
  @Test func runsAreNamedInOneWay() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--profile", "quick", "--threads", "1").code == 0)
    let small = try program("export", "small", "--format", "csv").output
    let smaller = try program("export", "smaller", "--format", "csv").output
    let both = small + smaller.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)[1]
    #expect(try program("export", "small", "smaller", "small", "--format", "csv").output == both)
    for selection in [["--all"], ["--experiment", "tiny"]] {
      let found = try program.run(["export"] + selection + ["--format", "csv"])
      #expect(found.output == both, "\(found)")
    }
    for (arguments, code) in [
      ([], 64), (["small", "--all"], 64), (["--all", "--experiment", "tiny"], 64), (["--experiment", "none"], 66),
      (["none"], 66), ([""], 64),
    ] as [([String], Int32)] {
      let found = try program.run(["export"] + arguments + ["--format", "csv"])
      #expect(found.code == code && found.output.isEmpty, "\(arguments): \(found)")
    }
    let other = try program("export", "--experiment", "tny", "--format", "csv")
    #expect(other.errors.contains("no experiment 'tny'") && other.errors.contains("'tiny'"), "\(other)")
    for format in ["sqlite", "tfevents", "onnx"] {
      #expect(try program("export", "small", "--format", format).code == 64)
    }
    #expect(try program("export", "small", "smaller", "--format", "onnx", "-o", "x.onnx").code == 64)
    #expect(try program("export", "small", "--format", "sqlite", "--at", "last", "-o", "x").code == 64)
    #expect(try program("export", "small", "--format", "sqlite", "-o", "no/such/folder").code == 74)
  }
}
