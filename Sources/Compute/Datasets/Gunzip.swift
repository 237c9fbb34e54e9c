import Compression
import Foundation

/// Unpacks a gzip file of one or several members into at most `limit` bytes.
func gunzip(_ data: Data, path: String, limit: Int) throws(DatasetError) -> Data {
  do { return try Compression.gunzip(data, limit: limit) } catch {
    if case .unpacksTooLarge = error { throw .unpacksTooLarge(path: path, limit: limit) }
    throw .gzip(path: path, reason: "\(error)")
  }
}
