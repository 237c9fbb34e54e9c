import Foundation

/// Memory of a plan, got once: elements of one trivial type, each buffer on its own cache lines.
final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Element>
  let count: Int

  init(_ count: Int, zeroed: Bool = false) {
    self.count = count
    let bytes = (max(1, count) * MemoryLayout<Element>.stride + 63) & ~63
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    pointer = memory.bindMemory(to: Element.self, capacity: max(1, count))
    if zeroed { memset(memory, 0, bytes) }
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}

/// The parts of `0..<count` for a number of tasks, each beginning at a multiple of 16.
struct Slices {
  let count: Int
  let tasks: Int

  init(_ count: Int, tasks: Int) {
    self.count = count
    self.tasks = max(1, min(tasks, (count + 15) / 16))
  }

  subscript(task: Int) -> Range<Int> {
    let blocks = (count + 15) / 16
    return min(count, blocks * task / tasks * 16)..<min(count, blocks * (task + 1) / tasks * 16)
  }
}
