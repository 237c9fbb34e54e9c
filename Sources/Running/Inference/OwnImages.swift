import Datasets
import Files
import Foundation
package import Images

/// An image of one's own, and what people call it.
package struct OwnImage: Sendable {
  /// The file as it was named, with `#7` for one of several.
  package var name: String
  /// Its pixels.
  package var image: PixelImage

  /// A named image.
  package init(name: String, image: PixelImage) {
    self.name = name
    self.image = image
  }
}

/// The images of a file: one of a PNG or JPEG file, all of an IDX file, one of them for `file#7`; `-` is standard input.
///
/// Throws ``InferenceError/noSuchIndex(path:index:count:)``, `DatasetError` and `FileError`.
package func readOwnImages(_ name: String) throws -> [OwnImage] {
  var path = name
  var index: String?
  // A file may have the sign in its name.
  if fileKind(name) == nil, let sign = name.lastIndex(of: "#") {
    (path, index) = (String(name[..<sign]), String(name[name.index(after: sign)...]))
  }
  let data = try readFile(path, limit: 1 << 30)
  if let set = try readIDXImages(data, path: path) {
    guard let index else { return (0..<set.count).map { OwnImage(name: "\(path)#\($0)", image: set.image($0)) } }
    guard let number = Int(index), (0..<set.count).contains(number) else {
      throw InferenceError.noSuchIndex(path: path, index: index, count: set.count)
    }
    return [OwnImage(name: name, image: set.image(number))]
  }
  guard data.count <= ImageLimit.fileBytes else {
    throw FileError.tooLarge(path: path, bytes: data.count, limit: ImageLimit.fileBytes)
  }
  let image: PixelImage
  do throws(ImageError) { image = try PixelImage(data) } catch { throw DatasetError.image(path: path, error) }
  if let index, index != "0" { throw InferenceError.noSuchIndex(path: path, index: index, count: 1) }
  return [OwnImage(name: name, image: image)]
}
