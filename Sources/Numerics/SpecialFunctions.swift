/// Special functions of real arguments in double precision.
///
/// Outside of its domain a function is NaN, as in IEEE 754, and NaN arguments pass through. Unless a function says
/// otherwise its error is a few units in the last place.
public enum SpecialFunctions {}
