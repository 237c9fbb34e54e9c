import Glibc

/// `base ^ exponent`; the exponent of AlexNet's and VGG's normalization, −¾, by two square roots.
@inline(__always)
func power(_ base: Float, _ exponent: Float) -> Float {
  exponent == -0.75 ? 1 / (base.squareRoot() * base.squareRoot().squareRoot()) : powf(base, exponent)
}
