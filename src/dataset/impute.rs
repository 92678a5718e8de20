//! Medians in the place of what is missing.

use ndarray::{Array1, Array2, ArrayView2};

/// How many values medians stand in for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filled {
    /// The values.
    pub values: u64,
    /// How many columns they are in.
    pub columns: u64,
}

impl std::ops::AddAssign for Filled {
    fn add_assign(&mut self, more: Self) {
        self.values += more.values;
        // Tables that are read together have the same columns.
        self.columns = self.columns.max(more.columns);
    }
}

/// For each column how many values were filled, over some chunks of rows.
#[derive(Debug, Default)]
pub(crate) struct Filling(Vec<u64>);

impl Filling {
    /// Puts `medians` in the place of what is missing, row by row.
    pub fn fill(&mut self, records: &mut [f64], medians: &[f64]) {
        self.0.resize(medians.len(), 0);
        for record in records.chunks_exact_mut(medians.len().max(1)) {
            for ((value, median), count) in record.iter_mut().zip(medians).zip(&mut self.0) {
                if value.is_nan() {
                    *value = *median;
                    *count += 1;
                }
            }
        }
    }

    /// All columns together.
    pub fn total(&self) -> Filled {
        let columns = self.0.iter().filter(|count| **count > 0).count() as u64;
        Filled { values: self.0.iter().sum(), columns }
    }
}

/// How many values of records (rows × columns) are missing.
pub(crate) fn missing(records: ArrayView2<f64>) -> Filled {
    let missing = |column: ndarray::ArrayView1<f64>| {
        column.iter().filter(|value| value.is_nan()).count() as u64
    };
    let each = records.columns().into_iter().map(missing);
    let each = each.filter(|count| *count > 0);
    each.fold(Filled::default(), |all, count| Filled {
        values: all.values + count,
        columns: all.columns + 1,
    })
}

/// The median of each column (rows × columns) without what is missing; 0 if all of it is.
pub(crate) fn medians(records: ArrayView2<f64>) -> Array1<f64> {
    records
        .columns()
        .into_iter()
        .map(|column| {
            let mut values: Vec<f64> = column.iter().copied().filter(|v| !v.is_nan()).collect();
            values.sort_unstable_by(f64::total_cmp);
            let middle = values.len() / 2;
            match values.len() {
                0 => 0.0,
                count if count % 2 == 1 => values[middle],
                _ => values[middle - 1] / 2.0 + values[middle] / 2.0,
            }
        })
        .collect()
}

/// Puts the median of each column in the place of what is missing (rows × columns).
pub(crate) fn fill_all(records: &mut Array2<f64>, medians: &Array1<f64>) {
    for mut row in records.rows_mut() {
        row.zip_mut_with(medians, |value, median| {
            *value = if value.is_nan() { *median } else { *value };
        });
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn what_is_filled_is_counted_by_column() {
        const NONE: f64 = f64::NAN;
        let mut filling = Filling::default();
        let medians = [1.0, 2.0, 3.0];
        let mut first = [NONE, 5.0, 6.0, 7.0, NONE, 9.0];
        filling.fill(&mut first, &medians);
        let expected = [1.0, 5.0, 6.0, 7.0, 2.0, 9.0];
        assert!(first.iter().zip(expected).all(|(one, other)| one.total_cmp(&other).is_eq()));
        let mut second = [NONE, 0.0, 0.0];
        filling.fill(&mut second, &medians);
        assert_eq!(filling.total(), Filled { values: 3, columns: 2 });
        let records = array![[NONE, 5.0, 6.0], [7.0, NONE, 9.0], [NONE, 0.0, 0.0]];
        assert_eq!(missing(records.view()), filling.total());
    }
}
