import Algebra
import Matching

/// A stochastic differential equation in print.
///
/// In coordinate form `dx_i = b dt + √η s dW_i`, and in vector form `dX = b dt + √η s dW` as papers have it. A state that
/// feels several Brownian motions has `√η (s₁ dW₁ + s₂ dW₂)`; they are numbered where the equation has more than one.
public struct SDEReport: Sendable {
    public let sde: SDE

    public init(_ sde: SDE) { self.sde = sde }

    private var vectors: VectorForm {
        sde.states.first { $0.role == .position }.map { VectorForm(position: $0.name) } ?? VectorForm()
    }

    public enum Form: Hashable, Sendable, CaseIterable {
        /// For the coordinate `i`.
        case coordinates
        /// With vectors and diagonal matrices.
        case vectors
    }

    /// The equations in Unicode mathematics, a line for each state.
    public func text(_ form: Form = .vectors) -> String {
        equations(form, language: .unicode).map { $0.line + "\n" }.joined() + crossText(\.text, "≠")
    }

    /// The equations in ASCII, a line for each state.
    public func ascii(_ form: Form = .coordinates) -> String {
        equations(form, language: .ascii).map { $0.line + "\n" }.joined() + crossText(\.ascii, "!=")
    }

    /// The equations as an `aligned` block for LaTeX's mathematics mode.
    public func latex(_ form: Form = .vectors) -> String {
        let lines =
            equations(form, language: .latex).map { "\($0.left) &= \($0.right)" }
            + crossCovariances.map { "\(crossName($0, \.latex)) &= \($0.value.latex) \\quad (i \\ne j)" }
        return "\\begin{aligned}\n\(lines.joined(separator: " \\\\\n"))\n\\end{aligned}\n"
    }

    /// The equations in both forms and the covariance, as Markdown with mathematics.
    public var markdown: String {
        var text = ""
        for form in [Form.vectors, .coordinates] {
            text += form == .vectors ? "In vector form:\n\n" : "For the coordinate $i$:\n\n"
            for equation in equations(form, language: .latex) { text += "$$\(equation.line)$$\n\n" }
        }
        if sde.couplesCoordinates {
            text += "The noise of different coordinates goes together:\n\n"
            for entry in crossCovariances {
                text += "$$\(crossName(entry, \.latex)) = \(entry.value.latex) \\quad (i \\ne j)$$\n\n"
            }
        }
        return text + "Covariance, without the factor $\(Expression(sde.stepSize).latex)$:\n\n"
            + covarianceTable.markdown
    }

    /// The equations in both forms and the covariance, as HTML with MathML.
    var html: String {
        var text = ""
        for form in [Form.vectors, .coordinates] {
            text += HTML.paragraph(form == .vectors ? "In vector form:" : "For the coordinate i:")
            for equation in equations(form, language: .mathML) {
                text += HTML.display("\(equation.left)<mo>=</mo>\(equation.right)")
            }
        }
        if sde.couplesCoordinates {
            text += HTML.paragraph("The noise of different coordinates goes together, for i ≠ j:")
            for entry in crossCovariances {
                let other = entry.column.mapIndices { _ in SDE.otherIndex }
                let names = "\(Expression(entry.row).mathML)<mo>,</mo>\(Expression(other).mathML)"
                text += HTML.display(
                    "<mi>S</mi><mo>[</mo>\(names)<mo>]</mo><mo>=</mo>\(entry.value.mathML)")
            }
        }
        return text + HTML.paragraph("Covariance, without the factor η:") + covarianceTable { $0.mathML }.html
    }

    /// The distinct entries of the covariance that are not zero, with LaTeX for Markdown and LaTeX tables.
    public var covarianceTable: Table { covarianceTable { $0.latex } }

    private func covarianceTable(_ spell: (Expression) -> String) -> Table {
        var table = Table([Table.Column("states"), Table.Column("S", isMathematics: true)])
        for entry in covariances where !entry.value.isZero { table.append([entry.name, spell(entry.value)]) }
        return table
    }

    /// The covariance in Unicode mathematics, a line for each distinct entry that is not zero.
    public var covarianceText: String {
        covariances.filter { !$0.value.isZero }.map { "S[\($0.name)] = \($0.value.text)\n" }.joined()
    }

    /// The lower triangle of the covariance: the pair of states, and the entry.
    private var covariances: [(name: String, value: Expression)] {
        sde.states.indices.flatMap { row in
            (row..<sde.states.count).map { column in
                ("\(sde.states[row].name),\(sde.states[column].name)", sde.covariance[row][column])
            }
        }
    }

    /// The covariance between coordinates: of state `a` of `i` with state `c` of `j`, c no earlier than a, where it is not
    /// zero.
    private var crossCovariances: [(row: Symbol, column: Symbol, value: Expression)] {
        guard sde.couplesCoordinates else { return [] }
        return sde.states.indices.flatMap { row in
            (row..<sde.states.count).map { (sde.states[row], sde.states[$0], sde.crossCovariance[row][$0]) }
        }.filter { !$0.value.isZero }
    }

    /// `S[x_i,m_j]`.
    private func crossName(
        _ entry: (row: Symbol, column: Symbol, value: Expression), _ spelling: (Expression) -> String
    ) -> String {
        let other = entry.column.mapIndices { _ in SDE.otherIndex }
        return "S[\(spelling(Expression(entry.row))),\(spelling(Expression(other)))]"
    }

    private func crossText(_ spelling: (Expression) -> String, _ distinct: String) -> String {
        crossCovariances.map { "\(crossName($0, spelling)) = \(spelling($0.value))  (i \(distinct) j)\n" }.joined()
    }

    /// Drift, covariance and diffusion by the names of the states, each in every notation, and the equations.
    public var json: JSONValue {
        func formula(_ expression: Expression, _ vectors: (text: String, latex: String)) -> JSONValue {
            [
                "text": .string(expression.text), "ascii": .string(expression.ascii),
                "latex": .string(expression.latex),
                "vector": .string(vectors.text), "vectorLatex": .string(vectors.latex),
            ]
        }
        func matrix(_ expression: Expression) -> JSONValue {
            formula(expression, (vectors.text(diffusion: expression), vectors.latex(diffusion: expression)))
        }
        let drift = zip(sde.states, sde.drift).map { state, drift in
            JSONValue.Member(
                state.name, formula(drift, (vectors.text(drift: drift), vectors.latex(drift: drift))))
        }
        let diffusion = zip(sde.states, sde.diffusion).map { state, row in
            JSONValue.Member(state.name, .array(row.map(matrix)))
        }
        let equations = Form.allCases.map { form in
            JSONValue.Member(
                form == .vectors ? "vectors" : "coordinates",
                .array(self.equations(form, language: .unicode).map { .string($0.line) }))
        }
        var result: [JSONValue.Member] = [
            .init("stepSize", .string(sde.stepSize.name)), .init("time", .string(sde.time.name)),
            .init("states", .array(sde.states.map { .string($0.name) })), .init("equations", .object(equations)),
            .init("drift", .object(drift)),
            .init("covariance", .object(covariances.map { .init($0.name, matrix($0.value)) })),
            .init("diffusion", .object(diffusion)),
        ]
        if sde.couplesCoordinates {
            let entries = crossCovariances.map { entry -> JSONValue.Member in
                let (text, latex) = (entry.value.text, entry.value.latex)
                return .init(
                    "\(entry.row.name)_i,\(entry.column.name)_j",
                    ["text": .string(text), "ascii": .string(entry.value.ascii), "latex": .string(latex)])
            }
            result.append(.init("crossCovariance", .object(entries)))
        }
        return .object(result)
    }

    /// An equation: what stands on both sides of the equals sign.
    struct Equation {
        let left: String
        let right: String

        var line: String { "\(left) = \(right)" }
    }

    func equations(_ form: Form, language: SDENotation.Language) -> [Equation] {
        let notation = SDENotation(form: form, language: language, vectors: vectors)
        let motions = Set(sde.diffusion.flatMap { row in row.indices.filter { !row[$0].isZero } })
        return sde.states.indices.map { state in
            Equation(
                left: notation.differential(of: sde.states[state]),
                right: notation.right(
                    drift: sde.drift[state], diffusion: sde.diffusion[state], stepSize: sde.stepSize, time: sde.time,
                    isNumbered: motions.count > 1))
        }
    }
}

extension SDE: CustomStringConvertible {
    /// The equations in vector form, a line for each state.
    public var description: String { SDEReport(self).text() }
}
