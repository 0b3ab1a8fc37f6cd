import Testing

@testable import Algebra

@Suite("MathML")
struct MathMLRendererTests {
    @Test("quotients, roots and powers stand as on paper")
    func forms() throws {
        #expect(
            try Expression(parsing: "a/sqrt(b)").mathML
                == "<mfrac><mrow><mi>a</mi></mrow><mrow><msqrt><mi>b</mi></msqrt></mrow></mfrac>")
        #expect(try Expression(parsing: "x^2").mathML == "<msup><mrow><mi>x</mi></mrow><mrow><mn>2</mn></mrow></msup>")
        #expect(try Expression(parsing: "-rho1").mathML == "<mo>−</mo><mi>ρ₁</mi>")
    }

    @Test("a base that is a sum is bracketed before it is raised")
    func bracketedPower() throws {
        let text = try Expression(parsing: "(x + y)^3").mathML
        #expect(text.hasPrefix("<msup><mrow><mrow><mo>(</mo><mi>x</mi><mo>+</mo><mi>y</mi><mo>)</mo></mrow></mrow>"))
    }

    @Test("a subtracted sum keeps its brackets")
    func signs() throws {
        let text = try Expression(parsing: "a*(x - y)").mathML
        #expect(text.contains("<mo>(</mo><mi>x</mi><mo>−</mo><mi>y</mi><mo>)</mo>"))
    }
}
