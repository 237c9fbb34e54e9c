import Notebooks

/// A formula as MathML, which browsers draw themselves.
package func mathML(_ tex: String, isDisplayed: Bool) -> String {
  guard let formula = try? Formula(tex) else { return "<code>\(escapedHTML(tex))</code>" }
  return "<math\(isDisplayed ? " display=\"block\"" : "")>\(row(formula.nodes))</math>"
}

private func row(_ nodes: [Formula.Node]) -> String { "<mrow>\(nodes.map(element).joined())</mrow>" }

private func element(_ node: Formula.Node) -> String {
  switch node {
  case .identifier(let name, let isUpright):
    return isUpright && name.unicodeScalars.count == 1
      ? "<mi mathvariant=\"normal\">\(escapedHTML(name))</mi>" : "<mi>\(escapedHTML(name))</mi>"
  case .number(let text): return "<mn>\(escapedHTML(text))</mn>"
  case .sign(let sign): return "<mo>\(escapedHTML(sign))</mo>"
  case .bracket(let sign): return sign.isEmpty ? "" : "<mo stretchy=\"true\">\(escapedHTML(sign))</mo>"
  case .words(let text): return "<mtext>\(escapedHTML(text))</mtext>"
  case .space(let width): return width == "0" ? "" : "<mspace width=\"\(width)em\"></mspace>"
  case .row(let nodes): return row(nodes)
  case .fraction(let top, let bottom): return "<mfrac>\(element(top))\(element(bottom))</mfrac>"
  case .root(let inner, nil): return "<msqrt>\(element(inner))</msqrt>"
  case .root(let inner, let degree?): return "<mroot>\(element(inner))\(element(degree))</mroot>"
  case .scripts(let base, let below, let above, let hasLimits):
    switch (below, above) {
    case (nil, nil): return element(base)
    case (let below?, nil): return wrapped(hasLimits ? "munder" : "msub", [base, below])
    case (nil, let above?): return wrapped(hasLimits ? "mover" : "msup", [base, above])
    case (let below?, let above?): return wrapped(hasLimits ? "munderover" : "msubsup", [base, below, above])
    }
  case .accent(let base, let mark, let isBelow):
    let name = isBelow ? "munder" : "mover"
    return "<\(name)>\(element(base))<mo stretchy=\"\(mark == "¯" || mark == "_")\">\(escapedHTML(mark))</mo></\(name)>"
  }
}

/// Each part is one element, whatever it is made of.
private func wrapped(_ name: String, _ parts: [Formula.Node]) -> String {
  let inner = parts.map { part in
    let text = element(part)
    return text.isEmpty ? "<mrow></mrow>" : text
  }
  return "<\(name)>\(inner.joined())</\(name)>"
}
