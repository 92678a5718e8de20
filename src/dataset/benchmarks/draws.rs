//! Random draws of the rows of a benchmark.
//!
//! Which networks a predictor has learned matters more for other spaces than how many: of NAS-Bench-101 the mean of
//! predictors of 32 draws of 64 cells ranks NAS-Bench-201 better than one predictor of 20,000 cells does.

use ndarray::Axis;

use super::BenchmarkData;
use crate::dataset::{Error, LEAST_ROWS, TrainingError};
use crate::predictor::normal_scores;
use crate::predictor::resample::subset;

/// How many rows a draw has, if nothing else is said.
const ROWS: usize = 64;

/// The most draws: each is a predictor in the model.
const MOST: usize = 1000;

/// Random draws of rows without replacement, each with a predictor of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draws {
    /// The number of draws.
    pub count: usize,
    /// The number of rows in each.
    pub rows: usize,
}

impl Draws {
    /// What the keys of a file ask for. The error is a key and what is wrong with it.
    pub(super) fn asked(
        count: Option<usize>,
        rows: Option<usize>,
    ) -> Result<Option<Self>, (&'static str, String)> {
        let Some(count) = count else {
            let fix = "`draw_size` needs the number of draws; add `draws = 32`".to_owned();
            return rows.map_or(Ok(None), |_| Err(("draws", fix)));
        };
        if !(2..=MOST).contains(&count) {
            return Err(("draws", format!("{count} draws; give a number from 2 to {MOST}")));
        }
        let rows = rows.unwrap_or(ROWS);
        if rows < LEAST_ROWS {
            return Err(("draw_size", format!("{rows} rows in a draw; give {LEAST_ROWS} or more")));
        }
        Ok(Some(Draws { count, rows }))
    }
}

impl BenchmarkData {
    /// The benchmark as its draws, each of which counts as its share; itself if it has none. The same seed gives the
    /// same draws, in whatever order the rows are.
    ///
    /// # Errors
    ///
    /// [`Error::OfBenchmark`] if it has fewer rows than a draw.
    pub fn drawn(self, seed: u64) -> Result<Vec<Self>, Error> {
        match self.draws {
            Some(draws) => self.parts(draws, seed),
            None => Ok(vec![self]),
        }
    }

    /// The rows of each draw as a benchmark, with normal scores among these.
    pub(super) fn parts(&self, draws: Draws, seed: u64) -> Result<Vec<Self>, Error> {
        if self.rows() < draws.rows {
            let error = TrainingError::DrawSize { rows: self.rows(), size: draws.rows };
            let error = Box::new(error.into());
            return Err(Error::OfBenchmark { name: self.name.clone(), error });
        }
        let part = |draw: usize| {
            let seed = seed.wrapping_add(draw as u64);
            let rows = subset(self.records(), self.truth().column(0), draws.rows, seed);
            BenchmarkData {
                name: format!("{}, draw {}", self.name, draw + 1),
                objective: self.objective.clone(),
                weight: self.weight / draws.count as f64,
                set: self.set.part(&rows),
                medians: self.medians.clone(),
                table: self.table.clone(),
                truth: normal_scores(self.truth().select(Axis(0), &rows).column(0)),
                draws: None,
            }
        };
        Ok((0..draws.count).map(part).collect())
    }
}
