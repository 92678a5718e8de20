//! Metrics by name.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::{
    Directions, kendall_tau, kendall_tau_top, mae, ndcg_at_k, pearson, precision_at_k, r2,
    regret_at_k, rmse, spearman,
};

/// The registered metrics, each with the cut it has by default.
pub static METRICS: [Metric; 10] = [
    Metric {
        stem: "kendall_tau",
        rule: Rule::All(kendall_tau),
        higher_is_better: true,
        summary: "Kendall's tau-b: how far the orders agree, -1 to 1",
    },
    Metric {
        stem: "kendall_tau",
        rule: Rule::Top(kendall_tau_top, 10.0),
        higher_is_better: true,
        summary: "Kendall's tau-b among the truly best P percent, -1 to 1",
    },
    Metric {
        stem: "spearman",
        rule: Rule::All(spearman),
        higher_is_better: true,
        summary: "Spearman's correlation of the ranks, -1 to 1",
    },
    Metric {
        stem: "pearson",
        rule: Rule::All(pearson),
        higher_is_better: true,
        summary: "Pearson's correlation of the values, -1 to 1",
    },
    Metric {
        stem: "r2",
        rule: Rule::All(r2),
        higher_is_better: true,
        summary: "share of the target's variance that is explained, up to 1",
    },
    Metric {
        stem: "mae",
        rule: Rule::All(mae),
        higher_is_better: false,
        summary: "mean absolute error, in the unit of the target",
    },
    Metric {
        stem: "rmse",
        rule: Rule::All(rmse),
        higher_is_better: false,
        summary: "root of the mean squared error, in the unit of the target",
    },
    Metric {
        stem: "precision",
        rule: Rule::At(precision_at_k, 10),
        higher_is_better: true,
        summary: "share of the predicted top K that is in the true top K, 0 to 1",
    },
    Metric {
        stem: "regret",
        rule: Rule::At(regret_at_k, 10),
        higher_is_better: false,
        summary: "best target of all minus the best in the predicted top K",
    },
    Metric {
        stem: "ndcg",
        rule: Rule::At(ndcg_at_k, 10),
        higher_is_better: true,
        summary: "normalised discounted cumulative gain of the predicted top K, 0 to 1",
    },
];

/// A metric, with its cut if it looks at the top only.
///
/// Read from its name and written back the same: `kendall_tau`, `spearman`, `pearson`, `r2`, `mae`,
/// `rmse`; with a number of rows, 1 or more, `precision@10`, `regret@10`, `ndcg@10`; with a
/// percentage above 0 and at most 100, whole or decimal, `kendall_tau@top10%`.
///
/// Those with a cut look at the best rows and so [depend](Metric::needs_direction) on the direction of
/// the target.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    stem: &'static str,
    rule: Rule,
    higher_is_better: bool,
    summary: &'static str,
}

/// A function with what it needs besides truth and prediction.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// All rows count.
    All(fn(&[f64], &[f64]) -> f64),
    /// A number of rows does.
    At(fn(&[f64], &[f64], usize) -> f64, usize),
    /// A percentage of the rows does.
    Top(fn(&[f64], &[f64], f64) -> f64, f64),
}

impl Metric {
    /// What it says, in one line.
    pub fn summary(&self) -> &'static str {
        self.summary
    }

    /// The name with K or P in place of the cut, as help shows it: `precision@K`.
    pub fn form(&self) -> String {
        let cut = match self.rule {
            Rule::All(_) => "",
            Rule::At(..) => "@K",
            Rule::Top(..) => "@topP%",
        };
        format!("{}{cut}", self.stem)
    }

    /// Whether of two predictions that with the higher value is the better one.
    pub fn higher_is_better(&self) -> bool {
        self.higher_is_better
    }

    /// Whether it depends on which values of the target are better.
    pub fn needs_direction(&self) -> bool {
        !matches!(self.rule, Rule::All(_))
    }

    /// Computes it where the better values of truth and prediction are those of some directions; of
    /// metrics that do not depend on them as [`Metric::compute`].
    ///
    /// The best rows are those with the best true values, of the prediction those with the best
    /// predictions. Kendall's tau among the truly best has the sign of that of all rows: the directions
    /// choose the rows alone.
    ///
    /// # Errors
    ///
    /// [`MetricError::NoDirection`] if it depends on a direction that is open, and the errors of
    /// [`Metric::compute`].
    pub fn compute_in(
        &self,
        directions: Directions,
        truth: &[f64],
        prediction: &[f64],
    ) -> Result<f64, MetricError> {
        let Directions { truth: Some(of_truth), prediction: Some(of_prediction) } = directions
        else {
            if self.needs_direction() {
                return Err(MetricError::NoDirection { metric: self.to_string() });
            }
            return self.compute(truth, prediction);
        };
        let of_prediction = match self.rule {
            Rule::All(_) => return self.compute(truth, prediction),
            Rule::At(..) => of_prediction,
            Rule::Top(..) => of_truth, // Turning both keeps the sign.
        };
        self.compute(&of_truth.worths(truth), &of_prediction.worths(prediction))
    }

    /// Computes it, greater being better in the truth and in the prediction.
    ///
    /// # Returns
    ///
    /// The value; NaN where there is none, as for a correlation with constants (each metric's
    /// function says when). Of finite numbers, an error beyond the largest float is infinite, and so
    /// may be R².
    ///
    /// # Errors
    ///
    /// [`MetricError`] if the sides have different lengths, have fewer than two rows, or hold a
    /// number that is not finite: then the first such row is named, truth before prediction.
    pub fn compute(&self, truth: &[f64], prediction: &[f64]) -> Result<f64, MetricError> {
        check(truth, prediction)?;
        Ok(match self.rule {
            Rule::All(function) => function(truth, prediction),
            Rule::At(function, k) => function(truth, prediction, k),
            Rule::Top(function, percent) => function(truth, prediction, percent / 100.0),
        })
    }

    /// The metric with the cut that is written after the `@`, if it is one for this metric.
    fn with_cut(self, cut: Option<&str>) -> Option<Self> {
        let rule = match (self.rule, cut) {
            (Rule::All(_), None) => self.rule,
            (Rule::At(function, _), Some(cut)) => Rule::At(function, read_count(cut)?),
            (Rule::Top(function, _), Some(cut)) => Rule::Top(function, read_percent(cut)?),
            _ => return None,
        };
        Some(Self { rule, ..self })
    }
}

/// Other words for metrics; the last three are what `SciPy` calls them.
pub const ALIASES: [(&str, &str); 6] = [
    ("tau", "kendall_tau"),
    ("kendall", "kendall_tau"),
    ("kendall-tau", "kendall_tau"),
    ("kendalltau", "kendall_tau"),
    ("spearmanr", "spearman"),
    ("pearsonr", "pearson"),
];

impl FromStr for Metric {
    type Err = MetricNameError;

    fn from_str(name: &str) -> Result<Self, MetricNameError> {
        let (stem, cut) = match name.split_once('@') {
            Some((stem, cut)) => (stem, Some(cut)),
            None => (name, None),
        };
        let stem = ALIASES.iter().find(|(alias, _)| *alias == stem).map_or(stem, |(_, name)| name);
        let named: Vec<&Metric> = METRICS.iter().filter(|metric| metric.stem == stem).collect();
        if let Some(metric) = named.iter().find_map(|metric| metric.with_cut(cut)) {
            return Ok(metric);
        }
        let name = name.to_owned();
        Err(if named.is_empty() {
            MetricNameError::NoSuchMetric { name, known: forms(&METRICS, ", ") }
        } else {
            MetricNameError::BadCut { name, known: forms(named, " or ") }
        })
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let stem = self.stem;
        match self.rule {
            Rule::All(_) => out.pad(stem),
            Rule::At(_, k) => out.pad(&format!("{stem}@{k}")),
            Rule::Top(_, percent) => out.pad(&format!("{stem}@top{percent}%")),
        }
    }
}

/// Metrics are equal if their names are.
impl PartialEq for Metric {
    fn eq(&self, other: &Self) -> bool {
        self.stem == other.stem
            && match (self.rule, other.rule) {
                (Rule::All(_), Rule::All(_)) => true,
                (Rule::At(_, one), Rule::At(_, other)) => one == other,
                (Rule::Top(_, one), Rule::Top(_, other)) => one.total_cmp(&other).is_eq(),
                _ => false,
            }
    }
}

impl Eq for Metric {}

/// The forms of metrics, one after the other.
fn forms<'a>(metrics: impl IntoIterator<Item = &'a Metric>, between: &str) -> String {
    metrics.into_iter().map(Metric::form).collect::<Vec<_>>().join(between)
}

/// A number of rows: digits, 1 or more.
fn read_count(cut: &str) -> Option<usize> {
    let digits = cut.bytes().all(|byte| byte.is_ascii_digit());
    cut.parse().ok().filter(|&count| digits && count > 0)
}

/// A percentage in the form `top10%`: digits and at most one point, above 0 and at most 100.
fn read_percent(cut: &str) -> Option<f64> {
    let number = cut.strip_prefix("top")?.strip_suffix('%')?;
    let digits = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    number.parse().ok().filter(|&percent| digits && percent > 0.0 && percent <= 100.0)
}

/// One of the two sides that a metric compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What is true.
    Truth,
    /// What was predicted.
    Prediction,
}

impl fmt::Display for Side {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.pad(match self {
            Self::Truth => "truth",
            Self::Prediction => "prediction",
        })
    }
}

/// Why a metric cannot be computed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum MetricError {
    /// There is not a prediction for each truth.
    #[error("{truth} truths and {prediction} predictions; there must be one of each a row")]
    LengthMismatch {
        /// The truths there are.
        truth: usize,
        /// The predictions there are.
        prediction: usize,
    },
    /// There is nothing to compare.
    #[error("a metric needs two rows or more; there are {rows}")]
    TooFewRows {
        /// The rows there are.
        rows: usize,
    },
    /// It depends on a direction that is open.
    #[error(
        "{metric} depends on whether greater or smaller values are better, which is not stated"
    )]
    NoDirection {
        /// The metric.
        metric: String,
    },
    /// A number that is NaN or infinite.
    #[error("the {side} in row {row} is {value}, not a finite number")]
    NotFinite {
        /// The side it is on.
        side: Side,
        /// Its row, the first being row 0.
        row: usize,
        /// The number.
        value: f64,
    },
    /// There are no differences to test.
    #[error("no differences to test; there must be one for each pair")]
    NoDifferences,
    /// A difference that is NaN.
    #[error("the difference in row {row} is NaN; leave such pairs out")]
    NanDifference {
        /// Its row, the first being row 0.
        row: usize,
    },
}

/// Why a name is not that of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MetricNameError {
    /// A metric that is not registered.
    #[error(
        "unknown metric `{name}`; choose from {known}, \
         with K a number of rows and P a percentage"
    )]
    NoSuchMetric {
        /// The name.
        name: String,
        /// The forms of names there are.
        known: String,
    },
    /// A cut that is missing, out of range or of another kind.
    #[error(
        "no metric `{name}`; write it as {known}, \
         with K a number of rows, 1 or more, and P a percentage above 0 and at most 100"
    )]
    BadCut {
        /// The name.
        name: String,
        /// The forms of names the metric has.
        known: String,
    },
}

/// Checks what all metrics ask of their two sides.
fn check(truth: &[f64], prediction: &[f64]) -> Result<(), MetricError> {
    if truth.len() != prediction.len() {
        return Err(MetricError::LengthMismatch {
            truth: truth.len(),
            prediction: prediction.len(),
        });
    }
    if truth.len() < 2 {
        return Err(MetricError::TooFewRows { rows: truth.len() });
    }
    for (row, (&truth, &prediction)) in truth.iter().zip(prediction).enumerate() {
        for (side, value) in [(Side::Truth, truth), (Side::Prediction, prediction)] {
            if !value.is_finite() {
                return Err(MetricError::NotFinite { side, row, value });
            }
        }
    }
    Ok(())
}
