//! What a file says of a space.

use serde::{Deserialize, Serialize};

use crate::graph::Site;

/// A search space in words and numbers: the keys of the file, which `docs/spaces.md` explains.
///
/// Once checked, what may be left out and has a default is written out, so that two descriptions
/// of one space are equal. A model keeps the description of its space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The space's name.
    pub name: String,
    /// What it is, in one line.
    #[serde(default)]
    pub summary: String,
    /// The operations.
    pub ops: Vec<String>,
    /// Where they stand.
    pub ops_on: Site,
    /// The operation that passes nothing on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zero_op: Option<String>,
    /// The names of the inputs, which are the first nodes.
    #[serde(default = "one_input")]
    pub inputs: Vec<String>,
    /// How many nodes a cell has (at most, with free edges), inputs and output counted in.
    pub nodes: usize,
    /// With free edges: the fewest nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_nodes: Option<usize>,
    /// The edges.
    pub edges: EdgeList,
    /// With free edges: the most edges on input→output paths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_edges: Option<usize>,
    /// For each place of an operation those that may stand there; if absent all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<Vec<String>>>,
    /// How networks are written.
    #[serde(default)]
    pub encoding: EncodingKeys,
}

/// The edges of the cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected \"chain\", \"free\" or a list of [from, to] pairs of nodes"
)]
pub enum EdgeList {
    /// `chain` (a list once checked) or `free`.
    Word(String),
    /// The same edges in every cell.
    Fixed(Vec<(usize, usize)>),
}

/// How networks are written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EncodingKeys {
    /// The operations' ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<u32>,
    /// Whether a network can be written as a digit for each operation.
    pub digits: bool,
    /// With operations on nodes: the nodes in the order of their ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Vec<usize>>,
    /// With free edges: which entries of the adjacency matrix are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Matrix>,
    /// With free edges: the ids of the inputs and of the output, if they are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<Vec<u32>>,
}

/// Which entries of the adjacency matrix are written, row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Matrix {
    /// All of them.
    Full,
    /// Those above the diagonal.
    Upper,
}

fn one_input() -> Vec<String> {
    vec!["input".to_owned()]
}

impl Description {
    /// Whether the edges are part of the encoding.
    pub fn is_free(&self) -> bool {
        matches!(self.edges, EdgeList::Word(_))
    }

    /// The first key in which another description differs, but for the summary.
    pub fn difference(&self, other: &Self) -> Option<&'static str> {
        let keys = [
            ("name", self.name == other.name),
            ("ops", self.ops == other.ops),
            ("ops_on", self.ops_on == other.ops_on),
            ("zero_op", self.zero_op == other.zero_op),
            ("inputs", self.inputs == other.inputs),
            ("nodes", self.nodes == other.nodes),
            ("min_nodes", self.min_nodes == other.min_nodes),
            ("edges", self.edges == other.edges),
            ("max_edges", self.max_edges == other.max_edges),
            ("choices", self.choices == other.choices),
            ("encoding", self.encoding == other.encoding),
        ];
        keys.into_iter().find(|(_, same)| !same).map(|(key, _)| key)
    }
}
