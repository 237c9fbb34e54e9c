/// What is wrong with a cell, at its head unless a line is given.
package struct CellFault: Error {
  package var line: Int?
  package var problem: ReportProblem

  package init(line: Int? = nil, problem: ReportProblem) { (self.line, self.problem) = (line, problem) }
}
