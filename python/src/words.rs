//! Words of Python callers as values of the library.

use graf::graph::Equality;
use graf::metrics::{Direction, Metric, Objective};
use graf::predictor::Parameters;
use graf::prelude::{Space, Use};

use crate::broken::Broken;
use crate::texts::Text;

/// A space by its name or file, or the one that the encodings are of.
pub fn space(name: Option<&str>, encodings: &[Text]) -> Result<Space, Broken> {
    match name {
        Some(name) => named(name),
        None => Space::infer(encodings)
            .map_err(|error| Broken::Value(format!("{error}; name it with space="))),
    }
}

/// A space by its name or file.
pub fn named(name: &str) -> Result<Space, Broken> {
    Space::named(name).map_err(Broken::value)
}

/// Groups of features.
pub fn uses(words: &[String]) -> Result<Vec<Use>, Broken> {
    words.iter().map(|word| word.parse().map_err(Broken::Value)).collect()
}

/// Parameters, as JSON.
pub fn parameters(json: &str) -> Result<Parameters, Broken> {
    serde_json::from_str(json).map_err(Broken::value)
}

/// A direction; `None` if it is open.
pub fn direction(word: Option<&str>) -> Result<Option<Direction>, Broken> {
    match word {
        None => Ok(None),
        Some("maximize") => Ok(Some(Direction::Maximize)),
        Some("minimize") => Ok(Some(Direction::Minimize)),
        Some(other) => Err(Broken::Value(format!(
            "objective is '{other}', but must be 'maximize', 'minimize' or None"
        ))),
    }
}

/// A target and its direction.
pub fn objective(target: &str, word: Option<&str>) -> Result<Objective, Broken> {
    Ok(Objective { target: target.to_owned(), stated: direction(word)? })
}

/// When networks are the same.
pub fn equality(word: &str) -> Result<Equality, Broken> {
    match word {
        "isomorphic" => Ok(Equality::Isomorphic),
        "functional" => Ok(Equality::Functional),
        other => Err(Broken::Value(format!("'{other}' is neither 'isomorphic' nor 'functional'"))),
    }
}

/// A metric, such as `kendall_tau` or `precision@10`.
pub fn metric(word: &str) -> Result<Metric, Broken> {
    word.parse().map_err(Broken::value)
}
