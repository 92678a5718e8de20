//! Results of repeated experiments, whether they were just made or are read from a file of runs.

mod data;
mod tables;

use std::fmt::Write;

use super::ShownNames;
use crate::dataset::{Plan, Pool};
use crate::experiment::{Compare, RunScore, SIGNIFICANT, Standing, Summary, runs_to_tell};

/// What was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultColumn {
    /// The set of features.
    pub features: String,
    /// The predictor.
    pub predictor: String,
    /// How training sets were chosen, if a strategy chose them.
    pub choose: Option<String>,
    /// What else tells it from others, if the rest does not.
    pub origin: Option<String>,
}

/// The scores of a target, a train size and a metric.
#[derive(Debug, Clone)]
pub struct ResultRow {
    /// The target that was learned.
    pub train_target: String,
    /// The target that predictions are measured on.
    pub target: String,
    /// The rows of the training sets.
    pub train_size: usize,
    /// The metric.
    pub metric: String,
    /// Its score for each column.
    pub scores: Vec<RunScore>,
}

impl ResultRow {
    /// The target, and the one that was learned if that is another one.
    pub fn target(&self, labels: &ShownNames) -> String {
        let target = labels.of(&self.target);
        if self.train_target == self.target {
            target.to_owned()
        } else {
            format!("{} -> {target}", labels.of(&self.train_target))
        }
    }
}

/// Results of repeated experiments.
#[derive(Debug, Clone)]
pub struct Results {
    /// What was compared.
    pub columns: Vec<ResultColumn>,
    /// The scores; the metrics of a target and train size follow each other.
    pub rows: Vec<ResultRow>,
    /// The number of runs behind a score.
    pub runs: usize,
}

/// A cell of a table in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCell {
    /// Its text.
    pub text: String,
    /// Whether it is the best.
    pub is_best: bool,
}

/// How names and numbers are shown to people.
#[derive(Debug, Clone)]
pub struct Style {
    /// Names.
    pub labels: ShownNames,
    /// The digits after the point.
    pub digits: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { labels: ShownNames::default(), digits: 4 }
    }
}

impl Results {
    /// The results of an experiment that was just made.
    pub fn new(compare: &Compare, pool: &Pool, summaries: Vec<Summary>) -> Self {
        let target = |index: usize| compare.objectives[index].target.clone();
        let column = |score: &RunScore| ResultColumn {
            features: pool.sets[score.set].name.clone(),
            predictor: compare.learners[score.learner].label(),
            choose: compare.choices.get(score.choice).map(ToString::to_string),
            origin: None,
        };
        let columns = summaries
            .first()
            .map_or_else(Vec::new, |summary| summary.scores.iter().map(column).collect());
        let row = |summary: Summary| ResultRow {
            train_target: target(summary.task.train),
            target: target(summary.task.test),
            train_size: summary.train_size,
            metric: summary.metric.to_string(),
            scores: summary.scores,
        };
        let folds = if let Plan::Folds(folds) = compare.plan { folds } else { 1 };
        let rows = summaries.into_iter().map(row).collect();
        Self { columns, rows, runs: compare.repeats * folds }
    }

    /// Every name that can have a label.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let of_columns = self.columns.iter().flat_map(|column| {
            let (features, predictor) = (column.features.clone(), column.predictor.clone());
            [Some(features), Some(predictor), column.choose.clone()].into_iter().flatten()
        });
        let of_rows = self
            .rows
            .iter()
            .flat_map(|row| [row.target.clone(), row.train_target.clone(), row.metric.clone()]);
        for name in of_columns.chain(of_rows) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The names of the columns: the set, the predictor if there are several, and how training sets were chosen if
    /// they were.
    pub fn labels(&self, labels: &ShownNames) -> Vec<String> {
        let is_one = self.columns.windows(2).all(|two| two[0].predictor == two[1].predictor);
        let label = |column: &ResultColumn| {
            let mut label = labels.of(&column.features).to_owned();
            let predictor = (!is_one).then_some(&column.predictor);
            for part in [predictor, column.choose.as_ref()].into_iter().flatten() {
                let _ = write!(label, " {}", labels.of(part));
            }
            if let Some(origin) = &column.origin {
                let _ = write!(label, " [{origin}]");
            }
            label
        };
        self.columns.iter().map(label).collect()
    }

    /// What the numbers mean, and the marks of the best and of those that are close to it, with the test.
    pub fn long_note(&self, [best, close]: [&str; 2], plus_minus: &str) -> String {
        let marks = [
            format!("{best}: best mean"),
            format!("{close}: not significantly worse than the best"),
        ];
        let [below, least] =
            if plus_minus.contains('$') { ["$<$", "$\\geq$"] } else { ["<", "≥"] };
        let test = |sign: &str| {
            format!(
                " (Wilcoxon's signed-rank test over the paired runs, two-sided, with Holm's correction: \
                 p {sign} {SIGNIFICANT})"
            )
        };
        self.note([&marks[0], &marks[1]], [&test(below), &test(least)], plus_minus)
    }

    /// The same; the test is named once as that of differences and once as that of none.
    fn note(
        &self,
        [best, close]: [&str; 2],
        [differ, are_close]: [&str; 2],
        plus_minus: &str,
    ) -> String {
        let runs = self.runs;
        let others = self.columns.len().saturating_sub(1);
        let needed = runs_to_tell(others);
        let scores = || self.rows.iter().flat_map(|row| &row.scores);
        let marks = if others == 0 {
            String::new()
        } else if scores().any(|one| one.standing == Standing::Best) {
            format!("{best}; {close}{are_close}; ")
        } else if runs < needed {
            format!(
                "nothing is marked: with {runs} runs no difference can be significant{differ}, from {needed} on it can; "
            )
        } else {
            "nothing is marked: too few runs have a value; ".to_owned()
        };
        if runs > 1 {
            format!("{marks}mean {plus_minus} standard deviation of {runs} runs")
        } else {
            format!("{marks}one run")
        }
    }
}
