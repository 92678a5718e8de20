//! Columns as normal scores, for members that measure distances: a column with many values is often
//! skewed by orders of magnitude, as proxies are.

use ndarray::{ArrayView2, Axis, CowArray, Ix2};

use super::scores::Scores;
use crate::predictor::stored::{Bytes, Damaged, write_count};

/// Columns with at most so many distinct values stay as they are, or with as many as a quarter of
/// the rows, if that is more.
const FEW: usize = 12;

/// The columns that become scores.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Columns(pub(super) Vec<(usize, Scores)>);

impl Columns {
    /// From training records (rows × columns).
    pub fn new(records: ArrayView2<f64>) -> Self {
        let most = FEW.max(records.nrows() / 4);
        let columns = records.columns().into_iter().map(Scores::new).enumerate();
        Columns(columns.filter(|(_, scores)| scores.distinct() > most).collect())
    }

    /// The records with scores in the place of those columns.
    pub fn apply<'a>(&self, records: ArrayView2<'a, f64>) -> CowArray<'a, f64, Ix2> {
        let mut records = CowArray::from(records);
        for (index, scores) in &self.0 {
            let column = scores.of(records.index_axis(Axis(1), *index));
            records.index_axis_mut(Axis(1), *index).assign(&column);
        }
        records
    }

    /// Appends them to the bytes of a predictor.
    pub fn write(&self, out: &mut Vec<u8>) {
        write_count(self.0.len(), out);
        for (index, scores) in &self.0 {
            write_count(*index, out);
            scores.write(out);
        }
    }

    /// Reads what [`Columns::write`] has written, for records of so many columns.
    pub fn read(bytes: &mut Bytes, columns: usize) -> Result<Self, Damaged> {
        let count = bytes.count(4)?;
        let column = |_| {
            let index = bytes.u32()? as usize;
            if index >= columns {
                return Err(Damaged("a column that is scored is not there"));
            }
            Ok((index, Scores::read(bytes)?))
        };
        Ok(Columns((0..count).map(column).collect::<Result<_, _>>()?))
    }
}
