//! Integrals from 0 to 1.

use std::f64::consts::PI;

/// Gauss–Legendre quadrature on the interval from 0 to 1: with m points the integral of a polynomial of
/// degree up to 2 m − 1 is exact but for rounding.
#[derive(Debug, Clone, PartialEq)]
pub struct Quadrature {
    /// The points, ascending. Point `k` is one minus the point `k` from the end.
    pub points: Vec<f64>,
    /// The weight of each, together 1.
    pub weights: Vec<f64>,
}

/// Newton's method has long converged after so many steps.
const STEPS: usize = 64;

impl Quadrature {
    /// The rule with so many points, at least one.
    ///
    /// # Complexity
    ///
    /// O(points²).
    pub fn new(points: usize) -> Self {
        let count = points.max(1);
        let mut rule = Quadrature { points: vec![0.5; count], weights: vec![1.0; count] };
        for place in 0..count.div_ceil(2) {
            // The root of the Legendre polynomial, descending from 1.
            let mut x = (PI * (place as f64 + 0.75) / (count as f64 + 0.5)).cos();
            if 2 * place + 1 == count {
                x = 0.0;
            }
            let mut slope = legendre(count, x).1;
            for _ in 0..STEPS {
                let (value, derivative) = legendre(count, x);
                let step = value / derivative;
                x -= step;
                slope = derivative;
                if step.abs() < 1e-16 {
                    break;
                }
            }
            let weight = 1.0 / ((1.0 - x) * (1.0 + x) * slope * slope);
            for (place, point) in
                [(place, (1.0 - x) / 2.0), (count - 1 - place, f64::midpoint(1.0, x))]
            {
                rule.points[place] = point;
                rule.weights[place] = weight;
            }
        }
        rule
    }
}

/// The Legendre polynomial of a degree and its derivative, inside of −1 and 1.
fn legendre(degree: usize, x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for degree in 2..=degree {
        let degree = degree as f64;
        (before, value) =
            (value, ((2.0 * degree - 1.0) * x * value - (degree - 1.0) * before) / degree);
    }
    (value, degree as f64 * (x * value - before) / (x * x - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_integrated_exactly() {
        for count in [1, 2, 3, 4, 7, 16, 64, 256] {
            let Quadrature { points, weights } = Quadrature::new(count);
            assert!(points.is_sorted() && points[0] > 0.0 && points[count - 1] < 1.0);
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{count}");
            for degree in [1, count, 2 * count - 1] {
                let power = i32::try_from(degree).unwrap();
                let terms = points.iter().zip(&weights).map(|(point, w)| w * point.powi(power));
                let expected = 1.0 / (degree as f64 + 1.0);
                assert!((terms.sum::<f64>() / expected - 1.0).abs() < 1e-11, "{count} {degree}");
            }
        }
    }
}
