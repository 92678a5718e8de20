//! What a file says of a space.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::kinds::KindKeys;
use super::lists::ListKeys;
use super::skeleton::SkeletonKeys;
use crate::graph::Site;

/// A search space in words and numbers: the keys of the file, which `docs/spaces.md` explains.
///
/// Once checked, what may be left out and has a default is written out, so that two descriptions
/// of one space are equal. A model keeps the description of its space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// Those that stand on the nodes while the others stand on the edges; none once checked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub node_ops: Vec<String>,
    /// The operation that passes nothing on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zero_op: Option<String>,
    /// The operation of a layer that is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent_op: Option<String>,
    /// The kinds of cells, if there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<String>,
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
    /// With pairs: which nodes the output puts together.
    #[serde(default, skip_serializing_if = "Concat::is_all")]
    pub concat: Concat,
    /// For each place of an operation those that may stand there; if absent all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<Vec<String>>>,
    /// Choices that do not go together: place (from 1) and operation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbidden: Vec<BTreeMap<String, String>>,
    /// What the operations do.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<String, KindKeys>,
    /// Numbers of operations, by the name of what they measure.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, BTreeMap<String, f64>>,
    /// The network around the cells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skeleton: Option<SkeletonKeys>,
    /// How networks are written.
    #[serde(default)]
    pub encoding: EncodingKeys,
}

/// The edges of the cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected \"chain\", \"complete\", \"pairs\", \"free\" or a list of [from, to] pairs of nodes"
)]
pub enum EdgeList {
    /// `chain` or `complete` (a list once checked), `pairs` or `free`.
    Word(String),
    /// The same edges in every cell.
    Fixed(Vec<(usize, usize)>),
}

/// Which nodes the output of a cell puts together where an encoding does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Concat {
    /// All between inputs and output.
    #[default]
    All,
    /// Those that no other node reads.
    Loose,
}

impl Concat {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_all(&self) -> bool {
        *self == Concat::All
    }
}

/// How networks are written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EncodingKeys {
    /// The operations' ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<u32>,
    /// Whether the id of an operation is its place in the choices of the position, from 0.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub local: bool,
    /// Whether places at which only one operation can stand are left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub only_choices: bool,
    /// Whether a network can be written as a digit for each operation.
    pub digits: bool,
    /// What stands between the ids of a network that is written without brackets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<char>,
    /// How many numbers stand in each bracket of the tuple.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<usize>,
    /// Lists by name that a network can be written as.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<ListKeys>,
    /// With operations on nodes: the nodes in the order of their ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Vec<usize>>,
    /// With free edges: which entries of the adjacency matrix are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<MatrixPart>,
    /// With free edges: the ids of the inputs and of the output, if they are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<Vec<u32>>,
}

/// Which entries of the adjacency matrix are written, row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MatrixPart {
    /// All of them.
    Full,
    /// Those above the diagonal.
    Upper,
}

fn one_input() -> Vec<String> {
    vec!["input".to_owned()]
}

impl Description {
    /// Whether the edges are part of the encoding, as a matrix.
    pub fn is_free(&self) -> bool {
        matches!(&self.edges, EdgeList::Word(word) if word == "free")
    }

    /// Whether each node reads two others, which the encoding names.
    pub fn is_pairs(&self) -> bool {
        matches!(&self.edges, EdgeList::Word(word) if word == "pairs")
    }

    /// How many kinds of cells there are.
    pub fn cell_count(&self) -> usize {
        self.cells.len().max(1)
    }

    /// How many operations a cell has, if its edges are the same in all.
    pub fn places(&self) -> usize {
        match (&self.edges, self.ops_on) {
            (EdgeList::Word(_), _) => 0,
            (EdgeList::Fixed(edges), Site::Edges) => edges.len(),
            (EdgeList::Fixed(_), Site::Nodes) => self.nodes - self.inputs.len() - 1,
        }
    }

    /// The places that encodings name, of all cells.
    pub fn written_places(&self) -> Vec<usize> {
        let of_cell = self.places();
        let has_choice = |&place: &usize| {
            let choices = self.choices.as_ref();
            let own = choices.and_then(|choices| choices.get(place % choices.len().max(1)));
            !self.encoding.only_choices || own.is_none_or(|own| own.len() > 1)
        };
        (0..of_cell * self.cell_count()).filter(has_choice).collect()
    }

    /// The first key in which another description differs, but for the summary.
    pub fn difference(&self, other: &Self) -> Option<&'static str> {
        let keys = [
            ("name", self.name == other.name),
            ("ops", self.ops == other.ops),
            ("ops_on", self.ops_on == other.ops_on),
            ("zero_op", self.zero_op == other.zero_op),
            ("absent_op", self.absent_op == other.absent_op),
            ("cells", self.cells == other.cells),
            ("inputs", self.inputs == other.inputs),
            ("nodes", self.nodes == other.nodes),
            ("min_nodes", self.min_nodes == other.min_nodes),
            ("edges", self.edges == other.edges),
            ("max_edges", self.max_edges == other.max_edges),
            ("concat", self.concat == other.concat),
            ("choices", self.choices == other.choices),
            ("forbidden", self.forbidden == other.forbidden),
            ("kinds", self.kinds == other.kinds),
            ("values", self.values == other.values),
            ("skeleton", self.skeleton == other.skeleton),
            ("encoding", self.encoding == other.encoding),
        ];
        keys.into_iter().find(|(_, same)| !same).map(|(key, _)| key)
    }
}
