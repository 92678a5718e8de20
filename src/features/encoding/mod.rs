//! Encodings of the cell as it is written, for comparison with graph features: [`OneHot`],
//! [`Adjacency`] and [`Path`].
//!
//! White, Neiswanger, Nolen, Savani: *A Study on Encodings for Neural Architecture Search*,
//! `NeurIPS` 2020. Reference implementation: `NASLib`, `predictors/utils/encodings_*.py`, whose
//! order of entries is kept where it has the encoding.

mod adjacency;
mod layout;
mod one_hot;
mod path;

pub(super) use self::adjacency::Adjacency;
pub(super) use self::one_hot::OneHot;
pub(super) use self::path::Path;
