//! The output of `graf predict`, with a column of true values.

use super::table::{Columns, Table};
use super::{Section, Source, Style};
use crate::metrics::METRICS;
use crate::predictor::standard;
use crate::report::ReportError;
use crate::report::svg::{Calibration, Coverage, PredictedPoint, PredictedTrue, shown};
use crate::table::Row;

/// Ends the name of a column of predictions.
const PREDICTION: &str = ".prediction";

/// The column that marks the rows of the training set.
const IN_TRAINING: &str = "in_training";

/// The coverages, in percent, at which standard deviations are checked.
const PERCENT: [f64; 9] = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0];

fn targets(columns: &[String]) -> impl Iterator<Item = &str> {
    columns
        .iter()
        .filter_map(|column| column.strip_suffix(PREDICTION))
        .filter(|one| !one.is_empty())
}

pub(super) fn fits(columns: &[String]) -> bool {
    targets(columns).next().is_some()
}

/// Where the numbers of a target are.
struct Places {
    target: String,
    truth: usize,
    predicted: usize,
    std: Option<usize>,
    /// Coverages in percent, with the bounds.
    intervals: Vec<(f64, [usize; 2])>,
}

impl Places {
    /// None if there are no true values.
    fn new(columns: &[String], target: &str) -> Option<Self> {
        let find = |name: &str| columns.iter().position(|column| column == name);
        let lower = format!("{target}.lower_");
        let interval = |(place, column): (usize, &String)| {
            let percent = column.strip_prefix(&lower)?;
            let upper = find(&format!("{target}.upper_{percent}"))?;
            let share: f64 = percent.parse().ok()?;
            (0.0 < share && share < 100.0).then_some((share, [place, upper]))
        };
        let mut intervals: Vec<_> = columns.iter().enumerate().filter_map(interval).collect();
        intervals.sort_by(|one, other| one.0.total_cmp(&other.0));
        Some(Self {
            truth: find(target)?,
            predicted: find(&format!("{target}{PREDICTION}"))?,
            std: find(&format!("{target}.std")),
            intervals,
            target: target.to_owned(),
        })
    }
}

/// The numbers of a target.
#[derive(Default)]
struct Numbers {
    truth: Vec<f64>,
    predicted: Vec<f64>,
    /// NaN where there is none.
    std: Vec<f64>,
    /// For each coverage the bounds of each row; NaN where there are none.
    bounds: Vec<Vec<[f64; 2]>>,
    /// The rows without a true value.
    untrained: usize,
}

impl Numbers {
    fn add(&mut self, places: &Places, columns: &Columns, row: &Row) -> Result<(), ReportError> {
        let number = |column| columns.number(row, column);
        let Some(truth) = number(places.truth)? else {
            self.untrained += 1;
            return Ok(());
        };
        let Some(predicted) = number(places.predicted)? else {
            return Err(columns.wrong(row, places.predicted, "expected a prediction"));
        };
        self.truth.push(truth);
        self.predicted.push(predicted);
        let std = places.std.map_or(Ok(None), number)?;
        self.std.push(std.unwrap_or(f64::NAN));
        self.bounds.resize(places.intervals.len(), Vec::new());
        for (bounds, (_, [low, high])) in self.bounds.iter_mut().zip(&places.intervals) {
            let [low, high] =
                [number(*low)?, number(*high)?].map(|bound| bound.unwrap_or(f64::NAN));
            bounds.push([low, high]);
        }
        Ok(())
    }

    /// How many of the intervals that there are hold the true value.
    fn held(&self, interval: impl Fn(usize) -> [f64; 2]) -> (usize, usize) {
        let known = (0..self.truth.len()).map(|row| (self.truth[row], interval(row)));
        let known = known.filter(|(_, [low, high])| !low.is_nan() && !high.is_nan());
        known.fold((0, 0), |(held, count), (truth, [low, high])| {
            (held + usize::from(low <= truth && truth <= high), count + 1)
        })
    }

    fn spread(&self, row: usize, reach: f64) -> [f64; 2] {
        let half = reach * self.std[row];
        [self.predicted[row] - half, self.predicted[row] + half]
    }
}

pub(super) fn read(table: Table, style: &Style, source: &mut Source) -> Result<(), ReportError> {
    let name = table.name.clone();
    let all: Vec<&str> = targets(table.columns()).collect();
    let places: Vec<Places> =
        all.iter().filter_map(|target| Places::new(table.columns(), target)).collect();
    if places.is_empty() {
        let target = all.first().map_or_else(String::new, |target| (*target).to_owned());
        return Err(ReportError::NoTruth { input: name, target });
    }
    let unknown: Vec<String> = all
        .iter()
        .filter(|target| !places.iter().any(|one| one.target == **target))
        .map(|target| (*target).to_owned())
        .collect();
    let mut numbers: Vec<Numbers> = places.iter().map(|_| Numbers::default()).collect();
    let mut in_training = 0_usize;
    let is_marked = table.columns().iter().any(|column| column == IN_TRAINING);
    table.rows(&mut |columns, row| {
        if columns.text(&row, IN_TRAINING).trim() == "1" {
            in_training += 1;
            return Ok(());
        }
        numbers.iter_mut().zip(&places).try_for_each(|(own, places)| own.add(places, columns, &row))
    })?;
    for (places, own) in places.iter().zip(numbers) {
        if own.truth.is_empty() {
            let target = &places.target;
            let reason =
                format!("has no prediction of {target} with a true value, training networks aside");
            return Err(ReportError::Nothing { input: name, reason });
        }
        let target = style.labels.of(&places.target).to_owned();
        let mut section = section(places, &own, &target, style.digits);
        if in_training > 0 {
            section.notes.push(format!("{in_training} networks of the training set are left out."));
        } else if !is_marked {
            section.notes.push(
                "Networks of the training set, if there are any, are not told apart; graf predict --mark-training marks \
                 them."
                    .to_owned(),
            );
        }
        if own.untrained > 0 {
            section
                .notes
                .push(format!("{} networks without a true value are left out.", own.untrained));
        }
        if !unknown.is_empty() {
            let unknown = unknown.join(", ");
            section.notes.push(format!(
                "There are predictions without true values, which are left out: {unknown}."
            ));
        }
        source.names.push(places.target.clone());
        source.predictions.push((places.target.clone(), format!("{}{PREDICTION}", places.target)));
        source.sections.push(section);
    }
    Ok(())
}

fn section(places: &Places, own: &Numbers, target: &str, digits: usize) -> Section {
    let mut section = Section::new(format!("Predictions of {target}"));
    section.fact("networks", own.truth.len().to_string());
    for metric in METRICS.iter().filter(|metric| !metric.needs_direction()) {
        let value = metric.compute(&own.truth, &own.predicted).unwrap_or(f64::NAN);
        let value = if value.is_nan() { shown(value) } else { format!("{value:.digits$}") };
        section.fact(&metric.to_string(), value);
    }
    let widest = places.intervals.len().checked_sub(1);
    let has_std = own.std.iter().any(|std| !std.is_nan());
    let interval = |row: usize| match widest {
        Some(widest) => Some(own.bounds[widest][row]),
        None => has_std.then(|| own.spread(row, 1.0)),
    };
    let prediction = |row: usize| PredictedPoint {
        truth: own.truth[row],
        predicted: own.predicted[row],
        interval: interval(row).filter(|bounds| bounds.iter().all(|bound| bound.is_finite())),
    };
    let figure = PredictedTrue {
        target: target.to_owned(),
        interval: match widest {
            Some(widest) => format!("{}% intervals", places.intervals[widest].0),
            None => "one predicted standard deviation to both sides".to_owned(),
        },
        predictions: (0..own.truth.len()).map(prediction).collect(),
    };
    section.figure(&format!("predicted true {}", places.target), figure);
    let mut coverages = Vec::new();
    if !places.intervals.is_empty() {
        let point = |(place, (percent, _)): (usize, &(f64, [usize; 2]))| {
            let (held, count) = own.held(|row| own.bounds[place][row]);
            (percent / 100.0, held, count)
        };
        let points = places.intervals.iter().enumerate().map(point).collect();
        coverages.push(Coverage { label: "predicted intervals".to_owned(), points });
    }
    if has_std {
        let point = |percent: f64| {
            let reach = standard(percent / 100.0);
            let (held, count) = own.held(|row| own.spread(row, reach));
            (percent / 100.0, held, count)
        };
        let points = PERCENT.into_iter().map(point).collect();
        let label = "normal distribution with the predicted deviation".to_owned();
        coverages.push(Coverage { label, points });
    }
    for coverage in &mut coverages {
        coverage.points.retain(|(_, _, count)| *count > 0);
    }
    coverages.retain(|coverage| !coverage.points.is_empty());
    if !coverages.is_empty() {
        let figure = Calibration { target: target.to_owned(), coverages };
        section.figure(&format!("calibration {}", places.target), figure);
    }
    section
}
