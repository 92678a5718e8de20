//! Tables: bytes in, named columns out, and back.
//!
//! Knows file formats and nothing of neural networks. [`Reader`] streams the rows of an input in one of the [formats](Format)
//! that are read, compressed or not; [`Writer`] writes an [`OutputFormat`], whole or not at all. Nothing is lost on the way: a
//! field of a text format keeps its text, and a number of a binary format is one.
//!
//! To add a format: one file in `read/` (a `Records`) or `write/` (an [`Encoder`]), and one
//! line in the registry in `read/format.rs` or `write/format.rs`.
//!
//! # Example
//!
//! ```
//! use std::ops::ControlFlow;
//! # use graf::table::{Input, Output, ReadOptions, Reader, Writer};
//! # let folder = tempfile::tempdir()?;
//! # let (source, target) = (folder.path().join("nets.csv"), folder.path().join("nets.jsonl"));
//! # std::fs::write(&source, "net,accuracy\n\"(4, 3)\",93.5\n")?;
//! let reader = Reader::open(&Input::File(source), &ReadOptions::default())?;
//! let kept = reader.columns().to_vec();
//! let mut writer = Writer::create(&Output::File(target.clone()), None, &kept, &["paths".to_owned()])?;
//! let encoder = writer.encoder();
//! let mut encoded = Vec::new();
//! let mut rows = 0;
//! reader.read(&mut |row| {
//!     let row = row.expect("the row is whole");
//!     let values: Vec<_> = row.values.iter().collect();
//!     encoder.row(&values, &[2.0], &mut encoded).expect("text can be written");
//!     rows += 1;
//!     ControlFlow::Continue(())
//! })?;
//! writer.write(rows, &encoded)?;
//! writer.finish()?;
//! let written = std::fs::read_to_string(&target)?;
//! assert_eq!(written, "{\"net\":\"(4, 3)\",\"accuracy\":93.5,\"paths\":2}\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// The first bytes of a model file, which is no table. The format of the others: [`crate::model`].
pub(crate) const MODEL_MAGIC: &[u8; 8] = b"graf\0mdl";

mod error;
mod names;
mod number;
mod read;
mod row;
mod value;
mod write;

pub use error::{TableError, UnknownFormat};
pub use names::find_column;
pub(crate) use number::is_number;
pub use read::{Emit, Format, Input, IsEncoding, ReadOptions, Reader, read_text};
pub use row::{BrokenRow, Place, Row, clip, clip_first, clip_list, clip_reason, escaped};
pub use value::Value;
pub use write::{
    AtomicFile, Begun, EncodeError, Encoder, Memory, Output, OutputFormat, Writer,
    check_appendable, check_folder, remove_unfinished, write_folder,
};
