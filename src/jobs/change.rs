//! A model and a network in, changes of the network and what they do to its prediction out.

use std::collections::HashSet;

use ndarray::Axis;
use rayon::prelude::*;

use crate::dataset::of_model::OfModel;
use crate::dataset::{Error, Request};
use crate::graph::Identity;
use crate::metrics::{Direction, Stated, ranked_by};
use crate::model::Model;
use crate::space::{Architecture, Change, Colours, Edit, EncodingError, OpPlace, svg};
use crate::table::{Begun, Output, OutputFormat, Value};

/// How many of the best networks are changed further.
const BEAM: usize = 32;

/// What `graf explain --changes` and `--improve` are asked for.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// How the network is read.
    pub request: Request,
    /// The target whose prediction is looked at; it must be named if the model has several.
    pub target: Option<String>,
    /// Directions that complete those of the model.
    pub stated: Stated,
}

/// A network that was changed.
#[derive(Debug, Clone)]
pub struct Changed {
    /// What it is now.
    pub network: Architecture,
    /// Its first encoding.
    pub net: String,
    /// The changes, in their order.
    pub changes: Vec<Change>,
    /// What is predicted of it.
    pub prediction: f64,
}

/// Networks that were changed, the best first, and the one that they were made of.
#[derive(Debug, Clone)]
pub struct AllChanged {
    /// The target, and which of its values are better.
    pub target: (String, Direction),
    /// The network itself.
    pub start: Changed,
    /// What was made of it.
    pub changed: Vec<Changed>,
}

/// Every valid single change of a network ([`neighbours`](crate::space::SearchSpace::neighbours)), the best first.
///
/// # Errors
///
/// [`Error`] if the network cannot be read or does not have what the model needs, or the direction of the target is
/// open.
pub fn changes(model: &Model, net: &str, options: &Changes) -> Result<AllChanged, Error> {
    let search = Search::new(model, net, options)?;
    let start = search.start(net)?;
    let mut changed = search.changed_once(std::slice::from_ref(&start))?;
    search.sort(&mut changed);
    Ok(AllChanged { target: search.named(), start, changed })
}

/// The best networks within so many changes, each different one once, up to isomorphism: a beam search, which changes the
/// 32 best networks of each step further. Networks that are no better than the one at the start are left out.
///
/// # Errors
///
/// As those of [`changes`].
///
/// # Complexity
///
/// O(steps · 32 · neighbours) predictions.
pub fn improve(
    model: &Model,
    net: &str,
    steps: usize,
    options: &Changes,
) -> Result<AllChanged, Error> {
    let search = Search::new(model, net, options)?;
    let start = search.start(net)?;
    let mut seen = HashSet::from([search.identity(&start)]);
    let (mut best, mut beam): (Vec<Changed>, _) = (Vec::new(), vec![start.clone()]);
    for _ in 0..steps {
        let mut changed = search.changed_once(&beam)?;
        search.sort(&mut changed);
        let ids: Vec<Identity> = changed.par_iter().map(|one| search.identity(one)).collect();
        let new = changed.into_iter().zip(ids).filter(|(_, id)| seen.insert(*id));
        beam = new.map(|(one, _)| one).take(BEAM).collect();
        best.extend(beam.iter().cloned());
    }
    search.sort(&mut best);
    best.retain(|one| search.worth(one) > search.worth(&start));
    best.truncate(BEAM);
    Ok(AllChanged { target: search.named(), start, changed: best })
}

/// What is searched with.
struct Search<'a> {
    model: &'a Model,
    of_model: OfModel,
    target: usize,
    direction: Direction,
}

impl<'a> Search<'a> {
    fn new(model: &'a Model, net: &str, options: &Changes) -> Result<Self, Error> {
        let request = options.request.of_model(&model.header)?;
        let objectives = options.stated.complete(&model.header.objectives())?;
        let (target, objective) = ranked_by(&objectives, options.target.as_deref())?;
        let direction = objective.needed_for("the best change")?;
        let of_model = OfModel::new(&model.header, &request, net)?;
        Ok(Search { model, of_model, target, direction })
    }

    fn named(&self) -> (String, Direction) {
        (self.model.header.targets[self.target].clone(), self.direction)
    }

    fn start(&self, net: &str) -> Result<Changed, Error> {
        let network = self.of_model.read(net)?;
        let mut start = [Changed {
            network,
            net: net.trim().to_owned(),
            changes: Vec::new(),
            prediction: f64::NAN,
        }];
        self.predict(&mut start)?;
        let [start] = start;
        Ok(start)
    }

    /// All that one more change makes of some networks.
    fn changed_once(&self, networks: &[Changed]) -> Result<Vec<Changed>, Error> {
        let space = self.of_model.space();
        let each = networks.par_iter().map(|one| {
            let written = |network: &Architecture| match space.encodings().first() {
                Some(encoding) => (encoding.write)(network),
                None => Ok(String::new()),
            };
            let made = space.neighbours(&one.network)?.into_iter().map(|(change, network)| {
                let changes = one.changes.iter().copied().chain([change]).collect();
                Ok(Changed { net: written(&network)?, network, changes, prediction: f64::NAN })
            });
            made.collect::<Result<Vec<_>, EncodingError>>()
        });
        let each = each.collect::<Result<Vec<_>, _>>()?;
        let mut all = each.concat();
        self.predict(&mut all)?;
        Ok(all)
    }

    fn predict(&self, networks: &mut [Changed]) -> Result<(), Error> {
        let all: Vec<Architecture> = networks.iter().map(|one| one.network.clone()).collect();
        let mean = self.model.predictor.mean(self.of_model.records(&all)?.view())?;
        let mean = mean.index_axis(Axis(1), self.target);
        for (one, &prediction) in networks.iter_mut().zip(mean) {
            one.prediction = prediction;
        }
        match networks.iter().find(|one| !one.prediction.is_finite()) {
            Some(one) => {
                Err(Error::NotFinite { input: one.net.clone(), place: "its prediction".to_owned() })
            }
            None => Ok(()),
        }
    }

    fn worth(&self, one: &Changed) -> f64 {
        self.direction.worth(one.prediction)
    }

    /// The best first; equal ones keep their order.
    fn sort(&self, changed: &mut [Changed]) {
        changed.sort_by(|one, other| self.worth(other).total_cmp(&self.worth(one)));
    }

    fn identity(&self, one: &Changed) -> Identity {
        self.of_model.space().identity(&one.network)
    }
}

/// Writes networks that were changed, at most so many: the changes, the network, its prediction, and how far that
/// differs from the one at the start.
///
/// # Errors
///
/// [`Error::NotNumbers`] for a matrix; [`Error::Table`] if the output cannot be written.
pub fn write_changes(
    all: &AllChanged,
    most: usize,
    output: &Output,
    format: Option<OutputFormat>,
) -> Result<(), Error> {
    let begun = Begun::new(output, format)?;
    if begun.format().is_matrix() {
        return Err(Error::NotNumbers);
    }
    let texts = ["changes", "net"].map(str::to_owned);
    let numbers = ["difference", "prediction"].map(str::to_owned);
    let mut writer = begun.with_columns(&texts, &numbers)?;
    let Some(space) = all.start.network.search_space() else { return Ok(writer.finish()?) };
    for one in all.changed.iter().take(most) {
        let changes = one.changes.iter().map(|change| change.words(space).to_string());
        let changes = changes.collect::<Vec<_>>().join("; ");
        let texts = [changes.as_str(), &one.net].map(|text| Value::Text(text.into()));
        let mut line = Vec::new();
        let numbers = [one.prediction - all.start.prediction, one.prediction];
        let encoded = writer.encoder().row(&texts.each_ref(), &numbers, &mut line);
        encoded.map_err(|error| Error::Unwritable { reason: error.to_string() })?;
        writer.write(1, &line)?;
    }
    Ok(writer.finish()?)
}

/// Draws the network at the start, each operation coloured by the mean difference that replacing it makes.
///
/// # Errors
///
/// [`Error::Encoding`] if the network is of no registered space.
pub fn drawing(all: &AllChanged) -> Result<String, Error> {
    let (target, _) = &all.target;
    let title = format!("{}: {target} {:.4}", all.start.net, all.start.prediction);
    Ok(svg(&all.start.network, &title, &effects(all))?)
}

/// Of each operation of the network at the start the mean difference that replacing it makes.
pub fn effects(all: &AllChanged) -> Colours {
    let (target, _) = &all.target;
    let cells = all.start.network.cells().len();
    let mut of_cells: Vec<Vec<(OpPlace, f64)>> = vec![Vec::new(); cells];
    for (place, found) in of_cells.iter_mut().enumerate() {
        let replaced = all.changed.iter().filter_map(|one| match one.changes[..] {
            [Change { cell, edit: Edit::Replace(at, ..) }] if cell == place => {
                Some((at, one.prediction - all.start.prediction))
            }
            _ => None,
        });
        let mut replaced: Vec<(OpPlace, f64)> = replaced.collect();
        replaced.sort_by_key(|(at, _)| *at);
        *found = replaced
            .chunk_by(|one, next| one.0 == next.0)
            .map(|same| {
                let sum: f64 = same.iter().map(|(_, difference)| difference).sum();
                (same[0].0, sum / same.len() as f64)
            })
            .collect();
    }
    let what = format!(
        "Mean change of the prediction of {target} when an operation is replaced: orange lowers it, blue raises it"
    );
    Colours { what, of_cells }
}
