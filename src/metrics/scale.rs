//! Scaling by a power of two, so that squares and sums of any finite numbers neither overflow nor
//! vanish.

/// The exponents, as IEEE 754 stores them, that a scale is made for. Beyond them a scale would not
/// be a normal number; the numbers it brings to are below 2²⁵ all the same.
const EXPONENTS: std::ops::RangeInclusive<u64> = 23..=2023;

/// A power of two that brings the largest magnitude of `values` to between 1 and 2, or to below
/// 2²⁵ for the largest and smallest of floats.
///
/// Multiplying by it is exact, but for numbers some 2¹⁰⁰⁰ times smaller than the largest: sums are
/// the same to the last digit as without.
pub(super) fn power_of_two(values: impl Iterator<Item = f64>) -> f64 {
    let largest = values.fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let exponent = (largest.to_bits() >> 52).clamp(*EXPONENTS.start(), *EXPONENTS.end());
    f64::from_bits((2046 - exponent) << 52)
}

#[cfg(test)]
mod tests {
    use super::power_of_two;

    #[test]
    fn brings_the_largest_near_one() {
        for (value, scale) in [(1.0, 1.0), (-1.5, 1.0), (0.3, 4.0), (1000.0, 1.0 / 512.0)] {
            assert_eq!(
                power_of_two([value, 0.0].into_iter()).to_bits(),
                f64::to_bits(scale),
                "{value}"
            );
        }
        for value in [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, f64::INFINITY, 0.0] {
            let scaled = value.abs() * power_of_two([value].into_iter());
            assert!(scaled == 0.0 || scaled == f64::INFINITY || scaled > 1e-25, "{value}");
            assert!(scaled == f64::INFINITY || scaled < 33_554_432.0, "{value}");
        }
    }
}
