//! The blend among the predictors.

use std::collections::BTreeSet;

use ndarray::parallel::prelude::*;
use ndarray::{Array1, ArrayView2, Axis};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fit::fit;
use super::members::members;
use super::scores::Scores;
use super::seen::Seen;
use super::spread::Spread;
use super::views::Tried;
use super::{Auto, Member};
use crate::control::Control;
use crate::explain::{Contributions, Importances, Unexplained};
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::exported::{Asked, Exported, Unexported};
use crate::predictor::footprint::{COPY, Footprint, at_once};
use crate::predictor::learner::{Kind, Named, Params, PerTarget, Single, side_by_side};
use crate::predictor::stored::{Bytes, Damaged, write_count, write_numbers};
use crate::predictor::view::View;
use crate::predictor::{FitError, Predictor, by_name};

pub(in crate::predictor) const AUTO: Kind = Kind {
    name: "auto",
    summary: "Blend of boost, gp, extra-trees and forest, weighted by cross-validation on the training set",
    has_deviation: true,
    importance: "the share of the fall of the squared error at splits on the column, averaged over the members with trees",
    learner: |given| Named::given(AUTO.name, &Blend::default(), given),
    read: PerTarget::<Auto>::read,
};

/// There is nothing to choose.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Blend {
    /// The views that it weighs; all columns are one if there are none.
    #[serde(skip)]
    views: Vec<View>,
}

impl Params for Blend {
    fn with_views(&self, views: &[View]) -> Option<Self> {
        Some(Blend { views: views.to_vec() })
    }

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
    ) -> Result<Box<dyn Predictor>, FitError> {
        PerTarget::fit(targets, control, |target, control| {
            fit(records, target, &self.views, seed, control)
        })
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
            let view = &self.views[member.view];
            let seen = view.records(records);
            let own = if member.is_of_scores {
                let scores =
                    member.predictor.contributions(view.as_scores(seen.view()).view(), 0)?;
                scores.through(|score| self.scores.value(score))
            } else {
                member.predictor.contributions(seen.view(), 0)?
            };
            all = all.plus(member.weight, &own.among(&view.indices(columns), columns));
        }
        Ok(all)
    }

    fn reach(&self, share: f64) -> f64 {
        self.spread.reach(share)
    }

    /// The weighted mean of those of the members that tell theirs.
    fn importances(&self) -> Option<Importances> {
        let mut sum = Importances::none(self.width);
        let mut total = 0.0;
        for member in &self.members {
            let indices = self.views[member.view].indices(self.width);
            let Some(own) = member.predictor.importances() else { continue };
            total += member.weight;
            sum.add_at(&indices, (member.weight, member.weight), &own);
        }
        (total > 0.0).then(|| Importances::none(self.width).plus(1.0 / total, &sum))
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
            let view = &self.views[member.view].name;
            if !view.is_empty() {
                entry["view"] = view.as_str().into();
            }
            if let Some(report) = member.predictor.report() {
                entry["report"] = report[0].clone();
            }
            entry
        });
        let mut report = json!({ "members": members.collect::<Vec<_>>() });
        if !self.tried.is_empty() {
            report["views"] = self.tried.iter().map(Tried::report).collect();
        }
        Some(report)
    }

    fn used(&self) -> Option<Vec<usize>> {
        let used: BTreeSet<usize> =
            self.views.iter().flat_map(|view| view.indices(self.width)).collect();
        (used.len() < self.width).then(|| used.into_iter().collect())
    }

    fn keep(&mut self, columns: &[usize]) {
        self.views.iter_mut().for_each(|view| view.keep(columns));
        self.width = columns.len();
    }

    fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        columns: usize,
        asked: Asked,
    ) -> Result<Exported, Unexported> {
        Auto::export(self, graph, records, columns, asked)
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_count(self.views.len(), out);
        self.views.iter().for_each(|view| view.write(out));
        self.scores.write(out);
        self.spread.write(out);
        write_count(self.members.len(), out);
        for member in &self.members {
            write_count(member.name.len(), out);
            out.extend_from_slice(member.name.as_bytes());
            write_count(member.view, out);
            out.push(u8::from(member.is_of_scores));
            write_numbers([&member.weight, &member.tau], out);
            member.predictor.write(out);
        }
    }

    fn read(bytes: &mut Bytes, columns: usize) -> Result<Self, Damaged> {
        let views = if bytes.have_views {
            let count = bytes.count(12)?;
            (0..count).map(|_| Seen::read(bytes, columns)).collect::<Result<_, _>>()?
        } else {
            vec![Seen::read_all(bytes, columns)?]
        };
        let (scores, spread) = (Scores::read(bytes)?, Spread::read(bytes)?);
        let count = bytes.count(4)?;
        let members = (0..count).map(|_| read_member(bytes, &views, columns));
        let members = members.collect::<Result<Vec<Member>, _>>()?;
        if !members.is_sorted_by_key(|member| member.view) {
            return Err(Damaged("its members do not stand in the order of their views"));
        }
        Ok(Auto { width: columns, members, views, scores, spread, tried: vec![], held_out: None })
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

fn read_member(bytes: &mut Bytes, views: &[Seen], columns: usize) -> Result<Member, Damaged> {
    let length = bytes.count(1)?;
    let name = std::str::from_utf8(bytes.take(length)?).unwrap_or_default();
    // A blend is no member of a blend: it could be nested without end.
    let kind = by_name(name)
        .filter(|kind| kind.name != AUTO.name)
        .ok_or(Damaged("it is a blend of a predictor that this graf does not have"))?;
    let view = if bytes.have_views { bytes.u32()? as usize } else { 0 };
    let seen = views.get(view).ok_or(Damaged("a member sees a view that is not there"))?;
    let is_of_scores = bytes.take(1)? != [0];
    let (weight, tau) = (bytes.number()?, bytes.number()?);
    let predictor = (kind.read)(bytes, seen.len(columns), 1)?;
    Ok(Member { name: kind.name, view, is_of_scores, weight, tau, predictor })
}
