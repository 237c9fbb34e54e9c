import Foundation
import Kernels

/// Memory of a plan, got once and zero at first: elements of one trivial type, on pages of its own.
///
/// Pages come into being when they are first written, so what is not used costs nothing.
final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Element>
  let count: Int
  private let bytes: Int

  init(_ count: Int) {
    self.count = count
    bytes = max(1, count) * MemoryLayout<Element>.stride
    let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    precondition(memory != MAP_FAILED, "\(bytes) bytes of memory cannot be had: \(String(cString: strerror(errno)))")
    pointer = memory!.bindMemory(to: Element.self, capacity: max(1, count))
  }

  deinit { munmap(pointer, bytes) }
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

/// Whether the process may have so many more bytes of address space.
func canMap(_ bytes: Int) -> Bool {
  guard bytes > 0 else { return true }
  let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
  guard memory != MAP_FAILED else { return false }
  munmap(memory, bytes)
  return true
}
