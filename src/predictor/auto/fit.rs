//! Fitting a blend.

use ndarray::{Array1, ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use super::columns::Columns;
use super::members::{Candidate, MANY_ROWS, members};
use super::scores::Scores;
use super::spread::Spread;
use super::{Auto, Member};
use crate::control::{Control, Steps};
use crate::metrics::kendall_tau;
use crate::predictor::error::{FitError, check};
use crate::predictor::learner::side_by_side;
use crate::predictor::resample::{Fold, HoldOut, folds};

/// Folds that tell how good a member is. Of more rows than [`MANY_ROWS`] one fold tells as much as
/// five of fewer.
const FOLDS: usize = 5;

/// How much more a good member counts: weights are mean squared errors to the power of
/// −6 n / (n + 64) for n rows. Few rows do not tell members apart.
const SHARPNESS: f64 = 6.0;
const FEW_ROWS: f64 = 64.0;

/// Members that weigh less are left out.
const LEAST_WEIGHT: f64 = 0.05;

/// Fits a blend to records (rows × columns) and a target for each row.
pub(super) fn fit(
    records: ArrayView2<f64>,
    target: ArrayView1<f64>,
    seed: u64,
    control: &Control,
) -> Result<Auto, FitError> {
    check(records, target.insert_axis(Axis(1)))?;
    let rows = records.nrows();
    let scores = Scores::new(target);
    let truth = scores.of(target);
    let columns = Columns::new(records);
    let records_as_scores = columns.apply(records);
    let mut folds = folds(records, target, FOLDS, seed);
    folds.truncate(if rows > MANY_ROWS { 1 } else { FOLDS });
    let members = members(rows);
    // A member is fitted once to all rows, and once for each fold unless it needs none.
    let steps = control.steps(members.len() * (1 + folds.len()));
    let fitted = members.into_par_iter().map(|candidate| {
        let (records, target) = if candidate.of_scores {
            (records_as_scores.view(), truth.view())
        } else {
            (records.view(), target.view())
        };
        one(&candidate, records, target, (&folds, seed), (control, &steps))
    });
    let fitted: Vec<(Member, Array1<f64>)> = fitted.collect::<Result<_, _>>()?;

    // The rows for which all members have held-out predictions: as scores, to be compared, and as
    // values, to be blended.
    let is_told = |row: &usize| fitted.iter().all(|(_, held_out)| held_out[*row].is_finite());
    let told: Vec<usize> = (0..rows).filter(is_told).collect();
    let truth = truth.select(Axis(0), &told);
    let told_target = target.select(Axis(0), &told);
    let errors = fitted.iter().map(|(member, held_out)| {
        let found = member.scores(held_out.select(Axis(0), &told), &scores);
        (&found - &truth).mapv(|apart| apart * apart).mean().unwrap_or(0.0)
    });
    let weights = weights(&errors.collect::<Vec<_>>(), told.len());
    let (mut members, mut values, mut each) = (Vec::new(), Vec::new(), Vec::new());
    for ((mut member, held_out), weight) in fitted.into_iter().zip(weights) {
        if weight > 0.0 {
            let held_out = held_out.select(Axis(0), &told);
            let tau = kendall_tau(&told_target.to_vec(), &held_out.to_vec());
            member.tau = if tau.is_finite() { tau } else { 0.0 };
            member.weight = weight;
            values.push(member.values(held_out.clone(), &scores));
            each.push(member.scores(held_out, &scores));
            members.push(member);
        }
    }
    let weights: Array1<f64> = members.iter().map(|member| member.weight).collect();
    let blended = side_by_side(told.len(), &values).dot(&weights);
    let errors = &blended - &told_target;
    let each = side_by_side(told.len(), &each);
    let spread = Spread::new(each.view(), weights.view(), truth.view(), errors.view(), &scores);
    let mut held_out = Array1::from_elem(rows, f64::NAN);
    for (&row, &value) in told.iter().zip(&blended) {
        held_out[row] = value;
    }
    Ok(Auto { members, columns, scores, spread, held_out: Some(held_out) })
}

/// A member fitted to all rows, and what it predicts for those that it has not seen; NaN for the
/// others.
fn one(
    candidate: &Candidate,
    records: ArrayView2<f64>,
    target: ArrayView1<f64>,
    (folds, seed): (&[Fold], u64),
    (control, steps): (&Control, &Steps),
) -> Result<(Member, Array1<f64>), FitError> {
    let Candidate { learner, of_scores } = candidate;
    let by = HoldOut { learner: &**learner, folds, seed, control, steps: Some(steps) };
    let (predictor, held_out) = by.fit(records, target)?;
    let (is_of_scores, name) = (*of_scores, learner.name());
    Ok((Member { name, is_of_scores, weight: 0.0, tau: 0.0, predictor }, held_out))
}

/// The weights of members with these mean squared errors on so many rows; together 1, and 0 for
/// those left out.
fn weights(errors: &[f64], rows: usize) -> Vec<f64> {
    let rows = rows as f64;
    let power = SHARPNESS * rows / (rows + FEW_ROWS);
    let least = errors.iter().copied().fold(f64::INFINITY, f64::min);
    // Relative to the best: no power overflows. If the best is without error, so are all that count.
    let weight = |&error: &f64| if error > least { (least / error).powf(power) } else { 1.0 };
    let normalized = |weights: Vec<f64>| {
        let total: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / total).collect::<Vec<_>>()
    };
    let all = normalized(errors.iter().map(weight).collect());
    normalized(all.into_iter().map(|w| if w < LEAST_WEIGHT { 0.0 } else { w }).collect())
}

#[cfg(test)]
mod tests {
    use super::weights;

    #[test]
    fn weights_favour_small_errors() {
        assert_eq!(weights(&[0.5, 0.5], 32), [0.5, 0.5]);
        assert_eq!(weights(&[0.0, 0.3], 32), [1.0, 0.0]);
        let found = weights(&[1.0, 1.1, 3.0], 1024);
        assert!(found[0] > found[1] && found[1] > 0.3 && found[2] == 0.0, "{found:?}");
        assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        // With few rows all have a say.
        let few = weights(&[1.0, 1.1, 3.0], 32);
        assert!(few[1] > found[1] && few[2] > 0.0, "{few:?}");
    }
}
