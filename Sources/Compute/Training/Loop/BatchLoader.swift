import Datasets
import Kernels
import Networks

/// Puts a batch's images, resized, where an engine wants them.
final class BatchLoader {
  private let side: Int
  private let resize: BilinearResize
  private let scratch: [Buffer<UInt8>]

  /// Images of `source`'s size become `side`×`side`.
  init(height: Int, width: Int, side: Int, threads: Int) {
    self.side = side
    resize = BilinearResize(height: height, width: width, outHeight: side, outWidth: side)
    let bytes = resize.scratchBytes
    scratch = (0..<threads).map { _ in Buffer(bytes + side * side) }
  }

  /// Puts images `indices` of `set`, in 0…1, where `engine` wants those of its batch.
  func load(
    _ set: ImageSet, _ indices: ArraySlice<Int32>, _ engine: any Engine, _ labels: UnsafeMutablePointer<UInt8>
  ) {
    let size = set.height * set.width
    set.pixels.withUnsafeBufferPointer { pixels in
      indices.withUnsafeBufferPointer { indices in
        for position in indices.indices { labels[position] = set.labels[Int(indices[position])] }
        engine.threadPool.run(tasks: indices.count) { task, thread in
          let memory = scratch[thread].pointer
          let bytes = memory + resize.scratchBytes
          let place = engine.image(task)
          for channel in 0..<set.channels {
            let plane = pixels.baseAddress! + (Int(indices[task]) * set.channels + channel) * size
            resize(plane, bytes, scratch: memory)
            for y in 0..<side {
              let target = place.pixels + channel * place.channel + y * place.row
              if place.column == 1 {
                scaleToUnit(bytes + y * side, count: side, target)
              } else {
                scaleToUnit(bytes + y * side, count: side, target, stride: place.column)
              }
            }
          }
        }
      }
    }
  }
}
