//! `graf select`.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::Path;

use clap::{Args, ValueEnum};

use super::features::{FeatureArgs, check_chosen};
use super::input::{ReadArgs, counted, distinct, notes, one_stdin};
use super::learn::LearnArgs;
use super::names::parse_use;
use super::{Common, Failure};
use crate::dataset::{self, Pool, PoolOptions, Request, Use, UseSet};
use crate::features::FeatureConfig;
use crate::jobs::{
    FOOTPRINT, Method, Select, SelectError, Selected, check_groups, config_of, select,
};
use crate::report::Progress;
use crate::table::{AtomicFile, Input, Output, TableError};

/// Select features: independent ones, or a few that predict well
///
/// Finds features that are constant, duplicates or linear combinations of others, and writes a
/// configuration of the other features for the --config option of featurize, fit and compare.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf select data/nas-bench-graph/nas-bench-graph.csv.gz -o independent.toml",
    after_long_help = "\
More examples:
  graf select data/nas-bench-graph/nas-bench-graph.csv.gz -o five.toml \\
      --target cs_valid_perf --method forward -n 5
  graf fit data/nas-bench-graph/nas-bench-graph.csv.gz --target cs_valid_perf \\
      --config five.toml -o five.graf"
)]
pub(super) struct SelectArgs {
    /// Tables of networks, or - for standard input
    #[arg(required = true)]
    inputs: Vec<Input>,
    /// Column to predict, for --method forward and backward
    #[arg(
        long,
        value_name = "COLUMN",
        required_if_eq_any = [("method", "forward"), ("method", "backward")]
    )]
    target: Option<String>,
    /// Features to select from: graf or families such as one-hot, comma-separated
    #[arg(
        long = "use",
        value_name = "GROUPS",
        value_delimiter = ',',
        value_parser = parse_use,
        default_value = "graf"
    )]
    uses: Vec<Use>,
    /// Method
    #[arg(long, value_name = "METHOD", default_value = "independent")]
    method: MethodArg,
    /// With forward and backward: maximum number of features to keep
    #[arg(short = 'n', long, value_name = "N")]
    most: Option<NonZeroUsize>,
    /// With forward and backward: number of networks to try features on
    #[arg(long, value_name = "ROWS", default_value_t = 256)]
    train_size: usize,
    /// Random seed
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Configuration to write, .toml or .json [default: TOML to standard output]
    #[arg(short, long, value_name = "FILE", default_value = "-", hide_default_value = true)]
    output: Output,
    /// Output format [default: by the name of --output, or toml]
    #[arg(long, value_name = "FORMAT")]
    output_format: Option<ConfigFormat>,
    #[command(flatten)]
    features: FeatureArgs,
    #[command(flatten)]
    learn: LearnArgs,
    #[command(flatten)]
    read: ReadArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MethodArg {
    /// Keep features that are not linear combinations of those before them
    Independent,
    /// Add the independent feature that raises the cross-validated Kendall tau of a forest most, then
    /// the next
    Forward,
    /// Remove independent features while the Kendall tau does not fall
    Backward,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ConfigFormat {
    /// With what was left out as comments
    Toml,
    /// For a script
    Json,
}

impl From<MethodArg> for Method {
    fn from(method: MethodArg) -> Self {
        match method {
            MethodArg::Independent => Method::Independent,
            MethodArg::Forward => Method::Forward,
            MethodArg::Backward => Method::Backward,
        }
    }
}

pub(super) fn run(args: &SelectArgs, common: &Common) -> Result<(), Failure> {
    if args.most.is_some() && args.method == MethodArg::Independent {
        let reason =
            "-n/--most needs --method forward or backward: independent features are no ranking";
        return Err(Failure::Usage(reason.to_owned()));
    }
    let format = match args.output_format {
        Some(format) => format,
        None => format_of(args.output.path())?,
    };
    one_stdin(args.inputs.iter().chain(&args.learn.join))?;
    let read = || args.inputs.iter().chain(&args.learn.join).map(Input::path);
    distinct(("--output", args.output.path()), read().chain([args.read.rejects()]))?;
    distinct(("--rejects", args.read.rejects()), read())?;
    let features = args.features.config()?;
    check_groups(&args.uses, &features)?;
    check_chosen(&args.uses, &features)?;
    let options = PoolOptions {
        request: Request {
            features: features.clone(),
            footprint: FOOTPRINT,
            ..args.learn.request(&args.read)?
        },
        sets: vec![UseSet { name: None, groups: args.uses.clone() }],
        proxies: Vec::new(),
        targets: args.target.iter().cloned().collect(),
    };
    let failed = |source| TableError::Write { output: args.output.to_string(), source };
    let file = args.output.path().map(AtomicFile::create).transpose();
    let file = file.map_err(|error| dataset::Error::from(failed(error)))?;
    let pool = Pool::read(&args.inputs, &options)?;
    let space = pool.space.filter(|_| !pool.networks.is_empty());
    let space = space.ok_or(SelectError::NoNetworks)?;
    let names = &pool.sets[0].columns;
    let config = |columns: &[String]| {
        Ok::<_, Failure>(config_of(space, &features, columns).map_err(SelectError::Features)?)
    };
    config(names)?;
    let selected = choose(args, &pool, common)?;
    let columns: Vec<String> = selected.columns.iter().map(|&index| names[index].clone()).collect();
    let told = Told { args, pool: &pool, space: space.name(), selected: &selected };
    let text = text(&config(&columns)?, format, &told)?;
    match file {
        None => io::stdout().lock().write_all(text.as_bytes())?,
        Some(mut file) => {
            let written = file.write_all(text.as_bytes()).and_then(|()| file.commit());
            written.map_err(|error| dataset::Error::from(failed(error)))?;
        }
    }
    if !common.quiet {
        told.summary()?;
    }
    Ok(())
}

/// The format of a configuration by the name of its file.
fn format_of(path: Option<&Path>) -> Result<ConfigFormat, Failure> {
    let Some(path) = path else { return Ok(ConfigFormat::Toml) };
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => Ok(ConfigFormat::Toml),
        Some("json") => Ok(ConfigFormat::Json),
        _ => Err(Failure::Usage(format!(
            "--output {}: a configuration is a .toml or .json file; or choose with --output-format",
            path.display()
        ))),
    }
}

fn choose(args: &SelectArgs, pool: &Pool, common: &Common) -> Result<Selected, Failure> {
    let options = Select {
        method: args.method.into(),
        most: args.most.map(NonZeroUsize::get),
        networks: args.train_size,
        seed: args.seed,
    };
    let is_hidden = common.quiet || args.method == MethodArg::Independent;
    let progress = Progress::at_most(is_hidden, "trials");
    let selected = select(pool, &options, &|most| {
        progress.set_length(most);
        progress.add(1);
    });
    progress.clear();
    Ok(selected?)
}

/// The configuration, in TOML with what was left out as comments.
fn text(config: &FeatureConfig, format: ConfigFormat, told: &Told) -> io::Result<String> {
    Ok(match format {
        ConfigFormat::Json => serde_json::to_string_pretty(config)? + "\n",
        ConfigFormat::Toml => told.comments() + &config.to_toml(),
    })
}

/// A tau, which may be undefined.
fn shown(tau: f64) -> String {
    if tau.is_nan() { "undefined".to_owned() } else { format!("{tau:.3}") }
}

/// Features that a line names.
const FEW: usize = 2;

/// What was selected from what.
struct Told<'a> {
    args: &'a SelectArgs,
    pool: &'a Pool,
    space: &'a str,
    selected: &'a Selected,
}

impl Told<'_> {
    fn name(&self, column: usize) -> String {
        self.pool.sets[0].columns[column].clone()
    }

    /// What says nothing new: why, and the names.
    fn left_out(&self) -> [(&'static str, Vec<String>); 3] {
        let names = |columns: &[usize]| columns.iter().map(|&column| self.name(column)).collect();
        let found = &self.selected.dependence;
        let copies = found.duplicates.iter();
        let copies =
            copies.map(|&(copy, first)| format!("{} = {}", self.name(copy), self.name(first)));
        [
            ("constant", names(&found.constant)),
            ("duplicate", copies.collect()),
            ("linearly dependent", names(&found.dependent)),
        ]
    }

    /// What was found in a line.
    fn head(&self) -> String {
        let networks = counted(self.pool.rows() as u64, "network");
        let columns = counted(self.pool.sets[0].columns.len() as u64, "column");
        let Selected { distinct, dependence, .. } = self.selected;
        let rank = dependence.independent.len() + 1;
        let space = self.space;
        format!("{networks} of {space}, {columns}: {distinct} distinct, rank {rank} with intercept")
    }

    /// What was chosen in a line.
    fn chosen(&self) -> String {
        let Selected { dependence, columns, worth, .. } = self.selected;
        let (chosen, all) = (columns.len(), dependence.independent.len());
        let Some(worth) = worth else { return format!("{chosen} independent, kept") };
        let method = self.args.method.to_possible_value();
        let method = method.as_ref().map_or("", |value| value.get_name());
        format!(
            "{all} independent, {chosen} of them kept ({method}) on {} networks: Kendall tau {}, of all {all} {}, \
             on {} others",
            worth.networks,
            shown(worth.selected),
            shown(worth.independent),
            worth.held_out
        )
    }

    fn summary(&self) -> io::Result<()> {
        let mut out = io::stderr().lock();
        writeln!(out, "graf: {}", self.head())?;
        for note in notes(&self.pool.aside) {
            writeln!(out, "  {note}")?;
        }
        let rows = self.pool.rows();
        if self.selected.dependence.independent.len() + 1 >= rows {
            writeln!(
                out,
                "  warning: {rows} networks distinguish at most {rows} features; with more networks \
                 more features may be independent"
            )?;
        }
        for (why, names) in self.left_out() {
            if !names.is_empty() {
                let few = names[..names.len().min(FEW)].join(", ");
                let more = if names.len() > FEW { ", …" } else { "" };
                writeln!(out, "  {} {why}: {few}{more}", names.len())?;
            }
        }
        writeln!(out, "  {}", self.chosen())
    }

    /// The same as comments, with all names.
    fn comments(&self) -> String {
        let mut lines = vec![
            format!("# Written by graf select {}", env!("CARGO_PKG_VERSION")),
            format!("# {}", self.head()),
            format!("# {}", self.chosen()),
        ];
        for (why, names) in self.left_out() {
            if !names.is_empty() {
                lines.push(format!("# {} {why}:", names.len()));
                lines.extend(names.iter().map(|name| format!("#   {name}")));
            }
        }
        lines.push(String::new());
        lines.join("\n")
    }
}
