//! What is written of a comparison.

use std::io::{self, IsTerminal, Write};

use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};
use serde_json::{Map, Value, json};

use super::Failure;
use crate::cli::escape;
use crate::cli::list::ReportFormat;
use crate::dataset::Plan;
use crate::dataset::Pool;
use crate::experiment::{Compare, Score, Standing, Summary, Task, runs_to_tell};

/// What a report speaks of.
pub(super) struct Report<'a> {
    pub compare: &'a Compare,
    pub pool: &'a Pool,
    pub targets: &'a [String],
}

impl Report<'_> {
    /// Writes the summaries to standard output.
    pub fn write(&self, summaries: &[Summary], format: ReportFormat) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match format {
            ReportFormat::Json => {
                let json = self.json(summaries);
                serde_json::to_writer_pretty(&mut out, &json).map_err(io::Error::from)?;
                writeln!(out)?;
            }
            ReportFormat::Csv => self.csv(summaries, out)?,
            ReportFormat::Latex => self.latex(summaries, out)?,
            ReportFormat::Table | ReportFormat::Markdown => {
                writeln!(out, "{}", self.table(summaries, format))?;
                let [best, close] =
                    if format == ReportFormat::Table { ["*", "~"] } else { ["bold:", "\\~"] };
                // Markdown takes a line right below a table for a row.
                let gap = if format == ReportFormat::Table { "" } else { "\n" };
                writeln!(out, "{gap}{}", self.legend(summaries, [best, close], "±"))?;
            }
        }
        Ok(())
    }

    /// What the marks of the best and of what is close to it, and the numbers of a table mean.
    fn legend(&self, summaries: &[Summary], [best, close]: [&str; 2], plus_minus: &str) -> String {
        let runs = self.compare.repeats * self.folds();
        let others = summaries.first().map_or(0, |summary| summary.scores.len()).saturating_sub(1);
        let needed = runs_to_tell(others);
        let is_told = summaries
            .iter()
            .any(|summary| summary.scores.iter().any(|score| score.standing == Standing::Best));
        let marks = match others {
            0 => String::new(),
            _ if !is_told => format!(
                "nothing is marked: with {runs} runs no difference can be significant, from {needed} on it can; "
            ),
            _ => format!("{best} best; {close} not significantly worse; "),
        };
        let std = if runs > 1 {
            format!("mean {plus_minus} standard deviation of {runs} runs")
        } else {
            "one run".to_owned()
        };
        format!("{marks}{std}")
    }

    /// How many runs of a repeat count as one experiment.
    fn folds(&self) -> usize {
        if let Plan::Folds(folds) = self.compare.plan { folds } else { 1 }
    }

    fn target(&self, task: Task) -> String {
        let name = &self.targets[task.test];
        if task.train == task.test {
            name.clone()
        } else {
            format!("{} -> {name}", self.targets[task.train])
        }
    }

    /// The name of a column: the set, the predictor if there are several, and how train sets were
    /// chosen if they were.
    fn column(&self, score: &Score) -> String {
        let set = &self.pool.sets[score.set].name;
        let column = match self.compare.learners.as_slice() {
            [_] => set.clone(),
            learners => format!("{set} {}", learners[score.learner].label()),
        };
        match self.compare.choices.get(score.choice) {
            None => column,
            Some(choose) => format!("{column} {choose}"),
        }
    }

    /// The columns of a table that is read by people.
    fn header(&self, summaries: &[Summary]) -> Vec<String> {
        let names = summaries.first().into_iter().flat_map(|summary| &summary.scores);
        let scores = names.map(|score| self.column(score));
        ["target", "train size", "metric"].map(str::to_owned).into_iter().chain(scores).collect()
    }

    fn row(&self, summary: &Summary) -> [String; 3] {
        let size = summary.train_size.to_string();
        [self.target(summary.task), size, summary.metric.to_string()]
    }

    fn table(&self, summaries: &[Summary], format: ReportFormat) -> Table {
        let mut table = Table::new();
        let is_plain = format == ReportFormat::Markdown;
        if is_plain {
            table.load_style(presets::ASCII_MARKDOWN);
        } else {
            table.load_style(presets::UTF8_HORIZONTAL_ONLY);
            table.set_content_arrangement(ContentArrangement::Dynamic);
        }
        let is_bold =
            !is_plain && io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let name = |text: String| if is_plain { escape::markdown(&text) } else { text };
        table.set_header(self.header(summaries).into_iter().map(name));
        for summary in summaries {
            let mut cells: Vec<Cell> = self.row(summary).map(|text| Cell::new(name(text))).into();
            cells.extend(summary.scores.iter().map(|score| {
                let text = number(score, "±");
                match (score.standing, is_plain) {
                    (Standing::Best, true) => Cell::new(format!("**{text}**")),
                    (Standing::Best, false) if is_bold => {
                        Cell::new(format!("{text} *")).add_attribute(Attribute::Bold)
                    }
                    (Standing::Best, false) => Cell::new(format!("{text} *")),
                    (Standing::Close, true) => Cell::new(format!("{text} \\~")),
                    (Standing::Close, false) => Cell::new(format!("{text} ~")),
                    (Standing::Worse | Standing::Undecided, _) => Cell::new(text),
                }
            }));
            table.add_row(cells);
        }
        table
    }

    fn json(&self, summaries: &[Summary]) -> Value {
        let mut entries: Vec<Value> = Vec::new();
        // The metrics of a task and size follow each other.
        for group in summaries.chunk_by(|a, b| a.task == b.task && a.train_size == b.train_size) {
            let scores = group.first().map_or(0, |summary| summary.scores.len());
            for place in 0..scores {
                let first = &group[0].scores[place];
                let metrics: Map<String, Value> = group
                    .iter()
                    .map(|summary| {
                        let score = &summary.scores[place];
                        let value = json!({
                            "mean": score.mean,
                            "std": score.std,
                            "standing": standing(score.standing),
                            "p_value": score.p_value,
                        });
                        (summary.metric.to_string(), value)
                    })
                    .collect();
                let task = group[0].task;
                let mut entry = json!({
                    "features": self.pool.sets[first.set].name,
                    "predictor": self.compare.learners[first.learner].label(),
                    "target": self.targets[task.test],
                    "train_target": self.targets[task.train],
                    "train_size": group[0].train_size,
                    "repeats": self.compare.repeats * self.folds(),
                    "metrics": metrics,
                });
                if let Some(choose) = self.compare.choices.get(first.choice) {
                    entry["choose"] = json!(choose.to_string());
                }
                entries.push(entry);
            }
        }
        Value::Array(entries)
    }

    fn csv(&self, summaries: &[Summary], out: impl Write) -> Result<(), Failure> {
        let mut csv = csv::Writer::from_writer(out);
        let is_chosen = !self.compare.choices.is_empty();
        let choose = is_chosen.then_some("choose");
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
        csv.write_record(header.into_iter().chain(choose)).map_err(io::Error::from)?;
        let text = |value: f64| if value.is_nan() { String::new() } else { value.to_string() };
        for summary in summaries {
            for score in &summary.scores {
                let choose = self.compare.choices.get(score.choice).map(ToString::to_string);
                let fields = [
                    &self.pool.sets[score.set].name,
                    &self.compare.learners[score.learner].label(),
                    &self.targets[summary.task.train],
                    &self.targets[summary.task.test],
                    &summary.train_size.to_string(),
                    &summary.metric.to_string(),
                    &score.runs.to_string(),
                    &text(score.mean),
                    &text(score.std),
                    standing(score.standing),
                    &text(score.p_value.unwrap_or(f64::NAN)),
                ];
                csv.write_record(fields.into_iter().chain(choose.as_deref()))
                    .map_err(io::Error::from)?;
            }
        }
        csv.flush()?;
        Ok(())
    }

    fn latex(&self, summaries: &[Summary], mut out: impl Write) -> Result<(), Failure> {
        let header = self.header(summaries);
        let line = |cells: &[String]| format!("{} \\\\", cells.join(" & "));
        writeln!(out, "\\begin{{tabular}}{{lrl{}}}", "r".repeat(header.len() - 3))?;
        writeln!(out, "\\hline")?;
        let header: Vec<_> = header.iter().map(|text| escape::latex(text)).collect();
        writeln!(out, "{}", line(&header))?;
        writeln!(out, "\\hline")?;
        for summary in summaries {
            let mut cells: Vec<String> =
                self.row(summary).iter().map(|text| escape::latex(text)).collect();
            cells.extend(summary.scores.iter().map(|score| match score.standing {
                Standing::Best => format!("$\\mathbf{{{}}}$", number(score, "\\pm")),
                Standing::Close => format!("${}^{{\\sim}}$", number(score, "\\pm")),
                Standing::Worse | Standing::Undecided => format!("${}$", number(score, "\\pm")),
            }));
            writeln!(out, "{}", line(&cells))?;
        }
        writeln!(out, "\\hline")?;
        writeln!(out, "\\end{{tabular}}")?;
        let legend = self.legend(summaries, ["Bold:", "$^{\\sim}$"], "$\\pm$");
        writeln!(out, "\n{{\\footnotesize {legend}}}")?;
        Ok(())
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
fn number(score: &Score, between: &str) -> String {
    match (score.mean.is_nan(), score.std.is_nan()) {
        (true, _) => "undefined".to_owned(),
        (false, true) => format!("{:.4}", score.mean),
        (false, false) => format!("{:.4} {between} {:.4}", score.mean, score.std),
    }
}
