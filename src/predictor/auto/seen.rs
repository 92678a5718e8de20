//! The records as the members of a view see them.

use ndarray::{ArrayView2, Axis, CowArray, Ix2};

use super::columns::Columns;
use crate::predictor::stored::{Bytes, Damaged, write_count};
use crate::predictor::view::View;

/// A view of a fitted blend.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    /// What it is called; nothing if it is all columns.
    pub name: String,
    /// The indices of its columns; `None` for all.
    pub(super) columns: Option<Vec<usize>>,
    /// For the members of scores: their columns are scores too.
    pub(super) scored: Columns,
}

impl Seen {
    /// All columns of some training records (rows × columns).
    pub fn all(records: ArrayView2<f64>) -> Self {
        Seen { name: String::new(), columns: None, scored: Columns::new(records) }
    }

    /// Those of a view.
    pub fn of(view: &View, records: ArrayView2<f64>) -> Self {
        let scored = Columns::new(records.select(Axis(1), &view.columns).view());
        Seen { name: view.name.clone(), columns: Some(view.columns.clone()), scored }
    }

    /// Its columns of some records.
    pub fn records<'a>(&self, records: ArrayView2<'a, f64>) -> CowArray<'a, f64, Ix2> {
        match &self.columns {
            None => CowArray::from(records),
            Some(columns) => CowArray::from(records.select(Axis(1), columns)),
        }
    }

    /// Its columns, as the members of scores have them.
    pub fn as_scores<'a>(&self, own: ArrayView2<'a, f64>) -> CowArray<'a, f64, Ix2> {
        self.scored.apply(own)
    }

    /// The index among all columns of each of its own, of so many in all.
    pub fn indices(&self, columns: usize) -> Vec<usize> {
        self.columns.clone().unwrap_or_else(|| (0..columns).collect())
    }

    /// How many columns it has of so many.
    pub fn len(&self, columns: usize) -> usize {
        self.columns.as_ref().map_or(columns, Vec::len)
    }

    /// From now on records have these of the columns only, ascending.
    pub fn keep(&mut self, kept: &[usize]) {
        let Some(columns) = &mut self.columns else { return };
        for column in &mut *columns {
            // All of its own are among them.
            *column = kept.partition_point(|other| other < column);
        }
        if columns.len() == kept.len() {
            self.columns = None;
        }
    }

    /// Appends it to the bytes of a predictor.
    pub fn write(&self, out: &mut Vec<u8>) {
        write_count(self.name.len(), out);
        out.extend_from_slice(self.name.as_bytes());
        // None are all: a view has a column.
        let columns = self.columns.as_deref().unwrap_or_default();
        write_count(columns.len(), out);
        for &column in columns {
            write_count(column, out);
        }
        self.scored.write(out);
    }

    /// Reads what [`Seen::write`] has written, for records of so many columns.
    pub fn read(bytes: &mut Bytes, columns: usize) -> Result<Self, Damaged> {
        let length = bytes.count(1)?;
        let name = std::str::from_utf8(bytes.take(length)?)
            .map_err(|_| Damaged("the name of a view is not UTF-8"))?
            .to_owned();
        let count = bytes.count(4)?;
        let own = (0..count).map(|_| Ok(bytes.u32()? as usize)).collect::<Result<Vec<_>, _>>()?;
        if own.iter().any(|&column| column >= columns) || !own.is_sorted_by(|one, next| one < next)
        {
            return Err(Damaged("the columns of a view do not ascend, or are not there"));
        }
        let own = (!own.is_empty()).then_some(own);
        let scored = Columns::read(bytes, own.as_ref().map_or(columns, Vec::len))?;
        Ok(Seen { name, columns: own, scored })
    }

    /// Reads all columns, as models had them that knew no views.
    pub fn read_all(bytes: &mut Bytes, columns: usize) -> Result<Self, Damaged> {
        Ok(Seen { name: String::new(), columns: None, scored: Columns::read(bytes, columns)? })
    }
}
