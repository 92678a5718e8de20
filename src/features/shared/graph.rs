//! A cell as a graph of its operations alone, the same in whatever space it is written.

use crate::graph::Live;
use crate::space::{OpKind, OperationKind};

/// The graph of the operations on the live paths of a cell.
///
/// Its vertices are the source, the operations and the sink, in topological order. What only passes
/// data on (an identity, an edge or a node without an operation) is a part of the edges: an edge says in
/// how many ways one operation's output becomes another's input without an operation between them.
/// So it does not matter whether operations stand on edges or on nodes.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// The operations; vertex 1 is the first.
    pub ops: Vec<OpKind>,
    /// From vertex to vertex, ordered by the second, and the number of ways.
    pub edges: Vec<Edge>,
    /// For each vertex the paths from the source to it, and from it to the sink.
    pub paths_to: Vec<f64>,
    pub paths_from: Vec<f64>,
    /// For each node of the cell what arrives there without passing a further operation.
    arriving: Vec<Vec<(usize, f64)>>,
}

/// Ways from one vertex to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    pub from: usize,
    pub to: usize,
    pub ways: f64,
}

impl Graph {
    /// Makes the graph of the live part of a cell, whose operations are of these kinds.
    pub fn build(&mut self, live: &Live, kinds: &[OpKind]) {
        self.ops.clear();
        self.edges.clear();
        let nodes = live.edges.iter().map(|edge| edge.from.max(edge.to)).max().unwrap_or(0);
        let nodes = nodes.max(live.source).max(live.sink) + 1;
        self.arriving.iter_mut().for_each(Vec::clear);
        self.arriving.resize_with(nodes.max(self.arriving.len()), Vec::new);
        self.arriving[live.source].push((0, 1.0));
        for edge in &live.edges {
            let kind = edge.op.and_then(|op| kinds.get(op));
            match kind.filter(|kind| kind.kind != OperationKind::Identity) {
                Some(&kind) => {
                    self.ops.push(kind);
                    let vertex = self.ops.len();
                    self.arrive(edge.from, vertex);
                    self.arriving[edge.to].push((vertex, 1.0));
                }
                None => self.pass(edge.from, edge.to),
            }
        }
        let sink = self.ops.len() + 1;
        self.arrive(live.sink, sink);
        self.count_paths();
    }

    /// Everything that is at a node of the cell arrives at a vertex.
    fn arrive(&mut self, node: usize, vertex: usize) {
        let edges = self.arriving[node].iter();
        self.edges.extend(edges.map(|&(from, ways)| Edge { from, to: vertex, ways }));
    }

    /// Everything that is at a node of the cell is passed on to another.
    fn pass(&mut self, from: usize, to: usize) {
        for index in 0..self.arriving[from].len() {
            let (vertex, ways) = self.arriving[from][index];
            match self.arriving[to].iter_mut().find(|(other, _)| *other == vertex) {
                Some((_, sum)) => *sum += ways,
                None => self.arriving[to].push((vertex, ways)),
            }
        }
    }

    fn count_paths(&mut self) {
        let vertices = self.vertices();
        for paths in [&mut self.paths_to, &mut self.paths_from] {
            paths.clear();
            paths.resize(vertices, 0.0);
        }
        self.paths_to[0] = 1.0;
        for edge in &self.edges {
            self.paths_to[edge.to] += self.paths_to[edge.from] * edge.ways;
        }
        self.paths_from[vertices - 1] = 1.0;
        // By descending second vertex: what leaves a vertex comes before what enters it.
        for edge in self.edges.iter().rev() {
            self.paths_from[edge.from] += self.paths_from[edge.to] * edge.ways;
        }
    }

    /// How many vertices there are.
    pub fn vertices(&self) -> usize {
        self.ops.len() + 2
    }

    /// The number of paths.
    pub fn paths(&self) -> f64 {
        self.paths_to[self.vertices() - 1]
    }

    /// How many paths use an edge.
    pub fn paths_over(&self, edge: &Edge) -> f64 {
        self.paths_to[edge.from] * edge.ways * self.paths_from[edge.to]
    }

    /// The operation of a vertex.
    pub fn op(&self, vertex: usize) -> Option<OpKind> {
        self.ops.get(vertex.wrapping_sub(1)).copied()
    }
}
