//! The blend among the predictors.

use ndarray::parallel::prelude::*;
use ndarray::{Array1, ArrayView2, Axis};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::columns::Columns;
use super::fit::fit;
use super::members::members;
use super::scores::Scores;
use super::spread::Spread;
use super::{Auto, Member};
use crate::control::Control;
use crate::explain::{Contributions, Unexplained};
use crate::predictor::footprint::{COPY, Footprint, at_once};
use crate::predictor::learner::{Kind, Named, Params, PerTarget, Single, side_by_side};
use crate::predictor::stored::{Bytes, Damaged, write_count, write_numbers};
use crate::predictor::{FitError, Predict, by_name};

pub(in crate::predictor) const AUTO: Kind = Kind {
    name: "auto",
    summary: "Blend of boost, gp, extra-trees and forest, weighted by cross-validation on the training set",
    has_deviation: true,
    importance: "the share of the fall of the squared error at splits on the column, averaged over the members with trees",
    learner: |given| Named::given(AUTO.name, &Blend {}, given),
    read: PerTarget::<Auto>::read,
};

/// There is nothing to choose.
#[derive(Debug, Serialize, Deserialize)]
struct Blend {}

impl Params for Blend {
    /// Its members or their folds one beside the other, each with its part of the records, and the
    /// columns as scores. The trees are few.
    fn footprint(&self, _targets: usize) -> Footprint {
        let members = members(usize::MAX);
        let each = members.iter().map(|member| member.learner.footprint(1));
        let most = each.fold(Footprint::default(), Footprint::max);
        let number = (most.number + COPY) * at_once(members.len()) + COPY;
        Footprint { number, ..most }
    }

    fn fit(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        seed: u64,
        control: &Control,
    ) -> Result<Box<dyn Predict>, FitError> {
        PerTarget::fit(targets, control, |target, control| fit(records, target, seed, control))
    }
}

impl Single for Auto {
    fn mean(&self, records: ArrayView2<f64>) -> Array1<f64> {
        let [mean] = in_blocks(records, |records| {
            let each = self.members.iter().zip(self.predict(records));
            let each = each.map(|(member, predicted)| member.values(predicted, &self.scores));
            let each = side_by_side(records.nrows(), &each.collect::<Vec<_>>());
            [self.blend(each.view())]
        });
        mean
    }

    fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array1<f64>, Option<Array1<f64>>) {
        let weights = self.weights();
        let [mean, std] = in_blocks(records, |records| {
            let (mut values, mut scored) = (Vec::new(), Vec::new());
            for (member, predicted) in self.members.iter().zip(self.predict(records)) {
                values.push(member.values(predicted.clone(), &self.scores));
                scored.push(member.scores(predicted, &self.scores));
            }
            let scored = side_by_side(records.nrows(), &scored);
            let std = self.spread.deviations(scored.view(), weights.view(), &self.scores);
            [self.blend(side_by_side(records.nrows(), &values).view()), std]
        });
        (mean, Some(std))
    }

    /// The weighted sum of those of the members; those of a member that predicts normal scores are carried to the
    /// unit of the target [as an increasing function](Contributions::through) has it.
    fn contributions(&self, records: ArrayView2<f64>) -> Result<Contributions, Unexplained> {
        let (rows, columns) = records.dim();
        if self.scores.distinct() < 2 {
            return Ok(Contributions::constant(self.scores.value(0.0), rows, columns));
        }
        let mut all = Contributions::constant(0.0, rows, columns);
        for member in &self.members {
            let own = if member.is_of_scores {
                let records = self.columns.apply(records);
                let scores = member.predictor.contributions(records.view(), 0)?;
                scores.through(|score| self.scores.value(score))
            } else {
                member.predictor.contributions(records, 0)?
            };
            all = all.plus(member.weight, &own);
        }
        Ok(all)
    }

    fn reach(&self, share: f64) -> f64 {
        self.spread.reach(share)
    }

    /// The weighted mean of those of the members that tell theirs.
    fn importances(&self) -> Option<Vec<f64>> {
        let mut sum: Option<Vec<f64>> = None;
        let mut total = 0.0;
        for member in &self.members {
            let Some(own) = member.predictor.importances() else { continue };
            total += member.weight;
            match &mut sum {
                None => sum = Some(own.iter().map(|one| one * member.weight).collect()),
                Some(sum) => {
                    sum.iter_mut().zip(own).for_each(|(sum, one)| *sum += one * member.weight);
                }
            }
        }
        let mut mean = sum?;
        for sum in &mut mean {
            *sum /= total;
        }
        Some(mean)
    }

    fn held_out(&self) -> Option<(&'static str, Array1<f64>)> {
        Some(("held out", self.held_out.clone()?))
    }

    fn report(&self) -> Option<Value> {
        let members = self.members.iter().map(|member| {
            let mut entry = json!({
                "predictor": member.name,
                "target": if member.is_of_scores { "normal scores" } else { "as it is" },
                "weight": member.weight,
                "held_out_kendall_tau": member.tau,
            });
            if let Some(report) = member.predictor.report() {
                entry["report"] = report[0].clone();
            }
            entry
        });
        Some(json!({ "members": members.collect::<Vec<_>>() }))
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.columns.write(out);
        self.scores.write(out);
        self.spread.write(out);
        write_count(self.members.len(), out);
        for member in &self.members {
            write_count(member.name.len(), out);
            out.extend_from_slice(member.name.as_bytes());
            out.push(u8::from(member.is_of_scores));
            write_numbers([&member.weight, &member.tau], out);
            member.predictor.write(out);
        }
    }

    fn read(bytes: &mut Bytes, columns: usize) -> Result<Self, Damaged> {
        let columns_of_scores = Columns::read(bytes, columns)?;
        let (scores, spread) = (Scores::read(bytes)?, Spread::read(bytes)?);
        let count = bytes.count(4)?;
        let members = (0..count).map(|_| read_member(bytes, columns)).collect::<Result<_, _>>()?;
        Ok(Auto { members, columns: columns_of_scores, scores, spread, held_out: None })
    }
}

/// What `work` makes of each thread's share of the rows, strung together.
fn in_blocks<const PARTS: usize>(
    records: ArrayView2<f64>,
    work: impl Fn(ArrayView2<f64>) -> [Array1<f64>; PARTS] + Sync + Send,
) -> [Array1<f64>; PARTS] {
    let share = records.nrows().div_ceil(rayon::current_num_threads()).max(1);
    let blocks = records.axis_chunks_iter(Axis(0), share).into_par_iter();
    let done: Vec<_> = blocks.map(work).collect();
    std::array::from_fn(|part| done.iter().flat_map(|parts| parts[part].iter().copied()).collect())
}

fn read_member(bytes: &mut Bytes, columns: usize) -> Result<Member, Damaged> {
    let length = bytes.count(1)?;
    let name = std::str::from_utf8(bytes.take(length)?).unwrap_or_default();
    // A blend is no member of a blend: it could be nested without end.
    let kind = by_name(name)
        .filter(|kind| kind.name != AUTO.name)
        .ok_or(Damaged("it is a blend of a predictor that this graf does not have"))?;
    let is_of_scores = bytes.take(1)? != [0];
    let (weight, tau) = (bytes.number()?, bytes.number()?);
    let predictor = (kind.read)(bytes, columns, 1)?;
    Ok(Member { name: kind.name, is_of_scores, weight, tau, predictor })
}
