//! What the commands on tables of networks have in common: their input, their output, their notes.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Common;
use super::names::parse_space;
use crate::dataset::networks::whereabouts;
use crate::dataset::{self, Networks, RowCounts, TableSummary};
use crate::graph::Equality;
use crate::space::SearchSpace;
use crate::table::{Format, Input, Output, OutputFormat, ReadOptions, UnknownFormat};

/// A table of networks, and where the result goes.
#[derive(Debug, Args)]
pub(super) struct TableArgs {
    /// The table: a file, or - for standard input; plain, gzip or zstd
    pub input: Input,
    /// Write here, whole or not at all; .gz and .zst compress [default: standard output]
    #[arg(short, long, value_name = "FILE", default_value = "-", hide_default_value = true)]
    pub output: Output,
    /// The output's format: csv, tsv, jsonl or npy [default: by the file's name, or csv]
    #[arg(long, value_name = "FORMAT")]
    pub output_format: Option<OutputFormat>,
    #[command(flatten)]
    pub unique: UniqueArgs,
    #[command(flatten)]
    pub read: ReadArgs,
}

/// Which networks count as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum EqualityArg {
    /// Isomorphic ones
    Isomorphic,
    /// Those that compute the same formula, skips contracted (more only in NAS-Bench-201)
    Functional,
}

impl From<EqualityArg> for Equality {
    fn from(equality: EqualityArg) -> Self {
        match equality {
            EqualityArg::Isomorphic => Equality::Isomorphic,
            EqualityArg::Functional => Equality::Functional,
        }
    }
}

/// Whether one network stands for all that are equal to it.
#[derive(Debug, Args)]
pub(super) struct UniqueArgs {
    /// Leave out networks that are equal to an earlier one, in any encoding [default without a value:
    /// isomorphic]
    #[arg(
        long,
        value_name = "EQUALITY",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "isomorphic"
    )]
    unique: Option<EqualityArg>,
}

impl UniqueArgs {
    pub fn equality(&self) -> Option<Equality> {
        self.unique.map(Equality::from)
    }
}

/// The numbers of a matrix.
#[derive(Debug, Args)]
pub(super) struct MatrixArgs {
    /// The numbers of an npy output [default: float32]
    #[arg(long, value_name = "DTYPE")]
    dtype: Option<Dtype>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Dtype {
    /// About seven digits, up to 3.4e38; whole numbers are exact up to 16,777,216
    Float32,
    /// As graf computes: about sixteen digits
    Float64,
}

impl MatrixArgs {
    pub fn is_given(&self) -> bool {
        self.dtype.is_some()
    }

    /// The format of `output`, for which `asked` may be given.
    pub fn format(
        &self,
        asked: Option<OutputFormat>,
        output: &Output,
    ) -> Result<Option<OutputFormat>, super::Failure> {
        let Some(dtype) = self.dtype else { return Ok(asked) };
        let format = match asked {
            Some(format) => format,
            None => OutputFormat::of_output(output).map_err(dataset::Error::Table)?,
        };
        if !format.is_matrix() {
            return Err(super::Failure::Usage(format!(
                "--dtype is for npy, and the output is {format}, which keeps every digit; leave it out or write \
                 --output-format npy"
            )));
        }
        Ok(Some(match dtype {
            Dtype::Float32 => OutputFormat::Npy,
            Dtype::Float64 => OutputFormat::NpyDouble,
        }))
    }
}

/// How tables of networks are read.
#[derive(Debug, Args)]
pub(super) struct ReadArgs {
    /// The input's format: csv, tsv, json, jsonl or text [default: by name or content]
    #[arg(long, value_name = "FORMAT", value_parser = parse_format)]
    format: Option<Format>,
    /// Read this dataset or task of a JSON dump with several
    #[arg(long, visible_alias = "task", value_name = "NAME")]
    dataset: Option<String>,
    /// The search space: a name, or a .toml file that describes one [default: told by the encodings]
    #[arg(long, value_name = "SPACE", value_parser = parse_space)]
    space: Option<&'static dyn SearchSpace>,
    /// The column with the encoding [default: by its usual names]
    #[arg(long, value_name = "COLUMN")]
    encoding_column: Option<String>,
    /// How networks are encoded, where two encodings of a space look alike: native, say, for NAS-Bench-201's own
    /// order of edges and operations [default: by their form]
    #[arg(long, value_name = "ENCODING")]
    encoding: Option<String>,
    /// Leave out networks with operations cut off by zero operations
    #[arg(long)]
    drop_unreachable: bool,
    /// Remove nodes off every input→output path, as NAS-Bench-101 does
    #[arg(long)]
    prune: bool,
    /// What to do with a row that cannot be read
    #[arg(long, value_name = "ACTION", default_value = "stop")]
    on_error: OnError,
    /// With --on-error skip: write the skipped rows here, with the reasons, as CSV
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OnError {
    /// End with an error
    Stop,
    /// Go on without it, and count such rows
    Skip,
}

/// Formats of results that no input has.
const SHOWN: [&str; 3] = ["table", "markdown", "latex"];

fn parse_format(name: &str) -> Result<Format, String> {
    name.parse().map_err(|error: UnknownFormat| {
        if SHOWN.contains(&name) || name.parse::<OutputFormat>().is_ok() {
            let known = error.known;
            format!(
                "{name} is an output format (--output-format {name}); input formats are {known}"
            )
        } else {
            error.to_string()
        }
    })
}

impl ReadArgs {
    pub fn read_options(&self) -> ReadOptions {
        ReadOptions { format: self.format, dataset: self.dataset.clone(), ..ReadOptions::default() }
    }

    /// How networks are encoded, if that is said.
    pub fn encoding(&self) -> Option<&str> {
        self.encoding.as_deref()
    }

    /// Where broken rows go.
    pub fn rejects(&self) -> Option<&Path> {
        self.rejects.as_deref()
    }

    pub fn networks(&self) -> Result<Networks, super::Failure> {
        let skip_broken = self.on_error == OnError::Skip;
        if self.rejects.is_some() && !skip_broken {
            return Err(super::Failure::Usage("--rejects needs --on-error skip".to_owned()));
        }
        if self.rejects.as_deref().is_some_and(|path| path == "-") {
            return Err(super::Failure::Usage("--rejects needs the name of a file".to_owned()));
        }
        Ok(Networks {
            space: self.space,
            encoding_column: self.encoding_column.clone(),
            encoding: self.encoding.clone(),
            drop_unreachable: self.drop_unreachable,
            prune: self.prune,
            skip_broken,
            rejects: self.rejects.clone(),
        })
    }
}

/// What became of the rows that were not worked on as they are. Nothing is said of nothing.
pub(super) fn notes(aside: &RowCounts) -> Vec<String> {
    let RowCounts {
        dropped,
        untrained,
        broken,
        unmatched,
        unmatched_dropped,
        doubled,
        unseen,
        filled,
    } = *aside;
    let mut notes = Vec::new();
    if untrained > 0 {
        let networks = counted(untrained, "network");
        notes.push(format!("{networks} not trained yet (the target is empty) left out"));
    }
    if dropped > 0 {
        notes.push(format!("{} left out for missing values or by choice", counted(dropped, "row")));
    }
    if broken > 0 {
        notes.push(format!("{} skipped", counted(broken, "broken row")));
    }
    if unmatched > 0 {
        let left_out = match unmatched_dropped {
            0 => String::new(),
            some => format!(" ({some} of them left out)"),
        };
        notes.push(format!("{} not found in a joined table{left_out}", counted(unmatched, "row")));
    }
    if filled.values > 0 {
        let values = counted(filled.values, "missing value");
        let columns = counted(filled.columns, "column");
        notes.push(format!("{values} in {columns} filled with medians"));
    }
    if doubled > 0 {
        let networks = counted(doubled, "network");
        notes.push(format!("{networks} more than once in a joined table (the first counts)"));
    }
    if unseen.networks > 0 {
        let networks = counted(unseen.networks, "network");
        let kinds = unseen.kinds.names().join(", ");
        notes.push(format!("{networks} with operations that the model has not seen: {kinds}"));
    }
    notes
}

/// Refuses to read standard input twice: the second time it is empty.
pub(super) fn one_stdin<'a>(inputs: impl Iterator<Item = &'a Input>) -> Result<(), super::Failure> {
    if inputs.filter(|input| input.path().is_none()).count() > 1 {
        let reason = "standard input (-) is read once; name a file for the other table";
        return Err(super::Failure::Usage(reason.to_owned()));
    }
    Ok(())
}

/// Refuses to write a file over one that is read or written too.
pub(super) fn distinct<'a>(
    (flag, written): (&str, Option<&Path>),
    others: impl Iterator<Item = Option<&'a Path>>,
) -> Result<(), super::Failure> {
    let Some(written) = written else { return Ok(()) };
    for other in others.flatten() {
        if whereabouts(written) == whereabouts(other) {
            let name = other.display();
            return Err(super::Failure::Usage(format!(
                "{flag} would overwrite {name}: it names the same file; choose another one"
            )));
        }
    }
    Ok(())
}

/// How far the work has come, for a person at a terminal.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub fn new(common: &Common) -> Self {
        // indicatif draws only where standard error is a terminal.
        let target =
            if common.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        // A template that does not parse leaves the default style.
        if let Ok(style) = ProgressStyle::with_template("{human_pos} networks, {per_sec}") {
            bar.set_style(style);
        }
        Progress(bar)
    }

    pub fn set(&self, rows: u64) {
        self.0.set_position(rows);
    }

    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// `1 network`, `2 networks`.
pub(super) fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A line on standard error that says what was done.
pub(super) fn note(common: &Common, summary: &TableSummary, made: &str) {
    if common.quiet {
        return;
    }
    let TableSummary { space, written, dropped, repeated, broken, columns } = summary;
    let networks = counted(*written, "network");
    let made = counted(*columns as u64, made);
    let mut line = format!("graf: {networks} of {space}, {made} each");
    if *dropped > 0 {
        let _ = write!(line, "; {dropped} with unreachable operations left out");
    }
    if *repeated > 0 {
        let _ = write!(line, "; {} left out", counted(*repeated, "repeated network"));
    }
    if *broken > 0 {
        let _ = write!(line, "; {} skipped", counted(*broken, "broken row"));
    }
    let _ = writeln!(io::stderr(), "{line}");
}
