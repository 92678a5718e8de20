//! Which views of the records a blend has members for.

use ndarray::{Array1, ArrayView1, ArrayView2};
use rayon::prelude::*;
use serde_json::{Value, json};

use super::members::screen;
use super::seen::Seen;
use crate::control::Control;
use crate::predictor::error::FitError;
use crate::predictor::resample::{Fold, HoldOut};
use crate::predictor::view::View;

/// A view whose error is so many times that of the best is dropped.
const WORSE: f64 = 1.5;

/// Of n rows, another view than the first is kept if its error is below n / (n + 4) of that of the first: few rows hardly show
/// which is better.
const FEW_ROWS: f64 = 4.0;

/// A view, and how well a member that is fitted fast did with it.
#[derive(Debug, Clone)]
pub(super) struct Tried {
    name: String,
    /// The mean squared error of its held-out predictions, on normal scores.
    error: f64,
    is_kept: bool,
}

impl Tried {
    /// As a part of the report of a model.
    pub fn report(&self) -> Value {
        json!({ "view": self.name, "held_out_error": self.error, "kept": self.is_kept })
    }
}

/// The views that are worth members: the first one, and those with which extra-trees predict held-out rows clearly better. All
/// columns are the one view if none are given.
///
/// # Errors
///
/// Those of fits.
pub(super) fn choose(
    records: ArrayView2<f64>,
    truth: ArrayView1<f64>,
    views: &[View],
    (folds, seed): (&[Fold], u64),
    control: &Control,
) -> Result<(Vec<Seen>, Vec<Tried>), FitError> {
    let [_, _, ..] = views else {
        let one = views.first().map(|view| Seen::of(view, records));
        return Ok((vec![one.unwrap_or_else(|| Seen::all(records))], Vec::new()));
    };
    let (learner, control) = (screen(truth.len()), &control.silent());
    let held_out = views.par_iter().map(|view| {
        let shown = Seen::of(view, records);
        let own = shown.records(records);
        let by = HoldOut { learner: &*learner, folds, seed, control, steps: None };
        let (_, held_out) = by.fit(own.view(), truth)?;
        Ok((shown, held_out))
    });
    let held_out: Vec<(Seen, Array1<f64>)> = held_out.collect::<Result<_, FitError>>()?;
    let is_known = |row: &usize| held_out.iter().all(|(_, found)| found[*row].is_finite());
    let known: Vec<usize> = (0..records.nrows()).filter(is_known).collect();
    let error = |found: &Array1<f64>| {
        let squares = known.iter().map(|&row| (found[row] - truth[row]).powi(2));
        squares.sum::<f64>() / known.len().max(1) as f64
    };
    let errors: Vec<f64> = held_out.iter().map(|(_, found)| error(found)).collect();
    let mut order: Vec<usize> = (0..errors.len()).collect();
    order.sort_by(|&one, &other| errors[one].total_cmp(&errors[other]));
    let rows = known.len() as f64;
    let least = errors[0] * rows / (rows + FEW_ROWS);
    order.retain(|&view| view == 0 || errors[view] < least);
    let best = errors[order[0]];
    order.retain(|&view| errors[view] <= WORSE * best);
    order.sort_unstable();
    let tried = views.iter().zip(&errors).enumerate().map(|(index, (view, &error))| Tried {
        name: view.name.clone(),
        error,
        is_kept: order.contains(&index),
    });
    let tried = tried.collect();
    let kept = held_out.into_iter().enumerate().filter(|(index, _)| order.contains(index));
    Ok((kept.map(|(_, (seen, _))| seen).collect(), tried))
}
