//! Features of networks in memory, as a training set or a model has them.

use ndarray::Array2;
use rayon::prelude::*;

use super::Error;
use super::columns::{ColumnChoice, Source, chosen};
use super::kinds::Kinds;
use super::known::Known;
use crate::control::Control;
use crate::features::{FeatureConfig, FeatureError, FeatureSet, Labels, Scratch};
use crate::space::{Architecture, SearchSpace};

/// Columns that are computed from networks.
pub(crate) struct Computed {
    space: &'static dyn SearchSpace,
    features: FeatureSet,
    columns: Vec<(String, Source)>,
    is_learned: bool,
}

/// Room to compute rows in; one for each thread.
pub(crate) struct RowScratch {
    scratch: Scratch,
    features: Vec<f64>,
}

impl Computed {
    /// The columns of a choice, of features that a configuration plans.
    ///
    /// # Errors
    ///
    /// [`Error`] if the space does not have the features, or a column is no feature.
    pub fn new(
        space: &'static dyn SearchSpace,
        config: &FeatureConfig,
        choice: &ColumnChoice,
    ) -> Result<Self, Error> {
        let features = FeatureSet::new(space, config)?;
        let columns = chosen(&[], Some(&features), choice, &[])?;
        let is_learned = choice.are_learned(&[], &features);
        Ok(Computed { space, features, columns, is_learned })
    }

    /// The names of the columns.
    pub fn columns(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.0.clone()).collect()
    }

    /// Whether further columns are learned from networks.
    pub fn is_learned(&self) -> bool {
        self.is_learned
    }

    /// Room to compute rows in.
    pub fn scratch(&self) -> RowScratch {
        RowScratch { scratch: self.features.scratch(), features: vec![0.0; self.features.len()] }
    }

    /// The numbers of a network, one for each column.
    ///
    /// # Errors
    ///
    /// [`FeatureError`] if the network is of another space.
    pub fn row(
        &self,
        network: &Architecture,
        room: &mut RowScratch,
        row: &mut [f64],
    ) -> Result<(), FeatureError> {
        self.features.compute(network, &mut room.scratch, &mut room.features)?;
        for (number, (_, source)) in row.iter_mut().zip(&self.columns) {
            *number = match source {
                Source::Feature(feature) => room.features[*feature],
                // No table has columns here.
                Source::Zero | Source::Column(..) | Source::Curve(..) => 0.0,
            };
        }
        Ok(())
    }

    /// The numbers of networks: networks × columns.
    ///
    /// # Errors
    ///
    /// [`Error::Features`] if a network is of another space.
    pub fn records(&self, networks: &[Architecture]) -> Result<Array2<f64>, Error> {
        self.records_under(networks, &Control::default())
    }

    /// The same, which its caller can cancel and watch.
    pub fn records_under(
        &self,
        networks: &[Architecture],
        control: &Control,
    ) -> Result<Array2<f64>, Error> {
        let all = self.features.matrix_under(networks, control)?;
        let number = |(row, column): (usize, usize)| match &self.columns[column].1 {
            Source::Feature(feature) => all[[row, *feature]],
            // No table has columns here.
            Source::Zero | Source::Column(..) | Source::Curve(..) => 0.0,
        };
        Ok(Array2::from_shape_fn((networks.len(), self.columns.len()), number))
    }

    /// The labels from which columns are learned; none where none are.
    pub fn labels(&self, networks: &[Architecture]) -> Result<Labels, Error> {
        if self.is_learned { Ok(self.features.labels(networks)?) } else { Ok(Labels::default()) }
    }

    /// Which networks they are.
    pub fn known(&self, networks: &[Architecture]) -> Result<Vec<Known>, Error> {
        let known = |network| Known::new(self.space, network);
        let known = networks.par_iter().map(known).collect::<Result<Vec<_>, _>>();
        known.map_err(|fault| Error::Unwritable { reason: fault.reason })
    }

    /// The kinds of their operations on live paths; none where the space does not tell.
    pub fn kinds(&self, networks: &[Architecture]) -> Vec<Kinds> {
        let of_ops = Kinds::of_ops(self.space);
        if of_ops.is_empty() {
            return Vec::new();
        }
        let kinds = |scratch: &mut Scratch, network| {
            let mut found = Kinds::default();
            scratch.live_ops(self.space, network, |op| found |= of_ops[op]);
            found
        };
        networks.par_iter().map_init(Scratch::default, kinds).collect()
    }
}
