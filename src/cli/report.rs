//! `graf report`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::direction::DirectionArgs;
use super::input::{counted, distinct, one_stdin};
use super::{Common, Failure};
use crate::dataset;
use crate::report::{
    Label, Page, ReportOptions, ShownNames, Source, Style, base_name, figure_files, read_sources,
};
use crate::table::{AtomicFile, Input, Output, TableError, check_folder, write_folder};

/// Make a page with figures of what other commands found
///
/// Reads files of graf compare --runs, models, predictions with true values (graf predict --keep TARGET),
/// the JSON of graf explain, graf rank and graf compare --train-on, and tables with two objectives; it
/// recognizes each by its contents. Writes one HTML page without scripts, which needs no network.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf compare data/nas-bench-graph/nas-bench-graph.csv.gz -q --runs runs.csv \\
      --target cs_valid_perf --use graf+ --use one-hot --predictor forest
  graf report runs.csv -o report.html --figures figures",
    after_long_help = "\
More examples:
  graf report data/nas-bench-graph/nas-bench-graph.csv.gz -o front.html \\
      --maximize cora_perf --minimize cora_latency
  graf report runs.csv m.graf predictions.csv --label graf+=GRAF+ -o report.html"
)]
pub(super) struct ReportArgs {
    /// Files that other commands wrote, or - for standard input
    #[arg(required = true)]
    inputs: Vec<Input>,
    /// HTML file to write [default: standard output]
    ///
    /// The file appears only once it is complete.
    #[arg(short, long, value_name = "FILE", default_value = "-", hide_default_value = true)]
    output: Output,
    /// Also write each figure as an SVG file and its data as CSV into this new folder
    ///
    /// The folder appears with all files, or not at all.
    #[arg(long, value_name = "DIR")]
    figures: Option<PathBuf>,
    /// Title of the page
    #[arg(long, value_name = "TEXT", default_value = "Report")]
    title: String,
    /// Show a feature set, predictor, column, target or metric under another name; repeatable
    ///
    /// For example --label graf+=GRAF+.
    #[arg(long, value_name = "NAME=LABEL")]
    label: Vec<Label>,
    /// Digits after the decimal point in tables
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(0..=15))]
    digits: u8,
    /// Command that made the inputs, to be listed in the page; repeatable
    #[arg(long, value_name = "COMMAND")]
    command: Vec<String>,
    #[command(flatten)]
    directions: DirectionArgs,
}

pub(super) fn run(args: &ReportArgs, common: &Common) -> Result<(), Failure> {
    one_stdin(args.inputs.iter())?;
    let read = || args.inputs.iter().map(Input::path);
    distinct(("--output", args.output.path()), read().chain([args.figures.as_deref()]))?;
    let failed =
        |output: String, source| dataset::Error::from(TableError::Write { output, source });
    let of_folder = |path: &Path, error| failed(path.display().to_string(), error);
    if let Some(path) = &args.figures {
        check_folder(path).map_err(|error| of_folder(path, error))?;
    }
    let file = args.output.path().map(AtomicFile::create).transpose();
    let file = file.map_err(|error| failed(args.output.to_string(), error))?;
    let labels = ShownNames::new(args.label.iter().cloned());
    let style = Style { labels, digits: args.digits.into() };
    let objectives = args.directions.objectives(&[])?;
    let options = ReportOptions { style, objectives };
    let sources = read_sources(&args.inputs, &options)?;
    let names: Vec<String> = sources.iter().flat_map(|source| source.names.clone()).collect();
    let check = options.style.labels.check(&names);
    check.map_err(|error| Failure::Usage(format!("--label: {error}")))?;
    let page = Page {
        title: &args.title,
        command: &own_command(),
        commands: &args.command,
        sources: &sources,
    };
    let html = page.html();
    if let Some(path) = &args.figures {
        write_folder(path, &figure_files(&sources)).map_err(|error| of_folder(path, error))?;
    }
    match file {
        None => io::stdout().lock().write_all(html.as_bytes())?,
        Some(mut file) => {
            let written = file.write_all(html.as_bytes()).and_then(|()| file.commit());
            written.map_err(|error| failed(args.output.to_string(), error))?;
        }
    }
    if !common.quiet {
        told(&sources)?;
    }
    Ok(())
}

/// Says what each input is and what it shows.
fn told(sources: &[Source]) -> io::Result<()> {
    let mut out = io::stderr().lock();
    for Source { name, kind, sections, .. } in sources {
        let figures: usize = sections.iter().map(|section| section.figures.len()).sum();
        writeln!(out, "graf: {name}: {kind}, {}", counted(figures as u64, "figure"))?;
    }
    Ok(())
}

/// The command line of this process, as it is typed in a shell in the folder of its files.
fn own_command() -> String {
    let words = std::env::args_os().skip(1).map(|word| quoted(&local(&word.to_string_lossy())));
    std::iter::once("graf".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// A word whose value is without the folders of this machine.
fn local(word: &str) -> String {
    match word.split_once('=').filter(|(name, _)| name.starts_with("--")) {
        Some((name, value)) => format!("{name}={}", base_name(value)),
        None => base_name(word).to_owned(),
    }
}

/// A word in single quotes, if the shell would take it for something else.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=+:,@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::{local, quoted};

    #[test]
    fn folders_of_a_machine_are_left_out() {
        let words = ["/home/me/runs.csv", "--figures=/tmp/x/figures", "a/b.csv", "-o", "-", "/"];
        let expected = ["runs.csv", "--figures=figures", "a/b.csv", "-o", "-", "/"];
        assert_eq!(words.map(local), expected);
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quoted("graf+=GRAF+"), "graf+=GRAF+");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }
}
