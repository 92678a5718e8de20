//! How often true values lie in the intervals that should hold them.

use super::canvas::{Canvas, class_of};
use super::plot::{Axis, Plot};
use super::scale::{shown, ticks};
use super::{Data, Figure, full, sentences};

/// The number of standard errors of a 95% interval.
const NORMAL_95: f64 = 1.959_963_984_540_054;

/// How often true values lay in intervals of one coverage.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// Which intervals, such as `intervals of the table`.
    pub label: String,
    /// The coverage that is stated, and how many of how many intervals held the true value.
    pub points: Vec<(f64, usize, usize)>,
}

/// Stated against observed coverage of prediction intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// The target.
    pub target: String,
    /// The coverage of each kind of interval.
    pub coverages: Vec<Coverage>,
}

/// Wilson's 95% interval of a share.
fn wilson(held: usize, count: usize) -> [f64; 2] {
    let (n, z) = (count as f64, NORMAL_95);
    let share = held as f64 / n;
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    [middle - half, middle + half]
}

impl Figure for Calibration {
    fn title(&self) -> String {
        format!("Calibration of the intervals of {}", self.target)
    }

    fn note(&self) -> String {
        "The share of true values inside prediction intervals, by the share that is stated. On the dashed line both \
         are equal; below it intervals are too narrow. Bars: 95% confidence by Wilson's interval."
            .to_owned()
    }

    fn summary(&self) -> String {
        sentences(&self.coverages, |Coverage { label, points }| {
            let points = sentences(points, |(stated, held, count)| {
                let observed = *held as f64 / *count as f64;
                format!("{}% stated, {}% observed.", shown(stated * 100.0), shown(observed * 100.0))
            });
            format!("{label}: {points}")
        })
    }

    fn draw(&self) -> Canvas {
        let axis = |label: &str| {
            let domain = [0.0, 1.0];
            Axis { label: label.to_owned(), domain, is_log: false, ticks: ticks(domain, 5) }
        };
        let legend: Vec<(usize, String)> =
            self.coverages.iter().map(|one| one.label.clone()).enumerate().collect();
        let (x, y) = (axis("stated coverage"), axis("observed coverage"));
        let mut plot = Plot::new(&x, &y, &legend);
        plot.diagonal();
        for (series, Coverage { label, points }) in self.coverages.iter().enumerate() {
            let class = class_of(series);
            let observed = points.iter().map(|&(stated, held, count)| {
                (stated, held as f64 / count as f64, wilson(held, count))
            });
            let observed: Vec<_> = observed.collect();
            let line: Vec<_> = observed
                .iter()
                .filter_map(|&(stated, share, _)| plot.at([stated, share]))
                .collect();
            plot.canvas.path(&format!("line {class}"), &line);
            for (stated, share, bounds) in observed {
                plot.error_bar(&format!("axis {class}"), stated, bounds, 0.0);
                if let Some(at) = plot.at([stated, share]) {
                    let tooltip =
                        format!("{label}: {} stated, {} observed", shown(stated), shown(share));
                    plot.canvas.marker(series, at, &tooltip);
                }
            }
        }
        plot.canvas
    }

    fn data(&self) -> Data {
        let rows = self.coverages.iter().flat_map(|one| {
            let row = |&(stated, held, count): &(f64, usize, usize)| {
                let observed = held as f64 / count as f64;
                [
                    one.label.clone(),
                    full(stated),
                    full(observed),
                    held.to_string(),
                    count.to_string(),
                ]
            };
            one.points.iter().map(row).collect::<Vec<_>>()
        });
        Data::new(["label", "stated", "observed", "held", "rows"], rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_of_a_half() {
        // By the formula of Wilson (1927) with 8 of 10.
        let [low, high] = wilson(8, 10);
        assert!((low - 0.490_16).abs() < 1e-5 && (high - 0.943_32).abs() < 1e-5, "{low} {high}");
    }
}
