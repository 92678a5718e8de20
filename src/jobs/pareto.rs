//! A table in, its networks that no other one beats in all objectives out.

use std::sync::Arc;

use ndarray::Array2;

use crate::dataset::FileRole;
use crate::dataset::Twice;
use crate::dataset::gather::twice;
use crate::dataset::scores::Scores;
use crate::dataset::written::kept;
use crate::dataset::{By, Error, Keep, Request, RowCounts, Use};
use crate::metrics::{Direction, Objective};
use crate::model::Model;
use crate::ranking::UsedAs;
use crate::ranking::{FrontRow, RankingError, Score, front, hypervolume};
use crate::table::{Begun, Input, Output, OutputFormat, Value, clip_list};

/// The name of the column that counts equal rows.
pub const EQUAL: &str = "equal";

/// What `graf pareto` is asked for.
#[derive(Debug)]
pub struct Pareto {
    /// How the table is read.
    pub request: Request,
    /// The objectives, each with its direction.
    pub objectives: Vec<Objective>,
    /// Models that predict objectives, with the names of their files.
    pub models: Vec<(String, Arc<Model>)>,
    /// Of some objectives the value that the hypervolume is measured from.
    pub reference: Vec<(String, f64)>,
    /// Which of the input's columns go along, as for a prediction.
    pub keep: Option<Keep>,
    /// Where the networks of the front go besides.
    pub output: Option<Output>,
}

/// An objective of a front.
#[derive(Debug, Clone, PartialEq)]
pub struct ParetoObjective {
    /// The column: that of the table, or `<target>.prediction`.
    pub column: String,
    /// Which of its values are better.
    pub direction: Direction,
    /// Where the hypervolume is measured from: the stated value, or the worst of all networks.
    pub reference: f64,
}

/// A network of the front.
#[derive(Debug, Clone, PartialEq)]
pub struct FrontNetwork {
    /// The values of the columns that go along.
    pub kept: Vec<Value>,
    /// Its value of each objective.
    pub values: Vec<f64>,
    /// How many other networks have the same values.
    pub equal: usize,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct ParetoSummary {
    /// The objectives.
    pub objectives: Vec<ParetoObjective>,
    /// The names of the columns that go along.
    pub kept: Vec<String>,
    /// The networks of the front, best first by the first objective.
    pub front: Vec<FrontNetwork>,
    /// How many networks there are.
    pub networks: usize,
    /// How many of the front are not better than the reference in all objectives, and add nothing to the hypervolume.
    pub beyond: usize,
    /// The hypervolume, unless there are [too many](hypervolume()) objectives or networks.
    pub hypervolume: Option<f64>,
    /// Rows that were left out or changed.
    pub aside: RowCounts,
}

/// Finds the networks that no other one beats: none is at least as good in all objectives and better in one. Of networks with equal
/// values all are found.
///
/// # Errors
///
/// [`Error`] if the table cannot be read, an objective is not there, or a direction contradicts that of a model.
///
/// # Complexity
///
/// That of [`front`] and [`hypervolume`]. The objectives of all networks are kept in memory.
pub fn pareto(input: &Input, options: &Pareto) -> Result<ParetoSummary, Error> {
    let mut files = vec![(input.path(), FileRole::Input)];
    files.extend(options.output.iter().map(|output| (output.path(), FileRole::Output)));
    let mut rejects = options.request.networks.open_rejects(&files)?;
    let by = by(options)?;
    let begun = options.output.as_ref().map(|output| Begun::new(output, None)).transpose()?;
    let format = begun.as_ref().map_or(OutputFormat::Csv, Begun::format);
    let mut request = options.request.clone();
    if let Some(Keep::Columns(names)) = &options.keep {
        request.carried.clone_from(names);
    }
    let mut kept_names = Vec::new();
    let is_objective =
        |name: &String| options.objectives.iter().any(|objective| objective.target == *name);
    let scores = Scores::read(input, &request, &by, &mut rejects, &mut |open| {
        let mut places = kept(options.keep.as_ref(), format, open)?;
        if options.keep == Some(Keep::All) {
            places.retain(|&place| !is_objective(&open.columns()[place])); // They stand behind.
        }
        kept_names = places.iter().map(|&place| open.columns()[place].clone()).collect();
        Ok(places)
    })?;
    if let Some(rejects) = rejects {
        rejects.finish()?;
    }
    let columns = columns(options, &scores)?;
    let directions = directions(options, &columns)?;
    let rows = scores.rows.len();
    let worth =
        |(row, column): (usize, usize)| directions[column].worth(columns[column].values[row]);
    let worths = Array2::from_shape_fn((rows, columns.len()), worth);
    let objectives = objectives(options, &columns, &directions)?;
    let found = front(worths.view());
    let gain = |(place, column): (usize, usize)| {
        let ParetoObjective { direction, reference, .. } = objectives[column];
        worths[[found[place].row, column]] - direction.worth(reference)
    };
    let gains = Array2::from_shape_fn((found.len(), columns.len()), gain);
    let is_beyond = |gains: &ndarray::ArrayView1<f64>| gains.iter().any(|&gain| gain < 0.0);
    let network = |&FrontRow { row, equal }: &FrontRow| FrontNetwork {
        kept: scores.rows[row].clone(),
        values: columns.iter().map(|column| column.values[row]).collect(),
        equal,
    };
    let summary = ParetoSummary {
        front: found.iter().map(network).collect(),
        networks: rows,
        beyond: gains.rows().into_iter().filter(is_beyond).count(),
        hypervolume: hypervolume(gains.view()),
        objectives,
        kept: kept_names,
        aside: scores.aside,
    };
    if let Some(name) = twice(&[&summary.kept[..], &summary.columns()[..]].concat()) {
        return Err(Error::Taken { name, twice: Twice::Kept });
    }
    if let Some(begun) = begun {
        write(begun, &summary)?;
    }
    Ok(summary)
}

impl ParetoSummary {
    /// The names of the columns of numbers: the objectives, and how many other networks are equal.
    pub fn columns(&self) -> Vec<String> {
        let objectives = self.objectives.iter().map(|objective| objective.column.clone());
        objectives.chain([EQUAL.to_owned()]).collect()
    }
}

/// Where each objective comes from.
fn by(options: &Pareto) -> Result<Vec<By>, RankingError> {
    if options.objectives.is_empty() {
        return Err(RankingError::NoObjective);
    }
    for (name, model) in &options.models {
        let is_objective =
            |target: &String| options.objectives.iter().any(|one| one.target == *target);
        if !model.header.targets.iter().any(is_objective) {
            let (model, targets) = (name.clone(), clip_list(&model.header.targets));
            return Err(RankingError::NoTargetOf { model, targets });
        }
    }
    let by = |objective: &Objective| {
        let place = |model: &Model| {
            model.header.targets.iter().position(|target| *target == objective.target)
        };
        let mut models =
            options.models.iter().filter_map(|(_, model)| Some((model, place(model)?)));
        match (models.next(), models.next()) {
            (None, _) => Ok(By::Columns(Use::Named(objective.target.clone()))),
            (Some((model, target)), None) => {
                let name = format!("{}.prediction", objective.target);
                Ok(By::Model { name, model: Arc::clone(model), target })
            }
            (Some(_), Some(_)) => Err(RankingError::TwoModels { target: objective.target.clone() }),
        }
    };
    options.objectives.iter().map(by).collect()
}

/// The column of each objective.
fn columns<'a>(options: &Pareto, scores: &'a Scores) -> Result<Vec<&'a Score>, RankingError> {
    let one = |(objective, places): (&Objective, &Vec<usize>)| match places.as_slice() {
        &[place] => Ok(&scores.columns[place]),
        several => Err(RankingError::OneColumn {
            used_as: UsedAs::Objective,
            name: objective.target.clone(),
            count: several.len(),
        }),
    };
    options.objectives.iter().zip(&scores.of).map(one).collect()
}

/// The direction of each objective; that of a model is not to be contradicted.
fn directions(options: &Pareto, columns: &[&Score]) -> Result<Vec<Direction>, Error> {
    let direction = |(stated, column): (&Objective, &&Score)| {
        let objective = match &column.objective {
            Some(own) => own.with(stated.stated)?,
            None => stated.clone(),
        };
        Ok(objective.needed_for("a Pareto front")?)
    };
    options.objectives.iter().zip(columns).map(direction).collect()
}

/// The objectives with the values that the hypervolume is measured from.
fn objectives(
    options: &Pareto,
    columns: &[&Score],
    directions: &[Direction],
) -> Result<Vec<ParetoObjective>, RankingError> {
    let names: Vec<String> = options.objectives.iter().map(|one| one.target.clone()).collect();
    if let Some((name, _)) = options.reference.iter().find(|(name, _)| !names.contains(name)) {
        return Err(RankingError::Reference { name: name.clone(), objectives: clip_list(&names) });
    }
    let objective = |((name, column), &direction): ((&String, &&Score), &Direction)| {
        let stated = options.reference.iter().find(|(other, _)| other == name);
        let lesser = |one: f64, other: f64| {
            if direction.worth(other) < direction.worth(one) { other } else { one }
        };
        let worst = || column.values.iter().copied().reduce(lesser);
        let reference = stated.map(|(_, value)| *value).or_else(worst).unwrap_or(f64::NAN);
        ParetoObjective { column: column.name.clone(), direction, reference }
    };
    Ok(names.iter().zip(columns).zip(directions).map(objective).collect())
}

/// Writes the networks of the front.
fn write(begun: Begun, found: &ParetoSummary) -> Result<(), Error> {
    let mut writer = begun.with_columns(&found.kept, &found.columns())?;
    let mut encoded = Vec::new();
    for network in &found.front {
        let values: Vec<&Value> = network.kept.iter().collect();
        let numbers = [&network.values[..], &[network.equal as f64]].concat();
        let line = writer.encoder().row(&values, &numbers, &mut encoded);
        line.map_err(|error| Error::Unwritable { reason: error.to_string() })?;
    }
    writer.write(found.front.len() as u64, &encoded)?;
    Ok(writer.finish()?)
}
