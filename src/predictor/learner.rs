//! What every predictor can do, whatever its kind.

use std::fmt::Debug;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::FitError;
use super::stored::{Bytes, Damaged};

/// A kind of predictor.
pub trait Kind: Send + Sync {
    /// The name for `--predictor`.
    fn name(&self) -> &'static str;

    /// What it is, in one line.
    fn summary(&self) -> &'static str;

    /// A learner with the parameters that are given, by name, and defaults for the others.
    ///
    /// # Errors
    ///
    /// [`FitError`] if there is no parameter of a name, or a value is no value of it.
    fn learner(&self, given: &Parameters) -> Result<Box<dyn Learner>, FitError>;

    /// Reads what [`Fitted::write`] has written, for records of so many columns and targets.
    ///
    /// # Errors
    ///
    /// [`Damaged`] if the bytes are anything else. Never panics.
    fn read(
        &self,
        bytes: &mut Bytes,
        columns: usize,
        targets: usize,
    ) -> Result<Box<dyn Fitted>, Damaged>;
}

/// Parameters by name.
pub type Parameters = Map<String, Value>;

/// A predictor that is to be fitted: a kind and its parameters.
pub trait Learner: Debug + Send + Sync {
    /// The name of its kind.
    fn name(&self) -> &'static str;

    /// All of its parameters.
    fn parameters(&self) -> Parameters;

    /// Fits it to records (rows × columns) and targets (rows × targets).
    ///
    /// The same seed gives the same predictor, on any number of threads.
    ///
    /// # Errors
    ///
    /// [`FitError`] if a parameter is out of range, or there is nothing to learn from.
    fn fit(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        seed: u64,
    ) -> Result<Box<dyn Fitted>, FitError>;
}

/// A fitted predictor. Records have the columns that it was fitted with; those with others make it
/// panic.
pub trait Fitted: Debug + Send + Sync {
    /// The prediction for each record (rows × targets).
    fn mean(&self, records: ArrayView2<f64>) -> Array2<f64>;

    /// [`Fitted::mean`], and a standard deviation for each where the predictor has one.
    fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array2<f64>, Option<Array2<f64>>) {
        (self.mean(records), None)
    }

    /// For each column its share in what was learned, together 1, where the predictor tells.
    fn importances(&self) -> Option<Vec<f64>> {
        None
    }

    /// Predictions for the training rows by what has not seen them.
    fn held_out(&self) -> Option<HeldOut> {
        None
    }

    /// What else it says of itself: for each target what it is made of.
    fn report(&self) -> Option<Value> {
        None
    }

    /// Appends its bytes, from which [`Kind::read`] makes it again.
    fn write(&self, out: &mut Vec<u8>);
}

/// Predictions for training rows by what has not seen them.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldOut {
    /// How they were made, such as `out of bag`.
    pub by: &'static str,
    /// The predictions (rows × targets); NaN for a row that everything has seen.
    pub predictions: Array2<f64>,
}

/// A predictor of one number, of which there is one for each target.
pub(super) trait Single: Debug + Send + Sync + Sized + 'static {
    /// The prediction for each record.
    fn mean(&self, records: ArrayView2<f64>) -> Array1<f64>;

    /// See [`Fitted::mean_and_std`].
    fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array1<f64>, Option<Array1<f64>>) {
        (self.mean(records), None)
    }

    /// See [`Fitted::importances`].
    fn importances(&self) -> Option<Vec<f64>> {
        None
    }

    /// How predictions were held out, and these; see [`Fitted::held_out`].
    fn held_out(&self) -> Option<(&'static str, Array1<f64>)> {
        None
    }

    /// See [`Fitted::report`].
    fn report(&self) -> Option<Value> {
        None
    }

    /// See [`Fitted::write`].
    fn write(&self, out: &mut Vec<u8>);

    /// Reads what [`Single::write`] has written.
    fn read(bytes: &mut Bytes, columns: usize) -> Result<Self, Damaged>;
}

/// One predictor for each target.
#[derive(Debug)]
pub(super) struct PerTarget<P>(Vec<P>);

impl<P: Single> PerTarget<P> {
    /// Fits a predictor to each target (rows × targets).
    pub fn fit(
        targets: ArrayView2<f64>,
        one: impl Fn(ArrayView1<f64>) -> Result<P, FitError>,
    ) -> Result<Box<dyn Fitted>, FitError> {
        let each = targets.columns().into_iter().map(one);
        Ok(Box::new(PerTarget(each.collect::<Result<_, _>>()?)))
    }

    /// Reads what [`Fitted::write`] has written.
    pub fn read(
        bytes: &mut Bytes,
        columns: usize,
        targets: usize,
    ) -> Result<Box<dyn Fitted>, Damaged> {
        let each = (0..targets).map(|_| P::read(bytes, columns));
        Ok(Box::new(PerTarget(each.collect::<Result<_, _>>()?)))
    }

    /// What each predictor gives, side by side (rows × targets).
    fn beside(&self, rows: usize, one: impl Fn(&P) -> Array1<f64>) -> Array2<f64> {
        let mut all = Array2::zeros((rows, self.0.len()));
        for (mut column, predictor) in all.columns_mut().into_iter().zip(&self.0) {
            column.assign(&one(predictor));
        }
        all
    }
}

impl<P: Single> Fitted for PerTarget<P> {
    fn mean(&self, records: ArrayView2<f64>) -> Array2<f64> {
        self.beside(records.nrows(), |predictor| predictor.mean(records))
    }

    fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array2<f64>, Option<Array2<f64>>) {
        let shape = (records.nrows(), self.0.len());
        let (mut mean, mut std) = (Array2::zeros(shape), Some(Array2::zeros(shape)));
        for (target, predictor) in self.0.iter().enumerate() {
            let (one, deviation) = predictor.mean_and_std(records);
            mean.index_axis_mut(Axis(1), target).assign(&one);
            std = std.zip(deviation).map(|(mut std, deviation)| {
                std.index_axis_mut(Axis(1), target).assign(&deviation);
                std
            });
        }
        (mean, std)
    }

    fn importances(&self) -> Option<Vec<f64>> {
        let each: Option<Vec<_>> = self.0.iter().map(P::importances).collect();
        let mut each = each?.into_iter();
        let mut mean = each.next()?;
        for importances in each {
            mean.iter_mut().zip(importances).for_each(|(sum, one)| *sum += one);
        }
        for sum in &mut mean {
            *sum /= self.0.len() as f64;
        }
        Some(mean)
    }

    fn held_out(&self) -> Option<HeldOut> {
        let each: Option<Vec<_>> = self.0.iter().map(P::held_out).collect();
        let each = each?;
        let (by, first) = each.first()?;
        let mut predictions = Array2::zeros((first.len(), each.len()));
        for (mut column, (_, one)) in predictions.columns_mut().into_iter().zip(&each) {
            column.assign(one);
        }
        Some(HeldOut { by, predictions })
    }

    fn report(&self) -> Option<Value> {
        self.0.iter().map(P::report).collect::<Option<Vec<_>>>().map(Value::Array)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.iter().for_each(|predictor| predictor.write(out));
    }
}

/// Parameters with defaults, and those that are given in their place.
pub(super) fn with_defaults<P: Serialize + DeserializeOwned>(
    predictor: &'static str,
    defaults: &P,
    given: &Parameters,
) -> Result<P, FitError> {
    let mut all = as_map(defaults);
    for (name, value) in given {
        if !all.contains_key(name) {
            let known = all.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(FitError::NoSuchParameter { predictor, name: name.clone(), known });
        }
        all.insert(name.clone(), value.clone());
    }
    serde_json::from_value(Value::Object(all))
        .map_err(|error| FitError::BadParameter { predictor, reason: error.to_string() })
}

/// Parameters as a map.
pub(super) fn as_map<P: Serialize>(parameters: &P) -> Parameters {
    match serde_json::to_value(parameters) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(), // Parameters are structs with names that are text.
    }
}
