import TestSupport
import Testing

@testable import Algebra

/// Whatever the text, the parser gives an expression or a diagnostic.
@Suite struct ParsingFuzzTests {
    private static let valid = [
        "x - η·g/(√(v) + ε) − η·γ·x", "max(x, y, 1)*clip(g, -1, 1)^2", "Σ_j(∂_ij f·x_j)", "E[g_i*sign(g_i)]",
        "P(g < 0)",
        "2F1(1/2, (nu+1)/2; 3/2; -x^2/nu)", "beta1^k*(1 - beta2)/(1 - beta2^k)", "|x - |y||", "exp(-x²/2)/√(2·π)",
        "1e-3 + .5",
    ]
    private static let pieces = [
        "x", "y", "g_i", "_", "∂_ij f", "Σ_j(", "(", ")", "[", "]", "|", "+", "-", "*", "/", "^", ",", ";", "'", "²",
        "⁻", "√",
        "1", "0", "9999", "1e", "0.5", "e", "pi", "E[", "P(", "<", "max(", "sqrt(", "log(", "gamma(", "2F1(",
        "polygamma(",
        "dirac(", "delta_ij", "\"", "#", "\n", "\t", "\u{0}", "\u{301}", "é", "😀", "=", ":", "norm(", "sum_j(", "sign(",
    ]

    private func check(_ text: String) {
        do {
            let expression = try Expression(parsing: text)
            #expect(!expression.isUndefined, "\(text.debugDescription) has no value")
        } catch {
            #expect(error.column ?? 1 >= 1)
            #expect(!error.description.isEmpty)
        }
    }

    @Test func `random bytes are refused or read`() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<4000 {
            let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            check(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func `random sequences of words and signs are refused or read`() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<6000 {
            let count = Int.random(in: 1...14, using: &generator)
            check((0..<count).map { _ in Self.pieces[Int.random(in: Self.pieces.indices, using: &generator)] }.joined())
        }
    }

    @Test func `mutated expressions are refused or read`() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<6000 {
            var characters = Array(Self.valid[Int.random(in: Self.valid.indices, using: &generator)].unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: characters.indices, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0 where characters.count > 1: characters.remove(at: place)
                case 1: characters.insert(characters[Int.random(in: characters.indices, using: &generator)], at: place)
                case 2: characters.swapAt(place, Int.random(in: characters.indices, using: &generator))
                default:
                    let piece = Self.pieces[Int.random(in: Self.pieces.indices, using: &generator)]
                    characters.insert(contentsOf: piece.unicodeScalars, at: place)
                }
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: characters)
            check(String(text))
        }
    }

    @Test func `bytes that are not UTF-8 are no text`() {
        #expect(throws: Diagnostic.self) { try SourceText(bytes: [0x78, 0xFF, 0xFE], file: "bytes") }
        #expect(throws: Diagnostic.self) { try SourceText(bytes: [0x78, 0x00], file: "bytes") }
        #expect(throws: Diagnostic.self) {
            try SourceText(bytes: [UInt8](repeating: 0x20, count: SourceText.largestSize + 1), file: "bytes")
        }
        #expect(throws: Never.self) { try SourceText(bytes: [0xEF, 0xBB, 0xBF, 0x78], file: "bytes") }
    }
}
