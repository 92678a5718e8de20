//! What an error says on the command line: the library says what is wrong, by kind; the options that cure it are named here.

use super::Failure;
use crate::dataset::{
    AskedBy, Error, FileRole, LEAST_ROWS, PriorError, Sought, SplitError, TrainingError, Twice,
};
use crate::experiment::CompareError;
use crate::explain::Unexplained;
use crate::features::FeatureError;
use crate::jobs::SelectError;
use crate::metrics::ObjectiveError;
use crate::ranking::{MOST_GROUPS, RankingError, UsedAs};
use crate::report::ReportError;
use crate::search::SearchError;
use crate::space::{ColumnsError, InferError};
use crate::suggest::SuggestError;
use crate::table::{TableError, clip};

/// The message of a failure.
pub(super) fn message(failure: &Failure) -> String {
    match failure {
        Failure::Pipeline(error) => of_dataset(error),
        Failure::Compare(error) => of_experiment(error),
        Failure::Select(error) => of_selection(error),
        Failure::Report(ReportError::Objective(error)) | Failure::Objective(error) => {
            of_objective(error)
        }
        Failure::Report(ReportError::Table(error)) => of_table(error),
        Failure::Search(error) => of_search(error),
        Failure::Report(_)
        | Failure::Stdout(_)
        | Failure::Threads(_)
        | Failure::Usage(_)
        | Failure::Cured { .. }
        | Failure::Idle { .. } => failure.to_string(),
    }
}

fn of_search(error: &SearchError) -> String {
    let cure = match error {
        SearchError::Pipeline(error) => return of_dataset(error),
        SearchError::Objective(error) => return of_objective(error),
        SearchError::Suggest(error) => return of_suggestion(error),
        SearchError::Objectives { .. } => "; name one with --maximize or --minimize",
        SearchError::PriorDirection { .. } => "; fit it with --maximize or --minimize",
        SearchError::NoStudy { .. } => "; make one with graf search init",
        _ => "",
    };
    with(error, cure)
}

/// A message and its cure.
fn with(error: &dyn std::fmt::Display, cure: &str) -> String {
    format!("{error}{cure}")
}

fn of_dataset(error: &Error) -> String {
    of_part(error).or_else(|| in_other_words(error)).unwrap_or_else(|| with(error, cure(error)))
}

/// The message of an error that holds another one.
fn of_part(error: &Error) -> Option<String> {
    Some(match error {
        Error::Table(error) => of_table(error),
        Error::Features(error) => of_features(error),
        Error::Prior(error) => of_prior(error),
        Error::Training(error) => of_training(error),
        Error::Objective(error) => of_objective(error),
        Error::Suggest(error) => of_suggestion(error),
        Error::Ranking(error) => of_ranking(error),
        Error::Unexplained(error) => of_explanation(error),
        Error::Columns { input, error } => format!("{input}: {}", of_columns(error)),
        Error::Infer { input, place, error } => {
            format!("{input}, {place}: {}", of_inference(error))
        }
        Error::OfBenchmark { name, error } => {
            format!("benchmark {name}: {}{}", of_dataset(error), of_keys(error))
        }
        _ => return None,
    })
}

/// Where an option takes the place of what the error names.
fn in_other_words(error: &Error) -> Option<String> {
    Some(match error {
        Error::BrokenJoin { input, row } => {
            format!(
                "{input}, {row} (a table for --join has to be whole: mend the row or take it out)"
            )
        }
        Error::SameFile { name, what } => {
            let what = match what {
                FileRole::Output => "--output".to_owned(),
                FileRole::Known => "a table of --known".to_owned(),
                other => other.to_string(),
            };
            format!(
                "--rejects and {what} name the same file, {name}; choose another one for the rejects"
            )
        }
        Error::EmptyUse { .. } | Error::BoundGroup { .. } => format!("--use {error}"),
        Error::OtherSpace { model, asked } => {
            format!("the model is of {model}, but --space asks for {asked}")
        }
        Error::OtherDescription { name, key } => {
            format!(
                "the model is of another {name} than --space asks for: the `{key}` of the file differs from \
                 what the model keeps; leave out --space to use the model's own, or fit it again"
            )
        }
        Error::OneTarget { targets } => {
            format!(
                "an .npy file holds the contributions to one target; choose with --target from {targets}"
            )
        }
        Error::ReadAgain { input, what: "the biases of columns" } => {
            format!(
                "{input} can be read only once, and --bias reads it again; save it as a file and name that"
            )
        }
        Error::TooMany { space } => {
            format!("{error}; draw some with graf sample --space {space}")
        }
        _ => return None,
    })
}

/// What cures an error, if an option does.
fn cure(error: &Error) -> &'static str {
    match error {
        Error::SharedOut => {
            ": leave out --unique or --shard; graf merge leaves equal networks out of lists of the best"
        }
        Error::SharedCondition => ": leave out --where or --shard",
        Error::NoHeader { .. } => ", or read it with --format text",
        Error::Broken { others: true, .. } => " (--on-error skip goes on without such rows)",
        Error::AllBroken { .. } => "; is this the column with the encodings (--encoding-column)?",
        Error::Keep { .. } => "; choose with --keep",
        Error::Taken { twice, .. } => match twice {
            Twice::Target => "; name it once with --target",
            Twice::Kept => "; leave it out with --keep",
            Twice::KeptOrFeature => "; name it once in --keep, or not at all",
            Twice::Network => "; rename that of the input",
            Twice::Hash => "; leave out --add-hash, or rename that of the input",
        },
        Error::Target { sought, .. } => match sought {
            Sought::Target => "; choose with --target",
            Sought::Truth => "; if they are called otherwise, name their column with --target",
            Sought::Groups => "; choose with --group-by",
        },
        Error::Targets { .. } => "; name one for each with --target",
        Error::Predictor { asked_by, .. } => match asked_by {
            AskedBy::Columns => "; add columns with --join",
            AskedBy::Model => {
                "; write the table with graf featurize, with the flags that wrote the \
                 model's training table (such as --names zc-combine, --families, --max-subset-size)"
            }
            AskedBy::Configuration => {
                "; --config names it in `columns`; take a table with networks or with this \
                 column, or leave the name out"
            }
        },
        Error::NoPredictor { .. } => "; choose the column with the networks with --encoding-column",
        Error::GroupBy { .. } => "; choose with --group-by",
        Error::NoDeviation { .. } => "; leave out --interval",
        Error::OtherPruning => "; leave out --prune, or fit it with --prune",
        Error::NoMedians => "; fit it with --missing median, or use --missing drop",
        Error::AllTraining { .. } => ", or say with --include-training that this is meant",
        Error::OtherColumns { .. } => {
            "; name columns that all of them have, with --use and --proxies"
        }
        Error::NoNetworks { .. } => {
            "; choose the column with --encoding-column, or name a table that has them"
        }
        Error::NoMore { .. } => "; ask for fewer with -n, or leave out --unique or --where",
        Error::NoOperations | Error::SharedColumns => "; choose --by column, group or family",
        Error::NoGroups { or_operations: true } => ", or choose --by column, family or operation",
        Error::NoGroups { or_operations: false } => ", or choose --by column or family",
        Error::NoZeroOp { .. } => "; leave out --drop-unreachable",
        _ => "",
    }
}

/// Where options are keys of a file.
fn of_keys(error: &Error) -> &'static str {
    match error {
        Error::Objective(_) => {
            " (in the file of benchmarks with a line such as direction = \"minimize\")"
        }
        Error::Columns { .. }
        | Error::Infer { .. }
        | Error::AllBroken { .. }
        | Error::BrokenJoin { .. }
        | Error::Target { sought: Sought::Target | Sought::Truth, .. }
        | Error::Targets { .. }
        | Error::Taken { twice: Twice::Target, .. }
        | Error::Predictor { asked_by: AskedBy::Columns, .. }
        | Error::NoPredictor { .. }
        | Error::NoNetworks { .. }
        | Error::OtherSpace { .. }
        | Error::OtherDescription { .. }
        | Error::OtherPruning
        | Error::Table(
            TableError::ChooseDataset { .. }
            | TableError::NoSuchDataset { .. }
            | TableError::NoDatasets { .. },
        ) => " (in the file of benchmarks these flags are keys of the same names)",
        _ => "",
    }
}

fn of_table(error: &TableError) -> String {
    let cure = match error {
        TableError::ChooseDataset { .. } => "; choose one with --dataset",
        TableError::NoSuchDataset { input, dataset, choices } => {
            let (dataset, choices) = (clip(dataset), choices.join(", "));
            return format!(
                "{input} holds no dataset `{dataset}`; with --dataset choose from: {choices}"
            );
        }
        TableError::NoDatasets { input, dataset } => {
            return format!(
                "{input} is one table without datasets; leave out --dataset {}",
                clip(dataset)
            );
        }
        TableError::NoDelimiter { .. } => "; leave out --delimiter, or say --format csv",
        TableError::ChooseDelimiter { .. } => "; choose with --delimiter",
        TableError::UnknownExtension { .. } => "; or choose with --output-format",
        _ => "",
    };
    with(error, cure)
}

fn of_columns(error: &ColumnsError) -> String {
    let cure = match error {
        ColumnsError::NotFound { .. } => "; choose with --encoding-column",
        ColumnsError::Ambiguous { .. } => {
            "; name those to read with --encoding-column, in their order and with commas between them"
        }
        ColumnsError::NoneUsual { usual, parts, columns } => {
            return format!(
                "no column with an encoding was found; the file has {columns}; choose with \
                 --encoding-column (the usual names are {usual}, or {parts})"
            );
        }
    };
    with(error, cure)
}

fn of_inference(error: &InferError) -> String {
    let cure = match error {
        InferError::NoneFits { spaces, .. } => {
            return format!("{error}; name the space with --space to learn why ({spaces})");
        }
        InferError::NoRows | InferError::SeveralFit { .. } => "; choose with --space",
        InferError::Numbers { .. } => {
            "; say which with --space, or name the column of the encodings with --encoding-column"
        }
        InferError::Mixed { .. } => {
            "; choose a space with --space (and what to do with the rest with --on-error)"
        }
    };
    with(error, cure)
}

fn of_features(error: &FeatureError) -> String {
    let cure = match error {
        FeatureError::NoSuchFamily { .. } => " (--families, --max-subset-size)",
        FeatureError::Twice { .. } => "; name it once in --families",
        FeatureError::LearnedColumn { family, .. } => {
            return format!("{error}; add all of them with --use {family}");
        }
        FeatureError::NoSubsets { space, ops } => {
            return format!(
                "a largest subset size (--max-subset-size) of 0 leaves no feature; choose 1 to {ops} for {space}"
            );
        }
        FeatureError::NoDevice { name } => {
            return format!(
                "feature family `{name}` depends on a device; state it with --device, as in --device \
                 peak=665e9,bandwidth=59.7e9 (FLOP and bytes per second)"
            );
        }
        FeatureError::ManySubsets { .. } => "; choose a smaller --max-subset-size",
        _ => "",
    };
    with(error, cure)
}

fn of_prior(error: &PriorError) -> String {
    const SHARED: &str = "; for networks of another space take a prior of --use shared";
    match error {
        PriorError::Features => "the features of --prior have other names or set sizes than those asked for; ask for \
             features as the prior was fitted with (--names, --max-subset-size, --config), or fit a prior with the \
             flags of this command"
            .to_owned(),
        PriorError::Target { name } => format!(
            "--prior learned from the column `{name}`, which is the target here; take a prior that does \
             without it"
        ),
        PriorError::Pruning { pruned: true } => "--prior was fitted on networks that were pruned; give --prune, or fit \
             the prior without it"
            .to_owned(),
        PriorError::Pruning { pruned: false } => "--prior was fitted on networks that were not pruned; leave out \
             --prune, or fit the prior with it"
            .to_owned(),
        PriorError::Column { name, columns } => format!(
            "--prior needs the column `{name}`, which is neither in the table nor a feature of its networks; \
             the table has {columns}{SHARED}, and join other columns with --join"
        ),
        PriorError::Family { error } => format!("--prior: {}{SHARED}", of_features(error)),
        PriorError::Targets { name, targets } => {
            format!("--prior {name}: it predicts {targets} targets; a prior predicts one")
        }
    }
}

fn of_training(error: &TrainingError) -> String {
    let cure = match error {
        TrainingError::Memory { .. } => {
            "; use fewer rows, fewer columns (--use, or graf select), a predictor that needs less (gp, \
             ridge), or fewer --threads"
        }
        TrainingError::EmptyColumn { .. } => {
            "; name the columns that predict without it (--use, --proxies)"
        }
        TrainingError::DrawSize { .. } => "; give a smaller `draw_size`, or leave out `draws`",
        TrainingError::FewRows { .. } | TrainingError::TargetSize { .. } => "",
    };
    with(error, cure)
}

fn of_objective(error: &ObjectiveError) -> String {
    let cure = match error {
        ObjectiveError::Open { .. } => "; state it with --minimize or --maximize",
        ObjectiveError::Contradiction { target, stated, given } => {
            let target = clip(target);
            return format!(
                "--{given}: the model was fitted to {stated} {target}; leave the flag out, or fit it again"
            );
        }
        ObjectiveError::Both { target } => {
            let target = clip(target);
            return format!(
                "--minimize and --maximize for the same target, {target}; give one of them"
            );
        }
        ObjectiveError::NoName { direction } => {
            return format!(
                "--{direction} alone is for a single target; name the target, as in --{direction} latency"
            );
        }
        ObjectiveError::Several { .. } => "; name the one to rank by with --by",
        ObjectiveError::Unknown { .. } => "",
    };
    with(error, cure)
}

fn of_suggestion(error: &SuggestError) -> String {
    let cure = match error {
        SuggestError::TooFew { asked, left } => {
            return format!(
                "-n asks for {asked} networks that are different and not known, and the pool has \
                 {left}; ask for fewer, or name a larger pool"
            );
        }
        SuggestError::Constant { rows } => {
            return format!(
                "all features are the same in all {rows} networks, so that nothing tells which to choose; \
                 take other features (--use), or other networks"
            );
        }
        SuggestError::NoModel { .. } => ": name one before the pool, or choose --strategy diverse",
        SuggestError::UnknownDeviation { .. } => ", or choose --strategy diverse",
        SuggestError::NoDeviation { .. }
        | SuggestError::Cancelled(_)
        | SuggestError::NotFinite { .. } => "",
    };
    with(error, cure)
}

fn of_explanation(error: &Unexplained) -> String {
    let cure = match error {
        Unexplained::TooDeep { .. } => ", so fit it with a lower --max-depth",
        _ => "",
    };
    with(error, cure)
}

fn of_ranking(error: &RankingError) -> String {
    match error {
        RankingError::IsTarget { name } => {
            format!("--by names the target, {}, which agrees with itself; leave it out", clip(name))
        }
        RankingError::Direction { .. } => format!(
            "{error}; state it with --minimize or --maximize, name a --target with a few labels, or leave \
             aggregates out with --aggregate none"
        ),
        RankingError::TooManyRows { aggregate, rows, most } => format!(
            "--aggregate {aggregate} compares all pairs of networks, and {rows} are too many (at most {most}); \
             take another one"
        ),
        RankingError::OneColumn { used_as, .. } => {
            let used_as = match used_as {
                UsedAs::Prediction => "--prediction",
                UsedAs::Groups => "--group-by",
                UsedAs::Objective => "an objective,",
            };
            format!("{used_as} {error}")
        }
        RankingError::TooManyGroups { name } => format!(
            "--group-by {name}: it has more than {MOST_GROUPS} different values; for groups by the size of a \
             number write --group-by {name}:4",
            name = clip(name)
        ),
        RankingError::NoObjective => {
            "no objective; name columns with --maximize and --minimize, as in --maximize \
             accuracy --minimize latency"
                .to_owned()
        }
        RankingError::NoTargetOf { .. } => format!("--predict-with {error}"),
        RankingError::TwoModels { .. } => format!("--predict-with: {error}"),
        RankingError::Reference { name, objectives } => {
            format!("--reference {}: no objective; the objectives are {objectives}", clip(name))
        }
        RankingError::NoLabels { .. } => {
            format!("{error}; leave out --target to rank without labels")
        }
        RankingError::NoRecipe | RankingError::NotAccuracy { .. } => {
            format!("{error}; name columns with --by, as in --by params")
        }
        RankingError::SameName { .. } => error.to_string(),
    }
}

fn of_experiment(error: &CompareError) -> String {
    match error {
        CompareError::Pipeline(error) => of_dataset(error),
        CompareError::Objective(error) => of_objective(error),
        CompareError::Choose(error) => of_suggestion(error),
        CompareError::Unsplittable(error) => of_split(error),
        CompareError::NoPrior => format!("{error}: name a model with --prior"),
        CompareError::OpenPrior => {
            "a train size of 0 takes the predictions of --prior as they are, and whether greater or smaller \
             ones are better is not stated; fit the prior with --minimize or --maximize"
                .to_owned()
        }
        CompareError::ChooseNoSizes => {
            "--choose is for train sets of given sizes: leave out --folds, --split and --stratify"
                .to_owned()
        }
        CompareError::ChooseTooFew { size, candidates } => format!(
            "--train-size {size}: with --choose there are {candidates} different networks to choose from; \
             the others are the test set (--test-size leaves more to choose from)"
        ),
        CompareError::ChooseBy { predictor, error } => {
            format!("--predictor {predictor}: {}", of_suggestion(error))
        }
        CompareError::NotRuns { .. } => format!("{error}; choose another one with --runs"),
        _ => error.to_string(),
    }
}

fn of_split(error: &SplitError) -> String {
    match error {
        SplitError::TrainSize { size, classes, rows } => format!(
            "--train-size {size}: a train set needs {LEAST_ROWS} networks and must leave 2 to test; there are \
             {classes} different networks in {rows} rows (--allow-duplicates takes isomorphic ones for \
             different)"
        ),
        SplitError::TestSize { size } => {
            format!("--test-size {size}: a test set needs 2 networks")
        }
        SplitError::Folds { folds, classes, rows } => format!(
            "--folds {folds}: a fold needs 2 networks, and the others {LEAST_ROWS} to train on; there are \
             {classes} different networks in {rows} rows"
        ),
        SplitError::SmallSplit { .. } => error.to_string(),
    }
}

fn of_selection(error: &SelectError) -> String {
    match error {
        SelectError::NotComputed { .. } => format!("--use {error}"),
        SelectError::NoNetworks => format!("{error}; choose the column with --encoding-column"),
        SelectError::Features(error) => format!(
            "{} (the flags that the table was featurized with are to be repeated)",
            of_features(error)
        ),
        SelectError::NotFinite { .. } => {
            format!("{error}; leave such rows out with --missing drop")
        }
        SelectError::SmallFolds { .. } => format!("{error} (--train-size)"),
        _ => error.to_string(),
    }
}
