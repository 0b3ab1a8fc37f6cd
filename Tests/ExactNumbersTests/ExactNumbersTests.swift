import Testing

@testable import ExactNumbers
