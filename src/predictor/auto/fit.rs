//! Fitting a blend.

use ndarray::{Array1, ArrayView1, ArrayView2, Axis, CowArray, Ix2};
use rayon::prelude::*;

use super::members::{Candidate, MANY_ROWS, members};
use super::scores::Scores;
use super::seen::Seen;
use super::spread::Spread;
use super::views::choose;
use super::{Auto, Member};
use crate::control::{Control, Steps};
use crate::metrics::kendall_tau;
use crate::predictor::error::{FitError, check};
use crate::predictor::learner::side_by_side;
use crate::predictor::resample::{Fold, HoldOut, folds};
use crate::predictor::view::View;

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
    views: &[View],
    seed: u64,
    control: &Control,
) -> Result<Auto, FitError> {
    check(records, target.insert_axis(Axis(1)))?;
    let rows = records.nrows();
    let scores = Scores::new(target);
    let truth = scores.of(target);
    // Networks that the first view cannot tell apart stay together, or its members would be tested on what they have seen.
    let first: CowArray<f64, Ix2> = match views.first() {
        Some(view) => records.select(Axis(1), &view.columns).into(),
        None => records.into(),
    };
    let mut folds = folds(first.view(), target, FOLDS, seed);
    folds.truncate(if rows > MANY_ROWS { 1 } else { FOLDS });
    let (views, tried) = choose(records, truth.view(), views, (&folds, seed), control)?;
    let candidates = (0..views.len())
        .flat_map(|view| members(rows).into_iter().map(move |member| (view, member)));
    let candidates: Vec<_> = candidates.collect();
    // A member is fitted once to all rows, and once for each fold unless it needs none.
    let steps = control.steps(candidates.len() * (1 + folds.len()));
    let fitted = candidates.into_par_iter().map(|(view, candidate)| {
        let target = if candidate.of_scores { truth.view() } else { target.view() };
        let view = (view, &views[view]);
        one(&candidate, view, records, target, (&folds, seed), (control, &steps))
    });
    let fitted: Vec<(Member, Array1<f64>)> = fitted.collect::<Result<_, _>>()?;

    // The rows for which all members have held-out predictions: as scores, to be compared, and as
    // values, to be blended.
    let is_held_out = |row: &usize| fitted.iter().all(|(_, held_out)| held_out[*row].is_finite());
    let rows_held_out: Vec<usize> = (0..rows).filter(is_held_out).collect();
    let truth = truth.select(Axis(0), &rows_held_out);
    let target_held_out = target.select(Axis(0), &rows_held_out);
    let errors = fitted.iter().map(|(member, held_out)| {
        let found = member.scores(held_out.select(Axis(0), &rows_held_out), &scores);
        (&found - &truth).mapv(|apart| apart * apart).mean().unwrap_or(0.0)
    });
    let weights = weights(&errors.collect::<Vec<_>>(), rows_held_out.len());
    let (mut members, mut values, mut each) = (Vec::new(), Vec::new(), Vec::new());
    for ((mut member, held_out), weight) in fitted.into_iter().zip(weights) {
        if weight > 0.0 {
            let held_out = held_out.select(Axis(0), &rows_held_out);
            let tau = kendall_tau(&target_held_out.to_vec(), &held_out.to_vec());
            member.tau = if tau.is_finite() { tau } else { 0.0 };
            member.weight = weight;
            values.push(member.values(held_out.clone(), &scores));
            each.push(member.scores(held_out, &scores));
            members.push(member);
        }
    }
    let views = used(views, &mut members);
    let weights: Array1<f64> = members.iter().map(|member| member.weight).collect();
    let blended = side_by_side(rows_held_out.len(), &values).dot(&weights);
    let errors = &blended - &target_held_out;
    let each = side_by_side(rows_held_out.len(), &each);
    let spread = Spread::new(each.view(), weights.view(), truth.view(), errors.view(), &scores);
    let mut held_out = Array1::from_elem(rows, f64::NAN);
    for (&row, &value) in rows_held_out.iter().zip(&blended) {
        held_out[row] = value;
    }
    let width = records.ncols();
    Ok(Auto { width, members, views, scores, spread, tried, held_out: Some(held_out) })
}

/// The views that members see, in their order; the members are told their new places.
fn used(views: Vec<Seen>, members: &mut [Member]) -> Vec<Seen> {
    let is_used: Vec<bool> =
        (0..views.len()).map(|view| members.iter().any(|member| member.view == view)).collect();
    for member in members {
        member.view = is_used[..member.view].iter().filter(|&&is_used| is_used).count();
    }
    views.into_iter().zip(is_used).filter_map(|(view, is_used)| is_used.then_some(view)).collect()
}

/// A member fitted to all rows, and what it predicts for those that it has not seen; NaN for the
/// others.
fn one(
    candidate: &Candidate,
    (view, shown): (usize, &Seen),
    records: ArrayView2<f64>,
    target: ArrayView1<f64>,
    (folds, seed): (&[Fold], u64),
    (control, steps): (&Control, &Steps),
) -> Result<(Member, Array1<f64>), FitError> {
    let Candidate { learner, of_scores } = candidate;
    let own = shown.records(records);
    let own = if *of_scores { shown.as_scores(own.view()) } else { own.view().into() };
    let by = HoldOut { learner: &**learner, folds, seed, control, steps: Some(steps) };
    let (predictor, held_out) = by.fit(own.view(), target)?;
    let (is_of_scores, name) = (*of_scores, learner.name());
    Ok((Member { name, view, is_of_scores, weight: 0.0, tau: 0.0, predictor }, held_out))
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
