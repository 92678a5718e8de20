//! Features of networks as a matrix.

use std::collections::BTreeSet;

use ndarray::Array2;

use super::encodings::{OnBroken, RowError, rows};
use super::{ParseError, Space};
use crate::control::Control;
use crate::dataset::planned::features_for;
use crate::dataset::{Error, Use};
use crate::features::{FeatureConfig, FeatureError, FeatureSet, Names, PLUS};
use crate::space::Architecture;

/// The features of a search space.
#[derive(Debug)]
pub struct Features(FeatureSet);

/// Numbers with the names of their columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// networks × features.
    pub values: Array2<f64>,
    /// The name of each feature.
    pub names: Vec<String>,
}

impl Features {
    /// The features that predict best together, without a label or a trained network: path statistics, random
    /// walks, positions, successions, the signal, and costs (`graf+`).
    ///
    /// # Errors
    ///
    /// [`FeatureError`] if a family is not defined for the space.
    pub fn graf_plus(space: Space) -> Result<Self, FeatureError> {
        Features::of(space, &[PLUS])
    }

    /// The features of the paper (Kadlecová et al., ICML 2024), with readable names.
    ///
    /// # Errors
    ///
    /// [`FeatureError`] if a family is not defined for the space.
    pub fn graf(space: Space) -> Result<Self, FeatureError> {
        FeatureSet::new(space.0, &FeatureConfig::default()).map(Features)
    }

    /// The features of some families, such as `op_count` or `flops`, in this order.
    ///
    /// # Errors
    ///
    /// [`FeatureError`] if a family is unknown, not defined for the space, or named twice.
    pub fn of(space: Space, families: &[&str]) -> Result<Self, FeatureError> {
        let families = families.iter().map(|&family| family.to_owned()).collect();
        let config = FeatureConfig { families: Some(families), ..FeatureConfig::default() };
        FeatureSet::new(space.0, &config).map(Features)
    }

    /// The names of the features.
    pub fn names(&self) -> &[String] {
        self.0.names()
    }

    /// The features of networks, computed in parallel on the caller's rayon pool: a row for each network.
    ///
    /// # Errors
    ///
    /// [`FeatureError::WrongSpace`] if a network is of another space.
    ///
    /// # Complexity
    ///
    /// O(networks · features); some microseconds for a network.
    pub fn compute(&self, networks: &[Architecture]) -> Result<Matrix, FeatureError> {
        self.compute_under(networks, &Control::default())
    }

    /// The same, which its caller can cancel and watch: each network is a step.
    ///
    /// # Errors
    ///
    /// As those of [`Features::compute`], and [`FeatureError::Cancelled`].
    pub fn compute_under(
        &self,
        networks: &[Architecture],
        control: &Control,
    ) -> Result<Matrix, FeatureError> {
        let values = self.0.matrix_under(networks, control)?;
        Ok(Matrix { values, names: self.names().to_vec() })
    }

    /// The features of groups, as `graf featurize --use` computes them. A family that learns its columns from networks has
    /// those of `learned` ([`Features::labels`]).
    ///
    /// # Errors
    ///
    /// [`Error::EmptyUse`] for a group of columns of a table; [`Error::Features`] if a family is not defined for the
    /// space, or the columns have no such names.
    pub fn of_uses(
        space: Space,
        uses: &[Use],
        names: Names,
        learned: Vec<String>,
    ) -> Result<Self, Error> {
        let is_of_table = |group: &&Use| {
            matches!(group, Use::Proxies | Use::Columns(_) | Use::Curve(..) | Use::Named(_))
        };
        if let Some(group) = uses.iter().find(is_of_table) {
            let columns = "no columns but the features of networks".to_owned();
            return Err(Error::EmptyUse { group: group.to_string(), columns });
        }
        let config = features_for(uses, &FeatureConfig { names, ..FeatureConfig::default() });
        Ok(Features(FeatureSet::new(space.get(), &FeatureConfig { learned, ..config })?))
    }

    /// Whether some of the features are learned from networks: they are the [labels](Features::labels) of these.
    pub fn is_learned(&self) -> bool {
        self.0.is_learned()
    }

    /// The labels of some encodings, sorted: the names of the columns that are learned from them.
    ///
    /// # Errors
    ///
    /// [`ParseError`] for the first encoding that cannot be read.
    pub fn labels<T: AsRef<str> + Sync>(&self, encodings: &[T]) -> Result<Vec<String>, ParseError> {
        let (mut labels, mut scratch) = (BTreeSet::new(), self.0.scratch());
        for (index, encoding) in encodings.iter().enumerate() {
            let network = self.0.space().read(encoding.as_ref());
            let network = network.map_err(|reason| ParseError { index, reason })?;
            // The space has just read the network.
            labels.extend(self.0.labels_of(&network, &mut scratch).unwrap_or_default());
        }
        Ok(labels.into_iter().collect())
    }

    /// The features of encodings: read and computed in one pass, in parallel on the caller's rayon pool, but up to 32 on the
    /// caller's thread.
    ///
    /// # Errors
    ///
    /// [`RowError`] for the first encoding that cannot be read, unless its numbers are to be NaN; if it was cancelled.
    ///
    /// # Complexity
    ///
    /// O(length of the encodings + encodings · features).
    pub fn of_encodings<T: AsRef<str> + Sync>(
        &self,
        encodings: &[T],
        broken: OnBroken,
        control: &Control,
    ) -> Result<Array2<f64>, RowError> {
        let set = &self.0;
        let rows = rows(
            encodings,
            set.len(),
            (broken, control),
            || set.scratch(),
            |text, scratch, row| Ok(set.compute(&set.space().read(text)?, scratch, row)?),
        )?;
        Ok(rows.values)
    }
}
