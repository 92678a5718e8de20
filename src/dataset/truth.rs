//! Rows of a table with true values, as a model sees them.

use std::ops::ControlFlow;

use ndarray::{Array2, ArrayView2};

use super::FileRole;
use super::columns::ColumnChoice;
use super::impute::Filling;
use super::records::Records;
use super::{Error, Identify, Request, RowCounts};
use crate::model::Model;
use crate::table::Input;

/// Rows with true values.
#[derive(Debug)]
pub(crate) struct Truth {
    /// The columns of the model (rows × columns).
    pub records: Array2<f64>,
    /// The targets of the model (rows × targets).
    pub targets: Array2<f64>,
    /// Rows that were read and not left out; these are every so many of them.
    pub rows: u64,
    /// Rows of networks that the model was trained on, which were left out; `None` if the model or the table does not
    /// tell its networks.
    pub left_out: Option<u64>,
    /// Rows that are not as they stand in the table.
    pub aside: RowCounts,
}

impl Truth {
    /// Reads a table that has the targets of a model. Of many rows every second, every fourth, … is kept, so that there are no
    /// more than `most`. Rows of training networks are left out unless `include_training`.
    ///
    /// # Errors
    ///
    /// [`Error`] if the table cannot be read or lacks a column; [`Error::AllTraining`] or [`Error::NoRows`] if no row is
    /// left.
    pub fn read(
        model: &Model,
        input: &Input,
        request: &Request,
        include_training: bool,
        most: usize,
    ) -> Result<Self, Error> {
        let header = &model.header;
        let predictors = ColumnChoice::Named(&header.columns, &header.proxies);
        let mut request = request.of_model(header)?;
        let asks = !model.networks.is_empty() && !include_training;
        if asks {
            request.identify = Identify::Always;
        }
        let mut left_out = (asks || include_training).then_some(0);
        let mut rejects = request.networks.open_rejects(&[(input.path(), FileRole::Input)])?;
        let (mut aside, mut filling) = (RowCounts::default(), Filling::default());
        let mut kept = Kept { most, step: 1, rows: 0, each: Vec::new() };
        let targets = &header.targets;
        Records::read(
            input,
            &request,
            &predictors,
            targets,
            &mut rejects,
            &mut |_, mut numbers| {
                if let Some(medians) = &header.medians {
                    filling.fill(&mut numbers.records, medians);
                }
                aside += numbers.aside;
                if asks && numbers.networks.len() != numbers.rows.len() {
                    left_out = None;
                }
                let shape = (numbers.rows.len(), header.columns.len());
                let Ok(records) = ArrayView2::from_shape(shape, &numbers.records) else {
                    return Ok(ControlFlow::Continue(()));
                };
                for (row, record) in records.rows().into_iter().enumerate() {
                    let network = numbers.networks.get(row).filter(|_| asks);
                    if network.is_some_and(|known| model.networks.contains(known.function.short()))
                    {
                        left_out = left_out.map(|rows| rows + 1);
                        continue;
                    }
                    let truth = &numbers.targets[row * targets.len()..][..targets.len()];
                    kept.add(|| record.iter().chain(truth).copied().collect());
                }
                Ok(ControlFlow::Continue(()))
            },
        )?;
        if let Some(rejects) = rejects {
            rejects.finish()?;
        }
        aside.filled = filling.total();
        if let (0, Some(rows @ 1..)) = (kept.rows, left_out) {
            return Err(Error::AllTraining { input: input.to_string(), rows });
        }
        if kept.rows == 0 {
            return Err(Error::NoRows { input: input.to_string(), aside });
        }
        let columns = header.columns.len();
        let of = |first: usize, count: usize| {
            Array2::from_shape_fn((kept.each.len(), count), |(row, column)| {
                kept.each[row][first + column]
            })
        };
        let (records, targets) = (of(0, columns), of(columns, targets.len()));
        Ok(Truth { records, targets, rows: kept.rows, left_out, aside })
    }
}

/// Some of many rows, evenly spread.
struct Kept {
    most: usize,
    /// Every so many rows are kept.
    step: u64,
    rows: u64,
    each: Vec<Vec<f64>>,
}

impl Kept {
    fn add(&mut self, row: impl FnOnce() -> Vec<f64>) {
        if self.rows.is_multiple_of(self.step) {
            if self.each.len() == self.most {
                let mut place = 0;
                self.each.retain(|_| {
                    place += 1;
                    place % 2 == 1
                });
                self.step *= 2;
            }
            if self.rows.is_multiple_of(self.step) {
                self.each.push(row());
            }
        }
        self.rows += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::Kept;

    #[test]
    #[allow(clippy::float_cmp, reason = "whole numbers")]
    fn rows_are_evenly_spread() {
        for rows in [3, 8, 9, 100, 1000_u64] {
            let mut kept = Kept { most: 8, step: 1, rows: 0, each: Vec::new() };
            (0..rows).for_each(|row| kept.add(|| vec![row as f64]));
            let found: Vec<f64> = kept.each.concat();
            let step = kept.step as f64;
            assert!(found.len() <= 8 && found.len() * 2 > rows.min(8) as usize, "{found:?}");
            assert!(found.iter().zip(0..).all(|(row, place)| *row == step * f64::from(place)));
        }
    }
}
