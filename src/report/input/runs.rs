//! The file of `graf compare --runs`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::table::Table;
use super::{Section, Source, Style, have, index_of, listed};
use crate::experiment::{RUN_COLUMNS, RunScore, Standing, score_all};
use crate::metrics::Metric;
use crate::report::svg::{CriticalDifference, Curve, LearningCurves, Point};
use crate::report::{ReportError, ResultColumn, ResultRow, Results};

/// The column that says how training sets were chosen.
const CHOOSE: &str = "choose";

pub(super) fn fits(columns: &[String]) -> bool {
    have(columns, &RUN_COLUMNS)
}

/// A repeat and a split.
type Key = (usize, usize);

/// The value of each metric in each run.
type Values = BTreeMap<Key, Vec<f64>>;

/// The runs of an experiment by the size of their training sets.
type Sizes = BTreeMap<usize, Values>;

/// What was compared, and on which targets: columns are those of a table of results.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Series {
    features: String,
    predictor: String,
    choose: Option<String>,
    train_target: String,
    target: String,
}

/// The runs of an experiment, in the order of their keys.
#[derive(Debug, Default)]
struct Experiment {
    /// The rows of the training set and the value of each metric.
    runs: BTreeMap<Key, (usize, Vec<f64>)>,
}

impl Experiment {
    /// Whether its splits are folds: several that differ by one row at most.
    fn has_folds(&self) -> bool {
        let splits: BTreeSet<usize> = self.runs.keys().map(|(_, split)| *split).collect();
        let rows = || self.runs.values().map(|(rows, _)| *rows);
        let (low, high) = (rows().min().unwrap_or(0), rows().max().unwrap_or(0));
        splits.len() > 1 && high - low <= 1
    }

    /// Its runs by the mean size of their training sets: folds together, splits of other sizes apart.
    fn sizes(&self) -> Sizes {
        let has_folds = self.has_folds();
        // The rows of all training sets together, and the runs.
        let mut groups: BTreeMap<usize, (usize, Values)> = BTreeMap::new();
        for (&key, (rows, values)) in &self.runs {
            let group = groups.entry(if has_folds { 0 } else { key.1 }).or_default();
            group.0 += rows;
            group.1.insert(key, values.clone());
        }
        let mut sizes = Sizes::new();
        for (rows, runs) in groups.into_values() {
            let size = (rows + runs.len() / 2) / runs.len();
            sizes.entry(size).or_default().extend(runs);
        }
        sizes
    }
}

/// The experiments of a file: in the order in which they come, each under a checksum.
struct File {
    name: String,
    metrics: Vec<Metric>,
    order: Vec<(Series, String)>,
    experiments: HashMap<(Series, String), Experiment>,
}

impl File {
    fn read(table: Table) -> Result<Self, ReportError> {
        let name = table.name.clone();
        let others =
            |column: &&String| !RUN_COLUMNS.contains(&column.as_str()) && column.as_str() != CHOOSE;
        let names: Vec<String> = table.columns().iter().filter(others).cloned().collect();
        let metrics = names.iter().map(|name| name.parse::<Metric>());
        let metrics =
            metrics.collect::<Result<Vec<_>, _>>().map_err(|error| ReportError::Nothing {
                input: name.clone(),
                reason: format!("is no file of runs: {error}"),
            })?;
        let has_choose = table.columns().iter().any(|column| column == CHOOSE);
        let mut file = File { name, metrics, order: Vec::new(), experiments: HashMap::new() };
        table.rows(&mut |columns, row| {
            let text = |name: &str| columns.text(&row, name).into_owned();
            let series = Series {
                features: text("features"),
                predictor: text("predictor"),
                choose: has_choose.then(|| text(CHOOSE)),
                train_target: text("train_target"),
                target: text("target"),
            };
            let key = (columns.count(&row, "repeat")?, columns.count(&row, "split")?);
            let rows = columns.count(&row, "train_rows")?;
            let values = names.iter().map(|name| {
                let column = columns.find(name).unwrap_or(usize::MAX);
                Ok::<_, ReportError>(columns.number(&row, column)?.unwrap_or(f64::NAN))
            });
            let values = values.collect::<Result<Vec<_>, _>>()?;
            let place = (series, text("experiment"));
            if !file.experiments.contains_key(&place) {
                file.order.push(place.clone());
            }
            let experiment = file.experiments.entry(place).or_default();
            if experiment.runs.insert(key, (rows, values)).is_some() {
                let column = columns.find("repeat").unwrap_or(usize::MAX);
                let reason = "this repeat and split of the experiment are there already; remove one of the lines";
                return Err(columns.wrong(&row, column, reason));
            }
            Ok(())
        })?;
        if file.order.is_empty() {
            let reason = "has no runs yet; let graf compare make some".to_owned();
            return Err(ReportError::Nothing { input: file.name, reason });
        }
        Ok(file)
    }

    /// For each experiment its number among those of the same series, from 1.
    fn numbers(&self) -> Vec<usize> {
        let mut seen: HashMap<&Series, usize> = HashMap::new();
        let mut number = |series| {
            let number = seen.entry(series).or_default();
            *number += 1;
            *number
        };
        self.order.iter().map(|(series, _)| number(series)).collect()
    }

    /// The results of all experiments.
    fn results(&self) -> Found {
        let numbers = self.numbers();
        let is_mixed = numbers.iter().any(|number| *number > 1);
        let mut columns: Vec<(ResultColumn, usize)> = Vec::new();
        let mut tasks: Vec<(&str, &str)> = Vec::new();
        // The experiment of each column and task.
        let mut places: HashMap<(usize, usize), Sizes> = HashMap::new();
        for (place, &number) in self.order.iter().zip(&numbers) {
            let series = &place.0;
            let column = ResultColumn {
                features: series.features.clone(),
                predictor: series.predictor.clone(),
                choose: series.choose.clone(),
                origin: is_mixed.then(|| format!("experiment {number}")),
            };
            let column = index_of(&mut columns, (column, number));
            let task = index_of(&mut tasks, (series.train_target.as_str(), series.target.as_str()));
            if let Some(experiment) = self.experiments.get(place) {
                places.insert((task, column), experiment.sizes());
            }
        }
        let mut rows = Vec::new();
        let mut values = Vec::new();
        let mut counts = BTreeSet::new();
        for (task, &(train_target, target)) in tasks.iter().enumerate() {
            let of_task = |column| places.get(&(task, column));
            let all = (0..columns.len()).filter_map(of_task);
            let sizes: BTreeSet<usize> = all.flat_map(|sizes| sizes.keys().copied()).collect();
            for &size in &sizes {
                let runs: Vec<Option<&Values>> =
                    (0..columns.len()).map(|column| of_task(column)?.get(&size)).collect();
                counts.extend(runs.iter().flatten().map(|runs| runs.len()));
                let keys: BTreeSet<Key> =
                    runs.iter().flatten().flat_map(|runs| runs.keys().copied()).collect();
                for (place, &metric) in self.metrics.iter().enumerate() {
                    let of_column = |runs: Option<&Values>| {
                        let value = |key| {
                            runs.and_then(|runs| runs.get(key)).map_or(f64::NAN, |all| all[place])
                        };
                        keys.iter().map(value).collect::<Vec<f64>>()
                    };
                    let paired: Vec<([usize; 3], Vec<f64>)> = runs
                        .iter()
                        .copied()
                        .map(of_column)
                        .enumerate()
                        .map(|(at, all)| ([at, 0, 0], all))
                        .collect();
                    let mut scores = score_all(metric, &paired);
                    if is_mixed {
                        // Runs of different experiments are no pairs.
                        scores.iter_mut().for_each(undecided);
                    }
                    rows.push(ResultRow {
                        train_target: train_target.to_owned(),
                        target: target.to_owned(),
                        train_size: size,
                        metric: metric.to_string(),
                        scores,
                    });
                    values.push(paired.into_iter().map(|(_, values)| values).collect());
                }
            }
        }
        let columns = columns.into_iter().map(|(column, _)| column).collect();
        let runs = counts.last().copied().unwrap_or(0);
        let results = Results { columns, rows, runs };
        Found { results, values, is_mixed, are_equal: counts.len() <= 1 }
    }
}

fn undecided(score: &mut RunScore) {
    score.standing = Standing::Undecided;
    score.p_value = None;
}

/// The results of a file.
struct Found {
    results: Results,
    /// For each row of the results and each column the value of each run; the runs are paired.
    values: Vec<Vec<Vec<f64>>>,
    /// Whether several experiments have the same name.
    is_mixed: bool,
    /// Whether every score has equally many runs.
    are_equal: bool,
}

pub(super) fn read(table: Table, style: &Style, source: &mut Source) -> Result<(), ReportError> {
    let file = File::read(table)?;
    let found = file.results();
    let Found { results, is_mixed, are_equal, .. } = &found;
    let mut section = Section::new("Comparison of predictors".to_owned());
    let names = |name: fn(&ResultColumn) -> &String| {
        let names: BTreeSet<&String> = results.columns.iter().map(name).collect();
        listed(names, &style.labels)
    };
    section.fact("features", names(|column| &column.features));
    section.fact("predictors", names(|column| &column.predictor));
    section.fact("runs per result", results.runs.to_string());
    let note = if *is_mixed {
        section.notes.push(
            "The file has several experiments with the same names: they differ in the table, the seed, the sizes of \
             the training sets or in parameters. Their runs are not paired, so that no differences are tested."
                .to_owned(),
        );
        format!("mean ± standard deviation of up to {} runs", results.runs)
    } else {
        results.long_note(["Bold", "~"], "±")
    };
    if !are_equal {
        section.notes.push(
            "Some results have fewer runs than others: the experiment is not complete. Run graf compare again with the \
             same --runs file to complete it."
                .to_owned(),
        );
    }
    let (header, rows) = results.shown(style);
    section.results = Some((header, rows, note));
    found.figures(style, &mut section);
    source.names.extend(results.names());
    source.sections.push(section);
    Ok(())
}

impl Found {
    /// Learning curves and mean ranks of each target and metric.
    fn figures(&self, style: &Style, section: &mut Section) {
        let Results { rows, columns, .. } = &self.results;
        let labels = self.results.labels(&style.labels);
        let mut done: Vec<(&str, &str, &str)> = Vec::new();
        for row in rows {
            let key = (row.train_target.as_str(), row.target.as_str(), row.metric.as_str());
            if done.contains(&key) {
                continue;
            }
            done.push(key);
            let is_same = |other: &ResultRow| {
                (other.train_target.as_str(), other.target.as_str(), other.metric.as_str()) == key
            };
            let own: Vec<usize> = (0..rows.len()).filter(|&at| is_same(&rows[at])).collect();
            let target = row.target(&style.labels);
            let metric = style.labels.of(&row.metric).to_owned();
            let curve = |column: usize| {
                let point = |at: &usize| {
                    let RunScore { mean, std, runs, .. } = rows[*at].scores[column];
                    (runs > 0).then_some(Point { size: rows[*at].train_size, mean, std, runs })
                };
                Curve {
                    label: labels[column].clone(),
                    points: own.iter().filter_map(point).collect(),
                }
            };
            let curves = (0..columns.len()).map(curve).collect();
            let name = format!("{} {}", row.metric, row.target);
            let figure = LearningCurves { target: target.clone(), metric: metric.clone(), curves };
            section.figure(&format!("learning curves {name}"), figure);
            // The last is the largest size.
            let Some(&last) = own.last().filter(|_| columns.len() > 1 && !self.is_mixed) else {
                continue;
            };
            let entries = labels.iter().cloned().zip(self.values[last].iter().cloned());
            let known = entries.filter(|(_, values)| values.iter().any(|value| !value.is_nan()));
            let figure = CriticalDifference {
                measured: format!("{metric} of {target} with {} networks", rows[last].train_size),
                higher_is_better: row
                    .metric
                    .parse::<Metric>()
                    .is_ok_and(|metric| metric.higher_is_better()),
                entries: known.collect(),
            };
            if figure.entries.len() > 1 {
                section.figure(&format!("mean ranks {name}"), figure);
            }
        }
    }
}
