import Scheduling
import Terminal
import Testing

@Suite struct ProgressTests {
  private func trial(_ name: String = "vgg11") -> TrialProgress {
    var progress = TrialProgress(trial: name, epochs: 10, totalSteps: 1000, batchSize: 128, startedAt: 100)
    progress.loss = 0.5
    progress.trainAccuracy = 0.75
    return progress
  }

  @Test func aLineTellsRateAndTimeLeft() {
    var progress = trial()
    #expect(progress.line == "vgg11  epoch 0.00/10  step 0/1000  loss 0.500  train acc 0.750")
    // How long loading took says nothing of the pace.
    progress.reach(step: 1, epoch: 0.01, now: 101)
    #expect(!progress.line.contains("images/s"))
    progress.reach(step: 20, epoch: 0.2, now: 110)
    #expect(
      progress.line
        == "vgg11  epoch 0.20/10  step 20/1000  loss 0.500  train acc 0.750  270 images/s  about 7 min 44 s left")
    // The pace of late counts, not that of long ago.
    for second in 1...60 { progress.reach(step: 20 + 10 * second, epoch: 1, now: 110 + Double(second)) }
    #expect(progress.line.contains("1280 images/s  about 38 s left"))
  }

  @Test func aNarrowTerminalKeepsWhatMattersMost() {
    var progress = trial()
    progress.reach(step: 1, epoch: 0.01, now: 101)
    progress.reach(step: 20, epoch: 0.2, now: 110)
    #expect(
      progress.line(columns: 85)
        == "vgg11  epoch 0.20/10  step 20/1000  loss 0.500  270 images/s  about 7 min 44 s left")
    #expect(progress.line(columns: 70) == "vgg11  step 20/1000  loss 0.500  270 images/s  about 7 min 44 s left")
    #expect(progress.line(columns: 12) == "vgg11  step ")
  }

  @Test func aResumedTrialsPaceIsThatOfItsOwnSteps() {
    var progress = trial()
    progress.reach(step: 501, epoch: 5, now: 101)
    progress.reach(step: 510, epoch: 5, now: 110)
    #expect(progress.line.contains("128 images/s  about 8 min 10 s left"))
  }

  @Test func aTerminalIsRedrawnInPlace() {
    var written = ""
    var columns = 200
    let printer = ProgressPrinter(isTerminal: true, size: { (columns, 24) }) { written += $0 }
    let total = TotalProgress(done: 1, working: 2, waiting: 3)
    printer.draw([trial("a"), trial("b")], total: total, now: 0)
    #expect(written.split(separator: "\n").map { $0.prefix(2) } == ["a ", "b ", "1 "])
    #expect(written.hasSuffix("1 of 6 trials done, 2 running, 3 queued\n"))
    // Neither without news nor more than four times a second.
    written = ""
    printer.draw([trial("a"), trial("b")], total: total, now: 1)
    printer.draw([trial("c")], total: total, now: 0.1)
    #expect(written == "")
    columns = 30
    printer.draw([trial("c")], total: total, now: 2)
    #expect(written.hasPrefix("\u{1B}[3A\u{1B}[J"))
    #expect(written.dropFirst(7).split(separator: "\n").allSatisfy { $0.count <= 29 })
    written = ""
    printer.printLine("stays")
    #expect(written == "\u{1B}[2A\u{1B}[Jstays\n")
    written = ""
    printer.finish()
    printer.reached(trial(), now: 3)
    #expect(written == "")
  }

  @Test func moreTrialsThanRowsAreCutOff() {
    var written = ""
    let printer = ProgressPrinter(isTerminal: true, size: { (80, 6) }) { written += $0 }
    printer.draw(
      (0..<20).map { trial("t\($0)") }, total: TotalProgress(done: 0, working: 20, waiting: 0, secondsWaiting: 0),
      now: 0)
    #expect(written.split(separator: "\n").count == 5)
  }

  @Test func whatIsNoTerminalGetsPlainLines() {
    var written = ""
    let printer = ProgressPrinter(isTerminal: false) { written += $0 }
    printer.draw([trial()], total: TotalProgress(done: 0, working: 1, waiting: 0), now: 0)
    printer.reached(trial(), now: 0)
    printer.printLine("done")
    printer.finish()
    #expect(written == "\(trial().line)\ndone\n")
  }

  @Test func theTotalTellsTimeWhereAllIsKnown() {
    var running = trial()
    running.reach(step: 1, epoch: 0, now: 101)
    running.reach(step: 100, epoch: 1, now: 200)
    #expect(
      TotalProgress(done: 0, working: 1, waiting: 1, secondsWaiting: 100).line([running]).hasSuffix(
        "about 16 min 40 s left"))
    #expect(!TotalProgress(done: 0, working: 1, waiting: 1).line([running]).contains("left"))
  }
}
