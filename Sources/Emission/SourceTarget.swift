/// A language in which the equations of a model can be written.
public enum SourceTarget: String, CaseIterable, Hashable, Sendable {
    case swift, c
    /// Python with NumPy and SciPy.
    case python
    /// Python with JAX.
    case jax
    /// Python with PyTorch.
    case pytorch

    var dialect: any Dialect {
        switch self {
        case .swift: SwiftDialect()
        case .c: CDialect()
        case .python: PythonDialect(library: .numpy)
        case .jax: PythonDialect(library: .jax)
        case .pytorch: PythonDialect(library: .pytorch)
        }
    }
}
