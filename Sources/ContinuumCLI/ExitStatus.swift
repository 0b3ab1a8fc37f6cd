/// What a run of the tool tells its caller.
enum ExitStatus: Int32, Sendable {
    case done = 0
    /// The check that was asked for failed: a weak order below the claim.
    case checkFailed = 1
    case badInput = 2
    /// The thing asked for does not exist: no diffusion limit, no variance.
    case doesNotExist = 3
    /// Stopped by the user; what was finished has been printed.
    case interrupted = 130
}
