//! Two objectives, and the networks that no other one beats in both.

use super::canvas::Canvas;
use super::plot::{Axis, Plot};
use super::scale::{domain, range, shown, ticks};
use super::{Data, Figure, MOST_POINTS, clipped_note, full, thinned};
use crate::metrics::Direction;

/// An objective.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectiveAxis {
    /// The target.
    pub target: String,
    /// Which of its values are better.
    pub direction: Direction,
    /// Its values, one for each network.
    pub values: Vec<f64>,
}

impl ObjectiveAxis {
    fn label(&self) -> String {
        let better = match self.direction {
            Direction::Maximize => "greater is better",
            Direction::Minimize => "smaller is better",
        };
        format!("{} ({better})", self.target)
    }
}

/// Networks by two objectives, and their Pareto front.
#[derive(Debug, Clone, PartialEq)]
pub struct ParetoFigure {
    /// The objective on the x axis.
    pub x: ObjectiveAxis,
    /// The objective on the y axis, with as many values.
    pub y: ObjectiveAxis,
}

impl ParetoFigure {
    fn count(&self) -> usize {
        self.x.values.len().min(self.y.values.len())
    }

    /// The networks that no other one dominates: none is at least as good in both objectives and better in one.
    /// Equal networks are all of the front. Networks with a value that is not a number are not. In the order of
    /// the x axis.
    ///
    /// # Complexity
    ///
    /// O(n log n) time, O(n) memory.
    pub fn front(&self) -> Vec<usize> {
        let [x, y] = [&self.x, &self.y]
            .map(|side| move |place: usize| side.direction.worth(side.values[place]));
        let is_known = |&place: &usize| !x(place).is_nan() && !y(place).is_nan();
        let mut order: Vec<usize> = (0..self.count()).filter(is_known).collect();
        let by_x = |one: usize, other: usize| x(other).total_cmp(&x(one));
        let by_y = |one: usize, other: usize| y(other).total_cmp(&y(one));
        // The best x first, of equal ones the best y.
        order.sort_by(|&one, &other| by_x(one, other).then(by_y(one, other)).then(one.cmp(&other)));
        let mut front: Vec<usize> = Vec::new();
        for place in order {
            let is_beaten = front.last().is_some_and(|&last| {
                let is_equal = by_x(place, last).is_eq() && by_y(place, last).is_eq();
                by_y(place, last).is_ge() && !is_equal
            });
            if !is_beaten {
                front.push(place);
            }
        }
        front.sort_by(|&one, &other| {
            self.x.values[one].total_cmp(&self.x.values[other]).then(one.cmp(&other))
        });
        front
    }
}

impl Figure for ParetoFigure {
    fn title(&self) -> String {
        format!("Pareto front of {} and {}", self.y.target, self.x.target)
    }

    fn note(&self) -> String {
        let clipped = clipped_note(self.count(), MOST_POINTS, "networks");
        format!(
            "{} networks, {} of them on the front: no other network is as good in both objectives and better in one.{clipped}",
            self.count(),
            self.front().len()
        )
    }

    fn summary(&self) -> String {
        let front = self.front();
        let of = |side: &ObjectiveAxis| range(front.iter().map(|&place| side.values[place]));
        let [x, y] = [&self.x, &self.y].map(|side| format!("{} is {}", side.target, of(side)));
        format!("On the front {x} and {y}.")
    }

    fn draw(&self) -> Canvas {
        let count = self.count();
        let axis = |side: &ObjectiveAxis| {
            let domain = domain(side.values[..count].iter().copied());
            Axis { label: side.label(), domain, is_log: false, ticks: ticks(domain, 5) }
        };
        let mut plot = Plot::new(&axis(&self.x), &axis(&self.y), &[(1, "Pareto front".to_owned())]);
        for place in thinned(count, MOST_POINTS) {
            if let Some(at) = plot.at([self.x.values[place], self.y.values[place]]) {
                plot.canvas.dot("point s0", at, 2.2);
            }
        }
        let front = self.front();
        let front: Vec<usize> =
            thinned(front.len(), MOST_POINTS).map(|place| front[place]).collect();
        let points: Vec<([f64; 2], usize)> = front
            .into_iter()
            .filter_map(|place| {
                Some((plot.at([self.x.values[place], self.y.values[place]])?, place))
            })
            .collect();
        // Steps: what a network between two of the front would have to beat. They lie on the worse side.
        let is_y_first = self.x.direction == Direction::Minimize;
        let mut steps: Vec<[f64; 2]> = Vec::new();
        for &([x, y], _) in &points {
            if let Some(&[before_x, before_y]) = steps.last() {
                steps.push(if is_y_first { [x, before_y] } else { [before_x, y] });
            }
            steps.push([x, y]);
        }
        plot.canvas.path("line s1", &steps);
        for (at, place) in points {
            let [x, y] = [&self.x, &self.y].map(|side| shown(side.values[place]));
            plot.canvas.marker(1, at, &format!("{} {x}, {} {y}", self.x.target, self.y.target));
        }
        plot.canvas
    }

    fn data(&self) -> Data {
        let front: std::collections::HashSet<usize> = self.front().into_iter().collect();
        let rows = (0..self.count()).map(|place| {
            let is_front = u8::from(front.contains(&place)).to_string();
            [full(self.x.values[place]), full(self.y.values[place]), is_front]
        });
        Data::new([&self.x.target, &self.y.target, "front"], rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pareto(directions: [Direction; 2], points: &[[f64; 2]]) -> ParetoFigure {
        let side = |place: usize| ObjectiveAxis {
            target: ["x", "y"][place].to_owned(),
            direction: directions[place],
            values: points.iter().map(|point| point[place]).collect(),
        };
        ParetoFigure { x: side(0), y: side(1) }
    }

    #[test]
    fn fronts_are_those_of_the_definition() {
        // A grid of small numbers, with ties, against the definition.
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 29)
        };
        let better = |direction: Direction, one: f64, other: f64| match direction {
            Direction::Maximize => one > other,
            Direction::Minimize => one < other,
        };
        for first in [Direction::Maximize, Direction::Minimize] {
            for second in [Direction::Maximize, Direction::Minimize] {
                for _ in 0..50 {
                    let points: Vec<[f64; 2]> = (0..12).map(|_| [next(), next()]).collect();
                    let dominates = |a: &[f64; 2], b: &[f64; 2]| {
                        let wins = [better(first, a[0], b[0]), better(second, a[1], b[1])];
                        let loses = [better(first, b[0], a[0]), better(second, b[1], a[1])];
                        wins.contains(&true) && !loses.contains(&true)
                    };
                    let wanted: Vec<usize> = (0..12)
                        .filter(|&at| !points.iter().any(|other| dominates(other, &points[at])))
                        .collect();
                    let mut found = pareto([first, second], &points).front();
                    found.sort_unstable();
                    assert_eq!(found, wanted, "{points:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_number_is_not_on_the_front() {
        let points = [[f64::NAN, 9.0], [1.0, f64::NAN], [-0.0, 1.0], [0.0, 1.0]];
        let front = pareto([Direction::Maximize; 2], &points).front();
        assert_eq!(front.len(), 2);
    }
}
