import VectorTypes

/// Where the tables stand; another module's constant would be a call in every loop.
enum Tables {
    nonisolated(unsafe) static let errors = ErrorFunctionTable.rows
}
