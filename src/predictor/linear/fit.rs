//! Fitting a linear model.

use linfa::Float;
use linfa::dataset::{AsTargets, DatasetBase};
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, ArrayView2, Axis, Data, Ix1, Ix2};
use rayon::prelude::*;

use super::weights::Centred;
use super::{Linear, LinearParts, LinearValidParams};
use crate::control::Control;
use crate::predictor::FitError;
use crate::predictor::error::{check, numbers};
use crate::predictor::resample::{Fold, folds};
use crate::predictor::standard::{Standard, spread};

/// How many parts of the rows are predicted from the others.
const FOLDS: usize = 5;

impl<F, S, T> Fit<ArrayBase<S, Ix2>, T, FitError> for LinearValidParams
where
    F: Float,
    S: Data<Elem = F>,
    T: AsTargets<Elem = F, Ix = Ix1>,
{
    type Object = Linear;

    /// Fits a linear model to records (rows × columns) and a target a row.
    fn fit(&self, dataset: &DatasetBase<ArrayBase<S, Ix2>, T>) -> Result<Self::Object, FitError> {
        let (records, targets) = numbers(dataset);
        fit(self, records.view(), targets.view(), 0, &Control::default())
    }
}

/// Fits a linear model to records (rows × columns) and a target a row. The seed draws the folds.
pub(super) fn fit(
    params: &LinearValidParams,
    records: ArrayView2<f64>,
    targets: ArrayView1<f64>,
    seed: u64,
    control: &Control,
) -> Result<Linear, FitError> {
    check(records, targets.insert_axis(Axis(1)))?;
    let standard = Standard::new(records);
    let (target_mean, target_deviation) = spread(targets);
    let columns = standard.kept().len();
    let (penalty, weights) = if columns == 0 || target_deviation == 0.0 {
        (0.0, Array1::zeros(columns))
    } else {
        let records = standard.apply(records, 1.0);
        // Halves, as differences of the largest numbers are none.
        let target = |target: f64| (0.5 * target - 0.5 * target_mean) / target_deviation * 2.0;
        weigh(params.l1_ratio, &records, &targets.mapv(target), seed, control)?
    };
    Linear::from_parts(LinearParts { standard, target_mean, target_deviation, penalty, weights })
}

/// The penalty that cross-validation likes best, and the weights with it.
fn weigh(
    l1_ratio: f64,
    records: &Array2<f64>,
    targets: &Array1<f64>,
    seed: u64,
    control: &Control,
) -> Result<(f64, Array1<f64>), FitError> {
    let penalties = penalties(l1_ratio, records, targets);
    let folds = folds(records.view(), targets.view(), FOLDS, seed);
    let steps = control.steps(folds.len() + 1);
    let folds = folds.par_iter().filter(|fold| !fold.kept.is_empty());
    let errors = folds.map(|Fold { kept, held_out }| {
        let found = errors((l1_ratio, &penalties, control), records, targets, kept, held_out)?;
        steps.done()?;
        Ok(found)
    });
    let errors: Result<Vec<Array1<f64>>, FitError> = errors.collect();
    let errors = errors?.into_iter().fold(Array1::zeros(penalties.len()), |sum, next| sum + next);
    let first = (0, f64::INFINITY);
    let (best, _) = errors
        .into_iter()
        .enumerate()
        .fold(first, |best, next| if next.1 < best.1 { next } else { best });
    let penalty = penalties[best];
    let all = Centred { records: records.clone(), targets: targets.clone() };
    let weights = solve(&all, (l1_ratio, &[penalty], control))?.pop().ok_or(FitError::NoRows)?;
    steps.done()?;
    Ok((penalty, weights))
}

/// The penalties that are tried, from the largest: 10³ to 10⁻⁵ for ridge; else from the least that
/// leaves all weights zero to 10⁻⁴ of it. Each is √10 times the next.
fn penalties(l1_ratio: f64, records: &Array2<f64>, targets: &Array1<f64>) -> Vec<f64> {
    let grid = |most: f64, steps: i32| {
        (0..=steps).map(|step| most * 10_f64.powf(-0.5 * f64::from(step))).collect()
    };
    if l1_ratio == 0.0 {
        return grid(1e3, 16);
    }
    let products = records.t().dot(targets);
    let most = products.fold(0.0_f64, |most, product| most.max(product.abs()));
    grid((most / l1_ratio / targets.len() as f64).max(1e-6), 8)
}

fn solve(
    centred: &Centred,
    (l1_ratio, penalties, control): (f64, &[f64], &Control),
) -> Result<Vec<Array1<f64>>, FitError> {
    if l1_ratio == 0.0 {
        centred.ridge(penalties, control)
    } else {
        centred.elastic_net(l1_ratio, penalties, control)
    }
}

/// For each penalty the squared errors on the rows that are left out, when fitted on those kept.
fn errors(
    grid: (f64, &[f64], &Control),
    records: &Array2<f64>,
    targets: &Array1<f64>,
    kept: &[usize],
    out: &[usize],
) -> Result<Array1<f64>, FitError> {
    let mut inside =
        Centred { records: records.select(Axis(0), kept), targets: targets.select(Axis(0), kept) };
    let mean = |sum: f64| sum / kept.len() as f64;
    let means = inside.records.sum_axis(Axis(0)).mapv(mean);
    let target_mean = mean(inside.targets.sum());
    inside.records -= &means;
    inside.targets -= target_mean;
    let outside = records.select(Axis(0), out) - &means;
    let expected = targets.select(Axis(0), out) - target_mean;
    let weights = solve(&inside, grid)?;
    let errors = weights.iter().map(|weights| {
        let errors = outside.dot(weights) - &expected;
        errors.dot(&errors)
    });
    Ok(errors.collect())
}
