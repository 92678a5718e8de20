//! Cells as graphs: what every encoding of every search space becomes, and everything that is asked of a
//! graph without knowing its search space.
//!
//! - [`Cell`]: a petgraph DAG with inputs, one output and operations on its nodes or edges.
//! - [`Live`]: the part of a cell on its input→output paths, found once per cell and shared by all
//!   families of features.
//! - [`canonical()`] and [`Identity`]: which cells, and which architectures, are the same.

mod canonical;
mod cell;
mod identity;
mod live;
pub(crate) mod nasbench101_hash;

pub use self::canonical::{Canonical, canonical};
pub use self::cell::{Cell, CellError, Graph, NodeSet, Op, Site};
pub use self::identity::{Equality, Identity};
pub use self::live::{Edge, Live};
pub(crate) use self::live::{LiveCells, Nodes};
