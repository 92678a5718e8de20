//! Which search space a list of encodings belongs to.

use thiserror::Error;

use super::{SPACES, SearchSpace, by_name_or_file, list};
use crate::table::{clip, is_number};

/// Why no space, or not just one, was found.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InferError {
    /// There is nothing to tell it from.
    #[error("no row to tell the search space from")]
    NoRows,
    /// Nothing looks like an encoding.
    #[error(
        "`{token}` is an encoding of no search space (is this the column with the encodings, and a tuple in quotes?)"
    )]
    NoneFits {
        /// The first text, clipped.
        token: String,
        /// The spaces.
        spaces: String,
    },
    /// Numbers alone, which mean one thing in one space and another in the next.
    #[error("`{token}` is a number: {meanings}")]
    Numbers {
        /// The first number, clipped.
        token: String,
        /// What a number is in each space that reads it.
        meanings: String,
    },
    /// Several spaces read all of them.
    #[error("encodings such as `{token}` fit {fitting}")]
    SeveralFit {
        /// The first encoding, clipped.
        token: String,
        /// The spaces that read all of them.
        fitting: String,
    },
    /// No space reads all that some space reads.
    #[error(
        "the encodings are of different search spaces: `{token}` does not go with those before it"
    )]
    Mixed {
        /// The first encoding that does not fit, clipped.
        token: String,
    },
}

/// The bundled description that is inferred too: of genotypes of five nodes. The other spaces of such genotypes are parts
/// of it.
const INFERRED: &str = "nds-nasnet";

/// The only space that reads all `tokens`, but for those that no space reads (they are broken
/// rows, to be reported as such later). A number says nothing of its space, however few spaces read it: it
/// may as well be a row number.
///
/// # Errors
///
/// [`InferError`] if there is no such space, or more than one: the six numbers of a
/// NAS-Bench-201 tuple without operation 4, say, are a TransNAS-Bench-101 micro tuple too.
pub fn infer<'a>(
    tokens: impl IntoIterator<Item = impl AsRef<str> + 'a>,
) -> Result<&'static dyn SearchSpace, InferError> {
    let spaces: Vec<&'static dyn SearchSpace> =
        SPACES.into_iter().chain(by_name_or_file(INFERRED)).collect();
    let mut fitting = spaces.clone();
    let mut example = None; // the first encoding of any space
    let (mut first, mut number) = (None, None);
    for token in tokens {
        let token = token.as_ref();
        first.get_or_insert_with(|| clip(token));
        if is_number(token) {
            number.get_or_insert_with(|| clip(token));
            continue;
        }
        let reads: Vec<_> = spaces.iter().filter(|space| space.read(token).is_ok()).collect();
        if reads.is_empty() {
            continue;
        }
        example.get_or_insert_with(|| clip(token));
        fitting.retain(|space| reads.iter().any(|other| other.name() == space.name()));
        if fitting.is_empty() {
            return Err(InferError::Mixed { token: clip(token) });
        }
    }
    let Some(first) = first else { return Err(InferError::NoRows) };
    match (example, fitting.as_slice()) {
        (None, _) if number.is_some() => {
            let meaning =
                |space: &&dyn SearchSpace| Some(format!("{} of {}", space.number()?, space.name()));
            let meanings = list(SPACES.iter().filter_map(meaning));
            Err(InferError::Numbers { token: number.unwrap_or(first), meanings })
        }
        (None, _) => Err(InferError::NoneFits {
            token: first,
            spaces: list(SPACES.iter().map(|space| space.name())),
        }),
        (Some(_), &[space]) => Ok(space),
        (Some(token), several) => Err(InferError::SeveralFit {
            token,
            fitting: list(several.iter().map(|space| space.name())),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fitting_space_is_found() {
        let name = |tokens: &[&str]| infer(tokens).map(SearchSpace::name);
        assert_eq!(name(&["(0, 1, 2, 3, 0, 1)", "(4, 0, 3, 1, 4, 3)"]), Ok("nasbench201"));
        assert_eq!(name(&["64-41414-1_02_333"]), Ok("transbench101-micro"));
        assert_eq!(name(&["nonsense", "64-1234-basic"]), Ok("transbench101-macro"));
        assert_eq!(name(&["0122:gat|gcn|gin|skip"]), Ok("nasbench-graph"));
    }

    #[test]
    fn the_messages_say_which_spaces_fit() {
        let error = infer(["(0, 1, 2, 3, 0, 1)"]).unwrap_err().to_string();
        assert!(error.contains("fit nasbench201, transbench101-micro"), "{error}");
        let error = infer(["hello"]).unwrap_err().to_string();
        assert!(error.contains("`hello` is an encoding of no search space"), "{error}");
        assert_eq!(infer([""; 0]).unwrap_err(), InferError::NoRows);
        let error = infer(["3", "40172"]).unwrap_err().to_string();
        let meanings = "`3` is a number: an index of nasbench201, a key of nasbench-graph";
        assert!(error.starts_with(meanings), "{error}");
        // Beside encodings that tell the space, numbers are of that space or broken.
        let name = infer(["3", "0122:gat|gcn|gin|skip"]).map(SearchSpace::name);
        assert_eq!(name, Ok("nasbench-graph"));
        let error = infer(["64-1234-basic", "0122:gat|gcn|gin|skip"]).unwrap_err().to_string();
        assert!(error.contains("different search spaces: `0122:gat"), "{error}");
    }
}
