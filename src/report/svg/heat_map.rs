//! Numbers in rows and columns, as colours.

use super::canvas::{Anchor, Canvas, LETTER};
use super::plot::{LINE, WIDTH};
use super::scale::shown;
use super::text::{fitting, width};
use super::{Data, Figure, clipped_note, full, sentences};

/// The most rows and columns that are drawn.
const MOST: [usize; 2] = [60, 24];

/// The widest label of a row.
const WIDEST: f64 = 170.0;

/// The width of a cell is at least this, the height is this.
const CELL: [f64; 2] = [54.0, 26.0];

/// How opaque the colour of the largest number is: texts on it are to be read.
const OPAQUE: f64 = 0.6;

/// A matrix: blue above zero, orange below, the stronger the larger.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// What it shows.
    pub title: String,
    /// What the numbers are.
    pub note: String,
    /// What the rows are.
    pub row_title: String,
    /// The labels of the rows.
    pub rows: Vec<String>,
    /// The labels of the columns.
    pub columns: Vec<String>,
    /// The numbers, row by row; none where there is none.
    pub values: Vec<Vec<Option<f64>>>,
}

impl HeatMap {
    /// The value of a cell; a row that is too short has none.
    fn at(&self, row: usize, column: usize) -> Option<f64> {
        self.values.get(row)?.get(column).copied().flatten().filter(|value| !value.is_nan())
    }
}

impl Figure for HeatMap {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn note(&self) -> String {
        let rows = clipped_note(self.rows.len(), MOST[0], "rows");
        let columns = clipped_note(self.columns.len(), MOST[1], "columns");
        format!("{}{rows}{columns}", self.note)
    }

    fn summary(&self) -> String {
        // As much as fits into a text alternative; the data have all.
        sentences(self.rows.iter().enumerate().take(12), |(row, label)| {
            let value = |(column, name): (usize, &String)| {
                self.at(row, column).map(|value| format!("{name} {}", shown(value)))
            };
            let values: Vec<_> =
                self.columns.iter().take(6).enumerate().filter_map(value).collect();
            format!("{label}: {}.", values.join(", "))
        })
    }

    fn draw(&self) -> Canvas {
        let [rows, columns] = [self.rows.len().min(MOST[0]), self.columns.len().min(MOST[1])];
        let widest = |labels: &[String]| {
            labels.iter().map(|label| width(label) * LETTER).fold(0.0, f64::max).min(WIDEST)
        };
        let left = widest(&self.rows[..rows]).max(width(&self.row_title) * LETTER) + 12.0;
        let cell = ((WIDTH - left - 8.0) / columns.max(1) as f64).clamp(CELL[0], 2.0 * CELL[0]);
        let names = widest(&self.columns[..columns]);
        // Names that are wider than their column are turned.
        let is_turned = names > cell - 6.0;
        let top = if is_turned { names * 0.75 + LINE } else { LINE + 8.0 };
        let overhang = if is_turned { names * 0.7 } else { 0.0 };
        let wide = (left + cell * columns as f64 + 8.0 + overhang).max(WIDTH / 2.0);
        let mut canvas = Canvas::new(wide, top + CELL[1] * rows as f64 + 8.0);
        canvas.text("small", [4.0, top - 8.0], Anchor::Start, left, &self.row_title);
        for (column, name) in self.columns.iter().take(columns).enumerate() {
            let x = left + cell * (column as f64 + 0.5);
            if is_turned {
                let name = fitting(name, WIDEST, LETTER);
                canvas.turned_text(
                    "",
                    [x - 4.0, top - 8.0],
                    Anchor::Start,
                    WIDEST + 9.0,
                    &name,
                    -45.0,
                );
            } else {
                canvas.text("", [x, top - 8.0], Anchor::Middle, cell, name);
            }
        }
        let all =
            (0..rows).flat_map(|row| (0..columns).filter_map(move |column| self.at(row, column)));
        let most = all.map(f64::abs).filter(|value| value.is_finite()).fold(0.0, f64::max);
        let most = if most > 1.0 || most == 0.0 { most.max(1.0) } else { 1.0 };
        for (row, label) in self.rows.iter().take(rows).enumerate() {
            let y = top + CELL[1] * row as f64;
            canvas.text("", [left - 8.0, y + 18.0], Anchor::End, WIDEST, label);
            for column in 0..columns {
                let x = left + cell * column as f64;
                canvas.rectangle("frame", [x, y], [cell, CELL[1]], "");
                let text = match self.at(row, column) {
                    None => "–".to_owned(),
                    Some(value) => {
                        let class = if value < 0.0 { "cell s1" } else { "cell s0" };
                        let opacity = (value.abs() / most).clamp(0.0, 1.0) * OPAQUE;
                        let opacity = format!(" fill-opacity=\"{opacity:.2}\"");
                        canvas.rectangle(class, [x, y], [cell, CELL[1]], &opacity);
                        short(value)
                    }
                };
                canvas.text("small", [x + cell / 2.0, y + 17.0], Anchor::Middle, cell, &text);
            }
        }
        canvas
    }

    fn data(&self) -> Data {
        let header = std::iter::once(&self.row_title).chain(&self.columns).cloned().collect();
        let rows = self.rows.iter().enumerate().map(|(row, label)| {
            let values = (0..self.columns.len())
                .map(|column| self.at(row, column).map_or_else(String::new, full));
            std::iter::once(label.clone()).chain(values).collect()
        });
        Data { header, rows: rows.collect() }
    }
}

/// A number that fits into a cell.
fn short(value: f64) -> String {
    if value.abs() < 1000.0 { format!("{value:.2}").replace('-', "−") } else { shown(value) }
}
