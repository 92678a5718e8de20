//! The spread of many numbers under each of several names, a point each.

use std::collections::HashMap;

use super::canvas::{Anchor, Canvas, LETTER};
use super::plot::WIDTH;
use super::scale::{Scale, domain, range, ticks};
use super::text::width;
use super::{Data, Figure, clipped_note, full, sentences, thinned};

/// The widest label.
const WIDEST: f64 = 190.0;

/// The height of a row.
const ROW: f64 = 34.0;

/// The most points of a row that are drawn.
const MOST_IN_ROW: usize = 300;

/// Points nearer than this are moved apart.
const NEAR: f64 = 3.0;

/// The numbers under a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Swarm {
    /// What they are called.
    pub label: String,
    /// The numbers.
    pub values: Vec<f64>,
    /// For each number what its colour says, such as the value of the column; NaN if it is not known.
    pub levels: Vec<f64>,
}

impl Swarm {
    /// The class of a point: from blue for the smallest level to orange for the largest in five steps, or by its sign
    /// where levels are not known or all the same.
    fn class(&self, at: usize, [low, high]: [f64; 2]) -> &'static str {
        let share = self.levels.get(at).map_or(f64::NAN, |level| (level - low) / (high - low));
        match share {
            share if share.is_nan() => {
                if self.values[at] < 0.0 {
                    "point s1"
                } else {
                    "point s0"
                }
            }
            share if share < 0.2 => "point v0",
            share if share < 0.4 => "point v1",
            share if share < 0.6 => "point v2",
            share if share < 0.8 => "point v3",
            _ => "point v4",
        }
    }

    /// The smallest and the largest level.
    fn hull(&self) -> [f64; 2] {
        let known = self.levels.iter().filter(|level| level.is_finite());
        known.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &level| {
            [low.min(level), high.max(level)]
        })
    }
}

/// A row of points for each name.
#[derive(Debug, Clone, PartialEq)]
pub struct Beeswarm {
    /// What it shows.
    pub title: String,
    /// What the numbers are.
    pub axis: String,
    /// All rows; drawn are the first.
    pub rows: Vec<Swarm>,
    /// How many are drawn.
    pub most: usize,
}

impl Beeswarm {
    fn has_levels(&self) -> bool {
        self.drawn().iter().any(|row| row.hull()[0] < row.hull()[1])
    }

    fn drawn(&self) -> &[Swarm] {
        &self.rows[..self.rows.len().min(self.most)]
    }
}

/// The place of a pixel: points at one are moved apart.
fn bin(x: f64) -> i64 {
    #[allow(clippy::cast_possible_truncation, reason = "pixels are few")]
    let bin = (x / NEAR) as i64;
    bin
}

impl Figure for Beeswarm {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn note(&self) -> String {
        let longest = self.rows.iter().map(|row| row.values.len()).max().unwrap_or(0);
        let clipped = clipped_note(self.rows.len(), self.most, "rows");
        let points = clipped_note(longest, MOST_IN_ROW, "points of a row");
        let colours = if self.has_levels() {
            " From blue to orange: small to large values of the column."
        } else {
            ""
        };
        format!("A point for each network.{colours}{clipped}{points}")
    }

    fn summary(&self) -> String {
        sentences(self.drawn(), |row| {
            format!("{}: {}.", row.label, range(row.values.iter().copied()))
        })
    }

    fn draw(&self) -> Canvas {
        let rows = self.drawn();
        let widest =
            rows.iter().map(|row| width(&row.label) * LETTER).fold(0.0, f64::max).min(WIDEST);
        let (left, right, top) = (widest + 16.0, WIDTH - 16.0, 28.0);
        let bottom = top + ROW * rows.len() as f64;
        let mut canvas = Canvas::new(WIDTH, bottom + 30.0);
        canvas.text("", [4.0, 14.0], Anchor::Start, WIDTH - 8.0, &self.axis);
        let domain = domain(rows.iter().flat_map(|row| row.values.iter().copied()).chain([0.0]));
        let scale = Scale { domain, range: [left, right], is_log: false };
        for (value, text) in ticks(domain, 5) {
            let Some(x) = scale.at(value) else { continue };
            canvas.path("grid", &[[x, top], [x, bottom]]);
            canvas.text("small", [x, bottom + 16.0], Anchor::Middle, 80.0, &text);
        }
        if let Some(zero) = scale.at(0.0) {
            canvas.path("axis", &[[zero, top], [zero, bottom]]);
        }
        for (place, row) in rows.iter().enumerate() {
            let middle = top + ROW * (place as f64 + 0.5);
            canvas.text("", [widest + 4.0, middle + 4.5], Anchor::End, WIDEST, &row.label);
            let hull = row.hull();
            // Points of a place go above and below the middle in turn, as far apart as the fullest place allows.
            let points = thinned(row.values.len(), MOST_IN_ROW)
                .filter_map(|at| Some((at, scale.at(row.values[at])?)));
            let points: Vec<(usize, f64)> = points.collect();
            let mut taken: HashMap<i64, u32> = HashMap::new();
            for (_, x) in &points {
                *taken.entry(bin(*x)).or_default() += 1;
            }
            let fullest = taken.values().max().map_or(1, |count| count.div_ceil(2).max(1));
            let apart = ((ROW / 2.0 - 2.0) / f64::from(fullest)).min(2.2);
            taken.clear();
            for (at, x) in points {
                let before = taken.entry(bin(x)).or_default();
                let side = if before.is_multiple_of(2) { apart } else { -apart };
                let moved = f64::from(before.div_ceil(2)) * side;
                *before += 1;
                canvas.dot(row.class(at, hull), [x, middle + moved], 2.2);
            }
        }
        canvas
    }

    fn data(&self) -> Data {
        let rows = self.rows.iter().flat_map(|row| {
            let values = row.values.iter().enumerate();
            values
                .map(|(place, value)| [row.label.clone(), place.to_string(), full(*value)])
                .collect::<Vec<_>>()
        });
        Data::new(["label", "network", "value"], rows)
    }
}
