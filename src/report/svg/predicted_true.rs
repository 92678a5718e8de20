//! Predictions against true values.

use super::canvas::Canvas;
use super::plot::{Axis, Plot};
use super::scale::{domain, range, ticks};
use super::{Data, Figure, MOST_POINTS, clipped_note, full, thinned};

/// The most intervals that are drawn: more hide each other.
const MOST_INTERVALS: usize = 150;

/// A prediction and what it turned out to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PredictedPoint {
    /// The true value.
    pub truth: f64,
    /// What was predicted.
    pub predicted: f64,
    /// An interval around the prediction, if there is one.
    pub interval: Option<[f64; 2]>,
}

/// Predictions against true values, with intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictedTrue {
    /// The target.
    pub target: String,
    /// What the intervals are, such as `95% interval`.
    pub interval: String,
    /// The predictions.
    pub predictions: Vec<PredictedPoint>,
}

impl PredictedTrue {
    fn intervals(&self) -> Vec<usize> {
        let have = |&place: &usize| self.predictions[place].interval.is_some();
        let all: Vec<usize> = (0..self.predictions.len()).filter(have).collect();
        thinned(all.len(), MOST_INTERVALS).map(|place| all[place]).collect()
    }
}

impl Figure for PredictedTrue {
    fn title(&self) -> String {
        format!("Predicted against true {}", self.target)
    }

    fn note(&self) -> String {
        let count = self.predictions.len();
        let points = clipped_note(count, MOST_POINTS, "points");
        let have = self.predictions.iter().filter(|one| one.interval.is_some()).count();
        let bars = if have == 0 {
            String::new()
        } else {
            let clipped = clipped_note(have, MOST_INTERVALS, "intervals");
            format!(" Bars: {}.{clipped}", self.interval)
        };
        format!("{count} predictions; on the dashed line they would be exact.{points}{bars}")
    }

    fn summary(&self) -> String {
        let truth = range(self.predictions.iter().map(|one| one.truth));
        let predicted = range(self.predictions.iter().map(|one| one.predicted));
        format!("True values are {truth}, predictions {predicted}.")
    }

    fn draw(&self) -> Canvas {
        let drawn: Vec<&PredictedPoint> =
            thinned(self.predictions.len(), MOST_POINTS).map(|at| &self.predictions[at]).collect();
        let intervals = self.intervals();
        let bounds = intervals.iter().filter_map(|&at| self.predictions[at].interval).flatten();
        let truth = domain(drawn.iter().map(|one| one.truth));
        let predicted = domain(drawn.iter().map(|one| one.predicted).chain(bounds));
        // Of the same unit, both axes are the same.
        let is_same = truth[0] < predicted[1] && predicted[0] < truth[1];
        let both = [truth[0].min(predicted[0]), truth[1].max(predicted[1])];
        let [x, y] = if is_same { [both, both] } else { [truth, predicted] };
        let axis =
            |label: String, domain| Axis { label, domain, is_log: false, ticks: ticks(domain, 5) };
        let x = axis(format!("true {}", self.target), x);
        let y = axis(format!("predicted {}", self.target), y);
        let mut plot = Plot::new(&x, &y, &[]);
        plot.diagonal();
        for at in intervals {
            let one = &self.predictions[at];
            if let Some(interval) = one.interval {
                plot.error_bar("line thin s6", one.truth, interval, 0.0);
            }
        }
        for one in drawn {
            if let Some(at) = plot.at([one.truth, one.predicted]) {
                plot.canvas.dot("point s0", at, 2.5);
            }
        }
        plot.canvas
    }

    fn data(&self) -> Data {
        let rows = self.predictions.iter().map(|one| {
            let [low, high] = one.interval.unwrap_or([f64::NAN; 2]);
            [one.truth, one.predicted, low, high].map(full)
        });
        Data::new(["true", "predicted", "lower", "upper"], rows)
    }
}
