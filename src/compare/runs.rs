//! Single runs in a file that grows as they are made, so that an interrupted experiment goes on
//! where it ended.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crc32fast::Hasher;

use super::{Compare, CompareError, Place, Run};
use crate::metrics::Direction;
use crate::pipeline::Pool;

/// What stands before the metrics.
const COLUMNS: [&str; 9] = [
    "experiment",
    "features",
    "predictor",
    "train_target",
    "target",
    "repeat",
    "split",
    "train_rows",
    "test_rows",
];

/// What stands after these where train sets are chosen.
const CHOOSE: &str = "choose";

/// What stands before the metrics of an experiment.
fn columns(compare: &Compare) -> Vec<&'static str> {
    let choose = (!compare.choices.is_empty()).then_some(CHOOSE);
    COLUMNS.into_iter().chain(choose).collect()
}

/// What a run depends on, as a checksum: the networks, the numbers, the parameters. A run of another
/// experiment, or of a table that has changed since, is not mistaken for one of this.
#[derive(Debug)]
struct Experiment {
    bases: HashMap<[usize; 4], String>,
}

impl Experiment {
    /// The checksums of the experiments of a pool: a task, a set and a predictor each.
    fn new(compare: &Compare, pool: &Pool) -> Self {
        let mut base = Hasher::new();
        let options = (compare.seed, &compare.plan, compare.test_size, compare.allow_duplicates);
        base.update(format!("{} {options:?}", env!("CARGO_PKG_VERSION")).as_bytes());
        for network in &pool.networks {
            base.update(network.encoding.as_bytes());
        }
        let mut bases = HashMap::new();
        for (task, targets) in compare.tasks.iter().enumerate() {
            let mut of_task = base.clone();
            for target in [targets.train, targets.test] {
                numbers(&mut of_task, pool.targets.column(target).iter());
                direction(&mut of_task, compare.objectives[target].direction());
            }
            for (set, predictors) in pool.sets.iter().enumerate() {
                let mut of_set = of_task.clone();
                of_set.update(format!("{} {:?}", predictors.name, predictors.columns).as_bytes());
                numbers(&mut of_set, predictors.records().iter());
                for (learner, other) in compare.learners.iter().enumerate() {
                    let mut hasher = of_set.clone();
                    let parameters = serde_json::Value::Object(other.parameters());
                    hasher.update(format!("{} {parameters}", other.label()).as_bytes());
                    if let Some(prior) = pool.prior.as_ref().filter(|_| other.takes_prior()) {
                        numbers(&mut hasher, prior.predicted.iter());
                        direction(&mut hasher, prior.direction);
                    }
                    for choice in 0..compare.choices.len().max(1) {
                        let mut hasher = hasher.clone();
                        if let Some(choose) = compare.choices.get(choice) {
                            hasher.update(format!(" {choose}").as_bytes());
                        }
                        let base = format!("{:08x}", hasher.finalize());
                        bases.insert([task, set, learner, choice], base);
                    }
                }
            }
        }
        Experiment { bases }
    }

    fn of(&self, place: Place) -> &str {
        let key = [place.task, place.set, place.learner, place.choice];
        self.bases.get(&key).map_or("", String::as_str)
    }
}

/// Only one that is not the usual one, so that runs of others stay what they are.
fn direction(hasher: &mut Hasher, direction: Option<Direction>) {
    if direction != Some(Direction::Maximize) {
        hasher.update(format!("{direction:?}").as_bytes());
    }
}

fn numbers<'a>(hasher: &mut Hasher, numbers: impl Iterator<Item = &'a f64>) {
    for number in numbers {
        hasher.update(&number.to_bits().to_le_bytes());
    }
}

/// The file of single runs.
#[derive(Debug)]
pub struct RunFile {
    file: File,
    name: String,
    /// The runs that the file has.
    done: HashMap<Key, Made>,
    experiment: Experiment,
}

impl RunFile {
    /// Opens a file of runs, or makes a new one.
    ///
    /// # Errors
    ///
    /// [`CompareError::Runs`] if it cannot be read and written, or is no file of runs with these
    /// metrics.
    pub fn open(path: &Path, compare: &Compare, pool: &Pool) -> Result<Self, CompareError> {
        let name = path.display().to_string();
        let wrong = |reason: String| CompareError::Runs { name: name.clone(), reason };
        let failed = |error: std::io::Error| wrong(error.to_string());
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = open.map_err(|error| wrong(format!("cannot be written: {error}")))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(failed)?;
        let metrics = compare.metrics.iter().map(ToString::to_string);
        let columns = columns(compare);
        let header: Vec<String> =
            columns.iter().copied().map(str::to_owned).chain(metrics).collect();
        // A line that was being written when the run was ended has no end.
        let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let mut done = HashMap::new();
        if whole > 0 {
            let mut reader = csv::Reader::from_reader(&text[..whole]);
            let found = reader.headers().map_err(|error| wrong(error.to_string()))?;
            if found != header {
                return Err(wrong(format!(
                    "has the columns {}, not {}: it is no file of runs with these metrics; choose \
                     another one with --runs",
                    found.iter().collect::<Vec<_>>().join(","),
                    header.join(",")
                )));
            }
            for record in reader.records() {
                let record = record.map_err(|error| wrong(error.to_string()))?;
                let line = record.position().map_or(0, csv::Position::line);
                let (key, run) = parse(&record, &columns)
                    .ok_or_else(|| wrong(format!("line {line} is no run; remove it")))?;
                done.insert(key, run);
            }
        } else if !text.is_empty() && !header.join(",").as_bytes().starts_with(&text) {
            return Err(wrong("is no file of runs; choose another one with --runs".to_owned()));
        }
        file.set_len(whole as u64).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        let mut runs = RunFile { file, name, done, experiment: Experiment::new(compare, pool) };
        if whole == 0 {
            runs.write(header.iter().map(String::as_str))?;
        }
        Ok(runs)
    }

    /// The run at a place, if it was made before.
    fn done(&self, place: Place) -> Option<Run> {
        let key = (self.experiment.of(place).to_owned(), place.repeat, place.split);
        let (train_rows, test_rows, values) = self.done.get(&key)?.clone();
        Some(Run { place, train_rows, test_rows, values })
    }

    /// The runs that were made before, to be asked while others are added.
    pub fn made(&self, places: &[Place]) -> HashMap<Place, Run> {
        places.iter().filter_map(|&place| Some((place, self.done(place)?))).collect()
    }

    /// Adds a run.
    ///
    /// # Errors
    ///
    /// [`CompareError::Runs`] if it cannot be written.
    pub fn add(
        &mut self,
        run: &Run,
        compare: &Compare,
        pool: &Pool,
        targets: &[String],
    ) -> Result<(), CompareError> {
        let Place { repeat, split, task, set, learner, choice } = run.place;
        let task = compare.tasks[task];
        let number = |value: &f64| if value.is_nan() { String::new() } else { value.to_string() };
        let fields = [
            self.experiment.of(run.place).to_owned(),
            pool.sets[set].name.clone(),
            compare.learners[learner].label(),
            targets[task.train].clone(),
            targets[task.test].clone(),
            repeat.to_string(),
            split.to_string(),
            run.train_rows.to_string(),
            run.test_rows.to_string(),
        ];
        let choose = compare.choices.get(choice).map(ToString::to_string);
        let values = run.values.iter().map(number);
        let fields: Vec<String> = fields.into_iter().chain(choose).chain(values).collect();
        self.write(fields.iter().map(String::as_str))
    }

    /// Writes a line, at once and whole.
    fn write<'a>(&mut self, fields: impl Iterator<Item = &'a str>) -> Result<(), CompareError> {
        let failed = |error: String| CompareError::Runs { name: self.name.clone(), reason: error };
        let mut line = csv::Writer::from_writer(Vec::new());
        line.write_record(fields).map_err(|error| failed(error.to_string()))?;
        let line = line.into_inner().map_err(|error| failed(error.to_string()))?;
        self.file.write_all(&line).map_err(|error| failed(error.to_string()))
    }
}

/// A checksum, a repeat and a split.
type Key = (String, usize, usize);

/// The rows of the train and of the test set, and the metrics.
type Made = (usize, usize, Vec<f64>);

fn parse(record: &csv::StringRecord, columns: &[&str]) -> Option<(Key, Made)> {
    let field = |name: &str| record.get(columns.iter().position(|column| *column == name)?);
    let count = |name: &str| field(name)?.parse().ok();
    let number = |text: &str| if text.is_empty() { Some(f64::NAN) } else { text.parse().ok() };
    let values = record.iter().skip(columns.len()).map(number).collect::<Option<_>>()?;
    let key = (field("experiment")?.to_owned(), count("repeat")?, count("split")?);
    Some((key, (count("train_rows")?, count("test_rows")?, values)))
}
