//! Features of networks as a matrix.

use ndarray::Array2;

use super::Space;
use crate::control::Control;
use crate::features::{FeatureConfig, FeatureError, FeatureSet, PLUS};
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
}
