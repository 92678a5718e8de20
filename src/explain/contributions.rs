//! A base value and contributions, which add up to predictions.

use ndarray::{Array1, Array2, Axis, Slice};

/// Scores that are nearer to each other than this tell nothing of a slope between them.
const NEAR: f64 = 1e-9;

/// Half the distance over which a slope is measured where two scores are too near.
const STEP: f64 = 1e-3;

/// Why some records have the predictions that they have, for one target.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    /// The prediction where no column is known: the same for all records.
    pub base: f64,
    /// What each column adds to it (records × columns), in units of the target.
    pub values: Array2<f64>,
}

impl Contributions {
    /// A prediction that no column has a part in.
    pub fn constant(base: f64, rows: usize, columns: usize) -> Self {
        Contributions { base, values: Array2::zeros((rows, columns)) }
    }

    /// The predictions that they add up to, one a record.
    pub fn predictions(&self) -> Array1<f64> {
        self.values.sum_axis(Axis(1)) + self.base
    }

    /// Those of a weighted sum of predictions: adds `weight` times others of the same records. Others with fewer
    /// columns are those of the first ones.
    #[must_use]
    pub fn plus(mut self, weight: f64, other: &Self) -> Self {
        self.base += weight * other.base;
        let columns = other.values.ncols();
        self.values
            .slice_axis_mut(Axis(1), Slice::from(..columns))
            .scaled_add(weight, &other.values);
        self
    }

    /// Those of predictions that know some columns only, among all: each stands at its index of so many.
    #[must_use]
    pub fn among(self, indices: &[usize], columns: usize) -> Self {
        if indices.len() == columns {
            return self;
        }
        let mut values = Array2::zeros((self.values.nrows(), columns));
        for (own, &index) in self.values.columns().into_iter().zip(indices) {
            values.column_mut(index).assign(&own);
        }
        Contributions { base: self.base, values }
    }

    /// Those of a function of the prediction, which must be increasing.
    ///
    /// The new base is that function of the base, and what a record differs from it is shared out in proportion to
    /// the contributions: each is multiplied by the slope of the line between base and prediction. The sum stays exact
    /// and no contribution changes its sign, but between columns that pull in opposite directions this is a
    /// convention. Where base and prediction are equal the slope is that of the function there.
    #[must_use]
    pub fn through(mut self, function: impl Fn(f64) -> f64) -> Self {
        let base = function(self.base);
        for mut record in self.values.rows_mut() {
            let change = record.sum();
            let at = self.base + change;
            let slope = if change.abs() > NEAR {
                (function(at) - base) / change
            } else {
                (function(at + STEP) - function(at - STEP)) / (2.0 * STEP)
            };
            record *= if slope.is_finite() { slope } else { 0.0 };
        }
        self.base = base;
        self
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn sums_are_those_of_the_predictions() {
        let one = Contributions { base: 1.0, values: array![[1.0, -2.0], [0.0, 0.5]] };
        let other = Contributions { base: -2.0, values: array![[4.0], [2.0]] };
        let both = Contributions::constant(0.0, 2, 2).plus(0.5, &one).plus(2.0, &other);
        assert_eq!(both, Contributions { base: -3.5, values: array![[8.5, -1.0], [4.0, 0.25]] });
        assert_eq!(both.predictions(), array![4.0, 0.75]);
    }

    #[test]
    fn a_function_keeps_sums_and_signs() {
        let values = array![[1.0, -0.25, 0.0], [0.5, -0.5, 0.0], [0.0, 0.0, 0.0]];
        let found = Contributions { base: 0.5, values: values.clone() }.through(f64::exp);
        let expected = (values.sum_axis(Axis(1)) + 0.5).mapv(f64::exp);
        assert!((found.predictions() - expected).iter().all(|apart| apart.abs() < 1e-12));
        let signs = found.values.iter().zip(&values);
        assert!(signs.into_iter().all(|(found, value)| (found * value > 0.0) == (*value != 0.0)));
        // Where all cancels out, the slope of the function.
        assert!((found.values[[1, 0]] - 0.5 * 0.5_f64.exp()).abs() < 1e-6);
    }
}
