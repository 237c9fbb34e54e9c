import Foundation
import Processes
import Scheduling
import Testing
import Text

@Suite struct OptionTests {
  @Test func jobsShareTheCores() throws {
    #expect(try RunOptions().threadsPerTrial(cores: 8) == 8)
    #expect(try RunOptions(jobs: 3).threadsPerTrial(cores: 8) == 2)
    #expect(try RunOptions(jobs: 2, threads: 4).threadsPerTrial(cores: 8) == 4)
    #expect(throws: SchedulingError.tooManyThreads(jobs: 3, threads: 4, cores: 8)) {
      try RunOptions(jobs: 3, threads: 4).threadsPerTrial(cores: 8)
    }
    #expect(throws: SchedulingError.tooManyThreads(jobs: 9, threads: 1, cores: 8)) {
      try RunOptions(jobs: 9).threadsPerTrial(cores: 8)
    }
    #expect(throws: SchedulingError.notPositive(option: "--jobs", value: 0)) {
      try RunOptions(jobs: 0).threadsPerTrial(cores: 8)
    }
    #expect(throws: SchedulingError.notPositive(option: "--threads", value: 0)) {
      try RunOptions(threads: 0).threadsPerTrial(cores: 8)
    }
    #expect(
      "\(SchedulingError.tooManyThreads(jobs: 3, threads: 4, cores: 8))".contains("lower --jobs or --threads"))
  }

  @Test(arguments: [
    (0.0, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (161.2, "2 min 41 s"), (5520.0, "1 h 32 min"),
    (.infinity, "?"),
  ])
  func durations(seconds: Double, expected: String) { #expect(Quantity.duration(seconds) == expected) }

  @Test(arguments: [
    (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (1_261_000_000, "1.26 GB"), (68_000_000, "68.0 MB"),
  ])
  func byteCounts(count: Int, expected: String) { #expect(Quantity.bytes(count) == expected) }

  @Test func otherFigures() {
    #expect(
      Quantity.grouped(43_093_322) == "43,093,322" && Quantity.grouped(-1234) == "-1,234" && Quantity.grouped(7) == "7")
    #expect(Quantity.fixed(nil, 3) == "–" && Quantity.fixed(0.7041, 3) == "0.704" && Quantity.fixed(.nan, 1) == "nan")
  }

  @Test func aTableIsAligned() {
    var table = TextTable([("name", .left), ("n", .right)])
    table.add(["a", "1"])
    table.add(["longer", "100"])
    #expect(table.text == "name      n\na         1\nlonger  100")
  }

  @Test func thisProcessorIsKnown() {
    #expect(Processor.cores >= 1)
    #expect(!Processor.name.isEmpty)
  }
}
