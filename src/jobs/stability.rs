//! A model and a table with the truth in, what predictors of the same kind fitted on other training sets are explained by out.

use ndarray::{Array2, ArrayView2, Axis};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::dataset::fitted::spread_over;
use crate::dataset::truth::Truth;
use crate::dataset::views::views_of;
use crate::dataset::{Error, LEAST_ROWS, Request, RowCounts, Use, training};
use crate::explain::{Contributions, Effects};
use crate::features::VIEWS;
use crate::metrics::{average_ranks, ranked_by};
use crate::model::{Card, Grouping, Model, Parts};
use crate::predictor::{Learner, by_name};
use crate::space::SearchSpace;
use crate::table::{Begun, Input, Output, OutputFormat, Value};

/// The most rows that training sets are drawn from.
const MOST_ROWS: usize = 4096;

/// The most rows whose predictions are explained.
const EXPLAINED: usize = 256;

/// What `graf explain --summary --repeats` is asked for.
#[derive(Debug, Clone)]
pub struct Stability {
    /// How the table is read.
    pub request: Request,
    /// The target; it must be named if the model has several.
    pub target: Option<String>,
    /// How contributions are added up.
    pub by: Grouping,
    /// How many training sets are drawn.
    pub repeats: usize,
    /// The seed.
    pub seed: u64,
}

/// What was fitted and explained.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeated {
    /// The target.
    pub target: String,
    /// The rows of each training set, and the rows that they are drawn from.
    pub drawn: (usize, usize),
    /// How many networks are explained each time.
    pub explained: usize,
    /// Rows that are not as they stand in the table.
    pub aside: RowCounts,
}

/// Fits the predictor of a model on several training sets, drawn from a table, and writes what the contributions are like
/// over the same networks each time: for each part the mean size of its contributions and its standard deviation over
/// the training sets, their mean, the mean of their [directions](Effects::direction), and the mean of its ranks by size (1 is the
/// largest; equal sizes share the mean of their ranks) with their standard deviation. The smallest mean rank comes first.
///
/// A training set has as many rows as that of the model, at most half of the table: of a table of more than 4,096
/// rows every second, fourth, … is taken. At most 256 networks are explained, evenly spread.
///
/// # Errors
///
/// [`Error::Unsuited`] if the model starts from a prior or has learned several benchmarks; [`Error`] if the table cannot be
/// read or lacks a column, its rows are too few, the predictor cannot be fitted or explained, or the output cannot
/// be written.
pub fn write_stability(
    model: &Model,
    input: &Input,
    options: &Stability,
    output: &Output,
    format: Option<OutputFormat>,
) -> Result<Repeated, Error> {
    let header = &model.header;
    let (target, _) = ranked_by(&header.objectives(), options.target.as_deref())?;
    let learner = learner(header)?;
    let space = options.request.of_model(header)?.model_space;
    let operations = space.map(SearchSpace::operations).unwrap_or_default();
    if options.by == Grouping::Operation && operations.is_empty() {
        return Err(Error::NoOperations);
    }
    let parts = Parts::new(header, options.by, operations)
        .ok_or(Error::NoGroups { or_operations: true })?;
    let begun = Begun::new(output, format)?;
    let truth = Truth::read(model, input, &options.request, true, MOST_ROWS)?;
    let rows = truth.records.nrows();
    let size = header.rows.min(rows / 2);
    if size < LEAST_ROWS {
        return Err(Error::Unsuited(format!(
            "too few rows to draw training sets from: half of {rows} is below the {LEAST_ROWS} that a predictor needs"
        )));
    }
    let explained = spread_over(truth.records.view(), EXPLAINED);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(options.seed);
    let mut order: Vec<usize> = (0..rows).collect();
    let mut each = Vec::with_capacity(options.repeats);
    for repeat in 0..options.repeats as u64 {
        order.shuffle(&mut random);
        let of = |all: &Array2<f64>| all.select(Axis(0), &order[..size]);
        let (records, targets) = (of(&truth.records), of(&truth.targets));
        training::check(targets.view(), &header.targets)?;
        let seed = options.seed.wrapping_add(repeat);
        let fitted = learner.fit(records.view(), targets.view(), seed)?;
        let found = fitted.contributions(explained.view(), target)?;
        each.push(effects(&parts, explained.view(), &found));
    }
    write(&parts, &each, begun)?;
    Ok(Repeated {
        target: header.targets[target].clone(),
        drawn: (size, rows),
        explained: explained.nrows(),
        aside: truth.aside,
    })
}

/// The learner that fitted a model, which sees the views that the model was offered.
fn learner(header: &Card) -> Result<Box<dyn Learner>, Error> {
    let unsuited = |what: &str| {
        Error::Unsuited(format!(
            "the model {what}, so its predictor cannot be fitted again on parts of one table"
        ))
    };
    if header.prior.is_some() {
        return Err(unsuited("starts from a prior"));
    }
    if header.learned_on.len() > 1 {
        return Err(unsuited("has learned several benchmarks"));
    }
    let kind = by_name(&header.predictor).ok_or_else(|| unsuited("has an unknown predictor"))?;
    let learner = kind.learner(&header.parameters)?;
    let has_views = header.features.families.iter().flatten().any(|family| family == VIEWS);
    let uses: &[Use] = if has_views { &[Use::Views] } else { &[] };
    Ok(learner.with_views(&views_of(uses, &header.columns)).unwrap_or(learner))
}

/// What contributions to the predictions of some records (rows × columns) are like.
fn effects(parts: &Parts, records: ArrayView2<f64>, found: &Contributions) -> Effects {
    let mut effects = Effects::new(parts.all().len());
    for (record, contributions) in records.rows().into_iter().zip(found.values.rows()) {
        effects.add(parts.values(record).into_iter().zip(parts.of(contributions)));
    }
    effects
}

/// The mean of numbers and their standard deviation (n − 1 in the denominator), which is NaN of a single one.
fn mean_and_std(numbers: &[f64]) -> (f64, f64) {
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
    (mean, if numbers.len() > 1 { (squares / (count - 1.0)).sqrt() } else { f64::NAN })
}

/// Writes a row for each part.
fn write(parts: &Parts, each: &[Effects], begun: Begun) -> Result<(), Error> {
    let all = || 0..parts.all().len();
    let ranks: Vec<Vec<f64>> = each
        .iter()
        .map(|effects| average_ranks(&all().map(|part| -effects.size(part)).collect::<Vec<_>>()))
        .collect();
    let of = |number: &dyn Fn(usize) -> f64| {
        mean_and_std(&(0..each.len()).map(number).collect::<Vec<_>>())
    };
    let mut rows: Vec<(usize, [f64; 7])> = all()
        .map(|part| {
            let (size, size_std) = of(&|repeat| each[repeat].size(part));
            let (mean, _) = of(&|repeat| each[repeat].mean(part));
            let (rank, rank_std) = of(&|repeat| ranks[repeat][part]);
            let directions: Vec<f64> =
                each.iter().filter_map(|effects| effects.direction(part)).collect();
            let (direction, _) = mean_and_std(&directions);
            let columns = parts.all()[part].columns.len() as f64;
            (part, [columns, size, size_std, mean, direction, rank, rank_std])
        })
        .collect();
    rows.sort_by(|(_, one), (_, other)| one[5].total_cmp(&other[5]));
    let kept = if begun.format().is_matrix() { vec![] } else { vec![parts.by().to_string()] };
    let numbers =
        ["columns", "mean_size", "size_std", "mean", "direction", "mean_rank", "rank_std"];
    let mut writer = begun.with_columns(&kept, &numbers.map(str::to_owned))?;
    for (part, numbers) in rows {
        let name = Value::Text(parts.all()[part].name.as_str().into());
        let texts: Vec<&Value> = kept.iter().map(|_| &name).collect();
        let mut line = Vec::new();
        let encoded = writer.encoder().row(&texts, &numbers, &mut line);
        encoded.map_err(|error| Error::Unwritable { reason: error.to_string() })?;
        writer.write(1, &line)?;
    }
    Ok(writer.finish()?)
}
