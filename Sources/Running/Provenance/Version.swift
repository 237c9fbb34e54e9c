/// vgglab's version, as `vgglab --version` prints it and as runs and reports record it.
public let vgglabVersion = "0.1.0"
