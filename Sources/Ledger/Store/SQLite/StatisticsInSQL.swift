import GRDBSQLite

/// Gives a connection the statistics that its queries may use; the budget is what they spend.
func addStatistics(to handle: OpaquePointer?, budget: StatisticsBudget) {
  for function in StatisticFunction.all {
    for count in function.arguments {
      let context = Unmanaged.passRetained(FunctionContext(function, budget)).toOpaque()
      let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC
      // SQLite lets go of the context itself, also where it refuses the function.
      switch function.kind {
      case .scalar:
        sqlite3_create_function_v2(
          handle, function.name, Int32(count), flags, context, callScalar, nil, nil, releaseContext)
      case .aggregate:
        sqlite3_create_function_v2(
          handle, function.name, Int32(count), flags, context, nil, takeRow, returnResult, releaseContext)
      }
    }
  }
}

private final class FunctionContext {
  let function: StatisticFunction
  let budget: StatisticsBudget

  init(_ function: StatisticFunction, _ budget: StatisticsBudget) {
    self.function = function
    self.budget = budget
  }

  static func of(_ context: OpaquePointer?) -> FunctionContext {
    Unmanaged<FunctionContext>.fromOpaque(sqlite3_user_data(context)!).takeUnretainedValue()
  }
}

/// What an aggregate has gathered so far.
private final class Gathering {
  var gathered = StatisticFunction.Gathered()
  /// A value that is not finite: no mean has a number then.
  var hasNoNumber = false
  var error: StatisticError?
}

private func releaseContext(_ context: UnsafeMutableRawPointer?) {
  if let context { Unmanaged<FunctionContext>.fromOpaque(context).release() }
}

private func callScalar(
  _ context: OpaquePointer?, _ count: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?
) {
  let facts = FunctionContext.of(context)
  guard case .scalar(let body) = facts.function.kind else { return }
  do throws(StatisticError) {
    let arguments = StatisticFunction.Arguments(
      function: facts.function.name, values: (0..<Int(count)).map { read(values![$0]) })
    answer(context, try body(arguments, facts.budget))
  } catch {
    sqlite3_result_error(context, error.sentence, -1)
  }
}

private func takeRow(
  _ context: OpaquePointer?, _ count: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?
) {
  let facts = FunctionContext.of(context)
  guard case .aggregate(let columns, _) = facts.function.kind,
    let place = sqlite3_aggregate_context(context, Int32(MemoryLayout<UnsafeMutableRawPointer?>.size))
  else { return sqlite3_result_error_nomem(context) }
  let slot = place.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
  let gathering: Gathering
  if let known = slot.pointee {
    gathering = Unmanaged<Gathering>.fromOpaque(known).takeUnretainedValue()
  } else {
    gathering = Gathering()
    gathering.gathered.columns = Array(repeating: [], count: columns)
    gathering.gathered.settings = settings(behind: columns, facts.function, count, values)
    slot.pointee = Unmanaged.passRetained(gathering).toOpaque()
  }
  guard gathering.error == nil else { return }
  do throws(StatisticError) {
    if Int(count) > columns, settings(behind: columns, facts.function, count, values) != gathering.gathered.settings {
      throw StatisticError(
        "\(facts.function.name)() has another level or seed in another row; they are the same in all")
    }
    for column in 0..<columns where sqlite3_value_type(values![column]) == SQLITE_NULL { return }
    try facts.budget.keep(columns)
    for column in 0..<columns {
      let number = try number(values![column], facts.function)
      if !number.isFinite { gathering.hasNoNumber = true }
      gathering.gathered.columns[column].append(number)
    }
  } catch {
    gathering.error = error
    sqlite3_result_error(context, error.sentence, -1)
  }
}

private func number(_ value: OpaquePointer?, _ function: StatisticFunction) throws(StatisticError) -> Double {
  switch sqlite3_value_type(value) {
  case SQLITE_INTEGER, SQLITE_FLOAT: return sqlite3_value_double(value)
  default:
    let found = read(value)
    // The store has what is not finite as NULL, an export as these words.
    if [.text("nan"), .text("inf"), .text("-inf")].contains(found) { return .nan }
    return try StatisticFunction.Arguments(function: function.name, values: [found]).number(0) ?? .nan
  }
}

private func settings(
  behind columns: Int, _ function: StatisticFunction, _ count: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?
) -> StatisticFunction.Arguments {
  StatisticFunction.Arguments(function: function.name, values: (columns..<Int(count)).map { read(values![$0]) })
}

private func returnResult(_ context: OpaquePointer?) {
  let facts = FunctionContext.of(context)
  guard case .aggregate(_, let body) = facts.function.kind,
    // Without a row nothing was gathered, and nothing is to be let go.
    let place = sqlite3_aggregate_context(context, 0),
    let slot = place.assumingMemoryBound(to: UnsafeMutableRawPointer?.self).pointee
  else { return sqlite3_result_null(context) }
  let gathering = Unmanaged<Gathering>.fromOpaque(slot).takeRetainedValue()
  do throws(StatisticError) {
    if let error = gathering.error { throw error }
    answer(context, gathering.hasNoNumber ? nil : try body(gathering.gathered, facts.budget))
  } catch {
    sqlite3_result_error(context, error.sentence, -1)
  }
}

private func answer(_ context: OpaquePointer?, _ value: Double?) {
  // SQLite takes what is no number for NULL; what is too large for one is none either.
  if let value, value.isFinite { sqlite3_result_double(context, value) } else { sqlite3_result_null(context) }
}

private func read(_ value: OpaquePointer?) -> SQLValue {
  switch sqlite3_value_type(value) {
  case SQLITE_INTEGER: return .integer(sqlite3_value_int64(value))
  case SQLITE_FLOAT: return .real(sqlite3_value_double(value))
  case SQLITE_TEXT:
    // More of it is not shown.
    let bytes = min(Int(sqlite3_value_bytes(value)), 200)
    guard let text = sqlite3_value_text(value) else { return .null }
    return .text(String(decoding: UnsafeBufferPointer(start: text, count: bytes), as: UTF8.self))
  case SQLITE_BLOB: return .blob([])
  default: return .null
  }
}
