//! Results as programs read them: every digit, and names as they are.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{ResultRow, Results};
use crate::experiment::Standing;

impl Results {
    pub(super) fn json(&self) -> Value {
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

    pub(super) fn csv(&self, out: impl Write) -> io::Result<()> {
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
