//! Numbers with names, as bars: importances, contributions.

use super::canvas::{Anchor, Canvas, LETTER, SMALL};
use super::plot::{LINE, WIDTH};
use super::scale::{Scale, shown};
use super::text::width;
use super::{Data, Figure, full, sentences};

/// The widest label.
const WIDEST: f64 = 190.0;

/// The space for a number at the end of a bar.
const NUMBER: f64 = 66.0;

/// A number with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// What it is called.
    pub label: String,
    /// The number.
    pub value: f64,
}

/// Bars from zero to the right, and to the left below zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// What they show.
    pub title: String,
    /// What the numbers are.
    pub axis: String,
    /// What else is to be said.
    pub note: String,
    /// All of them; drawn are the first.
    pub bars: Vec<Bar>,
    /// How many are drawn. The sum of the others is the last bar.
    pub most: usize,
}

impl Bars {
    /// The bars that are drawn, and whether the last one is the sum of the others.
    fn drawn(&self) -> (Vec<Bar>, bool) {
        let (first, rest) = self.bars.split_at(self.bars.len().min(self.most));
        let mut drawn = first.to_vec();
        if !rest.is_empty() {
            let value = rest.iter().map(|bar| bar.value).sum();
            drawn.push(Bar { label: format!("{} others", rest.len()), value });
        }
        (drawn, !rest.is_empty())
    }
}

impl Figure for Bars {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn note(&self) -> String {
        self.note.clone()
    }

    fn summary(&self) -> String {
        sentences(self.drawn().0, |bar| format!("{}: {}.", bar.label, shown(bar.value)))
    }

    fn draw(&self) -> Canvas {
        let (bars, has_rest) = self.drawn();
        let widest = bars.iter().map(|bar| width(&bar.label) * LETTER).fold(0.0, f64::max);
        let finite = || bars.iter().map(|bar| bar.value).filter(|value| value.is_finite());
        let (low, high) = (finite().fold(0.0, f64::min), finite().fold(0.0, f64::max));
        let left = widest.min(WIDEST) + 12.0 + if low < 0.0 { NUMBER } else { 0.0 };
        let right = WIDTH - NUMBER;
        let top = LINE + 8.0;
        let height = top + LINE * bars.len() as f64 + 10.0;
        let mut canvas = Canvas::new(WIDTH, height);
        canvas.text("", [4.0, 14.0], Anchor::Start, WIDTH - 8.0, &self.axis);
        let domain = if low < high { [low, high] } else { [0.0, 1.0] };
        let scale = Scale { domain, range: [left, right], is_log: false };
        let Some(zero) = scale.at(0.0) else { return canvas };
        for (row, bar) in bars.iter().enumerate() {
            let y = top + LINE * row as f64;
            let class = if bar.value < 0.0 { "bar s1" } else { "bar s0" };
            let class = if has_rest && row + 1 == bars.len() {
                format!("{class} rest")
            } else {
                class.to_owned()
            };
            let end = scale.at(bar.value).unwrap_or(zero);
            canvas.rectangle(
                &class,
                [zero.min(end), y + 3.0],
                [(end - zero).abs(), LINE - 6.0],
                "",
            );
            let middle = y + LINE / 2.0 + 4.5;
            let label_end = widest.min(WIDEST) + 4.0;
            canvas.text("", [label_end, middle], Anchor::End, WIDEST, &bar.label);
            let number = shown(bar.value);
            let (x, anchor) =
                if bar.value < 0.0 { (end - 4.0, Anchor::End) } else { (end + 4.0, Anchor::Start) };
            canvas.text("small", [x, middle - 0.5], anchor, NUMBER + SMALL, &number);
        }
        canvas.path("axis", &[[zero, top], [zero, height - 8.0]]);
        canvas
    }

    fn data(&self) -> Data {
        let rows = self.bars.iter().map(|bar| [bar.label.clone(), full(bar.value)]);
        Data::new(["label", "value"], rows)
    }
}
