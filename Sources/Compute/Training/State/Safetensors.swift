import Datasets
import Digests
import ExactJSON
public import Files
public import Foundation
import Kernels
import Text

extension StateDictionary {
  /// The bytes of a safetensors file, float32, little-endian: `load_file` of PyTorch's safetensors package reads it.
  ///
  /// Source: https://github.com/huggingface/safetensors (format)
  public var safetensors: Data {
    let header = safetensorsHeader(metadata: [:])
    var data = Data(capacity: header.count + tensors.reduce(0) { $0 + 4 * $1.values.count })
    data.append(header)
    for tensor in tensors { tensor.values.withUnsafeBytes { data.append(contentsOf: $0) } }
    return data
  }

  /// Length and header of a file of these tensors, with `metadata` in `__metadata__`.
  private func safetensorsHeader(metadata: [String: String]) -> Data {
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(jsonQuoted($0.key)):\(jsonQuoted($0.value))" }
      entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + 4 * tensor.values.count
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(jsonQuoted(tensor.key)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = "{\(entries.joined(separator: ","))}"
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    data.append(contentsOf: header.utf8)
    return data
  }

  /// Writes a safetensors file as `writeFileAtomically(_:pieces:)` does, and gives its size and SHA-256.
  public func writeSafetensors(
    to path: String, metadata: [String: String] = [:]
  ) throws(FileError) -> (bytes: Int, digest: String) {
    var hash = RunningSHA256()
    var bytes = 0
    try writeFileAtomically(path) { (write: (UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) in
      var failure: FileError?
      func put(_ piece: UnsafeRawBufferPointer) {
        guard failure == nil else { return }
        hash.update(piece)
        bytes += piece.count
        do throws(FileError) { try write(piece) } catch { failure = error }
      }
      safetensorsHeader(metadata: metadata).withUnsafeBytes(put)
      for tensor in tensors { tensor.values.withUnsafeBytes(put) }
      if let failure { throw failure }
    }
    return (bytes, hash.hexadecimal)
  }

  /// The `__metadata__` of a safetensors file whose bytes are sound.
  static func safetensorsMetadata(_ data: Data) -> [String: String] {
    struct Header: Decodable {
      var __metadata__: [String: String]?
    }
    let data = data.startIndex == 0 ? data : Data(data)
    guard data.count >= 8 else { return [:] }
    let length = data.prefix(8).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * $1.offset) }
    guard length <= 16 << 20, length <= data.count - 8 else { return [:] }
    return (try? JSONDecoder().decode(Header.self, from: data[8..<8 + Int(length)]))?.__metadata__ ?? [:]
  }

  /// The tensors of a safetensors file, in the order of their bytes.
  ///
  /// Throws ``SafetensorsError``: nothing in the file is believed before it is checked.
  public init(safetensors data: Data) throws(SafetensorsError) {
    let data = data.startIndex == 0 ? data : Data(data)
    guard data.count >= 8 else { throw .tooShort(bytes: data.count) }
    let length = data.prefix(8).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * $1.offset) }
    guard length <= 16 << 20, length <= data.count - 8 else {
      throw .headerLength(found: length, available: data.count - 8)
    }
    let end = 8 + Int(length)
    // Strictly: of two tensors of one name neither counts.
    guard let entries = (try? readJSON(data[8..<end], limit: 16 << 20))?.members else { throw .headerNotJSON }
    let body = data[end...]
    var found: [(key: String, shape: [Int], bytes: Range<Int>)] = []
    for (key, entry) in entries.map({ ($0.key, $0.value) }) where key != "__metadata__" {
      let type = entry["dtype"]?.text ?? "nothing"
      guard type == "F32" else { throw .notFloat32(key: key, type: type) }
      guard let shape = integers(entry["shape"]), let offsets = integers(entry["data_offsets"]), offsets.count == 2,
        offsets[0] >= 0,
        offsets[1] >= offsets[0], offsets[1] <= body.count
      else { throw .badOffsets(key: key) }
      var count = 1
      for side in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: side)
        guard side >= 0, !overflow else { throw .badShape(key: key, shape: shape) }
        count = product
      }
      guard count <= body.count / 4, 4 * count == offsets[1] - offsets[0] else {
        throw .badShape(key: key, shape: shape)
      }
      found.append((key, shape, offsets[0]..<offsets[1]))
    }
    found.sort { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }
    var reached = 0
    for (_, _, range) in found {
      guard range.lowerBound == reached else { throw .gapOrOverlap(byte: reached) }
      reached = range.upperBound
    }
    guard reached == body.count else { throw .gapOrOverlap(byte: reached) }
    // Each byte belongs to one tensor: what is allocated from here on is as large as the file.
    self.init(
      tensors: found.map { key, shape, range in
        let values = [Float](unsafeUninitializedCapacity: range.count / 4) { target, filled in
          filled =
            body.copyBytes(
              to: UnsafeMutableRawBufferPointer(target), from: end + range.lowerBound..<end + range.upperBound) / 4
        }
        return Tensor(key: key, shape: shape, values: values)
      })
  }
}

/// The whole numbers of a list; nil for anything else.
private func integers(_ value: JSONValue?) -> [Int]? {
  guard let values = value?.array else { return nil }
  let numbers = values.compactMap { $0.integer.map { Int($0) } }
  return numbers.count == values.count ? numbers : nil
}

/// What is wrong with a safetensors file, as facts.
public enum SafetensorsError: Error, Hashable, Sendable, CustomStringConvertible {
  case tooShort(bytes: Int)
  case headerLength(found: UInt64, available: Int)
  case headerNotJSON
  case notFloat32(key: String, type: String)
  case badOffsets(key: String)
  case badShape(key: String, shape: [Int])
  case gapOrOverlap(byte: Int)
  case noPosition

  public var description: String {
    switch self {
    case .tooShort(let bytes): "a safetensors file begins with 8 bytes of length, and this one has \(bytes) bytes"
    case .headerLength(let found, let available):
      "the header claims \(found) bytes, and \(available) follow (at most 16 MiB are read)"
    case .headerNotJSON: "the header is not the JSON object that a safetensors file has"
    case .notFloat32(let key, let type): "'\(key)' has the type \(type); only F32 is read"
    case .badOffsets(let key): "the data offsets of '\(key)' lie outside the file"
    case .badShape(let key, let shape): "'\(key)' is \(shape), which does not fit its bytes"
    case .noPosition: "it does not record the position of a training"
    case .gapOrOverlap(let byte): "the tensors leave a gap or overlap at byte \(byte) of the data"
    }
  }
}
