//! A condition on networks, and where the numbers that it compares come from.

use super::columns::{ColumnChoice, Source, chosen};
use super::condition::Condition;
use super::uses::Use;
use super::{Error, Fault};
use crate::features::{FeatureConfig, FeatureSet, Scratch};
use crate::space::{Architecture, SearchSpace};
use crate::table::{Value, clip_list};

/// A condition whose names are found among the columns of a table and the features of a space.
#[derive(Debug)]
pub(crate) struct Filter {
    condition: Condition,
    /// The features that it names, if it names any.
    features: Option<FeatureSet>,
    /// For each of its names where the number comes from.
    sources: Vec<Source>,
}

/// Room to compute features in; one for each thread.
pub(crate) type FilterScratch = (Scratch, Vec<f64>);

impl Filter {
    /// For a table with some columns and networks of a space, if it is known. A name is that of a family of one feature, as
    /// `params`; of a column of the table; or of one feature.
    ///
    /// # Errors
    ///
    /// [`Error::Predictor`] if a name is none of these, [`Error::ConditionColumn`] if it stands for several columns;
    /// [`Error::Features`] if the space does not have the features.
    pub fn new(
        condition: &Condition,
        space: Option<&'static dyn SearchSpace>,
        columns: &[String],
    ) -> Result<Self, Error> {
        let names = condition.names();
        let groups: Vec<Use> = names.iter().map(|name| Use::Named(name.clone())).collect();
        let planned = choice(&groups).planned(&FeatureConfig::default(), columns);
        let features = space
            .zip(planned)
            .map(|(space, config)| FeatureSet::new(space, &config))
            .transpose()?;
        let source = |(name, group): (&String, &Use)| {
            let found =
                chosen(columns, features.as_ref(), &choice(std::slice::from_ref(group)), &[]);
            let found = found.map_err(|error| match error {
                Error::Predictor { .. } => {
                    Error::ConditionName { name: name.clone(), columns: clip_list(columns) }
                }
                error => error,
            })?;
            match &found[..] {
                [(_, source)] => Ok(source.clone()),
                several => {
                    Err(Error::ConditionColumn { name: name.clone(), columns: several.len() })
                }
            }
        };
        let sources = names.iter().zip(&groups).map(source).collect::<Result<_, _>>()?;
        Ok(Filter { condition: condition.clone(), features, sources })
    }

    /// Whether a condition needs the networks of a table with some columns.
    pub fn needs_networks(condition: &Condition, columns: &[String]) -> bool {
        let named = |name: &String| Use::Named(name.clone());
        condition.names().iter().map(named).any(|one| one.needs_networks(columns, &[], true))
    }

    /// Whether a row meets the condition.
    ///
    /// # Arguments
    ///
    /// * `network` - its network, where that is read
    /// * `value` - the value of a column
    ///
    /// # Errors
    ///
    /// [`Fault`] if a value is text, or the network is of another space.
    pub fn holds<'a>(
        &self,
        network: Option<&Architecture>,
        value: &dyn Fn(usize) -> &'a Value,
        (scratch, features): &mut FilterScratch,
    ) -> Result<bool, Fault> {
        if let (Some(set), Some(network)) = (&self.features, network) {
            features.resize(set.len(), 0.0);
            set.compute(network, scratch, features).map_err(Fault::of_network)?;
        }
        let number = |(source, name): (&Source, &String)| match source {
            Source::Feature(place) => Ok(features[*place]),
            // A name means no curve.
            Source::Zero | Source::Curve(..) => Ok(0.0),
            Source::Column(place, _) => compared(value(*place), name),
        };
        let numbers = self.sources.iter().zip(self.condition.names()).map(number);
        Ok(self.condition.holds(&numbers.collect::<Result<Vec<_>, _>>()?))
    }

    /// Whether a network meets the condition, whose names are all features.
    ///
    /// # Errors
    ///
    /// [`Fault`] if the network is of another space.
    pub fn holds_for(
        &self,
        network: &Architecture,
        scratch: &mut FilterScratch,
    ) -> Result<bool, Fault> {
        self.holds(Some(network), &|_| &Value::Missing, scratch)
    }
}

fn choice(uses: &[Use]) -> ColumnChoice<'_> {
    ColumnChoice::Groups { uses, proxies: &[], columns: &[], prior: None }
}

/// The number in a field; NaN where it is missing.
fn compared(value: &Value, name: &str) -> Result<f64, Fault> {
    match value.number() {
        Some(number) => Ok(number),
        None if value.text().trim().is_empty() => Ok(f64::NAN),
        None => Err(Fault {
            column: Some(name.to_owned()),
            token: value.text().into_owned(),
            reason: "not a number, and a condition compares numbers".to_owned(),
        }),
    }
}
