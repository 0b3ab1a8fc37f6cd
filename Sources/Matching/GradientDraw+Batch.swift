import Probability
import Rules

extension GradientDraw {
    /// What a batch size assumes of a law that is not its own law of means; nil where it assumes nothing.
    var batchNote: String? {
        guard scale.contains(UpdateRule.batchSize) else { return nil }
        switch law {
        case .gaussian, .any: return nil
        case .sample: return nil
        default:
            return
                "the mean of B draws is taken to have the law \(law) again, with the scale sigma/sqrt(B): that is exact for "
                + "gaussian noise only; of \(law) noise the mean and the variance are right, and the shape is for B = 1"
        }
    }
}
