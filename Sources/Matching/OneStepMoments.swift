import Algebra
import Probability

/// Moments of the increments over the gradient noise of one step.
struct OneStepMoments {
    let states: [Symbol]
    let sample: GradientSample
    /// The first gradient.
    var draw: GradientDraw { sample.draws[0] }

    /// E[u] of an increment of one state, written by powers of the graded parameters.
    func mean(
        of increment: Expression, state: Symbol, graded: [Symbol] = []
    ) throws(DerivationError) -> Expression {
        // A function that is affine in the draw keeps its form: the mean of the gradient takes the draw's place.
        let slope = increment.derivative(by: draw.symbol)
        if sample.isRandom(increment), !sample.couplesCoordinates(increment),
            !sample.isRandom(increment.substituting(draw.symbol, by: .zero)),
            !increment.contains(anyKinkIn: draw.symbol), (try? slope.expanded())?.contains(draw.symbol) == false
        {
            return increment.substituting(draw.symbol, by: draw.mean).commonFactored
        }
        return try expectation(of: increment, state: state).commonFactored.collectingSums(by: graded)
    }

    /// Cov(u, w) of the increments of two states.
    func covariance(_ u: Expression, _ w: Expression, states: (Symbol, Symbol)) throws(DerivationError) -> Expression {
        guard sample.isRandom(u), sample.isRandom(w) else { return .zero }
        let product = try expectation(of: u * w, state: states.0)
        let means = try expectation(of: u, state: states.0) * expectation(of: w, state: states.1)
        // Terms that cancel make the expanded form the smaller one, squares of long means the other.
        let difference = product - means
        do {
            let expanded = try difference.expanded().commonFactored
            return expanded.size <= difference.size ? expanded : difference
        } catch {
            throw .algebra(error)
        }
    }

    func expectation(of body: Expression, state: Symbol) throws(DerivationError) -> Expression {
        do throws(ProbabilityError) { return try sample.expectation(of: body) } catch {
            throw .noMoment(state: state, error)
        }
    }

    /// The expression with every named expectation closed that a derivative has made so.
    func closingExpectations(in expression: Expression, state: Symbol) throws(DerivationError) -> Expression {
        do throws(ProbabilityError) { return try sample.closingExpectations(in: expression) } catch {
            throw .noMoment(state: state, error)
        }
    }
}

extension Expression {
    /// Whether a sign, an absolute value or a maximum of the symbol occurs.
    fileprivate func contains(anyKinkIn symbol: Symbol) -> Bool {
        var found = false
        forEachNode { node in
            if case .function(let function, let arguments) = node.content, [.sign, .abs, .max].contains(function) {
                found = found || arguments.contains { $0.contains(symbol) }
            }
        }
        return found
    }
}
