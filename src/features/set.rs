//! The features that are chosen for a space, planned once and computed for each network.

use std::collections::HashMap;
use std::ops::Range;

use ndarray::Array2;
use ndarray::parallel::prelude::*;

use super::compat::Renaming;
use super::{
    Device, FAMILIES, Family, FeatureConfig, FeatureError, Labels, Names, Scratch, Subsets, near,
};
use crate::control::Control;
use crate::space::{Architecture, SearchSpace};

/// The features of one search space: their names, and how to compute them.
#[derive(Debug)]
pub struct FeatureSet {
    space: &'static dyn SearchSpace,
    names: Vec<String>,
    planned: Vec<Planned>,
    /// How many of the families, and of the columns, are not in addition to others.
    chosen: (usize, usize),
    /// The largest of the families' sets; the others are its beginnings. `None` if no family
    /// reads paths.
    walked: Option<Subsets>,
    renaming: Option<Renaming>,
    device: Option<Device>,
}

/// A family with its place in the row.
struct Planned {
    family: &'static dyn Family,
    /// The largest sets that were asked for.
    limit: usize,
    subsets: Subsets,
    columns: Range<usize>,
    /// Where columns are learned, the place of each among them.
    learned: Option<HashMap<String, usize>>,
}

impl std::fmt::Debug for Planned {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(out, "{} in {:?}", self.family.name(), self.columns)
    }
}

/// Names the first network that is not of a space.
///
/// # Errors
///
/// [`FeatureError::WrongSpace`] with its index.
pub(crate) fn check_spaces(
    space: &dyn SearchSpace,
    networks: &[Architecture],
) -> Result<(), FeatureError> {
    let expected = space.name();
    match networks.iter().position(|network| network.space() != expected) {
        Some(index) => {
            let found = networks[index].space();
            Err(FeatureError::WrongSpace { index: Some(index), found, expected })
        }
        None => Ok(()),
    }
}

impl FeatureSet {
    /// Plans the features that `config` chooses for `space`.
    ///
    /// # Errors
    ///
    /// [`FeatureError`] if a family is unknown, undefined for the space or named twice, if the
    /// paper repository's names are asked for where it has none, or if a column is chosen that there
    /// is not.
    pub fn new(
        space: &'static dyn SearchSpace,
        config: &FeatureConfig,
    ) -> Result<Self, FeatureError> {
        config.check_columns()?;
        let mut planned: Vec<Planned> = Vec::new();
        let mut names = Vec::new();
        let (families, chosen) = config.families_for(space)?;
        for family in families {
            if planned.iter().any(|other| other.family.name() == family.name()) {
                return Err(FeatureError::Twice { name: family.name() });
            }
            let limit = config.subset_size(space, family.name())?;
            // zc_combine limits the banned operations of this family, which needs all the others.
            let is_banned = config.names == Names::ZcCombine && family.name() == "min_path_len";
            let ops = space.operations().len();
            let subsets = Subsets::new(ops, if is_banned { ops } else { limit });
            let start = names.len();
            match (family.needs_device(), config.device) {
                (false, _) => names.extend(family.names(space, &subsets)),
                (true, Some(device)) => names.extend(family.names_on(device)),
                (true, None) => return Err(FeatureError::NoDevice { name: family.name() }),
            }
            let learned = family.is_learned().then(|| {
                let own = config.learned.iter().filter(|name| family.owns(name));
                names.extend(own.cloned());
                names[start..].iter().cloned().zip(0..).collect()
            });
            planned.push(Planned { family, limit, subsets, columns: start..names.len(), learned });
        }
        let walked = planned.iter().filter(|plan| plan.family.reads_paths());
        let walked = walked.map(|plan| &plan.subsets).max_by_key(|subsets| subsets.len()).cloned();
        let end = |plan: &Planned| plan.columns.end;
        let (mut renaming, ends): (Option<Renaming>, Vec<usize>) = match config.names {
            Names::Readable => (None, planned.iter().map(end).collect()),
            Names::ZcCombine => {
                let parts =
                    planned.iter().map(|plan| (plan.family.name(), plan.limit, &plan.subsets));
                let (renaming, ends) = Renaming::new(space, parts, &names)?;
                (Some(renaming), ends)
            }
        };
        let mut width = chosen.checked_sub(1).map_or(0, |last| ends[last]);
        if let Some(columns) = &config.columns {
            let all = renaming.get_or_insert_with(|| Renaming::none(&names));
            let places: HashMap<&String, usize> = all.names()[..width].iter().zip(0..).collect();
            let place = |name: &String| {
                let place = places.get(name).copied();
                place.ok_or_else(|| Self::no_such_column(space, config, name))
            };
            let kept = columns.iter().map(place).collect::<Result<Vec<_>, _>>()?;
            let besides = width..all.names().len();
            width = kept.len();
            *all = all.select(kept.into_iter().chain(besides));
        }
        if let Some(renaming) = &renaming {
            names = renaming.names().to_vec();
        }
        let chosen = (chosen, width);
        let device = config.device;
        Ok(FeatureSet { space, names, planned, chosen, walked, renaming, device })
    }

    /// Why a column cannot be chosen.
    fn no_such_column(
        space: &'static dyn SearchSpace,
        config: &FeatureConfig,
        name: &str,
    ) -> FeatureError {
        let name = name.to_owned();
        if let Some(family) = FAMILIES.into_iter().find(|f| f.is_learned() && f.owns(&name)) {
            return FeatureError::LearnedColumn { name, family: family.name() };
        }
        let all = FeatureConfig { columns: None, also: Vec::new(), ..config.clone() };
        match FeatureSet::new(space, &all) {
            Ok(set) => {
                let near = near::nearest(&name, set.names()).join(", ");
                FeatureError::NoSuchColumn { name, space: space.name(), count: set.len(), near }
            }
            Err(error) => error,
        }
    }

    /// The space whose architectures it takes.
    pub fn space(&self) -> &'static dyn SearchSpace {
        self.space
    }

    /// The columns' names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no column.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Room to compute rows in; one for each thread.
    pub fn scratch(&self) -> Scratch {
        let width = self.planned.last().map_or(0, |plan| plan.columns.end);
        let row = if self.renaming.is_some() { vec![0.0; width] } else { Vec::new() };
        Scratch { row, ..Scratch::default() }
    }

    /// Writes the features of an architecture to `row`, as many as [`FeatureSet::len`].
    ///
    /// # Errors
    ///
    /// [`FeatureError::WrongSpace`], [`FeatureError::WrongWidth`], and [`FeatureError::OtherParts`] for a DARTS cell whose
    /// operations are not eight, if a family lists them.
    ///
    /// # Complexity
    ///
    /// O(columns + edges · path length); allocates nothing but, once, the scratch.
    pub fn compute(
        &self,
        architecture: &Architecture,
        scratch: &mut Scratch,
        row: &mut [f64],
    ) -> Result<(), FeatureError> {
        self.check_space(architecture)?;
        if row.len() != self.len() {
            return Err(FeatureError::WrongWidth { found: row.len(), expected: self.len() });
        }
        self.planned.iter().try_for_each(|plan| plan.family.check(architecture))?;
        match &self.renaming {
            None => self.compute_readable(architecture, scratch, row),
            Some(renaming) => {
                let mut readable = std::mem::take(&mut scratch.row);
                readable.resize(self.planned.last().map_or(0, |plan| plan.columns.end), 0.0);
                self.compute_readable(architecture, scratch, &mut readable);
                renaming.write(&readable, architecture.is_padded(), row);
                scratch.row = readable;
            }
        }
        Ok(())
    }

    fn compute_readable(&self, network: &Architecture, scratch: &mut Scratch, row: &mut [f64]) {
        scratch.live.forget();
        scratch.device = self.device;
        if let Some(subsets) = &self.walked {
            scratch.paths.walk(network.cells(), subsets);
        }
        for plan in &self.planned {
            let row = &mut row[plan.columns.clone()];
            match &plan.learned {
                None => plan.family.compute(network, &plan.subsets, scratch, row),
                Some(places) => {
                    row.fill(0.0);
                    plan.family.labels(network, &mut scratch.label, &mut |label| {
                        if let Some(&place) = places.get(label) {
                            row[place] += 1.0;
                        }
                    });
                }
            }
        }
    }

    /// Whether some of its columns are learned: those of [`FeatureConfig::learned`].
    pub fn is_learned(&self) -> bool {
        self.planned.iter().any(|plan| plan.learned.is_some())
    }

    /// The columns that are chosen for themselves: those of [`FeatureConfig::also`] stand behind
    /// them. With them, whether some are learned.
    pub(crate) fn chosen(&self) -> (&[String], bool) {
        let (families, columns) = self.chosen;
        let is_learned = self.planned[..families].iter().any(|plan| plan.learned.is_some());
        (&self.names[..columns], is_learned)
    }

    /// The labels of an architecture, each as often as it has it: names for columns to learn.
    ///
    /// # Errors
    ///
    /// [`FeatureError::WrongSpace`].
    pub fn labels_of(
        &self,
        architecture: &Architecture,
        scratch: &mut Scratch,
    ) -> Result<Vec<String>, FeatureError> {
        self.check_space(architecture)?;
        let mut labels = Vec::new();
        for plan in self.planned.iter().filter(|plan| plan.learned.is_some()) {
            plan.family.labels(architecture, &mut scratch.label, &mut |label| {
                labels.push(label.to_owned());
            });
        }
        Ok(labels)
    }

    /// The labels of many architectures, found in parallel: a row each, in their order.
    ///
    /// # Errors
    ///
    /// [`FeatureError::WrongSpace`] if one is of another space.
    pub fn labels(&self, architectures: &[Architecture]) -> Result<Labels, FeatureError> {
        check_spaces(self.space, architectures)?;
        let rows = architectures.into_par_iter().map_init(
            || self.scratch(),
            |scratch, architecture| self.labels_of(architecture, scratch),
        );
        let mut labels = Labels::default();
        for row in rows.collect::<Result<Vec<_>, _>>()? {
            labels.push(row);
        }
        Ok(labels)
    }

    fn check_space(&self, architecture: &Architecture) -> Result<(), FeatureError> {
        let (found, expected) = (architecture.space(), self.space.name());
        if found == expected {
            Ok(())
        } else {
            Err(FeatureError::WrongSpace { index: None, found, expected })
        }
    }

    /// The features of many architectures, computed in parallel: a row each, in their order.
    ///
    /// # Errors
    ///
    /// [`FeatureError::WrongSpace`] if one is of another space.
    pub fn matrix(&self, architectures: &[Architecture]) -> Result<Array2<f64>, FeatureError> {
        self.matrix_under(architectures, &Control::default())
    }

    /// The same, which its caller can cancel and watch: each network is a step.
    ///
    /// # Errors
    ///
    /// As those of [`FeatureSet::matrix`], and [`FeatureError::Cancelled`].
    pub fn matrix_under(
        &self,
        architectures: &[Architecture],
        control: &Control,
    ) -> Result<Array2<f64>, FeatureError> {
        check_spaces(self.space, architectures)?;
        let steps = control.steps(architectures.len());
        let mut matrix = Array2::zeros((architectures.len(), self.len()));
        matrix.outer_iter_mut().into_par_iter().zip(architectures).try_for_each_init(
            || self.scratch(),
            |scratch, (mut row, architecture)| {
                let found = row.len();
                let wrong = FeatureError::WrongWidth { found, expected: self.len() };
                self.compute(architecture, scratch, row.as_slice_mut().ok_or(wrong)?)?;
                steps.done().map_err(FeatureError::from)
            },
        )?;
        Ok(matrix)
    }
}
