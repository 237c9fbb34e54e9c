import Processes
import Text

/// Names of files that often hold what nobody else should read.
public enum SensitiveNames {
  private static let whole: Set = [".netrc", "_netrc", ".npmrc", ".pypirc", ".htpasswd", ".pgpass", ".git-credentials"]
  private static let beginnings = [".env", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"]
  private static let ends = [".pem", ".p12", ".pfx", ".jks", ".kdbx", ".env", ".ppk", ".asc", ".gpg"]
  private static let parts = ["key", "token", "secret", "credential", "password", "passwd"]

  /// Whether a path names such a file, or is in a folder that is called so.
  public static func contains(_ path: String) -> Bool {
    path.lowercased().split(separator: "/").contains { name in
      whole.contains(String(name)) || beginnings.contains { name.hasPrefix($0) } || ends.contains { name.hasSuffix($0) }
        || parts.contains { name.contains($0) }
    }
  }
}
