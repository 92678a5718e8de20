//! Single runs in a file that grows as they are made, so that an interrupted experiment goes on
//! where it ended, and several processes share one.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher as _, RandomState};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crc32fast::Hasher;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{Compare, CompareError, Place, Run};
use crate::dataset::Pool;
use crate::metrics::Direction;
use crate::table::clip_list;

/// What stands before the metrics in a file of runs.
pub const COLUMNS: [&str; 9] = [
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
                    if let Some(prior) = pool.prior.as_ref().filter(|_| other.is_from_prior()) {
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

/// The longest file of runs that is read, in bytes.
const LIMIT: u64 = 1 << 30;

/// The file of single runs. Several processes may share it: each adds whole lines under a lock of the
/// file, after it has read what the others added.
#[derive(Debug)]
pub struct RunFile {
    file: File,
    name: String,
    columns: Vec<&'static str>,
    /// How many fields a line has.
    width: usize,
    /// How many bytes and lines of the file are read.
    read: u64,
    lines: u64,
    /// The runs that the file has.
    done: HashMap<Key, Made>,
    experiment: Experiment,
    /// Held by the process that came first.
    first: Option<First>,
}

/// Tells others that a process is at work. Only the order of runs depends on it, so that it may be
/// lost without harm.
#[derive(Debug)]
struct First {
    _locked: File,
    path: PathBuf,
}

impl First {
    fn new(runs: &Path) -> Option<Self> {
        let mut path = runs.as_os_str().to_owned();
        path.push(".lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).ok()?;
        file.try_lock().ok()?;
        Some(First { _locked: file, path: path.into() })
    }
}

impl Drop for First {
    fn drop(&mut self) {
        // What cannot be removed is used again.
        let _ = fs::remove_file(&self.path);
    }
}

impl RunFile {
    /// Opens a file of runs, or makes a new one.
    ///
    /// # Errors
    ///
    /// [`CompareError::Runs`] if it cannot be read, written and locked, or is no file of runs with
    /// these metrics.
    pub fn open(path: &Path, compare: &Compare, pool: &Pool) -> Result<Self, CompareError> {
        let name = path.display().to_string();
        let wrong = |reason: String| CompareError::Runs { name: name.clone(), reason };
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let file = open.map_err(|error| wrong(format!("cannot be written: {error}")))?;
        let metadata = file.metadata().map_err(|error| wrong(error.to_string()))?;
        if !metadata.is_file() || metadata.len() > LIMIT {
            let limit = LIMIT >> 20;
            let reason = format!("is no ordinary file of at most {limit} MiB");
            return Err(CompareError::NotRuns { name, reason });
        }
        let metrics = compare.metrics.iter().map(ToString::to_string);
        let columns = columns(compare);
        let header: Vec<String> =
            columns.iter().copied().map(str::to_owned).chain(metrics).collect();
        let mut runs = RunFile {
            file,
            name,
            columns,
            width: header.len(),
            read: 0,
            lines: 0,
            done: HashMap::new(),
            experiment: Experiment::new(compare, pool),
            first: None,
        };
        runs.locked(|runs| {
            let text = runs.unread()?;
            runs.check_header(&text, &header)?;
            runs.take(&text)?;
            if runs.read == 0 { runs.write(header.iter().map(String::as_str)) } else { Ok(()) }
        })?;
        runs.first = First::new(path);
        Ok(runs)
    }

    /// Does something while no other process reads or writes the file.
    fn locked<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, CompareError>,
    ) -> Result<T, CompareError> {
        self.file.lock().map_err(|error| self.wrong(&format!("cannot be locked: {error}")))?;
        let result = work(self);
        self.file.unlock().map_err(|error| self.wrong(&format!("cannot be unlocked: {error}")))?;
        result
    }

    fn wrong(&self, reason: &(impl ToString + ?Sized)) -> CompareError {
        CompareError::Runs { name: self.name.clone(), reason: reason.to_string() }
    }

    fn no_runs(&self, reason: String) -> CompareError {
        CompareError::NotRuns { name: self.name.clone(), reason }
    }

    /// What was added to the file since it was read last.
    fn unread(&mut self) -> Result<Vec<u8>, CompareError> {
        let length = self.file.metadata().map_err(|error| self.wrong(&error))?.len();
        if length < self.read {
            return Err(
                self.wrong("has lost lines that were there; is it written by another program?")
            );
        }
        let mut text = Vec::new();
        if length > self.read {
            let start = self.file.seek(SeekFrom::Start(self.read));
            start.map_err(|error| self.wrong(&error))?;
            self.file.read_to_end(&mut text).map_err(|error| self.wrong(&error))?;
        }
        Ok(text)
    }

    fn check_header(&self, text: &[u8], header: &[String]) -> Result<(), CompareError> {
        if text.contains(&b'\n') {
            let mut reader = csv::Reader::from_reader(text);
            let found = reader.headers().map_err(|error| self.wrong(&error))?;
            if found != header {
                return Err(self.no_runs(format!(
                    "has the columns {}, not {}: it is no file of runs with these metrics",
                    clip_list(&found.iter().map(str::to_owned).collect::<Vec<_>>()),
                    header.join(",")
                )));
            }
        } else if !header.join(",").as_bytes().starts_with(text) {
            return Err(self.no_runs("is no file of runs".to_owned()));
        }
        Ok(())
    }

    /// Learns the runs of lines that were not read before, and removes what has no end: who wrote it
    /// has ended, since the file is locked.
    fn take(&mut self, text: &[u8]) -> Result<(), CompareError> {
        let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(self.read == 0)
            .flexible(true)
            .from_reader(&text[..whole]);
        for record in reader.records() {
            let record = record.map_err(|error| self.wrong(&error))?;
            let line = self.lines + record.position().map_or(0, csv::Position::line);
            let (key, run) = Some(&record)
                .filter(|record| record.len() == self.width)
                .and_then(|record| parse(record, &self.columns))
                .ok_or_else(|| self.wrong(&format!("line {line} is no run; remove it")))?;
            self.done.insert(key, run);
        }
        self.read += whole as u64;
        self.lines += reader.position().line() - 1;
        if whole < text.len() {
            self.file.set_len(self.read).map_err(|error| self.wrong(&error))?;
        }
        Ok(())
    }

    /// The order in which this process makes runs: as they are where it is the only one, and shuffled
    /// where others are at work, so that they seldom make the same run at the same time.
    pub fn order(&self, mut places: Vec<Place>) -> Vec<Place> {
        if self.first.is_none() {
            // Drawn anew by each process; results do not depend on it.
            let seed = RandomState::new().build_hasher().finish();
            places.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
        }
        places
    }

    fn key(&self, place: Place) -> Key {
        (self.experiment.of(place).to_owned(), place.repeat, place.split)
    }

    /// The run at a place, if it was made before the file was read last.
    fn known(&self, place: Place) -> Option<Run> {
        let (train_rows, test_rows, values) = self.done.get(&self.key(place))?.clone();
        Some(Run { place, train_rows, test_rows, values })
    }

    /// The runs that were made before.
    pub fn made(&self, places: &[Place]) -> HashMap<Place, Run> {
        places.iter().filter_map(|&place| Some((place, self.known(place)?))).collect()
    }

    /// The run at a place, if any process has made it by now.
    ///
    /// # Errors
    ///
    /// [`CompareError::Runs`] if the file cannot be locked and read.
    pub fn find(&mut self, place: Place) -> Result<Option<Run>, CompareError> {
        if let Some(run) = self.known(place) {
            return Ok(Some(run));
        }
        self.locked(|runs| {
            let text = runs.unread()?;
            runs.take(&text)
        })?;
        Ok(self.known(place))
    }

    /// Adds a run, unless another process did meanwhile.
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
        self.locked(|runs| {
            let text = runs.unread()?;
            runs.take(&text)?;
            if runs.done.contains_key(&runs.key(run.place)) {
                return Ok(());
            }
            runs.write(fields.iter().map(String::as_str))?;
            let made = (run.train_rows, run.test_rows, run.values.clone());
            runs.done.insert(runs.key(run.place), made);
            Ok(())
        })
    }

    /// Writes a line at the end, at once and whole.
    fn write<'a>(&mut self, fields: impl Iterator<Item = &'a str>) -> Result<(), CompareError> {
        let mut line = csv::Writer::from_writer(Vec::new());
        line.write_record(fields).map_err(|error| self.wrong(&error))?;
        let line = line.into_inner().map_err(|error| self.wrong(&error))?;
        let end = self.file.seek(SeekFrom::Start(self.read));
        let written = end.and_then(|_| self.file.write_all(&line)).and_then(|()| self.file.flush());
        written.map_err(|error| self.wrong(&error))?;
        self.read += line.len() as u64;
        self.lines += 1;
        Ok(())
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
