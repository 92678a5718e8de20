//! The mean of predictors that have learned different benchmarks in the same unit.
//!
//! With weights w that are 1 together, means m and standard deviations s of the members the mean is
//! M = Σ w m, and the standard deviation √(Σ w s² + Σ w (m − M)²): that of a network whose benchmark is
//! like one of those that were learned, and nobody knows which. The first sum is how unsure each member
//! is, the second how much they disagree. Of members that tell no s only the second is left.

use ndarray::{Array2, ArrayView2};
use serde_json::{Value, json};

use crate::explain::{Contributions, Importances, Unexplained};
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::exported::{Asked, Exported, Unexported};
use crate::predictor::{FitError, Fitted, Predictor};

/// Predictors of the same columns and targets, and the weight of each; together 1.
#[derive(Debug)]
pub struct Mean(Vec<(f64, Box<dyn Predictor>)>);

/// Whether a number can be the weight of a member: finite, above 0, and not so small that nothing
/// is left of it.
pub fn is_weight(weight: f64) -> bool {
    weight.is_normal() && weight > 0.0
}

/// [Weights](is_weight) as shares: together 1.
pub fn shares(weights: &[f64]) -> Vec<f64> {
    // Relative to the greatest, so that no sum overflows.
    let greatest = weights.iter().copied().fold(0.0, f64::max);
    let total: f64 = weights.iter().map(|weight| weight / greatest).sum();
    weights.iter().map(|weight| weight / greatest / total).collect()
}

impl Mean {
    /// The mean of some predictors with [weights](is_weight) of any size.
    ///
    /// # Errors
    ///
    /// [`FitError::Parts`] if there is none, or they have other columns or targets than the first.
    pub fn fitted(members: Vec<(f64, Fitted)>) -> Result<Fitted, FitError> {
        let mut shapes = members.iter().map(|(_, member)| (member.columns(), member.targets()));
        let first = shapes.next().filter(|first| shapes.all(|shape| shape == *first));
        let wrong = FitError::Parts("the members of a mean differ in columns or targets");
        let (columns, targets) = first.ok_or(wrong)?;
        let members = members.into_iter().map(|(weight, member)| (weight, member.predictor));
        Ok(Fitted::new(columns, targets, Box::new(Mean::new(members.collect()))))
    }

    fn new(members: Vec<(f64, Box<dyn Predictor>)>) -> Self {
        let (weights, members): (Vec<_>, Vec<_>) = members.into_iter().unzip();
        Mean(shares(&weights).into_iter().zip(members).collect())
    }

    /// The members and their weights.
    pub(super) fn members(&self) -> impl Iterator<Item = (f64, &dyn Predictor)> {
        self.0.iter().map(|(weight, member)| (*weight, &**member))
    }

    /// Some means, each as an array, by their weights.
    fn weighted(
        &self,
        shape: (usize, usize),
        each: impl Iterator<Item = Array2<f64>>,
    ) -> Array2<f64> {
        let mut each = each;
        let first = each.next().unwrap_or_else(|| Array2::zeros(shape));
        let mut mean = first.clone();
        for ((weight, _), one) in self.0.iter().skip(1).zip(each) {
            // Distances from the first: what all agree on is their mean to the last digit.
            mean.scaled_add(*weight, &(one - &first));
        }
        mean
    }
}

impl Predictor for Mean {
    fn mean(&self, records: ArrayView2<f64>) -> Array2<f64> {
        let each: Vec<_> = self.0.iter().map(|(_, member)| member.mean(records)).collect();
        let shape = each.first().map_or((records.nrows(), 0), Array2::dim);
        self.weighted(shape, each.into_iter())
    }

    fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array2<f64>, Option<Array2<f64>>) {
        let each = self.0.iter().map(|(_, member)| member.mean_and_std(records));
        let (means, deviations): (Vec<_>, Vec<_>) = each.unzip();
        let shape = means.first().map_or((records.nrows(), 0), Array2::dim);
        let mean = self.weighted(shape, means.iter().cloned());
        let squares = means.iter().zip(deviations).map(|(own, std)| {
            let apart = (own - &mean).mapv(|apart| apart * apart);
            std.map_or_else(|| apart.clone(), |std| &apart + &std.mapv(|std| std * std))
        });
        let std = self.weighted(shape, squares).mapv(f64::sqrt);
        (mean, Some(std))
    }

    /// The weighted mean of those of the members.
    fn reach(&self, target: usize, share: f64) -> f64 {
        self.0.iter().map(|(weight, member)| weight * member.reach(target, share)).sum()
    }

    /// The weighted sum of those of the members.
    fn contributions(
        &self,
        records: ArrayView2<f64>,
        target: usize,
    ) -> Result<Contributions, Unexplained> {
        let mut all = Contributions::constant(0.0, records.nrows(), records.ncols());
        for (weight, member) in &self.0 {
            all = all.plus(*weight, &member.contributions(records, target)?);
        }
        Ok(all)
    }

    /// The weighted mean of those of the members.
    fn importances(&self) -> Option<Importances> {
        let each: Option<Vec<_>> = self.0.iter().map(|(_, member)| member.importances()).collect();
        let each = each?;
        let none = Importances::none(each.first()?.shares.len());
        let weighted = self.0.iter().zip(&each);
        Some(weighted.fold(none, |sum, ((weight, _), own)| sum.plus(*weight, own)))
    }

    /// What each member says of itself.
    fn report(&self) -> Option<Value> {
        let each: Option<Vec<_>> = self.0.iter().map(|(_, member)| member.report()).collect();
        each.map(|each| json!({ "benchmarks": each }))
    }

    fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        columns: usize,
        asked: Asked,
    ) -> Result<Vec<Exported>, Unexported> {
        self.exported(graph, records, columns, asked)
    }

    /// The members one after the other; their number and weights are for others to remember.
    fn write(&self, out: &mut Vec<u8>) {
        self.0.iter().for_each(|(_, member)| member.write(out));
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, ArrayView2};

    use super::*;

    /// Predicts a number, and a standard deviation if it has one.
    #[derive(Debug)]
    struct Constant(f64, Option<f64>);

    impl Predictor for Constant {
        fn mean(&self, records: ArrayView2<f64>) -> Array2<f64> {
            Array2::from_elem((records.nrows(), 1), self.0)
        }

        fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array2<f64>, Option<Array2<f64>>) {
            let std = self.1.map(|std| Array2::from_elem((records.nrows(), 1), std));
            (self.mean(records), std)
        }

        fn importances(&self) -> Option<Importances> {
            Some(Importances::directed(vec![self.0, 1.0 - self.0], &[1.0, -1.0]))
        }

        fn write(&self, _: &mut Vec<u8>) {}
    }

    fn mean(members: &[(f64, f64, Option<f64>)]) -> Mean {
        let member = |&(weight, mean, std): &(f64, f64, Option<f64>)| -> (f64, Box<dyn Predictor>) {
            (weight, Box::new(Constant(mean, std)))
        };
        Mean::new(members.iter().map(member).collect())
    }

    #[test]
    fn the_variance_is_that_within_and_that_between() {
        let records = Array2::zeros((2, 2));
        let both = mean(&[(3.0, 1.0, Some(0.5)), (1.0, 5.0, Some(1.5))]);
        let (found, std) = both.mean_and_std(records.view());
        assert_eq!(found, both.mean(records.view()));
        // M = 2: within ¾ · ¼ + ¼ · 9/4, between ¾ · 1 + ¼ · 9.
        assert!(found.iter().all(|found| (found - 2.0).abs() < 1e-12), "{found}");
        let std = std.unwrap();
        assert!(std.iter().all(|std| (std - f64::sqrt(0.75 + 3.0)).abs() < 1e-12), "{std}");
        let importances = both.importances().unwrap().shares;
        assert!((importances[0] - 2.0).abs() < 1e-12 && (importances[1] + 1.0).abs() < 1e-12);
        let untold = mean(&[(1.0, 1.0, None), (1.0, 3.0, None)]).mean_and_std(records.view()).1;
        assert!(untold.unwrap().iter().all(|std| (std - 1.0).abs() < 1e-12));
    }

    #[test]
    fn weights_of_any_size_are_one_together() {
        let records = Array2::zeros((1, 2));
        for (one, other) in [(f64::MAX, f64::MAX), (f64::MIN_POSITIVE, f64::MIN_POSITIVE)] {
            let found = mean(&[(one, 1.0, None), (other, 3.0, None)]).mean(records.view());
            assert!((found[[0, 0]] - 2.0).abs() < 1e-12, "{found}");
        }
        assert!(![0.0, -1.0, f64::NAN, f64::INFINITY, 1e-310].into_iter().any(is_weight));
    }
}
