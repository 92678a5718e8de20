//! Why a table of networks could not be worked through.

use thiserror::Error;

use crate::features::FeatureError;
use crate::space::{ColumnsError, EncodingError, InferError};
use crate::table::{BrokenRow, TableError};

/// Why a table of networks could not be worked through.
#[derive(Debug, Error)]
pub enum Error {
    /// The table cannot be read or written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The encodings were not found.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
    /// The search space is not clear.
    #[error(transparent)]
    Infer(#[from] InferError),
    /// The features cannot be computed.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// There is no such encoding.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// A row is broken, and broken rows were not to be skipped.
    #[error("{input}, {row} (--on-error skip goes on without such rows)")]
    Broken {
        /// The input's name.
        input: String,
        /// The row.
        row: Box<BrokenRow>,
    },
    /// `--keep` names a column that is not there.
    #[error("column `{name}` not found; the file has {columns}; choose with --keep")]
    Keep {
        /// The name that was asked for.
        name: String,
        /// What there is.
        columns: String,
    },
    /// A column of the input has the name of a column that is to be made.
    #[error("the input has a column `{name}` already; leave it out with --keep")]
    Taken {
        /// The name.
        name: String,
    },
    /// `--drop-unreachable` where no operation cuts off others.
    #[error(
        "{space} has no zero operation that could cut others off; leave out --drop-unreachable"
    )]
    NoZeroOp {
        /// The space.
        space: &'static str,
    },
}

impl Error {
    /// Whether the command line is at fault rather than the data: it asks for what is not there,
    /// or leaves open what only it can say.
    pub fn is_usage(&self) -> bool {
        match self {
            Error::Columns(_)
            | Error::Features(_)
            | Error::Encoding(EncodingError::NoSuchEncoding { .. })
            | Error::Infer(InferError::SeveralFit { .. })
            | Error::Keep { .. }
            | Error::Taken { .. }
            | Error::NoZeroOp { .. } => true,
            Error::Table(error) => matches!(
                error,
                TableError::ChooseDataset { .. }
                    | TableError::NoSuchDataset { .. }
                    | TableError::NoDatasets { .. }
                    | TableError::UnknownExtension { .. }
                    | TableError::Uncompressed { .. }
            ),
            Error::Infer(_) | Error::Encoding(_) | Error::Broken { .. } => false,
        }
    }

    /// Whether the reader of the output has gone, which is no error to a person.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Error::Table(error) if error.is_broken_pipe())
    }
}
