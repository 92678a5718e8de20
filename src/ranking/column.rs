//! Columns that rank networks, and which of their values are better.

use super::published::{Published, published};
use super::sign::SignEstimate;
use crate::metrics::{Direction, Objective};

/// A column of scores, one for each network.
#[derive(Debug, Clone)]
pub struct Score {
    /// Its name.
    pub name: String,
    /// A finite number for each row.
    pub values: Vec<f64>,
    /// Of a model's prediction: the target of the model.
    pub objective: Option<Objective>,
    /// Of a column of a recipe: which of its values speak for a more accurate network.
    pub recipe: Option<Direction>,
    /// Of a model's prediction: how many of the rows are networks that the model was trained on.
    pub in_training: Option<u64>,
}

/// Which values of a column are better, and how this is known.
#[derive(Debug, Clone, Copy)]
pub enum KnownDirection {
    /// It was stated, or it is that of a model's target.
    Stated(Direction),
    /// A recipe says it, which was chosen on other networks.
    Recipe(Direction),
    /// It is published.
    Published(&'static Published),
    /// Labels show it.
    Estimated(SignEstimate),
}

impl KnownDirection {
    /// The direction.
    pub fn direction(&self) -> Direction {
        match self {
            KnownDirection::Stated(direction) | KnownDirection::Recipe(direction) => *direction,
            KnownDirection::Published(published) => published.direction,
            KnownDirection::Estimated(estimate) => estimate.direction(),
        }
    }
}

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// A column of a table or a feature.
    Column,
    /// The prediction of a model, which was trained on so many of the networks.
    Model(u64),
    /// An aggregate of the others: greater is better.
    Aggregate,
}

/// A column that is measured.
#[derive(Debug, Clone)]
pub struct RankedColumn {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ColumnKind,
    /// Which of its values are better; `None` if that is open.
    pub known: Option<KnownDirection>,
    /// What labels show, where that contradicts the direction that is published, or that of a recipe, beyond chance.
    pub contradicted: Option<SignEstimate>,
}

/// Rows with a label.
#[derive(Debug, Default)]
pub(super) struct Labelled {
    pub rows: Vec<usize>,
    /// Their labels as numbers of which greater is better.
    pub worths: Vec<f64>,
}

impl RankedColumn {
    /// A column with what is known of its direction: what is stated counts first, then what a recipe says, then what is
    /// [published](published()), then what labels show.
    ///
    /// Recipes and what is published are of accuracies: `is_accuracy` says whether it counts, because there is no target or
    /// greater values of it are better.
    pub(super) fn new(
        score: &Score,
        stated: Option<Direction>,
        is_accuracy: bool,
        labelled: &Labelled,
    ) -> Self {
        let stated = stated.or_else(|| score.objective.as_ref()?.direction());
        let of_rows: Vec<f64> = labelled.rows.iter().map(|&row| score.values[row]).collect();
        let estimate = SignEstimate::of(&of_rows, &labelled.worths);
        let published = published(&score.name).filter(|_| is_accuracy && score.objective.is_none());
        let recipe = score.recipe.filter(|_| is_accuracy).map(KnownDirection::Recipe);
        let known = stated.map(KnownDirection::Stated).or(recipe);
        let known = known
            .or(published.map(KnownDirection::Published))
            .or(estimate.map(KnownDirection::Estimated));
        let contradicts = |estimate: &SignEstimate| {
            let is_assumed =
                matches!(known, Some(KnownDirection::Published(_) | KnownDirection::Recipe(_)));
            let direction = known.map(|known| known.direction());
            is_assumed && direction != Some(estimate.direction()) && estimate.is_clear()
        };
        RankedColumn {
            name: score.name.clone(),
            kind: score.in_training.map_or(ColumnKind::Column, ColumnKind::Model),
            contradicted: estimate.filter(contradicts),
            known,
        }
    }

    /// An aggregate.
    pub(super) fn aggregate(name: &str) -> Self {
        RankedColumn {
            name: name.to_owned(),
            kind: ColumnKind::Aggregate,
            known: Some(KnownDirection::Stated(Direction::Maximize)),
            contradicted: None,
        }
    }
}
