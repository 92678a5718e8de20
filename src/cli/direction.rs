//! Which values of a target are better.

use clap::Args;

use super::Failure;
use crate::metrics::{Direction, Objective, ObjectiveError, Stated};
use crate::table::{Input, clip};

/// Directions of targets.
#[derive(Debug, Args)]
pub(super) struct DirectionArgs {
    /// Smaller values of the target are better, as of a latency; of several targets name the one, as in
    /// --minimize latency. If neither is stated greater values are better, unless the name of the target
    /// speaks of a cost or an error: then what depends on it is refused
    #[arg(long, value_name = "TARGET", num_args = 0..=1, default_missing_value = "")]
    minimize: Vec<String>,
    /// Greater values of the target are better; of several targets name the one
    #[arg(long, value_name = "TARGET", num_args = 0..=1, default_missing_value = "")]
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

/// Refuses no table at all: the first one may have been read as the name of a target.
pub(super) fn some_table(inputs: &[Input], directions: &DirectionArgs) -> Result<(), Failure> {
    if !inputs.is_empty() {
        return Ok(());
    }
    let read = directions.stated().names().into_iter().next_back();
    let read = read.map_or_else(String::new, |name| {
        let name = clip(&name);
        format!(" ({name} was read as a target: put --minimize and --maximize after the tables)")
    });
    Err(Failure::Usage(format!("no table to read{read}")))
}
