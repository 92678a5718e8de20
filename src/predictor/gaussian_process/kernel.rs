//! Matérn's kernel of smoothness 3/2, many values at once.

use ndarray::{Array2, ArrayView1, ArrayView2, Zip};

/// The kernel of each row with each point (rows × points), in units of its value at distance zero.
///
/// Both have the same columns, scaled so that a distance is √3 r/ℓ; `squares` are the squared
/// lengths of the points. The distances come from a product of matrices: |x − z|² = |x|² + |z|² − 2 x·z.
pub(super) fn kernel(
    rows: ArrayView2<f64>,
    points: ArrayView2<f64>,
    squares: ArrayView1<f64>,
) -> Array2<f64> {
    let mut values = rows.dot(&points.t());
    Zip::from(values.rows_mut()).and(rows.rows()).for_each(|mut values, row| {
        let square = row.dot(&row);
        Zip::from(&mut values).and(&squares).for_each(|value, other| {
            *value = matern(square + other - 2.0 * *value);
        });
    });
    values
}

/// (1 + a) exp(−a), of the square of a. Rounding below zero is zero; NaN remains.
pub(super) fn matern(square: f64) -> f64 {
    let distance = if square < 0.0 { 0.0 } else { square }.sqrt();
    (1.0 + distance) * exp_negative(-distance)
}

/// exp(x) for x ≤ 0, to 10⁻¹⁴ of its value; below −700 it is exp(−700), 10⁻³⁰⁴.
///
/// x = n ln 2 + r; exp(r) by Taylor's series to the eleventh power, 2ⁿ by its bits. There are no
/// branches, so compilers work on several numbers at once.
pub(super) fn exp_negative(x: f64) -> f64 {
    /// Adding it rounds a small number to a whole one, which then stands in the lowest bits.
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    /// ln 2, but for its last 21 bits: products with whole numbers up to 2,000 are exact.
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

    let x = x.max(-700.0);
    let shifted = x * std::f64::consts::LOG2_E + ROUNDER;
    let whole = shifted - ROUNDER;
    let r = (x - whole * LN_2_HIGH) - whole * LN_2_LOW;
    let mut series = 1.0 / 39_916_800.0;
    for factorial in
        [3_628_800.0, 362_880.0, 40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0]
    {
        series = series * r + 1.0 / factorial;
    }
    let power = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    series * power
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Axis};

    use super::{exp_negative, kernel, matern};

    #[test]
    fn the_exponential_is_that_of_the_standard_library() {
        for step in 0..700_000 {
            let x = -f64::from(step) * 1e-3;
            let (found, expected) = (exp_negative(x), x.exp());
            assert!((found / expected - 1.0).abs() < 1e-14, "{found} for exp({x}) = {expected}");
        }
        assert!(exp_negative(-1e300) < 1e-300 && exp_negative(-1e300) >= 0.0);
        assert!(exp_negative(f64::NEG_INFINITY) < 1e-300);
    }

    #[test]
    fn the_kernel_is_that_of_the_distances() {
        let rows = Array2::from_shape_fn((20, 3), |(row, column)| ((row * 7 + column) % 5) as f64);
        let points = Array2::from_shape_fn((4, 3), |(row, column)| ((row + column * 2) % 3) as f64);
        let squares = points.map_axis(Axis(1), |point| point.dot(&point));
        let values = kernel(rows.view(), points.view(), squares.view());
        for ((row, point), value) in values.indexed_iter() {
            let away = &rows.row(row) - &points.row(point);
            let distance = away.dot(&away).sqrt();
            let expected = (1.0 + distance) * (-distance).exp();
            assert!((value - expected).abs() < 1e-14, "{value} for {expected}");
        }
        assert!((matern(-1e-12) - 1.0).abs() < 1e-15);
    }
}
