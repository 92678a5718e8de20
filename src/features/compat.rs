//! The columns of the paper's repository, `zc_combine` (commit 5a14948): their names, order and
//! values, as a pure function of a row of readable features.
//!
//! Where the two differ:
//!
//! - Sets are tuples of operation ids; `min_path_len` names the *banned* operations.
//! - A path that is not there: `min_path_len` is 5 in NAS-Bench-201 and TransNAS-Bench-101 micro,
//!   whose cells have four nodes.
//! - `max_op_on_path` counts edges where operations stand on edges, the last edge of a DARTS cell
//!   included; in NAS-Bench-101 it is the number of nodes on the path less 4, so that no path is −4.
//! - `in_degree` and `out_degree` are swapped where operations stand on edges; the average
//!   degrees come twice there.
//! - Input, output and the gathering edges of DARTS count as operations in `op_count`.
//! - In TransNAS-Bench-101 macro a missing stage of a padded encoding counts as one that doubles the channels; of an
//!   encoding without padding the positions behind the last stage are 0.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{FeatureError, Subsets};
use crate::space::{PublishedColumns, SearchSpace, Shift};

/// Columns made of readable ones: where each value comes from, and what is done to it.
#[derive(Debug)]
pub(super) struct Renaming {
    names: Vec<String>,
    /// For each column the readable column that it starts from.
    sources: Vec<u32>,
    /// What is done to runs of neighbouring columns; most are taken over as they are.
    changes: Vec<(Range<usize>, Change)>,
}

/// A column while the renaming is made: its name, the readable column, the change.
type Column = (String, u32, Option<Change>);

/// What is done to a readable value.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    /// It is always this.
    Constant(f64),
    /// It is shifted.
    Shift(Shift),
    /// For stages that are missing up to (and with) `stage`; the readable columns from `counts.0` to before
    /// `counts.1` add up to the number of stages. If the encoding was padded, each adds one where it `doubles`;
    /// if not, a position behind the last stage is 0.
    Pad { counts: (usize, usize), stage: usize, doubles: bool, is_position: bool },
}

impl Renaming {
    /// The columns for the planned families of a space, each with the size of the largest sets that
    /// were asked for and the sets that are computed; and where the columns of each family end.
    /// `readable` are the names of the readable columns.
    pub fn new<'a>(
        space: &'static dyn SearchSpace,
        parts: impl Iterator<Item = (&'static str, usize, &'a Subsets)>,
        readable: &[String],
    ) -> Result<(Self, Vec<usize>), FeatureError> {
        let dialect = Dialect::of(space, readable)?;
        let (mut columns, mut ends) = (Vec::new(), Vec::new());
        for (family, limit, subsets) in parts {
            match family {
                "op_count" => dialect.op_count(&mut columns),
                "min_path_len" if dialect.published.has_shortest => {
                    dialect.min_path_len(limit, subsets, &mut columns);
                }
                "max_op_on_path" => dialect.max_op_on_path(subsets, &mut columns),
                "node_degree" => dialect.node_degree(subsets, &mut columns),
                "stages" => dialect.stages(&mut columns),
                name => return Err(FeatureError::NoCompatFamily { name, space: space.name() }),
            }
            ends.push(columns.len());
        }
        Ok((Renaming::of(columns.into_iter()), ends))
    }

    /// The readable columns as they are.
    pub fn none(readable: &[String]) -> Self {
        Renaming::of(readable.iter().zip(0..).map(|(name, place)| (name.clone(), place, None)))
    }

    /// Some of its columns, by place, in this order.
    pub fn select(&self, places: impl Iterator<Item = usize>) -> Self {
        let change = |place| self.changes.iter().find(|(run, _)| run.contains(&place));
        Renaming::of(places.map(|place| {
            let change = change(place).map(|&(_, change)| change);
            (self.names[place].clone(), self.sources[place], change)
        }))
    }

    fn of(columns: impl Iterator<Item = Column>) -> Self {
        let mut renaming = Renaming { names: Vec::new(), sources: Vec::new(), changes: Vec::new() };
        for (place, (name, source, change)) in columns.enumerate() {
            renaming.names.push(name);
            renaming.sources.push(source);
            match (renaming.changes.last_mut(), change) {
                (_, None) => {}
                (Some((run, last)), Some(change)) if *last == change && run.end == place => {
                    run.end += 1;
                }
                (_, Some(change)) => renaming.changes.push((place..place + 1, change)),
            }
        }
        renaming
    }

    /// The columns' names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Writes the values for a row of readable features, of a network whose encoding was padded or not.
    pub fn write(&self, readable: &[f64], is_padded: bool, row: &mut [f64]) {
        for (slot, &source) in row.iter_mut().zip(&self.sources) {
            *slot = readable[source as usize];
        }
        for (run, change) in &self.changes {
            change.apply(&mut row[run.clone()], readable, is_padded);
        }
    }
}

impl From<Shift> for Change {
    fn from(shift: Shift) -> Self {
        Change::Shift(shift)
    }
}

impl Change {
    /// Changes a run of columns; `readable` is the row that they were taken from, of a network whose encoding was
    /// padded or not.
    fn apply(self, run: &mut [f64], readable: &[f64], is_padded: bool) {
        match self {
            Change::Constant(constant) => run.fill(constant),
            Change::Shift(Shift { by, absent }) => {
                for value in run {
                    // Counts and lengths are whole numbers: bits compare them exactly.
                    let is_absent = value.to_bits() == absent.0.to_bits();
                    *value = if is_absent { absent.1 } else { *value + by };
                }
            }
            Change::Pad { counts, stage, doubles, is_position } => {
                let stages: f64 = readable[counts.0..counts.1].iter().sum();
                let missing = (stage as f64 - stages).max(0.0);
                for value in run {
                    if is_padded && doubles {
                        *value += missing;
                    } else if !is_padded && is_position && missing > 0.0 {
                        *value = 0.0;
                    }
                }
            }
        }
    }
}

/// How `zc_combine` speaks of one space.
struct Dialect<'a> {
    space: &'static dyn SearchSpace,
    /// The places of the readable columns.
    readable: BTreeMap<&'a str, u32>,
    published: &'static PublishedColumns,
}

impl<'a> Dialect<'a> {
    fn of(space: &'static dyn SearchSpace, readable: &'a [String]) -> Result<Self, FeatureError> {
        let published = space.published_columns();
        let published = published.ok_or(FeatureError::NoCompat { space: space.name() })?;
        let readable = readable.iter().map(String::as_str).zip(0..).collect();
        Ok(Dialect { space, readable, published })
    }

    /// The place of a readable column. All that are asked for are planned: every family of the
    /// renaming is one of the families that the readable names are from.
    fn place(&self, name: &str) -> u32 {
        self.readable.get(name).copied().unwrap_or_default()
    }

    fn same(&self, name: String, readable: &str) -> Column {
        (name, self.place(readable), None)
    }

    /// A set as a Python tuple, as the repository prints it: `(2)`, `(0, 3)`.
    fn tuple(&self, subsets: &Subsets, set: u64) -> String {
        let ids = subsets.ops_of(set).map(|op| (op + self.published.first_id).to_string());
        format!("({})", ids.collect::<Vec<_>>().join(", "))
    }

    fn op_count(&self, columns: &mut Vec<Column>) {
        for (prefix, word) in self.published.cells {
            for (id, &count) in self.published.fixed_counts.iter().enumerate() {
                let name = format!("op_count_{word}{id}");
                columns.push((name, 0, Some(Change::Constant(count))));
            }
            for (id, op) in (self.published.first_id..).zip(self.space.operations()) {
                let name = format!("op_count_{word}{id}");
                columns.push(self.same(name, &format!("{prefix}op_count({op})")));
            }
        }
    }

    /// The repository goes through the banned sets from the empty one on; ours are what is left.
    fn min_path_len(&self, limit: usize, subsets: &Subsets, columns: &mut Vec<Column>) {
        let ops = self.space.operations();
        let all = (1_u64 << ops.len()) - 1;
        let limited = Subsets::new(ops.len(), limit);
        let names: Vec<_> = subsets.names(ops).collect();
        for banned in std::iter::once(0).chain(limited.sets().iter().copied()) {
            // The empty set is left where all operations are banned.
            let Some(left) = subsets.position(all & !banned) else { continue };
            let column = self.place(&format!("min_path_len({})", names[left]));
            let name = format!("min_path_len_banned_{}", self.tuple(subsets, banned));
            columns.push((name, column, self.published.shortest.map(Change::from)));
        }
    }

    fn max_op_on_path(&self, subsets: &Subsets, columns: &mut Vec<Column>) {
        let names: Vec<_> = subsets.names(self.space.operations()).collect();
        for (&set, readable) in subsets.sets().iter().zip(names) {
            let tuple = self.tuple(subsets, set);
            for (prefix, word) in self.published.cells {
                for (end, other_end) in self.published.inputs {
                    let column = self.place(&format!("{prefix}max_op_on_path({readable}){end}"));
                    let name = format!("max_op_on_path_allowed_{tuple}{}", joined(word, other_end));
                    columns.push((name, column, self.published.longest.map(Change::from)));
                }
            }
        }
    }

    fn node_degree(&self, subsets: &Subsets, columns: &mut Vec<Column>) {
        let names: Vec<_> = subsets.names(self.space.operations()).collect();
        for (&set, readable) in subsets.sets().iter().zip(names) {
            let tuple = self.tuple(subsets, set);
            for (prefix, word) in self.published.cells {
                for (other_end, end) in self.published.degrees {
                    let name = format!("node_degree_allowed_{tuple}{}", joined(word, other_end));
                    columns
                        .push(self.same(name, &format!("{prefix}node_degree({readable}).{end}")));
                }
            }
        }
    }

    fn stages(&self, columns: &mut Vec<Column>) {
        /// A network has up to so many stages. In a padded encoding the repository takes a missing one for one that
        /// doubles the channels; of an encoding without padding it leaves the positions behind the last stage at 0.
        const STAGES: usize = 6;
        let first = self.place("stage_count(plain)") as usize;
        let counts = (first, first + self.space.operations().len());
        let pad =
            |stage, doubles, is_position| Some(Change::Pad { counts, stage, doubles, is_position });
        // (the repository's words, the kind, whether padding counts as one)
        let kinds = [
            ("chTruesTrue", "channel+stride", None),
            ("chTruesFalse", "channel", pad(STAGES, true, false)),
            ("chFalsesTrue", "stride", None),
            ("chFalsesFalse", "plain", None),
        ];
        for (words, kind, change) in kinds {
            let column = self.place(&format!("stage_count({kind})"));
            columns.push((format!("count_ops_{words}"), column, change));
        }
        for stage in 1..=STAGES {
            let column = self.place(&format!("channel_at({stage})"));
            columns.push((
                format!("pos_state_ch_pos_{}", stage - 1),
                column,
                pad(stage, true, true),
            ));
            let column = self.place(&format!("stride_at({stage})"));
            columns.push((
                format!("pos_state_s_pos_{}", stage - 1),
                column,
                pad(stage, false, true),
            ));
        }
    }
}

/// `_normal_c_{k-2}`, `_in_degree`, or nothing.
fn joined(word: &str, end: &str) -> String {
    if word.is_empty() && end.is_empty() { String::new() } else { format!("_{word}{end}") }
}
