//! Which features are computed.

use std::path::Path;

use clap::{Args, ValueEnum};

use super::Failure;
use super::device::DeviceArgs;
use super::names::parse_family;
use crate::dataset::Use;
use crate::features::{FeatureConfig, Names, PRESETS, SubsetLimit};
use crate::table::{clip, read_text};

/// The choice of features.
#[derive(Debug, Args)]
#[command(next_help_heading = "Features")]
pub(super) struct FeatureArgs {
    /// Feature configuration: a .json or .toml file, full or short [default: full]
    ///
    /// full and short are the paper's configurations; short has the node degrees of single operations
    /// only.
    #[arg(long, hide_short_help = true, value_name = "FILE")]
    config: Option<String>,
    /// Feature families that graf stands for, in this order; graf+ is allowed among them
    #[arg(
        long,
        hide_short_help = true,
        value_name = "FAMILY",
        value_delimiter = ',',
        value_parser = parse_family
    )]
    families: Option<Vec<String>>,
    /// Maximum size of sets of operations: 2, or node_degree=1,min_path_len=3 [default: unlimited; 2 with
    /// more than seven operations]
    #[arg(long, hide_short_help = true, value_name = "SIZE", value_parser = parse_limit)]
    max_subset_size: Option<SubsetLimit>,
    /// Names of the features
    #[arg(long, hide_short_help = true, value_name = "NAMES")]
    names: Option<NamesArg>,
    #[command(flatten)]
    device: DeviceArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum NamesArg {
    /// Readable: node_degree(skip_connect+nor_conv_3x3).mean [default]
    Readable,
    /// Names, order and values of the paper's repository
    ZcCombine,
}

/// A limit for all families or for some, these by their own names.
fn parse_limit(text: &str) -> Result<SubsetLimit, String> {
    Ok(match text.parse()? {
        SubsetLimit::All(size) => SubsetLimit::All(size),
        SubsetLimit::Families(sizes) => {
            let size = |(family, size): (String, usize)| Ok((parse_family(&family)?, size));
            SubsetLimit::Families(sizes.into_iter().map(size).collect::<Result<_, String>>()?)
        }
    })
}

impl FeatureArgs {
    /// What predicts if nothing else is said: graf+, but the features that are chosen here if some
    /// are.
    pub fn default_use(&self) -> Use {
        let FeatureArgs { config, families, max_subset_size, names, device: _ } = self;
        let chosen = config.is_some() || families.is_some() || max_subset_size.is_some();
        if chosen || names.is_some() { Use::Graf } else { Use::Plus }
    }

    /// The groups that are named, or the default one, of a choice of features.
    pub fn uses(&self, named: &[Use], config: &FeatureConfig) -> Result<Vec<Use>, Failure> {
        if named.is_empty() {
            return Ok(vec![self.default_use()]);
        }
        check_chosen(named, config)?;
        Ok(named.to_vec())
    }

    /// The configuration file or preset, with what the other flags say instead.
    pub fn config(&self) -> Result<FeatureConfig, Failure> {
        let mut config = match self.config.as_deref() {
            None => FeatureConfig::default(),
            Some(name) => read_config(name)?,
        };
        if let Some(families) = &self.families {
            config.families = Some(families.clone());
        }
        if let Some(limit) = &self.max_subset_size {
            config.max_subset_size = Some(limit.clone());
        }
        config.device = self.device.device.or(config.device);
        match self.names {
            None => {}
            Some(NamesArg::Readable) => config.names = Names::Readable,
            Some(NamesArg::ZcCombine) => config.names = Names::ZcCombine,
        }
        Ok(config)
    }
}

/// Refuses families that are chosen but in no group: `graf` alone stands for them. Columns that are chosen
/// by name are in the groups of their families as well.
pub(super) fn check_chosen<'a>(
    named: impl IntoIterator<Item = &'a Use>,
    config: &FeatureConfig,
) -> Result<(), Failure> {
    let is_chosen = config.families.is_some() && config.columns.is_none();
    if is_chosen && !named.into_iter().any(|group| *group == Use::Graf) {
        return Err(Failure::Usage(
            "--families, or the families of --config, are those of the group graf, which --use does not \
             name; add graf to --use, or leave them out"
                .to_owned(),
        ));
    }
    Ok(())
}

/// The longest configuration that is read, in MiB.
const CONFIG_LIMIT: u64 = 16;

fn read_config(name: &str) -> Result<FeatureConfig, Failure> {
    let fault = |reason: String| Failure::Usage(format!("--config {}: {reason}", clip(name)));
    let is_toml = match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("toml") => true,
        Some("json") => false,
        _ if PRESETS.contains(&name) => {
            return FeatureConfig::preset(name).map_err(|error| fault(error.to_string()));
        }
        _ => {
            let presets = PRESETS.join(", ");
            return Err(fault(format!("choose {presets}, or give a .json or .toml file")));
        }
    };
    let text = read_text(Path::new(name), CONFIG_LIMIT, "configuration").map_err(fault)?;
    FeatureConfig::parse(&text, is_toml).map_err(|error| fault(error.to_string()))
}
