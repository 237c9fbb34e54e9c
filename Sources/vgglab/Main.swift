import ArgumentParser
import Lab

@main
struct VGGLab: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "vgglab", version: vgglabVersion)
}
