//! How well predictors do, by the number of networks that they learn from.

use std::collections::BTreeSet;

use super::canvas::{Canvas, class_of};
use super::plot::{Axis, Plot};
use super::scale::{Tick, domain, log_domain, shown, ticks};
use super::{Data, Figure, clipped_note, full, sentences, thinned};

/// The most curves that are drawn.
const MOST_CURVES: usize = 24;

/// The most sizes of a curve that are drawn.
const MOST_SIZES: usize = 200;

/// The mean over runs, and their spread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The rows of the training set.
    pub size: usize,
    /// The mean of a metric over runs; NaN if there is none.
    pub mean: f64,
    /// The standard deviation over runs; NaN for one alone.
    pub std: f64,
    /// How many runs have a value.
    pub runs: usize,
}

/// The results of a predictor.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// What it is called.
    pub label: String,
    /// Its results, by size.
    pub points: Vec<Point>,
}

/// Learning curves of several predictors, on a log axis with a tick at each size.
#[derive(Debug, Clone, PartialEq)]
pub struct LearningCurves {
    /// The target.
    pub target: String,
    /// The metric.
    pub metric: String,
    /// The curves.
    pub curves: Vec<Curve>,
}

impl LearningCurves {
    fn drawn(&self) -> &[Curve] {
        &self.curves[..self.curves.len().min(MOST_CURVES)]
    }

    /// Sizes with their places on the axis: a log axis has no 0, which stands left of the smallest size.
    fn sizes(&self) -> Vec<Tick> {
        let points = self.curves.iter().flat_map(|curve| &curve.points);
        let sizes: BTreeSet<usize> = points.map(|point| point.size).collect();
        let least = sizes.iter().find(|&&size| size > 0).copied();
        sizes.iter().map(|&size| (place(size, least), size.to_string())).collect()
    }
}

/// Where a size stands on the axis, if this is the least size above 0.
fn place(size: usize, least: Option<usize>) -> f64 {
    if size == 0 { least.unwrap_or(2) as f64 / 2.0 } else { size as f64 }
}

impl Figure for LearningCurves {
    fn title(&self) -> String {
        format!("{} of {} by the size of the training set", self.metric, self.target)
    }

    fn note(&self) -> String {
        let curves = clipped_note(self.curves.len(), MOST_CURVES, "curves");
        let longest = self.curves.iter().map(|curve| curve.points.len()).max().unwrap_or(0);
        let sizes = clipped_note(longest, MOST_SIZES, "sizes");
        format!(
            "Means over the runs; bars are one standard deviation to both sides.{curves}{sizes}"
        )
    }

    fn summary(&self) -> String {
        let end = |point: &Point| format!("{} with {} networks", shown(point.mean), point.size);
        sentences(self.drawn(), |Curve { label, points }| match points.as_slice() {
            [] => format!("{label}: no results."),
            [one] => format!("{label}: {}.", end(one)),
            [first, .., last] => format!("{label}: {} to {}.", end(first), end(last)),
        })
    }

    fn draw(&self) -> Canvas {
        let sizes = self.sizes();
        let least = sizes.iter().find_map(|(_, text)| text.parse().ok().filter(|&size| size > 0));
        let points = || self.drawn().iter().flat_map(|curve| &curve.points);
        let spread = points().flat_map(|point| {
            let std = if point.std.is_nan() { 0.0 } else { point.std };
            [point.mean - std, point.mean + std]
        });
        let y = domain(spread);
        let x = Axis {
            label: "networks in the training set".to_owned(),
            domain: log_domain(sizes.iter().map(|(place, _)| *place)),
            is_log: true,
            ticks: sizes,
        };
        let label = format!("{} of {}", self.metric, self.target);
        let y = Axis { label, domain: y, is_log: false, ticks: ticks(y, 6) };
        let labels = self.drawn().iter().map(|curve| curve.label.clone());
        let legend: Vec<(usize, String)> = labels.enumerate().collect();
        let mut plot = Plot::new(&x, &y, &legend);
        let count = self.drawn().len() as f64;
        for (series, curve) in self.drawn().iter().enumerate() {
            let class = class_of(series);
            // Bars at one size stand side by side.
            let moved = (series as f64 - (count - 1.0) / 2.0) * (16.0 / count).min(5.0);
            let drawn = thinned(curve.points.len(), MOST_SIZES).map(|at| &curve.points[at]);
            let known = drawn.filter_map(|point| {
                let [x, y] = plot.at([place(point.size, least), point.mean])?;
                Some((point, [x + moved, y]))
            });
            let known: Vec<_> = known.collect();
            let line: Vec<_> = known.iter().map(|(_, at)| *at).collect();
            plot.canvas.path(&format!("line {class}"), &line);
            for (point, at) in known {
                let Point { size, mean, std, .. } = *point;
                plot.error_bar(
                    &format!("axis {class}"),
                    place(size, least),
                    [mean - std, mean + std],
                    moved,
                );
                let tooltip =
                    format!("{}, {size} networks: {} ± {}", curve.label, shown(mean), shown(std));
                plot.canvas.marker(series, at, &tooltip);
            }
        }
        plot.canvas
    }

    fn data(&self) -> Data {
        let rows = self.curves.iter().flat_map(|curve| {
            let row = |point: &Point| {
                let [mean, std] = [point.mean, point.std].map(full);
                [curve.label.clone(), point.size.to_string(), point.runs.to_string(), mean, std]
            };
            curve.points.iter().map(row).collect::<Vec<_>>()
        });
        Data::new(["label", "train_size", "runs", "mean", "std"], rows)
    }
}
