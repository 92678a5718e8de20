//! What is written of a prediction: its columns and the numbers of a row.

use std::str::FromStr;

use ndarray::Array2;

use super::Model;

/// An interval that holds a share of the true values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    percent: f64,
}

impl Interval {
    /// The names of its bounds.
    fn names(self, target: &str) -> [String; 2] {
        ["lower", "upper"].map(|bound| format!("{target}.{bound}_{}", self.percent))
    }
}

impl FromStr for Interval {
    type Err = String;

    /// Reads a percentage, such as `95`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim().trim_end_matches('%').parse() {
            Ok(percent) if percent > 0.0 && percent < 1.0 => Err(format!(
                "an interval is given in percent; for a share of {percent} take {}",
                percent * 100.0
            )),
            Ok(percent) if (1.0..100.0).contains(&percent) => Ok(Interval { percent }),
            _ => Err("an interval holds between 1 and 100 percent of the true values, such as 95"
                .to_owned()),
        }
    }
}

/// The names of the columns that are predicted.
pub(crate) fn names(targets: &[String], have_std: bool, intervals: &[Interval]) -> Vec<String> {
    let mut names = Vec::new();
    for target in targets {
        names.push(format!("{target}.prediction"));
        if have_std {
            names.push(format!("{target}.std"));
            names.extend(intervals.iter().flat_map(|interval| interval.names(target)));
        }
    }
    names
}

/// For each target how many standard deviations its intervals reach to both sides.
pub(crate) fn reaches(model: &Model, intervals: &[Interval]) -> Vec<Vec<f64>> {
    let of_target = |target| {
        let reach = |interval: &Interval| {
            let share = interval.percent / 100.0;
            // A model has as many targets as its predictor.
            model.predictor.reach(target, share).unwrap_or(f64::NAN)
        };
        intervals.iter().map(reach).collect()
    };
    (0..model.header.targets.len()).map(of_target).collect()
}

/// The numbers of a row, of predictions and standard deviations (rows × targets): see [`names`].
pub(crate) fn of_row(
    row: usize,
    mean: &Array2<f64>,
    std: Option<&Array2<f64>>,
    reaches: &[Vec<f64>],
) -> Vec<f64> {
    let mut numbers = Vec::new();
    for (target, &mean) in mean.row(row).into_iter().enumerate() {
        numbers.push(mean);
        let Some(std) = std.map(|std| std[[row, target]]) else { continue };
        numbers.push(std);
        numbers.extend(
            reaches
                .get(target)
                .into_iter()
                .flatten()
                .flat_map(|reach| [mean - reach * std, mean + reach * std]),
        );
    }
    numbers
}
