//! What is asked of a table that numbers are read from.

use super::kinds::Kinds;
use super::{Condition, Error, Networks};
use crate::features::{FeatureConfig, is_learned_name, mean_the_same_everywhere};
use crate::model::{Card, ModelError};
use crate::predictor::{Damaged, Footprint};
use crate::space::{self, SearchSpace, SpaceError};
use crate::table::{Input, ReadOptions, clip_list, find_column};

/// What to do with a value that is missing or not finite, or a proxy of −1e8.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Missing {
    /// It is an error.
    #[default]
    Error,
    /// The median of the training rows takes its place; rows without a target are left out.
    Median,
    /// The row is left out.
    Drop,
}

/// What is requested of a table.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// How it is read.
    pub read: ReadOptions,
    /// How networks are found in it.
    pub networks: Networks,
    /// Tables whose columns are added, matched by network.
    pub joins: Vec<Input>,
    /// Columns of joined tables that rows carry along.
    pub carried: Vec<String>,
    /// How much memory what is done with the rows takes, beside their numbers.
    pub footprint: Footprint,
    /// Which features are computed.
    pub features: FeatureConfig,
    /// What becomes of missing values; the model's own way if absent, or an error.
    pub missing: Option<Missing>,
    /// Rows that do not meet it are left out.
    pub condition: Option<Condition>,
    /// The space where neither the command nor the table names one: that of the model.
    pub model_space: Option<&'static dyn SearchSpace>,
    /// Whether it is to be told which network each row is.
    pub identify: Identify,
    /// What a model of any space has seen: rows with operations of other kinds are counted.
    pub seen: Option<Kinds>,
}

/// When it is told which network each row is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Identify {
    /// Never.
    #[default]
    Never,
    /// Only what they compute, and only where they are read for their features or for a join.
    Functions,
    /// Where they are read, and where their encodings need not be read but are of one space beyond doubt.
    IfTold,
    /// Wherever a table has networks.
    Always,
}

impl Request {
    /// The same for a model: its space, its pruning, its features, its way with missing values. A
    /// model whose columns mean the same everywhere is of any space.
    ///
    /// # Errors
    ///
    /// [`Error::OtherSpace`] and [`Error::OtherDescription`] if another space is asked for;
    /// [`Error::OtherPruning`] if networks are to be pruned and the model's were not;
    /// [`Error::NoMedians`] if the model has none for what is missing; [`Error::Model`] and
    /// [`Error::ModelSpace`] if the model's features cannot be computed by this version.
    pub(crate) fn of_model(&self, header: &Card) -> Result<Self, Error> {
        let mut request = self.clone();
        if mean_the_same_everywhere(&header.columns) {
            request.seen = (!header.kinds.is_empty()).then(|| Kinds::named(&header.kinds));
        } else {
            if let (Some(own), Some(asked)) = (header.space.as_deref(), self.networks.space)
                && own != asked.name()
            {
                return Err(Error::OtherSpace { model: own.to_owned(), asked: asked.name() });
            }
            request.model_space = space_of(header)?;
        }
        request.networks.prune = match (header.prune, self.networks.prune) {
            (Some(false), true) => return Err(Error::OtherPruning),
            (own, asked) => own.unwrap_or(asked),
        };
        request.features = header.features.clone();
        let learned = header.columns.iter().filter(|column| is_learned_name(column));
        request.features.learned = learned.cloned().collect();
        request.missing = match (self.missing, &header.medians) {
            (Some(Missing::Median), None) => return Err(Error::NoMedians),
            (None, Some(_)) => Some(Missing::Median),
            (given, _) => given,
        };
        Ok(request)
    }
}

/// The space of a model: a registered one, or the one whose description the model keeps.
fn space_of(header: &Card) -> Result<Option<&'static dyn SearchSpace>, Error> {
    let Some(description) = &header.description else {
        return Ok(header.space.as_deref().and_then(space::by_name));
    };
    let space = space::from_description(description).map_err(|error| match error {
        SpaceError::SameName { name, key } => Error::OtherDescription { name, key },
        error => Error::ModelSpace(error),
    })?;
    if header.space.as_deref() != Some(space.name()) {
        let error = ModelError::Damaged(Damaged("its header contradicts itself"));
        return Err(Error::Model { name: "the model".to_owned(), error });
    }
    Ok(Some(space))
}

/// Which of the input's columns go along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keep {
    /// All of them.
    All,
    /// None of them.
    None,
    /// Those named, in this order.
    Columns(Vec<String>),
}

impl Keep {
    /// The places of the columns.
    pub(crate) fn places(&self, columns: &[String]) -> Result<Vec<usize>, Error> {
        let Keep::Columns(names) = self else {
            return Ok(if *self == Keep::All { (0..columns.len()).collect() } else { Vec::new() });
        };
        let place = |name: &String| {
            let place = find_column(columns, name);
            place.ok_or_else(|| Error::Keep { name: name.clone(), columns: clip_list(columns) })
        };
        names.iter().map(place).collect()
    }
}
