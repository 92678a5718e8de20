//! How much memory a fit takes, estimated before it starts.

use std::ops::{Add, Mul};

/// The memory that a fit takes at its peak, in bytes, beside its records and targets. An estimate: data
/// with few distinct values or rows take less.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Footprint {
    /// For each number of the records (rows × columns).
    pub number: f64,
    /// For each row.
    pub row: f64,
    /// For each pair of columns, or of rows where these are fewer.
    pub pair: f64,
}

impl Footprint {
    /// For each number of the records alone.
    pub(crate) const fn numbers(number: f64) -> Self {
        Footprint { number, row: 0.0, pair: 0.0 }
    }

    /// In bytes, for records of so many rows and columns.
    pub fn bytes(self, rows: usize, columns: usize) -> f64 {
        let (rows, columns) = (rows as f64, columns as f64);
        let side = rows.min(columns);
        self.number * rows * columns + self.row * rows + self.pair * side * side
    }

    /// The greater of both, in each of its parts.
    #[must_use]
    pub(super) fn max(self, other: Self) -> Self {
        Footprint {
            number: self.number.max(other.number),
            row: self.row.max(other.row),
            pair: self.pair.max(other.pair),
        }
    }
}

impl Add for Footprint {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Footprint {
            number: self.number + other.number,
            row: self.row + other.row,
            pair: self.pair + other.pair,
        }
    }
}

impl Mul<f64> for Footprint {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        Footprint { number: self.number * factor, row: self.row * factor, pair: self.pair * factor }
    }
}

/// A copy of the records.
pub(crate) const COPY: f64 = 8.0;

/// Records as [codes](super::tree::Binned): twice four bytes while they are made, and one to keep.
pub(super) const BINNED: f64 = 9.0;

/// How many of so many tasks run at once.
pub(super) fn at_once(tasks: usize) -> f64 {
    tasks.min(rayon::current_num_threads()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predictor::{PREDICTORS, Parameters, by_name};

    #[test]
    fn pairs_are_of_the_shorter_side() {
        let footprint = Footprint { number: 8.0, row: 100.0, pair: 2.0 };
        let bytes = 8.0 * 3000.0 + 100.0 * 10.0 + 2.0 * 100.0;
        assert!((footprint.bytes(10, 300) - bytes).abs() < 1e-9);
        let bytes = 8.0 * 3000.0 + 100.0 * 300.0 + 2.0 * 100.0;
        assert!((footprint.bytes(300, 10) - bytes).abs() < 1e-9);
    }

    #[test]
    fn every_predictor_has_a_footprint() {
        for kind in &PREDICTORS {
            let learner = kind.learner(&Parameters::new()).unwrap();
            let footprint = learner.footprint(1);
            assert!(footprint.number >= COPY, "{}: {footprint:?}", kind.name);
            assert!(footprint.bytes(2000, 100) > footprint.bytes(1000, 100), "{}", kind.name);
        }
        let forest = |trees: u64| {
            let given = [("trees".to_owned(), trees.into())].into_iter().collect();
            by_name("forest").unwrap().learner(&given).unwrap().footprint(1).row
        };
        assert!((forest(200) / forest(100) - 2.0).abs() < 1e-9);
    }
}
