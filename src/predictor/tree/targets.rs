//! Targets as whole numbers, which add up to the same in any order: floats, but so small that all
//! their sums are exact.

use ndarray::ArrayView2;

/// Targets in fixed point, about a centre.
#[derive(Debug)]
pub struct Targets {
    pub(super) rows: usize,
    /// For each row the targets.
    pub(super) fixed: Vec<f64>,
    /// For each target its centre and the value of one unit.
    pub(super) scales: Vec<(f64, f64)>,
}

/// The most bits of a target: more than any measurement has.
const BITS: u32 = 42;

impl Targets {
    /// The targets of each row (rows × targets), which must be finite, about the middle of their
    /// range.
    pub fn new(targets: ArrayView2<f64>) -> Self {
        Self::about(targets, |low, high| low / 2.0 + high / 2.0)
    }

    /// The targets of each row (rows × targets), which must be finite, about zero: what is added to
    /// the weight of a leaf draws it there.
    pub fn about_zero(targets: ArrayView2<f64>) -> Self {
        Self::about(targets, |_, _| 0.0)
    }

    fn about(targets: ArrayView2<f64>, centre: fn(f64, f64) -> f64) -> Self {
        // Few enough bits for the sum of all rows, or of as many drawn from them.
        let rows = usize::BITS - targets.nrows().leading_zeros();
        let bits = BITS.min(f64::MANTISSA_DIGITS.saturating_sub(rows).max(1));
        let scales = targets.columns().into_iter().map(|column| {
            let low = column.iter().copied().fold(f64::INFINITY, f64::min);
            let high = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let centre = centre(low, high);
            let unit = (high - centre).max(centre - low) / (1_i64 << bits) as f64;
            (centre, if unit > 0.0 { unit } else { 1.0 })
        });
        let scales: Vec<_> = scales.collect();
        let mut fixed = Vec::with_capacity(targets.len());
        for row in targets.rows() {
            for (value, (centre, unit)) in row.iter().zip(&scales) {
                fixed.push(((value - centre) / unit).round());
            }
        }
        Targets { rows: targets.nrows(), fixed, scales }
    }

    /// How many targets there are.
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    /// The unit of a target; 1 if there is no such target.
    pub fn unit(&self, target: usize) -> f64 {
        self.scales.get(target).map_or(1.0, |scale| scale.1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }
}
