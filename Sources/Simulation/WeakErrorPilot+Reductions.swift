import Numerics

import func Foundation.pow

extension WeakErrorPilot {
    /// What each way to reduce the variance makes of the pilot's paths.
    struct Reductions {
        /// For each test function.
        private(set) var estimates: [VarianceReduction: [Estimate]] = [:]

        init(_ plain: PathSampler.Sample, _ mirror: PathSampler.Sample, withControls: Bool) {
            let mean = plain.averaged(with: mirror)
            estimates[.none] = Estimate.each(plain, isPair: false, usesControls: false)
            estimates[.antithetic] = Estimate.each(mean, isPair: true, usesControls: false)
            guard withControls else { return }
            estimates[.control] = Estimate.each(plain, isPair: false, usesControls: true)
            estimates[.both] = Estimate.each(mean, isPair: true, usesControls: true)
        }

        /// The variance of coupled paths over that with each method, the geometric mean over the test functions.
        var factors: [VarianceReduction: Double] {
            let base = estimates[.none] ?? []
            return estimates.filter { $0.key != .none }.mapValues { own in
                pow(zip(base, own).reduce(1.0) { $0 * $1.1.gain(over: $1.0) }, 1 / Double(max(1, base.count)))
            }
        }

        /// The method with the least variance for the same work.
        ///
        /// - Parameters:
        ///   - asked: the only one that may be used; coupled paths alone where there is none such.
        ///   - work: of a path.
        func best(among asked: VarianceReduction?, work: (VarianceReduction) -> Double) -> VarianceReduction {
            if let asked { return estimates[asked] == nil ? .none : asked }
            let factors = factors
            func gain(_ reduction: VarianceReduction) -> Double {
                (factors[reduction] ?? 1) * work(.none) / work(reduction)
            }
            var chosen = VarianceReduction.none
            for reduction in VarianceReduction.allCases where factors[reduction] != nil {
                // Less than a tenth may be chance.
                if gain(reduction) > 1.1 * gain(chosen) { chosen = reduction }
            }
            return chosen
        }
    }

    struct Estimate {
        /// For a path of the optimizer: twice that of an antithetic pair.
        let variance: Double
        /// The mean of the error; of fewer paths where not all are pairs.
        let mean: Double
        let optimizerWeights: [Double]
        let modelWeights: [Double]

        static func each(_ sample: PathSampler.Sample, isPair: Bool, usesControls: Bool) -> [Estimate] {
            sample.optimizer.indices.map { test in
                let (optimizer, model) = (sample.optimizer[test], sample.model[test])
                let weights =
                    usesControls
                    ? ControlVariates.weights(of: [optimizer, model], on: sample.controls)
                    : Array(repeating: Array(repeating: 0, count: sample.controls.count), count: 2)
                let rest = ControlVariates.rest(
                    zip(model, optimizer).map { $0 - $1 }, less: zip(weights[1], weights[0]).map { $0 - $1 },
                    sample.controls)
                // Weights that were fitted to the same paths flatter: each takes a degree of freedom, and errs by as much.
                let used = usesControls ? Double(sample.controls.count) : 0
                let count = Double(rest.count)
                let inflation = count > used + 2 ? (count + used) / (count - used) : .infinity
                let moments = StreamingMoments(rest)
                return Estimate(
                    variance: moments.variance * inflation * (isPair ? 2 : 1), mean: moments.mean,
                    optimizerWeights: weights[0], modelWeights: weights[1])
            }
        }

        func gain(over other: Estimate) -> Double {
            variance > 0 ? other.variance / variance : other.variance > 0 ? .greatestFiniteMagnitude : 1
        }
    }
}
