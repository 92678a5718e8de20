//! What the commands on tables of networks have in common: their input, their output, their notes.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Common;
use super::names::parse_space;
use crate::dataset::networks::whereabouts;
use crate::dataset::{self, Networks, RowCounts, TableSummary};
use crate::graph::Equality;
pub(super) use crate::report::ProgressLine;
use crate::space::SearchSpace;
use crate::table::{Format, Input, Output, OutputFormat, ReadOptions, UnknownFormat};

/// A table of networks, and where the result goes.
#[derive(Debug, Args)]
pub(super) struct TableArgs {
    /// Table of networks: a file, or - for standard input
    ///
    /// Plain, or compressed with gzip, zstd, bzip2, xz or zip.
    pub input: Input,
    /// Output file; .gz and .zst compress [default: standard output]
    ///
    /// The file appears only once it is complete.
    #[arg(short, long, value_name = "FILE", default_value = "-", hide_default_value = true)]
    pub output: Output,
    #[arg(long, value_name = "FORMAT", help = output_format_help(&OutputFormat::names()))]
    pub output_format: Option<OutputFormat>,
    #[command(flatten)]
    pub unique: UniqueArgs,
}

/// The help of an output format that is one of these.
pub(super) fn output_format_help(names: &str) -> String {
    format!("Output format: {names} [default: from the file name, or csv]")
}

fn format_help() -> String {
    format!("Input format: {} [default: from the file name or content]", Format::names())
}

/// Which networks count as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum EqualityArg {
    /// Isomorphic networks
    Isomorphic,
    /// Networks that compute the same formula once skip connections are contracted; differs from
    /// isomorphic in NAS-Bench-201 only
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
    /// Deduplicate networks up to isomorphism, or functional equality
    ///
    /// Of equal networks, in whatever encoding, the first is kept. Without a value: isomorphic.
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
    /// Number type of npy output [default: float32]
    #[arg(long, hide_short_help = true, value_name = "DTYPE")]
    dtype: Option<Dtype>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Dtype {
    /// About 7 significant digits, up to 3.4e38; integers are exact up to 16,777,216
    Float32,
    /// About 16 significant digits, as graf computes
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
#[command(next_help_heading = "Input")]
pub(super) struct ReadArgs {
    #[arg(long, hide_short_help = true, value_name = "FORMAT", value_parser = parse_format, help = format_help())]
    format: Option<Format>,
    /// What separates the fields of a CSV table: a character, tab or space [default: inferred]
    #[arg(long, hide_short_help = true, value_name = "CHARACTER", value_parser = parse_delimiter)]
    delimiter: Option<u8>,
    /// Dataset or task to read from a JSON dump with several
    #[arg(long, hide_short_help = true, visible_alias = "task", value_name = "NAME")]
    dataset: Option<String>,
    /// Search space: a name or a .toml file [default: inferred]
    ///
    /// graf spaces lists the names, of which nb101, nb201, nb301 (or darts), tnb101-micro and tnb101-macro
    /// are short forms; docs/spaces.md describes the .toml file. The space is inferred where
    /// the encodings fit one space only.
    #[arg(long, value_name = "SPACE", value_parser = parse_space)]
    space: Option<&'static dyn SearchSpace>,
    /// Column with the encoding, or columns with its parts [default: one of the usual names]
    ///
    /// Several columns, in the order of the parts, have commas between them: docs/encodings.md has the
    /// orders.
    #[arg(long, hide_short_help = true, visible_alias = "encoding-columns", value_name = "COLUMN")]
    encoding_column: Option<String>,
    /// Encoding of the networks, where two encodings of a space look alike [default: inferred]
    ///
    /// For example native, the order of edges and operations that NAS-Bench-201 itself uses.
    #[arg(long, hide_short_help = true, value_name = "ENCODING")]
    encoding: Option<String>,
    /// Skip networks with operations that zero operations cut off
    #[arg(long, hide_short_help = true)]
    drop_unreachable: bool,
    /// Remove nodes that lie on no input→output path, as NAS-Bench-101 does
    #[arg(long, hide_short_help = true)]
    prune: bool,
    /// What to do with a row that cannot be read
    #[arg(long, hide_short_help = true, value_name = "ACTION", default_value = "stop")]
    on_error: OnError,
    /// With --on-error skip: write the skipped rows and the reasons to this CSV file
    #[arg(long, hide_short_help = true, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OnError {
    /// Stop with an error
    Stop,
    /// Skip the row and report how many were skipped
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

fn parse_delimiter(name: &str) -> Result<u8, String> {
    match (name, name.as_bytes()) {
        ("tab" | "\\t", _) => Ok(b'\t'),
        ("space", _) => Ok(b' '),
        (_, &[byte]) if byte.is_ascii_punctuation() && byte != b'"' => Ok(byte),
        (_, &[byte @ (b' ' | b'\t')]) => Ok(byte),
        _ => Err("give one character such as `;`, or tab, or space".to_owned()),
    }
}

impl ReadArgs {
    pub fn read_options(&self) -> ReadOptions {
        ReadOptions {
            format: self.format,
            dataset: self.dataset.clone(),
            delimiter: self.delimiter,
            ..ReadOptions::default()
        }
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

/// Summarises the rows that were skipped or changed; empty if there are none.
pub(super) fn notes(aside: &RowCounts) -> Vec<String> {
    let RowCounts {
        dropped,
        untrained,
        excluded,
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
    if excluded > 0 {
        notes.push(not_meeting(excluded));
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

/// How many networks a condition leaves out.
pub(super) fn not_meeting(excluded: u64) -> String {
    let networks = counted(excluded, "network");
    format!(
        "{networks} left out that {} not meet the condition",
        if excluded == 1 { "does" } else { "do" }
    )
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

impl ProgressLine {
    /// Counts networks.
    pub(super) fn new(common: &Common) -> Self {
        Self::networks(common.quiet)
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
    let TableSummary { space, written, dropped, excluded, repeated, broken, columns } = summary;
    let networks = counted(*written, "network");
    let made = counted(*columns as u64, made);
    let mut line = format!("graf: {networks} of {space}, {made} each");
    if *dropped > 0 {
        let _ = write!(line, "; {dropped} with unreachable operations left out");
    }
    if *excluded > 0 {
        let _ = write!(line, "; {}", not_meeting(*excluded));
    }
    if *repeated > 0 {
        let _ = write!(line, "; {} left out", counted(*repeated, "repeated network"));
    }
    if *broken > 0 {
        let _ = write!(line, "; {} skipped", counted(*broken, "broken row"));
    }
    let _ = writeln!(io::stderr(), "{line}");
}
