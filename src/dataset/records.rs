//! From a table to numbers: what predicts, and what is predicted, in each row.
//!
//! Nothing is used that was not named: a dump has accuracies after fewer epochs and training times
//! beside the target, and a default that took them in would cheat.

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::Sought;
use super::columns::{ColumnChoice, Source, chosen, is_absent_label};
use super::counts::RowCounts;
use super::curve::Curve;
use super::filter::{Filter, FilterScratch};
use super::joins::Joins;
use super::kinds::Kinds;
use super::known::Known;
use super::networks::{Networks, Opened, network, open, told_by_rows};
use super::rejects::Rejects;
use super::request::{Identify, Missing, Request};
use super::unidentified::Unidentified;
use super::{Error, Fault, model_space, zc_columns};
use crate::features::{FeatureSet, Scratch};
use crate::graph::Identity;
use crate::space::{self, Architecture, EncodingColumns, SPACES, SearchSpace};
use crate::stream::{Chunk, NUMBER_ROWS, read_chunks};
use crate::table::{BrokenRow, Input, Row, Value, clip, clip_first, clip_list, find_column};

/// What dumps hold where a proxy could not be computed.
const NOT_COMPUTED: f64 = -1e8;

/// The most columns of a model that a message names: graf inspect shows all.
const FEW: usize = 5;

/// Rows as numbers.
#[derive(Debug, Default)]
pub struct Numbers {
    /// The rows, those that were left out or broken not among them. They have a value for each of
    /// [`Records::columns`]; of joined tables those that are [carried](Request::carried).
    pub rows: Vec<Row>,
    /// For each row the predictors; NaN where one is missing.
    pub records: Vec<f64>,
    /// For each row the targets.
    pub targets: Vec<f64>,
    /// For each row the labels from which columns are learned; none where none are.
    pub labels: Vec<Vec<String>>,
    /// For each row which network it is, if that was asked for and there are networks.
    pub networks: Vec<Known>,
    /// For each row what its network computes, if only that was asked for and networks are read.
    pub functions: Vec<Identity>,
    /// For each row the kinds of its operations on live paths, if which network it is was asked for or
    /// a model says [what it has seen](Request::seen), and there are networks.
    pub kinds: Vec<Kinds>,
    /// Broken rows.
    pub broken: Vec<BrokenRow>,
    /// Rows that are not among these, or lack columns of a joined table.
    pub aside: RowCounts,
}

/// What is wanted of one row, beside its predictors.
struct Found {
    targets: Vec<f64>,
    labels: Vec<String>,
    network: Option<Known>,
    function: Option<Identity>,
    kinds: Option<Kinds>,
}

/// What receives the numbers of each chunk of rows; it says whether to go on.
pub type Each<'a> = &'a mut dyn FnMut(&Records, Numbers) -> Result<ControlFlow<()>, Error>;

/// An open table: what is read of each row.
pub struct Records {
    /// Those of the table itself, then those of the joined ones.
    columns: Vec<String>,
    /// How many are of the table itself.
    own: usize,
    /// For each column of a joined table whether rows carry it.
    carried: Vec<bool>,
    encoding: Option<EncodingColumns>,
    space: Option<&'static dyn SearchSpace>,
    zc_combine: Option<&'static dyn SearchSpace>,
    joins: Joins,
    features: Option<FeatureSet>,
    filter: Option<Filter>,
    predictors: Vec<(String, Source)>,
    targets: Vec<(String, usize)>,
    is_learned: bool,
    /// Whether it is asked what networks compute, and nothing else of them.
    asks_functions: bool,
    /// The space that networks are identified in, where they are.
    identity_space: Option<&'static dyn SearchSpace>,
    seen: Option<Kinds>,
    /// The kind of each operation of the space, if those of networks are asked for.
    kinds: Vec<Kinds>,
    networks: Networks,
    missing: Missing,
    input: String,
}

/// Room to take numbers from rows in; one for each thread.
struct RowScratch {
    scratch: Scratch,
    features: Vec<f64>,
    filter: FilterScratch,
}

/// What was taken from a row.
#[derive(Default)]
struct Taken {
    /// Absent if the row is left out.
    found: Option<Found>,
    /// Whether a joined table lacks it.
    unmatched: bool,
    /// Whether all of its targets are empty.
    untrained: bool,
    /// Whether it does not meet the condition.
    excluded: bool,
}

impl Records {
    /// Opens a table, finds its networks and the columns that are asked for, and gives its chunks
    /// of rows, as numbers, to `each`.
    ///
    /// # Errors
    ///
    /// If the table cannot be read, a column is not there, or (unless they are skipped) a row is
    /// broken.
    pub fn read(
        input: &Input,
        request: &Request,
        predictors: &ColumnChoice,
        targets: &[String],
        rejects: &mut Option<Rejects>,
        each: Each,
    ) -> Result<(), Error> {
        let space = request.networks.space.or(request.model_space);
        let named = request.networks.encoding_column.as_deref();
        let reader = open(input, &request.read, named, space)?;
        let columns = reader.columns().to_vec();
        let by_group = reader.groups().iter().find_map(|group| space::by_name(group));
        let mut records: Option<Records> = None;
        let mut untold = Unidentified::default();
        let (mut rows, mut broken, mut first_broken) = (0, 0, None);
        read_chunks(reader, NUMBER_ROWS, &mut |mut chunk: Chunk| {
            let mut broken_before = 0;
            let records = match &records {
                Some(records) => records,
                None => match Records::open(
                    input, &columns, by_group, &mut chunk, request, predictors, targets,
                ) {
                    Ok(open) => {
                        broken_before = untold.rows();
                        records.insert(open)
                    }
                    Err(error)
                        if request.networks.skip_broken && untold.goes_on(&error, &chunk) =>
                    {
                        let named = request.networks.encoding_column.as_deref();
                        let encoding = EncodingColumns::find(&columns, named)
                            .map_err(|error| Error::Columns { input: input.to_string(), error })?;
                        untold.reject(chunk, &columns, &encoding, rejects)?;
                        return Ok(ControlFlow::Continue(()));
                    }
                    Err(error) => return Err(error),
                },
            };
            let mut numbers = records.numbers(chunk);
            numbers.aside.broken += broken_before;
            rows += numbers.rows.len() as u64 + numbers.aside.dropped + numbers.aside.excluded;
            if !request.networks.skip_broken && !numbers.broken.is_empty() {
                let others = rows > 0 || numbers.broken.len() == 1;
                return Err(Error::broken(input, numbers.broken.swap_remove(0), others));
            }
            if let Some(first) = numbers.broken.first() {
                first_broken.get_or_insert_with(|| first.to_string());
            }
            broken += numbers.broken.len() as u64;
            if let Some(rejects) = rejects {
                for broken in &numbers.broken {
                    rejects.write(broken)?;
                }
            }
            each(records, numbers)
        })?;
        if records.is_none() {
            return untold.end(input, rejects.take());
        }
        if let (0, Some(first)) = (rows, first_broken) {
            if let Some(rejects) = rejects.take() {
                rejects.finish()?;
            }
            let rows = broken + untold.rows();
            return Err(Error::AllBroken { input: input.to_string(), rows, first });
        }
        Ok(())
    }

    fn open(
        input: &Input,
        columns: &[String],
        by_group: Option<&'static dyn SearchSpace>,
        first: &mut Chunk,
        request: &Request,
        predictors: &ColumnChoice,
        targets: &[String],
    ) -> Result<Self, Error> {
        let networks = &request.networks;
        // A table of features may have left its networks behind: their column is missed if it is
        // named, and otherwise only where networks are needed.
        let found = EncodingColumns::find(columns, networks.encoding_column.as_deref())
            .map_err(|error| Error::Columns { input: input.to_string(), error });
        let found = match found {
            Err(error) if networks.encoding_column.is_some() => return Err(error),
            found => found,
        };
        let encoding = found.as_ref().ok().cloned();
        let absent = absent(predictors, columns);
        // Options about networks ask for them, where there are any.
        let asks = networks.space.is_some() || networks.drop_unreachable || networks.prune;
        let asks = asks || request.identify == Identify::Always;
        let needs_networks = (asks && encoding.is_some())
            || !request.joins.is_empty()
            || predictors.need_networks(columns, encoding.is_some())
            || request.condition.as_ref().is_some_and(|one| Filter::needs_networks(one, columns));
        // Who joins tables needs networks whatever the model needs.
        if let (None, true, ColumnChoice::Named(names, _), Some(name)) =
            (encoding.as_ref(), request.joins.is_empty(), predictors, absent)
        {
            return Err(Error::NoPredictor {
                input: input.to_string(),
                name: clip(name),
                needed: clip_first(names, FEW),
                columns: clip_list(columns),
            });
        }
        let mut space = None;
        if needs_networks {
            let encoding = &found?;
            let name = encoding.name(columns);
            let told = networks.space.or(by_group).or(request.model_space).map_or_else(
                || told_by_rows(first, encoding, networks.skip_broken, input, &name),
                Ok,
            )?;
            if let Some(model) = request.model_space {
                model_space::check(model, told, first, encoding, input)?;
            }
            Opened { columns, encoding, space: told }.check(networks)?;
            space = Some(told);
        }
        let joins = match space {
            Some(space) => {
                Joins::read(&request.joins, networks.encoding_column.as_deref(), columns, space)?
            }
            None => Joins::default(),
        };
        let wide: Vec<String> = columns.iter().chain(&joins.names).cloned().collect();
        let planned = space.zip(predictors.planned(&request.features, &wide));
        let features =
            planned.map(|(space, features)| FeatureSet::new(space, &features)).transpose()?;
        let filter = request.condition.as_ref();
        let filter = filter.map(|condition| Filter::new(condition, space, &wide)).transpose()?;
        let is_learned = features.as_ref().is_some_and(|set| predictors.are_learned(&wide, set));
        let is_new = matches!(predictors, ColumnChoice::Groups { .. });
        let predictors = chosen(&wide, features.as_ref(), predictors, &spelled(targets, &wide))?;
        let told = || {
            let texts = |of| first.iter().flatten().map(move |row| EncodingColumns::text(of, row));
            let infer = || space::infer(texts(encoding.as_ref()?)).ok();
            space.or(networks.space).or(by_group).or_else(infer)
        };
        let zc_combine = is_new.then(|| match told() {
            Some(space) => zc_columns::space_of(&predictors, &request.features, &[space]),
            None => zc_columns::space_of(&predictors, &request.features, &SPACES),
        });
        let find_target = |name: &String| match find_column(&wide, name) {
            Some(place) => Ok((name.clone(), place)),
            None => Err(Error::Target {
                name: name.clone(),
                columns: clip_list(&wide),
                sought: if is_new { Sought::Target } else { Sought::Truth },
            }),
        };
        let identity_space = match request.identify {
            Identify::Never | Identify::Functions => None,
            Identify::Always => space,
            Identify::IfTold => told().filter(|_| encoding.is_some()),
        };
        let asks_kinds = identity_space.is_some() || request.seen.is_some();
        Ok(Records {
            kinds: space.filter(|_| asks_kinds).map_or_else(Vec::new, Kinds::of_ops),
            seen: request.seen,
            targets: targets.iter().map(find_target).collect::<Result<_, _>>()?,
            own: columns.len(),
            carried: joins.names.iter().map(|name| request.carried.contains(name)).collect(),
            columns: wide,
            encoding,
            space,
            zc_combine: zc_combine.flatten(),
            joins,
            features,
            filter,
            predictors,
            is_learned,
            asks_functions: request.identify == Identify::Functions,
            identity_space,
            networks: networks.clone(),
            missing: request.missing.unwrap_or_default(),
            input: input.to_string(),
        })
    }

    /// The columns of the table and of those joined to it.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The columns of the table itself.
    pub fn own_columns(&self) -> &[String] {
        &self.columns[..self.own]
    }

    /// The space, where it had to be known.
    pub fn space(&self) -> Option<&'static dyn SearchSpace> {
        self.space
    }

    /// The space whose columns of `zc_combine` the table's features are, if they are.
    pub fn zc_combine(&self) -> Option<&'static dyn SearchSpace> {
        self.zc_combine
    }

    /// Where the encodings stand, if the table has any.
    pub fn encoding(&self) -> Option<&EncodingColumns> {
        self.encoding.as_ref()
    }

    /// The names of the predictors.
    pub fn predictors(&self) -> Vec<String> {
        self.predictors.iter().map(|predictor| predictor.0.clone()).collect()
    }

    /// The names of those predictors that some groups mean, and whether more are learned.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyUse`] if a group means none.
    pub fn meant_by(&self, groups: &ColumnChoice) -> Result<(Vec<String>, bool), Error> {
        let targets: Vec<_> =
            self.targets.iter().map(|target| self.columns[target.1].clone()).collect();
        let features = self.features.as_ref();
        let meant = chosen(&self.columns, features, groups, &targets)?;
        let is_learned = features.is_some_and(|set| groups.are_learned(&self.columns, set));
        Ok((meant.into_iter().map(|predictor| predictor.0).collect(), is_learned))
    }

    /// Those of the predictors that are proxies.
    pub fn proxies(&self) -> Vec<String> {
        let is_proxy = |source: &Source| matches!(source, Source::Column(_, true));
        let proxies = self.predictors.iter().filter(|(_, source)| is_proxy(source));
        proxies.map(|(name, _)| name.clone()).collect()
    }

    /// The numbers of a chunk of rows, in their order.
    fn numbers(&self, chunk: Chunk) -> Numbers {
        let width = self.predictors.len();
        let mut records = vec![0.0; chunk.len() * width];
        let mut rest = &mut records[..];
        let places: Vec<&mut [f64]> =
            chunk.iter().map(|_| rest.split_off_mut(..width).unwrap_or_default()).collect();
        let rows = chunk.into_par_iter().zip(places).map_init(
            || RowScratch {
                scratch: Scratch::default(),
                features: vec![0.0; self.features.as_ref().map_or(0, FeatureSet::len)],
                filter: FilterScratch::default(),
            },
            |room, (row, record)| {
                let mut row = row?;
                match self.row(&mut row, record, room) {
                    Ok(numbers) => Ok((row, numbers)),
                    Err(fault) => Err(fault.of(&row, &self.columns)),
                }
            },
        );
        let rows: Vec<_> = rows.collect();
        let mut numbers = Numbers::default();
        numbers.aside.doubled = self.joins.doubled;
        for (place, row) in rows.into_iter().enumerate() {
            match row {
                Err(broken) => {
                    numbers.broken.push(broken);
                    numbers.aside.broken += 1;
                }
                Ok((row, taken)) => {
                    let unmatched = u64::from(taken.unmatched);
                    numbers.aside.unmatched += unmatched;
                    if let Some(found) = taken.found {
                        // It moves up to those before it that were not left out.
                        let from = place * width;
                        records.copy_within(from..from + width, numbers.rows.len() * width);
                        numbers.rows.push(row);
                        numbers.targets.extend(found.targets);
                        numbers.labels.push(found.labels);
                        numbers.networks.extend(found.network);
                        numbers.functions.extend(found.function);
                        if let (Some(kinds), Some(seen)) = (found.kinds, self.seen) {
                            numbers.aside.unseen.count(kinds, seen);
                        }
                        numbers.kinds.extend(found.kinds);
                    } else if taken.excluded {
                        numbers.aside.excluded += 1;
                    } else if taken.untrained {
                        numbers.aside.untrained += 1;
                    } else {
                        numbers.aside.dropped += 1;
                        numbers.aside.unmatched_dropped += unmatched;
                    }
                }
            }
        }
        records.truncate(numbers.rows.len() * width);
        numbers.records = records;
        numbers
    }

    /// The numbers of a row, which gets the values that it carries of joined tables. Its predictors are
    /// written to `record`.
    fn row(
        &self,
        row: &mut Row,
        record: &mut [f64],
        RowScratch { scratch, features, filter }: &mut RowScratch,
    ) -> Result<Taken, Fault> {
        let mut joined: Vec<&Value> = Vec::new();
        let mut labels = Vec::new();
        let (mut known, mut function, mut kinds) = (None, None, None);
        let mut unmatched = false;
        if let (Some(space), Some(encoding)) = (self.space, &self.encoding) {
            let opened = Opened { columns: &self.columns, encoding, space };
            let Some(network) = network(&opened, &self.networks, row)? else {
                return Ok(Taken::default());
            };
            if !self.joins.is_empty() {
                (joined, unmatched) = self.joins.values(space, &network)?;
            }
            if self.excludes(Some(&network), row, &joined, filter)? {
                return Ok(Taken { excluded: true, ..Taken::default() });
            }
            if let Some(set) = &self.features {
                set.compute(&network, scratch, features).map_err(Fault::of_network)?;
                if self.is_learned {
                    labels = set.labels_of(&network, scratch).map_err(Fault::of_network)?;
                }
            }
            if self.identity_space.is_some() {
                known = Some(Known::new(space, &network)?);
            }
            function = self.asks_functions.then(|| space.function(&network));
            if !self.kinds.is_empty() {
                let mut found = Kinds::default();
                scratch.live_ops(space, &network, |op| found |= self.kinds[op]);
                kinds = Some(found);
            }
        } else if self.excludes(None, row, &joined, filter)? {
            return Ok(Taken { excluded: true, ..Taken::default() });
        }
        if let (None, Some(space), Some(encoding)) =
            (self.space, self.identity_space, &self.encoding)
        {
            // No feature is made of the network: where it cannot be read, no row counts as identified.
            let network = space.read_as(self.networks.encoding.as_deref(), &encoding.text(row));
            known = network.ok().and_then(|network| Known::new(space, &network).ok());
        }
        let value = |place: usize| value(row, &joined, place);
        for (place, (name, source)) in record.iter_mut().zip(&self.predictors) {
            *place = match source {
                Source::Feature(place) => features[*place],
                Source::Zero => 0.0,
                Source::Column(place, is_proxy) => self.number(value(*place), *is_proxy, name)?,
                Source::Curve(curve, statistic, places) => {
                    let number =
                        |&place: &usize| self.number(value(place), false, &self.columns[place]);
                    let values = places.iter().map(number).collect::<Result<Vec<_>, _>>()?;
                    curve.statistic(*statistic, &values)
                }
            };
        }
        let mut truth = self.targets.iter().map(|(_, place)| value(*place));
        let untrained = !self.targets.is_empty() && truth.all(is_empty);
        let targets = self.targets.iter().map(|(name, place)| self.target(value(*place), name));
        let targets = targets.collect::<Result<Vec<_>, _>>()?;
        let lacks = |numbers: &[f64]| numbers.iter().any(|number| number.is_nan());
        let left_out = lacks(&targets) || (self.missing == Missing::Drop && lacks(record));
        let carry = |(value, carried): (&Value, &bool)| {
            if *carried { value.clone() } else { Value::Missing }
        };
        row.values.extend(joined.into_iter().zip(&self.carried).map(carry));
        let found = Found { targets, labels, network: known, function, kinds };
        Ok(Taken { found: (!left_out).then_some(found), unmatched, untrained, excluded: false })
    }

    /// Whether a row does not meet the condition.
    fn excludes(
        &self,
        network: Option<&Architecture>,
        row: &Row,
        joined: &[&Value],
        scratch: &mut FilterScratch,
    ) -> Result<bool, Fault> {
        let Some(filter) = &self.filter else { return Ok(false) };
        Ok(!filter.holds(network, &|place| value(row, joined, place), scratch)?)
    }

    /// The number in the field of a target; NaN where it is missing and may be.
    fn target(&self, value: &Value, column: &str) -> Result<f64, Fault> {
        if self.missing == Missing::Error && is_empty(value) {
            return Err(Fault {
                column: Some(column.to_owned()),
                token: value.text().into_owned(),
                reason:
                    "the target is empty; --missing median or drop leaves out networks that are \
                         not trained yet"
                        .to_owned(),
            });
        }
        self.number(value, false, column)
    }

    /// The number in a field; NaN where it is missing and may be.
    fn number(&self, value: &Value, is_proxy: bool, column: &str) -> Result<f64, Fault> {
        let fault = |reason: &str| {
            let (column, token) = (Some(column.to_owned()), value.text().into_owned());
            Fault { column, token, reason: reason.to_owned() }
        };
        let missing = match value.number() {
            Some(number) if is_proxy && number == NOT_COMPUTED => {
                "the proxy could not be computed; choose what to do with --missing median or drop"
            }
            // −0 is 0: adding 0 makes it so.
            Some(number) if number.is_finite() => return Ok(number + 0.0),
            Some(_) => "not finite; choose what to do with --missing median or drop",
            None if is_empty(value) => "missing; choose what to do with --missing median or drop",
            None => return Err(fault("not a number, but a column of numbers is asked for")),
        };
        if self.missing == Missing::Error { Err(fault(missing)) } else { Ok(f64::NAN) }
    }

    /// The name of the input, for messages.
    pub fn input(&self) -> &str {
        &self.input
    }
}

/// A column of a model that a table does not have.
fn absent<'a>(predictors: &ColumnChoice<'a>, columns: &[String]) -> Option<&'a String> {
    let ColumnChoice::Named(names, _) = predictors else { return None };
    let is_absent = |name: &&String| {
        !columns.contains(name) && Curve::of_name(name).is_none() && !is_absent_label(name, columns)
    };
    names.iter().find(is_absent)
}

/// The value of a column: of the row itself, or of what was joined to it.
fn value<'a>(row: &'a Row, joined: &[&'a Value], place: usize) -> &'a Value {
    match place.checked_sub(row.values.len()) {
        None => &row.values[place],
        Some(place) => joined.get(place).copied().unwrap_or(&Value::Missing),
    }
}

/// The names of the targets as the columns have them: a target is none of the predictors, however it is spelled.
fn spelled(targets: &[String], columns: &[String]) -> Vec<String> {
    let column = |name: &String| find_column(columns, name).map(|place| columns[place].clone());
    targets.iter().map(|name| column(name).unwrap_or_else(|| name.clone())).collect()
}

/// Whether a field holds nothing.
fn is_empty(value: &Value) -> bool {
    value.number().is_none() && value.text().trim().is_empty()
}
