//! Why a table of networks could not be worked through.

use thiserror::Error;

use super::error_detail::{AskedBy, FileRole, Sought, Twice, no_curve};
use super::{PriorError, RowCounts, TrainingError};
use crate::explain::Unexplained;
use crate::features::FeatureError;
use crate::metrics::ObjectiveError;
use crate::model::ModelError;
use crate::predictor::{FitError, RecordsError};
use crate::ranking::RankingError;
use crate::space::{ColumnsError, EncodingError, InferError, SpaceError};
use crate::suggest::SuggestError;
use crate::table::{BrokenRow, Input, TableError, clip, clip_first};

/// Why a table of networks could not be worked through.
#[derive(Debug, Error)]
pub enum Error {
    /// The table cannot be read or written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The encodings were not found.
    #[error("{input}: {error}")]
    Columns {
        /// The input's name.
        input: String,
        /// Why not.
        error: ColumnsError,
    },
    /// The search space is not clear.
    #[error("{input}, {place}: {error}")]
    Infer {
        /// The input's name.
        input: String,
        /// The column with the encodings, and the row at fault if there is one.
        place: String,
        /// Why not.
        error: InferError,
    },
    /// A column has a network for its name.
    #[error(
        "{input} has no header: its first line is a network, {name}; add a line with the name of the column, such as net"
    )]
    NoHeader {
        /// The input's name.
        input: String,
        /// The network.
        name: String,
    },
    /// Encodings are to be written where only numbers can be.
    #[error("an .npy file holds numbers only; write the encodings as .csv, .tsv or .jsonl")]
    NotNumbers,
    /// A stream that would have to be read twice.
    #[error(
        "{input} can be read only once, and the columns of {family} are learned in a first reading \
         of it; save it as a file and name that"
    )]
    OnlyOnce {
        /// The input's name.
        input: String,
        /// The family that learns its columns.
        family: &'static str,
    },
    /// A stream that would have to be read once more.
    #[error(
        "{input} can be read only once, and {what} reads it again; save it as a file and name that"
    )]
    ReadAgain {
        /// The input's name.
        input: String,
        /// What reads it again.
        what: &'static str,
    },
    /// The features cannot be computed.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// There is no such encoding.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// A row is broken, and broken rows were not to be skipped.
    #[error("{input}, {row}")]
    Broken {
        /// The input's name.
        input: String,
        /// The row.
        row: Box<BrokenRow>,
        /// Whether other rows may be right. Where all that were read are broken, something else is wrong.
        others: bool,
    },
    /// Networks of another space than that of the model.
    #[error("{input}: the model is of {model}; these are networks of {found}")]
    OtherNetworks {
        /// The input's name.
        input: String,
        /// The space of the model.
        model: &'static str,
        /// That of the networks.
        found: &'static str,
    },
    /// All rows are broken.
    #[error(
        "{input}: none of its rows ({rows}) is a network, and all of them are skipped; the first is {first}"
    )]
    AllBroken {
        /// The input's name.
        input: String,
        /// How many rows there are.
        rows: u64,
        /// The first of them.
        first: String,
    },
    /// A row of a joined table is broken; it may be the partner of any row.
    #[error("{input}, {row} (a joined table has to be whole: mend the row or take it out)")]
    BrokenJoin {
        /// The table's name.
        input: String,
        /// The row.
        row: Box<BrokenRow>,
    },
    /// A known value that is none.
    #[error("{input}, {row} (the field may be empty, for a network that is being trained)")]
    BrokenKnown {
        /// The table's name.
        input: String,
        /// The row.
        row: Box<BrokenRow>,
    },
    /// `--keep` names a column that is not there.
    #[error("column `{name}` not found; the file has {columns}")]
    Keep {
        /// The name that was asked for.
        name: String,
        /// What there is.
        columns: String,
    },
    /// Two columns of the output would have the same name.
    #[error("the output would have two columns `{name}`")]
    Taken {
        /// The name.
        name: String,
        /// What has it twice.
        twice: Twice,
    },
    /// The rejects would overwrite the input or the result.
    #[error("the file for broken rows and {what} are the same, {name}")]
    SameFile {
        /// The file.
        name: String,
        /// What else it is.
        what: FileRole,
    },
    /// A target that is not there.
    #[error("column `{name}` not found; the file has {columns}{}", sought.note())]
    Target {
        /// The name that was asked for.
        name: String,
        /// What there is.
        columns: String,
        /// What it was sought for.
        sought: Sought,
    },
    /// Columns with the truth for more or fewer targets than a model has.
    #[error("{found} columns for the targets of the model, {expected}")]
    Targets {
        /// How many columns there are.
        found: usize,
        /// The targets.
        expected: String,
    },
    /// A predictor that is not there and cannot be computed.
    #[error(
        "predictor `{name}` is neither a column of the table nor a feature of its networks; the table has {columns}"
    )]
    Predictor {
        /// Its name.
        name: String,
        /// What there is.
        columns: String,
        /// Who asks for it.
        asked_by: AskedBy,
    },
    /// A predictor of a model that is not there, and no networks to compute it from.
    #[error(
        "{input}: no column `{name}`, which the model needs, and none with networks to compute it from; the model needs {needed}; the table has {columns}"
    )]
    NoPredictor {
        /// The input's name.
        input: String,
        /// The predictor.
        name: String,
        /// The columns of the model.
        needed: String,
        /// What there is.
        columns: String,
    },
    /// A group of predictors without a column.
    #[error("{group} matches no column that can predict; the table has {columns}")]
    EmptyUse {
        /// The group.
        group: String,
        /// What there is.
        columns: String,
    },
    /// `--group-by` names a column that is not there.
    #[error("column `{name}` not found; the file has {columns}")]
    GroupBy {
        /// The name that was asked for.
        name: String,
        /// What there is.
        columns: String,
    },
    /// A model of one space is to be used on another.
    #[error("the model is of {model}, not of {asked}")]
    OtherSpace {
        /// The model's space.
        model: String,
        /// The other.
        asked: &'static str,
    },
    /// A model that cannot be the prior of another one.
    #[error(transparent)]
    Prior(#[from] PriorError),
    /// Rows that cannot be learned from.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// A model predicts a number that is not finite.
    #[error(
        "{input}, {place}: the prediction is not finite; the model is of numbers of another size, or \
         damaged"
    )]
    NotFinite {
        /// The input's name.
        input: String,
        /// The row.
        place: String,
    },
    /// An interval is asked for of a predictor that has none.
    #[error("a model of {predictor} has no standard deviation, and so no interval")]
    NoDeviation {
        /// The predictor.
        predictor: String,
    },
    /// Networks are to be pruned for a model of networks that were not.
    #[error("the model was fitted on networks that were not pruned")]
    OtherPruning,
    /// A model of a described space is to be used on another one of the same name.
    #[error(
        "the model is of another {name}: the `{key}` of the description differs from what the model keeps"
    )]
    OtherDescription {
        /// The name of both.
        name: String,
        /// The first key that differs.
        key: &'static str,
    },
    /// A model keeps a description that is not one of a space.
    #[error("the model's search space cannot be used: {0}")]
    ModelSpace(SpaceError),
    /// Medians are asked for that the model does not have.
    #[error("the model keeps no medians to put in the place of missing values")]
    NoMedians,
    /// A row that the output format cannot hold.
    #[error("{reason}")]
    Unwritable {
        /// Where and why.
        reason: String,
    },
    /// No learning curve in a table, or several.
    #[error("{}", no_curve(asked.as_deref(), *until, found, columns))]
    Curve {
        /// The beginning of its columns' names, if one is asked for.
        asked: Option<String>,
        /// The last epoch, if that is asked for.
        until: Option<u32>,
        /// The beginnings of those that are there.
        found: Vec<String>,
        /// The columns of the table.
        columns: String,
    },
    /// A name in a condition that is no column and no feature.
    #[error(
        "the condition names {}, which is no column of the table and no feature; columns: {columns}",
        clip(name)
    )]
    ConditionName {
        /// The name.
        name: String,
        /// The columns of the table.
        columns: String,
    },
    /// A name in a condition that stands for several columns.
    #[error(
        "the condition names {}, which stands for {columns} columns; name one column, such as analytic_params",
        clip(name)
    )]
    ConditionColumn {
        /// The name.
        name: String,
        /// How many columns it stands for.
        columns: usize,
    },
    /// Nothing is left to learn from or to measure on.
    #[error("{input}: {}", aside.why_none())]
    NoRows {
        /// The input's name.
        input: String,
        /// What became of the rows.
        aside: RowCounts,
    },
    /// A model is to be measured on what it has learned.
    #[error("{input}: the model was trained on {}; measure it on networks that it has not seen",
        if *rows == 1 { "the network of its only row".to_owned() } else { format!("the networks of all its rows ({rows})") })]
    AllTraining {
        /// The input's name.
        input: String,
        /// How many rows there are.
        rows: u64,
    },
    /// Tables with different columns.
    #[error(
        "{input} has other predictors than the tables before it: {found} where they have {expected}{apart}"
    )]
    OtherColumns {
        /// The input's name.
        input: String,
        /// How many it has.
        found: usize,
        /// How many the others have.
        expected: usize,
        /// Which of them differ.
        apart: String,
    },
    /// What is wrong with one of several benchmarks.
    #[error("benchmark {name}: {error}")]
    OfBenchmark {
        /// The benchmark.
        name: String,
        /// What is wrong.
        error: Box<Error>,
    },
    /// A benchmark of which nothing can be learned.
    #[error(
        "benchmark {name}: {target} is the same in all of its {rows} rows, so that there is nothing to \
         learn; leave it out, or name another target"
    )]
    SameTarget {
        /// The benchmark.
        name: String,
        /// Its target.
        target: String,
        /// How many rows it has.
        rows: usize,
    },
    /// A file of benchmarks is none.
    #[error("{file}{place}: {reason}")]
    Benchmarks {
        /// The file.
        file: String,
        /// The line, or the benchmark and the key.
        place: String,
        /// What is wrong, and the fix.
        reason: String,
    },
    /// A group of columns has others in every space.
    #[error(
        "{group} has other columns in every space, and {first} and {other} are of different ones; leave it out, or name benchmarks of one space"
    )]
    BoundGroup {
        /// The group.
        group: String,
        /// A benchmark with its space.
        first: String,
        /// One of another space.
        other: String,
    },
    /// The predictor cannot be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// Records do not fit to a predictor.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The model cannot be read or written.
    #[error("{name}: {error}")]
    Model {
        /// The file's name.
        name: String,
        /// Why not.
        error: ModelError,
    },
    /// A direction is stated wrongly, or is missing.
    #[error(transparent)]
    Objective(#[from] ObjectiveError),
    /// No networks can be suggested.
    #[error(transparent)]
    Suggest(#[from] SuggestError),
    /// Columns cannot rank networks.
    #[error(transparent)]
    Ranking(#[from] RankingError),
    /// A table whose networks are to be told apart, and which has none.
    #[error("{input} has no networks, which tell what is trained already and what is the same")]
    NoNetworks {
        /// The input's name.
        input: String,
    },
    /// A space that cannot be listed.
    #[error("{space} has too many networks to list")]
    TooMany {
        /// The space.
        space: &'static str,
    },
    /// Different networks are asked for in one part of several, which does not know the others.
    #[error("equal networks can be left out of a whole listing or sample, but not of a part of it")]
    SharedOut,
    /// A condition selects from one part of a sample, whose other parts it does not know.
    #[error("a condition selects from a whole sample, but not from a part of it")]
    SharedCondition,
    /// More networks are asked for than were found.
    #[error("no further network in a million draws after {found} of {space}")]
    NoMore {
        /// The space.
        space: &'static str,
        /// How many were found.
        found: u64,
    },
    /// A prediction that cannot be explained.
    #[error(transparent)]
    Unexplained(#[from] Unexplained),
    /// Contributions of operations are asked for, and the model is of no single space.
    #[error("the model is of no single search space, whose operations its columns would name")]
    NoOperations,
    /// Contributions of groups are asked for, which the model does not know.
    #[error(
        "an earlier version of graf fitted the model and did not store groups of columns; fit it again"
    )]
    NoGroups {
        /// Whether operations could be asked for instead.
        or_operations: bool,
    },
    /// Columns are to be shuffled by operation, and belong to several.
    #[error("columns that name several operations cannot be shuffled in part")]
    SharedColumns,
    /// Something that is asked of a model or a space does not suit it.
    #[error("{0}")]
    Unsuited(String),
    /// A target that the model does not have.
    #[error("the model has no target `{name}`; it predicts {targets}")]
    NoTarget {
        /// The name that was asked for.
        name: String,
        /// What there is.
        targets: String,
    },
    /// A matrix of several targets.
    #[error("an .npy file holds the contributions to one target; the model has {targets}")]
    OneTarget {
        /// What there is.
        targets: String,
    },
    /// `--drop-unreachable` where no operation cuts off others.
    #[error("{space} has no zero operation that could cut others off")]
    NoZeroOp {
        /// The space.
        space: &'static str,
    },
}

/// What tells two lists of columns apart.
fn apart(found: &[String], expected: &[String]) -> String {
    let only = |here: &[String], there: &[String]| {
        here.iter().filter(|name| !there.contains(name)).cloned().collect::<Vec<_>>()
    };
    let (lacks, more) = (only(expected, found), only(found, expected));
    let told = |what, names: &[String]| match names {
        [] => String::new(),
        names => format!(", {what} {}", clip_first(names, 5)),
    };
    match (lacks.as_slice(), more.as_slice()) {
        ([], []) => ", in another order".to_owned(),
        _ => told("without", &lacks) + &told("with", &more),
    }
}

impl Error {
    pub(crate) fn other_columns(input: String, found: &[String], expected: &[String]) -> Self {
        let apart = apart(found, expected);
        Error::OtherColumns { input, found: found.len(), expected: expected.len(), apart }
    }

    pub(crate) fn broken(input: &Input, row: BrokenRow, others: bool) -> Self {
        Error::Broken { input: input.to_string(), row: Box::new(row), others }
    }

    /// Whether the command line is at fault rather than the data: it asks for what is not there,
    /// or leaves open what only it can say.
    pub fn is_cancelled(&self) -> bool {
        matches!(
            self,
            Error::Fit(FitError::Cancelled(_))
                | Error::Features(FeatureError::Cancelled(_))
                | Error::Suggest(SuggestError::Cancelled(_))
        )
    }

    /// Whether the command line is at fault.
    pub fn is_usage(&self) -> bool {
        match self {
            Error::Columns { .. }
            | Error::Features(_)
            | Error::NotNumbers
            | Error::OnlyOnce { .. }
            | Error::ReadAgain { .. }
            | Error::Encoding(EncodingError::NoSuchEncoding { .. })
            | Error::Infer {
                error: InferError::SeveralFit { .. } | InferError::Numbers { .. },
                ..
            }
            | Error::Keep { .. }
            | Error::Taken { .. }
            | Error::SameFile { .. }
            | Error::Target { .. }
            | Error::Targets { .. }
            | Error::GroupBy { .. }
            | Error::OtherSpace { .. }
            | Error::OtherPruning
            | Error::OtherDescription { .. }
            | Error::NoMedians
            | Error::NoDeviation { .. }
            | Error::NoNetworks { .. }
            | Error::NoPredictor { .. }
            | Error::EmptyUse { .. }
            | Error::Benchmarks { .. }
            | Error::BoundGroup { .. }
            | Error::Objective(_)
            | Error::Fit(FitError::Parameter { .. })
            | Error::TooMany { .. }
            | Error::SharedOut
            | Error::Curve { .. }
            | Error::SharedCondition
            | Error::ConditionName { .. }
            | Error::ConditionColumn { .. }
            | Error::NoMore { .. }
            | Error::NoOperations
            | Error::NoGroups { .. }
            | Error::SharedColumns
            | Error::Unsuited(_)
            | Error::NoTarget { .. }
            | Error::OneTarget { .. }
            | Error::NoZeroOp { .. } => true,
            Error::Suggest(error) => error.is_usage(),
            Error::Ranking(error) => error.is_usage(),
            Error::Prior(error) => error.is_usage(),
            Error::OfBenchmark { error, .. } => error.is_usage(),
            Error::Table(error) => matches!(
                error,
                TableError::ChooseDataset { .. }
                    | TableError::NoSuchDataset { .. }
                    | TableError::NoDatasets { .. }
                    | TableError::NoDelimiter { .. }
                    | TableError::ChooseDelimiter { .. }
                    | TableError::IsModel { .. }
                    | TableError::UnknownExtension { .. }
                    | TableError::Uncompressed { .. }
                    | TableError::NoFeature { .. }
            ),
            Error::Infer { .. }
            | Error::Predictor { .. }
            | Error::Unwritable { .. }
            | Error::NoRows { .. }
            | Error::AllTraining { .. }
            | Error::OtherColumns { .. }
            | Error::SameTarget { .. }
            | Error::Fit(_)
            | Error::Records(_)
            | Error::Training(_)
            | Error::NotFinite { .. }
            | Error::Model { .. }
            | Error::ModelSpace(_)
            | Error::NoHeader { .. }
            | Error::OtherNetworks { .. }
            | Error::Encoding(_)
            | Error::AllBroken { .. }
            | Error::BrokenJoin { .. }
            | Error::BrokenKnown { .. }
            | Error::Unexplained(_)
            | Error::Broken { .. } => false,
        }
    }

    /// Whether the reader of the output has gone, which is no error to a person.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Error::Table(error) if error.is_broken_pipe())
    }
}
