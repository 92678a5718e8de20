//! A table of networks in, their features out.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use crate::dataset::Request;
use crate::dataset::Twice;
use crate::dataset::columns::ColumnChoice;
use crate::dataset::networks::Opened;
use crate::dataset::records::Records;
use crate::dataset::transform::{RowJob, run};
use crate::dataset::{Error, Fault, Keep, Networks, TableSummary};
use crate::features::{FeatureConfig, FeatureSet, Scratch};
use crate::graph::Equality;
use crate::space::Architecture;
use crate::table::{Encoder, Input, Output, OutputFormat, ReadOptions, Row, Writer};

/// What `graf featurize` is asked for.
#[derive(Debug, Clone, Default)]
pub struct Featurize {
    /// How the input is read.
    pub read: ReadOptions,
    /// How networks are found in it.
    pub networks: Networks,
    /// Leave out networks that came before.
    pub unique: Option<Equality>,
    /// Which features are computed.
    pub features: FeatureConfig,
    /// Which of the input's columns go along; all by default, or none into a matrix.
    pub keep: Option<Keep>,
    /// The output's format, if not that of its name.
    pub format: Option<OutputFormat>,
}

/// Writes the input's columns, then the features of each network. Where a family learns its columns,
/// the input is read twice.
///
/// # Errors
///
/// [`Error`] if the input cannot be read or understood, or the output cannot be written.
pub fn featurize(
    input: &Input,
    output: &Output,
    options: &Featurize,
    progress: &mut dyn FnMut(u64),
) -> Result<TableSummary, Error> {
    let features = with_learned(input, options)?;
    let begin = |opened: &Opened| {
        let features = FeatureSet::new(opened.space, &features)?;
        let format = match options.format {
            Some(format) => format,
            None => OutputFormat::of_output(output)?,
        };
        let by_default = if format.is_matrix() { Keep::None } else { Keep::All };
        let kept = options.keep.as_ref().unwrap_or(&by_default).places(opened.columns)?;
        let names: Vec<_> = kept.iter().map(|&place| opened.columns[place].clone()).collect();
        let is_taken = |(place, name): &(usize, &String)| {
            names[..*place].contains(name) || features.names().contains(name)
        };
        if let Some((_, name)) = names.iter().enumerate().find(is_taken) {
            return Err(Error::Taken { name: name.clone(), twice: Twice::KeptOrFeature });
        }
        let writer = Writer::create(output, Some(format), &names, features.names())?;
        Ok((writer, FeatureJob { features, kept }))
    };
    run(input, output, &options.read, &options.networks, options.unique, begin, progress)
}

/// The choice of features with the columns that are learned: those of all labels of the input.
fn with_learned(input: &Input, options: &Featurize) -> Result<FeatureConfig, Error> {
    let mut features = options.features.clone();
    let Some(family) = features.learned_family() else { return Ok(features) };
    if !input.is_rereadable() {
        return Err(Error::OnlyOnce { input: input.to_string(), family });
    }
    let request = Request {
        read: options.read.clone(),
        networks: options.networks.clone(),
        features: features.clone(),
        ..Request::default()
    };
    let mut labels = BTreeSet::new();
    Records::read(input, &request, &ColumnChoice::Labels, &[], &mut None, &mut |_, numbers| {
        labels.extend(numbers.labels.into_iter().flatten());
        Ok(ControlFlow::Continue(()))
    })?;
    features.learned = labels.into_iter().collect();
    Ok(features)
}

struct FeatureJob {
    features: FeatureSet,
    kept: Vec<usize>,
}

impl RowJob for FeatureJob {
    type Scratch = (Scratch, Vec<f64>);

    fn scratch(&self) -> Self::Scratch {
        (self.features.scratch(), vec![0.0; self.features.len()])
    }

    fn width(&self) -> usize {
        self.features.len()
    }

    fn encode(
        &self,
        row: &Row,
        network: &Architecture,
        (scratch, numbers): &mut Self::Scratch,
        encoder: &dyn Encoder,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        self.features.compute(network, scratch, numbers).map_err(Fault::of_network)?;
        let kept: Vec<_> = self.kept.iter().map(|&place| &row.values[place]).collect();
        Ok(encoder.row(&kept, numbers, out)?)
    }
}
