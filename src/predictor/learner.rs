//! What every predictor can do, whatever its kind.

use std::collections::BTreeSet;
use std::fmt::Debug;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Slice};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::FitError;
use super::exported::{Asked, Exported, Unexported};
use super::fitted::{Fitted, HeldOut, Predictor};
use super::footprint::Footprint;
use super::normal_scores::standard;
use super::resample::fit_in_order;
use super::stored::{Bytes, Damaged};
use super::view::View;
use crate::control::Control;
use crate::explain::{Contributions, Importances, Unexplained};
use crate::onnx::{GraphValue, OnnxGraph};

/// A kind of predictor.
#[derive(Debug)]
pub struct Kind {
    /// The name for `--predictor`.
    pub name: &'static str,
    /// What it is, in one line.
    pub summary: &'static str,
    /// Whether its predictions have a standard deviation.
    pub has_deviation: bool,
    /// What [`Fitted::importances`] are, in one line; empty if there are none.
    pub importance: &'static str,
    pub(super) learner: fn(&Parameters) -> Result<Box<dyn Learner>, FitError>,
    pub(super) read: Read,
}

/// See [`Kind::read`].
type Read = fn(&mut Bytes, usize, usize) -> Result<Box<dyn Predictor>, Damaged>;

impl Kind {
    /// A learner with the parameters that are given, by name, and defaults for the others.
    ///
    /// # Errors
    ///
    /// [`FitError`] if there is no parameter of a name, or a value is no value of it.
    pub fn learner(&self, given: &Parameters) -> Result<Box<dyn Learner>, FitError> {
        (self.learner)(given)
    }

    /// Reads what [`Fitted::write`] has written, for records of so many columns and targets.
    ///
    /// # Errors
    ///
    /// [`Damaged`] if the bytes are anything else. Never panics.
    pub fn read(
        &self,
        bytes: &mut Bytes,
        columns: usize,
        targets: usize,
    ) -> Result<Fitted, Damaged> {
        Ok(Fitted::new(columns, targets, (self.read)(bytes, columns, targets)?))
    }
}

/// Parameters by name.
pub type Parameters = Map<String, Value>;

/// A predictor that is to be fitted: a kind and its parameters.
pub trait Learner: Debug + Send + Sync {
    /// The name of its kind.
    fn name(&self) -> &'static str;

    /// The same learner, which weighs several views of the records; `None` if it takes all columns at once.
    fn with_views(&self, views: &[View]) -> Option<Box<dyn Learner>> {
        let _ = views;
        None
    }

    /// All of its parameters.
    fn parameters(&self) -> Parameters;

    /// How much memory [`Learner::fit`] takes for so many targets.
    fn footprint(&self, targets: usize) -> Footprint;

    /// Fits it to records (rows × columns) and targets (rows × targets).
    ///
    /// The same seed gives the same predictor, on any number of threads and in any order of the rows. −0
    /// counts as 0.
    ///
    /// # Errors
    ///
    /// [`FitError`] if a parameter is out of range, there is nothing to learn from, a number is not finite,
    /// or a target is beyond 10¹⁰⁰, where squares overflow.
    fn fit(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        seed: u64,
    ) -> Result<Fitted, FitError> {
        self.fit_under(records, targets, seed, &Control::default())
    }

    /// [`Learner::fit`], which its caller can cancel and watch.
    ///
    /// # Errors
    ///
    /// As those of [`Learner::fit`], and [`FitError::Cancelled`].
    fn fit_under(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        seed: u64,
        control: &Control,
    ) -> Result<Fitted, FitError>;
}

/// A predictor of one number, of which there is one for each target.
pub(super) trait Single: Debug + Send + Sync + Sized + 'static {
    /// The prediction for each record.
    fn mean(&self, records: ArrayView2<f64>) -> Array1<f64>;

    /// See [`Fitted::mean_and_std`].
    fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array1<f64>, Option<Array1<f64>>) {
        (self.mean(records), None)
    }

    /// See [`Fitted::reach`].
    fn reach(&self, share: f64) -> f64 {
        standard(share)
    }

    /// See [`Fitted::contributions`].
    fn contributions(&self, records: ArrayView2<f64>) -> Result<Contributions, Unexplained>;

    /// See [`Fitted::importances`].
    fn importances(&self) -> Option<Importances> {
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

    /// The indices of the columns that it uses, ascending; `None` for all.
    fn used(&self) -> Option<Vec<usize>> {
        None
    }

    /// From now on records have these of the columns only, among which are all that it uses.
    fn keep(&mut self, columns: &[usize]) {
        let _ = columns;
    }

    /// See [`Predictor::export`].
    fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        columns: usize,
        asked: Asked,
    ) -> Result<Exported, Unexported>;

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
        control: &Control,
        one: impl Fn(ArrayView1<f64>, &Control) -> Result<P, FitError>,
    ) -> Result<Box<dyn Predictor>, FitError> {
        let columns = targets.columns().into_iter();
        if columns.len() == 1 {
            let each = columns.map(|target| one(target, control));
            return Ok(Box::new(PerTarget(each.collect::<Result<_, _>>()?)));
        }
        let (steps, silent) = (control.steps(columns.len()), control.silent());
        let each = columns.map(|target| {
            let fitted = one(target, &silent)?;
            steps.done()?;
            Ok(fitted)
        });
        Ok(Box::new(PerTarget(each.collect::<Result<_, FitError>>()?)))
    }

    /// Reads what [`Fitted::write`] has written.
    pub fn read(
        bytes: &mut Bytes,
        columns: usize,
        targets: usize,
    ) -> Result<Box<dyn Predictor>, Damaged> {
        let each = (0..targets).map(|_| P::read(bytes, columns));
        Ok(Box::new(PerTarget(each.collect::<Result<_, _>>()?)))
    }
}

impl<P: Single> Predictor for PerTarget<P> {
    fn mean(&self, records: ArrayView2<f64>) -> Array2<f64> {
        let each = self.0.iter().map(|predictor| predictor.mean(records));
        side_by_side(records.nrows(), &each.collect::<Vec<_>>())
    }

    fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array2<f64>, Option<Array2<f64>>) {
        let each = self.0.iter().map(|predictor| predictor.mean_and_std(records));
        let (means, deviations): (Vec<_>, Vec<_>) = each.unzip();
        let deviations: Option<Vec<_>> = deviations.into_iter().collect();
        let rows = records.nrows();
        (side_by_side(rows, &means), deviations.map(|each| side_by_side(rows, &each)))
    }

    fn reach(&self, target: usize, share: f64) -> f64 {
        self.0[target].reach(share)
    }

    fn contributions(
        &self,
        records: ArrayView2<f64>,
        target: usize,
    ) -> Result<Contributions, Unexplained> {
        self.0[target].contributions(records)
    }

    fn importances(&self) -> Option<Importances> {
        let each: Option<Vec<_>> = self.0.iter().map(P::importances).collect();
        Importances::mean(&each?)
    }

    fn held_out(&self) -> Option<HeldOut> {
        let each: Option<Vec<_>> = self.0.iter().map(P::held_out).collect();
        let (by, each): (Vec<_>, Vec<_>) = each?.into_iter().unzip();
        let predictions = side_by_side(each.first()?.len(), &each);
        Some(HeldOut { by: by.first()?, predictions })
    }

    fn report(&self) -> Option<Value> {
        self.0.iter().map(P::report).collect::<Option<Vec<_>>>().map(Value::Array)
    }

    fn narrow(&mut self) -> Option<Vec<usize>> {
        let each = self.0.iter().map(P::used).collect::<Option<Vec<_>>>()?;
        let used: BTreeSet<usize> = each.into_iter().flatten().collect();
        let used: Vec<usize> = used.into_iter().collect();
        self.0.iter_mut().for_each(|predictor| predictor.keep(&used));
        Some(used)
    }

    fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        columns: usize,
        asked: Asked,
    ) -> Result<Vec<Exported>, Unexported> {
        self.0.iter().map(|one| one.export(graph, records, columns, asked)).collect()
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.iter().for_each(|predictor| predictor.write(out));
    }
}

/// Columns of so many rows, side by side.
pub(crate) fn side_by_side(rows: usize, columns: &[Array1<f64>]) -> Array2<f64> {
    let views: Vec<_> = columns.iter().map(Array1::view).collect();
    // Without a column there is nothing to stack.
    ndarray::stack(Axis(1), &views).unwrap_or_else(|_| Array2::zeros((rows, 0)))
}

/// Two tables of the same rows, side by side.
pub(crate) fn beside(left: ArrayView2<f64>, right: ArrayView2<f64>) -> Array2<f64> {
    let mut wide = Array2::zeros((left.nrows(), left.ncols() + right.ncols()));
    wide.slice_axis_mut(Axis(1), Slice::from(..left.ncols())).assign(&left);
    wide.slice_axis_mut(Axis(1), Slice::from(left.ncols()..)).assign(&right);
    wide
}

/// The parameters of a kind of predictor.
pub(super) trait Params:
    Debug + Send + Sync + Serialize + DeserializeOwned + 'static
{
    /// Whether they are in range.
    fn check_range(&self) -> Result<(), FitError> {
        Ok(())
    }

    /// See [`Learner::with_views`].
    fn with_views(&self, views: &[View]) -> Option<Self> {
        let _ = views;
        None
    }

    /// See [`Learner::footprint`].
    fn footprint(&self, targets: usize) -> Footprint;

    /// See [`Learner::fit_under`].
    fn fit(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        seed: u64,
        control: &Control,
    ) -> Result<Box<dyn Predictor>, FitError>;
}

/// Parameters under the name of their kind.
#[derive(Debug)]
pub(super) struct Named<P> {
    /// The name.
    pub name: &'static str,
    /// The parameters.
    pub params: P,
}

impl<P: Params> Named<P> {
    /// Those that are given, and `defaults` for the others.
    pub fn given(
        name: &'static str,
        defaults: &P,
        given: &Parameters,
    ) -> Result<Box<dyn Learner>, FitError> {
        let mut all = by_name(defaults);
        for (parameter, value) in given {
            if !all.contains_key(parameter) {
                let known = all.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                let (predictor, name) = (name, parameter.clone());
                return Err(FitError::NoSuchParameter { predictor, name, known });
            }
            all.insert(parameter.clone(), value.clone());
        }
        let params: P = serde_json::from_value(Value::Object(all)).map_err(|error| {
            FitError::BadParameter { predictor: name, reason: error.to_string() }
        })?;
        params.check_range()?;
        Ok(Box::new(Named { name, params }))
    }
}

impl<P: Params> Learner for Named<P> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn with_views(&self, views: &[View]) -> Option<Box<dyn Learner>> {
        let params = self.params.with_views(views)?;
        Some(Box::new(Named { name: self.name, params }))
    }

    fn parameters(&self) -> Parameters {
        by_name(&self.params)
    }

    fn footprint(&self, targets: usize) -> Footprint {
        self.params.footprint(targets)
    }

    fn fit_under(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        seed: u64,
        control: &Control,
    ) -> Result<Fitted, FitError> {
        control.check()?;
        let predictor = fit_in_order(records, targets, |records, targets| {
            self.params.fit(records, targets, seed, control)
        })?;
        Ok(Fitted::new(records.ncols(), targets.ncols(), predictor))
    }
}

/// Parameters by their names.
fn by_name(params: &impl Serialize) -> Parameters {
    match serde_json::to_value(params) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(), // Parameters are structs with names that are text.
    }
}
