//! Equal records are predicted once.
//!
//! A space has fewer networks than encodings, and features that see the live part of a cell alone are
//! equal for all that are isomorphic. What a predictor has said of one record it says of every other
//! that is equal bit by bit.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use ndarray::parallel::prelude::*;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use super::{Fitted, RecordsError};

/// The most numbers that are remembered of records: 16 MiB.
const MOST_NUMBERS: usize = 1 << 21;

/// A predictor that remembers what it was asked.
#[derive(Debug)]
pub struct Memo<'a> {
    predictor: &'a Fitted,
    /// The place of a record by its hash: of several that share one, the place of the first.
    places: HashMap<u64, usize>,
    /// The records that are remembered, one behind the other, and how many these are.
    records: Vec<f64>,
    count: usize,
    /// What was predicted for each of them: targets, then standard deviations if there are any.
    mean: Vec<f64>,
    std: Option<Vec<f64>>,
}

impl<'a> Memo<'a> {
    /// Nothing is remembered yet.
    pub fn new(predictor: &'a Fitted) -> Self {
        let (places, records, mean) = <_>::default();
        Memo { predictor, places, records, count: 0, mean, std: None }
    }

    /// [`Fitted::mean_and_std`] of records (rows × columns, as many in each call). The predictor is
    /// asked for those that are new.
    ///
    /// # Complexity
    ///
    /// O(rows · columns) beside what the predictor takes; memory does not grow beyond 16 MiB and what is
    /// asked in one call.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] if the records have another number of columns than the predictor.
    pub fn mean_and_std(
        &mut self,
        records: ArrayView2<f64>,
    ) -> Result<(Array2<f64>, Option<Array2<f64>>), RecordsError> {
        if records.ncols() != self.predictor.columns() {
            // Before anything of them is remembered.
            return self.predictor.mean_and_std(records);
        }
        if !self.has_room(records.ncols()) {
            *self = Memo::new(self.predictor);
        }
        let rows = records.axis_iter(Axis(0)).into_par_iter();
        let hashes: Vec<u64> = rows.map(hash).collect();
        // Those that are new stand behind the remembered ones, also where there is no room to remember
        // them.
        let (mut new, first) = (Vec::new(), self.count);
        let places = records.rows().into_iter().zip(hashes).enumerate();
        let places: Vec<usize> = places
            .map(|(row, (record, hash))| {
                let next = first + new.len();
                self.find(record, hash, next).unwrap_or_else(|| {
                    new.push(row);
                    next
                })
            })
            .collect();
        let (mean, std) = if new.len() == records.nrows() {
            self.predictor.mean_and_std(records)?
        } else {
            self.predictor.mean_and_std(records.select(Axis(0), &new).view())?
        };
        let targets = mean.ncols();
        let tell = |all: &mut Vec<f64>, new: Array2<f64>| {
            all.extend(new);
            let told = |(row, target)| all[places[row] * targets + target];
            let told = Array2::from_shape_fn((places.len(), targets), told);
            all.truncate(self.count * targets);
            told
        };
        let mean = tell(&mut self.mean, mean);
        Ok((mean, std.map(|std| tell(self.std.get_or_insert_default(), std))))
    }

    /// The place of a record, if it is known. Else it is remembered as the next one, if there is room
    /// and nothing before it was left out.
    fn find(&mut self, record: ArrayView1<f64>, hash: u64, next: usize) -> Option<usize> {
        let has_room = self.has_room(record.len());
        match self.places.entry(hash) {
            Entry::Occupied(place) => {
                let place = *place.get();
                let known = &self.records[place * record.len()..][..record.len()];
                let is_same = |(one, other): (&f64, &f64)| one.to_bits() == other.to_bits();
                record.iter().zip(known).all(is_same).then_some(place)
            }
            Entry::Vacant(place) => {
                if has_room && next == self.count {
                    place.insert(next);
                    self.records.extend(record);
                    self.count += 1;
                }
                None
            }
        }
    }

    fn has_room(&self, columns: usize) -> bool {
        (self.count + 1) * columns.max(1) <= MOST_NUMBERS
    }
}

fn hash(record: ArrayView1<f64>) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    for number in record {
        hasher.write_u64(number.to_bits());
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use ndarray::{Array1, array};

    use super::*;
    use crate::predictor::Predict;

    /// Predicts the sum and the product of a record, and writes down what it was asked.
    #[derive(Debug, Default, Clone)]
    struct Asked(Arc<Mutex<Vec<Vec<f64>>>>);

    impl Asked {
        fn fitted(&self, columns: usize) -> Fitted {
            Fitted::new(columns, 2, Box::new(self.clone()))
        }

        fn records(&self) -> Vec<Vec<f64>> {
            self.0.lock().unwrap().clone()
        }
    }

    impl Predict for Asked {
        fn mean(&self, records: ArrayView2<f64>) -> Array2<f64> {
            let mut asked = self.0.lock().unwrap();
            asked.extend(records.rows().into_iter().map(|record| record.to_vec()));
            let (sums, products) = (records.sum_axis(Axis(1)), records.product_axis(Axis(1)));
            ndarray::stack![Axis(1), sums, products]
        }

        fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array2<f64>, Option<Array2<f64>>) {
            let mean = self.mean(records);
            (mean.clone(), Some(mean + 1.0))
        }

        fn write(&self, _out: &mut Vec<u8>) {}
    }

    #[test]
    fn what_is_new_is_asked_and_the_rest_remembered() {
        let asked = Asked::default();
        let predictor = asked.fitted(2);
        let mut memo = Memo::new(&predictor);
        let first = array![[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]];
        let second = array![[3.0, 4.0], [5.0, 6.0], [5.0, 6.0], [1.0, 2.0], [2.0, 1.0]];
        for records in [&first, &second] {
            let (mean, std) = memo.mean_and_std(records.view()).unwrap();
            let (expected, expected_std) = Asked::default().mean_and_std(records.view());
            assert_eq!((mean, std), (expected, expected_std));
        }
        assert_eq!(asked.records(), [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [2.0, 1.0]]);
    }

    #[test]
    fn records_are_equal_bit_by_bit() {
        let asked = Asked::default();
        let predictor = asked.fitted(1);
        let mut memo = Memo::new(&predictor);
        let (mean, _) =
            memo.mean_and_std(array![[0.0], [-0.0], [f64::NAN], [f64::NAN]].view()).unwrap();
        assert!(mean[[1, 1]].is_sign_negative() && mean[[0, 1]].is_sign_positive());
        assert!(mean[[3, 0]].is_nan());
        assert_eq!(asked.records().len(), 3);
    }

    #[test]
    fn other_columns_are_refused_and_not_remembered() {
        let asked = Asked::default();
        let predictor = asked.fitted(2);
        let mut memo = Memo::new(&predictor);
        let error = memo.mean_and_std(array![[1.0], [1.0]].view()).unwrap_err();
        assert_eq!(error, RecordsError::Columns { expected: 2, found: 1 });
        assert!(memo.count == 0 && asked.records().is_empty());
    }

    #[test]
    fn a_shared_hash_does_not_mix_records_up() {
        let asked = Asked::default();
        let predictor = asked.fitted(1);
        let mut memo = Memo::new(&predictor);
        let [one, other]: [Array1<f64>; 2] = [array![1.0], array![2.0]];
        assert_eq!(memo.find(one.view(), 7, 0), None);
        assert_eq!(memo.find(one.view(), 7, 1), Some(0));
        assert_eq!(memo.find(other.view(), 7, 1), None);
        assert_eq!(memo.find(other.view(), 7, 2), None);
        // The place of one that could not be remembered is not given to the next.
        assert_eq!(memo.find(array![3.0].view(), 8, 3), None);
        assert_eq!(memo.count, 1);
    }

    #[test]
    fn a_full_memory_begins_anew() {
        let asked = Asked::default();
        let predictor = asked.fitted(MOST_NUMBERS / 3);
        let mut memo = Memo::new(&predictor);
        let columns = MOST_NUMBERS / 3;
        for value in 0..8_u8 {
            let rows = [value, value / 2, value + 100];
            let records = Array2::from_shape_fn((3, columns), |(row, _)| f64::from(rows[row]));
            let (mean, std) = memo.mean_and_std(records.view()).unwrap();
            assert_eq!(mean.column(0), records.sum_axis(Axis(1)));
            assert_eq!(std, Some(mean + 1.0));
            assert!(memo.records.len() <= MOST_NUMBERS && memo.count <= 3);
        }
    }
}
