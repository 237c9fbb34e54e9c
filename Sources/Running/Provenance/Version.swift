/// vgglab's version, as `vgglab --version` prints it and as runs and reports record it.
public let vgglabVersion = "1.0.0"
