import Foundation

/// What the user of this account is called: login, full name and home folder, and what the environment says for git.
func authorNames() -> [String] {
  var names: [String] = []
  if let entry = getpwuid(getuid())?.pointee {
    names.append(String(cString: entry.pw_name))
    // The full name is the first field.
    names.append(String(String(cString: entry.pw_gecos).prefix { $0 != "," }))
  }
  let variables = ProcessInfo.processInfo.environment
  for name in [
    "USER", "LOGNAME", "EMAIL", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
  ] {
    if let value = variables[name] { names.append(value) }
  }
  if let home = variables["HOME"], home.split(separator: "/").count > 1 { names.append(home) }
  // Accounts that every machine has name nobody.
  return Set(names).subtracting(["", "root", "nobody"]).sorted()
}
