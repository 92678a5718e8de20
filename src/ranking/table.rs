//! Columns and aggregates of the same rows: how far they agree with a target and with each other.

use std::borrow::Cow;
use std::collections::HashSet;

use ndarray::Array2;
use rayon::prelude::*;

use super::aggregate::{AGGREGATES, Aggregate};
use super::column::{Labelled, RankedColumn, Score};
use super::error::RankingError;
use crate::metrics::{
    Direction, Directions, Metric, Objective, ObjectiveError, Stated, average_ranks, kendall_tau,
};
use crate::table::clip_list;

/// How far a column agrees with the target on some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// The place of the column.
    pub column: usize,
    /// The group; `None` for all rows.
    pub group: Option<String>,
    /// How many rows have a label.
    pub rows: usize,
    /// Each metric; NaN where it is undefined, or depends on a direction that is open.
    pub metrics: Vec<(Metric, f64)>,
}

/// A target, and what is known of it.
#[derive(Debug, Clone)]
pub struct Target {
    /// The target, with the direction that was stated.
    pub objective: Objective,
    /// For each row its value; NaN where there is none.
    pub labels: Vec<f64>,
}

/// Columns and aggregates of the same rows.
#[derive(Debug)]
pub struct RankTable<'a> {
    /// The columns, the aggregates last.
    pub columns: Vec<RankedColumn>,
    /// For each of them a number for each row.
    pub values: Vec<Cow<'a, [f64]>>,
    /// The target, if there is one.
    pub target: Option<Target>,
}

/// The target and some columns with the directions that are stated of them. A direction without a name is that of
/// the target.
///
/// # Errors
///
/// [`ObjectiveError`] if a name is that of neither, or directions contradict each other or those of models.
pub fn stated_of(
    stated: &Stated,
    target: Option<&str>,
    scores: &[&Score],
) -> Result<(Option<Objective>, Vec<Objective>), ObjectiveError> {
    let own = |score: &&Score| Objective {
        target: score.name.clone(),
        stated: score.objective.as_ref().and_then(|objective| objective.stated),
    };
    let all: Vec<Objective> =
        target.into_iter().map(Objective::of).chain(scores.iter().map(own)).collect();
    let mut all = match target {
        Some(target) => stated.clone().of_nameless(target).complete(&all)?,
        None => stated.complete(&all)?,
    };
    let columns = all.split_off(usize::from(target.is_some()));
    Ok((all.pop(), columns))
}

/// The aggregates of a table with so many rows, and those that are left out because there are too many: those that
/// are named, or all.
///
/// # Errors
///
/// [`RankingError::TooManyRows`] for an aggregate that is named.
pub fn aggregates_for(
    named: Option<&[&'static Aggregate]>,
    rows: usize,
) -> Result<[Vec<&'static Aggregate>; 2], RankingError> {
    let too_many = |one: &Aggregate| one.most_rows.filter(|&most| rows > most);
    let Some(named) = named else {
        let (taken, left_out) = AGGREGATES.iter().partition(|one| too_many(one).is_none());
        return Ok([taken, left_out]);
    };
    match named.iter().find_map(|one| Some((one.name, too_many(one)?))) {
        Some((aggregate, most)) => Err(RankingError::TooManyRows { aggregate, rows, most }),
        None => Ok([named.to_vec(), Vec::new()]),
    }
}

impl<'a> RankTable<'a> {
    /// Columns with what is [stated](stated_of) of each.
    ///
    /// # Errors
    ///
    /// [`RankingError::NoLabels`] if no row has a label.
    pub fn new(
        scores: &[&'a Score],
        objectives: &[Objective],
        target: Option<Target>,
    ) -> Result<Self, RankingError> {
        let labelled = target.as_ref().map(Target::labelled).unwrap_or_default();
        if let Some(Target { objective, labels }) = &target
            && labels.iter().all(|label| label.is_nan())
        {
            let (name, rows) = (objective.target.clone(), labels.len());
            return Err(RankingError::NoLabels { name, rows });
        }
        let direction = |target: &Target| target.objective.direction();
        let is_accuracy =
            target.as_ref().is_none_or(|one| direction(one) == Some(Direction::Maximize));
        let column = |(score, objective): (&&'a Score, &Objective)| {
            RankedColumn::new(score, objective.stated, is_accuracy, &labelled)
        };
        Ok(RankTable {
            columns: scores.iter().zip(objectives).map(column).collect(),
            values: scores.iter().map(|score| score.values.as_slice().into()).collect(),
            target,
        })
    }

    /// Adds aggregates of the columns that there are.
    ///
    /// # Errors
    ///
    /// [`RankingError::Direction`] if the direction of a column is not known;
    /// [`RankingError::SameName`] if a column is called like another one or like an aggregate.
    pub fn add(&mut self, aggregates: &[&'static Aggregate]) -> Result<(), RankingError> {
        if !aggregates.is_empty() {
            let ranks = self.ranks()?;
            for aggregate in aggregates {
                self.values.push(aggregate.score(&ranks).into());
                self.columns.push(RankedColumn::aggregate(aggregate.name));
            }
        }
        let mut seen = HashSet::new();
        match self.columns.iter().find(|column| !seen.insert(&column.name)) {
            Some(column) => Err(RankingError::SameName { name: column.name.clone() }),
            None => Ok(()),
        }
    }

    /// For each column the ranks of its rows, the greatest for the best.
    fn ranks(&self) -> Result<Vec<Vec<f64>>, RankingError> {
        let (mut ranks, mut open) = (Vec::new(), Vec::new());
        for (column, values) in self.columns.iter().zip(&self.values) {
            match &column.known {
                Some(known) => ranks.push(average_ranks(&known.direction().worths(values))),
                // The ranks of a constant are all equal, whatever its direction.
                None if values.windows(2).all(|pair| pair[0].total_cmp(&pair[1]).is_eq()) => {
                    ranks.push(average_ranks(values));
                }
                None => open.push(column.name.clone()),
            }
        }
        if open.is_empty() {
            return Ok(ranks);
        }
        let labels = match self.labels() {
            0 => "there are no labels".to_owned(),
            1 => "1 label does not show it".to_owned(),
            labels => format!("{labels} labels do not show it"),
        };
        Err(RankingError::Direction { columns: clip_list(&open), labels })
    }

    /// How many rows have a label.
    pub fn labels(&self) -> usize {
        let labels = self.target.iter().flat_map(|target| &target.labels);
        labels.filter(|label| !label.is_nan()).count()
    }

    /// How far each column agrees with the target: on all rows, then on the rows of each group. Nothing if there
    /// is no target.
    ///
    /// A rank correlation is that of the numbers as they are, whatever their directions: its sign says whether greater
    /// values go together. The best rows of a target and of a column are those with the better values.
    ///
    /// # Complexity
    ///
    /// For n rows, c columns and m metrics O(c m n log n) for all rows and as much for all groups together, on all
    /// threads.
    pub fn agreements(
        &self,
        metrics: &[Metric],
        groups: &[(String, Vec<usize>)],
    ) -> Vec<Agreement> {
        let Some(Target { objective, labels }) = &self.target else { return Vec::new() };
        let of_group = |name: Option<&String>, rows: &mut dyn Iterator<Item = usize>| {
            (name.cloned(), rows.filter(|&row| !labels[row].is_nan()).collect())
        };
        let groups =
            groups.iter().map(|(name, rows)| of_group(Some(name), &mut rows.iter().copied()));
        let all = std::iter::once(of_group(None, &mut (0..labels.len())));
        let parts: Vec<(Option<String>, Vec<usize>)> = all.chain(groups).collect();
        let agreement = |place: usize| {
            let column = place % self.columns.len();
            let (group, rows) = &parts[place / self.columns.len()];
            let pair = |&row: &usize| (labels[row], self.values[column][row]);
            let (truth, own): (Vec<f64>, Vec<f64>) = rows.iter().map(pair).unzip();
            let known = self.columns[column].known;
            let directions = Directions {
                truth: objective.direction(),
                prediction: known.map(|known| known.direction()),
            };
            // An open direction or a single row leave a metric undefined.
            let measured = |&metric: &Metric| {
                (metric, metric.compute_in(directions, &truth, &own).unwrap_or(f64::NAN))
            };
            let metrics = metrics.iter().map(measured).collect();
            Agreement { column, group: group.clone(), rows: truth.len(), metrics }
        };
        (0..parts.len() * self.columns.len()).into_par_iter().map(agreement).collect()
    }

    /// Kendall's tau-b of each pair of columns (columns × columns), 1 on the diagonal; NaN where it is undefined.
    ///
    /// # Complexity
    ///
    /// O(c² n log n) for n rows and c columns, on all threads.
    pub fn mutual(&self) -> Array2<f64> {
        let count = self.columns.len();
        let pairs: Vec<(usize, usize)> =
            (0..count).flat_map(|one| (0..one).map(move |other| (one, other))).collect();
        let tau =
            |&(one, other): &(usize, usize)| kendall_tau(&self.values[one], &self.values[other]);
        let taus: Vec<f64> = pairs.par_iter().map(tau).collect();
        let mut mutual = Array2::ones((count, count));
        for ((one, other), tau) in pairs.into_iter().zip(taus) {
            (mutual[[one, other]], mutual[[other, one]]) = (tau, tau);
        }
        mutual
    }
}

impl Target {
    /// The rows with a label, where the direction is known.
    fn labelled(&self) -> Labelled {
        let Some(direction) = self.objective.direction() else { return Labelled::default() };
        let labels = self.labels.iter().enumerate().filter(|(_, label)| !label.is_nan());
        let (rows, worths) = labels.map(|(row, &label)| (row, direction.worth(label))).unzip();
        Labelled { rows, worths }
    }
}
