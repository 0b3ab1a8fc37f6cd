import Foundation
import Testing

@testable import Numerics

struct OddFunctionTableTests {
    static let functions: [@Sendable (Double) -> Double] = [
        { sin($0) }, { sinh($0) }, { $0 * exp(0.3 * $0 * $0) }, { $0 < 0 ? expm1($0) : -expm1(-$0) },
        // A bend much narrower than a panel.
        { $0 * (2 + tanh(1e5 * ($0.magnitude - 1.234))) },
    ]

    @Test(arguments: functions)
    func `values are those of the function, within the range, at its ends and beyond`(
        function: @escaping @Sendable (Double) -> Double
    ) {
        let table = OddFunctionTable(of: function, below: 3)
        for step in 0...4000 {
            let z = 3.2 * Double(step) / 4000
            for argument in [z, -z] {
                let expected = function(argument)
                #expect((table(argument) - expected).magnitude <= 2e-13 * expected.magnitude, "at \(argument)")
            }
        }
        #expect(table(0) == 0)
        #expect((table(1e-300) / 1e-300 - function(1e-9) / 1e-9).magnitude < 1e-8)
        #expect(table(.nan).isNaN)
    }
}
