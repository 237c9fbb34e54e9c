import Foundation

/// The digests of a data set's files, a line each: `train-images-idx3-ubyte: c59f…`.
func digestLines(_ json: String) -> [String] {
  let digests = try? JSONDecoder().decode([String: String].self, from: Data(json.utf8))
  return (digests ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
}
