import Foundation
import Journals
import Files
import Store
import Testing

/// A network file system, played by the seam: there is none at hand.
@Suite struct NetworkFileSystemTests {
  @Test func thereIsNoWriteAheadLogThere() throws {
    let folder = TemporaryStore()
    try folder.addRun(Samples.whole)
    let store = try Store.open(at: folder.path, access: .readWrite, create: true, networkFileSystem: { _ in "NFS" })
    #expect(try store.ingest().isEmpty)
    let health = try store.health()
    #expect(health.journalMode == "delete" && health.networkFileSystem == "NFS")
    #expect(!FileManager.default.fileExists(atPath: Store.databasePath(folder.path) + "-wal"))
    #expect(try store.runs().count == 1)
    #expect(NetworkFileSystem.sentence("NFS", path: "x").hasPrefix("x is on a network file system (NFS): "))
  }

  @Test func aLocalStoreHasOneAndLosesItWhenItMoves() throws {
    let folder = TemporaryStore()
    let local = try Store.open(at: folder.path, access: .readWrite, create: true, networkFileSystem: { _ in nil })
    #expect(try local.health().journalMode == "wal" && local.networkFileSystem == nil)
    local.close()
    let moved = try Store.open(at: folder.path, access: .readWrite, networkFileSystem: { _ in "CIFS" })
    #expect(try moved.health().journalMode == "delete")
  }

  @Test func localFileSystemsHaveNoName() {
    #expect(NetworkFileSystem.name(at: "/proc") == nil)
    #expect(NetworkFileSystem.name(at: "/proc/no/such/folder") == nil)
    #expect(NetworkFileSystem.name(at: "") == NetworkFileSystem.name(at: "."))
  }

  @Test func mountsAreReadAsTheKernelTellsThem() {
    let mounts = """
      22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
      30 22 0:30 / /home rw - nfs4 server:/home rw
      31 30 0:31 / /home/local\\040disk rw master:1 - xfs /dev/sdb rw
      32 22 0:32 / /mnt rw - ext4 /dev/sdc rw
      33 22 0:33 / /mnt rw - fuse.sshfs host: rw
      34 22 8:3 / /usb rw - fuseblk /dev/sdd rw
      nonsense
      """
    func name(_ path: String) -> String? { NetworkFileSystem.name(at: path, mounts: mounts) }
    #expect(name("/var") == nil && name("/") == nil && name("/usb/x") == nil)
    #expect(name("/home") == "nfs4" && name("/home/a/.vgglab") == "nfs4" && name("/homes") == nil)
    #expect(name("/home/local disk/x") == nil)
    #expect(name("/mnt/x") == "fuse.sshfs")
  }

  @Test func locksAreSharedWhereTheMountSaysSo() {
    let mounts = """
      22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
      30 22 0:30 / /nfs rw - nfs4 server:/a rw,vers=4.2,local_lock=none
      31 22 0:31 / /old rw - nfs server:/b rw,vers=3,nolock
      32 22 0:32 / /own rw - nfs4 server:/c rw,local_lock=flock
      33 22 0:33 / /lustre rw,flock - lustre mds:/d rw
      34 22 0:34 / /local rw - lustre mds:/e rw,localflock
      35 22 0:35 / /ceph rw - ceph mon:/ rw
      36 22 0:36 / /share rw - 9p share rw
      """
    func shares(_ path: String) -> Bool { NetworkFileSystem.sharesLocks(at: path, mounts: mounts) }
    #expect(["/", "/nfs/x", "/lustre/x", "/ceph"].allSatisfy(shares))
    #expect(!["/old/x", "/own", "/local/x", "/share"].contains(where: shares))
  }
}
