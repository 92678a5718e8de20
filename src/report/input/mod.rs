//! What a report is made from: files that other commands wrote, recognized by their contents.
//!
//! To add a kind: one file with a function that makes a [`Section`] of a [`Table`], and one line in [`KINDS`].

mod cells;
mod contributions;
mod matrix;
mod model;
mod objectives;
mod predictions;
mod ranks;
mod runs;
mod table;

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use md5::{Digest, Md5};

use self::objectives::Two;
use self::table::Table;
use super::svg::Figure;
use super::{PageCell, ReportError, ShownNames, Style};
use crate::metrics::Objective;
use crate::model::Model;
use crate::table::{Input, TableError};

/// A part of a report: what one input shows.
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// What there is to know, by name.
    pub facts: Vec<(String, String)>,
    /// A table of results: its header, its rows and a note.
    pub results: Option<(Vec<String>, Vec<Vec<PageCell>>, String)>,
    /// Figures, each with a short name of letters, digits and hyphens.
    pub figures: Vec<(String, Box<dyn Figure>)>,
    /// What a reader has to bear in mind.
    pub notes: Vec<String>,
}

impl Section {
    fn new(heading: String) -> Self {
        Self { heading, facts: Vec::new(), results: None, figures: Vec::new(), notes: Vec::new() }
    }

    fn fact(&mut self, name: &str, value: impl Into<String>) {
        self.facts.push((name.to_owned(), value.into()));
    }

    fn figure(&mut self, name: &str, figure: impl Figure + 'static) {
        self.figures.push((slug(name), Box::new(figure)));
    }
}

/// How inputs are shown.
#[derive(Debug, Clone, Default)]
pub struct ReportOptions {
    /// Labels and digits.
    pub style: Style,
    /// Two objectives, or none.
    pub objectives: Vec<Objective>,
}

/// An input with what it shows.
pub struct Source {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: &'static str,
    /// The version, seed and training tables that made it, as far as it says.
    pub made_by: Option<String>,
    /// Its MD5 checksum, of a file.
    pub checksum: Option<String>,
    /// What it shows.
    pub sections: Vec<Section>,
    /// The targets that it tells predictions of, with the columns that have them.
    predictions: Vec<(String, String)>,
    /// Every name in it that can have a label.
    pub names: Vec<String>,
}

impl Source {
    /// Adds a note to the last section.
    fn note(&mut self, text: &str) {
        if let Some(section) = self.sections.last_mut() {
            section.notes.push(text.to_owned());
        }
    }
}

/// A kind of table.
struct Kind {
    /// What it is.
    name: &'static str,
    /// Whether a table with these columns is of this kind.
    fits: fn(&[String]) -> bool,
    /// Reads it.
    read: fn(Table, &Style, &mut Source) -> Result<(), ReportError>,
}

/// The kinds of tables, the first that fits.
const KINDS: [Kind; 5] = [
    Kind { name: "runs of graf compare", fits: runs::fits, read: runs::read },
    Kind {
        name: "contributions of graf explain",
        fits: contributions::fits,
        read: contributions::read,
    },
    Kind { name: "transfer matrix of graf compare", fits: matrix::fits, read: matrix::read },
    Kind { name: "agreement by graf rank", fits: ranks::fits, read: ranks::read },
    Kind { name: "predictions of graf predict", fits: predictions::fits, read: predictions::read },
];

/// Reads inputs.
///
/// # Errors
///
/// [`ReportError`] if one cannot be read or is of no known kind, or if no input has the objectives.
///
/// # Complexity
///
/// O(n) time and memory in the size of the inputs.
pub fn read_sources(inputs: &[Input], options: &ReportOptions) -> Result<Vec<Source>, ReportError> {
    let targets = objectives::check(&options.objectives)?;
    let mut sources = Vec::with_capacity(inputs.len());
    let mut models = Vec::new();
    let mut has_objectives = targets.is_none();
    for input in inputs {
        let mut source = Source {
            name: input.to_string(),
            kind: "a graf model",
            made_by: None,
            checksum: checksum(input)?,
            sections: Vec::new(),
            predictions: Vec::new(),
            names: Vec::new(),
        };
        if let (true, Some(path)) = (input.is_model(), input.path()) {
            let model = model::read(path, &source.name)?;
            source.sections.push(model::section(&model.header));
            source.made_by = Some(model::made_by(&model.header));
            models.push(model);
        } else {
            has_objectives |= read_table(input, targets.as_ref(), &options.style, &mut source)?;
        }
        sources.push(source);
    }
    draw_cells(inputs, &models, &mut sources);
    name_figures(&mut sources);
    match targets {
        Some(targets) if !has_objectives => {
            Err(ReportError::NoObjectives { targets: targets.map(|(target, _)| target) })
        }
        _ => Ok(sources),
    }
}

/// Reads a table; whether it has the objectives.
fn read_table(
    input: &Input,
    targets: Option<&Two>,
    style: &Style,
    source: &mut Source,
) -> Result<bool, ReportError> {
    let table = Table::open(input)?;
    let kind = KINDS.iter().find(|kind| (kind.fits)(table.columns()));
    let is_there = |[(one, _), (other, _)]: &&Two| have(table.columns(), &[one, other]);
    let targets = targets.filter(is_there);
    let again = match (kind, targets) {
        (None, None) => {
            let columns = table.columns().to_vec();
            return Err(ReportError::Unknown { input: source.name.clone(), columns });
        }
        (None, Some(_)) => {
            source.kind = "table with two objectives";
            Some(table)
        }
        (Some(kind), targets) => {
            source.kind = kind.name;
            (kind.read)(table, style, source)?;
            if targets.is_some() && input.path().is_none() {
                let reason =
                    "is read once, and both its kind and the objectives need it; name a file"
                        .to_owned();
                return Err(ReportError::Nothing { input: source.name.clone(), reason });
            }
            targets.map(|_| Table::open(input)).transpose()?
        }
    };
    if let (Some(table), Some(targets)) = (again, targets) {
        source.sections.push(objectives::read(table, targets, style)?);
        source.names.extend(targets.iter().map(|(target, _)| target.clone()));
    }
    Ok(targets.is_some())
}

/// Adds the cells of the networks that inputs tell predictions of, where a model of the target is among the inputs; or the
/// reason why they are not drawn.
fn draw_cells(inputs: &[Input], models: &[Model], sources: &mut [Source]) {
    for (input, source) in inputs.iter().zip(sources) {
        for (target, column) in std::mem::take(&mut source.predictions) {
            // Models of one target need not be named in contributions.
            let is_of = |model: &&Model| match &model.header.targets[..] {
                [only] => target.is_empty() || *only == target,
                several => several.contains(&target),
            };
            let (Some(model), Some(_)) = (models.iter().find(is_of), input.path()) else {
                continue;
            };
            let target = if target.is_empty() { model.header.targets[0].clone() } else { target };
            match cells::read(model, input, (&target, &column)) {
                Ok(Some(section)) => source.sections.push(section),
                Ok(None) => source.note(
                    "No cells are drawn: the table does not tell its networks; graf predict --keep keeps the columns that \
                     do.",
                ),
                Err(error) => source.note(&format!("No cells are drawn: {error}.")),
            }
        }
    }
}

/// Gives each figure a name of its own.
fn name_figures(sources: &mut [Source]) {
    let mut taken: HashSet<String> = HashSet::new();
    let sections = sources.iter_mut().flat_map(|source| &mut source.sections);
    for (name, _) in sections.flat_map(|section| &mut section.figures) {
        let base = if name.is_empty() { "figure".to_owned() } else { name.clone() };
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let mut names = std::iter::once(base.clone()).chain(numbered);
        *name = names.find(|name| !taken.contains(name)).unwrap_or(base);
        taken.insert(name.clone());
    }
}

/// The name of a file that readers of a page can use: of an absolute path, which is of one machine, the last part.
pub fn base_name(path: &str) -> &str {
    match Path::new(path).file_name().and_then(|name| name.to_str()) {
        Some(name) if Path::new(path).is_absolute() => name,
        _ => path,
    }
}

/// Where an item is in a list, to which it is added if it is not.
fn index_of<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    list.iter().position(|other| *other == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

/// How many bytes are read at once.
const BUFFER: usize = 64 << 10;

/// The checksum of a file; none of standard input, which is read once.
fn checksum(input: &Input) -> Result<Option<String>, ReportError> {
    let Some(path) = input.path() else { return Ok(None) };
    let failed = |source: io::Error| TableError::Open { input: input.to_string(), source };
    let mut file = File::open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Ok(None);
    }
    let mut hasher = Md5::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => break,
            length => hasher.update(&buffer[..length]),
        }
    }
    Ok(Some(format!("{:032x}", u128::from_be_bytes(hasher.finalize().into()))))
}

/// The longest name of a figure.
const LONGEST_NAME: usize = 60;

/// A name of small letters, digits and hyphens.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars().take(LONGEST_NAME) {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Whether a table has all of some columns.
fn have(columns: &[String], names: &[&str]) -> bool {
    names.iter().all(|name| columns.iter().any(|column| column == name))
}

/// Several names with commas, each with its label.
fn listed<'a>(names: impl IntoIterator<Item = &'a String>, labels: &ShownNames) -> String {
    names.into_iter().map(|name| labels.of(name)).collect::<Vec<_>>().join(", ")
}
