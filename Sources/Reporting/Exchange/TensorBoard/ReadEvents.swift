import Files
import Foundation

/// Reads the scalars of TensorBoard's event files: of one file, or of a log folder with a folder a run.
///
/// Throws ``ExchangeError`` and `FileError`; nothing in the files is believed before it is checked.
package func readEvents(at path: String) throws -> [ForeignPoint] {
  // The user named it: a link leads to a file or a folder.
  if !FileManager.default.fileExists(atPath: "\(path)/") {
    return try EventReader(path: path, run: "").points(readFile(path, limit: EventReader.byteLimit))
  }
  let files = try eventFiles(in: try Folder(path), prefix: "", depth: 0)
  guard !files.isEmpty else { throw ExchangeError.noEventFiles(path: path) }
  guard files.count <= EventReader.fileLimit else {
    throw ExchangeError.tooMany(
      what: "event files", count: files.count, limit: EventReader.fileLimit, remedy: "name a folder deeper in \(path)")
  }
  var points: [ForeignPoint] = []
  var bytes = 0
  for (name, run) in files {
    let data = try readFile(name, below: path, limit: EventReader.byteLimit)
    bytes += data.count
    guard bytes <= EventReader.byteLimit else {
      throw ExchangeError.tooMany(
        what: "bytes of event files", count: bytes, limit: EventReader.byteLimit,
        remedy: "name a folder deeper in \(path)")
    }
    points += try EventReader(path: "\(path)/\(name)", run: run).points(data)
    try ForeignCurves.checkPoints(points.count)
  }
  return points
}

/// The event files below a folder by their paths from there, each with the folder that names its run.
private func eventFiles(in folder: Folder, prefix: String, depth: Int) throws -> [(path: String, run: String)] {
  var found: [(path: String, run: String)] = []
  for name in try folder.names() {
    switch folder.kind(of: name) {
    case .file where name.contains("tfevents"): found.append((prefix + name, String(prefix.dropLast())))
    case .folder where depth < 8:
      guard found.count <= EventReader.fileLimit else { continue }
      // A run may have any name: `lr=0.1,seed=2` is a usual one.
      found += try eventFiles(in: try folder.folder(listed: name), prefix: "\(prefix)\(name)/", depth: depth + 1)
    default: continue
    }
  }
  return found
}

/// One event file.
private struct EventReader {
  static let byteLimit = 256 << 20
  static let fileLimit = 1_000

  let path: String
  let run: String

  func points(_ data: Data) throws(ExchangeError) -> [ForeignPoint] {
    let bytes = [UInt8](data)
    var points: [ForeignPoint] = []
    do throws(WireProblem) {
      for record in try recordRanges(bytes) { try read(bytes, record, &points) }
    } catch { throw .badFile(path: path, place: "byte \(error.offset)", reason: error.reason) }
    return points
  }

  private func read(_ bytes: [UInt8], _ record: Range<Int>, _ points: inout [ForeignPoint]) throws(WireProblem) {
    var event = MessageReader(bytes, record)
    var step: Int64 = 0
    var values: [Range<Int>] = []
    while let (field, value) = try event.next() {
      switch (field, value) {
      case (2, .varint(let number)): step = Int64(bitPattern: number)
      case (5, .bytes(let range)):
        var summary = MessageReader(bytes, range)
        while let (field, value) = try summary.next() {
          if field == 1, case .bytes(let range) = value { values.append(range) }
        }
      default: continue
      }
    }
    for range in values {
      guard let (tag, value) = try scalar(bytes, range) else { continue }
      if let reason = ForeignCurves.complaint(name: tag) {
        throw WireProblem(offset: range.lowerBound, reason: "a tag that \(reason)")
      }
      guard step >= 0 else {
        throw WireProblem(offset: record.lowerBound, reason: "the step \(step) of '\(tag)'; steps are from 0 on")
      }
      points.append(ForeignPoint(run: run, metric: tag, step: step, epoch: nil, value: value))
    }
  }

  /// A summary's value, if it is one number.
  private func scalar(_ bytes: [UInt8], _ range: Range<Int>) throws(WireProblem) -> (tag: String, value: Double)? {
    var reader = MessageReader(bytes, range)
    var tag: String?
    var value: Double?
    var plugin = ""
    while let (field, found) = try reader.next() {
      switch (field, found) {
      case (1, .bytes(let range)): tag = try reader.text(range)
      case (2, .fixed32(let bits)): value = Double(Float(bitPattern: bits))
      case (8, .bytes(let range)): value = try number(bytes, range)
      case (9, .bytes(let range)): plugin = try pluginName(bytes, range)
      default: continue
      }
    }
    guard let tag, let value, plugin.isEmpty || plugin == "scalars" else { return nil }
    return (tag, value)
  }

  private func pluginName(_ bytes: [UInt8], _ range: Range<Int>) throws(WireProblem) -> String {
    var metadata = MessageReader(bytes, range)
    while let (field, value) = try metadata.next() {
      guard field == 1, case .bytes(let range) = value else { continue }
      var data = MessageReader(bytes, range)
      while let (field, value) = try data.next() {
        if field == 1, case .bytes(let range) = value { return try data.text(range) }
      }
    }
    return ""
  }

  /// A tensor of one float or double.
  private func number(_ bytes: [UInt8], _ range: Range<Int>) throws(WireProblem) -> Double? {
    var tensor = MessageReader(bytes, range)
    var isDouble = false
    var values: [Double] = []
    var content: Range<Int>?
    func bits(_ place: Int, _ count: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
    }
    while let (field, value) = try tensor.next() {
      switch (field, value) {
      case (1, .varint(let type)): isDouble = type == 2
      case (4, .bytes(let range)): content = range
      case (5, .fixed32(let bits)): values.append(Double(Float(bitPattern: bits)))
      case (5, .bytes(let range)) where range.count == 4:
        values.append(Double(Float(bitPattern: UInt32(bits(range.lowerBound, 4)))))
      case (6, .fixed64(let bits)): values.append(Double(bitPattern: bits))
      case (6, .bytes(let range)) where range.count == 8: values.append(Double(bitPattern: bits(range.lowerBound, 8)))
      default: continue
      }
    }
    if let content, content.count == (isDouble ? 8 : 4) {
      let pattern = bits(content.lowerBound, content.count)
      values = [isDouble ? Double(bitPattern: pattern) : Double(Float(bitPattern: UInt32(pattern)))]
    }
    return values.count == 1 ? values[0] : nil
  }
}
