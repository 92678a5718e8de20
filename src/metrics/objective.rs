//! Objectives: targets and their directions, as they are stated, assumed or open.

use thiserror::Error;

use super::Direction;
use crate::table::{clip, clip_list};

/// A target and which values of it are better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objective {
    /// The target.
    pub target: String,
    /// The direction, if somebody has stated it.
    pub stated: Option<Direction>,
}

impl Objective {
    /// An objective whose direction nobody has stated.
    pub fn of(target: impl Into<String>) -> Self {
        Objective { target: target.into(), stated: None }
    }

    /// The direction that is stated or else [assumed](Direction::assumed) by the name of the target;
    /// `None` if it is open.
    pub fn direction(&self) -> Option<Direction> {
        self.stated.or_else(|| Direction::assumed(&self.target))
    }

    /// The direction, for what depends on it.
    ///
    /// # Errors
    ///
    /// [`ObjectiveError::Open`] if it is open.
    pub fn needed_for(&self, what: &str) -> Result<Direction, ObjectiveError> {
        self.direction().ok_or_else(|| ObjectiveError::Open {
            target: self.target.clone(),
            what: what.to_owned(),
        })
    }

    /// The same with what a caller states. It takes the place of what was assumed.
    ///
    /// # Errors
    ///
    /// [`ObjectiveError::Contradiction`] if the opposite was stated before.
    pub fn with(&self, given: Option<Direction>) -> Result<Self, ObjectiveError> {
        let target = self.target.clone();
        match (self.stated, given) {
            (Some(stated), Some(given)) if stated != given => {
                Err(ObjectiveError::Contradiction { target, stated, given })
            }
            (stated, given) => Ok(Objective { target, stated: stated.or(given) }),
        }
    }
}

/// The objective by which rows are ranked, and its place: the only one, or that of a name.
///
/// # Errors
///
/// [`ObjectiveError::Several`] if there are several and none is named; [`ObjectiveError::Unknown`] if
/// there is none of that name.
pub fn ranked_by<'a>(
    objectives: &'a [Objective],
    name: Option<&str>,
) -> Result<(usize, &'a Objective), ObjectiveError> {
    let targets = || objectives.iter().map(|one| one.target.clone()).collect::<Vec<_>>();
    match (name, objectives) {
        (None, [one]) => Ok((0, one)),
        (None, _) => Err(ObjectiveError::Several { targets: clip_list(&targets()) }),
        (Some(name), all) => {
            let mut places = all.iter().enumerate();
            places.find(|(_, one)| one.target == name).ok_or_else(|| ObjectiveError::Unknown {
                name: name.to_owned(),
                targets: clip_list(&targets()),
            })
        }
    }
}

/// Directions that a caller states: each of a target by name, or of the only one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated(Vec<(Option<String>, Direction)>);

impl Stated {
    /// Directions, with the name of the target or none for the only one.
    pub fn new(each: impl IntoIterator<Item = (Option<String>, Direction)>) -> Self {
        Stated(each.into_iter().collect())
    }

    /// Whether nothing is stated.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same with a name in the place of none.
    #[must_use]
    pub fn of_nameless(self, target: &str) -> Self {
        let name = |name: Option<String>| Some(name.unwrap_or_else(|| target.to_owned()));
        Stated(self.0.into_iter().map(|(own, direction)| (name(own), direction)).collect())
    }

    /// The targets that are named, in their order, each once.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in self.0.iter().filter_map(|(name, _)| name.as_ref()) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// Objectives with what is stated here.
    ///
    /// # Errors
    ///
    /// [`ObjectiveError`] if a name is not that of a target, no target is named where there are
    /// several, or directions contradict each other.
    pub fn complete(&self, objectives: &[Objective]) -> Result<Vec<Objective>, ObjectiveError> {
        let targets: Vec<&String> = objectives.iter().map(|one| &one.target).collect();
        self.check(&targets, targets.len())?;
        let complete = |one: &Objective| one.with(self.of(&one.target)?);
        objectives.iter().map(complete).collect()
    }

    /// The directions of each objective of a model and of the column with its true values, which may
    /// have another name. What is stated without a name is of the latter. A column of another name has
    /// the direction of its objective, unless its own name casts doubt on that greater is better.
    ///
    /// # Errors
    ///
    /// As [`Stated::complete`].
    pub fn sides(
        &self,
        objectives: &[Objective],
        truth: &[String],
    ) -> Result<Vec<Directions>, ObjectiveError> {
        let targets = objectives.iter().map(|one| &one.target);
        self.check(&truth.iter().chain(targets).collect::<Vec<_>>(), truth.len())?;
        let each = objectives.iter().zip(truth).map(|(own, name)| {
            let given = self.of(name)?;
            if own.target == *name {
                return Ok(Directions::both(own.with(given)?.direction()));
            }
            let prediction = own.with(self.named(&own.target)?)?.direction().or(given);
            let truth = match (prediction, Direction::assumed(name)) {
                (Some(Direction::Maximize), None) => given,
                (own, _) => given.or(own),
            };
            Ok(Directions { truth, prediction })
        });
        each.collect()
    }

    /// Refuses names that are none of these, and no name unless there is one target.
    fn check(&self, known: &[&String], count: usize) -> Result<(), ObjectiveError> {
        let nameless = self.0.iter().find(|(name, _)| name.is_none());
        if let (Some(&(_, direction)), true) = (nameless, count != 1) {
            return Err(ObjectiveError::NoName { direction });
        }
        let targets = || known.iter().copied().cloned().collect::<Vec<_>>();
        match self.names().into_iter().find(|name| !known.contains(&name)) {
            Some(name) => Err(ObjectiveError::Unknown { name, targets: clip_list(&targets()) }),
            None => Ok(()),
        }
    }

    /// What is stated of a target, by its name or without one.
    fn of(&self, target: &str) -> Result<Option<Direction>, ObjectiveError> {
        self.one(target, |name| name.is_none_or(|name| name == target))
    }

    /// What is stated of a target by its name.
    fn named(&self, target: &str) -> Result<Option<Direction>, ObjectiveError> {
        self.one(target, |name| name == Some(target))
    }

    fn one(
        &self,
        target: &str,
        is_meant: impl Fn(Option<&str>) -> bool,
    ) -> Result<Option<Direction>, ObjectiveError> {
        let meant = self.0.iter().filter(|(name, _)| is_meant(name.as_deref()));
        let mut meant = meant.map(|(_, direction)| *direction);
        let first = meant.next();
        if meant.any(|other| Some(other) != first) {
            return Err(ObjectiveError::Both { target: target.to_owned() });
        }
        Ok(first)
    }
}

/// The directions of both sides of a metric; `None` where it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Directions {
    /// That of the true values.
    pub truth: Option<Direction>,
    /// That of the predictions.
    pub prediction: Option<Direction>,
}

impl Directions {
    /// The same on both sides.
    pub fn both(direction: Option<Direction>) -> Self {
        Directions { truth: direction, prediction: direction }
    }

    /// Whether both are known.
    pub fn are_known(self) -> bool {
        self.truth.is_some() && self.prediction.is_some()
    }
}

/// Why a direction cannot be taken as it is stated, or is missing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ObjectiveError {
    /// A direction is needed and open.
    #[error(
        "{what} depends on whether greater or smaller values of {} are better, which is not stated",
        clip(target)
    )]
    Open {
        /// The target.
        target: String,
        /// What depends on it.
        what: String,
    },
    /// The opposite was stated before.
    #[error("the model was fitted to {stated} {}, which is now to be {given}d", clip(target))]
    Contradiction {
        /// The target.
        target: String,
        /// What was stated before.
        stated: Direction,
        /// What is stated now.
        given: Direction,
    },
    /// Both directions are stated of one target.
    #[error("the same target, {}, is to be minimized and maximized", clip(target))]
    Both {
        /// The target.
        target: String,
    },
    /// A name that is not that of a target.
    #[error("{} is not a target; the targets are {targets}", clip(name))]
    Unknown {
        /// The name.
        name: String,
        /// The targets.
        targets: String,
    },
    /// A direction without a target, where there is not exactly one.
    #[error("the direction {direction} without a name is for a single target")]
    NoName {
        /// The direction.
        direction: Direction,
    },
    /// Rows are to be ranked by one of several targets.
    #[error("there are several targets, {targets}")]
    Several {
        /// The targets.
        targets: String,
    },
}

#[cfg(test)]
mod tests {
    use super::Direction::{Maximize, Minimize};
    use super::*;

    fn objectives(targets: &[&str]) -> Vec<Objective> {
        targets.iter().map(|&target| Objective::of(target)).collect()
    }

    fn stated(each: &[(&str, Direction)]) -> Stated {
        let name = |name: &str| (!name.is_empty()).then(|| name.to_owned());
        Stated::new(each.iter().map(|&(of, direction)| (name(of), direction)))
    }

    fn directions(
        each: &[(&str, Direction)],
        targets: &[&str],
    ) -> Result<Vec<Option<Direction>>, ObjectiveError> {
        let complete = stated(each).complete(&objectives(targets))?;
        Ok(complete.iter().map(Objective::direction).collect())
    }

    #[test]
    fn each_target_has_its_own_direction() {
        assert_eq!(directions(&[], &["acc", "latency"]), Ok(vec![Some(Maximize), None]));
        assert_eq!(directions(&[("", Minimize)], &["acc"]), Ok(vec![Some(Minimize)]));
        let two = directions(&[("latency", Minimize)], &["acc", "latency"]);
        assert_eq!(two, Ok(vec![Some(Maximize), Some(Minimize)]));
        let twice = directions(&[("acc", Maximize), ("", Maximize)], &["acc"]);
        assert_eq!(twice, Ok(vec![Some(Maximize)]));
    }

    #[test]
    fn what_is_stated_wrongly_is_refused() {
        let two = ["acc", "latency"];
        let refused = |each: &[_], targets: &[_]| directions(each, targets).unwrap_err();
        let error = refused(&[("", Minimize)], &two);
        assert_eq!(error, ObjectiveError::NoName { direction: Minimize });
        assert_eq!(refused(&[("", Minimize)], &[]), error);
        let error = refused(&[("lat", Minimize)], &two);
        assert!(matches!(error, ObjectiveError::Unknown { .. }), "{error}");
        let error = refused(&[("acc", Minimize), ("acc", Maximize)], &two);
        assert_eq!(error, ObjectiveError::Both { target: "acc".to_owned() });
        let own = Objective { target: "acc".to_owned(), stated: Some(Minimize) };
        assert!(own.with(Some(Maximize)).is_err());
        assert_eq!(own.with(Some(Minimize)), Ok(own.clone()));
        assert_eq!(own.with(None), Ok(own.clone()));
        assert!(Objective::of("loss").needed_for("the best").is_err());
        assert_eq!(Objective::of("acc").needed_for("the best"), Ok(Maximize));
    }

    #[test]
    fn rows_are_ranked_by_one_target() {
        let two = objectives(&["acc", "latency"]);
        assert_eq!(ranked_by(&two, Some("latency")).unwrap().0, 1);
        assert_eq!(ranked_by(&two[..1], None).unwrap().0, 0);
        assert!(matches!(ranked_by(&two, None), Err(ObjectiveError::Several { .. })));
        assert!(matches!(ranked_by(&two, Some("x")), Err(ObjectiveError::Unknown { .. })));
    }

    #[test]
    fn a_column_with_the_truth_has_the_direction_of_its_objective() {
        let sides = |each: &[_], own: &Objective, truth: &str| {
            let found = stated(each).sides(std::slice::from_ref(own), &[truth.to_owned()]);
            found.map(|found| (found[0].prediction, found[0].truth))
        };
        let (acc, latency) = (Objective::of("acc"), Objective::of("latency"));
        let fast = Objective { stated: Some(Minimize), ..latency.clone() };
        assert_eq!(sides(&[], &acc, "acc"), Ok((Some(Maximize), Some(Maximize))));
        assert_eq!(sides(&[], &acc, "test_acc"), Ok((Some(Maximize), Some(Maximize))));
        assert_eq!(sides(&[], &acc, "error"), Ok((Some(Maximize), None)));
        assert_eq!(sides(&[("", Minimize)], &acc, "error"), Ok((Some(Maximize), Some(Minimize))));
        assert_eq!(sides(&[], &latency, "latency"), Ok((None, None)));
        assert_eq!(sides(&[], &fast, "measured"), Ok((Some(Minimize), Some(Minimize))));
        assert_eq!(sides(&[], &fast, "ms"), Ok((Some(Minimize), Some(Minimize))));
        assert_eq!(sides(&[("", Minimize)], &latency, "ms"), Ok((Some(Minimize), Some(Minimize))));
        let both = [("latency", Minimize), ("fps", Maximize)];
        assert_eq!(sides(&both, &latency, "fps"), Ok((Some(Minimize), Some(Maximize))));
        assert!(sides(&[("", Maximize)], &fast, "latency").is_err());
    }
}
