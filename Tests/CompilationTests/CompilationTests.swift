import Testing

@testable import Compilation
