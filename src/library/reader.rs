//! Predictions for encodings in memory.

use ndarray::{Array2, Axis};
use thiserror::Error as ThisError;

use super::encodings::{OnBroken, ReadRows, RowError, rows, whole};
use super::{PredictError, Space};
use crate::control::Control;
use crate::dataset::of_model::OfModel;
use crate::dataset::{Error, Request};
use crate::model::Model;
use crate::predictor::memo::Memo;

/// How many encodings are predicted at a time.
const CHUNK: usize = 8192;

/// What a model makes of the encodings of a space. The plan of its features is made once.
pub struct EncodingReader(OfModel);

/// What a model predicts of some encodings.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodingPredictions {
    /// The predictions, encodings × targets, in units of the targets. NaN where an encoding cannot be read.
    pub mean: Array2<f64>,
    /// Their standard deviations, in the same units, of a predictor that has them; NaN where nothing is known.
    pub std: Option<Array2<f64>>,
}

/// Why encodings cannot be predicted.
#[derive(Debug, ThisError)]
pub enum EncodingReaderError {
    /// An encoding that cannot be read.
    #[error(transparent)]
    Row(#[from] RowError),
    /// A model whose parts do not fit together.
    #[error(transparent)]
    Model(#[from] Error),
}

impl std::fmt::Debug for EncodingReader {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(out, "EncodingReader of {}", self.0.space().name())
    }
}

impl EncodingReader {
    /// What `model` makes of the encodings of a space: its own, or any for a model whose columns mean the same everywhere.
    ///
    /// # Errors
    ///
    /// [`PredictError`] if the model is of another space, or has a column that is not computed from networks.
    pub fn new(model: &Model, space: Option<Space>) -> Result<Option<Self>, PredictError> {
        let header = &model.header;
        let mut request = Request::default();
        request.networks.space = space.map(Space::get);
        let request = request.of_model(header)?;
        let Some(space) = request.networks.space.or(request.model_space) else { return Ok(None) };
        Ok(Some(EncodingReader(OfModel::in_space(header, &request, space)?)))
    }

    /// The space.
    pub fn space(&self) -> &'static str {
        self.0.space().name()
    }

    /// What the model reads of encodings: encodings × columns; and where there are none.
    fn records<T: AsRef<str> + Sync>(
        &self,
        columns: usize,
        encodings: &[T],
        broken: OnBroken,
        control: &Control,
    ) -> Result<ReadRows, RowError> {
        let reader = &self.0;
        rows(
            encodings,
            columns,
            (broken, control),
            || reader.scratch(),
            |text, room, row| {
                let mut network = reader.space().read(text)?;
                if reader.prunes() {
                    network = network.pruned()?;
                }
                Ok(reader.row(&network, room, row)?)
            },
        )
    }

    /// Predicts the targets of the model for encodings, in parallel on the caller's rayon pool. Equal rows are predicted once.
    ///
    /// # Errors
    ///
    /// [`EncodingReaderError`] for the first encoding that cannot be read, unless its prediction is to be NaN; if it was cancelled, or the model
    /// is of other columns than its card says.
    pub fn predict<T: AsRef<str> + Sync>(
        &self,
        model: &Model,
        encodings: &[T],
        broken: OnBroken,
        control: &Control,
    ) -> Result<EncodingPredictions, EncodingReaderError> {
        let (columns, targets) = (model.header.columns.len(), model.header.targets.len());
        let mut mean = Array2::from_elem((encodings.len(), targets), f64::NAN);
        let mut std: Option<Array2<f64>> = None;
        let mut memo = Memo::new(&model.predictor);
        for (place, chunk) in encodings.chunks(CHUNK).enumerate() {
            let start = place * CHUNK;
            let at_fault = |error: RowError| RowError { index: start + error.index, ..error };
            let rows = self.records(columns, chunk, broken, control).map_err(at_fault)?;
            let kept = whole(chunk.len(), &rows.broken);
            let records = match &rows.broken[..] {
                [] => rows.values,
                _ => rows.values.select(Axis(0), &kept),
            };
            let put = |all: &mut Array2<f64>, numbers: Array2<f64>| {
                for (numbers, &place) in numbers.outer_iter().zip(&kept) {
                    all.row_mut(start + place).assign(&numbers);
                }
            };
            let (means, deviations) = memo.mean_and_std(records.view()).map_err(Error::from)?;
            put(&mut mean, means);
            if let Some(deviations) = deviations {
                put(std.get_or_insert_with(|| Array2::from_elem(mean.dim(), f64::NAN)), deviations);
            }
        }
        if let Some(std) = &mut std {
            std.mapv_inplace(|std| if std.is_finite() { std } else { f64::NAN });
        }
        Ok(EncodingPredictions { mean, std })
    }
}
