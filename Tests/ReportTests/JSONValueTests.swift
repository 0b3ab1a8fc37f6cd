import Foundation
import Report
import Testing

@Suite struct JSONValueTests {
    @Test func `Keys keep their order`() throws {
        let value: JSONValue = ["z": 1, "a": [true, .null, 0.5], "empty": [:], "none": []]
        #expect(try value.encoded() == #"{"z":1,"a":[true,null,0.5],"empty":{},"none":[]}"#)
        #expect(
            try value.encoded(.indented) == """
                {
                  "z": 1,
                  "a": [
                    true,
                    null,
                    0.5
                  ],
                  "empty": {},
                  "none": []
                }
                """)
        #expect(value["a"] == [true, .null, 0.5])
        #expect(value["missing"] == nil)
    }

    @Test func `Strings are escaped`() throws {
        #expect(try JSONValue.string("a\"b\\c\n\t\u{1}η").encoded() == #""a\"b\\c\n\t\u0001η""#)
    }

    static let numbers: [Double] = [
        0.1, -0.0, 2.5e-308, .leastNonzeroMagnitude, 1.7976931348623157e308, 1 / 3, 123456789.123456789, 1e16, 1e22,
    ]

    @Test(arguments: numbers)
    func `A number is read back to the last bit`(_ number: Double) throws {
        let text = try JSONValue.array([.number(number)]).encoded()
        let read = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [Double]
        #expect(read?.first?.bitPattern == number.bitPattern, "\(text)")
    }

    @Test func `A number that is not finite is an error that says where it stands`() {
        let value: JSONValue = ["errors": [["eta": .number(.nan)]]]
        #expect(throws: JSONValue.NotFiniteError.self) { try value.encoded() }
        do {
            _ = try value.encoded()
        } catch {
            #expect(error.path == ["errors", "0", "eta"])
            #expect("\(error)" == "errors.0.eta is nan, which JSON cannot hold")
        }
    }
}
