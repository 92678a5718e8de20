//! What a learner made of a prior.

use ndarray::{Array1, Array2, ArrayView2, Axis, Slice, Zip};
use serde_json::{Value, json};

use super::start::Start;
use crate::explain::{Contributions, Importances, Unexplained};
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::auto::Scores;
use crate::predictor::exported::{Asked, Exported, Unexported};
use crate::predictor::learner::side_by_side;
use crate::predictor::stored::{Bytes, Damaged, write_count, write_numbers};
use crate::predictor::{HeldOut, Kind, Predictor};

/// A fitted predictor on records whose last column is what the prior predicts.
#[derive(Debug)]
pub(super) struct Started {
    /// How many of the first columns are not the prior's.
    pub own: usize,
    /// How many columns there are, the prediction of the prior counted in.
    pub columns: usize,
    pub each: Vec<Target>,
}

/// What was learned of a target.
#[derive(Debug)]
pub(super) struct Target {
    pub scores: Scores,
    pub learner: Box<dyn Predictor>,
    /// What was made of the prior; none if the labels speak against it.
    pub heard: Option<Heard>,
    /// Predictions for the training rows; none once it is loaded.
    pub held_out: Option<Array1<f64>>,
}

/// What was made of a prior.
#[derive(Debug)]
pub(super) struct Heard {
    pub start: Start,
    /// That of the prior with its correction.
    pub weight: f64,
    /// Predicts what the start lacks, on normal scores.
    pub corrector: Box<dyn Predictor>,
}

/// The first columns of records.
pub(super) fn first(records: ArrayView2<'_, f64>, columns: usize) -> ArrayView2<'_, f64> {
    records.slice_axis_move(Axis(1), Slice::from(..columns))
}

impl Heard {
    /// How much of a correction is added.
    pub const ADDED: f64 = 0.5;

    /// The prior with its correction, as normal scores.
    fn corrected(&self, records: ArrayView2<f64>, added: &Array2<f64>) -> Array1<f64> {
        let prior = records.index_axis(Axis(1), records.ncols() - 1);
        self.start.of(prior) + &added.column(0) * Heard::ADDED
    }
}

impl Target {
    /// The prediction for records of which so many columns are not the prior's.
    fn mean(&self, records: ArrayView2<f64>, own: usize) -> Array1<f64> {
        let Some(heard) = &self.heard else {
            return self.learner.mean(first(records, own)).index_axis_move(Axis(1), 0);
        };
        let learned = self.learner.mean(records).index_axis_move(Axis(1), 0);
        let corrected = heard.corrected(records, &heard.corrector.mean(records));
        let corrected = corrected.mapv_into(|score| self.scores.value(score));
        learned * (1.0 - heard.weight) + corrected * heard.weight
    }

    /// The same, and its standard deviation.
    fn mean_and_std(
        &self,
        records: ArrayView2<f64>,
        own: usize,
    ) -> (Array1<f64>, Option<Array1<f64>>) {
        let only = |columns: Array2<f64>| columns.index_axis_move(Axis(1), 0);
        let Some(heard) = &self.heard else {
            let (mean, std) = self.learner.mean_and_std(first(records, own));
            return (only(mean), std.map(only));
        };
        let (learned, own) = self.learner.mean_and_std(records);
        let (added, of_added) = heard.corrector.mean_and_std(records);
        let scores = heard.corrected(records, &added);
        let corrected = scores.mapv(|score| self.scores.value(score));
        let learned = only(learned);
        let w = heard.weight;
        let std = own.zip(of_added).map(|(own, of_added)| {
            // Lengths of triangles, whose squares do not overflow.
            let [of_own, of_start] = [(1.0 - w).sqrt(), w.sqrt()];
            let mut deviation = &learned - &corrected;
            Zip::from(&mut deviation)
                .and(own.column(0))
                .and(of_added.column(0))
                .and(&scores)
                .for_each(|apart, own, size, score| {
                    let size = self.scores.value(score + size) - self.scores.value(score - size);
                    let within = (of_own * own).hypot(of_start * size / 2.0);
                    *apart = within.hypot(of_own * of_start * *apart);
                });
            let bound = self.scores.range();
            // `min` would make a number of what is unknown.
            deviation.mapv_into(|std| if std > bound { bound } else { std })
        });
        (learned * (1.0 - w) + corrected * w, std)
    }

    /// Contributions to the mean: those of the learner, and those of the prior with its correction on normal scores,
    /// carried to the unit of the target.
    fn contributions(
        &self,
        records: ArrayView2<f64>,
        own: usize,
    ) -> Result<Contributions, Unexplained> {
        let (rows, columns) = records.dim();
        let none = || Contributions::constant(0.0, rows, columns);
        let Some(heard) = &self.heard else {
            return Ok(none().plus(1.0, &self.learner.contributions(first(records, own), 0)?));
        };
        let learned = self.learner.contributions(records, 0)?;
        let mut start = Contributions::constant(heard.start.level(), rows, columns);
        let prior = records.index_axis(Axis(1), columns - 1);
        let rise = heard.start.of(prior) - heard.start.level();
        start.values.column_mut(columns - 1).assign(&rise);
        let corrected = start.plus(Heard::ADDED, &heard.corrector.contributions(records, 0)?);
        let corrected = corrected.through(|score| self.scores.value(score));
        Ok(none().plus(1.0 - heard.weight, &learned).plus(heard.weight, &corrected))
    }

    /// The importances of so many columns.
    fn importances(&self, columns: usize) -> Option<Importances> {
        let (none, learned) = (Importances::none(columns), self.learner.importances()?);
        let Some(Heard { weight, corrector, .. }) = &self.heard else {
            return Some(none.plus(1.0, &learned));
        };
        Some(none.plus(1.0 - weight, &learned).plus(*weight, &corrector.importances()?))
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.scores.write(out);
        out.push(u8::from(self.heard.is_some()));
        self.learner.write(out);
        if let Some(heard) = &self.heard {
            heard.start.write(out);
            write_numbers([&heard.weight], out);
            heard.corrector.write(out);
        }
    }

    /// Reads what [`Target::write`] has written, for records of so many columns of which some are not the
    /// prior's.
    fn read(bytes: &mut Bytes, kind: &Kind, own: usize, columns: usize) -> Result<Self, Damaged> {
        let scores = Scores::read(bytes)?;
        let is_heard = bytes.take(1)? != [0];
        let learner = (kind.read)(bytes, if is_heard { columns } else { own }, 1)?;
        let heard = is_heard.then(|| {
            let (start, weight) = (Start::read(bytes)?, bytes.number()?);
            if !(0.0..=1.0).contains(&weight) {
                return Err(Damaged("the weight of its prior is no share"));
            }
            Ok(Heard { start, weight, corrector: (kind.read)(bytes, columns, 1)? })
        });
        Ok(Target { scores, learner, heard: heard.transpose()?, held_out: None })
    }
}

impl Started {
    /// Reads what [`Fitted::write`] has written, with learners of a kind.
    pub fn read(
        bytes: &mut Bytes,
        kind: &Kind,
        columns: usize,
        targets: usize,
    ) -> Result<Self, Damaged> {
        let own = bytes.u32()? as usize;
        if own >= columns {
            return Err(Damaged("it has more columns of its own than there are"));
        }
        let target = |_| Target::read(bytes, kind, own, columns);
        Ok(Started { own, columns, each: (0..targets).map(target).collect::<Result<_, _>>()? })
    }
}

impl Predictor for Started {
    fn mean(&self, records: ArrayView2<f64>) -> Array2<f64> {
        let each: Vec<_> = self.each.iter().map(|target| target.mean(records, self.own)).collect();
        side_by_side(records.nrows(), &each)
    }

    /// As the learner has it, whose labels calibrate what the prior adds too.
    fn reach(&self, target: usize, share: f64) -> f64 {
        self.each[target].learner.reach(0, share)
    }

    fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array2<f64>, Option<Array2<f64>>) {
        let each = self.each.iter().map(|target| target.mean_and_std(records, self.own));
        let (means, deviations): (Vec<_>, Vec<_>) = each.unzip();
        let deviations: Option<Vec<_>> = deviations.into_iter().collect();
        let rows = records.nrows();
        (side_by_side(rows, &means), deviations.map(|each| side_by_side(rows, &each)))
    }

    fn contributions(
        &self,
        records: ArrayView2<f64>,
        target: usize,
    ) -> Result<Contributions, Unexplained> {
        self.each[target].contributions(records, self.own)
    }

    fn importances(&self) -> Option<Importances> {
        let each: Option<Vec<_>> =
            self.each.iter().map(|target| target.importances(self.columns)).collect();
        Importances::mean(&each?)
    }

    fn held_out(&self) -> Option<HeldOut> {
        let each: Option<Vec<_>> = self.each.iter().map(|target| target.held_out.clone()).collect();
        let each = each?;
        let predictions = side_by_side(each.first()?.len(), &each);
        Some(HeldOut { by: "held out", predictions })
    }

    fn report(&self) -> Option<Value> {
        let each = self.each.iter().map(|target| {
            let heard = target.heard.as_ref();
            let mut entry = json!({ "prior": {
                "weight": heard.map_or(0.0, |heard| heard.weight),
                "slope": heard.map_or(0.0, |heard| heard.start.slope),
            }});
            if let Some(learner) = target.learner.report() {
                entry["learner"] = learner[0].clone();
            }
            entry
        });
        Some(each.collect())
    }

    fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        _columns: usize,
        asked: Asked,
    ) -> Result<Vec<Exported>, Unexported> {
        self.exported(graph, records, asked)
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_count(self.own, out);
        self.each.iter().for_each(|target| target.write(out));
    }
}
