/// A formula of TeX's mathematics, the part of it that papers on training need.
package struct Formula: Sendable, Hashable {
  package indirect enum Node: Sendable, Hashable {
    /// A variable, upright where it is a name.
    case identifier(String, isUpright: Bool)
    case number(String)
    case sign(String)
    /// A bracket that grows with what is between it and its partner.
    case bracket(String)
    case words(String)
    /// So many ems.
    case space(String)
    case row([Node])
    case fraction(Node, Node)
    case root(Node, degree: Node?)
    /// With limits above and below where it is a sum or the like.
    case scripts(Node, below: Node?, above: Node?, hasLimits: Bool)
    case accent(Node, String, isBelow: Bool)
  }

  package let nodes: [Node]

  package static let depthLimit = 20
  package static let tokenLimit = 2_000

  /// Throws for what is none of it.
  package init(_ tex: String) throws(FormulaFault) {
    var reader = FormulaReader(tex)
    nodes = try reader.row(until: nil, depth: 0)
  }
}

/// Why a formula cannot be read.
package enum FormulaFault: Error, Hashable, Sendable, CustomStringConvertible {
  case unknownCommand(String)
  case unbalanced(String)
  case nothingBehind(String)
  case doubledScript(String)
  case tooLong

  package var description: String {
    switch self {
    case .unknownCommand(let name): "\\\(name) is none of the commands that are known; docs/notebooks.md lists them"
    case .unbalanced(let text): "\(text) has no partner"
    case .nothingBehind(let text): "\(text) needs something after it"
    case .doubledScript(let text): "there are two \(text) at one place; use braces"
    case .tooLong: "it is too long or too deep"
    }
  }
}

private struct FormulaReader {
  enum Token: Hashable {
    case letter(Unicode.Scalar)
    case command(String)
    case space
  }

  private var tokens: [Token] = []
  private var place = 0

  init(_ tex: String) {
    let scalars = Array(tex.unicodeScalars)
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      if scalar.properties.isWhitespace {
        if tokens.last != .space { tokens.append(.space) }
      } else if scalar == "\\", index < scalars.count {
        let start = index
        while index < scalars.count, scalars[index].isASCII, scalars[index].properties.isAlphabetic { index += 1 }
        if index == start { index += 1 }
        tokens.append(.command(String(String.UnicodeScalarView(scalars[start..<index]))))
      } else {
        tokens.append(.letter(scalar))
      }
    }
  }

  private var current: Token? { place < tokens.count ? tokens[place] : nil }

  private mutating func skipSpace() { while current == .space { place += 1 } }

  /// The nodes up to a token, which is read too; all for nil.
  mutating func row(until end: Token?, depth: Int) throws(FormulaFault) -> [Formula.Node] {
    guard depth <= Formula.depthLimit, tokens.count <= Formula.tokenLimit else { throw .tooLong }
    var nodes: [Formula.Node] = []
    while true {
      skipSpace()
      guard let token = current else {
        guard end == nil else { throw .unbalanced(end == .letter("}") ? "{" : "\\left") }
        return nodes
      }
      if token == end {
        place += 1
        return nodes
      }
      if token == .letter("^") || token == .letter("_") || token == .letter("'") {
        let base = nodes.popLast() ?? .row([])
        nodes.append(try scripts(base, depth: depth))
        continue
      }
      nodes.append(try atom(depth: depth))
    }
  }

  private mutating func scripts(_ base: Formula.Node, depth: Int) throws(FormulaFault) -> Formula.Node {
    var (below, above): (Formula.Node?, Formula.Node?) = (nil, nil)
    while true {
      skipSpace()
      if current == .letter("'") {
        var primes = ""
        while current == .letter("'") {
          primes += "′"
          place += 1
        }
        guard above == nil else { throw .doubledScript("superscripts") }
        above = .sign(primes)
      } else if current == .letter("^") {
        place += 1
        guard above == nil else { throw .doubledScript("superscripts") }
        above = try argument("^", depth: depth)
      } else if current == .letter("_") {
        place += 1
        guard below == nil else { throw .doubledScript("subscripts") }
        below = try argument("_", depth: depth)
      } else {
        break
      }
    }
    var hasLimits = false
    switch base {
    case .sign(let sign): hasLimits = "∑∏⋃⋂".contains(sign)
    case .identifier(let name, isUpright: true): hasLimits = formulaLimits.contains(name)
    default: break
    }
    return .scripts(base, below: below, above: above, hasLimits: hasLimits)
  }

  private mutating func argument(_ of: String, depth: Int) throws(FormulaFault) -> Formula.Node {
    skipSpace()
    guard current != nil else { throw .nothingBehind(of) }
    return try atom(depth: depth + 1)
  }

  private mutating func atom(depth: Int) throws(FormulaFault) -> Formula.Node {
    guard let token = current else { throw .nothingBehind("the formula") }
    place += 1
    switch token {
    case .space: return .space("0")
    case .letter("{"):
      let inner = try row(until: .letter("}"), depth: depth + 1)
      return inner.count == 1 ? inner[0] : .row(inner)
    case .letter("}"): throw .unbalanced("}")
    case .letter("^"), .letter("_"), .letter("&"), .letter("#"), .letter("%"), .letter("$"):
      throw .nothingBehind(describe(token))
    case .letter("~"): return .space("0.33")
    case .letter(let scalar) where isDigit(scalar):
      var text = String(scalar)
      while case .letter(let next)? = current, isDigit(next) || next == "." && isDigitBehind {
        text.unicodeScalars.append(next)
        place += 1
      }
      return .number(text)
    case .letter("-"): return .sign("−")
    case .letter("*"): return .sign("∗")
    case .letter(let scalar):
      return isWordScalar(scalar)
        ? .identifier(String(scalar), isUpright: scalar.value >= 0x2E80) : .sign(String(scalar))
    case .command(let name): return try command(name, depth: depth)
    }
  }

  private var isDigitBehind: Bool {
    guard place + 1 < tokens.count, case .letter(let next) = tokens[place + 1] else { return false }
    return isDigit(next)
  }

  private func describe(_ token: Token) -> String {
    switch token {
    case .letter(let scalar): String(scalar)
    case .command(let name): "\\\(name)"
    case .space: " "
    }
  }

  private mutating func command(_ name: String, depth: Int) throws(FormulaFault) -> Formula.Node {
    let full = "\\\(name)"
    if let sign = formulaSigns[name] { return .sign(sign) }
    if let letter = formulaLetters[name] { return .identifier(letter, isUpright: letter.first?.isUppercase ?? false) }
    if let width = formulaSpaces[name] { return .space(width) }
    if formulaFunctions.contains(name) {
      return .identifier(name == "argmax" ? "arg max" : name == "argmin" ? "arg min" : name, isUpright: true)
    }
    if let mark = formulaAccents[name] {
      return .accent(try argument(full, depth: depth), mark, isBelow: name == "underline")
    }
    switch name {
    case "frac", "dfrac", "tfrac":
      let top = try argument(full, depth: depth)
      return .fraction(top, try argument(full, depth: depth))
    case "sqrt":
      skipSpace()
      var degree: Formula.Node?
      if current == .letter("[") {
        place += 1
        degree = .row(try row(until: .letter("]"), depth: depth + 1))
      }
      return .root(try argument(full, depth: depth), degree: degree)
    case "text", "textrm", "mbox": return .words(try words(full))
    case "mathrm", "operatorname": return .identifier(try words(full), isUpright: true)
    case "mathbf", "boldsymbol", "bm": return .identifier(try styled(full, formulaBold), isUpright: true)
    case "mathbb": return .identifier(try styled(full, formulaDouble), isUpright: true)
    case "mathcal": return .identifier(try styled(full, formulaScript), isUpright: true)
    case "left", "right":
      guard name == "left" else { throw .unbalanced("\\right") }
      let open = try delimiter(full)
      let inner = try row(until: .command("right"), depth: depth + 1)
      return .row([.bracket(open)] + inner + [.bracket(try delimiter("\\right"))])
    case "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "middle": return .bracket(try delimiter(full))
    default: throw .unknownCommand(name)
    }
  }

  private mutating func delimiter(_ of: String) throws(FormulaFault) -> String {
    skipSpace()
    guard let token = current else { throw .nothingBehind(of) }
    place += 1
    switch token {
    case .letter("."): return ""
    case .letter(let scalar): return String(scalar)
    case .command(let name):
      guard let sign = formulaSigns[name] else { throw .unknownCommand(name) }
      return sign
    case .space: return ""
    }
  }

  /// What is in braces, as it is.
  private mutating func words(_ of: String) throws(FormulaFault) -> String {
    skipSpace()
    guard current == .letter("{") else { throw .nothingBehind(of) }
    place += 1
    var (text, depth) = ("", 1)
    while let token = current {
      place += 1
      switch token {
      case .letter("{"): depth += 1
      case .letter("}"):
        depth -= 1
        if depth == 0 { return text }
      case .letter(let scalar): text.unicodeScalars.append(scalar)
      case .command(let name): text += formulaSigns[name] ?? name
      case .space: text += " "
      }
    }
    throw .unbalanced("{")
  }

  /// Letters in another alphabet; what it has not stays as it is.
  private mutating func styled(_ of: String, _ alphabet: (upper: UInt32, lower: UInt32)) throws(FormulaFault) -> String
  {
    skipSpace()
    var source = ""
    if case .letter(let scalar)? = current, scalar != "{" {
      place += 1
      source = String(scalar)
    } else if case .command(let name)? = current, let letter = formulaLetters[name] {
      place += 1
      source = letter
    } else {
      source = try words(of)
    }
    var text = String.UnicodeScalarView()
    for scalar in source.unicodeScalars {
      var styled = scalar
      if (65...90).contains(scalar.value) {
        styled = Unicode.Scalar(alphabet.upper + scalar.value - 65) ?? scalar
      } else if (97...122).contains(scalar.value), alphabet.lower > 0 {
        styled = Unicode.Scalar(alphabet.lower + scalar.value - 97) ?? scalar
      }
      text.append(formulaExceptions[styled] ?? styled)
    }
    return String(text)
  }
}

private let formulaBold: (upper: UInt32, lower: UInt32) = (0x1D400, 0x1D41A)
private let formulaDouble: (upper: UInt32, lower: UInt32) = (0x1D538, 0x1D552)
private let formulaScript: (upper: UInt32, lower: UInt32) = (0x1D49C, 0x1D4B6)

/// Letters that Unicode has elsewhere.
private let formulaExceptions: [Unicode.Scalar: Unicode.Scalar] = [
  "\u{1D53A}": "ℂ", "\u{1D53F}": "ℍ", "\u{1D545}": "ℕ", "\u{1D547}": "ℙ", "\u{1D548}": "ℚ", "\u{1D549}": "ℝ",
  "\u{1D551}": "ℤ", "\u{1D49D}": "ℬ", "\u{1D4A0}": "ℰ", "\u{1D4A1}": "ℱ", "\u{1D4A3}": "ℋ", "\u{1D4A4}": "ℐ",
  "\u{1D4A7}": "ℒ", "\u{1D4A8}": "ℳ", "\u{1D4AD}": "ℛ", "\u{1D4BA}": "ℯ", "\u{1D4BC}": "ℊ", "\u{1D4C4}": "ℴ",
]

private let formulaLimits: Set<String> = ["max", "min", "lim", "sup", "inf", "arg max", "arg min"]

private let formulaFunctions: Set<String> = [
  "log", "ln", "exp", "max", "min", "sin", "cos", "tan", "tanh", "sinh", "cosh", "lim", "sup", "inf", "arg", "argmax",
  "argmin", "det", "dim", "gcd", "mod", "Pr", "var",
]

private let formulaSpaces = [
  ",": "0.17", ":": "0.22", ";": "0.28", " ": "0.33", "!": "-0.17", "quad": "1", "qquad": "2",
]

private let formulaAccents = [
  "hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "widetilde": "~", "vec": "→", "dot": "˙",
  "ddot": "¨", "underline": "_",
]

package let formulaLetters = [
  "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
  "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
  "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ",
  "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
  "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ", "hbar": "ℏ",
]

package let formulaSigns = [
  "times": "×", "cdot": "⋅", "div": "÷", "pm": "±", "mp": "∓", "ast": "∗", "circ": "∘", "oplus": "⊕", "otimes": "⊗",
  "odot": "⊙", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ll": "≪", "gg": "≫", "ne": "≠", "neq": "≠",
  "approx": "≈", "sim": "∼", "simeq": "≃", "equiv": "≡", "propto": "∝", "in": "∈", "notin": "∉", "subset": "⊂",
  "subseteq": "⊆", "cup": "∪", "cap": "∩", "setminus": "∖", "emptyset": "∅", "forall": "∀", "exists": "∃", "neg": "¬",
  "land": "∧", "lor": "∨", "to": "→", "rightarrow": "→", "leftarrow": "←", "Rightarrow": "⇒", "Leftarrow": "⇐",
  "leftrightarrow": "↔", "iff": "⟺", "implies": "⟹", "mapsto": "↦", "gets": "←", "infty": "∞", "partial": "∂",
  "nabla": "∇", "sum": "∑", "prod": "∏", "int": "∫", "bigcup": "⋃", "bigcap": "⋂", "ldots": "…", "dots": "…",
  "cdots": "⋯", "vdots": "⋮", "prime": "′", "top": "⊤", "bot": "⊥", "perp": "⊥", "mid": "∣", "parallel": "∥",
  "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "lvert": "|", "rvert": "|",
  "lVert": "‖", "rVert": "‖", "|": "‖", "vert": "|", "Vert": "‖", "{": "{", "}": "}", "%": "%", "$": "$", "#": "#",
  "&": "&", "_": "_", "colon": ":", "backslash": "\\", "degree": "°",
]
