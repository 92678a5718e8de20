//! Writing tables.

#[cfg(feature = "parquet")]
mod arrow;
mod atomic;
mod cell;
mod columns;
mod delimited;
mod encoder;
mod file;
mod format;
mod json_lines;
mod npy;
mod npz;
mod output;
mod sink;
mod writer;

pub use atomic::{AtomicFile, check_appendable, check_folder, remove_unfinished, write_folder};
pub use encoder::{EncodeError, Encoder};
pub use format::OutputFormat;
pub use output::{Memory, Output};
pub use writer::{Begun, Writer};
