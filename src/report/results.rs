//! Results of repeated experiments: as a table for people, and as programs read them.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{Labels, ReportFormat, escape, markup, write_json};
use crate::dataset::{Plan, Pool};
use crate::experiment::{Compare, SIGNIFICANT, Score, Standing, Summary, runs_to_tell};
use crate::table::escaped;

/// What was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The set of features.
    pub features: String,
    /// The predictor.
    pub predictor: String,
    /// How training sets were chosen, if a strategy chose them.
    pub choose: Option<String>,
    /// What else tells it from others, if the rest does not.
    pub origin: Option<String>,
}

/// The scores of a target, a train size and a metric.
#[derive(Debug, Clone)]
pub struct ResultRow {
    /// The target that was learned.
    pub train_target: String,
    /// The target that predictions are measured on.
    pub target: String,
    /// The rows of the training sets.
    pub train_size: usize,
    /// The metric.
    pub metric: String,
    /// Its score for each column.
    pub scores: Vec<Score>,
}

impl ResultRow {
    /// The target, and the one that was learned if that is another one.
    pub fn target(&self, labels: &Labels) -> String {
        let target = labels.of(&self.target);
        if self.train_target == self.target {
            target.to_owned()
        } else {
            format!("{} -> {target}", labels.of(&self.train_target))
        }
    }
}

/// Results of repeated experiments.
#[derive(Debug, Clone)]
pub struct Results {
    /// What was compared.
    pub columns: Vec<Column>,
    /// The scores; the metrics of a target and train size follow each other.
    pub rows: Vec<ResultRow>,
    /// The number of runs behind a score.
    pub runs: usize,
}

/// A cell of a table in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Its text.
    pub text: String,
    /// Whether it is the best.
    pub is_best: bool,
}

/// How names and numbers are shown to people.
#[derive(Debug, Clone)]
pub struct Style {
    /// Names.
    pub labels: Labels,
    /// The digits after the point.
    pub digits: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { labels: Labels::default(), digits: 4 }
    }
}

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
    /// The results of an experiment that was just made.
    pub fn new(compare: &Compare, pool: &Pool, summaries: Vec<Summary>) -> Self {
        let target = |index: usize| compare.objectives[index].target.clone();
        let column = |score: &Score| Column {
            features: pool.sets[score.set].name.clone(),
            predictor: compare.learners[score.learner].label(),
            choose: compare.choices.get(score.choice).map(ToString::to_string),
            origin: None,
        };
        let columns = summaries
            .first()
            .map_or_else(Vec::new, |summary| summary.scores.iter().map(column).collect());
        let row = |summary: Summary| ResultRow {
            train_target: target(summary.task.train),
            target: target(summary.task.test),
            train_size: summary.train_size,
            metric: summary.metric.to_string(),
            scores: summary.scores,
        };
        let folds = if let Plan::Folds(folds) = compare.plan { folds } else { 1 };
        let rows = summaries.into_iter().map(row).collect();
        Self { columns, rows, runs: compare.repeats * folds }
    }

    /// Every name that can have a label.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let of_columns = self.columns.iter().flat_map(|column| {
            let (features, predictor) = (column.features.clone(), column.predictor.clone());
            [Some(features), Some(predictor), column.choose.clone()].into_iter().flatten()
        });
        let of_rows = self
            .rows
            .iter()
            .flat_map(|row| [row.target.clone(), row.train_target.clone(), row.metric.clone()]);
        for name in of_columns.chain(of_rows) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The names of the columns: the set, the predictor if there are several, and how training sets were chosen if
    /// they were.
    pub fn labels(&self, labels: &Labels) -> Vec<String> {
        let is_one = self.columns.windows(2).all(|two| two[0].predictor == two[1].predictor);
        let label = |column: &Column| {
            let mut label = labels.of(&column.features).to_owned();
            let predictor = (!is_one).then_some(&column.predictor);
            for part in [predictor, column.choose.as_ref()].into_iter().flatten() {
                let _ = write!(label, " {}", labels.of(part));
            }
            if let Some(origin) = &column.origin {
                let _ = write!(label, " [{origin}]");
            }
            label
        };
        self.columns.iter().map(label).collect()
    }

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
                let table = super::terminal::table(&header, &rows, is_best);
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

    /// What the numbers mean, and the marks of the best and of those that are close to it, with the test.
    pub fn long_note(&self, [best, close]: [&str; 2], plus_minus: &str) -> String {
        let marks = [
            format!("{best}: best mean"),
            format!("{close}: not significantly worse than the best"),
        ];
        let [below, least] =
            if plus_minus.contains('$') { ["$<$", "$\\geq$"] } else { ["<", "≥"] };
        let test = |sign: &str| {
            format!(
                " (Wilcoxon's signed-rank test over the paired runs, two-sided, with Holm's correction: \
                 p {sign} {SIGNIFICANT})"
            )
        };
        self.note([&marks[0], &marks[1]], [&test(below), &test(least)], plus_minus)
    }

    /// The same; the test is named once as that of differences and once as that of none.
    fn note(
        &self,
        [best, close]: [&str; 2],
        [differ, are_close]: [&str; 2],
        plus_minus: &str,
    ) -> String {
        let runs = self.runs;
        let others = self.columns.len().saturating_sub(1);
        let needed = runs_to_tell(others);
        let scores = || self.rows.iter().flat_map(|row| &row.scores);
        let marks = if others == 0 {
            String::new()
        } else if scores().any(|one| one.standing == Standing::Best) {
            format!("{best}; {close}{are_close}; ")
        } else if runs < needed {
            format!(
                "nothing is marked: with {runs} runs no difference can be significant{differ}, from {needed} on it can; "
            )
        } else {
            "nothing is marked: too few runs have a value; ".to_owned()
        };
        if runs > 1 {
            format!("{marks}mean {plus_minus} standard deviation of {runs} runs")
        } else {
            format!("{marks}one run")
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
    pub fn shown(&self, style: &Style) -> (Vec<String>, Vec<Vec<Cell>>) {
        let (header, rows) = self.cells(style, &PAGE, str::to_owned);
        let first = header.len() - self.columns.len();
        let row = |(row, cells): (usize, Vec<String>)| {
            let cell = |(column, text): (usize, String)| {
                let score = column.checked_sub(first).map(|at| &self.rows[row].scores[at]);
                Cell { text, is_best: score.is_some_and(|score| score.standing == Standing::Best) }
            };
            cells.into_iter().enumerate().map(cell).collect()
        };
        (header, rows.into_iter().enumerate().map(row).collect())
    }

    fn json(&self) -> Value {
        let mut entries: Vec<Value> = Vec::new();
        let is_same = |a: &ResultRow, b: &ResultRow| {
            (&a.train_target, &a.target, a.train_size) == (&b.train_target, &b.target, b.train_size)
        };
        for group in self.rows.chunk_by(is_same) {
            for (place, column) in self.columns.iter().enumerate() {
                let metric = |row: &ResultRow| {
                    let score = &row.scores[place];
                    let value = json!({
                        "mean": score.mean,
                        "std": score.std,
                        "standing": standing(score.standing),
                        "p_value": score.p_value,
                    });
                    (row.metric.clone(), value)
                };
                let metrics: Map<String, Value> = group.iter().map(metric).collect();
                let mut entry = json!({
                    "features": column.features,
                    "predictor": column.predictor,
                    "target": group[0].target,
                    "train_target": group[0].train_target,
                    "train_size": group[0].train_size,
                    "repeats": self.runs,
                    "metrics": metrics,
                });
                if let Some(choose) = &column.choose {
                    entry["choose"] = json!(choose);
                }
                entries.push(entry);
            }
        }
        Value::Array(entries)
    }

    fn csv(&self, out: impl Write) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(out);
        let choose = self.columns.iter().any(|column| column.choose.is_some());
        let header = [
            "features",
            "predictor",
            "train_target",
            "target",
            "train_size",
            "metric",
            "runs",
            "mean",
            "std",
            "standing",
            "p_value",
        ];
        csv.write_record(header.into_iter().chain(choose.then_some("choose")))?;
        let text = |value: f64| if value.is_nan() { String::new() } else { value.to_string() };
        for row in &self.rows {
            for (column, score) in self.columns.iter().zip(&row.scores) {
                let fields = [
                    &column.features,
                    &column.predictor,
                    &row.train_target,
                    &row.target,
                    &row.train_size.to_string(),
                    &row.metric,
                    &score.runs.to_string(),
                    &text(score.mean),
                    &text(score.std),
                    standing(score.standing),
                    &text(score.p_value.unwrap_or(f64::NAN)),
                ];
                csv.write_record(fields.into_iter().chain(column.choose.as_deref()))?;
            }
        }
        csv.flush()
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Best => "best",
        Standing::Close => "not significantly worse",
        Standing::Worse => "",
        Standing::Undecided => "too few runs",
    }
}

/// The mean, and the standard deviation if there is one.
fn number(score: &Score, between: &str, digits: usize) -> String {
    match (score.mean.is_nan(), score.std.is_nan()) {
        (true, _) => "undefined".to_owned(),
        (false, true) => format!("{:.digits$}", score.mean),
        (false, false) => format!("{:.digits$} {between} {:.digits$}", score.mean, score.std),
    }
}
