//! DARTS cells as tools write them: `Genotype(…)` in its dialects, the same as a dictionary, and configurations with a key for
//! each edge.

use super::dict::Dict;
use super::nasbench301::{
    CONFIG, CellWiring, INPUTS, NAME, NODES, NONE, NasBench301, architecture, edge_number,
};
use super::scan::{self, Scanner};
use super::{Architecture, ColumnParts, EncodingError, list};
use crate::graph::Op;
use crate::table::clip;

/// The fields of a genotype, in their order, and what they are called where the cells have numbers.
const FIELDS: [[&str; 2]; 4] = [
    ["normal", "normal_0"],
    ["normal_concat", "normal_0_concat"],
    ["reduce", "reduce_1"],
    ["reduce_concat", "reduce_1_concat"],
];

/// Fields that say how cells follow each other, of which nothing else than `None` is known.
const UNUSED: [&str; 2] = ["connectN", "connects"];

/// The two cells, as configurations call them.
const CELLS: [&str; 2] = ["normal", "reduce"];

/// The columns of these dialects.
pub(super) const COLUMNS: &[ColumnParts] = &[
    ColumnParts { names: &["normal", "reduce"], optional: &["normal_concat", "reduce_concat"] },
    ColumnParts {
        names: &["edge_normal_0", "edge_normal_1", "edge_reduce_0", "edge_reduce_1"],
        optional: &[
            "edge_normal_2",
            "edge_normal_3",
            "edge_normal_4",
            "edge_normal_5",
            "edge_normal_6",
            "edge_normal_7",
            "edge_normal_8",
            "edge_normal_9",
            "edge_normal_10",
            "edge_normal_11",
            "edge_normal_12",
            "edge_normal_13",
            "inputs_node_normal_3",
            "inputs_node_normal_4",
            "inputs_node_normal_5",
            "edge_reduce_2",
            "edge_reduce_3",
            "edge_reduce_4",
            "edge_reduce_5",
            "edge_reduce_6",
            "edge_reduce_7",
            "edge_reduce_8",
            "edge_reduce_9",
            "edge_reduce_10",
            "edge_reduce_11",
            "edge_reduce_12",
            "edge_reduce_13",
            "inputs_node_reduce_3",
            "inputs_node_reduce_4",
            "inputs_node_reduce_5",
        ],
    },
];

/// A genotype whose fields are being read.
#[derive(Default)]
struct Fields {
    cells: [Option<CellWiring>; 2],
    gathered: [Option<[bool; NODES]>; 2],
}

impl Fields {
    /// Reads the field of that name.
    fn read(&mut self, name: &str, scan: &mut Scanner) -> Result<(), EncodingError> {
        let Some(field) = FIELDS.iter().position(|names| names.contains(&name)) else {
            let mut value = *scan;
            if UNUSED.contains(&name) && value.eat_word("None") {
                *scan = value;
                return Ok(());
            }
            return Err(EncodingError::invalid(format!(
                "unknown field `{}`; a genotype has {}",
                clip(name),
                list(FIELDS.map(|names| names[0]))
            )));
        };
        if field % 2 == 0 {
            self.cells[field / 2] = Some(cell(scan)?);
        } else {
            self.gathered[field / 2] = Some(concat(scan)?);
        }
        Ok(())
    }

    fn architecture(self) -> Result<Architecture, EncodingError> {
        let [normal, reduce] = self.cells;
        let mut normal = normal.ok_or_else(|| EncodingError::invalid("no normal cell"))?;
        let mut reduce =
            reduce.ok_or_else(|| EncodingError::invalid("no reduction cell (`reduce`)"))?;
        for (cell, gathered) in [&mut normal, &mut reduce].into_iter().zip(self.gathered) {
            cell.gathered = gathered.unwrap_or(cell.gathered);
        }
        architecture(&normal, &reduce)
    }
}

/// Python's `Genotype(normal=[('sep_conv_3x3', 0), …], normal_concat=range(2, 6), …)`, which may be given a name; what a log
/// writes before that does not matter.
pub(super) fn read_genotype(mut scan: Scanner) -> Result<Architecture, EncodingError> {
    scan.skip_assignment();
    if !scan.name().ends_with("Genotype") {
        return Err(scan.error("`Genotype(`"));
    }
    scan.expect(b'(', "`(`")?;
    let mut fields = Fields::default();
    for place in 0.. {
        let before = scan;
        let name = scan.name();
        let name = if scan.eat(b'=') {
            name
        } else {
            scan = before;
            let field = FIELDS.get(place);
            field.ok_or_else(|| scan.error("the end of a genotype, which has four fields"))?[0]
        };
        fields.read(name, &mut scan)?;
        let comma = scan.eat(b',');
        if scan.eat(b')') {
            break;
        }
        if !comma {
            return Err(scan.error("`,` or `)`"));
        }
    }
    let _ = scan.eat(b';') || scan.eat(b',');
    scan.end()?;
    fields.architecture()
}

/// A genotype as a dictionary, which may stand within the record of a network (`genotype`), or a configuration.
pub(super) fn read_dict(text: &str) -> Result<Architecture, EncodingError> {
    let dict = Dict::read_within(text, &["cell_spec"])?;
    let Some(mut genotype) = dict.get("genotype") else { return of_dict(&dict) };
    match genotype.peek() {
        Some(b'{') => of_dict(&Dict::of(genotype)?),
        Some(b'\'' | b'"') => read_genotype(Scanner::new(&genotype.quoted()?)),
        _ => read_genotype(genotype),
    }
}

fn of_dict(dict: &Dict) -> Result<Architecture, EncodingError> {
    let styles = nni_keys("normal", 0, 0);
    if let Some(style) = styles.iter().position(|keys| dict.has(&keys[0])) {
        let [normal, reduce] = CELLS.map(|cell| nni(dict, cell, style));
        return architecture(&normal?, &reduce?);
    }
    if FIELDS.as_flattened().iter().any(|name| dict.has(name)) {
        let mut fields = Fields::default();
        for (name, mut value) in dict.entries() {
            fields.read(name, &mut value)?;
            value.end()?;
        }
        return fields.architecture();
    }
    if dict.names().any(|name| name.contains("edge_normal_")) {
        let [normal, reduce] = CELLS.map(|cell| config(dict, cell));
        return architecture(&normal?, &reduce?);
    }
    let known = dict.names().next().map_or_else(String::new, clip);
    Err(EncodingError::invalid(format!(
        "unknown field `{known}`; a genotype has {}",
        list(FIELDS.map(|names| names[0]))
    )))
}

/// A cell: eight pairs of an operation and the node that is read, two for each node in order; or the two pairs of each node in a
/// list of their own; or the node that reads as a third element.
pub(super) fn cell(scan: &mut Scanner) -> Result<CellWiring, EncodingError> {
    let mut pairs = Pairs::default();
    scan.list(|scan, place| {
        let mut inner = *scan;
        inner.open()?;
        if !matches!(inner.peek(), Some(b'(' | b'[')) {
            return pairs.add(scan, INPUTS + place / 2);
        }
        let found = scan.list(|scan, _| pairs.add(scan, INPUTS + place))?;
        if found != 2 {
            let (what, expected) = ("pairs of a node", "2");
            return Err(EncodingError::Length { what, found, space: NAME, expected });
        }
        Ok(())
    })?;
    pairs.wiring()
}

/// The pairs of a cell while they are read.
#[derive(Default)]
struct Pairs {
    wiring: CellWiring,
    /// How many there are, and how many each node has.
    count: usize,
    of_node: [usize; NODES],
}

impl Pairs {
    /// Reads a pair of `node`, if it does not name the node itself.
    fn add(&mut self, scan: &mut Scanner, node: usize) -> Result<(), EncodingError> {
        let close = scan.open()?;
        let is_named = scan.is_quoted();
        let (source, op, node) = if is_named {
            let op = operation(&scan.quoted()?)?;
            scan.more(close)?;
            let source = scan.number()?;
            let reader = if scan.more(close)? {
                let reader = scan.number()?;
                if scan.more(close)? {
                    return Err(scan.error("the end of the pair"));
                }
                usize::try_from(reader).unwrap_or(usize::MAX)
            } else {
                node
            };
            (source, op, reader)
        } else {
            let source = scan.number()?;
            scan.more(close)?;
            let is_named = scan.is_quoted();
            let op = if is_named {
                operation(&scan.quoted()?)?
            } else {
                Some(scan::op_by_id(&NasBench301, scan.number()?, self.count)?)
            };
            if scan.more(close)? {
                return Err(scan.error("the end of the pair"));
            }
            (source, op, node)
        };
        self.count += 1;
        if let Some(count) = node.checked_sub(INPUTS).and_then(|node| self.of_node.get_mut(node)) {
            *count += 1;
            let source = usize::try_from(source).unwrap_or(usize::MAX);
            self.wiring.add(source, node, op);
        }
        Ok(())
    }

    fn wiring(self) -> Result<CellWiring, EncodingError> {
        if self.count != 2 * NODES {
            let (what, expected) = ("pairs in a cell", "8, two for each of the four nodes");
            return Err(EncodingError::Length { what, found: self.count, space: NAME, expected });
        }
        if let Some(node) = self.of_node.iter().position(|&count| count != 2) {
            return Err(EncodingError::invalid(format!(
                "node {} has {} pairs; it must have two",
                node + INPUTS,
                self.of_node[node]
            )));
        }
        Ok(self.wiring)
    }
}

/// The operation of that name; `None` for the one that passes nothing on.
fn operation(name: &str) -> Result<Option<Op>, EncodingError> {
    if name == NONE { Ok(None) } else { scan::op_by_name(&NasBench301, name).map(Some) }
}

/// `range(2, 6)` or a list: which of the nodes 2 to 5 the output gathers.
fn concat(scan: &mut Scanner) -> Result<[bool; NODES], EncodingError> {
    if scan.is_quoted() {
        let text = scan.quoted()?;
        let mut written = Scanner::new(&text);
        let gathered = concat(&mut written)?;
        written.end()?;
        return Ok(gathered);
    }
    let is_range = scan.eat_word("range");
    let mut ends = [0; 2];
    let mut gathered = [false; NODES];
    let mut gather = |node: u32, start: &Scanner| {
        let node = usize::try_from(node).ok().and_then(|node| node.checked_sub(INPUTS));
        let place =
            node.and_then(|node| gathered.get_mut(node)).filter(|is_gathered| !**is_gathered);
        *place.ok_or_else(|| start.error("a node from 2 to 5, each once"))? = true;
        Ok(())
    };
    let start = *scan;
    let found = scan.list(|scan, place| {
        scan.peek();
        let start = *scan;
        let number = scan.number()?;
        if !is_range {
            return gather(number, &start);
        }
        if let Some(end) = ends.get_mut(place) {
            *end = number;
        }
        Ok(())
    })?;
    if is_range {
        if found != 2 || ends[1].saturating_sub(ends[0]) > 4 {
            return Err(start.error("the nodes 2 to 5, as range(2, 6)"));
        }
        (ends[0]..ends[1]).try_for_each(|node| gather(node, &start))?;
    }
    if gathered == [false; NODES] {
        return Err(start.error("at least one node that the output gathers"));
    }
    Ok(gathered)
}

/// The configuration dictionary of NAS-Bench-301. Its edges are numbered over all pairs of an
/// earlier node and an intermediate node, node by node; an edge that the cell does not have is
/// absent. For the nodes 3 to 5 `inputs_node_…` repeats which nodes are read. The dictionary also
/// holds how the network was trained (layers, batch size, …), which is not looked at.
fn config(dict: &Dict, kind: &str) -> Result<CellWiring, EncodingError> {
    let entry = |key: &str| -> Result<Option<String>, EncodingError> {
        let full = format!("{CONFIG}{key}");
        let keys = [&full, key, &full.replace(':', "_COLON_")];
        let Some(mut value) = keys.into_iter().find_map(|key| dict.get(key)) else {
            return Ok(None);
        };
        let text = value.quoted()?;
        value.end()?;
        Ok(Some(text.into_owned())
            .filter(|text| !matches!(text.as_str(), "" | "NA" | "None" | "nan")))
    };
    let mut wiring = CellWiring::default();
    for node in INPUTS..INPUTS + NODES {
        let mut sources = Vec::new();
        for source in 0..node {
            if let Some(name) = entry(&format!("edge_{kind}_{}", edge_number(source, node)))? {
                wiring.add(source, node, Some(scan::op_by_name(&NasBench301, &name)?));
                sources.push(source.to_string());
            }
        }
        if sources.len() != 2 {
            return Err(EncodingError::invalid(format!(
                "{kind} cell: node {node} has {} edges in the configuration; it must have two",
                sources.len()
            )));
        }
        let (key, sources) = (format!("inputs_node_{kind}_{node}"), sources.join("_"));
        if let Some(given) = entry(&key)?.filter(|given| *given != sources) {
            return Err(EncodingError::invalid(format!(
                "{kind} cell: {key} is {}, but the edges come from {sources}",
                clip(&given)
            )));
        }
    }
    Ok(wiring)
}

/// The keys of an operation and of the node that it reads, in NNI's copy of NDS and in its own spaces.
fn nni_keys(cell: &str, node: usize, place: usize) -> [[String; 2]; 2] {
    let [axis, number] = [["x", "y"][place], ["0", "1"][place]];
    [
        ["op", "input"].map(|what| format!("{cell}_{node}_{what}_{axis}")),
        ["op", "input"].map(|what| format!("{cell}/{what}_{}_{number}", node + INPUTS)),
    ]
}

/// A cell of such a dictionary. Other keys say how wide and deep the network is.
fn nni(dict: &Dict, cell: &str, style: usize) -> Result<CellWiring, EncodingError> {
    if dict.has(&nni_keys(cell, NODES, 0)[style][0]) {
        return Err(EncodingError::invalid(format!(
            "{cell} cell: more than four nodes; {NAME} has four"
        )));
    }
    let mut wiring = CellWiring::default();
    for node in 0..NODES {
        for place in 0..2 {
            let [op, input] = &nni_keys(cell, node, place)[style];
            let mut name = dict.field(op)?;
            let op = operation(&name.quoted()?)?;
            let mut value = dict.field(input)?;
            let mut source = [0];
            if value.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                source[0] = value.number()?;
            } else if scan::numbers_of(&mut value, &mut source)? != 1 {
                return Err(value.error("one node that is read"));
            }
            value.end()?;
            wiring.add(usize::try_from(source[0]).unwrap_or(usize::MAX), node + INPUTS, op);
        }
    }
    if let Some(mut value) = dict.get(&format!("{cell}_concat")) {
        wiring.gathered = concat(&mut value)?;
    }
    Ok(wiring)
}
