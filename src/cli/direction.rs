//! Which values of a target are better.

use std::path::Path;

use clap::Args;

use crate::metrics::{Direction, Objective, ObjectiveError, Stated};

/// Directions of targets.
#[derive(Debug, Args)]
pub(super) struct DirectionArgs {
    /// Smaller values of the target are better
    ///
    /// For example, for a latency. With several targets, name the target: --minimize latency. Without --minimize and --maximize,
    /// greater values are better, unless the name of the target suggests a cost or an error: then graf
    /// asks for the direction where it matters.
    #[arg(long, value_name = "TARGET", num_args = 0..=1, default_missing_value = "", value_parser = target)]
    minimize: Vec<String>,
    /// Greater values of the target are better
    ///
    /// With several targets, name the target: --maximize accuracy.
    #[arg(long, value_name = "TARGET", num_args = 0..=1, default_missing_value = "", value_parser = target)]
    maximize: Vec<String>,
}

impl DirectionArgs {
    /// What is stated.
    pub fn stated(&self) -> Stated {
        let of = |names: &[String], direction| {
            let name = |name: &String| (!name.is_empty()).then(|| name.clone());
            names.iter().map(|one| (name(one), direction)).collect::<Vec<_>>()
        };
        let minimized = of(&self.minimize, Direction::Minimize);
        Stated::new(minimized.into_iter().chain(of(&self.maximize, Direction::Maximize)))
    }

    /// Some targets, and after them those that only a direction names.
    pub fn objectives(&self, targets: &[String]) -> Result<Vec<Objective>, ObjectiveError> {
        let stated = self.stated();
        let others = stated.names().into_iter().filter(|name| !targets.contains(name));
        let all: Vec<Objective> =
            targets.iter().cloned().chain(others).map(Objective::of).collect();
        stated.complete(&all)
    }
}

/// The name of a target. A file that follows a flag without a name is taken for one.
fn target(name: &str) -> Result<String, String> {
    let path = Path::new(name);
    if name == "-" || (path.extension().is_some() && path.is_file()) {
        return Err("it is a file, not a target; put the flag after the files".to_owned());
    }
    Ok(name.to_owned())
}
