//! Search spaces: an encoding in, an [`Architecture`] out, and back.
//!
//! One file a space, one line each in [`SPACES`]. What a space knows: its operations, the shape of
//! its cells, the textual encodings that people store its architectures in, and which networks are
//! invalid. Further spaces are described by TOML files ([`by_name_or_file`]).

mod columns;
mod custom;
mod dict;
mod dot;
mod drawing;
mod error;
mod generate;
mod infer;
mod labelled;
mod layout;
mod nasbench101;
mod nasbench101_dialects;
mod nasbench201;
mod nasbench201_dialects;
mod nasbench201_order;
mod nasbench301;
mod nasbench301_dialects;
mod nasbench_graph;
mod nasbench_graph_lists;
mod neighbours;
mod operation;
mod published;
mod scan;
mod skeleton;
mod transbench_macro;
mod transbench_micro;

use std::fmt;
use std::ops::RangeInclusive;

use rand::RngCore;
use smallvec::SmallVec;

pub use self::columns::{ColumnsError, EncodingColumns, USUAL_NAMES, encoding_names};
pub use self::custom::{
    ALIASES, BUNDLED, Concat, Described, Description, EdgeList, EncodingKeys, KindKeys, KindName,
    ListKeys, MatrixPart, SkeletonKeys, SpaceError, StageKeys, TEMPLATE, by_name_or_file,
    from_description,
};
use self::dot::DOT;
pub use self::drawing::{Colours, DrawnCells, drawn_cells, svg};
pub use self::error::EncodingError;
pub use self::generate::Generated;
pub use self::infer::{InferError, infer};
pub use self::layout::{Entries, Layout, PathOrder, Places};
pub use self::neighbours::{Change, Edit, OpPlace};
pub use self::operation::{OpKind, OperationKind, StageStep};
pub use self::published::{PublishedColumns, Shift};
pub use self::skeleton::{
    Block, GraphSkeleton, ImageSkeleton, Layer, Rows, Shape, Side, Skeleton, Stage, Step, Width,
    Wiring,
};
use crate::graph::{Cell, CellError, Equality, Identity, Op, Site};

/// The registered search spaces, in the order of `graf spaces`.
pub static SPACES: [&dyn SearchSpace; 6] = [
    &nasbench101::NasBench101,
    &nasbench201::NasBench201,
    &nasbench301::NasBench301,
    &transbench_micro::TransBenchMicro,
    &transbench_macro::TransBenchMacro,
    &nasbench_graph::NasBenchGraph,
];

/// The space of that name, if there is one.
pub fn by_name(name: &str) -> Option<&'static dyn SearchSpace> {
    SPACES.into_iter().find(|space| space.name() == name)
}

/// A set of architectures with a common cell shape and operations.
pub trait SearchSpace: Send + Sync {
    /// The name for `--space`.
    fn name(&self) -> &'static str;

    /// What it is, in one line.
    fn summary(&self) -> &'static str;

    /// The operations; an [`Op`] is a place in this list.
    fn operations(&self) -> &'static [&'static str];

    /// What each of the operations does, in their order; empty if it is not known, as of a space
    /// whose file does not say it.
    fn operation_kinds(&self) -> &'static [OpKind] {
        &[]
    }

    /// How many operations a path from an input to the output can have.
    fn path_lengths(&self) -> RangeInclusive<u32>;

    /// The operation that passes nothing on, if there is one.
    fn zero_op(&self) -> Option<Op> {
        None
    }

    /// Where the operations stand.
    fn site(&self) -> Site;

    /// The cells of an architecture: one, or (DARTS) a normal and a reduction cell.
    fn cells(&self) -> &'static [CellShape] {
        &[CellShape { prefix: "", inputs: &["input"], silent_output: false, repeats: 1 }]
    }

    /// Of a space whose architectures are chains of stages: what each operation does to the shape of what it
    /// reads. Empty in the others.
    fn stages(&self) -> &'static [StageStep] {
        &[]
    }

    /// Whether an architecture is a chain of stages rather than a cell with paths to choose from.
    fn is_chain(&self) -> bool {
        !self.stages().is_empty()
    }

    /// How networks are built around the cells, if that is known: costs follow from it.
    fn skeleton(&self) -> Option<&Skeleton> {
        None
    }

    /// Where the parts of a cell stand in the encodings `one_hot`, `adjacency` and `path`.
    fn layout(&self) -> Option<Layout<'_>> {
        None
    }

    /// How `zc_combine` names the columns, if it reads the space.
    fn published_columns(&self) -> Option<&'static PublishedColumns> {
        None
    }

    /// The feature families of the paper's configuration for this space, in the order of its
    /// columns; the default of `graf featurize`.
    fn families(&self) -> &'static [&'static str] {
        &["op_count", "min_path_len", "max_op_on_path", "node_degree"]
    }

    /// A valid network, in the first encoding.
    fn example(&self) -> &'static str;

    /// How architectures are written; the first is the default of `graf convert`.
    fn encodings(&self) -> &'static [Encoding];

    /// What a whole number is that the space reads as an encoding, such as "a key".
    fn number(&self) -> Option<&'static str> {
        None
    }

    /// Columns that hold an encoding in parts.
    fn column_parts(&self) -> &'static [ColumnParts] {
        &[]
    }

    /// What its file says, of a space that a file describes.
    fn described(&self) -> Option<&'static Described> {
        None
    }

    /// Reads any of the space's encodings. White space around it is ignored.
    ///
    /// # Errors
    ///
    /// [`EncodingError`] if `text` is no encoding of this space or the network is invalid in it.
    fn read(&self, text: &str) -> Result<Architecture, EncodingError>;

    /// Reads an encoding by its name, or any that the space recognises if there is none.
    ///
    /// # Errors
    ///
    /// As [`SearchSpace::read`], and [`EncodingError::NoSuchEncoding`].
    fn read_as(&self, name: Option<&str>, text: &str) -> Result<Architecture, EncodingError> {
        match name.map(|name| self.encoding(name)).transpose()?.and_then(|encoding| encoding.read) {
            Some(read) => read(text),
            None => self.read(text),
        }
    }

    /// Which network it is: the same for two networks exactly if they are isomorphic, cell by cell.
    /// What lies on no input→output path has no part in it, nor have edges with the zero operation.
    fn identity(&self, network: &Architecture) -> Identity {
        Identity::of_cells(self.name(), network.cells(), self.zero_op())
    }

    /// Which formula it computes: the same for two networks exactly if they multiply out to the same
    /// sums of operations on the inputs, where an operation that passes on what it reads leaves no
    /// trace. Whether two equal operations in a formula share their weights has no part in it. `None` in spaces
    /// without such an operation.
    fn formula(&self, _network: &Architecture) -> Option<Identity> {
        None
    }

    /// What is the same for networks that compute the same: the [formula](SearchSpace::formula), or the identity in
    /// spaces that have none.
    fn function(&self, network: &Architecture) -> Identity {
        self.formula(network).unwrap_or_else(|| self.identity(network))
    }

    /// What is the same for two networks that are equal in this sense.
    fn identity_by(&self, equality: Equality, network: &Architecture) -> Identity {
        match equality {
            Equality::Isomorphic => self.identity(network),
            Equality::Functional => self.function(network),
        }
    }

    /// The hash under which the benchmark keeps the network, if it has one; else the identity.
    fn hash(&self, network: &Architecture) -> Identity {
        self.identity(network)
    }

    /// The networks of the benchmark, or all of the space, in a fixed order; `None` if they are too
    /// many. Isomorphic ones come as often as they have encodings.
    fn enumerate(&self) -> Option<Generated>;

    /// One of the networks that [`SearchSpace::enumerate`] lists, every one as likely.
    ///
    /// # Errors
    ///
    /// Never for a network that keeps the rules of the space; it is checked like any other.
    fn sample(&self, random: &mut dyn RngCore) -> Result<Architecture, EncodingError>;

    /// Every valid network that differs from another one in one operation or one edge, with the change.
    ///
    /// # Errors
    ///
    /// [`EncodingError`] if the first encoding of the space cannot express the network.
    fn neighbours(
        &self,
        network: &Architecture,
    ) -> Result<Vec<(Change, Architecture)>, EncodingError> {
        neighbours::of(self, network)
    }

    /// The encoding of that name.
    ///
    /// # Errors
    ///
    /// [`EncodingError::NoSuchEncoding`], which lists the names there are.
    fn encoding(&self, name: &str) -> Result<&'static Encoding, EncodingError> {
        let own = self.encodings().iter().find(|encoding| encoding.name == name);
        let found = own.or_else(|| (name == DOT.name).then_some(&DOT));
        found.ok_or_else(|| EncodingError::NoSuchEncoding {
            name: name.to_owned(),
            space: self.name(),
            known: list(self.encodings().iter().chain([&DOT]).map(|encoding| encoding.name)),
        })
    }
}

impl fmt::Debug for dyn SearchSpace {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// What is the same in every cell of a space.
#[derive(Debug, Clone, Copy)]
pub struct CellShape {
    /// What the cell's columns start with: empty, `normal.` or `reduce.`.
    pub prefix: &'static str,
    /// The inputs' names.
    pub inputs: &'static [&'static str],
    /// Whether the edges into the output carry no operation although edges do elsewhere.
    pub silent_output: bool,
    /// How many cells of a network have this shape, compared with those of the other shapes.
    pub repeats: u8,
}

/// A textual form of the architectures of a space.
#[derive(Debug)]
pub struct Encoding {
    /// The name for `graf convert --to`.
    pub name: &'static str,
    /// Writes an architecture of the space.
    ///
    /// # Errors
    ///
    /// [`EncodingError`] if this encoding cannot express the network.
    pub write: fn(&Architecture) -> Result<String, EncodingError>,
    /// Reads it, where [`SearchSpace::read`] takes its texts for another encoding of the space: it is read only
    /// if it is named.
    pub read: Option<ReadText>,
}

/// See [`Encoding::read`].
pub type ReadText = fn(&str) -> Result<Architecture, EncodingError>;

impl Encoding {
    /// An encoding that [`SearchSpace::read`] recognises.
    pub const fn new(
        name: &'static str,
        write: fn(&Architecture) -> Result<String, EncodingError>,
    ) -> Self {
        Encoding { name, write, read: None }
    }
}

/// Columns that hold an encoding together, as `module_adjacency` and `module_operations` do, or a column for each edge.
/// [`SearchSpace::read`] takes a dictionary of these names.
#[derive(Debug)]
pub struct ColumnParts {
    /// The columns' usual names.
    pub names: &'static [&'static str],
    /// Columns that belong to them but may be absent.
    pub optional: &'static [&'static str],
}

impl ColumnParts {
    /// Columns none of which may be absent.
    pub const fn new(names: &'static [&'static str]) -> Self {
        ColumnParts { names, optional: &[] }
    }
}

/// One network: the cells it repeats.
#[derive(Debug, Clone)]
pub struct Architecture {
    space: &'static str,
    /// The space, if a file describes it.
    described: Option<&'static Described>,
    cells: SmallVec<[Cell; 2]>,
    /// Whether its encoding was padded to the greatest length.
    is_padded: bool,
}

/// Two architectures are equal if they are of the same space and their cells are equal.
impl PartialEq for Architecture {
    fn eq(&self, other: &Self) -> bool {
        self.space == other.space && self.cells == other.cells
    }
}

impl Eq for Architecture {}

impl Architecture {
    fn new(space: &'static str, cells: impl IntoIterator<Item = Cell>) -> Self {
        let cells = cells.into_iter().collect();
        Architecture { space, described: None, cells, is_padded: false }
    }

    /// A network of a space that a file describes.
    fn described_by(space: &'static Described, cells: impl IntoIterator<Item = Cell>) -> Self {
        Architecture { described: Some(space), ..Architecture::new(space.name(), cells) }
    }

    /// The name of the search space that it was read by.
    pub fn space(&self) -> &'static str {
        self.space
    }

    /// Its space.
    pub fn search_space(&self) -> Option<&'static dyn SearchSpace> {
        match self.described {
            Some(described) => described.search_space(),
            None => by_name(self.space),
        }
    }

    /// Its space, if a file describes it.
    pub fn described(&self) -> Option<&'static Described> {
        self.described
    }

    /// Whether the encoding that it was read from was padded to the greatest length: no matter of the network, but
    /// `zc_combine` computes other columns then.
    pub fn is_padded(&self) -> bool {
        self.is_padded
    }

    /// Its cells, as many as its space has [`SearchSpace::cells`].
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Whether an operation is cut off from the input or the output by `zero` operations: whether
    /// some edge that is not `zero` lies on no path of such edges from the input to the output.
    /// (Of NAS-Bench-201's 15,625 networks 9,445 have no such operation.)
    pub fn has_unreachable_ops(&self, zero: Op) -> bool {
        self.cells.iter().any(|cell| {
            let live = cell.live_nodes(|op| op == Some(zero));
            let cut =
                |(from, to, op)| op != Some(zero) && !(live.contains(from) && live.contains(to));
            cell.edges().any(cut)
        })
    }

    /// The same network without the nodes that lie on no input→output path, as NAS-Bench-101
    /// prunes its cells.
    ///
    /// # Errors
    ///
    /// Never for architectures that a space has read; see [`Cell::pruned`].
    pub fn pruned(&self) -> Result<Self, CellError> {
        let cells = self.cells.iter().map(Cell::pruned).collect::<Result<_, _>>()?;
        Ok(Architecture { cells, ..*self })
    }
}

/// Names in a message: `a, b, c`.
fn list(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| name.as_ref().to_owned()).collect();
    names.join(", ")
}
