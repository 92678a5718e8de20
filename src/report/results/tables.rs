//! Results as tables for people.

use std::io::{self, Write};

use super::{PageCell, ResultRow, Results, Style};
use crate::experiment::{RunScore, Standing};
use crate::report::{ReportFormat, escape, markup, write_json};
use crate::table::escaped;

/// The marks of a language.
struct Marks {
    /// What stands between mean and standard deviation.
    plus_minus: &'static str,
    /// Makes a number that of the best.
    best: fn(&str) -> String,
    /// Makes a number one that is not significantly worse.
    close: fn(&str) -> String,
    /// Makes a number any other one.
    plain: fn(&str) -> String,
}

#[cfg(feature = "cli")]
const TERMINAL: Marks = Marks {
    plus_minus: "±",
    best: |number| format!("{number} *"),
    close: |number| format!("{number} ~"),
    plain: str::to_owned,
};

/// In a page the best is bold by itself.
const PAGE: Marks = Marks {
    plus_minus: "±",
    best: str::to_owned,
    close: |number| format!("{number} ~"),
    plain: str::to_owned,
};

const MARKDOWN: Marks = Marks {
    plus_minus: "±",
    best: |number| format!("**{number}**"),
    close: |number| format!("{number} \\~"),
    plain: str::to_owned,
};

const LATEX: Marks = Marks {
    plus_minus: "\\pm",
    best: |number| format!("$\\mathbf{{{number}}}$"),
    close: |number| format!("${number}^{{\\sim}}$"),
    plain: |number| format!("${number}$"),
};

impl Results {
    /// Writes the results.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write(
        &self,
        format: ReportFormat,
        style: &Style,
        mut out: impl Write,
    ) -> io::Result<()> {
        match format {
            ReportFormat::Json => write_json(&self.json(), out),
            ReportFormat::Csv => self.csv(out),
            #[cfg(feature = "cli")]
            ReportFormat::Table => {
                let (header, rows) = self.cells(style, &TERMINAL, escaped);
                // The first columns say what is measured.
                let first = header.len() - self.columns.len();
                let is_best = |row: usize, column: usize| {
                    let place = column.checked_sub(first);
                    place.is_some_and(|at| self.rows[row].scores[at].standing == Standing::Best)
                };
                let table = crate::report::terminal::table(&header, &rows, is_best);
                let note = self.note(["* best", "~ not significantly worse"], ["", ""], "±");
                writeln!(out, "{table}{note}")
            }
            ReportFormat::Markdown => {
                let (header, rows) = self.cells(style, &MARKDOWN, escape::markdown);
                let table = markup::markdown(&header, &rows);
                // Markdown takes a line right below a table for a row.
                writeln!(out, "{table}\n{}", self.long_note(["bold", "\\~"], "±"))
            }
            ReportFormat::Latex => {
                let (header, rows) = self.cells(style, &LATEX, escape::latex);
                let alignment = format!("lrl{}", "r".repeat(self.columns.len()));
                let table = markup::latex(&alignment, &header, &rows);
                let note = self.long_note(["Bold", "$^{\\sim}$"], "$\\pm$");
                writeln!(out, "{table}\n{{\\footnotesize {note}}}")
            }
        }
    }

    /// The header and the rows of a table for people.
    fn cells(
        &self,
        style: &Style,
        marks: &Marks,
        show: fn(&str) -> String,
    ) -> (Vec<String>, Vec<Vec<String>>) {
        let text = |text: &str| show(&escaped(text));
        let first = ["target", "train size", "metric"].map(str::to_owned);
        let header = first.into_iter().chain(self.labels(&style.labels));
        let header = header.map(|name| text(&name)).collect();
        let row = |row: &ResultRow| {
            let size = row.train_size.to_string();
            let metric = style.labels.of(&row.metric);
            let first = [text(&row.target(&style.labels)), size, text(metric)];
            let scores = row.scores.iter().map(|score| {
                let mark = match score.standing {
                    Standing::Best => marks.best,
                    Standing::Close => marks.close,
                    Standing::Worse | Standing::Undecided => marks.plain,
                };
                mark(&number(score, marks.plus_minus, style.digits))
            });
            first.into_iter().chain(scores).collect()
        };
        (header, self.rows.iter().map(row).collect())
    }

    /// The header and the rows of a table in a page.
    pub fn shown(&self, style: &Style) -> (Vec<String>, Vec<Vec<PageCell>>) {
        let (header, rows) = self.cells(style, &PAGE, str::to_owned);
        let first = header.len() - self.columns.len();
        let row = |(row, cells): (usize, Vec<String>)| {
            let cell = |(column, text): (usize, String)| {
                let score = column.checked_sub(first).map(|at| &self.rows[row].scores[at]);
                PageCell {
                    text,
                    is_best: score.is_some_and(|score| score.standing == Standing::Best),
                }
            };
            cells.into_iter().enumerate().map(cell).collect()
        };
        (header, rows.into_iter().enumerate().map(row).collect())
    }
}

/// The mean, and the standard deviation if there is one.
fn number(score: &RunScore, between: &str, digits: usize) -> String {
    match (score.mean.is_nan(), score.std.is_nan()) {
        (true, _) => "undefined".to_owned(),
        (false, true) => format!("{:.digits$}", score.mean),
        (false, false) => format!("{:.digits$} {between} {:.digits$}", score.mean, score.std),
    }
}
